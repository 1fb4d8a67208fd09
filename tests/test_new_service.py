from __future__ import annotations

import hashlib
import re
import stat
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from keck.new import new
from keck.new.environment import extended, filled, values_of
from keck.new.features import BrokenStarter
from keck.new.manifest import Manifest
from keck.new.manifest import put as put_manifest
from keck.new.manifest import read as read_manifest
from keck.new.names import LONGEST, modules, names
from keck.new.starter import Starter, read
from keck.new.words import renamed, sorted_imports
from keck.settings import Settings, load
from keck.trouble import Trouble
from keck.version import __version__
from tests.small_starter import FILES, IMAGE, held, put, small

SECRET = re.compile(r"[A-Za-z0-9_-]{64}")


@pytest.fixture(scope="module")
def starter(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the directory of the small starter."""
    return small(tmp_path_factory.mktemp("starter"))


@pytest.fixture(scope="module")
def source(starter: Path) -> Starter:
    """Return the small starter as it is read."""
    return read(starter)


def test_service_has_names_of_its_own(starter: Path, tmp_path: Path) -> None:
    """The words for package and project are replaced in paths and texts; parts of words are not."""
    service = new("My-Shop", tmp_path / "out", starter=starter)
    root = tmp_path / "out"
    assert (service.root, service.manifest.package) == (root, "my_shop")
    assert service.files == len(held(root))
    assert (root / "my_shop" / "mail" / "templates" / "hello.txt").read_text() == "My-Shop says hello.\n"
    readme = (root / "README.md").read_text()
    assert "# My-Shop\n\nRun it: `python -m my_shop.serve`. A workshop is no shop_keeper.\n" in readme
    assert not [path for path in held(root) if path.startswith("shop")]


def test_service_with_everything(starter: Path, tmp_path: Path) -> None:
    """With all features every line stays that belongs to them, and no mark does."""
    new("shop", tmp_path / "out", starter=starter)
    root = tmp_path / "out"
    code = (root / "shop" / "__init__.py").read_text()
    assert "    send(app)\n\n    cache.remember(sender)\n    for one in (\n" in code
    assert "with:" not in code + (root / "README.md").read_text() + (root / ".env").read_text()
    assert (root / "shop" / "cors.py").read_text() == 'POLICY = "none"\n'
    assert (root / "bin" / "start").read_text() == "#!/bin/sh\nexec python -m shop.serve\n"
    assert not (root / "shop" / "silent.py").exists()


def test_bare_service(starter: Path, tmp_path: Path) -> None:
    """Without features their lines, files and folders are not there, and the code is still formatted."""
    new("shop", tmp_path / "out", without=["mail,cache", "limiter,cors"], starter=starter)
    root = tmp_path / "out"
    assert (root / "shop" / "__init__.py").read_text() == (
        '"""shop."""\n\nimport os\n\nfrom flask import Flask\n\nfrom .extensions import db\n\n\n'
        'def create_app() -> Flask:\n    app = Flask("shop")\n    app.silent = True\n'
        "    for one in (\n        db,\n    ):\n        one.init_app(app)\n    return app\n"
    )
    gone = {"shop/mail", "shop/both.txt", "shop/cors.py", "bin", "shop/migrations/versions/0002_outbox.py"}
    assert not [path for path in gone if (root / path).exists()]
    assert (root / "shop" / "silent.py").read_text() == "QUIET = True\n"
    assert (root / "requirements" / "service.txt").read_text() == (
        "# exact\nflask==3.1.3\n-c nothing\nPyJWT==2.15.1\npython-dateutil\n"
    )
    assert tomllib.loads((root / "pyproject.toml").read_text())["tool"]["ruff"] == {"line-length": 120}


def test_folder_of_two_features(starter: Path, tmp_path: Path) -> None:
    """What belongs to two features is not there without one of them."""
    new("shop", tmp_path / "out", without=["cache"], starter=starter)
    assert not (tmp_path / "out" / "shop" / "both.txt").exists()
    assert (tmp_path / "out" / "shop" / "mail").is_dir()


def test_what_is_no_text_and_what_is_vendored_stays(starter: Path, tmp_path: Path) -> None:
    """Images, and the work of others, go into a service byte for byte."""
    new("store", tmp_path / "out", starter=starter)
    there = held(tmp_path / "out")
    assert there["store/photo.png"].data == there["store/static/logo.png"].data == IMAGE
    assert there["store/static/store.js"].data == b"shop # with: nothing\r\n"
    assert there["store/old.txt"].data == b"caf\xe9 shop\r\n"


def test_leftovers_of_work_stay_behind(starter: Path, tmp_path: Path) -> None:
    """Caches, the database, secrets and what the starter's own .gitignore names are not copied."""
    new("shop", tmp_path / "out", starter=starter)
    there = held(tmp_path / "out")
    assert not {"shop/__pycache__/x.pyc", "instance/shop.db", "local.txt"} & set(there)
    assert b"mine" not in there[".env"].data


def test_line_ends_are_those_of_texts(starter: Path, tmp_path: Path) -> None:
    """A starter that git has checked out with CRLF gives the same service, and is the same one."""
    for path, content in FILES.items():
        if isinstance(content, str) and path != "shop/static/shop.js":
            put(tmp_path / "crlf", {path: content})
            target = tmp_path / "crlf" / path
            target.write_bytes(target.read_bytes().replace(b"\n", b"\r\n"))
        else:
            put(tmp_path / "crlf", {path: content})
    assert read(tmp_path / "crlf").digest == read(starter).digest
    new("shop", tmp_path / "one", starter=starter)
    new("shop", tmp_path / "two", starter=tmp_path / "crlf")
    one, two = held(tmp_path / "one", [".env"]), held(tmp_path / "two", [".env"])
    assert [path for path in one if one[path].data != two[path].data] == []


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such permissions")
def test_permissions(starter: Path, tmp_path: Path) -> None:
    """What may be run may be run, nothing else, and the .env is for its owner only."""
    new("shop", tmp_path / "out", starter=starter)
    runnable = [path for path, file in held(tmp_path / "out").items() if file.executable]
    assert runnable == ["bin/start"]
    assert stat.S_IMODE((tmp_path / "out" / ".env").stat().st_mode) == 0o600


def test_secrets_are_drawn(starter: Path, tmp_path: Path) -> None:
    """Each service has secrets of its own in its .env; the example keeps what it says, without the marks."""
    drawn = set()
    for name in ("one", "two"):
        new(name, tmp_path / name, starter=starter)
        values = values_of((tmp_path / name / ".env").read_text())
        assert SECRET.fullmatch(values["JWT_SECRET_KEY"])
        assert SECRET.fullmatch(values["OTHER_SECRET"])
        assert (values["MAIL_SERVER"], values["CACHE_SECONDS"]) == ("", "60")
        drawn |= {values["JWT_SECRET_KEY"], values["OTHER_SECRET"]}
        example = (tmp_path / name / ".env.example").read_text()
        assert "JWT_SECRET_KEY=change-me\nOTHER_SECRET=\n" in example
    assert len(drawn) == 4


def test_starter_without_settings(tmp_path: Path) -> None:
    """Where there is no .env.example there is no .env."""
    put(tmp_path / "starter", {"pyproject.toml": '[project]\nname = "shop"\n'})
    new("store", tmp_path / "out", starter=tmp_path / "starter")
    assert set(held(tmp_path / "out")) == {"pyproject.toml"}
    assert read_manifest(tmp_path / "out").package == "store"


def test_manifest(starter: Path, source: Starter, tmp_path: Path) -> None:
    """The service says how it was written; the rest of pyproject.toml is as it was, and Keck's check accepts it."""
    new("my.shop", tmp_path / "out", without=["cors", "cache"], starter=starter)
    assert read_manifest(tmp_path / "out") == Manifest(
        __version__, "my.shop", "my_shop", ("cache", "cors"), source.digest
    )
    text = (tmp_path / "out" / "pyproject.toml").read_text()
    assert text.endswith("\n\n[tool.ruff]\nline-length = 120\n")
    assert "what belongs to what" not in text
    assert load(tmp_path / "out", []) == Settings(root=tmp_path / "out")


@pytest.mark.parametrize(
    "table",
    [
        '[tool.keck]\nstarter = { mail = ["a"] }\n',
        '[tool.keck.starter]\nmail = ["a"]\n\ncors = ["b"]\n',
        '[project]\nname = "a"\nname = "b"\n[tool.keck.starter]\n',
        '[tool.keck.starter]\n\nstarter = "x"\n',
        "[tool.keck.starter]\nmail = []\n\n[tool.keck.service]\n",
    ],
)
def test_manifest_in_a_strange_place(table: str) -> None:
    """A starter whose table is written in another way is an error, not half of a table in a service."""
    with pytest.raises(BrokenStarter, match=r"pyproject\.toml"):
        put_manifest(table, Manifest("1", "a", "a", (), "x"))


def test_manifest_at_the_end() -> None:
    """The table that is last leaves one line's end at the end."""
    text = put_manifest("[a]\n\n[tool.keck.starter]\nmail = []\n", Manifest("1", "a", "a", ("mail",), "x"))
    assert text.endswith('\n\n# written by `keck new`, read by `keck add`\n[tool.keck.service]\nkeck = "1"\n'
                         'name = "a"\npackage = "a"\nwithout = ["mail"]\nstarter = "x"\n')  # fmt: skip


def test_digest(starter: Path, source: Starter, tmp_path: Path) -> None:
    """The digest tells starters apart by a byte or a path, and by nothing that work leaves behind."""
    assert re.fullmatch(r"sha256:[0-9a-f]{64}", source.digest)
    assert small(tmp_path / "same").joinpath("new.db").write_bytes(b"") == 0
    assert read(tmp_path / "same").digest == read(starter).digest
    (tmp_path / "same" / "wsgi.py").rename(tmp_path / "same" / "asgi.py")
    assert read(tmp_path / "same").digest != source.digest
    assert hashlib.sha256().name in source.digest


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({}, "there is no starter"),
        ({"pyproject.toml": '[tool.keck.starter]\nmail = ["gone"]\n'}, "names gone, which is not there"),
        ({"pyproject.toml": '[tool.keck.starter]\nmial = ["pyproject.toml"]\n'}, "no feature `mial`"),
        ({"pyproject.toml": "a = 1\n", "b.py": "x  # with: b\n"}, "b.py, line 1: `b`: there is no feature `b`"),
    ],
)
def test_broken_starter(tmp_path: Path, files: dict[str, str | bytes], message: str) -> None:
    """A faulty starter is an error that names file and line, and nothing is written."""
    put(tmp_path / "starter", files)
    with pytest.raises(BrokenStarter, match=message):
        new("store", tmp_path / "out", starter=tmp_path / "starter")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("name", "package", "made"),
    [
        ("my-shop", None, "my_shop"),
        ("My.Shop", None, "my_shop"),
        ("a--b_c", None, "a_b_c"),
        ("2shop", "shop2", "shop2"),
        ("x", None, "x"),
        ("y" * LONGEST, None, "y" * LONGEST),
        ("flask", "my_flask", "my_flask"),
    ],
)
def test_names_that_can_be_used(source: Starter, name: str, package: str | None, made: str) -> None:
    """A package's name is made of the project's, or taken as it is given."""
    assert names(name, package, source) == (name, made)


@pytest.mark.parametrize(
    ("name", "package", "message"),
    [
        ("", None, "`` is no name for a project"),
        ("my shop", None, "is no name for a project: use letters"),
        ("a/b", None, "the directory can be given after it"),
        ("-shop", None, "is no name for a project"),
        ("shop-", None, "is no name for a project"),
        ("läden", None, "is no name for a project"),
        ("2shop", None, "`2shop` is no name for a package, which begins with a letter"),
        ("shop", "Shop", "`Shop` is no name for a package"),
        ("shop", "my-shop", "`my-shop` is no name for a package"),
        ("shop", "_shop", "`_shop` is no name for a package"),
        ("shop", "shop_", "`shop_` is no name for a package"),
        ("shop", "", "`` is no name for a package"),
        ("shop", "läden", "no name for a package"),
        ("class", None, "`class` is a word of Python's own"),
        ("match", None, "`match` is a word of Python's own"),
        ("email", None, "would shadow the module of Python's standard library"),
        ("Test", None, "`test` would shadow the module of Python's standard library"),
        ("list", None, "would shadow what Python itself calls so"),
        ("flask", None, "would shadow the module of that name that the service uses"),
        ("tests", None, "that the service uses"),
        ("wsgi", None, "that the service uses"),
        ("jwt", None, "that the service uses"),
        ("python-dateutil", None, "that the service uses"),
        ("requirements", None, "that the service uses"),
        ("readme", None, "that the service uses"),
        ("keck", None, "that the service uses"),
        ("aux", None, "Windows lets no directory be called `aux`"),
        ("a" * 41, None, "has 41 characters; take a name of 40 at most"),
        ("a", "b" * 41, "has 41 characters; take a name of 40 at most"),
    ],
)
def test_names_that_cannot_be_used(source: Starter, name: str, package: str | None, message: str) -> None:
    """Each is refused in one sentence that says why and what to do."""
    with pytest.raises(Trouble) as caught:
        names(name, package, source)
    assert message in str(caught.value)
    assert re.search("choose another with --package|use letters|take a name", str(caught.value))
    assert "\n" not in str(caught.value)


def test_modules_are_read_from_the_starter(tmp_path: Path) -> None:
    """What the starter's code imports and its requirements install is known without a list."""
    files = {
        "pyproject.toml": "a = 1\n",
        "shop/a.py": "import one.two as x, three\nfrom four.five import y\nfrom . import z\nfrom .ten import v\n",
        "requirements/all.txt": "Seven-Eight[extra]>=1 ; python_version > '3'  # why\n--hash x\n# nine\n",
    }
    found = modules(read(put(tmp_path, files)))
    assert {"one", "three", "four", "seven_eight", "pyproject"} <= found
    assert not {"ten", "two", "x", "y", "z", "v", "nine", "shop", ""} & found


def test_words_are_replaced_at_once() -> None:
    """A name that has one of the words in it is not replaced again."""
    assert renamed("shop Shop shops my-shop SHOP shop_x", "the-shop", "shop_of_Shop") == (
        "shop_of_Shop the-shop shops my-shop_of_Shop SHOP shop_x"
    )


@pytest.mark.parametrize("package", ["aaa", "zzz", "tests10", "shop"])
def test_imports_stay_sorted(package: str) -> None:
    """After renaming, a run of imports with the package in it is in order; the names of a module stay as they were."""
    text = (
        "import shop\nimport tests2\n\nfrom shop import B\nfrom shop import a\nfrom shop.c import x\nfrom tests2 import z\n"
        "\ndef f():\n    from shop import y\n    from tests2 import w\n    import zoo\n\n"
        "from zoo import (\n    x,\n)\nfrom app import d\nfrom import\nimport\n"
    )
    done = sorted_imports(renamed(text, "Shop", package), package)
    runs = re.findall(r"(?:^ *from [\w.]+ import \w+\n)+", done, re.MULTILINE)
    modules = [[line.split()[1] for line in run.splitlines()] for run in runs]
    first = package in {"aaa", "shop"}
    assert modules[0] == (
        [package, package, f"{package}.c", "tests2"] if first else ["tests2", package, package, f"{package}.c"]
    )
    assert modules[1] == ([package, "tests2"] if first else ["tests2", package])
    assert f"from {package} import B\nfrom {package} import a\n" in done
    assert sorted(done.split("\n")) == sorted(renamed(text, "Shop", package).split("\n"))
    assert done.endswith("from zoo import (\n    x,\n)\nfrom app import d\nfrom import\nimport\n")


def test_strange_imports_stay_where_they_are() -> None:
    """Runs without the package are left alone, sorted or not."""
    text = "from b import x\nfrom a import y\n"
    assert sorted_imports(text, "shop") == text


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda _: None, "there is no .*pyproject.toml; name the directory of a service"),
        (lambda root: put(root, {"pyproject.toml": "a = [\n"}), "broken TOML"),
        (lambda root: put(root, {"pyproject.toml": b"a = '\xff'\n"}), "broken TOML"),
        (lambda root: put(root, {"pyproject.toml": "a = 1\n"}), "`keck new` did not write this project"),
        (lambda root: put(root, {"pyproject.toml": "tool = 1\n"}), "`keck new` did not write this project"),
        (lambda root: put(root, {"pyproject.toml": "[tool.keck.service]\nkeck = 1\n"}), "is broken"),
        (lambda root: put(root, {"pyproject.toml/x": ""}), "cannot be read"),
        (
            lambda root: put(
                root,
                {
                    "pyproject.toml": '[tool.keck.service]\nkeck = "1"\nname = "a"\npackage = "a"\n'
                    'without = ["cors", "mail"]\nstarter = "x"\n'
                },
            ),
            "`without` holds cors, mail",
        ),
    ],
)
def test_broken_manifest(tmp_path: Path, make: Callable[[Path], object], message: str) -> None:
    """Where nothing says how a project was written, or not so that it can be read, one sentence says what to do."""
    make(tmp_path)
    with pytest.raises(Trouble, match=message):
        read_manifest(tmp_path)


EXAMPLE = "# a\nA=1\nJWT_SECRET_KEY=x\n# B=2\n"
WIDER = "# a\nA=1\n# c\n# and d\nC=3\nJWT_SECRET_KEY=x\nD=  # drawn\n\n# E=5\n# B=2\n"


def test_values_are_kept() -> None:
    """What a .env says of keys that it already has stays, and a secret is drawn once."""
    first = filled(EXAMPLE, {})
    assert filled(EXAMPLE, values_of(first)) == first
    assert filled(EXAMPLE, {"A": " 9 # why"}).startswith("# a\nA= 9 # why\n")


def test_env_gains_keys() -> None:
    """A .env in which only values have been changed gets the new keys where they belong."""
    text = filled(EXAMPLE, {"A": "7"})
    made = extended(text, EXAMPLE, WIDER)
    assert made == filled(WIDER, values_of(made))
    assert made.startswith("# a\nA=7\n# c\n# and d\nC=3\nJWT_SECRET_KEY=")
    assert values_of(made)["JWT_SECRET_KEY"] == values_of(text)["JWT_SECRET_KEY"]
    assert SECRET.fullmatch(values_of(made)["D"])


def test_env_with_lines_of_its_own_gains_keys_at_the_end() -> None:
    """A .env that has been rearranged stays as it is, and the new keys follow with what is said above them."""
    text = "export JWT_SECRET_KEY = mine\nB=3\nMINE=4\nE=6\n\n"
    made = extended(text, EXAMPLE, WIDER)
    assert made.startswith("export JWT_SECRET_KEY = mine\nB=3\nMINE=4\nE=6\n\n# c\n# and d\nC=3\nD=")
    assert set(values_of(made)) == {"JWT_SECRET_KEY", "B", "MINE", "E", "C", "D"}
    assert extended(made, EXAMPLE, WIDER) == made
