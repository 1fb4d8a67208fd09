"""New passwords: changed and reset."""

from __future__ import annotations

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient

from shop.database import now

from tests.people import ANN
from tests.people import OTHER_PASSWORD
from tests.people import PASSWORD
from tests.people import Person
from tests.people import add_user
from tests.people import change_user
from tests.people import code_of
from tests.people import is_refused
from tests.people import link_for
from tests.people import log_in
from tests.people import try_log_in

CHANGE = "/api/auth/password"
CONFIRM = "/api/auth/reset/confirm"


@pytest.fixture
def ann(app: APIFlask) -> Person:
    """Ann, who has just logged in."""
    add_user(app)
    return log_in(app)


def test_changed_password_replaces_the_old(app: APIFlask, ann: Person) -> None:
    """After a change the new password logs in and the old one does not."""
    assert ann.post(CHANGE, current_password=PASSWORD, new_password=OTHER_PASSWORD).status_code == 204
    assert try_log_in(app).status_code == 401
    assert try_log_in(app, password=OTHER_PASSWORD).status_code == 200


def test_change_ends_all_other_sessions(app: APIFlask, ann: Person) -> None:
    """Whoever else is logged in has to show the new password; who changed it goes on."""
    other = log_in(app)
    ann.post(CHANGE, current_password=PASSWORD, new_password=OTHER_PASSWORD)
    assert not other.is_in()
    assert is_refused(other.renew())
    assert ann.is_in()
    assert ann.renew().status_code == 200


def test_change_needs_the_current_password(app: APIFlask, ann: Person) -> None:
    """A wrong current password changes nothing."""
    answer = ann.post(CHANGE, current_password=OTHER_PASSWORD, new_password=OTHER_PASSWORD)
    assert code_of(answer) == (403, "wrong-password")
    assert try_log_in(app).status_code == 200


def test_change_takes_no_weak_password(app: APIFlask, ann: Person) -> None:
    """A guessable new password is refused, and the old one stays."""
    answer = ann.post(CHANGE, current_password=PASSWORD, new_password="password123")
    assert code_of(answer) == (409, "weak-password")
    assert try_log_in(app).status_code == 200


def test_stranger_is_refused_before_the_body_is_looked_at(client: FlaskClient) -> None:
    """Without a token the answer is 401, however wrong the body is."""
    assert is_refused(client.post(CHANGE, json={"nonsense": 1}))
    assert is_refused(client.delete("/api/account", json={"nonsense": 1}))


def test_reset_sets_the_password_and_ends_every_session(app: APIFlask, ann: Person) -> None:
    """The link of a mail replaces the password; nobody stays logged in."""
    answer = ann.client.post(CONFIRM, json={"token": link_for(app, "reset"), "password": OTHER_PASSWORD})
    assert answer.status_code == 204
    assert not ann.is_in()
    assert is_refused(ann.renew())
    assert try_log_in(app).status_code == 401
    assert try_log_in(app, password=OTHER_PASSWORD).status_code == 200


def test_reset_verifies_the_address(app: APIFlask, client: FlaskClient) -> None:
    """Who follows a link that was sent to an address owns it."""
    add_user(app, verified=False)
    client.post(CONFIRM, json={"token": link_for(app, "reset"), "password": OTHER_PASSWORD})
    assert try_log_in(app, password=OTHER_PASSWORD).status_code == 200


def test_reset_link_works_once(app: APIFlask, client: FlaskClient) -> None:
    """A link that has reset a password is invalid."""
    add_user(app)
    token = link_for(app, "reset")
    assert client.post(CONFIRM, json={"token": token, "password": OTHER_PASSWORD}).status_code == 204
    answer = client.post(CONFIRM, json={"token": token, "password": PASSWORD})
    assert code_of(answer) == (404, "invalid-link")


def test_weak_password_does_not_use_the_link_up(app: APIFlask, client: FlaskClient) -> None:
    """Who chose a guessable password may choose again with the same link."""
    add_user(app)
    token = link_for(app, "reset")
    assert code_of(client.post(CONFIRM, json={"token": token, "password": "password123"})) == (409, "weak-password")
    assert client.post(CONFIRM, json={"token": token, "password": OTHER_PASSWORD}).status_code == 204


def test_reset_opens_no_disabled_account(app: APIFlask, client: FlaskClient) -> None:
    """A disabled account stays disabled, whatever its password is."""
    add_user(app)
    token = link_for(app, "reset")
    change_user(app, ANN, disabled_at=now())
    client.post(CONFIRM, json={"token": token, "password": OTHER_PASSWORD})
    assert try_log_in(app, password=OTHER_PASSWORD).status_code == 401


def test_new_password_voids_all_links(app: APIFlask, ann: Person) -> None:
    """Links that somebody else may have asked for open nothing once the password has been changed."""
    resetting = link_for(app, "reset")
    moving = link_for(app, "email", to="thief@example.com")  # with: mail
    ann.post(CHANGE, current_password=PASSWORD, new_password=OTHER_PASSWORD)
    assert ann.client.post(CONFIRM, json={"token": resetting, "password": PASSWORD}).status_code == 404
    assert ann.client.post("/api/auth/email/confirm", json={"token": moving}).status_code == 404  # with: mail
