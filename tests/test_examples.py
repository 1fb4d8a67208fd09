"""Every rule's example pair proves the rule: wrong is found on the marked lines, right is silent."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from keck.rule import Rule, rules
from tests.support import project

EXAMPLES = Path(__file__).parent.parent / "examples"
MARK = re.compile(r"# keck: ([a-z-]+/[a-z0-9-]+|not-analysed)\s*$")


def _files(folder: Path, side: str) -> dict[str, str]:
    lone = folder / f"{side}.py"
    if lone.is_file():
        return {"app.py": lone.read_text("utf-8")}
    tree = folder / side
    return {
        one.relative_to(tree).as_posix(): one.read_text("utf-8") for one in sorted(tree.rglob("*")) if one.is_file()
    }


def _paired() -> list[Rule]:
    return [one for one in rules() if one.id != "unused-ignore"]


@pytest.mark.parametrize("rule", _paired(), ids=lambda rule: rule.id)
def test_wrong_is_found_on_the_marked_lines(rule: Rule) -> None:
    """A rule finds its fault in its wrong example, on exactly the lines that are marked."""
    files = _files(EXAMPLES / rule.id, "wrong")
    marked = {
        (path, number)
        for path, text in files.items()
        for number, line in enumerate(text.splitlines(), 1)
        if (mark := MARK.search(line)) and mark[1] == rule.id
    }
    assert marked
    assert {(one.place.path, one.place.line) for one in rule.check(project(files))} == marked


@pytest.mark.parametrize("rule", _paired(), ids=lambda rule: rule.id)
def test_right_is_silent(rule: Rule) -> None:
    """A rule says nothing of its right example, and no rule finds an error or warning there."""
    files = _files(EXAMPLES / rule.id, "right")
    assert files
    assert list(rule.check(project(files))) == []


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.id)
def test_page_is_complete(rule: Rule) -> None:
    """A rule's page has a title and says what, why, how to mend it, when to ignore it, and on what evidence."""
    assert rule.title
    for section in ("What", "Why", "Fix", "When to ignore it", "Evidence"):
        assert rule.section(section), section
