"""Modes: whether a branch is taken only by tests or only in development, as its condition says."""

from __future__ import annotations

import re

from keck.facts.expr import Attr, Call, Const, Expr, Index, Items, Op, Ref, before, terminal, text_of, walk
from keck.facts.record import Block

_WORDS = (
    ("test", re.compile(r"^(is_|in_|for_|under_|flask_)*(py)?test(s|ing)?(_mode|_current_test)?$", re.IGNORECASE)),
    (
        "development",
        re.compile(
            r"^(is_|in_|app_|flask_|use_)*(dev|develop|development|debug|local|localhost|ci)(_?(mode|server|env))?$",
            re.IGNORECASE,
        ),
    ),
    ("production", re.compile(r"^(is_|in_|app_)*(prod|production|live)(_?(mode|env))?$", re.IGNORECASE)),
)
_OFF = frozenset({"0", "false", "no", "off", "", "none"})
_OPPOSITE = {"!=": "==", "not in": "in", "is not": "is"}


def mode_of(block: Block) -> str:
    """Return ``test`` or ``development`` where only such a run takes a branch, else an empty text."""
    if block.subject is None or block.kind not in {"if", "else"}:
        return ""
    return implied(block.subject, holds=block.kind == "if")


def mode_at(expr: Expr, line: int, column: int) -> str:
    """Return the mode, as in `mode_of`, in which conditional expressions give what stands at a line and column.

    They count as those of expressions do.
    """
    for one in walk(expr):
        if isinstance(one, Op) and one.kind == "if":
            test, *ways = one.parts
            for holds, way in zip((True, False), ways, strict=True):
                inside = (way.line, way.column) <= (line, column) < (way.end_line, way.end_column)
                mode = implied(test, holds=holds) if inside else ""
                if mode:
                    return mode
    return ""


def implied(test: Expr, *, holds: bool) -> str:
    """Return the mode, as in `mode_of`, that a condition implies where it holds or does not hold."""
    if isinstance(test, Op):
        if test.kind == "not":
            return implied(test.parts[0], holds=not holds)
        if test.kind in {"and", "or"}:
            told = [implied(one, holds=holds) for one in test.parts]
            if (test.kind == "and") is holds:
                return "test" if "test" in told else next(filter(None, told), "")
            return _common(told)
        return _compared(test, holds=holds)
    return _settled(_word(test), holds=holds)


def _compared(test: Op, *, holds: bool) -> str:
    kind = _OPPOSITE.get(test.kind, test.kind)
    if kind not in {"==", "is", "in"} or len(test.parts) != 2:
        return ""
    same = holds is (kind == test.kind)
    left, right = test.parts
    values = right.items if isinstance(right, Items) and kind == "in" else (right,)
    if kind == "in" and text_of(left):
        values = (left,)
    modes = [_mode(text) if (text := text_of(one)) else "" for one in values]
    if any(modes):
        return _common([_settled(one, holds=same) for one in modes])
    if len(values) == 1 and isinstance(values[0], Const):
        return _settled(_word(left), holds=same is (str(values[0].value).lower() not in _OFF))
    return ""


def _common(told: list[str]) -> str:
    return "" if "" in told else "test" if set(told) == {"test"} else "development"


def _settled(mode: str, *, holds: bool) -> str:
    if mode == "production":
        return "" if holds else "development"
    return mode if holds else ""


def _mode(word: str) -> str:
    return next((mode for mode, pattern in _WORDS if pattern.match(word)), "")


def _word(expr: Expr) -> str:
    """Return the mode for which a flag stands: a name, a config key or an environment variable."""
    if isinstance(expr, Ref | Attr):
        return _mode(terminal(expr))
    if isinstance(expr, Index):
        return _mode(text_of(expr.index) or "")
    if isinstance(expr, Call):
        if expr.args:
            return _mode(text_of(expr.args[0]) or "") or _word(expr.args[0])
        holder = before(expr.func)
        return _mode(terminal(expr.func)) or ("" if holder is None else _word(holder))
    return ""
