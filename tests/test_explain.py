from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType

import pytest

from keck.agents import first_sentence, rule_file
from keck.examples import NONE, PLACES, Example, example_of, unmarked
from keck.explain import link, markdown, paragraphs, plain
from keck.finding import Level
from keck.rule import Rule, rules

PAGE = """Flasks stand open

What:
    A flask without a clip. It
    falls off.

    - once it is warm
    - or when it is
      shaken

Why: see https://example.org/why.

Fix:
    Put a clip on it; see e.g. the drawing. Then warm it.

Evidence:
    Seen in <https://example.org/lab?flask=1>, and at https://example.org/other.
"""
EXAMPLE = Example({"wrong.py": 'clip = None  # keck: glass/open\nnote = "```"\n'}, {"a.py": "A = 1\n", "b.cfg": "b\n"})


@pytest.fixture
def rule(monkeypatch: pytest.MonkeyPatch) -> Rule:
    """Return a rule with a page that has every kind of text."""
    return made("keck.rules.glass.flask_open", PAGE, monkeypatch)


def made(name: str, page: str, monkeypatch: pytest.MonkeyPatch, level: Level = Level.error) -> Rule:
    """Return a rule whose module is made on the spot."""
    monkeypatch.setitem(sys.modules, name, ModuleType(name, page))
    return Rule(name, level=level)


def test_page_as_plain_text(rule: Rule) -> None:
    """Sections come in the order in which one reads them, lists stay lists, empty sections are left out."""
    assert plain(rule, EXAMPLE, 40) == (
        "Flasks stand open\n"
        "glass/flask-open (error)\n"
        "\n"
        "What\n"
        "    A flask without a clip. It falls\n"
        "    off.\n"
        "    - once it is warm\n"
        "    - or when it is shaken\n"
        "\n"
        "Why\n"
        "    See https://example.org/why.\n"
        "\n"
        "Wrong\n"
        "    clip = None  # <- here\n"
        '    note = "```"\n'
        "\n"
        "Right\n"
        "    --- a.py\n"
        "    A = 1\n"
        "\n"
        "    --- b.cfg\n"
        "    b\n"
        "\n"
        "Fix\n"
        "    Put a clip on it; see e.g. the\n"
        "    drawing. Then warm it.\n"
        "\n"
        "Evidence\n"
        "    Seen in\n"
        "    <https://example.org/lab?flask=1>,\n"
        "    and at https://example.org/other.\n"
    )


def test_page_that_is_piped_is_not_broken(rule: Rule) -> None:
    """Without a width a paragraph is one line, and without an example there is no heading for it."""
    page = plain(rule)
    assert "\n    A flask without a clip. It falls off.\n" in page
    assert "Wrong" not in page


def test_page_as_markdown(rule: Rule) -> None:
    """Code is fenced, with a longer fence where it holds one, and list items stand together."""
    page = markdown(rule, EXAMPLE)
    assert page.startswith("# Flasks stand open\n\n`glass/flask-open` (error)\n\n## What\n\n")
    assert "falls off.\n\n- once it is warm\n- or when it is shaken\n\n## Why" in page
    assert '## Wrong\n\n````python\nclip = None  # <- here\nnote = "```"\n````\n\n' in page
    assert "`a.py`:\n\n```python\nA = 1\n```\n\n`b.cfg`:\n\n```\nb\n```\n\n## Fix" in page


def test_list_between_paragraphs_keeps_its_place(monkeypatch: pytest.MonkeyPatch) -> None:
    """A list is followed by what follows it on the page."""
    rule = made("keck.rules.glass.list", "T\n\nWhat:\n    - one\n    - two\n\n    After.", monkeypatch)
    assert "- one\n- two\n\nAfter.\n" in markdown(rule)


def test_link_is_the_evidence_before_anything_else(rule: Rule, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of several addresses the first in the evidence is the one to read on at."""
    assert link(rule) == "https://example.org/lab?flask=1"
    assert (
        link(made("keck.rules.glass.why", "T\n\nWhy:\n    https://example.org/x.", monkeypatch))
        == "https://example.org/x"
    )
    assert not link(made("keck.rules.glass.bare", "T\n\nWhy:\n    Because.", monkeypatch))


def test_every_rule_has_a_page_in_both_forms() -> None:
    """Each rule that there is explains itself with its own title."""
    for rule in rules():
        example = example_of(rule.id)
        assert plain(rule, example).startswith(rule.title)
        assert markdown(rule, example).startswith(f"# {rule.title}\n")


def test_example_is_a_file_or_a_folder(tmp_path: Path) -> None:
    """wrong.py is an example, and so is a folder wrong/ with any files but compiled ones."""
    folder = tmp_path / "glass" / "open"
    (folder / "right" / "app" / "__pycache__").mkdir(parents=True)
    (folder / "wrong.py").write_text("x\n")
    (folder / "right" / "app" / "views.py").write_text("y\n")
    (folder / "right" / "app" / "__pycache__" / "views.pyc").write_bytes(b"\xff")
    (folder / "right" / "requirements.txt").write_text("flask\n")
    found = example_of("glass/open", [tmp_path / "none", tmp_path])
    assert found == Example({"wrong.py": "x\n"}, {"app/views.py": "y\n", "requirements.txt": "flask\n"})


def test_rule_without_an_example_has_none(tmp_path: Path) -> None:
    """A missing example is no fault."""
    assert example_of("glass/open", [tmp_path]) == NONE
    assert not (PLACES[1] / "glass").exists()


def test_marks_become_readable_and_ignores_stay() -> None:
    """The mark that the tests read points at the line; an ignore comment is part of the example."""
    assert (
        unmarked("a  # keck: cors/x\nb  # keck: ignore[cors/x] why\n") == "a  # <- here\nb  # keck: ignore[cors/x] why"
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ""),
        ("Do this. Then that.", "Do this."),
        ("Do this, e.g. That one", "Do this, e.g. That one."),
        ("Write `x.y`:\n\n- a", "Write `x.y`."),
        ("Use app.config. `Y` follows.", "Use app.config."),
    ],
)
def test_first_sentence_ends_where_a_reader_ends_it(text: str, expected: str) -> None:
    """An abbreviation ends no sentence; a sentence that leads to a list is ended."""
    assert first_sentence(text) == expected


def test_paragraphs_of_nothing_are_none() -> None:
    """An empty section has no paragraphs."""
    assert paragraphs("") == []


def test_rule_file_says_what_to_do_by_extension(rule: Rule, monkeypatch: pytest.MonkeyPatch) -> None:
    """Errors come first in a folder; what is no error is said more softly; the id is what CI will print."""
    soft = made("keck.rules.glass.a_note", "Notes are here\n\nFix:\n    Prefer none.", monkeypatch, Level.note)
    warned = made("keck.rules.cors.warn", "Warned of.", monkeypatch, Level.warning)
    text = rule_file([soft, rule, warned])
    assert text.startswith("---\ndescription: ")
    assert text.split("---\n")[1].splitlines()[1:] == [
        'globs: "**/*.py"',
        'applyTo: "**/*.py"',
        'paths: ["**/*.py"]',
        "alwaysApply: false",
    ]
    assert "Flask-CORS, glass" in text.splitlines()[1]
    assert text.endswith(
        "## Flask-CORS\n\n- SHOULD (`cors/warn`): Fault: Warned of.\n\n## glass\n\n"
        "- MUST (`glass/flask-open`): Put a clip on it; see e.g. the drawing. Fault: Flasks stand open.\n"
        "- PREFER (`glass/a-note`): Prefer none. Fault: Notes are here.\n"
    )


def test_rule_file_leaves_out_what_is_about_a_check() -> None:
    """Rules about ignores and files that do not parse are none that one heeds while writing."""
    assert "unused-ignore" not in rule_file([rule for rule in rules() if rule.id == "unused-ignore"])
