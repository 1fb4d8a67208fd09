# with: mail
"""Another address for an account."""

from __future__ import annotations

import pytest
from apiflask import APIFlask

from tests.people import ANN
from tests.people import BOB
from tests.people import Person
from tests.people import add_user
from tests.people import code_of
from tests.people import is_refused
from tests.people import link_for
from tests.people import log_in
from tests.people import try_log_in

ASK = "/api/account/email"
CONFIRM = "/api/auth/email/confirm"
NEW = "ann@example.org"


@pytest.fixture
def ann(app: APIFlask) -> Person:
    """Ann, who has just logged in."""
    add_user(app)
    return log_in(app)


def test_confirmed_address_replaces_the_old(app: APIFlask, ann: Person) -> None:
    """The account has the new address once its link was followed, and its sessions go on."""
    assert ann.post(ASK, email=NEW).status_code == 202
    assert try_log_in(app, NEW).status_code == 401
    assert ann.client.post(CONFIRM, json={"token": link_for(app, "email", to=NEW)}).status_code == 204
    assert try_log_in(app, ANN).status_code == 401
    assert try_log_in(app, NEW).status_code == 200
    assert ann.get("/api/account").get_json()["email"] == NEW


def test_taken_address_is_answered_like_a_free_one(app: APIFlask, ann: Person) -> None:
    """Who asks does not learn whether the address has an account."""
    add_user(app, BOB)
    taken, free = ann.post(ASK, email=BOB), ann.post(ASK, email=NEW)
    assert (taken.status_code, taken.data) == (free.status_code, free.data) == (202, free.data)


@pytest.mark.parametrize("address", [BOB, NEW])
def test_earlier_links_do_not_tell_whether_an_address_is_taken(app: APIFlask, ann: Person, address: str) -> None:
    """Asking for another address ends the link that was asked for before, whether or not the new one has an account."""
    add_user(app, BOB)
    earlier = link_for(app, "email", to="earlier@example.org")
    ann.post(ASK, email=address)
    assert ann.client.post(CONFIRM, json={"token": earlier}).status_code == 404


def test_address_that_was_taken_since_stays_where_it_is(app: APIFlask, ann: Person) -> None:
    """A link to an address that got an account meanwhile is answered like an invalid one, and changes nothing."""
    token = link_for(app, "email", to=BOB)
    add_user(app, BOB)
    late = ann.client.post(CONFIRM, json={"token": token})
    never = ann.client.post(CONFIRM, json={"token": "x" * 43})
    assert code_of(late) == code_of(never) == (404, "invalid-link")
    assert try_log_in(app, ANN).status_code == 200


def test_link_works_once(app: APIFlask, ann: Person) -> None:
    """A link that has moved an account is invalid."""
    token = link_for(app, "email", to=NEW)
    assert ann.client.post(CONFIRM, json={"token": token}).status_code == 204
    assert ann.client.post(CONFIRM, json={"token": token}).status_code == 404


def test_links_to_the_old_address_open_nothing(app: APIFlask, ann: Person) -> None:
    """Who reads the old mailbox cannot reset the password any more."""
    resetting = link_for(app, "reset")
    ann.client.post(CONFIRM, json={"token": link_for(app, "email", to=NEW)})
    answer = ann.client.post("/api/auth/reset/confirm", json={"token": resetting, "password": "a new password"})
    assert answer.status_code == 404


def test_asking_needs_a_fresh_token(ann: Person) -> None:
    """A token from a refresh does not move an account."""
    ann.access = ann.renew().get_json()["access_token"]
    assert is_refused(ann.post(ASK, email=NEW))
