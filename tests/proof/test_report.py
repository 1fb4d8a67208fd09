from __future__ import annotations

import json

import pytest

from keck.proof.outcome import Difference, Proof, Suite, TestRun
from keck.proof.report import as_json, difference, text

SAME = Proof("same", counts={"rules": 23, "config": 41, "tables": 1}, boots=3, seconds=1.31)
GUARDED = Difference(
    "guards/GET /me",
    '"none"',
    json.dumps({"exposure": "guarded", "guards": ["jwt required by jwt_required() at view"]}),
)


def test_the_same_app_is_one_line() -> None:
    """It counts what was compared, and the boots."""
    assert text(SAME) == "the same app: 23 rules, 41 config keys, 1 table (booted 3 times in 1.3 s)\n"


def test_intended_differences_are_listed() -> None:
    """Each is a line with what was and what is."""
    proof = Proof("same", intended=(GUARDED,), counts={"rules": 1}, boots=2, seconds=1, unstable=("config/SECRET_KEY",))
    assert text(proof) == (
        "the same app but for what is intended: 1 rule (booted twice in 1.0 s)\n"
        "differs as intended:\n"
        "  guards/GET /me: none -> jwt required by jwt_required() at view\n"
        "set aside, since it changes from boot to boot: config/SECRET_KEY\n"
    )


def test_unexpected_differences_come_first() -> None:
    """More of them than can be read are counted."""
    many = tuple(Difference(f"config/K{one}", "1", "2") for one in range(22))
    lines = text(Proof("differs", (GUARDED,), many, counts={"rules": 1}, boots=1)).splitlines()
    assert lines[0].startswith("not the same app: 1 rule (booted once in")
    assert lines[1:3] == ["differs, and is not meant to:", "  config/K0: 1 -> 2"]
    assert lines[22] == "  and 2 more"
    assert lines[23] == "differs as intended:"


@pytest.mark.parametrize(
    ("state", "line"),
    [
        ("not-booted", "not proven: the app does not boot as it is: why\n"),
        ("broken", "the app does not boot any more: why\n"),
    ],
)
def test_an_app_that_does_not_boot_is_one_sentence(state: str, line: str) -> None:
    """The trouble of the boot is told."""
    proof = Proof("broken" if state == "broken" else "not-booted", trouble="why")
    assert text(proof) == line
    assert not proof.holds


@pytest.mark.parametrize(
    ("before", "after", "line"),
    [
        (None, '"x"', "p: not there -> x"),
        ('{"a": 1}', None, "p: a 1 -> not there"),
        ('{"a": 1, "b": [1, "x"]}', '{"a": 1, "b": []}', "p: b 1, x -> b nothing"),
        ('{"a": 1}', "{}", "p: a 1 -> nothing"),
        ('"a"', '""', 'p: a -> ""'),
        ("null", "false", "p: null -> false"),
        (json.dumps("x" * 200), "1", f"p: {'x' * 116} ... -> 1"),
    ],
)
def test_a_difference_is_a_line(before: str | None, after: str | None, line: str) -> None:
    """Of dictionaries only the keys that differ are told; what is long is cut."""
    assert difference(Difference("p", before, after)) == line


PASSED = Suite(0, {"passed": 12})
FAILED = Suite(1, {"failed": 2, "passed": 10})


@pytest.mark.parametrize(
    ("before", "after", "line", "holds"),
    [
        (PASSED, PASSED, "`make test` ends alike before and after: 12 passed", True),
        (FAILED, FAILED, "`make test` ends alike before and after: 2 failed, 10 passed, as before", True),
        (PASSED, FAILED, "`make test` ends differently: 12 passed before, 2 failed, 10 passed after", False),
        (Suite(3), Suite(None), "`make test` ends differently: exit code 3 before, not in time after", False),
        (PASSED, None, "`make test`: 12 passed before", False),
    ],
)
def test_the_tests_are_told(before: Suite, after: Suite | None, line: str, holds: bool) -> None:
    """Like is compared with like: what failed before may fail after."""
    proof = Proof("same", counts={"rules": 1}, tests=TestRun("make test", before, after))
    assert text(proof).splitlines()[-1] == line
    assert proof.holds is holds


def test_json_holds_the_values_as_data() -> None:
    """Programs read the differences without parsing texts in texts."""
    found = as_json(Proof("same", intended=(GUARDED,), tests=TestRun("x", PASSED, PASSED)))
    assert found["intended"] == [
        {
            "path": "guards/GET /me",
            "before": "none",
            "after": {"exposure": "guarded", "guards": ["jwt required by jwt_required() at view"]},
        }
    ]
    assert found["holds"] is True
    assert found["tests"]["before"]["counts"] == {"passed": 12}
    assert json.loads(json.dumps(found)) == found
