"""A view that takes a password, or resets one, has no limit.

What: a login, a password reset, or a check of a one-time code, without a limit of its own, of its blueprint, of the
application and without default limits, in a project that uses Flask-Limiter. Views that only those who are logged in
reach are left alone, and so are registration and the change of an account.
Why: nothing slows down whoever tries passwords or codes one after the other, or has a thousand reset mails sent.
Fix: `@limiter.limit("5 per minute")` below the route, or a limit for the whole blueprint:
`limiter.limit("5 per minute")(auth_bp)`.
When to ignore it: a gateway or web server in front limits the address, or a captcha stands before the check.
Evidence: limits reach a view only where a decorator, a blueprint limit or default limits name it; a view with none of
them answers every request (Flask-Limiter 4.1.1).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from keck.facts.expr import Call, Const, Ref, before, terminal
from keck.finding import Finding, Level
from keck.live.record import LiveApp
from keck.live.record import Route as LiveRoute
from keck.project import Project
from keck.project.module import Module
from keck.project.routes import Route
from keck.project.things import Named, Site, Thing
from keck.project.values import Known, alternatives
from keck.rule import Rule
from keck.rules._wording import called
from keck.rules._words import CHANGING_VIEWS, SETTINGS
from keck.rules.limiter._limiters import hides_options, is_read, limiters
from keck.rules.limiter._passwords import sensitive
from keck.rules.limiter._replaced import is_replaced, replaced

rule = Rule(
    __name__,
    requires=("flask_limiter", "flask.ext"),
    level=Level.warning,
    needles=(
        "imiter",
        *CHANGING_VIEWS,
        "init_app",
        "before_request",
        "before_app_request",
        "assword",
        "asswd",
        "pwd",
        "login",
        "checkpw",
        "session[",
        ".verify(",
        "token",
        "wraps",
        "abort(",
        "nauthorized",
        "429",
        "oo many",
        "ate limit",
        "ate_limit",
        "hrottl",
        "RATELIMIT_",
        *SETTINGS,
    ),
    good="Whoever tries passwords meets a limit",
    needs=("limiter", "routes"),
    follows=(
        "app/extension-never-bound",
        "app/extension-inert",
        "app/config-without-effect",
        "together/decorator-above-route",
        "limiter/limit-string-invalid",
    ),
)

_DEFAULTS = {
    "default_limits": "RATELIMIT_DEFAULT",
    "application_limits": "RATELIMIT_APPLICATION",
    "global_limits": "RATELIMIT_GLOBAL",
}


@rule.in_code
def check(project: Project) -> Iterator[Finding]:
    """Yield the views that take or reset a password and that nothing limits."""
    if not project.uses("flask_limiter"):
        return
    made = list(limiters(project))
    if not made:
        return
    by_default = _by_default(project)
    limited, exempt, endpoints = _limited_things(project), _exempt_things(project), replaced(project)
    for route in project.routes:
        if (by_default and not _is_exempt(route, exempt)) or is_replaced(project, route, endpoints):
            continue
        what = sensitive(project, route)
        if what and not _guarded(route) and not _limited(project, route, limited):
            yield rule.finding(
                route.place,
                f"{called(route.name)} {what}, and no limit applies to it",
                f'limit it with `@{made[0].name}.limit("5 per minute")` directly above the function',
                symbol=route.name,
            )


def _guarded(route: Route) -> bool:
    """Whether only those who are logged in get there."""
    kinds = [layer.kind for layer in route.layers if not layer.optional]
    return "jwt" in kinds or "guard" in kinds


def _by_default(project: Project) -> bool:
    """Whether default or application limits apply, or may apply, to every view."""
    for one in project.instances_of("limiter"):
        if hides_options(project, one):
            return True
        for option in _DEFAULTS:
            given = one.call.keyword(option)
            if given is not None and not _is_nothing(project.value(one.module, one.scope, given)):
                return True
    for key in _DEFAULTS.values():
        for setting in project.settings(key):
            if is_read(project, key, setting.module.path) is not False and not _is_nothing(setting.value):
                return True
    # where settings cannot be seen, views with limits of their own show where the project writes its limits
    return bool(project.config.hidden) and not any(
        layer.kind == "limit" for route in project.routes for layer in route.layers
    )


def _is_nothing(value: object) -> bool:
    return all(isinstance(one, Known) and not one.value for one in alternatives(value))  # type: ignore[arg-type]


def _limited_things(project: Project) -> frozenset[Thing | str]:
    """Return the blueprints, and the symbols of functions, to which a limit is applied by a call."""
    found: set[Thing | str] = set()
    for name in ("limit", "shared_limit", *_limit_names(project)):
        for module, scope, call in project.objects.calls_by_name.get(name, []):
            layer = project.decorators.layer(module, scope, call.func)
            if layer.kind == "limit" and len(call.args) == 1 and not isinstance(call.args[0], Const):
                argument = call.args[0]
                found |= project.things(module, scope, argument)
                found.add(project.resolve(module, scope, argument))
    return frozenset(one for one in found if isinstance(one, Site) or (isinstance(one, str) and ":" in one))


def _exempt_things(project: Project) -> frozenset[Thing]:
    """Return the blueprints and functions that are exempted by a call: ``limiter.exempt(auth_bp)``."""
    found: set[Thing] = set()
    for module, scope, call, _ in project.method_calls("limiter", "exempt"):
        found |= project.things(module, scope, call.args[0]) if call.args else set()
    return frozenset(one for one in found if isinstance(one, Site | Named))


def _is_exempt(route: Route, things: frozenset[Thing]) -> bool:
    """Whether default limits pass a view over."""
    if any(layer.kind == "exempt" for layer in route.layers):
        return True
    return Named("function", route.symbol) in things or any(one in things for one in route.owner)


def _limit_names(project: Project) -> set[str]:
    """Return the variables that hold a limit: ``strict = limiter.limit("5 per minute")``."""
    return {
        terminal(target)
        for module in project.modules
        for step in module.facts.steps
        if step.kind == "assign"
        and isinstance(step.value, Call)
        and terminal(step.value.func) in {"limit", "shared_limit"}
        for target in step.targets
    }


def _limited(project: Project, route: Route, things: frozenset[Thing | str]) -> bool:
    if any(layer.kind in {"limit", "limiting"} for layer in route.layers):
        return True
    if route.symbol in things or any(one in things for one in route.owner):
        return True
    if any(project.decorators.limits(hook.module, hook.function) for hook in project.route_table.hooks):
        return True
    return any(
        project.decorators.limits(module, module.functions[scope]) or _limits_inside(project, module, scope)
        for module, scope, _ in project.reach.closure(route.module, route.function.name, 2)
    )


def _limits_inside(project: Project, module: Module, scope: str) -> bool:
    """``with limiter.limit(...)`` or ``limiter.check()`` in a body."""
    calls = [call for call in module.calls(scope) if terminal(call.func) in {"limit", "shared_limit", "check", "hit"}]
    for call in calls:
        holder = before(call.func)
        if isinstance(holder, Ref):
            made = project.things(module, scope, holder)
            if any(isinstance(one, Site) and (one.kind == "limiter" or one.cls.startswith("limits.")) for one in made):
                return True
    return False


_TAKES = ("check_password_hash", "create_access_token", "create_refresh_token", "login_user")
_NAMED = re.compile(
    r"(^|[/._-])(log-?in|sign-?in|otp|2fa|mfa|(forgot|reset|recover)[a-z_-]*pass\w*|pass\w*[/_-](forgot|reset|recovery))([/._-]|$)",
    re.IGNORECASE,
)


@rule.in_app
def examine(app: LiveApp) -> Iterator[Finding]:
    """Yield routes that take or reset a password and that no limit holds for."""
    serving = app.serving("limiter")
    name = (serving.name.rpartition(":")[2] if serving is not None else "") or "limiter"
    told: set[str] = set()
    for route in app.routes:
        what = _sensitive(route)
        known = not route.limits and not route.unseen and route.exposure != "guarded"
        if what and known and route.endpoint not in told:
            told.add(route.endpoint)
            yield rule.live(
                route.spot,
                f"{called(route.name.rpartition('.')[2])} {what}, and no limit applies to {route.method} {route.rule}",
                f'limit it with `@{name}.limit("5 per minute")` directly above the function',
                symbol=route.name.rpartition(".")[2],
                tags=("limiter", route.endpoint),
            )


def _sensitive(route: LiveRoute) -> str:
    """Return what makes the route worth a limit, as a clause; empty where nothing does."""
    if route.method not in {"POST", "PUT", "PATCH"}:
        return ""
    taken = next((name for name in _TAKES if name in route.reads), None)
    if taken == "check_password_hash":
        return "checks a password"
    if taken is not None:
        return "lets callers log in"
    return "takes or resets a password by its name" if _NAMED.search(route.rule) else ""
