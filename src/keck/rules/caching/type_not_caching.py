"""`CACHE_TYPE` names a backend that does not cache, or that does not exist.

What: `CACHE_TYPE` is one of the old lower-case names (`simple`, `redis`, `filesystem`, ...), a name that Flask-Caching does not
    know, or nowhere set although the cache is used.

Why: Since Flask-Caching 2.5 the lower-case names are gone: the app does not start (`ImportStringError`). Without
    `CACHE_TYPE` Flask-Caching takes `NullCache`, which stores nothing: one warning at the start, then every call runs.

Fix: Name the class: `SimpleCache`, `RedisCache`, `FileSystemCache`, `MemcachedCache`, or `NullCache` where nothing shall be cached; a
    backend of your own goes by its dotted path. `keck fix` writes the new name of an old one.

When to ignore it: The type is set from outside, in a way that Keck does not see.

Evidence: Reproduced with Flask-Caching 2.5.1 (and read in 1.11, 2.0, 2.3 and 2.4, where the lower-case names still work): simple, null, redis,
    filesystem, memcached and uwsgi raise at init_app; without a type a cached view runs each time.
    pallets-eco/flask-caching #248 and #632, SynoCommunity/spkrepo #309.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from keck.edit import Fix, Replace
from keck.facts.expr import text_of, walk
from keck.finding import Finding, Level, Place
from keck.live.record import LiveApp
from keck.project.values import Known, Value, defaults
from keck.rule import Rule, Skipped
from keck.rules.caching._backend import Backend, backends
from keck.rules.caching._words import CACHE, PACKAGES

if TYPE_CHECKING:
    from keck.project import Project

rule = Rule(
    __name__,
    requires=PACKAGES,
    level=Level.error,
    needles=(*CACHE, "config"),
    good="The cache keeps what it is given",
    needs=("caching",),
    follows=("app/config-without-effect",),
)

_NAMES = {
    "NullCache", "SimpleCache", "FileSystemCache", "RedisCache", "RedisSentinelCache", "RedisClusterCache",
    "MemcachedCache", "SASLMemcachedCache", "SpreadSASLMemcachedCache", "BaseCache",
}  # fmt: skip
_GONE = {
    "null": "NullCache",
    "simple": "SimpleCache",
    "filesystem": "FileSystemCache",
    "redis": "RedisCache",
    "redissentinel": "RedisSentinelCache",
    "rediscluster": "RedisClusterCache",
    "memcached": "MemcachedCache",
    "gaememcached": "MemcachedCache",
    "saslmemcached": "SASLMemcachedCache",
    "spreadsaslmemcached": "SpreadSASLMemcachedCache",
    "uwsgi": "",
    "UWSGICache": "",
}
_PACKAGE = "flask_caching.backends."
_USES = ("get", "set", "add", "get_many", "set_many", "get_dict", "has")


@rule.in_code
def check(project: Project) -> Iterator[Finding]:
    """Yield the types that crash, and the caches that have none."""
    told: set[Place] = set()
    for one in backends(project):
        stated = list(_stated(project, one))
        if not stated:
            yield from _unset(project, one)
        for value, place in stated:
            for default in defaults(value):
                finding = _judged(project, one, default, place) if isinstance(default, Known) else None
                if finding is not None and finding.place not in told:
                    told.add(finding.place)
                    yield finding


def _stated(project: Project, one: Backend) -> Iterator[tuple[Value, Place]]:
    if "CACHE_TYPE" in one.own:
        yield from ((value, one.instance.place) for value in one.own["CACHE_TYPE"])
    elif one.known:
        for setting in project.settings("CACHE_TYPE"):
            yield setting.value, setting.place


def _judged(project: Project, one: Backend, value: Known, otherwise: Place) -> Finding | None:
    text = value.value
    if text is None:
        return rule.finding(
            otherwise,
            f"`CACHE_TYPE` is None: Flask-Caching cannot bind `{one.instance.name}` and the app does not start",
            'set `CACHE_TYPE` to "NullCache" where nothing shall be cached',
            symbol="CACHE_TYPE",
        )
    if not isinstance(text, str):
        return None
    name = text.removeprefix(_PACKAGE)
    if "." in name or name in _NAMES:
        return None
    if name in _GONE:
        if project.pins.before("flask-caching", "2.5.0", one.instance.module.path):
            return None
        new = _GONE[name]
        return rule.finding(
            value.place,
            f'`CACHE_TYPE` is "{text}", which Flask-Caching 2.5 and later do not have: the app does not start',
            f'write "{new}"' if new else "take another backend, or name a class of your own by its dotted path",
            symbol="CACHE_TYPE",
            related=[(one.instance.place, f"`{one.instance.name}` is made here")],
            fix=_renamed(project, value.place, text, new),
        )
    if name != text or ":" in one.instance.site.cls:
        return None
    return rule.finding(
        value.place,
        f'`CACHE_TYPE` is "{text}", which Flask-Caching does not know: the app does not start',
        'write the name of a class, such as "SimpleCache" or "RedisCache", or the dotted path of your own',
        symbol="CACHE_TYPE",
        related=[(one.instance.place, f"`{one.instance.name}` is made here")],
    )


def _renamed(project: Project, place: Place, old: str, new: str) -> Fix | None:
    """Return the fix that writes the new name of a backend, where the old one stands as a literal."""
    module = next(one for one in project.modules if one.path == place.path)
    stands = any(
        text_of(part) == old and module.place(part) == place
        for scope in module.scopes
        for expr in module.expressions(scope)
        for part in walk(expr)
    )
    if not new or not stands:
        return None
    return Fix(
        f'write "{new}"',
        (Replace(place, f'"{new}"'),),
        intends=("config/CACHE_TYPE", "extensions/caching/*", "cache/*"),
    )


def _unset(project: Project, one: Backend) -> Iterator[Finding]:
    hidden = not one.known or project.config.hidden or project.config.mentions.get("CACHE_TYPE", 0)
    used = any(project.caches.all) or any(project.caches.clearings(*_USES))
    if hidden or not used or not project.apps:
        return
    yield rule.finding(
        one.instance.place,
        f"`{one.instance.name}` has no `CACHE_TYPE`: Flask-Caching takes NullCache and stores nothing",
        'set `CACHE_TYPE`, to "SimpleCache" for one process or "RedisCache" for several',
        level=Level.warning,
        symbol="CACHE_TYPE",
    )


@rule.in_app
def examine(app: LiveApp) -> Iterator[Finding]:
    """Yield caches whose backend keeps nothing."""
    if app.testing or app.debug:
        raise Skipped(f"the app is {'testing' if app.testing else 'in debug mode'}, where nothing need be cached")
    for one in app.of("caching", "this", "both"):
        if one.facts.get("backend") != "NullCache":
            continue
        name = one.name.rpartition(":")[2] or "the cache"
        stated = "CACHE_TYPE" in app.config
        yield rule.live(
            one.spot,
            f"`{name}` keeps nothing: "
            + ('`CACHE_TYPE` is "NullCache" in an app that serves' if stated else "no `CACHE_TYPE` is set"),
            'set `CACHE_TYPE` to "RedisCache" or another backend where the app serves',
            level=Level.warning if stated else Level.error,
            symbol="CACHE_TYPE",
            tags=("caching",),
        )
