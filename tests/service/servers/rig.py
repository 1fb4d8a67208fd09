"""Servers that are stopped together, and the two settings of the service: embedded and full."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.service.servers.postgres import Postgres
from tests.service.servers.redis import Redis
from tests.service.servers.service import STARTER, Service
from tests.service.servers.smtp import Smtp


class Rig:
    """Starts servers and stops them, the last one first, when it is closed; what the service rests on is shared.

    Args:
        shared: Where PostgreSQL, Redis and the mail server are taken from, unless they are asked for by name.
    """

    def __init__(self, shared: Rig | None = None) -> None:
        self._stack = ExitStack()
        self._shared = shared
        self._postgres: Postgres | None = None
        self._redis: Redis | None = None
        self._smtp: Smtp | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    @property
    def postgres(self) -> Postgres:
        """The shared PostgreSQL, started when it is first asked for."""
        if self._shared is not None:
            return self._shared.postgres
        self._postgres = self._postgres or self.new_postgres()
        return self._postgres

    @property
    def redis(self) -> Redis:
        """The shared Redis, started when it is first asked for."""
        if self._shared is not None:
            return self._shared.redis
        self._redis = self._redis or self.new_redis()
        return self._redis

    @property
    def smtp(self) -> Smtp:
        """The shared mail server, started when it is first asked for."""
        if self._shared is not None:
            return self._shared.smtp
        self._smtp = self._smtp or self.new_smtp()
        return self._smtp

    def new_postgres(self) -> Postgres:
        """Start a PostgreSQL that may be broken; it takes seconds."""
        return self._stack.enter_context(Postgres())

    def new_redis(self, maxmemory: str = "0") -> Redis:
        """Start a Redis that may be broken."""
        return self._stack.enter_context(Redis(maxmemory))

    def new_smtp(self) -> Smtp:
        """Start a mail server that may be broken."""
        return self._stack.enter_context(Smtp())

    def service(
        self, env: dict[str, str], folder: Path = STARTER, package: str = "shop", smtp: Smtp | None = None
    ) -> Service:
        """Return a service with these settings that is yet to be migrated and started."""
        return self._stack.enter_context(Service(env, folder, package=package, smtp=smtp))

    def embedded(self, folder: Path = STARTER, package: str = "shop", **env: str) -> Service:
        """Start a service on nothing but Python: one process, SQLite, mail kept in files."""
        return self.service({"WORKERS": "1", **env}, folder, package).migrate().start()

    def full(
        self,
        folder: Path = STARTER,
        package: str = "shop",
        *,
        postgres: Postgres | None = None,
        redis: Redis | None = None,
        smtp: Smtp | None = None,
        celery: bool = True,
        **env: str,
    ) -> Service:
        """Start a service at scale: PostgreSQL, Redis, SMTP over TLS, two processes that answer, a Celery worker.

        Its databases are empty. A component that is given stands in for the shared one. `DATABASE_URL=...`, `LIMITS_ENABLED="true"` and the
        like are settings of its own.
        """
        settings = {
            "ENVIRONMENT": "production",
            "DATABASE_URL": (postgres or self.postgres).database(),
            "REDIS_URL": (redis or self.redis).database(),
            "WORKERS": "2",
            "MAIL_DELIVERY": "celery",
        }
        made = self.service({**settings, **env}, folder, package, smtp or self.smtp).migrate().start()
        if celery:
            made.celery()
        return made
