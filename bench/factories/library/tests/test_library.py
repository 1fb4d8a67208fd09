from datetime import date, timedelta

from main import app, db
from models import Loan


def test_shelf(client):
    page = client.get("/", follow_redirects=True).text
    assert page.index("Ulysses</a> (JJ)") < page.index("Emma</a> (JA)")
    assert "/reports/authors.csv" in page


def test_book(client):
    assert client.get("/books/1").json == {"isbn": "1", "title": "Emma", "author": "Jane Austen", "free": 1}
    assert client.get("/books/9").json == {"error": "no book 9"}


def test_put(client):
    book = {"title": "Emma", "author": "J. Austen"}
    assert client.put("/books/3", json=book).status_code == 404
    assert client.put("/books/3", json=book, headers={"X-Key": app.config["SECRET_KEY"]}).status_code == 204
    assert client.get("/books/3").json["author"] == "J. Austen"


def test_loans_need_a_member(client):
    assert client.get("/loans").status_code == 401
    assert client.post("/loans/1").status_code == 401


def test_borrow_and_give_back(client, reader):
    assert client.get("/books/1").json["free"] == 1
    assert client.post("/loans/1", headers=reader).status_code == 201
    assert client.get("/books/1").json["free"] == 0
    due = (date.today() + timedelta(days=28)).isoformat()
    assert client.get("/loans", headers=reader).json == [{"isbn": "1", "due": due}]
    assert client.post("/loans/1", headers=reader).json == {"error": "all are lent"}
    assert client.delete("/loans/1", headers=reader).status_code == 204
    assert client.delete("/loans/1", headers=reader).json == {"error": "you have no 1"}


def test_token(client, reader):
    assert client.post("/members/token", data={"card": "c1", "pin": "2"}).status_code == 401
    assert client.get("/members/me", headers=reader).json == {"id": 1}


def test_members_are_limited(client):
    codes = [client.post("/members/token", data={"card": "x", "pin": "x"}).status_code for _ in range(11)]
    assert codes == [401] * 10 + [429]
    assert client.get("/books/").status_code == 200


def test_cors_is_for_books(client):
    origin = {"Origin": "https://reader.example"}
    assert "Access-Control-Allow-Origin" in client.get("/books/1", headers=origin).headers
    assert "Access-Control-Allow-Origin" not in client.get("/members/me", headers=origin).headers


def test_report(client, reader):
    client.post("/loans/2", headers=reader)
    assert client.get("/reports/authors.csv").text.split() == ["author,loans", "James", "Joyce,1", "Jane", "Austen,0"]


def test_overdue(client, reader):
    client.post("/loans/2", headers=reader)
    with app.app_context():
        Loan.query.one().due = date(2020, 1, 1)
        db.session.commit()
    assert app.test_cli_runner().invoke(args=["reports", "overdue"]).output == "c1 Ulysses\n"


def test_map_and_paths(client):
    assert {"books.shelf", "loans.mine", "members.me", "reports.authors", "index"} <= set(client.get("/map").json)
    assert client.get("/" + "x" * 300).json == {"error": "too long"}


def test_remind(client):
    import tools

    assert tools.remind(8) == 20
