"""Migrate is bound to an app without a database.

What:
    `Migrate(app)` without `db`, or `migrate.init_app(app)` where neither this call nor the
    constructor names it.

Why:
    `Migrate(app)` alone binds nothing, without a word: there is no `flask db` command and no
    `app.extensions["migrate"]`. `init_app(app)` without `db` looks right until the first
    `flask db migrate`, which ends in "'NoneType' object has no attribute 'engine'".

Fix:
    `Migrate(app, db=db)`, `migrate.init_app(app, db=db)`, or `Migrate(db=db)` and `init_app(app)`. `keck fix`
    names the database where the project has one alone.

When to ignore it:
    Where a subclass finds the database by itself and the source does not show it.

Evidence:
    Reproduced with Flask-Migrate 4.1.0: `Migrate(app)` leaves extensions and commands empty;
    `init_app(app)` without `db` raises AttributeError at `flask db migrate`.
"""

from __future__ import annotations

from collections.abc import Iterator

from keck.edit import Fix, Keyword
from keck.facts.expr import Call, is_none
from keck.finding import Finding, Level
from keck.live.record import LiveApp
from keck.project import Project
from keck.project.extensions import Binding, Instance
from keck.rule import Rule
from keck.rules._live import symbol, tags, variable

rule = Rule(
    __name__,
    requires=("flask_migrate", "flask.ext"),
    level=Level.error,
    needles=("flask_migrate", "Migrate", "init_app", "Flask("),
    good="Migrate is bound to the database of the app",
    needs=("migrate",),
)


@rule.in_code
def check(project: Project) -> Iterator[Finding]:
    """Yield the bindings of Migrate to which no database is known."""
    for one in project.instances_of("migrate"):
        if _names_db(one.call) or _is_rewritten(project, one.site.cls):
            continue
        bindings = [each for each in one.bindings if not each.module.is_test]
        if any(_names_db(each.call) for each in one.bindings):
            continue
        for each in bindings:
            yield _finding(one, each, _fix(project, each))


def _fix(project: Project, binding: Binding) -> Fix | None:
    """Return how the only database of the project is named, where its name means it at the binding."""
    databases = [one for one in project.instances_of("sqlalchemy") if one.symbol]
    if len(databases) != 1 or binding.call.keyword("db") is not None or len(binding.call.args) > 1:
        return None
    name = databases[0].name
    if project.resolve(binding.module, binding.scope, name) != databases[0].symbol:
        return None
    edit = Keyword(binding.place, "db", name)
    return Fix(f"name the database: `db={name}`", (edit,), intends=("extensions/migrate/*", "commands/db*"))


def _finding(one: Instance, binding: Binding, fix: Fix | None) -> Finding:
    name = one.name if one.symbol else "Migrate()"
    if binding.how == "constructor":
        message = "`Migrate(app)` without a database binds nothing: there will be no `flask db` command"
        advice = "write `Migrate(app, db)`"
    else:
        message = (
            f"`{name}.init_app(app)` has no database, and neither has its constructor: `flask db migrate` will fail"
        )
        advice = f"write `{name}.init_app(app, db)`"
    return rule.finding(
        binding.place,
        message,
        advice,
        symbol=one.symbol or f"{one.module.name}:Migrate",
        related=[] if binding.how == "constructor" else [(one.place, "made here, without a database")],
        fix=fix,
    )


def _is_rewritten(project: Project, cls: str) -> bool:
    """Whether a class of the project's own says itself how it is made or bound, and may find the database there."""
    return any(project.objects.function(f"{cls}.{name}") is not None for name in ("__init__", "init_app"))


def _names_db(call: Call) -> bool:
    """Whether a call names a database, or hides some of its arguments."""
    given = call.argument(1, "db")
    return call.open_ended or (given is not None and not is_none(given))


@rule.in_app
def examine(app: LiveApp) -> Iterator[Finding]:
    """Yield the Migrate of the app where it has no database, or one that does not serve this app."""
    for one in app.of("migrate", "this", "both"):
        name = variable(one)
        if one.facts.get("db") == "none":
            message = f"`{name}` serves the app and has no database: `flask db migrate` will fail"
        elif one.facts.get("db") == "other" and app.serving("sqlalchemy") is not None:
            message = (
                f"`{name}` has a database that does not serve this app: `flask db` works on other tables than the app"
            )
        else:
            continue
        yield rule.live(one.spot, message, f"write `{name}.init_app(app, db)`", symbol=symbol(one), tags=tags(one))
