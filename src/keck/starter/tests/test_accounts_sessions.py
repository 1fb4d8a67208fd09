"""Sessions: listed and ended."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID
from uuid import uuid4

import pytest
from apiflask import APIFlask
from sqlalchemy import update

from shop.database import now
from shop.database import unit_of_work
from shop.extensions import db
from shop.models import LoginSession

from tests.people import BOB
from tests.people import PASSWORD
from tests.people import Person
from tests.people import add_user
from tests.people import code_of
from tests.people import is_refused
from tests.people import log_in

SESSIONS = "/api/auth/sessions"


@pytest.fixture
def ann(app: APIFlask) -> Person:
    """Ann, who has just logged in."""
    add_user(app)
    return log_in(app)


def id_of(person: Person) -> str:
    """The id of the session that somebody is in."""
    sessions = person.get(SESSIONS).get_json()["sessions"]
    return next(str(session["id"]) for session in sessions if session["current"])


def test_sessions_are_listed(app: APIFlask, ann: Person) -> None:
    """The list holds one's own sessions that are not over, the one used last first, and says which is current."""
    add_user(app, BOB)
    log_in(app, BOB)
    log_in(app).post("/api/auth/logout")
    other = log_in(app)
    sessions = ann.get(SESSIONS).get_json()["sessions"]
    assert [session["id"] for session in sessions] == [id_of(other), id_of(ann)]
    assert [session["current"] for session in sessions] == [False, True]
    fields = {"id", "created_at", "last_used_at", "expires_at", "user_agent", "address", "current"}
    assert set(sessions[0]) == fields
    assert sessions[0]["address"] == "127.0.0.1"
    assert sessions[0]["user_agent"].startswith("Werkzeug")


def test_session_that_ran_out_is_not_listed(app: APIFlask, ann: Person) -> None:
    """What nobody can use any more is not shown."""
    other = id_of(log_in(app))
    with app.app_context(), unit_of_work(db) as work:
        expire = update(LoginSession).where(LoginSession.id == UUID(other))
        work.execute(expire.values(expires_at=now() - timedelta(seconds=1)))
    assert other not in [session["id"] for session in ann.get(SESSIONS).get_json()["sessions"]]


def test_other_session_is_ended(app: APIFlask, ann: Person) -> None:
    """Ending another session ends its tokens, once."""
    other = log_in(app)
    path = f"{SESSIONS}/{id_of(other)}"
    assert ann.delete(path).status_code == 204
    assert not other.is_in()
    assert is_refused(other.renew())
    assert ann.delete(path).status_code == 404
    assert ann.is_in()


def test_current_session_is_ended(ann: Person) -> None:
    """Ending the session one is in is logging out."""
    assert ann.delete(f"{SESSIONS}/{id_of(ann)}").status_code == 204
    assert not ann.is_in()


def test_session_of_somebody_else_does_not_exist(app: APIFlask, ann: Person) -> None:
    """The session of another account is answered like one that never was, and goes on."""
    add_user(app, BOB)
    bob = log_in(app, BOB)
    theirs, nobodys = ann.delete(f"{SESSIONS}/{id_of(bob)}"), ann.delete(f"{SESSIONS}/{uuid4()}")
    assert code_of(theirs) == code_of(nobodys) == (404, "about:blank")
    assert bob.is_in()


def test_all_sessions_are_ended(app: APIFlask, ann: Person) -> None:
    """Ending all sessions ends this one too, but nobody else's."""
    add_user(app, BOB)
    other, bob = log_in(app), log_in(app, BOB)
    assert ann.delete(SESSIONS).status_code == 204
    assert (ann.is_in(), other.is_in(), bob.is_in()) == (False, False, True)
    assert is_refused(other.renew())


def test_ending_sessions_needs_a_fresh_token(app: APIFlask, ann: Person) -> None:
    """A token from a refresh ends no session, until the password is shown again; logging out it does."""
    other = log_in(app)
    ann.access = ann.renew().get_json()["access_token"]
    for path in (SESSIONS, f"{SESSIONS}/{id_of(other)}"):
        assert is_refused(ann.delete(path))
    assert other.is_in()
    other.access = other.renew().get_json()["access_token"]
    assert other.post("/api/auth/logout").status_code == 204
    ann.access = ann.post("/api/auth/fresh", password=PASSWORD).get_json()["access_token"]
    assert ann.delete(SESSIONS).status_code == 204
    assert not ann.is_in()
