"""A small database and its models, as source: what the queries of these tests ask."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from flask import Flask
from sqlalchemy import event

from keck.fixes.apply import applied
from keck.place import Place
from keck.queries.rewriting import Rewriting, Rewritings
from keck.rule import rules
from tests.support import project

MODELS = """\
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.orm import aliased, contains_eager, joinedload, selectinload

db = SQLAlchemy()

labels = db.Table(
    "labels",
    db.Column("post_id", db.ForeignKey("post.id"), primary_key=True),
    db.Column("tag_id", db.ForeignKey("tag.id"), primary_key=True),
)


class User(db.Model):
    __tablename__ = "person"
    id = db.Column(db.Integer, primary_key=True)
    name = db.Column("full_name", db.String(20))
    age = db.Column(db.Integer)
    posts = db.relationship("Post", back_populates="author", order_by="Post.id")
    card = db.relationship("Card", back_populates="user", uselist=False, lazy="joined")


class Card(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    name = db.Column(db.String(20))
    user_id = db.Column(db.ForeignKey("person.id"))
    user = db.relationship("User", back_populates="card")


class Post(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    name = db.Column(db.String(20))
    body = db.Column(db.Text)
    likes = db.Column(db.Integer)
    user_id = db.Column(db.ForeignKey("person.id"))
    author = db.relationship("User", back_populates="posts")
    comments = db.relationship("Comment", back_populates="post", lazy="joined", order_by="Comment.id")
    tags = db.relationship("Tag", secondary=labels, back_populates="posts", order_by="Tag.id")


class Comment(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    text = db.Column(db.String(20))
    post_id = db.Column(db.ForeignKey("post.id"))
    post = db.relationship("Post", back_populates="comments")


class Tag(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    name = db.Column(db.String(20))
    posts = db.relationship("Post", secondary=labels, back_populates="tags", order_by="Post.id")


class Animal(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    kind = db.Column(db.String(10))
    name = db.Column(db.String(20))
    __mapper_args__ = {"polymorphic_on": kind, "polymorphic_identity": "animal"}


class Dog(Animal):
    id = db.Column(db.ForeignKey("animal.id"), primary_key=True)
    likes = db.Column(db.Integer)
    __mapper_args__ = {"polymorphic_identity": "dog"}


class Cat(Animal):
    lives = db.Column(db.Integer)
    __mapper_args__ = {"polymorphic_identity": "cat"}


"""


def rewritten(
    text: str, head: str = MODELS, path: str = "app.py", files: Mapping[str, str] | None = None
) -> tuple[str, dict[int, str]]:
    """Return code under the models with its queries rewritten, and why others were left by their line in it."""
    text = head + text
    left: dict[int, str] = {}
    start = head.count("\n")
    (rule,) = (one for one in rules() if one.id == "sqlalchemy/legacy-query")
    while True:
        known = project({path: text, **(files or {})})
        fixes = [one.fix for one in rule.check(known) if one.fix is not None and one.place.path == path]
        chosen: list[Any] = []
        taken: list[Place] = []
        for fix in fixes:
            places = [one.place for one in fix.edits]
            if not any(_meet(one, other) for one in places for other in taken):
                taken += places
                chosen += fix.edits
        if not chosen:
            break
        text = applied(text, chosen)
    rewritings = Rewritings(known)
    for module in known.modules:
        for scope in module.scopes:
            for span, why in rewritings.every(module, scope):
                if module.path == path and not isinstance(why, Rewriting):
                    left[span[0] - start] = why
    return text.removeprefix(head), left


def _meet(one: Place, other: Place) -> bool:
    return (one.line, one.column) < (other.end_line, other.end_column) and (other.line, other.column) < (
        one.end_line,
        one.end_column,
    )


class World:
    """The models over a database with rows in it.

    Args:
        url: of an empty database.
    """

    def __init__(self, url: str) -> None:
        self.names: dict[str, Any] = {"__name__": "world"}
        exec(MODELS, self.names)  # noqa: S102 - the text above
        self.db = self.names["db"]
        self.app = Flask("world")
        self.app.config["SQLALCHEMY_DATABASE_URI"] = url
        self.db.init_app(self.app)
        self.statements: list[tuple[str, Any]] = []
        with self.app.app_context():
            self.db.create_all()
            self._fill()
            event.listen(self.db.engine, "before_cursor_execute", self._note)

    def _note(self, _connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:  # noqa: ANN401 - as SQLAlchemy calls it
        self.statements.append((statement, parameters))

    def _fill(self) -> None:
        names, session = self.names, self.db.session
        user, post, tag = names["User"], names["Post"], names["Tag"]
        users = [user(name=name, age=age) for name, age in [("a", 1), ("b", None), ("a", 3), (None, 2), ("c", 2)]]
        tags = [tag(name=name) for name in ("x", "y", "x")]
        session.add_all([*users, *tags])
        session.flush()
        for index in range(8):
            one = post(
                name="abca"[index % 4],
                body=None if index % 3 else f"body {index}",
                likes=index % 3 or None,
                author=users[index % 4] if index != 5 else None,
                tags=tags[: index % 4],
            )
            one.comments = [names["Comment"](text="tu"[number % 2]) for number in range(index % 3)]
            session.add(one)
            session.flush()
        session.add_all([names["Card"](name="k", user=users[0]), names["Card"](name="a", user=users[1])])
        session.add_all([names["Dog"](name="a", likes=1), names["Dog"](name="b", likes=2), names["Cat"](name="a")])
        session.add(names["Animal"](name="c"))
        session.commit()

    def close(self) -> None:
        """Close the connections to the database."""
        with self.app.app_context():
            self.db.engine.dispose()

    def load(self, code: str) -> dict[str, Any]:
        """Return what code defines that uses the models."""
        names = dict(self.names)
        exec(code, names)  # noqa: S102 - what a grammar made
        return names

    def answer(self, function: Any) -> tuple[Any, list[tuple[str, Any]]]:  # noqa: ANN401 - made by `load`
        """Return what a function returns or raises as plain data, and the statements that it executed."""
        with self.app.app_context(), _quiet():
            self.statements = []
            try:
                answer = plain(function())
            except Exception as error:  # noqa: BLE001 - whatever it is, both must raise it
                answer = f"raises {type(error).__name__}"
            found = self.statements
            self.db.session.rollback()
            self.db.session.remove()
        return answer, found


@contextmanager
def _quiet() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def plain(value: Any) -> Any:  # noqa: ANN401 - whatever a query gives
    """Return models, rows and pages as plain data."""
    if hasattr(value, "_sa_instance_state"):
        loaded = {key: plain(one) for key, one in vars(value).items() if isinstance(one, list)}
        return (type(value).__name__, value.id, loaded)
    if hasattr(value, "per_page"):
        return ["page", value.page, value.per_page, value.total, value.pages, plain(value.items)]
    if hasattr(value, "_mapping"):
        return ("row", *map(plain, value))
    if isinstance(value, Iterable) and not isinstance(value, str | dict):
        return [type(value).__name__, *map(plain, value)]
    return value


_LABEL = re.compile(r" AS \w+")
_SPACE = re.compile(r"\s+")
_ANON = re.compile(r"\banon_\d+\.\w+|\b(\w+_\d+)\b")


def normalised(statements: Sequence[tuple[str, Any]]) -> list[tuple[str, Any]]:
    """Return statements without what names nothing: labels of columns and line breaks."""
    return [
        (_LABEL.sub("", _ANON.sub("anon", _SPACE.sub(" ", text))), _values(parameters))
        for text, parameters in statements
    ]


def _values(parameters: Any) -> list[Any]:  # noqa: ANN401 - a tuple or a dict, by driver
    return list(parameters.values()) if isinstance(parameters, dict) else list(parameters)
