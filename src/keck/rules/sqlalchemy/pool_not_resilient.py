"""A database server closes connections that the pool goes on handing out.

What:
    An engine on PostgreSQL, MySQL or another server whose pool neither asks before it hands out a connection
    (`pool_pre_ping`) nor throws old ones away (`pool_recycle`). The engines of `SQLALCHEMY_BINDS` do not inherit
    `SQLALCHEMY_ENGINE_OPTIONS`: each bind needs options of its own.

Why:
    After a restart or fail-over of the server, a firewall's idle time or MySQL's `wait_timeout`, the first requests
    that are given a dead connection fail: "server closed the connection unexpectedly", "MySQL server has gone
    away". It passes, and comes back.

Fix:
    `SQLALCHEMY_ENGINE_OPTIONS = {"pool_pre_ping": True}` (one round trip for each checkout), and for a bind
    `SQLALCHEMY_BINDS = {"audit": {"url": ..., "pool_pre_ping": True}}`; or `engine_options=` of the constructor,
    which reaches both.

When to ignore it:
    A proxy such as PgBouncer on the same machine keeps the connections. SQLite and pools that keep nothing
    (`NullPool`) are passed over, and so is an app that is testing; in debug mode it is a note.

Evidence:
    Flask-SQLAlchemy 3.1.1 with SQLAlchemy 2.1: without options pre_ping is off and recycle -1; with options, the
    engine of a bind still has (False, -1). Flask-SQLAlchemy sets a recycle of 7200 seconds for MySQL alone.
    SQLAlchemy's documentation, "Dealing with Disconnects".
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from keck.finding import Finding, Level
from keck.live.record import LiveApp
from keck.rule import Rule, Skipped
from keck.rules._live import tags, variable
from keck.rules._wording import code, listed

rule = Rule(
    __name__,
    level=Level.warning,
    good="Pools notice when the database has closed a connection",
    needs=("sqlalchemy",),
    follows=("app/config-without-effect", "app/test-override-after-bind"),
)

_SERVERS = frozenset({"postgresql", "mysql", "mariadb", "mssql", "oracle", "cockroachdb", "redshift"})
_KEEPING = frozenset({"QueuePool", "AsyncAdaptedQueuePool", "FallbackAsyncAdaptedQueuePool"})


@rule.in_app
def examine(app: LiveApp) -> Iterator[Finding]:
    """Yield one finding an instance whose engines hand out connections without a look.

    Raises:
        Skipped: the app is testing.
    """
    if app.testing:
        raise Skipped("the app is testing")
    for one in app.of("sqlalchemy", "this", "both"):
        engines: dict[str, dict[str, Any]] = one.facts.get("engines", {})
        careless = sorted(bind for bind, engine in engines.items() if _is_careless(engine))
        if not careless:
            continue
        binds = [bind for bind in careless if bind]
        advice = 'set `SQLALCHEMY_ENGINE_OPTIONS = {"pool_pre_ping": True}`'
        if binds:
            own = f'`SQLALCHEMY_BINDS = {{"{binds[0]}": {{"url": ..., "pool_pre_ping": True}}}}`'
            advice = f"{advice}, and {own}: binds do not inherit it" if "" in careless else f"set {own}"
        yield rule.live(
            one.spot,
            f"the pool of {listed(map(_spoken, careless))} hands out connections that the server may have closed: "
            f"neither `pool_pre_ping` nor `pool_recycle` is set"
            + (
                ", and binds do not inherit `SQLALCHEMY_ENGINE_OPTIONS`" if "" not in careless and "" in engines else ""
            ),
            advice,
            level=Level.note if app.debug else None,
            symbol=variable(one) if "" in careless else ",".join(careless),
            tags=(*tags(one), "SQLALCHEMY_ENGINE_OPTIONS"),
        )


def _is_careless(engine: dict[str, Any]) -> bool:
    """Whether an engine on a server keeps connections and never asks; what is not known is not told."""
    server = engine.get("dialect") in _SERVERS and engine.get("pool") in _KEEPING
    return server and engine.get("pre_ping") is False and engine.get("recycle") == -1


def _spoken(bind: str) -> str:
    return f"bind {code(bind)}" if bind else "the database"
