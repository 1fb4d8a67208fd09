"""ASVS 5.0, chapter 6, over HTTP: the ways to authenticate, and how accounts begin and are got back. docs/asvs.md has the table."""

from __future__ import annotations

import re
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, inspect, select

from tests.service.decisions import decisions, defaults, stated, ways
from tests.service.openapi import document
from tests.service.people import PASSWORD, USERS, WRONG, Person, add_users, database, new_address, person
from tests.service.servers.rig import Rig
from tests.service.servers.service import Service

NEW = "another harbour for 9 boats"


@pytest.fixture(scope="module")
def decided(servers: Rig) -> Service:
    """An embedded service with limits, behind a proxy that says who asks."""
    return servers.embedded(LIMITS_ENABLED="true", PROXY_HOPS="1")


def test_v6_1_1_readme_says_how_guessing_is_held_off(embedded: Service) -> None:
    """The README names the limits with their defaults, how to set them, and why they lock nobody out."""
    limits = {name: value for name, value in stated().items() if name.startswith("LIMIT_")}
    known = defaults(embedded)
    assert limits.keys() == {"LIMIT_LOGIN", "LIMIT_REGISTER", "LIMIT_RESET"}
    assert {name: known[name] for name in limits} == limits
    for text in (decisions(), decisions("limiter")):
        assert "nobody can lock out somebody else" in text
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
    for text in (decisions(), decisions("mail"), decisions("limiter", "mail", "cache", "cors")):
        assert "All of them rest on one factor, the password" in text
        assert "`flask user create-admin`" in text


def test_v6_3_1_guesses_are_held_off_as_documented(decided: Service) -> None:
    """An address has the tries that the README states, over whatever accounts, and the accounts' owners are not locked out."""
    number = int(stated()["LIMIT_LOGIN"].split()[0])
    victims = [new_address() for _ in range(number + 1)]
    add_users(decided, victims)

    def log_in(email: str, password: str, address: str) -> int:
        body, headers = {"email": email, "password": password}, {"X-Forwarded-For": address}
        with decided.client() as client:
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
    """Every route is in the document but those that open no account, and each way refuses the accounts that login refuses."""
    rules = set(re.findall(r" (/\S*)$", embedded.flask("routes"), re.MULTILINE))
    described = {re.sub(r"\{(\w+)\}", r"<\1>", path) for path in document(embedded)["paths"]}
    plain = {re.sub(r"<\w+:", "<", rule) for rule in rules}
    assert plain - described == {"/docs", "/docs/static/<filename>", "/metrics", "/openapi.json"}
    assert gives_tokens(embedded) == {"POST /api/auth/login", "POST /api/auth/refresh", "POST /api/auth/fresh"}
    for barred in ({"disabled_at": datetime.now(UTC)}, {"verified_at": None}):
        email = new_address()
        add_users(embedded, [email], **barred)
        with embedded.client() as client:
            answer = client.post("/api/auth/login", json={"email": email, "password": PASSWORD})
        assert answer.status_code in {401, 403}
        assert "token" not in answer.json()
