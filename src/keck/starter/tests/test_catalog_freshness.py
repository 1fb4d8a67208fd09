# with: cache
"""Fresh answers: a committed change is never followed by a stale read, whatever happens to the cache."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextvars import Context
from typing import Any
from typing import NoReturn

import pytest
from apiflask import APIFlask
from flask import g
from flask.testing import FlaskClient
from redis.exceptions import ConnectionError as CacheAway
from sqlalchemy.exc import DBAPIError

from shop.catalog import freshness
from shop.catalog import versions
from shop.catalog.freshness import changing_catalog
from shop.catalog.summaries import summary
from shop.database import unit_of_work
from shop.errors import Refusal
from shop.extensions import cache
from shop.extensions import db
from shop.models import Item

from tests.goods import add_items
from tests.goods import admin_of
from tests.goods import change_behind

ITEM = "/api/items/1"


@pytest.fixture(autouse=True)
def _item(app: APIFlask) -> None:
    """Every test has an item that costs 1."""
    add_items(app, 1)


def price(client: FlaskClient) -> int:
    """What the item costs, as a client is told."""
    found: int = client.get(ITEM).get_json()["price"]
    return found


def by_itself(call: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - what it calls
    """Ask as another process does, with nothing of the app context that the change under way has open."""
    return Context().run(call, *args, **kwargs)


def set_price(to: int) -> None:
    """Change the price, inside of whatever was announced."""
    with unit_of_work(db) as work:
        work.get_one(Item, 1).price = to


def version_of(app: APIFlask) -> str:
    """What stands in the place of the version."""
    with app.app_context():
        found: str = cache.get(versions.KEY)
        return found


def replace(monkeypatch: pytest.MonkeyPatch, app: APIFlask, method: str, by: Any) -> None:  # noqa: ANN401
    """Let a method of the cache do something else."""
    with app.app_context():
        monkeypatch.setattr(cache.cache, method, by)


def away(*_: object, **__: object) -> NoReturn:
    """What a Redis that is gone does."""
    raise CacheAway("refused")


def test_every_kind_of_change_is_seen_at_once(app: APIFlask, client: FlaskClient) -> None:
    """After each change by an admin, pages, items and categories show it, though they were cached."""
    admin = admin_of(app)
    everything = ["/api/items", ITEM, "/api/categories/tools"]
    before = [client.get(path).data for path in everything]
    assert admin.send("PATCH", "/admin/items/1", price=7).status_code == 200
    changed = [client.get(path).data for path in everything]
    assert all(old != new for old, new in zip(before, changed, strict=True))
    added = admin.post("/admin/items", name="New", category="tools", price=3)
    assert client.get("/api/items").get_json()["items"][1]["id"] == added.get_json()["id"]
    assert client.get("/api/categories/tools").get_json()["count"] == 2
    assert admin.delete("/admin/items/1").status_code == 204
    assert client.get(ITEM).status_code == 404
    assert client.get("/api/categories/tools").get_json()["count"] == 1


def test_readers_leave_the_cache_alone_while_a_change_is_under_way(app: APIFlask, client: FlaskClient) -> None:
    """Nothing is taken from the cache and nothing put into it, on pages, items and summaries."""
    assert price(client) == 1
    with app.test_request_context("/"), changing_catalog():
        change_behind(app, 1, 2)
        assert by_itself(price, client) == 2
        assert by_itself(client.get, "/api/categories/tools").get_json()["highest"] == 2
        change_behind(app, 1, 3)
        assert by_itself(price, client) == 3
        assert by_itself(client.get, "/api/categories/tools").get_json()["highest"] == 3
    change_behind(app, 1, 4)
    assert price(client) == 4


def test_a_reader_that_began_before_a_change_stores_where_nobody_looks(app: APIFlask, client: FlaskClient) -> None:
    """An answer made of what a change has replaced is never served, though it is stored after the commit."""
    with app.test_request_context(ITEM):
        assert versions.must_bypass() is False
        old = versions.item_key()
        with app.app_context(), changing_catalog():
            set_price(2)
        cache.set(old, {"body": '{"price": 1}', "etag": '"old"'})
    assert price(client) == 2


def test_a_summary_that_was_under_way_is_not_found_again(
    app: APIFlask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A result that is stored around a change is not served, though Flask-Caching makes its own version valid again."""

    def change_first(*args: Any, **options: Any) -> Any:  # noqa: ANN401
        monkeypatch.undo()
        with app.app_context(), changing_catalog():
            set_price(2)
        return cache.set_many(*args, **options)

    with app.test_request_context("/"):
        assert summary("none") is None
        replace(monkeypatch, app, "set_many", change_first)
        stored = summary("tools")
    assert stored == {"category": "tools", "count": 1, "lowest": 1, "highest": 1}
    assert client.get("/api/categories/tools").get_json()["highest"] == 2


def test_a_change_that_fails_is_over(app: APIFlask, client: FlaskClient) -> None:
    """An error inside is raised on, nothing is written, and answers are cached again."""
    assert price(client) == 1
    before = version_of(app)

    def fail() -> None:
        with unit_of_work(db) as work:
            work.get_one(Item, 1).price = 2
            raise RuntimeError("no")

    with app.test_request_context("/"), pytest.raises(RuntimeError), changing_catalog():
        fail()
    assert not version_of(app).startswith(versions.BUSY)
    assert version_of(app) != before
    assert price(client) == 1
    change_behind(app, 1, 5)
    assert price(client) == 1


@pytest.mark.parametrize(("lost", "marked"), [(True, True), (False, False)])
def test_after_a_commit_without_an_answer_the_mark_stays(app: APIFlask, lost: bool, marked: bool) -> None:
    """A connection that breaks during the commit leaves readers with the database; another error does not."""

    def broken() -> None:
        raise DBAPIError("COMMIT", {}, Exception("gone"), connection_invalidated=lost)

    with app.test_request_context("/"), pytest.raises(DBAPIError), changing_catalog():
        broken()
    assert version_of(app).startswith(versions.BUSY) is marked


def test_changes_wait_for_each_other(app: APIFlask) -> None:
    """A second change begins when the first one is over."""
    order = []
    begun = threading.Event()

    def second() -> None:
        begun.set()
        with app.test_request_context("/"), changing_catalog():
            order.append("second")

    thread = threading.Thread(target=second)
    with app.test_request_context("/"), changing_catalog():
        thread.start()
        begun.wait()
        time.sleep(0.1)
        order.append("first")
    thread.join()
    assert order == ["first", "second"]


def test_a_change_does_not_wait_for_ever(app: APIFlask, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the one before takes too long, an admin gets a 503 that says when to try again, and the first goes on."""
    monkeypatch.setattr(freshness, "WAIT_SECONDS", 0.05)
    admin = admin_of(app)
    with app.test_request_context("/"), changing_catalog():
        answer = by_itself(admin.send, "PATCH", "/admin/items/1", price=2)
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "1")
        assert answer.get_json()["type"] == "catalog-busy"
        assert version_of(app).startswith(versions.BUSY)
    assert admin.send("PATCH", "/admin/items/1", price=2).status_code == 200


def test_the_lock_of_a_killed_process_is_broken(app: APIFlask) -> None:
    """A lock that does not expire by itself is taken away when no change could have lasted so long."""
    with app.test_request_context("/"):
        cache.set(freshness.LOCK, f"{versions.BUSY}{time.time() - 61:.0f}:x", timeout=0)
        with changing_catalog():
            set_price(2)


def test_a_lock_that_is_released_meanwhile_is_taken(app: APIFlask, monkeypatch: pytest.MonkeyPatch) -> None:
    """The holder may be done between the two looks at the lock."""
    answers = iter([False, True])
    replace(monkeypatch, app, "add", lambda *_, **__: next(answers))
    with app.test_request_context("/"), changing_catalog():
        assert version_of(app).startswith(versions.BUSY)


@pytest.mark.parametrize("what", ["gone", "old"])
def test_a_change_whose_mark_is_gone_is_not_committed(
    app: APIFlask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    """When readers may not know of a change any more, it is undone."""

    def late() -> None:
        if what == "gone":
            cache.delete(versions.KEY)
        else:
            monkeypatch.setattr(freshness, "CHANGE_SECONDS", -1)
        set_price(2)

    with app.test_request_context("/"), pytest.raises(Refusal, match="took too long"), changing_catalog():
        late()
    assert price(client) == 1


def test_the_mark_of_somebody_else_is_left_alone(app: APIFlask) -> None:
    """A change that was overtaken takes neither the mark nor the lock of the next one away."""
    other = f"{versions.BUSY}{time.time():.0f}:other"
    with app.test_request_context("/"):
        with changing_catalog():
            cache.set(versions.KEY, other)
            cache.set(freshness.LOCK, other)
        assert cache.get_many(versions.KEY, freshness.LOCK) == [other, other]


def test_without_the_cache_readers_ask_the_database(
    app: APIFlask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While the cache is away reads are fresh, and it is not asked by every request; later it is used again."""
    asked = []

    def gone(*_: object) -> NoReturn:
        asked.append(1)
        away()

    replace(monkeypatch, app, "get", gone)
    for fresh in (2, 3, 4):
        change_behind(app, 1, fresh)
        assert price(client) == fresh
        assert client.get("/api/categories/tools").get_json()["highest"] == fresh
    assert len(asked) == 1
    monkeypatch.undo()
    monkeypatch.setattr(versions, "PAUSE_SECONDS", 0.0)
    app.extensions["catalog_cache"].after = 0.0
    assert price(client) == 4
    change_behind(app, 1, 5)
    assert price(client) == 4


def test_a_version_that_somebody_else_has_just_made_is_not_guessed(
    app: APIFlask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A reader that finds no version, and then may not make one, leaves the cache alone."""
    replace(monkeypatch, app, "add", lambda *_, **__: False)
    assert price(client) == 1
    change_behind(app, 1, 2)
    assert price(client) == 2


@pytest.mark.parametrize("method", ["add", "set"])
def test_without_the_cache_the_catalogue_is_not_changed(
    app: APIFlask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    """An admin gets a 503 that says when to try again, and nothing is written."""
    admin = admin_of(app)
    replace(monkeypatch, app, method, away)
    answer = admin.send("PATCH", "/admin/items/1", price=2)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert answer.get_json()["type"] == "cache-unavailable"
    monkeypatch.undo()
    assert price(client) == 1


def test_a_cache_that_goes_away_before_the_commit_undoes_the_change(
    app: APIFlask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The mark is looked at once more before the commit; when that fails, nothing is written."""

    def late() -> None:
        replace(monkeypatch, app, "get", away)
        set_price(2)

    with app.test_request_context("/"), pytest.raises(Refusal, match="cannot be reached"), changing_catalog():
        late()
    monkeypatch.undo()
    assert price(client) == 1


def test_a_cache_that_goes_away_after_the_commit_keeps_the_mark(
    app: APIFlask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was committed is answered as done; readers go on without the cache."""
    admin = admin_of(app)
    assert price(client) == 1
    replace(monkeypatch, app, "get_many", away)
    assert admin.send("PATCH", "/admin/items/1", price=2).status_code == 200
    monkeypatch.undo()
    assert version_of(app).startswith(versions.BUSY)
    assert price(client) == 2
    change_behind(app, 1, 3)
    assert price(client) == 3


def test_a_commit_outside_of_a_change_is_none_of_its_business(app: APIFlask) -> None:
    """Units of work that do not touch the catalogue commit without a mark."""
    with app.app_context():
        assert "catalog_mark" not in g
        set_price(2)
