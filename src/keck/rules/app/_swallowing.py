"""Decorators that catch every exception of what they wrap, the refusals of guards included."""

from __future__ import annotations

from collections.abc import Iterator

from keck.facts.expr import Ref, terminal
from keck.facts.record import Block, Function
from keck.project import Project
from keck.project.decorators import Layer
from keck.project.module import Module
from keck.project.routes import Route
from keck.project.timeline import blocks_of
from keck.project.tries import catches_all, caught, handlers_of, steps_in

_REFUSES = frozenset({"jwt", "limit"})
"""Kinds of layers that refuse by an exception; others answer themselves, or redirect."""

_PASSED_ON = frozenset({"HTTPException", "JWTExtendedException", "NoAuthorizationError", "RateLimitExceeded"})


def swallowing(project: Project) -> Iterator[tuple[Route, Layer, Layer]]:
    """Yield each view with a decorator that catches everything, and the innermost guard below that."""
    told: set[tuple[str, int, int]] = set()
    known: dict[str, bool] = {}
    for route in project.routes:
        layers = route.effective
        for at, one in enumerate(layers):
            below = [each for each in layers[at + 1 :] if each.kind in _REFUSES and not each.optional]
            key = (one.place.path, one.place.line, one.place.column)
            if not below or one.kind != "other" or key in told:
                continue
            if one.symbol not in known:
                found = project.objects.function(one.symbol)
                known[one.symbol] = found is not None and _catches_all(*found)
            if known[one.symbol]:
                told.add(key)
                yield route, one, below[-1]


def _catches_all(module: Module, function: Function) -> bool:
    """Whether a decorator calls what it wraps in a `try` whose handler takes every exception and raises none."""
    scopes = [one for one in module.inside(function.name) if one in module.functions]
    wrapped = {param.name for scope in scopes for param in module.functions[scope].params if not param.kind}
    return any(
        block.kind == "try" and _swallows(module, block)
        for scope in scopes
        if scope != function.name
        for call in module.calls(scope)
        if isinstance(call.func, Ref) and call.func.name in wrapped
        for block in blocks_of(module, call)
    )


def _swallows(module: Module, block: Block) -> bool:
    for handler in handlers_of(module, block):
        named = [terminal(one) for one in caught(handler) if one is not None]
        if not _PASSED_ON.isdisjoint(named):
            return False
        if catches_all(handler):
            steps = steps_in(module, handler)
            asks = any("HTTPException" in one.name or one.name.endswith(".code") for one in _refs(module, handler))
            return bool(steps) and not asks and not any(one.kind == "raise" for one in steps)
    return False


def _refs(module: Module, block: Block) -> Iterator[Ref]:
    return (one for one in module.refs(block.scope) if block.line <= one.line <= block.end_line)
