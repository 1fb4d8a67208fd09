from __future__ import annotations

import pytest

from tests.support import findings, lines

RULE = "app/extensions-module-imports-app"
MAIN = "from flask import Flask\n\napp = Flask(__name__)\n\nimport models\n"
MODELS = "from extensions import db\n"


@pytest.mark.parametrize(
    ("line", "use"),
    [
        ("from main import app", "app"),
        ("from main import app as flask_app", "flask_app"),
        ("from wsgi import app", "app"),
    ],
)
def test_the_app_in_the_extensions_module(line: str, use: str) -> None:
    """An import of the app, under any name and through any module, is reported where the extensions are made."""
    files = {
        "main.py": MAIN,
        "wsgi.py": "from main import app\n",
        "models.py": MODELS,
        "extensions.py": f"from flask_sqlalchemy import SQLAlchemy\n{line}\n\ndb = SQLAlchemy({use})\n",
    }
    (one,) = findings(RULE, files)
    assert (one.place.path, one.place.line, one.level.name) == ("extensions.py", 2, "warning")
    assert [each.place.path for each in one.related] == ["main.py", "extensions.py"]


def test_an_app_from_a_factory() -> None:
    """An app that a factory has made at module level is the app too."""
    files = {
        "shop/__init__.py": "from flask import Flask\ndef create_app():\n    return Flask('x')\napp = create_app()\nfrom . import views\n",
        "shop/views.py": "from .ext import cache\n",
        "shop/ext.py": "from flask_caching import Cache\nfrom shop import app\ncache = Cache(app)\n",
    }
    assert lines(RULE, files) == ["shop/ext.py:2 warning"]


@pytest.mark.parametrize(
    "head",
    [
        "from flask import current_app as app",
        "from main import create_app",
        "from main import blueprint as app",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from main import app",
        "def late():\n    from main import app\n    return app",
        "import main",
        "from main import *",
        "from company import app",
    ],
)
def test_imports_that_are_no_cycle(head: str) -> None:
    """A factory, a blueprint, a late import, one for types only and the current app are left alone."""
    files = {
        "main.py": "from flask import Blueprint, Flask\nblueprint = Blueprint('b', __name__)\n"
        "def create_app():\n    return Flask(__name__)\napp = create_app()\nimport models\n",
        "models.py": MODELS,
        "extensions.py": f"{head}\nfrom flask_sqlalchemy import SQLAlchemy\ndb = SQLAlchemy()\n",
    }
    assert lines(RULE, files) == []


def test_scripts_and_entry_points() -> None:
    """A script or an entry point that nobody imports may import the app and bind to it."""
    files = {
        "main.py": "from flask import Flask\n\napp = Flask(__name__)\n",
        "manage.py": "from flask_migrate import Migrate\nfrom main import app\nmigrate = Migrate(app, None)\n",
        "tests/test_it.py": "import manage\n",
        "tests/conftest.py": "from flask_mail import Mail\nfrom main import app\nmail = Mail(app)\n",
    }
    assert lines(RULE, files) == []


def test_the_module_that_makes_both() -> None:
    """Where the app and its extensions are made in one module there is nothing to import."""
    files = {
        "main.py": "from flask import Flask\nfrom flask_mail import Mail\napp = Flask(__name__)\nmail = Mail(app)\nimport views\n",
        "views.py": "from main import app, mail\n",
        "late.py": "import views\ndef start():\n    from flask_mail import Mail\n    from main import app\n    return Mail(app)\n",
    }
    assert lines(RULE, files) == []
