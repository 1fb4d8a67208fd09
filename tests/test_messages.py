"""What the rules say reads as if one person wrote it: the part of that which can be checked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from keck.finding import Finding
from keck.rule import Rule, rules
from tests.support import project

EXAMPLES = Path(__file__).parent.parent / "examples"
LONGEST = 200
NAMES = ("CORS", "Flask", "Keck", "PyJWT", "SQLAlchemy")
"""Proper names with which a message may begin."""
DOUBLED = re.compile(r"\b(\w+) \1\b", re.IGNORECASE)
KEY = re.compile(r"\b[A-Z]{2,}(?:_[A-Z]+)+\b|\b[a-z]+_[a-z_]+\b|\w\(\)")
IMPERATIVES = frozenset(re.findall(r"\w+", """
    add anchor bind cache call check compare decorate delete drop end give guard import keep leave
    let limit list make match mend move name pass put raise read register remove return run send set
    store strip take turn use write
"""))  # fmt: skip


def found(rule: Rule) -> Iterator[Finding]:
    """Yield what a rule finds in its wrong example."""
    lone, tree = (EXAMPLES / rule.id / name for name in ("wrong.py", "wrong"))
    files = [lone] if lone.is_file() else sorted(one for one in tree.rglob("*") if one.is_file())
    named = {"app.py" if one == lone else one.relative_to(tree).as_posix(): one.read_text("utf-8") for one in files}
    yield from rule.check(project(named))


def said() -> list[tuple[str, Finding]]:
    """Return every finding of every wrong example with the id of its rule."""
    return [(rule.id, one) for rule in rules() if rule.id != "unused-ignore" for one in found(rule)]


def bare(text: str) -> str:
    """Return a text without what stands in quotes or backquotes."""
    return re.sub(r"`[^`]*`|\"[^\"]*\"|'[^']*'(?!\w)", "", text)


SAID = said()
NAMED = [one[0] for one in SAID]


@pytest.mark.parametrize(("rule", "one"), SAID, ids=NAMED)
def test_message_and_help_are_in_one_form(rule: str, one: Finding) -> None:
    """Both are short ASCII on one line, without a full stop, a placeholder, a doubled word or an open backquote."""
    for text in (one.message, one.help, *(each.message for each in one.related)):
        assert text == text.strip()
        assert text.isascii()
        assert text.isprintable()
        assert 0 < len(text) <= LONGEST, rule
        assert not text.endswith((".", "!", "?", ":", ","))
        assert text.count("`") % 2 == 0
        assert "``" not in text
        assert not re.search(r"[{}]|\bNone\b", bare(text))
        assert not DOUBLED.search(bare(text))
        assert "  " not in text


@pytest.mark.parametrize(("rule", "one"), SAID, ids=NAMED)
def test_message_begins_with_a_symbol_a_name_or_in_lower_case(rule: str, one: Finding) -> None:
    """A message begins with the user's symbol, a proper name, or a word in lower case."""
    assert re.match(r"[`a-z0-9]", one.message) or one.message.startswith(NAMES), rule


@pytest.mark.parametrize(("rule", "one"), SAID, ids=NAMED)
def test_help_begins_with_a_verb_and_says_something_else(rule: str, one: Finding) -> None:
    """Help begins with an imperative in lower case, and is not the message again."""
    assert re.split(r"[ ,:]", one.help)[0] in IMPERATIVES, rule
    assert one.help != one.message


@pytest.mark.parametrize(("rule", "one"), SAID, ids=NAMED)
def test_names_stand_in_backquotes(rule: str, one: Finding) -> None:
    """Config keys, names with underscores and called functions stand in backquotes; paths stand bare."""
    for text in (one.message, one.help, *(each.message for each in one.related)):
        assert not KEY.search(re.sub(r"\S*/\S*|\S+\.py\b", "", bare(text))), rule


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.id)
def test_title_is_one_sentence(rule: Rule) -> None:
    """The first line of a rule's page is one sentence: a capital or a symbol at its start, a full stop at its end."""
    (line,) = rule.page.partition("\n")[0].splitlines()
    assert re.match(r"[A-Z`]", line)
    assert line.endswith(".")
    assert ". " not in line
    assert line.count("`") % 2 == 0
    assert not DOUBLED.search(bare(line))
    assert len(line) <= LONGEST // 2 + 20
