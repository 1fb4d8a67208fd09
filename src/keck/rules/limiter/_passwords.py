"""Which views take a password, reset one, or check a one-time code."""

from __future__ import annotations

import re
from collections.abc import Iterator

from keck.facts.expr import Attr, Call, Const, Expr, Index, Op, Ref, terminal, walk
from keck.project import Project
from keck.project.module import Module
from keck.project.routes import Route
from keck.project.things import Named, Site

_PASSWORD = re.compile(
    r"^(user_?|login_?|plain_?|raw_?|current_?|old_?|private_?)?(pass(word|wd|phrase|code)?|pwd|pw)$", re.IGNORECASE
)
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
_MANAGES = re.compile(r"change|edit|update|delete|remove|profile|setting|account")
_LIBRARIES = ("passlib.", "argon2.", "bcrypt.", "flask_bcrypt.", "werkzeug.security.", "pwdlib.")


def sensitive(project: Project, route: Route) -> str:
    """Return what a view does that wants a limit, or an empty text."""
    if not route.writes and route.methods:
        return ""
    name = re.sub(
        r"[^a-z0-9]", "", f"{route.name} {' '.join(re.sub(r'<.*?>', '', one) for one in route.rules)}".lower()
    )
    words, calls = _inside(project, route)
    takes = any(_PASSWORD.match(one) for one in words)
    logs_in = bool(calls & _LOGS_IN) or "session[]" in calls
    if _RESETS.search(name):
        return "resets a password"
    if _REGISTERS.search(name):
        return ""
    if "check" in calls and takes:
        return "" if _MANAGES.search(name) and not logs_in else "takes a password"
    sets = "set" in calls
    if sets and takes and not logs_in and any("token" in param.name for param in route.function.params):
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
            if _SETS.match(last):
                yield "set"
            if (
                _CHECKS.match(last)
                or (last == "verify" and _is_of_library(project, module, scope, func))
                or (last == "filter_by" and any(_PASSWORD.match(word.name or "") for word in one.keywords))
            ):
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
