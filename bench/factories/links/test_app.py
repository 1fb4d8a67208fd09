import pytest

from app import Link, app, cache, db, limiter


@pytest.fixture()
def client():
    app.config["TESTING"] = True
    with app.app_context():
        db.drop_all()
        db.create_all()
        cache.clear()
        limiter.reset()
    with app.test_client() as client:
        yield client


def make(client, **data):
    return client.post("/api/links", json={"target": "https://example.com/a", **data})


def test_home_lists_links(client):
    make(client, code="docs")
    page = client.get("/")
    assert b"1 links" in page.data
    assert b'href="/docs"' in page.data


def test_home_is_cached_until_a_link_is_made(client):
    client.get("/")
    with app.app_context():
        db.session.add(Link(code="behind", target="https://example.com"))
        db.session.commit()
    assert b"behind" not in client.get("/").data
    make(client, code="front")
    assert b"behind" in client.get("/").data


def test_follow_counts(client):
    make(client, code="docs")
    answer = client.get("/docs")
    assert answer.status_code == 302
    assert answer.location == "https://example.com/a"
    assert client.get("/api/links").json[0]["visits"] == 1
    assert client.get("/api/stats").json == {"links": 1, "visits": 1}


def test_expired(client):
    make(client, code="old", days=-1)
    assert client.get("/old").status_code == 410


def test_code_is_random_and_url_absolute(client):
    made = make(client).json
    assert len(made["code"]) == 6
    assert made["short"] == f"http://localhost/{made['code']}"


@pytest.mark.parametrize("target", ["", "ftp://x", "javascript:alert(1)"])
def test_bad_target(client, target):
    answer = make(client, target=target)
    assert answer.status_code == 400
    assert "http" in answer.json["error"]


def test_missing(client):
    assert client.get("/nope").data == b"<h1>No such link</h1>"
    assert client.delete("/api/links/nope").json == {"error": "not found"}


def test_delete(client):
    make(client, code="docs")
    assert client.delete("/api/links/docs").status_code == 204
    assert client.get("/docs").status_code == 404


def test_posting_is_limited_but_reading_is_not(client):
    assert [make(client).status_code for _ in range(6)] == [201] * 5 + [429]
    assert client.get("/api/links").status_code == 200
    assert make(client).json["error"] == "slow down"


def test_cors_is_for_the_intranet_and_the_api_only(client):
    origin = {"Origin": "https://intranet.example"}
    assert client.get("/api/links", headers=origin).headers["Access-Control-Allow-Origin"] == "https://intranet.example"
    assert "Access-Control-Allow-Origin" not in client.get("/healthz", headers=origin).headers
    other = client.get("/api/links", headers={"Origin": "https://other.example"})
    assert "Access-Control-Allow-Origin" not in other.headers


def test_config():
    assert app.config["LINKS_CODE_LENGTH"] == 6
    assert not app.json.sort_keys
