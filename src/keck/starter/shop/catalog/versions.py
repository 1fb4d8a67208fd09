# with: cache
"""The version of the catalogue that cached answers belong to, as readers see it.

It is a random word in the cache that all processes share. While a change is under way a mark stands in its place: then
readers leave the cache alone, they take nothing from it and put nothing into it. `freshness` is the writers' side.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from inspect import Signature
from uuid import uuid4

import structlog
from flask import current_app
from flask import g
from flask import request

from ..extensions import cache

KEY = "catalog:version"
BUSY = "busy:"
VERSION_SECONDS = 30 * 24 * 3_600
PAUSE_SECONDS = 2.0
"""How long readers do not ask a cache again that did not answer."""

log = structlog.get_logger()


@dataclass
class Contact:
    """When this process may ask the cache again, by the monotonic clock."""

    after: float = 0.0


def new_version() -> str:
    """A version that has never been and will never be again."""
    return uuid4().hex


def must_bypass() -> bool:
    """Whether this request must leave the cache alone: what `unless` is given. The cache is asked once a request."""
    if "catalog_version" not in g:
        g.catalog_version = _read()
    return g.catalog_version is None


must_bypass.__signature__ = Signature()  # type: ignore[attr-defined] # Flask-Caching works it out with every request


def forget() -> None:
    """Let this request ask for the version anew."""
    g.pop("catalog_version", None)


def page_key(**_: object) -> str:
    """Where a page is kept: by version, path and query string."""
    return f"{g.catalog_version}:{request.full_path}"


def item_key(**_: object) -> str:
    """Where an item is kept: by version and path."""
    return f"{g.catalog_version}:{request.path}"


def is_answer(found: object) -> bool:
    """Whether a view has answered: errors are raised, and are not kept."""
    return isinstance(found, dict)


def versioned(name: str) -> str:
    """The name of a memoized function in this version of the catalogue.

    `delete_memoized()` alone would not do: a call that was under way when it was deleted writes the version of
    Flask-Caching that it began with back, and everything stored under that is found again.
    """
    return f"{name}:{g.catalog_version}"


def _read() -> str | None:
    contact: Contact = current_app.extensions.setdefault("catalog_cache", Contact())
    if time.monotonic() < contact.after:
        return None
    try:
        found: str | None = cache.get(KEY)
        if found is None:
            made = new_version()
            return made if cache.add(KEY, made, timeout=VERSION_SECONDS) else None
    except Exception as error:  # noqa: BLE001 - whatever the client of the cache raises: the database has the answer
        contact.after = time.monotonic() + PAUSE_SECONDS
        log.warning("cache unavailable", error=str(error))
        return None
    return None if found.startswith(BUSY) else found
