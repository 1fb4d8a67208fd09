"""The account: shown and deleted."""

from __future__ import annotations

import pytest
from apiflask import APIFlask
from sqlalchemy import func
from sqlalchemy import select

from shop.extensions import db
from shop.models import Link
from shop.models import LoginSession
from shop.models import User

from tests.people import BOB
from tests.people import OTHER_PASSWORD
from tests.people import PASSWORD
from tests.people import Person
from tests.people import add_user
from tests.people import code_of
from tests.people import is_refused
from tests.people import link_for
from tests.people import log_in
from tests.people import try_log_in

ACCOUNT = "/api/account"


@pytest.fixture
def ann(app: APIFlask) -> Person:
    """Ann, who has just logged in."""
    add_user(app)
    return log_in(app)


def test_account_is_shown(app: APIFlask, ann: Person) -> None:
    """The account says who it is, and nothing secret."""
    add_user(app, BOB, role="admin")
    shown = ann.get(ACCOUNT).get_json()
    assert set(shown) == {"id", "email", "role", "created_at"}
    assert (shown["email"], shown["role"]) == ("ann@example.com", "user")
    assert log_in(app, BOB).get(ACCOUNT).get_json()["role"] == "admin"


def test_account_is_deleted_with_all_that_hangs_on_it(app: APIFlask, ann: Person) -> None:
    """Neither the account nor its sessions and links are there after it was deleted; others stay."""
    add_user(app, BOB)
    bob = log_in(app, BOB)
    link_for(app, "reset")
    assert ann.delete(ACCOUNT, password=PASSWORD).status_code == 204
    assert is_refused(ann.get(ACCOUNT))
    assert is_refused(ann.renew())
    assert try_log_in(app).status_code == 401
    with app.app_context():
        counts = [db.session.scalar(select(func.count()).select_from(model)) for model in (User, LoginSession, Link)]
    assert counts == [1, 1, 0]
    assert bob.is_in()


def test_deleting_needs_the_password(ann: Person) -> None:
    """A fresh token alone deletes nothing."""
    assert code_of(ann.delete(ACCOUNT, password=OTHER_PASSWORD)) == (403, "wrong-password")
    assert code_of(ann.delete(ACCOUNT, passwort=PASSWORD)) == (422, "invalid-input")
    assert ann.is_in()
