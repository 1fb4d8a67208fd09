"""Flask-SQLAlchemy.

Facts: ``engines``, by bind (``""`` for the default one): ``url`` without its password, ``driver``, ``dialect``,
``database``, ``memory``, ``pool`` (the name of its class), ``pre_ping``, ``recycle``, ``checked_in``; ``models``, how many
its registry maps; ``columns`` whose default was evaluated once: ``model``, ``column``, ``fault``, ``path``, ``line``.
"""

from __future__ import annotations

import datetime as dt
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

from keck.live.extensions.reading import Reading, bound, differ, drifts, extension_of, gather, names_of
from keck.live.homes import assignment_line
from keck.live.record import Drift
from keck.live.scan import Held, Scan, class_of
from keck.live.secrets import without_password

_CHANGING = {
    "datetime.datetime": "datetime",
    "datetime.date": "date",
    "datetime.time": "time",
    "uuid.UUID": "UUID",
}
_SHARED = (dict, list, set)


def read(held: Held, app: Any, scan: Scan) -> Reading:  # noqa: ANN401 - Flask is not imported here
    """Return what is known of an SQLAlchemy."""
    one = held.object
    others = names_of(scan.apps, lambda other: _serves(other, one))
    here = _serves(app, one)
    facts = gather(
        {
            "engines": lambda: {bind or "": _engine(engine) for bind, engine in _engines(app, one).items()},
            "models": lambda: len(_mappers(one)),
            "columns": lambda: list(_columns(one)),
        }
    )
    return Reading(bound(here, others), others, drift=_drift(app, one) if here else (), facts=facts)


def _serves(app: Any, db: Any) -> bool:  # noqa: ANN401 - as above
    kept = extension_of(app, "sqlalchemy")
    return kept is db or (type(kept).__name__ == "_SQLAlchemyState" and vars(kept).get("db") is db)


def _engines(app: Any, db: Any) -> dict[str | None, Any]:  # noqa: ANN401 - as above
    return dict(vars(db)["_app_engines"].get(app, {}))


def _engine(engine: Any) -> dict[str, Any]:  # noqa: ANN401 - as above
    url, pool = engine.url, engine.pool
    return gather(
        {
            "url": lambda: _rendered(url),
            "driver": lambda: str(engine.driver),
            "dialect": lambda: str(engine.dialect.name),
            "database": lambda: str(url.database or ""),
            "memory": lambda: _memory(url),
            "pool": lambda: type(pool).__name__,
            "pre_ping": lambda: bool(vars(pool)["_pre_ping"]),
            "recycle": lambda: int(vars(pool)["_recycle"]),
            "checked_in": lambda: int(pool.checkedin()) if "checkedin" in dir(type(pool)) else 0,
        }
    )


def _rendered(url: Any) -> str:  # noqa: ANN401 - as above
    """Return a URL without its password, and a path as it is written: ``:memory:``, not ``%3Amemory%3A``."""
    return without_password(url.render_as_string(hide_password=True).replace("%3A", ":"))


def _memory(url: Any) -> bool:  # noqa: ANN401 - as above
    if url.get_backend_name() != "sqlite":
        return False
    return (url.database or ":memory:") == ":memory:" or url.query.get("mode") == "memory"


def _mappers(db: Any) -> list[Any]:  # noqa: ANN401 - as above
    return sorted(vars(db)["Model"].registry.mappers, key=lambda one: str(one.class_.__name__))


def _columns(db: Any) -> Iterator[dict[str, Any]]:  # noqa: ANN401 - as above
    """Yield each column with a default that was evaluated when its module was imported."""
    for mapper in _mappers(db):
        kind = mapper.class_
        for column in mapper.local_table.columns if mapper.local_table is not None else ():
            fault = _fault(column.default) or _fault(column.onupdate)
            if fault and getattr(mapper.inherits, "local_table", None) is not mapper.local_table:
                path, line = assignment_line(kind.__module__, kind.__qualname__, str(column.key))
                yield {
                    "model": f"{kind.__module__}.{kind.__qualname__}",
                    "column": str(column.name),
                    "fault": fault,
                    "path": path,
                    "line": line,
                }


def _fault(default: Any) -> str:  # noqa: ANN401 - as above
    if default is None or not default.is_scalar:
        return ""
    kind = type(default.arg)
    name = _CHANGING.get(f"{kind.__module__}.{kind.__name__}")
    if name and _is_of_now(default.arg):
        return f"same value for every row: {name}"
    return f"one object for every row: {kind.__name__}" if isinstance(default.arg, _SHARED) else ""


def _is_of_now(value: Any) -> bool:  # noqa: ANN401 - as above
    """Return whether a clock seems to have made a value: 1970-01-01 and 09:00 are constants, written as such."""
    if isinstance(value, dt.date):
        moment = value if isinstance(value, dt.datetime) else dt.datetime.combine(value, dt.time())
        here = dt.datetime.now(moment.tzinfo)
        return bool(moment.microsecond) or abs(here - moment) < dt.timedelta(days=2)
    return bool(value.microsecond) if isinstance(value, dt.time) else True


def _drift(app: Any, db: Any) -> tuple[Drift, ...]:  # noqa: ANN401 - as above
    """Return where an engine is not the one that the config names now."""
    engines, config = _engines(app, db), app.config
    parts: dict[str, Callable[[], tuple[Any, Any] | None]] = {}
    if _makes_urls_itself(db):
        wanted = configured_urls(app, vars(db).get("_engine_options", {}))
        for bind in {**engines, **wanted}:
            key = "SQLALCHEMY_DATABASE_URI" if bind is None else f'SQLALCHEMY_BINDS["{bind}"]'
            parts[key] = partial(_urls, engines.get(bind), wanted.get(bind))
    engine = engines.get(None)
    options = config.get("SQLALCHEMY_ENGINE_OPTIONS")
    if engine is not None and isinstance(options, Mapping):
        pool = vars(engine.pool)
        used: dict[str, Callable[[], Any]] = {
            "pool_pre_ping": lambda: bool(pool["_pre_ping"]),
            "pool_recycle": lambda: pool["_recycle"],
            "pool_size": lambda: vars(pool["_pool"])["maxsize"],
            "max_overflow": lambda: pool["_max_overflow"],
            "pool_timeout": lambda: pool["_timeout"],
        }
        for name, value in used.items():
            if options.get(name) is not None:
                key = f'SQLALCHEMY_ENGINE_OPTIONS["{name}"]'
                parts[key] = partial(_option, value, options[name])
    return drifts(parts)


def _option(used: Callable[[], Any], configured: Any) -> tuple[Any, Any] | None:  # noqa: ANN401 - as above
    return differ(used(), configured)


def _makes_urls_itself(db: Any) -> bool:  # noqa: ANN401 - as above
    """Return whether the engines are made as Flask-SQLAlchemy makes them, and not by a method of the project."""
    root = class_of("sqlalchemy")
    names = ("init_app", "_apply_driver_defaults", "_make_engine", "apply_driver_hacks", "create_engine")
    own = type(db).__mro__[: type(db).__mro__.index(root)] if root in type(db).__mro__ else ()
    return not any(name in vars(one) for one in own for name in names)


def configured_urls(app: Any, given: Mapping[str, Any]) -> dict[str | None, Any]:  # noqa: ANN401 - as above
    """Return the URL of each bind as Flask-SQLAlchemy would make it of the config now; it makes no directory.

    Args:
        app: whose config is asked.
        given: the engine options of the constructor.

    Returns:
        By bind, None for the default one. A URL that cannot be parsed is left out.
    """
    config = app.config
    found: dict[str | None, Any] = {}
    for bind, value in (config.get("SQLALCHEMY_BINDS") or {}).items():
        found[bind] = {**given, **value}.get("url") if isinstance(value, Mapping) else value
    options = config.get("SQLALCHEMY_ENGINE_OPTIONS") or {}
    main = config.get("SQLALCHEMY_DATABASE_URI") or {**given, **options}.get("url")
    if main is not None:
        found[None] = main
    return {bind: url for bind, url in ((bind, normalised(app, one)) for bind, one in found.items()) if url is not None}


def normalised(app: Any, url: Any) -> Any:  # noqa: ANN401 - as above
    """Return a URL as Flask-SQLAlchemy hands it to the engine, or None where it cannot be parsed.

    A relative SQLite file is one of the instance folder, and MySQL gets ``charset=utf8mb4``.
    """
    try:
        made = vars(sys.modules["sqlalchemy.engine"])["make_url"](url)
    except Exception:  # noqa: BLE001 - no URL
        return None
    if made.drivername in {"sqlite", "sqlite+pysqlite"} and made.database not in {None, "", ":memory:"}:
        is_uri = made.query.get("uri", False)
        path = made.database[5:] if is_uri else made.database
        if not os.path.isabs(path):  # noqa: PTH117 - as Flask-SQLAlchemy does
            path = os.path.join(app.instance_path, path)  # noqa: PTH118 - as above
            made = made.set(database=f"file:{path}" if is_uri else path)
    elif made.drivername.startswith("mysql") and "charset" not in made.query:
        made = made.update_query_dict({"charset": "utf8mb4"})
    return made


def _urls(engine: Any, configured: Any) -> tuple[str, str] | None:  # noqa: ANN401 - as above
    if engine is not None and configured is not None and "plugin" in configured.query:
        return None
    if engine is not None and engine.url == configured:
        return None
    used = "no engine" if engine is None else _rendered(engine.url)
    wanted = "nothing" if configured is None else _rendered(configured)
    return used, wanted
