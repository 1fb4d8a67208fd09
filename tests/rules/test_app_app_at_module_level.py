from __future__ import annotations

import pytest

from tests.support import findings, lines

RULE = "app/app-at-module-level"


@pytest.mark.parametrize(
    "code",
    [
        "from flask import Flask\napp = Flask(__name__)\n",
        "import flask\napp: flask.Flask = flask.Flask(__name__)\n",
        "from flask import Flask as F\nclass App(F):\n    pass\napp = App(__name__)\n",
        "from apiflask import APIFlask\napp = APIFlask(__name__)\n",
        "from flask import Flask\ntry:\n    app = Flask(__name__)\nexcept Exception:\n    raise\n",
        "from flask import Flask\nclass Site:\n    app = Flask(__name__)\n",
        "from flask import Flask\napp = Flask(__name__)\ndef create_app():\n    return app\n",
    ],
)
def test_an_app_made_on_import(code: str) -> None:
    """An app that stands at module level is noted, whichever class makes it."""
    number = next(at for at, line in enumerate(code.splitlines(), 1) if "(__name__)" in line)
    assert lines(RULE, code) == [f"app.py:{number} note"]


def test_an_app_without_a_name() -> None:
    """An app whose call is part of an expression is noted under its module's name."""
    (one,) = findings(RULE, "from flask import Flask\nprint(Flask(__name__))\n")
    assert one.symbol == "app:app"


@pytest.mark.parametrize(
    "code",
    [
        "from flask import Flask\ndef create_app():\n    app = Flask(__name__)\n    return app\napp = create_app()\n",
        "from flask import Flask\nif __name__ == '__main__':\n    app = Flask(__name__)\n",
        "from quart import Quart\napp = Quart(__name__)\n",
        "from flask import Flask\nclass Factory:\n    def make(self):\n        return Flask(__name__)\n",
        "from typer import Flask\napp = Flask(__name__)\n",
    ],
)
def test_factories_scripts_and_strangers(code: str) -> None:
    """An app that a function makes, one of a script run by hand and other frameworks are left alone."""
    assert lines(RULE, code) == []


def test_a_test_s_own_app() -> None:
    """A test may make its app where it likes."""
    assert lines(RULE, {"tests/conftest.py": "from flask import Flask\napp = Flask(__name__)\n"}) == []


def test_a_factory_that_takes_the_app() -> None:
    """An entry module that hands its app to the project's factory is left alone until others import the app."""
    files = {
        "wsgi.py": "from flask import Flask\nfrom shop import create_app\napplication = Flask('shop')\ncreate_app(application, 1)\n",
        "shop/__init__.py": "def create_app(application):\n    application.config['X'] = 1\n",
    }
    assert lines(RULE, files) == []
    assert lines(RULE, {**files, "views.py": "from wsgi import application\n"}) == ["wsgi.py:3 note"]
    other = {"wsgi.py": "from flask import Flask\nfrom shop import create_app\napp = Flask('x')\ncreate_app(1)\n"}
    assert lines(RULE, {**files, **other}) == ["wsgi.py:3 note"]
    local = "from flask import Flask\ndef init_app(app):\n    pass\napp = Flask('x')\ninit_app(app, 1)\n"
    assert lines(RULE, local) == ["app.py:4 note"]
