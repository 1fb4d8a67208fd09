"""A view that takes a password, or resets one, has no limit.

What: a login, a password reset, or a check of a one-time code, without a limit of its own, of its blueprint, of the
application and without default limits, in a project that uses Flask-Limiter. Views that only those who are logged in
reach are left alone, and so is registration.
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

from keck.facts.expr import Attr, Call, Const, Expr, Index, Op, Ref, terminal, walk
from keck.finding import Finding, Level
from keck.project import Project
from keck.project.module import Module
from keck.project.routes import Route
from keck.project.things import Named, Site, Thing
from keck.project.values import Known, alternatives
from keck.rule import Rule
from keck.rules.limiter._limiters import hides_options, is_read, limiters

rule = Rule(__name__, level=Level.warning, needles=("route", "Resource", "MethodView", "Blueprint", "imiter", "password"), catalogue="L07")

_PASSWORD = re.compile(r"^(user_?|login_?|plain_?|raw_?|current_?|old_?|private_?)?(pass(word|wd|phrase|code)?|pwd|pw)$", re.IGNORECASE)
_CHECKS = re.compile(
    r"^_?(is_?)?(check|verify|valid|compare|match|authenticate)(e?s|ed)?_?(user_?|plain_?|hash(ed)?_?)?"
    r"(pass(word|wd)?|pwd|pw)(_?(hash|is_?correct|valid))?$"
    r"|^checkpw$|^(pass(word|wd)?|pwd)_?(matches|is_?correct|is_?valid|verify|verified|check)$",
    re.IGNORECASE,
)
_SETS = re.compile(
    r"^_?((set|hash|change|update|generate|make|encrypt|reset|save)_?(new_?|user_?)?(pass(word|wd)?|pwd|pw)(_?hash)?|hashpw)$",
    re.IGNORECASE,
)
_LOGS_IN = {"login_user", "create_access_token", "create_refresh_token", "set_access_cookies", "generate_token"}
_FORGOTTEN = "forgot|forget|reset|remind|recover|lost|retrieve|restore"
_RESETS = re.compile(
    rf"({_FORGOTTEN})(ten|ing|er|y|ed)?(my|your|the|user|account)?(pass|pwd|pw)|(pass(word|wd)?|pwd|pw)({_FORGOTTEN})"
)
_ONE_TIME = re.compile(r"otp|2fa|mfa|twofactor|secondfactor|onetime")
_CHECKING = re.compile(r"verif|check|valid|confirm|complet|login|auth")
_REGISTERS = re.compile(r"regist|signup|createuser|createaccount|newaccount|newuser|adduser")
_LIBRARIES = ("passlib.", "argon2.", "bcrypt.", "flask_bcrypt.", "werkzeug.security.", "pwdlib.")
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
    if not made or any(_by_default(project) for _ in made):
        return
    limited = _limited_things(project)
    for route in project.routes:
        what = _sensitive(project, route)
        if what and not _guarded(project, route) and not _limited(project, route, limited):
            yield rule.finding(
                route.place,
                f"{route.name} {what}, and no limit applies to it",
                f'limit it: @{made[0].name}.limit("5 per minute") directly above the function',
                symbol=route.name,
            )


# what is sensitive


def _sensitive(project: Project, route: Route) -> str:
    """Return what a view does that wants a limit, or an empty text."""
    if not route.writes and route.methods:
        return ""
    name = re.sub(r"[^a-z0-9]", "", f"{route.name} {' '.join(re.sub(r'<.*?>', '', one) for one in route.rules)}".lower())
    words, calls = _inside(project, route)
    takes = any(_PASSWORD.match(one) for one in words)
    logs_in = bool(calls & _LOGS_IN) or "session[]" in calls
    if _RESETS.search(name):
        return "resets a password"
    if _REGISTERS.search(name):
        return ""
    if "check" in calls and takes:
        return "takes a password"
    sets = "set" in calls
    if sets and takes and "token" in words and not logs_in:
        return "sets a password by token"
    if takes and logs_in and not sets:
        return "takes a password"
    if _ONE_TIME.search(name) and _CHECKING.search(name) and logs_in:
        return "checks a one-time code"
    return ""


def _inside(project: Project, route: Route) -> tuple[set[str], set[str]]:
    """Return the words that a view and what it calls use, and the names that they call.

    The calls hold ``check`` and ``set`` for what checks and sets a password, and ``session[]`` for a write to the
    session.
    """
    words = {param.name for param in route.function.params}
    calls: set[str] = set()
    for layer in route.layers:
        if layer.call is not None:
            words |= {word for one in walk(layer.call) for word in _words(one)} if layer.kind == "other" else set()
    for module, scope, path in project.reach.closure(route.module, route.function.name, 2):
        for step in module.steps(scope):
            for target in step.targets:
                if isinstance(target, Index) and project.resolve(module, scope, target.value) == "flask.session":
                    calls.add("session[]")
                if isinstance(target, Ref) and step.kind == "assign" and "." in target.name:
                    last = target.name.rpartition(".")[2]
                    calls |= {"set"} if re.match(r"(hashed_)?(password|passwd|pwd)(_hash)?$", last) else set()
        for expr in module.expressions(scope):
            for one in walk(expr):
                if len(path) < 2:
                    words |= set(_words(one))
                calls |= set(_calls(project, module, scope, one))
    return words, calls


def _words(one: Expr) -> Iterator[str]:
    match one:
        case Const(value=str() as text) if len(text) < 30:
            yield text
        case Ref(name=name) | Attr(name=name):
            yield from name.split(".")
        case Call(keywords=keywords):
            yield from (word.name for word in keywords if word.name)


def _calls(project: Project, module: Module, scope: str, one: Expr) -> Iterator[str]:
    match one:
        case Call(func=func):
            last = terminal(func)
            yield last
            if _CHECKS.match(last):
                yield "check"
            elif _SETS.match(last):
                yield "set"
            elif last in {"verify", "checkpw"} and _is_of_library(project, module, scope, func):
                yield "check"
            elif last in {"filter_by"} and any(_PASSWORD.match(word.name or "") for word in one.keywords):
                yield "check"
        case Op(kind="==" | "!=", parts=(left, right)):
            sides = [_last(left), _last(right)]
            attributes = [one for one in sides if one.startswith(".")]
            if attributes and all(_PASSWORD.match(side.lstrip(".")) for side in sides) and not _is_form(left, right):
                yield "check"


def _last(expr: Expr) -> str:
    """Return the last word of what is compared, with a dot when it is an attribute."""
    if isinstance(expr, Index) and isinstance(expr.index, Const):
        return str(expr.index.value)
    if isinstance(expr, Call) and expr.args and isinstance(expr.args[0], Const):
        return str(expr.args[0].value)
    name = expr.name if isinstance(expr, Ref | Attr) else ""
    return f".{name.rpartition('.')[2]}" if "." in name else name


def _is_form(*sides: Expr) -> bool:
    return any(isinstance(one, Ref) and one.name.endswith(".data") for one in sides)


def _is_of_library(project: Project, module: Module, scope: str, func: Expr) -> bool:
    if not isinstance(func, Ref):
        return False
    if project.resolve(module, scope, func).startswith(_LIBRARIES):
        return True
    holder = Ref(func.line, func.column, func.end_line, func.end_column, func.name.rpartition(".")[0])
    things = project.things(module, scope, holder) if holder.name else frozenset()
    made = [one.cls if isinstance(one, Site) else one.symbol for one in things if isinstance(one, Site | Named)]
    return any(one.startswith(_LIBRARIES) for one in made)


def _guarded(project: Project, route: Route) -> bool:
    """Whether only those who are logged in get there."""
    kinds = [layer.kind for layer in route.layers if not layer.optional]
    return "jwt" in kinds or "guard" in kinds


# what limits


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


def _limit_names(project: Project) -> set[str]:
    """Return the variables that hold a limit: ``strict = limiter.limit("5 per minute")``."""
    return {
        terminal(target)
        for module in project.modules
        for step in module.facts.steps
        if step.kind == "assign" and isinstance(step.value, Call) and terminal(step.value.func) in {"limit", "shared_limit"}
        for target in step.targets
    }


def _limited(project: Project, route: Route, things: frozenset[Thing | str]) -> bool:
    if any(layer.kind in {"limit", "limiting"} for layer in route.layers):
        return True
    if route.symbol in things or any(one in things for one in route.owner):
        return True
    for hook in project.route_table.hooks:
        if project.decorators.limits(hook.module, hook.function):
            return True
    for module, scope, _ in project.reach.closure(route.module, route.function.name, 2):
        if project.decorators.limits(module, module.functions[scope]) or _limits_inside(project, module, scope):
            return True
    return False


def _limits_inside(project: Project, module: Module, scope: str) -> bool:
    """``with limiter.limit(...)`` or ``limiter.check()`` in a body."""
    calls = [call for call in module.calls(scope) if terminal(call.func) in {"limit", "shared_limit", "check", "hit"}]
    for call in calls:
        if isinstance(call.func, Ref) and "." in call.func.name:
            holder = Ref(call.line, call.column, call.end_line, call.end_column, call.func.name.rpartition(".")[0])
            made = project.things(module, scope, holder)
            if any(isinstance(one, Site) and (one.kind == "limiter" or one.cls.startswith("limits.")) for one in made):
                return True
    return False
