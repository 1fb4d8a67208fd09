"""app/removed-or-changed-api: names, arguments and ways to call that libraries no longer have."""

from __future__ import annotations

import pytest

from keck.known.apis import ATTRIBUTES, KEYWORDS, NAMES
from tests.rules.fixing import fixed, fixed_files, fixes
from tests.support import findings, lines

RULE = "app/removed-or-changed-api"

CURRENT = {
    "requirements.txt": "Flask==3.1.3\nFlask-SQLAlchemy==3.1.1\nSQLAlchemy==2.1.9\nFlask-JWT-Extended==4.7.4\nFlask-Limiter==4.1.1\n"
}
OLD = {"requirements.txt": "Flask==1.1.4\nFlask-SQLAlchemy==2.5.1\nFlask-JWT-Extended==3.25.1\nFlask-Limiter==1.4\n"}
HEAD = """from flask import Blueprint, Flask, current_app
from flask_jwt_extended import JWTManager
from flask_limiter import Limiter
from flask_sqlalchemy import SQLAlchemy

app = Flask(__name__)
bp = Blueprint("b", __name__)
db = SQLAlchemy(app)
jwt = JWTManager(app)


class Item(db.Model):
    id = db.Column(db.Integer, primary_key=True)


"""


@pytest.mark.parametrize("symbol", NAMES)
def test_imports(symbol: str) -> None:
    """Each name is found where it is imported, and where it is used by its whole name."""
    module, _, name = symbol.rpartition(".")
    assert lines(RULE, f"from {module} import {name} as x\n") == ["app.py:1 warning"]
    assert lines(RULE, f"import {module}\n\n@{module}.{name}\ndef f(): ...\n") == ["app.py:3 warning"]


@pytest.mark.parametrize(("kind", "name"), ATTRIBUTES)
def test_attributes(kind: str, name: str) -> None:
    """Each attribute is found on what had it, as a decorator, a call or a target."""
    holder = {"app": "app", "blueprint": "bp", "sqlalchemy": "db", "jwt": "jwt"}[kind]
    assert lines(RULE, HEAD + f"@{holder}.{name}\ndef f(): ...\n") == ["app.py:16 warning"]
    assert lines(RULE, HEAD + f"{holder}.{name} = 1\n") == ["app.py:16 warning"]
    assert lines(RULE, HEAD + f"other.{name}()\n") == []


@pytest.mark.parametrize(("symbol", "name"), KEYWORDS)
def test_keywords(symbol: str, name: str) -> None:
    """Each argument is found in a call of what took it."""
    module, _, last = symbol.rpartition(".")
    assert lines(RULE, f"from {module} import {last}\n{last}(1, {name}=True)\n{last}(1)\n") == ["app.py:2 warning"]


@pytest.mark.parametrize(
    ("pins", "level", "when"),
    [({}, "warning", "is gone since"), (CURRENT, "error", "is gone since"), (OLD, "note", "will go with")],
)
def test_what_is_pinned_decides(pins: dict[str, str], level: str, when: str) -> None:
    """With the version of today it is an error, with none a warning, and a note where an old one is pinned."""
    (found,) = findings(RULE, {"app.py": "from flask import Markup\n", **pins})
    assert (found.level.name, when in found.message) == (level, True)


@pytest.mark.parametrize(
    ("line", "level"),
    [
        ("from sqlalchemy.orm import relation", "note"),
        ("from werkzeug import secure_filename", "note"),
        ("from werkzeug import secure_filename", "warning"),
    ],
)
def test_what_is_seldom_pinned(line: str, level: str) -> None:
    """The version of what stands below an extension follows from that of the extension, where it is old."""
    pins = OLD if level == "note" else {"requirements.txt": "Flask==3.1.3\n"}
    assert lines(RULE, {"app.py": line + "\n", **pins}) == [f"app.py:1 {level}"]


SILENT = {
    "today's": "from markupsafe import Markup\nfrom flask import Flask\nfrom flask_jwt_extended import jwt_required\n",
    "prepared": "try:\n    from flask import Markup\nexcept ImportError:\n    from markupsafe import Markup\n",
    "prepared the other way": "try:\n    from markupsafe import Markup\nexcept ImportError:\n    from flask import Markup\n",
    "of a version": "if old:\n    from flask import Markup\nelse:\n    from markupsafe import Markup\n",
    "for types": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from flask_sqlalchemy import Pagination\n",
    "relative": "from .flask import Markup\n",
    "own": "from shop import Markup\n",
    "whole module": "import flask\nimport flask_sqlalchemy as f\n",
    "own attribute": HEAD + "class App(Flask):\n    def before_first_request(self, f): ...\nother = App('x')\nother.before_first_request(1)\n",
    "attribute of the view": HEAD + "other.engine.execute('x')\n",
    "asked for": HEAD + "try:\n    db.get_app()\nexcept AttributeError:\n    pass\n",
    "argument asked for": "from flask import send_file\ntry:\n    send_file(1, cache_timeout=1)\nexcept TypeError:\n    pass\n",
    "key function first": HEAD + "Limiter(print, app=app)\nLimiter(app)\nLimiter(print, 2)\nLimiter(key_func=print)\n",
    "strategy": HEAD + "Limiter(print, strategy='moving-window')\n",
    "pages by name": HEAD + "Item.query.paginate(page=1)\nItem.query.paginate()\n",
    "pages of a select": HEAD + "db.paginate(db.select(Item), page=1)\n",
    "pages of a stranger": HEAD + "def f(s3, found):\n    s3.paginate('x')\n    paginate(1)\n    found().paginate(1)\n    found[0].x.paginate(1)\n    Item.query.paginate(*found)\n",
    "own query": HEAD + "class Query(BaseQuery):\n    def paginate(self, page): ...\nItem.query.paginate(1)\n",
    "create_all": HEAD + "db.create_all()\n",
    "statements": HEAD + "def f(x):\n    db.session.execute(x)\n    db.session.execute()\n    x.execute('a')\n    x.session.execute('a')\n    f().execute('a')\n",
    "columns": "from sqlalchemy import select\nselect(a, b)\nselect([a], b)\nselect((a, b))\n",
    "engine with arguments": HEAD + "db.get_engine(app)\n",
    "engine of a bind": HEAD + "db.engines['x']\n",
}  # fmt: skip


@pytest.mark.parametrize("source", SILENT.values(), ids=SILENT.keys())
def test_silent(source: str) -> None:
    """What is there today, is prepared for, or belongs to somebody else, is passed over."""
    assert lines(RULE, source) == []


def test_tests_are_no_suspects() -> None:
    """A test suite is passed over."""
    text = (
        HEAD + "from flask import Markup\napp.before_first_request\ndb.session.execute('x')\nItem.query.paginate(1)\n"
    )
    assert lines(RULE, {"tests/test_x.py": text}) == []


def test_pages_of_a_project_without_the_extension() -> None:
    """Without Flask-SQLAlchemy, `paginate()` is somebody else's."""
    assert lines(RULE, "User.query.paginate(1)\n") == []


def test_sql_of_old_versions() -> None:
    """Plain SQL and lists of columns are fine with the versions that take them: no note."""
    text = HEAD + "from sqlalchemy import select\nselect([Item])\ndb.session.execute('SELECT 1')\n"
    assert lines(RULE, {"app.py": text, **OLD}) == []
    assert len(lines(RULE, {"app.py": text, **CURRENT})) == 2


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("from flask import Markup\n", "from markupsafe import Markup\n"),
        ("from flask import Flask, Markup as M\n", "from flask import Flask\nfrom markupsafe import Markup as M\n"),
        ("import flask\nx = flask.Markup('')\n", "x = Markup('')\n"),
        ("from flask.ext.cors import CORS\n", "from flask_cors import CORS\n"),
        ("from flask_jwt_extended import jwt_optional\n@jwt_optional\ndef f(): ...\n", "@jwt_required(optional=True)\n"),
        (
            "from flask_jwt_extended import fresh_jwt_required as fresh\nclass V:\n    decorators = [fresh]\n",
            "decorators = [jwt_required(fresh=True)]\n",
        ),
        ("from flask_jwt_extended import get_raw_jwt\nget_raw_jwt()['jti']\n", "get_jwt()['jti']\n"),
        (
            "from flask_jwt_extended import verify_fresh_jwt_in_request\nverify_fresh_jwt_in_request()\n",
            "verify_jwt_in_request(fresh=True)\n",
        ),
        ("from sqlalchemy.orm import relation\nx = relation('A')\n", "x = relationship('A')\n"),
        (HEAD + "x = db.relation('A')\n", "x = db.relationship('A')\n"),
        (HEAD + "Limiter(app, print)\n", "Limiter(app=app, key_func=print)\n"),
        (HEAD + "Limiter(print, storage_url='memory://')\n", "Limiter(print, storage_uri='memory://')\n"),
        (HEAD + "Item.query.filter_by(id=1).paginate(1, 20, False)\n", "paginate(page=1, per_page=20, error_out=False)\n"),
        (HEAD + "q = Item.query\nq.order_by(1).paginate(1)\n", "q.order_by(1).paginate(page=1)\n"),
        (HEAD + "def f(x):\n    x[0].query.all().paginate(1)\n", "paginate(page=1)\n"),
        (HEAD + "def f():\n    db.create_all(app=app)\n", "    with app.app_context():\n        db.create_all()\n"),
        (HEAD + "db.session.execute('SELECT 1')\n", "db.session.execute(text('SELECT 1'))\n"),
        (HEAD + "db.session.execute(f'SELECT {app}')\n", "db.session.execute(text(f'SELECT {app}'))\n"),
        (HEAD + "db.get_engine().url\n", "db.engine.url\n"),
        (HEAD + "SQLAlchemy(use_native_unicode=True)\n", "SQLAlchemy()\n"),
        ("from flask import send_file\nsend_file('a', cache_timeout=1)\n", "send_file('a', max_age=1)\n"),
        ("from sqlalchemy import select\nselect([A.id, B])\n", "select(A.id, B)\n"),
    ],
)  # fmt: skip
def test_what_means_the_same_is_written(source: str, expected: str) -> None:
    """A safe fix writes what is there today, imports included, and leads to nothing new."""
    assert expected in fixed(RULE, source)
    assert all(one is not None and one.safe for one in fixes(RULE, source))


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (HEAD + "@jwt.user_claims_loader\ndef f(i): ...\n", "@jwt.additional_claims_loader\n"),
        ("from flask_sqlalchemy import get_debug_queries\nget_debug_queries()\n", "get_recorded_queries()\n"),
        (
            "from flask_jwt_extended import create_access_token\ncreate_access_token(1, user_claims={})\n",
            "create_access_token(1, additional_claims={})\n",
        ),
    ],
)
def test_what_differs_is_unsafe(source: str, expected: str) -> None:
    """A replacement that does something else too says what, and is unsafe."""
    assert expected in fixed(RULE, source)
    (fix,) = fixes(RULE, source)
    assert fix is not None
    assert not fix.safe


@pytest.mark.parametrize(
    "source",
    [
        "from flask import safe_join\n",
        "from flask.ext.cors import *\n",
        "import flask.ext.cors\n",
        "from flask.ext import cors\n",
        "def f():\n    from flask import Markup\n",
        "from flask_jwt_extended import jwt_optional\n__all__ = ['jwt_optional']\n",
        "from flask_jwt_extended import get_raw_jwt\nget_raw_jwt.cache\n",
        "from flask_jwt_extended import verify_jwt_in_request_optional as v\nf(v)\n",
        "from flask_jwt_extended import verify_jwt_in_request_optional as v\nv(1)\n",
        "import flask_jwt_extended as j\nj.verify_fresh_jwt_in_request()\n",
        HEAD + "@jwt.token_in_blacklist_loader\ndef f(t): ...\n",
        HEAD + "Limiter(app, print, 1, key_func=print)\n",
        HEAD + "Limiter(app, key_func=print, **options)\n",
        HEAD + "Limiter(print, strategy='fixed-window-elastic-expiry')\n",
        HEAD + "Limiter(print, storage_url=1, storage_uri=2)\n",
        HEAD + "db.create_all(app=make())\n",
        HEAD + "x = db.create_all(app=app)\n",
        HEAD + "def f():\n    x = db.create_all(app=app)\n",
        HEAD + "SQLAlchemy(use_native_unicode=False)\n",
        "from sqlalchemy import select\nselect([a + b])\nselect([a], whereclause=b)\nselect([])\n",
    ],
)
def test_no_fix(source: str) -> None:
    """Where what to write would be a guess, or other code may go by the old name, there is none."""
    found = fixes(RULE, source)
    assert found
    assert not any(found)


def test_what_is_called_an_app() -> None:
    """What has an app's name is taken for one where it cannot be known."""
    (fix,) = fixes(RULE, HEAD + "def f(application):\n    Limiter(application, key_func=print)\n")
    assert fix is not None


def test_no_fix_where_the_replacement_is_younger() -> None:
    """What an old version does not have is not written for it; what all versions have is."""
    assert fixes(RULE, {"app.py": "from flask_jwt_extended import get_raw_jwt\n", **OLD}) == [None]
    (fix,) = fixes(RULE, {"app.py": "from flask import Markup\n", **OLD})
    assert fix is not None
    pins = {"requirements.txt": "Flask==2.1.0\n"}
    (newer,) = fixes(RULE, {"app.py": "from flask import send_file\nsend_file(1, cache_timeout=2)\n", **pins})
    assert newer is not None


def test_no_fix_where_others_import_the_name() -> None:
    """A name that another module takes from this one stays; a name of another scope is another one."""
    files = {"a.py": "from flask_jwt_extended import get_raw_jwt\n", "b.py": "from a import get_raw_jwt\n"}
    assert fixes(RULE, files) == [None]
    text = fixed_files(
        RULE, {"a.py": "from flask_jwt_extended import get_raw_jwt\ndef f(get_raw_jwt): return get_raw_jwt\n"}
    )["a.py"]
    assert "def f(get_raw_jwt): return get_raw_jwt" in text
