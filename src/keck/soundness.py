"""Whether what comes out of a cache can be true: somebody else may have written it."""

from __future__ import annotations

from collections.abc import Collection

from keck.cache import Verdict
from keck.facts.record import Class, Facts, Function, Import, Step
from keck.finding import Finding, Place

_DEEPEST = 255
"""More dots than a relative import ever has."""
_LAST = 10_000_000
"""More lines, and more columns, than a source file ever has."""


def is_sound_facts(facts: Facts) -> bool:
    """Whether the parts of a record refer to one another as those that Keck has read do.

    Whoever follows them then comes to an end: blocks lie in blocks before them, scopes in scopes
    of which their names begin, and lines end.
    """
    count = len(facts.blocks)
    definitions: list[Function | Class] = [*facts.functions, *facts.classes]
    within: list[Step | Import | Function | Class] = [*facts.steps, *facts.imports, *definitions]
    return (
        all(-1 <= one.block < count and 0 < one.line <= one.end_line <= _LAST for one in within)
        and all(
            -1 <= one.parent < index and 0 < one.line <= one.end_line <= _LAST for index, one in enumerate(facts.blocks)
        )
        and all(one.scope == one.name.rpartition(".")[0] for one in definitions)
        and all(one.owner in {"", one.scope} for one in facts.functions)
        and all(0 <= one.level <= _DEEPEST for one in facts.imports)
    )


def is_sound_verdict(verdict: Verdict, paths: Collection[str], rules: Collection[str]) -> bool:
    """Whether a verdict is one of this project under these rules.

    Args:
        verdict: its paths are relative to the project.
        paths: the files that it may speak of.
        rules: the rules that may have spoken.
    """
    return (
        all(one.rule in rules and is_sound(one, paths) for one in verdict.findings)
        and set(verdict.templates) <= set(paths)
        and not verdict.unreadable
        and not verdict.faults
    )


def is_sound(finding: Finding, paths: Collection[str]) -> bool:
    """Whether a finding stands in one of the files, at a place that a file can have."""
    return all(_is_sound(place, paths) for place in (finding.place, *(one.place for one in finding.related)))


def _is_sound(place: Place, paths: Collection[str]) -> bool:
    numbers = (place.line, place.column, place.end_line, place.end_column)
    return place.path in paths and all(1 <= one <= _LAST for one in numbers)
