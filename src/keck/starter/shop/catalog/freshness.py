# with: cache
"""Changes of the catalogue that no cached answer outlives: a committed change is never followed by a stale read.

A change puts a mark in the place of the version (see `versions`), commits, and puts a new version there. A reader that
was under way before stores what it has read under the old version, where nobody looks any more. Changes wait for each
other, so that the first to be done does not take away the mark of the second. A process that is killed in the middle
leaves a mark that expires. Where the cache cannot be reached, changes are refused: nobody would see their mark.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

import structlog
from flask import g
from sqlalchemy import event
from sqlalchemy.exc import DBAPIError

from ..config import settings_of
from ..database import ReadFirstSession
from ..errors import Refusal
from ..extensions import cache
from . import versions
from .summaries import summary

LOCK = "catalog:lock"
CHANGE_SECONDS = 60
"""Longer than any change takes: what is older belongs to a process that is gone."""
WAIT_SECONDS = 5.0
"""How long a change waits for those before it."""
STEP_SECONDS = 0.02

log = structlog.get_logger()


@contextmanager
def changing_catalog() -> Iterator[None]:
    """Announce a change of the catalogue; its `unit_of_work()` belongs inside. Also a decorator of views.

    Raises:
        Refusal: 503, the cache cannot be reached or other changes take too long; nothing was written.
    """
    mark = f"{versions.BUSY}{time.time():.0f}:{versions.new_version()}"
    try:
        _wait_for_turn(mark)
        cache.set(versions.KEY, mark, timeout=CHANGE_SECONDS + settings_of().cache_seconds)
    except Refusal:
        raise
    except Exception as error:
        raise _unreachable(error) from error
    g.catalog_mark, g.catalog_since = mark, time.monotonic()
    versions.forget()
    try:
        yield
    except DBAPIError as error:
        if not error.connection_invalidated:  # else the commit may still happen: then the mark stays until it expires
            _unmark(mark)
        raise
    except BaseException:
        _unmark(mark)
        raise
    else:
        _unmark(mark)
    finally:
        del g.catalog_mark
        versions.forget()


def _wait_for_turn(mark: str) -> None:
    deadline = time.monotonic() + WAIT_SECONDS
    while not cache.add(LOCK, mark, timeout=CHANGE_SECONDS):
        holder: str | None = cache.get(LOCK)
        if holder is not None and time.time() - _begin(holder) > CHANGE_SECONDS:
            cache.delete(LOCK)  # killed between its two commands, to take the lock and to let it expire
        elif time.monotonic() > deadline:
            raise Refusal(503, "Other changes of the catalogue are under way.", code="catalog-busy", retry_after=1)
        else:
            time.sleep(STEP_SECONDS)


def _begin(mark: str) -> float:
    return float(mark.split(":")[1])


def _unmark(mark: str) -> None:
    """Give readers a new version. Where the cache does not answer they go on without it until the mark expires."""
    try:
        cache.delete_memoized(summary)
        found, holder = cache.get_many(versions.KEY, LOCK)
        if found is None or found == mark or not found.startswith(versions.BUSY):
            cache.set(versions.KEY, versions.new_version(), timeout=versions.VERSION_SECONDS)
        if holder == mark:
            cache.delete(LOCK)
    except Exception as error:  # noqa: BLE001 - whatever the client of the cache raises: the change is committed
        log.warning("cache unavailable", error=str(error))


@event.listens_for(ReadFirstSession, "before_commit")
def _must_still_be_marked(_: ReadFirstSession) -> None:
    """Refuse to commit a change whose mark is gone, or about to go: readers would not know of it."""
    mark = g.get("catalog_mark")
    if mark is None:
        return
    try:
        found = cache.get(versions.KEY)
    except Exception as error:
        raise _unreachable(error) from error
    if found != mark or time.monotonic() - g.catalog_since > CHANGE_SECONDS / 2:
        raise Refusal(503, "The change took too long; nothing was written.", code="catalog-busy", retry_after=1)


def _unreachable(error: Exception) -> Refusal:
    log.warning("cache unavailable", error=str(error))
    detail = "The cache cannot be reached, so nothing was written: readers would go on with what it holds."
    return Refusal(503, detail, code="cache-unavailable", retry_after=5)
