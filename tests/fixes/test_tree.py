"""The places of the facts are those of LibCST's nodes."""

from __future__ import annotations

from pathlib import Path

import pytest

from keck.facts import facts_of
from keck.facts.expr import Index, Star, walk
from keck.fixes.apply import Unfit, applied
from keck.fixes.tree import Tree
from keck.place import Place
from keck.project.module import Module
from tests.test_examples import EXAMPLES

FILES = sorted(EXAMPLES.glob("legacy-shop/**/*.py")) + sorted(EXAMPLES.glob("together/**/*.py"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(EXAMPLES).as_posix())
def test_every_expression_and_statement_is_found(path: Path) -> None:
    """What the facts know of a file stands where LibCST finds it."""
    assert lost(path.read_bytes()) == []


def lost(data: bytes) -> list[Place]:
    """Return the places of expressions and statements of a file that cannot be found in its tree."""
    text = data.decode()
    tree, module = Tree(text), Module("app.py", "app", facts_of(data))
    found = []
    for scope in module.scopes:
        for root in module.expressions(scope):
            keys = {id(each.index) for each in walk(root) if isinstance(each, Index)}
            for one in walk(root):
                place = module.place(one)
                if id(one) not in keys and not isinstance(one, Star) and not tree.standing(place):
                    found.append(place)
        for step in module.steps(scope):
            place = module.place(step)
            if not tree.standing(place) and step.kind != "define":
                found.append(place)
    return found


@pytest.mark.parametrize(
    "text",
    [
        "x = ((1, 2))\n",
        "x = (\n    (1, 2)\n)\n",
        "f(i for i in x)\n",
        "f((i for i in x), 1)\n",
        'x = ("a"\n     "b")\n',
        'f"{a}{b!r:>{c}}"\n',
        "x = 'é', a.b\n",
        "async def f():\n    async with a as b:\n        await c\n",
        "@(a or b)\ndef f(): pass\n",
        "x = a if b else (c, d)\n",
        "x = y = 1; z: int = 2; del x\n",
        "match x:\n    case [1, *y]: pass\n",
    ],
)
def test_odd_spellings(text: str) -> None:
    """Parentheses, form feeds, f-strings and characters of several bytes do not move anything."""
    from keck.columns import in_characters
    from keck.finding import Finding, Level

    module = Module("app.py", "app", facts_of(text.encode()))
    tree = Tree(text)
    for root in module.expressions(""):
        for one in walk(root):
            finding = Finding("a/b", Level.note, module.place(one), "", "")
            (moved,) = in_characters([finding], {"app.py": text.encode()})
            assert isinstance(one, Star) or tree.standing(moved.place)


def test_no_edit_changes_nothing() -> None:
    """A file to which nothing is done is the same."""
    for path in FILES:
        text = path.read_text("utf-8")
        assert applied(text, []) == text


@pytest.mark.parametrize(
    "text", ["x = " + "(" * 100_000, "\x0cx = 1\n", "x = 1 +\n"], ids=["deep", "form feed", "half"]
)
def test_what_cannot_be_read_and_written_back(text: str) -> None:
    """A file that LibCST would not give back as it is, or that ends it, is refused."""
    with pytest.raises(Unfit):
        Tree(text)
