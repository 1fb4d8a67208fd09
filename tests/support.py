"""The small world of a rule's test: files as texts, and what a rule says of them."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping

from keck.deployment import deploys, workers
from keck.facts import facts_of
from keck.finding import Finding
from keck.pins import pins
from keck.project import Project, Surroundings
from keck.rule import rules


def project(files: Mapping[str, str] | str) -> Project:
    """Return the project of these files; a lone text is ``app.py``. Other files than Python's give pins and workers."""
    named = {"app.py": files} if isinstance(files, str) else files
    texts = {path: textwrap.dedent(text).lstrip("\n").encode() for path, text in named.items()}
    others = {path: text for path, text in texts.items() if not path.endswith(".py") or deploys(path)}
    facts = {path: facts_of(text) for path, text in texts.items() if path.endswith(".py")}
    return Project(
        facts, Surroundings(pins=pins(others), workers=workers(others), others=tuple(sorted(others)), texts=others)
    )


def findings(rule: str, files: Mapping[str, str] | str) -> list[Finding]:
    """Return what one rule finds in these files, sorted by place."""
    (one,) = (each for each in rules() if each.id == rule)
    return sorted(one.check(project(files)), key=lambda found: found.order)


def lines(rule: str, files: Mapping[str, str] | str) -> list[str]:
    """Return the findings of one rule as ``path:line level``."""
    return [f"{one.place.path}:{one.place.line} {one.level.name}" for one in findings(rule, files)]
