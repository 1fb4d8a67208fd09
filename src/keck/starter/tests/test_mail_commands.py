# with: mail
"""`flask mail ...`: delivering by hand, and looking after what could not be delivered."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from apiflask import APIFlask
from click.testing import Result
from sqlalchemy import update

from shop.database import now
from shop.database import unit_of_work
from shop.extensions import db
from shop.mail.delivery import BATCH
from shop.models import OutgoingMail
from shop.models.outgoing import DEAD
from shop.models.outgoing import DROPPED
from shop.models.outgoing import PENDING
from shop.models.outgoing import SENT

from . import outbox
from .conftest import MakeApp

Mail = Callable[..., Result]


@pytest.fixture(autouse=True)
def context(app: APIFlask) -> Iterator[None]:
    """Everything here happens in the app."""
    with app.app_context():
        yield


@pytest.fixture
def mail(app: APIFlask) -> Mail:
    """Run `flask mail ...`."""
    return lambda *words: app.test_cli_runner().invoke(args=["mail", *words])


def put(state: str, *, age: timedelta = timedelta(0)) -> str:
    """Put in a mail that was finished so long ago; its id."""
    key = str(uuid4())
    outbox.put(key=key)
    with unit_of_work(db) as work:
        values = {"state": state, "finished_at": now() - age, "last_error": "550 no", "attempts": 18}
        changed = update(OutgoingMail).where(OutgoingMail.key == key).values(values).returning(OutgoingMail.id)
        return str(work.scalars(changed).one())


def test_deliver(mail: Mail, tmp_path: Path) -> None:
    """All that is due is delivered, and counted."""
    outbox.put()
    outbox.put()
    outbox.put_link(known=False)
    result = mail("deliver")
    assert (result.exit_code, result.output.splitlines()[-1]) == (0, "2 sent, 1 dropped, 0 failed")
    assert len(outbox.kept(tmp_path)) == 2


def test_deliver_once(mail: Mail) -> None:
    """With --once it is one batch."""
    for _ in range(BATCH + 1):
        outbox.put()
    assert mail("deliver", "--once").output.splitlines()[-1] == f"{BATCH} sent, 0 dropped, 0 failed"
    assert mail("deliver", "--all").output.splitlines()[-1] == "1 sent, 0 dropped, 0 failed"


def test_deliver_fails(make_app: MakeApp) -> None:
    """What could not be sent makes the command fail, so that a timer tells of it."""
    app = make_app(mail_server="127.0.0.1", mail_port=1)
    with app.app_context():
        outbox.put()
        result = app.test_cli_runner().invoke(args=["mail", "deliver"])
    assert (result.exit_code, result.output.splitlines()[-1]) == (1, "0 sent, 0 dropped, 1 failed")


def test_dead(mail: Mail) -> None:
    """Mails that were given up are shown with the reason; others are not."""
    put(SENT)
    dead = put(DEAD)
    (line,) = mail("dead").output.splitlines()
    assert line.startswith(dead)
    assert line.endswith("account-deleted  ann@example.com  550 no")


def test_retry(mail: Mail) -> None:
    """A mail that was given up is delivered after all, with all its tries before it."""
    dead, other = put(DEAD), put(DEAD)
    assert mail("retry", dead).output == "1 to be delivered\n"
    found = {str(row.id): row for row in outbox.rows()}
    assert (found[dead].state, found[dead].attempts, found[dead].finished_at) == (PENDING, 0, None)
    assert found[dead].due_at <= now()
    assert found[other].state == DEAD


def test_retry_all(mail: Mail) -> None:
    """All that was given up can be revived at once; what was sent is not sent again."""
    put(DEAD)
    put(DEAD)
    put(SENT)
    assert mail("retry", "--all").output == "2 to be delivered\n"
    assert sorted(row.state for row in outbox.rows()) == [PENDING, PENDING, SENT]


def test_retry_what(mail: Mail) -> None:
    """It takes one id or --all, and the id of a mail that was given up."""
    sent = put(SENT)
    assert mail("retry").exit_code == mail("retry", sent, "--all").exit_code == 2
    result = mail("retry", sent)
    assert (result.exit_code, result.output) == (1, f"Error: No mail {sent} was given up.\n")


def test_purge(mail: Mail) -> None:
    """What was finished long enough ago is deleted; what waits is not, however old it is."""
    for state in (SENT, DROPPED, DEAD):
        put(state, age=timedelta(days=31))
        put(state, age=timedelta(days=29))
    outbox.put()
    outbox.make_due(now() - timedelta(days=60))
    assert mail("purge", "--older-than", "30").output == "3 deleted\n"
    assert sorted(row.state for row in outbox.rows()) == [DEAD, DROPPED, PENDING, SENT]


def test_purge_how_old(mail: Mail) -> None:
    """The age must be said, and be a day at least."""
    assert mail("purge").exit_code == mail("purge", "--older-than", "0").exit_code == 2
