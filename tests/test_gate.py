from __future__ import annotations

from pathlib import Path

import pytest

from keck import gate
from keck.facts import facts_of
from keck.rule import ids, rules

LONG = b"# nothing to see here\n" * 40


def test_words_are_those_of_the_chosen_rules() -> None:
    """What is looked for is what the rules that are asked have declared, the shortest of words within words."""
    code, tests = gate.needles(ids())
    declared = {word.encode() for rule in rules() for word in rule.needles}
    assert set(code) <= declared
    assert all(any(word in one for word in code) for one in declared)
    assert not [one for one in code for other in code if one != other and one in other]
    assert all(any(word in one.encode() for word in tests) for rule in rules() for one in rule.test_needles)
    assert gate.needles(()) == ((), ())


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("app.py", LONG + b"app = Flask(__name__)"),
        ("app.py", b"x = 1"),
        ("app.py", LONG + b"# keck: ignore[cors/]"),
        ("shop/__init__.py", LONG),
        ("tests/test_app.py", LONG + b"client = 1"),
    ],
)
def test_what_may_matter_passes(path: str, data: bytes) -> None:
    """A file with a word of a rule is read whole; so is a short one, a package's own, and one that speaks to Keck."""
    assert gate.passes(path, data, ((b"Flask",), (b"client",)))


@pytest.mark.parametrize(
    ("path", "data"), [("app.py", LONG), ("tests/test_app.py", LONG + b"Flask"), ("app.py", LONG + b"client")]
)
def test_what_matters_to_no_rule_does_not_pass(path: str, data: bytes) -> None:
    """A long file without a word is not read whole, nor is a test with words that matter outside tests only."""
    assert not gate.passes(path, data, ((b"Flask",), (b"client",)))


def test_rule_is_asked_where_its_extension_is() -> None:
    """A rule about an extension is asked if a file outside tests names it; one that requires nothing always."""
    free = {rule.id for rule in rules() if not rule.requires}
    assert set(gate.asked(ids(), {"app.py": b""})) == free
    assert "cors/unknown-option" in gate.asked(ids(), {"app.py": b"from flask_cors import CORS"})
    assert "cors/unknown-option" not in gate.asked(ids(), {"tests/test_app.py": b"from flask_cors import CORS"})
    assert gate.asked((), {"app.py": b"from flask_cors import CORS"}) == ()


EXAMPLES = Path(__file__).parent.parent / "examples"


@pytest.mark.parametrize("rule", [rule for rule in rules() if rule.id != "unused-ignore"], ids=lambda rule: rule.id)
def test_gate_lets_each_rule_see_its_own_example(rule: object) -> None:
    """A rule is asked for its wrong example, and the files in which its faults stand pass by its words alone."""
    (one,) = (each for each in rules() if each is rule)
    lone = EXAMPLES / one.id / "wrong.py"
    tree = [lone] if lone.is_file() else sorted((EXAMPLES / one.id / "wrong").rglob("*.py"))
    mark = f"# keck: {one.id}".encode()
    contents = {
        path.name if path == lone else path.relative_to(lone.with_suffix("")).as_posix(): path.read_bytes()
        for path in tree
    }
    assert one.id in gate.asked([one.id], contents)
    words = gate.needles((one.id,))
    for path, data in contents.items():
        if mark in data and not facts_of(data).trouble:
            bare = data.replace(b"keck:", b"")
            assert gate.passes(path, bare + LONG, words), path
