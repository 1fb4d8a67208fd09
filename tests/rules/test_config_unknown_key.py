"""Config keys that nobody reads."""

from __future__ import annotations

import pytest

from tests.support import findings, lines

RULE = "config/unknown-key"
HEAD = """
import os
import flask_caching, flask_cors, flask_jwt_extended, flask_limiter, flask_mail, flask_sqlalchemy
from flask import Flask
app = Flask(__name__)
""".lstrip()


@pytest.mark.parametrize(
    ("text", "help"),
    [
        ('app.config["RATELIMIT_STORAGE_URL"] = "redis://a"', "use `RATELIMIT_STORAGE_URI`"),
        (
            'app.config["RATELIMIT_STORAGE_URL"] = os.environ.get("RATELIMIT_STORAGE_URL")',
            "use `RATELIMIT_STORAGE_URI`",
        ),
        ('app.config["RATELIMIT_STORAGE_URL"] = os.environ["RATELIMIT_STORAGE_URL"]', "use `RATELIMIT_STORAGE_URI`"),
        ('app.config.update({"CORS_ORIGIN": "https://a.example"})', "use `CORS_ORIGINS`"),
        ('app.config.from_mapping(CACHE_REDIS_URI="redis://a")', "use `CACHE_REDIS_URL`"),
        ('app.config.setdefault("MAIL_SENDER", "a@a.example")', "use `MAIL_DEFAULT_SENDER`"),
        ('app.config["DEFAULT_MAIL_SENDER"] = "a@a.example"', "use `MAIL_DEFAULT_SENDER`"),
        ('app.config["JWT_BLACKLIST_ENABLED"] = True', "register a `token_in_blocklist_loader`, and remove it"),
        ('app.config["SQLALCHEMY_COMMIT_ON_TEARDOWN"] = True', "call `db.session.commit()`, and remove it"),
        ('app.config["JWT_ACCES_TOKEN_EXPIRES"] = 60', "write `JWT_ACCESS_TOKEN_EXPIRES` if that is what is meant"),
        ('app.config["CACHE_WHOLLY_DIFFERENT"] = 60', "correct its name; if nothing else reads it"),
    ],
)
def test_fires(text: str, help: str) -> None:
    """A key that the extension does not read is reported with the one that it reads."""
    (found,) = findings(RULE, HEAD + text)
    assert (found.place.line, found.level.name) == (5, "warning")
    assert found.help.startswith(help)


def test_class_of_settings_and_development() -> None:
    """Keys in classes of settings count, in those for development too."""
    files = {
        "app.py": HEAD,
        "config.py": "class DevelopmentConfig:\n    CORS_ORIGIN = 1\nclass TestConfig:\n    CORS_ORIGIN = 1\n",
    }
    assert lines(RULE, files) == ["config.py:2 warning"]


@pytest.mark.parametrize(
    "text",
    [
        'app.config["RATELIMIT_STORAGE_URI"] = "redis://a"',
        'app.config["CORS_ORIGINS"] = "https://a.example"',
        'app.config["SQLALCHEMY_DATABASE_URI"] = "sqlite://"',
        'app.config["SECRET_KEY"] = os.urandom(8)',
        'app.config["MAILGUN_KEY"] = "x"',
        'app.config["MAIL_SUBJECT_PREFIX"] = "x"\ndef send(): return app.config["MAIL_SUBJECT_PREFIX"]',
        'app.config["MAIL_SUBJECT_PREFIX"] = "x"\ndef send(): return app.config.get("MAIL_SUBJECT_PREFIX")',
        'app.config["MAIL_SUBJECT_PREFIX"] = "x"\nimport settings\nprint(settings.MAIL_SUBJECT_PREFIX)',
        'app.config["JWT_OWN"] = 1\nif app.config["JWT_OWN"]: pass',
        'config = {"CORS_ORIGIN": 1}',
        'app.config["MAIL_BACKEND"] = "smtp"\nimport flask_mailman',
        'app.config["JWT_AUTH_URL_RULE"] = "/auth"\nimport flask_jwt',
        "app.config[key()] = 1",
        "app.config.from_prefixed_env()",
    ],
)
def test_stays_silent(text: str) -> None:
    """Keys that are read, by the extension, the project or another extension, are not reported."""
    assert lines(RULE, HEAD + text) == []


@pytest.mark.parametrize(
    "files",
    [
        {"app.py": 'from flask import Flask\napp = Flask(__name__)\napp.config["CORS_ORIGIN"] = 1\n'},
        {"app.py": HEAD, "tests/conftest.py": 'from app import app\napp.config["CORS_ORIGIN"] = 1\n'},
    ],
)
def test_other_projects(files: dict[str, str]) -> None:
    """A project that does not import the extension, and its tests, are not reported."""
    assert lines(RULE, files) == []


@pytest.mark.parametrize(
    ("key", "pin", "told"),
    [
        ("JWT_BLACKLIST_ENABLED", "Flask-JWT-Extended==3.25.0", 0),
        ("JWT_BLACKLIST_ENABLED", "Flask-JWT-Extended==4.7.4", 1),
        ("JWT_BLACKLIST_ENABLED", "Flask-JWT-Extended", 1),
        ("SQLALCHEMY_POOL_SIZE", "Flask-SQLAlchemy==2.5.1", 0),
        ("SQLALCHEMY_POOL_SIZE", "Flask-SQLAlchemy==3.1.1", 1),
        ("RATELIMIT_STORAGE_URL", "Flask-Limiter==1.4", 0),
        ("RATELIMIT_STORAGE_URI", "Flask-Limiter==1.4", 1),
        ("RATELIMIT_STORAGE_URI", "Flask-Limiter==4.1.1", 0),
        ("RATELIMIT_STORAGE_URI", "Flask-Limiter", 0),
    ],
)
def test_the_pinned_version_decides(key: str, pin: str, told: int) -> None:
    """A key that the pinned version still reads is silent, one that it does not read yet is told."""
    files = {"app.py": f'{HEAD}app.config["{key}"] = 1\n', "requirements.txt": pin + "\n"}
    assert len(lines(RULE, files)) == told


@pytest.mark.parametrize(
    "read",
    [
        '@limiter.limit(lambda: current_app.config["RATELIMIT_LOGIN"])\ndef view(): ...\n',
        '@limited(current_app.config["RATELIMIT_LOGIN"])\nclass View: ...\n',
        'def read(key="RATELIMIT_LOGIN"): return current_app.config[key]\n',
        'own = app.config.get_namespace("RATELIMIT_")\n',
        'own = [app.config[f"RATELIMIT_{one}"] for one in names]\n',
    ],
)
def test_a_key_that_the_project_reads_is_known(read: str) -> None:
    """A key read in a decorator, by a parameter's default or with all that begin alike is the project's own."""
    assert lines(RULE, HEAD + 'app.config["RATELIMIT_LOGIN"] = "5/minute"\n' + read) == []


def test_another_namespace_is_no_reading() -> None:
    """Keys that begin otherwise are not read with a namespace."""
    more = 'own = app.config.get_namespace("CACHE_")\n'
    assert lines(RULE, HEAD + 'app.config["RATELIMIT_LOGIN"] = "5/minute"\n' + more) == ["app.py:5 warning"]


@pytest.mark.parametrize(
    ("key", "level"),
    [("MAIL_FOOTER", "note"), ("MAIL_DEFAULT_SENDERS", "warning"), ("DEFAULT_MAIL_SENDER", "warning")],
)
@pytest.mark.parametrize(
    "more", ["from flask import render_template\n", 'import flask\ndef f(): return flask.render_template("a")\n']
)
def test_a_template_may_read_a_key_of_its_own(key: str, level: str, more: str) -> None:
    """Where templates are rendered, a key that resembles none of the extension's is a note."""
    (found,) = findings(RULE, f'{HEAD}app.config["{key}"] = "x"\n{more}')
    assert found.level.name == level
    assert not found.help.startswith("remove it")
