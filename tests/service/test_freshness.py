"""Cached answers over HTTP: a committed change is never followed by a stale read, from no process."""

from __future__ import annotations

import http.client
import json
import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import text

from tests.service.people import Person, database, person
from tests.service.servers.process import wait_until
from tests.service.servers.rig import Rig
from tests.service.servers.service import Service

WRITERS = 2
READERS = 3
PATIENCE = 30.0
"""Seconds that an answer may take."""


def ask(service: Service, path: str) -> tuple[int, Any]:
    """Ask over a connection of its own, so that any worker may answer; return status and document."""
    connection = http.client.HTTPConnection("127.0.0.1", service.port, timeout=PATIENCE)
    try:
        connection.request("GET", path, headers={"Connection": "close"})
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())
    finally:
        connection.close()


class Good:
    """An item in a category of its own, whose price only rises: below one that was confirmed or told, it is stale."""

    def __init__(self, admin: Person, name: str) -> None:
        self.admin = admin
        self.service = admin.service
        self.category = name
        made = admin.send("POST", "/admin/items", json={"name": name, "category": name, "price": 0})
        assert made.status_code == 201, made.text
        self.id: int = made.json()["id"]
        self.confirmed = 0
        self.told = 0

    def raise_price(self) -> None:
        """Raise the price, and confirm that once the service has."""
        price = self.confirmed + 1
        answer = self.admin.send("PATCH", f"/admin/items/{self.id}", json={"price": price})
        assert answer.status_code == 200, answer.text
        self.confirmed = price

    def prices(self) -> Iterator[tuple[str, int, int]]:
        """Yield each place that tells the price, the price it told, and the least that would have been fresh."""
        for path in (
            f"/api/items/{self.id}",
            f"/api/items?category={self.category}",
            f"/api/categories/{self.category}",
        ):
            least = max(self.confirmed, self.told)
            status, document = ask(self.service, path)
            assert status == 200, document
            if "items" in document:
                (document,) = document["items"]
            price = document.get("price", document.get("highest"))
            yield path, price, least
            self.told = max(self.told, price)

    def change_behind(self, price: int) -> None:
        """Change the price in the database, without a word to the service."""
        with database(self.service) as connection:
            connection.execute(text("UPDATE items SET price = :price WHERE id = :id"), {"price": price, "id": self.id})


def write_and_read(service: Service, seconds: float) -> int:
    """Change prices and read them, from several threads; return how many reads there were, all of them fresh."""
    admin = person(service, role="admin")
    goods = [Good(admin, f"{admin.id.hex}-{number}") for number in range(WRITERS)]
    faults: list[str] = []
    reads = 0
    ends = time.monotonic() + seconds

    def look(good: Good) -> None:
        nonlocal reads
        for path, price, least in good.prices():
            reads += 1
            if price < least:
                faults.append(f"{path} told {price} after {least}")

    def work(good: Good, *, writes: bool) -> None:
        try:
            while time.monotonic() < ends and not faults:
                if writes:
                    good.raise_price()
                look(good)
        except Exception as error:  # noqa: BLE001 - it fails the test, wherever it happened
            faults.append(repr(error))

    threads = [threading.Thread(target=work, args=(good,), kwargs={"writes": True}) for good in goods]
    threads += [
        threading.Thread(target=work, args=(good,), kwargs={"writes": False}) for good in goods for _ in range(READERS)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert all(good.confirmed > seconds for good in goods), "changes came through"
    uses_its_cache(goods[0])
    return reads


def uses_its_cache(good: Good) -> None:
    """Fail where the service answers from the database only: then nothing could have been stale."""
    known = [price for _ in range(4) for _, price, _ in good.prices()]
    good.change_behind(good.confirmed + 1)
    assert [price for _ in range(4) for _, price, _ in good.prices()] == known
    good.change_behind(good.confirmed)


@contextmanager
def locked(good: Good) -> Iterator[None]:
    """Keep the item's row locked in the database, so that a change of it does not come through."""
    with database(good.service) as connection:
        connection.execute(text("SELECT id FROM items WHERE id = :id FOR UPDATE"), {"id": good.id})
        yield


def kill_in_a_change(service: Service, good: Good) -> None:
    """Kill the processes that answer while one of them is changing the item."""
    workers = service.worker_pids()

    def change() -> None:
        with service.client(good.admin.access) as client, pytest.raises(OSError, match=r"(?i)connection"):
            client.patch(f"/admin/items/{good.id}", json={"price": good.confirmed + 1})

    thread = threading.Thread(target=change)
    with locked(good):
        thread.start()
        wait_until(lambda: is_waiting(good), "the change waits for the lock")
        for pid in workers:
            os.kill(pid, signal.SIGKILL)
        thread.join()
    wait_until(lambda: not set(workers) & set(service.worker_pids()), "the workers are gone")
    service.wait_complete()


def is_waiting(good: Good) -> bool:
    """Whether somebody waits for a lock in the service's database."""
    with database(good.service) as connection:
        query = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        return bool(connection.execute(text(query)).scalar())


def test_reads_are_fresh(backend: Service) -> None:
    """While prices change and are read, no read tells less than what was confirmed, or told anybody, before it began."""
    assert write_and_read(backend, 3) > 50


@pytest.mark.long
def test_reads_are_fresh_for_long(backend: Service) -> None:
    """The same for two minutes."""
    assert write_and_read(backend, 120) > 2_000


def test_without_redis_reads_are_fresh_and_changes_refused(rig: Rig) -> None:
    """Redis killed: reads come from the database, changes are refused whole; back again: changed, cached and fresh."""
    redis = rig.new_redis()
    service = rig.full(redis=redis, celery=False)
    good = Good(person(service, role="admin"), "killed")
    uses_its_cache(good)
    redis.kill()
    for price in (5, 6, 7):
        good.change_behind(price)
        assert [told for _, told, _ in good.prices()] == [price] * 3
    refused = good.admin.send("PATCH", f"/admin/items/{good.id}", json={"price": 8})
    assert (refused.status_code, refused.json()["type"]) == (503, "cache-unavailable")
    assert int(refused.headers["Retry-After"]) > 0
    assert [told for _, told, _ in good.prices()] == [7] * 3
    status, health = ask(service, "/readyz")
    assert (status, health["status"], health["checks"]["cache"]["state"]) == (200, "degraded", "failed")
    redis.start()
    good.confirmed = 7
    good.raise_price()
    assert [told for _, told, _ in good.prices()] == [8] * 3
    wait_until(lambda: caches_again(good), "every process uses the cache again")
    good.raise_price()
    assert [told for _, told, _ in good.prices()] == [9] * 3


def test_redis_that_hangs_costs_little(rig: Rig) -> None:
    """Redis that takes connections and answers nothing: reads are fresh and fast but for a few, changes are refused."""
    redis = rig.new_redis()
    service = rig.full(redis=redis, celery=False)
    good = Good(person(service, role="admin"), "hanging")
    uses_its_cache(good)
    redis.pause()
    begun = time.monotonic()
    for price in range(10, 20):
        good.change_behind(price)
        assert [told for _, told, _ in good.prices()] == [price] * 3
    assert time.monotonic() - begun < 15, "thirty reads"
    refused = good.admin.send("PATCH", f"/admin/items/{good.id}", json={"price": 30})
    assert (refused.status_code, refused.json()["type"]) == (503, "cache-unavailable")
    assert [told for _, told, _ in good.prices()] == [19] * 3
    redis.resume()
    good.confirmed = 19
    wait_until(lambda: is_changed(good), "the catalogue can be changed", 75)
    assert [told for _, told, _ in good.prices()] == [20] * 3
    wait_until(lambda: caches_again(good), "every process uses the cache again")


def is_changed(good: Good) -> bool:
    """Try to raise the price; return whether the service did."""
    answer = good.admin.send("PATCH", f"/admin/items/{good.id}", json={"price": good.confirmed + 1})
    assert answer.status_code in {200, 503}, answer.text
    good.confirmed += answer.status_code == 200
    return answer.status_code == 200


def caches_again(good: Good) -> bool:
    """Whether no process that answers asks the database any more; leaves the price as it is confirmed."""
    try:
        uses_its_cache(good)
    except AssertionError:
        good.change_behind(good.confirmed)
        return False
    return True


def test_killed_in_a_change(rig: Rig) -> None:
    """When processes are killed in a change, it is undone, and readers ask the database: nobody may know better."""
    service = rig.full(celery=False)
    good = Good(person(service, role="admin"), "killed-in-a-change")
    uses_its_cache(good)
    kill_in_a_change(service, good)
    for price in (0, 5, 6):
        good.change_behind(price)
        assert [told for _, told, _ in good.prices()] == [price] * 3


@pytest.mark.long
def test_killed_in_a_change_heals(rig: Rig) -> None:
    """A minute after processes were killed in a change, the catalogue can be changed again, and is cached."""
    service = rig.full(celery=False)
    good = Good(person(service, role="admin"), "healing")
    kill_in_a_change(service, good)
    refused = good.admin.send("PATCH", f"/admin/items/{good.id}", json={"price": 1})
    assert (refused.status_code, refused.json()["type"]) == (503, "catalog-busy")
    assert [told for _, told, _ in good.prices()] == [0] * 3
    wait_until(lambda: is_changed(good), "the catalogue can be changed", 75)
    assert [told for _, told, _ in good.prices()] == [1] * 3
    uses_its_cache(good)
