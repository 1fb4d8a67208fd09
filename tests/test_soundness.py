from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from keck.cache import Verdict
from keck.facts import Facts, facts_of
from keck.finding import Finding, Level, Place, Related
from keck.soundness import is_sound, is_sound_facts, is_sound_verdict

SOURCE = b"""
import a
class Outer:
    def method(self):
        for one in a:
            if one:
                return one
    if a:
        class Inner:
            def method(self): ...
        def other(self): ...
"""
REPLACE = msgspec.structs.replace
FACTS = facts_of(SOURCE)
GOOD = Finding("a/b", Level.note, Place("app.py"), "is", "do", related=(Related(Place("Procfile"), "there"),))


@pytest.mark.parametrize("path", sorted(Path(__file__).parent.glob("*.py")), ids=lambda path: path.name)
def test_what_keck_reads_is_sound(path: Path) -> None:
    """The facts of real files are what they are checked for."""
    assert is_sound_facts(facts_of(path.read_bytes()))


@pytest.mark.parametrize(
    "facts",
    [
        REPLACE(FACTS, steps=(REPLACE(FACTS.steps[0], block=99),)),
        REPLACE(FACTS, steps=(REPLACE(FACTS.steps[0], block=-2),)),
        REPLACE(FACTS, imports=(REPLACE(FACTS.imports[0], block=99),)),
        REPLACE(FACTS, imports=(REPLACE(FACTS.imports[0], level=10**9),)),
        REPLACE(FACTS, functions=(REPLACE(FACTS.functions[0], block=99),)),
        REPLACE(FACTS, functions=(REPLACE(FACTS.functions[0], scope="elsewhere"),)),
        REPLACE(FACTS, functions=(REPLACE(FACTS.functions[0], owner="elsewhere"),)),
        REPLACE(FACTS, classes=(REPLACE(FACTS.classes[0], block=99),)),
        REPLACE(FACTS, classes=(REPLACE(FACTS.classes[0], name="a.b", scope="a.b"),)),
        REPLACE(FACTS, blocks=(REPLACE(FACTS.blocks[0], parent=0),), functions=(), classes=(), steps=()),
        REPLACE(FACTS, blocks=(REPLACE(FACTS.blocks[0], parent=-9),), functions=(), classes=(), steps=()),
    ],
)
def test_facts_that_would_lead_nowhere_are_not_sound(facts: Facts) -> None:
    """Blocks in themselves or in none, scopes that are not around, and imports from far above are refused."""
    assert is_sound_facts(FACTS)
    assert not is_sound_facts(facts)


def test_finding_stands_in_a_file_of_the_project() -> None:
    """A finding is sound where it and what belongs to it stand in known files, at places that can be."""
    assert is_sound(GOOD, {"app.py", "Procfile"})
    assert not is_sound(GOOD, {"app.py"})
    for place in (
        Place("/etc/passwd"),
        Place("../app.py"),
        Place("app.py", 0),
        Place("app.py", 1, -1),
        Place("app.py", 1, 1, 2**60),
        Place("app.py", 1, 1, 1, 2**60),
    ):
        assert not is_sound(REPLACE(GOOD, place=place), {"app.py", "Procfile"})


def test_verdict_speaks_of_its_project_under_its_rules() -> None:
    """A verdict with foreign files or rules, or with remarks that are never kept, is refused."""
    paths, rules = {"app.py", "Procfile"}, {"a/b"}
    good = Verdict("key", (GOOD,), ("app.py",))
    assert is_sound_verdict(good, paths, rules)
    assert not is_sound_verdict(good, paths, {"other"})
    assert not is_sound_verdict(good, {"Procfile"}, rules)
    assert not is_sound_verdict(REPLACE(good, templates=("/etc/passwd",)), paths, rules)
    assert not is_sound_verdict(REPLACE(good, unreadable=("app.py",)), paths, rules)
    assert not is_sound_verdict(REPLACE(good, faults=("run rm -rf",)), paths, rules)
