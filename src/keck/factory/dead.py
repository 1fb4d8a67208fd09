"""Decorators above a route: they decorate the name and never the view, before a conversion and after it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import libcst as cst

from keck.factory.plan import Plan
from keck.factory.registrations import VERBS


@dataclass(frozen=True)
class Dead:
    """A decorator that does nothing for a route, which its source alone tells; afterwards it is a call behind it.

    Attributes:
        code: of the decorator.
        name: of the function.
        line: on which it stands.
        rule: of the route, ``*`` where it is not written out.
    """

    code: str
    name: str
    line: int
    rule: str


def dead(plan: Plan) -> Iterator[Dead]:
    """Yield the decorators that stand above routes."""
    for index, methods in plan.registering.items():
        node = plan.page.statements[index].node
        if not isinstance(node, cst.FunctionDef):
            continue
        for position, route in enumerate(node.decorators):
            if methods.get(route) not in {"route", *VERBS}:
                continue
            for one in node.decorators[:position]:
                if one not in methods:
                    code = plan.page.tree.code_for_node(one.decorator)
                    yield Dead(code, node.name.value, plan.page.line(one), _rule(route))


def _rule(route: cst.Decorator) -> str:
    args = route.decorator.args if isinstance(route.decorator, cst.Call) else ()
    value = args[0].value if args else None
    found = value.evaluated_value if isinstance(value, cst.SimpleString) else None
    return found if isinstance(found, str) else "*"
