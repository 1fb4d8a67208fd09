from __future__ import annotations

from collections.abc import Mapping

import pytest

from keck.project.models import Column, Model
from tests.support import project

DB = "from flask_sqlalchemy import SQLAlchemy\ndb = SQLAlchemy()\n"


def models(files: Mapping[str, str] | str) -> dict[str, Model]:
    """Return the models of these files by symbol."""
    return project(files).models


def column(code: str, name: str = "id") -> Column:
    """Return a column of the model `A` with this body."""
    body = "".join(f"    {one}\n" for one in code.split("; "))
    return models(f"{DB}class A(db.Model):\n{body}")["app:A"].columns[name]


MODELS: dict[str, tuple[Mapping[str, str] | str, list[str]]] = {
    "db.Model": (f"{DB}class A(db.Model): ...\n", ["app:A"]),
    "with mixins": (f"{DB}class M: ...\nclass A(M, db.Model): ...\n", ["app:A"]),
    "below a model": (f"{DB}class A(db.Model): ...\nclass B(A): ...\n", ["app:A", "app:B"]),
    "imported db": (
        {"ext.py": DB, "models.py": "from ext import db\nclass A(db.Model): ...\n"},
        ["models:A"],
    ),
    "any name": (
        "from flask_sqlalchemy import SQLAlchemy\nstore = SQLAlchemy()\nclass A(store.Model): ...\n",
        ["app:A"],
    ),
    "db of a hidden kind": ("db = make()\nclass A(db.Model): ...\n", ["app:A"]),
    "db that nobody defines": ("class A(db.Model): ...\n", ["app:A"]),
    "Model that nobody defines": ("class A(Model): ...\n", ["app:A"]),
    "DeclarativeBase": (
        "from sqlalchemy.orm import DeclarativeBase\nclass Base(DeclarativeBase): ...\nclass A(Base): ...\n",
        ["app:A", "app:Base"],
    ),
    "declarative_base()": (
        "from sqlalchemy.orm import declarative_base\nBase = declarative_base()\nclass A(Base): ...\n",
        ["app:A"],
    ),
    "declarative_base() of another module": (
        {
            "base.py": "from sqlalchemy.ext.declarative import declarative_base\nBase = declarative_base()\n",
            "app.py": "from base import Base\nclass A(Base): ...\n",
        },
        ["app:A"],
    ),
    "no base": ("class A: ...\n", []),
    "another base": ("class B: ...\nclass A(B): ...\n", []),
    "a variable as base": ("Base = object()\nclass A(Base): ...\n", []),
    "another library's Model": ("from peewee import Model\nclass A(Model): ...\n", []),
    "a Model of something else": ("class forms: ...\nclass A(forms.Model): ...\n", []),
}


@pytest.mark.parametrize(("files", "expected"), MODELS.values(), ids=MODELS)
def test_models(files: Mapping[str, str] | str, expected: list[str]) -> None:
    """A class below a declarative base is a model, whatever the names are."""
    assert sorted(models(files)) == expected


@pytest.mark.parametrize(
    ("code", "kind", "is_integer"),
    [
        ("id = db.Column(db.Integer, primary_key=True)", "Integer", True),
        ("id = db.Column('user_id', db.Integer)", "Integer", True),
        ("id = db.Column(type_=db.BigInteger())", "BigInteger", True),
        ("id = db.Column(db.String(20))", "String", False),
        ("id = db.Column(db.DateTime)", "", False),
        ("id = db.Column()", "", False),
        ("id: Mapped[int] = mapped_column(primary_key=True)", "int", True),
        ("id: orm.Mapped[int | None] = mapped_column()", "int", True),
        ("id: Mapped[Optional[int]] = mapped_column()", "int", True),
        ("id: Mapped[uuid.UUID] = mapped_column()", "UUID", False),
        ("id: Mapped[dict[str, int]] = mapped_column()", "", False),
        ("id: Mapped[int] = mapped_column(String)", "String", False),
        ("id: int = mapped_column()", "", False),
        ("id: list[int] = mapped_column()", "", False),
    ],
)
def test_type(code: str, kind: str, is_integer: bool) -> None:
    """A column's type is its SQLAlchemy type, or what is mapped where it names none."""
    found = column(code)
    assert (found.type, found.is_integer) == (kind, is_integer)


@pytest.mark.parametrize(
    ("options", "is_unique"),
    [("primary_key=True", True), ("unique=True", True), ("unique=False", False), ("unique=given", False), ("", False)],
)
def test_unique(options: str, is_unique: bool) -> None:
    """A column is unique when it is the key or says so."""
    assert column(f"id = db.Column({options})").is_unique is is_unique


def test_columns_of_mixins_and_bases() -> None:
    """A model has the columns of its mixins and bases; its own win."""
    code = (
        f"{DB}class Stamped:\n    at = db.Column(db.Text)\nclass Base(db.Model):\n    id = db.Column(db.Integer, primary_key=True)\n"
        "    at = db.Column(db.String)\nclass A(Stamped, Base):\n    name = db.Column(db.String)\n"
    )
    found = models(code)["app:A"]
    assert {one.name: one.type for one in found.columns.values()} == {"name": "String", "at": "Text", "id": "Integer"}


def test_what_is_no_column() -> None:
    """Relationships, plain attributes, tuples and annotations alone are no columns."""
    code = f"{DB}class A(db.Model):\n    x = db.relationship('B')\n    y = 1\n    a, b = db.Column()\n    z: Mapped[int]\n    print()\n"
    assert models(code)["app:A"].columns == {}


@pytest.mark.parametrize(
    ("code", "key"),
    [
        ("id = db.Column(primary_key=True); n = db.Column()", "id"),
        ("a = db.Column(primary_key=True); b = db.Column(primary_key=True)", None),
        ("n = db.Column(primary_key=given)", None),
    ],
)
def test_primary_key(code: str, key: str | None) -> None:
    """The primary key is the only column that says so, and none where several do."""
    body = "".join(f"    {one}\n" for one in code.split("; "))
    found = models(f"{DB}class A(db.Model):\n{body}")["app:A"].primary_key
    assert (found.name if found else None) == key
