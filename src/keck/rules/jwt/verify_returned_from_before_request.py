"""A `before_request` hook returns what `verify_jwt_in_request()` returns, and Flask sends that as the answer.

What:
    `app.before_request(verify_jwt_in_request)`, or a hook that ends in
    `return verify_jwt_in_request()`.

Why:
    Since version 4 the function returns the header and the claims of the token. Flask takes what a
    hook returns for the response: every request with a valid token is answered with
    `{"alg": "HS256", "typ": "JWT"}`, the claims go out as headers, and no view runs.

Fix:
    Call it in a function that returns nothing. `keck fix` drops the `return`, and puts such a
    function in the place of `verify_jwt_in_request` or of a lambda where that is registered itself.

When to ignore it:
    Never under version 4. Under version 3 the function returns None, and this rule is silent there.

Evidence:
    Reproduced with Flask-JWT-Extended 4.7.4 and Flask 3.1.3: a valid token gets 200 and the token's
    header from every URL. Read in 3.25.1, which returns None, and 4.0.0, which returns the pair.
    vimalloc/flask-jwt-extended #365 and #500 recommend the hook, #325 added what it returns.
"""

from __future__ import annotations

from collections.abc import Iterator

from keck.edit import Fix, Insert, Remove, Replace
from keck.facts.expr import Call, Expr, Lambda, Op, Ref, before, terminal
from keck.facts.record import Step
from keck.finding import Finding, Level, Place
from keck.live.record import LiveApp
from keck.project import Project
from keck.project.module import Module
from keck.rule import Rule
from keck.rules._spelling import free, spelled
from keck.rules._wording import called, code
from keck.rules.jwt._live import symbol_of
from keck.rules.jwt._manager import PACKAGE, is_version_3

rule = Rule(
    __name__,
    requires=("verify_jwt_in_request",),
    level=Level.error,
    needles=("verify_jwt_in_request", "before_request", "before_app_request", "flask_jwt_extended"),
    good="No hook answers with the token",
    needs=("jwt",),
)

VERIFY = f"{PACKAGE}.verify_jwt_in_request"
_HOOKS = ("before_request", "before_app_request")
_SENT = "every request with a valid token is answered with the token's header, and no view runs"
_HELP = "call `verify_jwt_in_request()` in the hook and return nothing"
_DEPTH = 4


@rule.in_code
def check(project: Project) -> Iterator[Finding]:
    """Yield the hooks that return what the check of the token returns, and the check itself as a hook."""
    told: set[Place] = set()
    for hook in project.route_table.hooks:
        for step in hook.module.steps(hook.function.name):
            place = hook.module.place(step)
            given = step.kind == "return" and _gives(project, hook.module, hook.function.name, step.value)
            if given and place not in told and not is_version_3(project, hook.module.path):
                told.add(place)
                name = hook.function.name.rpartition(".")[2]
                yield rule.finding(
                    place,
                    f"{called(name)} runs before requests and returns what `verify_jwt_in_request()` returns: {_SENT}",
                    _HELP,
                    symbol=f"{hook.module.name}:{hook.function.name}",
                    fix=_without_return(project, hook.module, hook.function.name, step),
                )
    for module, scope, call in _registering(project):
        given_as = call.argument(0, "f")
        shown = "" if given_as is None else _answering(project, module, scope, given_as)
        if given_as is not None and shown and not is_version_3(project, module.path):
            yield rule.finding(
                module.place(given_as),
                f"{called(terminal(call.func))} is given {shown}: {_SENT}",
                _HELP,
                symbol="verify_jwt_in_request",
                fix=_in_a_function(project, module, scope, call, given_as),
            )


def _registering(project: Project) -> Iterator[tuple[Module, str, Call]]:
    """Yield the calls outside tests that register a hook on an app or blueprint."""
    for name in _HOOKS:
        for module, scope, call in project.objects.calls_by_name.get(name, []):
            if not module.is_test and before(call.func) is not None:
                yield module, scope, call


def _answering(project: Project, module: Module, scope: str, hook: Expr) -> str:
    """Return how a message speaks of a hook that is the check itself, or a lambda around it; else an empty text."""
    if project.resolve(module, scope, hook) == VERIFY:
        return f"{code('verify_jwt_in_request')} itself, whose result Flask sends"
    if isinstance(hook, Lambda) and _gives(project, module, scope, hook.body):
        return f"a lambda that returns what {called('verify_jwt_in_request')} returns"
    if isinstance(hook, Call) and hook.args and project.resolve(module, scope, hook.func) == "functools.partial":
        return _answering(project, module, scope, hook.args[0])
    return ""


def _gives(project: Project, module: Module, scope: str, expr: Expr | None, depth: int = 0) -> bool:
    """Whether an expression can be what `verify_jwt_in_request()` returns."""
    match expr:
        case Call():
            if project.resolve(module, scope, expr.func) == VERIFY:
                return True
            found = project.reach.target(module, scope, expr) if depth < _DEPTH else None
            return found is not None and any(
                step.kind == "return" and _gives(project, found[0], found[1].name, step.value, depth + 1)
                for step in found[0].steps(found[1].name)
            )
        case Op(kind="or", parts=parts) | Op(kind="if", parts=(_, *parts)):
            return any(_gives(project, module, scope, one, depth) for one in parts)
        case Op(kind="and", parts=parts):
            return _gives(project, module, scope, parts[-1], depth)
        case Ref(name=name) if "." not in name and depth < _DEPTH:
            return any(
                step.kind == "assign"
                and any(isinstance(one, Ref) and one.name == name for one in step.targets)
                and _gives(project, module, scope, step.value, depth + 1)
                for step in module.steps(scope)
            )
        case _:
            return False


def _without_return(project: Project, module: Module, scope: str, step: Step) -> Fix | None:
    """Return the fix for ``return verify_jwt_in_request()``: the call alone, and a bare end where more follows."""
    value = step.value
    if not isinstance(value, Call) or project.resolve(module, scope, value.func) != VERIFY:
        return None
    text = spelled(value)
    if text is None:
        return None
    last = step.block < 0 and step.end_line == module.functions[scope].end_line
    place = module.place(step)
    return Fix(
        f"call it without `return`: `{text}`",
        (Insert(place, text if last else f"{text}\nreturn"), Remove(place)),
        intends=("hooks/*",),
    )


def _in_a_function(project: Project, module: Module, scope: str, call: Call, hook: Expr) -> Fix | None:
    """Return the fix for a hook that is no function of the project: one that calls the check and returns nothing."""
    inner = hook.body if isinstance(hook, Lambda) and not hook.params else hook
    checked = inner.func if isinstance(inner, Call) else inner
    partial = isinstance(hook, Call)
    text = spelled(inner)
    name = free(project, module, scope, "require_token", "check_token", "require_valid_token", "verify_token")
    step = next((one for one in module.steps(scope) if one.kind == "do" and one.value is call), None)
    if partial or text is None or name is None or step is None or project.resolve(module, scope, checked) != VERIFY:
        return None
    body = text if isinstance(inner, Call) else f"{text}()"
    return Fix(
        f"register a function that calls it: `{name}()`",
        (Insert(module.place(step), f"def {name}():\n    {body}", "before"), Replace(module.place(hook), name)),
        intends=("hooks/*", "guards/*", "layers/*"),
    )


@rule.in_app
def examine(app: LiveApp) -> Iterator[Finding]:
    """Yield the hooks of a live app that give the token's header for the response."""
    for hook in app.hooks:
        if hook.kind != "before_request":
            continue
        itself = hook.name.startswith(f"{PACKAGE}.") and hook.name.endswith(".verify_jwt_in_request")
        if not itself and "verify_jwt_in_request" not in hook.returns:
            continue
        name = hook.name.rpartition(".")[2]
        where = "the app" if hook.at == "app" else f"blueprint {code(hook.at)}"
        yield rule.live(
            app.spot if itself else hook.spot,
            f"{code('verify_jwt_in_request')} itself is a hook of {where}: {_SENT}"
            if itself
            else f"{called(name)} runs before requests of {where} and returns what `verify_jwt_in_request()` returns: "
            f"{_SENT}",
            _HELP,
            symbol=name if itself else symbol_of(hook.name, hook.spot) or name,
            tags=("jwt",),
        )
