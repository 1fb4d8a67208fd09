from __future__ import annotations

import pytest

from tests.support import findings, lines

RULE = "app/second-extension-instance"
SHOP = """
    from flask import Flask
    from shop.extensions import cache, db, jwt, limiter, mail

    def create_app():
        app = Flask(__name__)
        for one in (db, jwt, cache, limiter, mail):
            one.init_app(app)
        return app
"""
EXTENSIONS = """
    from flask_caching import Cache
    from flask_jwt_extended import JWTManager
    from flask_limiter import Limiter
    from flask_mail import Mail
    from flask_sqlalchemy import SQLAlchemy

    db = SQLAlchemy()
    jwt = JWTManager()
    cache = Cache()
    limiter = Limiter(str)
    mail = Mail()
"""


@pytest.mark.parametrize(
    ("made", "used"),
    [
        ("from flask_sqlalchemy import SQLAlchemy\nit = SQLAlchemy()", "from shop.second import it"),
        ("from flask_sqlalchemy import SQLAlchemy\nit = SQLAlchemy()\nclass User(it.Model):\n    pass", ""),
        ("from flask_jwt_extended import JWTManager\nit = JWTManager()\n@it.token_in_blocklist_loader\ndef gone(h, p):\n    return 0", ""),
        ("from flask_caching import Cache as C\nit = C()", "import shop.second\n@shop.second.it.cached()\ndef view():\n    return ''"),
        ("from flask_limiter import Limiter\nit = Limiter(str)", "from .second import it as other\n@other.limit('1/day')\ndef view(): return ''"),
        ("from flask_mail import Mail\nit = Mail()", "def send():\n    from shop.second import it\n    it.send(None)"),
    ],
)  # fmt: skip
def test_an_unbound_instance_in_use(made: str, used: str) -> None:
    """An instance that is used and not bound is reported beside the one that is."""
    files = {"shop/__init__.py": SHOP, "shop/extensions.py": EXTENSIONS, "shop/second.py": made, "shop/views.py": used}
    number = next(at for at, line in enumerate(made.splitlines(), 1) if line.startswith("it"))
    assert lines(RULE, files) == [f"shop/second.py:{number} error"]


def test_related_places() -> None:
    """The finding points at the bound instance and at every module that uses the second one."""
    files = {
        "shop/__init__.py": SHOP,
        "shop/extensions.py": EXTENSIONS,
        "shop/second.py": "from flask_sqlalchemy import SQLAlchemy\nit = SQLAlchemy()\n",
        "shop/a.py": "import shop.second\nprint(shop.second.it.session)\n",
        "shop/b.py": "import os\nfrom shop.second import it\n",
        "tests/test_b.py": "from shop.second import it\n",
    }
    (one,) = findings(RULE, files)
    assert [(each.place.path, each.place.line) for each in one.related] == [
        ("shop/extensions.py", 7),
        ("shop/a.py", 1),
        ("shop/b.py", 2),
    ]
    assert "shop/extensions.py" in one.help


@pytest.mark.parametrize(
    "code",
    [
        "one = SQLAlchemy(app)\ntwo = SQLAlchemy(app)  # here",
        "one = SQLAlchemy()\ntwo = SQLAlchemy()\none.init_app(app)\ntwo.init_app(app)  # here",
        "one = JWTManager(app)\nJWTManager(app)  # here",
        "def bind(app):\n    JWTManager(app)\none = JWTManager()\none.init_app(app)  # here\nbind(app)",
    ],
)
def test_two_bound_to_one_app(code: str) -> None:
    """Two databases or two token managers on one app are reported where the second is bound."""
    head = "from flask import Flask\nfrom flask_jwt_extended import JWTManager\nfrom flask_sqlalchemy import SQLAlchemy\napp = Flask('x')\n"
    at = 5 + next(number for number, line in enumerate(code.splitlines()) if line.endswith("# here"))
    found = lines(RULE, head + code + "\n")
    assert len(found) == 1
    assert found[0].endswith(" error")
    assert code.startswith("def") or found == [f"app.py:{at} error"]


@pytest.mark.parametrize(
    "code",
    [
        "one = SQLAlchemy(app)\nother = Flask('y')\ntwo = SQLAlchemy(other)",
        "one = SQLAlchemy()\none.init_app(app)\none.init_app(app)",
        "if app.debug:\n    one = JWTManager(app)\nelse:\n    two = JWTManager(app)",
        "try:\n    one = SQLAlchemy(app)\nexcept Exception:\n    two = SQLAlchemy(app)",
        "one = Cache(app)\ntwo = Cache(app)",
        "one = Limiter(str, app=app)\ntwo = Limiter(str, app=app)",
        "one = SQLAlchemy(app)\nmail = Mail()",
        "def a(app):\n    SQLAlchemy(app)\ndef b(app):\n    SQLAlchemy(app)",
        "def a(app):\n    SQLAlchemy(app)\na(app)\na(Flask('y'))\nSQLAlchemy(Flask('z'))",
        "one = Cache(app)\nspare = Cache()",
    ],
)
def test_two_that_may_be(code: str) -> None:
    """Two apps, branches, two caches or limiters that are both bound, and an unused spare are left alone."""
    head = (
        "from flask import Flask\nfrom flask_caching import Cache\nfrom flask_jwt_extended import JWTManager\n"
        "from flask_limiter import Limiter\nfrom flask_mail import Mail\nfrom flask_sqlalchemy import SQLAlchemy\n"
        "app = Flask('x')\n"
    )
    assert lines(RULE, head + code + "\n") == []


def test_several_apps_in_one_repository() -> None:
    """Each app of a repository may have its own instance, and so may tests."""
    own = "from flask import Flask\nfrom flask_sqlalchemy import SQLAlchemy\napp = Flask('x')\ndb = SQLAlchemy(app)\n"
    files = {
        "one/app.py": own,
        "two/app.py": own,
        "one/models.py": "from app import db\n",
        "one/tests/test_db.py": own,
        "one/tests/conftest.py": "from flask_sqlalchemy import SQLAlchemy\ndb = SQLAlchemy()\nclass M(db.Model):\n    pass\n",
    }
    assert lines(RULE, files) == []


def test_cors_and_migrate_are_no_such_case() -> None:
    """Several CORS add up, and a second Migrate hurts nobody: other rules look at them."""
    code = """
    from flask import Flask
    from flask_cors import CORS
    from flask_migrate import Migrate
    app = Flask('x')
    CORS(app)
    CORS(app)
    cors = CORS()
    print(cors.init_app)
    Migrate(app, None)
    Migrate(app, None)
    """
    assert lines(RULE, code) == []


@pytest.mark.parametrize(
    ("users", "said"),
    [(1, "and 1 module uses this one"), (2, "and 2 modules use this one")],
)
def test_users_of_the_second_instance_are_counted(users: int, said: str) -> None:
    """The message counts the modules that import the instance that nothing binds."""
    files = {
        "app.py": "from flask import Flask\nfrom flask_sqlalchemy import SQLAlchemy\n"
        "db = SQLAlchemy()\napp = Flask(__name__)\ndb.init_app(app)\n",
        "tables.py": "from flask_sqlalchemy import SQLAlchemy\ndb = SQLAlchemy()\n",
        **{f"shop{n}.py": "from tables import db\nclass A(db.Model): ...\n" for n in range(users)},
    }
    (found,) = findings(RULE, files)
    assert found.message.endswith(said)
