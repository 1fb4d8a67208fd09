"""The service itself: its processes, its commands, its log."""

from __future__ import annotations

import secrets
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import requests

from tests.service.servers import missing, procfs, run
from tests.service.servers.client import Client
from tests.service.servers.mail import Mail
from tests.service.servers.process import Process, environment, wait_until
from tests.service.servers.smtp import Smtp

STARTER = Path(__file__).resolve().parents[3] / "src" / "keck" / "starter"

NOT_COPIED = shutil.ignore_patterns(".env", ".git", ".venv", "instance", "__pycache__", ".*_cache")
"""What somebody's own use of the folder leaves there."""

ALWAYS = {
    "ENVIRONMENT": "development",
    "LIMITS_ENABLED": "false",
    "ARGON2_TIME_COST": "1",
    "ARGON2_MEMORY_KIB": "1024",
    "LOG_FORMAT": "json",
}
"""What the tests set unless they say otherwise; the limits and the cost of passwords have tests of their own."""


class Service:
    """A copy of a service's folder, so that nothing is written into that, and the processes that run it.

    Args:
        env: Its settings.
        folder: The service; the starter unless said otherwise.
        package: The name of its package.
        smtp: Where it sends its mail; without it mail is kept in files.
        python: The interpreter that has what it needs.
    """

    def __init__(
        self,
        env: Mapping[str, str] | None = None,
        folder: Path = STARTER,
        *,
        package: str = "shop",
        smtp: Smtp | None = None,
        python: str = sys.executable,
    ) -> None:
        missing.need(missing.SERVICE)
        self.folder = run.new_folder("service") / "project"
        shutil.copytree(folder, self.folder, ignore=NOT_COPIED)
        self.package, self.smtp, self.python = package, smtp, python
        self.port = run.free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        settings = {"JWT_SECRET_KEY": secrets.token_hex(32), "HOST": "127.0.0.1", "PORT": str(self.port)}
        self.env = {**ALWAYS, **settings, **(smtp.settings() if smtp else {}), **(env or {})}
        self._process: Process | None = None
        self._celery: list[Process] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end()

    @property
    def process(self) -> Process:
        """The running server's main process."""
        assert self._process is not None, "the service is stopped"
        return self._process

    @property
    def pid(self) -> int:
        """The pid of the server's main process, which supervises those that answer."""
        return self.process.pid

    @property
    def instance(self) -> Path:
        """Where it keeps its SQLite database and, without a mail server, its mail."""
        return self.folder / "instance"

    @property
    def database_url(self) -> str:
        """The URL of its database for SQLAlchemy."""
        return self.env.get("DATABASE_URL", f"sqlite:///{self.instance / self.package}.db")

    def mail(self, to: str, count: int = 1, within: float = 20.0) -> list[Mail]:
        """Return the mail that it delivered to an address, the oldest first, once there are so many."""
        if self.smtp is not None:
            return self.smtp.wait_for(to, count, within)
        wait_until(lambda: len(self._kept(to)) >= count, f"{count} mails to {to}", within)
        return self._kept(to)

    def migrate(self) -> Self:
        """Bring its database to the newest revision."""
        self.flask("db", "upgrade")
        return self

    def start(self, **env: str) -> Self:
        """Start the server and wait until all its workers answer. Settings given here hold from now on."""
        assert self._process is None
        self.env.update(env)
        process = Process("service", [self.python, "-m", f"{self.package}.serve"], self.folder, env=self.env)
        process.wait_ready(lambda: self._lives() and self._complete(process.pid), 60)
        self._process = process
        return self

    def celery(self, *options: str, app: str | None = None, beat: bool = True) -> Process:
        """Start a Celery worker and wait until it takes work; `end` stops it too.

        Args:
            options: Of `celery worker`; a worker that does its work itself, without processes, when not given.
            app: Where the Celery app is, the service's own when not given.
            beat: Whether it also starts what is due regularly.
        """
        name = f"celery-{len(self._celery) + 1}"
        command = [self.python, "-m", "celery", "--app", app or f"{self.package}.mail.worker", "worker"]
        command += ["--loglevel", "INFO", "--hostname", f"{name}-{self.port}@test"]
        command += ["--beat", "--schedule", str(self.folder / f"{name}.beat")] if beat else []
        worker = Process(
            name, [*command, *(options or ("--pool", "solo", "--without-mingle"))], self.folder, env=self.env
        )
        self._celery.append(worker)
        worker.wait_ready(lambda: " ready" in worker.log(), 60)
        return worker

    def stop(self) -> None:
        """Tell the server to end (SIGTERM) and wait for it; fail where it fails or a process of it stays."""
        process, self._process = self.process, None
        code = process.stop()
        assert code in {0, -signal.SIGTERM}, f"the service ended with {code}:\n{process.log()[-4000:]}"

    def kill(self) -> None:
        """Kill all processes of the server at once."""
        process, self._process = self.process, None
        process.kill()

    def restart(self, **env: str) -> Self:
        """Stop the server and start it again."""
        self.stop()
        return self.start(**env)

    def end(self) -> None:
        """Stop whatever runs of it, the Celery workers too."""
        workers, self._celery = self._celery, []
        try:
            if self._process is not None:
                self._process.resume()
                self.stop()
        finally:
            for worker in workers:
                if worker.runs:
                    worker.resume()
                    worker.stop()
                else:
                    worker.kill()

    def worker_pids(self) -> list[int]:
        """Return the pids of the processes that answer requests, the oldest first."""
        return _workers(self.pid)

    def wait_complete(self) -> list[int]:
        """Return `worker_pids` once there are as many as WORKERS says and all answer, as after one was killed."""
        wait_until(lambda: self._complete(self.pid), "all workers of the service answer", 30)
        return self.worker_pids()

    def log(self) -> str:
        """Return what the server has printed, over all its starts."""
        return (self.folder / "service.log").read_text(encoding="utf-8", errors="replace")

    def client(self, token: str | None = None) -> Client:
        """Return an HTTP client of it."""
        return Client(self.url, token)

    def flask(self, *command: str, text: str = "") -> str:
        """Run `flask --app wsgi COMMAND` with the service's settings, and this text as input; return what it prints."""
        done = self.run("-m", "flask", "--app", "wsgi", *command, text=text)
        assert done.returncode == 0, f"flask {' '.join(command)}: {done.returncode}\n{done.stdout}{done.stderr}"
        return done.stdout

    def run(self, *options: str, text: str = "", within: float = 60) -> subprocess.CompletedProcess[str]:
        """Run its Python with these options, in its folder and with its settings."""
        command: Sequence[str] = [self.python, *options]
        return subprocess.run(
            command,
            cwd=self.folder,
            env=environment(self.env),
            input=text,
            capture_output=True,
            encoding="utf-8",
            timeout=within,
            check=False,
        )

    def _kept(self, to: str) -> list[Mail]:
        paths = sorted((self.instance / "mail").glob("*.eml"), key=lambda path: path.stat().st_mtime_ns)
        return [mail for mail in map(Mail.read, paths) if to in mail.recipients]

    def _complete(self, pid: int) -> bool:
        """Whether all workers have their threads: one that is told to end before that does not hear it."""
        pids = _workers(pid)
        return len(pids) == int(self.env.get("WORKERS", "1")) and all(
            "tokio-rt-worker" in procfs.threads(one) for one in pids
        )

    def _lives(self) -> bool:
        try:
            with self.client() as client:
                return client.get("/livez", timeout=2).ok
        except requests.RequestException:
            return False


def _workers(pid: int) -> list[int]:
    return [one.pid for one in procfs.children(pid) if "multiprocessing.resource_tracker" not in one.command]
