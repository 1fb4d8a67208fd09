"""The smaller step: instances of an app that has a factory are made without an app, and bound in the factory."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping

import pytest

from keck.factory.refusal import Refusal
from keck.factory.source import foreign, source
from keck.factory.step import has_factory, smaller
from keck.facts.expr import Ref
from tests.rules.fixing import fixed_files, fixes
from tests.support import project
from tests.test_examples import EXAMPLES, MARK, example_files

BOUND = "app/extension-bound-in-constructor"
IMPORTS = "app/extensions-module-imports-app"
SECOND = "app/second-extension-instance"


def texts(files: Mapping[str, str]) -> dict[str, str]:
    """Return texts without the indentation of the test."""
    return {path: textwrap.dedent(text).lstrip("\n") for path, text in files.items()}


def fixed(rule: str, files: Mapping[str, str]) -> dict[str, str]:
    """Return the files that the fixes of a rule change, where there must be some."""
    before = texts(files)
    after = fixed_files(rule, before)
    found = {path: text for path, text in after.items() if text != before.get(path)}
    assert found
    return found


@pytest.mark.parametrize("rule", [IMPORTS, SECOND])
def test_the_fixed_example_is_the_right_one(rule: str) -> None:
    """The fix of the wrong example gives the right one, and leaves that unchanged."""
    right = example_files(EXAMPLES / rule, "right")
    wrong = {
        path: "\n".join(MARK.sub("", line).rstrip() for line in text.split("\n"))
        for path, text in example_files(EXAMPLES / rule, "wrong").items()
    }
    assert fixed_files(rule, wrong) == right
    assert fixed_files(rule, right) == right


# a constructor in the factory

FACTORY = """
    from flask import Flask
    {imports}

    def create_app():
        app = Flask(__name__)
        {made}
        return app
"""


def factory(imports: str, made: str) -> str:
    """Return a module with a factory."""
    return textwrap.dedent(FACTORY).lstrip().format(imports=imports, made=made.replace("\n", "\n    "))


@pytest.mark.parametrize(
    ("imports", "made", "instance", "bound"),
    [
        ("from flask_cors import CORS", "CORS(app)", "cors = CORS()", "cors.init_app(app)"),
        (
            "from flask_cors import CORS",
            "CORS(app, origins=ORIGINS)",
            "cors = CORS()",
            "cors.init_app(app, origins=ORIGINS)",
        ),
        (
            "from flask_cors import CORS",
            "CORS(\n    app,\n    # all\n    origins='*',\n)",
            "cors = CORS()",
            "cors.init_app(\n        app,\n        # all\n        origins='*',\n    )",
        ),
        ("import flask_cors", "flask_cors.CORS(app)", "cors = flask_cors.CORS()", "cors.init_app(app)"),
        (
            "from flask_jwt_extended import JWTManager",
            "manager = JWTManager(app)",
            "manager = JWTManager()",
            "manager.init_app(app)",
        ),
        ("from flask_jwt_extended import JWTManager as J", "jwt = J(app=app)", "jwt = J()", "jwt.init_app(app)"),
        (
            "from flask_migrate import Migrate\nfrom db import db",
            "m = Migrate(app, db, 'm', compare_type=True)",
            "m = Migrate()",
            "m.init_app(app, db, directory='m', compare_type=True)",
        ),
        ("from flask_mail import Mail", "Mail(app)", "mail = Mail()", "mail.init_app(app)"),
    ],
)
def test_a_constructor_in_the_factory(imports: str, made: str, instance: str, bound: str) -> None:
    """The instance is made above the factory and bound in it, with its arguments where they belong: safely."""
    source_ = factory(imports, made)
    files = {"app.py": source_, "db.py": "from flask_sqlalchemy import SQLAlchemy\n\ndb = SQLAlchemy()\n"}
    (fix,) = fixes(BOUND, files)
    assert fix is not None
    assert fix.safe
    text = fixed(BOUND, files)["app.py"]
    assert f"\n\n{instance}\n\n\ndef create_app():\n" in text
    assert f"    app = Flask(__name__)\n    {bound}\n    return app\n" in text


def test_it_is_made_beside_what_the_factory_imports_already() -> None:
    """A module of instances gets one more, with the import of its class; what is not used any more goes."""
    files = {
        "shop/__init__.py": "",
        "shop/extensions.py": "from flask_sqlalchemy import SQLAlchemy\n\ndb = SQLAlchemy()\n",
        "shop/app.py": factory(
            "from flask_migrate import Migrate\n\nfrom .extensions import db",
            "db.init_app(app)\nmigrate = Migrate(app, db)",
        ),
    }
    assert fixed(BOUND, files) == {
        "shop/extensions.py": "from flask_migrate import Migrate\nfrom flask_sqlalchemy import SQLAlchemy\n\n"
        "db = SQLAlchemy()\nmigrate = Migrate()\n",
        "shop/app.py": factory("\nfrom .extensions import db, migrate", "db.init_app(app)\nmigrate.init_app(app, db)"),
    }


def test_a_module_of_one_instance_is_no_home_for_others() -> None:
    """Where the factory imports its database from the models, another instance stays in the factory's own module."""
    files = {
        "models.py": "from flask_sqlalchemy import SQLAlchemy\n\ndb = SQLAlchemy()\n",
        "app.py": factory(
            "from flask_cors import CORS\nfrom models import db\ncache = Cache()\n", "db.init_app(app)\nCORS(app)"
        ),
    }
    assert list(fixed(BOUND, files)) == ["app.py"]


def test_a_home_that_has_the_name_is_none() -> None:
    """A module of instances in which the name means something else is passed over."""
    files = {
        "extensions.py": "from flask_sqlalchemy import SQLAlchemy\n\ndb = SQLAlchemy()\ncors = 1\n",
        "app.py": factory("from flask_cors import CORS\nfrom extensions import db", "db.init_app(app)\nCORS(app)"),
    }
    assert "cors = CORS()\n" in fixed(BOUND, files)["app.py"]


@pytest.mark.parametrize(
    ("imports", "made", "instance", "bound"),
    [
        (
            "from flask_caching import Cache",
            "cache = Cache(app, config={'A': 1}, with_jinja2_ext=False)",
            None,
            None,
        ),
        (
            "from flask_caching import Cache\nWHOLE = {}",
            "cache = Cache(app, config=WHOLE)",
            "cache = Cache(config=WHOLE)",
            "cache.init_app(app)",
        ),
        (
            "from flask_caching import Cache",
            "options = {}\ncache = Cache(app, config=options)",
            "cache = Cache()",
            "options = {}\n    cache.init_app(app, config=options)",
        ),
        (
            "from flask_limiter import Limiter\nfrom flask_limiter.util import get_remote_address",
            "limiter = Limiter(get_remote_address, app=app, default_limits=['1/day'])",
            "limiter = Limiter(get_remote_address, default_limits=['1/day'])",
            "limiter.init_app(app)",
        ),
        (
            "from flask_mail import Mail",
            "mail = Mail(app)\nmail.send(1)",
            "mail = Mail()",
            "mail.init_app(app)\n    mail.send(1)",
        ),
    ],
)
def test_instances_that_keep_something_of_their_app(
    imports: str, made: str, instance: str | None, bound: str | None
) -> None:
    """Where the apps of a process come to share an instance with a state, the fix is unsafe and says so."""
    source_ = factory(imports, made)
    (fix,) = fixes(BOUND, source_)
    if instance is None:
        assert fix is None
        return
    assert fix is not None
    assert not fix.safe
    assert "share" in fix.changes
    text = fixed(BOUND, {"app.py": source_})["app.py"]
    assert f"\n{instance}\n" in text
    assert f"    {bound}\n    return app\n" in text


def test_an_argument_that_the_module_defines_comes_first() -> None:
    """An instance whose arguments the module makes is made below them, right above the factory."""
    source_ = factory(
        "from flask_limiter import Limiter\n\ndef key():\n    return 'x'\n", "limiter = Limiter(key, app=app)"
    )
    assert (
        "    return 'x'\n\n\nlimiter = Limiter(key)\n\n\ndef create_app():"
        in fixed(BOUND, {"app.py": source_})["app.py"]
    )


def test_a_function_that_is_given_the_app() -> None:
    """A helper of the factory binds in the same way, which is no longer the same scope: unsafe."""
    source_ = (
        "from flask import Flask\nfrom flask_cors import CORS\n\n\ndef register(app):\n    CORS(app)\n\n\n"
        "def create_app():\n    app = Flask(__name__)\n    register(app)\n    return app\n"
    )
    (fix,) = fixes(BOUND, source_)
    assert fix is not None
    assert not fix.safe
    assert "def register(app):\n    cors.init_app(app)\n" in fixed(BOUND, {"app.py": source_})["app.py"]


@pytest.mark.parametrize(
    ("imports", "made"),
    [
        ("from flask_sqlalchemy import SQLAlchemy", "db = SQLAlchemy(app)"),
        ("from flask_cors import CORS", "app.cors = CORS(app)"),
        ("from flask_cors import CORS", "cors = other = CORS(app)"),
        ("from flask_cors import CORS", "return CORS(app)"),
        ("from flask_cors import CORS", "CORS(app, **options())"),
        ("from flask_cors import CORS", "CORS(app, origins=lambda: 1)"),
        ("from flask_cors import CORS", "CORS(app, 1, 2)"),
        ("from flask_cors import CORS", "CORS(*[app])"),
        ("from flask_cors import CORS\ncors = 1", "CORS(app)"),
        ("from flask_cors import CORS\nc = 1", "c = CORS(app)"),
        ("from flask_cors import CORS", "c = CORS(app)\nc = 1"),
        ("from flask_cors import CORS", "global c\nc = CORS(app)"),
        ("from flask_cors import CORS", "c = CORS(app)\ndef view():\n    c = 1"),
        ("from flask_cors import CORS", "c = CORS(\n    app,\n)"),
        ("from flask_cors import CORS\nclass C(CORS):\n    pass", "C(app)"),
        ("from flask_cors import CORS", "def inner():\n    CORS(app)"),
        ("from flask_limiter import Limiter", "key = 1\nlimiter = Limiter(key, app=app)"),
        ("from flask_migrate import Migrate", "Migrate(app, 1, 'm', 2)"),
        ("", "from flask_cors import CORS\nCORS(app)"),
        ("from flask_cors import *", "CORS(app)"),
    ],
)
def test_constructors_that_stay(imports: str, made: str) -> None:
    """Databases, names that are taken or bound twice, arguments that cannot be told apart: there is no fix."""
    assert [one for one in fixes(BOUND, factory(imports, made)) if one is not None] == []


def test_imports_at_the_end_of_a_module_do_not_matter() -> None:
    """An instance is made above the factory, however far below it the last import stands."""
    source_ = factory("from flask_cors import CORS", "CORS(app)") + "\n\napp = create_app()\nimport json\nprint(json)\n"
    text = fixed(BOUND, {"app.py": source_})["app.py"]
    assert text.index("cors = CORS()") < text.index("def create_app")


@pytest.mark.parametrize(
    "late", ["def key():\n    pass\n", "class key:\n    pass\n", "key = 1\n", "from x import key\n"]
)
def test_arguments_from_below_the_factory_stay(late: str) -> None:
    """What the module knows only after the factory is of no use to an instance above it."""
    source_ = factory("from flask_limiter import Limiter", "limiter = Limiter(key, app=app)") + f"\n\n{late}"
    assert fixes(BOUND, source_) == [None]
    run = "from flask_limiter import Limiter\nfrom shop import create_app, key\n\napp = create_app()\nLimiter(key, app=app)\n"
    assert fixes(BOUND, {"shop.py": factory("", "pass") + f"\n\n{late}", "run.py": run}) == [None]


def test_a_single_app_at_module_level_is_for_the_whole_conversion() -> None:
    """An app without a factory gets no small fix."""
    files = "from flask import Flask\nfrom flask_cors import CORS\n\napp = Flask(__name__)\nCORS(app)\n"
    assert fixes(BOUND, files) == [None]


# beside the factory

PACKAGE = {
    "shop/__init__.py": """
        from flask import Flask
        from flask_sqlalchemy import SQLAlchemy

        db = SQLAlchemy()


        def create_app():
            app = Flask(__name__)
            app.config["SQLALCHEMY_DATABASE_URI"] = "sqlite://"
            db.init_app(app)
            return app
    """
}


def test_a_constructor_beside_the_factory() -> None:
    """What is bound to the app that a factory has made moves to the factory, behind what it binds already."""
    run = "from flask_migrate import Migrate\nfrom shop import create_app, db\n\napp = create_app()\nmigrate = Migrate(app, db)\n"
    found = fixed(BOUND, {**PACKAGE, "run.py": run})
    assert found["run.py"] == "from shop import create_app, db\n\napp = create_app()\n"
    assert "from flask_migrate import Migrate\n" in found["shop/__init__.py"]
    assert "db = SQLAlchemy()\nmigrate = Migrate()\n" in found["shop/__init__.py"]
    assert "    db.init_app(app)\n    migrate.init_app(app, db)\n    return app\n" in found["shop/__init__.py"]


def test_a_name_that_others_use_is_imported_where_it_was() -> None:
    """Whoever takes the instance from the old place still finds it there; a nameless one gets a name."""
    files = {
        "shop/__init__.py": "from flask import Flask\n\n\ndef create_app():\n    app = Flask(__name__)\n"
        "    app.config['A'] = 1\n    return app\n",
        "settings.py": "ORIGINS = 1\n",
        "run.py": "from flask_caching import Cache\nfrom flask_cors import CORS\nfrom shop import create_app\nfrom settings import ORIGINS\n\n"
        "app = create_app()\ncache = Cache(app)\nCORS(app, origins=ORIGINS)\n",
        "views.py": "from run import cache\n\ncache.get('a')\n",
    }
    found = fixed(BOUND, files)
    assert "app = create_app()\nfrom shop import cache\n" in found["run.py"]
    assert "cors.init_app(app, origins=ORIGINS)\n" in found["shop/__init__.py"]
    assert "from settings import ORIGINS\n" in found["shop/__init__.py"]
    assert "    app.config['A'] = 1\n    cache.init_app(app)\n" in found["shop/__init__.py"]


@pytest.mark.parametrize(
    "run",
    [
        "from flask_migrate import Migrate\nfrom shop import create_app\nfrom models import db\napp = create_app()\nMigrate(app, db)\n",
        "from flask_migrate import Migrate\nfrom shop import create_app, db\napp = create_app()\napp.config['A'] = 1\nMigrate(app, db)\n",
        "from flask_migrate import Migrate\nfrom shop import create_app, db\napp = create_app()\nMigrate(\n    app, db)\n",
        "from flask_migrate import Migrate\nfrom shop import create_app, db\napp = create_app()\nMigrate(app, db, x=own())\n",
        "from flask_migrate import Migrate\nfrom shop import create_app, db\napp = create_app()\napp = Migrate(app, db)\n",
        "from flask_migrate import Migrate\nfrom shop import create_app, db\napp = create_app()\nX = 1\nMigrate(app, db, x=X)\n",
    ],
)
def test_constructors_beside_a_factory_that_stay(run: str) -> None:
    """What the factory cannot have, what is set in between, and what it calls otherwise: there is no fix."""
    files = {**texts(PACKAGE), "run.py": run, "models.py": "import run\nfrom shop import db\ndb = db\n"}
    assert [one for one in fixes(BOUND, files) if one is not None] == []


# a module of instances that imports the app


def test_a_module_of_instances_gets_rid_of_the_app() -> None:
    """Instances are made without the app; the app's module binds them with their arguments, before it imports their users."""
    files = {
        "main.py": "from flask import Flask\n\napp = Flask(__name__)\napp.config['A'] = 1\n\nimport views  # noqa\n",
        "extensions.py": "from flask_sqlalchemy import SQLAlchemy\nfrom flask_migrate import Migrate\nfrom flask_cors import CORS\n"
        "from main import app\n\ndb = SQLAlchemy(app, session_options={})\nmigrate = Migrate(app, db)\nCORS(app, origins='*')\n",
        "views.py": "from extensions import db\n",
    }
    assert fixed(IMPORTS, files) == {
        "main.py": "from extensions import cors, db, migrate\nfrom flask import Flask\n\napp = Flask(__name__)\napp.config['A'] = 1\n\n"
        "db.init_app(app)\nmigrate.init_app(app, db)\ncors.init_app(app, origins='*')\nimport views  # noqa\n",
        "extensions.py": "from flask_sqlalchemy import SQLAlchemy\nfrom flask_migrate import Migrate\nfrom flask_cors import CORS\n\n"
        "db = SQLAlchemy(session_options={})\nmigrate = Migrate()\ncors = CORS()\n",
    }


def test_an_app_that_a_factory_makes_binds_there() -> None:
    """Where the imported app comes from a factory, the instances are bound in it."""
    files = {
        "main.py": "from flask import Flask\n\n\ndef create_app():\n    app = Flask(__name__)\n    return app\n\n\napp = create_app()\n",
        "extensions.py": "from flask_sqlalchemy import SQLAlchemy\nfrom main import app\n\ndb = SQLAlchemy(app)\n",
        "views.py": "from extensions import db\n",
    }
    found = fixed(IMPORTS, files)
    assert "    app = Flask(__name__)\n    db.init_app(app)\n    return app\n" in found["main.py"]


def test_an_app_that_is_not_used() -> None:
    """An import that nothing needs goes."""
    files = {
        "main.py": "from flask import Flask\n\napp = Flask(__name__)\n",
        "extensions.py": "from flask_sqlalchemy import SQLAlchemy\nfrom main import app\n\ndb = SQLAlchemy()\n",
        "views.py": "from extensions import db\n",
    }
    assert fixed(IMPORTS, files) == {"extensions.py": "from flask_sqlalchemy import SQLAlchemy\n\ndb = SQLAlchemy()\n"}


@pytest.mark.parametrize(
    "made",
    [
        "db = SQLAlchemy(app)\napp.config['A'] = 1\n",
        "db = SQLAlchemy(app)\n\n@app.before_request\ndef f():\n    pass\n",
        "db = other = SQLAlchemy(app)\n",
        "db = SQLAlchemy(app, **options)\n",
        "views = SQLAlchemy(app)\n",
        "db = SQLAlchemy(app)\nimport helper\n",
        "X = 1\ndb = Migrate(app, X)\n",
        "db = SQLAlchemy(app)\nCORS(web)\n",
        "Cache(app, config={})\ndb = 1\n",
    ],
)
def test_modules_of_instances_that_stay(made: str) -> None:
    """What else the module does with the app, and circles that would be left: there is no fix."""
    files = {
        "main.py": "from flask import Flask\n\napp = Flask(__name__)\nweb = Flask('web')\nviews = 1\n",
        "helper.py": "from main import app\n",
        "extensions.py": "from flask_sqlalchemy import SQLAlchemy\nfrom flask_migrate import Migrate\nfrom flask_cors import CORS\nfrom flask_caching import Cache\n"
        f"from main import app{', web' * ('web' in made)}\n\n{made}",
        "views.py": "from extensions import db\n",
    }
    assert not any(fixes(IMPORTS, files))


# a second instance


def test_a_second_instance_becomes_an_import() -> None:
    """The one that is not bound is imported from where the other one is made, under its own name."""
    files = {
        **PACKAGE,
        "shop/models.py": "from flask_sqlalchemy import SQLAlchemy\n\ndatabase = SQLAlchemy()\n",
        "shop/views.py": "from .models import database\n\ndatabase.session\n",
    }
    files["shop/__init__.py"] += "\n\n        from . import views  # noqa\n"
    assert fixed(SECOND, files) == {"shop/models.py": "from . import db as database\n"}


def test_where_that_would_be_a_circle_the_bound_one_is_imported() -> None:
    """A module that imports the other one's users imports the instance itself, and binds that."""
    files = {
        "models.py": "from flask_sqlalchemy import SQLAlchemy\n\ndb = SQLAlchemy()\n",
        "views.py": "from models import db\n\ndb.session\n",
        "main.py": "from flask import Flask\nfrom flask_sqlalchemy import SQLAlchemy\n\nimport views\n\ndb = SQLAlchemy()\n\n\n"
        "def create_app():\n    app = Flask(__name__)\n    db.init_app(app)\n    return app\n",
    }
    found = fixed(SECOND, files)
    assert list(found) == ["main.py"]
    assert "import views\n\nfrom models import db\n\n\ndef create_app():" in found["main.py"]


@pytest.mark.parametrize(
    ("models", "main"),
    [
        ("db = SQLAlchemy(x=1)", "db = SQLAlchemy()"),
        ("db = other = SQLAlchemy()", "db = SQLAlchemy()"),
        ("class A:\n    db = SQLAlchemy()\ndb = A.db", "db = SQLAlchemy()"),
    ],
)
def test_second_instances_that_stay(models: str, main: str) -> None:
    """Two that are made differently where only the bound one could go, and those that are no plain variables, stay."""
    files = {
        "models.py": f"from flask_sqlalchemy import SQLAlchemy\n\n{models}\n",
        "views.py": "from models import db\n\ndb.session\n",
        "main.py": f"from flask import Flask\nfrom flask_sqlalchemy import SQLAlchemy\n\nimport views\n\n{main}\n\n\n"
        "def create_app():\n    app = Flask(__name__)\n    db.init_app(app)\n    return app\n",
    }
    assert not any(fixes(SECOND, files))


def test_two_modules_that_import_each_other_keep_their_instances() -> None:
    """Where either import would close a circle there is no fix."""
    files = {
        "models.py": "from flask_sqlalchemy import SQLAlchemy\nimport main\n\ndb = SQLAlchemy()\n",
        "main.py": "from flask import Flask\nfrom flask_sqlalchemy import SQLAlchemy\n\nimport models\n\ndb = SQLAlchemy()\n\n\n"
        "def create_app():\n    app = Flask(__name__)\n    db.init_app(app)\n    models.db.session\n    return app\n",
    }
    assert fixes(SECOND, files) == [None]


def test_a_class_that_is_used_otherwise_stays_imported() -> None:
    """Annotations, bases and defaults keep the import of the class."""
    files = {
        "extensions.py": "from flask_sqlalchemy import SQLAlchemy\n\ndb = SQLAlchemy()\n",
        "app.py": factory(
            "from flask_cors import CORS\nfrom extensions import db\n\nclass Own(CORS):\n    pass\n\ndef own(x: CORS = 1) -> CORS:\n    pass\n",
            "CORS(app)",
        ),
    }
    assert "from flask_cors import CORS\n" in fixed(BOUND, files)["app.py"]


def test_the_app_binds_before_the_first_import_that_needs_it() -> None:
    """Imports that do not lead to the instances stay above the binding."""
    files = {
        "main.py": "from flask import Flask\n\napp = Flask(__name__)\n\nimport json\nimport views\n",
        "extensions.py": "from flask_sqlalchemy import SQLAlchemy\nfrom main import app\n\ndb = SQLAlchemy(app)\n",
        "views.py": "from extensions import db\n",
    }
    assert "import json\ndb.init_app(app)\nimport views\n" in fixed(IMPORTS, files)["main.py"]


# how modules are called


@pytest.mark.parametrize(
    ("files", "importer", "target", "expected"),
    [
        ({"a.py": "", "b.py": ""}, "a", "b", "b"),
        ({"s/__init__.py": "", "s/a.py": "", "s/b.py": ""}, "s.a", "s.b", ".b"),
        ({"s/__init__.py": "", "s/a.py": "", "s/b.py": ""}, "s", "s.b", ".b"),
        (
            {"s/__init__.py": "", "s/c/__init__.py": "", "s/c/a.py": "from ..x import y\n", "s/x.py": "", "s/b.py": ""},
            "s.c.a",
            "s.b",
            "..b",
        ),
        ({"s/__init__.py": "", "s/a.py": "from s.x import y\n", "s/x.py": "", "s/b.py": ""}, "s.a", "s.b", "s.b"),
        ({"s/__init__.py": "", "s/a.py": "from s import x\n", "s/x.py": "", "s/b.py": ""}, "s.a", "s.b", "s.b"),
        (
            {"s/__init__.py": "", "s/a.py": "import s.x\nfrom s.b import z\n", "s/x.py": "", "s/b.py": ""},
            "s.a",
            "s.b",
            "s.b",
        ),
        ({"w/s/__init__.py": "", "w/s/b.py": "", "w/a.py": ""}, "w.a", "w.s.b", "s.b"),
        ({"w/x.py": "", "w/s/b.py": "", "w/a.py": "import x\nfrom a import z\n"}, "w.a", "w.s.b", "s.b"),
        (
            {
                "s/__init__.py": "",
                "s/a.py": "from . import x\nimport s.x\nimport s.y\n",
                "s/x.py": "",
                "s/y.py": "",
                "s/b.py": "",
            },
            "s.a",
            "s.b",
            "s.b",
        ),
        ({"x.py": "", "v/b.py": "", "w/a.py": "import x\n", "w/x.py": ""}, "w.a", "v.b", "v.b"),
    ],
)
def test_what_stands_behind_from(files: dict[str, str], importer: str, target: str, expected: str) -> None:
    """Imports are written as the importer writes its others: relative, or absolute from the same directory."""
    world = project(files)
    assert source(world, world.names.by_name[importer], world.names.by_name[target]) == expected


def test_what_code_needs_elsewhere() -> None:
    """Names that mean the same there need nothing; libraries and the project's own are imported, others cannot be had."""
    world = project(
        {
            "a.py": "from os import sep as s\nimport json\nfrom b import x as y, z\nfrom d import deep\nown = 1\n",
            "b.py": "x = z = 1\n",
            "c.py": "from b import z\nown = 2\n",
            "d.py": "import c\ndeep = 1\n",
        }
    )
    a, c = world.names.by_name["a"], world.names.by_name["c"]
    span = (1, 0, 1, 1)
    assert foreign(world, a, c, [Ref(*span, "s"), Ref(*span, "y.w"), Ref(*span, "z"), Ref(*span, "len")]) == [
        "from os import sep as s",
        "from b import x as y",
    ]
    for name in ("json", "own", "deep", "nothing"):
        assert foreign(world, a, c, [Ref(*span, name)]) is None
    assert foreign(world, a, c, [Ref(*span, "own")], spare={"own"}) == []


# as a conversion


def test_everything_of_a_factory_at_once() -> None:
    """All that a factory binds by constructor is moved, step by step, and what has been done is said."""
    files = texts(
        {
            "shop/__init__.py": factory(
                "from flask_cors import CORS\nfrom flask_mail import Mail", "CORS(app)\nMail(app)"
            ),
            "run.py": "from flask_caching import Cache\nfrom shop import create_app\n\napp = create_app()\ncache = Cache(app)\n",
            "models.py": "from flask_mail import Mail\n\nmail = Mail()\n",
            "views.py": "from models import mail\n",
            "tool.py": "from flask_sqlalchemy import SQLAlchemy\nfrom shop import create_app\n\nprint(SQLAlchemy(create_app()))\n",
        }
    )
    world = project(files)
    module = world.names.by_name["shop"]
    assert has_factory(world, module)
    assert not has_factory(world, world.names.by_name["run"])
    found = smaller(world, files, module)
    assert found.app == "shop:create_app"
    assert "extensions/caching/*" in found.intends
    assert len(found.says) == 4
    new = found.files["shop/__init__.py"]
    assert new is not None
    for line in ("cors.init_app(app)", "mail.init_app(app)", "cache.init_app(app)"):
        assert f"    {line}\n" in new


def test_an_instances_module_that_imports_the_app_of_a_factory() -> None:
    """The step knows the three faults; an edit that does not fit is passed over."""
    files = texts(
        {
            "main.py": "from flask import Flask\n\n\ndef create_app():\n    app = Flask(__name__)\n    return app\n\n\napp = create_app()\n",
            "extensions.py": "from flask_sqlalchemy import SQLAlchemy\nfrom main import app\n\ndb = SQLAlchemy(app)\n",
        }
    )
    world = project(files)
    found = smaller(world, files, world.names.by_name["main"])
    assert "db.init_app(app)" in str(found.files["main.py"])
    del files["extensions.py"]
    with pytest.raises(Refusal):
        smaller(world, files, world.names.by_name["main"])


def test_a_factory_with_nothing_to_move_is_refused() -> None:
    """A factory that binds in two phases is left as it is, with a reason."""
    files = texts(PACKAGE)
    world = project(files)
    with pytest.raises(Refusal, match="nothing to move"):
        smaller(world, files, world.names.by_name["shop"])
