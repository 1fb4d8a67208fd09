"""Flask-Caching.

Facts: ``backend`` (the name of its class), ``prefix``, ``timeout`` in seconds, ``per_process``, ``where`` (``host:port/db``
or a directory, without a password; empty if there is no such place), ``threshold``; all of the backend, since what was
given to the constructor never reaches ``app.config``.
"""

from __future__ import annotations

import datetime as dt
import math
import sys
from collections.abc import Callable
from typing import Any

from keck.live.extensions.reading import Reading, bound, differ, drifts, extension_of, gather, names_of
from keck.live.extensions.redis import address, address_of_url
from keck.live.record import Drift
from keck.live.scan import Held, Scan
from keck.live.wrappers import qualified


def read(held: Held, app: Any, scan: Scan) -> Reading:  # noqa: ANN401 - Flask is not imported here
    """Return what is known of a Cache."""
    one = held.object
    others = names_of(scan.apps, lambda other: _backend(other, one) is not None)
    backend = _backend(app, one)
    where = bound(backend is not None, others)
    if backend is None:
        return Reading(where, others)
    inert = "its backend is NullCache" if "NullCache" in _bases(backend) else ""
    kept = extension_of(app, "cache")
    times = len(kept) if len(kept) > 1 else 0
    return Reading(where, others, times, inert, _drift(app, backend), _facts(backend))


def _backend(app: Any, cache: Any) -> Any:  # noqa: ANN401 - as above
    kept = extension_of(app, "cache")
    if not isinstance(kept, dict):
        return None
    return next((backend for one, backend in kept.items() if one is cache), None)


def _bases(value: Any) -> set[str]:  # noqa: ANN401 - as above
    return {one.__name__ for one in type(value).__mro__}


def _facts(backend: Any) -> dict[str, Any]:  # noqa: ANN401 - as above
    fields = vars(backend)
    return gather(
        {
            "backend": lambda: type(backend).__name__,
            "prefix": lambda: _prefix(fields.get("key_prefix")),
            "timeout": lambda: _seconds(fields.get("default_timeout")),
            "per_process": lambda: "SimpleCache" in _bases(backend),
            "where": lambda: _where(backend),
            "threshold": lambda: fields.get("_threshold"),
        }
    )


def _prefix(value: Any) -> str:  # noqa: ANN401 - as above
    return value or "" if value is None or isinstance(value, str) else f"{qualified(value)}()"


def _seconds(value: Any) -> Any:  # noqa: ANN401 - as above
    return math.ceil(value.total_seconds()) if isinstance(value, dt.timedelta) else value


def _where(backend: Any) -> str:  # noqa: ANN401 - as above
    fields = vars(backend)
    if "_write_client" in fields:
        return address(fields["_write_client"])
    return str(fields["_path"]) if "_path" in fields else ""


def _drift(app: Any, backend: Any) -> tuple[Drift, ...]:  # noqa: ANN401 - as above
    """Return where the app's config says one thing and the backend was made of another."""
    config, fields = app.config, vars(backend)
    given = config.get("CACHE_OPTIONS") or {}
    parts: dict[str, Callable[[], tuple[Any, Any] | None]] = {
        "CACHE_TYPE": lambda: _type(config["CACHE_TYPE"], backend)
    }
    known = type(backend).__module__.startswith(("flask_caching.", "cachelib."))
    if known and "NullCache" not in _bases(backend):
        if "key_prefix" not in given:
            parts["CACHE_KEY_PREFIX"] = lambda: differ(
                _prefix(fields["key_prefix"]), _prefix(config["CACHE_KEY_PREFIX"])
            )
        if "default_timeout" not in given:
            parts["CACHE_DEFAULT_TIMEOUT"] = lambda: differ(
                _seconds(fields["default_timeout"]), _seconds(config["CACHE_DEFAULT_TIMEOUT"])
            )
        parts["CACHE_THRESHOLD"] = lambda: differ(fields["_threshold"], config["CACHE_THRESHOLD"])
        parts["CACHE_DIR"] = lambda: differ(str(fields["_path"]), str(config["CACHE_DIR"]))
        if type(backend).__name__ == "RedisCache":
            parts |= _redis(config, backend)
    return drifts(parts)


def _type(configured: Any, backend: Any) -> tuple[str, str] | None:  # noqa: ANN401 - as above
    """Return both names if a backend is not of the type that the config names."""
    module, _, name = str(configured).rpartition(".")
    if module and not module.startswith("flask_caching"):
        named = vars(sys.modules[module])[name]
        same = not isinstance(named, type) or named in type(backend).__mro__
    else:
        same = _plain(name) == _plain(type(backend).__name__)
    return None if same else (type(backend).__name__, str(configured))


def _plain(name: str) -> str:
    """Return ``redis`` for ``RedisCache`` and for the ``redis`` of old versions."""
    return name.lower().removesuffix("cache")


def _redis(config: Any, backend: Any) -> dict[str, Callable[[], tuple[Any, Any] | None]]:  # noqa: ANN401 - as above
    used = _where(backend)
    if config.get("CACHE_REDIS_URL"):
        named = address_of_url(config["CACHE_REDIS_URL"], config.get("CACHE_REDIS_DB", 0))
        return {"CACHE_REDIS_URL": lambda: None if used == named else (used, named)}
    if not {"CACHE_REDIS_HOST", "CACHE_REDIS_PORT", "CACHE_REDIS_DB"} & set(config):
        return {}
    host = config.get("CACHE_REDIS_HOST", "localhost")
    if not isinstance(host, str):
        return {}
    named = f"{host}:{config.get('CACHE_REDIS_PORT', 6379)}/{config.get('CACHE_REDIS_DB', 0)}"
    return {"CACHE_REDIS_HOST": lambda: None if used == named else (used, named)}
