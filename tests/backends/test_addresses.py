"""Passwords are in no address and no text."""

from __future__ import annotations

import pytest
from sqlalchemy.engine import make_url

from keck.backends.addresses import database, endpoint, masked, scrubbed


@pytest.mark.parametrize(
    ("url", "where", "secrets"),
    [
        ("postgresql://ada:hidden@db/shop", "postgresql://ada:***@db/shop", ["hidden"]),
        ("postgresql://ada@db/shop", "postgresql://ada@db/shop", []),
        ("sqlite:////srv/shop.db", "sqlite:////srv/shop.db", []),
        ("postgresql://ada:p%40ss@db:5433/shop", "postgresql://ada:***@db:5433/shop", ["p@ss"]),
        ("postgresql://ada:shop@db/shop", "postgresql://ada:***@db/shop", []),
        ("postgresql://db/shop?user=ada&password=hidden", "postgresql://db/shop?password=***&user=ada", ["hidden"]),
        ("postgresql://db/shop?sslkey=a&sslkey=b", "postgresql://db/shop?sslkey=***", ["a", "b"]),
        (
            "mssql+pyodbc:///?odbc_connect=DSN%3Dx%3BPWD%3Dhidden",
            "mssql+pyodbc://?odbc_connect=***",
            ["DSN=x;PWD=hidden"],
        ),
    ],
)
def test_url_of_a_database(url: str, where: str, secrets: list[str]) -> None:
    """The address shows everything but passwords, which are known from then on."""
    shown, found = database(make_url(url))
    assert (shown.replace("mssql+pyodbc:///", "mssql+pyodbc://"), list(found)) == (where, secrets)


def test_password_with_an_unquoted_at_sign() -> None:
    """The rest of the password, which SQLAlchemy takes for a part of the host, is masked too."""
    url = make_url("postgresql://ada@db/shop").set(password="one", host="two@db")  # noqa: S106 - an example
    where, secrets = database(url)
    assert where == "postgresql://ada:***@db/shop"
    assert masked('could not translate host name "two@db"', secrets) == 'could not translate host name "***@db"'


@pytest.mark.parametrize(
    ("text", "secrets", "shown"),
    [
        ("login as ada with p@ss failed", ["p@ss"], "login as ada with *** failed"),
        ("at redis://:hidden@host:1/0 now", [], "at redis://:***@host:1/0 now"),
        ("at amqp://ada:a@b@host now", [], "at amqp://ada:***@host now"),
        ("quoted p%40ss", ["p@ss"], "quoted ***"),
        ("host=db password=hidden user=ada", [], "host=db password=*** user=ada"),
        ("PWD='a b';DSN=x", [], "PWD=***;DSN=x"),
        ("a cat sat", ["a"], "*** cat sat"),
        ("no secret is empty", [""], "no secret is empty"),
        ("password authentication failed", [], "password authentication failed"),
        ("mail for ada@example.com", [], "mail for ada@example.com"),
    ],
)
def test_text(text: str, secrets: list[str], shown: str) -> None:
    """A known secret, a password in a URL and a value named as one are masked; the rest stays readable."""
    assert masked(text, secrets) == shown


def test_data() -> None:
    """Texts within JSON data are masked, numbers and None stay."""
    data = {"a": ["x hidden", 1, None], "b": {"c": "hidden"}, "d": True}
    assert scrubbed(data, ["hidden"]) == {"a": ["x ***", 1, None], "b": {"c": "***"}, "d": True}


def test_endpoint() -> None:
    """An IPv6 address stands in brackets."""
    assert [endpoint("::1", 25), endpoint("mail", "587")] == ["[::1]:25", "mail:587"]
