"""What a decorator does to a view: registers, guards, limits, caches it, or opens it to other origins."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from keck.facts.expr import Attr, Call, Const, Expr, Items, Ref, Text, terminal, walk
from keck.facts.record import Function
from keck.finding import Place
from keck.project.module import Module
from keck.project.objects import Objects
from keck.project.things import Named, Site, Unknown

VERBS = {"get", "post", "put", "patch", "delete"}
JWT = {
    "flask_jwt_extended.jwt_required": "jwt",
    "flask_jwt_extended.fresh_jwt_required": "jwt",
    "flask_jwt_extended.jwt_refresh_token_required": "jwt",
    "flask_jwt_extended.jwt_optional": "jwt",
}
VERIFIERS = {
    "flask_jwt_extended.verify_jwt_in_request",
    "flask_jwt_extended.verify_fresh_jwt_in_request",
    "flask_jwt_extended.verify_jwt_refresh_token_in_request",
}
GUARDS = re.compile(
    r"^(flask_login\.(login_required|fresh_login_required)"
    r"|flask_security\.(auth_required|login_required|auth_token_required|http_auth_required|roles_required"
    r"|roles_accepted|permissions_required|permissions_accepted|unauth_csrf)"
    r"|flask_jwt\.jwt_required|flask_user\.\w+_required|flask_user\.\w+_accepted|flask_allows\.requires"
    r"|flask_simplelogin\.login_required|flask_oidc\..*|flask_dance\..*)$"
)
_REFUSING_CALLS = {
    "verify_jwt_in_request",
    "verify_fresh_jwt_in_request",
    "unauthorized",
    "Unauthorized",
    "Forbidden",
    "PermissionDenied",
    "permission_denied",
    "access_denied",
    "login_required",
    "jwt_required",
    "auth_required",
}
_REFUSING_NAMES = re.compile(
    r"unauthori[sz]ed|forbidden|denied|auth\w*error|notallowed|permissionerror|accesserror", re.IGNORECASE
)
_LIMITING = re.compile(r"too.?many|rate.?limit|throttl", re.IGNORECASE)
_DEPTH = 4


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
            return self.symbol.endswith("jwt_optional") or _is_optional(self.call)
        given = None if self.call is None else self.call.keyword("optional")
        return isinstance(given, Const) and given.value is True

    @property
    def name(self) -> str:
        """How the decorator is spelt, for messages: ``cache.cached``."""
        func = self.expr.func if isinstance(self.expr, Call) else self.expr
        return func.name if isinstance(func, Ref | Attr) else terminal(func)


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
                holder_ref = Ref(func.line, func.column, func.end_line, func.end_column, head)
                found = self._by_holder(holder_ref, method, Layer("other", symbol, expr, module, scope, call))
                if found is not None:
                    return found
            if self._body(symbol) is not None:
                return Layer(self.own(symbol), symbol, expr, module, scope, call)
            for where in self.objects.written(symbol) if depth < _DEPTH else ():
                inner = self.layer(*where, depth + 1)
                if inner.kind != "other":
                    call = inner.call or call
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
            kinds |= set(self._signals(module, scope))
        for kind in ("jwt", "guard", "limiting", "limit", "cached", "memoize"):
            if kind in kinds:
                return kind
        return "other"

    def _signals(self, module: Module, scope: str) -> Iterator[str]:
        for call in module.calls(scope):
            last = terminal(call.func)
            symbol = self.names.resolve(module, scope, call.func.name) if isinstance(call.func, Ref) else ""
            if symbol in JWT or symbol in VERIFIERS:
                if symbol != "flask_jwt_extended.jwt_optional" and not _is_optional(call):
                    yield "jwt"
            elif last in _REFUSING_CALLS or GUARDS.match(symbol):
                yield "guard"
            elif last == "abort" and _refusal(call):
                yield "guard" if not _says(call, {429}) else "limiting"
            elif last == "redirect" and any(
                "login" in str(one).lower() or "sign" in str(one).lower() for one in _texts(call)
            ):
                yield "guard"
            elif last.startswith(("check_", "require", "verify", "ensure", "assert_")):
                yield self.own(symbol)
        for step in module.steps(scope):
            if step.value is None:
                continue
            if step.kind == "raise" and _REFUSING_NAMES.search(terminal(step.value)):
                yield "guard"
            if step.kind == "return":
                numbers = {
                    one.value for one in walk(step.value) if isinstance(one, Const) and isinstance(one.value, int)
                }
                if numbers & {401, 403}:
                    yield "guard"
                elif 429 in numbers:
                    yield "limiting"
            if step.kind in {"return", "raise"} and any(
                isinstance(one, Const) and isinstance(one.value, str) and _LIMITING.search(one.value)
                for one in walk(step.value)
            ):
                yield "limiting"

    def limits(self, module: Module, function: Function) -> bool:
        """Whether a function (a view, a hook) turns away callers that come too often: answers 429 or says so."""
        return "limiting" in self._signals(module, function.name)

    def refuses(self, module: Module, function: Function) -> str:
        """Return ``jwt`` or ``guard`` when a function (a hook, say) turns callers away, else an empty text."""
        layers = [self.layer(module, function.scope, one) for one in function.decorators]
        kinds = {one.kind for one in layers if not one.optional} | set(self._signals(module, function.name))
        return next((kind for kind in ("jwt", "guard") if kind in kinds), "")


def _is_optional(call: Call | None) -> bool:
    given = None if call is None else call.argument(0, "optional")
    return isinstance(given, Const) and given.value is True


def looks_like_url(call: Call) -> bool:
    """Whether the first argument of a call is written as a URL rule."""
    first = call.argument(0, "rule")
    if isinstance(first, Text) and first.parts:
        first = first.parts[0]
    return (
        isinstance(first, Const) and isinstance(first.value, str) and (first.value.startswith("/") or not first.value)
    )


def _refusal(call: Call) -> bool:
    first = call.argument(0, "status") or call.argument(0, "code")
    if isinstance(first, Const):
        return first.value in {401, 403, 407, 429}
    if isinstance(first, Items):
        return False
    return (
        first is None
        or _REFUSING_NAMES.search(terminal(first)) is not None
        or "401" in terminal(first)
        or "403" in terminal(first)
    )


def _says(call: Call, numbers: set[int]) -> bool:
    return any(isinstance(one, Const) and one.value in numbers for one in walk(call))


def _texts(call: Call) -> Iterator[object]:
    for one in walk(call):
        if isinstance(one, Const):
            yield one.value
        elif isinstance(one, Ref):
            yield one.name
