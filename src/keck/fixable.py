"""Which rules have a fix: asked of their own examples, so that no list of them can lie."""

from __future__ import annotations

from functools import cache
from typing import Literal

from keck.rule import Rule

Repair = Literal["", "fix", "unsafe fix"]
"""None, a safe one (of some of its findings at least), or none but unsafe ones."""


@cache
def repair_of(rule: Rule) -> Repair:
    """Return how `keck fix` repairs what a rule finds, as its wrong example shows it."""
    from keck.deployment import deploys, workers
    from keck.examples import example_of
    from keck.facts import facts_of
    from keck.pins import pins
    from keck.project import Project, Surroundings

    if not rule.sees_code:
        return ""
    texts = {path: text.encode() for path, text in example_of(rule.id).wrong.items()}
    others = {path: text for path, text in texts.items() if not path.endswith(".py") or deploys(path)}
    facts = {path: facts_of(text) for path, text in texts.items() if path.endswith(".py")}
    around = Surroundings(pins(others), workers(others), tuple(sorted(others)), others)
    try:
        fixes = [one.fix for one in rule.check(Project(facts, around)) if one.fix is not None]
    except Exception:  # noqa: BLE001 - a rule that fails on its own example must not take a report with it
        return ""
    if any(one.safe for one in fixes):
        return "fix"
    return "unsafe fix" if fixes else ""
