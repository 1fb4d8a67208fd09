"""Addresses of Redis: of a client that an extension holds, and of a URL in the config; neither has a password."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit


def address(client: Any) -> str:  # noqa: ANN401 - redis-py is not imported here
    """Return ``host:port/db``, the path of a socket, or an empty string where the client does not tell."""
    pool = vars(client).get("connection_pool")
    if pool is None:
        return ""
    given = pool.connection_kwargs
    if "path" in given:
        return f"{given['path']}/{given.get('db') or 0}"
    host = vars(pool).get("service_name") or given.get("host") or "localhost"
    return f"{host}:{given.get('port', 6379)}/{given.get('db') or 0}"


def address_of_url(url: str, db: object = 0) -> str:
    """Return what `address` says of a client that was made from a URL.

    Args:
        url: ``redis://``, ``rediss://`` or ``unix://``.
        db: the database, if the URL does not say.
    """
    parts = urlsplit(url)
    asked = parse_qs(parts.query).get("db")
    if parts.scheme.endswith("unix"):
        return f"{unquote(parts.path)}/{asked[0] if asked else db or 0}"
    path = parts.path.strip("/")
    number = asked[0] if asked else path if path.isdigit() else db or 0
    return f"{unquote(parts.hostname or 'localhost')}:{parts.port or 6379}/{number}"
