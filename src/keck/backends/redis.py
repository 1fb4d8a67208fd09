"""What each Redis says that the app has clients of.

Facts:
    ``role``: ``cache``, ``limiter``, or ``project`` for a client that the project's own modules hold.
    ``names``: of the project's clients, ``shop.tokens:redis``.
    ``blocklist``: whether the JWT blocklist callback refers to the client.
    ``server``: identity of the server (its run_id): the same for two clients of one server, whatever their
        database or the address they reach it by.
    ``database``: number.
    ``version``, ``maxmemory`` (bytes, 0 is no limit), ``policy``, ``used_memory``, ``evicted_keys``, ``keys`` (in this
        database): as `INFO` tells; absent where that is not permitted.
    ``evicts``: which keys the policy lets it drop when memory is full: ``all``, ``expiring`` (those with a time to
        live: counters, revoked tokens) or ``none``.
    ``persistent``: whether it keeps an append-only file.
    ``replica``: whether it follows another one.
    ``timeout``, ``connect_timeout``: seconds that the app's client waits; None waits for ever; ``default`` where
        the app does not say and the client's own default holds.
    ``password``: whether the client has one.
    ``tls``: whether it speaks TLS.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from functools import partial
from typing import Any

from keck.backends import addresses
from keck.backends.bounded import Question, Said, Told, sentence
from keck.backends.clients import Held, attributes, held

NAMES = {"cache": "redis of the cache", "limiter": "redis of the limiter"}

NOT_PASSED = frozenset(
    {
        "connection_pool",  # of Sentinel
        "event_dispatcher",
        "maint_notifications_config",
        "maint_notifications_pool_handler",
        "oss_cluster_maint_notifications_handler",
        "retry",
        "retry_on_error",
        "retry_on_timeout",
        "redis_connect_func",  # of a cluster: asks for more than we want
        "himport_registry",
    }
)
"""Arguments of connections that tie them to the app's pool, or try again."""


def questions(app: Any) -> Iterator[Question]:  # noqa: ANN401 - Flask is the app's
    """Yield a question for each client."""
    for one in held(app):
        settings = _settings(one.client)
        name = NAMES.get(one.role) or f"redis of {', '.join(one.names) or 'the JWT blocklist'}"
        secrets = tuple(str(settings[key]) for key in ("password", "ssl_password") if settings.get(key))
        yield Question("redis", name, where(settings), partial(_ask, one, settings), secrets)


def where(settings: dict[str, Any]) -> str:
    """Return ``host:port/database``, the path of a socket, or the name of a service that Sentinel knows."""
    database = settings.get("db") or 0
    if "service" in settings:
        return f"sentinel {settings['service']}/{database}"
    if "path" in settings:
        return f"{settings['path']}/{database}"
    return f"{addresses.endpoint(settings.get('host', 'localhost'), settings.get('port', 6379))}/{database}"


def _settings(client: Any) -> dict[str, Any]:  # noqa: ANN401 - redis-py is the app's
    """Return the arguments that the client makes connections with, ``service`` where Sentinel is asked first."""
    own = attributes(client)
    if "nodes_manager" in own:
        manager = attributes(own["nodes_manager"])
        nodes = list(manager.get("nodes_cache", {}).values()) or list(manager.get("startup_nodes", {}).values())
        place = {"host": nodes[0].host, "port": nodes[0].port} if nodes else {}
        return {**manager.get("connection_kwargs", {}), **place}
    pool = attributes(own.get("connection_pool"))
    settings = dict(pool.get("connection_kwargs") or pool.get("_connection_kwargs") or {})
    if "service_name" in pool:
        settings["service"] = pool["service_name"]
    return settings


def _ask(one: Held, settings: dict[str, Any], told: Told) -> None:
    library: Any = sys.modules[_library(one.client)]
    told.facts |= {
        "role": one.role,
        "names": one.names,
        "blocklist": one.blocklist,
        "database": int(settings.get("db") or 0),
        "timeout": _limit(settings, "socket_timeout"),
        "connect_timeout": _limit(settings, "socket_connect_timeout"),
        "password": bool(settings.get("password") or settings.get("credential_provider")),
    }
    try:
        client = _client(one.client, settings, library, told)
    except library.exceptions.ConnectionError as error:
        raise Said("unreachable", sentence(error)) from error
    try:
        _converse(client, library, told)
    finally:
        client.connection_pool.disconnect()


def _limit(settings: dict[str, Any], name: str) -> float | str | None:
    value = settings.get(name, "default")
    return value if value is None or type(value) in {int, float} else "default"


def _library(client: Any) -> str:  # noqa: ANN401 - redis-py is the app's
    """Return the name of the library that the client's class, or one that it derives from, belongs to."""
    roots = [cls.__module__.partition(".")[0] for cls in type(client).__mro__]
    return next(root for root in roots if root in {"redis", "valkey"})


def _client(client: Any, settings: dict[str, Any], library: Any, told: Told) -> Any:  # noqa: ANN401
    """Return a client of our own: same server, same credentials, our time limits, a single attempt."""
    pool = attributes(client).get("connection_pool")
    made_by = attributes(pool).get("connection_class", library.Connection)
    passed = {name: value for name, value in settings.items() if name not in NOT_PASSED and name != "service"}
    secure = any(cls.__name__ == "SSLConnection" for cls in made_by.__mro__) or bool(passed.pop("ssl", False))
    told.facts["tls"] = secure
    if "service" in settings:
        passed["host"], passed["port"] = pool.sentinel_manager.discover_master(settings["service"])  # type: ignore[union-attr]
    if "service" in settings or pool is None:
        made_by = library.SSLConnection if secure else library.Connection
    passed["socket_timeout"] = passed["socket_connect_timeout"] = told.left() * 0.9
    kept = library.ConnectionPool(connection_class=made_by, **passed)
    base = library.Redis if hasattr(library, "Redis") else library.Valkey
    return base(connection_pool=kept)


def _converse(client: Any, library: Any, told: Told) -> None:  # noqa: ANN401
    errors = library.exceptions
    try:
        client.ping()
        told.state, told.detail = "answers", "it answers PING"
        info = client.info()
    except (errors.AuthenticationError, errors.BusyLoadingError) as error:
        raise Said("refuses", sentence(error)) from error
    except (errors.ConnectionError, errors.TimeoutError) as error:
        state = "refuses" if told.state or _is_tls(error) else "unreachable"
        raise Said(state, sentence(error)) from error
    except errors.ResponseError as error:
        if not told.state:
            raise Said("refuses", sentence(error)) from error
        told.detail = f"it answers PING, but not INFO: {sentence(error)}"
        return
    policy = str(info.get("maxmemory_policy", ""))
    database = info.get(f"db{told.facts['database']}", {})
    told.facts |= {
        "server": str(info.get("run_id", "")),
        "version": str(info.get("redis_version", "")),
        "maxmemory": int(info.get("maxmemory", 0)),
        "policy": policy,
        "evicts": {"allkeys": "all", "volatile": "expiring"}.get(policy.partition("-")[0], "none"),
        "used_memory": int(info.get("used_memory", 0)),
        "evicted_keys": int(info.get("evicted_keys", 0)),
        "keys": int(database.get("keys", 0)),
        "persistent": bool(info.get("aof_enabled", 0)),
        "replica": info.get("role") == "slave",
    }
    told.detail = f"Redis {told.facts['version']}, {policy}"


def _is_tls(error: BaseException) -> bool:
    """Whether TLS could not be agreed on: somebody is there."""
    import ssl

    causes = (error, error.__cause__, error.__context__)
    return any(isinstance(one, ssl.SSLError) for one in causes)
