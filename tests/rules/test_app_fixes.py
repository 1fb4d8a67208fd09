"""What the fixes of the rules on wiring write, and where they write nothing."""

from __future__ import annotations

import pytest

from tests.rules.fixing import fixed, fixed_files, fixes

# app/extension-never-bound

UNBOUND = "app/extension-never-bound"
FACTORY = """
from flask import Flask
from flask_mail import Mail
from extensions import db

def create_app(config=None):
    shop = Flask(__name__)
    shop.config["SQLALCHEMY_DATABASE_URI"] = "sqlite://"
    db.init_app(shop)
    shop.register_blueprint(config)
    return shop
"""
EXTENSIONS = """
from flask_mail import Mail
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy

db = SQLAlchemy()
mail = Mail()
migrate = Migrate()
"""


def test_bound_beside_the_others() -> None:
    """An instance is bound behind the others, after the config, imported from where they are; Migrate with its database."""
    text = fixed_files(UNBOUND, {"app.py": FACTORY, "extensions.py": EXTENSIONS})["app.py"]
    assert "from extensions import db, mail, migrate\n" in text
    order = ["    db.init_app(shop)\n", "mail.init_app(shop)\n", "migrate.init_app(shop, db)\n", "register_blueprint"]
    assert min(order[:3], key=text.index) == order[0]
    assert all(text.index(one) < text.index(order[3]) for one in order[:3])


def test_bound_through_its_module() -> None:
    """Where the factory imports the module of the instance, it is reached through that."""
    app = FACTORY.replace("from extensions import db\n", "import extensions as e\nfrom pkg import more\n").replace(
        "db.init", "e.db.init"
    )
    files = {
        "app.py": app,
        "extensions.py": EXTENSIONS.replace("migrate = Migrate()", ""),
        "pkg/__init__.py": "",
        "pkg/more.py": "from flask_mail import Mail\npost = Mail()\n",
    }
    assert "more.post.init_app(shop)" in fixed_files(UNBOUND, files)["app.py"]


@pytest.mark.parametrize(
    ("config", "place"),
    [
        ("if config:\n        app.config['MAIL_PORT'] = 1", "['MAIL_PORT'] = 1\n    mail.init_app(app)\n"),
        (
            "try:\n        app.config.from_pyfile('x')\n    except OSError:\n        app.config['MAIL_PORT'] = 1",
            "['MAIL_PORT'] = 1\n    mail.init_app(app)\n",
        ),
        ("configure(app)", "    configure(app)\n    mail.init_app(app)\n"),
        ("pass", "    app = Flask(__name__)\n    mail.init_app(app)\n    pass\n"),
    ],
)
def test_after_the_last_config_write(config: str, place: str) -> None:
    """The binding stands behind what writes config: a condition as a whole, and a function that does."""
    source = f"""
from flask import Flask
from flask_mail import Mail
mail = Mail()

def configure(app):
    app.config["MAIL_SERVER"] = "x"

def create_app(config=None):
    app = Flask(__name__)
    {config}
    return app
"""
    assert place in fixed(UNBOUND, source)


def test_at_module_level() -> None:
    """Where app and instance are made at module level, the binding stands behind both."""
    source = (
        "from flask import Flask\nfrom flask_mail import Mail\napp = Flask(__name__)\nx = 1\nmail = Mail()\ny = 2\n"
    )
    assert "mail = Mail()\nmail.init_app(app)\ny = 2\n" in fixed(UNBOUND, source)


@pytest.mark.parametrize(
    ("made", "safe"),
    [
        ("it = CORS()", False),
        ("it = CORS(origins=['https://a.example'])", True),
        ("app.config['CORS_ORIGINS'] = 'https://a.example'\nit = CORS()", True),
    ],
)
def test_a_cors_without_origins_opens_the_app(made: str, safe: bool) -> None:
    """A left-over `CORS()` is bound only by an unsafe fix that says what it opens."""
    (fix,) = fixes(UNBOUND, f"from flask import Flask\nfrom flask_cors import CORS\napp = Flask(__name__)\n{made}\n")
    assert fix is not None
    assert (fix.safe, fix.changes) == (safe, "" if safe else "opens the app to every origin")


def test_a_limiter_without_a_storage() -> None:
    """A limiter of which nobody has said where it counts is bound by an unsafe fix."""
    source = "from flask import Flask\nfrom flask_limiter import Limiter\napp = Flask('a')\nit = Limiter(print{})\n"
    (fix,) = fixes(UNBOUND, source.format(""))
    assert fix is not None
    assert (fix.safe, fix.changes) == (False, "counts in the memory of each process")
    (stored,) = fixes(UNBOUND, source.format(", storage_uri='redis://x'"))
    assert stored is not None
    assert stored.safe


@pytest.mark.parametrize(
    "source",
    [
        "from flask import Flask\nfrom flask_mail import Mail\nit = Mail()\none = Flask('a')\ntwo = Flask('b')\n",
        "from flask import Flask\nfrom flask_mail import Mail\nit = Mail()\ndef create():\n    return Flask('a')\n",
        "from flask import Flask\nfrom flask_mail import Mail\nit = Mail()\ndef create():\n    if x:\n        app = Flask('a')\n",
        "from flask import Flask\nfrom flask_mail import Mail\nit = Mail()\nclass A:\n    def f(self):\n        self.app = Flask('a')\n",
        "from flask import Flask\nfrom flask_mail import Mail\ndef f():\n    it = Mail()\n    it.x = 1\napp = Flask('a')\n",
        "from flask import Flask\nfrom flask_mail import Mail\nMail()\napp = Flask('a')\n",
        "from flask import Flask\nfrom flask_sqlalchemy import SQLAlchemy\nit = SQLAlchemy()\napp = Flask('a')\n",
        "from flask import Flask\nfrom flask_migrate import Migrate\nit = Migrate()\napp = Flask('a')\n",
        "from flask import Flask\nfrom flask_mail import Mail\none = Mail()\ntwo = Mail()\napp = Flask('a')\none.init_app(app)\n",
    ],
)
def test_no_certain_place(source: str) -> None:
    """Several apps, an app without a name, a database without an address, a second instance: no fix."""
    found = fixes(UNBOUND, source)
    assert found
    assert not any(found)


def test_an_instance_that_the_factory_cannot_reach() -> None:
    """Where the factory imports nothing of the module, how to import it would be a guess."""
    files = {
        "app.py": "from flask import Flask\nimport other\napp = Flask('a')\n",
        "other.py": "import deep.mails\n",
        "deep/mails.py": "from flask_mail import Mail\nmail = Mail()\n",
    }
    assert fixes(UNBOUND, files) == [None]


def test_a_limiter_that_takes_the_app_for_its_key() -> None:
    """`Limiter(app)` gets a key function, which limits callers by their address."""
    source = "from flask import Flask\nfrom flask_limiter import Limiter\napp = Flask('a')\nlimiter = Limiter(app)\n"
    (fix,) = fixes(UNBOUND, source)
    assert fix is not None
    assert (fix.safe, fix.changes) == (False, "limits callers by their address")
    assert "Limiter(app=app, key_func=get_remote_address)\n" in fixed(UNBOUND, source)
    assert fixes(UNBOUND, source.replace("(app)\n", "(app, **options)\n").replace("Flask('a')", "Flask('a')")) in (
        [],
        [None],
    )


@pytest.mark.parametrize(
    ("body", "fixable"),
    [
        ("    mail.init_app(app)\n", True),
        ("    port = 1\n    mail.init_app(app)\n", True),
        ("    app = app.wsgi\n    mail.init_app(app)\n", False),
        ("    from ext import mail\n    mail.init_app(app)\n", False),
        ("    if port:\n        mail.init_app(app)\n", False),
        ("    x = mail.init_app(app)\n", False),
        ("    mail.init_app(*[app])\n", True),
    ],
)
def test_what_is_bound_under_main(body: str, fixable: bool) -> None:
    """A binding under `__main__` goes above it, where what it names is there by then."""
    files = {
        "app.py": f"from flask import Flask\nfrom ext import mail\napp = Flask('a')\nif __name__ == '__main__':\n{body}",
        "ext.py": "from flask_mail import Mail\nmail = Mail()\n",
        "Procfile": "web: gunicorn app:app\n",
    }
    found = fixes(UNBOUND, files)
    if found:
        assert [one is not None for one in found] == [fixable]


def test_the_binding_moves_up() -> None:
    """The binding stands above the condition afterwards."""
    files = {
        "app.py": "from flask import Flask\nfrom flask_mail import Mail\napp = Flask('a')\nmail = Mail()\nif __name__ == '__main__':\n    mail.init_app(app)\n    app.run()\n",
        "Procfile": "web: gunicorn app:app\n",
    }
    text = fixed_files(UNBOUND, files)["app.py"]
    assert text.index("mail.init_app(app)\n") < text.index("if __name__") < text.index("app.run()")


# app/config-without-effect

LATE = "app/config-without-effect"


def late(between: str = "", write: str = 'app.config["MAIL_SERVER"] = "x"', bound: str = "mail.init_app(app)") -> str:
    """Return a factory in which config is written after the binding."""
    return f"""
from flask import Flask
from flask_mail import Mail
from flask_limiter import Limiter
mail = Mail()
limiter = Limiter(print)

class Config:
    MAIL_SERVER = "x"

def create_app(bp=None):
    app = Flask(__name__)
    {bound}
    {between or "mail.x = 1" if between != "nothing" else "pass"}
    {write}
    return app
"""


@pytest.mark.parametrize(
    ("between", "write"),
    [
        ("nothing", 'app.config["MAIL_SERVER"] = "x"'),
        ("app.register_blueprint(bp)", 'app.config["MAIL_SERVER"] = "x"'),
        ('app.config["MAIL_PORT"] = 25', 'app.config["MAIL_SERVER"] = "x"'),
        ("limiter.init_app(app)", "app.config.from_object(Config)"),
        ("def inner(): pass", 'app.config.update(MAIL_SERVER="x")'),
    ],
)
def test_a_late_write_moves_up(between: str, write: str) -> None:
    """A write moves above the binding over what does not depend on the order."""
    text = fixed(LATE, late(between, write))
    assert text.index(write) < text.index("mail.init_app(app)")


def test_above_the_binding_that_reads_it_where_it_cannot_go_higher() -> None:
    """Where something stands between the bindings, the write goes above its own."""
    source = late("nothing", bound="limiter.init_app(app)\n    bp()\n    mail.init_app(app)")
    assert 'bp()\n    app.config["MAIL_SERVER"] = "x"\n    mail.init_app(app)' in fixed(LATE, source)


@pytest.mark.parametrize(
    ("between", "write", "bound"),
    [
        ("bp.start(app)", 'app.config["MAIL_SERVER"] = "x"', "mail.init_app(app)"),
        ("if bp:\n        bp()", 'app.config["MAIL_SERVER"] = "x"', "mail.init_app(app)"),
        ("import odd", 'app.config["MAIL_SERVER"] = "x"', "mail.init_app(app)"),
        ("nothing", 'app.config["MAIL_SERVER"] = bp()', "mail.init_app(app)"),
        ('app.config["MAIL_SERVER"] = "y"', "app.config.from_object(Config)", "mail.init_app(app)"),
        ("nothing", 'app.config["MAIL_SERVER"] = "x"', "bind(app)"),
        ("nothing", 'with app.app_context():\n        app.config["MAIL_SERVER"] = "x"', "mail.init_app(app)"),
    ],
)
def test_a_late_write_that_stays(between: str, write: str, bound: str) -> None:
    """What may depend on the order, a value that cannot be known, another function: no fix."""
    source = late(between, write, bound) + "\ndef bind(app):\n    mail.init_app(app)\n"
    found = fixes(LATE, source)
    assert found
    assert not any(found[-1:])


@pytest.mark.parametrize(
    ("made", "setting", "expected"),
    [
        ("Limiter(print, app=app, storage_uri='memory://')", "RATELIMIT_STORAGE_URI", "Limiter(print, app=app)"),
        ("Cache(app, config={'CACHE_TYPE': 'NullCache'})", "CACHE_TYPE", "Cache(app)"),
        ("Cache(app, config={'CACHE_TYPE': 'NullCache', 'X': 1})", "CACHE_TYPE", "Cache(app, config={'X': 1})"),
    ],
)
def test_an_argument_that_wins_is_dropped(made: str, setting: str, expected: str) -> None:
    """An argument goes, for the key of the config to count, only by an unsafe fix."""
    source = f"from flask import Flask\nfrom flask_caching import Cache\nfrom flask_limiter import Limiter\napp = Flask('a')\napp.config['{setting}'] = 'redis'\nx = {made}\n"
    (fix,) = fixes(LATE, source)
    assert fix is not None
    assert (fix.safe, setting in fix.changes) == (False, True)
    assert expected in fixed(LATE, source)


# app/app-context-pushed-at-import

PUSHED = "app/app-context-pushed-at-import"
PUSH = "from flask import Flask\napp = Flask('a')\napp.app_context().push()\n"


def test_statements_get_a_context() -> None:
    """The statements behind a push stand under a `with`; what runs as a script only does not."""
    text = fixed(PUSHED, PUSH + "x = 1\nif x:\n    print(x)\nif __name__ == '__main__':\n    app.run()\n")
    assert "app = Flask('a')\nwith app.app_context():\n    x = 1\n    if x:\n        print(x)\nif __name__" in text


@pytest.mark.parametrize(
    "source",
    [
        PUSH,
        PUSH + "def f(): ...\nx = 1\n",
        PUSH + "import odd\nx = 1\n",
        "from flask import Flask\napp = Flask('a')\nctx = app.app_context()\nctx.push()\nx = 1\n",
        "from flask import Flask\napp = Flask('a')\napp.test_request_context('/').push()\nx = 1\n",
        "from flask import Flask\napp = Flask('a')\napp.app_context().__enter__()\nx = 1\n",
        "from flask import Flask\napp = Flask('a')\nif app:\n    app.app_context().push()\nx = 1\n",
        "from flask import Flask\ndef create_app():\n    app = Flask('a')\n    app.app_context().push()\n    return app\n",
    ],
)
def test_pushes_that_stay(source: str) -> None:
    """Definitions behind it, a context in a variable, a push in a function: no fix."""
    assert fixes(PUSHED, source) == [None]


def test_a_module_that_others_import() -> None:
    """Modules that are imported later may go by the context: an unsafe fix."""
    files = {"app.py": PUSH + "x = 1\n", "other.py": "from app import x\n"}
    (fix,) = fixes(PUSHED, files)
    assert fix is not None
    assert (fix.safe, fix.changes) == (False, "leaves modules that import this one without a context")
    (alone,) = fixes(PUSHED, {"app.py": PUSH + "x = 1\n", "tests/test_x.py": "from app import x\n"})
    assert alone is not None
    assert alone.safe
