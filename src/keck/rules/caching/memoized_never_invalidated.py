"""A memoized result of the database is never cleared.

What: `@cache.memoize()` without a timeout is put on a function that reads the database, and nothing clears it: no
    `delete_memoized` of it, and no `clear`.

Why: After the rows change, the old result is served until it expires: `CACHE_DEFAULT_TIMEOUT`, 300 seconds where
    nothing else is set, for ever where that is 0.

Fix: Call `cache.delete_memoized(function)` where the rows are written, or say how old the answer may be with
    `memoize(timeout=...)`.

When to ignore it: The rows never change while the app runs.

Evidence: Reproduced with Flask-Caching 2.5.1: the default timeout is 300 seconds, and 0 never expires.
    thadeusb/flask-cache #50 and #105, on what clears a memoized function.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING

from keck.finding import Finding, Level
from keck.project.database import reads_database
from keck.project.things import Named
from keck.project.values import Known, alternatives
from keck.rule import Rule
from keck.rules._wording import called, decorator
from keck.rules.caching._backend import option
from keck.rules.caching._words import CACHE, DATABASE

if TYPE_CHECKING:
    from keck.project import Project
    from keck.project.caching import Cached

rule = Rule(
    __name__,
    requires=("memoize",),
    level=Level.note,
    needles=(*CACHE, *DATABASE, "delete_memoized", ".clear("),
)


@rule.in_code
def check(project: Project) -> Iterator[Finding]:
    """Yield memoized functions that read the database, have no timeout, and are never cleared."""
    suspects = [one for one in project.caches.all if one.memoized and not _bounded(one)]
    if not suspects or any(project.caches.clearings("clear")):
        return
    cleared = _cleared(project)
    models = frozenset(project.models)
    for one in suspects:
        if cleared is None or (one.module.path, one.function.name) in cleared:
            continue
        if reads_database(project.reach, one.module, one.function.name, models):
            yield rule.finding(
                one.layer.place,
                f"{called(one.name)} reads the database and nothing clears what {decorator(one.layer)} stores: "
                f"{_staleness(project)}",
                f"call `cache.delete_memoized({one.function.name})` where the rows are written, or set a `timeout`",
                symbol=one.symbol,
            )


def _bounded(one: Cached) -> bool:
    call = one.inner.call
    hidden = call is None or call.open_ended
    names = ("timeout", "unless", "forced_update", "is_stale")
    positions = (0, 2, 3, None)
    return hidden or any(one.option(at, name) is not None for at, name in zip(positions, names, strict=True))


def _cleared(project: Project) -> set[tuple[str, str]] | None:
    """Return the functions that something clears, or None where it cannot be told which."""
    found = set()
    for module, scope, call in project.caches.clearings("delete_memoized"):
        first = call.argument(0, "f")
        things = frozenset() if first is None else project.things(module, scope, first)
        targets = [project.objects.function(one.symbol) for one in things if isinstance(one, Named)]
        if not targets or None in targets:
            return None
        found |= {(target[0].path, target[1].name) for target in targets if target is not None}
    for one in project.caches.all:
        for _ in project.objects.callers(f"{one.symbol}.delete_memoized"):
            found.add((one.module.path, one.function.name))
    return found


def _staleness(project: Project) -> str:
    values = [one for value in option(project, "CACHE_DEFAULT_TIMEOUT") for one in alternatives(value)]
    seconds = {_seconds(one.value) for one in values if isinstance(one, Known)}
    if not values:
        return "after a write it is stale for up to 300 seconds, the default"
    if len(seconds) != 1 or len(values) != sum(isinstance(one, Known) for one in values) or None in seconds:
        return "after a write it is stale for as long as `CACHE_DEFAULT_TIMEOUT` says"
    (time,) = seconds
    return f"after a write it is stale for up to {time:g} seconds" if time else "after a write it is stale for ever"


def _seconds(value: object) -> float | None:
    if isinstance(value, timedelta):
        return value.total_seconds()
    return float(value) if isinstance(value, int | float) else None
