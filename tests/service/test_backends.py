"""The service comes up on nothing but Python and on real components, and is of use on both."""

from __future__ import annotations

import secrets

from sqlalchemy.engine import make_url

from tests.service.servers.service import Service

PASSWORD = "a harbour for 17 small boats"  # noqa: S105 - of an account that lives as long as the test


def test_account_is_opened_by_mail(backend: Service) -> None:
    """Register, take the code from the mail, verify, log in, ask for the account."""
    address = f"{secrets.token_hex(8)}@example.com"
    with backend.client() as client:
        assert client.post("/api/auth/register", json={"email": address, "password": PASSWORD}).status_code == 202
        (mail,) = backend.mail(address)
        assert client.post("/api/auth/verify", json={"token": mail.token()}).status_code == 204
        login = client.post("/api/auth/login", json={"email": address, "password": PASSWORD})
        assert login.status_code == 200, login.text
    with backend.client(login.json()["access_token"]) as client:
        account = client.get("/api/account")
    assert (account.status_code, account.json()["email"]) == (200, address)


def test_service_is_ready(backend: Service) -> None:
    """Everything that the service rests on answers."""
    with backend.client() as client:
        answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["status"]) == (200, "ready"), answer.text


def test_embedded_is_one_process_and_a_file(embedded: Service) -> None:
    """The embedded service needs no server."""
    assert len(embedded.worker_pids()) == 1
    assert make_url(embedded.database_url).database == str(embedded.instance / "shop.db")
    assert (embedded.instance / "shop.db").exists()


def test_full_is_what_it_says(full: Service) -> None:
    """The full service is two processes on PostgreSQL and Redis, with a mail server that verifies."""
    assert len(full.worker_pids()) == 2
    assert make_url(full.database_url).drivername == "postgresql+psycopg"
    assert full.env["REDIS_URL"].startswith("redis://")
    assert full.env["MAIL_SECURITY"] == "starttls"
    assert not (full.instance / "shop.db").exists()
