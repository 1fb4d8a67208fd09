"""Logging in, refreshing, showing the password again, logging out."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from apiflask import APIFlask
from argon2 import PasswordHasher
from flask.testing import FlaskClient
from flask_jwt_extended import decode_token
from sqlalchemy import select
from sqlalchemy import update

from shop.accounts import login as login_module
from shop.accounts.passwords import hash_password
from shop.accounts.passwords import needs_rehash
from shop.accounts.refresh import refresh
from shop.database import now
from shop.database import unit_of_work
from shop.extensions import db
from shop.models import LoginSession
from shop.models import User

from tests.conftest import MakeApp
from tests.people import ANN
from tests.people import BOB
from tests.people import OTHER_PASSWORD
from tests.people import PASSWORD
from tests.people import Person
from tests.people import add_user
from tests.people import change_user
from tests.people import code_of
from tests.people import is_refused
from tests.people import log_in
from tests.people import try_log_in


@pytest.fixture
def ann(app: APIFlask) -> Person:
    """Ann, who has just logged in."""
    add_user(app)
    return log_in(app)


def change_sessions(app: APIFlask, **values: Any) -> None:  # noqa: ANN401 - any column
    """Change columns of all sessions behind the service's back."""
    with app.app_context(), unit_of_work(db) as work:
        work.execute(update(LoginSession).values(**values))


def successor(response: Any) -> str:  # noqa: ANN401 - werkzeug's test response
    """The refresh token of an answer."""
    token: str = response.get_json()["refresh_token"]
    return token


# --- logging in


def test_login_gives_tokens(app: APIFlask) -> None:
    """A login answers with both tokens and the seconds that the access token lives."""
    add_user(app)
    answer = try_log_in(app, "ANN@example.com").get_json()
    assert set(answer) == {"access_token", "refresh_token", "token_type", "expires_in"}
    assert (answer["token_type"], answer["expires_in"]) == ("Bearer", 900)


@pytest.mark.parametrize(
    ("email", "password"),
    [(ANN, OTHER_PASSWORD), (ANN, PASSWORD.upper()), (BOB, PASSWORD), ("off@example.com", PASSWORD)],
)
def test_failed_logins_look_alike(app: APIFlask, email: str, password: str) -> None:
    """A wrong password, an unknown address and a disabled account get the same 401."""
    add_user(app)
    add_user(app, "off@example.com", disabled_at=now())
    answer = try_log_in(app, email, password)
    assert is_refused(answer)
    document = answer.get_json(force=True)
    assert (document["type"], document["detail"]) == (
        "wrong-credentials",
        "The e-mail address or the password is wrong.",
    )


def test_unknown_address_costs_a_hash_too(app: APIFlask, monkeypatch: pytest.MonkeyPatch) -> None:
    """One hash is verified for a login, whether or not there is an account."""
    add_user(app)
    verified: list[str] = []
    original = PasswordHasher.verify

    def note(hasher: PasswordHasher, password_hash: str, password: str) -> bool:
        verified.append(password)
        return original(hasher, password_hash, password)

    monkeypatch.setattr(PasswordHasher, "verify", note)
    try_log_in(app, BOB)
    try_log_in(app, ANN, OTHER_PASSWORD)
    assert verified == [PASSWORD, OTHER_PASSWORD]


def test_only_the_right_password_tells_that_the_address_is_unverified(app: APIFlask) -> None:
    """A stranger does not learn that an account awaits verification."""
    add_user(app, verified=False)
    assert try_log_in(app, password=OTHER_PASSWORD).status_code == 401
    assert code_of(try_log_in(app)) == (403, "email-not-verified")


def test_broken_hash_lets_nobody_in(app: APIFlask) -> None:
    """A row whose hash is no hash refuses every password."""
    add_user(app, password_hash="")
    assert try_log_in(app).status_code == 401


def test_hash_is_renewed_when_parameters_change(app: APIFlask, make_app: MakeApp) -> None:
    """A login after the parameters were raised stores a hash made with the new ones."""
    add_user(app)
    stronger = make_app(argon2_time_cost=2)
    assert try_log_in(stronger).status_code == 200
    with stronger.app_context():
        password_hash = db.session.scalars(select(User.password_hash)).one()
        assert not needs_rehash(password_hash)
    assert try_log_in(stronger).status_code == 200


@pytest.mark.parametrize(
    ("meanwhile", "status"),
    [
        ({"password_hash": OTHER_PASSWORD}, 401),
        ({"password_hash": PASSWORD}, 200),
        ({"disabled_at": now()}, 401),
    ],
)
def test_login_sees_what_changed_while_it_hashed(
    app: APIFlask, monkeypatch: pytest.MonkeyPatch, meanwhile: dict[str, Any], status: int
) -> None:
    """A password that was replaced, or an account that was disabled, during a login opens no session."""
    add_user(app)

    def change_first(password_hash: str) -> bool:
        values = dict(meanwhile)
        if "password_hash" in values:
            values["password_hash"] = hash_password(values["password_hash"])
        change_user(app, ANN, **values)
        return needs_rehash(password_hash)

    monkeypatch.setattr(login_module, "needs_rehash", change_first)
    assert try_log_in(app).status_code == status


def test_surplus_session_that_was_idle_for_longest_ends(make_app: MakeApp) -> None:
    """One login more than there may be sessions ends the one that was not used for longest."""
    app = make_app(sessions_per_user=2)
    add_user(app)
    first, second = log_in(app), log_in(app)
    first.renew()
    third = log_in(app)
    assert (first.is_in(), second.is_in(), third.is_in()) == (True, False, True)


def test_agent_and_address_are_cut_to_fit(app: APIFlask, client: FlaskClient) -> None:
    """However long a client's description of itself is, the login works."""
    add_user(app)
    answer = client.post(
        "/api/auth/login", json={"email": ANN, "password": PASSWORD}, headers={"User-Agent": "x" * 1_000}
    )
    assert answer.status_code == 200


# --- refreshing


def test_refresh_gives_the_next_generation(ann: Person) -> None:
    """A refresh gives new tokens, which open what the old ones opened."""
    answer = ann.renew()
    assert answer.status_code == 200
    assert successor(answer) != ann.refresh
    assert ann.send("GET", "/api/account", answer.get_json()["access_token"]).status_code == 200
    assert ann.renew(successor(answer)).status_code == 200


def test_lost_answer_can_be_asked_for_again(app: APIFlask, ann: Person) -> None:
    """Within the grace a spent token gets the same generation again, while the successor is unused."""
    first, again = ann.renew(), ann.renew()
    assert again.status_code == 200
    with app.app_context():
        assert decode_token(successor(first))["jti"] == decode_token(successor(again))["jti"]
    assert ann.renew(successor(again)).status_code == 200


def test_replay_after_the_successor_was_used_ends_the_session(ann: Person) -> None:
    """A spent token that comes back although its successor was used ends the whole family."""
    head = successor(ann.renew(successor(ann.renew())))
    assert is_refused(ann.renew())
    assert is_refused(ann.renew(head))
    assert not ann.is_in()


def test_late_replay_ends_the_session(app: APIFlask, ann: Person) -> None:
    """A spent token that comes back after the grace ends the family, though its successor is unused."""
    head = successor(ann.renew())
    change_sessions(app, last_used_at=now() - timedelta(seconds=11))
    assert is_refused(ann.renew())
    assert is_refused(ann.renew(head))


def test_replay_ends_no_other_session(app: APIFlask, ann: Person) -> None:
    """The family of another login goes on."""
    other = log_in(app)
    ann.renew(successor(ann.renew()))
    ann.renew()
    assert (ann.is_in(), other.is_in()) == (False, True)


def test_without_grace_every_replay_ends_the_session(make_app: MakeApp) -> None:
    """With a grace of no seconds a spent token is never taken again."""
    app = make_app(reuse_seconds=0)
    add_user(app)
    person = log_in(app)
    person.renew()
    change_sessions(app, last_used_at=now() - timedelta(milliseconds=1))
    assert is_refused(person.renew())


def test_session_ends_however_often_it_is_refreshed(app: APIFlask, ann: Person) -> None:
    """The refresh token of a session never outlives the session, which ends at a fixed time."""
    soon = now() + timedelta(minutes=1)
    change_sessions(app, expires_at=soon)
    token = successor(ann.renew())
    with app.app_context():
        assert decode_token(token)["exp"] <= soon.timestamp() + 1
    change_sessions(app, expires_at=now() - timedelta(seconds=1))
    assert is_refused(ann.renew())
    assert not ann.is_in()


def test_idle_session_ends(app: APIFlask, ann: Person) -> None:
    """A session that was not refreshed for too long is over."""
    change_sessions(app, last_used_at=now() - timedelta(days=15))
    assert is_refused(ann.renew())


def test_session_that_ends_during_a_refresh_gives_nothing(app: APIFlask, ann: Person) -> None:
    """A refresh whose session was ended after the guard let it in is refused."""
    with app.app_context():
        claims = decode_token(ann.refresh)
        change_sessions(app, revoked_at=now())
        assert refresh(claims) is None


# --- showing the password again


def test_shown_password_gives_a_fresh_token(ann: Person) -> None:
    """The answer holds a fresh access token; the one that asked for it ends."""
    answer = ann.post("/api/auth/fresh", password=PASSWORD)
    assert answer.status_code == 200
    assert set(answer.get_json()) == {"access_token", "token_type", "expires_in"}
    assert not ann.is_in()
    ann.access = answer.get_json()["access_token"]
    assert ann.is_in()
    assert ann.renew().status_code == 200


def test_wrong_password_gives_no_fresh_token(ann: Person) -> None:
    """A wrong password is a 403: the token is fine, and stays so."""
    assert code_of(ann.post("/api/auth/fresh", password=OTHER_PASSWORD)) == (403, "wrong-password")
    assert ann.is_in()


def test_refreshed_token_is_not_fresh(ann: Person) -> None:
    """What needs a fresh token is not opened by one that a refresh gave, and says what to do."""
    ann.access = ann.renew().get_json()["access_token"]
    answer = ann.delete("/api/account", password=PASSWORD)
    assert is_refused(answer)
    assert "insufficient_user_authentication" in answer.headers["WWW-Authenticate"]


def test_freshness_wears_off(app: APIFlask, monkeypatch: pytest.MonkeyPatch) -> None:
    """A token is fresh for some minutes only."""
    add_user(app)
    monkeypatch.setattr("shop.accounts.refresh.FRESH_FOR", timedelta(seconds=-1))
    stale = log_in(app)
    assert is_refused(stale.delete("/api/account", password=PASSWORD))
    assert stale.is_in()


# --- logging out


def test_logout_ends_this_session_only(app: APIFlask, ann: Person) -> None:
    """Neither token of the session works after logging out; another session goes on."""
    other = log_in(app)
    assert ann.post("/api/auth/logout").status_code == 204
    assert not ann.is_in()
    assert is_refused(ann.renew())
    assert is_refused(ann.post("/api/auth/logout"))
    assert other.is_in()


def test_logout_takes_no_refresh_token(ann: Person) -> None:
    """A refresh token opens nothing but the refresh."""
    assert is_refused(ann.send("POST", "/api/auth/logout", ann.refresh))
    assert ann.is_in()
