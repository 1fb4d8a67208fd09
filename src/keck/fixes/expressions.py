"""Edits within one expression."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import libcst as cst

from keck.edit import Entry, Keyword, Label, Replace, Wrap
from keck.fixes.code import expression, indented
from keck.fixes.quotes import like
from keck.fixes.tree import Tree
from keck.fixes.unfit import Unfit

Change = Callable[[Any], Any]
"""What is done to a node, once its parts are done."""

_Part = TypeVar("_Part", cst.Arg, cst.BaseDictElement, cst.BaseElement)


def replaced(tree: Tree, edit: Replace) -> tuple[cst.CSTNode, Change]:
    """Return the node of an expression, and how it becomes another."""
    node = tree.expression(edit.place)
    new = like(expression(edit.text, tree.module), node)
    return node, lambda old: _in_parentheses_of(old, new)


def wrapped(tree: Tree, edit: Wrap) -> tuple[cst.CSTNode, Change]:
    """Return the node of an expression, and how it gets code around it."""

    def change(old: cst.BaseExpression) -> cst.BaseExpression:
        inside = edit.before.endswith(("(", "[")) and edit.after.startswith((")", "]"))
        bare = old.with_changes(lpar=[], rpar=[]) if inside and not isinstance(old, _PARENTHESISED) else old
        return expression(f"{edit.before}{tree.module.code_for_node(bare)}{edit.after}", tree.module)

    return tree.expression(edit.place), change


def keyword(tree: Tree, edit: Keyword) -> tuple[cst.CSTNode, Change]:
    """Return a call, and how one of its keyword arguments is set, renamed or removed."""
    call = tree.at(edit.place, cst.Call)
    names = [one.keyword.value if one.keyword else None for one in call.args]
    at = names.index(edit.name) if edit.name in names else None
    if at is None and not edit.value:
        raise Unfit(f"the call at line {edit.place.line} has no `{edit.name}`")
    if edit.rename and edit.rename in names:
        raise Unfit(f"the call at line {edit.place.line} has `{edit.rename}` already")
    value = expression(indented(edit.value, tree.module), tree.module) if edit.value else None

    def change(old: cst.Call) -> cst.Call:
        if at is None:
            return _with_argument(old, cst.Arg(value, cst.Name(edit.name), equal=_TIGHT))  # type: ignore[arg-type]
        one = old.args[at]
        if value is None and not edit.rename:
            return old.with_changes(args=without(old.args, {at}))
        new = one.with_changes(keyword=cst.Name(edit.rename or edit.name), value=one.value if value is None else value)
        return old.with_changes(args=[*old.args[:at], new, *old.args[at + 1 :]])

    return call, change


def label(tree: Tree, edit: Label) -> tuple[cst.CSTNode, Change]:
    """Return an argument, and how it is given by keyword."""
    value = tree.expression(edit.place)
    argument = tree.parent(value)
    if not isinstance(argument, cst.Arg) or argument.keyword or argument.star:
        raise Unfit(f"what stands at line {edit.place.line} is no positional argument")
    return argument, lambda old: old.with_changes(keyword=cst.Name(edit.name), equal=_TIGHT)


def entry(tree: Tree, edit: Entry) -> tuple[cst.CSTNode, Change]:
    """Return a dict display, and how it gets an entry."""
    display = tree.at(edit.place, cst.Dict)
    key, value = expression(edit.key, tree.module), expression(edit.value, tree.module)
    same = [
        index
        for index, one in enumerate(display.elements)
        if isinstance(one, cst.DictElement) and _is_same(one.key, key)
    ]

    def change(old: cst.Dict) -> cst.Dict:
        if same:
            elements = list(old.elements)
            elements[same[-1]] = elements[same[-1]].with_changes(value=value)
            return old.with_changes(elements=elements)
        return _with_entry(old, cst.DictElement(key, value))

    return display, change


def _is_same(one: cst.BaseExpression, other: cst.BaseExpression) -> bool:
    if isinstance(one, cst.SimpleString) and isinstance(other, cst.SimpleString):
        return one.evaluated_value == other.evaluated_value
    return one.deep_equals(other)


def without(parts: Sequence[_Part], gone: set[int]) -> list[_Part]:
    """Return arguments or elements without some of them; what follows the last one stays as it was.

    A comment behind one that stays does so too; one behind the last one goes with it.
    """
    kept = [one for index, one in enumerate(parts) if index not in gone]
    if kept and len(parts) - 1 in gone:
        last = parts[-1]
        changes: dict[str, Any] = {"comma": _ending(kept[-1].comma, last.comma)}
        if isinstance(last, cst.Arg):
            changes["whitespace_after_arg"] = last.whitespace_after_arg
        kept[-1] = kept[-1].with_changes(**changes)
    return kept


def _ending(comma: cst.Comma | cst.MaybeSentinel, last: cst.Comma | cst.MaybeSentinel) -> cst.Comma | cst.MaybeSentinel:
    """Return the comma behind what becomes the last part, with its own comment and the layout of the old last one's."""
    gap = comma.whitespace_after if isinstance(comma, cst.Comma) else None
    own = gap.first_line if isinstance(gap, cst.ParenthesizedWhitespace) else None
    if own is None or own.comment is None:
        return _without_comment(last) if isinstance(last, cst.Comma) else last
    tail = last.whitespace_after if isinstance(last, cst.Comma) else None
    if isinstance(last, cst.Comma) and isinstance(tail, cst.ParenthesizedWhitespace):
        return last.with_changes(whitespace_after=tail.with_changes(first_line=own))
    return comma


_TIGHT = cst.AssignEqual(cst.SimpleWhitespace(""), cst.SimpleWhitespace(""))


_PARENTHESISED = cst.Tuple | cst.GeneratorExp
"""What the innermost pair of parentheses is a part of."""


def _in_parentheses_of(old: cst.BaseExpression, new: cst.BaseExpression) -> cst.BaseExpression:
    """Return the new expression in the parentheses of the old one, if it has none itself."""
    own = int(isinstance(old, _PARENTHESISED) and bool(old.lpar))
    if new.lpar or len(old.lpar) == own:
        return new
    return new.with_changes(lpar=old.lpar[: len(old.lpar) - own], rpar=old.rpar[own:])


def _with_argument(call: cst.Call, argument: cst.Arg) -> cst.Call:
    """Return a call with one more keyword argument, laid out as the others are."""
    end = next((index for index, one in enumerate(call.args) if one.star == "**"), len(call.args))
    if end < len(call.args):
        return call.with_changes(args=[*call.args[:end], argument.with_changes(comma=_COMMA), *call.args[end:]])
    if not call.args:
        return call.with_changes(args=[argument])
    last = call.args[-1]
    between, tail = _commas(call.args, call.whitespace_before_args)
    argument = argument.with_changes(comma=tail, whitespace_after_arg=last.whitespace_after_arg)
    last = last.with_changes(comma=between, whitespace_after_arg=cst.SimpleWhitespace(""))
    return call.with_changes(args=[*call.args[:-1], last, argument])


def _with_entry(display: cst.Dict, new: cst.DictElement) -> cst.Dict:
    if not display.elements:
        return display.with_changes(elements=[new])
    last = display.elements[-1]
    between, tail = _commas(display.elements, display.lbrace.whitespace_after)
    return display.with_changes(
        elements=[*display.elements[:-1], last.with_changes(comma=between), new.with_changes(comma=tail)]
    )


_COMMA = cst.Comma(whitespace_after=cst.SimpleWhitespace(" "))


def _commas(
    parts: Sequence[cst.Arg] | Sequence[cst.BaseDictElement], opening: cst.BaseParenthesizableWhitespace
) -> tuple[cst.Comma, cst.Comma | cst.MaybeSentinel]:
    """Return the commas behind the last part and behind one that follows it, laid out as the others are."""
    between = _COMMA
    if len(parts) > 1 and isinstance(parts[0].comma, cst.Comma):
        between = parts[0].comma
    elif isinstance(opening, cst.ParenthesizedWhitespace):
        between = cst.Comma(whitespace_after=opening)
    between = _without_comment(between)
    tail = parts[-1].comma
    if not isinstance(tail, cst.Comma):
        return between, tail
    own, gap = tail.whitespace_after, between.whitespace_after
    if isinstance(own, cst.ParenthesizedWhitespace) and isinstance(gap, cst.ParenthesizedWhitespace):
        between = between.with_changes(whitespace_after=gap.with_changes(first_line=own.first_line))
    return between, _without_comment(tail)


def _without_comment(comma: cst.Comma) -> cst.Comma:
    gap = comma.whitespace_after
    if not isinstance(gap, cst.ParenthesizedWhitespace):
        return comma
    line = cst.TrailingWhitespace(newline=gap.first_line.newline)
    return comma.with_changes(whitespace_after=gap.with_changes(first_line=line, empty_lines=[]))
