"""The admin API: users and the catalogue, for admins only."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient

from tests.conftest import MakeApp  # with: limiter
from tests.goods import ADMIN
from tests.goods import add_items
from tests.goods import admin_of
from tests.people import ANN
from tests.people import BOB
from tests.people import Person
from tests.people import add_user
from tests.people import code_of
from tests.people import is_refused
from tests.people import log_in
from tests.people import try_log_in

SOMEBODY = UUID(int=7)
ITEM = {"name": "Hammer", "category": "tools", "price": 1_250}
OPERATIONS: list[tuple[str, str, dict[str, Any]]] = [
    ("GET", "/admin/users", {}),
    ("PATCH", f"/admin/users/{SOMEBODY}", {"disabled": True}),
    ("DELETE", f"/admin/users/{SOMEBODY}/sessions", {}),
    ("POST", "/admin/items", ITEM),
    ("PATCH", "/admin/items/1", {"price": 1}),
    ("DELETE", "/admin/items/1", {}),
]


@pytest.fixture
def admin(app: APIFlask) -> Person:
    """An admin who is logged in."""
    return admin_of(app)


# --- who may


@pytest.mark.parametrize(("method", "path", "body"), OPERATIONS)
def test_without_a_token_nothing_is_done(client: FlaskClient, method: str, path: str, body: dict[str, Any]) -> None:
    """A stranger gets a 401, and does not even learn what the body should look like."""
    assert is_refused(client.open(path, method=method, json=body or None))
    assert is_refused(client.open(f"{path}?unknown=1", method=method, json={"unknown": 1}))


@pytest.mark.parametrize(("method", "path", "body"), OPERATIONS)
def test_users_are_no_admins(app: APIFlask, method: str, path: str, body: dict[str, Any]) -> None:
    """Whoever has another role gets a 403."""
    add_user(app, ANN)
    answer = log_in(app, ANN).send(method, path, **body)
    assert code_of(answer) == (403, "forbidden")


@pytest.mark.parametrize(("method", "path", "body"), OPERATIONS)
def test_a_refresh_token_is_no_access_token(admin: Person, method: str, path: str, body: dict[str, Any]) -> None:
    """The token that refreshes opens nothing else."""
    assert is_refused(admin.send(method, path, admin.refresh, **body))


def test_who_is_no_admin_any_more_is_none_at_once(app: APIFlask, admin: Person) -> None:
    """A role that was taken away is gone with the next request."""
    other = add_user(app, BOB, role="admin")
    bob = log_in(app, BOB)
    assert bob.get("/admin/users").status_code == 200
    assert admin.send("PATCH", f"/admin/users/{other}", role="user").status_code == 200
    assert bob.get("/admin/users").status_code == 403


# with: limiter {
def test_admins_are_limited_by_account(make_app: MakeApp) -> None:
    """An account that asks too often gets a 429; another one on the same address does not."""
    app = make_app(limits_enabled=True, limit_account="2 per minute")
    admin = admin_of(app)
    add_user(app, BOB, role="admin")
    bob = log_in(app, BOB)
    assert [admin.get("/admin/users").status_code for _ in range(3)] == [200, 200, 429]
    assert bob.get("/admin/users").status_code == 200


# with: limiter }
# --- users


def test_users_come_in_pages(app: APIFlask, admin: Person) -> None:
    """Every account is on one page, in the order of ids, and the Link header leads on."""
    ids = {str(add_user(app, f"user{number}@example.com")) for number in range(4)}
    answer = admin.get("/admin/users?limit=3")
    seen = answer.get_json()["users"]
    assert answer.headers["Link"] == f'</admin/users?limit=3&cursor={answer.get_json()["next"]}>; rel="next"'
    answer = admin.get(f"/admin/users?limit=3&cursor={answer.get_json()['next']}")
    assert answer.get_json()["next"] is None
    assert "Link" not in answer.headers
    seen += answer.get_json()["users"]
    found = [user["id"] for user in seen]
    assert found == sorted(found)
    assert ids < set(found)
    assert len(found) == 5


def test_a_user_is_shown_without_secrets(app: APIFlask, admin: Person) -> None:
    """An admin sees what an account is, not what opens it."""
    add_user(app, ANN, verified=False)
    (shown,) = admin.get(f"/admin/users?email={ANN.upper()}").get_json()["users"]
    assert set(shown) == {"id", "email", "role", "verified_at", "disabled_at", "created_at"}
    assert (shown["email"], shown["verified_at"], shown["disabled_at"]) == (ANN, None, None)


@pytest.mark.parametrize("query", ["email=nobody@example.com", "email=no-address", "cursor=x", "limit=0", "role=admin"])
def test_odd_lists_of_users(admin: Person, query: str) -> None:
    """An address without an account is an empty page; what the list does not take is a 422."""
    answer = admin.get(f"/admin/users?{query}")
    if "nobody" in query:
        assert answer.get_json() == {"users": [], "next": None}
    else:
        assert answer.status_code == 422


def test_disabling_ends_everything(app: APIFlask, admin: Person) -> None:
    """A disabled account is thrown out, cannot log in, and its old sessions stay over when it is enabled again."""
    user_id = add_user(app, ANN)
    ann = log_in(app, ANN)
    shown = admin.send("PATCH", f"/admin/users/{user_id}", disabled=True).get_json()
    assert shown["disabled_at"] is not None
    assert not ann.is_in()
    assert is_refused(ann.renew())
    assert try_log_in(app, ANN).status_code == 401
    again = admin.send("PATCH", f"/admin/users/{user_id}", disabled=True).get_json()
    assert again["disabled_at"] == shown["disabled_at"]
    assert admin.send("PATCH", f"/admin/users/{user_id}", disabled=False).get_json()["disabled_at"] is None
    assert not ann.is_in()
    assert log_in(app, ANN).is_in()


def test_a_role_is_given(app: APIFlask, admin: Person) -> None:
    """An account that is made an admin is one at once, and stays logged in."""
    user_id = add_user(app, ANN)
    ann = log_in(app, ANN)
    assert admin.send("PATCH", f"/admin/users/{user_id}", role="admin").get_json()["role"] == "admin"
    assert ann.get("/admin/users").status_code == 200


def test_changing_nothing_changes_nothing(app: APIFlask, admin: Person) -> None:
    """A change without fields answers with the account as it is."""
    user_id = add_user(app, ANN)
    ann = log_in(app, ANN)
    answer = admin.client.patch(f"/admin/users/{user_id}", json={}, headers={"Authorization": f"Bearer {admin.access}"})
    assert (answer.status_code, answer.get_json()["role"]) == (200, "user")
    assert ann.is_in()


@pytest.mark.parametrize("change", [{"disabled": True}, {"role": "user"}, {"disabled": False}])
def test_admins_do_not_lock_themselves_out(admin: Person, change: dict[str, Any]) -> None:
    """Nobody disables or demotes the own account."""
    (me,) = admin.get(f"/admin/users?email={ADMIN}").get_json()["users"]
    assert code_of(admin.send("PATCH", f"/admin/users/{me['id']}", **change)) == (409, "own-account")
    assert admin.get("/admin/users").status_code == 200


@pytest.mark.parametrize(
    "change",
    [{"disabled": 1}, {"disabled": None}, {"disabled": "true"}, {"role": "owner"}, {"role": None}, {"email": BOB}],
)
def test_odd_changes_of_users(app: APIFlask, admin: Person, change: dict[str, Any]) -> None:
    """Unknown fields, other types and other roles are a 422."""
    user_id = add_user(app, ANN)
    assert admin.send("PATCH", f"/admin/users/{user_id}", **change).status_code == 422


def test_sessions_are_ended(app: APIFlask, admin: Person) -> None:
    """All sessions of one account are over, and nobody else's."""
    user_id = add_user(app, ANN)
    add_user(app, BOB)
    first, second, bob = log_in(app, ANN), log_in(app, ANN), log_in(app, BOB)
    assert admin.delete(f"/admin/users/{user_id}/sessions").status_code == 204
    assert [person.is_in() for person in (first, second, bob)] == [False, False, True]
    assert log_in(app, ANN).is_in()


@pytest.mark.parametrize("user_id", [str(SOMEBODY), "1", "x" * 36])
def test_no_such_user(admin: Person, user_id: str) -> None:
    """An id that no account has, or none could have, is a 404."""
    assert admin.send("PATCH", f"/admin/users/{user_id}", disabled=True).status_code == 404
    assert admin.delete(f"/admin/users/{user_id}/sessions").status_code == 404


# --- the catalogue


def test_an_item_is_added(client: FlaskClient, admin: Person) -> None:
    """A new item is answered with its place, where everybody finds it."""
    answer = admin.post("/admin/items", **ITEM)
    assert answer.status_code == 201
    assert client.get(answer.headers["Location"]).get_json() == answer.get_json()
    assert answer.get_json().items() >= {**ITEM, "description": ""}.items()


def test_an_item_is_changed(app: APIFlask, client: FlaskClient, admin: Person) -> None:
    """What is named changes, the rest stays."""
    (item_id,) = add_items(app, 5)
    before = client.get(f"/api/items/{item_id}").get_json()
    after = admin.send("PATCH", f"/admin/items/{item_id}", price=6, name="New").get_json()
    assert after == client.get(f"/api/items/{item_id}").get_json()
    assert after == before | {"price": 6, "name": "New", "updated_at": after["updated_at"]}
    assert after["updated_at"] > before["updated_at"]


def test_an_item_is_deleted(app: APIFlask, client: FlaskClient, admin: Person) -> None:
    """A deleted item is gone, and cannot be deleted again."""
    (item_id,) = add_items(app, 5)
    assert admin.delete(f"/admin/items/{item_id}").status_code == 204
    assert client.get(f"/api/items/{item_id}").status_code == 404
    assert admin.delete(f"/admin/items/{item_id}").status_code == 404


@pytest.mark.parametrize(
    "body",
    [
        {},
        {**ITEM, "id": 1},
        {**ITEM, "price": -1},
        {**ITEM, "price": 2_147_483_648},
        {**ITEM, "price": 10**30},
        {**ITEM, "price": 1.5},
        {**ITEM, "price": "1"},
        {**ITEM, "price": True},
        {**ITEM, "price": None},
        {**ITEM, "name": ""},
        {**ITEM, "name": "x" * 121},
        {**ITEM, "name": "a\0b"},
        {**ITEM, "name": "\ud800"},
        {**ITEM, "category": ""},
        {**ITEM, "category": "x" * 41},
        {**ITEM, "description": "x" * 2_001},
        {**ITEM, "description": None},
    ],
)
def test_odd_items(admin: Person, body: dict[str, Any]) -> None:
    """What no column holds, another type, an unknown or a missing field is a 422, for new items and for changes."""
    new = admin.client.post("/admin/items", json=body, headers={"Authorization": f"Bearer {admin.access}"})
    assert new.status_code == 422
    if body:
        assert admin.send("PATCH", "/admin/items/1", **body).status_code == 422


@pytest.mark.parametrize("item_id", ["7", "2147483648", "x"])
def test_no_such_item(admin: Person, item_id: str) -> None:
    """An id that no item has, or none could have, is a 404."""
    assert admin.send("PATCH", f"/admin/items/{item_id}", price=1).status_code == 404
    assert admin.delete(f"/admin/items/{item_id}").status_code == 404


def test_a_whole_number_may_be_written_with_a_point(admin: Person) -> None:
    """`7.0` is the number 7, as in every JSON Schema."""
    new = admin.client.post(
        "/admin/items", json={**ITEM, "price": 7.0}, headers={"Authorization": f"Bearer {admin.access}"}
    )
    assert (new.status_code, new.get_json()["price"]) == (201, 7)
