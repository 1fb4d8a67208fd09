"""What is known of the models and sessions that queries ask, and how a module speaks of them."""

from __future__ import annotations

import pytest

from tests.queries.world import rewritten

ALL = "User.query.all()\n"
DONE = "db.session.scalars(db.select(User)).all()\n"
UNIQUE = "db.session.scalars(db.select(User)).unique().all()\n"
HEAD = "from flask_sqlalchemy import SQLAlchemy\ndb = SQLAlchemy()\n"
USER = "class User(db.Model):\n    id = db.Column(db.Integer, primary_key=True)\n"


def after(code: str, head: str = HEAD + USER, path: str = "app.py", **files: str) -> str:
    """Return code below a head with its queries rewritten; ``a__b`` names the file ``a/b.py``."""
    named = {name.replace("__", "/") + ".py": text for name, text in files.items()}
    return rewritten(code, head, path, named)[0]


def why(code: str, head: str = HEAD + USER, path: str = "app.py", **files: str) -> str:
    """Return why the only query of code below a head stays as it is."""
    named = {name.replace("__", "/") + ".py": text for name, text in files.items()}
    new, left = rewritten(code, head, path, named)
    assert new == code
    return next(iter(left.values()))


@pytest.mark.parametrize(
    ("head", "reason"),
    [
        (HEAD.replace("()", "(query_class=x)") + USER, "a SQLAlchemy() with options of its own"),
        (HEAD.replace("()", "(session_options={'query_cls': x})") + USER, "a SQLAlchemy() with options of its own"),
        (HEAD.replace("()", "(session_options=x)") + USER, "a SQLAlchemy() with options of its own"),
        (HEAD + USER + "    query_class = x\n", "a model with its own query or bind"),
        (HEAD + USER + "    __bind_key__ = 'x'\n", "a model with its own query or bind"),
        (HEAD + USER + "User.query = x\n", "a model with its own query or bind"),
        (
            HEAD + "class Soft:\n    query = x\n" + USER.replace("db.M", "Soft, db.M"),
            "a model with its own query or bind",
        ),
        (HEAD + USER.replace("db.M", "Unknown, db.M"), "a model with an unknown base"),
        (HEAD + "from soft import Deleted\n" + USER.replace("db.M", "Deleted, db.M"), "a model below soft.Deleted"),
        (
            HEAD + "from sqlalchemy import event\nevent.listen(x, 'before_compile', y)\n" + USER,
            "a listener watches queries",
        ),
        (HEAD + "from flask_sqlalchemy import BaseQuery\n" + USER, "made for Flask-SQLAlchemy 2"),
        (
            "from flask_sqlalchemy import SQLAlchemy as Base\nclass SQLAlchemy(Base):\n    def session(self): pass\n"
            "db = SQLAlchemy()\n" + USER,
            "a subclass of SQLAlchemy with methods of its own",
        ),
        (
            (
                "from sqlalchemy.orm import DeclarativeBase\nfrom flask_sqlalchemy import SQLAlchemy\ndb = SQLAlchemy()\n"
                "class User(DeclarativeBase):\n    query = 1\n"
            ),
            "a model with its own query or bind",
        ),
        (
            (
                "from sqlalchemy.orm import DeclarativeBase\nfrom flask_sqlalchemy import SQLAlchemy\ndb = SQLAlchemy()\n"
                "class User(DeclarativeBase):\n    id = 1\n"
            ),
            "a model of which no one SQLAlchemy() is the home",
        ),
    ],
)
def test_models_with_their_own_queries_stay(head: str, reason: str) -> None:
    """A query class, a bind, a listener or an unknown base may change what a query asks: nothing is rewritten."""
    assert why(ALL, head) == reason


@pytest.mark.parametrize(
    "head",
    [
        HEAD.replace("()", "(engine_options=x, session_options={'autoflush': False})") + USER,
        "from flask_sqlalchemy import SQLAlchemy as Base\nclass SQLAlchemy(Base):\n    def hacks(self): pass\n"
        "db = SQLAlchemy()\n" + USER,
        HEAD + "class Soft:\n    deleted = 1\n" + USER.replace("db.M", "Soft, db.M"),
        HEAD + "from flask_login import UserMixin\n" + USER.replace("db.M", "UserMixin, db.M"),
        HEAD + "from sqlalchemy import event\nevent.listen(x, 'after_insert', y)\n" + USER,
    ],
)
def test_what_changes_no_query_is_no_reason(head: str) -> None:
    """Mixins, other options and other listeners leave queries what they are."""
    assert after(ALL, head) == DONE


def test_old_versions_stay() -> None:
    """Where SQLAlchemy 1 or Flask-SQLAlchemy 2 is pinned, nothing is rewritten."""
    for pin in ("SQLAlchemy==1.4.54", "Flask-SQLAlchemy==2.5.1"):
        new, left = rewritten(ALL, HEAD + USER, files={"requirements.txt": pin + "\n"})
        assert new == ALL
        assert list(left.values()) == ["pinned before SQLAlchemy 2 or Flask-SQLAlchemy 3"]


POST = (
    "class Post(db.Model):\n    id = db.Column(db.Integer, primary_key=True)\n"
    "    user_id = db.Column(db.ForeignKey('user.id'))\n"
)


@pytest.mark.parametrize(
    ("attribute", "more", "unique"),
    [
        ("posts = db.relationship('Post')", POST, False),
        ("posts = db.relationship('Post', lazy='select')", POST, False),
        ("posts = db.relationship('Post', lazy='joined')", POST, True),
        ("posts = db.relationship('Post', lazy=x)", POST, True),
        ("posts = db.relationship('Post', lazy=False, uselist=False)", POST, False),
        ("post: Mapped['Post'] = db.relationship('Post', lazy='joined')", POST, False),
        ("posts: Mapped[list['Post']] = db.relationship('Post', lazy='joined')", POST, True),
        ("post = db.relationship('Nobody', lazy='joined', uselist=False)", POST, True),
        ("name = 1", POST + "    user = db.relationship('User', lazy='joined')\n", False),
        ("name = 1", POST + "    user = db.relationship('User', backref=db.backref('posts', lazy='joined'))\n", True),
        (
            "name = 1",
            POST + "    user = db.relationship(User, backref=db.backref('x', lazy='joined', uselist=False))\n",
            False,
        ),
        ("name = 1", POST + "    user = db.relationship(x, backref=db.backref('posts', lazy='joined'))\n", True),
        ("name = 1", POST + "back = db.backref('posts', lazy='joined')\n", True),
        ("name = 1", POST + "def rel():\n    return db.relationship('User', lazy='joined')\n", True),
        ("name = 1", POST + "class Admin(User):\n    posts = db.relationship('Post', lazy='joined')\n", True),
        (
            "post = db.relationship('Post', lazy='joined', uselist=False)",
            POST + "    tags = db.relationship('Tag', lazy='joined')\nclass Tag(db.Model):\n    id = 1\n",
            True,
        ),
        (
            "post = db.relationship('Post', lazy='joined', uselist=False)",
            POST + "    user = db.relationship('User', lazy='joined', uselist=False)\n",
            False,
        ),
        (
            (
                "__tablename__ = 'people'\n    post_id = db.Column(db.ForeignKey('post.id'))\n"
                "    post = db.relationship('Post', lazy='joined')"
            ),
            POST,
            False,
        ),
        (
            "post_id = db.Column(db.ForeignKey('post.id'))\n    post = db.relationship('Post', lazy='joined')",
            POST,
            True,
        ),
        (
            "post_id = db.Column(db.ForeignKey(x))\n    boss = db.relationship('User', lazy='joined')",
            POST,
            True,
        ),
        (
            "post_id = db.Column(db.ForeignKey(x))\n    post = db.relationship('Post', lazy='joined')",
            POST.replace("'user.id'", "x") + "    __tablename__ = x\n",
            True,
        ),
    ],
)
def test_collections_that_are_always_joined_need_unique(attribute: str, more: str, unique: bool) -> None:
    """Where a relationship loads a collection by a join, results are made unique; one row of another table does not."""
    head = f"{HEAD}{USER}    {attribute}\n{more}"
    assert after(ALL, head) == (UNIQUE if unique else DONE)


def test_methods_of_models_speak_of_their_class() -> None:
    """In a model's methods the class is `cls`, or the type of `self`, also in a mixin."""
    code = (
        "class Mixin:\n    @classmethod\n    def all(cls):\n        return cls.query.all()\n\n"
        "    def same(self):\n        return self.query.filter_by(id=self.id).first()\n\n"
        "    def own(self):\n        return type(self).query.count()\n\n"
        "    def other(self):\n        return self.__class__.query.filter(self.__class__.id != self.id).all()\n\n\n"
        "class Tag(Mixin, db.Model):\n    id = db.Column(db.Integer, primary_key=True)\n"
    )
    new = after(code, HEAD)
    assert "return db.session.scalars(db.select(cls)).all()" in new
    assert "return db.session.scalars(db.select(type(self)).filter_by(id=self.id).limit(1)).first()" in new
    assert "return db.session.scalar(db.select(db.func.count()).select_from(type(self)))" in new
    assert "db.select(self.__class__).filter(self.__class__.id != self.id)).all()" in new


def test_a_mixin_of_models_in_two_databases_stays() -> None:
    """A method of a mixin does not know which extension its models belong to, if there are two."""
    code = "class Mixin:\n    @classmethod\n    def all(cls):\n        return cls.query.all()\n"
    more = "class A(Mixin, db.Model):\n    id = 1\nclass B(Mixin, other.Model):\n    id = 1\n"
    head = HEAD + "other = SQLAlchemy()\n"
    assert why(code + more, head) == "a model of which no one SQLAlchemy() is the home"


MODELS = "from app.extensions import db\n" + USER
EXTENSIONS = HEAD


@pytest.mark.parametrize(
    ("head", "files", "expected"),
    [
        ("from app.models import User, db\n", {"app__models": MODELS}, "from app.models import User, db\n"),
        (
            "from app.models import User\n",
            {"app__models": MODELS, "app__api": "from elsewhere import db\n"},
            "from app.extensions import db\nfrom app.models import User\n",
        ),
        (
            "from app.models import User\n",
            {"app__models": MODELS},
            "from app.extensions import db\nfrom app.models import User\n",
        ),
        (
            "from .models import User\n",
            {"app__models": MODELS.replace("app.ext", ".ext")},
            "from .extensions import db\nfrom .models import User\n",
        ),
        (
            "from app.models import User\n",
            {"app__models": "from app.extensions import db as base\n" + USER.replace("db.", "base.")},
            "from app.extensions import db as base\nfrom app.models import User\n",
        ),
    ],
)
def test_the_extension_is_imported_where_it_is_missing(head: str, files: dict[str, str], expected: str) -> None:
    """A module that knows only the model gets the extension from where others have it."""
    new, _ = rewritten(head + ALL, "", "app/views.py", _files(files))
    assert new.startswith(expected)
    assert ".session.scalars(" in new


def _files(files: dict[str, str]) -> dict[str, str]:
    named = {name.replace("__", "/") + ".py": text for name, text in files.items()}
    return {"app/__init__.py": "", "app/extensions.py": EXTENSIONS, **named}


@pytest.mark.parametrize(
    ("head", "files", "reason"),
    [
        ("from app.models import User\ndb = 1\n", {"app__models": MODELS}, "`db` means something else here"),
        (
            "from app.models import User\n",
            {"app__models": "from app import extensions\n" + USER.replace("db.", "extensions.db.")},
            "an import of the extension is written nowhere yet",
        ),
        (
            "def f():\n    from app.models import User\n    ",
            {"app__models": MODELS, "app__extensions": "import app.views\n" + EXTENSIONS},
            "an import of the extension might go in a circle",
        ),
        (
            "from app.models import User\n",
            {
                "app__models": "from app.made import made\n" + USER.replace("db.", "made.db."),
                "app__made": "class made:\n    from flask_sqlalchemy import SQLAlchemy\n    db = SQLAlchemy()\n",
            },
            "a SQLAlchemy() that no import reaches",
        ),
    ],
)
def test_an_extension_that_cannot_be_imported_leaves_queries(head: str, files: dict[str, str], reason: str) -> None:
    """Where an import might fail, or the name is taken, the query stays."""
    code = head + ALL
    new, left = rewritten(code, "", "app/views.py", _files(files))
    assert new == code
    assert set(left.values()) == {reason}


SESSION = HEAD + USER + "from sqlalchemy.orm import sessionmaker\nSession = sessionmaker()\n"


@pytest.mark.parametrize(
    ("head", "old", "new"),
    [
        ("", "session.query(User).all()", "from sqlalchemy import select\n!session.scalars(select(User)).all()"),
        (
            "from sqlalchemy import select\n",
            "session.query(User).all()",
            "from sqlalchemy import select\n!session.scalars(select(User)).all()",
        ),
        ("import sqlalchemy as sa\n", "session.query(User).all()", "!session.scalars(sa.select(User)).all()"),
        ("import sqlalchemy\n", "session.query(User).all()", "!session.scalars(sqlalchemy.select(User)).all()"),
        ("", "session.query(User).delete()", "from sqlalchemy import delete\n!session.execute(delete(User))"),
        (
            "",
            "session.query(User).count()",
            "from sqlalchemy import func, select\n!session.scalar(select(func.count()).select_from(User))",
        ),
        ("", "session.query(User).get(1)", "!session.get(User, 1)"),
    ],
)
def test_plain_sessions_use_imported_functions(head: str, old: str, new: str) -> None:
    """A session that is not Flask-SQLAlchemy's takes `select` and the others from SQLAlchemy itself."""
    code = f"{head}{SESSION}def f(session):\n    {old}\n"
    imported, _, expected = new.partition("!")
    text, _ = rewritten(code, "")
    assert expected in text
    assert imported in text


@pytest.mark.parametrize(
    ("head", "reason"),
    [
        ("def select():\n    pass\n", "`select` means something else here"),
        ("Other = sessionmaker(query_cls=1)\n", "a session with a query class of its own"),
    ],
)
def test_plain_sessions_that_are_not_plain_stay(head: str, reason: str) -> None:
    """A query class of a session, or another `select`, leaves its queries."""
    assert why("def f(session):\n    session.query(User).all()\n\n", SESSION + head) == reason


def test_a_name_of_the_function_is_no_function_of_sqlalchemy() -> None:
    """A local variable called as what would be needed leaves the query."""
    code = "def f(session):\n    select = 1\n    session.query(User).all()\n\n"
    assert why(code, SESSION) == "`select` means something else here"


def test_queries_in_decorators_stay() -> None:
    """What a definition evaluates is in no scope's statements: it is found and left."""
    new, _ = rewritten("def f(users=User.query.all()):\n    return users\n", HEAD + USER)
    assert new == "def f(users=User.query.all()):\n    return users\n"


def test_a_session_of_tests_is_a_plain_one() -> None:
    """An extension that only the tests make is not that of the app."""
    files = {"conftest.py": HEAD, "models.py": HEAD + USER}
    code = "from conftest import db\nfrom models import User\n\ndef f():\n    return db.session.query(User).all()\n"
    new, _ = rewritten(code, "", "app.py", files)
    assert "return db.session.scalars(select(User)).all()" in new
