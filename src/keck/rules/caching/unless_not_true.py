"""`unless` returns something that is not `True` itself, so the cache is used all the same.

What: The function given to `cached()` or `memoize()` as `unless`, `forced_update` or `is_stale` returns a text, a number or
    an object: `unless=lambda: session.get("user_id")`. Or it is no function: `unless=True`.

Why: Flask-Caching asks `unless() is True`. Everything else means no, without a word: answers that were to bypass the cache
    are stored, and one user sees the page of another.

Fix: Return a truth value: `unless=lambda: bool(session.get("user_id"))`. `keck fix` puts `bool()` around what is
    returned, or around a call of the function where others use it too.

When to ignore it: The value is `True` itself in a way that Keck does not see.

Evidence: Reproduced with Flask-Caching 2.5.1: with `unless=lambda: session.get("u")` the second user sees "alice", with
    `bool()` their own name; with `unless=True` a view runs once for two requests. pallets-eco/flask-caching #200.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from keck.edit import Fix, Replace, Wrap
from keck.facts.expr import Call, Const, Expr, Index, Lambda, Op, Ref, is_true, terminal, walk
from keck.finding import Finding, Level, Place
from keck.live.record import LiveApp
from keck.project.module import Module, Where
from keck.project.values import Known, alternatives
from keck.rule import Rule
from keck.rules._spelling import spelled, uses
from keck.rules._wording import called, code
from keck.rules.caching._truth import CALLED, COMPARING, returned, untrue
from keck.rules.caching._words import CACHE, READERS, VIEWS
from keck.rules.jwt._live import symbol as symbol_of

if TYPE_CHECKING:
    from keck.project import Project
    from keck.project.caching import Cached

rule = Rule(
    __name__,
    requires=("unless", "forced_update", "is_stale"),
    level=Level.error,
    needles=(*CACHE, *VIEWS, *READERS),
    good="What is to bypass a cache does so",
    needs=("caching", "routes"),
)

_OPTIONS = ((2, "unless"), (3, "forced_update"), (None, "is_stale"))
_CACHES = ("cache/*",)
_ENDS = {
    "unless": "the cache is used all the same",
    "forced_update": "the stored value is given all the same",
    "is_stale": "the stored value is given all the same",
}


@rule.in_code
def check(project: Project) -> Iterator[Finding]:
    """Yield what the options that ask for `True` are told instead."""
    told: set[Place] = set()
    for one in project.caches.all:
        for position, name in _OPTIONS:
            given = one.option(position, name)
            if given is None or one.inner.module.place(given) in told:
                continue
            told.add(one.inner.module.place(given))
            yield from _judged(project, one, name, given)


def _judged(project: Project, one: Cached, name: str, given: Expr) -> Iterator[Finding]:
    module, scope = one.inner.module, one.inner.scope
    place, fix = module.place(given), None
    if _is_no_function(project, module, scope, given):
        what = f"`{name}` of {called(one.name)} is {_shown(given)} and no function: Flask-Caching passes it over"
        help_text = f"give it a function: `{name}=lambda: True`, or leave the cache out"
        if is_true(given):
            fix = Fix(f"give it a function: `{name}=lambda: True`", (Replace(place, "lambda: True"),), intends=_CACHES)
    else:
        told = _told(project, module, scope, given)
        if told is None:
            return
        what = f"`{name}` of {called(one.name)} is told {told}, which is not `True` itself: {_ENDS[name]}"
        help_text = "return a truth value: `bool(...)` of it"
        fix = _with_bool(project, module, scope, given)
    yield rule.finding(place, what, help_text, symbol=f"{one.symbol} {name}", fix=fix)


def _is_no_function(project: Project, module: Module, scope: str, given: Expr) -> bool:
    """Whether an option is given a value that is or may be true, and that nobody can call."""
    match given:
        case Const(value=value):
            return bool(value)
        case Op(kind=kind):
            return kind in COMPARING
        case Ref() | Index() | Call():
            values = list(alternatives(project.value(module, scope, given)))
            known = [one.value for one in values if isinstance(one, Known)]
            return any(known) and len(known) == len(values)
        case _:
            return False


def _lambda(project: Project, module: Module, scope: str, given: Expr) -> Where | None:
    """Return the lambda that is given, itself or by the only name that it has."""
    if isinstance(given, Lambda):
        return module, scope, given
    written = list(project.objects.written(project.resolve(module, scope, given))) if isinstance(given, Ref) else []
    return written[0] if len(written) == 1 and isinstance(written[0][2], Lambda) else None


def _told(project: Project, module: Module, scope: str, given: Expr) -> str | None:
    """Return what a function returns that is not `True` itself, as messages have it, or None."""
    found = _lambda(project, module, scope, given)
    if found is not None:
        where, inner, made = found
        assert isinstance(made, Lambda)  # noqa: S101 - it is what was looked for
        part = untrue(project, where, inner, made.body)
        own = part is None or any(
            isinstance(one, Ref) and one.name.partition(".")[0] in made.params for one in walk(part)
        )
        return None if part is None or own else _shown(part)
    if not isinstance(given, Ref):
        return None
    symbol = project.resolve(module, scope, given)
    if symbol in CALLED:
        return called(given.name)
    function = project.objects.function(symbol)
    if function is None:
        return None
    if function[1].is_async:
        return f"a coroutine by {called(given.name)}"
    value = next(returned(project, *function), None)
    part = None if value is None else untrue(project, function[0], function[1].name, value)
    return None if part is None else f"{_shown(part)} by {called(given.name)}"


def _shown(expr: Expr) -> str:
    text = spelled(expr)
    return "a value" if text is None else code(text)


def _with_bool(project: Project, module: Module, scope: str, given: Expr) -> Fix | None:
    """Return the fix that makes a truth value of what is returned: in the function, if nothing else uses it."""
    found = _lambda(project, module, scope, given)
    if found is not None:
        where, _, made = found
        assert isinstance(made, Lambda)  # noqa: S101 - it is what was looked for
        return Fix("return `bool(...)` of it", (Wrap(where.place(made.body), "bool(", ")"),), intends=_CACHES)
    symbol = project.resolve(module, scope, given)
    function = project.objects.function(symbol)
    if function is not None and function[1].is_async:
        return None
    if function is not None and _is_own(project, symbol):
        values = list(returned(project, *function))
        edits = tuple(Wrap(function[0].place(one), "bool(", ")") for one in values)
        return Fix(f"return `bool(...)` in {called(terminal(given))}", edits, intends=_CACHES)
    text = spelled(given)
    takes = function is not None and any(True for _ in function[1].params)
    call = f"lambda *args, **kwargs: bool({text}(*args, **kwargs))" if takes else f"lambda: bool({text}())"
    return Fix(f"make a truth value of it: `{call}`", (Replace(module.place(given), call),), intends=_CACHES)


def _is_own(project: Project, symbol: str) -> bool:
    """Whether nothing but options that ask for `True` uses a function."""
    asked = {
        one.inner.module.place(given)
        for one in project.caches.all
        for position, name in _OPTIONS
        if (given := one.option(position, name)) is not None
    }
    return all(place in asked for place in uses(project, symbol))


@rule.in_app
def examine(app: LiveApp) -> Iterator[Finding]:
    """Yield the options of live caches that are told something else than `True`."""
    told: set[tuple[str, str]] = set()
    for route in app.routes:
        for use in route.cache:
            for name, text in use.details.get("untrue", {}).items():
                if (route.name, name) in told:
                    continue
                told.add((route.name, name))
                view = called(route.name.rpartition(".")[2])
                yield rule.live(
                    route.spot,
                    f"`{name}` of {view} is told {code(text)}, which is not `True` itself: {_ENDS[name]}",
                    "return a truth value: `bool(...)` of it",
                    symbol=f"{symbol_of(route)} {name}",
                    tags=("caching", route.endpoint),
                )
