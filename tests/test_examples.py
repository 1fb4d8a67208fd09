"""Every rule's example pair proves the rule: wrong is found on the marked lines, right is silent, in code and live."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from keck.live.record import LiveApp
from keck.rule import Rule, rules
from tests.live_support import booted, findings
from tests.support import project

EXAMPLES = Path(__file__).parent.parent / "examples"
MARK = re.compile(r"# keck: ([a-z-]+/[a-z0-9-]+|not-analysed)\s*$")

ASKS = {"backends", "database", "migrations", "redis", "smtp"}
"""What a rule needs that only a real server can tell; such rules are proven in tests/rules/live."""


def example_files(folder: Path, side: str) -> dict[str, str]:
    """Return the files of one side of an example by their paths."""
    lone = folder / f"{side}.py"
    if lone.is_file():
        return {"app.py": lone.read_text("utf-8")}
    tree = folder / side
    return {
        one.relative_to(tree).as_posix(): one.read_text("utf-8") for one in sorted(tree.rglob("*")) if one.is_file()
    }


def _marked(rule: Rule, files: dict[str, str]) -> set[tuple[str, int]]:
    return {
        (path, number)
        for path, text in files.items()
        for number, line in enumerate(text.splitlines(), 1)
        if (mark := MARK.search(line)) and mark[1] == rule.id
    }


def _paired() -> list[Rule]:
    return [one for one in rules() if one.id != "unused-ignore" and one.sees_code]


def _live() -> list[Rule]:
    return [one for one in rules() if one.sees_apps and not ASKS & set(one.needs)]


UNSEEN = {
    "caching/type-not-caching": "the app does not start",
    "cors/unknown-option": "what `init_app()` drops leaves no trace",
    "limiter/key-empty": "what a key function returns is not known before it is called",
    "app/test-override-after-bind": "the fixture that overrides the config belongs to the tests, which are not run",
}
"""Rules whose live half has another form of the fault than their example, and why."""

ENVIRONMENT = {
    "DATABASE_URL": "sqlite://",
    "REDIS_URL": "redis://localhost:1/0",
    "WEB_CONCURRENCY": "4",
    "SECRET_KEY": "b7c1f0d2a49e4c6f8d3e5a7b9c0d1e2f",
    "JWT_SECRET_KEY": "f2e1d0c9b7a5e3d8f6c4e9a42d0f1c7b",
}


@cache
def _booted(rule: str, side: str) -> LiveApp:
    (one,) = (each for each in rules() if each.id == rule)
    return booted(example_files(EXAMPLES / rule, side), probe="probe" in one.needs, environment=ENVIRONMENT)


@pytest.mark.parametrize("rule", _paired(), ids=lambda rule: rule.id)
def test_wrong_is_found_on_the_marked_lines(rule: Rule) -> None:
    """A rule finds its fault in its wrong example, on exactly the lines that are marked."""
    files = example_files(EXAMPLES / rule.id, "wrong")
    marked = _marked(rule, files)
    assert marked
    assert {(one.place.path, one.place.line) for one in rule.check(project(files))} == marked


@pytest.mark.parametrize("rule", _paired(), ids=lambda rule: rule.id)
def test_right_is_silent(rule: Rule) -> None:
    """A rule says nothing of its right example, and no rule finds an error or warning there."""
    files = example_files(EXAMPLES / rule.id, "right")
    assert files
    assert list(rule.check(project(files))) == []


@pytest.mark.parametrize("rule", _live(), ids=lambda rule: rule.id)
def test_wrong_is_found_live(rule: Rule) -> None:
    """A live half finds its fault in the booted example, at a place that holds a marked line."""
    if rule.id in UNSEEN:
        pytest.skip(UNSEEN[rule.id])
    files = example_files(EXAMPLES / rule.id, "wrong")
    found = findings(rule.id, _booted(rule.id, "wrong"))
    assert found
    if rule.sees_code:
        return
    for path, line in _marked(rule, files):
        assert any(one.place.path.endswith(path) and one.place.line <= line <= one.place.end_line for one in found)


@pytest.mark.parametrize("rule", _live(), ids=lambda rule: rule.id)
def test_right_is_silent_live(rule: Rule) -> None:
    """A live half says nothing of the booted right example."""
    assert findings(rule.id, _booted(rule.id, "right")) == []


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.id)
def test_page_is_complete(rule: Rule) -> None:
    """A rule's page has a title and says what, why, how to mend it, when to ignore it, and on what evidence."""
    assert rule.title
    for section in ("What", "Why", "Fix", "When to ignore it", "Evidence"):
        assert rule.section(section), section
    assert bool(rule.good) == rule.sees_apps
    if rule.id != "unused-ignore":
        assert _marked(rule, example_files(EXAMPLES / rule.id, "wrong"))
        assert example_files(EXAMPLES / rule.id, "right")
