"""A logout leaves the token valid.

What:
    A logout route of an app whose users have tokens of Flask-JWT-Extended, where no
    `token_in_blocklist_loader` is registered (`token_in_blacklist_loader` under version 3). Also a
    loader that looks in a set or dict of its own process (a note; a warning with several workers).

Why:
    The token works until it expires, whoever holds it. The person who logs out because a token was
    seen by somebody else has not logged anybody out, and a blocklist that a logout writes to but
    nothing reads changes nothing.

Fix:
    Register `@jwt.token_in_blocklist_loader` that looks for `jwt_payload["jti"]` in a store which
    the logout writes to, shared by all workers. Revoke the refresh token as well.

When to ignore it:
    Where access tokens live for minutes and that is good enough. A logout that takes the cookie
    away, with tokens that live no longer than an hour, is only a note.

Evidence:
    Reproduced with Flask-JWT-Extended 4.7.4: the token answers 200 after a logout that stores its
    jti. vimalloc/flask-jwt-extended #362.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

from keck.facts.expr import Call, Const, Expr, Items, Ref, Table, terminal, walk
from keck.facts.record import Function
from keck.finding import Finding, Level
from keck.live.record import LiveApp, Setting
from keck.live.record import Route as LiveRoute
from keck.project import Project
from keck.project.routes import Route
from keck.project.values import Known, alternatives, defaults
from keck.rule import Rule
from keck.rules._live import variable
from keck.rules._wording import called
from keck.rules.jwt._live import minting, named, tokens, words
from keck.rules.jwt._live import symbol as symbol_of
from keck.rules.jwt._manager import PACKAGE, is_version_3, loaders, registers

rule = Rule(
    __name__,
    requires=("flask_jwt", "flask.ext"),
    level=Level.warning,
    needles=("flask_jwt_extended", "logout", "log_out", "signout", "sign_out", "list_loader", "before_request"),
    good="Logging out ends tokens",
    needs=("jwt", "routes"),
    follows=("app/second-extension-instance",),
)

_LOGOUT = re.compile(r"(^|[^a-z])(log|sign)[-_]?(out|off)([^a-z]|$)", re.IGNORECASE)
_OTHERS = {"logout_user", "clear", "pop"}
_VERSIONED = re.compile(r"jti|token_version|session_version|valid_(after|since)|tokens_valid", re.IGNORECASE)
_SHORT = timedelta(hours=1)
_CHECKS = (
    "token_in_blocklist_loader", "token_in_blacklist_loader", "token_verification_loader", "claims_verification_loader",
)  # fmt: skip


@rule.in_code
def check(project: Project) -> Iterator[Finding]:
    """Yield each logout of a project that revokes nothing."""
    managers = project.instances_of("jwt")
    makes = next(project.calls_to(f"{PACKAGE}.create_access_token", f"{PACKAGE}.create_refresh_token"), None)
    if not managers or makes is None:
        return
    yield from _forgotten(project)
    routes = [one for one in project.routes if _is_logout(one) and _of_tokens(project, one)]
    if not routes or registers(project, *_CHECKS) or _checked_by_hand(project, routes):
        return
    manager = managers[0]
    seen: set[str] = set()
    for route in routes:
        if route.symbol in seen:
            continue
        seen.add(route.symbol)
        cookie = _takes_cookie(project, route)
        loader = "token_in_blacklist_loader" if is_version_3(project, manager.module.path) else _CHECKS[0]
        left = "takes the cookie away, but the token in it" if cookie else "revokes nothing: the token"
        yield rule.finding(
            route.place,
            f"{called(route.name)} {left} works until it expires, because `{manager.name}` has no `{loader}`",
            f"store the token's `jti` at logout and look it up in a function registered with `@{manager.name}.{loader}`",
            level=Level.note if cookie and _short(project) else Level.warning,
            symbol=route.symbol,
            related=[(manager.place, f"`{manager.name}` is made here")],
        )


def _forgotten(project: Project) -> Iterator[Finding]:
    """Yield the loaders that look up what is kept in a variable of one process."""
    several = project.workers is not None and project.workers.count != 1
    for module, loader in loaders(project, *_CHECKS[:2]):
        if not isinstance(loader, Function):
            continue
        for ref in module.refs(loader.name):
            symbol = project.resolve(module, loader.name, ref)
            held = list(project.objects.written(symbol)) if "." not in symbol.partition(":")[2] else []
            if len(held) == 1 and _empty(held[0][2]):
                yield rule.finding(
                    module.place(ref),
                    f"{called(loader.name)} looks up revoked tokens in `{ref.name}`, "
                    "which each worker has for itself and a restart empties",
                    "keep revoked tokens in Redis or in a table",
                    level=Level.warning if several else Level.note,
                    symbol=symbol,
                    related=[(held[0][0].place(held[0][2]), f"`{ref.name}` is made here")],
                )
                break


def _empty(expr: Expr) -> bool:
    """Whether an expression makes an empty set, list or dict."""
    match expr:
        case Call(func=Ref(name="set" | "list" | "dict"), args=()):
            return True
        case Items(items=()) | Table(pairs=()):
            return True
    return False


def _is_logout(route: Route) -> bool:
    words = (re.sub(r"(?<=[a-z])(?=[A-Z])", "_", one) for one in (route.function.name, route.cls, *route.rules))
    return any(_LOGOUT.search(one) for one in words)


def _of_tokens(project: Project, route: Route) -> bool:
    """Whether a logout is that of a token: guarded or working with one, or at least not that of a session."""
    if any(one.kind == "jwt" for one in route.effective) or _takes_cookie(project, route):
        return True
    if any(one.kind == "guard" for one in route.effective):
        return False
    for module, scope, _ in project.reach.closure(route.module, route.function.name, 1):
        for call in module.calls(scope):
            symbol = project.resolve(module, scope, call.func)
            if terminal(call.func) in _OTHERS and symbol.startswith(
                ("flask_login.", "flask.session", "flask_security")
            ):
                return False
            if symbol in {"flask.redirect", "flask.render_template"}:
                return False
    return True


def _takes_cookie(project: Project, route: Route) -> bool:
    return any(
        project.resolve(module, scope, call.func).startswith(f"{PACKAGE}.unset_")
        for module, scope, _ in project.reach.closure(route.module, route.function.name, 1)
        for call in module.calls(scope)
    )


def _checked_by_hand(project: Project, routes: list[Route]) -> bool:
    """Whether a loader, a hook or a decorator of the project's own looks at what could revoke a token."""
    lookups = loaders(project, "user_lookup_loader", "user_loader_callback_loader")
    places = [(module, one.name) for module, one in lookups if isinstance(one, Function)]
    places += [(hook.module, hook.function.name) for hook in project.route_table.hooks]
    for route in project.routes:
        for layer in route.effective:
            own = project.objects.function(layer.symbol) if layer.kind in {"jwt", "guard"} else None
            if own is not None and route not in routes:
                places.append((own[0], own[1].name))
    for where, name in dict.fromkeys(places):
        for module, scope, _ in project.reach.closure(where, name, 2):
            for inner in module.inside(scope):
                if any(_VERSIONED.search(_word(part)) for one in module.expressions(inner) for part in walk(one)):
                    return True
    return False


def _word(part: object) -> str:
    if isinstance(part, Const):
        return part.value if isinstance(part.value, str) else ""
    return "" if isinstance(part, Call) else str(getattr(part, "name", ""))


def _short(project: Project) -> bool:
    """Whether access tokens certainly live no longer than an hour; 15 minutes when nothing is said."""
    if project.config.hidden and not project.settings("JWT_ACCESS_TOKEN_EXPIRES"):
        return True
    for one in project.settings("JWT_ACCESS_TOKEN_EXPIRES"):
        for value in alternatives(one.value):
            for each in defaults(value):
                inner = each.value if isinstance(each, Known) else None
                seconds = inner.total_seconds() if isinstance(inner, timedelta) else inner
                if not isinstance(seconds, int | float) or not 0 < seconds <= _SHORT.total_seconds():
                    return False
    return True


_HOUR = re.compile(r"0:\d\d:\d\d|1:00:00$")
_REVOKES = re.compile(r"revo[ck]|block_?list|black_?list|jti|token_version|session_version", re.IGNORECASE)


@rule.in_app
def examine(app: LiveApp) -> Iterator[Finding]:
    """Yield logout routes below a manager that asks nobody whether a token was revoked."""
    manager = app.of("jwt", "this", "both", "unknown")[0]
    checks = {"_token_in_blocklist_callback", "_token_verification_callback"} & set(manager.facts.get("callbacks", ()))
    if checks or manager.facts.get("blocklist") is not False or not any(True for _ in minting(app)):
        return
    routes = [one for one in app.routes if _says(one) and _ends_tokens(one)]
    if any(map(_VERSIONED.search, manager.facts.get("lookup_reads", ()))) or any(
        _looks(one) for one in app.routes if one not in routes
    ):
        return
    told: set[str] = set()
    for route in routes:
        if route.name in told:
            continue
        told.add(route.name)
        cookie = any(one.startswith("unset_") for one in route.reads)
        left = "takes the cookie away, but the token in it" if cookie else "revokes nothing: the token"
        yield rule.live(
            route.spot,
            f"{called(named(route))} {left} works on after {route.method} {route.rule} until it expires, because "
            f"`{variable(manager)}` has no `{_CHECKS[0]}`",
            "store the token's `jti` at logout and look it up in a function registered with "
            f"`@{variable(manager)}.{_CHECKS[0]}`",
            level=Level.note if cookie and _expires_soon(app) else None,
            symbol=symbol_of(route),
            tags=("jwt", route.endpoint),
            related=[(manager.spot, f"`{variable(manager)}` is made here")] if manager.spot.path else [],
        )


def _says(route: LiveRoute) -> bool:
    spaced = (re.sub(r"(?<=[a-z])(?=[A-Z])", "_", one) for one in words(route))
    return not route.static and any(_LOGOUT.search(one) for one in spaced)


def _ends_tokens(route: LiveRoute) -> bool:
    """Whether a logout is that of a token: guarded or working with one, or at least not that of a session."""
    if tokens(route) or any(one.startswith("unset_") for one in route.reads):
        return True
    return not route.guards and not {"session", "logout_user", "redirect"} & set(route.reads)


def _looks(route: LiveRoute) -> bool:
    """Whether a guard of the project's own may look at what revokes a token, by its name."""
    return any(one.kind in {"own", "jwt"} and _REVOKES.search(one.name.rpartition(".")[2]) for one in route.guards)


def _expires_soon(app: LiveApp) -> bool:
    """Whether access tokens live no longer than an hour."""
    setting = app.config.get("JWT_ACCESS_TOKEN_EXPIRES", Setting("NoneType"))
    if setting.type == "int":
        return 0 < int(setting.value) <= _SHORT.total_seconds()
    return setting.type == "timedelta" and str(setting.value) != "0:00:00" and bool(_HOUR.match(str(setting.value)))
