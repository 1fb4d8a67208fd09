"""How a literal gives way to a variable of the environment."""

from __future__ import annotations

from keck.edit import Fix, Import, Replace
from keck.facts.expr import Call, Const, Expr, Index, Op
from keck.project import Project
from keck.rules._settings import expression_at, stands_in
from keck.rules.config._literals import Literal

_COUNTS = frozenset({"literal", "loose", "fallback"})


def from_environment(project: Project, one: Literal, variable: str) -> Fix | None:
    """Return how a literal of the config is read from the environment alone, its value never told; None for an inexact one.

    Args:
        project: to which it belongs.
        one: the literal; one that is used in development or may be overridden is left.
        variable: what to read.
    """
    setting = one.setting
    if one.how not in _COUNTS or setting.expr is None or not variable.isidentifier():
        return None
    module = project.names.modules[one.known.place.path]
    place = one.known.place
    if setting.module is module and stands_in(place, module.place(setting.expr)):
        if not _may_go(setting.expr):
            return None
        place = module.place(setting.expr)
    elif not isinstance(expression_at(module, place), Const):
        return None
    return Fix(
        f'read it from the environment: `os.environ["{variable}"]`',
        (Replace(place, f'os.environ["{variable}"]'), Import(place, "import os")),
        safe=False,
        changes=f"has the app not start while `{variable}` is not set",
        intends=(f"config/{setting.key}", "extensions/*"),
    )


def _may_go(expr: Expr) -> bool:
    """Whether nothing but the literal, and the variable that it stands in for, is lost with an expression."""
    match expr:
        case Const() | Index():
            return True
        case Call(args=args, keywords=keywords):
            return len(args) + len(keywords) <= 2
        case Op(kind="or", parts=parts):
            return all(_may_go(part) for part in parts)
        case _:
            return False
