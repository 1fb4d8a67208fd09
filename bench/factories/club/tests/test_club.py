import os
import re

os.environ["CLUB_DB"] = "sqlite:///:memory:"
os.environ["CLUB_ENV"] = "test"

import pytest

from club import Member, app, csrf, db

DAY = "?today=2024-06-01"


@pytest.fixture(autouse=True)
def members():
    with app.app_context():
        db.create_all()
        for name in ("ann", "bea", "old"):
            member = Member(name=name, is_board=name == "bea", left=name == "old")
            member.set_password("pw")
            db.session.add(member)
        db.session.commit()
    yield
    with app.app_context():
        db.drop_all()


@pytest.fixture()
def client():
    return app.test_client()


@pytest.fixture()
def ann(client):
    client.post("/login", data={"name": "ann", "password": "pw"})
    return client


def test_home(client):
    client.get("/")
    page = client.get("/").get_data(as_text=True)
    assert "Visit 2" in page
    assert '<a href="/" class="here">Home</a>' in page
    assert "/files/club.css?v=1" in page
    assert "/courts/clay%201" in page
    assert "/login?next=/" in page


def test_session_is_permanent_for_a_week(client):
    assert "Expires=" in client.get("/").headers["Set-Cookie"]
    assert app.permanent_session_lifetime.days == 7


def test_login(client):
    answer = client.post("/login?next=/mine", data={"name": "ann", "password": "pw"})
    assert answer.location == "/mine"
    assert "Log ann out" in client.get("/mine").text
    client.get("/logout")
    assert "Log in" in client.get("/").text


@pytest.mark.parametrize(("name", "password"), [("ann", "x"), ("nobody", "pw"), ("old", "pw")])
def test_wrong_login(client, name, password):
    assert "Wrong name or password." in client.post("/login", data={"name": name, "password": password}).text


def test_foreign_next(client):
    sent = {"name": "ann", "password": "pw"}
    assert client.post("/login?next=https://evil.example/", data=sent).location == "/"


def test_members_only(client):
    answer = client.get("/mine", follow_redirects=True)
    assert answer.request.path == "/login"
    assert '<p class="warning">Members only.</p>' in answer.text


def test_book(ann):
    assert "free all day" in ann.get("/courts/hall").text
    page = ann.post("/courts/hall/book" + DAY, data={"court": "hall", "hour": "9"}, follow_redirects=True).text
    assert 'Booked. <a href="/mine">' in page
    assert "hall <time>09:00</time> ann" in page
    taken = ann.post("/courts/hall/book" + DAY, data={"court": "hall", "hour": "9"}, follow_redirects=True).text
    assert "hall is taken at 09:00." in taken
    assert "No such court" in ann.post("/courts/x/book", data={"court": "x", "hour": "1"}, follow_redirects=True).text


def test_cancel(ann):
    ann.post("/courts/hall/book" + DAY, data={"court": "hall", "hour": "9"})
    other = app.test_client()
    assert other.post("/mine/1/cancel").status_code == 302
    page = ann.post("/mine/1/cancel", follow_redirects=True).text
    assert "Cancelled." in page
    assert "Book a court" in page


def test_board(ann):
    answer = ann.get("/members")
    assert answer.status_code == 403
    assert "<title>403</title>" in answer.text
    ann.post("/login", data={"name": "bea", "password": "pw"})
    page = ann.get("/members").text
    assert "<li>ann</li><li>bea</li><li>old</li>" in page
    assert 'class="here">Members' in page


def test_no_such_court(client):
    assert client.get("/courts/moon").status_code == 404


def test_csrf(client, monkeypatch):
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)
    assert client.post("/login", data={"name": "ann", "password": "pw"}).status_code == 400
    token = re.search(r'name="csrf_token" type="hidden" value="([^"]+)"', client.get("/login").text)[1]
    sent = {"name": "ann", "password": "pw", "csrf_token": token}
    assert client.post("/login", data=sent).status_code == 302
    assert client.post("/hook", json={"card": "42"}).json == {"open": True}
    assert csrf._exempt_views


def test_static(client):
    with client.get("/files/club.css") as answer:
        assert b"nav" in answer.data
