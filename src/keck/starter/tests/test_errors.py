"""Errors: every one is a problem document with the request's id, and no body makes a 500."""

from __future__ import annotations

import io
from typing import Any
from typing import NoReturn

import pytest
from apiflask import APIFlask
from flask import Response
from flask import abort
from flask.testing import FlaskClient
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from werkzeug.exceptions import NotFound
from werkzeug.test import TestResponse

from shop.errors import Refusal
from shop.errors import problem

from tests.conftest import MakeApp
from tests.goods import admin_of

LOGIN = "/api/auth/login"


def is_problem(answer: TestResponse, status: int) -> bool:
    """Whether this is a problem document of this status, with the request's id."""
    document = answer.get_json(force=True)
    return (
        answer.status_code == status
        and answer.content_type == "application/problem+json"
        and document["status"] == status
        and document["request_id"] == answer.headers["X-Request-ID"]
        and set(document) >= {"type", "title"}
    )


def chunked(client: FlaskClient, body: bytes, content_type: str | None = "application/json") -> TestResponse:
    """Send a body without saying how long it is, as a server hands it on."""
    environ: dict[str, Any] = {"wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"}
    return client.post(LOGIN, input_stream=io.BytesIO(body), content_type=content_type, environ_overrides=environ)


# --- where errors come from


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nowhere", 404),
        ("GET", "/api/nowhere", 404),
        ("DELETE", "/api/items", 405),
        ("GET", "/admin/users", 401),
    ],
)
def test_what_is_not_there_is_a_problem_document(client: FlaskClient, method: str, path: str, status: int) -> None:
    """404, 405 and 401 are problem documents, also where no view was found."""
    assert is_problem(client.open(path, method=method), status)


def test_a_wrong_method_is_told_the_right_ones(client: FlaskClient) -> None:
    """A 405 keeps the Allow header."""
    assert "GET" in client.delete("/api/items").headers["Allow"]


def test_a_bug_tells_nothing(app: APIFlask, client: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    """An exception is a 500 without its text, which stands in the log."""

    def broken() -> NoReturn:
        raise RuntimeError("the inside of things")

    app.add_url_rule("/broken", "broken", broken)
    answer = client.get("/broken")
    assert is_problem(answer, 500)
    assert "inside" not in answer.text
    assert "the inside of things" in caplog.text


@pytest.mark.parametrize(
    "error",
    [
        OperationalError("SELECT 1", {}, Exception("connection to 10.0.0.7 refused")),
        PoolTimeoutError("no connection to 10.0.0.7 is free"),
    ],
)
def test_a_database_that_is_away_is_a_503(app: APIFlask, client: FlaskClient, error: Exception) -> None:
    """What is said when there is no connection is a 503 that says when to try again, without its text."""

    def away() -> NoReturn:
        raise error

    app.add_url_rule("/away", "away", away)
    answer = client.get("/away")
    assert is_problem(answer, 503)
    assert answer.get_json(force=True)["type"] == "database-unavailable"
    assert answer.headers["Retry-After"] == "5"
    assert "10.0.0.7" not in answer.text


def test_a_refusal_says_what_and_when(app: APIFlask, client: FlaskClient) -> None:
    """A view refuses with a status, a kind, a sentence, and when to try again where that helps."""

    def refuse(wait: str) -> NoReturn:
        raise Refusal(409, "Not now.", code="too-early", retry_after=7 if wait == "wait" else None)

    app.add_url_rule("/refuse/<wait>", "refuse", refuse)
    answer = client.get("/refuse/wait")
    assert is_problem(answer, 409)
    assert answer.get_json(force=True).items() >= {"type": "too-early", "detail": "Not now."}.items()
    assert answer.headers["Retry-After"] == "7"
    assert "Retry-After" not in client.get("/refuse/no").headers


def test_an_answer_that_was_aborted_with_is_that_answer(app: APIFlask, client: FlaskClient) -> None:
    """`abort(response)` answers with the response, and so does an error that brings one."""

    def stop(how: str) -> NoReturn:
        answer = Response("enough", 418)
        if how == "abort":
            abort(answer)
        raise NotFound(response=answer)

    app.add_url_rule("/stop/<how>", "stop", stop)
    for how in ("abort", "raise"):
        answer = client.get(f"/stop/{how}")
        assert (answer.status_code, answer.text) == (418, "enough")


def test_a_problem_leaves_out_what_is_not_known(app: APIFlask) -> None:
    """Members without a value are not written; others can be added."""
    with app.app_context():
        document = problem(404, more=[1]).get_json(force=True)
    assert document == {"type": "about:blank", "title": "Not Found", "status": 404, "more": [1]}


def test_invalid_input_is_named_field_by_field(client: FlaskClient) -> None:
    """A 422 says which field of which part of the request is wrong, and does not repeat what was sent."""
    answer = client.post(LOGIN, json={"email": "x", "password": "hunter2hunter2", "more": 1})
    assert is_problem(answer, 422)
    assert set(answer.get_json(force=True)["errors"]["json"]) == {"email", "more"}
    assert "hunter2" not in answer.text


# --- bodies


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", None]
)
def test_only_json_is_read(client: FlaskClient, content_type: str | None) -> None:
    """Another content type is a 415, whether or not the length is known."""
    body = b'{"email": "ann@example.com", "password": "x"}'
    assert is_problem(client.post(LOGIN, data=body, content_type=content_type), 415)
    assert is_problem(chunked(client, body, content_type), 415)


def test_a_body_of_unknown_length_is_read(client: FlaskClient) -> None:
    """JSON that comes in chunks is JSON."""
    assert is_problem(chunked(client, b'{"email": "ann@example.com", "password": "x"}'), 401)


def test_too_much_is_a_413(make_app: MakeApp) -> None:
    """A body above the limit is refused, whether it says so or not, and whatever it claims to be."""
    client = make_app(max_body_bytes=1_024).test_client()
    body = b'{"email": "' + b"x" * 1_024 + b'"}'
    assert is_problem(client.post(LOGIN, data=body, content_type="application/json"), 413)
    assert is_problem(chunked(client, body), 413)
    assert is_problem(chunked(client, body, "text/plain"), 413)


def test_without_a_body_there_is_nothing_to_read(client: FlaskClient) -> None:
    """No body where one is needed is a 400; an empty one without a length as well."""
    assert is_problem(client.post(LOGIN), 400)
    assert is_problem(chunked(client, b""), 400)


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"nonsense",
        b'{"email": "\xff"}',
        b"\x00",
        b"\xef\xbb\xbf{}",
        b"\xff\xfe{\x00",
        b"[" * 60_000,
        b'{"email":' * 7_000,
        b"[" * 30_000 + b"]" * 30_000,
        b'{"email": ' + b"9" * 5_000 + b"}",
        b'{"email": "ann@example.com", "password": NaN}',
        b'{"email": -Infinity, "password": 1e999}',
        b'{"email": "\\ud800@example.com", "password": "\\udfff"}',
        b'{"email": "ann@example.com", "password": "\\ud800"}',
        b'{"email": "a\\u0000b@example.com", "password": "\\u0000"}',
        b'{"email": "x", "email": "y", "password": []}',
        b"null",
        b"[]",
        b'"text"',
        b"0",
        b"{}",
    ],
)
def test_no_body_is_a_fault_of_ours(app: APIFlask, client: FlaskClient, body: bytes) -> None:
    """Whatever is sent as JSON, the answer is a 400, 401 or 422, with a length and without, to strangers and admins."""
    admin = admin_of(app)
    bearer = {"Authorization": f"Bearer {admin.access}"}
    answers = [
        client.post(LOGIN, data=body, content_type="application/json"),
        chunked(client, body),
        client.post("/admin/items", data=body, content_type="application/json", headers=bearer),
        client.post("/api/auth/register", data=body, content_type="application/json"),
    ]
    assert {answer.status_code for answer in answers} <= {400, 401, 409, 422}
    assert all(is_problem(answer, answer.status_code) for answer in answers)


def test_a_body_where_none_is_read_is_still_looked_at(client: FlaskClient) -> None:
    """GET with text is refused as well: nothing here reads anything but JSON."""
    assert is_problem(client.get("/api/items", data=b"x", content_type="text/plain"), 415)


def test_a_query_parameter_stands_once(client: FlaskClient) -> None:
    """The same parameter twice is a 422 that names it; several different ones are fine."""
    answer = client.get("/api/items?limit=1&limit=1")
    assert is_problem(answer, 422)
    assert "limit" in answer.get_json(force=True)["detail"]
    assert client.get("/api/items?limit=1&category=x").status_code == 200
