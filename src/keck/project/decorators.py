"""What a decorator does to a view: registers, guards, limits, caches it, or opens it to other origins."""

from __future__ import annotations

from dataclasses import replace

import msgspec

from keck.facts.expr import Attr, Call, Const, Expr, Ref, Text, ref_at, terminal
from keck.facts.record import Function
from keck.project.layer import Layer
from keck.project.module import Module, Where
from keck.project.objects import Objects
from keck.project.refusals import GUARDS, JWT, signals
from keck.project.things import Named, Site, Unknown

__all__ = ["Decorators", "Layer", "looks_like_url"]

VERBS = {"get", "post", "put", "patch", "delete"}
_DEPTH = 4


class Decorators:
    """Classifies decorators."""

    def __init__(self, objects: Objects) -> None:
        self.objects = objects
        self.names = objects.names
        self._own: dict[str, str] = {}

    def layer(self, module: Module, scope: str, expr: Expr, depth: int = 0) -> Layer:
        """Return what one decorator does; `scope` is where it stands."""
        call = expr if isinstance(expr, Call) else None
        func = expr.func if isinstance(expr, Call) else expr
        if isinstance(func, Ref):
            symbol = self.names.resolve(module, scope, func.name)
            head, dot, method = func.name.rpartition(".")
            kind = self._by_symbol(symbol)
            if kind:
                return Layer(kind, symbol, expr, module, scope, call)
            if dot:
                found = self._by_holder(ref_at(func, head), method, Layer("other", symbol, expr, module, scope, call))
                if found is not None:
                    return found
            if symbol == "functools.partial" and isinstance(expr, Call) and expr.args and depth < _DEPTH:
                made = msgspec.structs.replace(expr, func=expr.args[0], args=expr.args[1:])
                return replace(self.layer(module, scope, made, depth + 1), expr=expr)
            if self._body(symbol) is not None:
                return Layer(self.own(symbol), symbol, expr, module, scope, call)
            for where in self.objects.written(symbol) if depth < _DEPTH else ():
                inner = self.layer(*where, depth + 1)
                if inner.kind != "other":
                    call = self._configured(where, inner.call, call)
                    return Layer(inner.kind, inner.symbol, expr, inner.module, inner.scope, call, inner.holder, module)
            return Layer("other", symbol, expr, module, scope, call)
        if isinstance(func, Attr):
            found = self._by_holder(func.value, func.name, Layer("other", func.name, expr, module, scope, call))
            if found is not None:
                return found
        if isinstance(func, Call) and depth < _DEPTH:
            inner = self.layer(module, scope, func, depth + 1)
            return Layer(inner.kind, inner.symbol, expr, inner.module, inner.scope, inner.call, inner.holder, module)
        return Layer("other", terminal(func), expr, module, scope, call)

    def _configured(self, where: Where, inner: Call | None, outer: Call | None) -> Call | None:
        """Return the call that configures a decorator kept in a variable; that of a ``partial`` takes more."""
        module, scope, value = where
        if inner is None or outer is None or not isinstance(value, Call) or not isinstance(value.func, Ref):
            return inner or outer
        if self.names.resolve(module, scope, value.func.name) != "functools.partial":
            return inner
        later = {one.name for one in outer.keywords}
        keywords = tuple(one for one in inner.keywords if one.name not in later)
        return msgspec.structs.replace(inner, args=inner.args + outer.args, keywords=keywords + outer.keywords)

    def _by_symbol(self, symbol: str) -> str:
        if symbol in JWT:
            return "jwt"
        if GUARDS.match(symbol):
            return "guard"
        if symbol == "flask_cors.cross_origin":
            return "cross_origin"
        return ""

    def _by_holder(self, holder: Expr, method: str, plain: Layer) -> Layer | None:
        """Return what a method of `holder` does as a decorator; `plain` is the layer before its kind is known."""
        symbol, call = plain.symbol, plain.call
        things = self.objects.of(plain.module, plain.scope, holder)
        for thing in things:
            kind = ""
            match thing:
                case Site(kind="app" | "blueprint" | "namespace") if method in VERBS or method in {
                    "route",
                    "websocket",
                    "doc_route",
                }:
                    kind = "route" if call is not None else ""
                case Site(kind="limiter"):
                    kind = {"limit": "limit", "shared_limit": "limit", "exempt": "exempt"}.get(method, "")
                case Site(kind="caching"):
                    kind = {"cached": "cached", "memoize": "memoize"}.get(method, "")
                case Site(cls=cls) if self._is_a(cls, "flask_httpauth."):
                    kind = "guard" if method == "login_required" else ""
                case Site(cls=cls) if self._is_a(cls, "flask_principal."):
                    kind = "guard" if method in {"require", "test"} else ""
                case Site(kind="object", cls=cls) if self.objects.function(f"{cls}.{method}") is not None:
                    symbol = f"{cls}.{method}"
                    kind = self.own(symbol)
                case Site(cls=cls) if cls.startswith("flask_wtf.") and method == "exempt":
                    kind = "csrf_exempt"
                case Site(cls=cls) if cls.startswith(("flask_restx.", "flask_restplus.", "flask_restful.")):
                    kind = "route" if method in {"route", "resource"} else ""
                case Site(kind="external", cls=cls) if "authlib" in cls or "oauth" in cls.lower():
                    kind = "guard" if method in {"require_oauth", "acquire_token"} else ""
                case Named(kind="external", symbol=made) if made.startswith(("flask_security", "flask_login")):
                    kind = "guard" if "required" in method else ""
                case Named(kind="external", symbol="flask.current_app"):
                    kind = "route" if method == "route" and call is not None else ""
            if kind:
                return replace(plain, kind=kind, symbol=symbol, holder=thing if isinstance(thing, Site) else None)
        unknown = any(isinstance(one, Unknown) for one in things)
        if unknown and call is not None and method in VERBS | {"route"} and looks_like_url(call):
            return replace(plain, kind="route")
        return None

    def _is_a(self, cls: str, package: str) -> bool:
        return any(one.startswith(package) for one in self.objects.lineage(cls))

    def _body(self, symbol: str) -> tuple[Module, str] | None:
        """Return the function or class of the project that a symbol names: its module and qualified name."""
        found = self.objects.function(symbol)
        if found is not None:
            return found[0], found[1].name
        head, colon, name = symbol.partition(":")
        module = self.names.by_name.get(head)
        return (module, name) if colon and module is not None and name in module.classes else None

    def own(self, symbol: str) -> str:
        """Return the kind of a decorator that the project defines: ``jwt``, ``guard``, ``limiting`` or ``other``."""
        if symbol not in self._own:
            self._own[symbol] = "other"
            self._own[symbol] = self._judge(symbol)
        return self._own[symbol]

    def _judge(self, symbol: str) -> str:
        found = self._body(symbol)
        if found is None:
            return "other"
        module, name = found
        kinds = set()
        for scope in module.inside(name):
            inner = module.functions.get(scope)
            if inner is not None and scope != name:
                layers = [self.layer(module, name, one) for one in inner.decorators]
                kinds |= {one.kind for one in layers if not one.optional}
            kinds |= set(signals(self, module, scope))
        for kind in ("jwt", "guard", "limiting", "limit", "cached", "memoize"):
            if kind in kinds:
                return kind
        return "other"

    def limits(self, module: Module, function: Function) -> bool:
        """Whether a function (a view, a hook) turns away callers that come too often: answers 429 or says so."""
        return "limiting" in signals(self, module, function.name)

    def refuses(self, module: Module, function: Function) -> str:
        """Return ``jwt`` or ``guard`` when a function (a hook, say) turns callers away, else an empty text."""
        layers = [self.layer(module, function.scope, one) for one in function.decorators]
        kinds = {one.kind for one in layers if not one.optional} | set(signals(self, module, function.name))
        return next((kind for kind in ("jwt", "guard") if kind in kinds), "")


def looks_like_url(call: Call) -> bool:
    """Whether the first argument of a call is written as a URL rule."""
    first = call.argument(0, "rule")
    if isinstance(first, Text) and first.parts:
        first = first.parts[0]
    return (
        isinstance(first, Const) and isinstance(first.value, str) and (first.value.startswith("/") or not first.value)
    )
