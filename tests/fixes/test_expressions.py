"""Edits within one expression leave everything else as it is."""

from __future__ import annotations

import pytest

from keck.edit import Edit, Entry, Keyword, Label, Replace, Wrap
from keck.fixes.apply import Unfit, applied
from keck.place import Place
from tests.fixes.places import place


def _one(text: str, edit: type, piece: str, *rest: str) -> str:
    made: Edit = edit(place(text, piece), *rest)
    return applied(text, [made])


@pytest.mark.parametrize(
    ("text", "piece", "new", "after"),
    [
        ("@guard  # why\ndef f(): pass\n", "guard", "guard()", "@guard()  # why\ndef f(): pass\n"),
        ("x = f( a ,b )  # c\n", "a", "g(a)", "x = f( g(a) ,b )  # c\n"),
        ("x = (\n    a  # c\n)\n", "a", "b", "x = (\n    b  # c\n)\n"),
        ("x = (1, 2)\n", "(1, 2)", "[1, 2]", "x = [1, 2]\n"),
        ("x = f(i for i in y)\n", "f(i for i in y)", "g(y)", "x = g(y)\n"),
        ("x = f((i for i in y), 2)\n", "(i for i in y)", "y", "x = f(y, 2)\n"),
        ("x = (a)\n", "a", "b", "x = (b)\n"),
        ("x = (a)\n", "a", "(b)", "x = (b)\n"),
        ("x = a\n", "a", "f(\n    1\n)", "x = f(\n    1\n)\n"),
        ("x = a\n", "a", "b\n+ c", "x = (b\n+ c)\n"),
        ("a.b.c(d)\n", "a.b.c", "a.b.e", "a.b.e(d)\n"),
        ('x = "é", a\n', "a", "b", 'x = "é", b\n'),
        ("x = 1\r\ny = a\r\n", "a", "b", "x = 1\r\ny = b\r\n"),
        ("x = 'a'\n", "'a'", '"b"', "x = 'b'\n"),
        ("x = 'a'\n", "'a'", '"it\'s"', 'x = "it\'s"\n'),
        ("y = 1, 'b', 'c', \"a\"\n", '"a"', '"d"', "y = 1, 'b', 'c', \"d\"\n"),
        ('x = """a"""\n', '"""a"""', '"b"', 'x = "b"\n'),
        ("x = 'a', b\n", "b", '["c", d]', "x = 'a', ['c', d]\n"),
        ("x = 'a', b\n", "b", 'f"c{d}"', "x = 'a', f'c{d}'\n"),
        ("x = 'a', b\n", "b", "f\"c{d['e']}\"", "x = 'a', f\"c{d['e']}\"\n"),
        ("x = 'a', b, 'c', \"d\"\n", "b", 'g("d")', "x = 'a', g(\"d\"), 'c', \"d\"\n"),
        ("x = '', '', b, \"c\"\n", "b", '["c", "d"]', "x = '', '', [\"c\", 'd'], \"c\"\n"),
        ("x = \"a\", 'a', b\n", "b", '"c"', 'x = "a", \'a\', "c"\n'),
    ],
)
def test_replace(text: str, piece: str, new: str, after: str) -> None:
    """An expression becomes another one, its comments and parentheses stay."""
    assert _one(text, Replace, piece, new) == after


@pytest.mark.parametrize(
    ("text", "piece", "before", "after", "result"),
    [
        ("f(identity=user.id)\n", "user.id", "str(", ")", "f(identity=str(user.id))\n"),
        ("f(identity=(user.id))\n", "user.id", "str(", ")", "f(identity=str(user.id))\n"),
        ("f(lambda: a or b)\n", "a or b", "bool(", ")", "f(lambda: bool(a or b))\n"),
        ("f(lambda: (a or b))\n", "a or b", "bool(", ")", "f(lambda: bool(a or b))\n"),
        ("return_ = f(  # c\n    a\n)\n", "a", "[", "]", "return_ = f(  # c\n    [a]\n)\n"),
        ("f(key)\n", "key", "", " or other()", "f(key or other())\n"),
    ],
)
def test_wrap(text: str, piece: str, before: str, after: str, result: str) -> None:
    """An expression gets code around it."""
    assert _one(text, Wrap, piece, before, after) == result


@pytest.mark.parametrize(
    ("call", "edit", "after"),
    [
        ("f()", ("a", "1"), "f(a=1)"),
        ("f(x)", ("a", "1"), "f(x, a=1)"),
        ("f(x, y)", ("a", "1"), "f(x, y, a=1)"),
        ("f(x,y)", ("a", "1"), "f(x,y,a=1)"),
        ("f(x, **y)", ("a", "1"), "f(x, a=1, **y)"),
        ("f(a=0, b=2)", ("a", "1"), "f(a=1, b=2)"),
        ("f(\n    x,\n)", ("a", "1"), "f(\n    x,\n    a=1,\n)"),
        ("f(\n    x\n)", ("a", "1"), "f(\n    x,\n    a=1\n)"),
        ("f(\n    x,  # c\n    y,  # d\n)", ("a", "1"), "f(\n    x,  # c\n    y,  # d\n    a=1,\n)"),
        ("f(a=0, b=2)", ("a", "", "c"), "f(c=0, b=2)"),
        ("f(a=0, b=2)", ("a", "5", "c"), "f(c=5, b=2)"),
        ("f(a=0, b=2)", ("a",), "f(b=2)"),
        ("f(b=2, a=0)", ("a",), "f(b=2)"),
        ("f(a=0)", ("a",), "f()"),
        ("f(\n    b=2,\n    a=0,\n)", ("a",), "f(\n    b=2,\n)"),
        ("f(\n    b=2,\n    a=0\n)", ("a",), "f(\n    b=2\n)"),
        ("f(\n    b=2,  # c\n    a=0,  # d\n)", ("a",), "f(\n    b=2,  # c\n)"),
        ("f(\n    b=2,\n    a=0,  # d\n)", ("a",), "f(\n    b=2,\n)"),
        ("f(b=2,  # c\n  a=0)", ("a",), "f(b=2,  # c\n  )"),
        ("f(b=2,  # c\n  a=0,)", ("a",), "f(b=2,  # c\n  )"),
    ],
)
def test_keyword(call: str, edit: tuple[str, ...], after: str) -> None:
    """A keyword argument is set, renamed or removed, and the call stays laid out as it was."""
    assert _one(f"x = {call}\n", Keyword, call, *edit) == f"x = {after}\n"


def test_lines_of_a_value_are_indented_as_the_file_is() -> None:
    """What takes several lines has the file's own indentation."""
    text = "def g():\n\tf()\n"
    assert _one(text, Keyword, "f()", "a", "{\n    1,\n}") == "def g():\n\tf(a={\n\t\t1,\n\t})\n"


@pytest.mark.parametrize(
    ("call", "edit"),
    [("f(b=1)", ("a",)), ("f(a=1, b=2)", ("a", "", "b")), ("f(b=1)", ("a", "1 +"))],
    ids=["nothing to remove", "the new name is taken", "no expression"],
)
def test_keyword_that_does_not_fit(call: str, edit: tuple[str, ...]) -> None:
    """What cannot be done to a call is refused."""
    with pytest.raises(Unfit):
        _one(f"x = {call}\n", Keyword, call, *edit)


def test_label() -> None:
    """Positional arguments are given by keyword, all at once."""
    text = "q.paginate(page, 20)\n"
    edits = [Label(Place("app.py", 1, 12, 1, 16), "page"), Label(place(text, "20"), "per_page")]
    assert applied(text, edits) == "q.paginate(page=page, per_page=20)\n"


@pytest.mark.parametrize(("text", "piece"), [("f(a=b)\n", "b"), ("f(*b)\n", "b"), ("x = b\n", "b")])
def test_label_of_something_else(text: str, piece: str) -> None:
    """Only a positional argument can be given a name."""
    with pytest.raises(Unfit):
        _one(text, Label, piece, "page")


@pytest.mark.parametrize(
    ("display", "after"),
    [
        ("{}", '{"a": 1}'),
        ('{"b": 2}', '{"b": 2, "a": 1}'),
        ('{"b": 2, "c": 3}', '{"b": 2, "c": 3, "a": 1}'),
        ('{"a": 2, "c": 3}', '{"a": 1, "c": 3}'),
        ('{\n    "b": 2,\n}', '{\n    "b": 2,\n    "a": 1,\n}'),
        ('{\n    "b": 2\n}', '{\n    "b": 2,\n    "a": 1\n}'),
        ("{**d}", '{**d, "a": 1}'),
        ("{'a': 2}", "{'a': 1}"),
        ("{'b': 2}", "{'b': 2, 'a': 1}"),
        ("{a: 2}", '{a: 2, "a": 1}'),
    ],
)
def test_entry(display: str, after: str) -> None:
    """A dict display gets an entry, laid out as the others are."""
    assert _one(f"x = {display}\n", Entry, display, '"a"', "1") == f"x = {after}\n"


@pytest.mark.parametrize(
    "text",
    ["y = a\n", "xx = a\n", "", "(x) = 1 +\n", "x =\n"],
    ids=["another name", "another column", "nothing", "no Python", "half"],
)
def test_the_text_is_not_what_it_was(text: str) -> None:
    """An edit whose place holds something else, or a file that is no Python, is refused."""
    edit = Replace(place("x = abc\n", "abc"), "b")
    with pytest.raises(Unfit):
        applied(text, [edit])
