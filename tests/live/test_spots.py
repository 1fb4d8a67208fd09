"""Where functions stand in source code."""

from __future__ import annotations

import functools
import json
import operator
from functools import partial
from pathlib import Path

import pytest

from keck.live.record import NOWHERE
from keck.live.spots import definition, is_library, plain, renew, spot
from tests.live.making import make

SOURCE = """
def mark(*args):
    return lambda fn: fn

@mark(
    1,
)
@mark(2)
def decorated(
    first,
):
    if first:
        return [
            first,
        ]

class Things:
    '''Things.'''

    @mark(1)
    def list(self):
        return "x"

    @staticmethod
    def plain():
        return "x"

    @classmethod
    def of(cls):
        return "x"

    def __call__(self):
        return "x"

class Empty:
    pass

Built = type("Built", (), {"list": decorated})

short = lambda: (
    1,
    2,
)
try:
    if True:
        async def deep():
            def inner():
                return 1
            return inner
finally:
    pass
"""


@pytest.fixture
def module(tmp_path: Path) -> object:
    """Functions of all kinds."""
    return make(tmp_path, SOURCE, head="")


def lines(function: object) -> str:
    """Return the source text at the place of a function, without the indentation of its first line."""
    found = spot(function)
    text = Path(found.path).read_text(encoding="utf-8").splitlines()[found.line - 1 : found.end_line]
    return "\n".join(text).strip()


def test_a_place_goes_from_the_first_decorator_to_the_last_line(module: object) -> None:
    """A function's place holds its decorators and the whole of its body."""
    held = vars(module)
    text = lines(held["decorated"])
    assert text.startswith("@mark(\n    1,")
    assert text.endswith("first,\n        ]")
    things = held["Things"]
    for value in (things.list, things().list, partial(things.list, 1)):
        assert lines(value).startswith("@mark(1)\n    def list(self):")
    assert lines(vars(things)["plain"]).startswith("@staticmethod")
    assert lines(things.of).startswith("@classmethod")
    assert lines(things()).startswith("def __call__")
    assert lines(things).startswith("class Things:")
    assert lines(things).endswith('return "x"')
    assert lines(held["short"]).startswith("short = lambda: (")
    assert lines(held["deep"]).startswith("async def deep():")
    assert lines(held["deep"]).endswith("return inner")


def test_what_has_no_source_has_no_place(module: object) -> None:
    """Built-ins, classes without functions and code that was made by `exec` stand nowhere."""
    made: dict[str, object] = {}
    exec("def view(): return 1\nclass Made:\n    def get(self): return 1", made)  # noqa: S102 - code without source
    for value in (
        print,
        operator.itemgetter(0),
        made["view"],
        vars(module)["Empty"],
        vars(module)["Built"],
        made["Made"],
        str,
        object(),
    ):
        assert spot(value) == NOWHERE
    assert plain(type) is None


def test_library_code_is_placed_without_reading_it() -> None:
    """A function of a library has a place as far as its code object tells."""
    found = spot(json.dumps)
    assert found.path.endswith("json/__init__.py")
    assert found.line < found.end_line
    assert spot(functools.lru_cache).end_line > functools.lru_cache.__code__.co_firstlineno + 10
    assert is_library(json.dumps.__code__.co_filename)
    assert not is_library(__file__)


def test_source_that_is_gone_or_broken(module: object) -> None:
    """Where the file is no longer there, or no longer Python, the code object's own lines remain."""
    function = vars(module)["decorated"]
    before = spot(function)
    path = Path(before.path)
    path.write_text("def broken(:\n", encoding="utf-8")
    renew()
    assert definition(function.__code__) is None
    assert spot(function).line == before.line
    path.unlink()
    renew()
    assert definition(function.__code__) is None
    assert spot(vars(module)["Things"]) == NOWHERE
