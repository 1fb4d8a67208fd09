"""Metrics: for who knows the token, by route and never by path, of one process or of several."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import NoReturn

import pytest
from apiflask import APIFlask
from flask import Response
from flask.testing import FlaskClient
from prometheus_client import values
from prometheus_client.parser import text_string_to_metric_families

from shop import metrics
from shop.database import unit_of_work  # with: mail
from shop.extensions import db  # with: mail
from shop.models import OutgoingMail  # with: mail

from tests.conftest import MakeApp
from tests.people import ANN
from tests.people import add_user
from tests.people import log_in
from tests.people import try_log_in

TOKEN = "a-token-of-the-scraper-0123456789"
BEARER = {"Authorization": f"Bearer {TOKEN}"}
ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def app(make_app: MakeApp) -> APIFlask:
    """An app that is measured."""
    return make_app(metrics_token=TOKEN)


def numbers(client: FlaskClient) -> dict[tuple[str, ...], float]:
    """What /metrics says: values by name and labels."""
    answer = client.get("/metrics", headers=BEARER)
    assert answer.status_code == 200
    assert answer.content_type.startswith("text/plain")
    return parsed(answer.text)


def parsed(text: str) -> dict[tuple[str, ...], float]:
    """Values by name and labels."""
    return {
        (sample.name, *(sample.labels[label] for label in sorted(sample.labels))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def requests_to(found: dict[tuple[str, ...], float]) -> dict[tuple[str, ...], float]:
    """The counts of requests by method, route and status."""
    return {key[1:]: value for key, value in found.items() if key[0] == "http_request_duration_seconds_count"}


def test_requests_are_counted_by_route(client: FlaskClient) -> None:
    """Two items are one route; what no route matches is one too, whatever was asked."""
    for path in ("/api/items", "/api/items/1", "/api/items/2", "/nowhere", "/elsewhere"):
        client.get(path)
    client.delete("/api/items")
    assert requests_to(numbers(client)) == {
        ("GET", "/api/items", "200"): 1,
        ("GET", "/api/items/<int:item_id>", "404"): 2,
        ("GET", "none", "404"): 2,
        ("DELETE", "none", "405"): 1,
    }


def test_clients_do_not_make_series(client: FlaskClient) -> None:
    """Methods that a client makes up are one."""
    for number in range(3):
        client.open("/api/items", method=f"MADE{number}")
    assert requests_to(numbers(client)) == {("other", "none", "405"): 3}


def test_the_second_time_costs_less(client: FlaskClient) -> None:
    """A request of a kind that was there before is counted with it."""
    for _ in range(3):
        client.get("/api/items")
    assert requests_to(numbers(client)) == {("GET", "/api/items", "200"): 3}


def test_durations_are_in_seconds(client: FlaskClient) -> None:
    """The sum is what the requests took together."""
    client.get("/api/items")
    found = numbers(client)
    assert 0 < found["http_request_duration_seconds_sum", "GET", "/api/items", "200"] < 5
    assert found["http_request_duration_seconds_bucket", "+Inf", "GET", "/api/items", "200"] == 1


def test_what_is_under_way_is_counted(app: APIFlask, client: FlaskClient) -> None:
    """A request that asks sees itself, and is gone afterwards, also when it fails."""

    def broken() -> NoReturn:
        raise RuntimeError("broken")

    app.add_url_rule("/broken", "broken", broken)
    client.get("/broken")
    found = numbers(client)
    assert found["http_requests_in_flight",] == 1
    assert requests_to(found) == {("GET", "/broken", "500"): 1}


def test_what_ends_badly_is_over_too(app: APIFlask) -> None:
    """An answer that breaks after its view does not stay under way; what never began does not count."""

    def broken(_: Response) -> NoReturn:
        raise RuntimeError("broken")

    app.after_request(broken)
    with app.test_request_context("/api/items"):
        pass
    assert app.test_client().get("/api/items").status_code == 500
    found = parsed(app.extensions["metrics"].text().decode())
    assert found["http_requests_in_flight",] == 0


# with: limiter {
def test_refused_requests_are_counted_too(make_app: MakeApp) -> None:
    """What the limits refuse before any view runs is measured."""
    app = make_app(metrics_token=TOKEN, limits_enabled=True, limit_address="1 per minute")
    client = app.test_client()
    assert [client.get("/api/items").status_code for _ in range(3)] == [200, 429, 429]
    found = parsed(app.extensions["metrics"].text().decode())
    assert requests_to(found) == {("GET", "/api/items", "200"): 1, ("GET", "/api/items", "429"): 2}
    assert found["http_requests_in_flight",] == 0


# with: limiter }
def test_failed_logins_and_reused_tokens_are_counted(app: APIFlask, client: FlaskClient) -> None:
    """Somebody who watches sees an attack."""
    add_user(app, ANN)
    try_log_in(app, ANN, "not the password")
    try_log_in(app, "nobody@example.com")
    ann = log_in(app, ANN)
    ann.renew(ann.renew().get_json()["refresh_token"])
    ann.renew()
    found = numbers(client)
    assert found["account_events_total", "login_failed"] == 2
    assert found["account_events_total", "refresh_reused"] == 1


# with: mail {
def test_the_outbox_is_counted_when_asked(app: APIFlask, client: FlaskClient) -> None:
    """Mails that wait and mails that were given up."""
    with app.app_context(), unit_of_work(db) as work:
        for number, state in enumerate(("pending", "pending", "dead", "sent")):
            mail = OutgoingMail(key=str(number), template="x", recipient="x", message_id=f"<{number}>", state=state)
            work.add(mail)
    found = numbers(client)
    assert found["outbox_mails", "pending"] == 2
    assert found["outbox_mails", "dead"] == 1


def test_without_a_database_the_rest_is_told(app: APIFlask, client: FlaskClient) -> None:
    """Metrics matter most when something is away."""
    with app.app_context(), db.engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE outbox")
    assert not any(key[0] == "outbox_mails" for key in numbers(client))


# with: mail }
@pytest.mark.parametrize(
    "sent", ["", "Bearer", "Bearer wrong", TOKEN, f"Basic {TOKEN}", f"Bearer {TOKEN}x", "Bearer é"]
)
def test_without_the_token_there_are_none(client: FlaskClient, sent: str) -> None:
    """Whoever does not know the token is told that there is nothing."""
    answer = client.get("/metrics", headers={"Authorization": sent})
    assert (answer.status_code, answer.content_type) == (404, "application/problem+json")


def test_without_a_setting_nothing_is_measured(make_app: MakeApp) -> None:
    """No token, no metrics: the page does not exist, and counting does nothing."""
    app = make_app()
    assert app.test_client().get("/metrics", headers=BEARER).status_code == 404
    with app.app_context():
        metrics.count("login_failed")
    assert "metrics" not in app.extensions


def test_each_app_has_metrics_of_its_own(make_app: MakeApp) -> None:
    """Two apps in a process do not count together."""
    first, second = (make_app(metrics_token=TOKEN).test_client() for _ in range(2))
    first.get("/api/items")
    assert requests_to(numbers(second)) == {}


WORKER = """
import os, sys
sys.path.insert(0, sys.argv[1])
from tests.conftest import settings
from shop import create_app

os.environ["PROMETHEUS_MULTIPROC_DIR"] = sys.argv[4]  # after the imports, as in a worker that was forked
made = settings(metrics_token=sys.argv[2], database_url=f"sqlite:///{sys.argv[3]}", log_level="ERROR")
create_app(made)
app = create_app(made)
client = app.test_client()
client.get("/livez")
if sys.argv[5:]:
    app.extensions["metrics"].in_flight.inc()
    os._exit(0)
print(client.get("/metrics", headers={"Authorization": f"Bearer {sys.argv[2]}"}).text)
"""


def test_several_workers_are_one(tmp_path: Path, database: Path) -> None:
    """Whichever worker is asked tells the numbers of all; what a killed one had under way is forgotten."""
    command = [sys.executable, "-c", WORKER, str(ROOT), TOKEN, str(database), str(tmp_path)]
    subprocess.run([*command, "killed"], check=True)  # noqa: S603 - a command of our own
    second = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603
    found = parsed(second.stdout)
    assert requests_to(found) == {("GET", "/livez", "200"): 2}
    if metrics.PROCESSES.exists():
        assert found["http_requests_in_flight",] == 1


def test_a_forked_worker_writes_files(make_app: MakeApp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that learns of its folder only after the imports counts there all the same, in any number of apps."""
    monkeypatch.setattr(values, "ValueClass", values.MutexValue)
    monkeypatch.setenv(metrics.FOLDER, str(tmp_path / "numbers"))
    (tmp_path / "numbers").mkdir()
    clients = [make_app(metrics_token=TOKEN).test_client() for _ in range(2)]
    for client in clients:
        client.get("/livez")
    assert requests_to(numbers(clients[0])) == {("GET", "/livez", "200"): 2}
    values.close_all_multiprocess_files()  # type: ignore[no-untyped-call]


def test_the_files_of_workers_that_live_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only those of processes that are gone are dropped, and none where the system does not tell."""
    alive, dead = (tmp_path / f"gauge_livesum_{pid}.db" for pid in (1, 2))
    processes = tmp_path / "proc"
    monkeypatch.setattr(metrics, "PROCESSES", processes)
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", str(tmp_path))
    for path in (alive, dead):
        path.write_bytes(bytes(1_024))
    metrics.Metrics().text()
    assert dead.exists()
    (processes / "1").mkdir(parents=True)
    metrics.Metrics().text()
    assert (alive.exists(), dead.exists()) == (True, False)
