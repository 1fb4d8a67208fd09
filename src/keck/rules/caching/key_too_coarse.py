"""A cached answer depends on more than its key holds.

What: A view under `@cache.cached()` reads the query string, a header or the host, which are not in the key; or its
    `key_prefix` is a constant although its URL has parameters.

Why: The default key is the path alone. `?page=2` is answered with page 1, a German reader gets the French page, and
    one tenant the page of another. With a constant key every user id gets the first one's answer.

Fix: `@cache.cached(query_string=True)` puts the query string into the key. For headers and hosts, make the key
    yourself: `key_prefix=lambda: f"{request.host}{request.path}"`. Leave `key_prefix` out, or put `%s` (the path) into it, where the
    URL has parameters. `keck fix` does so for query strings and for constant keys; which headers count is for you to say.

When to ignore it: The value that is read does not change the answer. Keck leaves out what is only logged.

Evidence: Reproduced with Flask-Caching 2.5.1: page 2 shows page 1, Accept-Language de and fr get the same answer, two
    hosts share one, and `/u/2` shows user 1 under a constant key_prefix. pallets-eco/flask-caching #71 and #150.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from keck.edit import Fix, Keyword
from keck.facts.expr import text_of
from keck.finding import Finding, Level
from keck.live.record import LiveApp
from keck.rule import Rule
from keck.rules._wording import called, code, decorator, listed, read
from keck.rules.caching._words import CACHE, PACKAGES, READERS, VIEWS

if TYPE_CHECKING:
    from keck.project import Project
    from keck.project.caching import Cached, Key
    from keck.project.reads import Read

rule = Rule(
    __name__,
    requires=PACKAGES,
    level=Level.warning,
    needles=(*CACHE, *VIEWS, *READERS, "paginate", "parse_args"),
    good="Cached answers are told apart by what they depend on",
    needs=("caching", "routes"),
)

_PARAMETER = re.compile(r"<(?:[^<>]*:)?(\w+)>")
_VARYING = ("request.args", "request.headers", "request.accept_languages", "request.host")


@rule.in_code
def check(project: Project) -> Iterator[Finding]:
    """Yield cached views whose key leaves out what their answer depends on."""
    for one in project.caches.all:
        if one.memoized or not one.routes:
            continue
        key = project.caches.key(one)
        if not key.known:
            continue
        missing = _missing(project, one, key)
        parameters = _parameters(one)
        if missing:
            names = listed(dict.fromkeys(read(each.name) for each in missing))
            yield rule.finding(
                one.layer.place,
                f"{called(one.name)} reads {names}, which is not in the key under which "
                f"{decorator(one.layer)} stores its answer",
                _help(missing),
                symbol=one.symbol,
                fix=_by_query(project, one, missing),
                related=[(missing[0].place, f"{read(missing[0].name)} is read here")],
            )
        elif parameters and not (key.by_path or key.computed):
            names = listed(code(f"<{name}>") for name in parameters)
            yield rule.finding(
                one.layer.place,
                f'{called(one.name)} is stored under the constant key "{key.text}" although its URL has {names}: '
                "whoever asks first decides what all get",
                f'leave `key_prefix` out, or put the path into it: `key_prefix="{key.text}%s"`',
                symbol=one.symbol,
                related=[(one.routes[0].place, f"{called(one.name)} takes {names}")],
                fix=_by_path(project, one),
            )


def _missing(project: Project, one: Cached, key: Key) -> list[Read]:
    covered = {read.kind for read in key.reads}
    if any(read.name == "request.url" for read in key.reads):
        covered |= {"host"}
    if key.query_string:
        covered.add("args")
    reads = project.reads.of(one.module, one.function.name)
    found = [read for read in reads if read.kind in {"args", "headers", "host"} and read.kind not in covered]
    for route in one.routes:
        found += [] if "args" in covered else project.reads.query_arguments(route.layers)
    return list({read.name: read for read in found}.values())


def _by_query(project: Project, one: Cached, missing: list[Read]) -> Fix | None:
    """Return the fix that puts the query string into a key that is the path."""
    call = one.inner.call
    given = call is not one.layer.expr or len(call.args) > 1 or one.option(None, "key_prefix") is not None
    if given or any(read.kind != "args" for read in missing):
        return None
    return _fix(project, one, "pass `query_string=True`", Keyword(one.layer.place, "query_string", "True"))


def _by_path(project: Project, one: Cached) -> Fix | None:
    """Return the fix that leaves a constant key out, so that it is the path."""
    call = one.inner.call
    if call is not one.layer.expr or text_of(call.keyword("key_prefix")) is None:
        return None
    return _fix(project, one, "leave `key_prefix` out", Keyword(one.layer.place, "key_prefix"))


def _fix(project: Project, one: Cached, title: str, edit: Keyword) -> Fix:
    """Return the fix of a key: safe where nothing clears what is stored by its key or its view."""
    safe = not any(project.caches.clearings("delete", "delete_many", "delete_cached"))
    changes = "" if safe else "stores under other keys, which what clears the cache may have to name"
    intends = tuple(f"cache/* *{rule}" for route in one.routes for rule in route.rules) or ("cache/*",)
    return Fix(title, (edit,), safe, changes, intends)


def _help(missing: list[Read]) -> str:
    if all(read.kind == "args" for read in missing):
        return "pass `query_string=True`, so that each query string has a key of its own"
    return "pass as `key_prefix` a function that makes the key of all that the answer depends on"


def _parameters(one: Cached) -> list[str]:
    return list(
        dict.fromkeys(name for route in one.routes for text in route.rules for name in _PARAMETER.findall(text))
    )


@rule.in_app
def examine(app: LiveApp) -> Iterator[Finding]:
    """Yield cached views whose key leaves out their query string, headers or URL."""
    told: set[str] = set()
    for route in app.routes:
        use = next((one for one in route.cache if one.kind == "cached" and one.details.get("bound", True)), None)
        if use is None or use.personal or route.endpoint in told or route.method not in {"GET", "POST"}:
            continue
        missing = [
            name
            for name in _VARYING
            if name in route.reads and not (name == "request.args" and use.details.get("query_string"))
        ]
        parameters = _PARAMETER.findall(route.rule)
        constant = use.details.get("key_prefix")
        view = called(route.name.rpartition(".")[2])
        if missing:
            told.add(route.endpoint)
            args = missing == ["request.args"]
            yield rule.live(
                route.spot,
                f"{view} reads {listed(map(read, missing))}, which is not in the key of its cache: "
                f"the key of {route.method} {route.rule} is {use.key}",
                "pass `query_string=True`, so that each query string has a key of its own"
                if args
                else "pass as `key_prefix` a function that makes the key of all that the answer depends on",
                symbol=route.endpoint,
                tags=("caching", route.endpoint),
            )
        elif parameters and isinstance(constant, str) and "%s" not in constant and not use.details.get("query_string"):
            told.add(route.endpoint)
            yield rule.live(
                route.spot,
                f'{view} is stored under the constant key "{constant}" although its URL has '
                f"{listed(code(f'<{name}>') for name in parameters)}: whoever asks first decides what all get",
                f'leave `key_prefix` out, or put the path into it: `key_prefix="{constant}%s"`',
                symbol=route.endpoint,
                tags=("caching", route.endpoint),
            )
