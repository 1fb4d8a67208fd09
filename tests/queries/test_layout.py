"""The text of chains: line breaks, comments and parentheses stay where they can."""

from __future__ import annotations

import libcst as cst
import pytest

from keck.fixes.unfit import Unfit
from keck.queries import recast

ALL = "ask(<select(User){0}{1}>).all()"
FIRST = "ask(<select(User){0}{1:^}.limit(1)>).first()"


def relaid(text: str, pattern: str) -> str:
    """Return an expression as a pattern says."""
    module = cst.parse_module("")
    return module.code_for_node(recast(cst.parse_expression(text), pattern, module))


@pytest.mark.parametrize(
    ("text", "pattern", "expected"),
    [
        ("User.query.a(1).all()", "ask(<select(User){0}>).all()", "ask(select(User).a(1)).all()"),
        ("(User.query.a(1).all())", "ask(<select(User){0}>).all()", "(ask(select(User).a(1)).all())"),
        (
            "(\n    User.query\n    .a(1)  # one\n    .b(\n        2,\n    )\n    .all()\n)",
            ALL,
            "ask(\n    select(User)\n    .a(1)  # one\n    .b(\n        2,\n    )\n).all()",
        ),
        ("(User.query\n    .a()\n    .b()\n    .all())", ALL, "ask(select(User)\n    .a()\n    .b()).all()"),
        ("User.query.a() \\\n  .b() \\\n  .all()", ALL, "ask(\n    select(User).a()\n    .b()\n).all()"),
        (
            "(\n    User.query.a()\n    # the newest\n    .all()\n)",
            "ask(<select(User){0}>).all()",
            "ask(\n    select(User).a()\n    # the newest\n).all()",
        ),
        (
            "(User.query.a()\n    # the newest\n    .all())",
            "ask(<select(User){0}>).all()",
            "ask(select(User).a()\n    # the newest\n).all()",
        ),
        (
            "(\n    User.query\n    .a()\n    .first()\n)",
            FIRST,
            "ask(\n    select(User)\n    .a()\n    .limit(1)\n).first()",
        ),
        ("User.query.a(\n    1\n).first()", FIRST, "ask(select(User).a(\n    1\n).limit(1)).first()"),
        (
            "s.query(\n    User,\n    Post,\n).all()",
            "s.execute(<select({0:*})>).all()",
            "s.execute(select(\n    User,\n    Post,\n)).all()",
        ),
        ("User.query.pages(page=1, at=2)", "pages(<select(User)>{0:+})", "pages(select(User), page=1, at=2)"),
        (
            "(\n    User.query\n    .a()\n    .pages(page=1, at=2)\n)",
            "pages(<select(User){0}>{1:+})",
            "pages(\n    select(User)\n    .a(),\n    page=1, at=2\n)",
        ),
        (
            "(User.query\n    .a()\n    # few\n    .pages(\n        page=1,\n    ))",
            "pages(<select(User){0}>{1:+})",
            "pages(\n        select(User)\n    .a(),\n    # few\n        page=1,\n)",
        ),
        (
            "(User.query\n    .a()\n    .pages(page=1))",
            "pages(<select(User){0}>{1:+})",
            "pages(\n    select(User)\n    .a(),\n    page=1\n)",
        ),
        ("User.query.pages()", "pages(<select(User)>{0:+})", "pages(select(User))"),
        (
            "User.query.pages(\n    page=1,\n)",
            "pages(<select(User)>{0:+})",
            "pages(\n    select(User),\n    page=1,\n)",
        ),
        ("User.query.get(key, text=1)", "get(User, {0:0}, {0:text})", "get(User, key, 1)"),
        ("(\n    User.query\n    .a()\n)", "<select(User){0}>", "(\n    select(User)\n    .a()\n)"),
        ("User.query", "ask(<select(User)>)", "ask(select(User))"),
        ("type(self).query.all()", "ask(<select(type(self))>).all()", "ask(select(type(self))).all()"),
    ],
)
def test_chains_keep_their_lines(text: str, pattern: str, expected: str) -> None:
    """What is written over several lines stays so, and its parentheses become those of the call around it."""
    assert relaid(text, pattern) == expected


@pytest.mark.parametrize(
    ("text", "pattern"),
    [
        ("User.query.all()", "{3}"),
        ("query(User)", "select{0}"),
        ("User.query.get(a=1)", "get({0:key})"),
        ("(User.query\n    # why\n    .get(1))", "get({0:0})"),
        ("User.query.all()", "ask("),
    ],
)
def test_what_does_not_fit_is_refused(text: str, pattern: str) -> None:
    """A chain that is another one than was thought, and a comment that would be lost, are refused."""
    with pytest.raises(Unfit):
        relaid(text, pattern)


def test_line_ends_of_the_file_are_kept() -> None:
    """Line breaks that are added are those of the file."""
    module = cst.parse_module("x = 1\r\n")
    node = cst.parse_expression("User.query.a() \\\r\n  .b() \\\r\n  .all()", module.config_for_parsing)
    assert module.code_for_node(recast(node, ALL, module)) == ("ask(\r\n    select(User).a()\r\n    .b()\r\n).all()")
