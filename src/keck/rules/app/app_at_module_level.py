"""The app is made at module level, and there is no factory.

What:
    `app = Flask(__name__)` stands at the top level of a module, not in a function that makes and
    configures an app.

Why:
    There is one app with one configuration in a process, made on first import. A test cannot have one
    of its own with another database, two tests share what the first has changed, and whatever needs
    the app has to import the module that makes it, which is where circular imports come from.

Fix:
    Move what makes, configures and binds the app into `def create_app(config=None)` and call it in a
    small module such as `wsgi.py`. Blueprints replace `@app.route`.

When to ignore it:
    In small programs of one file: it is a note on the pattern, and nothing fails.

Evidence:
    Flask's documentation describes application factories for testing and for several instances; the
    faults that come from one app for everything were reproduced as rules of their own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from keck.facts.expr import Call, Expr, Ref, terminal
from keck.finding import Finding, Level
from keck.project import Project
from keck.project.module import Module
from keck.project.things import Site
from keck.rule import Rule
from keck.rules.app._instances import at_import

rule = Rule(__name__, level=Level.note, needles=("Flask(", "Flask", "OpenAPI(", "create_app"))

_FACTORY = re.compile(r"^(create|make|build|configure|setup|init|initiali[sz]e)_?\w*_?app(lication)?$", re.IGNORECASE)


@rule.in_code
def check(project: Project) -> Iterator[Finding]:
    """Yield the apps that are made on import."""
    for one in project.apps:
        if not at_import(one.module, one.scope) or one.module.under_main(one.call) or _by_factory(project, one):
            continue
        symbol = project.extensions.symbol(one)
        name = symbol.partition(":")[2] or "app"
        yield rule.finding(
            one.place,
            f"`{name}` is made when {one.path} is imported: one app with one config for the whole process",
            "make, configure and bind it in a function such as `create_app()`",
            symbol=symbol or f"{one.module.name}:app",
        )


def _by_factory(project: Project, app: Site) -> bool:
    """Whether a function of another module completes the app, and no other module imports it: the factory takes the app."""
    module = app.module
    completed = any(
        _FACTORY.match(terminal(call.func)) is not None
        and _elsewhere(project, module, call)
        and any(app in project.things(module, "", value) for value in _values(call))
        for call in module.calls("")
    )
    symbol = project.extensions.symbol(app) if completed else ""
    return completed and not (symbol and any(not one.is_test for one in project.users.of(symbol)))


def _elsewhere(project: Project, module: Module, call: Call) -> bool:
    found = project.reach.target(module, "", call)
    return found is not None and found[0] is not module


def _values(call: Call) -> Iterator[Expr]:
    for value in (*call.args, *(one.value for one in call.keywords)):
        if isinstance(value, Ref):
            yield value
