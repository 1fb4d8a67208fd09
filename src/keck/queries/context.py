"""What is done with a query: whether it is looped over, part of another statement, kept in a variable, or handed on."""

from __future__ import annotations

from keck.facts.expr import Call, Index, Items, Other, Ref, Star, Text, terminal
from keck.facts.record import Block, Step
from keck.project.module import Module
from keck.queries.chain import Chain, Spot
from keck.queries.left import Left

_LOOPS = {"list", "tuple", "set", "frozenset", "sorted", "enumerate", "iter", "sum", "min", "max", "any", "all"}
_PARTS = {"in_", "notin_", "not_in"}


def use(module: Module, scope: str, one: Chain) -> str:
    """Return how a query that no call ends is used: ``loop`` or ``part``.

    Raises:
        Left: in another way.
    """
    whole = one.whole
    if one.rest:
        raise Left(f"its `{one.rest}`")
    if not whole.around:
        at = whole.at
        if isinstance(at, Block) and at.kind == "for" and at.subject is whole.expr:
            return "loop"
        if isinstance(at, Step) and at.kind == "return":
            raise Left("it is returned")
        raise Left("it is kept or handed on")
    outer = whole.around[0]
    match outer:
        case Star():
            return "loop"
        case Other(kind="comprehension", parts=parts) if _is_looped(parts, whole):
            return "loop"
        case Index():
            raise Left("it is indexed")
        case Call(func=func, args=(first, *_)) if first is whole.expr:
            name = terminal(func)
            if name in _PARTS:
                return "part"
            if isinstance(func, Ref) and func.name in _LOOPS and not _is_bound(module, scope, func.name):
                return "loop"
    raise Left("it is handed on to a function" if isinstance(outer, Call) else "it is kept or handed on")


def fits(spot: Spot) -> None:
    """See that an expression can be rewritten where it stands.

    Raises:
        Left: Python does not say where exactly that is.
    """
    if any(isinstance(one, Text) for one in spot.around):
        raise Left("it stands in an f-string")


def _is_looped(parts: tuple[object, ...], whole: Spot) -> bool:
    """Whether a part of a comprehension is what its first loop goes over."""
    for at in (2, 3):
        if len(parts) > at and parts[at] is whole.expr:
            target = parts[at - 1]
            return isinstance(target, Items) or (isinstance(target, Ref) and "." not in target.name)
    return False


def _is_bound(module: Module, scope: str, name: str) -> bool:
    """Whether a module gives a built-in function's name to something else."""
    from keck.project.bindings import bindings

    while scope:
        if name in bindings(module, scope):
            return True
        scope = scope.rpartition(".")[0]
    return name in bindings(module, "")
