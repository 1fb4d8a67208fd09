"""A limit's key can be empty, and then nobody is limited.

What: a key function that can return `None` or an empty text: `session.get("uid")`, `request.headers.get("X-API-Key")`,
`current_user.get_id()`, `get_jwt_identity()` where the token is optional, or a path through it without a `return`.
Why: Flask-Limiter passes over a limit whose key is empty. It writes one line to the error log and lets the request
through, so whoever leaves the header out has no limit at all.
Fix: fall back to the address: `return session.get("uid") or get_remote_address()`. `keck fix` writes that, in the key function
or, where other code calls it too, around it.
When to ignore it: every request that reaches the limit was made to carry the value by something that runs before it.
Evidence: with a key function that returns None, "" or 0 three requests against a limit of one are answered 200
(Flask-Limiter 4.1.1; the log says "Skipping limit").
"""

from __future__ import annotations

from collections.abc import Iterator

from keck.edit import Edit, Fix, Import, Insert, Remove, Replace, Wrap
from keck.facts.expr import Attr, Call, Const, Expr, Lambda, Op, Ref, is_none, terminal, walk
from keck.facts.record import Block, Function, Step
from keck.finding import Finding, Level, Place
from keck.live.record import LiveApp
from keck.project import Project
from keck.project.module import Module, Where
from keck.rule import Rule
from keck.rules._spelling import spelled, uses

rule = Rule(
    __name__,
    requires=("flask_limiter", "flask.ext"),
    level=Level.warning,
    needles=(
        "imiter",
        "key_func",
        "remote_addr",
        "get_jwt_identity",
        "_key(",
        "headers.get",
        "init_app",
        "request",
        "session",
    ),
    good="No limit has a key that can be empty",
    needs=("limiter", "routes"),
)

_HOLDERS = (
    "flask.session",
    "flask.request.headers",
    "flask.request.args",
    "flask.request.form",
    "flask.request.cookies",
    "flask.request.values",
    "flask.request.environ",
    "flask.request.view_args",
    "flask.g",
)
_ADDRESS = "get_remote_address"
_NONE = {
    "flask_login.current_user.get_id",
    "flask_jwt_extended.get_jwt_identity",
}
_OPTIONAL = {"verify_jwt_in_request", "verify_jwt_in_request_optional"}


@rule.in_code
def check(project: Project) -> Iterator[Finding]:
    """Yield the expressions that make the key of a limit and can be empty."""
    told: set[Place] = set()
    for module, scope, key, optional in _keys(project):
        for where, expr, why in _empty(project, module, scope, key, optional):
            place = where.place(expr)
            if place not in told:
                told.add(place)
                related = [] if expr is key else [(module.place(key), "the key function is given here")]
                yield rule.finding(
                    place,
                    f"{why}, and Flask-Limiter does not apply a limit whose key is empty",
                    "end the key function with a value that every request has: `... or get_remote_address()`",
                    symbol=terminal(key) or "key_func",
                    related=related,
                    fix=_by_address(project, (module, scope, key), where, expr),
                )


def _by_address(project: Project, given: Where, where: Module, empty: Expr | Function | Step) -> Fix:
    """Return the fix that falls back to the address: in the key function, or around it if something else calls it too."""
    module, scope, key = given
    symbol = project.resolve(module, scope, key)
    shared = not isinstance(key, Lambda) and not _only_keys(project, symbol)
    edits: list[Edit] = []
    if empty is key or shared:
        where, empty = module, key
        edits = [Replace(module.place(key), f"lambda: {spelled(key)}() or {_ADDRESS}()")]
    elif isinstance(empty, Function):
        edits = [Insert(where.place(empty), f"return {_ADDRESS}()", "last")]
    elif isinstance(empty, Step):
        edits = [Insert(where.place(empty), f"return {_ADDRESS}()"), Remove(where.place(empty))]
    elif isinstance(empty, Const):
        edits = [Replace(where.place(empty), f"{_ADDRESS}()")]
    else:
        bare = isinstance(empty, Call | Ref | Attr) or (isinstance(empty, Op) and empty.kind == "or")
        edits = [Wrap(where.place(empty), *(("", f" or {_ADDRESS}()") if bare else ("(", f") or {_ADDRESS}()")))]
    edits.append(Import(where.place(empty), f"from flask_limiter.util import {_ADDRESS}"))
    return Fix(f"fall back to the address: `{_ADDRESS}()`", tuple(edits), intends=("limits/*", "extensions/limiter/*"))


def _only_keys(project: Project, symbol: str) -> bool:
    """Whether a function is given as a key function wherever the project uses it."""
    given = {module.place(key) for module, _, key, _ in _keys(project)}
    return all(place in given for place in uses(project, symbol))


def _keys(project: Project) -> Iterator[tuple[Module, str, Expr, bool]]:
    """Yield the key functions as they are given, and whether a view that they limit has an optional token."""
    optional = False
    for route in project.routes:
        guests = any(layer.kind == "jwt" and layer.optional for layer in route.layers)
        for layer in route.layers:
            if layer.kind == "limit" and layer.call is not None:
                optional = optional or guests
                key = layer.call.keyword("key_func")
                if key is not None:
                    yield layer.module, layer.scope, key, guests
    for one in project.instances_of("limiter"):
        first = one.call.argument(0, "key_func")
        key = one.call.keyword("key_func") or (first if _is_function(project, one.module, one.scope, first) else None)
        if key is not None:
            yield one.module, one.scope, key, optional
    for module, scope, call, _ in project.method_calls("limiter", "limit", "shared_limit"):
        key = call.keyword("key_func")
        if key is not None:
            yield module, scope, key, False


def _is_function(project: Project, module: Module, scope: str, expr: Expr | None) -> bool:
    if isinstance(expr, Lambda):
        return True
    return isinstance(expr, Ref) and project.objects.function(project.resolve(module, scope, expr)) is not None


def _empty(
    project: Project, module: Module, scope: str, key: Expr, optional: bool
) -> Iterator[tuple[Module, Expr | Function | Step, str]]:
    """Yield what a key function can return that is empty, and what to say of it."""
    if isinstance(key, Lambda):
        if _can_be_empty(project, module, scope, key.body, optional):
            yield module, key.body, f"{_spelt(key.body)} can be empty"
        return
    symbol = project.resolve(module, scope, key)
    if symbol in _NONE and (optional or not symbol.endswith("get_jwt_identity")):
        yield module, key, f"`{terminal(key)}()` is None for a guest"
    found = project.objects.function(symbol)
    if found is None:
        return
    where, function = found
    name = function.name.rpartition(".")[2]
    calls = list(where.calls(function.name))
    guest = optional or any(
        terminal(call.func) in _OPTIONAL and (call.keyword("optional") is not None or terminal(call.func)[-1] == "l")
        for call in calls
    )
    for step in where.steps(function.name):
        if step.kind != "return":
            continue
        if step.value is None or is_none(step.value):
            yield where, step.value or step, f"`{name}()` returns None here"
        elif _can_be_empty(project, where, function.name, step.value, guest):
            yield where, step.value, f"{_spelt(step.value)} can be empty"
    if not _ends(where, function.name, -1, function.line):
        yield where, function, f"`{name}()` can end without a return"


def _can_be_empty(project: Project, module: Module, scope: str, expr: Expr, guest: bool) -> bool:
    match expr:
        case Const(value=value):
            return not value
        case Op(kind="or", parts=parts):
            return _can_be_empty(project, module, scope, parts[-1], guest)
        case Op(kind="and", parts=parts):
            return any(_can_be_empty(project, module, scope, one, guest) for one in parts)
        case Op(kind="if", parts=(test, then, other)):
            tested = {one.name for one in walk(test) if isinstance(one, Ref)}
            names = {one.name for one in walk(then) if isinstance(one, Ref)}
            inner = not tested & names and _can_be_empty(project, module, scope, then, guest)
            return inner or _can_be_empty(project, module, scope, other, guest)
        case Call():
            return _call_can_be_empty(project, module, scope, expr, guest)
        case Ref(name=name) if "." not in name and scope in module.functions:
            return _variable_can_be_empty(project, module, scope, name, guest)
        case _:
            return False


def _call_can_be_empty(project: Project, module: Module, scope: str, call: Call, guest: bool) -> bool:
    func = call.func
    symbol = project.resolve(module, scope, func)
    if symbol in _NONE:
        return guest or not symbol.endswith("get_jwt_identity")
    if symbol == "?.getattr" and len(call.args) == 3:
        holder = project.resolve(module, scope, call.args[0])
        return holder in {"flask.g", "flask_login.current_user"} and _can_be_empty(
            project, module, scope, call.args[2], guest
        )
    if terminal(func) != "get" or not isinstance(func, Ref | Attr):
        return False
    holder = symbol.removesuffix(".get")
    if holder not in _HOLDERS:
        return False
    fallback = call.argument(1, "default")
    return fallback is None or _can_be_empty(project, module, scope, fallback, guest)


def _variable_can_be_empty(project: Project, module: Module, scope: str, name: str, guest: bool) -> bool:
    """Whether a local variable can be empty: one that some condition looks at is left alone."""
    for block in module.blocks(scope):
        if block.subject is not None and any(isinstance(one, Ref) and one.name == name for one in walk(block.subject)):
            return False
    values = list(project.objects.written(f"{module.name}:{scope}.{name}"))
    return bool(values) and all(_can_be_empty(project, *where, guest) for where in values)


def _ends(module: Module, scope: str, block: int, line: int) -> bool:
    """Whether the statements of a body certainly end in a return or raise; True where that cannot be told."""
    steps = [one for one in module.steps(scope) if one.block == block]
    inner = [
        (number, one)
        for number, one in enumerate(module.facts.blocks)
        if one.scope == scope and one.parent == block and (block != -1 or one.line >= line)
    ]
    last: list[Step | Block] = sorted([*steps, *(one for _, one in inner)], key=lambda one: (one.line, one.end_line))
    if not last:
        return True
    final = last[-1]
    if isinstance(final, Step):
        return final.kind in {"return", "raise", "define"} or (final.kind == "do" and isinstance(final.value, Call))
    branches = [(number, one) for number, one in inner if one.line == final.line or one.end_line == final.end_line]
    kinds = {one.kind for _, one in branches}
    if kinds == {"if"}:
        return False
    if kinds == {"if", "else"}:
        return all(_ends(module, scope, number, line) for number, _ in branches)
    return True


def _spelt(expr: Expr) -> str:
    """Return how the key is spelt, for messages."""
    if isinstance(expr, Call):
        return f"`{expr.func.name if isinstance(expr.func, Ref) else terminal(expr.func)}()`"
    if isinstance(expr, Ref):
        return f"`{expr.name}`"
    return "this key"


_IDENTITIES = frozenset({"get_jwt_identity", "get_current_user"})


@rule.in_app
def examine(app: LiveApp) -> Iterator[Finding]:
    """Yield limits by identity on routes where a guest has none."""
    told: set[tuple[str, str]] = set()
    for route in app.routes:
        for limit in route.limits:
            guard = next((one for one in route.guards if one.kind == "jwt"), None)
            key = limit.key.rpartition(".")[2]
            if key not in _IDENTITIES or guard is None or guard.how != "optional" or (route.endpoint, key) in told:
                continue
            if limit.position > guard.position:
                told.add((route.endpoint, key))
                yield rule.live(
                    route.spot,
                    f"`{key}()` is None for a guest of {route.method} {route.rule}, and Flask-Limiter does not apply a limit "
                    "whose key is empty",
                    "end the key function with a value that every request has: `... or get_remote_address()`",
                    symbol=key,
                    tags=("limiter", route.endpoint),
                )
