"""ASVS 5.0, chapter 7, over HTTP: how sessions begin and end. docs/asvs.md has the table."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from tests.service import tokens
from tests.service.decisions import decisions, defaults, stated
from tests.service.openapi import guarded
from tests.service.people import (
    PASSWORD,
    SESSIONS,
    Person,
    change_session,
    database,
    is_refused,
    log_in,
    new_address,
    person,
    row_of,
)
from tests.service.servers.rig import Rig
from tests.service.servers.service import Service

NEW = "another harbour for 9 boats"
STATIC = "a-token-for-metrics-and-nothing-else"
IDLE = timedelta(days=14)
LIFE = timedelta(days=30)
MOMENT = timedelta(seconds=5)
"""More than a test takes to get from one line to the next."""


@pytest.fixture
def one(backend: Service) -> Person:
    """Somebody with a session."""
    return person(backend)


def is_over(one: Person) -> bool:
    """Whether neither token of a session opens anything, whichever process is asked."""
    access = [one.is_in() for _ in range(4)]
    refresh = [is_refused(one.renew()) for _ in range(4)]
    assert len({*access}) == len({*refresh}) == 1
    assert access[0] is not refresh[0]
    return not access[0]


def renewed(one: Person) -> Person:
    """Return the same session after a refresh, whose access token is not fresh."""
    answer = one.renew().json()
    return Person(one.service, one.id, one.email, answer["access_token"], answer["refresh_token"])


def fresh(one: Person) -> Person:
    """Return the same session after its password was shown again."""
    access = one.send("POST", "/api/auth/fresh", json={"password": PASSWORD}).json()["access_token"]
    return Person(one.service, one.id, one.email, access, one.refresh)


def test_v7_1_1_readme_says_how_long_sessions_live(embedded: Service) -> None:
    """The README names idle time and longest life with their defaults, and how they stand to NIST SP 800-63B."""
    known = defaults(embedded)
    lives = {name: stated()[name] for name in ("ACCESS_MINUTES", "IDLE_DAYS", "REFRESH_DAYS")}
    assert {name: str(known[name]) for name in lives} == lives
    assert (lives["IDLE_DAYS"], lives["REFRESH_DAYS"]) == (str(IDLE.days), str(LIFE.days))
    assert "NIST SP 800-63B allows 30 days between logins" in decisions()


def test_v7_1_2_readme_says_how_many_sessions_there_are(embedded: Service) -> None:
    """The README names the number of sessions of an account, and which one ends when there is one more."""
    assert stated()["SESSIONS_PER_USER"] == str(defaults(embedded)["SESSIONS_PER_USER"])
    assert "one more login ends the one that was idle for longest" in decisions()


def test_v7_1_2_one_more_session_ends_the_longest_idle(embedded: Service) -> None:
    """With the documented number of sessions one more login ends the one that was idle for longest, and no other."""
    number = int(stated()["SESSIONS_PER_USER"])
    first = person(embedded)
    others = [first.log_in_again() for _ in range(number - 1)]
    first = renewed(first)
    others.append(first.log_in_again())
    assert [one.is_in() for one in (first, *others)] == [True, False, *[True] * (number - 1)]


def test_v7_2_1_sessions_are_verified_by_the_service(backend: Service, one: Person) -> None:
    """A token that is valid in itself opens nothing once its row is gone; and nothing guarded opens without one."""
    assert one.is_in()
    with database(backend) as connection:
        connection.execute(SESSIONS.delete().where(SESSIONS.c.id == one.session_id))
    assert is_over(one)
    with backend.client() as client:
        asked = [client.request(operation.method, operation.address()) for operation in guarded(backend)]
    assert all(is_refused(answer) for answer in asked)


def test_v7_2_2_tokens_are_made_for_each_session(rig: Rig) -> None:
    """Every login and every refresh gives tokens that never were; the one static secret opens no session."""
    service = rig.embedded(METRICS_TOKEN=STATIC)
    one = person(service)
    logins = [one, *[one.log_in_again() for _ in range(4)]]
    logins += [renewed(login) for login in logins]
    assert len({token for login in logins for token in (login.access, login.refresh)}) == 20
    with service.client(STATIC) as client:
        assert client.get("/metrics").status_code == 200
        refused = [client.request(operation.method, operation.address()) for operation in guarded(service)]
    assert all(is_refused(answer) for answer in refused)


def test_v7_2_4_logging_in_makes_another_session(one: Person) -> None:
    """A login begins a session of its own: it takes over nothing from one that is there, and leaves that one alone."""
    body = {"email": one.email, "password": PASSWORD}
    answer = one.send("POST", "/api/auth/login", json=body).json()
    mine, theirs = (tokens.claims_of(token) for token in (one.access, answer["access_token"]))
    assert not {mine["sid"], mine["jti"]} & {theirs["sid"], theirs["jti"]}
    assert one.is_in()


def test_v7_2_4_showing_the_password_replaces_the_token(one: Person) -> None:
    """Showing the password again gives another access token, and ends the one it was asked with and any older one."""
    second = renewed(one)
    third = fresh(second)
    assert [of.is_in() for of in (one, second, third)] == [False, False, True]
    assert third.renew().status_code == 200


@pytest.mark.parametrize(("ago", "over"), [(IDLE - MOMENT, False), (IDLE + MOMENT, True)])
def test_v7_3_1_idle_sessions_end(backend: Service, one: Person, ago: timedelta, *, over: bool) -> None:
    """A session that was not refreshed for the documented time is over; until then a refresh begins the time anew."""
    change_session(backend, one.session_id, {"last_used_at": datetime.now(UTC) - ago})
    if over:
        assert is_over(one)
    else:
        later = renewed(one)
        assert row_of(backend, one.session_id)["last_used_at"].replace(tzinfo=UTC) > datetime.now(UTC) - MOMENT
        assert later.is_in()


def test_v7_3_2_sessions_end_however_much_they_are_used(backend: Service, one: Person) -> None:
    """A session ends the documented time after its login; no refresh puts that off, and no token outlives it."""
    end = row_of(backend, one.session_id)["expires_at"]
    assert abs(end.replace(tzinfo=UTC) - datetime.now(UTC) - LIFE) < MOMENT
    later = renewed(renewed(one))
    assert row_of(backend, one.session_id)["expires_at"] == end
    assert tokens.claims_of(later.refresh)["exp"] <= end.replace(tzinfo=UTC).timestamp()
    change_session(backend, one.session_id, {"expires_at": datetime.now(UTC) - timedelta(seconds=1)})
    assert is_over(later)


def test_v7_4_1_logged_out_is_over(one: Person) -> None:
    """After logging out, neither token of the session works, nor one that came of it before; other sessions go on."""
    other, later = one.log_in_again(), renewed(one)
    assert later.send("POST", "/api/auth/logout").status_code == 204
    assert is_over(later)
    assert is_over(one)
    assert other.is_in()


def test_v7_4_2_disabled_and_deleted_accounts_have_no_sessions(backend: Service, one: Person) -> None:
    """Disabling an account ends all its sessions, also for when it is enabled again; so does deleting it."""
    admin, both = person(backend, role="admin"), [one, one.log_in_again()]
    for disabled in (True, False):
        answer = admin.send("PATCH", f"/admin/users/{one.id}", json={"disabled": disabled})
        assert answer.status_code == 200
        assert all(is_over(session) for session in both)
    both = [one.log_in_again(), one.log_in_again()]
    assert both[0].send("DELETE", "/api/account", json={"password": PASSWORD}).status_code == 204
    assert all(is_over(session) for session in both)


def test_v7_4_3_new_password_ends_other_sessions(backend: Service, one: Person) -> None:
    """Changing the password ends all other sessions of the account; resetting it by mail ends all."""
    others = [one.log_in_again(), one.log_in_again()]
    body = {"current_password": PASSWORD, "new_password": NEW}
    assert one.send("POST", "/api/auth/password", json=body).status_code == 204
    assert [is_over(session) for session in others] == [True, True]
    assert one.is_in()
    with backend.client() as client:
        assert client.post("/api/auth/reset", json={"email": one.email}).status_code == 202
        body = {"token": backend.mail(one.email, 2)[-1].token(), "password": PASSWORD}
        assert client.post("/api/auth/reset/confirm", json=body).status_code == 204
    assert is_over(one)


def test_v7_4_5_admins_end_sessions(backend: Service, one: Person) -> None:
    """An admin ends all sessions of an account, which then logs in again; who is no admin does not."""
    other, both = person(backend), [one, one.log_in_again()]
    path = f"/admin/users/{one.id}/sessions"
    assert other.send("DELETE", path).status_code == 403
    assert one.is_in()
    assert person(backend, role="admin").send("DELETE", path).status_code == 204
    assert all(is_over(session) for session in both)
    assert (other.is_in(), one.log_in_again().is_in()) == (True, True)


def test_v7_5_1_address_and_password_change_after_the_password(backend: Service, one: Person) -> None:
    """A session that has only been refreshed moves no account and sets no password until the password is shown."""
    later, moved = renewed(one), new_address()
    assert is_refused(later.send("POST", "/api/account/email", json={"email": moved}))
    body = {"current_password": NEW, "new_password": NEW}
    assert later.send("POST", "/api/auth/password", json=body).status_code == 403
    claims = tokens.claims_of(one.access)
    assert 0 < claims["fresh"] - claims["iat"] <= 301
    assert fresh(later).send("POST", "/api/account/email", json={"email": moved}).status_code == 202
    assert log_in(backend, one.email).is_in()


def test_v7_5_2_users_see_and_end_their_sessions(one: Person) -> None:
    """The list shows all live sessions and which is current; ending one or all takes the password again."""
    others = [one.log_in_again(), one.log_in_again()]
    later, path = renewed(one), "/api/auth/sessions"
    listed = {entry["id"]: entry["current"] for entry in later.send("GET", path).json()["sessions"]}
    assert listed == {str(of.session_id): of is one for of in (one, *others)}
    for ending in (path, f"{path}/{others[0].session_id}"):
        assert is_refused(later.send("DELETE", ending))
    again = fresh(later)
    assert again.send("DELETE", f"{path}/{others[0].session_id}").status_code == 204
    assert [is_over(of) for of in (others[0], again)] == [True, False]
    assert again.send("DELETE", path).status_code == 204
    assert [is_over(of) for of in (others[1], again)] == [True, True]


def test_v7_6_2_only_a_login_begins_a_session(backend: Service) -> None:
    """Registering, verifying, resetting and moving begin no session and answer with no token, in body or cookie."""
    email = new_address()
    with backend.client() as client:
        answers = [client.post("/api/auth/register", json={"email": email, "password": PASSWORD})]
        answers += [client.post("/api/auth/verify", json={"token": backend.mail(email)[0].token()})]
        answers += [client.post("/api/auth/reset", json={"email": email})]
        body = {"token": backend.mail(email, 2)[1].token(), "password": NEW}
        answers += [client.post("/api/auth/reset/confirm", json=body)]
    assert [answer.status_code for answer in answers] == [202, 204, 202, 204]
    assert not any("eyJ" in answer.text or "Set-Cookie" in answer.headers for answer in answers)
    one = log_in(backend, email, NEW)
    with database(backend) as connection:
        counting = select(func.count()).select_from(SESSIONS).where(SESSIONS.c.user_id == one.id)
        assert connection.scalar(counting) == 1
