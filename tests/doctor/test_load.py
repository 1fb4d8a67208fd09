from __future__ import annotations

import sys
from importlib import metadata
from pathlib import Path
from types import ModuleType

import pytest
from flask.cli import ScriptInfo

from keck.doctor.load import load, origin, refuse_other_flasks
from keck.trouble import Trouble
from tests.doctor.conftest import Project

PLAIN = "from flask import Flask\n\napp = Flask('shop')\n"
MANY = """
    from flask import Flask

    config = {"DEBUG": False}

    class Maker:
        pass

    def build_app(config, *, debug):
        return Flask("shop")

    def with_default(config="dev"):
        return Flask(config)

    def nothing():
        pass

    async def later():
        return Flask("shop")

    def fails():
        return helper()

    def helper():
        raise RuntimeError("there is no database\\nlook at the settings")

    def mistyped():
        return 1 + "a"
    """


@pytest.mark.parametrize(
    ("files", "given", "name"),
    [
        ({"shop.py": PLAIN}, "shop", "shop"),
        ({"shop.py": PLAIN}, "shop:app", "shop"),
        ({"shop.py": PLAIN}, "shop.py:app", "shop"),
        ({"src/wsgi.py": PLAIN}, "src/wsgi.py:app", "shop"),
        ({"shop.py": MANY}, "shop:with_default", "dev"),
        ({"shop.py": MANY}, "shop:with_default('test')", "test"),
        ({"shop.py": MANY}, "shop:build_app('test', debug=True)", "shop"),
        ({"shop.py": "from flask import Flask\ndef create_app():\n    return Flask('made')\n"}, "shop", "made"),
        ({"wsgi.py": PLAIN}, "", "shop"),
        ({"app.py": PLAIN}, "", "shop"),
        ({"shop/__init__.py": "", "shop/web.py": PLAIN}, "shop.web", "shop"),
    ],
)
def test_an_app_is_found_as_flask_finds_it(project: Project, files: dict[str, str], given: str, name: str) -> None:
    """Modules, files, names, factories with and without arguments, and what Flask finds by itself, all give the app."""
    project(files)
    assert load(ScriptInfo(given or None)).name == name


LACKS = "; the environment lacks SHOP_URL; there is no .env here"
SHOWN = "as in --app 'shop:{}(\"test\")'"


@pytest.mark.parametrize(
    ("given", "text", "sentence"),
    [
        ("shop", "from flask import Flask\nadmin = Flask('a')\napi = Flask('b')\n",
         "`shop` holds several apps: admin, api; name one of them: --app shop:admin"),
        ("shop", "x = 1\n",
         "`shop` holds no Flask app and no `create_app()`; name what is the app or makes it, as in --app shop:build_app"),
        ("shop", "def create_app(config):\n    pass\n",
         "`create_app(config)` in `shop` cannot be called so; give the arguments that it needs, "
         + SHOWN.format("create_app")),
        ("shop", "def make_app():\n    pass\n",
         "`make_app` in `shop` returns no Flask app; let it return the app that it makes"),
        ("shop", "async def create_app():\n    pass\n",
         "`create_app` in `shop` is async, and Flask does not await a factory; make it a plain function"),
        ("shop:later", MANY,
         "`later` in `shop` is async, and Flask does not await a factory; make it a plain function"),
        ("shop:nothing", MANY, "`nothing` in `shop` returns no Flask app; let it return the app that it makes"),
        ("shop:build_app('x')", MANY,
         "`build_app(config, *, debug)` in `shop` cannot be called so; give the arguments that it needs, "
         + SHOWN.format("build_app")),
        ("shop:build_app(x)", MANY, "the arguments of `build_app` must be literals, " + SHOWN.format("build_app")),
        ("shop:config", MANY, "`config` in `shop` is of type `dict`, not a Flask app; name the app itself"),
        ("shop:Maker()", MANY, "`Maker` in `shop` is of type `type`, not a Flask app; name the app itself"),
        ("shop:notting", MANY, "`shop` has no `notting`; did you mean `nothing`?"),
        ("shop:zzz", MANY, "`shop` has no `zzz`; look for its name there"),
        ("shop:a.b", MANY, "`a.b` is neither a name nor a call of one; write it as in --app shop:create_app"),
        ("shop:a b", MANY, "`a b` is neither a name nor a call of one; write it as in --app shop:create_app"),
        ("shop:fails", MANY, "the factory `fails` fails: RuntimeError: there is no database (shop.py:24)"),
        ("shop:mistyped", MANY,
         "the factory `mistyped` fails: TypeError: unsupported operand type(s) for +: 'int' and 'str' (shop.py:27)"),
        ("shop", "class Stop(BaseException):\n    pass\nraise Stop('here')\n",
         "`shop` cannot be imported: Stop: here (shop.py:3)"),
        ("shop", "def create_app():\n    raise KeyError('URL')\n",
         "the factory `create_app` fails: KeyError: 'URL' (shop.py:2)"),
        ("shop", "import os\n\nos.environ['SHOP_URL']\n",
         "`shop` cannot be imported: KeyError: 'SHOP_URL' (shop.py:3)" + LACKS),
        ("shop", "def create_app():\n    import os\n    os.environ['SHOP_URL']\n",
         "the factory `create_app` fails: KeyError: 'SHOP_URL' (shop.py:3)" + LACKS),
        ("shop", "import no_such_library\n",
         "`shop` cannot be imported: ModuleNotFoundError: No module named 'no_such_library' (shop.py:1)"),
        ("shop", "x = 1\ndef broken(:\n", "`shop` cannot be imported: SyntaxError: invalid syntax (shop.py:2)"),
        ("shop", "raise ValueError('postgresql://me:secret@host/db is wrong')\n",
         "`shop` cannot be imported: ValueError: postgresql://me:***@host/db is wrong (shop.py:1)"),
        ("shop", "import sys\nsys.exit('SECRET_KEY is not set:\\n  see redis://me:hidden@host and README')\n",
         "`shop` ends while it is loaded (shop.py:2): SECRET_KEY is not set: see redis://me:***@host and README"),
        ("shop", "import sys\nsys.exit('word ' * 100)\n",
         "`shop` ends while it is loaded (shop.py:2): " + "word " * 60 + "..."),
        ("shop", "import sys\nsys.exit('')\n",
         "`shop` calls sys.exit() while it is loaded (shop.py:2); keep what ends the process out of that"),
        ("shop", "import argparse\nargparse.ArgumentParser().parse_args(['--wrong'])\n",
         "`shop` calls sys.exit() while it is loaded (shop.py:2); keep what ends the process out of that"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_one_sentence(project: Project, given: str, text: str, sentence: str) -> None:
    """Whatever keeps an app from being loaded is told in one sentence, with the project's own line."""
    project({"shop.py": text})
    with pytest.raises(Trouble) as trouble:
        load(ScriptInfo(given))
    assert str(trouble.value) == sentence


@pytest.mark.parametrize(
    ("given", "start", "end"),
    [
        ("nope", "there is no module `nope` in ", "; name what holds the app, as in --app shop"),
        ("web/nope.py:app", "there is no file `web/nope.py` in ", "; name what holds the app, as in --app shop"),
        ("", "there is no wsgi.py and no app.py here", "name it, as in --app shop or --app shop:create_app"),
        (":app", "there is no wsgi.py and no app.py here", "name it, as in --app shop or --app shop:create_app"),
    ],
)
def test_what_is_not_there_is_one_sentence(project: Project, given: str, start: str, end: str) -> None:
    """A module or file that does not exist, and nothing to look in, are told so."""
    project({})
    with pytest.raises(Trouble) as trouble:
        load(ScriptInfo(given or None))
    assert str(trouble.value).startswith(start)
    assert str(trouble.value).endswith(end)


def test_an_app_found_by_itself_is_told_of_by_its_file(project: Project) -> None:
    """Where nothing was named, the file in which Flask looked is."""
    project({"wsgi.py": "import no_such_library\n"})
    with pytest.raises(Trouble, match=r"^`wsgi.py` cannot be imported: ModuleNotFoundError: .* \(wsgi.py:1\)$"):
        load(ScriptInfo())


def test_a_package_that_cannot_be_imported_names_the_module_in_it(project: Project) -> None:
    """Of an import inside of a package the innermost module of the project is told."""
    project({"shop/__init__.py": "from .web import app\n", "shop/web.py": "x = 1\nfrom json import nothing\n"})
    with pytest.raises(Trouble, match=r"cannot import name 'nothing' from 'json' .*\(shop/web.py:2\)$"):
        load(ScriptInfo("shop"))


def test_a_factory_of_the_commands_own_that_fails_is_told_of(project: Project) -> None:
    """A `flask` command of the project's own may bring its factory along."""
    project({})

    def broken() -> None:
        raise RuntimeError("no")

    with pytest.raises(Trouble, match=r"^the app cannot be loaded: RuntimeError: no \("):
        load(ScriptInfo(create_app=broken))  # type: ignore[arg-type]  # it gives no app


def test_all_is_shown_where_it_is_asked_for(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """With KECK_DEBUG the traceback stands below the sentence, without passwords."""
    monkeypatch.setenv("KECK_DEBUG", "1")
    project({"shop.py": "raise ValueError('redis://me:secret@host')\n"})
    with pytest.raises(Trouble) as trouble:
        load(ScriptInfo("shop"))
    first, *rest = str(trouble.value).splitlines()
    assert first == "`shop` cannot be imported: ValueError: redis://me:***@host (shop.py:1)"
    assert rest[0] == "Traceback (most recent call last):"
    assert "secret" not in str(trouble.value)


def _installed(folder: Path, version: str | None, text: str = "") -> None:
    """Make a Flask that is found before the installed one; without a version there is only its module."""
    (folder / "flask").mkdir(parents=True)
    (folder / "flask" / "__init__.py").write_text(text)
    if version:
        (folder / f"flask-{version}.dist-info").mkdir()
        (folder / f"flask-{version}.dist-info" / "METADATA").write_text(
            f"Metadata-Version: 2.1\nName: flask\nVersion: {version}\n"
        )


def test_this_flask_is_taken(project: Project) -> None:
    """The Flask that is installed is one that can be examined."""
    project({})
    refuse_other_flasks("here")


def test_a_flask_that_is_too_old_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An app on a Flask from before its contexts were what they are is told so."""
    _installed(tmp_path, "2.1.3")
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(Trouble, match=r"^the app runs on Flask 2\.1\.3, and only apps on Flask 2\.2 or later can be"):
        refuse_other_flasks("here")


def test_no_flask_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An interpreter without Flask is told by its name."""
    monkeypatch.setattr("sys.path", [str(tmp_path)])
    with pytest.raises(Trouble, match=r"^Flask is not installed for bin/python; name the interpreter"):
        refuse_other_flasks("bin/python")


def test_a_flask_that_is_broken_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A Flask that cannot be imported itself is told so, before the app is blamed for it."""
    monkeypatch.setitem(sys.modules, "flask.cli", None)
    with pytest.raises(Trouble, match=r"^Flask [\d.]+ itself cannot be imported for here: ModuleNotFoundError: "):
        refuse_other_flasks("here")


@pytest.mark.parametrize(
    ("installed", "what"), [(True, ".env does not set it"), (False, "python-dotenv is not installed")]
)
def test_a_variable_that_is_missing_beside_env(
    project: Project, monkeypatch: pytest.MonkeyPatch, *, installed: bool, what: str
) -> None:
    """Where there is a .env, what keeps it from helping is told."""

    def version(name: str) -> str:
        if not installed:
            raise metadata.PackageNotFoundError(name)
        return "1"

    monkeypatch.setattr("keck.doctor.load.metadata.version", version)
    project({"shop.py": "import os\n\nos.environ['SHOP_URL']\n", ".env": "OTHER=1\n"})
    with pytest.raises(Trouble, match=r"the environment lacks SHOP_URL; .*" + what):
        load(ScriptInfo("shop"))


def test_where_a_name_comes_from_is_told(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that nobody has typed is said to be that of FLASK_APP, or of the file that sets it."""
    project({})
    assert (origin(""), origin("shop")) == ("", "")
    monkeypatch.setenv("FLASK_APP", "nope")
    assert (origin("nope"), origin("other")) == ("FLASK_APP", "")
    with pytest.raises(Trouble, match=r"there is no module `nope` in .*; `nope` comes from FLASK_APP$"):
        load(ScriptInfo("nope"), "FLASK_APP")
    fake = ModuleType("dotenv")
    vars(fake).update(
        find_dotenv=lambda name, usecwd: name if Path(name).exists() and usecwd else "",
        dotenv_values=lambda path: {"FLASK_APP": Path(path).read_text().strip()},
    )
    monkeypatch.setitem(sys.modules, "dotenv", fake)
    project({".flaskenv": "nope\n", ".env": "other\n"})
    assert origin("nope") == ".flaskenv"
    project({".flaskenv": "other\n"})
    assert origin("nope") == "FLASK_APP"
