"""People for tests: accounts that are there already, and what their clients do."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import field
from typing import Any
from uuid import UUID
from uuid import uuid4

from apiflask import APIFlask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from shop.accounts.links import link_token
from shop.accounts.links import make_link
from shop.accounts.passwords import hash_password
from shop.database import now
from shop.database import unit_of_work
from shop.extensions import db
from shop.models import User

ANN = "ann@example.com"
BOB = "bob@example.com"
PASSWORD = "correct horse battery"
OTHER_PASSWORD = "staple of the other one"


@dataclass
class Person:
    """Somebody who is logged in: a client that sends a token with each request."""

    client: FlaskClient
    access: str = ""
    refresh: str = ""
    headers: dict[str, str] = field(default_factory=dict)

    def send(self, method: str, path: str, token: str | None = None, **json: Any) -> TestResponse:  # noqa: ANN401
        """Send a request with the access token, or with another one; keyword arguments are the body."""
        headers = self.headers | bearer(self.access if token is None else token)
        return self.client.open(path, method=method, headers=headers, json=json or None)

    def get(self, path: str) -> TestResponse:
        """Ask for something."""
        return self.send("GET", path)

    def post(self, path: str, **json: Any) -> TestResponse:  # noqa: ANN401 - any field
        """Post something."""
        return self.send("POST", path, **json)

    def delete(self, path: str, **json: Any) -> TestResponse:  # noqa: ANN401 - any field
        """Delete something."""
        return self.send("DELETE", path, **json)

    def renew(self, token: str | None = None) -> TestResponse:
        """Refresh, with the refresh token at hand or another one."""
        return self.send("POST", "/api/auth/refresh", token or self.refresh)

    def is_in(self) -> bool:
        """Whether the access token still opens something."""
        return self.get("/api/account").status_code == 200


def add_user(app: APIFlask, email: str = ANN, *, verified: bool = True, **values: Any) -> UUID:  # noqa: ANN401
    """Put an account with `PASSWORD` into the database; keyword arguments are columns."""
    user_id = uuid4()
    with app.app_context(), unit_of_work(db) as work:
        columns = {"password_hash": hash_password(PASSWORD), "verified_at": now() if verified else None, **values}
        work.add(User(id=user_id, email=email, **columns))
    return user_id


def change_user(app: APIFlask, email: str, **values: Any) -> None:  # noqa: ANN401 - any column
    """Change columns of an account behind the service's back."""
    with app.app_context(), unit_of_work(db) as work:
        for name, value in values.items():
            setattr(work.scalars(select(User).where(User.email == email)).one(), name, value)


def try_log_in(app: APIFlask, email: str = ANN, password: str = PASSWORD) -> TestResponse:
    """Log in with a new client."""
    return app.test_client().post("/api/auth/login", json={"email": email, "password": password})


def log_in(app: APIFlask, email: str = ANN, password: str = PASSWORD) -> Person:
    """Log in, and be somebody."""
    tokens = try_log_in(app, email, password).get_json()
    return Person(app.test_client(), tokens["access_token"], tokens["refresh_token"])


def link_for(app: APIFlask, purpose: str, email: str = ANN, *, to: str | None = None) -> str:
    """The token of a new link to the account of an address; `to` is where it is sent, if elsewhere."""
    with app.app_context(), unit_of_work(db) as work:
        user = work.scalars(select(User).where(User.email == email)).one()
        link = make_link(work, purpose, to or email, user)
        return link_token(link.id, purpose)


def bearer(token: str) -> dict[str, str]:
    """The headers that send a token."""
    return {"Authorization": f"Bearer {token}"}


def is_refused(response: TestResponse) -> bool:
    """Whether this is a 401 as it should be: a problem document, with a challenge."""
    return (
        response.status_code == 401
        and response.content_type == "application/problem+json"
        and response.headers["WWW-Authenticate"].startswith("Bearer")
    )


def code_of(response: TestResponse) -> tuple[int, str]:
    """The status and the kind of a problem document."""
    return response.status_code, response.get_json(force=True)["type"]
