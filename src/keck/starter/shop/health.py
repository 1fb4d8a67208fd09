"""Health: whether the process lives, and whether it can do its work.

`/livez` asks nothing of anything: who restarts processes looks here. `/readyz` asks what the service rests on: who
sends it requests looks here. Without its database, or with one that is not at the newest revision, it is not ready.
Without the rest it is degraded, and works: answers come from the database, each process counts its own limits, mail
waits in the outbox.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from dataclasses import field
from functools import cache as once
from typing import Literal

import structlog
from alembic.script import ScriptDirectory
from apiflask import APIBlueprint
from flask import Flask
from flask import Response
from flask import current_app
from flask import jsonify
from sqlalchemy import String
from sqlalchemy import column
from sqlalchemy import select
from sqlalchemy import table

from .errors import problem
from .extensions import cache  # with: cache
from .extensions import db
from .extensions import limiter  # with: limiter
from .extensions import migrate
from .mail.outbox import outbox_lag  # with: mail
from .schemas import Output

CHECK_SECONDS = 2.0
"""How long the checks may take, which run side by side; one that takes longer has failed."""
KEPT_SECONDS = 1.0
"""How long a verdict is given again, so that asking often costs little."""
LONGEST_LAG = 300.0  # with: mail

blueprint = APIBlueprint("health", __name__, tag="Health")
log = structlog.get_logger()


class Alive(Output):
    """The process answers."""

    status: Literal["alive"] = "alive"


class Check(Output):
    """What a check found, and after how many milliseconds."""

    state: Literal["ok", "failed"]
    ms: float


class Ready(Output):
    """What the service rests on; `degraded` when it works without some of it."""

    status: Literal["ready", "degraded"]
    checks: dict[str, Check]


@dataclass
class Verdict:
    """What the checks of an app found, and when by the monotonic clock."""

    at: float = float("-inf")
    checks: dict[str, Check] = field(default_factory=dict)


@blueprint.get("/livez")
@blueprint.output(Alive)
@limiter.exempt  # with: limiter
def livez() -> Alive:
    """Whether the process answers. Nothing else is asked."""
    return Alive()


@blueprint.get("/readyz")
@blueprint.output(Ready)
@limiter.exempt  # with: limiter
def readyz() -> Response:
    """Whether the service can do its work: 503 when the database is away or not at the newest revision."""
    checks = _verdict().checks
    failed = [name for name, check in checks.items() if check.state == "failed"]
    shown = {name: check.model_dump() for name, check in checks.items()}
    if not NEEDED.isdisjoint(failed):
        answer = problem(503, f"Failed: {', '.join(failed)}.", code="not-ready", checks=shown)
        answer.headers["Retry-After"] = "5"
        return answer
    return jsonify(status="degraded" if failed else "ready", checks=shown)


def _database() -> bool:
    return db.session.scalar(select(1)) == 1


def _migrations() -> bool:
    applied = select(column("version_num", String)).select_from(table("alembic_version"))
    return set(db.session.scalars(applied)) == _newest_revisions(migrate.directory)


@once
def _newest_revisions(directory: str) -> set[str]:
    return set(ScriptDirectory(directory).get_heads())


# with: cache {
def _cache() -> bool:
    cache.get("health")
    return True


# with: cache }
# with: limiter {
def _limits() -> bool:
    return not limiter.enabled or limiter.storage.check()


# with: limiter }
# with: mail {
def _outbox() -> bool:
    """Whether mail is delivered: none is long overdue."""
    return outbox_lag() < LONGEST_LAG


# with: mail }
CHECKS: dict[str, Callable[[], bool]] = {
    "database": _database,
    "migrations": _migrations,
    "cache": _cache,  # with: cache
    "limits": _limits,  # with: limiter
    "outbox": _outbox,  # with: mail
}
NEEDED = frozenset({"database", "migrations"})


def _verdict() -> Verdict:
    """What the checks find, or found just now."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001 - for other threads
    kept: Verdict = app.extensions.setdefault("health", Verdict())
    if time.monotonic() - kept.at < KEPT_SECONDS:
        return kept
    deadline = time.monotonic() + CHECK_SECONDS
    running = {name: _threads().submit(_run, app, name, check) for name, check in CHECKS.items()}
    found: dict[str, Check] = {}
    for name, future in running.items():
        try:
            found[name] = future.result(max(0.0, deadline - time.monotonic()))
        except TimeoutError:
            future.cancel()
            log.warning("health check timed out", check=name)
            found[name] = Check(state="failed", ms=CHECK_SECONDS * 1000)
    app.extensions["health"] = verdict = Verdict(time.monotonic(), found)
    return verdict


def _run(app: Flask, name: str, check: Callable[[], bool]) -> Check:
    begun = time.perf_counter()
    try:
        with app.app_context():
            passed = check()
    except Exception as error:  # noqa: BLE001 - whatever a client of something that is away raises
        log.warning("health check failed", check=name, error=str(error))
        passed = False
    return Check(state="ok" if passed else "failed", ms=round((time.perf_counter() - begun) * 1000, 1))


@once
def _threads() -> ThreadPoolExecutor:
    """Threads for the checks: one that hangs holds up neither the request nor, for long, the others."""
    return ThreadPoolExecutor(max_workers=4 * len(CHECKS), thread_name_prefix="health")
