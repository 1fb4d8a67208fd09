from __future__ import annotations

import sys
from pathlib import Path

import pytest

from keck.proof.booting import Place
from keck.proof.outcome import Suite
from keck.proof.suite import counts, run
from keck.proof.tree import Tree

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the commands are for a shell of Unix")


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """Where an app with a test is booted."""
    root = tmp_path / "shop"
    (root / "src" / "shop").mkdir(parents=True)
    (root / "src" / "shop" / "__init__.py").write_text("value = 1\n")
    folder = tmp_path / "copies"
    folder.mkdir()
    return Place(Tree(root, folder), folder, python=Path(sys.executable), timeout=10)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("3 passed in 0.1s", {"passed": 3}),
        (
            "x\n== 2 failed, 10 passed, 1 skipped, 3 warnings in 1.20s ==\nbye",
            {"failed": 2, "passed": 10, "skipped": 1},
        ),
        ("1 error in 0.12s", {"errors": 1}),
        ("2 passed, 1 error in 0.12s", {"passed": 2, "errors": 1}),
        ("2 failed is what I said", {}),
        ("Ran 3 tests in 0.1s\n\nOK", {"ran": 3}),
        (
            "Ran 1 test in 0.1s\n\nOK\nRan 4 tests in 0.1s\n\nFAILED (failures=1, errors=2)",
            {"ran": 4, "failures": 1, "errors": 2},
        ),
        ("all is well", {}),
        ("", {}),
    ],
)
def test_counts_are_read_off(text: str, found: dict[str, int]) -> None:
    """The last summary of pytest or unittest counts."""
    assert counts(text) == found


def test_a_command_runs_in_the_copy(place: Place) -> None:
    """The interpreter is the project's, its modules are the copy's, and what it prints in colours is read."""
    command = "python -c 'import os, shop, sys; print(os.getcwd(), shop.__file__, sys.executable)'"
    told = run(command, place, "", 20).last.split()
    assert told[0] == str(place.tree.path)
    assert told[1] == str(place.tree.path / "src" / "shop" / "__init__.py")
    assert Path(told[2]).parent == Path(sys.executable).parent
    suite = run("printf 'x\\n\\033[32m2 passed\\033[0m in 0.01s\\n'; exit 4", place, "src", 20)
    assert (suite.code, suite.counts, suite.last) == (4, {"passed": 2}, "2 passed in 0.01s")
    assert run("true", place, "", 20).last == ""


def test_a_command_that_takes_too_long_is_ended(place: Place) -> None:
    """With it what it has started."""
    suite = run("sleep 50 & sleep 50", place, "", 0.2)
    assert suite == Suite(None, {}, "", suite.seconds)
    assert suite.seconds < 20
