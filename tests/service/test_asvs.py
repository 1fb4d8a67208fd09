"""The table of docs/asvs.md: it has every item, and every item that is met has tests."""

from __future__ import annotations

import ast
import re
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

LEVEL_1 = """
6.1.1 6.2.1 6.2.2 6.2.3 6.2.4 6.2.5 6.2.6 6.2.7 6.2.8 6.3.1 6.3.2 6.4.1 6.4.2
7.2.1 7.2.2 7.2.3 7.2.4 7.4.1 7.4.2
9.1.1 9.1.2 9.1.3 9.2.1
"""
LEVEL_2 = """
6.1.2 6.1.3 6.2.9 6.2.10 6.2.11 6.2.12 6.3.3 6.3.4 6.4.3 6.4.4 6.5.1 6.5.2 6.5.3 6.5.4 6.5.5 6.6.1 6.6.2 6.6.3
6.8.1 6.8.2 6.8.3 6.8.4
7.1.1 7.1.2 7.1.3 7.3.1 7.3.2 7.4.3 7.4.4 7.4.5 7.5.1 7.5.2 7.6.1 7.6.2
9.2.2 9.2.3 9.2.4
"""
LEVEL_3 = """
6.3.5 6.3.6 6.3.7 6.3.8 6.4.5 6.4.6 6.5.6 6.5.7 6.5.8 6.6.4 6.7.1 6.7.2 7.5.3
"""
LEVELS = {"1": LEVEL_1.split(), "2": LEVEL_2.split(), "3": LEVEL_3.split()}

MET, ELSEWHERE, UNMET = "met", "not applicable", "not met"
_ROW = re.compile(r"^\| (\d+\.\d+\.\d+) \| ([123]) \| ([a-z ]+) \| (.+) \|$", re.MULTILINE)
_TEST = re.compile(r"`(test_\w+)`")


def page() -> str:
    """Return the page."""
    return (ROOT / "docs" / "asvs.md").read_text(encoding="utf-8")


def proofs() -> list[str]:
    """Return the names of the tests that stand for an item."""
    found = []
    for path in sorted((ROOT / "tests" / "service").glob("test_asvs_*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        found += [
            node.name for node in tree.body if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
        ]
    return found


def item_of(test: str) -> str:
    """Return the item that a test is named for."""
    named = re.match(r"test_v(\d+)_(\d+)_(\d+)_[a-z]", test)
    assert named is not None, test
    return ".".join(named.groups())


def test_the_table_is_complete() -> None:
    """Every item up to level 2 is one row; what is met names the tests for it, all of them and no other row does."""
    rows = _ROW.findall(page())
    items = [item for item, _, _, _ in rows]
    assert max(Counter(items).values()) == 1
    assert {*LEVELS["1"], *LEVELS["2"]} <= {*items}
    assert [item for item, level, _, _ in rows if item not in LEVELS[level]] == []
    for item, _, state, reason in rows:
        assert state in {MET, ELSEWHERE, UNMET}, item
        named = _TEST.findall(reason)
        assert sorted(named) == sorted(test for test in proofs() if item_of(test) == item), item
        assert bool(named) is (state == MET), item
    assert {item_of(test) for test in proofs()} <= {*items}


def test_the_rows_are_in_order() -> None:
    """The rows are in the order of the standard."""
    numbers = [tuple(int(part) for part in item.split(".")) for item, _, _, _ in _ROW.findall(page())]
    assert numbers == sorted(numbers)


def test_the_counts_are_right() -> None:
    """The numbers at the top of the page are those of the table."""
    counted = Counter((state, level) for _, level, state, _ in _ROW.findall(page()))
    stated = {
        (state, level): int(number)
        for state in (MET, ELSEWHERE, UNMET)
        for level, number in zip("123", _counts(state), strict=False)
    }
    assert stated == {key: counted[key] for key in stated}
    assert counted.keys() <= stated.keys()


def _counts(state: str) -> list[str]:
    found = re.search(rf"^\| {state} \|([\d |]+)", page(), re.MULTILINE)
    assert found is not None, state
    return found[1].replace("|", " ").split()
