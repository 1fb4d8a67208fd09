"""A test sets the database after the app has been bound to another one.

What:
    A fixture, a `setUp` or a test module takes the app from a factory (or imports it), whose
    Flask-SQLAlchemy is bound by then, and only now writes `SQLALCHEMY_DATABASE_URI` or
    `SQLALCHEMY_BINDS` into its config.

Why:
    Flask-SQLAlchemy 3 makes its engines in `init_app`. The override is not read: the tests run on the
    database that the app is configured for, and `drop_all` at the end empties it, be it the
    development or the production one.

Fix:
    Let the factory take the config, `create_app(TestConfig)` or `create_app({"SQLALCHEMY_DATABASE_URI":
    "sqlite://"})`, and load it before `db.init_app(app)`; or set the environment variable that the
    config reads before the app is imported.

When to ignore it:
    Where the configured database is a test database anyway and the write only repeats it.

Evidence:
    Reproduced with Flask-SQLAlchemy 3.1.1: the tables of the real file are gone after the run. Public
    threads: pallets-eco/flask-sqlalchemy #1172 (worked in 2.x, intended since 3.0),
    kkamkou/gitmostwanted.com #174 ("I lost my all test database"), pytest-dev/pytest-flask #70.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from keck.facts.expr import Call, Const, Expr, Index, Ref, terminal, text_of, walk
from keck.finding import Finding, Level, Place
from keck.live.record import LiveApp
from keck.project import Project
from keck.project.fixtures import fixture, homes
from keck.project.module import Module
from keck.project.timeline import Moment
from keck.rule import Rule, Skipped
from keck.rules._live import serving, tags, variable
from keck.rules.app._order import Late, late_writes

_KEYS = ("SQLALCHEMY_DATABASE_URI", "SQLALCHEMY_BINDS")
rule = Rule(
    __name__,
    level=Level.error,
    needles=("flask_sqlalchemy", "SQLAlchemy(", "init_app", "Flask(", "create_app", ".config", "SQLALCHEMY_"),
    test_needles=("SQLALCHEMY_", "from_object", "from_mapping", "config.update", "_app("),
    good="Tests run on the database that their config names",
    needs=("sqlalchemy",),
)

_ENVIRONMENT = re.compile(r"DATABASE|(^|_)DB(_|$)|SQLALCHEMY|ENV|CONFIG|SETTINGS|TEST", re.IGNORECASE)
_SETUP = ("setUpClass", "setup_class", "setUp", "setup_method")


@rule.in_code
def check(project: Project) -> Iterator[Finding]:
    """Yield the overrides of the database in tests that come after the binding."""
    seen: set[Place] = set()
    for module in project.modules:
        if not module.is_test:
            continue
        scopes = _overriding(project, module)
        for scope in dict.fromkeys(step.scope for step in module.facts.steps if step.scope in scopes):
            for late in late_writes(project, _course(project, module, scope)):
                settings = [one for one in late.settings if one.key in _KEYS]
                place = late.moment.module.place(late.moment.span)
                if not settings or place in seen or not late.moment.module.is_test or _excused(project, late):
                    continue
                seen.add(place)
                yield _finding(late, settings[0].key, place)


def _finding(late: Late, key: str, place: Place) -> Finding:
    one = late.binding.instance
    dropped = _drop(late)
    message = (
        f"`{key}` is set after `{one.name}` has been bound: the tests run on the database the app is configured for"
    )
    if dropped is not None:
        message += ", and `drop_all()` empties it"
    related = [(late.binding.place, f"`{one.name}` is bound to its database here")]
    related += [(dropped, "this empties it")] if dropped is not None else []
    return rule.finding(
        place,
        message,
        "give the factory the test config, so that it is set before `init_app()`",
        symbol=key,
        related=related,
    )


def _drop(late: Late) -> Place | None:
    """Return where the test module drops the tables, or None."""
    module = late.moment.module
    for scope in module.scopes:
        for call in module.calls(scope):
            if terminal(call.func) == "drop_all":
                return module.place(call)
    return None


def _overriding(project: Project, module: Module) -> set[str]:
    """Return the scopes of a module in which the database is set."""
    return {
        step.scope
        for step in project.config.possible_writes(module)
        if any(one.key in _KEYS for one in project.config.written_by(module, step))
    }


# what has happened before


def _course(project: Project, module: Module, scope: str) -> list[Moment]:
    """Return what happens up to the end of a test's scope: imports, then its fixtures, then itself."""
    moments: list[Moment] = []
    for each, inner in [(module, ""), *_before(project, module, scope, set())]:
        moments += project.timelines.of(each, inner, imports=True)
    if scope:
        moments += project.timelines.of(module, scope, imports=True)
    return moments


def _before(project: Project, module: Module, scope: str, seen: set[tuple[str, str]]) -> Iterator[tuple[Module, str]]:
    """Yield the fixtures that pytest runs before a function, and what unittest runs before a test, in order."""
    function = module.functions.get(scope)
    if function is None:
        return
    for param in function.params:
        found = fixture(project.names.modules, module, param.name)
        if found is not None and found[1] is not function and (found[0].path, found[1].name) not in seen:
            seen.add((found[0].path, found[1].name))
            yield from _before(project, found[0], found[1].name, seen)
            yield found[0], found[1].name
    for name in _SETUP:
        before = project.objects.function(f"{module.name}:{function.owner}.{name}") if function.owner else None
        if before is not None and before[1] is not function and function.name.rpartition(".")[2] not in _SETUP:
            yield before[0], before[1].name


# what makes it harmless


def _excused(project: Project, late: Late) -> bool:
    """Whether the app may be on a test database already, or is given another engine by hand."""
    module = late.moment.module
    return (
        any(_chosen(call) for where, call in late.bound.stack if where.is_test)
        or any(_sets_environment(project, each) for each in homes(project.names.modules, module))
        or any("engines" in ref.name for scope in module.inside(late.moment.scope) for ref in module.refs(scope))
    )


def _chosen(call: Call) -> bool:
    """Whether a factory is told which config to use: by anything but a text that does not speak of tests."""
    for value in (*call.args, *(one.value for one in call.keywords)):
        text = text_of(value)
        if text is None and not isinstance(value, Const):
            return True
        if text is not None and "test" in text.lower():
            return True
    return any("test" in (one.name or "").lower() for one in call.keywords)


def _sets_environment(project: Project, module: Module) -> bool:
    """Whether a test module sets an environment variable from which a database or a config may be chosen."""
    for scope in module.scopes:
        for step in module.steps(scope):
            for target in step.targets:
                on_environ = isinstance(target, Index) and project.resolve(module, scope, target.value) == "os.environ"
                if on_environ and _speaks_of_config(target):
                    return True
        for call in module.calls(scope):
            if terminal(call.func) in {"setenv", "putenv"} or _on_environ(project, module, scope, call):
                values = (*call.args, *(one.value for one in call.keywords))
                names = (one.name or "" for one in call.keywords)
                if any(map(_speaks_of_config, values)) or any(map(_ENVIRONMENT.search, names)):
                    return True
    return False


def _on_environ(project: Project, module: Module, scope: str, call: Call) -> bool:
    """``os.environ.update(...)``, ``os.environ.setdefault(...)``, ``patch.dict(os.environ, ...)``."""
    parts = [one for one in walk(call) if isinstance(one, Ref)]
    symbols = {project.resolve(module, scope, one) for one in parts}
    return bool(symbols & {"os.environ", "os.environ.update", "os.environ.setdefault"})


def _speaks_of_config(expr: Expr) -> bool:
    return any(_ENVIRONMENT.search(text_of(one) or "") for one in walk(expr))


# the live app


@rule.in_app
def examine(app: LiveApp) -> Iterator[Finding]:
    """Yield a finding where an app that is testing is bound to another database than its config names by now.

    Raises:
        Skipped: the app is not testing.
    """
    if not app.testing:
        raise Skipped("the app is not testing")
    for one in serving(app):
        for each in one.drift:
            key = each.key.partition("[")[0]
            if key in _KEYS:
                yield rule.live(
                    one.spot,
                    f"`{each.key}` names {each.configured or 'nothing'}, but `{variable(one)}` is bound to {each.used}: the "
                    "tests run there, and `drop_all()` empties it",
                    "give the factory the test config, so that it is set before `init_app()`",
                    symbol=key,
                    tags=(*tags(one), key),
                )
