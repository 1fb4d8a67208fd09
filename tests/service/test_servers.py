"""The servers of the service's tests do what those tests rely on."""

from __future__ import annotations

import smtplib
import socket
import ssl
from collections.abc import Callable, Iterator
from email.message import EmailMessage

import psycopg
import pytest
from redis import Redis as Client
from redis import exceptions

from tests.service.servers import procfs
from tests.service.servers.certificates import Certificate
from tests.service.servers.postgres import Postgres
from tests.service.servers.redis import Redis
from tests.service.servers.smtp import Smtp


def plain(url: str) -> str:
    """Return the URL as psycopg takes it."""
    return url.replace("+psycopg", "")


def listens(port: int) -> bool:
    """Whether a connection to the port is taken."""
    with socket.socket() as one:
        return one.connect_ex(("127.0.0.1", port)) == 0


def fill(client: Client) -> None:
    """Write 10 MB."""
    for number in range(100):
        client.set(f"large-{number}", "x" * 100_000)


def deliver(server: Smtp, to: str = "ada@example.com", **options: str) -> None:
    """Send a mail as the service does: TLS verified, with user and password."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "shop@shop.example", to, "Grüße"
    message["Message-ID"] = f"<{to}>"
    message.set_content("Guten Tag, Ada")
    settings = {**server.settings(), **options}
    context = ssl.create_default_context(cafile=settings["MAIL_CA_FILE"])
    with smtplib.SMTP(settings["MAIL_SERVER"], int(settings["MAIL_PORT"]), timeout=2) as client:
        client.starttls(context=context)
        client.login(settings["MAIL_USERNAME"], settings["MAIL_PASSWORD"])
        client.send_message(message)


def test_postgres_gives_each_test_a_database(postgres: Postgres) -> None:
    """A database is made at once, empty or as a copy; its owner is no superuser."""
    first = postgres.database()
    with psycopg.connect(plain(first)) as connection:
        connection.execute("CREATE TABLE word (text text)")
        row = connection.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchone()
        version = connection.info.server_version
    copy, empty = postgres.database(template=first), postgres.database()
    with psycopg.connect(plain(copy)) as connection:
        assert connection.execute("SELECT count(*) FROM word").fetchone() == (0,)
    with psycopg.connect(plain(empty)) as connection, pytest.raises(psycopg.errors.UndefinedTable):
        connection.execute("SELECT count(*) FROM word")
    assert row == (False,)
    assert version >= 160000


def test_postgres_disconnects_clients(postgres: Postgres) -> None:
    """The clients of a database, and of no other, can be cut off from the server's side."""
    one, other = postgres.database(), postgres.database()
    with psycopg.connect(plain(other)) as spared:
        connection = psycopg.connect(plain(one))
        assert postgres.disconnect(one) == 1
        with pytest.raises(psycopg.OperationalError):
            connection.execute("SELECT 1")
        connection.close()
        assert spared.execute("SELECT 1").fetchone() == (1,)


@pytest.mark.xdist_group("postgres")
def test_postgres_keeps_what_was_committed() -> None:
    """What was committed is there after a restart and after kill -9; after stop nothing of it runs."""
    with Postgres() as server:
        url = plain(server.database())
        with psycopg.connect(url) as connection:
            connection.execute("CREATE TABLE word (text text)")
        server.restart()
        with psycopg.connect(url) as connection:
            connection.execute("INSERT INTO word VALUES ('one')")
        connection = psycopg.connect(url)
        connection.execute("INSERT INTO word VALUES ('two')")
        server.kill()
        server.start()
        with pytest.raises(psycopg.OperationalError):
            connection.execute("SELECT 1")
        connection.close()
        with psycopg.connect(url) as connection:
            assert connection.execute("SELECT text FROM word").fetchall() == [("one",)]
        pid = server.pid
        server.stop()
        assert procfs.look(pid) is None
        assert not [one for one in procfs.running() if procfs.is_in(one.pid, server.folder)]
        assert not listens(server.port)


def test_redis_gives_each_test_a_database(redis: Redis) -> None:
    """Databases are apart and empty; without the password nothing is answered."""
    with redis.client(redis.database()) as one, redis.client(redis.database()) as other:
        one.set("word", "one")
        assert one.get("word") == "one"
        assert other.dbsize() == 0
    with socket.create_connection(("127.0.0.1", redis.port), timeout=2) as connection:
        connection.sendall(b"GET word\r\n")
        assert connection.recv(64).startswith(b"-NOAUTH")


def test_redis_hangs_and_dies_as_told() -> None:
    """Paused it does not answer, resumed it does; killed it refuses; started again it is there, and empty."""
    with Redis() as server, server.client() as client:
        client.set("word", "one")
        server.pause()
        with socket.create_connection(("127.0.0.1", server.port), timeout=2) as connection:
            connection.sendall(b"PING\r\n")
            connection.settimeout(0.3)
            with pytest.raises(TimeoutError):
                connection.recv(64)
        server.resume()
        assert client.get("word") == "one"
        pid = server.pid
        server.kill()
        assert procfs.look(pid) is None
        with server.client() as late, pytest.raises(exceptions.ConnectionError):
            late.ping()
        server.start()
        with server.client() as again:
            assert again.dbsize() == 0
        server.stop()
        assert not listens(server.port)


def test_redis_that_is_full_refuses_writes() -> None:
    """Above its maximum it refuses to write and goes on reading."""
    with Redis(maxmemory="8mb") as server, server.client() as client:
        client.set("word", "one")
        with pytest.raises(exceptions.OutOfMemoryError):
            fill(client)
        assert client.get("word") == "one"


def test_smtp_takes_mail_over_tls(smtp: Smtp) -> None:
    """Mail comes through STARTTLS with a verified certificate, and through TLS from the start."""
    deliver(smtp, "starttls@example.com")
    (mail,) = smtp.wait_for("starttls@example.com")
    assert (mail.message_id, mail.text.strip()) == ("<starttls@example.com>", "Guten Tag, Ada")
    assert mail.message["Subject"] == "Grüße"
    settings = smtp.settings("tls")
    context = ssl.create_default_context(cafile=settings["MAIL_CA_FILE"])
    with smtplib.SMTP_SSL("127.0.0.1", int(settings["MAIL_PORT"]), timeout=2, context=context) as client:
        client.login(settings["MAIL_USERNAME"], settings["MAIL_PASSWORD"])
        client.sendmail("shop@shop.example", ["tls@example.com"], b"Subject: x\r\n\r\ny")
    assert smtp.wait_for("tls@example.com")


def test_smtp_wants_tls_and_a_password(smtp: Smtp) -> None:
    """Without TLS, without a password or with a wrong one no mail is taken."""
    with smtplib.SMTP("127.0.0.1", smtp.port, timeout=2) as client, pytest.raises(smtplib.SMTPException):
        client.sendmail("shop@shop.example", ["plain@example.com"], b"x")
    with pytest.raises(smtplib.SMTPAuthenticationError):
        deliver(smtp, "wrong@example.com", MAIL_PASSWORD="wrong")  # noqa: S106 - it is wrong
    context = ssl.create_default_context(cafile=smtp.certificates.authority)
    with smtplib.SMTP("127.0.0.1", smtp.port, timeout=2) as client:
        client.starttls(context=context)
        with pytest.raises(smtplib.SMTPException):
            client.sendmail("shop@shop.example", ["nobody@example.com"], b"x")
    assert not [mail for mail in smtp.received() if "example.com" not in mail.recipients[0]]
    assert [smtp.received(f"{name}@example.com") for name in ("plain", "wrong", "nobody")] == [[], [], []]


@pytest.fixture(scope="module")
def breakable() -> Iterator[Smtp]:
    """A mail server that may be broken."""
    with Smtp() as server:
        yield server


@pytest.mark.parametrize(
    ("break_it", "error", "taken"),
    [
        (lambda server: server.refuse(), ConnectionRefusedError, 0),
        (lambda server: server.hang(), smtplib.SMTPServerDisconnected, 0),
        (lambda server: server.kill(), ConnectionRefusedError, 0),
        (lambda server: server.fail(451, "rcpt"), smtplib.SMTPRecipientsRefused, 0),
        (lambda server: server.fail(550, "rcpt"), smtplib.SMTPRecipientsRefused, 0),
        (lambda server: server.fail(451, "data"), smtplib.SMTPDataError, 0),
        (lambda server: server.lose_answers(), smtplib.SMTPServerDisconnected, 1),
        (lambda server: server.show(Certificate.wrong_host), ssl.SSLCertVerificationError, 0),
        (lambda server: server.show(Certificate.unknown), ssl.SSLCertVerificationError, 0),
    ],
    ids=["refuse", "hang", "kill", "rcpt-451", "rcpt-550", "data-451", "lose-answers", "wrong-host", "unknown"],
)
@pytest.mark.xdist_group("smtp")
def test_smtp_fails_as_told(
    breakable: Smtp, break_it: Callable[[Smtp], None], error: type[Exception], taken: int
) -> None:
    """Each way to fail is seen by the client as what it is, and afterwards mail is taken again."""
    breakable.forget()
    break_it(breakable)
    with pytest.raises(error):
        deliver(breakable)
    breakable.work()
    assert len(breakable.received()) == taken
    deliver(breakable)
    assert len(breakable.wait_for("ada@example.com", taken + 1)) == taken + 1
