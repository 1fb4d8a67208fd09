"""Migrations that the program runs itself disable its loggers.

What:
    `migrations/env.py` calls `fileConfig(config.config_file_name)`, as the template of Flask-Migrate does, and
    the app, a command or the tests call `upgrade()` of Flask-Migrate, or that of Alembic, in their own process.

Why:
    `fileConfig` disables every logger that is there and not in its file: `app.logger`, those of the project's
    modules and of all libraries. Nothing that is logged after `upgrade()` is seen any more, errors included.
    `flask db upgrade` on the command line is a process of its own and does no harm.

Fix:
    `fileConfig(config.config_file_name, disable_existing_loggers=False)`. `keck fix` writes it.

When to ignore it:
    Where the program ends after `upgrade()`, or sets up its logging afterwards. In commands, scripts and
    tests it is a note.

Evidence:
    Reproduced with Flask-Migrate 4.1.0 and Alembic 1.20.1: after `upgrade()`, `app.logger.disabled` is True,
    and so is a logger of the project. Public threads: miguelgrinberg/Flask-Migrate #227, #330 and #364,
    cgwire/zou #1167. 36 of 87 public repositories looked at have the line, 7 call `upgrade()` from code.
"""

from __future__ import annotations

from collections.abc import Iterator

from keck.edit import Fix, Keyword
from keck.facts.expr import Call, Ref, is_false, walk
from keck.finding import Finding, Level
from keck.live.record import LiveApp
from keck.project import Project
from keck.project.module import Module
from keck.project.values import Known
from keck.rule import Rule
from keck.rules._wording import called, code, listed
from keck.rules.app._startup import at_start

rule = Rule(
    __name__,
    requires=("fileConfig",),
    level=Level.warning,
    needles=("fileConfig", "flask_migrate", "alembic", "upgrade(", "Flask(", "create_app"),
    test_needles=("flask_migrate", "alembic"),
    good="Loggers say what they are given",
)

_RUNNING = ("upgrade", "downgrade", "stamp", "current", "check", "migrate")
"""Functions of Flask-Migrate and Alembic that run `env.py`."""

_MASS = 3
"""So many loggers are not disabled one by one."""


@rule.in_code
def check(project: Project) -> Iterator[Finding]:
    """Yield the calls of fileConfig in the environments of migrations that the program runs itself."""
    running = list(_running(project))
    if not running:
        return
    for module, scope, call in project.calls_to("logging.config.fileConfig"):
        if not _is_environment(module) or not _disables(call):
            continue
        for_it = [one for one in running if _is_of(project, module, *one)]
        if not for_it:
            continue
        startup = at_start(project)
        where, inner, first = min(for_it, key=lambda one: not _early(startup, *one))
        early = _early(startup, where, inner, first)
        del scope
        yield rule.finding(
            module.place(call),
            f"`fileConfig()` disables every logger that is there, and "
            f"{called(inner.rpartition('.')[2]) if inner else code(where.path)} runs it in its own process",
            "write `fileConfig(config.config_file_name, disable_existing_loggers=False)`",
            level=Level.warning if early else Level.note,
            symbol=module.name,
            related=[(where.place(first), "this runs the migrations")],
            fix=Fix(
                "leave the loggers alone: `disable_existing_loggers=False`",
                (Keyword(module.place(call), "disable_existing_loggers", "False"),),
            ),
        )


def _running(project: Project) -> Iterator[tuple[Module, str, Call]]:
    """Yield the calls that run migrations, those of the environments themselves and of revisions apart."""
    symbols = [f"{package}.{name}" for package in ("flask_migrate", "alembic.command") for name in _RUNNING]
    for module, scope, call in project.calls_to(*symbols, tests=True):
        if not _is_environment(module):
            yield module, scope, call


def _is_environment(module: Module) -> bool:
    return module.path.rpartition("/")[2] == "env.py"


def _disables(call: Call) -> bool:
    """Whether a call reads Alembic's file and disables loggers."""
    given = call.argument(2, "disable_existing_loggers")
    hidden = call.open_ended or (given is not None and call.keyword("disable_existing_loggers") is None)
    reads = any(isinstance(one, Ref) and one.name.endswith("config_file_name") for one in walk(call))
    return reads and not hidden and not (given is not None and is_false(given))


def _is_of(project: Project, environment: Module, module: Module, scope: str, call: Call) -> bool:
    """Whether a call runs this environment; it may, unless it names the directory of another one."""
    value = project.value(module, scope, call.argument(0, "directory"))
    folder = environment.directory.rpartition("/")[2]
    named = isinstance(value, Known) and isinstance(value.value, str)
    return not named or str(value.value).rstrip("/").rpartition("/")[2] == folder  # type: ignore[union-attr]


def _early(startup: set[tuple[str, str]], module: Module, scope: str, call: Call) -> bool:
    return not module.is_test and (module.path, scope) in startup and not module.under_main(call)


@rule.in_app
def examine(app: LiveApp) -> Iterator[Finding]:
    """Yield a finding where loggers of the app and many others are disabled after start."""
    names: list[str] = app.facts.get("disabled_loggers", [])
    own = [one for one in names if one.partition(".")[0] in {app.name.partition(".")[0], "flask_migrate"}]
    if own and len(names) >= _MASS and app.of("migrate"):
        own = own[:3]
        rest = f" and {len(names) - len(own)} more" if len(names) > len(own) else ""
        loggers = listed(map(code, own))
        yield rule.live(
            app.spot,
            f"the logger{'s' if len(own) > 1 else ''} {loggers}{rest} say nothing any more: `fileConfig()` has disabled them",
            "write `fileConfig(config.config_file_name, disable_existing_loggers=False)` in `migrations/env.py`",
            symbol="disabled_loggers",
            tags=("migrate",),
        )
