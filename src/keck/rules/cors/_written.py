"""Where options of Flask-CORS are written, for edits: their values and their names."""

from __future__ import annotations

from keck.facts.expr import Call, Const, Expr, Table, walk
from keck.finding import Place
from keck.project import Project
from keck.project.module import Module
from keck.rules._settings import stands_in
from keck.rules.app._gone import expressions
from keck.rules.cors._policy import Policy


def origin_expression(project: Project, one: Policy, place: Place) -> tuple[Module, Expr, Expr] | None:
    """Return the module, the whole value and the literal of an origin that is written where the option is given.

    None for one that is stated elsewhere: what else uses it is not known.
    """
    wholes: list[tuple[Module, Expr]] = []
    given = one.origins.place
    if one.origins.source == "config":
        wholes = [(each.module, each.expr) for each in project.settings("CORS_ORIGINS") if each.expr is not None]
    else:
        found = [one for one in project.modules if given is not None and one.path == given.path]
        wholes = [(module, part) for module in found for part in parts(module) if module.place(part) == given]
    for module, whole in wholes:
        if stands_in(place, module.place(whole)):
            for part in walk(whole):
                if isinstance(part, Const) and module.place(part) == place:
                    return module, whole, part
    return None


def parts(module: Module) -> list[Expr]:
    """Return every expression of a module, decorators included, with all that is in it."""
    return [part for _, _, expr in expressions(module) for part in walk(expr)]


def key_of(module: Module, place: Place, name: str) -> Const | None:
    """Return the key of a dict display whose value stands at a place."""
    for part in parts(module):
        for key, value in part.pairs if isinstance(part, Table) else ():
            if isinstance(key, Const) and key.value == name and module.place(value) == place:
                return key
    return None


def keys_in(module: Module, place: Place, name: str) -> list[Const]:
    """Return the keys with this text of the dict display at a place."""
    return [
        key
        for part in parts(module)
        if isinstance(part, Table) and module.place(part) == place
        for key, _ in part.pairs
        if isinstance(key, Const) and key.value == name
    ]


def call_with(module: Module, place: Place, name: str) -> Call | None:
    """Return the call whose keyword argument stands at a place."""
    for part in parts(module):
        if isinstance(part, Call) and any(
            one.name == name and module.place(one.value) == place for one in part.keywords
        ):
            return part
    return None
