"""What the tests share: an app of its own for each, on a fresh SQLite database, with everything in one process."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from flask_migrate import upgrade

from shop import create_app
from shop.extensions import db
from shop.settings import Settings

SECRET = "test-secret-test-secret-test-secret-0123"

MakeApp = Callable[..., APIFlask]


def pytest_addoption(parser: pytest.Parser, pluginmanager: pytest.PytestPluginManager) -> None:
    """Know the options of Keck's plugin, which `pyproject.toml` sets, also where Keck is not installed."""
    if not pluginmanager.hasplugin("keck"):
        for name in ("keck_database", "keck_context"):
            parser.addini(name, "Keck reads it")


@pytest.fixture(scope="session")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file with all revisions applied; tests copy it."""
    path = tmp_path_factory.mktemp("database") / "shop.db"
    app = create_app(settings(database_url=f"sqlite:///{path}"))
    with app.app_context():
        upgrade()
        db.engine.dispose()  # the last connection to close puts everything into the one file
    return path


def settings(**values: Any) -> Settings:  # noqa: ANN401 - any setting
    """Settings for tests: cheap hashes, no limits unless asked for, nothing from the environment's `.env`."""
    cheap: dict[str, Any] = {
        "argon2_time_cost": 1,
        "argon2_memory_kib": 8,
        "limits_enabled": False,
        "log_format": "console",
        "mail_delivery": "none",  # with: mail
    }
    return Settings(_env_file=None, **{"jwt_secret_key": SECRET, **cheap, **values})


@pytest.fixture
def make_app(tmp_path: Path, database: Path) -> MakeApp:
    """Make an app on a copy of the database; keyword arguments are settings."""

    def make(**values: Any) -> APIFlask:  # noqa: ANN401 - any setting
        path = tmp_path / "shop.db"
        if not path.exists():
            path.write_bytes(database.read_bytes())
        places: dict[str, Any] = {
            "database_url": f"sqlite:///{path}",
            "mail_directory": tmp_path / "mail",  # with: mail
        }
        return create_app(settings(**{**places, **values}))

    return make


@pytest.fixture
def app(make_app: MakeApp) -> APIFlask:
    """The app with the settings for tests."""
    return make_app()


@pytest.fixture
def client(app: APIFlask) -> FlaskClient:
    """A client of `app`."""
    return app.test_client()
