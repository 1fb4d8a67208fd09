"""ASVS 5.0, chapter 9, over HTTP: what a token must be to be believed. docs/asvs.md has the table."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterable, Iterator
from contextlib import closing
from typing import NamedTuple

import pytest

from tests.service import tokens
from tests.service.forgeries import CLAIMS, CONFUSION, ENCODING, HEADERS, KEYS, UNSIGNED, Material, material
from tests.service.people import PASSWORD, Person, is_refused, person
from tests.service.servers.service import Service


class Honest(NamedTuple):
    """Somebody with an honest token of each kind, and what a forger makes of them."""

    one: Person
    access: Material
    refresh: Material


@pytest.fixture(scope="module")
def trap() -> Iterator[socket.socket]:
    """A server that waits for somebody to fetch keys from it."""
    with closing(socket.create_server(("127.0.0.1", 0))) as listening:
        listening.settimeout(0.1)
        yield listening


@pytest.fixture(scope="module")
def honest(embedded: Service, trap: socket.socket) -> Honest:
    """Somebody whose tokens are forged."""
    one, other, where = person(embedded), person(embedded), f"http://127.0.0.1:{trap.getsockname()[1]}"
    return Honest(one, material(one, other, where), material(one, other, where, refresh=True))


def taken(honest: Honest, names: Iterable[str]) -> list[str]:
    """Return the forgeries of these names that are believed, as an access token or as a refresh token."""
    forgers = {**UNSIGNED, **KEYS, **CONFUSION, **HEADERS, **CLAIMS, **ENCODING}
    left = []
    for name in names:
        access, refresh = (forgers[name](of).encode() for of in honest[1:])
        with honest.one.service.client() as client:
            asked = client.get("/api/account", headers={"Authorization": b"Bearer " + access})
            renewed = client.post("/api/auth/refresh", headers={"Authorization": b"Bearer " + refresh})
        left += [] if is_refused(asked) and is_refused(renewed) else [name]
    assert honest.one.is_in()
    return left


def test_v9_1_1_signatures_are_verified(honest: Honest) -> None:
    """A token whose claims were changed, whose signature is missing, cut or of another key, is not believed."""
    assert taken(honest, [*KEYS, "no signature", "two parts", "junk in the signature", "one part"]) == []
    body, _, signature = honest.access.token.rpartition(".")
    for place in range(0, len(signature) - 1, 5):
        other = "A" if signature[place] != "A" else "B"
        assert not honest.one.is_in(f"{body}.{signature[:place]}{other}{signature[place + 1 :]}")


def test_v9_1_2_one_algorithm_is_allowed(honest: Honest) -> None:
    """Tokens are made with HS256; one under any other algorithm, `none` in any spelling included, is not believed."""
    for token in (honest.one.access, honest.one.refresh):
        assert tokens.header_of(token) == {"alg": "HS256", "typ": "JWT"}
    assert taken(honest, [*UNSIGNED, *CONFUSION]) == []


def test_v9_1_3_keys_come_from_the_settings(honest: Honest, trap: socket.socket) -> None:
    """No key that a token carries, names or points to verifies it, and nobody fetches one."""
    assert taken(honest, HEADERS) == []
    with pytest.raises(TimeoutError):
        trap.accept()


def test_v9_2_1_tokens_count_in_their_time(honest: Honest) -> None:
    """A token is not believed after `exp` or before `nbf`, with an `exp` that is no time, or without one."""
    assert taken(honest, [name for name in CLAIMS if name.startswith(("exp", "nbf")) or name == "lacking exp"]) == []
    now = int(time.time())
    assert honest.one.is_in(honest.access.signed(exp=now + 60, nbf=now - 60))
    for token, life in ((honest.access, 15 * 60), (honest.refresh, 30 * 86_400)):
        assert token.claims["nbf"] <= now
        assert abs(token.claims["exp"] - token.claims["iat"] - life) <= 1


def test_v9_2_2_tokens_serve_their_purpose_only(honest: Honest) -> None:
    """A refresh token opens nothing, an access token renews nothing, a code of a mail is neither, and stale is not fresh."""
    one = honest.one
    assert taken(honest, ["other kind", "type other", "type None"]) == []
    with one.service.client() as client:
        client.post("/api/auth/reset", json={"email": one.email})
        code = one.service.mail(one.email)[-1].token()
        token = {"token": one.access, "password": PASSWORD}
        assert client.post("/api/auth/reset/confirm", json=token).status_code == 422
    assert not one.is_in(code)
    assert is_refused(one.renew(code))
    stale = honest.access.signed(fresh=False)
    assert one.is_in(stale)
    assert is_refused(one.send("DELETE", "/api/account", stale, json={"password": PASSWORD}))


def test_v9_2_3_tokens_for_others_are_refused(honest: Honest) -> None:
    """A token that names another audience or issuer, or none, is not believed, though the key is right."""
    names = [name for name in CLAIMS if name.startswith(("aud", "iss"))]
    assert taken(honest, [*names, "lacking aud", "lacking iss"]) == []


def test_v9_2_4_tokens_say_whom_they_are_for(honest: Honest) -> None:
    """Every token that the service makes, by login, refresh or fresh, names the one audience there is."""
    other = honest.one.log_in_again()
    renewed = other.renew().json()
    shown = other.send("POST", "/api/auth/fresh", renewed["access_token"], json={"password": PASSWORD}).json()
    made = (other.access, other.refresh, renewed["access_token"], renewed["refresh_token"], shown["access_token"])
    assert {(tokens.claims_of(token)["aud"], tokens.claims_of(token)["iss"]) for token in made} == {("shop", "shop")}
