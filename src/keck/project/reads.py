"""What code reads of the request that it answers: who asks, and which parts of the request."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from keck.facts.expr import Call, Expr, Index, Lambda, Ref, Span, before, children, ref_at, terminal, text_of, walk
from keck.facts.record import Function
from keck.finding import Place
from keck.project.decorators import Layer
from keck.project.module import Module
from keck.project.reach import Reach
from keck.project.request import (
    COOKIE_CALLS,
    IDENTITIES,
    PARTS,
    PERSONAL_G,
    PERSONAL_HEADERS,
    PERSONAL_SYMBOLS,
    TRANSPORT_HEADERS,
)
from keck.project.things import Named, Site
from keck.project.values import Known, Values

_LOGS = {"debug", "info", "warning", "warn", "error", "exception", "critical", "log"}
_PARSERS = {"arguments", "use_args", "use_kwargs", "input"}


@dataclass(frozen=True)
class Read:
    """One thing that code reads of a request.

    `kind` is ``personal`` (who asks, or what is meant for them alone), ``args``, ``host``, ``headers``, ``method`` or
    ``body``; `name` is how a person would call it: ``current_user``, ``request.args``.
    """

    kind: str
    name: str
    module: Module
    span: Span

    @property
    def place(self) -> Place:
        """Where it is read."""
        return self.module.place(self.span)


class Reads:
    """Answers what functions read of the request, over the functions that they call."""

    def __init__(self, reach: Reach, values: Values) -> None:
        self.reach = reach
        self.objects = reach.objects
        self.names = reach.names
        self.values = values
        self._own: dict[tuple[str, str], tuple[Read, ...]] = {}
        self._g: dict[str, bool] = {}

    def of(self, module: Module, scope: str) -> tuple[Read, ...]:
        """Return what a function and the project's functions that it calls read, its own reads first."""
        return tuple(one for where, inner, _ in self.reach.closure(module, scope) for one in self.own(where, inner))

    def own(self, module: Module, scope: str) -> tuple[Read, ...]:
        """Return what a function reads itself, functions nested in it included."""
        key = (module.path, scope)
        if key not in self._own:
            self._own[key] = tuple(
                one
                for inner in module.inside(scope)
                for expr in _read_by(module, inner)
                for one in self.within(module, inner, expr)
            )
        return self._own[key]

    def of_callable(self, module: Module, scope: str, expr: Expr) -> tuple[Read, ...] | None:
        """Return what a function given as an argument reads, or None when it cannot be told which function it is."""
        if isinstance(expr, Lambda):
            return (*self.within(module, scope, expr.body), *self._called_in(module, scope, expr.body))
        if isinstance(expr, Call) and terminal(expr.func) == "partial" and expr.args:
            return self.of_callable(module, scope, expr.args[0])
        things = self.objects.of(module, scope, expr)
        found: list[Read] = []
        for thing in things:
            target = self.objects.function(thing.symbol) if isinstance(thing, Named) else None
            if target is None:
                return self._assigned_lambda(module, scope, expr)
            found += self.of(target[0], target[1].name)
        return tuple(found)

    def _assigned_lambda(self, module: Module, scope: str, expr: Expr) -> tuple[Read, ...] | None:
        if not isinstance(expr, Ref):
            return None
        written = list(self.objects.written(self.names.resolve(module, scope, expr.name)))
        if len(written) == 1 and isinstance(written[0][2], Lambda):
            return self.of_callable(*written[0])
        return None

    def _called_in(self, module: Module, scope: str, expr: Expr) -> Iterator[Read]:
        for part in walk(expr):
            target = self.reach.target(module, scope, part) if isinstance(part, Call) else None
            if target is not None:
                yield from self.of(target[0], target[1].name)

    # one expression

    def within(self, module: Module, scope: str, expr: Expr) -> Iterator[Read]:
        """Yield what one expression reads; what is only logged is left out."""
        for part in _shown(expr):
            found = None
            match part:
                case Ref():
                    found = self._named(module, scope, part)
                case Index(value=Ref(name=name), index=index):
                    found = self._header(module, scope, name, index)
                case Call(func=Ref(name=name), args=(first, *_)) if name.endswith(".get"):
                    found = self._header(module, scope, name.removesuffix(".get"), first)
                case Call() if terminal(part.func) == "getattr" and len(part.args) > 1:
                    name = f"{terminal(part.args[0])}.{text_of(part.args[1])}"
                    found = self._named(module, scope, ref_at(part, name))
            if found is None and isinstance(part, Call):
                found = self._called(module, scope, part)
            if found is not None:
                kind, name = found
                yield Read(kind, name, module, part)

    def _named(self, module: Module, scope: str, ref: Ref) -> tuple[str, str] | None:
        symbol = self.names.resolve(module, scope, ref.name)
        if ":" in symbol:
            return ("personal", ref.name) if self._is_identity(symbol) else None
        parts = symbol.split(".")
        for size in range(2, len(parts) + 1):
            if ".".join(parts[:size]) in PERSONAL_SYMBOLS:
                return "personal", ".".join(parts[1:size])
        if parts[0] != "?" and IDENTITIES.intersection(parts[1:]):
            return "personal", next(one for one in parts if one in IDENTITIES)
        if symbol.startswith("flask.g.") and self._is_personal_g(parts[2]):
            return "personal", f"g.{parts[2]}"
        if symbol.startswith("flask.request.") and parts[2] in PARTS:
            return PARTS[parts[2]], f"request.{parts[2]}"
        return None

    def _is_identity(self, symbol: str) -> bool:
        """``auth.current_user()`` of Flask-HTTPAuth, and a ``LocalProxy`` of the project's own around who asks."""
        holder, _, last = symbol.rpartition(".")
        things = self.objects.of_symbol(holder) if last in {"current_user", "username", "get_auth"} else frozenset()
        if any(isinstance(one, Site) and one.cls.startswith("flask_httpauth.") for one in things):
            return True
        head, _, name = symbol.partition(":")
        proxied = f"{head}:{name.partition('.')[0]}"
        for module, scope, value in self.objects.written(proxied) if name else ():
            if isinstance(value, Call) and terminal(value.func) == "LocalProxy" and value.args:
                reads = self.of_callable(module, scope, value.args[0]) or ()
                return any(one.kind == "personal" for one in reads)
        return False

    def _is_personal_g(self, name: str) -> bool:
        """Whether ``g.name`` tells who asks: by its name, or because something personal is written to it."""
        if name not in self._g:
            self._g[name] = PERSONAL_G.search(name) is not None
            if not self._g[name]:
                self._g[name] = any(
                    one.kind == "personal"
                    for module in self.names.modules.values()
                    for step in module.facts.steps
                    if step.kind == "assign" and step.value is not None
                    for target in step.targets
                    if isinstance(target, Ref)
                    and target.name.endswith(f"g.{name}")
                    and self.names.resolve(module, step.scope, target.name) == f"flask.g.{name}"
                    for one in self.within(module, step.scope, step.value)
                )
        return self._g[name]

    def _header(self, module: Module, scope: str, holder: str, index: Expr) -> tuple[str, str] | None:
        if not holder.endswith("headers") or self.names.resolve(module, scope, holder) != "flask.request.headers":
            return None
        value = self.values.of(module, scope, index)
        if not isinstance(value, Known) or not isinstance(value.value, str) or TRANSPORT_HEADERS.match(value.value):
            return None
        name = f"the header {value.value}"
        return ("personal" if PERSONAL_HEADERS.match(value.value) else "headers"), name

    def _called(self, module: Module, scope: str, call: Call) -> tuple[str, str] | None:
        last = terminal(call.func)
        if last in COOKIE_CALLS:
            return "personal", last
        holder = before(call.func) if last in {"parse_args", "paginate"} and isinstance(call.func, Ref) else None
        things = frozenset() if holder is None else self.objects.of(module, scope, holder)
        sites = [one for one in things if isinstance(one, Site)]
        if last == "parse_args" and any(one.cls.endswith((".RequestParser", ".parser")) for one in sites):
            return "args", "parse_args()"
        of_db = not call.args or any(one.kind == "sqlalchemy" for one in sites)
        if last == "paginate" and of_db and call.keyword("page") is None and not call.open_ended:
            return "args", "request.args (paginate reads the page from it)"
        return None

    def query_arguments(self, layers: Iterable[Layer]) -> list[Read]:
        """Return what decorators read of the query string for the view: ``@blp.arguments(Page, location="query")``."""
        return [
            Read("args", f"@{one.name} from the query string", one.home or one.module, one.expr)
            for one in layers
            if one.kind == "other" and isinstance(one.expr, Call) and terminal(one.expr.func) in _PARSERS
            if text_of(one.expr.keyword("location")) in {"query", "querystring"}
        ]


def identity_parameters(function: Function, rules: tuple[str, ...]) -> list[str]:
    """Return the parameters of a view that a decorator fills in with who asks: ``def orders(current_user)``."""
    return [
        one.name
        for one in function.params
        if re.match(r"^(current_user|auth_user|user|identity|current_identity|claims|logged_in_user)$", one.name)
        and not any(re.search(rf"[<:]{one.name}>", rule) for rule in rules)
    ]


def _read_by(module: Module, scope: str) -> Iterator[Expr]:
    """Yield the expressions of a scope that are read; what is only written to is not."""
    for step in module.steps(scope):
        if step.value is not None and step.kind != "define":
            yield step.value
        for target in step.targets if step.kind == "assign" else ():
            if isinstance(target, Index):
                yield target.index
    for block in module.blocks(scope):
        if block.subject is not None and block.kind != "else":
            yield block.subject


def _shown(expr: Expr) -> Iterator[Expr]:
    """Yield the parts of an expression, without those that are only logged."""
    stack = [expr]
    while stack:
        one = stack.pop()
        if isinstance(one, Call) and _is_log(one):
            continue
        yield one
        stack.extend(reversed(children(one)))


def _is_log(call: Call) -> bool:
    if not isinstance(call.func, Ref):
        return False
    holder, _, last = call.func.name.rpartition(".")
    return call.func.name == "print" or (last in _LOGS and "log" in holder.rpartition(".")[2].lower())
