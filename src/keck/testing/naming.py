"""The database that an app's config names, in the form in which databases can be compared.

The config is read as Flask-SQLAlchemy 3 reads it in `init_app()`, without what that does besides: it makes the instance
folder.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from flask import Flask
    from sqlalchemy import URL

Database = tuple[object, ...]

SECRET = ("pass", "secret", "token", "pwd", "key")
"""Words in the name of a URL's argument whose value is not shown."""


def configured(app: Flask, db: object, key: str | None) -> URL | None:
    """Return the URL that an app's config names for a bind; None where it names none, or none that can be read."""
    from sqlalchemy import make_url
    from sqlalchemy.exc import ArgumentError

    own = _mapping(getattr(db, "_engine_options", None))
    binds = _mapping(app.config.get("SQLALCHEMY_BINDS"))
    named = binds.get(key)
    if isinstance(named, Mapping):
        named = named.get("url")
    if key is None:
        options = {**own, **_mapping(app.config.get("SQLALCHEMY_ENGINE_OPTIONS"))}
        uri = app.config.get("SQLALCHEMY_DATABASE_URI")
        named = uri if uri is not None else options.get("url", named)
    elif key in binds and named is None:
        named = own.get("url")
    try:
        return None if named is None else make_url(named)
    except (ArgumentError, ValueError):  # what cannot be read names nothing: a port in words, for one
        return None


def _mapping(value: object) -> Mapping[Any, Any]:
    return value if isinstance(value, Mapping) else {}


def database(url: URL, app: Flask) -> Database:
    """Return what makes a database the same one: equal for URLs that lead to the same place with the same login.

    The driver makes no difference. Nor does the order of the URL's arguments.
    """
    kind = url.get_backend_name()
    query: dict[str, object] = dict(url.query)
    if kind in {"mysql", "mariadb"}:
        query.setdefault("charset", "utf8mb4")
        kind = "mysql"
    place = _file(url, app) if kind == "sqlite" else url.database
    return kind, url.username, url.password, url.host, url.port, place, tuple(sorted(query.items(), key=repr))


def _file(url: URL, app: Flask) -> str:
    """Return the SQLite file as an absolute path without links; empty for a database in memory."""
    path = url.database or ""
    if path in {"", ":memory:"}:
        return ""
    if url.query.get("uri"):
        path = path.removeprefix("file:")
    if url.drivername in {"sqlite", "sqlite+pysqlite"}:  # with others Flask-SQLAlchemy goes by the working directory
        path = os.path.join(app.instance_path, path)  # noqa: PTH118 - a text, as SQLAlchemy has it
    return os.path.normcase(os.path.realpath(path))


def shown(url: URL, app: Flask) -> str:
    """Return a URL without its secrets, SQLite files by their whole path."""
    query = {
        name: "..." if any(word in name.lower() for word in SECRET) else value for name, value in url.query.items()
    }
    if url.get_backend_name() == "sqlite":
        file = _file(url, app)
        if not file:
            return "a database in memory"
        url = url.set(database=file)
    return url.set(query=query).render_as_string(hide_password=True)
