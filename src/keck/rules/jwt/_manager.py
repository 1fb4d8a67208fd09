"""What a project registers on its JWTManager, and for which version of Flask-JWT-Extended it is written."""

from __future__ import annotations

from collections.abc import Iterator

from keck.facts.expr import Call, Const, Expr, Lambda, is_true, terminal
from keck.facts.record import Function
from keck.project import Project
from keck.project.module import Module

PACKAGE = "flask_jwt_extended"
REQUIRED = f"{PACKAGE}.jwt_required"
VERIFIERS = (REQUIRED, f"{PACKAGE}.verify_jwt_in_request")
REFRESHING_3 = (f"{PACKAGE}.jwt_refresh_token_required", f"{PACKAGE}.verify_jwt_refresh_token_in_request")
"""What lets refresh tokens in under Flask-JWT-Extended 3."""

_NAMES_3 = {
    "jwt_optional",
    "fresh_jwt_required",
    "jwt_refresh_token_required",
    "get_raw_jwt",
    "get_raw_jwt_header",
    "get_jwt_claims",
    "verify_jwt_in_request_optional",
    "verify_fresh_jwt_in_request",
    "verify_jwt_refresh_token_in_request",
}
_LOADERS_3 = (
    "user_loader_callback_loader",
    "user_loader_error_loader",
    "token_in_blacklist_loader",
    "user_claims_loader",
    "claims_verification_loader",
    "claims_verification_failed_loader",
)


def is_version_3(project: Project, path: str) -> bool:
    """Whether a file runs under Flask-JWT-Extended 3: its pin says so, or without one the names that the code uses."""
    pinned = project.pins.before("flask-jwt-extended", "4.0", path)
    return _speaks_version_3(project) if pinned is None else pinned


def _speaks_version_3(project: Project) -> bool:
    return any(
        one.name in _NAMES_3 and one.module.partition(".")[0] == PACKAGE
        for module in project.modules
        if not module.is_test
        for one in module.facts.imports
    ) or any(True for _ in loaders(project, *_LOADERS_3))


def loaders(project: Project, *names: str) -> Iterator[tuple[Module, Function | Lambda | None]]:
    """Yield what is registered outside tests by methods of a JWTManager, as decorator or by a call.

    What is registered is None where it cannot be told.
    """
    wanted = set(names)
    for module in project.modules:
        if not module.is_test:
            for function in module.facts.functions:
                for one in function.decorators:
                    if terminal(one) in wanted:
                        yield module, function
    for name in names:
        for module, scope, call in project.objects.calls_by_name.get(name, []):
            if not module.is_test:
                given = call.argument(0, "callback")
                if isinstance(given, Lambda):
                    yield module, given
                    continue
                found = project.objects.function(project.resolve(module, scope, given)) if given is not None else None
                yield found or (module, None)


def registers(project: Project, *names: str) -> bool:
    """Whether a loader may be registered: as decorator, by a call, or by any other use of the method's name."""
    if any(True for _ in loaders(project, *names)):
        return True
    wanted = {*names, *(f"_{one.removesuffix('_loader')}_callback" for one in names)}
    for module in project.modules:
        if module.is_test:
            continue
        if any(one.name.rpartition(".")[2] in wanted for one in module.facts.functions):
            return True
        for scope in module.scopes:
            if any(ref.name.rpartition(".")[2] in wanted for ref in module.refs(scope)):
                return True
    return False


def decorators(module: Module) -> Iterator[tuple[str, str, Expr]]:
    """Yield every decorator of a module: the scope in which it stands, the name of what it decorates, itself."""
    for function in module.facts.functions:
        for expr in function.decorators:
            yield function.scope, function.name, expr
    for cls in module.facts.classes:
        for expr in cls.decorators:
            yield cls.scope, cls.name, expr


def guards(project: Project) -> Iterator[tuple[Module, str, Expr]]:
    """Yield every decorator and call outside tests that checks a token with Flask-JWT-Extended itself."""
    wanted = {*VERIFIERS, *REFRESHING_3}
    for module in project.modules:
        if module.is_test:
            continue
        for scope, _, expr in decorators(module):
            if project.resolve(module, scope, expr.func if isinstance(expr, Call) else expr) in wanted:
                yield module, scope, expr
    yield from project.calls_to(*wanted)


def admits(symbol: str, call: Call | None) -> frozenset[str]:
    """Return which tokens a check lets in: ``access``, ``refresh``, both, or none where that cannot be told."""
    if symbol in REFRESHING_3:
        return frozenset({"refresh"})
    if call is None:
        return frozenset({"access"})
    if call.open_ended:
        return frozenset()
    kind = call.argument(2, "refresh")
    checked = call.argument(4, "verify_type")
    if checked is not None and not is_true(checked):
        return frozenset({"access", "refresh"}) if isinstance(checked, Const) else frozenset()
    if kind is None:
        return frozenset({"access"})
    return frozenset({"refresh" if kind.value else "access"}) if isinstance(kind, Const) else frozenset()
