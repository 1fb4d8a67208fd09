"""Tokens that are none: every one of them is refused with 401 and a challenge, whatever it asks for."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import Any

import pytest
from apiflask import APIFlask
from flask_jwt_extended import decode_token
from flask_jwt_extended import jwt_required
from flask_jwt_extended import verify_jwt_in_request
from sqlalchemy import delete
from sqlalchemy import event
from werkzeug.exceptions import HTTPException

from shop.accounts.guard import requires
from shop.accounts.users import lock_current_user
from shop.database import now
from shop.database import unit_of_work
from shop.extensions import db
from shop.models import User

from tests.conftest import SECRET
from tests.people import ANN
from tests.people import BOB
from tests.people import Person
from tests.people import add_user
from tests.people import bearer
from tests.people import change_user
from tests.people import code_of
from tests.people import is_refused
from tests.people import log_in

PUBLIC_KEY = "-----BEGIN PUBLIC KEY-----\nMFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBAK\n-----END PUBLIC KEY-----\n"


@pytest.fixture
def ann(app: APIFlask) -> Person:
    """Ann, who has just logged in."""
    add_user(app)
    return log_in(app)


def claims_of(app: APIFlask, token: str) -> dict[str, Any]:
    """What a token says."""
    with app.app_context():
        return dict(decode_token(token))


def forge(claims: dict[str, Any], key: str = SECRET, **header: Any) -> str:  # noqa: ANN401 - any JSON
    """Sign claims by hand; keyword arguments replace what the header says."""
    parts = [{"alg": "HS256", "typ": "JWT", **header}, claims]
    signed = ".".join(_base64(json.dumps(part).encode()) for part in parts)
    return f"{signed}.{_base64(hmac.new(key.encode(), signed.encode(), hashlib.sha256).digest())}"


def _base64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def test_forging_is_understood(app: APIFlask, ann: Person) -> None:
    """A token signed by hand with the right key and claims is taken: what follows fails for its reason alone."""
    ann.access = forge(claims_of(app, ann.access))
    assert ann.is_in()


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "Bearer",
        "Bearer ",
        "bearer {token}",
        "Basic YW5uOnB3",
        "Basic {token}",
        "{token}",
        "Bearer {token} {token}",
        "Bearer {token}, Bearer {token}",
        ", ,Bearer {token}",
        "Bearer garbage",
        "Bearer a.b.c",
        "Bearer ...",
        "Bearer {token}x",
        "Bearer {token}=",
        "Bearer \xff\xfe\xe9",
        "Bearer e30.e30.\xe9",
    ],
)
def test_odd_header_is_refused(ann: Person, header: str | None) -> None:
    """Whatever is sent in place of `Bearer` and a token is a 401, also where the body would be a 422."""
    headers = {} if header is None else {"Authorization": header.replace("{token}", ann.access)}
    assert is_refused(ann.client.get("/api/account", headers=headers))
    assert is_refused(ann.client.post("/api/auth/fresh", headers=headers, json={"nonsense": 1}))


@pytest.mark.parametrize(
    ("key", "header"),
    [
        ("", {}),
        ("another secret that is long enough too", {}),
        (PUBLIC_KEY, {}),
        (SECRET, {"alg": "RS256"}),
        (SECRET, {"alg": "HS512"}),
        (SECRET, {"alg": "none"}),
        (SECRET, {"alg": "NoNe"}),
        (SECRET, {"alg": ["HS256"]}),
        (SECRET, {"alg": None}),
        (SECRET, {"kid": 7}),
        (SECRET, {"kid": {"a": 1}}),
        ("", {"kid": "../../../../dev/null"}),
        ("", {"kid": "' UNION SELECT ''"}),
        ("x", {"jwk": {"kty": "oct", "k": "eA"}}),
        ("x", {"jku": "https://example.com/keys"}),
        (SECRET, {"crit": ["exp"]}),
        (SECRET, {"b64": False}),
    ],
)
def test_odd_signature_is_refused(app: APIFlask, ann: Person, key: str, header: dict[str, Any]) -> None:
    """Another key, another algorithm and a header that leads elsewhere are refused."""
    token = forge(claims_of(app, ann.access), key, **header)
    assert is_refused(ann.send("GET", "/api/account", token))


@pytest.mark.parametrize("algorithm", ["none", "None", "NONE"])
def test_unsigned_token_is_refused(app: APIFlask, ann: Person, algorithm: str) -> None:
    """A token that claims to need no signature is refused."""
    unsigned = forge(claims_of(app, ann.access), alg=algorithm).rpartition(".")[0] + "."
    assert is_refused(ann.send("GET", "/api/account", unsigned))


@pytest.mark.parametrize("header", ["[]", "{", "[" * 5_000])
def test_odd_token_header_is_refused(ann: Person, header: str) -> None:
    """A header that is no JSON object is refused."""
    assert is_refused(ann.send("GET", "/api/account", _base64(header.encode()) + ".e30.e30"))


NOBODY = "00000000-0000-4000-8000-000000000000"
PAST = 1_000_000_000
FUTURE = 4_000_000_000
ODD_CLAIMS: list[dict[str, Any]] = [
    {"type": "refresh"},
    {"type": "other"},
    {"aud": "another"},
    {"aud": None},
    {"iss": "another"},
    {"iss": None},
    {"exp": PAST},
    {"exp": "tomorrow"},
    {"nbf": FUTURE},
    {"iat": FUTURE},
    {"sid": None},
    {"sid": 7},
    {"sid": "no id"},
    {"sid": NOBODY},
    {"sub": 7},
    {"sub": None},
    {"sub": "no id"},
    {"sub": NOBODY},
    {"jti": 7},
    {"ep": 1},
    {"ep": None},
    {"ep": "0"},
]


@pytest.mark.parametrize("changes", ODD_CLAIMS, ids=str)
@pytest.mark.parametrize("drop", [False, True])
def test_odd_claims_are_refused(app: APIFlask, ann: Person, changes: dict[str, Any], *, drop: bool) -> None:
    """Even with the right signature a token of another kind, use, time, session or user is refused."""
    claims = claims_of(app, ann.access)
    if drop:
        kept = {name: value for name, value in claims.items() if name not in changes}
        may_lack = changes.keys() <= {"type", "nbf", "iat"}  # the service always sets them
        assert may_lack or is_refused(ann.send("GET", "/api/account", forge(kept)))
    else:
        assert is_refused(ann.send("GET", "/api/account", forge(claims | changes)))


@pytest.mark.parametrize("changes", [{"gen": None}, {"gen": "0"}, {"gen": 7}, {"jti": "7"}, {"type": "access"}])
def test_odd_refresh_token_is_refused(app: APIFlask, ann: Person, changes: dict[str, Any]) -> None:
    """A refresh token needs its generation, its id and its type."""
    assert is_refused(ann.renew(forge(claims_of(app, ann.refresh) | changes)))


def test_access_token_does_not_refresh(ann: Person) -> None:
    """The refresh takes no access token."""
    assert is_refused(ann.renew(ann.access))


def test_session_of_another_user_is_refused(app: APIFlask, ann: Person) -> None:
    """A token's session must be its user's."""
    add_user(app, BOB)
    mixed = claims_of(app, ann.access) | {"sid": claims_of(app, log_in(app, BOB).access)["sid"]}
    assert is_refused(ann.send("GET", "/api/account", forge(mixed)))


def test_disabled_user_is_out_at_once(app: APIFlask, ann: Person) -> None:
    """Neither token of a disabled account works, and both do when it is enabled again."""
    change_user(app, ANN, disabled_at=now())
    assert is_refused(ann.get("/api/account"))
    assert is_refused(ann.renew())
    change_user(app, ANN, disabled_at=None)
    assert ann.is_in()


def test_deleted_user_is_out_at_once(app: APIFlask, ann: Person) -> None:
    """Neither token of a deleted account works."""
    with app.app_context(), unit_of_work(db) as work:
        work.execute(delete(User))
    assert is_refused(ann.get("/api/account"))
    assert is_refused(ann.renew())


def test_user_deleted_during_a_request_is_refused(app: APIFlask, ann: Person) -> None:
    """A change by an account that was deleted after the guard let it in is a 401 too."""
    with app.test_request_context(headers=bearer(ann.access)):
        verify_jwt_in_request()
        with unit_of_work(db) as work:
            work.execute(delete(User))
        with pytest.raises(HTTPException) as refusal, unit_of_work(db) as work:
            lock_current_user(work)
    assert refusal.value.response is not None
    assert refusal.value.response.status_code == 401


def test_view_that_skips_the_sessions_lets_nobody_in(app: APIFlask) -> None:
    """A guard that is told not to look whether the session is over knows no user, and refuses."""
    app.add_url_rule("/careless", view_func=jwt_required(skip_revocation_check=True)(lambda: "secret"))
    add_user(app)
    assert is_refused(log_in(app).get("/careless"))


def test_role_is_asked_for(app: APIFlask) -> None:
    """A view for one role answers users of another with 403, and strangers with 401."""
    app.add_url_rule("/admins", view_func=jwt_required()(requires("admin")(lambda: "secret")))
    add_user(app)
    ann = log_in(app)
    assert code_of(ann.get("/admins")) == (403, "forbidden")
    assert is_refused(app.test_client().get("/admins"))
    change_user(app, ANN, role="admin")
    assert ann.get("/admins").status_code == 200


def test_guard_asks_the_database_once(app: APIFlask, ann: Person) -> None:
    """A request with a token costs one query, user included."""
    statements = []
    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", lambda *args: statements.append(args[2]))
    assert ann.is_in()
    assert len(statements) == 1
