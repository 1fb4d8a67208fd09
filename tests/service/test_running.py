"""The process of a service, as the tests of the service start, stop and kill it: tried with a very small one."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from tests.service.servers import missing, procfs
from tests.service.servers.process import wait_until
from tests.service.servers.redis import Redis
from tests.service.servers.service import Service

FILES = {
    "tiny/__init__.py": "",
    "tiny/serve.py": """
import os

from granian.constants import Interfaces
from granian.server import Server

if __name__ == "__main__":
    print("started", flush=True)
    Server(
        target="wsgi:app",
        address=os.environ["HOST"],
        port=int(os.environ["PORT"]),
        interface=Interfaces.WSGI,
        workers=int(os.environ["WORKERS"]),
        blocking_threads=2,
        respawn_failed_workers=True,
        workers_kill_timeout=10,
    ).serve()
""",
    "wsgi.py": """
import os
import time
from pathlib import Path

import click
from celery import Celery
from flask import Flask, request

app = Flask(__name__)
celery = Celery("tiny", broker=os.environ.get("REDIS_URL"), backend=os.environ.get("REDIS_URL"))
celery.conf.broker_connection_retry_on_startup = True


@app.get("/livez")
def livez():
    return str(os.getpid())


@app.get("/slow")
def slow():
    time.sleep(1)
    return "done"


@app.get("/who")
def who():
    return request.headers.get("Authorization", "")


@app.cli.group()
def db():
    pass


@db.command()
def upgrade():
    Path(app.instance_path).mkdir(exist_ok=True)
    Path(app.instance_path, "migrated").touch()


@app.cli.command()
@click.argument("number", type=int)
def leave(number):
    click.echo(input())
    raise SystemExit(number)


@celery.task
def double(number):
    return 2 * number
""",
    ".env": "SECRET=of somebody",
    "instance/shop.db": "of somebody",
}


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a very small service."""
    missing.need(missing.SERVICE)
    folder = tmp_path_factory.mktemp("tiny")
    for name, text in FILES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def service(tiny: Path) -> Iterator[Service]:
    """It, started with two processes that answer."""
    with Service({"WORKERS": "2"}, tiny, package="tiny") as made:
        yield made.migrate().start()


pytestmark = pytest.mark.xdist_group("running")


def test_service_answers_from_its_workers(service: Service) -> None:
    """Requests are answered by the processes that `worker_pids` names, and the client sends its token."""
    pids = service.worker_pids()
    with service.client() as client:
        answered = {int(client.get("/livez", headers={"Connection": "close"}).text) for _ in range(40)}
    assert len(pids) == 2
    assert answered <= set(pids)
    assert service.pid not in pids
    with service.client().bearing("word") as client:
        assert client.get("/who").text == "Bearer word"


def test_service_runs_in_a_copy(service: Service, tiny: Path) -> None:
    """What the service writes is not in its source; what somebody left there is not in the copy."""
    assert sorted(path.name for path in service.instance.iterdir()) == ["migrated"]
    assert not (service.folder / ".env").exists()
    assert sorted(path.name for path in tiny.rglob("*") if path.is_file()) == sorted(Path(name).name for name in FILES)


def test_commands_get_settings_and_input(service: Service) -> None:
    """A command gets its input, returns what it prints, and a failure shows it."""
    assert service.flask("leave", "0", text="hello\n") == "hello\n"
    with pytest.raises(AssertionError, match="flask leave 3: 3\nhello"):
        service.flask("leave", "3", text="hello\n")


def test_killed_worker_is_replaced(service: Service) -> None:
    """When a worker is killed, the server starts another, and `worker_pids` follows."""
    before = service.worker_pids()
    os.kill(before[0], signal.SIGKILL)
    wait_until(lambda: before[0] not in service.worker_pids(), "the worker is gone")
    after = service.wait_complete()
    assert after[0] == before[1]
    assert after[1] not in before
    assert service.client().get("/livez").ok


def test_stop_finishes_what_is_asked(tiny: Path) -> None:
    """SIGTERM lets a request in flight finish; afterwards no process of the service runs, and its log is there."""
    with Service({"WORKERS": "1"}, tiny, package="tiny") as service:
        service.start()
        process, answers = service.process, list[str]()
        asking = threading.Thread(target=lambda: answers.append(service.client().get("/slow").text))
        asking.start()
        wait_until(lambda: _connected(service.port), "the request is being answered")
        service.stop()
        asking.join()
        assert answers == ["done"]
        assert process.members() == []
        with pytest.raises(requests.ConnectionError):
            service.client().get("/livez")
        service.start()
        assert service.log().count("started") == 2


def test_kill_leaves_nothing(tiny: Path) -> None:
    """A killed service leaves no worker behind, and can be started again."""
    with Service({"WORKERS": "2"}, tiny, package="tiny") as service:
        pids = service.start().worker_pids()
        service.kill()
        assert [procfs.look(pid) for pid in pids] == [None, None]
        assert service.start().client().get("/livez").ok


def test_service_that_cannot_start_says_why(tiny: Path) -> None:
    """A service that ends at once fails the test with what it printed."""
    with (
        Service({"WORKERS": "none"}, tiny, package="tiny") as service,
        pytest.raises(AssertionError, match="ValueError"),
    ):
        service.start()


def test_celery_worker_works_and_ends(tiny: Path) -> None:
    """A Celery worker takes work from Redis; it is stopped with the service, also after it was killed."""
    with Redis() as redis, Service({"REDIS_URL": redis.database()}, tiny, package="tiny") as service:
        worker = service.celery(app="wsgi:celery", beat=False)
        done = service.run("-c", "from wsgi import double; print(double.delay(21).get(timeout=20))")
        assert done.stdout.strip() == "42", done.stderr
        worker.kill()
        assert worker.members() == []
        other = service.celery("--concurrency", "1", app="wsgi:celery")
        service.end()
        assert not worker.members() + other.members()


def _connected(port: int) -> bool:
    """Whether the server at the port has a connection: state 01 of /proc/net/tcp."""
    lines = Path("/proc/net/tcp").read_text(encoding="ascii").splitlines()[1:]
    fields = [line.split() for line in lines]
    return any(local == f"0100007F:{port:04X}" and state == "01" for _, local, _, state, *_ in fields)
