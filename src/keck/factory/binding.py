"""An extension's constructor with an app, taken apart: how it is made, and how it is bound."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import libcst as cst

from keck.factory.known import EVERY, Known
from keck.factory.page import Statement
from keck.factory.swap import Swap


@dataclass(frozen=True)
class Split:
    """A constructor taken apart.

    Attributes:
        name: of the instance.
        made: the constructor's call without what goes to ``init_app``.
        bound: the arguments of ``init_app``, the app first; empty where the instance is not bound here.
    """

    name: str
    made: cst.Call
    bound: tuple[cst.Arg, ...]


def split(
    name: str,
    call: cst.Call,
    known: Known,
    is_app: Callable[[cst.BaseExpression], bool],
    is_late: Callable[[cst.Arg], bool],
) -> Split | None:
    """Return a constructor taken apart, or None where it cannot be.

    Args:
        name: of the instance.
        call: of the class.
        known: what is known of the class.
        is_app: whether an expression is the app.
        is_late: whether an argument needs the app, or something that is made with it.
    """
    given = [one for one in call.args if is_app(one.value) and (one.keyword is None or one.keyword.value == "app")]
    if len(given) > 1 or any(one.star == "*" for one in call.args):
        return None
    early: list[cst.Arg] = []
    late: list[cst.Arg] = list(given)
    behind = 0
    seen = False
    for one in call.args:
        if one in given:
            seen = True
            continue
        named = one
        if one.keyword is None and not one.star and seen:
            if behind >= len(known.after):
                return None
            named = _named(one, known.after[behind])
            behind += 1
        key = named.keyword.value if named.keyword is not None else ""
        if given and known.goes_late(key or "*"):
            late.append(one if known.after[:1] == (key,) and one.keyword is None else named)
        elif not is_late(one):
            early.append(named)
        elif given and (known.either == EVERY or key in known.either):
            late.append(named)
        else:
            return None
    bound = _bound(given[0], [one for one in late if one is not given[0]], call) if given else ()
    return Split(name, call.with_changes(args=_tidy(early, call)), bound)


def _bound(app: cst.Arg, others: Sequence[cst.Arg], call: cst.Call) -> tuple[cst.Arg, ...]:
    """Return the arguments of ``init_app``, the app first, in the layout that they had."""
    wide = len(others) + 1 == len(call.args) and call.args[0] is app and bool(others)
    found = [app.with_changes(keyword=None, equal=cst.MaybeSentinel.DEFAULT), *others]
    if wide:
        return tuple(found)
    comma = cst.Comma(whitespace_after=cst.SimpleWhitespace(" "))
    return tuple(
        one.with_changes(
            comma=comma if position < len(found) - 1 else cst.MaybeSentinel.DEFAULT,
            whitespace_after_arg=cst.SimpleWhitespace(""),
        )
        for position, one in enumerate(found)
    )


def made(statement: Statement, one: Split, swap: Swap) -> cst.BaseSmallStatement:
    """Return the statement that makes an instance without its app."""
    call = swap.of(one.made)
    if statement.assigned is None or statement.small is None:
        return cst.Assign([cst.AssignTarget(cst.Name(one.name))], call)
    return statement.small.with_changes(value=call)


def _named(arg: cst.Arg, name: str) -> cst.Arg:
    tight = cst.AssignEqual(cst.SimpleWhitespace(""), cst.SimpleWhitespace(""))
    return arg.with_changes(keyword=cst.Name(name), equal=tight)


def _tidy(args: Sequence[cst.Arg], call: cst.Call) -> list[cst.Arg]:
    """Return arguments without a comma that ends a line for nothing."""
    found = list(args)
    if found and call.args[-1] not in found:
        found[-1] = found[-1].with_changes(comma=call.args[-1].comma)
    return found
