"""The report of a repair, for people."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from keck.edit import Create, Fix
from keck.finding import Finding, Level
from keck.fixes.plan import Left
from keck.fixing import Proven, Repair
from keck.patch import Change, Patch
from keck.place import Place
from keck.proof import Difference, Proof
from keck.report.repair import data, render
from keck.report.view import View

HERE = Place("shop/app.py", 3, 5, 3, 9)


def finding(title: str = "call it", *, safe: bool = True, changes: str = "") -> Finding:
    """Return a finding with a fix."""
    fix = Fix(title, (Create(Place("x.py"), ""),), safe, changes)
    return Finding("jwt/required-without-call", Level.error, HERE, "it is not called", "call it", "me", fix=fix)


def repair(**parts: object) -> Repair:
    """Return a repair that changes one file."""
    return Repair("/w", Patch({"shop/app.py": Change(b"a\n", b"b\n")}), **parts)  # type: ignore[arg-type]


def rendered(found: Repair, *, width: int | None = None, written: bool = True, factory: bool = False) -> str:
    """Return the report as seen from the root."""
    return render(found, View("/w", width=width), written=written, factory=factory)


def test_differences_that_a_fix_did_not_intend() -> None:
    """They are shown with the fix that was undone for them, up to a limit."""
    shown = tuple(Difference(f"guards/GET /{one}", '"none"', None) for one in range(12))
    text = rendered(repair(left=(Left(finding(), "more would change", shown),)))
    assert text.startswith(
        "shop/app.py:3:5: left [jwt/required-without-call] call it\n"
        "      why: more would change\n"
        "      it: guards/GET /0: none -> not there\n"
    )
    assert "      it: guards/GET /9: none -> not there\n      it: and 2 more\n" in text
    assert "more\n" not in rendered(repair(left=(Left(finding(), "why", shown[:1]),)))


def test_proofs_are_told_by_project() -> None:
    """The one of the root by itself, others by their directories."""
    proofs = (Proven(".", Proof("same", counts={"rules": 2}, boots=3)), Proven("api", Proof("broken", trouble="no")))
    text = rendered(repair(done=(finding(),), proofs=proofs))
    assert "\nProof: the same app: 2 rules (booted 3 times in 0.0 s)\n" in text
    assert "\nProof of api: the app does not boot any more: no\n" in text


def test_proof_of_a_project_around_the_root() -> None:
    """A project that reaches above what was given is told as seen from where the command runs."""
    text = rendered(repair(done=(finding(),), proofs=(Proven("..", Proof("same")),)))
    assert "\nProof of ..: the same app" in text


def test_what_the_reader_should_know() -> None:
    """Remarks of a conversion and notices of the check stand before the summary."""
    text = rendered(repair(says=("look at wsgi.py",), notices=("passed over 1 notebook",)), factory=True)
    assert text == (
        "look at wsgi.py\n\npassed over 1 notebook\n\n"
        "Wrote 1 file.\n`git diff` shows what has changed; run your tests before you commit it.\n"
    )


def test_narrow_terminal() -> None:
    """Lines are broken at its width, and continued below their beginning."""
    text = rendered(
        repair(done=(finding("call it with all that it needs", safe=False, changes="opens the app"),)), width=50
    )
    assert all(len(line) <= 50 for line in text.splitlines())
    assert "    (unsafe: opens the app)" in text or "opens the app)" in text


def test_steering_characters_are_not_printed() -> None:
    """What comes from the user's code cannot steer the terminal."""
    text = rendered(repair(done=(finding("call \x1b[31mit"),)))
    assert "\x1b" not in text


@pytest.mark.parametrize("tell", [lambda found: data(found, written=True)])
def test_proofs_as_data(tell: Callable[[Repair], str]) -> None:
    """Differences of fixes and proofs are there for programs, too."""
    difference = Difference("config/DEBUG", "true", None)
    found = repair(
        left=(Left(finding(), "why", (difference,)),),
        proofs=(Proven("api", Proof("differs", unexpected=(difference,))),),
    )
    document = json.loads(tell(found))
    assert document["left"][0]["differences"] == [{"path": "config/DEBUG", "before": True, "after": None}]
    assert document["proofs"][0]["project"] == "api"
    assert document["proofs"][0]["state"] == "differs"
    assert document["proofs"][0]["unexpected"] == [{"path": "config/DEBUG", "before": True, "after": None}]
    assert document["written"] is True
