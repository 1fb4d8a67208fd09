from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
import textwrap
from dataclasses import asdict
from importlib import metadata
from pathlib import Path

import pytest
from flask import Flask
from flask_caching import Cache
from flask_sqlalchemy import SQLAlchemy
from werkzeug.exceptions import HTTPException

from keck.live.functions import cached_functions, catch_all
from keck.live.made import made_at
from keck.live.read import read
from keck.live.serving import context_left_open, workers
from keck.live.versions import versions
from tests.live.worlds import imported, made

SHOP = """
import functools
from flask import Flask, Blueprint
from flask.views import MethodView
from flask_caching import Cache

cache = Cache(config={"CACHE_TYPE": "SimpleCache"})

@cache.cached(timeout=5, key_prefix="totals")
def totals(month, *rest, year=1, **more):
    return month

@cache.cached(key_prefix=lambda: "x")
def made_key(): return ""

@cache.cached()
def view(): return ""

@cache.cached()
def inner(): return ""

def guarded(function):
    @functools.wraps(function)
    def wrapper(): return function()
    return wrapper

class Views(MethodView):
    get = inner2 = cache.cached()(lambda self: "")

again = Views.get

@cache.memoize()
def remembered(): return ""

def create_app():
    app = Flask("shop")
    cache.init_app(app)
    app.add_url_rule("/", view_func=view)
    app.add_url_rule("/inner", view_func=guarded(inner))
    app.add_url_rule("/views", view_func=Views.as_view("views"))
    app.add_url_rule("/method", "method", Flask("other").make_response)
    return app
"""


def test_cached_functions_that_are_no_views(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A cached function is told when no route reaches it, with its parameters and the key's text."""
    app = imported(monkeypatch, tmp_path, {"cachings.py": SHOP})["cachings"].create_app()
    found = [one for one in cached_functions(app) if one["name"].startswith("cachings.")]
    assert found == [
        {
            "name": "cachings.totals",
            "path": (tmp_path / "cachings.py").as_posix(),
            "line": 8,
            "end_line": 10,
            "parameters": ["month", "year", "rest", "more"],
            "key_prefix": "totals",
        },
        {
            "name": "cachings.made_key",
            "path": (tmp_path / "cachings.py").as_posix(),
            "line": 12,
            "end_line": 13,
            "parameters": [],
            "key_prefix": None,
        },
    ]


def test_cached_callables_that_are_no_functions(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """What is cached and is no function of its own is passed over; without flask-caching there is nothing to tell."""
    text = """
        from flask_caching import Cache
        cache = Cache()
        length = cache.cached(make_cache_key=lambda: "k")(len)
        def plain(): return ""
        keyless = cache.cached()(plain)
        del keyless.make_cache_key
        """
    imported(monkeypatch, tmp_path, {"lengths.py": text})
    found = [one for one in cached_functions(made()) if one["path"].startswith(tmp_path.as_posix())]
    assert [(one["name"], one["key_prefix"]) for one in found] == [("lengths.plain", None)]
    monkeypatch.delitem(sys.modules, "flask_caching")
    assert cached_functions(made()) == []


def test_handlers_of_everything() -> None:
    """Handlers of Exception are told, and whether they let HTTP errors through; others are not."""
    app = made()

    @app.errorhandler(Exception)
    def every(error: Exception) -> HTTPException | str:
        return error if isinstance(error, HTTPException) else "no"

    @app.errorhandler(404)
    def missing(_: Exception) -> str:
        return ""

    @app.errorhandler(HTTPException)
    def http(_: Exception) -> str:
        return ""

    (one,) = catch_all(app)
    assert (one["name"].rpartition(".")[2], one["at"], one["exception"], one["http"]) == (
        "every",
        "app",
        "Exception",
        True,
    )
    assert Path(one["path"]) == Path(__file__)
    assert one["end_line"] - one["line"] == 2


# --- where the app was made ---

MADE = {
    "assigned": ("from flask import Flask\n\napp = Flask(__name__)\n", 3),
    "factory": (
        "from flask import Flask\ndef create_app():\n    return Flask(\n        __name__\n    )\napp = create_app()\n",
        3,
    ),
    "derived": ("import flask\nclass Own(flask.Flask): pass\napp = Own(__name__)\n", 3),
    "hidden": ("import flask as f\nmake = f.Flask\napp = make(__name__)\n", 3),
    "elsewhere": ("from flask import Flask\nmade = [Flask('assigned_nowhere')]\n", None),
}


@pytest.mark.parametrize("name", MADE)
def test_where_the_app_was_made(name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The call of Flask is found in the module of its import name, or where it is assigned."""
    text, line = MADE[name]
    module = imported(monkeypatch, tmp_path, {f"made_{name}.py": text})[f"made_{name}"]
    app = module.app if line else module.made[0]
    spot = made_at(app)
    if line:
        assert (Path(spot.path), spot.line) == (tmp_path / f"made_{name}.py", line)
    else:
        assert spot.path != str(tmp_path / f"made_{name}.py")


def test_an_app_that_a_package_makes(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The call is found in a module of the package that the app is named for; if there is none, the package is told."""
    files = {
        "store/__init__.py": "\n",
        "store/factory.py": "from flask import Flask\ndef create_app():\n    return Flask('store')\n",
        "bare/__init__.py": "import flask\nmake = flask.Flask\ndef create_app():\n    return make('bare')\n",
    }
    modules = imported(monkeypatch, tmp_path, files)
    spot = made_at(modules["store.factory"].create_app())
    assert (Path(spot.path), spot.line) == (tmp_path / "store" / "factory.py", 3)
    spot = made_at(modules["bare"].create_app())
    assert (Path(spot.path), spot.line) == (tmp_path / "bare" / "__init__.py", 1)


def test_an_app_of_nowhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An app whose module is not there stands where it is assigned, else nowhere."""
    text = "from flask import Flask as F\napp = F('no_such_module')\nkept = [F('no_such_module')]\n"
    module = imported(monkeypatch, tmp_path, {"keeping.py": text})["keeping"]
    monkeypatch.delattr(sys.modules["__main__"], "__file__", raising=False)
    assert made_at(module.app).line == 2
    assert made_at(module.kept[0]).path == ""


# --- how it is served ---


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, None),
        ({"WEB_CONCURRENCY": "4"}, 4),
        ({"WEB_CONCURRENCY": "many", "WORKERS": "2"}, 2),
        ({"WEB_CONCURRENCY": "0"}, None),
        ({"UWSGI_PROCESSES": "3"}, 3),
        ({"GUNICORN_CMD_ARGS": "--bind :8000 --workers=3", "WEB_CONCURRENCY": "4"}, 3),
        ({"GUNICORN_CMD_ARGS": "--workers 3 -t 5"}, 3),
        ({"GUNICORN_CMD_ARGS": "-w 3"}, 3),
        ({"GUNICORN_CMD_ARGS": "-w3"}, 3),
        ({"GUNICORN_CMD_ARGS": "-w3 --workers 5"}, 5),
        ({"GUNICORN_CMD_ARGS": "--worker-class gthread --workers"}, None),
        ({"GUNICORN_CMD_ARGS": "--name 'no end"}, None),
    ],
)
def test_workers(environment: dict[str, str], expected: int | None) -> None:
    """How many processes serve the app is told as the environment says it; gunicorn's arguments go first."""
    assert workers(environment) == expected


def test_contexts_of_callers(monkeypatch: pytest.MonkeyPatch) -> None:
    """A context that a caller opened around the call is its own; one that was pushed and left is not."""
    app = made()
    assert not context_left_open()
    app.add_url_rule("/ask", "ask", lambda: str(context_left_open()))
    assert app.test_client().get("/ask").text == "False"
    monkeypatch.delenv("PYTEST_CURRENT_TEST")
    with app.app_context():
        assert not context_left_open()
    app.cli.command("ask")(lambda: print(context_left_open()))  # noqa: T201 - what the command says
    assert app.test_cli_runner().invoke(args=["ask"]).output == "False\n"
    pushed = app.app_context()
    pushed.push()
    try:
        assert context_left_open()
        monkeypatch.setenv("PYTEST_CURRENT_TEST", "this one")
        assert not context_left_open()
        monkeypatch.delitem(sys.modules, "flask")
        assert not context_left_open()
    finally:
        pushed.pop()


def test_versions(monkeypatch: pytest.MonkeyPatch) -> None:
    """The version of each loaded distribution is told; what has no metadata is left out."""
    importlib.import_module("jwt")
    found = versions()
    assert found["flask"] == metadata.version("flask")
    assert found["pyjwt"] == metadata.version("pyjwt")
    assert "gunicorn" not in found or "gunicorn" in sys.modules
    monkeypatch.setitem(sys.modules, "pymysql", sys.modules["flask"])
    assert "pymysql" not in versions()


# --- the whole ---

APP = """
from flask import Flask
from flask_caching import Cache
from flask_sqlalchemy import SQLAlchemy

db, cache = SQLAlchemy(), Cache()

def create_app():
    app = Flask(__name__)
    app.config.update(SECRET_KEY="a-secret-of-some-length", SQLALCHEMY_DATABASE_URI="sqlite://", CACHE_TYPE="SimpleCache")
    db.init_app(app)
    cache.init_app(app)
    app.add_url_rule("/", "index", lambda: "")
    return app
"""


def test_a_whole_app(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Everything that can be told of an app is read in one go, without its secret."""
    monkeypatch.chdir(tmp_path)
    module = imported(monkeypatch, tmp_path, {"whole.py": APP})["whole"]
    app: Flask = module.create_app()
    found = read(app)
    assert (found.name, found.root, found.testing, found.debug) == ("whole", tmp_path.as_posix(), False, False)
    assert (Path(found.spot.path), found.spot.line) == (tmp_path / "whole.py", 8)
    assert [one.name for one in found.instances if one.bound == "this"] == ["whole:db", "whole:cache"]
    assert [one.rule for one in found.routes if not one.static] == ["/"]
    assert set(found.facts) == {"cors", "catch_all", "cached_functions", "disabled_loggers", "unread"}
    assert (found.answers, found.probes) == (None, None)
    assert found.config["SECRET_KEY"].secret == {"length": 23, "known": False, "same": []}
    assert "a-secret-of-some-length" not in json.dumps(asdict(found))


def test_nothing_but_the_standard_library_is_needed(tmp_path: Path) -> None:
    """The reading runs where nothing of Keck's own needs is installed, and imports no extension of its own."""
    (tmp_path / "alone.py").write_text(
        textwrap.dedent(
            """
            import sys
            for name in ("msgspec", "click_plugins", "rich", "libcst", "jinja2_none", "tomlkit", "pathspec"):
                sys.modules[name] = None
            from flask import Flask
            from keck.live.read import read
            app = Flask(__name__)
            found = read(app)
            assert found.instances == (), found.instances
            assert not {"flask_sqlalchemy", "flask_cors", "flask_limiter", "redis"} & set(sys.modules)
            print(found.name, found.context_pushed)
            app.app_context().push()
            print(read(app).context_pushed)
            """
        ),
        encoding="utf-8",
    )
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("COV_", "PYTEST_"))}
    done = subprocess.run(
        [sys.executable, "alone.py"], cwd=tmp_path, capture_output=True, text=True, check=False, env=environment
    )
    assert (done.stdout.split(), done.stderr) == (["alone", "False", "True"], "")


def test_instances_of_the_world_are_kept() -> None:
    """Reading an app twice says the same."""
    app = made()
    kept = (SQLAlchemy(app), Cache(app))
    assert read(app).instances == read(app).instances
    assert len(kept) == 2


def test_a_part_that_fails_leaves_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a strange app cannot tell is left out, and the rest is read; a half-made app beside it is no trouble."""
    app, half = made(), Flask.__new__(Flask)
    cache = Cache(app)
    for part in ("made_at", "catch_all", "cached_functions"):
        monkeypatch.setattr(f"keck.live.read.{part}", lambda _: 1 / 0)
    found = read(app)
    assert (found.spot.path, found.facts["catch_all"], found.facts["cached_functions"]) == ("", [], [])
    assert [one.extension for one in found.instances if one.bound == "this"] == ["caching"]
    assert type(half) is type(cache.app)


@pytest.mark.parametrize("asked", [{"backends": True}, {"probe": True}])
def test_backends_and_probe_are_asked_when_wanted(asked: dict[str, bool], tmp_path: Path) -> None:
    """The backends are asked and the app is probed when the caller wants it, and only then."""
    script = """
        from flask import Flask
        from keck.live.read import read
        app = Flask(__name__)
        app.add_url_rule("/", "index", lambda: "")
        found = read(app, ASKED)
        print(found.answers is not None, found.probes is not None)
        """
    (name,) = asked
    text = textwrap.dedent(script).replace("ASKED", f"{name}=True")
    done = subprocess.run([sys.executable, "-c", text], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.stdout.split(), done.stderr) == ([str(name == "backends"), str(name == "probe")], "")


def test_a_part_that_fails_leaves_the_rest_readable(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where routes cannot be read, the instances can, and what happened is told."""

    def fail(_app: object, _bound: object) -> None:
        raise KeyError("odd")

    monkeypatch.setattr("keck.live.routes.routes", fail)
    found = read(Flask("shop"))
    assert found.routes == ()
    assert found.facts["unread"] == {"routes": "KeyError: 'odd'"}


def test_secrets_in_routes_and_words_in_paths(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The token in the path of a webhook is masked; a place that has the same word as a secret is found all the same."""
    app = made(import_name := "webshop_web", TELEGRAM_TOKEN="98765:AAHfWebhook", API_KEY="webshop_web")  # noqa: S106 - of a test
    (folder := tmp_path / import_name).mkdir()
    text = "def hook(): return ''\n"
    hook = imported(monkeypatch, folder, {"webshop_hooks.py": text})["webshop_hooks"].hook
    app.add_url_rule("/bot/98765:AAHfWebhook", "hook", hook, methods=["POST"])
    told = read(app, probe=False)
    (route,) = (one for one in told.routes if one.endpoint == "hook")
    assert (route.rule, route.path) == ("/bot/***", "/bot/***")
    assert route.spot.path == (folder / "webshop_hooks.py").as_posix()
