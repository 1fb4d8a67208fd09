"""What an app does while it is imported reaches nobody: real servers see nothing of it."""

from __future__ import annotations

import json
import os
import select
import socket
import sys
import time
from pathlib import Path

import pytest

from tests.proof.conftest import Project, Prove
from tests.service.servers.postgres import Postgres
from tests.service.servers.redis import Redis
from tests.service.servers.smtp import Smtp

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the kernel's part is Linux's")

SHOP = """
    import json, os, smtplib, socket, subprocess, sys, threading, time
    from flask import Flask
    from flask_sqlalchemy import SQLAlchemy
    from sqlalchemy import create_engine, text
    from sqlalchemy.dialects.postgresql import ARRAY, JSONB, UUID, ExcludeConstraint
    import psycopg, redis

    app = Flask(__name__)
    app.config["SQLALCHEMY_DATABASE_URI"] = os.environ["SHOP_DATABASE"]
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = {
        "pool_size": 3, "max_overflow": 2, "pool_pre_ping": True, "connect_args": {"connect_timeout": 3, "options": "-c x=y"},
        "isolation_level": "REPEATABLE READ",
    }
    db = SQLAlchemy(app)


    class Order(db.Model):
        __table_args__ = (db.UniqueConstraint("name"), {"schema": "sales"})
        id = db.Column(db.Integer, primary_key=True)
        key = db.Column(UUID(as_uuid=True), server_default=text("gen_random_uuid()"))
        name = db.Column(db.String(20), nullable=False)
        tags = db.Column(ARRAY(db.String), server_default=text("'{}'::text[]"))
        data = db.Column(JSONB)
        made = db.Column(db.DateTime, server_default=text("now()"))


    with app.app_context():
        db.session.execute(text('CREATE EXTENSION IF NOT EXISTS "uuid-ossp"'))
        db.create_all()
        if not Order.query.filter_by(name="first").first():
            db.session.add(Order(name="first", tags=["a"], data={"b": 1}))
            db.session.commit()
        app.config["ORDERS"] = Order.query.count()

    tried = {}


    def attempt(name, do):
        begun = time.monotonic()
        try:
            do()
            tried[name] = "done"
        except Exception as error:
            tried[name] = type(error).__name__ if time.monotonic() - begun < 2 else "slow"


    raw = os.environ["SHOP_DATABASE"].replace("postgresql+psycopg:", "postgresql:")
    port = int(os.environ["SHOP_PORT"])
    with create_engine(os.environ["SHOP_DATABASE"]).connect() as connection:
        app.config["SHARED"] = connection.execute(text("SELECT count(*) FROM \\"order\\"")).scalar()
    attempt("psycopg", lambda: psycopg.connect(raw))
    attempt("libpq", lambda: psycopg.pq.PGconn.connect(raw.encode()).exec_(b"CREATE TABLE x (y int)"))
    attempt("redis", lambda: redis.Redis.from_url(os.environ["SHOP_REDIS"]).set("shop", 1))
    attempt("smtp", lambda: smtplib.SMTP("127.0.0.1", int(os.environ["SHOP_SMTP"]), timeout=5))
    attempt("socket", lambda: socket.create_connection(("127.0.0.1", port), 5))
    attempt("datagram", lambda: socket.socket(type=socket.SOCK_DGRAM).sendto(b"x", ("127.0.0.1", port)))
    attempt("listen", lambda: socket.create_server(("127.0.0.1", 0)))
    attempt("name", lambda: socket.getaddrinfo("shop.example", 80))
    attempt("outside", lambda: open(os.environ["SHOP_OUTSIDE"], "w"))
    attempt("inside", lambda: open("made", "w"))
    attempt("program", lambda: subprocess.run(
        [sys.executable, "-c", f"import socket; socket.create_connection(('127.0.0.1', {port}), 5)"],
        check=True, stderr=subprocess.DEVNULL))
    attempt("program outside", lambda: subprocess.run(f"echo x > {os.environ['SHOP_OUTSIDE']}", shell=True, check=True))
    attempt("daemon", lambda: subprocess.Popen(["sleep", "61.5"], start_new_session=True))
    subprocess.Popen(["sleep", "62.5"])
    threading.Thread(target=time.sleep, args=[60]).start()
    app.config["TRIED"] = tried
    """


def test_servers_see_nothing_of_a_boot(
    project: Project,
    prover: Prove,
    postgres: Postgres,
    redis: Redis,
    smtp: Smtp,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A module-level `create_all()`, commands, mail and connections of every kind reach no server, and the app boots."""
    outside = tmp_path / "outside"
    url = postgres.database()
    with socket.create_server(("127.0.0.1", 0)) as listening, redis.client() as client:
        monkeypatch.setenv("SHOP_DATABASE", url)
        monkeypatch.setenv("SHOP_REDIS", redis.database())
        monkeypatch.setenv("SHOP_SMTP", str(smtp.port))
        monkeypatch.setenv("SHOP_PORT", str(listening.getsockname()[1]))
        monkeypatch.setenv("SHOP_OUTSIDE", str(outside))
        seen = client.info("stats")["total_connections_received"]
        boot = prover(project({"app.py": SHOP})).before
        assert boot.trouble == ""
        assert client.info("stats")["total_connections_received"] == seen
        assert select.select([listening], [], [], 0)[0] == []
    with postgres.connect(url.rpartition("/")[2]) as connection:
        for what in (
            b"pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')",
            b"pg_namespace WHERE nspname = 'sales'",
        ):
            assert connection.execute(b"SELECT count(*) FROM " + what).fetchone() == (0,)
    assert not outside.exists()
    assert not (tmp_path / "project" / "made").exists()
    assert json.loads(boot.snapshot["config/TRIED"]) == {
        "psycopg": "OperationalError",
        "libpq": "OperationalError",
        "redis": "ConnectionError",
        "smtp": "ConnectionRefusedError",
        "socket": "ConnectionRefusedError",
        "datagram": "ConnectionRefusedError",
        "listen": "PermissionError",
        "name": "gaierror",
        "outside": "PermissionError",
        "inside": "done",
        "program": "CalledProcessError",
        "program outside": "CalledProcessError",
        "daemon": "PermissionError",
    }
    assert (boot.snapshot["config/ORDERS"], boot.snapshot["config/SHARED"]) == ("1", "1")
    assert json.loads(boot.snapshot["tables/default/sales.order/tags"])["type"] == "ARRAY(String())"
    assert not _running("sleep 6")
    assert json.loads(boot.snapshot["extensions/sqlalchemy/servers"])[0]["pool_size"] == 3


def _running(start: str) -> bool:
    """Return whether a process runs whose command line starts so."""
    until = time.monotonic() + 5
    while time.monotonic() < until:
        found = False
        for folder in Path("/proc").iterdir():
            try:
                words = (folder / "cmdline").read_bytes() if folder.name.isdigit() else b""
            except OSError:
                continue
            found |= words.replace(b"\0", b" ").startswith(start.encode()) and b".5" in words
        if not found:
            return False
        os.sched_yield()
    return True
