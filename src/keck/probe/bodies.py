"""View bodies: found at the end of a view's wrappers, and cut.

A body is cut by a change of the function's code object: whoever refers to the function, a closure, a
`partial`, an attribute, a table of handlers, then calls the stub. Name, closure and defaults stay as they were.
"""

from __future__ import annotations

from types import CodeType, FunctionType
from typing import Any

HEADER = "X-Keck-Body"

_SOURCE = "def stub(*args, **kwargs): return 'the body'.reached()\nasync def stub(*args, **kwargs): return 'the body'.reached()"
_STUBS = [one for one in compile(_SOURCE, "<keck>", "exec").co_consts if isinstance(one, CodeType)]
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


def function(body: Any) -> FunctionType | None:
    """Return the function of a body, also of a method; None where there is none that could be cut."""
    found = vars(type(body)).get("__func__") and body.__func__
    found = found or body
    return found if type(found) is FunctionType else None


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
