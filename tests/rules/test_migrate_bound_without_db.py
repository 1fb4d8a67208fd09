from __future__ import annotations

import pytest

from tests.support import findings, lines

RULE = "migrate/bound-without-db"
HEAD = """from flask import Flask
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy

app = Flask(__name__)
db = SQLAlchemy()
options = {}
"""
LINE = HEAD.count("\n") + 1


@pytest.mark.parametrize(
    ("code", "at"),
    [
        ("Migrate(app)", 0),
        ("migrate = Migrate(app)", 0),
        ("migrate = Migrate(app, directory='db')", 0),
        ("migrate = Migrate(app, None)", 0),
        ("migrate = Migrate()\nmigrate.init_app(app)", 1),
        ("migrate = Migrate(render_as_batch=True)\nmigrate.init_app(app=app)", 1),
        ("migrate = Migrate(db=None)\nfor one in (migrate,):\n    one.init_app(app)", 2),
        ("def create_app(app):\n    Migrate(app)", 1),
        ("class M(Migrate):\n    pass\nm = M()\nm.init_app(app)", 3),
        ("class M(Migrate):\n    def name(self):\n        return 'm'\nM(app)", 3),
    ],
)
def test_a_binding_without_a_database(code: str, at: int) -> None:
    """Neither the constructor nor `init_app` names a database: the binding is reported."""
    assert lines(RULE, HEAD + code + "\n") == [f"app.py:{LINE + at} error"]


def test_what_it_says() -> None:
    """The message tells apart what binds nothing and what fails with the first command."""
    (one,) = findings(RULE, HEAD + "Migrate(app)\n")
    assert "binds nothing" in one.message
    (two,) = findings(RULE, HEAD + "m = Migrate()\nm.init_app(app)\n")
    assert ("`m.init_app(app)`" in two.message, len(two.related)) == (True, 1)
    (three,) = findings(RULE, HEAD + "Migrate().init_app(app)\n")
    assert "`the instance.init_app" not in three.message


@pytest.mark.parametrize(
    "code",
    [
        "Migrate(app, db)",
        "Migrate(app, db, directory='x')",
        "Migrate(app=app, db=db)",
        "migrate = Migrate(db=db)\nmigrate.init_app(app)",
        "migrate = Migrate()\nmigrate.init_app(app, db)",
        "migrate = Migrate()\nmigrate.init_app(app, db=db)",
        "migrate = Migrate(app)\nmigrate.init_app(app, db)",
        "migrate = Migrate()\nmigrate.init_app(app, **options)",
        "Migrate(app, **options)",
        "Migrate(*[app, db])",
        "migrate = Migrate()",
        "class M(Migrate):\n    def __init__(self, app):\n        super().__init__(app, db)\nM(app)",
        "class M(Migrate):\n    def init_app(self, app):\n        super().init_app(app, db)\nm = M()\nm.init_app(app)",
    ],
)
def test_a_database_somewhere(code: str) -> None:
    """A database in either place is enough, and hidden arguments and classes that bind in their own way are not judged."""
    assert lines(RULE, HEAD + code + "\n") == []


def test_a_database_of_another_name_in_another_module() -> None:
    """The database may be called anything and be bound by a helper elsewhere; tests are no suspects."""
    files = {
        "shop/__init__.py": "from flask import Flask\nfrom .ext import set_up\ndef create_app():\n    app = Flask('x')\n    set_up(app)\n    return app\n",
        "shop/ext.py": "from flask_migrate import Migrate\nfrom flask_sqlalchemy import SQLAlchemy\nsqla = SQLAlchemy()\nmigrations = Migrate()\n"
        "def set_up(app):\n    sqla.init_app(app)\n    migrations.init_app(app, sqla)\n",
        "tests/test_m.py": "from flask import Flask\nfrom flask_migrate import Migrate\nMigrate(Flask('x'))\n",
    }
    assert lines(RULE, files) == []


def test_a_binding_in_a_test() -> None:
    """What a test binds is the test's business."""
    files = {
        "ext.py": "from flask_migrate import Migrate\nmigrate = Migrate()\n",
        "tests/test_m.py": "from ext import migrate\ndef test(app):\n    migrate.init_app(app)\n",
    }
    assert lines(RULE, files) == []
