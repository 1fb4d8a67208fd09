# with: limiter
"""Limits of the accounts: what counts, for whom, and how a refusal answers."""

from __future__ import annotations

import time
from typing import Any

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from shop.extensions import limiter

from tests.conftest import MakeApp
from tests.people import ANN
from tests.people import BOB
from tests.people import OTHER_PASSWORD
from tests.people import PASSWORD
from tests.people import Person
from tests.people import add_user
from tests.people import bearer
from tests.people import log_in

LOGIN = "/api/auth/login"
RIGHT = {"email": ANN, "password": PASSWORD}
WRONG = {"email": ANN, "password": OTHER_PASSWORD}


@pytest.fixture
def limited(make_app: MakeApp) -> MakeApp:
    """Make an app with limits, and Ann in it."""

    def make(**values: Any) -> APIFlask:  # noqa: ANN401 - any setting
        app = make_app(**{"limits_enabled": True, "limit_login": "50 per minute", **values})
        add_user(app)
        return app

    return make


def statuses(*responses: TestResponse) -> list[int]:
    """The statuses of some responses."""
    return [response.status_code for response in responses]


def from_address(address: str) -> dict[str, Any]:
    """What makes a request come from an address."""
    return {"environ_base": {"REMOTE_ADDR": address}}


def test_failed_logins_count(limited: MakeApp) -> None:
    """After five wrong passwords a minute the right one has to wait, and a malformed login counts as well."""
    client = limited(limit_login="5 per minute").test_client()
    bodies = [*[WRONG] * 3, {"email": BOB, "password": PASSWORD}, {"nonsense": 1}, RIGHT]
    answers = [client.post(LOGIN, json=body) for body in bodies]
    assert statuses(*answers) == [401, 401, 401, 401, 422, 429]


def test_limit_is_each_addresss_own(limited: MakeApp) -> None:
    """One address that guesses locks no other address out."""
    client = limited(limit_login="1 per minute").test_client()
    first = [client.post(LOGIN, json=WRONG, **from_address("192.0.2.1")) for _ in range(2)]
    other = client.post(LOGIN, json=RIGHT, **from_address("192.0.2.2"))
    assert statuses(*first, other) == [401, 429, 200]


def test_refusal_says_when_to_go_on(limited: MakeApp) -> None:
    """A 429 is a problem document with the seconds to wait; answers within the limit carry no such header."""
    client = limited(limit_login="1 per minute").test_client()
    within, beyond = (client.post(LOGIN, json=WRONG) for _ in range(2))
    assert not [name for name, _ in within.headers if name.startswith(("RateLimit", "Retry"))]
    assert beyond.content_type == "application/problem+json"
    assert beyond.get_json(force=True)["type"] == "too-many-requests"
    assert 1 <= int(beyond.headers["Retry-After"]) <= 60
    assert beyond.headers["RateLimit-Limit"] == "1"
    assert beyond.headers["RateLimit-Remaining"] == "0"
    assert beyond.headers["RateLimit-Reset"] == beyond.headers["Retry-After"]


def test_window_starts_over(limited: MakeApp) -> None:
    """Who waits for as long as told is let in again."""
    client = limited(limit_login="1 per second").test_client()
    answers = [client.post(LOGIN, json=RIGHT) for _ in range(2)]
    time.sleep(int(answers[1].headers["Retry-After"]))
    assert statuses(*answers, client.post(LOGIN, json=RIGHT)) == [200, 429, 200]


def test_refusal_outlives_its_store(limited: MakeApp, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the store goes away between the count and the answer, the whole window is named."""
    client = limited(limit_login="1 per minute").test_client()
    client.post(LOGIN, json=WRONG)

    def away(*_: object) -> None:
        raise ConnectionError("gone")

    monkeypatch.setattr(limiter.limiter, "get_window_stats", away)
    answer = client.post(LOGIN, json=WRONG)
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "60")


@pytest.mark.parametrize(
    ("setting", "path", "body", "status"),
    [
        ("limit_register", "/api/auth/register", {"email": BOB, "password": PASSWORD}, 202),
        ("limit_reset", "/api/auth/reset", {"email": BOB}, 202),  # with: mail
        ("limit_refresh", "/api/auth/refresh", None, 401),
    ],
)
def test_tight_views_have_a_limit(
    limited: MakeApp, setting: str, path: str, body: dict[str, str] | None, status: int
) -> None:
    """Registering, resetting and refreshing are limited by address, each on its own, refused requests too."""
    client = limited(**{setting: "2 per hour"}).test_client()
    assert statuses(*[client.post(path, json=body) for _ in range(3)]) == [status, status, 429]
    assert client.post(LOGIN, json=RIGHT).status_code == 200


def test_bad_tokens_count_for_the_address(limited: MakeApp) -> None:
    """Guessing tokens is limited by address, also on views whose own limit stands below the guard."""
    client = limited(limit_address="4 per minute").test_client()
    paths = ["/api/auth/logout", "/api/auth/fresh", "/api/auth/password", "/api/auth/logout", "/api/auth/logout"]
    answers = [client.post(path, headers=bearer("guessed"), json={}) for path in paths]
    assert statuses(*answers) == [401, 401, 401, 401, 429]
    assert client.get("/api/account", headers=bearer("guessed")).status_code == 429


def test_requests_that_lead_nowhere_count(limited: MakeApp) -> None:
    """Looking for paths and methods that are not there is counted as well."""
    client = limited(limit_address="3 per minute").test_client()
    answers = [client.get("/nowhere"), client.get("/.git/config"), client.put(LOGIN), client.get("/nowhere")]
    assert statuses(*answers) == [404, 404, 405, 429]


def test_preflights_do_not_count(limited: MakeApp) -> None:
    """However many OPTIONS requests a browser sends, they use nothing up."""
    client = limited(limit_address="2 per minute", limit_login="1 per minute").test_client()
    assert set(statuses(*[client.options(LOGIN) for _ in range(5)])) == {200}
    assert client.post(LOGIN, json=RIGHT).status_code == 200


def test_each_app_has_its_own_limits(make_app: MakeApp) -> None:
    """The limits are those of the app that answers, not of the first that was made in the process."""
    for number in (3, 1):
        app = make_app(limits_enabled=True, limit_address=f"{number} per minute")
        client = app.test_client()
        answers = [client.get("/api/account") for _ in range(number + 1)]
        assert statuses(*answers) == [401] * number + [429]


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/api/auth/fresh", {"password": OTHER_PASSWORD}),
        ("POST", "/api/auth/password", {"current_password": OTHER_PASSWORD, "new_password": OTHER_PASSWORD}),
        ("DELETE", "/api/account", {"password": OTHER_PASSWORD}),
    ],
)
def test_shown_passwords_are_limited_by_account(limited: MakeApp, method: str, path: str, body: dict[str, str]) -> None:
    """Who has somebody's token guesses the password no faster by asking from many addresses."""
    app = limited(limit_login="2 per minute")
    add_user(app, BOB)
    ann, bob = log_in(app), log_in(app, BOB)

    def guess(person: Person, address: str) -> int:
        headers = bearer(person.access)
        response = person.client.open(path, method=method, headers=headers, json=body, **from_address(address))
        return response.status_code

    assert [guess(ann, f"192.0.2.{number}") for number in range(3)] == [403, 403, 429]
    assert guess(bob, "192.0.2.1") == 403


def test_writes_are_limited_by_account(limited: MakeApp) -> None:
    """Sessions of one account share the limit of a view; another account has its own."""
    app = limited(limit_account="2 per minute")
    add_user(app, BOB)
    people = [log_in(app), log_in(app), log_in(app), log_in(app, BOB)]
    assert statuses(*[person.post("/api/auth/logout") for person in people]) == [204, 204, 429, 204]


# with: mail {
def test_mails_to_new_addresses_are_limited_by_account(limited: MakeApp) -> None:
    """Nobody has mails sent to many addresses by moving an account there."""
    ann = log_in(limited(limit_reset="2 per hour"))
    answers = [ann.post("/api/account/email", email=f"ann{number}@example.com") for number in range(3)]
    assert statuses(*answers) == [202, 202, 429]


# with: mail }
def test_limits_can_be_lifted(app: APIFlask, client: FlaskClient) -> None:
    """With LIMITS_ENABLED=false nothing is counted."""
    add_user(app)
    assert 429 not in statuses(*[client.post(LOGIN, json=WRONG) for _ in range(20)])
