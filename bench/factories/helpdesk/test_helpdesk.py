import base64

import pytest

from helpdesk import Ticket, app, db, tickets_cli

PHONE = {"Authorization": "Basic " + base64.b64encode(b"phone:3141").decode()}


@pytest.fixture(autouse=True)
def tables():
    with app.app_context():
        db.create_all()
    yield
    with app.app_context():
        db.drop_all()


@pytest.fixture
def client():
    return app.test_client()


@pytest.fixture
def runner():
    return app.test_cli_runner()


def new(client, subject="Printer on fire", **data):
    return client.post("/en/tickets", data={"subject": subject, **data}, follow_redirects=True)


def test_root_follows_the_browser(client):
    assert client.get("/", headers={"Accept-Language": "de"}).location == "/de/tickets"
    assert client.get("/").location == "/en/tickets"


def test_language(client):
    assert "Anfragen (0)" in client.get("/de/tickets").text
    assert "Tickets (0)" in client.get("/en/tickets/").text
    assert client.get("/fr/tickets").status_code == 404


def test_ticket(client):
    page = new(client, text="in room 3", priority=3)
    assert "in room 3" in page.text
    assert "This is yours." in page.text
    assert ">show_ticket</a>" in page.text
    assert "This is yours." not in app.test_client().get("/en/tickets/1").text
    listed = client.get("/de/tickets").text
    assert 'class="urgent"><a href="/de/tickets/1">Printer on fire</a> urgent' in listed
    assert "1 open" in listed


def test_long_subjects_are_shortened(client):
    new(client, "x" * 30)
    assert "x" * 19 + "~" in client.get("/en/tickets").text


def test_subject_is_needed(client):
    assert "A subject, please." in new(client, " ").text


def test_no_such_ticket(client):
    answer = client.get("/en/tickets/9")
    assert (answer.status_code, "no ticket 9" in answer.text) == (404, True)
    assert client.put("/api/tickets/9", headers=PHONE).json == {"error": "no ticket 9"}


def test_http_errors(client):
    assert '<h1 class="error">Method Not Allowed</h1>' in client.put("/").text
    assert "too much text" in client.post("/en/tickets", data={"subject": "x" * 70000}).text


@pytest.mark.parametrize("method", ["GET"])
def test_phone_must_log_in(client, method):
    answer = client.open("/api/tickets", method=method)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == 'Basic realm="phone"'


def test_phone(client):
    new(client)
    assert client.get("/api/tickets", headers=PHONE).json == {"tickets": [{"id": 1, "subject": "Printer on fire"}]}
    assert client.patch("/api/tickets/1", json={"priority": 1}, headers=PHONE).json == {"priority": "low"}
    assert "closed" in client.put("/api/tickets/1", headers=PHONE).json
    assert "Tickets (1)" in client.get("/en/tickets/closed").text
    assert client.delete("/api/tickets/1", headers=PHONE).json == {"deleted": 1}


def test_headers(client):
    headers = client.get("/en/tickets").headers
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Order"] == "first"
    assert headers["Cache-Control"] == "no-store"


def test_cookie(client):
    answer = client.post("/en/tickets", data={"subject": "x"})
    assert answer.headers["Set-Cookie"].startswith("helpdesk=")


def test_commands(runner, tmp_path):
    (tmp_path / "list.txt").write_text("3 Fire\n1 Dust\nnonsense\n")
    result = runner.invoke(args=["tickets", "import", str(tmp_path / "list.txt")])
    assert "2 tickets" in result.output
    assert runner.invoke(args=["tickets", "purge"]).exit_code == 2
    assert runner.invoke(args=["tickets", "purge", "--yes"]).output == "0\n"
    assert runner.invoke(args=["create-db"]).output == "tables are there\n"
    assert set(tickets_cli.commands) == {"import", "purge"}


def test_shell():
    with app.app_context():
        assert app.make_shell_context()["Ticket"] is Ticket
