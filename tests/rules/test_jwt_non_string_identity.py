from __future__ import annotations

from collections.abc import Mapping

import pytest

from tests.support import findings, lines

RULE = "jwt/non-string-identity"
HEAD = """\
from __future__ import annotations
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import select
from sqlalchemy.orm import Mapped, mapped_column
from flask_jwt_extended import JWTManager, create_access_token, create_refresh_token
app = Flask(__name__)
db = SQLAlchemy(app)
jwt = JWTManager(app)
class User(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    email = db.Column(db.String, unique=True)
    def to_dict(self):
        return {"id": self.id}
    def label(self):
        return f"user {self.id}"
    @classmethod
    def by_email(cls, email):
        return cls.query.filter_by(email=email).first()
class Team(db.Model):
    id: Mapped[int] = mapped_column(primary_key=True)
class Device(db.Model):
    id: Mapped[str] = mapped_column(primary_key=True)
"""
LINE = HEAD.count("\n") + 2


def login(body: str, params: str = "") -> str:
    """Return an app with a login of these statements."""
    return HEAD + f"def login({params}):\n" + "".join(f"    {one}\n" for one in body.split("; "))


FIRES = {
    "integer column": "user = User.query.filter_by(email='a').first(); create_access_token(identity=user.id)",
    "positional": "user = User.query.first(); create_access_token(user.id)",
    "refresh token": "user = User.query.first(); create_refresh_token(user.id)",
    "annotated column": "team = db.session.get(Team, 1); create_access_token(team.id)",
    "session.execute": "user = db.session.execute(select(User)).scalar_one(); create_access_token(user.id)",
    "statement in a variable": "s = select(User); user = db.session.scalar(s); create_access_token(user.id)",
    "statement executed": "s = select(User); user = db.session.execute(s).scalar(); create_access_token(user.id)",
    "session.query": "user = db.session.query(User).filter(User.email == 'a').one(); create_access_token(user.id)",
    "method of the model": "user = User.by_email('a'); create_access_token(user.id)",
    "a new row": "user = User(email='a'); create_access_token(user.id)",
    "one or the other query": "user = User.query.first() or User.by_email('a'); create_access_token(user.id)",
    "chosen query": "user = User.query.first() if x else None; create_access_token(user.id)",
    "walrus": "create_access_token((user := User.query.first()))",
    "awaited": "user = await User.query.first(); create_access_token(user.id)",
    "variable of the key": "user = User.query.first(); uid = user.id; create_access_token(uid)",
    "instance": "user = User.query.first(); create_access_token(identity=user)",
    "instance fetched in place": "create_access_token(identity=User.query.first())",
    "a number": "create_access_token(identity=5)",
    "None": "create_access_token(identity=None)",
    "a dict": "create_access_token(identity={'id': 1})",
    "a list": "create_access_token(identity=[1, 'admin'])",
    "dict()": "create_access_token(identity=dict(id=1))",
    "int()": "create_access_token(identity=int(request.form['id']))",
    "method that returns a dict": "user = User.query.first(); create_access_token(identity=user.to_dict())",
    "either number": "create_access_token(identity=1 if x else 2)",
    "renamed import": "from flask_jwt_extended import create_access_token as make; make(7)",
}
SILENT = {
    "str()": "user = User.query.first(); create_access_token(identity=str(user.id))",
    "f-string": "user = User.query.first(); create_access_token(identity=f'{user.id}')",
    "text column": "user = User.query.first(); create_access_token(identity=user.email)",
    "text": "create_access_token(identity='client')",
    "bytes": "create_access_token(identity=b'client')",
    "annotated text key": "device = db.session.get(Device, 1); create_access_token(device.id)",
    "made a text on the way": "user = User.query.first(); uid = user.id; uid = str(uid); create_access_token(uid)",
    "method that returns a text": "user = User.query.first(); create_access_token(identity=user.label())",
    "unknown method": "user = User.query.first(); create_access_token(identity=user.get_id())",
    "unknown attribute": "user = User.query.first(); create_access_token(identity=user.public_id)",
    "unknown value": "create_access_token(identity=request.json['id'])",
    "unknown object": "user = find(); create_access_token(identity=user.id)",
    "unknown function": "create_access_token(identity=find())",
    "one of two models": "user = User.query.first() if x else Device.query.first(); create_access_token(user.id)",
    "one branch unknown": "user = User.query.first() if x else find(); create_access_token(user.id)",
    "one branch a text": "create_access_token(identity=1 if x else '2')",
    "column of a row": "row = db.session.query(User.email).first(); create_access_token(row.id)",
    "row of two": "row = db.session.query(User, Team).first(); create_access_token(row.id)",
    "reshaped query": "row = User.query.with_entities(User.email).first(); create_access_token(row.id)",
    "a dict's get": "user = users.get('a'); create_access_token(user.id)",
    "many rows": "users = User.query.all(); create_access_token(users.id)",
    "a loop's variable": "for user in rows: create_access_token(user.id)",
    "no identity in sight": "create_access_token(**given)",
    "attribute of a call": "create_access_token(find().id)",
    "comparison": "create_access_token(a < b)",
    "set twice": "a = b = a; create_access_token(a)",
    "own function": "create_access_token(identity=made())",
    "a generator": "create_access_token(identity=(x for x in y))",
    "a table of a call's result": "s = other(); user = db.session.execute(s, 2).scalar(); create_access_token(user.id)",
    "nothing executed": "user = scalar(); create_access_token(user.id)",
}
SETTINGS: dict[str, Mapping[str, str] | str] = {
    "VERIFY_SUB off": login("create_access_token(5)") + "app.config['JWT_VERIFY_SUB'] = False\n",
    "VERIFY_SUB unknown": login("create_access_token(5)") + "app.config['JWT_VERIFY_SUB'] = flag()\n",
    "another claim": login("create_access_token(5)") + "app.config['JWT_IDENTITY_CLAIM'] = 'identity'\n",
    "version 3": {"app.py": login("create_access_token(5)"), "requirements.txt": "flask-jwt-extended==3.25\n"},
    "PyJWT before 2.10": {
        "app.py": login("create_access_token(5)"),
        "requirements.txt": "flask-jwt-extended==4.6.0\nPyJWT==2.8.0\n",
    },
    "test": {
        "app.py": HEAD,
        "tests/test_a.py": "from flask_jwt_extended import create_access_token\ncreate_access_token(5)\n",
    },
    "PyJWT itself": "import jwt\ntoken = jwt.encode({'sub': 5}, 'key')\n",
    "own function of the same name": HEAD.replace("create_access_token, ", "")
    + "def create_access_token(identity): ...\ncreate_access_token(5)\n",
    "loader makes a text": login("create_access_token(5)")
    + "@jwt.user_identity_loader\ndef ident(u):\n    return str(u)\n",
    "loader is a lambda": login("create_access_token(5)") + "jwt.user_identity_loader(lambda u: str(u))\n",
    "loader is unknown": login("create_access_token(5)") + "jwt.user_identity_loader(ident)\n",
    "loader returns twice": login("create_access_token(5)")
    + "@jwt.user_identity_loader\ndef ident(u):\n    if u:\n        return 1\n    return 2\n",
    "loader without a parameter": login("create_access_token(5)")
    + "@jwt.user_identity_loader\ndef ident():\n    return 1\n",
    "two loaders": login("create_access_token(5)")
    + "@jwt.user_identity_loader\ndef a(u):\n    return u\n@jwt.user_identity_loader\ndef b(u):\n    return u\n",
    "loader reads a text column": login("user = User.query.first(); create_access_token(user)")
    + "@jwt.user_identity_loader\ndef ident(u):\n    return u.email\n",
    "loader reads what is unknown": login("create_access_token(find())")
    + "@jwt.user_identity_loader\ndef ident(u):\n    return u.id\n",
    "loader reads something else": login("user = User.query.first(); create_access_token(user)")
    + "@jwt.user_identity_loader\ndef ident(u):\n    return current.id\n",
    "loader calls something": login("user = User.query.first(); create_access_token(user)")
    + "@jwt.user_identity_loader\ndef ident(u):\n    return find(u)\n",
}


@pytest.mark.parametrize("body", FIRES.values(), ids=FIRES)
def test_fires(body: str) -> None:
    """A token made for what is certainly no text is found where the identity stands."""
    assert lines(RULE, login(body)) == [f"app.py:{LINE + body.count('; ')} error"]


@pytest.mark.parametrize("body", SILENT.values(), ids=SILENT)
def test_silent(body: str) -> None:
    """Texts, and what cannot be told, are not reported."""
    helpers = "def made():\n    return\ndef later():\n    yield 1\n"
    assert lines(RULE, helpers + login(body)) == []


@pytest.mark.parametrize("files", SETTINGS.values(), ids=SETTINGS)
def test_silent_by_settings(files: Mapping[str, str] | str) -> None:
    """Where the subject is not checked, or made a text elsewhere, nothing is reported."""
    assert lines(RULE, files) == []


def test_settings_that_change_nothing() -> None:
    """Settings with their default values leave the fault a fault."""
    same = "app.config['JWT_VERIFY_SUB'] = True\napp.config['JWT_IDENTITY_CLAIM'] = 'sub'\n"
    assert lines(RULE, login("create_access_token(5)") + same) == [f"app.py:{LINE} error"]


@pytest.mark.parametrize(
    ("params", "call"),
    [
        ("user: User", ""),
        ("user: User | None", ""),
        ("user", "login(User.query.first())\n"),
        ("user=None", "login(User())\n"),
    ],
)
def test_parameters(params: str, call: str) -> None:
    """A parameter is what its annotation or its visible callers say."""
    assert lines(RULE, login("create_access_token(user.id)", params) + call) == [f"app.py:{LINE} error"]


@pytest.mark.parametrize("params", ["user", "user: str", "user: User | Device", "user, uid: int"])
def test_parameters_that_say_nothing(params: str) -> None:
    """A parameter of unknown or of several types is not reported."""
    assert lines(RULE, login("create_access_token(user.id)", params)) == []


def test_loader_that_returns_an_integer_column() -> None:
    """A loader that returns an integer column is the fault, and it is found there."""
    code = login("user = User.query.first(); create_access_token(user)")
    (one,) = findings(RULE, code + "@jwt.user_identity_loader\ndef ident(u):\n    return u.id\n")
    assert one.place.line == LINE + 4
    assert "`ident()` makes the identity `User.id`, an integer column" in one.message
    assert one.related[0].place.line == LINE + 1


def test_loader_that_passes_on() -> None:
    """A loader that returns what it gets leaves the fault where the token is made."""
    code = login("user = User.query.first(); create_access_token(user.id)")
    assert lines(RULE, code + "@jwt.user_identity_loader\ndef ident(u):\n    return u\n") == [
        f"app.py:{LINE + 1} error"
    ]


def test_async_method_is_not_known() -> None:
    """What an async function returns is a coroutine until it is awaited, and is left alone."""
    code = HEAD + "async def made():\n    return 5\ncreate_access_token(made())\n"
    assert lines(RULE, code) == []


def test_deep_chains_end() -> None:
    """Values that are made of each other over and over are left alone."""
    chain = "; ".join(f"a{n} = a{n - 1}" for n in range(1, 12))
    assert lines(RULE, login(f"a0 = other(); {chain}; create_access_token(a11)")) == []
    shared = "; ".join(f"a{n} = a{n - 1} or a{n - 1}" for n in range(1, 12))
    assert lines(RULE, login(f"a0 = 5; {shared}; create_access_token(a11)")) == []


@pytest.mark.parametrize(
    ("pin", "said"),
    [
        ("PyJWT==2.10.1", ": no view accepts a token"),
        ("PyJWT>=2.0", ": with PyJWT 2.10 or newer no view accepts a token"),
        ("flask", ": with PyJWT 2.10 or newer no view accepts a token"),
    ],
)
def test_message_says_for_which_versions(pin: str, said: str) -> None:
    """Where PyJWT may be older than 2.10, the message says under which versions the token is refused."""
    found = findings(RULE, {"app.py": login("create_access_token(5)"), "requirements.txt": pin + "\n"})
    assert [said in one.message for one in found] == [True]


HEIRS = """\
from flask_jwt_extended import create_access_token
from flask_sqlalchemy import SQLAlchemy
db = SQLAlchemy()
class Finds:
    @classmethod
    def by_key(cls, key):
        return cls.query.get(key)
class Base(Finds, db.Model):
    __abstract__ = True
    @classmethod
    def by_email(cls, email):
        row = cls.query.filter_by(email=email).first()
        return row
    @classmethod
    def anyone(cls):
        return cls.by_email("a")
    @classmethod
    def picked(cls, email):
        return db.session.get(cls, email)
class User(Base):
    id = db.Column(db.Integer, primary_key=True)
    email = db.Column(db.String)
    def token(self):
        return create_access_token(identity={identity})
class Device(Base):
    id = db.Column(db.String, primary_key=True)
"""
VIEW = """\
from flask import Flask
from flask_jwt_extended import JWTManager, create_access_token
from models import Base, Device, User, db
def create_app():
    app = Flask(__name__)
    db.init_app(app)
    JWTManager(app)
    @app.post("/login")
    def login():
        {body}
    return app
"""


def heirs(body: str, identity: str = "str(self.id)") -> list[str]:
    """Return the findings where finders are inherited, for these statements of a view."""
    return lines(RULE, {"models.py": HEIRS.format(identity=identity), "app.py": VIEW.format(body=body)})


@pytest.mark.parametrize(
    "body",
    [
        "user = User.by_email('x'); return create_access_token(identity=user.id)",
        "user = User.by_key(1); return create_access_token(identity=user.id)",
        "user = User.anyone(); return create_access_token(identity=user.id)",
        "user = User.picked('x'); return create_access_token(identity=user.id)",
        "return create_access_token(User.by_email('x').id)",
        "uid = User.by_email('x').id; return create_access_token(uid)",
        "uid = User.query.first().id; return create_access_token(uid)",
        "return create_access_token(User.by_email('x'))",
    ],
)
def test_inherited_finders(body: str) -> None:
    """What a finder of an abstract base or a mixin returns is of the class that it is called on."""
    assert heirs(body) == ["app.py:10 error"]


@pytest.mark.parametrize(
    "body",
    [
        "device = Device.by_email('x'); return create_access_token(identity=device.id)",
        "device = Device.by_key(1); return create_access_token(identity=device.id)",
        "row = Base.by_email('x'); return create_access_token(identity=row.id)",
        "return create_access_token(Device.anyone().id)",
        "return create_access_token(User.by_email('x').email)",
        "return create_access_token(str(User.by_email('x').id))",
        "return create_access_token(find('x').id)",
    ],
)
def test_inherited_finders_of_text(body: str) -> None:
    """A text column of the class that is called on is silent, and so is what only a base is known of."""
    assert heirs(body) == []


@pytest.mark.parametrize(
    ("identity", "found"),
    [("self.id", ["models.py:24 error"]), ("self.email", []), ("self.name", []), ("str(self.id)", [])],
)
def test_columns_of_self(identity: str, found: list[str]) -> None:
    """`self.id` in a method of a model is its column."""
    assert heirs("return User.by_email('x').token()", identity) == found
