"""migrate/upgrade-silences-loggers: migrations in the app's own process whose environment disables its loggers."""

from __future__ import annotations

import pytest

from keck.live.record import Instance, LiveApp
from keck.rule import rules
from tests.rules.fixing import fixed_files
from tests.support import findings, lines

RULE = "migrate/upgrade-silences-loggers"

ENV = """
from logging.config import fileConfig
from alembic import context
config = context.config
{}
"""
APP = """
from flask import Flask
from flask_migrate import upgrade

def create_app():
    app = Flask(__name__)
    with app.app_context():
        {}
    return app
"""


def files(call: str = "upgrade()", env: str = "fileConfig(config.config_file_name)", **more: str) -> dict[str, str]:
    """Return an app with migrations."""
    return {"app.py": APP.format(call), "migrations/env.py": ENV.format(env), **more}


@pytest.mark.parametrize(
    "env",
    [
        "fileConfig(config.config_file_name)",
        "fileConfig(fname=config.config_file_name)",
        "if config.config_file_name is not None:\n    fileConfig(config.config_file_name)",
        "fileConfig(context.config.config_file_name, disable_existing_loggers=True)",
        "import logging.config\nlogging.config.fileConfig(config.config_file_name)",
    ],
)
def test_an_app_that_upgrades_itself(env: str) -> None:
    """A call of fileConfig in the environment of migrations that the factory runs is a warning."""
    (found,) = findings(RULE, files(env=env))
    assert (found.place.path, found.level.name) == ("migrations/env.py", "warning")
    assert found.related[0].place.path == "app.py"


@pytest.mark.parametrize("call", ["upgrade('migrations')", "upgrade(directory='db/migrations/')", "upgrade(where())"])
def test_of_the_same_directory(call: str) -> None:
    """A call that names the directory, or one that cannot be known, runs this environment."""
    assert lines(RULE, files(call)) == ["migrations/env.py:4 warning"]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("tests/conftest.py", "from flask_migrate import upgrade\ndef db():\n    upgrade()\n"),
        ("deploy.py", "from flask_migrate import upgrade\nupgrade()\n"),
        ("deploy.py", "from alembic import command\ndef deploy():\n    command.upgrade(make(), 'head')\n"),
        ("deploy.py", "from flask_migrate import stamp\nif __name__ == '__main__':\n    stamp()\n"),
    ],
)
def test_in_scripts_and_tests(path: str, text: str) -> None:
    """In a command, a script or a test it is a note."""
    assert lines(RULE, files("pass", **{path: text})) == ["migrations/env.py:4 note"]


@pytest.mark.parametrize(
    "given",
    [
        files("pass"),
        files("upgrade('other')"),
        files(env="fileConfig(config.config_file_name, disable_existing_loggers=False)"),
        files(env="fileConfig(config.config_file_name, None, False)"),
        files(env="fileConfig(config.config_file_name, None, True)"),
        files(env="fileConfig(config.config_file_name, **options)"),
        files(env="fileConfig('logging.ini')"),
        files(env=""),
        files("pass", **{"migrations/env.py": ENV.format("fileConfig(config.config_file_name)\nfrom alembic.command import upgrade\nupgrade(1)")}),
        {"app.py": APP.format("upgrade()"), "logs.py": ENV.format("fileConfig(config.config_file_name)")},
        {"app.py": APP.format("upgrade()").replace("flask_migrate", "odd"), "migrations/env.py": ENV.format("fileConfig(config.config_file_name)")},
    ],
)  # fmt: skip
def test_silent(given: dict[str, str]) -> None:
    """Nobody runs it, it leaves loggers alone, it is given what hides that, or is another one."""
    assert lines(RULE, given) == []


def test_the_fix_keeps_loggers() -> None:
    """The fix says that loggers stay, and replaces what says the opposite."""
    for env in (
        "fileConfig(config.config_file_name)",
        "fileConfig(config.config_file_name, disable_existing_loggers=True)",
    ):
        text = fixed_files(RULE, files(env=env))["migrations/env.py"]
        assert "fileConfig(config.config_file_name, disable_existing_loggers=False)\n" in text


def live(*names: str, migrate: bool = True) -> list[str]:
    """Return what the live half says of an app with these loggers disabled."""
    (rule,) = (one for one in rules() if one.id == RULE)
    instances = (Instance("migrate", bound="this"),) if migrate else ()
    app = LiveApp("shop", instances=instances, facts={"disabled_loggers": list(names)})
    return [one.message for one in rule.examine(app)]


def test_the_live_app_shows_disabled_loggers() -> None:
    """Loggers of the app and many others that are disabled are told; single ones, or those of an app without migrations, not."""
    assert live("shop", "shop.views", "flask_migrate", "shop.jobs", "asyncio", "urllib3") == [
        (
            "the loggers `shop`, `shop.views` and `flask_migrate` and 3 more say nothing any more: `fileConfig()` has "
            "disabled them"
        )
    ]
    assert live("shop", "asyncio", "urllib3")[0].startswith("the logger `shop` and 2 more say")
    assert live("shop", "asyncio") == live("asyncio", "urllib3", "x") == live("shop", "a", "b", migrate=False) == []
