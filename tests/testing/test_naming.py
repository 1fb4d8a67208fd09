from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import make_url

from keck.testing.naming import configured, database, shown


@pytest.fixture
def app(tmp_path: Path) -> Flask:
    """An app with an instance folder that is not there."""
    return Flask("shop", instance_path=str(tmp_path / "instance"))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("mysql+pymysql://ann@db/shop", "mysql+pymysql://ann@db/shop?charset=utf8mb4"),
        ("mariadb+pymysql://ann@db/shop", "mysql+mysqldb://ann@db/shop"),
        ("postgresql://db/shop?host=a&host=b", "postgresql+psycopg://db/shop?host=a&host=b"),
        ("sqlite://", "sqlite+pysqlite:///:memory:"),
        ("sqlite:///shop.db", "sqlite:///./shop.db"),
        ("sqlite+aiosqlite:///shop.db", "sqlite+aiosqlite:///./shop.db"),
    ],
)
def test_same(app: Flask, one: str, other: str) -> None:
    """Flask-SQLAlchemy makes the same of both, or they lead to the same place."""
    assert database(make_url(one), app) == database(make_url(other), app)
    assert not Path(app.instance_path).exists()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("mysql+pymysql://ann@db/shop", "mysql+pymysql://ann@db/shop?charset=latin1"),
        ("mysql+pymysql://ann@db/shop", "mysql+pymysql://ann@db/test"),
        ("postgresql://ann@db/shop", "postgresql://bob@db/shop"),
        ("postgresql://db/shop", "postgresql://db2/shop"),
        ("postgresql://db/shop", "mysql://db/shop"),
        ("sqlite://", "sqlite:///memory"),
        ("sqlite:///shop.db", "sqlite:////shop.db"),
        ("sqlite:///shop.db", "sqlite+aiosqlite:///shop.db"),
    ],
)
def test_different(app: Flask, one: str, other: str) -> None:
    """They lead to different places, or with different logins."""
    assert database(make_url(one), app) != database(make_url(other), app)


def test_link(app: Flask, tmp_path: Path) -> None:
    """A SQLite file is the same by a symbolic link to it."""
    (tmp_path / "real.db").touch()
    try:
        (tmp_path / "link.db").symlink_to("real.db")
    except OSError:
        pytest.skip("symbolic links are not allowed here")
    assert database(make_url(f"sqlite:///{tmp_path}/real.db"), app) == database(
        make_url(f"sqlite:///{tmp_path}/link.db"), app
    )


def test_number_that_is_none(app: Flask) -> None:
    """A URL whose port is a word names nothing."""
    app.config["SQLALCHEMY_DATABASE_URI"] = "postgresql://db:port/shop"
    assert configured(app, None, None) is None


def test_shown(app: Flask) -> None:
    """What is secret in a URL is not shown; SQLite's files are, with their path."""
    url = make_url("postgresql://ann:hunter2@db/shop?sslmode=require&sslpassword=hunter3")
    assert shown(url, app) == "postgresql://ann:***@db/shop?sslmode=require&sslpassword=..."
    assert shown(make_url("sqlite://"), app) == "a database in memory"
    assert shown(make_url("sqlite:///shop.db"), app).endswith("/instance/shop.db")
