"""Passwords in the source."""

from __future__ import annotations

import pytest

from tests.support import findings, lines

RULE = "config/password-in-source"
HEAD = "import os\nfrom flask import Flask\napp = Flask(__name__)\n"


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ('app.config["MAIL_PASSWORD"] = "hunter2"', "warning"),
        ('app.config.update(MAIL_SERVER="a", MAIL_PASSWORD="hunter2")', "warning"),
        ('app.config["CACHE_REDIS_PASSWORD"] = "hunter2"', "warning"),
        ('app.config["DB_PASSWORD"] = "hunter2"', "warning"),
        ('app.config["SQLALCHEMY_DATABASE_URI"] = "postgresql://shop:hunter2@db/shop"', "warning"),
        ('app.config["SQLALCHEMY_DATABASE_URI"] = "mysql://root:root@localhost/shop"', "warning"),
        ('app.config["SQLALCHEMY_BINDS"] = {"a": "postgresql://shop:hunter2@db/shop"}', "warning"),
        ('app.config["SQLALCHEMY_BINDS"] = {"a": {"url": "postgresql://shop:hunter2@db/shop"}}', "warning"),
        ('app.config["REDIS_URL"] = "redis://:hunter2@cache:6379/0"', "warning"),
        ('app.config["CELERY_BROKER_URL"] = "amqp://guest:hunter2@mq//"', "warning"),
        ('P = "hunter2"; app.config["SQLALCHEMY_DATABASE_URI"] = f"mysql://root:{P}@db/shop"', "warning"),
        ('app.config["SQLALCHEMY_DATABASE_URI"] = f"mysql://root:hunter2@{host()}/shop"', "warning"),
        ('app.config["SQLALCHEMY_DATABASE_URI"] = "mysql://{}:{}@db/shop".format("root", "hunter2")', "warning"),
        ('app.config["MAIL_PASSWORD"] = os.environ.get("MAIL_PASSWORD", "hunter2")', "warning"),
        ('app.config["REDIS_URL"] = os.environ.get("REDIS_URL", "redis://:hunter2@cache/0")', "warning"),
        ('app.config["REDIS_URL"] = os.environ.get("REDIS_URL", "redis://:hunter2@localhost:6379/0")', "note"),
        ('app.config["MAIL_PASSWORD"] = "hunter2" if local() else unseen()', "note"),
        ('if app.debug: app.config["SQLALCHEMY_DATABASE_URI"] = f"mysql://root:hunter2@localhost/{name()}"', "note"),
        ('if app.debug: app.config["SQLALCHEMY_DATABASE_URI"] = f"mysql://root:hunter2@{name()}/shop"', "warning"),
    ],
)
def test_fires(text: str, level: str) -> None:
    """A password is found under its own key and in a URL; what is for localhost or one branch only is a note."""
    assert lines(RULE, HEAD + text) == [f"app.py:4 {level}"]


def test_class_and_literal_elsewhere() -> None:
    """The literal is reported where it stands, the class is named, and the password is never printed."""
    files = {
        "settings.py": "from secrets_ import URL\nclass Config:\n    SQLALCHEMY_DATABASE_URI = URL\n    REDIS_URL = URL\n",
        "secrets_.py": 'URL = "mysql://root:hunter2@db/shop"\n',
    }
    (found,) = findings(RULE, files)
    assert (found.place.path, found.place.line) == ("secrets_.py", 1)
    assert [one.place.path for one in found.related] == ["settings.py"]
    assert "of Config" in found.message
    assert "hunter2" not in found.message + found.help + found.symbol


@pytest.mark.parametrize(
    "text",
    [
        'app.config["MAIL_PASSWORD"] = os.environ["MAIL_PASSWORD"]',
        'app.config["MAIL_PASSWORD"] = os.environ.get("MAIL_PASSWORD")',
        'app.config["MAIL_PASSWORD"] = ""',
        'app.config["MAIL_PASSWORD"] = None',
        'app.config["MAIL_PASSWORD"] = "<password>"',
        'app.config["MAIL_PASSWORD"] = "your-password"',
        'app.config["MAIL_PASSWORD"] = b"hunter2"',
        'app.config["MAIL_USERNAME"] = "hunter2"',
        'app.config["PASSWORD_RESET_URL"] = "https://a.example/reset"',
        'app.config["SQLALCHEMY_DATABASE_URI"] = "sqlite:///shop.db"',
        'app.config["SQLALCHEMY_DATABASE_URI"] = "postgresql://shop@db/shop"',
        'app.config["SQLALCHEMY_DATABASE_URI"] = "postgresql://shop:@db/shop"',
        'app.config["SQLALCHEMY_DATABASE_URI"] = "postgresql://shop:{password}@db/shop"',
        'app.config["SQLALCHEMY_DATABASE_URI"] = f"postgresql://shop:{password()}@db/shop"',
        'app.config["SQLALCHEMY_DATABASE_URI"] = f"sqlite:///{path()}"',
        'app.config["SQLALCHEMY_DATABASE_URI"] = "postgresql://shop:" + password() + "@db/shop"',
        'app.config["REDIS_URL"] = os.environ.get("REDIS_URL", "redis://localhost:6379/0")',
        'PASSWORD = "hunter2"',
        'form = {}\nform["MAIL_PASSWORD"] = "hunter2"',
        'class TestConfig:\n    MAIL_PASSWORD = "hunter2"\n    SQLALCHEMY_DATABASE_URI = f"mysql://root:hunter2@{host()}/a"',
    ],
)
def test_stays_silent(text: str) -> None:
    """What is read, empty, a placeholder, without a password, or for tests is not reported."""
    assert lines(RULE, HEAD + text) == []


def test_literals_of_tests_are_their_own() -> None:
    """A password that only a test passes in is not reported."""
    files = {
        "config.py": "class Config:\n    def __init__(self, url):\n        self.SQLALCHEMY_DATABASE_URI = url\n",
        "tests/test_app.py": 'from config import Config\nConfig("mysql://root:hunter2@localhost/shop")\n',
    }
    assert lines(RULE, files) == []
