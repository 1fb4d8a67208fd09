"""Refresh tokens over HTTP: one family a login, one head a family, whoever asks how often at a time."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from requests import Response

from tests.service import tokens
from tests.service.people import Person, change_session, is_refused, person, row_of
from tests.service.servers.rig import Rig
from tests.service.servers.service import Service

GRACE = 10
"""Seconds in which a spent token may be sent again; the service's default."""


def pair(answer: Response) -> tuple[str, str]:
    """Return the access and the refresh token of an answer."""
    assert answer.status_code == 200, answer.text
    return answer.json()["access_token"], answer.json()["refresh_token"]


def generation(token: str) -> tuple[Any, ...]:
    """Return what tells a refresh token from others: session, generation and id."""
    claims = tokens.claims_of(token)
    return claims["sid"], claims["gen"], claims["jti"]


def age(one: Person, seconds: float) -> None:
    """Let the last refresh of a session lie further back."""
    row = row_of(one.service, one.session_id)
    change_session(one.service, row["id"], {"last_used_at": row["last_used_at"] - timedelta(seconds=seconds)})


def is_revoked(one: Person, *others: str) -> bool:
    """Whether the family is over: its row says so, and no token of it opens anything."""
    dead = row_of(one.service, one.session_id)["revoked_at"] is not None
    for token in (one.access, one.refresh, *others):
        sent = (
            one.renew(token) if tokens.claims_of(token)["type"] == "refresh" else one.send("GET", "/api/account", token)
        )
        assert is_refused(sent) == dead, (tokens.claims_of(token), sent.text)
    return dead


def at_once(tasks: Sequence[Callable[[], Response]]) -> list[Response]:
    """Send requests at the same moment, each from a thread of its own."""
    barrier = threading.Barrier(len(tasks))

    def send(task: Callable[[], Response]) -> Response:
        barrier.wait()
        return task()

    with ThreadPoolExecutor(len(tasks)) as pool:
        return list(pool.map(send, tasks))


def test_refresh_makes_the_next_generation(backend: Service) -> None:
    """Each refresh gives the next generation of the same family, whose hash is the head in the database."""
    one = person(backend)
    token = one.refresh
    for number in range(1, 4):
        access, token = pair(one.renew(token))
        claims, row = tokens.claims_of(token), row_of(backend, one.session_id)
        assert (claims["gen"], claims["sid"], row["generation"]) == (number, str(one.session_id), number)
        assert (row["token_hash"], row["revoked_at"]) == (tokens.digest(token), None)
        assert tokens.claims_of(access)["fresh"] is False
        assert one.is_in(access)
    assert token not in str(dict(row))


def test_lost_answer_is_given_again(backend: Service) -> None:
    """A spent token gets the same generation again while its successor is unused, and all its access tokens work."""
    one = person(backend)
    answers = [pair(one.renew()) for _ in range(4)]
    assert len({generation(refresh) for _, refresh in answers}) == 1
    assert tokens.claims_of(answers[0][1])["gen"] == 1
    assert all(one.is_in(access) for access, _ in answers)
    assert row_of(backend, one.session_id)["generation"] == 1
    assert pair(one.renew(answers[0][1]))


@pytest.mark.parametrize(("seconds", "is_lost"), [(GRACE - 3, True), (GRACE + 0.1, False)])
def test_lost_answer_is_given_again_for_ten_seconds(backend: Service, seconds: float, *, is_lost: bool) -> None:
    """Within ten seconds a spent token gets the same generation again; later it ends the family."""
    one = person(backend)
    access, successor = pair(one.renew())
    age(one, seconds)
    again = one.renew()
    if is_lost:
        assert generation(pair(again)[1]) == generation(successor)
        assert one.is_in(access)
    else:
        assert is_refused(again)
        assert is_revoked(one, access, successor)


def test_spent_token_after_its_successor_was_used_ends_the_family(backend: Service) -> None:
    """A spent token whose successor was used ends the family at once, access tokens included."""
    one = person(backend)
    first = pair(one.renew())
    second = pair(one.renew(first[1]))
    assert is_refused(one.renew())
    assert is_revoked(one, *first, *second)


def test_lost_answer_of_a_later_generation_is_given_again(backend: Service) -> None:
    """The second generation has the same grace; the first one has none by then."""
    one = person(backend)
    first = pair(one.renew())
    second = pair(one.renew(first[1]))
    assert generation(pair(one.renew(first[1]))[1]) == generation(second[1])
    assert not is_refused(one.renew(first[1]))
    assert is_refused(one.renew())
    assert is_revoked(one, *first, *second)


def test_thief_and_owner_are_both_out(backend: Service) -> None:
    """Whoever of thief and owner refreshes second with the same token ends the session for both; the owner logs in."""
    owner = person(backend)
    thief = Person(backend, owner.id, owner.email, owner.access, owner.refresh)
    thief.access, thief.refresh = pair(thief.renew())
    thief.access, thief.refresh = pair(thief.renew())
    assert is_refused(owner.renew())
    assert is_revoked(thief, owner.refresh)
    assert owner.log_in_again().is_in()


def test_other_families_go_on(backend: Service) -> None:
    """The end of a family ends no other: neither the user's other logins nor those of somebody else."""
    one, other = person(backend), person(backend)
    second = one.log_in_again()
    pair(one.renew(pair(one.renew())[1]))
    assert is_refused(one.renew())
    for left in (second, other):
        assert left.is_in()
        assert pair(left.renew())
        assert row_of(backend, left.session_id)["revoked_at"] is None


@pytest.mark.parametrize("seconds", [0, 1])
def test_grace_is_a_setting(rig: Rig, seconds: int) -> None:
    """REUSE_SECONDS is how long a spent token may be sent again; 0 is not at all."""
    service = rig.embedded(REUSE_SECONDS=str(seconds))
    if seconds:
        one = person(service)
        assert generation(pair(one.renew())[1]) == generation(pair(one.renew())[1])
    two = person(service)
    pair(two.renew())
    time.sleep(seconds + 0.05)
    assert is_refused(two.renew())
    assert is_revoked(two)


def parallel_refreshes(backend: Service, count: int = 20) -> None:
    """Refresh one token so many times at once: all get one generation, which is the head."""
    one = person(backend)
    answers = at_once([one.renew] * count)
    assert [answer.status_code for answer in answers] == [200] * count
    given = {generation(pair(answer)[1]) for answer in answers}
    assert len(given) == 1
    row, head = row_of(backend, one.session_id), pair(answers[0])[1]
    assert (row["generation"], row["token_hash"], row["revoked_at"]) == (1, tokens.digest(head), None)
    assert row["spent_hash"] == tokens.digest(one.refresh)
    assert all(one.is_in(pair(answer)[0]) for answer in answers[:3])
    assert tokens.claims_of(pair(one.renew(head))[1])["gen"] == 2


def parallel_generations(backend: Service) -> None:
    """Send spent and unspent tokens at once: whatever comes first, no two heads are given out, and nothing fails."""
    one = person(backend)
    successor = pair(one.renew())[1]
    answers = at_once([one.renew, lambda: one.renew(successor)] * 10)
    given = {generation(pair(answer)[1])[1:] for answer in answers if answer.status_code == 200}
    assert all(answer.status_code == 200 or is_refused(answer) for answer in answers)
    assert len(given) == len({number for number, _ in given})
    row = row_of(backend, one.session_id)
    if row["revoked_at"] is None:  # every spent one came first
        assert row["generation"] == 2
    else:
        assert is_revoked(one, successor, *[token for answer in answers if answer.ok for token in pair(answer)])


def refresh_against_logout(backend: Service) -> None:
    """Refresh while the session is logged out: afterwards no token of it opens anything."""
    one = person(backend)
    *refreshes, logout = at_once([one.renew] * 5 + [lambda: one.send("POST", "/api/auth/logout")])
    assert logout.status_code == 204
    assert all(answer.status_code == 200 or is_refused(answer) for answer in refreshes)
    assert is_revoked(one, *[token for answer in refreshes if answer.ok for token in pair(answer)])


RACES = [parallel_refreshes, parallel_generations, refresh_against_logout]


@pytest.mark.parametrize("race", RACES)
def test_parallel_use_leaves_one_head(backend: Service, race: Callable[[Service], None]) -> None:
    """Twenty refreshes at once, of one token or of two generations, or against a logout, leave one head or none."""
    for _ in range(3):
        race(backend)


@pytest.mark.long
@pytest.mark.parametrize("race", RACES)
def test_parallel_use_leaves_one_head_every_time(backend: Service, race: Callable[[Service], None]) -> None:
    """It does so fifty times out of fifty."""
    for _ in range(50):
        race(backend)
