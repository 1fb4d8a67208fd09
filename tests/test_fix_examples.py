"""Every fix is proven by its rule's example pair: fixed wrong is right, right stays as it is, twice is once."""

from __future__ import annotations

import re
from functools import cache

import pytest

from keck.edit import Create
from keck.finding import Finding
from keck.fixes.apply import applied
from keck.rule import Rule, rules
from tests.support import project
from tests.test_examples import EXAMPLES, example_files

MARK = re.compile(r"[ \t]*# keck: (?!ignore)[^\n]*")

PARTLY: dict[str, str] = {
    "caching/key-too-coarse": "which headers a key is made of is for the user to say",
}
"""Rules of whose example a part has no fix, and why."""


@cache
def _wrong(rule: str) -> dict[str, str]:
    return {path: MARK.sub("", text) for path, text in example_files(EXAMPLES / rule, "wrong").items()}


def _findings(rule: Rule, files: dict[str, str]) -> list[Finding]:
    return [one for one in rule.check(project(files)) if one.fix is not None]


def _fixed(rule: Rule, files: dict[str, str]) -> dict[str, str]:
    """Return the files after every fix, one at a time."""
    files = dict(files)
    for _ in range(30):
        found = _findings(rule, files)
        if not found:
            return files
        fix = found[0].fix
        assert fix is not None
        for path in dict.fromkeys(one.place.path for one in fix.edits):
            edits = [one for one in fix.edits if one.place.path == path]
            if isinstance(edits[0], Create):
                files[path] = edits[0].text
            else:
                files[path] = applied(files[path], edits)
    raise AssertionError(f"the fixes of {rule.id} do not come to an end")


def _fixable() -> list[Rule]:
    return [one for one in rules() if one.sees_code and _findings(one, _wrong(one.id))]


@pytest.mark.parametrize("rule", _fixable(), ids=lambda rule: rule.id)
def test_wrong_becomes_right(rule: Rule) -> None:
    """Where every finding of the wrong example has a fix, the fixes turn it into the right one, letter by letter."""
    fixed = _fixed(rule, _wrong(rule.id))
    if rule.id in PARTLY:
        assert fixed != _wrong(rule.id)
        return
    assert fixed == example_files(EXAMPLES / rule.id, "right")


@pytest.mark.parametrize("rule", _fixable(), ids=lambda rule: rule.id)
def test_right_stays(rule: Rule) -> None:
    """A fix finds nothing to do in the right example."""
    assert not _findings(rule, example_files(EXAMPLES / rule.id, "right"))


@pytest.mark.parametrize("rule", _fixable(), ids=lambda rule: rule.id)
def test_twice_is_once(rule: Rule) -> None:
    """What is fixed has nothing left to be fixed."""
    fixed = _fixed(rule, _wrong(rule.id))
    assert _fixed(rule, fixed) == fixed
