"""The small world of a fix's test: what the fixes of one rule make of files, and that they bring nothing new."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping

from keck.columns import in_characters
from keck.edit import Fix
from keck.finding import Finding
from keck.fixes.apply import applied
from keck.rule import rules
from tests.support import findings, project

_ROUNDS = 20


def fixes(rule: str, files: Mapping[str, str] | str) -> list[Fix | None]:
    """Return the fix of each finding of one rule, None where it has none."""
    return [one.fix for one in findings(rule, files)]


def fixed(rule: str, source: str) -> str:
    """Return ``app.py`` after every fix of one rule; a safe one must not lead to a finding that was not there."""
    return fixed_files(rule, {"app.py": source})["app.py"]


def fixed_files(rule: str, files: Mapping[str, str]) -> dict[str, str]:
    """Return files after every fix of one rule, as `fixed` does."""
    texts = {path: textwrap.dedent(text).lstrip("\n") for path, text in files.items()}
    for _ in range(_ROUNDS):
        found = [one for one in _seen(texts, rule) if one.fix is not None]
        if not found:
            return texts
        fix = found[0].fix
        assert fix is not None
        known = {(one.rule, one.symbol) for one in _seen(texts)} if fix.safe else set()
        for path in dict.fromkeys(one.place.path for one in fix.edits):
            texts[path] = applied(texts[path], [one for one in fix.edits if one.place.path == path])
        new = {(one.rule, one.symbol) for one in _seen(texts)} - known if fix.safe else set()
        assert not new, (fix.title, new, texts)
        assert fix.safe or fix.changes
    raise AssertionError(f"the fixes of {rule} do not come to an end")


def _seen(texts: Mapping[str, str], only: str = "") -> list[Finding]:
    world = project(texts)
    found = [one for rule in rules() if not only or rule.id == only for one in rule.check(world)]
    return sorted(
        in_characters(found, {path: text.encode() for path, text in texts.items()}), key=lambda one: one.order
    )
