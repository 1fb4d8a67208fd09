"""Logs: a JSON object a line, with the request's id, and no secret."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from typing import Any
from typing import NoReturn

import pytest
import structlog
from flask.testing import FlaskClient

from shop import logs

from tests.conftest import MakeApp
from tests.conftest import settings

TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.dGhlIHNpZ25hdHVyZQ"


@pytest.fixture(autouse=True)
def _logging() -> Iterator[None]:
    """Leave the logging of the process as it was."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def lines(text: str) -> list[dict[str, Any]]:
    """The lines of a log, each an object."""
    return [json.loads(line) for line in text.splitlines()]


def test_a_request_is_a_line(make_app: MakeApp, capsys: pytest.CaptureFixture[str]) -> None:
    """Method, path, status, duration and id; not the query string, which may say too much."""
    client = make_app(log_format="json").test_client()
    answer = client.get("/api/items?category=private")
    (line,) = lines(capsys.readouterr().err)
    assert line.pop("ms") >= 0
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "event": "request",
        "level": "info",
        "method": "GET",
        "path": "/api/items",
        "status": 200,
        "request_id": answer.headers["X-Request-ID"],
    }


def test_probes_are_not_logged(make_app: MakeApp, capsys: pytest.CaptureFixture[str]) -> None:
    """What asks every few seconds does not fill the log."""
    client = make_app(log_format="json", metrics_token="x" * 40).test_client()
    for path in ("/livez", "/readyz", "/metrics"):
        client.get(path)
    assert capsys.readouterr().err == ""


def test_a_log_that_nobody_reads_fails_no_request(make_app: MakeApp, monkeypatch: pytest.MonkeyPatch) -> None:
    """When standard error is a broken pipe, or a file on a full disk, requests are answered all the same."""

    class Broken(io.StringIO):
        def write(self, _: str) -> NoReturn:
            raise BrokenPipeError

    monkeypatch.setattr("sys.stderr", Broken())
    assert make_app(log_format="json").test_client().get("/api/items").status_code == 200


def test_a_broken_request_is_logged_with_its_traceback(make_app: MakeApp, capsys: pytest.CaptureFixture[str]) -> None:
    """Both lines, of the error and of the request, have the same id; the traceback is one field."""

    def broken() -> NoReturn:
        raise RuntimeError("broken")

    app = make_app(log_format="json")
    app.add_url_rule("/broken", "broken", broken)
    app.test_client().get("/broken")
    error, request = lines(capsys.readouterr().err)
    assert error["request_id"] == request["request_id"]
    assert "RuntimeError: broken" in error["exception"]
    assert request["status"] == 500


@pytest.mark.parametrize("given", ["0123456789abcdef", "A-b_c.d-12345678", "x" * 64])
def test_a_request_keeps_the_id_that_it_came_with(client: FlaskClient, given: str) -> None:
    """A well-formed X-Request-ID goes through."""
    assert client.get("/livez", headers={"X-Request-ID": given}).headers["X-Request-ID"] == given


@pytest.mark.parametrize("given", ["", "short", "x" * 65, "has spaces in it", 'quote"quote"quote', "ünïcödé-ünïcödé"])
def test_a_request_with_an_odd_id_gets_another(client: FlaskClient, given: str) -> None:
    """Anything else is replaced: it would end up in logs and headers."""
    made = client.get("/livez", headers={"X-Request-ID": given}).headers["X-Request-ID"]
    assert made != given
    assert len(made) == 32


def test_outside_of_a_request_there_is_no_id(capsys: pytest.CaptureFixture[str]) -> None:
    """A worker's lines have none."""
    logs.set_up(settings(log_format="json"))
    structlog.get_logger().info("working")
    (line,) = lines(capsys.readouterr().err)
    assert "request_id" not in line
    assert logs.request_id() is None


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("password", "hunter2", "[hidden]"),
        ("new_password", "hunter2", "[hidden]"),
        ("jwt_secret_key", "x", "[hidden]"),
        ("access_token", "x", "[hidden]"),
        ("Authorization", "Bearer x", "[hidden]"),
        ("cookies", "x", "[hidden]"),
        ("csrf", "x", "[hidden]"),
        ("header", f"Bearer {TOKEN}", "Bearer [hidden]"),
        ("url", "redis://:hunter2@localhost/0", "redis://:[hidden]@localhost/0"),
        ("url", "postgresql://ann:hunter2@localhost/goods", "postgresql://ann:[hidden]@localhost/goods"),
        ("url", "https://www.example.com:443/", "https://www.example.com:443/"),
        ("more", {"password": "hunter2", "user": "ann"}, {"password": "[hidden]", "user": "ann"}),
        ("number", 7, 7),
    ],
)
def test_secrets_are_hidden(name: str, value: object, shown: object) -> None:
    """What is called a secret, looks like a token, or is a password in a URL is not written."""
    assert logs.hide_secrets(None, "", {name: value}) == {name: shown}


def test_other_libraries_log_the_same_way(capsys: pytest.CaptureFixture[str]) -> None:
    """What goes through `logging` is JSON too, without secrets."""
    logs.set_up(settings(log_format="json"))
    logging.getLogger("somebody.else").warning("connecting to %s", "redis://:hunter2@localhost/0")
    logging.getLogger("somebody.else").debug("too quiet")
    (line,) = lines(capsys.readouterr().err)
    assert line["event"] == "connecting to redis://:[hidden]@localhost/0"
    assert (line["logger"], line["level"]) == ("somebody.else", "warning")


def test_a_traceback_hides_passwords_in_urls(capsys: pytest.CaptureFixture[str]) -> None:
    """An exception that quotes a URL does not tell its password."""
    logs.set_up(settings(log_format="json"))
    structlog.get_logger().error("failed", exc_info=RuntimeError("cannot reach redis://:hunter2@localhost/0"))
    assert "hunter2" not in capsys.readouterr().err


def test_people_can_read_it_too(capsys: pytest.CaptureFixture[str]) -> None:
    """LOG_FORMAT=console is for a terminal."""
    logs.set_up(settings(log_format="console"))
    structlog.get_logger().info("working", where="here")
    text = capsys.readouterr().err
    assert "working" in text
    assert not text.startswith("{")


def test_setting_up_twice_logs_once(capsys: pytest.CaptureFixture[str]) -> None:
    """Two apps in a process do not write every line twice, and other handlers stay."""
    other = logging.NullHandler()
    logging.getLogger().addHandler(other)
    for _ in range(2):
        logs.set_up(settings(log_format="json"))
    structlog.get_logger().info("working")
    assert len(lines(capsys.readouterr().err)) == 1
    assert other in logging.getLogger().handlers


def test_quiet_levels(capsys: pytest.CaptureFixture[str]) -> None:
    """LOG_LEVEL leaves out what is below it."""
    logs.set_up(settings(log_format="json", log_level="ERROR"))
    structlog.get_logger().warning("not so bad")
    assert capsys.readouterr().err == ""
