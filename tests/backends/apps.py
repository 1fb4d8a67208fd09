"""Small apps with backends, as the tests of their answers want them."""

from __future__ import annotations

from typing import Any

from flask import Flask
from flask_caching import Cache
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_mail import Mail
from flask_migrate import Migrate  # type: ignore[import-untyped]
from flask_sqlalchemy import SQLAlchemy

from keck.backends import ask
from keck.live.record import Answer


def app(**config: Any) -> Flask:  # noqa: ANN401 - config is anything
    """Return an app with this config and nothing else."""
    made = Flask("keck_backends")
    made.config.update(config)
    return made


def with_database(url: str, **config: Any) -> tuple[Flask, SQLAlchemy]:  # noqa: ANN401
    """Return an app on this database, and its extension with the models `Person` and `Boat`."""
    made = app(SQLALCHEMY_DATABASE_URI=url, **config)
    db = SQLAlchemy()

    class Person(db.Model):  # type: ignore[name-defined, misc]
        id = db.Column(db.Integer, primary_key=True)
        name = db.Column(db.String(40), nullable=False)

    class Boat(db.Model):  # type: ignore[name-defined, misc]
        id = db.Column(db.Integer, primary_key=True)
        name = db.Column(db.String(40), index=True)

    db.init_app(made)
    return made, db


def with_everything(**config: Any) -> Flask:  # noqa: ANN401
    """Return an app with database, migrations, cache, limiter and mail, as the config says."""
    made, db = with_database(config.pop("SQLALCHEMY_DATABASE_URI"), **config)
    Migrate(made, db)
    Cache(made)
    Limiter(get_remote_address, app=made)
    Mail(made)
    return made


def answers(made: Flask, kind: str, seconds: float = 2.0) -> list[Answer]:
    """Return what the backends of a kind say."""
    return [one for one in ask(made, seconds=seconds) if one.kind == kind]


def answer(made: Flask, kind: str, seconds: float = 2.0) -> Answer:
    """Return what the only backend of a kind says."""
    (one,) = answers(made, kind, seconds)
    return one
