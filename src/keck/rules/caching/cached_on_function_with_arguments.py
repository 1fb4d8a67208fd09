"""`@cache.cached()` stands on a function that is no view.

What: `@cache.cached()` decorates a helper: its arguments are not in the key, or, where no key is given, neither is its
    name.

Why: `cached` is made for views: its default key is the path of the request that is being answered. Within one request
    `price(1)` and `price(2)` are the same entry, and so is every other such helper and the view itself: a function returns another
    function's value. Outside a request nothing is stored and an error is logged each time.

Fix: Use `@cache.memoize(timeout=...)`, which keys by the function and its arguments. A helper without parameters may keep `cached`
    with a `key_prefix` of its own. `keck fix` writes `memoize` with the options that both have; for a method, whose `self` would
    be part of the key as text, it leaves that to you.

When to ignore it: The function is registered as a view in a way that Keck does not see.

Evidence: Reproduced with Flask-Caching 2.5.1: price(1) and price(2) both return 10, and so does another helper in the
    same request. thadeusb/flask-cache #183 recommends exactly this form.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from keck.edit import Edit, Fix, Keyword, Replace
from keck.facts.expr import Call, Ref
from keck.finding import Finding, Level
from keck.live.record import LiveApp, Spot
from keck.project.database import reads_database
from keck.project.decorators import looks_like_url
from keck.rule import Rule
from keck.rules._wording import called, code, decorator
from keck.rules.caching._words import CACHE, DATABASE, PACKAGES, VIEWS

if TYPE_CHECKING:
    from keck.project import Project
    from keck.project.caching import Cached

rule = Rule(
    __name__,
    requires=PACKAGES,
    level=Level.error,
    needles=(*CACHE, *VIEWS, *DATABASE),
    good="No helper is cached as if it were a view",
    needs=("caching",),
)

_BOTH = {
    "timeout",
    "unless",
    "forced_update",
    "is_stale",
    "response_filter",
    "hash_method",
    "cache_none",
    "source_check",
}
_ONLY_CACHED = {"key_prefix", "query_string", "make_cache_key", "response_hit_indication"}
_METHODS = {"get", "post", "put", "patch", "delete", "head", "options", "dispatch_request", "index"}


@rule.in_code
def check(project: Project) -> Iterator[Finding]:
    """Yield helpers under ``cached`` whose key leaves out their arguments or themselves."""
    for one in project.caches.all:
        if one.memoized or one.routes or _may_be_view(project, one):
            continue
        key = project.caches.key(one)
        if not key.known or key.computed:
            continue
        parameters = [param.name for param in one.function.params]
        if one.function.owner and not _static(one):
            parameters = parameters[1:]
        if parameters:
            named = ", ".join(map(code, parameters))
            message = (
                f"{decorator(one.layer)} leaves the arguments of {called(one.name)} ({named}) out of the key: "
                "all calls share one value"
            )
        elif key.by_path:
            message = (
                f"{decorator(one.layer)} stores {called(one.name)} under the path of the current request, "
                "as it does every other function there"
            )
        else:
            continue
        yield rule.finding(
            one.layer.place,
            message,
            "use `memoize()`, which keys by the function and its arguments"
            if parameters
            else "use `memoize()`, or give it a key of its own with `key_prefix`",
            symbol=one.symbol,
            fix=_memoized(project, one, method=bool(one.function.owner) and not _static(one)),
        )


def _memoized(project: Project, one: Cached, *, method: bool) -> Fix | None:
    """Return the fix that makes `memoize` of `cached`, without the options that only the latter has."""
    call = one.inner.call
    func = None if call is None else call.func
    dropped = [] if call is None else [word.name for word in call.keywords if word.name not in _BOTH]
    spelt = call is not None and call is one.layer.expr and len(call.args) <= 1 and set(dropped) <= _ONLY_CACHED
    if call is None or not isinstance(func, Ref) or not spelt or method:
        return None
    if dropped and any(project.caches.clearings("delete", "delete_many", "delete_cached", "get", "set", "has")):
        return None
    place = one.inner.module.place
    edits: tuple[Edit, ...] = (
        Replace(place(func), f"{func.name.removesuffix('.cached')}.memoize"),
        *(Keyword(place(call), str(name)) for name in dropped),
    )
    lasting = one.option(0, "timeout") is None and reads_database(
        project.reach, one.module, one.function.name, frozenset(project.models)
    )
    changes = (
        "keeps rows of the database until the default timeout ends, with nothing that clears them" if lasting else ""
    )
    return Fix("use `memoize()`", edits, not lasting, changes, ("cache/*",))


def _static(one: Cached) -> bool:
    return any(isinstance(each, Ref) and each.name == "staticmethod" for each in one.function.decorators)


def _may_be_view(project: Project, one: Cached) -> bool:
    """Whether it may be registered in a way that is not seen."""
    if any(isinstance(each, Call) and looks_like_url(each) for each in one.function.decorators):
        return True
    last = one.function.name.rpartition(".")[2]
    if one.function.owner and last in _METHODS and one.module.classes[one.function.owner].bases:
        return True
    return one.symbol in project.caches.handed_over


@rule.in_app
def examine(app: LiveApp) -> Iterator[Finding]:
    """Yield functions with arguments under ``cached()`` that are no view."""
    for one in app.facts.get("cached_functions", ()):
        if one["parameters"] and not one.get("computed"):
            name = str(one["name"]).rpartition(".")[2]
            yield rule.live(
                Spot(one["path"], one["line"], one["end_line"]),
                f"`cached()` leaves the arguments of {called(name)} ({', '.join(map(code, one['parameters']))}) out of the "
                "key: all calls share one value",
                "use `memoize()`, which keys by the function and its arguments",
                symbol=str(one["name"]),
                tags=("caching",),
            )
