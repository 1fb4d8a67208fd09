from __future__ import annotations

import pytest
from msgspec.structs import replace

from keck.finding import Place
from keck.report.doctor.source import pinned, without_secrets
from tests.examinations import CACHED, LOCAL, SECRET

KEYS = {"SECRET_KEY", "MAIL_PASSWORD"}


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ('app.config["SECRET_KEY"] = "kettle"', 'app.config["SECRET_KEY"] = "***"'),
        ("SECRET_KEY = b'kettle'", "SECRET_KEY = b'***'"),
        (r'token = "a\"b" + "c"', 'token = "***" + "***"'),
        ('PASSWORD = """kettle', 'PASSWORD = """***"""'),
        ("STRIPE_KEY = ''", "STRIPE_KEY = ''"),
        ('dict(MAIL_PASSWORD="kettle")', 'dict(MAIL_PASSWORD="***")'),
        ('db = "postgresql://shop:kettle@db/shop"', 'db = "***"'),
        ('@bp.post("/token")', '@bp.post("/token")'),
        ('cache.get("basket", key_prefix="home")', 'cache.get("basket", key_prefix="home")'),
        ("create_access_token(identity=user.id)", "create_access_token(identity=user.id)"),
    ],
)
def test_literals_beside_secrets_are_hidden(line: str, shown: str) -> None:
    """Names of config keys stay readable, and so do lines that hold no secret."""
    assert without_secrets(line, LOCAL, KEYS) == shown


def test_rules_on_the_config_show_no_literal_at_all() -> None:
    """A setting that is a secret by its place, not by its name, is hidden as well; what it is about stays."""
    finding = replace(SECRET, symbol="salt")
    assert without_secrets('config["salt"] = "kettle"', finding, ()) == 'config["salt"] = "***"'


def test_columns_are_kept_only_where_they_are_true() -> None:
    """A line that is shown as it is keeps the mark of the code; any other is marked as a whole."""
    lines = ["", '    x = "kettle"']
    exact = replace(CACHED, place=Place("a.py", 2, 9, 2, 17))
    assert pinned(exact, lines, lines[1]) == exact
    assert pinned(exact, lines, '    x = "***"').place == Place("a.py", 2, 5, 2, 14)
    assert pinned(replace(exact, place=Place("a.py", 9)), lines, "x").place == Place("a.py", 9, 1, 9, 2)
