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
        (
            "from urllib.parse import quote_plus as q; app.config['MONGO_PASSWORD'] = q(os.getenv('P', 'hunter2'))",
            "warning",
        ),
        (
            "D = {'u': 'a', 'p': 'hunter2'}; app.config['DB_URI'] = 'mysql://{u}:{p}@db/shop'.format(**D)",
            "warning",
        ),
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
    assert "`SQLALCHEMY_DATABASE_URI` and `REDIS_URL` of `Config` hold " in found.message
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
        'from urllib.parse import quote; app.config["MAIL_PASSWORD"] = quote(os.environ["MAIL_PASSWORD"])',
        'from urllib.parse import quote; app.config["MAIL_PASSWORD"] = quote(os.getenv("MAIL_PASSWORD", ""))',
        'app.config["DB_URI"] = "mysql://{u}:{p}@db/shop".format(**unseen())',
        'D = {"u": "a", "p": os.environ["P"]}; app.config["DB_URI"] = "mysql://{u}:{p}@db/shop".format(**D)',
        'PASSWORD = "hunter2"',
        'form = {}\nform["MAIL_PASSWORD"] = "hunter2"',
        'class TestConfig:\n    MAIL_PASSWORD = "hunter2"\n    SQLALCHEMY_DATABASE_URI = f"mysql://root:hunter2@{host()}/a"',
    ],
)
def test_stays_silent(text: str) -> None:
    """What is read, empty, a placeholder, without a password, or for tests is not reported."""
    assert lines(RULE, HEAD + text) == []


@pytest.mark.parametrize("address", ['"mysql://root:hunter2@db/shop"', 'f"mysql://root:hunter2@{host()}/shop"'])
def test_a_settings_file_beside_the_one_that_is_loaded(address: str) -> None:
    """A password in a file of settings that nothing visible loads is a note where its neighbour is loaded."""
    files = {
        "app.py": "from flask import Flask\napp = Flask(__name__)\napp.config.from_pyfile('instance/sqlite.py')\n",
        "instance/sqlite.py": f"SQLALCHEMY_DATABASE_URI = {address}\n",
        "instance/config.py": f"SQLALCHEMY_DATABASE_URI = {address}\n",
    }
    assert lines(RULE, files) == ["instance/config.py:1 note", "instance/sqlite.py:1 warning"]


def test_literals_of_tests_are_their_own() -> None:
    """A password that only a test passes in is not reported."""
    files = {
        "config.py": "class Config:\n    def __init__(self, url):\n        self.SQLALCHEMY_DATABASE_URI = url\n",
        "tests/test_app.py": 'from config import Config\nConfig("mysql://root:hunter2@localhost/shop")\n',
    }
    assert lines(RULE, files) == []


@pytest.mark.parametrize(
    ("text", "help"),
    [
        (
            'app.config["REDIS_URL"] = os.environ.get("CACHE", "redis://:hunter2@cache/0")',
            '`os.environ["CACHE"]` alone',
        ),
        (
            'app.config["REDIS_URL"] = os.environ.get("CACHE")\napp.config.setdefault("REDIS_URL", "redis://:h@cache/0")',
            '`os.environ["CACHE"]` alone',
        ),
        ('app.config["REDIS_URL"] = "redis://:hunter2@cache/0"', "from an environment variable, and"),
        ('app.config["MAIL_PASSWORD"] = "hunter2"', 'such as `os.environ["MAIL_PASSWORD"]`, and'),
        ('app.config["REDIS_URL"] = f"redis://:hunter2@{host()}/0"', "from an environment variable, and"),
    ],
)
def test_the_help_names_the_variable_that_is_read_already(text: str, help: str) -> None:
    """A variable of the environment that the code reads is named; none is made up for an address."""
    (found,) = findings(RULE, HEAD + text)
    assert help in found.help


@pytest.mark.parametrize(
    "address",
    ['"mysql://{}:{}@db/shop".format(USER, PASSWORD)', 'f"mysql://{USER}:{PASSWORD}@db/shop"'],
)
def test_the_password_that_is_put_into_an_address_is_related(address: str) -> None:
    """Where the password is a constant of its own, its place is told, and the key that Flask reads comes first."""
    settings = f"USER = 'root'\nPASSWORD = 'hunter2'\nDB_URI = {address}\nSQLALCHEMY_DATABASE_URI = DB_URI\n"
    app = "from flask import Flask\napp = Flask(__name__)\napp.config.from_object('settings')\n"
    (found,) = findings(RULE, {"settings.py": settings, "app.py": app})
    assert (found.place.path, found.place.line) == ("settings.py", 3)
    assert found.message.startswith("`SQLALCHEMY_DATABASE_URI` and `DB_URI` hold a password")
    assert [(one.place.line, one.message) for one in found.related] == [
        (2, "the password is stated here, as `PASSWORD`")
    ]


def test_an_address_by_another_name_leads_to_its_password() -> None:
    """The password is also told where the key is given the name of an address."""
    settings = "PASSWORD = 'hunter2'\nADDRESS = f'mysql://root:{PASSWORD}@db/shop'\nSQLALCHEMY_DATABASE_URI = ADDRESS\n"
    app = "from flask import Flask\napp = Flask(__name__)\napp.config.from_object('settings')\n"
    (found,) = findings(RULE, {"settings.py": settings, "app.py": app})
    assert [one.place.line for one in found.related][-1] == 1


SETTINGS = """
from functools import cached_property
from flask import Flask
class Settings:
    @{decorator}
    def {name}(self):
        {body}
app = Flask(__name__)
app.config.from_object(Settings())
"""


@pytest.mark.parametrize(
    ("decorator", "name", "body", "told"),
    [
        ("property", "SQLALCHEMY_DATABASE_URI", 'return "postgresql://bob:hunter2@db/shop"', ["app.py:6 warning"]),
        ("cached_property", "MAIL_PASSWORD", 'return "hunter2"', ["app.py:6 warning"]),
        ("property", "MAIL_PASSWORD", "return", []),
        ("property", "MAIL_PASSWORD", "return unseen()", []),
        ("property", "mail_password", 'return "hunter2"', []),
        ("staticmethod", "MAIL_PASSWORD", 'return "hunter2"', []),
    ],
)
def test_a_property_of_settings(decorator: str, name: str, body: str, told: list[str]) -> None:
    """What a property of a settings class returns is a setting."""
    assert lines(RULE, SETTINGS.format(decorator=decorator, name=name, body=body)) == told


@pytest.mark.parametrize("host", ["host", "hostname", "db_host", "your-server"])
def test_an_address_that_is_an_example(host: str) -> None:
    """An address of a host that stands for another is an example."""
    assert lines(RULE, f'{HEAD}app.config["DATABASE_URL"] = "postgresql://user:password@{host}/db"\n') == []
