"""A toy rule: calls of functions with telling names are findings, each with a fix of its own kind."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec
import pytest

from keck.edit import Create, Edit, Fix, Import, Replace
from keck.facts.expr import Call, Const, Ref, walk
from keck.finding import Finding, Level
from keck.place import Place
from keck.project import Project
from keck.rule import Rule, rules
from tests.test_source import posix, unprivileged

__all__ = ["BY_NAME", "OTHER", "RULE", "content", "posix", "toys", "unprivileged", "write"]

RULE = "jwt/required-without-call"
OTHER = "caching/unless-not-true"
BY_NAME = "sqlalchemy/legacy-query"

KINDS: dict[str, tuple[str, bool]] = {
    "bad": ("good()", True),
    "risky": ("daring()", False),
    "worse": ("bringer()", True),
    "risks_worse": ("bringer()", False),
    "stays": ("stays(1)", True),
    "same": ("same()", True),
    "broken": ("good(", True),
    "invalid": ("return_()", True),
    "flip": ("flop()", False),
    "flop": ("flip()", False),
    "first": ("second()", True),
    "second": ("third()", True),
}
"""By the name of what is called: what the call becomes, and whether that is safe."""


def toys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have three rules find toys, and all others nothing."""
    for rule in rules():
        monkeypatch.setattr(rule, "_check", None)
        monkeypatch.setattr(rule, "requires", ())
    known = {rule.id: rule for rule in rules()}
    monkeypatch.setattr(known[RULE], "_check", lambda project: _toys(known[RULE], project, KINDS))
    monkeypatch.setattr(known[OTHER], "_check", lambda project: _brought(known[OTHER], project))
    legacy = {"query": ("select()", True)}
    monkeypatch.setattr(known[BY_NAME], "_check", lambda project: _by_name(_toys(known[BY_NAME], project, legacy)))


def _by_name(findings: Iterator[Finding]) -> Iterator[Finding]:
    """Yield the findings with fixes that are done by the name of their rule only."""
    for one in findings:
        yield msgspec.structs.replace(one, fix=one.fix and msgspec.structs.replace(one.fix, by_name=True))


def calls(project: Project) -> Iterator[tuple[Place, str, Call]]:
    """Yield the calls of a project with their places and the names of what is called."""
    for module in project.modules:
        for step in module.facts.steps:
            for one in walk(step.value) if step.value else ():
                if isinstance(one, Call) and isinstance(one.func, Ref):
                    yield module.place(one), one.func.name, one


def _toys(rule: Rule, project: Project, kinds: Mapping[str, tuple[str, bool]]) -> Iterator[Finding]:
    for place, name, call in calls(project):
        if name in kinds:
            text, safe = kinds[name]
            yield _finding(
                rule,
                place,
                name,
                Fix(f"call {text}", (Replace(place, text),), safe, "" if safe else "dares", (f"hooks/{name}",)),
            )
        elif name == "needs" and not call.args:
            edits: tuple[Edit, ...] = (Replace(place, "needs(1)"), Import(place, "from os import path"))
            yield _finding(rule, place, name, Fix("give it one", edits))
        elif name == "wrap" and isinstance(call.args[0], Call):
            yield _finding(rule, place, name, Fix("unwrap it", (Replace(place, "bare(1)"),)))
        elif name == "make":
            new = Place("made.py")
            yield _finding(rule, place, name, Fix("make a file", (Create(new, "MADE = 1\n"), Replace(place, "made()"))))
        elif name == "twice":
            new = Place("twice.py")
            yield _finding(rule, place, name, Fix("make it twice", (Create(new, "A = 1\n"), Create(new, "B = 1\n"))))
        elif name == "far":
            (path,) = call.args
            assert isinstance(path, Const)
            far = Place(str(path.value), 1, 1, 1, 2)
            yield _finding(rule, place, name, Fix("reach far", (Replace(far, "y"), Replace(place, "near()"))))
        elif name == "nothing":
            yield _finding(rule, place, name, None)
        elif name == "crash":
            yield _finding(rule, place, name, Fix("crash it", (Replace(place, "crashes()"),)))
        elif name == "crashes":
            raise RuntimeError("crashed")


def _brought(rule: Rule, project: Project) -> Iterator[Finding]:
    for place, name, _ in calls(project):
        if name == "bringer":
            yield rule.finding(place, "something is brought", "", level=Level.note, symbol=name)


def _finding(rule: Rule, place: Place, name: str, fix: Fix | None) -> Finding:
    return rule.finding(place, f"`{name}()` is called", "", symbol=name, fix=fix)


def write(root: Path, files: Mapping[str, str | bytes]) -> None:
    """Write files below a directory."""
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(text.encode() if isinstance(text, str) else text)


def content(root: Path) -> dict[str, bytes]:
    """Return what the files below a directory hold, without what tools keep there."""
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file() and not {".git", ".keck_cache"} & {*path.relative_to(root).parts}
    }
