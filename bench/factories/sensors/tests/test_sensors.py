import os

os.environ["SENSORS_ENV"] = "test"

import logging
from datetime import timedelta

import pytest

from sensors import web
from sensors.web import Reading, app, cache, db, expire, utcnow, writer


@pytest.fixture
def client():
    cache.clear()
    web.limiter.reset()
    yield app.test_client()
    with app.app_context():
        db.session.execute(db.delete(Reading))
        db.session.commit()


def test_readings(client):
    answer = client.post("/readings/7", json={"values": [1.5, "20.25"]}, headers={"X-Device": "attic"})
    assert answer.json == {"queued": True, "by": "attic"}
    writer.queue.join()
    found = client.get("/readings/7").json
    assert list(found) == ["sensor", "readings"]
    assert [one["value"] for one in found["readings"]] == [1.5, 20.25]
    assert found["readings"][0]["at"].endswith("+00:00")
    assert len(client.get("/readings/7?most=1").json["readings"]) == 1


def test_missing(client):
    assert client.get("/readings/8").json == {"error": "nothing here"}
    assert client.get("/readings/12345678").status_code == 404


def test_expire(client):
    with app.app_context():
        for days in (0, 2):
            db.session.add(Reading(sensor=1, value=1, at=utcnow() - timedelta(days=days)))
        db.session.commit()
    assert expire() == 1
    assert len(client.get("/readings/1").json["readings"]) == 1


def test_limit_is_for_a_device(client):
    codes = [client.get("/limits", headers={"X-Device": "a"}).status_code for _ in range(3)]
    assert codes == [200, 200, 429]
    assert client.get("/limits", headers={"X-Device": "b"}).status_code == 200


def test_limit_is_configured(client, monkeypatch):
    monkeypatch.setitem(app.config, "STRICT", "1 per minute")
    assert [client.get("/limits", headers={"X-Device": "c"}).status_code for _ in range(2)] == [200, 429]


def test_too_much(client):
    assert client.post("/readings/7", data="x" * 200_000, content_type="application/json").status_code == 413


def test_broken(client, caplog):
    with caplog.at_level(logging.ERROR):
        assert client.get("/broken").json == {"error": "internal"}
    assert "no such luck" in caplog.text


def test_no_proxy_in_tests(client):
    answer = client.get("/where", headers={"X-Forwarded-For": "10.1.1.1", "X-Forwarded-Proto": "https"})
    assert answer.json == {"url": "http://localhost/", "client": "127.0.0.1", "env": "test"}
    assert answer.headers["X-Env"] == "test"


def test_switches(client):
    assert app.config["KEEP_DAYS"] == 1
    assert app.config["WINDOW"] == 24
    assert app.testing
    assert client.get("/debug/threads").status_code == 404
    assert client.get("/ping").text == "pong"


def test_session_keeps_durations(client):
    with client.session_transaction() as session:
        session["pause"] = timedelta(seconds=90)
    with client.session_transaction() as session:
        assert session["pause"] == timedelta(seconds=90)


def test_maintenance(client, monkeypatch):
    monkeypatch.setitem(app.config, "MAINTENANCE", True)
    answer = client.get("/ping")
    assert (answer.status_code, answer.text) == (503, "back soon")


def test_log_names_the_station(caplog):
    with caplog.at_level(logging.INFO):
        expire()
    assert "here: " in caplog.text
