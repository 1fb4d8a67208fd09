"""What needs a proof is proven, and what does not stand it is undone."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from fnmatch import fnmatch
from pathlib import Path
from typing import Self

import pytest

from keck import fixing
from keck.fixing import Repair
from keck.patch import Patch
from keck.proof import Difference, Proof, TestRun
from keck.proof.outcome import Suite
from keck.settings import Settings
from keck.trouble import Trouble
from tests.fixes.toys import toys, write

PROVEN: list[str] = []
"""What was booted: the lines of app.py that were repaired, by the names on their left."""


class Stand:
    """Stands for the prover: names on the left side of repaired lines say what becomes of the app."""

    booted = True

    def __init__(
        self, root: Path, *, python: Path, app: str, timeout: float, tests: str, candidates: Sequence[str]
    ) -> None:
        assert python.exists()
        assert timeout == 60.0
        self.root, self.tests, self.app, self.candidates = root, tests, app, candidates

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Forget nothing."""

    def prove(self, patch: Patch, *, intends: Sequence[str] = (), app: str = "") -> Proof:
        """Return what the names say."""
        text = "".join((one.after or b"").decode() for one in patch.files.values())
        names = re.findall(r"^(\w+) = (?:needs\(1\)|good\(\)|daring\(\))$", text, re.MULTILINE)
        PROVEN.append(" ".join(names) + app)
        if not self.booted:
            return Proof("not-booted", trouble="no Flask here", boots=1)
        if "dead" in names:
            return Proof("broken", trouble="it died", boots=3)
        found = [Difference(f"hooks/{one}", None, '"there"') for one in names if one in {"evil", "odd", "risky"}]
        unexpected = tuple(one for one in found if not any(fnmatch(one.path, each) for each in intends))
        ends = Suite(int("flaky" in names), last="1 test")
        return Proof(
            "differs" if unexpected else "same",
            unexpected=unexpected,
            tests=TestRun(self.tests, Suite(0, last="1 test"), ends) if self.tests else None,
        )


@pytest.fixture(autouse=True)
def _stand(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    toys(monkeypatch)
    monkeypatch.setattr("keck.proof.prover.Prover", Stand)
    monkeypatch.setattr(Stand, "booted", True)
    monkeypatch.chdir(tmp_path)
    PROVEN.clear()


def repair(
    root: Path,
    lines: str,
    *,
    proof: bool | None = None,
    unsafe: bool = False,
    tests: str = "",
    python: str | None = sys.executable,
) -> Repair:
    """Return how some assignments are repaired."""
    write(root, {"requirements.txt": "flask\n", "app.py": lines.replace("; ", "\n") + "\n"})
    return fixing.fix([root], Settings(), proof=proof, unsafe=unsafe, tests=tests, python=python)


def done(found: Repair) -> str:
    """Return the names of what is repaired."""
    text = "".join((one.after or b"").decode() for one in found.patch.files.values())
    return " ".join(re.findall(r"^(\w+) = (?:needs\(1\)|good\(\)|daring\(\))$", text, re.MULTILINE))


def whys(found: Repair) -> dict[str, str]:
    """Return why lines were left, by their number."""
    return {str(one.finding.place.line): one.why for one in found.left}


def test_local_fixes_need_no_proof(tmp_path: Path) -> None:
    """No app is booted for what changes single expressions and is safe."""
    found = repair(tmp_path, "a = bad(); b = bad()")
    assert (done(found), PROVEN, found.proofs) == ("a b", [], ())


def test_others_are_proven_together(tmp_path: Path) -> None:
    """One proof serves all of them, on top of what needs none."""
    found = repair(tmp_path, "a = bad(); b = needs(); c = needs()")
    assert (done(found), PROVEN) == ("a b c", ["a b c"])
    assert found.proofs[0].proof.holds
    assert found.proofs[0].base == "."


def test_asked_for_all_fixes_are_proven(tmp_path: Path) -> None:
    """With a proof asked for, or with tests, nothing is left out of it."""
    assert PROVEN == []
    repair(tmp_path / "a", "a = bad()", proof=True)
    repair(tmp_path / "b", "b = bad()", tests="pytest")
    assert PROVEN == ["a", "b"]


def test_nothing_is_proven_when_that_is_wanted(tmp_path: Path) -> None:
    """All is done, and that nothing is proven is said."""
    found = repair(tmp_path, "a = bad(); dead = needs()", proof=False)
    assert (done(found), PROVEN, found.says) == ("a dead", [], (fixing.UNPROVEN,))


def test_culprits_are_found(tmp_path: Path) -> None:
    """Those whose differences nobody intends are undone and shown with them, the others stay."""
    found = repair(tmp_path, "a = bad(); b = needs(); evil = needs(); c = needs(); dead = needs()")
    assert done(found) == "a b c"
    # the import that two of three need has moved the lines
    assert {one.why: [each.path for each in one.differences] for one in found.left} == {
        "more of the app would change than is meant": ["hooks/evil"],
        "it died": [],
    }
    assert found.proofs[0].proof.holds


def test_intended_differences_are_none(tmp_path: Path) -> None:
    """What a fix says that it changes may change."""
    found = repair(tmp_path, "risky = risky()", unsafe=True)
    assert done(found) == "risky"
    assert not found.left


def test_what_the_plain_fixes_change_is_known(tmp_path: Path) -> None:
    """A difference that is there without the others is not theirs."""
    found = repair(tmp_path, "odd = bad(); b = needs(); evil = needs()")
    assert done(found) == "odd b"
    assert found.says == (fixing.PLAIN,)
    assert [[each.path for each in one.differences] for one in found.left] == [["hooks/evil"]]
    assert done(repair(tmp_path / "x", "odd = bad(); b = needs()")) == "odd b"


def test_plain_fix_that_breaks_the_app(tmp_path: Path) -> None:
    """Once a proof has shown it, it is undone like any other."""
    found = repair(tmp_path, "dead = bad(); b = needs()")
    assert done(found) == "b"
    assert list(whys(found).values()) == ["it died"]


def test_all_of_them_are_to_blame(tmp_path: Path) -> None:
    """Nothing is left to be proven then."""
    found = repair(tmp_path, "dead = needs()")
    assert (done(found), found.proofs) == ("", ())


def test_tests_that_fail_afterwards(tmp_path: Path) -> None:
    """The fix after which they end differently is undone, though the app is the same."""
    found = repair(tmp_path, "a = needs(); flaky = needs()", tests="pytest")
    assert done(found) == "a"
    assert list(whys(found).values()) == ["the project's tests would not end as they do now"]
    found = repair(tmp_path / "x", "odd = bad(); a = needs(); flaky = needs()", tests="pytest", proof=True)
    assert "flaky" not in done(found)


def test_app_that_does_not_start_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What needs a proof is left, with how to do it all the same; the rest is done."""
    monkeypatch.setattr(Stand, "booted", False)
    found = repair(tmp_path, "a = bad(); b = needs(); c = worse()")
    assert done(found) == "a"
    why = "it has to be proven, and the app does not start as it is; `--no-proof` does it all the same"
    assert whys(found)["2"] == why
    assert len(found.left) == 2
    assert found.proofs[0].proof.trouble == "no Flask here"


def test_no_interpreter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where none is found it is as with an app that does not start; one that was named has to be right."""
    monkeypatch.delenv("VIRTUAL_ENV", raising=False)
    monkeypatch.delenv("CONDA_PREFIX", raising=False)
    found = repair(tmp_path, "a = bad(); b = needs()", python=None)
    assert done(found) == "a"
    assert "has no environment of its own" in whys(found)["2"]
    with pytest.raises(Trouble, match="does not exist"):
        repair(tmp_path, "b = needs()", python="nowhere/python")


def test_projects_are_proven_at_their_own_base(tmp_path: Path) -> None:
    """Of two projects each has a proof of its own, told by its directory."""
    write(
        tmp_path, {"one/setup.py": "", "one/app.py": "a = needs()\n", "two/setup.py": "", "two/app.py": "b = needs()\n"}
    )
    found = fixing.fix([tmp_path], Settings(), python=sys.executable)
    assert [one.base for one in found.proofs] == ["one", "two"]
    assert PROVEN == ["a", "b"]


@pytest.mark.filterwarnings("default")
def test_with_the_real_prover(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An app that Flask boots, and finds by itself, stands its proof."""
    monkeypatch.undo()
    toys(monkeypatch)
    monkeypatch.chdir(tmp_path)
    app = "from flask import Flask\n\napp = Flask(__name__)\n\n\ndef good():\n    pass\n\n\nbad = good\na = bad()\n"
    write(tmp_path, {"requirements.txt": "flask\n", "app.py": app})
    found = fixing.fix([tmp_path], Settings(), proof=True, python=sys.executable)
    assert found.patch
    assert found.proofs[0].proof.holds
