from __future__ import annotations

from pathlib import Path

import pytest

import keck.rules
from keck.finding import Finding, Level, Place, Related
from keck.project import Project
from keck.rule import SECTIONS, Rule, ids, rules
from tests.support import project

DOC = """The fault in one sentence.

What: this is
    what it is.
Why:
    Because: it hurts.

Fix: mend it.
Note: this heads no section.
When to ignore it: never.
Evidence: none.
"""


@pytest.fixture
def rule(monkeypatch: pytest.MonkeyPatch) -> Rule:
    """A rule with a page of its own."""
    monkeypatch.setattr(f"{__name__}.__doc__", DOC)
    return Rule(__name__, level=Level.warning, needles=("x",), requires=("y",))


def test_every_module_is_a_rule_by_its_path() -> None:
    """Each file of the package is a rule, but for those that begin with an underscore; its id is its path."""
    root = Path(keck.rules.__file__).parent
    paths = [
        path.relative_to(root).with_suffix("").as_posix().replace("_", "-")
        for path in root.rglob("*.py")
        if not path.name.startswith("_")
    ]
    assert [one.id for one in rules()] == sorted(paths)
    assert ids() == tuple(sorted(paths))
    assert rules() is rules()


def test_id_is_told_without_an_import() -> None:
    """A rule of a module outside the package keeps its dots as slashes and its underscores as dashes."""
    one = Rule("keck.rules.jwt.token_never_expires", level=Level.note)
    assert one.id == "jwt/token-never-expires"
    assert repr(one) == "<Rule jwt/token-never-expires>"


def test_page_is_the_docstring(rule: Rule) -> None:
    """Title and sections are read from the module's docstring."""
    assert rule.title == "The fault in one sentence"
    assert {name: rule.section(name) for name in SECTIONS} == {
        "What": "this is\nwhat it is.",
        "Why": "Because: it hurts.",
        "Fix": "mend it.\nNote: this heads no section.",
        "When to ignore it": "never.",
        "Evidence": "none.",
    }
    assert rule.section("Elsewhere") == ""


def test_module_without_a_docstring_has_an_empty_page(rule: Rule, monkeypatch: pytest.MonkeyPatch) -> None:
    """With ``python -OO`` the pages are gone, and nothing fails."""
    monkeypatch.setattr(f"{__name__}.__doc__", None)
    assert (rule.page, rule.title, rule.section("What")) == ("", "", "")


def test_rule_that_says_nothing_finds_nothing(rule: Rule) -> None:
    """A rule without a check of its own is silent; what it finds is found elsewhere."""
    assert list(rule.check(project("x = 1"))) == []


def test_finding_takes_level_from_its_rule_unless_it_says_otherwise(rule: Rule) -> None:
    """A finding has the rule's id and level, and the places that belong to it."""
    place, other = Place("app.py", 2), Place("ext.py", 3)
    plain = rule.finding(place, "is so", "do so")
    assert (plain.rule, plain.level, plain.symbol, plain.related) == (rule.id, Level.warning, "", ())
    told = rule.finding(place, "is so", "do so", level=Level.note, symbol="db", related=[(other, "made here")])
    assert (told.level, told.symbol, told.related) == (Level.note, "db", (Related(other, "made here"),))


def test_check_yields_what_was_registered(rule: Rule) -> None:
    """The decorated function is asked, and is left as it was."""
    told = rule.finding(Place("app.py"), "is so", "do so")

    @rule.in_code
    def check(_project: Project) -> list[Finding]:
        return [told]

    assert list(rule.check(project("x = 1"))) == [told] == check(project("x = 1"))
