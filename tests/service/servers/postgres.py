"""PostgreSQL 16, from the programs that a package of PyPI brings."""

from __future__ import annotations

import itertools
import os
import secrets
import shutil
import signal
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Self

import psycopg

from tests.service.servers import missing, procfs, run
from tests.service.servers.process import Process, environment, wait_until

SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "fsync": "off",  # the machine is not going to crash; a commit still survives kill -9 of the server
    "full_page_writes": "off",
    "max_connections": "200",
    "shared_buffers": "32MB",
    "log_line_prefix": "%m [%p] %d ",
}

OWNER = "service"
"""The role that the service connects as: it owns its database and is no superuser."""


class Postgres:
    """One server on a free port of 127.0.0.1, with data of its own.

    It refuses to run as root: there it and its data belong to `nobody`.
    """

    def __init__(self) -> None:
        self.folder = run.new_folder("postgres")
        self.port = run.free_port()
        self.password = secrets.token_hex(16)
        self._user = _nobody() if os.geteuid() == 0 else None
        self._programs = self._reachable(missing.need(missing.POSTGRES))
        self._data = self.folder / "data"
        self._numbers = itertools.count(1)
        self._process: Process | None = None
        self._initialise()
        self.start()
        with self.connect() as connection:
            connection.execute(f"CREATE ROLE {OWNER} LOGIN PASSWORD '{self.password}'".encode())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process is not None:
            self.stop()

    @property
    def pid(self) -> int:
        """The pid of the postmaster."""
        return self.process.pid

    @property
    def process(self) -> Process:
        """The running server."""
        assert self._process is not None, "PostgreSQL is stopped"
        return self._process

    def start(self) -> None:
        """Start it on the port and the data that it had before."""
        assert self._process is None
        options = [word for name, value in SETTINGS.items() for word in ("-c", f"{name}={value}")]
        command = [str(self._programs / "postgres"), "-D", str(self._data), "-p", str(self.port), *options]
        process = Process("postgres", command, self.folder, env={"LC_ALL": "C"}, user=self._user)
        process.wait_ready(self._answers)
        self._process = process

    def stop(self) -> None:
        """Shut it down: open transactions are rolled back, clients are disconnected."""
        process, self._process = self.process, None
        process.stop(signal.SIGINT)
        self._wait_gone()

    def kill(self) -> None:
        """Kill the postmaster; its other processes notice and end. Committed transactions stay."""
        process, self._process = self.process, None
        process.kill()
        self._wait_gone()

    def restart(self) -> None:
        """Stop it and start it again."""
        self.stop()
        self.start()

    def connect(self, database: str = "postgres") -> psycopg.Connection:
        """Return a connection as superuser, each statement a transaction."""
        return psycopg.connect(self._address("postgres", database), autocommit=True, connect_timeout=5)

    def database(self, template: str = "template0") -> str:
        """Make a database and return its URL for SQLAlchemy; a template is a name or such a URL."""
        name = f"test_{next(self._numbers)}"
        source = template.rpartition("/")[2]
        with self.connect() as connection:
            connection.execute(f"CREATE DATABASE {name} OWNER {OWNER} TEMPLATE {source}".encode())
        return self._address(OWNER, name).replace("postgresql:", "postgresql+psycopg:")

    def disconnect(self, url: str) -> int:
        """End the connections to the database of this URL from the server's side and return how many there were."""
        query = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = %s"
        with self.connect() as connection:
            row = connection.execute(query, [url.rpartition("/")[2]]).fetchone()
        return int(row[0]) if row else 0

    def _address(self, user: str, database: str) -> str:
        return f"postgresql://{user}:{self.password}@127.0.0.1:{self.port}/{database}"

    def _answers(self) -> bool:
        try:
            self.connect().close()
        except psycopg.OperationalError:
            return False
        return True

    def _wait_gone(self) -> None:
        """Wait for the processes that serve clients: they are sessions of their own, but work in the data folder."""
        wait_until(
            lambda: not any(procfs.is_in(one.pid, self._data) for one in procfs.running()), "PostgreSQL has ended", 20
        )

    def _initialise(self) -> None:
        self._data.mkdir(mode=0o700)
        secret = self.folder / "password"
        secret.write_text(self.password, encoding="utf-8")
        if self._user is not None:
            os.chown(self._data, self._user, self._user)
            os.chown(secret, self._user, self._user)
        command = [str(self._programs / "initdb"), "-D", str(self._data), "-U", "postgres", "--encoding=UTF8"]
        command += ["--locale=C", "--auth=scram-sha-256", f"--pwfile={secret}", "--set=scram_iterations=1", "--no-sync"]
        done = subprocess.run(
            command,
            cwd=self.folder,
            env=environment({"LC_ALL": "C"}),
            capture_output=True,
            encoding="utf-8",
            user=self._user,
            group=self._user,
            extra_groups=None if self._user is None else [],
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr

    def _reachable(self, package: Path) -> Path:
        """Return the folder of the programs, copied where the user they run as can't read the package's."""
        open_to_all = all(parent.stat().st_mode & 0o001 for parent in package.resolve().parents)
        if self._user is None or open_to_all:
            return package / "pginstall" / "bin"
        for name in (
            f"{package.name}/pginstall",
            f"{package.name}.libs",
        ):  # programs find libraries by this neighbourhood
            shutil.copytree(package.parent / name, self.folder / "programs" / name, symlinks=True)
        return self.folder / "programs" / package.name / "pginstall" / "bin"


def _nobody() -> int:
    import pwd  # which Windows lacks

    return pwd.getpwnam("nobody").pw_uid
