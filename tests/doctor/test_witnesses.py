from __future__ import annotations

import msgspec
import pytest

from keck.checking import Outcome
from keck.examining import Examination, Fault, Verdict
from keck.finding import Finding, Level, Place, Related
from keck.live.record import LiveApp, Spot
from keck.witnesses import merged

RULE = "limiter/sensitive-route-unlimited"
ROOT = "/shop"


def _seen(line: int = 4, end: int = 8, symbol: str = "", **more: object) -> Finding:
    one = Finding(RULE, Level.warning, Place("shop.py", line, 1, end, 1), "seen", "do", symbol, seen="app")
    return msgspec.structs.replace(one, **more)


def _read(line: int = 5, symbol: str = "", **more: object) -> Finding:
    one = Finding(RULE, Level.error, Place("shop.py", line, 3, line, 9), "read", "do", symbol)
    return msgspec.structs.replace(one, **more)


def _merged(seen: list[Finding], read: list[Finding], ignored: list[Finding] | None = None) -> Examination:
    examination = Examination(
        LiveApp("shop"), ROOT, (Verdict(RULE, "Good", "failed" if seen else "passed"),), tuple(map(Fault, seen)), ("a",)
    )
    return merged(examination, Outcome(ROOT, tuple(read), ("a", "b")), ignored or [])


@pytest.mark.parametrize(
    ("seen", "read"),
    [
        (_seen(4, 8), _read(4)),
        (_seen(4, 8), _read(8)),
        (_seen(4, 1), _read(4)),
        (_seen(4, 8, "login"), _read(30, "login")),
        (_seen(4, 8, "login"), _read(5, "other")),
        (_seen(4, 8, "login"), _read(30, "login", place=Place("other.py", 30, 3, 30, 9))),
        (_seen(4, 8), _read(30, related=(Related(Place("shop.py", 5), "is made here"),))),
    ],
)
def test_two_witnesses_of_one_fault_are_told_once(seen: Finding, read: Finding) -> None:
    """The same rule on the same symbol, or on a line within the place, is one finding that both have seen."""
    (one,) = _merged([seen], [read]).findings
    assert (one.seen, one.message, one.place, one.level) == ("both", "seen", read.place, Level.error)


@pytest.mark.parametrize(
    ("seen", "read"),
    [
        (_seen(4, 8), _read(9)),
        (_seen(4, 8), _read(3)),
        (_seen(4, 8), _read(5, rule="limiter/key-empty")),
        (_seen(4, 8), _read(5, place=Place("other.py", 5))),
        (_seen(4, 8, ""), _read(30, "")),
    ],
)
def test_two_faults_are_told_twice(seen: Finding, read: Finding) -> None:
    """Another rule, another file, a line outside of the place: each witness speaks for itself."""
    assert sorted(one.seen for one in _merged([seen], [read]).findings) == ["app", "code"]


def test_one_fault_may_be_seen_at_several_places() -> None:
    """Several findings of the code may be one of the app, and the other way round."""
    assert [one.seen for one in _merged([_seen(4, 8)], [_read(5), _read(6)]).findings] == ["both"]
    found = _merged([_seen(4, 8, "login"), _seen(20, 21, "login", message="another")], [_read(5, "login")]).findings
    assert [one.seen for one in found] == ["both", "both"]
    twice = _merged([_seen(4, 8, "login"), _seen(20, 21, "login")], [_read(5, "login")]).findings
    assert [one.place.line for one in twice] == [5]


def test_places_that_belong_to_it_are_those_of_both() -> None:
    """What each of the two points at is told, none of it twice."""
    here, there, own = Place("a.py", 1), Place("b.py", 2), Place("shop.py", 5)
    seen = _seen(related=(Related(here, "made here"),))
    read = _read(related=(Related(here, "made"), Related(there, "bound"), Related(own, "this")))
    (one,) = _merged([seen], [read]).findings
    assert [each.message for each in one.related] == ["made here", "bound"]


def test_remarks_are_those_of_both() -> None:
    """What the check remarks is remarked once."""
    assert _merged([], []).notices == ("a", "b")


def test_a_rule_that_the_code_fails_has_failed() -> None:
    """The verdict does not say that all is well beside a finding."""
    assert [one.state for one in _merged([], [_read()]).verdicts] == ["failed"]


def test_a_comment_that_the_app_needs_is_not_unused() -> None:
    """A check alone cannot know that a comment ignores what only the app shows."""
    unused = Finding("unused-ignore", Level.note, Place("shop.py", 5), "unused", "remove", f"{RULE}, jwt/x")
    other = msgspec.structs.replace(unused, symbol="jwt/x")
    elsewhere = msgspec.structs.replace(unused, place=Place("other.py", 5))
    assert _merged([], [unused, other, elsewhere], [_seen()]).findings == (elsewhere, other)


APP = Spot("/shop/shop.py", 2, 2)
UNPLACED = Place("shop.py", 2, 1, 2, 1)


def _beside(seen: list[Finding], read: list[Finding]) -> list[str]:
    """Return who has seen each finding, where the app is made on line 2."""
    faults = tuple(map(Fault, seen))
    examination = Examination(LiveApp("shop", spot=APP), ROOT, (Verdict(RULE, "Good", "failed"),), faults)
    return sorted(one.seen for one in merged(examination, Outcome(ROOT, tuple(read))).findings)


@pytest.mark.parametrize("place", [UNPLACED, Place("")])
@pytest.mark.parametrize(
    ("symbol", "read"),
    [
        ("migrations", [_read(30, "shop:create_app")]),
        ("shop.views:me", [_read(30, "views:me"), _read(40, "views:other")]),
        ("", [_read(30, "anything")]),
    ],
)
def test_a_fault_without_a_place_is_that_of_the_code(place: Place, symbol: str, read: list[Finding]) -> None:
    """Where the app shows no place, the only finding of the rule is the same, or the one about the same name."""
    assert _beside([_seen(symbol=symbol, place=place)], read) == ["both", *["code"] * (len(read) - 1)]


@pytest.mark.parametrize(
    ("seen", "read"),
    [
        ([_seen(4, 8, "x")], [_read(30, "y")]),
        ([_seen(symbol="x", place=UNPLACED)], [_read(30, "y"), _read(40, "z")]),
        ([_seen(symbol="x", place=UNPLACED)], [_read(30, "y", rule="limiter/key-empty")]),
        ([_seen(symbol="JWT_SECRET_KEY", place=UNPLACED)], [_read(30, "SECRET_KEY")]),
        ([_seen(symbol="x", place=UNPLACED), _seen(symbol="y", place=UNPLACED)], [_read(30, "z")]),
    ],
)
def test_faults_without_a_place_are_not_guessed(seen: list[Finding], read: list[Finding]) -> None:
    """A place that is known, several that it may be, another rule or another key: each is told for itself."""
    assert _beside(seen, read) == [*["app"] * len(seen), *["code"] * len(read)]


def test_how_many_files_were_checked_is_kept() -> None:
    """That the source code was looked at is told even where it shows nothing."""
    assert merged(Examination(LiveApp("shop"), ROOT), Outcome(ROOT, files=12)).files == 12
