"""Registering and verifying."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from sqlalchemy import Connection
from sqlalchemy import event
from sqlalchemy import func
from sqlalchemy import insert
from sqlalchemy import select
from sqlalchemy import update

from shop.database import now
from shop.database import unit_of_work
from shop.extensions import db
from shop.models import Link
from shop.models import User

from tests.conftest import MakeApp
from tests.people import ANN
from tests.people import OTHER_PASSWORD
from tests.people import PASSWORD
from tests.people import add_user
from tests.people import change_user
from tests.people import code_of
from tests.people import link_for
from tests.people import try_log_in

REGISTER = "/api/auth/register"
VERIFY = "/api/auth/verify"


def test_account_is_of_use_once_verified(app: APIFlask, client: FlaskClient) -> None:
    """A new account logs in after its address has been verified, not before."""
    answer = client.post(REGISTER, json={"email": "Ann@Example.COM", "password": PASSWORD})
    assert answer.status_code == 202
    assert code_of(try_log_in(app)) == (403, "email-not-verified")
    assert client.post(VERIFY, json={"token": link_for(app, "verify")}).status_code == 204
    assert try_log_in(app).status_code == 200


@pytest.mark.parametrize("verified", [True, False])
def test_known_address_is_answered_like_an_unknown_one(app: APIFlask, client: FlaskClient, *, verified: bool) -> None:
    """The answer for an address with an account is byte for byte that for another."""
    add_user(app, verified=verified)
    known = client.post(REGISTER, json={"email": ANN, "password": OTHER_PASSWORD})
    unknown = client.post(REGISTER, json={"email": "new@example.com", "password": OTHER_PASSWORD})
    assert (known.status_code, known.data) == (unknown.status_code, unknown.data) == (202, unknown.data)


def test_verified_account_keeps_its_password(app: APIFlask, client: FlaskClient) -> None:
    """Registering the address of a verified account changes nothing about it."""
    add_user(app)
    client.post(REGISTER, json={"email": ANN, "password": OTHER_PASSWORD})
    assert try_log_in(app).status_code == 200
    assert try_log_in(app, password=OTHER_PASSWORD).status_code == 401


@pytest.mark.parametrize("passwords", [(OTHER_PASSWORD, PASSWORD), (PASSWORD, OTHER_PASSWORD)])
def test_a_stranger_who_registers_too_does_not_know_the_password(
    app: APIFlask, client: FlaskClient, passwords: tuple[str, str]
) -> None:
    """Whoever comes first: the owner verifies an account that no password opens, and resets it."""
    for password in passwords:
        client.post(REGISTER, json={"email": ANN, "password": password})
    client.post(VERIFY, json={"token": link_for(app, "verify")})
    assert try_log_in(app, password=OTHER_PASSWORD).status_code == 401
    assert try_log_in(app).status_code == 401
    assert try_log_in(app, password="the password of nobody").status_code == 401
    answer = client.post("/api/auth/reset/confirm", json={"token": link_for(app, "reset"), "password": PASSWORD})
    assert answer.status_code == 204
    assert try_log_in(app).status_code == 200


def test_the_owner_may_ask_once_more(app: APIFlask, client: FlaskClient) -> None:
    """Registering again with the same password is asking for another mail: the password stays."""
    for _ in range(2):
        client.post(REGISTER, json={"email": ANN, "password": PASSWORD})
    client.post(VERIFY, json={"token": link_for(app, "verify")})
    assert try_log_in(app).status_code == 200


def test_two_who_register_at_once_get_the_same_answer(app: APIFlask, client: FlaskClient) -> None:
    """Who finds the address taken at the last moment is answered like everybody, and there is one account."""

    @event.listens_for(User, "before_insert", once=True)
    def insert_first(_: object, connection: Connection, __: object) -> None:
        connection.execute(insert(User).values(id=uuid4(), email=ANN, password_hash=""))

    assert client.post(REGISTER, json={"email": ANN, "password": PASSWORD}).status_code == 202
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(User)) == 1


@pytest.mark.parametrize("password", ["password1", "PASSWORD", "ann@example.com", "Ann.Example.Com1", "12345678"])
def test_guessable_password_is_refused(client: FlaskClient, password: str) -> None:
    """A password that is common, or made of the address, is refused whatever account there is."""
    assert code_of(client.post(REGISTER, json={"email": ANN, "password": password})) == (409, "weak-password")


@pytest.mark.parametrize("password", ["Ann-password-ann", "kettle KETTLE tea 2026", "the password of a kettle"])
def test_password_is_more_than_words_that_all_can_guess(make_app: MakeApp, password: str) -> None:
    """Guessable words in whatever number and order make no password; next to other words they do no harm."""
    client = make_app(password_words=["kettle", "tea", "password"]).test_client()
    answer = client.post(REGISTER, json={"email": ANN, "password": password})
    assert answer.status_code == (202 if password.startswith("the") else 409)


def test_address_without_letters_allows_numbers(client: FlaskClient) -> None:
    """A name of digits alone does not make every number a bad password."""
    answer = client.post(REGISTER, json={"email": "007@example.com", "password": "83920571640"})
    assert answer.status_code == 202


@pytest.mark.parametrize(
    "body",
    [
        {"email": ANN},
        {"email": ANN, "password": "2short"},
        {"email": ANN, "password": "x" * 257},
        {"email": ANN, "password": 12345678},
        {"email": "ann", "password": PASSWORD},
        {"email": f"{'a' * 250}@example.com", "password": PASSWORD},
        {"email": "ann@example.com\x00", "password": PASSWORD},
        {"email": ANN, "password": PASSWORD, "role": "admin"},
        {"email": ANN, "password": "\ud800" * 8},
    ],
)
def test_malformed_registration_is_refused(client: FlaskClient, body: dict[str, object]) -> None:
    """What is missing, too short, too long, no text, no address or unknown is refused with 422."""
    assert code_of(client.post(REGISTER, json=body)) == (422, "invalid-input")


def test_deep_json_is_refused(client: FlaskClient) -> None:
    """A document nested deeper than Python can follow is malformed, not a fault of the service."""
    assert client.post(REGISTER, data="[" * 60_000, content_type="application/json").status_code == 400


def test_international_domain_is_kept_in_ascii(app: APIFlask, client: FlaskClient) -> None:
    """A domain in another script is stored as it travels in mail."""
    client.post(REGISTER, json={"email": "ann@bücher.example.com", "password": PASSWORD})
    with app.app_context():
        assert db.session.scalars(select(User.email)).all() == ["ann@xn--bcher-kva.example.com"]


def test_link_works_once(app: APIFlask, client: FlaskClient) -> None:
    """A link that was used is as invalid as one that never was."""
    add_user(app, verified=False)
    token = link_for(app, "verify")
    assert client.post(VERIFY, json={"token": token}).status_code == 204
    assert code_of(client.post(VERIFY, json={"token": token})) == (404, "invalid-link")
    assert code_of(client.post(VERIFY, json={"token": "x" * 43})) == (404, "invalid-link")


def test_new_link_replaces_the_older(app: APIFlask, client: FlaskClient) -> None:
    """Of several links for one purpose the last one works."""
    add_user(app, verified=False)
    older, newer = link_for(app, "verify"), link_for(app, "verify")
    assert client.post(VERIFY, json={"token": older}).status_code == 404
    assert client.post(VERIFY, json={"token": newer}).status_code == 204


def test_link_serves_its_purpose_only(app: APIFlask, client: FlaskClient) -> None:
    """A link that verifies does not reset, and the other way round."""
    add_user(app, verified=False)
    verifying, resetting = link_for(app, "verify"), link_for(app, "reset")
    assert client.post(VERIFY, json={"token": resetting}).status_code == 404
    answer = client.post("/api/auth/reset/confirm", json={"token": verifying, "password": OTHER_PASSWORD})
    assert answer.status_code == 404


def test_link_expires(app: APIFlask, client: FlaskClient) -> None:
    """A link works until its time is over."""
    add_user(app, verified=False)
    token = link_for(app, "verify")
    with app.app_context(), unit_of_work(db) as work:
        work.execute(update(Link).values(expires_at=now() - timedelta(seconds=1)))
    assert client.post(VERIFY, json={"token": token}).status_code == 404


def test_token_of_a_link_is_not_stored(app: APIFlask) -> None:
    """Neither the table of links nor anything beside it holds what opens an account."""
    add_user(app)
    token = link_for(app, "reset")
    with app.app_context():
        rows = db.session.execute(select(Link.__table__)).all()
    assert token not in str(rows)


def test_disabled_account_stays_disabled_when_verified(app: APIFlask, client: FlaskClient) -> None:
    """Verifying the address does not open a disabled account."""
    add_user(app, verified=False)
    token = link_for(app, "verify")
    change_user(app, ANN, disabled_at=now())
    assert client.post(VERIFY, json={"token": token}).status_code == 204
    assert try_log_in(app).status_code == 401
