"""Signing keys in the source."""

from __future__ import annotations

import pytest

from tests.support import findings, lines

RULE = "config/secret-in-source"
HEAD = "import os\nfrom flask import Flask\napp = Flask(__name__)\n"


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ('app.config["SECRET_KEY"] = "abc"', "error"),
        ('app.config["JWT_SECRET_KEY"] = b"abc"', "error"),
        ('app.secret_key = "abc"', "error"),
        ('app.config.update(SECRET_KEY="abc")', "error"),
        ('app.config.update({"SECRET_KEY": "abc"})', "error"),
        ('app.config.from_mapping(SECRET_KEY="abc", DEBUG=True)', "error"),
        ('app.config["SECRET_KEY_FALLBACKS"] = ["abc"]', "error"),
        ('app.config["SECURITY_TOTP_SECRETS"] = {"1": "abc"}', "error"),
        ('app.config["TOKEN_SECRET_KEY"] = "a" + "b"', "error"),
        ('app.config["JWT_PRIVATE_KEY"] = "-----BEGIN EC PRIVATE KEY-----"', "error"),
        ('app.config["SECRET_KEY"] = "abc" if app.testing else "def"', "error"),
        ('app.config["SECRET_KEY"] = os.environ.get("KEY", "abc")', "warning"),
        ('app.config["SECRET_KEY"] = os.getenv("KEY") or "abc"', "warning"),
        ('app.config["SECRET_KEY"] = os.environ.get("A") or os.environ.get("B") or "abc"', "warning"),
        ('app.config["SECRET_KEY"] = os.environ.get(name(), "abc")', "warning"),
        ('app.config.setdefault("SECRET_KEY", "abc")', "warning"),
        ('app.config["SECRET_KEY"] = "abc" if local else unseen()', "note"),
        ('if app.debug: app.config["SECRET_KEY"] = "abc"', "note"),
        ('if os.environ.get("FLASK_ENV") == "development": app.config["SECRET_KEY"] = "abc"', "note"),
        ('if mode() == "dev": app.config["SECRET_KEY"] = "abc"', "note"),
        ('if app.env == wanted: app.config["SECRET_KEY"] = "abc"', "note"),
        ('if first: app.config["SECRET_KEY"] = "abc"', "error"),
    ],
)
def test_direct_writes(text: str, level: str) -> None:
    """A literal that is written to the config is found in every spelling, at the level of how sure it is."""
    assert lines(RULE, HEAD + text) == [f"app.py:4 {level}"]


def test_a_file_that_is_loaded_later_makes_it_a_note() -> None:
    """A default that a file may replace is a note, as in Flask's own tutorial; one that is loaded before is not."""
    text = """
        from flask import Flask
        def create_app(test_config=None):
            app = Flask(__name__)
            app.config.from_mapping(SECRET_KEY="dev")
            if test_config is None:
                app.config.from_pyfile("config.py", silent=True)
            else:
                app.config.from_mapping(test_config)
            return app
        """
    assert lines(RULE, text) == ["app.py:4 note"]
    before = HEAD + 'app.config.from_envvar("SETTINGS")\napp.config["SECRET_KEY"] = "abc"\n'
    assert lines(RULE, before) == ["app.py:5 error"]
    files = {
        "app.py": 'from flask import Flask\nfrom more import more\napp = Flask(__name__)\napp.secret_key = "abc"\nmore(app)\n',
        "more.py": 'def more(app):\n    app.config.from_envvar("SETTINGS")\n',
    }
    assert lines(RULE, files) == ["app.py:4 note"]
    either = HEAD + 'app.secret_key = "abc"\nif cls:\n    app.config.from_object(cls)\n'
    assert lines(RULE, either) == ["app.py:4 error"]


CLASSES = """
import os
from flask import Flask
class Config:
    SECRET_KEY = {base}
class ProductionConfig(Config):
    {production}
class DevelopmentConfig(Config):
    {development}
class TestingConfig(Config):
    {testing}
configs = {{"production": ProductionConfig, "development": DevelopmentConfig, "testing": TestingConfig}}
def create_app():
    app = Flask(__name__)
    app.config.from_object(configs[{chosen}])
    return app
""".lstrip()


@pytest.mark.parametrize(
    ("base", "production", "development", "testing", "chosen", "told"),
    [
        ('"abc"', "X = 1", "X = 1", "X = 1", 'os.environ["MODE"]', ["app.py:4 error"]),
        ('os.environ.get("K", "abc")', "X = 1", "X = 1", "X = 1", 'os.environ["MODE"]', ["app.py:4 warning"]),
        ('"abc"', 'SECRET_KEY = os.environ["K"]', "X = 1", "X = 1", 'os.environ["MODE"]', []),
        (
            '"abc"',
            'SECRET_KEY = os.environ["K"]',
            "X = 1",
            "X = 1",
            'os.getenv("MODE", "development")',
            ["app.py:4 error"],
        ),
        ('os.environ["K"]', "X = 1", 'SECRET_KEY = "dev"', "X = 1", 'os.environ["MODE"]', []),
        ('os.environ["K"]', "X = 1", 'SECRET_KEY = "dev"', "X = 1", 'os.getenv("MODE", "production")', []),
        (
            'os.environ["K"]',
            "X = 1",
            'SECRET_KEY = "dev"',
            "X = 1",
            'os.getenv("MODE", "development")',
            ["app.py:8 error"],
        ),
        (
            'os.environ["K"]',
            'SECRET_KEY = "live"',
            "X = 1",
            "X = 1",
            'os.getenv("MODE", "development")',
            ["app.py:6 error"],
        ),
        ('os.environ["K"]', "X = 1", "X = 1", 'SECRET_KEY = "test"', 'os.environ["MODE"]', []),
    ],
)
def test_classes_are_judged_by_what_the_app_runs_with(
    base: str, production: str, development: str, testing: str, chosen: str, told: list[str]
) -> None:
    """A literal counts in the default and in the production class, inherited or not, and nowhere else."""
    text = CLASSES.format(base=base, production=production, development=development, testing=testing, chosen=chosen)
    assert lines(RULE, text) == told


def test_settings_that_nothing_visible_loads() -> None:
    """A class or module of settings that is not seen to be loaded is a warning; spare and test classes are silent."""
    files = {
        "settings.py": 'SECRET_KEY = "abc"\n',
        "conf/classes.py": 'class Config:\n    SECRET_KEY = "abc"\nclass DevelopmentConfig:\n    SECRET_KEY = "dev"\n',
    }
    assert lines(RULE, files) == ["conf/classes.py:2 warning", "settings.py:1 warning"]
    base = 'class Config:\n    SECRET_KEY = "abc"\nclass LiveConfig(Config):\n    SECRET_KEY = unseen()\n'
    assert lines(RULE, {"conf.py": base}) == []


SPARE = {
    "app.py": "from flask import Flask\napp = Flask(__name__)\napp.config.from_pyfile('instance/sqlite.py')\n",
    "instance/sqlite.py": 'SECRET_KEY = "abc"\n',
}


@pytest.mark.parametrize(
    "text",
    ['SECRET_KEY = "abc"\n', 'import os\nSECRET_KEY = os.environ.get("K", "abc")\n'],
)
def test_a_settings_file_beside_the_one_that_is_loaded(text: str) -> None:
    """A file of settings that nothing visible loads is a note where its neighbour is loaded, and says so."""
    found = findings(RULE, {**SPARE, "instance/config.py": text})
    assert [(one.place.path, one.level.name) for one in found] == [
        ("instance/config.py", "note"),
        ("instance/sqlite.py", "error"),
    ]
    assert found[0].message.endswith("in a file of settings that nothing visible loads")


@pytest.mark.parametrize(
    ("files", "told"),
    [
        ({**SPARE, "config.py": 'SECRET_KEY = "abc"\n'}, ["config.py:1 warning", "instance/sqlite.py:1 error"]),
        (
            {
                "app.py": SPARE["app.py"].replace("instance/sqlite", "instance/config"),
                "instance/config.py": 'SECRET_KEY = "abc"\n',
            },
            ["instance/config.py:1 error"],
        ),
        (
            {**SPARE, "instance/config.py": 'class Config:\n    SECRET_KEY = "abc"\n'},
            ["instance/config.py:2 warning", "instance/sqlite.py:1 error"],
        ),
        (
            {
                "instance/config.py": 'SECRET_KEY = "abc"\n',
                "instance/testing.py": "A = 1\n",
                "tests/conftest.py": "from flask import Flask\nFlask('a').config.from_pyfile('instance/testing.py')\n",
            },
            ["instance/config.py:1 warning"],
        ),
    ],
)
def test_settings_files_that_may_be_the_ones_that_count(files: dict[str, str], told: list[str]) -> None:
    """A file in another folder, one that is loaded, a class, and one beside a test's are what they were."""
    assert lines(RULE, files) == told


def test_settings_of_an_instance() -> None:
    """``self.SECRET_KEY = ...`` in a class of settings belongs to the class."""
    text = """
        import os
        class BaseConfig:
            def __init__(self):
                self.SECRET_KEY = os.environ.get("SECRET_KEY", "abc")
        """
    (found,) = findings(RULE, {"config.py": text})
    assert (found.place.line, found.level.name) == (4, "warning")
    assert "`SECRET_KEY` of `BaseConfig`" in found.message


def test_one_literal_for_two_keys_is_told_once_where_it_stands() -> None:
    """A literal that goes through a wrapper and a variable is reported where it is stated, with both keys."""
    text = """
        import os
        from flask import Flask
        def get_secret(name, default=None):
            path = os.environ.get(name + "_FILE")
            if path:
                return open(path).read()
            return os.environ.get(name, default)
        app = Flask(__name__)
        key = get_secret("JWT_SECRET_KEY", "abc")
        app.config["SECRET_KEY"] = key
        app.config["JWT_SECRET_KEY"] = key
        """
    (found,) = findings(RULE, text)
    assert (found.place.line, found.level.name) == (9, "warning")
    assert "`JWT_SECRET_KEY` and `SECRET_KEY` are one literal" in found.message
    assert [one.place.line for one in found.related] == [10, 11]


def test_the_secret_is_never_printed() -> None:
    """Neither message nor help shows the literal."""
    for text in ('app.secret_key = "hunter2"', 'app.secret_key = os.environ.get("K") or "hunter2"'):
        (found,) = findings(RULE, HEAD + text)
        assert "hunter2" not in found.message + found.help + found.symbol


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('app.secret_key = "a"', "is a literal in the source"),
        ('app.secret_key = os.environ.get("K", "a")', "where the environment does not set `K`"),
        ('app.config.setdefault("SECRET_KEY", "a")', "where nothing else is set"),
        ('if app.debug: app.secret_key = "a"', "in one of the branches"),
        ('app.secret_key = "a"\napp.config.from_envvar("X")', "replaces it"),
    ],
)
def test_the_message_says_how_sure_it_is(text: str, words: str) -> None:
    """Each way has a sentence of its own."""
    assert words in findings(RULE, HEAD + text)[0].message


@pytest.mark.parametrize(
    "text",
    [
        'app.config["SECRET_KEY"] = os.environ["SECRET_KEY"]',
        'app.config["SECRET_KEY"] = os.environ.get("SECRET_KEY")',
        'app.config["SECRET_KEY"] = os.environ.get("SECRET_KEY", "")',
        'app.config["SECRET_KEY"] = os.environ.get("SECRET_KEY", None)',
        'app.config["SECRET_KEY"] = os.urandom(24)',
        'import secrets; app.config["SECRET_KEY"] = os.environ.get("K") or secrets.token_hex(32)',
        'import uuid; app.config["SECRET_KEY"] = str(uuid.uuid4())',
        'app.config["SECRET_KEY"] = open("secret").read()',
        'app.config["SECRET_KEY"] = ""',
        'app.config["SECRET_KEY"] = None',
        'app.config["JWT_PRIVATE_KEY"] = "keys/private.pem"',
        'app.config["SECURITY_PASSWORD_SALT"] = "abc"',
        'app.config["CLIENT_ID"] = "abc"',
        'app.config["JWT_SECRET_KEY_NAME"] = "abc"',
        'app.config["SECRET_KEY"] = "abc"\napp.config["SECRET_KEY"] = os.environ["SECRET_KEY"]',
        'app.config["SECRET_KEY"] = app.config["OTHER"]',
        'request = {}\nrequest["SECRET_KEY"] = "abc"',
        'SECRET_KEY = "abc"',
        'app.config[key()] = "abc"',
        "app.config.update(unseen())",
        'def create_test_app():\n    app = Flask(__name__)\n    app.config["SECRET_KEY"] = "abc"\n    return app',
    ],
)
def test_stays_silent(text: str) -> None:
    """What is read, drawn at random, empty, replaced, for tests, or no signing key is not reported."""
    assert lines(RULE, HEAD + text) == []


@pytest.mark.parametrize(
    ("second", "level"),
    [
        ('app.config.setdefault("SECRET_KEY", os.environ["SECRET_KEY"])', "error"),
        ('if "SECRET_KEY" in os.environ:\n    app.config["SECRET_KEY"] = os.environ["SECRET_KEY"]', "warning"),
        ('app.config["SECRET_KEY"] = ""', "error"),
    ],
)
def test_a_second_write_that_need_not_happen(second: str, level: str) -> None:
    """A literal stays the key where the second write is conditional; it is then what stands in for a variable."""
    assert lines(RULE, f'{HEAD}app.config["SECRET_KEY"] = "abc"\n{second}\n') == [f"app.py:4 {level}"]


@pytest.mark.parametrize("library", ["pydantic", "pydantic_settings"])
def test_settings_of_pydantic_read_the_environment(library: str) -> None:
    """An attribute of BaseSettings is a fallback for the variable of its name."""
    text = (
        f"from flask import Flask\nfrom {library} import BaseSettings\nclass Settings(BaseSettings):\n"
        '    SECRET_KEY: str = "abc"\napp = Flask(__name__)\napp.config.from_object(Settings())\n'
    )
    assert lines(RULE, text) == ["app.py:4 warning"]


def test_an_except_without_a_type() -> None:
    """A literal in the handler of a failed read is the key wherever the read fails."""
    text = HEAD + 'try: app.secret_key = open("key").read()\nexcept: app.secret_key = "abc"\n'
    assert lines(RULE, text) == ["app.py:5 error"]


def test_a_write_in_another_function_does_not_replace_it() -> None:
    """Whether a write elsewhere comes later cannot be told."""
    more = 'def more():\n    app.config["SECRET_KEY"] = os.environ["SECRET_KEY"]\n'
    assert lines(RULE, f'{HEAD}app.config["SECRET_KEY"] = "abc"\n{more}') == ["app.py:4 error"]


def test_production_that_refuses_to_start_makes_it_a_note() -> None:
    """A development literal beside a check that raises in production is a note."""
    text = """
        import os
        class Config:
            SECRET_KEY = os.environ.get("SECRET_KEY")
            if not SECRET_KEY:
                if os.environ.get("FLASK_ENV") == "production":
                    raise ValueError("SECRET_KEY is not set")
                SECRET_KEY = "dev"
        """
    assert lines(RULE, {"config.py": text}) == ["config.py:7 note"]


def test_branch_of_a_class_beside_a_read_is_a_fallback() -> None:
    """if/else over an environment variable in a class is a fallback."""
    text = """
        import os
        class Config:
            if os.environ.get("SECRET_KEY"):
                SECRET_KEY = os.environ.get("SECRET_KEY")
            else:
                SECRET_KEY = "NOT SET"
        """
    assert lines(RULE, {"config.py": text}) == ["config.py:6 warning"]


def test_salt_of_flask_security_signs_passwords() -> None:
    """SECURITY_PASSWORD_SALT is a key where Flask-Security reads it."""
    text = HEAD + 'import flask_security\napp.config["SECURITY_PASSWORD_SALT"] = "abc"'
    assert lines(RULE, text) == ["app.py:5 error"]


def test_tests_are_no_suspects() -> None:
    """Keys in tests, and those that only a test's class or argument brings, are silent."""
    files = {
        "config.py": 'class TestingConfig:\n    SECRET_KEY = "abc"\nclass Custom:\n    def __init__(self, key):\n'
        "        self.SECRET_KEY = key\n",
        "app.py": "from flask import Flask\nfrom config import Custom, TestingConfig\n"
        "def create_app(config):\n    app = Flask(__name__)\n    app.config.from_object(config)\n    return app\n",
        "tests/test_app.py": "from config import Custom, TestingConfig\nfrom app import create_app\nclass Other(TestingConfig):\n"
        '    X = 1\ncreate_app(Other)\ncreate_app(Custom("abc"))\ncreate_app().config["SECRET_KEY"] = "abc"\n',
    }
    assert lines(RULE, files) == []


@pytest.mark.parametrize(
    ("text", "variable"),
    [
        ('app.config["JWT_SECRET_KEY"] = os.environ.get("SECRET_KEY", "a")', "JWT_SECRET_KEY"),
        ('app.config["JWT_SECRET_KEY"] = os.environ.get("SECRET_KEY") or "a"', "JWT_SECRET_KEY"),
        ('app.config["API_SECRET_KEY"] = "b"\napp.secret_key = os.environ.get("API_SECRET_KEY", "a")', "SECRET_KEY"),
        ('app.secret_key = os.environ.get("SHOP_SECRET", "a")', "SHOP_SECRET"),
    ],
)
def test_the_help_names_the_key_itself_where_it_borrows_another(text: str, variable: str) -> None:
    """A key that falls back to another key is to be read from a variable of its own; one that has a variable keeps it."""
    found = findings(RULE, HEAD + text)[-1]
    assert f'os.environ["{variable}"]' in found.help


@pytest.mark.parametrize(
    "body",
    [
        'if testing:\n    app.config["SECRET_KEY"] = "test"\nelse:\n    app.config.from_prefixed_env()',
        'if app.testing: app.secret_key = "test"',
        'if app.config["TESTING"]: app.config.update(SECRET_KEY="test")',
        'app.config["SECRET_KEY"] = "test" if app.testing else os.environ["SECRET_KEY"]',
        'app.config["SECRET_KEY"] = os.environ["SECRET_KEY"] if not testing else "test"',
    ],
)
def test_a_literal_of_a_testing_branch_is_silent(body: str) -> None:
    """What only a test run is given is a test config."""
    assert lines(RULE, HEAD + body) == []


@pytest.mark.parametrize(
    ("body", "level"),
    [
        ('if app.debug:\n    app.config.setdefault("SECRET_KEY", "dev")', "note"),
        (
            'if os.environ.get("CI"): app.secret_key = "ci"\nelse: app.config["SECRET_KEY"] = os.environ["SECRET_KEY"]',
            "note",
        ),
        ('app.secret_key = os.environ.get("K", "dev" if os.environ.get("FLASK_DEBUG") else None)', "note"),
        ('app.secret_key = None if os.environ.get("ENV") == "production" else "dev"', "note"),
        ('if flag: app.secret_key = "abc"\nelse: app.config.from_prefixed_env()', "note"),
        ('if flag: app.config.from_prefixed_env()\nelse: app.secret_key = "abc"', "note"),
        ('if flag: app.secret_key = "abc"\nelse: app.debug = False', "error"),
        ('app.secret_key = "abc" if flag else "def"', "error"),
        ('app.secret_key = not_seen(1 if app.debug else 2) or "abc"', "note"),
    ],
)
def test_a_literal_of_a_branch_that_production_does_not_take(body: str, level: str) -> None:
    """A literal for debug or CI runs, or beside a branch that loads what cannot be seen, fails no build."""
    found = findings(RULE, HEAD + body)
    assert {one.level.name for one in found} == {level}
    if level == "note":
        assert "in one of the branches" in found[0].message


@pytest.mark.parametrize(
    ("more", "level"),
    [
        ("try:\n    from local_settings import *\nexcept ImportError:\n    pass", "note"),
        ("from .local import SECRET_KEY", "note"),
        ("from instance.production import *", "note"),
        ("from local_settings import OTHER", "error"),
        ("from flask import *", "error"),
        ("from own_settings import *", "error"),
    ],
)
def test_settings_that_are_imported_over_a_literal(more: str, level: str) -> None:
    """A star import of settings that are not in the project may replace a literal above it."""
    files = {
        "app.py": 'from flask import Flask\napp = Flask(__name__)\napp.config.from_object("cfg")\n',
        "cfg.py": f'SECRET_KEY = "change"\n{more}\n',
        "own_settings.py": "DEBUG = False\n",
    }
    assert lines(RULE, files) == [f"cfg.py:1 {level}"]


def test_settings_that_are_imported_before_a_literal_do_not_replace_it() -> None:
    """A literal below the star import is what counts."""
    files = {
        "app.py": 'from flask import Flask\napp = Flask(__name__)\napp.config.from_object("cfg")\n',
        "cfg.py": 'from local_settings import *\nSECRET_KEY = "change"\n',
    }
    assert lines(RULE, files) == ["cfg.py:2 error"]


REFUSING = """
import os, sys
from flask import Flask
OLD = "dev"
class Config:
    SECRET_KEY = os.environ.get("SECRET_KEY", "dev")
def create_app():
    app = Flask(__name__)
    app.config.from_object(Config)
    {check}
    return app
"""


@pytest.mark.parametrize(
    ("check", "level"),
    [
        ('if not app.debug and app.config["SECRET_KEY"] == "dev": raise RuntimeError("set it")', "note"),
        ('if app.config["SECRET_KEY"] in ("dev", "change"): raise RuntimeError("set it")', "note"),
        ('if app.config["SECRET_KEY"] == OLD: sys.exit("set it")', "note"),
        ('if app.secret_key == "dev":\n        if not app.debug: raise RuntimeError("set it")', "note"),
        ('if app.config["SECRET_KEY"] == "dev": print("set it")', "warning"),
        ('if app.config["SECRET_KEY"] == "change": raise RuntimeError("set it")', "warning"),
        ('if app.config["SECRET_KEY"] == unseen: raise RuntimeError("set it")', "warning"),
        ('if app.config["MODE"] == "dev": raise RuntimeError("no")', "warning"),
        ('if not app.config["SECRET_KEY"]: raise RuntimeError("set it")', "warning"),
    ],
)
def test_a_default_that_the_factory_refuses(check: str, level: str) -> None:
    """A default with which a check refuses to go on is a note."""
    (found,) = findings(RULE, REFUSING.format(check=check))
    assert found.level.name == level
    assert ("a check refuses" in found.message) is (level == "note")


def test_a_refusal_in_a_test_says_nothing() -> None:
    """A test that compares the key is no check of the app."""
    text = 'import app\ndef test_key():\n    if app.app.secret_key == "dev": raise AssertionError\n'
    files = {"app.py": REFUSING.format(check="pass"), "tests/test_key.py": text}
    assert lines(RULE, files) == ["app.py:5 warning"]
