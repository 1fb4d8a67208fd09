from __future__ import annotations

import pytest

from tests.support import findings, lines

RULE = "app/test-override-after-bind"
FACTORY = """
    import os
    from flask import Flask
    from flask_sqlalchemy import SQLAlchemy

    db = SQLAlchemy()

    def create_app(config=None):
        app = Flask(__name__)
        app.config["SQLALCHEMY_DATABASE_URI"] = os.environ["DATABASE_URL"]
        app.config.update(config or {})
        db.init_app(app)
        return app
"""
MODULE = """
    import os
    from flask import Flask
    from flask_sqlalchemy import SQLAlchemy

    app = Flask(__name__)
    app.config["SQLALCHEMY_DATABASE_URI"] = os.environ["DATABASE_URL"]
    db = SQLAlchemy(app)
"""
URI = "SQLALCHEMY_DATABASE_URI"


def marked(path: str, code: str) -> list[str]:
    """Return what is to be found: the lines that end in ``# here``."""
    return [f"{path}:{at} error" for at, line in enumerate(code.splitlines(), 1) if line.endswith("# here")]


@pytest.mark.parametrize(
    "code",
    [
        (
            f"import pytest\nfrom shop import create_app\n@pytest.fixture\ndef app():\n    app = create_app()\n"
            f"    app.config['{URI}'] = 'sqlite://'  # here\n    yield app\n"
        ),
        f"from shop import create_app\ndef test_it():\n    app = create_app()\n    app.config.update({URI}='sqlite://')  # here\n",
        (
            f"from shop import create_app\ndef test_it():\n    app = create_app()\n"
            f"    app.config.update({{'TESTING': True, '{URI}': 'sqlite://'}})  # here\n"
        ),
        (
            f"import unittest\nfrom shop import create_app\nclass T(unittest.TestCase):\n    def setUp(self):\n"
            f"        self.app = create_app()\n        self.app.config['{URI}'] = 'sqlite://'  # here\n"
        ),
        (
            f"import unittest\nfrom shop import create_app\nclass T(unittest.TestCase):\n    def setUp(self):\n"
            f"        self.app = create_app()\n    def test_it(self):\n        self.app.config['{URI}'] = 'sqlite://'  # here\n"
        ),
        (
            f"class TestConfig:\n    {URI} = 'sqlite://'\nfrom shop import create_app\ndef test_it():\n"
            f"    app = create_app()\n    app.config.from_object(TestConfig)  # here\n"
        ),
        (
            f"import pytest\nfrom shop import create_app\n@pytest.fixture\ndef app():\n    return create_app()\n"
            f"@pytest.fixture\ndef client(app):\n    app.config['{URI}'] = 'sqlite://'  # here\n    return app.test_client()\n"
        ),
        (
            f"import pytest\nfrom shop import create_app\n@pytest.fixture(name='app')\ndef made():\n    yield create_app()\n"
            f"def test_it(app):\n    app.config['{URI}'] = 'sqlite://'  # here\n"
        ),
        f"from shop import create_app\napp = create_app('development')\napp.config['{URI}'] = 'sqlite://'  # here\n",
        "from shop import create_app\ndef test_it():\n    app = create_app()\n    app.config['SQLALCHEMY_BINDS'] = {}  # here\n",
        f"def test_it():\n    from shop import create_app\n    app = create_app()\n    app.config['{URI}'] = 'sqlite://'  # here\n",
    ],
)
def test_an_override_after_the_factory(code: str) -> None:
    """The database is set on an app that the factory has bound already: in fixtures, `setUp` and tests."""
    assert lines(RULE, {"shop/__init__.py": FACTORY, "tests/test_it.py": code}) == marked("tests/test_it.py", code)


@pytest.mark.parametrize(
    "code",
    [
        f"import pytest\nfrom app import app\n@pytest.fixture\ndef client():\n    app.config['{URI}'] = 'sqlite://'  # here\n",
        f"import app\ndef test_it():\n    app.app.config['{URI}'] = 'sqlite://'  # here\n",
        f"from app import app\napp.config['{URI}'] = 'sqlite://'  # here\n",
        (
            f"from flask_testing import TestCase\nfrom app import app\nclass T(TestCase):\n    def create_app(self):\n"
            f"        app.config['{URI}'] = 'sqlite://'  # here\n        return app\n"
        ),
    ],
)
def test_an_override_of_a_module_s_app(code: str) -> None:
    """An app that was bound when it was imported is too late to be configured by a test."""
    assert lines(RULE, {"app.py": MODULE, "test_app.py": code}) == marked("test_app.py", code)


def test_a_fixture_in_conftest() -> None:
    """A fixture of the nearest conftest is followed to the test that overrides."""
    files = {
        "shop/__init__.py": FACTORY,
        "tests/conftest.py": "import pytest\nfrom shop import create_app\n@pytest.fixture\ndef app():\n    return create_app()\n",
        "tests/unit/test_it.py": f"def test_it(app):\n    app.config['{URI}'] = 'sqlite://'\n",
        "tests/unit/test_other.py": f"def test_it(bus):\n    bus.config['{URI}'] = 'sqlite://'\n",
    }
    assert lines(RULE, files) == ["tests/unit/test_it.py:2 error"]


def test_drop_all_makes_it_worse() -> None:
    """Where the tests drop all tables, the message and a related place say so."""
    code = f"from shop import create_app, db\ndef test_it():\n    app = create_app()\n    app.config['{URI}'] = 'sqlite://'\n"
    files = {"shop/__init__.py": FACTORY, "tests/test_it.py": code + "    db.drop_all()\n"}
    (one,) = findings(RULE, files)
    assert "`drop_all()` empties it" in one.message
    assert [each.place.line for each in one.related] == [11, 5]
    (two,) = findings(RULE, {"shop/__init__.py": FACTORY, "tests/test_it.py": code})
    assert "drop_all" not in two.message


@pytest.mark.parametrize(
    "code",
    [
        f"from shop import create_app\ndef test_it():\n    app = create_app({{'{URI}': 'sqlite://'}})\n    app.config['{URI}'] = 'sqlite://'\n",
        f"from shop import create_app\ndef test_it():\n    app = create_app('testing')\n    app.config['{URI}'] = 'sqlite://'\n",
        (
            f"from shop import create_app\nfrom config import TestConfig\ndef test_it():\n    app = create_app(TestConfig)\n"
            f"    app.config['{URI}'] = 'sqlite://'\n"
        ),
        f"from shop import create_app\ndef test_it():\n    app = create_app(testing=True)\n    app.config['{URI}'] = 'sqlite://'\n",
        (
            f"import os\nos.environ['DATABASE_URL'] = 'sqlite://'\nfrom shop import create_app\ndef test_it():\n    app = create_app()\n"
            f"    app.config['{URI}'] = 'sqlite://'\n"
        ),
        (
            f"import os\nos.environ.setdefault('DATABASE_URL', 'sqlite://')\nfrom shop import create_app\ndef test_it():\n    app = create_app()\n"
            f"    app.config['{URI}'] = 'sqlite://'\n"
        ),
        (
            f"import os\nos.environ.update(DATABASE_URL='sqlite://')\nfrom shop import create_app\ndef test_it():\n    app = create_app()\n"
            f"    app.config['{URI}'] = 'sqlite://'\n"
        ),
        (
            f"from shop import create_app\ndef test_it(monkeypatch):\n    monkeypatch.setenv('APP_ENV', 'x')\n    app = create_app()\n"
            f"    app.config['{URI}'] = 'sqlite://'\n"
        ),
        (
            f"import os\nfrom unittest.mock import patch\nfrom shop import create_app\n@patch('x')\ndef test_it():\n"
            f"    with patch.dict(os.environ, {{'DATABASE_URL': 'sqlite://'}}):\n        app = create_app()\n    app.config['{URI}'] = 'sqlite://'\n"
        ),
        f"from shop import create_app, db\ndef test_it():\n    app = create_app()\n    app.config['{URI}'] = 'sqlite://'\n    db.init_app(app)\n",
        (
            f"from shop import create_app, db\ndef test_it():\n    app = create_app()\n    app.config['{URI}'] = 'sqlite://'\n"
            "    db.engines[None] = object()\n"
        ),
        (
            f"from flask import Flask\nfrom shop import db\ndef test_it():\n    app = Flask('t')\n    app.config['{URI}'] = 'sqlite://'\n"
            "    db.init_app(app)\n"
        ),
        "from shop import create_app\ndef test_it():\n    app = create_app()\n    app.config['TESTING'] = True\n",
        "from shop import create_app\ndef test_it():\n    app = create_app()\n    app.config['MAIL_SERVER'] = 'mx'\n",
        f"from shop import create_app\ndef test_it():\n    app = create_app()\n    assert app.config['{URI}'] == 'sqlite://'\n",
        f"from flask import Flask\nfrom shop import create_app\ndef test_it():\n    create_app()\n    app = Flask('t')\n    app.config['{URI}'] = 'x'\n",
        f"from somewhere import make\ndef test_it():\n    app = make()\n    app.config['{URI}'] = 'sqlite://'\n",
        f"import pytest\n@pytest.fixture\ndef app(app):\n    app.config['{URI}'] = 'sqlite://'\n    return app\n",
    ],
)
def test_overrides_in_time_or_without_harm(code: str) -> None:
    """A config given to the factory, the environment, a new binding and what cannot be followed are left alone."""
    assert lines(RULE, {"shop/__init__.py": FACTORY, "tests/test_it.py": code}) == []


def test_a_base_class_makes_the_app() -> None:
    """What ``super().setUp()`` of a base class binds is bound before the override."""
    code = (
        "from shop import create_app\nclass Base:\n    def setUp(self):\n        self.app = create_app()\nclass T(Base):\n"
        f"    def setUp(self):\n        super().setUp()\n        self.app.config['{URI}'] = 'sqlite://'  # here\n"
    )
    assert lines(RULE, {"shop/__init__.py": FACTORY, "tests/test_it.py": code}) == marked("tests/test_it.py", code)


def test_an_environment_variable_that_says_nothing() -> None:
    """Another environment variable is no excuse."""
    code = (
        "import os\nos.environ['LANG'] = 'C'\nfrom shop import create_app\ndef test_it(monkeypatch):\n"
        f"    monkeypatch.setenv('PORT', '1')\n    app = create_app()\n    app.config['{URI}'] = 'sqlite://'  # here\n"
    )
    assert lines(RULE, {"shop/__init__.py": FACTORY, "tests/test_it.py": code}) == marked("tests/test_it.py", code)


def test_flask_sqlalchemy_2_reads_it() -> None:
    """Under a pinned Flask-SQLAlchemy 2 the override is read with the first query."""
    code = (
        f"from shop import create_app\ndef test_it():\n    app = create_app()\n    app.config['{URI}'] = 'sqlite://'\n"
    )
    files = {"shop/__init__.py": FACTORY, "tests/test_it.py": code, "requirements.txt": "Flask-SQLAlchemy==2.5.1\n"}
    assert lines(RULE, files) == []


def test_code_outside_tests_is_another_rule_s() -> None:
    """The same order in code that is no test is not said here."""
    code = f"from shop import create_app\napp = create_app()\napp.config['{URI}'] = 'sqlite://'\n"
    assert lines(RULE, {"shop/__init__.py": FACTORY, "seed.py": code}) == []
