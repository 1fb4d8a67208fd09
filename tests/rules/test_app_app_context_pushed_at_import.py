from __future__ import annotations

import pytest

from tests.support import findings, lines

RULE = "app/app-context-pushed-at-import"


@pytest.mark.parametrize(
    "code",
    [
        "from flask import Flask\napp = Flask('x')\napp.app_context().push()  # here\n",
        "from flask import Flask\napp = Flask('x')\nctx = app.app_context()\nctx.push()  # here\n",
        "from flask import Flask\napp = Flask('x')\napp.test_request_context('/').push()  # here\n",
        "from flask import Flask\ndef create_app():\n    return Flask('x')\napp = create_app()\napp.app_context().push()  # here\n",
        "from flask import Flask\ndef create_app():\n    return Flask('x')\ncreate_app().app_context().push()  # here\n",
        "from flask import Flask\ndef create_app():\n    app = Flask('x')\n    app.app_context().push()  # here\n    return app\n",
        (
            "from flask import Flask\ndef create_app():\n    app = Flask('x')\n    context = app.app_context()\n    context.push()  # here\n"
            "    return app\n"
        ),
        "from flask import Flask\napp = Flask('x')\napp.app_context().__enter__()  # here\n",
        "from flask import Flask\napp = Flask('x')\n(ctx := app.app_context()).push()  # here\n",
        "from flask import Flask\napp = Flask('x')\ndef start():\n    app.app_context().push()  # here\nstart()\n",
        (
            "from flask import Flask\ndef enter(app):\n    app.app_context().push()  # here\n"
            "def create_app():\n    app = Flask('x')\n    enter(app)\n    return app\n"
        ),
        "from flask import Flask\napp = Flask('x')\nif app.debug:\n    app.app_context().push()  # here\n",
    ],
)
def test_a_context_that_stays(code: str) -> None:
    """A context that is pushed on import or by the factory is reported, however it is written."""
    at = next(number for number, line in enumerate(code.splitlines(), 1) if line.endswith("# here"))
    assert lines(RULE, {"app.py": code}) == [f"app.py:{at} error"]


def test_modules_that_the_served_app_imports() -> None:
    """A module that the app's module imports pushes for it, and so does an entry module."""
    files = {
        "shop/__init__.py": "from flask import Flask\ndef create_app():\n    return Flask('x')\n",
        "wsgi.py": "from shop import create_app\nfrom models import User\napp = create_app()\napp.app_context().push()\n",
        "models.py": "from current import app\napp.app_context().push()\n",
        "current.py": "from shop import create_app\napp = create_app()\n",
    }
    assert lines(RULE, files) == ["models.py:2 error", "wsgi.py:4 error"]


def test_an_app_of_a_library() -> None:
    """What a library's app is cannot be known, and its context is a context."""
    code = "from flask import Flask\nfrom company import app\nmine = Flask('x')\napp.app_context().push()\n"
    assert lines(RULE, code) == ["app.py:4 error"]


def test_what_it_says() -> None:
    """The message says when it happens, and the symbol does not change with lines."""
    (one,) = findings(
        RULE,
        "from flask import Flask\ndef create_app():\n    a = Flask('x')\n    a.app_context().push()\n    return a\n",
    )
    assert "`create_app()`" in one.message
    assert one.symbol == "app:create_app"


@pytest.mark.parametrize(
    "code",
    [
        "from flask import Flask\napp = Flask('x')\nwith app.app_context():\n    print(app)\n",
        "from flask import Flask\napp = Flask('x')\nif __name__ == '__main__':\n    app.app_context().push()\n    app.run()\n",
        "from flask import Flask\napp = Flask('x')\nctx = app.app_context()\nctx.push()\nprint(app)\nctx.pop()\n",
        "from flask import Flask\napp = Flask('x')\nctx = app.app_context()\nctx.__enter__()\nctx.__exit__(None, None, None)\n",
        "from flask import Flask\napp = Flask('x')\ndef shell():\n    app.app_context().push()\n",
        "from flask import Flask\napp = Flask('x')\nqueue = []\nqueue.push()\napp.push()\npush()\napp.stack().push()\n",
        "from flask import Flask\napp = Flask('x')\nitems = make()\nitems.push()\nctx = app_context()\nctx.push()\n",
        "from flask import Flask, Blueprint\napp = Flask('x')\nbp = Blueprint('b', __name__)\nbp.app_context().push()\n",
    ],
)
def test_contexts_that_end(code: str) -> None:
    """A with block, a matching pop, a script, a function that is not the factory and other pushes are left alone."""
    assert lines(RULE, {"app.py": code}) == []


@pytest.mark.parametrize(
    "path", ["celery_worker.py", "scripts/fill.py", "shop/tasks.py", "tests/conftest.py", "shell.py"]
)
def test_workers_scripts_and_tests(path: str) -> None:
    """A module that no served module imports and that is named for a worker or a script may keep its context."""
    files = {
        "shop/__init__.py": "from flask import Flask\ndef create_app():\n    return Flask('x')\n",
        path: "from shop import create_app\napp = create_app()\napp.app_context().push()\n",
    }
    assert lines(RULE, files) == []


def test_a_script_with_its_own_app() -> None:
    """A script that makes an app for itself is left alone until somebody imports it."""
    files = {
        "app.py": "from flask import Flask\napp = Flask('x')\n",
        "scripts/enlarge.py": "from flask import Flask\napp = Flask('y')\napp.app_context().push()\n",
    }
    assert lines(RULE, files) == []
    assert lines(RULE, {**files, "views.py": "import scripts.enlarge\n"}) == ["scripts/enlarge.py:3 error"]


@pytest.mark.parametrize(
    "files",
    [
        {"Procfile": "web: gunicorn -w 4 front:app\n"},
        {".flaskenv": "FLASK_APP=front.py\n"},
        {
            "front.py": "from shop import create_app\napp = create_app()\napp.app_context().push()\n@app.get('/')\ndef index():\n    return ''\n"
        },
    ],
)
def test_a_module_of_any_name_that_is_served(files: dict[str, str]) -> None:
    """A module that obtains the app is served where a Procfile says so, or where it has routes; else it may be a script."""
    base = {
        "shop/__init__.py": "from flask import Flask\ndef create_app():\n    return Flask('x')\n",
        "front.py": "from shop import create_app\napp = create_app()\napp.app_context().push()\n",
    }
    assert lines(RULE, {**base, **files}) == ["front.py:3 error"]
    assert lines(RULE, {**base, "Procfile": "web: gunicorn other:app\n"}) == []
