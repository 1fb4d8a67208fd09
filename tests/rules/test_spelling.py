"""What fixes write: code of expressions that are known as facts, and names that are free."""

from __future__ import annotations

import pytest

from keck.rules._spelling import free, quoted, spelled, uses
from tests.support import project


@pytest.mark.parametrize(
    "text",
    [
        "name",
        "a.b.c",
        "make().attribute",
        "f()",
        "f(1, 2.5)",
        'f("text", *more, key=True, **options)',
        '["a", None]',
        '("a",)',
        '("a", "b")',
        '{"a"}',
        "table[0]",
        "table[key].f(other[1])",
        "b()",
        '"it\'s"',
        "'say \"so\"'",
        r'"a\\b\n"',
    ],
)
def test_spelled(text: str) -> None:
    """Names, literals, displays, subscripts and calls of them come out as they went in."""
    (step,) = project(f"x = {text}\n").modules[0].steps("")
    assert step.value is not None
    assert spelled(step.value) == text


@pytest.mark.parametrize(
    "text",
    [
        "a + b",
        "lambda: 1",
        "f(a + b)",
        "f(key=not a)",
        "(a or b).c",
        "(a or b)[0]",
        "table[a + b]",
        "[a + b]",
        "f(*(a or b))",
        'b"x"',
        'f"{a}"',
        "(a or b)()",
    ],
)
def test_not_spelled(text: str) -> None:
    """What may need more than its facts to be written is not."""
    (step,) = project(f"x = {text}\n").modules[0].steps("")
    assert step.value is not None
    assert spelled(step.value) is None


def test_quoted() -> None:
    """Text is written in double quotes unless it holds some."""
    assert [quoted(one) for one in ("a", "it's", 'say "so"', "\\")] == ['"a"', '"it\'s"', "'say \"so\"'", '"\\\\"']


def test_free() -> None:
    """A name is free where nothing in sight is called so, as variable, function, import, parameter or decorator."""
    world = project(
        "import a\nfrom x import y as b\nc = 1\n@d\ndef e(f):\n    g = 1\n    def h(): ...\n    return i\nclass J: ...\n"
    )
    (module,) = world.modules
    assert free(world, module, "e", "a", "b", "c", "d", "e", "f", "g", "h", "i", "J", "k") == "k"
    assert free(world, module, "", "f") == "f"
    assert free(world, module, "e", "a", "b") is None


def test_uses() -> None:
    """A function is used where code reads it, under any name; its imports and definition are no uses."""
    world = project(
        {
            "a.py": "def f(): ...\n@f\ndef g():\n    return f\n",
            "b.py": "from a import f\nf()\nother = f\ndef h(f): return f\n",
        }
    )
    assert [(one.path, one.line) for one in uses(world, "a:f")] == [("a.py", 2), ("a.py", 4), ("b.py", 2), ("b.py", 3)]
