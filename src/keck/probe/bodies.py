"""View bodies: found at the end of a view's wrappers, and cut.

A body is cut by a change of the function's code object: whoever refers to the function, a closure, a
`partial`, an attribute, a table of handlers, then calls the stub. Name, closure and defaults stay as they were.
"""

# ruff: noqa: ANN401 - objects of the app and its libraries are what they are

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from types import CodeType, FunctionType
from typing import Any

from keck.live.chain import Chain, chain, methods
from keck.live.record import Route
from keck.live.wrappers import table

HEADER = "X-Keck-Body"

_SOURCE = "def stub(*args, **kwargs): return 'the body'.reached()\nasync def stub(*args, **kwargs): return 'the body'.reached()"
_STUBS = [one for one in compile(_SOURCE, "<keck>", "exec").co_consts if isinstance(one, CodeType)]
_SHARED = ("flask.", "flask_restful", "flask_smorest.")
_COROUTINE = 0x180  # CO_COROUTINE and CO_ITERABLE_COROUTINE


class Mark:
    """What stands in for the bodies.

    Args:
        response: the app's class of responses.
    """

    def __init__(self, response: Any) -> None:
        self._response = response
        self.count = 0

    def reached(self) -> Any:
        """Count that a body was reached and return an answer that says so."""
        self.count += 1
        return self._response("keck", 200, {HEADER: "1"})


def cut(body: FunctionType, mark: Mark) -> None:
    """Let a function do nothing but `mark.reached()`."""
    code = body.__code__
    stub = _STUBS[bool(code.co_flags & _COROUTINE)]
    body.__code__ = stub.replace(
        co_consts=tuple(mark if one == "the body" else one for one in stub.co_consts),
        co_freevars=code.co_freevars,
        co_name=code.co_name,
        co_qualname=code.co_qualname,
        co_filename=code.co_filename,
        co_firstlineno=code.co_firstlineno,
    )


@dataclass(frozen=True)
class Row:
    """A route that can be asked: its body can be cut. `why` says why not."""

    route: Route
    body: Any = None
    why: str = ""


def find(app: Any, routes: Iterable[Route]) -> list[Row]:
    """Return the routes with their bodies, in the same order; nothing is cut yet."""
    known = table()
    chains: dict[str, Chain] = {}
    rows: list[Row] = []
    layers: set[int] = set()
    for route in routes:
        if why := _not_asked(app, route):
            rows.append(Row(route, None, why))
            continue
        if route.endpoint not in chains:
            chains[route.endpoint] = chain(app.view_functions[route.endpoint], known)
        links = chains[route.endpoint].links
        unseen = chains[route.endpoint].unseen
        if not unseen and links[-1].kind == "view":
            inner = methods(links[-1], route.method, known)
            links, unseen = (*links, *inner.links), inner.unseen
        layers |= {id(one.function) for one in links[:-1]}
        body = links[-1].function
        if body is not None and str(body.__module__).startswith(_SHARED):
            unseen = unseen or f"`{body.__qualname__}` serves other routes too"
        rows.append(Row(route, None if unseen else body, unseen or ("" if body else "its body cannot be cut")))
    return [_alone(one, layers) for one in rows]


def _alone(row: Row, layers: set[int]) -> Row:
    if row.body is not None and id(row.body) in layers:
        return Row(row.route, None, f"`{row.body.__qualname__}` is a wrapper of another route")
    return row


def _not_asked(app: Any, route: Route) -> str:
    if route.static:
        return "it serves files"
    if route.path is None:
        return "no path could be made for it"
    return "" if route.endpoint in app.view_functions else "it has no view function"
