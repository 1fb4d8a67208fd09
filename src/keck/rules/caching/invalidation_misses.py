"""A call that clears the cache misses the entry that it means.

What: `delete_memoized` of a function that is cached, not memoized; `cache.delete` of an endpoint, a bare path or the `key_prefix` of a
    view whose key also holds the query string; an argument of another type or name than the function takes; `delete_cached` of a
    blueprint's view by its arguments; or any of these against a `SimpleCache`, while several processes serve the app.

Why: Deleting a key that was never written is no error: the call returns, and the old answer is served until it
    expires. Other forms raise when they run. A `SimpleCache` lives in one process: the others keep what they have.

Fix: `cache.delete_cached(view, path)` (since 2.5) or `cache.delete("view/" + path)` for a cached view,
    `cache.delete_memoized(function, *args)` with the arguments as they are passed for a memoized function. `keck fix` writes the key
    where it is the only one of its view, and the argument, function or method that is meant.

When to ignore it: The same entry is also cleared in another way.

Evidence: Reproduced with Flask-Caching 2.5.1: delete_memoized of a cached view leaves the answer; delete("v") and
    delete("/v/1") return False; delete_cached(v, id=1) raises BuildError in a blueprint; delete_memoized(f, "1") leaves f(1).
    pallets-eco/flask-caching #554 and #664, thadeusb/flask-cache #50 and #105.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from keck.edit import Fix, Replace
from keck.facts.expr import Call, Const, Expr, Ref, before, text_of
from keck.facts.record import Function
from keck.finding import Finding, Level, Place
from keck.project.module import Module
from keck.project.things import Named, Site
from keck.project.values import Known, defaults
from keck.rule import Rule
from keck.rules._spelling import quoted, spelled
from keck.rules._wording import called
from keck.rules.caching._backend import types
from keck.rules.caching._keys import keys_in_use, stored_under, why_missed
from keck.rules.caching._words import CACHE, PACKAGES, VIEWS

if TYPE_CHECKING:
    from keck.project import Project
    from keck.project.caching import Cached

rule = Rule(
    __name__,
    requires=PACKAGES,
    level=Level.error,
    needles=(*CACHE, *VIEWS, ".delete", "config"),
)

_CLEARERS = ("delete", "delete_many", "delete_memoized", "delete_cached", "clear")


@rule.in_code
def check(project: Project) -> Iterator[Finding]:
    """Yield the calls that clear nothing, or that raise."""
    stored: dict[tuple[str, str], list[Cached]] = {}
    for one in project.caches.all:
        stored.setdefault((one.module.path, one.function.name), []).append(one)
    for module, scope, call in project.caches.clearings("delete_memoized"):
        yield from _memoized(project, module, scope, call, stored)
    for module, scope, call in project.caches.clearings("delete_cached"):
        yield from _cached(project, module, scope, call, stored)
    keys = keys_in_use(project)
    for module, scope, call in project.caches.clearings("delete") if keys is not None else ():
        first = call.argument(0, "key")
        missed = None if first is None or keys is None else why_missed(project, first, keys)
        if missed is not None and first is not None:
            reason, better = missed
            exact = better is not None and isinstance(first, Const)
            yield rule.finding(
                module.place(call),
                reason,
                _delete(project, module, "view"),
                symbol=f"{module.name}:{scope}",
                fix=_written(module, first, quoted(str(better))) if exact else None,
            )
    yield from _one_of_several(project)


def _delete(project: Project, module: Module, name: str) -> str:
    if project.pins.before("flask-caching", "2.5.0", module.path):
        return 'delete the key that it is stored under: `cache.delete("view/" + path)` where no `key_prefix` is given'
    return f"use `cache.delete_cached({name}, path)`, or delete the very key that it is stored under"


def _written(module: Module, expr: Expr, text: str) -> Fix:
    """Return the fix that writes something else in the place of an expression."""
    return Fix(f"write `{text}`", (Replace(module.place(expr), text),))


def _by_key(project: Project, module: Module, call: Call, one: Cached) -> Fix | None:
    """Return the fix for ``delete_memoized(view)`` of a cached view whose only key is known."""
    key, holder = stored_under(project, one), before(call.func)
    name = None if holder is None else spelled(holder)
    alone = len(call.args) == 1 and not call.keywords
    return None if key is None or name is None or not alone else _written(module, call, f"{name}.delete({quoted(key)})")


def _as_function(
    project: Project, module: Module, scope: str, call: Call, stored: dict[tuple[str, str], list[Cached]]
) -> Fix | None:
    """Return the fix for ``delete_memoized("name")`` where that is the name of a memoized function."""
    first = call.argument(0, "f")
    name = text_of(first) or ""
    found = project.objects.function(project.resolve(module, scope, name)) if name.isidentifier() else None
    known = [] if found is None else stored.get((found[0].path, found[1].name), [])
    return _written(module, first, name) if first is not None and any(one.memoized for one in known) else None


def _target(project: Project, module: Module, scope: str, call: Call) -> tuple[Module, Function] | None:
    first = call.argument(0, "f")
    things = frozenset() if first is None else project.things(module, scope, first)
    found = [project.objects.function(one.symbol) for one in things if isinstance(one, Named)]
    return found[0] if len(things) == len(found) == 1 else None


def _memoized(
    project: Project, module: Module, scope: str, call: Call, stored: dict[tuple[str, str], list[Cached]]
) -> Iterator[Finding]:
    place, symbol = module.place(call), f"{module.name}:{scope}"
    name = None if call.argument(0, "f") is None else text_of(call.argument(0, "f"))
    if name is not None:
        message = f'`delete_memoized("{name}")` is given a name and raises, because it wants the function'
        yield rule.finding(
            place,
            message,
            f"pass the function itself: `delete_memoized({name})`",
            symbol=symbol,
            fix=_as_function(project, module, scope, call, stored),
        )
        return
    target = _target(project, module, scope, call)
    if target is None:
        return
    where, function = target
    found = stored.get((where.path, function.name), [])
    last = found[0].name if found else function.name
    if any(one.memoized for one in found):
        wrong = None if function.owner or call.open_ended else _mistyped(call, function)
        if wrong is not None:
            said, better = wrong
            yield rule.finding(
                place,
                f"`delete_memoized()` of {called(last)} is given {said}: nothing is stored under such arguments",
                f"pass the arguments as they are passed to {called(last)}",
                symbol=symbol,
                fix=None if better is None else _written(module, *better),
            )
    elif found:
        yield rule.finding(
            place,
            f"{called(last)} is cached, not memoized: `delete_memoized()` clears nothing of it",
            _delete(project, module, last),
            symbol=symbol,
            related=[(found[0].layer.place, f"{called(last)} is cached here")],
            fix=_by_key(project, module, call, found[0]) if len(found) == 1 else None,
        )
    elif not function.decorators:
        yield rule.finding(
            place,
            f"{called(last)} is not memoized: `delete_memoized()` clears nothing",
            "clear the function that is memoized, or leave the call out",
            symbol=symbol,
            related=[(where.head(function), f"{called(last)} has no decorator")],
        )


def _mistyped(call: Call, function: Function) -> tuple[str, tuple[Expr, str] | None] | None:
    """Say which argument cannot be one that the function was called with, and what it is to be instead; or None."""
    params = {one.name: one for one in function.params if not one.kind}
    if all(one.kind != "**" for one in function.params):
        for word in call.keywords:
            if word.name not in params and word.name != "f":
                return f"`{word.name}=`, which it does not take", None
    given = [*zip(params.values(), call.args[1:], strict=False)]
    given += [(params[word.name], word.value) for word in call.keywords if word.name in params]
    for param, value in given:
        wanted = getattr(param.annotation, "name", "")
        literal = value.value if isinstance(value, Const) and not isinstance(value.value, bool) else None
        if (wanted == "int" and isinstance(literal, str)) or (wanted == "str" and isinstance(literal, int)):
            text = str(literal) if wanted == "int" else quoted(str(literal))
            exact = wanted == "str" or text.isdecimal()
            said = f"{literal!r} for `{param.name}`, which is declared as `{wanted}`"
            return said, (value, str(int(text)) if wanted == "int" else text) if exact else None
    return None


def _cached(
    project: Project, module: Module, scope: str, call: Call, stored: dict[tuple[str, str], list[Cached]]
) -> Iterator[Finding]:
    target = _target(project, module, scope, call)
    found = [] if target is None else stored.get((target[0].path, target[1].name), [])
    if not found:
        return
    name = found[0].name
    fix = None
    if all(one.memoized for one in found):
        message = f"{called(name)} is memoized, not cached: `delete_cached()` of it raises TypeError"
        advice = f"use `cache.delete_memoized({name})`"
        func = call.func
        if isinstance(func, Ref) and len(call.args) == 1 and not call.keywords:
            fix = _written(module, func, f"{func.name.removesuffix('.delete_cached')}.delete_memoized")
    elif _by_arguments(call) and any(
        isinstance(thing, Site) and thing.kind == "blueprint"
        for one in found
        for route in one.routes
        for thing in route.owner
    ):
        message = (
            f"`delete_cached()` of {called(name)} by its arguments raises BuildError: "
            "it looks for an endpoint without the blueprint's name"
        )
        advice = f"pass the path: `cache.delete_cached({name}, path)`"
    else:
        return
    yield rule.finding(module.place(call), message, advice, symbol=f"{module.name}:{scope}", fix=fix)


def _by_arguments(call: Call) -> bool:
    names = {one.name for one in call.keywords}
    return len(call.args) == 1 and not call.open_ended and bool(names) and not names & {"path", "query_args"}


def _one_of_several(project: Project) -> Iterator[Finding]:
    workers = project.workers
    if workers is None or workers.count == 1 or not _in_use(project, workers.path):
        return
    calls = sorted(project.caches.clearings(*_CLEARERS), key=lambda one: (one[0].path, one[2].line))
    kinds = [one.value if isinstance(one, Known) else None for value in types(project) for one in defaults(value)]
    if calls and kinds and all(one == "SimpleCache" for one in kinds):
        module, scope, call = calls[0]
        yield rule.finding(
            module.place(call),
            "this clears the cache of one process only: it is a SimpleCache, one in each process, and several serve the app",
            'let the processes share one: `CACHE_TYPE = "RedisCache"`',
            symbol=f"{module.name}:{scope}",
            related=[(Place(workers.path, workers.line, 1, workers.line), "several processes serve the app")],
        )


def _in_use(project: Project, path: str) -> bool:
    """Whether the file that tells the number of processes is used: a config of gunicorn by its usual name or a mention."""
    name = path.rpartition("/")[2]
    if not name.endswith(".py") or name == "gunicorn.conf.py":
        return True
    return any(name.encode() in text for other, text in project.surroundings.texts.items() if other != path)
