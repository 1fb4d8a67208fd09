from __future__ import annotations

import pytest

from tests.support import findings, lines

RULE = "jwt/user-looked-up-by-hand"
HEAD = """\
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import select
from flask_jwt_extended import JWTManager, get_jwt_identity, jwt_required
app = Flask(__name__)
db = SQLAlchemy(app)
jwt = JWTManager(app)
class User(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    email = db.Column(db.String, unique=True)
    badge = db.Column(db.String, unique=True)
    team = db.Column(db.String)
"""


def views(*bodies: str, count: int = 3) -> str:
    """Return an app whose views have these bodies, the last one repeated up to `count` views."""
    every = [*bodies, *[bodies[-1]] * (count - len(bodies))]
    return HEAD + "".join(
        f"@app.get('/{number}')\n@jwt_required()\ndef view{number}():\n    {body}\n"
        for number, body in enumerate(every)
    )


FIRES = {
    "query.get": "user = User.query.get(get_jwt_identity())",
    "query.get_or_404": "user = User.query.get_or_404(int(get_jwt_identity()))",
    "session.get": "user = db.session.get(User, get_jwt_identity())",
    "db.get_or_404": "user = db.get_or_404(User, get_jwt_identity())",
    "filter_by": "user = User.query.filter_by(id=get_jwt_identity()).first()",
    "filter_by a unique column": "user = User.query.filter_by(badge=get_jwt_identity()).first()",
    "filter": "user = User.query.filter(User.email == get_jwt_identity()).one_or_none()",
    "session.query": "user = db.session.query(User).filter(User.id == get_jwt_identity()).first_or_404()",
    "select": "user = db.session.execute(select(User).where(User.id == get_jwt_identity())).scalar_one()",
    "db.select": "user = db.session.scalar(db.select(User).filter_by(id=get_jwt_identity()))",
    "variable": "uid = get_jwt_identity(); user = User.query.get(uid)",
    "variable made a number": "uid = get_jwt_identity(); uid2 = int(uid); user = User.query.get(uid2)",
}

SILENT = {
    "in two views": views("user = User.query.get(get_jwt_identity())", count=2),
    "with a lookup registered": views("user = User.query.get(get_jwt_identity())")
    + "@jwt.user_lookup_loader\ndef load(h, p): ...\n",
    "by a helper": views("user = me()") + "def me():\n    return User.query.get(get_jwt_identity())\n",
    "not by the identity": views("user = User.query.get(request.args['id'])"),
    "not by a known column": views("user = User.query.filter_by(team=get_jwt_identity()).first()"),
    "by a column that the model lacks": views("user = User.query.filter_by(owner_id=get_jwt_identity()).first()"),
    "many rows": views("users = User.query.filter_by(id=get_jwt_identity()).all()"),
    "other keys of the user": views(
        "u = User.query.get(get_jwt_identity()); o = User.query.filter_by(id=u.id).first()", count=2
    ),
    "not of a model": views("user = users.get(get_jwt_identity())"),
    "a parameter": HEAD
    + "".join(f"@app.get('/{n}/<uid>')\ndef v{n}(uid):\n    User.query.get(uid)\n" for n in range(3)),
    "other comparisons": views("u = User.query.filter(1 == get_jwt_identity(), User.id == x).first()"),
    "of another expression": views("u = User.query.filter_by(**{'id': get_jwt_identity()}, id=a[0]).first()"),
    "different keys": views(
        "u = User.query.get(get_jwt_identity())",
        "u = User.query.filter_by(email=get_jwt_identity()).first()",
        "u = User.query.filter_by(badge=get_jwt_identity()).first()",
    ),
    "no Flask-JWT-Extended": "from flask import Flask\napp = Flask(__name__)\n",
    "a variable set twice": views("uid = get_jwt_identity(); uid = other(); u = User.query.get(uid)"),
}


@pytest.mark.parametrize("body", FIRES.values(), ids=FIRES)
def test_fires(body: str) -> None:
    """The same lookup in three views is found at the first of them, whatever its spelling."""
    assert lines(RULE, views(body)) == ["app.py:16 note"]


@pytest.mark.parametrize("code", SILENT.values(), ids=SILENT)
def test_silent(code: str) -> None:
    """Few lookups, shared lookups, and lookups of something else are not reported."""
    assert lines(RULE, code) == []


def test_counts_spellings_of_the_primary_key_together() -> None:
    """Lookups by the primary key are one lookup, however they are spelt; each view is named."""
    (one,) = findings(
        RULE,
        views(
            "u = User.query.get(get_jwt_identity())",
            "u = db.session.get(User, get_jwt_identity())",
            "u = User.query.filter_by(id=get_jwt_identity()).first()",
        ),
    )
    assert one.message.startswith("3 views look up `User`")
    assert [each.message for each in one.related] == ["again in `view1()`", "again in `view2()`"]
