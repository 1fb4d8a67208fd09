"""Whatever happens to a Flask source, it is read or told, and no rule falls over it."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import hypothesis.strategies as st
from hypothesis import HealthCheck, given, settings

from keck.facts import Facts, facts_of
from keck.facts.header import imports_of
from keck.pins import pins
from keck.project import Project, Surroundings
from keck.rule import rules

EXAMPLES = Path(__file__).parent.parent / "examples"
SOURCES = sorted(path for path in EXAMPLES.rglob("*.py") if "legacy-shop" not in path.parts)
Edit = Callable[[list[bytes]], list[bytes]]

SCRAPS = [
    b"\0",
    b"\xff",
    b"\xef\xbb\xbf",
    b"\t",
    b"\r",
    b"(",
    b")",
    b'"""',
    b"'",
    b":",
    b"\\",
    b"# keck: ignore[",
    b"# keck: ignore-file[ALL] why",
    b"# coding: latin-1",
    b"# coding: nonsense",
    b"@",
    b"*",
    b"**",
    b"lambda: ",
    b"yield ",
    b"await ",
    b"global app",
    b"from . import *",
    b"import app",
    b"app = app",
    b"return ",
    b"self.",
    b"None",
    b"-",
    b"{{ x }}",
    b"print 'x'",
]


def _cut(first: int, count: int) -> Edit:
    return lambda rows: rows[: first % (len(rows) + 1)] + rows[first % (len(rows) + 1) + count :]


def _doubled(first: int, second: int) -> Edit:
    return lambda rows: [
        *rows[: second % (len(rows) + 1)],
        *rows[first % (len(rows) + 1) :][:1],
        *rows[second % (len(rows) + 1) :],
    ]


def _swapped(first: int, second: int) -> Edit:
    def edit(rows: list[bytes]) -> list[bytes]:
        if rows:
            one, other = first % len(rows), second % len(rows)
            rows[one], rows[other] = rows[other], rows[one]
        return rows

    return edit


def _inserted(row: int, column: int, what: bytes) -> Edit:
    def edit(rows: list[bytes]) -> list[bytes]:
        if rows:
            text = rows[row % len(rows)]
            at = column % (len(text) + 1)
            rows[row % len(rows)] = text[:at] + what + text[at:]
        return rows

    return edit


def _indented(row: int, step: int) -> Edit:
    def edit(rows: list[bytes]) -> list[bytes]:
        if rows:
            text = rows[row % len(rows)]
            rows[row % len(rows)] = b" " * step + text if step > 0 else text[-step:]
        return rows

    return edit


def _renamed(row: int, word: bytes, other: bytes) -> Edit:
    def edit(rows: list[bytes]) -> list[bytes]:
        if rows:
            at = row % len(rows)
            rows[at:] = [re.sub(rb"\b" + word + rb"\b", other, one) for one in rows[at:]]
        return rows

    return edit


LINES = st.integers(0, 300)
WORDS = [b"app", b"db", b"mail", b"limiter", b"cache", b"jwt", b"self", b"request", b"Flask", b"config", b"create_app"]
OTHERS = [*WORDS, b"None", b"app.x", b"f()", b"lambda: app", b"x[0]", b"'text'", b"*args", b"User"]
RENAMED = st.builds(_renamed, LINES, st.sampled_from(WORDS), st.sampled_from(OTHERS))
GENTLE = st.lists(
    st.one_of(RENAMED, RENAMED, RENAMED, st.builds(_cut, LINES, st.just(1)), st.builds(_doubled, LINES, LINES)),
    min_size=1,
    max_size=3,
)
ROUGH = st.lists(
    st.one_of(
        st.builds(_cut, LINES, st.integers(1, 12)),
        st.builds(_swapped, LINES, LINES),
        st.builds(_inserted, LINES, st.integers(0, 80), st.sampled_from(SCRAPS) | st.binary(min_size=1, max_size=4)),
        st.builds(_indented, LINES, st.sampled_from([-8, -4, -1, 1, 4])),
    ),
    min_size=1,
    max_size=3,
)


def mutated(source: bytes, edits: list[Edit]) -> bytes:
    """Return a source after some edits of its lines."""
    rows = source.splitlines(keepends=True)
    for edit in edits:
        rows = edit(rows)
    return b"".join(rows)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(SOURCES), ROUGH | GENTLE)
def test_mutated_sources_are_read_or_told(path: Path, edits: list[Edit]) -> None:
    """A source in which lines are cut, swapped, doubled or spoilt gives facts or one sentence of trouble."""
    source = mutated(path.read_bytes(), edits)
    facts = facts_of(source)
    assert isinstance(facts, Facts)
    assert "\n" not in facts.trouble
    assert not (facts.trouble and facts.steps)
    assert imports_of(source).trouble == ""


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(st.tuples(st.sampled_from(SOURCES), GENTLE | ROUGH), min_size=1, max_size=3),
    st.sampled_from([("app.py", "config.py", "extensions.py"), ("pkg/__init__.py", "pkg/app.py", "tests/test_app.py")]),
)
def test_no_rule_falls_over_mutated_sources(spoilt: list[tuple[Path, list[Edit]]], names: tuple[str, str, str]) -> None:
    """Every rule says what it has to say of a project of spoilt sources, and raises nothing."""
    facts = {
        name: facts_of(mutated(path.read_bytes(), edits)) for name, (path, edits) in zip(names, spoilt, strict=False)
    }
    project = Project(facts, Surroundings(pins=pins({})))
    for rule in rules():
        for finding in rule.check(project):
            assert finding.place.path in facts
            assert finding.place.line >= 1


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_told(source: bytes) -> None:
    """Bytes of any kind give facts or trouble, never an exception."""
    facts = facts_of(source)
    assert "\n" not in facts.trouble
    assert imports_of(source).trouble == ""
