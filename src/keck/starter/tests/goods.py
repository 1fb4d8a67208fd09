"""Items for tests, and admins to change them."""

from __future__ import annotations

from apiflask import APIFlask

from shop.database import unit_of_work
from shop.extensions import db
from shop.models import Item

from tests.people import Person
from tests.people import add_user
from tests.people import log_in

ADMIN = "admin@example.com"


def add_items(app: APIFlask, *prices: int, category: str = "tools") -> list[int]:
    """Put items of these prices into the database, before anybody reads; returns their ids."""
    with app.app_context(), unit_of_work(db) as work:
        items = [Item(name=f"Item for {price}", category=category, price=price) for price in prices]
        work.add_all(items)
        work.flush()
        return [item.id for item in items]


def change_behind(app: APIFlask, item_id: int, price: int) -> None:
    """Change a price without telling anybody: whoever sees the old one was served from the cache."""
    with app.app_context(), unit_of_work(db) as work:
        item = work.get_one(Item, item_id)
        item.price = price


def admin_of(app: APIFlask) -> Person:
    """An admin who is logged in."""
    add_user(app, ADMIN, role="admin")
    return log_in(app, ADMIN)
