"""What the fixes of the rules on config keys and secrets write, and where they write nothing."""

from __future__ import annotations

import pytest

from tests.rules.fixing import fixed, fixed_files, fixes

# config/unknown-key

UNKNOWN = "config/unknown-key"
USES = "import flask_limiter, flask_cors, flask_mail, flask_sqlalchemy\nfrom flask import Flask\napp = Flask('a')\n"


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("app.config['RATELIMIT_STORAGE_URL'] = 'x'", "app.config['RATELIMIT_STORAGE_URI'] = 'x'"),
        ("app.config.update(RATELIMIT_STORAGE_URL='x')", "app.config.update(RATELIMIT_STORAGE_URI='x')"),
        ("app.config.update({'RATELIMIT_STORAGE_URL': 'x'})", "app.config.update({'RATELIMIT_STORAGE_URI': 'x'})"),
        (
            "print({'A': 1}, app.config.update({'RATELIMIT_STORAGE_URL': 'x'}))",
            "print({'A': 1}, app.config.update({'RATELIMIT_STORAGE_URI': 'x'}))",
        ),
        ("app.config |= {'A': 1, 'RATELIMIT_GLOBAL': 'x'}", "{'A': 1, 'RATELIMIT_DEFAULT': 'x'}"),
        (
            "class Config:\n    RATELIMIT_GLOBAL = '1 per day'\napp.config.from_object(Config)",
            "    RATELIMIT_DEFAULT = '1 per day'",
        ),
        (
            "class Config:\n    def __init__(self):\n        self.DEFAULT_MAIL_SENDER = 'x'\napp.config.from_object(Config())",
            "        self.MAIL_DEFAULT_SENDER = 'x'",
        ),
    ],
)
def test_a_renamed_key(written: str, expected: str) -> None:
    """A key's old name becomes its new one however it is written, by a safe fix."""
    (fix,) = fixes(UNKNOWN, USES + written + "\n")
    assert fix is not None
    assert fix.safe
    assert expected in fixed(UNKNOWN, USES + written + "\n")


@pytest.mark.parametrize(
    ("key", "meant"), [("MAIL_SEVER", "MAIL_SERVER"), ("CORS_ORIGIN", "CORS_ORIGINS"), ("MAIL_TLS", "MAIL_USE_TLS")]
)
def test_a_misspelt_key_is_a_guess(key: str, meant: str) -> None:
    """What a key seems to be meant for is written by an unsafe fix."""
    source = USES + f"app.config['{key}'] = 'x'\n"
    (fix,) = fixes(UNKNOWN, source)
    assert fix is not None
    assert not fix.safe
    assert f"app.config['{meant}']" in fixed(UNKNOWN, source)


@pytest.mark.parametrize(
    "written",
    [
        "app.config['SQLALCHEMY_POOL_SIZE'] = 5",
        "app.config['SQLALCHEMY_COMMIT_ON_TEARDOWN'] = True",
        "app.config['SQLALCHEMY_NATIVE_UNICODE'] = True",
        "app.config['MAIL_QQQQQQQQQQQQQQ'] = True",
        "app.config['RATELIMIT_STORAGE_URL'] = 'x'\napp.config['RATELIMIT_STORAGE_URI'] = 'y'",
        "app.config['A'] = app.config['RATELIMIT_STORAGE_URL'] = 'x'",
        "K = 'RATELIMIT_STORAGE_URL'\napp.config[K] = 'x'",
        "app.config.setdefault('RATELIMIT_STORAGE_URL', 'x')",
        "class Config:\n    @property\n    def RATELIMIT_STORAGE_URL(self):\n        return 'x'\napp.config.from_object(Config())",
    ],
)
def test_keys_that_stay(written: str) -> None:
    """A removed key, one beside its new name, and one whose name is not spelt out where it is written: no fix."""
    assert not any(fixes(UNKNOWN, USES + written + "\n"))


def test_a_renamed_key_below_the_binding() -> None:
    """A key that is written after the extension has been bound has no effect under its right name either: unsafe."""
    source = USES + "flask_limiter.Limiter(app=app)\napp.config['RATELIMIT_GLOBAL'] = 'x'\n"
    (fix,) = fixes(UNKNOWN, source)
    assert fix is not None
    assert (fix.safe, "after the extension" in fix.changes) == (False, True)


def test_headers_that_nothing_read_close_the_app() -> None:
    """`CORS_HEADERS` let every header in while nothing read it; under its new name it lets in those it names: unsafe."""
    (fix,) = fixes(UNKNOWN, USES + "app.config['CORS_HEADERS'] = 'Content-Type'\n")
    assert fix is not None
    assert (fix.safe, "closes the app" in fix.changes) == (False, True)


# config/secret-in-source

SECRET = "config/secret-in-source"  # noqa: S105 - the name of a rule
HEAD = "import os\nfrom flask import Flask\napp = Flask('a')\n"


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("app.config['SECRET_KEY'] = 'a-secret-of-ours'", "app.config['SECRET_KEY'] = os.environ['SECRET_KEY']\n"),
        ("app.secret_key = 'a-secret-of-ours'", "app.secret_key = os.environ['SECRET_KEY']\n"),
        (
            "app.config['SECRET_KEY'] = os.environ.get('SHOP_KEY', 'a-secret-of-ours')",
            "app.config['SECRET_KEY'] = os.environ['SHOP_KEY']\n",
        ),
        (
            "app.config['SECRET_KEY'] = os.environ.get('SHOP_KEY') or 'a-secret-of-ours'",
            "app.config['SECRET_KEY'] = os.environ['SHOP_KEY']\n",
        ),
        ("KEY = 'a-secret-of-ours'\napp.config['SECRET_KEY'] = KEY", "KEY = os.environ['SECRET_KEY']\n"),
    ],
)
def test_a_secret_comes_from_the_environment(written: str, expected: str) -> None:
    """A literal gives way to the variable, by an unsafe fix that does not tell the literal."""
    source = HEAD + written + "\n"
    (fix,) = fixes(SECRET, source)
    assert fix is not None
    assert not fix.safe
    assert "a-secret" not in f"{fix.title} {fix.changes} {fix.intends}"
    assert expected in fixed(SECRET, source)


def test_the_import_comes_with_it() -> None:
    """Where the module does not know the environment, it is imported."""
    files = {
        "app.py": "from flask import Flask\nimport keys\napp = Flask('a')\napp.config['SECRET_KEY'] = keys.KEY\n",
        "keys.py": "KEY = 'a-secret-of-ours'\n",
    }
    assert fixed_files(SECRET, files)["keys.py"] == "import os\n\nKEY = os.environ['SECRET_KEY']\n"


@pytest.mark.parametrize(
    "written",
    [
        "app.config['SECRET_KEY'] = 'a-secret-of-ours' if app.debug else os.environ['SECRET_KEY']",
        "app.config['SECRET_KEY'] = 'a-secret-' + 'of-ours'",
        "def create(key='a-secret-of-ours'):\n    app.config['SECRET_KEY'] = key",
        "app.config['SECRET_KEY'] = ('a-secret-of-ours' or 'x') + ''",
        "app.config['SECRET_KEY'] = os.environ.get('A B', 'a-secret-of-ours')",
        "app.config['SECRET_KEY'] = 'a-secret-of-ours'\napp.config.from_pyfile('local.cfg')",
        "KEY = 'a-secret-' + 'of-ours'\napp.config['SECRET_KEY'] = KEY",
        "app.config['SECRET_KEY'] = os.environ.get('X') or ('a-secret' + '-of-ours')",
    ],
)
def test_secrets_that_stay(written: str) -> None:
    """A branch, a text that is put together, or one that may be overridden: no fix."""
    found = fixes(SECRET, HEAD + written + "\n")
    assert found
    assert not any(found)


def test_a_password() -> None:
    """A password is read from the variable that the code reads already, else from one that is named as its key."""
    source = HEAD + "app.config['MAIL_PASSWORD'] = 'hunter2hunter2'\n"
    assert "os.environ['MAIL_PASSWORD']" in fixed("config/password-in-source", source)
    source = HEAD + "app.config['SQLALCHEMY_DATABASE_URI'] = os.getenv('DB', 'postgresql://a:hunter2@db.internal/x')\n"
    assert "= os.environ['DB']\n" in fixed("config/password-in-source", source)
