"""Edits of statements and decorators: what goes, what comes, what moves."""

from __future__ import annotations

import textwrap

import pytest

from keck.edit import Create, Edit, Enclose, Insert, Label, Move, Remove
from keck.fixes.apply import Unfit, applied
from keck.place import Place
from tests.fixes.places import place


def _text(code: str) -> str:
    return textwrap.dedent(code).lstrip("\n")


@pytest.mark.parametrize(
    ("before", "piece", "after"),
    [
        ("a()\n# of b\nb()\nc()\n", "b()", "a()\nc()\n"),
        ("a()\n\n# apart\n\nb()\nc()\n", "b()", "a()\n\n# apart\n\nc()\n"),
        ("a()\n\nb()\n\nc()\n", "b()", "a()\n\nc()\n"),
        ("a()\n\n# apart\n\nb()\n\nc()\n", "b()", "a()\n\n# apart\n\nc()\n"),
        ("a(); b(); c()\n", "b()", "a(); c()\n"),
        ("a(); b()\n", "b()", "a()\n"),
        ("def f():\n    a()\n", "a()", "def f():\n    pass\n"),
        ("import a, b, c\n", "c", "import a, b\n"),
        ("from x import (\n    a,\n    b,\n)\n", "b", "from x import (\n    a,\n)\n"),
        ("from x import a\nb()\n", "a", "b()\n"),
        ("@a\n@b\ndef f(): pass\n", "a", "@b\ndef f(): pass\n"),
        ("@a\n@b\ndef f(): pass\n", "@b", "@a\ndef f(): pass\n"),
        ("x = [a, b, c]\n", "b", "x = [a, c]\n"),
        ("x = [a, b, c]\n", "c", "x = [a, b]\n"),
        ("f(a, b=c)\n", "c", "f(a)\n"),
        ('x = {"a": 1, "b": 2}\n', "2", 'x = {"a": 1}\n'),
        ('x = {"a": 1, "b": 2}\n', '"a"', 'x = {"b": 2}\n'),
        ("class A:\n    x = 1\n\n    y = 2\n", "x = 1", "class A:\n    y = 2\n"),
        ("def f(): pass\n\n\ndef g(): pass\n\n\nx = 1\n", "def g(): pass", "def f(): pass\n\n\nx = 1\n"),
    ],
)
def test_remove(before: str, piece: str, after: str) -> None:
    """What goes takes its own comment with it and leaves what stands apart."""
    assert applied(before, [Remove(place(before, piece))]) == after


def test_everything_that_an_import_names_goes() -> None:
    """An import of which every name goes, goes as a whole; so does a line of which every statement goes."""
    text = "from x import a, b\na(); b()\nc()\n"
    edits = [Remove(place(text, one, nth)) for one, nth in (("a", 0), ("b", 0), ("a()", 0), ("b()", 0))]
    assert applied(text, edits) == "c()\n"


@pytest.mark.parametrize(
    ("text", "piece"),
    [("class A(b): pass\n", "b"), ("if a: b()\n", "b()"), ("x = a + b\n", "b"), ("x = a\n", "zz")],
    ids=["a base", "on the line of its condition", "half of a sum", "nothing"],
)
def test_what_cannot_be_removed(text: str, piece: str) -> None:
    """What nothing else would be left of cannot be removed."""
    where = place(text, piece) if piece in text else Place("app.py", 9, 1, 9, 2)
    with pytest.raises(Unfit):
        applied(text, [Remove(where)])


@pytest.mark.parametrize(
    ("before", "piece", "code", "side", "after"),
    [
        ("a()\nb()\n", "a()", "x()", "after", "a()\nx()\nb()\n"),
        ("a()\n\n# of b\nb()\n", "b()", "x()", "before", "a()\n\nx()\n# of b\nb()\n"),
        ("a()\nb()\n", "a()", "def f():\n    x()", "after", "a()\n\n\ndef f():\n    x()\n\n\nb()\n"),
        (
            "def f():\n\tif a:\n\t\tb()\n",
            "b()",
            "if c:\n    d()",
            "after",
            "def f():\n\tif a:\n\t\tb()\n\t\tif c:\n\t\t\td()\n",
        ),
        ("a()\r\nb()\r\n", "a()", "x()\ny()", "after", "a()\r\nx()\r\ny()\r\nb()\r\n"),
        ('def f():\n    """D."""\n    a()\n', "def f", "x()", "first", 'def f():\n    """D."""\n    x()\n    a()\n'),
        ("def f():\n    a()\n", "def f", "x()", "last", "def f():\n    a()\n    x()\n"),
        ("def f(): a()\n", "def f", "x()", "first", "def f():\n    x()\n    a()\n"),
        ("@d\ndef f():\n    a()\n", "def f", "x()", "first", "@d\ndef f():\n    x()\n    a()\n"),
        (
            "try:\n    a()\nexcept E:\n    b()\n",
            "except E",
            "x()",
            "first",
            "try:\n    a()\nexcept E:\n    x()\n    b()\n",
        ),
        (
            "class A:\n    a = 1\n",
            "a = 1",
            "def f(self):\n    x()",
            "after",
            "class A:\n    a = 1\n\n    def f(self):\n        x()\n",
        ),
        ("a()\n", "a()", "# why\nx()", "before", "# why\nx()\na()\n"),
        ("a()", "a()", "x()", "after", "a()\nx()"),
    ],
)
def test_insert(before: str, piece: str, code: str, side: str, after: str) -> None:
    """What comes is indented and ended as the file is, and a definition gets its blank lines."""
    assert applied(before, [Insert(place(before, piece), code, side)]) == after  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "piece", "code", "side"),
    [("x = (\n  a\n)\n", "a", "b()", "after"), ("a()\n", "a()", "b()", "first"), ("a()\n", "a()", "b(", "after")],
    ids=["no statement", "no body", "no code"],
)
def test_what_cannot_be_inserted(text: str, piece: str, code: str, side: str) -> None:
    """Statements stand beside statements and inside bodies only."""
    with pytest.raises(Unfit):
        applied(text, [Insert(place(text, piece), code, side)])  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("before", "piece", "to", "side", "after"),
    [
        ("@a\n@b\ndef f(): pass\n", "a", "b", "after", "@b\n@a\ndef f(): pass\n"),
        ("@a\n# of b\n@b()\ndef f(): pass\n", "b()", "a", "before", "# of b\n@b()\n@a\ndef f(): pass\n"),
        ("a()\n# of b\nb()\n\nc()\n", "b()", "c()", "after", "a()\n\nc()\n# of b\nb()\n"),
        ("a()\nb()\n", "b()", "a()", "before", "b()\na()\n"),
    ],
)
def test_move(before: str, piece: str, to: str, side: str, after: str) -> None:
    """A decorator or statement moves with the comment above it."""
    edit = Move(place(before, piece), place(before, to), side)  # type: ignore[arg-type]
    assert applied(before, [edit]) == after


def test_a_decorator_does_not_become_a_statement() -> None:
    """A decorator moves beside decorators only."""
    text = "a()\n@b\ndef f(): pass\n"
    with pytest.raises(Unfit):
        applied(text, [Move(place(text, "b"), place(text, "a()"))])


def test_enclose() -> None:
    """Statements stand under a header, with their comments and without spaces on blank lines."""
    text = _text(
        """
        app = f()
        # of a
        a()

        # of b
        b()
        c()
        """
    )
    after = _text(
        """
        app = f()
        # of a
        with app.app_context():
            a()

            # of b
            b()
        c()
        """
    )
    where = place(text, "a()\n\n# of b\nb()")
    assert applied(text, [Enclose(where, "with app.app_context():")]) == after


def test_two_spans_are_enclosed() -> None:
    """Spans that follow one another each get their header."""
    text = "a()\nb()\nc()\n"
    edits = [Enclose(place(text, one), "with x:") for one in ("a()", "b()")]
    assert applied(text, edits) == "with x:\n    a()\nwith x:\n    b()\nc()\n"


def test_half_a_statement_is_not_enclosed() -> None:
    """What ends within a statement is refused."""
    text = "a()\nb(\n  1)\n"
    with pytest.raises(Unfit):
        applied(text, [Enclose(Place("app.py", 1, 1, 2, 3), "with x:")])


def test_a_statement_takes_the_place_of_another_one() -> None:
    """What comes behind a statement that goes has its comment; a compound statement does not."""
    text = "a()  # why\nb()  # because\n"
    edits: list[Edit] = [Insert(place(text, "a()"), "x()"), Remove(place(text, "a()"))]
    assert applied(text, edits) == "x()  # why\nb()  # because\n"
    edits = [Insert(place(text, "b()"), "if x:\n    y()"), Remove(place(text, "b()"))]
    assert applied(text, edits) == "a()  # why\nif x:\n    y()\n"


def test_what_no_python_comes_of() -> None:
    """Edits that exclude one another are refused."""
    text = "f(1, 2)\n"
    with pytest.raises(Unfit, match="no Python"):
        applied(text, [Label(place(text, "1"), "a"), Remove(place(text, "2"))])


def test_a_handler_is_no_statement() -> None:
    """Nothing stands beside the branch of a statement, nor does a name outside a display go."""
    text = "try:\n    a()\nexcept E:\n    b()\n"
    with pytest.raises(Unfit):
        applied(text, [Insert(place(text, "except E"), "x()")])
    with pytest.raises(Unfit):
        applied("x = y[a]\n", [Remove(place("x = y[a]\n", "[a]"))])


def test_a_file_is_not_made_twice() -> None:
    """A file that is to be made is not one that is there."""
    with pytest.raises(Unfit):
        applied("a()\n", [Create(Place("app.py"), "b()\n")])
