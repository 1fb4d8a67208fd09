"""Answers that are kept: by clients, and by the service."""

from __future__ import annotations

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient

from shop.serializer import Values  # with: cache

from tests.goods import add_items
from tests.goods import change_behind  # with: cache

PATHS = ["/api/items", "/api/items/1", "/api/categories/tools"]


@pytest.fixture(autouse=True)
def _goods(app: APIFlask) -> None:
    """Every test has three items."""
    add_items(app, 1, 2, 3)


@pytest.mark.parametrize("path", PATHS)
def test_a_client_that_has_the_answer_gets_304(client: FlaskClient, path: str) -> None:
    """If-None-Match with the ETag of the answer, alone, in a list, weak or as `*`, is answered without a body."""
    first = client.get(path)
    assert first.headers["Cache-Control"] == "public, max-age=0, must-revalidate"
    etag = first.headers["ETag"]
    for sent in (etag, f'"other", {etag}', f"W/{etag}", "*"):
        again = client.get(path, headers={"If-None-Match": sent})
        assert (again.status_code, again.data) == (304, b"")
        assert again.headers["ETag"] == etag
        assert again.headers["Cache-Control"] == first.headers["Cache-Control"]
        assert "Content-Type" not in again.headers


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("sent", ['"other"', "nonsense", "", '""'])
def test_a_client_that_has_another_answer_gets_this_one(client: FlaskClient, path: str, sent: str) -> None:
    """If-None-Match with anything else changes nothing."""
    assert client.get(path, headers={"If-None-Match": sent}).get_json() == client.get(path).get_json()


def test_head_has_the_headers_of_get(client: FlaskClient) -> None:
    """HEAD is answered like GET, without the body."""
    first, head = client.get("/api/items"), client.head("/api/items")
    assert head.data == b""
    assert head.headers["ETag"] == first.headers["ETag"]
    assert head.headers["Content-Length"] == first.headers["Content-Length"]


def test_an_error_is_not_to_be_kept(client: FlaskClient) -> None:
    """A 404 has no ETag, and tells caches not to store it."""
    missing = client.get("/api/items/99")
    assert missing.headers["Cache-Control"] == "no-store"
    assert "ETag" not in missing.headers


# with: cache {
@pytest.mark.parametrize("path", PATHS)
def test_an_answer_comes_from_the_cache(app: APIFlask, client: FlaskClient, path: str) -> None:
    """The second time the database is not asked: a change behind the service's back is not seen."""
    first = client.get(path).get_json()
    change_behind(app, 1, 100)
    assert client.get(path).get_json() == first


def test_queries_are_kept_apart(app: APIFlask, client: FlaskClient) -> None:
    """Another query string is another answer."""
    add_items(app, 9, category="books")
    answers = [client.get(f"/api/items?{query}").data for query in ("limit=1", "limit=2", "category=books", "")]
    assert len(set(answers)) == 4
    assert [client.get(f"/api/items?{query}").data for query in ("limit=1", "limit=2", "category=books", "")] == answers


def test_an_item_is_kept_once_whatever_follows_it(app: APIFlask, client: FlaskClient) -> None:
    """A query string that an item does not look at fills the cache with nothing."""
    first = client.get("/api/items/1").get_json()
    change_behind(app, 1, 100)
    assert client.get("/api/items/1?x=1").get_json() == first


@pytest.mark.parametrize("path", ["/api/items/4", "/api/items?limit=2&cursor=x", "/api/categories/books"])
def test_errors_are_not_kept(app: APIFlask, client: FlaskClient, path: str) -> None:
    """What was refused is looked up anew each time."""
    assert client.get(path).status_code in {404, 422}
    add_items(app, 4, category="books")
    assert client.get(path).status_code == (422 if "cursor" in path else 200)


def test_an_app_keeps_its_own_answers(app: APIFlask, client: FlaskClient) -> None:
    """What one app has in memory, another one does not serve."""
    assert client.get("/api/items/1").status_code == 200
    with app.app_context():
        kept = app.extensions["cache"]
    assert len(kept) == 1


def test_a_shared_cache_holds_json() -> None:
    """What is stored runs nothing when it is read; what is not there is None, without a warning."""
    kept = Values()
    answer = {"body": "{}", "etag": '"x"'}
    assert kept.dumps(answer) == b'{"body": "{}", "etag": "\\"x\\""}'
    assert kept.loads(b'{"body": "{}", "etag": "\\"x\\""}') == answer
    assert kept.loads(None) is None


# with: cache }
