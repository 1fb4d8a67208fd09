"""ASVS 5.0, chapter 6, over HTTP: the ways to authenticate, and how accounts begin and are got back. docs/asvs.md has the table."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Column, MetaData, Table, func, inspect, select, text, update

from tests.service import tokens
from tests.service.decisions import decisions, defaults, stated, ways
from tests.service.openapi import document, operations
from tests.service.people import (
    MOMENT,
    PASSWORD,
    USERS,
    WRONG,
    add_users,
    change_user,
    database,
    is_refused,
    new_address,
    opens,
    person,
)
from tests.service.servers.rig import Rig
from tests.service.servers.service import Service

NEW = "another harbour for 9 boats"
LINKS = Table("links", MetaData(), Column("expires_at", MOMENT))


@pytest.fixture(scope="module")
def limited(servers: Rig) -> Iterator[Service]:
    """An embedded service with limits, behind a proxy that says who asks."""
    with servers.embedded(LIMITS_ENABLED="true", PROXY_HOPS="1") as service:
        yield service


def test_v6_1_1_readme_says_how_guessing_is_held_off(embedded: Service) -> None:
    """The README names the limits with their defaults, how to set them, and why they lock nobody out."""
    limits = {name: value for name, value in stated().items() if name.startswith("LIMIT_")}
    known = defaults(embedded)
    assert limits.keys() == {"LIMIT_LOGIN", "LIMIT_REGISTER", "LIMIT_RESET"}
    assert {name: known[name] for name in limits} == limits
    for section in (decisions(), decisions("limiter")):
        assert "nobody can lock out somebody else" in section
    assert "put a limit by address in front" in decisions("limiter")


def test_v6_1_2_readme_lists_words_for_no_password(embedded: Service) -> None:
    """The README lists the words that make no password, names their setting, and says what belongs there."""
    words = re.search(r"`PASSWORD_WORDS`\. Its default is `([a-z,]+)`", decisions())
    assert words is not None
    assert words[1].split(",") == defaults(embedded)["PASSWORD_WORDS"]
    assert "the names of the company, of its products and of its systems" in decisions()


def gives_tokens(service: Service) -> set[str]:
    """Return the operations that answer with tokens, by the service's document."""
    return {
        f"{method.upper()} {path}"
        for path, item in document(service)["paths"].items()
        for method, operation in item.items()
        if any(name in str(operation["responses"].get("200")) for name in ("AccessToken", "TokenPair"))
    }


def test_v6_1_3_readme_lists_the_ways_in(embedded: Service) -> None:
    """The README lists every operation that gives tokens, and the reset, and says how strong they are."""
    assert ways() == gives_tokens(embedded) | {"POST /api/auth/reset/confirm"}
    for section in (decisions(), decisions("mail"), decisions("limiter", "mail", "cache", "cors")):
        assert "All of them rest on one factor, the password" in section
        assert "`flask user create-admin`" in section


def test_v6_3_1_guesses_are_held_off_as_documented(limited: Service) -> None:
    """An address has the tries that the README states, over whatever accounts, and the accounts' owners are not locked out."""
    number = int(stated()["LIMIT_LOGIN"].split()[0])
    victims = [new_address() for _ in range(number + 1)]
    add_users(limited, victims)

    def log_in(email: str, password: str, address: str) -> int:
        body, headers = {"email": email, "password": password}, {"X-Forwarded-For": address}
        with limited.client() as client:
            return client.post("/api/auth/login", json=body, headers=headers).status_code

    stuffing = [log_in(victim, WRONG, "198.51.100.1") for victim in victims]
    brute = [log_in(victims[0], WRONG, "198.51.100.2") for _ in victims]
    assert stuffing == brute == [401] * number + [429]
    assert log_in(victims[0], PASSWORD, "198.51.100.2") == 429
    assert [log_in(victim, PASSWORD, "198.51.100.3") for victim in victims[:number]] == [200] * number


def test_v6_3_2_there_are_no_accounts_by_default(rig: Rig, embedded: Service) -> None:
    """A new service has no account, and common names with common passwords open nothing."""
    with database(rig.service({}).migrate()) as connection:
        assert connection.scalar(select(func.count()).select_from(USERS)) == 0
    for name in ("admin", "root", "sa", "administrator", "test", "user", "shop"):
        for password in (name, "admin", "password", "changeme"):
            assert not opens(embedded, f"{name}@example.com", password)


def test_v6_3_4_there_is_no_other_way_in(embedded: Service) -> None:
    """Every route is in the document, or opens no account; and who must not get in does not, in any way."""
    routes = re.findall(r" +([A-Z, ]+?) +(/\S*) *$", embedded.flask("routes"), re.MULTILINE)
    found = {f"{one} {re.sub(r'<[a-z]+:', '<', rule)}" for methods, rule in routes for one in methods.split(", ")}
    described = {re.sub(r"{(\w+)}", r"<\1>", str(one)) for one in operations(embedded)}
    harmless = {"/docs", "/docs/static/<version>/<name>", "/openapi.json", "/static/<filename>"}
    assert described < found
    assert found - described == {f"GET {path}" for path in harmless}
    assert gives_tokens(embedded) == {"POST /api/auth/login", "POST /api/auth/refresh", "POST /api/auth/fresh"}
    barred = person(embedded)
    change_user(embedded, barred.id, {"disabled_at": datetime.now(UTC)})
    assert not opens(embedded, barred.email, PASSWORD)
    assert is_refused(barred.renew())
    assert is_refused(barred.send("POST", "/api/auth/fresh", json={"password": PASSWORD}))


def test_v6_3_4_unverified_accounts_get_no_token(embedded: Service) -> None:
    """The right password of an account whose address is not verified gets no token."""
    email = new_address()
    add_users(embedded, [email], verified_at=None)
    with embedded.client() as client:
        answer = client.post("/api/auth/login", json={"email": email, "password": PASSWORD})
    assert (answer.status_code, answer.json()["type"]) == (403, "email-not-verified")
    assert "access_token" not in answer.json()


def asked_for(service: Service, path: str, email: str, **more: str) -> str:
    """Ask for a mail with a link and return its token, which the answer does not hold."""
    before = len(service.mail(email, 0))
    with service.client() as client:
        answer = client.post(path, json={"email": email, **more})
    token = service.mail(email, before + 1)[-1].token()
    assert (answer.status_code, token in answer.text) == (202, False)
    return token


def redeem(service: Service, path: str, token: str, **more: str) -> int:
    """Use a link and return the status."""
    with service.client() as client:
        return client.post(path, json={"token": token, **more}).status_code


def test_v6_3_7_owners_are_told_of_changes(backend: Service) -> None:
    """A changed password, a reset one and a new address are told by mail; the last to the old address."""
    one, moved = person(backend), new_address()
    body = {"current_password": PASSWORD, "new_password": NEW}
    assert one.send("POST", "/api/auth/password", json=body).status_code == 204
    assert backend.mail(one.email)[0].subject == "Your password was changed"
    token = asked_for(backend, "/api/auth/reset", one.email)
    assert redeem(backend, "/api/auth/reset/confirm", token, password=PASSWORD) == 204
    assert backend.mail(one.email, 3)[2].subject == "Your password was changed"
    one = one.log_in_again()
    assert one.send("POST", "/api/account/email", json={"email": moved}).status_code == 202
    assert redeem(backend, "/api/auth/email/confirm", backend.mail(moved)[0].token()) == 204
    assert backend.mail(one.email, 4)[3].subject == "Your e-mail address was changed"


def test_v6_4_1_activation_codes_are_random_and_short_lived(rig: Rig) -> None:
    """A code has 256 bits, works once, for an hour at most, until there is a newer one, and is no password."""
    service, email, verify = rig.embedded(), new_address(), "/api/auth/verify"
    codes = [asked_for(service, "/api/auth/register", email, password=PASSWORD) for _ in range(3)]
    assert len({*codes}) == 3
    assert {len(tokens.decoded(code)) for code in codes} == {32}
    with database(service) as connection:
        ends = connection.scalars(select(LINKS.c.expires_at)).all()
    assert max(ends).replace(tzinfo=UTC) <= datetime.now(UTC) + timedelta(hours=1)
    assert [redeem(service, verify, code) for code in codes[:2]] == [404, 404]
    with database(service) as connection:
        connection.execute(update(LINKS).values(expires_at=datetime.now(UTC) - timedelta(seconds=1)))
    assert redeem(service, verify, codes[2]) == 404
    last = asked_for(service, "/api/auth/register", email, password=PASSWORD)
    assert [redeem(service, verify, last) for _ in range(2)] == [204, 404]
    assert (opens(service, email, last), opens(service, email, PASSWORD)) == (False, True)


def test_v6_4_2_there_are_no_hints_and_questions(embedded: Service) -> None:
    """Whatever asks for an account takes addresses, passwords and codes, and accounts keep nothing else to ask for."""
    schemas = document(embedded)["components"]["schemas"]
    asking = ("Registration", "Credentials", "Address", "LinkToken", "PasswordReset", "PasswordChange", "PasswordShown")
    asked = {name for schema in asking for name in schemas[schema]["properties"]}
    assert asked == {"email", "password", "token", "current_password", "new_password"}
    with database(embedded) as connection:
        columns = {str(column["name"]) for column in inspect(connection).get_columns("users")}
    assert columns == {column.name for column in USERS.columns}


def test_v6_4_3_reset_takes_the_mailbox(backend: Service) -> None:
    """A reset takes a code that was mailed, works once, keeps no session, and touches nobody else."""
    one, other = person(backend), person(backend)
    confirm = "/api/auth/reset/confirm"
    older, token = (asked_for(backend, "/api/auth/reset", one.email) for _ in range(2))
    with database(backend) as connection:
        assert token not in str(connection.execute(text("SELECT * FROM links")).all())
    assert redeem(backend, "/api/auth/verify", token) == 404
    assert redeem(backend, confirm, older, password=NEW) == 404
    assert [redeem(backend, confirm, token, password=NEW) for _ in range(2)] == [204, 404]
    assert (opens(backend, one.email, PASSWORD), opens(backend, one.email, NEW)) == (False, True)
    assert not one.is_in()
    assert is_refused(one.renew())
    assert other.is_in()
