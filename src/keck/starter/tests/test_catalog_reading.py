"""Reading the catalogue: pages, items, categories, and what is refused."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from werkzeug.http import parse_options_header

from tests.goods import add_items


def ids(page: dict[str, Any]) -> list[int]:
    """The ids of the items of a page."""
    return [item["id"] for item in page["items"]]


def cursor(text: str) -> str:
    """A cursor that holds what no list has given."""
    return base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()


def test_an_empty_catalogue_is_an_empty_page(client: FlaskClient) -> None:
    """Without items there is a page without items, and no next one."""
    answer = client.get("/api/items")
    assert answer.json == {"items": [], "next": None}
    assert "Link" not in answer.headers


def test_pages_come_in_the_order_of_ids_and_hold_twenty(app: APIFlask, client: FlaskClient) -> None:
    """A page holds 20 items unless asked otherwise, the lowest ids first."""
    made = add_items(app, *range(30))
    assert ids(client.get("/api/items").get_json()) == made[:20]
    assert ids(client.get("/api/items?limit=3").get_json()) == made[:3]


def test_a_hundred_is_the_most(app: APIFlask, client: FlaskClient) -> None:
    """A page of 100 can be asked for, one of 101 is refused."""
    made = add_items(app, *range(101))
    assert ids(client.get("/api/items?limit=100").get_json()) == made[:100]
    assert client.get("/api/items?limit=101").status_code == 422


def test_following_next_shows_every_item_once(app: APIFlask, client: FlaskClient) -> None:
    """The cursors lead through the whole list; items that are added meanwhile come last."""
    made = add_items(app, *range(5))
    page = client.get("/api/items?limit=2").get_json()
    seen = ids(page)
    made += add_items(app, 99)
    while page["next"] is not None:
        page = client.get(f"/api/items?limit=2&cursor={page['next']}").get_json()
        seen += ids(page)
    assert seen == made


def test_the_link_header_leads_to_the_next_page(app: APIFlask, client: FlaskClient) -> None:
    """Link keeps what was asked for, and does not repeat the Host header."""
    made = add_items(app, *range(5), category="a&b")
    answer = client.get("/api/items?limit=2&category=a%26b", headers={"Host": "evil.example"})
    target, options = parse_options_header(answer.headers["Link"])
    assert options == {"rel": "next"}
    assert target.startswith("</api/items?")
    assert ids(client.get(target.strip("<>")).get_json()) == made[2:4]


def test_the_last_page_has_no_link(app: APIFlask, client: FlaskClient) -> None:
    """A page that ends with the last item leads nowhere."""
    add_items(app, 1, 2)
    answer = client.get("/api/items?limit=2")
    assert answer.get_json()["next"] is None
    assert "Link" not in answer.headers


def test_items_of_one_category(app: APIFlask, client: FlaskClient) -> None:
    """`category` leaves out all others; one that does not exist has no items."""
    add_items(app, 1, 2)
    books = add_items(app, 3, 4, category="books")
    assert ids(client.get("/api/items?category=books").get_json()) == books
    assert ids(client.get("/api/items?category=none").get_json()) == []


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=-1",
        "limit=1.0",
        "limit=%2B1",
        "limit=1_0",
        "limit=",
        "limit=99999999999999999999",
        "limit=two",
        "cursor=",
        "cursor=x",
        "cursor=" + "A" * 65,
        "cursor=%00",
        "cursor=é",
        "cursor=" + cursor("after:x"),
        "cursor=" + cursor("after:-1"),
        "cursor=" + cursor("after:007"),
        "cursor=" + cursor("7"),
        "cursor=" + cursor("after:2147483648"),
        "category=",
        "category=" + "x" * 41,
        "category=a%00b",
        "unknown=1",
        "limit=1&limit=2",
    ],
)
def test_odd_queries_are_refused(client: FlaskClient, query: str) -> None:
    """What is malformed, out of bounds, unknown or there twice is a 422."""
    answer = client.get(f"/api/items?{query}")
    assert answer.status_code == 422
    assert answer.content_type == "application/problem+json"


def test_a_cursor_may_point_behind_the_end(app: APIFlask, client: FlaskClient) -> None:
    """A cursor stays good when the items after it are gone."""
    add_items(app, 1)
    assert client.get(f"/api/items?cursor={cursor('after:2147483647')}").get_json() == {"items": [], "next": None}


def test_an_item(app: APIFlask, client: FlaskClient) -> None:
    """An item is shown with all that the public may know, its time with a zone."""
    (item_id,) = add_items(app, 250)
    answer = client.get(f"/api/items/{item_id}")
    shown = answer.get_json()
    assert shown.pop("updated_at").endswith("Z")
    assert shown == {"id": item_id, "name": "Item for 250", "description": "", "category": "tools", "price": 250}


@pytest.mark.parametrize("item_id", ["1", "0", "-1", "x", "2147483648", "9" * 30, "9" * 5_000, "1%00"])
def test_no_such_item(client: FlaskClient, item_id: str) -> None:
    """An id that no item has, or none could have, is a 404."""
    answer = client.get(f"/api/items/{item_id}")
    assert answer.status_code == 404
    assert answer.content_type == "application/problem+json"


def test_a_category_is_summed_up(app: APIFlask, client: FlaskClient) -> None:
    """A category is shown with its count, its lowest and its highest price."""
    add_items(app, 5, 1, 3)
    add_items(app, 9, category="books")
    assert client.get("/api/categories/tools").get_json() == {
        "category": "tools",
        "count": 3,
        "lowest": 1,
        "highest": 5,
    }


@pytest.mark.parametrize("name", ["none", "a%00b", "x" * 500, "%F0%9F%98%80"])
def test_no_such_category(client: FlaskClient, name: str) -> None:
    """A category without items is a 404, whatever its name."""
    assert client.get(f"/api/categories/{name}").status_code == 404
