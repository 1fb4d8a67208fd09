"""A layer: one decorator of a view, and what it does."""

from __future__ import annotations

from dataclasses import dataclass

from keck.facts.expr import Attr, Call, Expr, Ref, is_true, terminal
from keck.finding import Place
from keck.project.module import Module
from keck.project.things import Site


@dataclass(frozen=True, eq=False)
class Layer:
    """One decorator of a view.

    `kind` is ``route``, ``jwt``, ``guard``, ``limit``, ``exempt``, ``cached``, ``memoize``, ``cross_origin``,
    ``limiting`` (a limiting decorator of the project's own), ``csrf_exempt`` or ``other``. `symbol` is what the
    decorator resolves to, `holder` the instance whose method it is. `expr` is the decorator as written,
    `call` the call that configures it, wherever that stands (`module`, `scope`), None when there is none.
    `home` is the module in which `expr` stands.
    """

    kind: str
    symbol: str
    expr: Expr
    module: Module
    scope: str
    call: Call | None
    holder: Site | None = None
    home: Module | None = None

    @property
    def place(self) -> Place:
        """Where it is written."""
        return (self.home or self.module).place(self.expr)

    @property
    def optional(self) -> bool:
        """Whether it lets anonymous callers in: ``jwt_required(optional=True)``, ``jwt_optional``."""
        if self.symbol.startswith("flask_jwt_extended."):
            return self.symbol.endswith("jwt_optional") or lets_anonymous_in(self.call)
        return self.call is not None and is_true(self.call.keyword("optional"))

    @property
    def name(self) -> str:
        """How the decorator is spelt, for messages: ``cache.cached``."""
        func = self.expr.func if isinstance(self.expr, Call) else self.expr
        return func.name if isinstance(func, Ref | Attr) else terminal(func)


def lets_anonymous_in(call: Call | None) -> bool:
    """Whether a call of ``jwt_required`` or ``verify_jwt_in_request`` says ``optional=True``."""
    return call is not None and is_true(call.argument(0, "optional"))
