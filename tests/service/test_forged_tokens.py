"""Forged and dead tokens of every known kind, over HTTP: each is a 401 that says so, on every guarded operation."""

from __future__ import annotations

import http.client
import json
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import requests
from sqlalchemy import delete

from tests.service import tokens
from tests.service.forgeries import Material, forged, material
from tests.service.openapi import Operation, guarded, operations
from tests.service.people import (
    PASSWORD,
    USERS,
    Person,
    change_session,
    change_user,
    database,
    is_refused,
    person,
)
from tests.service.servers.client import Client
from tests.service.servers.service import Service

TYPICAL = (
    "alg 'none'",
    "key blank",
    "key example",
    "own RS256",
    "kid '/dev/null'",
    "jwk",
    "other kind",
    "expired",
    "lacking sid",
)
"""One forgery of each family: what every operation is asked with in the short run."""


@pytest.fixture(scope="module")
def trap() -> Iterator[socket.socket]:
    """A server that waits for somebody to fetch keys from it."""
    with closing(socket.create_server(("127.0.0.1", 0))) as listening:
        listening.settimeout(0.1)
        yield listening


@pytest.fixture(scope="module")
def one(backend: Service) -> Person:
    """Whose tokens are forged: an admin, so that a role keeps nobody out."""
    return person(backend, role="admin")


@pytest.fixture(scope="module")
def access(one: Person, backend: Service, trap: socket.socket) -> Material:
    """What the forger of access tokens has."""
    return material(one, person(backend), f"http://127.0.0.1:{trap.getsockname()[1]}")


@pytest.fixture(scope="module")
def refresh(one: Person, backend: Service, trap: socket.socket) -> Material:
    """What the forger of refresh tokens has."""
    return material(one, person(backend), f"http://127.0.0.1:{trap.getsockname()[1]}", refresh=True)


def ask(client: Client, operation: Operation, headers: dict[str, str | bytes]) -> requests.Response:
    """Ask for an operation with an empty object for a body, which most operations would refuse with 422."""
    body: dict[str, Any] = {"json": {}} if operation.has_body else {}
    return client.request(operation.method, operation.address(), headers=headers, **body)


def answers(backend: Service, asked: Sequence[Operation], named: dict[str, str]) -> dict[str, str]:
    """Return the answers that are no refusal, by operation and token."""
    wrong = {}
    with backend.client() as client:
        for operation in asked:
            for name, token in named.items():
                answer = ask(client, operation, {"Authorization": f"Bearer {token}".encode()})
                if not is_refused(answer):
                    wrong[f"{operation}, {name}"] = f"{answer.status_code} {answer.text[:200]}"
    return wrong


def of_kind(backend: Service, kind: str) -> list[Operation]:
    """Return the operations that ask for an access or for a refresh token."""
    return [operation for operation in guarded(backend) if operation.security == (kind,)]


def test_forging_is_understood(backend: Service, access: Material) -> None:
    """A token signed by hand with the real secret and honest claims is taken: each forgery fails for its name alone."""
    with backend.client(access.signed()) as client:
        assert client.get("/api/account").status_code == 200


def test_document_knows_what_is_guarded(backend: Service) -> None:
    """Whatever is not listed here as public asks for a token, in the document and without one in fact."""
    public = {
        "POST /api/auth/register",
        "POST /api/auth/verify",
        "POST /api/auth/login",
        "POST /api/auth/reset",
        "POST /api/auth/reset/confirm",
        "POST /api/auth/email/confirm",
        "GET /api/items",
        "GET /api/items/{item_id}",
        "GET /api/categories/{name}",
        "GET /livez",
        "GET /readyz",
    }
    assert {str(one) for one in operations(backend) if not one.security} == public
    assert [str(one) for one in guarded(backend) if one.security == ("refresh",)] == ["POST /api/auth/refresh"]
    with backend.client() as client:
        assert [str(one) for one in guarded(backend) if not is_refused(ask(client, one, {}))] == []


def test_forged_access_tokens_are_refused(backend: Service, access: Material) -> None:
    """Every forged access token is a 401 with a challenge and a problem document."""
    named = forged(access)
    assert len(named) > 170
    account = [one for one in guarded(backend) if str(one) == "GET /api/account"]
    assert answers(backend, account, named) == {}


def test_forged_refresh_tokens_are_refused(backend: Service, one: Person, refresh: Material) -> None:
    """Every forged refresh token is a 401, and ends nothing: the honest one still works."""
    assert answers(backend, of_kind(backend, "refresh"), forged(refresh)) == {}
    assert one.is_in()
    assert one.renew().status_code == 200


def test_every_guarded_operation_refuses_typical_forgeries(backend: Service, access: Material) -> None:
    """Every operation that wants an access token refuses one forgery of each family, before it looks at the body."""
    named = {name: token for name, token in forged(access).items() if name in TYPICAL}
    assert len(named) == len(TYPICAL)
    assert answers(backend, of_kind(backend, "access"), named) == {}


@pytest.mark.long
def test_every_guarded_operation_refuses_every_forgery(backend: Service, access: Material) -> None:
    """Every operation that wants an access token refuses every forgery."""
    assert answers(backend, of_kind(backend, "access"), forged(access)) == {}


def test_public_operations_do_not_fall_over_forgeries(backend: Service, access: Material) -> None:
    """What asks for no token answers as without one, whatever token is sent."""
    wrong: dict[str, int] = {}
    named = {name: token for name, token in forged(access).items() if name in TYPICAL}
    with backend.client() as client:
        for operation in operations(backend):
            if not operation.security:
                expected = ask(client, operation, {}).status_code
                assert expected < 500
                for name, token in named.items():
                    status = ask(client, operation, {"Authorization": f"Bearer {token}"}).status_code
                    wrong |= {} if status == expected else {f"{operation}, {name}": status}
    assert wrong == {}


def test_nobody_fetches_keys(backend: Service, access: Material, trap: socket.socket) -> None:
    """No header of a token makes the service ask another server for keys."""
    named = {name: token for name, token in forged(access).items() if name in {"jku", "x5u", "iss with keys"}}
    assert len(named) == 3
    assert answers(backend, guarded(backend)[:1], named) == {}
    with pytest.raises(TimeoutError):
        trap.accept()


def test_duplicate_claims_are_read_as_the_last(backend: Service, access: Material) -> None:
    """Of claims that stand twice under the real signature the last counts (RFC 7519, section 4), for every reader."""
    text = json.dumps(access.claims)
    first = forge_text(access, '{"sub": "7", "type": "refresh", ' + text[1:])
    with backend.client() as client:
        assert client.get("/api/account", headers={"Authorization": f"Bearer {first}"}).status_code == 200


def forge_text(access: Material, text: str) -> str:
    """Sign a JSON text with the real secret."""
    return tokens.forge(text, access.secret)


ODD_HEADERS: dict[str, Callable[[str], list[bytes]]] = {
    "none": lambda _: [],
    "empty": lambda _: [b""],
    "spaces": lambda _: [b"   "],
    "scheme alone": lambda _: [b"Bearer"],
    "scheme and space": lambda _: [b"Bearer "],
    "no scheme": lambda token: [token.encode()],
    "lower case": lambda token: [f"bearer {token}".encode()],
    "upper case": lambda token: [f"BEARER {token}".encode()],
    "colon": lambda token: [f"Bearer: {token}".encode()],
    "equals": lambda token: [f"Bearer={token}".encode()],
    "Basic": lambda _: [b"Basic YW5uOnB3"],
    "Basic with the token": lambda token: [f"Basic {token}".encode()],
    "Basic without base64": lambda _: [b"Basic \xe9\xe9"],
    "Digest": lambda token: [f'Digest username="{token}", realm="x"'.encode()],
    "Token": lambda token: [f"Token {token}".encode()],
    "JWT": lambda token: [f"JWT {token}".encode()],
    "DPoP": lambda token: [f"DPoP {token}".encode()],
    "twice in one": lambda token: [f"Bearer {token} {token}".encode()],
    "Bearer Bearer": lambda token: [f"Bearer Bearer {token}".encode()],
    "list": lambda token: [f"Bearer {token}, Bearer {token}".encode()],
    "list with junk": lambda token: [f"Bearer x, Bearer {token}".encode()],
    "list of commas": lambda token: [f", ,Bearer {token}".encode()],
    "comma at the end": lambda token: [f"Bearer {token},".encode()],
    "two headers": lambda token: [f"Bearer {token}".encode(), f"Bearer {token}".encode()],
    "two headers, the first junk": lambda token: [b"Bearer junk", f"Bearer {token}".encode()],
    "two headers, the last junk": lambda token: [f"Bearer {token}".encode(), b"Bearer junk"],
    "two headers, the first Basic": lambda token: [b"Basic YW5uOnB3", f"Bearer {token}".encode()],
    "Latin-1": lambda _: [b"Bearer \xe9\xff"],
    "Latin-1 in the token": lambda token: [f"Bearer {token}".encode() + b"\xe9"],
    "UTF-8": lambda token: [f"Bearer {token}\N{SNOWMAN}".encode()],
    "Latin-1 scheme": lambda token: [b"\xe9Bearer " + token.encode()],
    "no-break space": lambda token: [b"Bearer\xa0" + token.encode()],
    "fullwidth": lambda token: ["\uff22earer ".encode() + token.encode()],
    "garbage": lambda _: [b"Bearer garbage"],
    "undefined": lambda _: [b"Bearer undefined"],
    "null": lambda _: [b"Bearer null"],
    "100 spaces": lambda _: [b"Bearer " + b" " * 100 + b"x"],
    "10000 dots": lambda _: [b"Bearer " + b"." * 10_000],
}
REFUSED_BY_SERVER: dict[str, Callable[[str], list[bytes]]] = {
    "NUL": lambda token: [f"Bearer {token}".encode() + b"\x00"],
    "control character": lambda token: [f"Bearer {token}".encode() + b"\x01"],
    "500 kB": lambda token: [f"Bearer {token}".encode() + b"A" * 500_000],
    "folded": lambda token: [b"Bearer\r\n " + token.encode()],
}
"""What HTTP itself does not allow, or no server takes: answered by it, before the service sees a request."""


def sent(backend: Service, method: str, path: str, values: list[bytes]) -> tuple[int, dict[str, str], bytes]:
    """Send a request with these Authorization headers as they are and return status, headers and body."""
    lines = [f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nContent-Length: 0".encode()]
    lines += [b"Authorization: " + value for value in values]
    with socket.create_connection(("127.0.0.1", backend.port), timeout=20) as connection:
        try:
            connection.sendall(b"\r\n".join(lines) + b"\r\n\r\n")
            with http.client.HTTPResponse(connection) as answer:
                answer.begin()
                return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
        except (BrokenPipeError, ConnectionResetError):
            return 431, {}, b""  # the server has heard enough


@pytest.mark.parametrize("kind", ODD_HEADERS)
def test_odd_authorization_is_refused(backend: Service, one: Person, kind: str) -> None:
    """Whatever is sent in place of one `Bearer` and one token is a 401, also where the body would be a 415 or 422."""
    for method, path in (("GET", "/api/account"), ("POST", "/api/auth/fresh"), ("DELETE", "/admin/items/1")):
        status, headers, body = sent(backend, method, path, ODD_HEADERS[kind](one.access))
        assert (status, headers["content-type"]) == (401, "application/problem+json"), body
        assert headers["www-authenticate"].startswith("Bearer")
        assert json.loads(body)["status"] == 401


@pytest.mark.parametrize("kind", REFUSED_BY_SERVER)
def test_impossible_authorization_is_refused(backend: Service, one: Person, kind: str) -> None:
    """What HTTP does not allow in a header is refused, by the server with 400 or 431 or by the service with 401."""
    status, _, body = sent(backend, "GET", "/api/account", REFUSED_BY_SERVER[kind](one.access))
    assert status in {400, 401, 431}, body
    assert one.is_in()


def gone(one: Person) -> None:
    """Delete the account behind the service's back, sessions with it."""
    with database(one.service) as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
        connection.execute(delete(USERS).where(USERS.c.id == one.id))


def deleted(one: Person) -> None:
    """Delete one's own account."""
    assert one.send("DELETE", "/api/account", json={"password": PASSWORD}).status_code == 204


def end_session_of_its_own(one: Person) -> None:
    """End the session by its id, from another one."""
    other = one.log_in_again()
    assert other.send("DELETE", f"/api/auth/sessions/{one.session_id}").status_code == 204


def ended_by_admin(one: Person) -> None:
    """Let an admin end the sessions of the account."""
    admin = person(one.service, role="admin")
    assert admin.send("DELETE", f"/admin/users/{one.id}/sessions").status_code == 204


def disabled_by_admin(one: Person) -> None:
    """Let an admin disable the account."""
    admin = person(one.service, role="admin")
    assert admin.send("PATCH", f"/admin/users/{one.id}", json={"disabled": True}).status_code == 200


def new_password(one: Person) -> None:
    """Change the password in another session."""
    other = one.log_in_again()
    change = {"current_password": PASSWORD, "new_password": "another harbour for 9 boats"}
    assert other.send("POST", "/api/auth/password", json=change).status_code == 204


def ended(status: int, method: str, path: str) -> Callable[[Person], None]:
    """Return what ends a session with one request."""

    def end(one: Person) -> None:
        assert one.send(method, path).status_code == status

    return end


def moved(**columns: timedelta) -> Callable[[Person], None]:
    """Return what sets columns of the session to a time before now."""

    def change(one: Person) -> None:
        moment = datetime.now(UTC)
        change_session(one.service, one.session_id, {name: moment - ago for name, ago in columns.items()})

    return change


DEATHS: dict[str, Callable[[Person], None]] = {
    "logged out": ended(204, "POST", "/api/auth/logout"),
    "all ended": ended(204, "DELETE", "/api/auth/sessions"),
    "ended from another session": end_session_of_its_own,
    "ended by admin": ended_by_admin,
    "disabled by admin": disabled_by_admin,
    "disabled": lambda one: change_user(one.service, one.id, {"disabled_at": datetime.now(UTC)}),
    "password changed": new_password,
    "account deleted": deleted,
    "user gone": gone,
    "revoked": moved(revoked_at=timedelta()),
    "revoked in the future": moved(revoked_at=-timedelta(hours=1)),
    "too old": moved(expires_at=timedelta(seconds=1)),
    "idle": moved(last_used_at=timedelta(days=14, seconds=1)),
    "of somebody else": lambda one: change_session(one.service, one.session_id, {"user_id": person(one.service).id}),
}


@pytest.mark.parametrize("death", DEATHS)
def test_dead_session_is_refused_everywhere(backend: Service, death: str) -> None:
    """Both tokens of a session that is over, or of an account that is gone or disabled, open nothing any more."""
    dying = person(backend, role="admin")
    assert dying.is_in()
    DEATHS[death](dying)
    assert answers(backend, of_kind(backend, "access"), {death: dying.access}) == {}
    assert answers(backend, of_kind(backend, "refresh"), {death: dying.refresh}) == {}


def test_fresh_password_ends_older_access_tokens(backend: Service) -> None:
    """Once the password was shown again, access tokens that the session had before open nothing; the refresh token does."""
    asking = person(backend)
    answer = asking.send("POST", "/api/auth/fresh", json={"password": PASSWORD})
    assert answer.status_code == 200
    assert not asking.is_in()
    assert asking.is_in(answer.json()["access_token"])
    assert asking.renew().status_code == 200


def test_stale_token_does_nothing_that_takes_a_fresh_one(backend: Service) -> None:
    """A token that is not fresh, or whose freshness is over, is refused where the password must have been shown."""
    stale = person(backend)
    claims = tokens.claims_of(stale.access)
    now = int(datetime.now(UTC).timestamp())
    secret = backend.env["JWT_SECRET_KEY"]
    for fresh in (False, now - 1, 0):
        token = tokens.forge({**claims, "fresh": fresh}, secret)
        answer = stale.send("DELETE", "/api/account", token, json={"password": PASSWORD})
        assert is_refused(answer), fresh
        assert answer.headers["WWW-Authenticate"] == 'Bearer error="insufficient_user_authentication"'
    assert stale.is_in()


def test_session_of_another_is_not_there(backend: Service) -> None:
    """An honest token does not end somebody else's session, and does not learn that there is one."""
    one, other = person(backend), person(backend)
    unknown = one.send("DELETE", f"/api/auth/sessions/{UUID(int=0)}")
    answer = one.send("DELETE", f"/api/auth/sessions/{other.session_id}")
    assert (answer.status_code, answer.json()["title"]) == (404, unknown.json()["title"])
    assert answer.json()["detail"] == unknown.json()["detail"]
    assert other.is_in()


def test_users_are_no_admins(backend: Service) -> None:
    """An honest token of a user is a 403 on every operation of the admin API, whatever the body."""
    one = person(backend)
    with one.client() as client:
        found = {
            str(operation): ask(client, operation, {}).status_code
            for operation in guarded(backend)
            if operation.path.startswith("/admin")
        }
    assert len(found) >= 6
    assert set(found.values()) == {403}, found


@pytest.mark.parametrize("path", ["/api/auth/fresh", "/api/auth/nothing", "/livez"])
def test_refusal_leaves_the_connection_usable(backend: Service, path: str) -> None:
    """A request that is refused before its body has come does not cost the client its next one."""
    head = f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n"
    with socket.create_connection(("127.0.0.1", backend.port), timeout=20) as connection:
        for _ in range(5):
            connection.sendall(head.encode())
            time.sleep(0.02)
            connection.sendall(b"{}")
            with http.client.HTTPResponse(connection, method="POST") as answer:
                answer.begin()
                assert answer.status in {401, 404, 405}
                assert answer.read()
