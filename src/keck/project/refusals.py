"""Refusals: what shows that a function turns callers away."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from keck.facts.expr import Call, Const, Items, Ref, terminal, walk
from keck.project.layer import lets_anonymous_in
from keck.project.module import Module

if TYPE_CHECKING:
    from keck.project.decorators import Decorators

JWT = {
    "flask_jwt_extended.jwt_required",
    "flask_jwt_extended.fresh_jwt_required",
    "flask_jwt_extended.jwt_refresh_token_required",
    "flask_jwt_extended.jwt_optional",
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


def signals(decorators: Decorators, module: Module, scope: str) -> Iterator[str]:
    """Yield what a body does to callers: ``jwt`` or ``guard`` turns them away, ``limiting`` those that come too often."""
    for call in module.calls(scope):
        last = terminal(call.func)
        symbol = decorators.names.resolve(module, scope, call.func.name) if isinstance(call.func, Ref) else ""
        if symbol in JWT or symbol in VERIFIERS:
            if symbol != "flask_jwt_extended.jwt_optional" and not lets_anonymous_in(call):
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
            yield decorators.own(symbol)
    for step in module.steps(scope):
        if step.value is None:
            continue
        if step.kind == "raise" and _REFUSING_NAMES.search(terminal(step.value)):
            yield "guard"
        if step.kind == "return":
            numbers = {one.value for one in walk(step.value) if isinstance(one, Const) and isinstance(one.value, int)}
            if numbers & {401, 403}:
                yield "guard"
            elif 429 in numbers:
                yield "limiting"
        if step.kind in {"return", "raise"} and any(
            isinstance(one, Const) and isinstance(one.value, str) and _LIMITING.search(one.value)
            for one in walk(step.value)
        ):
            yield "limiting"


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
