"""Expressions: how they are taken apart and put together."""

from __future__ import annotations

import pytest

from keck.facts.expr import Attr, Call, Const, Expr, Ref, before, extent, is_false, is_none, is_true, ref_at

NAME = Ref(3, 4, 3, 12, "bp.route")
MADE = Call(1, 0, 1, 6, Ref(1, 0, 1, 4, "make"), (), ())


@pytest.mark.parametrize(
    ("func", "expected"),
    [
        (NAME, Ref(3, 4, 3, 12, "bp")),
        (Ref(1, 0, 1, 9, "app.bp.get"), Ref(1, 0, 1, 9, "app.bp")),
        (Attr(1, 0, 1, 12, MADE, "route"), MADE),
        (Ref(1, 0, 1, 5, "route"), None),
        (MADE, None),
    ],
)
def test_what_stands_before_the_last_dot(func: Expr, expected: Expr | None) -> None:
    """A dotted name gives its head, an attribute what it is taken of, anything else nothing."""
    assert before(func) == expected


def test_a_name_can_stand_where_something_else_does() -> None:
    """A name that is made up has the extent of what it is made of."""
    assert extent(MADE) == (1, 0, 1, 6)
    assert ref_at(MADE, "db") == Ref(1, 0, 1, 6, "db")


@pytest.mark.parametrize(
    ("expr", "expected"),
    [
        (Const(1, 0, 1, 4, True), (True, False, False)),
        (Const(1, 0, 1, 5, False), (False, True, False)),
        (Const(1, 0, 1, 4, None), (False, False, True)),
        (Const(1, 0, 1, 1, 1), (False, False, False)),
        (Const(1, 0, 1, 1, 0), (False, False, False)),
        (Ref(1, 0, 1, 4, "true"), (False, False, False)),
        (None, (False, False, False)),
    ],
)
def test_literals_are_told_apart(expr: Expr | None, expected: tuple[bool, bool, bool]) -> None:
    """True, False and None are themselves, and neither 1, 0, a name nor a missing argument."""
    assert (is_true(expr), is_false(expr), is_none(expr)) == expected
