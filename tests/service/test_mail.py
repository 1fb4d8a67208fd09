"""Mail on real components: whatever is killed, hangs or is away, none is lost, and a duplicate can be told as one."""

from __future__ import annotations

import secrets
import threading
import time
from collections import Counter
from collections.abc import Iterable
from typing import Any

import psycopg
import pytest
import requests
from sqlalchemy.engine import make_url

from tests.service.servers.certificates import Certificate
from tests.service.servers.postgres import Postgres
from tests.service.servers.process import wait_until
from tests.service.servers.redis import Redis
from tests.service.servers.rig import Rig
from tests.service.servers.service import Service
from tests.service.servers.smtp import Smtp

PASSWORD = "a harbour for 17 small boats"  # noqa: S105 - of accounts that live as long as a test
PACE = {"MAIL_TIMEOUT": "1", "MAIL_LEASE_SECONDS": "10", "MAIL_POLL_SECONDS": "1", "MAIL_RETRY_SECONDS": "1"}
"""Everything that a service does later, it does soon."""


@pytest.fixture
def smtp(rig: Rig) -> Smtp:
    """A mail server that may be broken."""
    return rig.new_smtp()


@pytest.fixture
def service(rig: Rig, smtp: Smtp) -> Service:
    """A service at scale that nobody delivers for yet."""
    return full(rig, smtp, celery=False)


def full(
    rig: Rig,
    smtp: Smtp,
    *,
    postgres: Postgres | None = None,
    redis: Redis | None = None,
    celery: bool = True,
    poll: str = PACE["MAIL_POLL_SECONDS"],
) -> Service:
    """Start a service at scale that does soon what it does later."""
    return rig.full(
        postgres=postgres,
        redis=redis,
        smtp=smtp,
        celery=celery,
        MAIL_TIMEOUT=PACE["MAIL_TIMEOUT"],
        MAIL_LEASE_SECONDS=PACE["MAIL_LEASE_SECONDS"],
        MAIL_RETRY_SECONDS=PACE["MAIL_RETRY_SECONDS"],
        MAIL_POLL_SECONDS=poll,
    )


def register(service: Service, addresses: Iterable[str]) -> list[str]:
    """Register addresses; each is sent one mail."""
    asked = list(addresses)
    with service.client() as client:
        for address in asked:
            answer = client.post("/api/auth/register", json={"email": address, "password": PASSWORD})
            assert answer.status_code == 202, answer.text
    return asked


def new_addresses(count: int = 1) -> list[str]:
    """Make addresses that nobody has."""
    return [f"{secrets.token_hex(8)}@example.com" for _ in range(count)]


def outbox(service: Service) -> list[dict[str, Any]]:
    """Return the outbox as it is in PostgreSQL."""
    url = make_url(service.database_url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(url, autocommit=True, row_factory=psycopg.rows.dict_row) as connection:
        return connection.execute("SELECT * FROM outbox").fetchall()


def wait_for_state(service: Service, state: str, within: float = 30) -> None:
    """Wait until all mails are in a state."""
    wait_until(lambda: {row["state"] for row in outbox(service)} == {state}, f"all mails are {state}", within)


def times(smtp: Smtp) -> Counter[str]:
    """Return how often each address was sent the same mail: its Message-ID tells which."""
    return Counter(f"{mail.recipients[0]} {mail.message_id}" for mail in smtp.received())


def test_celery_delivers_when_woken(rig: Rig, smtp: Smtp) -> None:
    """A mail is there long before a worker would look for it: it is woken through Redis."""
    service = full(rig, smtp, poll="300")
    (address,) = register(service, new_addresses())
    (mail,) = smtp.wait_for(address, within=5)
    assert mail.sender == "shop@shop.example"
    assert str(mail.message["Auto-Submitted"]) == "auto-generated"
    wait_for_state(service, "sent")


def test_thread_delivers_over_smtp(rig: Rig, smtp: Smtp) -> None:
    """The embedded service delivers with a thread of its own, and ends with it when it is told to."""
    service = rig.service({**PACE, "MAIL_POLL_SECONDS": "300"}, smtp=smtp).migrate().start()
    (address,) = register(service, new_addresses())
    smtp.wait_for(address, within=5)
    begun = time.monotonic()
    service.stop()
    assert time.monotonic() - begun < 5


@pytest.mark.long
@pytest.mark.parametrize("at", ["before", "after"])
def test_worker_is_killed_while_it_sends(service: Service, smtp: Smtp, at: str) -> None:
    """A worker that is killed while the server has not answered loses no mail; one that was taken comes again."""
    smtp.fall_silent("before" if at == "before" else "after")
    worker = service.celery()
    (address,) = register(service, new_addresses())
    wait_until(lambda: any(row["lease"] for row in outbox(service)), "the mail is taken")
    if at == "after":
        smtp.wait_for(address)
    worker.kill()
    assert [row["state"] for row in outbox(service)] == ["pending"]
    smtp.work()
    service.celery()
    wait_for_state(service, "sent")
    mails = smtp.received(address)
    assert len(mails) == (1 if at == "before" else 2)
    assert len({mail.message_id for mail in mails}) == len({mail.token() for mail in mails}) == 1
    with service.client() as client:
        assert client.post("/api/auth/verify", json={"token": mails[-1].token()}).status_code == 204


@pytest.mark.long
def test_workers_are_killed_again_and_again(service: Service, smtp: Smtp) -> None:
    """However often workers are killed in whatever they do, each mail arrives, and always as the same mail."""
    addresses: list[str] = []
    for _ in range(4):
        worker = service.celery()
        addresses += register(service, new_addresses(10))
        time.sleep(secrets.randbelow(300) / 1000)
        worker.kill()
    service.celery()
    wait_for_state(service, "sent", 60)
    seen = times(smtp)
    assert {line.partition(" ")[0] for line in seen} == set(addresses)
    assert len(seen) == len(addresses)


@pytest.mark.long
def test_service_is_killed_between_commit_and_wake(rig: Rig, smtp: Smtp) -> None:
    """A server that is killed when the change is committed and nobody woken yet has left the mail in the outbox."""
    redis = rig.new_redis()
    service = full(rig, smtp, redis=redis, celery=False)
    (address,) = new_addresses()
    redis.pause()  # the bell is not heard, and for half a second that is not noticed

    def ask() -> None:
        with pytest.raises(requests.ConnectionError):
            register(service, [address])

    asking = threading.Thread(target=ask)
    asking.start()
    wait_until(lambda: bool(outbox(service)), "the change is committed")
    service.kill()
    asking.join()
    redis.resume()
    service.celery()
    smtp.wait_for(address)
    wait_for_state(service, "sent")
    assert list(times(smtp).values()) == [1]


@pytest.mark.long
def test_embedded_service_is_killed_while_it_sends(rig: Rig, smtp: Smtp) -> None:
    """An embedded service that is killed while its thread sends sends the mail after it is started again."""
    service = rig.service(PACE, smtp=smtp).migrate().start()
    smtp.fall_silent("after")
    (address,) = register(service, new_addresses())
    smtp.wait_for(address)
    service.kill()
    smtp.work()
    service.start()
    first, second = smtp.wait_for(address, 2)
    assert first.message_id == second.message_id
    assert "1 sent" not in service.flask("mail", "deliver")


@pytest.mark.long
@pytest.mark.parametrize("trouble", ["refuses", "hangs", "silent", "451", "certificate", "answers lost"])
def test_mail_server_is_away_and_comes_back(service: Service, smtp: Smtp, trouble: str) -> None:
    """While the mail server is away or out of order mails wait; when it is back each arrives."""
    service.celery()
    match trouble:
        case "refuses":
            smtp.refuse()
        case "hangs":
            smtp.hang()
        case "silent":
            smtp.fall_silent("before")
        case "451":
            smtp.fail(451)
        case "certificate":
            smtp.show(Certificate.unknown)
        case _:
            smtp.lose_answers()
    addresses = register(service, new_addresses(3))
    wait_until(lambda: sum(row["attempts"] for row in outbox(service)) >= 2, "it was tried twice", 30)
    assert {row["state"] for row in outbox(service)} == {"pending"}
    if trouble != "answers lost":
        assert smtp.received() == []
    smtp.work()
    wait_for_state(service, "sent", 60)
    seen = times(smtp)
    assert {line.partition(" ")[0] for line in seen} == set(addresses)
    assert len(seen) == len(addresses)
    if trouble not in {"answers lost", "hangs"}:
        assert set(seen.values()) == {1}


@pytest.mark.long
def test_mail_is_refused_for_good(service: Service, smtp: Smtp) -> None:
    """A mail that is refused for good is given up, shown with the reason, and delivered when it is revived."""
    smtp.fail(550, at="rcpt")
    service.celery()
    (address,) = register(service, new_addresses())
    wait_for_state(service, "dead")
    shown = service.flask("mail", "dead")
    assert address in shown
    assert "550" in shown
    smtp.work()
    service.flask("mail", "retry", "--all")
    smtp.wait_for(address)


@pytest.mark.long
@pytest.mark.parametrize("trouble", ["dead", "hangs"])
def test_redis_is_away_while_mail_is_enqueued(rig: Rig, smtp: Smtp, trouble: str) -> None:
    """Without Redis a request that causes a mail is answered soon and as ever; the mail goes when Redis is back."""
    redis = rig.new_redis()
    service = full(rig, smtp, redis=redis)
    redis.kill() if trouble == "dead" else redis.pause()
    begun = time.monotonic()
    (address,) = register(service, new_addresses())
    assert time.monotonic() - begun < 2.5
    (by_hand,) = register(service, new_addresses())
    assert "2 sent" in service.flask("mail", "deliver")
    smtp.wait_for(by_hand)
    (later,) = register(service, new_addresses())
    redis.start() if trouble == "dead" else redis.resume()
    smtp.wait_for(later, within=60)
    wait_for_state(service, "sent")
    assert set(times(smtp)) == {f"{mail.recipients[0]} {mail.message_id}" for mail in smtp.received()}
    assert {line.partition(" ")[0] for line in times(smtp)} == {address, by_hand, later}


@pytest.mark.long
def test_database_is_restarted_while_mail_is_delivered(rig: Rig, smtp: Smtp) -> None:
    """A database that is restarted ends no worker and loses no mail."""
    postgres = rig.new_postgres()
    service = full(rig, smtp, postgres=postgres)
    addresses = register(service, new_addresses(5))
    postgres.kill()
    postgres.start()
    addresses += register(service, new_addresses(5))
    wait_for_state(service, "sent", 60)
    assert {line.partition(" ")[0] for line in times(smtp)} == set(addresses)
    assert len(times(smtp)) == len(addresses)


@pytest.mark.long
def test_workers_share_the_work(service: Service, smtp: Smtp) -> None:
    """Several workers, and a command beside them, send each mail exactly once as long as they live."""
    addresses = register(service, new_addresses(60))
    service.celery()
    service.celery("--concurrency", "2")  # two processes, as workers are by default
    service.flask("mail", "deliver")
    wait_for_state(service, "sent", 60)
    assert set(times(smtp).values()) == {1}
    assert len(times(smtp)) == len(addresses)
