"""Hooks that misbehave on real servers, and the proof that nothing came of it."""

from __future__ import annotations

import contextlib
import ctypes
import http.client
import logging
import mmap
import multiprocessing
import os
import shutil
import signal
import smtplib
import socket
import sqlite3
import subprocess
import sys
import syslog
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from multiprocessing import shared_memory
from pathlib import Path
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa
from flask import Flask, request
from flask_caching import Cache
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_mail import Mail, Message
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.pool import NullPool

from keck.probe import fence, probe
from tests.probe.apps import asked, by_endpoint, routes
from tests.service.servers.postgres import Postgres
from tests.service.servers.redis import Redis
from tests.service.servers.smtp import Smtp

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the servers are started on Linux only")

pytestmark = pytest.mark.xdist_group("naughty")  # one asks, the others look at what came of it

Answers = dict[str, dict[str, dict[str, Any]]]


class World:
    """All that a hook could harm, as it was before, and the app whose hooks try to.

    Args:
        folder: where files are.
    """

    def __init__(self, folder: Path, postgres: Postgres, redis: Redis, smtp: Smtp) -> None:
        self.folder = folder
        self.smtp = smtp
        self.postgres = postgres
        self.url = postgres.database()
        self.app = Flask("naughty")
        self.redis_url = redis.database()
        self._databases()
        self._servers(redis)
        self._files()
        self._app()
        self.before = self.state()

    def _databases(self) -> None:
        self.own = sa.create_engine(self.url)
        self.raw = psycopg.connect(self.url.replace("+psycopg", ""), autocommit=True)
        self.lite, self.wal = self.folder / "lite.db", self.folder / "wal.db"
        self.lite_engine = sa.create_engine(f"sqlite:///{self.lite}")
        self.lite_open = sqlite3.connect(self.lite, isolation_level=None, check_same_thread=False)
        for one in (self.lite_open, wal := sqlite3.connect(self.wal)):
            one.execute("CREATE TABLE audit (x TEXT)")
            one.execute("INSERT INTO audit VALUES ('before')")
            one.commit()
        wal.execute("PRAGMA journal_mode=WAL")
        wal.close()
        with self.own.begin() as connection:
            connection.execute(sa.text("CREATE TABLE audit (x TEXT)"))
            connection.execute(sa.text("INSERT INTO audit VALUES ('before')"))
        with self.lite_engine.connect() as connection:
            connection.execute(sa.text("SELECT 1"))

    def _servers(self, redis: Redis) -> None:
        self.client = redis.client(self.redis_url)
        self.client.set("kept", "before")
        self.tcp = socket.create_server(("127.0.0.1", 0))
        self.port = self.tcp.getsockname()[1]
        self.open_tcp = socket.create_connection(("127.0.0.1", self.port))
        self.taken, _ = self.tcp.accept()
        self.udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.udp.bind(("127.0.0.1", 0))
        self.udp_address = self.udp.getsockname()
        self.unix = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.unix.bind(str(self.folder / "socket"))
        self.unix.listen()
        for one in (self.tcp, self.taken, self.udp, self.unix):
            one.setblocking(False)
        self.smtp_open = smtplib.SMTP("127.0.0.1", self.smtp.port)

    def _files(self) -> None:
        self.file = self.folder / "file.txt"
        self.file.write_text("before", encoding="utf-8")
        (self.folder / "empty").mkdir()
        self.log = (self.folder / "log.txt").open("a", encoding="utf-8", buffering=1)
        self.log.write("before\n")
        self.reading = self.file.open("rb", buffering=0)
        self.reading.seek(2)
        self.memory = mmap.mmap(-1, 4096)
        self.memory[:6] = b"before"
        with self.file.with_name("mapped").open("w+b") as file:
            file.write(b"before" + bytes(4090))
            file.flush()
            self.mapped = mmap.mmap(file.fileno(), 4096)
        self.shared = shared_memory.SharedMemory(create=True, size=4096)
        assert self.shared.buf is not None
        self.named = self.shared.buf
        self.named[:6] = b"before"
        self.pipe = os.pipe()
        os.set_blocking(self.pipe[0], False)
        self.signals: list[int] = []

    def _app(self) -> None:
        self.app.config.update(
            SQLALCHEMY_DATABASE_URI=self.url,
            SQLALCHEMY_BINDS={"lite": f"sqlite:///{self.lite}", "wal": f"sqlite:///{self.wal}"},
            CACHE_TYPE="RedisCache",
            CACHE_REDIS_URL=self.redis_url,
            RATELIMIT_STORAGE_URI=self.redis_url,
            MAIL_SERVER="127.0.0.1",
            MAIL_PORT=self.smtp.port,
            MAIL_DEFAULT_SENDER="a@shop.example",
        )
        self.metadata = sa.MetaData()
        sa.Table("audit", self.metadata, sa.Column("x", sa.Text))
        self.db, self.mail, self.cache = SQLAlchemy(self.app), Mail(self.app), Cache(self.app)
        self.limiter = Limiter(get_remote_address, app=self.app, default_limits=["5 per day"])
        sa.Table("hit", self.db.metadatas["lite"], sa.Column("x", sa.Text))
        with self.app.app_context():
            self.db.session.execute(sa.text("SELECT 1"))
            self.cache.set("kept", "before")
        self.app.add_url_rule("/honest", "honest", lambda: "body")
        for name in self.misdeeds():
            self.app.add_url_rule(f"/{name}", name, _view())

        @self.app.before_request
        def hook() -> None:
            self.misdeeds().get(str(request.endpoint), lambda: None)()

        self.app.test_client().get("/honest")

    def state(self) -> dict[str, Any]:
        """Return all that may not change."""
        with psycopg.connect(self.url.replace("+psycopg", "")) as connection:
            tables = connection.execute("SELECT relname FROM pg_class WHERE relnamespace = 2200 ORDER BY 1").fetchall()
            rows = connection.execute("SELECT x FROM audit").fetchall()
        files = {}
        for path in sorted(self.folder.rglob("*")):
            held = path.lstat()
            content = path.read_bytes() if path.is_file() else b""
            files[path.name] = (held.st_mode, held.st_mtime_ns, content)
        return {
            "tables": tables,
            "rows": rows,
            "files": files,
            "redis": sorted(self.client.keys()),
            "kept": self.client.get("kept"),
            "counts": [self.client.get(key) for key in self.client.keys("LIMITS*")],
            "mails": len(self.smtp.received()),
            "memory": (self.memory[:6], self.mapped[:6], bytes(self.named[:6])),
            "place": self.reading.tell(),
            "signals": list(self.signals),
            "received": [_received(one) for one in (self.taken, self.udp)]
            + [_accepted(self.tcp), _accepted(self.unix)],
            "pipe": _read(self.pipe[0]),
            "shm": sorted(one for one in os.listdir("/dev/shm") if one.startswith("psm_")),  # noqa: PTH208, S108
        }

    def misdeeds(self) -> dict[str, Callable[[], Any]]:
        """Return what hooks do that may not happen, by name."""
        return {**self._sql(), **self._disk(), **self._processes(), **self._network(), **self._shared()}

    def _sql(self) -> dict[str, Callable[[], Any]]:
        def through(engine: sa.Engine, statement: str) -> Callable[[], Any]:
            def write() -> None:
                with engine.begin() as connection:
                    connection.execute(sa.text(statement))

            return write

        def session(statement: str, bind: str | None = None) -> Callable[[], Any]:
            def write() -> None:
                self.db.session.execute(sa.text(statement), bind_arguments={"bind": self.db.engines[bind]})
                self.db.session.commit()

            return write

        def raw(statement: str) -> Callable[[], Any]:
            def write() -> None:
                connection = self.db.engine.raw_connection()
                connection.cursor().execute(statement)
                connection.commit()

            return write

        def new() -> None:
            with sa.create_engine(self.url, poolclass=NullPool).begin() as connection:
                connection.execute(sa.text("INSERT INTO audit VALUES ('hit')"))

        def direct(path: Path, statement: str = "INSERT INTO audit VALUES ('hit')") -> Callable[[], Any]:
            def write() -> None:
                with contextlib.closing(sqlite3.connect(path)) as connection:
                    connection.execute("PRAGMA query_only = 0")
                    connection.execute(statement)
                    connection.commit()

            return write

        def psycopg_direct() -> None:
            with psycopg.connect(self.url.replace("+psycopg", "")) as connection:
                connection.execute("INSERT INTO audit VALUES ('hit')")

        insert = "INSERT INTO audit VALUES ('hit')"
        return {
            "pg_insert": session(insert),
            "pg_update": session("UPDATE audit SET x = 'hit'"),
            "pg_delete": session("/* all */ DELETE FROM audit"),
            "pg_ddl": session("CREATE TABLE hit (x TEXT)"),
            "pg_drop": session("DROP TABLE audit"),
            "pg_with": session("WITH a AS (DELETE FROM audit RETURNING x) SELECT * FROM a"),
            "pg_two": session("SELECT 1; DELETE FROM audit"),
            "pg_unlocked": session("SET TRANSACTION READ WRITE"),
            "pg_raw": raw(insert),
            "pg_own_engine": through(self.own, insert),
            "pg_new_engine": new,
            "pg_psycopg": psycopg_direct,
            "pg_open_connection": lambda: self.raw.execute(insert),
            "create_all": lambda: self.db.create_all("lite"),
            "drop_all": lambda: self.metadata.drop_all(self.own),
            "lite_insert": session(insert, "lite"),
            "lite_ddl": session("CREATE TABLE hit (x TEXT)", "lite"),
            "lite_wal": session(insert, "wal"),
            "lite_own_engine": through(self.lite_engine, insert),
            "lite_direct": direct(self.lite),
            "lite_direct_wal": direct(self.wal),
            "lite_new": direct(self.folder / "new.db", "CREATE TABLE hit (x)"),
            "lite_open_connection": lambda: self.lite_open.execute(insert),
        }

    def _disk(self) -> dict[str, Callable[[], Any]]:
        path, new = self.file, self.folder / "new"

        def descriptor() -> None:
            os.write(os.open(path, os.O_WRONLY), b"hit")

        def handler() -> None:
            handler = logging.FileHandler(new)
            handler.emit(logging.makeLogRecord({"msg": "hit"}))

        def c_library() -> None:
            libc = ctypes.CDLL(None)
            opened = libc.open(str(path).encode(), os.O_WRONLY)
            libc.write(opened, b"hit", 3)
            libc.creat(str(new).encode(), 0o600)
            libc.unlink(str(path).encode())

        return {
            "file_write": lambda: new.write_text("hit", encoding="utf-8"),
            "file_append": lambda: path.open("a", encoding="utf-8").write("hit"),
            "file_update": lambda: path.open("r+", encoding="utf-8").write("hit"),
            "file_truncate": lambda: os.truncate(path, 0),
            "file_descriptor": descriptor,
            "file_exclusive": lambda: new.open("x"),
            "file_touch": path.touch,
            "file_remove": path.unlink,
            "file_rename": lambda: path.rename(new),
            "file_chmod": lambda: path.chmod(0),
            "file_chown": lambda: os.chown(path, 1, 1),
            "file_copy": lambda: shutil.copy(path, new),
            "file_move": lambda: shutil.move(path, new),
            "file_temporary": tempfile.NamedTemporaryFile,
            "file_log": handler,
            "file_c": c_library,
            "dir_make": new.mkdir,
            "dir_remove": (self.folder / "empty").rmdir,
            "dir_tree": lambda: shutil.rmtree(self.folder),
            "dir_temporary": tempfile.mkdtemp,
            "link_symbolic": lambda: new.symlink_to(path),
            "link_hard": lambda: new.hardlink_to(path),
            "pipe_make": lambda: os.mkfifo(new),
            "node_make": lambda: os.mknod(new),
            "syslog": lambda: syslog.syslog("hit"),
        }

    def _processes(self) -> dict[str, Callable[[], Any]]:
        touch = ["/usr/bin/touch", str(self.folder / "process")]

        def fork() -> None:
            if os.fork() == 0:
                (self.folder / "fork").touch()

        def c_library() -> None:
            ctypes.CDLL(None).system(" ".join(touch).encode())

        return {
            "process_run": lambda: subprocess.run(touch, check=False),
            "process_system": lambda: os.system(" ".join(touch)),  # noqa: S605
            "process_spawn": lambda: os.posix_spawn(touch[0], touch, {}),
            "process_spawnv": lambda: os.spawnv(os.P_WAIT, touch[0], touch),  # noqa: S606
            "process_exec": lambda: os.execv(touch[0], touch),  # noqa: S606
            "process_popen": lambda: os.popen(" ".join(touch)),  # noqa: S605
            "process_fork": fork,
            "process_multi": lambda: multiprocessing.get_context("fork").Process(target=fork).start(),
            "process_multi_new": lambda: multiprocessing.get_context("spawn").Process(target=print).start(),
            "process_c": c_library,
            "signal_parent": lambda: os.kill(os.getppid(), signal.SIGUSR1),
            "signal_group": lambda: os.killpg(os.getpgid(os.getppid()), signal.SIGUSR1),
            "signal_handle": lambda: signal.pidfd_send_signal(os.pidfd_open(os.getppid()), signal.SIGUSR1),
            "signal_c": lambda: ctypes.CDLL(None).kill(os.getppid(), int(signal.SIGUSR1)),
        }

    def _network(self) -> dict[str, Callable[[], Any]]:
        here = ("127.0.0.1", self.port)

        def unix() -> None:
            socket.socket(socket.AF_UNIX).connect(str(self.folder / "socket"))

        def udp() -> None:
            socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"hit", self.udp_address)

        def message() -> None:
            socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendmsg([b"hit"], [], 0, self.udp_address)

        def connected() -> None:
            one = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            one.connect(self.udp_address)
            one.send(b"hit")

        def c_library() -> None:
            address = (2).to_bytes(2, "little") + self.port.to_bytes(2, "big") + bytes([127, 0, 0, 1]) + bytes(8)
            libc = ctypes.CDLL(None)
            libc.connect(libc.socket(2, 1, 0), address, 16)

        def client() -> None:
            from redis import Redis as Client

            Client.from_url(self.redis_url).set("new", "hit")

        return {
            "tcp": lambda: socket.create_connection(here, 1),
            "tcp_ex": lambda: socket.socket().connect_ex(here) or 1 / 0,
            "tcp_open": lambda: self.open_tcp.sendall(b"hit"),
            "tcp_c": c_library,
            "unix": unix,
            "udp": udp,
            "udp_message": message,
            "udp_connected": connected,
            "listen": lambda: socket.create_server(("127.0.0.1", 0)),
            "dns": lambda: socket.getaddrinfo("keck.example", 80),
            "urllib": lambda: urllib.request.urlopen(f"http://127.0.0.1:{self.port}/", timeout=1),
            "http": lambda: http.client.HTTPConnection("127.0.0.1", self.port, timeout=1).request("GET", "/"),
            "smtplib": lambda: smtplib.SMTP("127.0.0.1", self.smtp.port),
            "smtp_open": lambda: self.smtp_open.helo("hit"),
            "mail": lambda: self.mail.send(Message("hit", recipients=["b@shop.example"])),
            "redis": client,
            "redis_open": lambda: self.client.set("kept", "hit"),
            "redis_flush": self.client.flushdb,
            "cache": lambda: self.cache.set("kept", "hit"),
            "cache_clear": self.cache.clear,
        }

    def _shared(self) -> dict[str, Callable[[], Any]]:
        def write(memory: mmap.mmap) -> Callable[[], Any]:
            def hit() -> None:
                memory[:6] = b"hit!!!"
                memory.flush()

            return hit

        def named() -> None:
            self.named[:6] = b"hit!!!"

        def other() -> None:
            memoryview(shared_memory.SharedMemory(self.shared.name).buf or b"")[:6] = b"hit!!!"

        def thread() -> None:
            def run() -> None:
                for do in (self._disk()["file_write"], self._sql()["pg_insert"], self._network()["tcp"]):
                    with contextlib.suppress(Exception):
                        do()

            one = threading.Thread(target=run)
            one.start()
            one.join()

        def log() -> None:
            self.log.write("hit\n")
            self.log.flush()

        return {
            "thread": thread,
            "print": lambda: (print("hit"), os.write(1, b"hit"), os.write(2, b"hit")),  # noqa: T201
            "memory": write(self.memory),
            "memory_file": write(self.mapped),
            "memory_named": named,
            "memory_other": other,
            "memory_new": lambda: shared_memory.SharedMemory(create=True, size=64),
            "log_open": log,
            "log_open_truncate": lambda: self.log.truncate(0),
            "read_open": self.reading.read,
            "pipe_open": lambda: os.write(self.pipe[1], b"hit"),
            "limit": lambda: os.setpriority(os.PRIO_PROCESS, os.getppid(), 5),
            "alarm": lambda: (signal.signal(signal.SIGALRM, signal.SIG_IGN), signal.alarm(0)),
        }

    def close(self) -> None:
        """Close what is open."""
        self.raw.close()
        self.lite_open.close()
        self.own.dispose()
        self.lite_engine.dispose()
        with self.app.app_context():
            for engine in self.db.engines.values():
                engine.dispose()
        for one in (self.tcp, self.taken, self.open_tcp, self.udp, self.unix, self.log, self.reading, self.smtp_open):
            one.close()
        for number in self.pipe:
            os.close(number)
        self.client.close()
        self.named.release()
        self.shared.close()
        self.shared.unlink()


def _view() -> Callable[[], str]:
    def view() -> str:
        raise AssertionError("the body ran")

    return view


def _received(one: socket.socket) -> bytes:
    try:
        return one.recv(100)
    except BlockingIOError:
        return b""


def _accepted(one: socket.socket) -> str:
    try:
        one.accept()
    except BlockingIOError:
        return ""
    return "somebody came"


def _read(number: int) -> bytes:
    try:
        return os.read(number, 100)
    except BlockingIOError:
        return b""


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, postgres: Postgres, redis: Redis, smtp: Smtp) -> Iterator[World]:
    """An app whose hooks misbehave, and what they could harm."""
    made = World(tmp_path_factory.mktemp("world"), postgres, redis, smtp)
    before = signal.signal(signal.SIGUSR1, lambda number, _: made.signals.append(number))
    yield made
    signal.signal(signal.SIGUSR1, before)
    made.close()


@pytest.fixture(scope="module")
def answers() -> Answers:
    """What the probe of that app brought; the first test asks it."""
    return {}


REFUSED = {
    "pg_insert": "execute INSERT INTO audit",
    "pg_update": "execute UPDATE audit",
    "pg_delete": "execute /* all */ DELETE FROM audit",
    "pg_ddl": "execute CREATE TABLE hit",
    "pg_drop": "execute DROP TABLE audit",
    "pg_unlocked": "execute SET TRANSACTION READ WRITE",
    "pg_own_engine": "execute INSERT",
    "create_all": "execute CREATE TABLE hit",
    "drop_all": "execute DROP TABLE audit",
    "pg_new_engine": "execute INSERT",
    "lite_insert": "execute INSERT",
    "lite_ddl": "execute CREATE",
    "lite_wal": "execute INSERT",
    "lite_own_engine": "execute INSERT",
    "lite_new": "make the database",
    "file_write": "write ",
    "file_append": "write ",
    "file_update": "write ",
    "file_truncate": "write ",
    "file_descriptor": "write ",
    "file_exclusive": "write ",
    "file_touch": "change ",
    "file_remove": "remove ",
    "file_rename": "rename ",
    "file_chmod": "change ",
    "file_chown": "change ",
    "file_copy": "write ",
    "file_move": "rename ",
    "file_temporary": "write ",
    "file_log": "write ",
    "dir_make": "make the directory",
    "dir_remove": "remove ",
    "dir_tree": "remove ",
    "dir_temporary": "make the directory",
    "link_symbolic": "link ",
    "link_hard": "link ",
    "pipe_make": "make the pipe",
    "node_make": "make the node",
    "syslog": "write to the system's log",
    "process_run": "start the process",
    "process_system": "start the process",
    "process_spawn": "start the process",
    "process_spawnv": "fork",
    "process_exec": "start the process",
    "process_popen": "start the process",
    "process_fork": "fork",
    "process_multi": "fork",
    "process_multi_new": "start the process",
    "signal_parent": "send a signal to",
    "signal_group": "send a signal to",
    "signal_handle": "send a signal to",
    "tcp": "connect to 127.0.0.1:",
    "tcp_ex": "connect to 127.0.0.1:",
    "unix": "connect to '/",
    "udp": "send to 127.0.0.1:",
    "udp_message": "send to ",
    "udp_connected": "connect to 127.0.0.1:",
    "listen": "listen on 127.0.0.1:",
    "dns": "look up 'keck.example'",
    "urllib": "ask 'http://127.0.0.1:",
    "http": "connect to ",
    "smtplib": "send mail by smtplib",
    "mail": "send mail",
    "redis": "connect to 127.0.0.1:",
    "redis_open": "connect to 127.0.0.1:",
    "thread": "write ",
    "memory_other": "open the shared memory",
    "memory_new": "open the shared memory",
    "limit": "change a priority",
}


def test_nothing_came_of_it(world: World, answers: Answers, capfd: pytest.CaptureFixture[str]) -> None:
    """Neither rows, files, mails, messages, signals nor memory show that hooks tried everything eight times."""
    answers.update(asked(world.app, each=3.0))
    assert world.state() == world.before
    assert set(answers) == {*world.misdeeds(), "honest"}
    assert "hit" not in "".join(capfd.readouterr())


def test_nothing_comes_of_it_without_the_kernel(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the system has no Landlock all of it but C code that goes its own way is kept in all the same."""
    monkeypatch.setattr(fence, "put_up", lambda _: 0)
    own_way = {"file_c", "process_c", "signal_c", "tcp_c"}
    known = tuple(one for one in routes(world.app) if one.endpoint not in own_way)
    got = by_endpoint(probe(world.app, known, each=3.0))
    assert world.state() == world.before
    assert set(got) == {*world.misdeeds(), "honest"} - own_way


@pytest.mark.parametrize("name", list(REFUSED))
def test_refused_by_name(answers: Answers, name: str) -> None:
    """What was refused is told, in words."""
    told = answers[name]["anonymous"].get("refused", [])
    assert any(one.startswith(REFUSED[name]) for one in told), answers[name]["anonymous"]


def test_all_else_fails_or_stays_inside(world: World, answers: Answers) -> None:
    """What no event of the interpreter tells of fails below it, or goes to the child's own copy."""
    fine = {name for name, got in answers.items() if got["anonymous"]["status"] == 200}
    inside = {
        "memory",
        "memory_file",
        "memory_named",
        "print",
        "read_open",
        "pipe_open",
        "alarm",
        "thread",
        "cache",
        "log_open",
    }
    assert fine - {"honest", "mail", "cache_clear", "process_c", "file_c", "tcp_c", "signal_c"} <= inside
    rest = set(world.misdeeds()) - set(REFUSED) - fine
    assert rest == {
        *("pg_with", "pg_two", "pg_raw", "pg_psycopg", "pg_open_connection"),
        *("lite_direct", "lite_direct_wal", "lite_open_connection"),
        *("tcp_open", "smtp_open", "redis_flush", "log_open_truncate"),
    }
    assert all(answers[name]["anonymous"]["status"] == 500 for name in rest)


def test_parent_goes_on(world: World) -> None:
    """The parent's pooled and open connections still work, on both ends, after the child is gone."""
    with world.own.begin() as connection:
        assert connection.execute(sa.text("SELECT count(*) FROM audit")).scalar() == 1
    with world.app.app_context():
        assert world.db.session.execute(sa.text("SELECT count(*) FROM audit")).scalar() == 1
        assert world.cache.get("kept") == "before"
    one = world.raw.execute("SELECT count(*) FROM audit").fetchone()
    assert one == (1,)
    assert world.lite_open.execute("SELECT count(*) FROM audit").fetchone() == (1,)
    assert world.smtp_open.noop()[0] == 250
    world.open_tcp.sendall(b"parent")
    time.sleep(0.05)
    assert world.taken.recv(100) == b"parent"
    world.log.write("after\n")
    assert (world.folder / "log.txt").read_text(encoding="utf-8") == "before\nafter\n"
    assert world.reading.read() == b"fore"


def test_parent_counts_on(world: World) -> None:
    """The parent's limit still counts in its own storage, from where it stood."""
    client = world.app.test_client()
    codes = [client.get("/honest").status_code for _ in range(5)]
    assert codes == [200, 200, 200, 200, 429]
