"""`jwt_required` decorates without being called.

What:
    Since Flask-JWT-Extended 4, `jwt_required()` makes the decorator. Written without parentheses,
    it takes the view for its first option and puts its own inner function in the view's place.

Why:
    Every request to the view, with or without a token, ends in a 500: the inner function is called
    without the view that it expects. Two such views in one app do not even start: both are
    registered under the same name, "View function mapping is overwriting an existing endpoint
    function: wrapper". It is no way past the check.

Fix:
    Write `@jwt_required()`, in lists of decorators as well. `keck fix` adds the parentheses.

When to ignore it:
    Never under version 4. Under version 3 the form without parentheses is right, and this rule is
    silent there: it reads pins and lock files, and, where nothing is pinned, the names that the
    code uses.

Evidence:
    Reproduced with Flask-JWT-Extended 4.7.4 and Flask 3.1.3: one view answers 500, two views raise
    AssertionError at import. vimalloc/flask-jwt-extended #398, #418, #429, #487, #552.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from keck.edit import Fix, Replace
from keck.facts.expr import Call, Expr, Items, Lambda, Ref, Table, terminal, walk
from keck.finding import Finding, Level
from keck.live.record import LiveApp, Route
from keck.project import Project
from keck.project.module import Module
from keck.project.things import Named, Unknown
from keck.rule import Rule
from keck.rules._spelling import spelled
from keck.rules._wording import called, code
from keck.rules.jwt._live import symbol as symbol_of
from keck.rules.jwt._manager import PACKAGE, REQUIRED, decorators, is_version_3

rule = Rule(
    __name__,
    requires=("flask_jwt", "flask.ext"),
    level=Level.error,
    needles=("jwt_required", "flask_jwt_extended"),
    good="Every `@jwt_required()` is called",
    needs=("jwt", "routes"),
)

_LISTS = {"decorators", "method_decorators"}
_VIEWS = {"f", "fn", "func", "function", "view", "view_func", "handler", "endpoint", "wrapped"}


@rule.in_code
def check(project: Project) -> Iterator[Finding]:
    """Yield every decorator, list entry or call that gives `jwt_required` a view."""
    if not project.uses(PACKAGE):
        return
    names = _names(project)
    for module in project.modules:
        if module.is_test:
            continue
        for scope, expr, what in (*_bare(module), *_listed(module), *_applied(project, module, names)):
            func = expr.func if isinstance(expr, Call) else expr
            if terminal(func) not in names or not _is_required(project, module, scope, func):
                continue
            if not is_version_3(project, module.path):
                yield rule.finding(
                    module.place(expr),
                    f"`{terminal(func)}` is not called before it decorates {_shown(module, what)}: every request to it ends in a 500",
                    f"write `{terminal(func)}()`",
                    symbol=f"{module.name}:{what}",
                    fix=_called(module, func),
                )


def _called(module: Module, func: Expr) -> Fix | None:
    """Return the fix that adds the parentheses; what was registered as `wrapper` then has the view's own name."""
    text = spelled(func)
    intends = ("guards/*", "rules/*", "limits/*", "cache/*", "cors/*")
    return (
        None
        if text is None
        else Fix(f"call it: `{text}()`", (Replace(module.place(func), f"{text}()"),), intends=intends)
    )


def _is_required(project: Project, module: Module, scope: str, func: Expr) -> bool:
    """Whether an expression means `jwt_required`, the attribute of a class that holds it included."""
    symbol = project.resolve(module, scope, func)
    if symbol == REQUIRED:
        return True
    kept = list(project.objects.written(symbol))
    return len(kept) == 1 and project.resolve(*kept[0]) == REQUIRED


def _shown(module: Module, what: str) -> str:
    last = what.rpartition(".")[2]
    return called(last) if what in module.functions else what if " " in what else code(last)


def _names(project: Project) -> set[str]:
    """The last names under which the project may know `jwt_required`."""
    names = {"jwt_required"}
    for module in project.modules:
        names |= {one.alias for one in module.facts.imports if one.name == "jwt_required" and one.alias}
        names |= {
            target.name
            for step in module.facts.steps
            if step.kind == "assign" and isinstance(step.value, Ref) and terminal(step.value) == "jwt_required"
            for target in step.targets
            if isinstance(target, Ref) and target.name not in _LISTS
        }
    return names


def _bare(module: Module) -> Iterator[tuple[str, Expr, str]]:
    return ((scope, expr, name) for scope, name, expr in decorators(module) if isinstance(expr, Ref))


def _listed(module: Module) -> Iterator[tuple[str, Expr, str]]:
    """The bare entries of ``decorators = [...]`` and ``method_decorators = {...}``, as attribute or keyword."""
    for step in module.facts.steps:
        listed = step.kind == "assign" and any(terminal(target) in _LISTS for target in step.targets)
        if listed and isinstance(step.value, Items | Table):
            yield from _entries(step.scope, step.value, step.scope or terminal(step.targets[0]))
    for scope in module.scopes:
        for call in module.calls(scope):
            for word in call.keywords:
                if word.name in _LISTS:
                    yield from _entries(scope, word.value, terminal(call.func))


def _entries(scope: str, expr: Expr, what: str) -> Iterator[tuple[str, Expr, str]]:
    called = {id(part.func) for part in walk(expr) if isinstance(part, Call)}
    for part in walk(expr):
        if isinstance(part, Ref) and id(part) not in called:
            yield scope, part, what


def _applied(project: Project, module: Module, names: set[str]) -> Iterator[tuple[str, Expr, str]]:
    """``jwt_required(view)``."""
    for name in sorted(names):
        for where, scope, call in project.objects.calls_by_name.get(name, []):
            alone = where is module and len(call.args) == 1 and not call.keywords
            if alone and _is_view(project, module, scope, call.args[0]):
                yield scope, call, terminal(call.args[0]) or "a view"


def _is_view(project: Project, module: Module, scope: str, expr: Expr) -> bool:
    if isinstance(expr, Lambda) or (isinstance(expr, Call) and terminal(expr.func) == "as_view"):
        return True
    things = project.things(module, scope, expr)
    return any(isinstance(one, Named) and one.kind == "function" for one in things) or (
        terminal(expr) in _VIEWS and any(isinstance(one, Unknown) for one in things)
    )


_UNCALLED = re.compile(r"flask_jwt_extended\.(view_decorators\.)?jwt_required(\.<locals>\.wrapper)?$")


@rule.in_app
def examine(app: LiveApp) -> Iterator[Finding]:
    """Yield routes whose view is what `jwt_required` returned for the function that it took as an option."""
    told: set[str] = set()
    for route in app.routes:
        what = _decorated(route)
        if what and what not in told:
            told.add(what)
            last = what.rpartition(":")[2].rpartition(".")[2]
            shown = called(last) if what == symbol_of(route) else code(last)
            yield rule.live(
                route.spot,
                f"`jwt_required` is not called before it decorates {shown}: "
                f"every request for {route.method} {route.rule} ends in a 500",
                "write `jwt_required()`",
                symbol=what,
                tags=("jwt", route.endpoint),
            )


def _decorated(route: Route) -> str:
    """Return the symbol of the view or class that `jwt_required` decorates without being called, or an empty text."""
    found = [index for index, one in enumerate(route.layers) if one.kind == "own" and _UNCALLED.match(one.name)]
    if not found:
        return ""
    dispatch = next((index for index, one in enumerate(route.layers) if one.kind == "view"), -1)
    by_class = found[0] < dispatch or route.layers[found[0]].name == REQUIRED
    symbol = symbol_of(route)
    return symbol.rpartition(".")[0] if by_class else symbol
