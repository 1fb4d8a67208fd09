"""The commands of the operator."""

from __future__ import annotations

from datetime import timedelta

import pytest
from apiflask import APIFlask
from click.testing import Result
from sqlalchemy import func
from sqlalchemy import select
from sqlalchemy import update

from shop.database import now
from shop.database import unit_of_work
from shop.extensions import db
from shop.models import Link
from shop.models import LoginSession
from shop.models import User

from tests.people import ANN
from tests.people import OTHER_PASSWORD
from tests.people import PASSWORD
from tests.people import add_user
from tests.people import code_of
from tests.people import link_for
from tests.people import log_in
from tests.people import try_log_in


def run(app: APIFlask, *args: str, answers: str = "") -> Result:
    """Run `flask user ...`."""
    return app.test_cli_runner().invoke(args=["user", *args], input=answers)


def test_a_command_without_its_tables_says_what_to_do(app: APIFlask) -> None:
    """Before the migrations ran, or without a database, a command ends with one line."""
    with app.app_context(), db.engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE links")
    result = run(app, "purge")
    assert result.exit_code == 1
    assert "flask --app wsgi db upgrade" in result.output
    assert "Traceback" not in result.output


def test_first_admin_is_made_by_prompts(app: APIFlask) -> None:
    """`create-admin` asks for address and password, twice, and the account can log in at once."""
    result = run(app, "create-admin", answers=f"Ann@Example.com\n{PASSWORD}\n{PASSWORD}\n")
    assert result.exit_code == 0, result.output
    assert PASSWORD not in result.output
    assert log_in(app).get("/api/account").get_json()["role"] == "admin"


def test_there_is_no_default_password(app: APIFlask) -> None:
    """Without an answer there is no account."""
    assert run(app, "create-admin", "--email", ANN, answers="\n\n").exit_code != 0
    assert try_log_in(app).status_code == 401


@pytest.mark.parametrize(
    ("email", "password", "reason"),
    [
        ("ann", PASSWORD, "@-sign"),
        (ANN, "short", "8 to 256"),
        (ANN, "x" * 257, "8 to 256"),
        (ANN, "password123", "common"),
        ("bob@example.com", PASSWORD, "has an account already"),
    ],
)
def test_unfit_admin_is_refused_in_a_sentence(app: APIFlask, email: str, password: str, reason: str) -> None:
    """No address, a weak password and a known address are refused, without a traceback."""
    add_user(app, "bob@example.com")
    result = run(app, "create-admin", "--email", email, answers=f"{password}\n{password}\n")
    assert result.exit_code != 0
    assert reason in result.output
    assert "Traceback" not in result.output


def test_printed_link_verifies(app: APIFlask) -> None:
    """Without mail the operator hands the link on."""
    add_user(app, verified=False)
    token = run(app, "link", ANN, "--purpose", "verify").output.strip()
    assert code_of(try_log_in(app)) == (403, "email-not-verified")
    assert app.test_client().post("/api/auth/verify", json={"token": token}).status_code == 204
    assert try_log_in(app).status_code == 200


def test_printed_link_resets(app: APIFlask) -> None:
    """A reset link sets a new password."""
    add_user(app)
    body = {"token": run(app, "link", ANN, "--purpose", "reset").output.strip(), "password": OTHER_PASSWORD}
    assert app.test_client().post("/api/auth/reset/confirm", json=body).status_code == 204
    assert try_log_in(app, password=OTHER_PASSWORD).status_code == 200


@pytest.mark.parametrize(
    "args", [("link", ANN, "--purpose", "verify"), ("link", ANN), ("link", "ann", "--purpose", "x")]
)
def test_unfit_link_is_refused_in_a_sentence(app: APIFlask, args: tuple[str, ...]) -> None:
    """Without an account, a purpose or an address there is no link."""
    result = run(app, *args)
    assert result.exit_code != 0
    assert "Error" in result.output


def test_purge_deletes_what_is_over(app: APIFlask) -> None:
    """Sessions that ended, ran out or were idle go, as do links that were used or expired; the rest stays."""
    add_user(app)
    add_user(app, "bob@example.com")
    people = [log_in(app) for _ in range(4)]
    link_for(app, "reset")
    link_for(app, "reset")
    link_for(app, "reset", "bob@example.com")
    people[0].post("/api/auth/logout")
    with app.app_context(), unit_of_work(db) as work:
        second, third = work.scalars(select(LoginSession).where(LoginSession.revoked_at.is_(None)).limit(2))
        second.expires_at = now() - timedelta(seconds=1)
        third.last_used_at = now() - timedelta(days=15)
        bobs = select(User.id).where(User.email == "bob@example.com").scalar_subquery()
        work.execute(update(Link).where(Link.user_id == bobs).values(expires_at=now() - timedelta(seconds=1)))
    assert run(app, "purge").exit_code == 0
    with app.app_context():
        counts = [db.session.scalar(select(func.count()).select_from(model)) for model in (LoginSession, Link, User)]
    assert counts == [1, 1, 2]
    assert sum(person.is_in() for person in people) == 1
