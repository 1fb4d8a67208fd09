"""The text of a chain of calls, taken apart and put together as a pattern says.

A pattern is code with fields. The calls of a chain count from 0, the innermost first: of
``db.session.query(User).get(key)``, ``query(User)`` is 0 and ``get(key)`` is 1.

- ``{1}`` is the call as it stands: its dot, name and arguments, with the line break and comment before it;
- ``{1:*}`` is what stands between its parentheses, ``{1:+}`` its arguments after a comma;
- ``{1:^}`` is the line break and comment before it, if there is one;
- ``{1:0}`` is the value of its first positional argument, ``{1:key}`` that of the one by name;
- ``<`` and ``>`` stand around what remains of the chain: where it was laid out over several lines in parentheses, the
  line breaks inside these go there, and the parentheses themselves, which are needed no more, go.
"""

from __future__ import annotations

import re

import libcst as cst

from keck.fixes.code import expression
from keck.fixes.unfit import Unfit

_FIELD = re.compile(r"\{(\d+)(?::([*+^]|\w+))?\}")
_FURTHER = re.compile(r"\x02,\s*(.*)\)$", re.DOTALL)
_CONTINUED = re.compile(r"[ \t]*\\\r?\n[ \t]*")


def relaid(node: cst.BaseExpression, pattern: str, module: cst.Module) -> cst.BaseExpression:
    """Return a chain as a pattern says.

    Args:
        node: the whole chain.
        pattern: see above.
        module: the file that it stands in.

    Raises:
        Unfit: it is no such chain, or a comment in it would have no place.
    """
    calls = _calls(node)
    used = {int(number) for number, _ in _FIELD.findall(pattern)}
    if used and max(used) >= len(calls):
        raise Unfit("it is not the query that it was")
    chain = _Chain(module, calls)
    text = _FIELD.sub(
        lambda found: chain.field(int(found[1]), found[2]), pattern.replace("<", "\x01").replace(">", "\x02")
    )
    kept = {int(found[1]) for found in _FIELD.finditer(pattern) if found[2] in {None, "^"}}
    left = "".join(chain.before(index).rstrip() for index in range(len(calls)) if index not in kept)
    if "#" in left and "\x02" not in text:
        raise Unfit("a comment in it would have no place")
    opening, closing, own = _breaks(node, text, chain)
    if not opening and chain.break_of_arguments:
        opening = chain.break_of_arguments
    further = _FURTHER.search(text)
    if further is not None and own:
        opening = opening if "\n" in opening else module.default_newline + module.default_indent
        closing = closing if "\n" in closing else module.default_newline
        text = f"{text[: further.start()]},{left if '#' in left else ''}{opening}{further[1].rstrip()}{closing})"
    elif "#" in left:
        closing = left + (closing if "\n" in closing else f"{module.default_newline}{closing}")
    new = expression(text.replace("\x01", opening).replace("\x02", closing), module)
    lpar, rpar = list(node.lpar), list(node.rpar)
    if own:
        lpar, rpar = lpar[:-1], rpar[1:]
    return new.with_changes(lpar=[*lpar, *new.lpar], rpar=[*new.rpar, *rpar]) if lpar else new


def _breaks(node: cst.BaseExpression, text: str, chain: _Chain) -> tuple[str, str, bool]:
    """Return what goes after the first bracket and before the last, and whether it is taken from parentheses."""
    if "\x01" not in text:
        return "", "", False
    if node.lpar:
        opening = chain.code(node.lpar[-1].whitespace_after)
        closing = chain.code(node.rpar[0].whitespace_before)
        broken = "\n" in opening or chain.broken
        return (opening, closing, True) if broken else ("", "", False)
    if chain.continued:
        return chain.newline + chain.module.default_indent, chain.newline, False
    return "", "", False


class _Chain:
    """The calls of a chain as text."""

    def __init__(self, module: cst.Module, calls: list[cst.Call]) -> None:
        self.module = module
        self.newline = module.default_newline
        self.break_of_arguments = ""
        self._calls = calls

    def code(self, node: cst.CSTNode) -> str:
        return self.module.code_for_node(node)

    @property
    def broken(self) -> bool:
        """Whether a line breaks before one of the dots."""
        return any("\n" in self.before(index) for index in range(len(self._calls)))

    @property
    def continued(self) -> bool:
        """Whether a line breaks with a backslash before one of the dots."""
        return any(_CONTINUED.search(self._dot(index)) for index in range(len(self._calls)))

    def before(self, index: int) -> str:
        """Return what stands before the dot of a call."""
        return self._tight(self._dot(index))

    def _dot(self, index: int) -> str:
        func = self._calls[index].func
        return self.code(func.dot.whitespace_before) if isinstance(func, cst.Attribute) else ""

    def _tight(self, text: str) -> str:
        return _CONTINUED.sub(lambda _: self.newline + self.module.default_indent, text)

    def field(self, index: int, part: str | None) -> str:
        """Return the text of one field."""
        call = self._calls[index]
        if part is None:
            func = call.func
            if not isinstance(func, cst.Attribute):
                raise Unfit("it is not the query that it was")
            bare = call.with_changes(func=cst.Name(func.attr.value), lpar=[], rpar=[])
            return self._tight(self.code(func.dot)) + self.code(bare)
        if part == "^":
            return self.before(index)
        if part == "*":
            return self.code(call.whitespace_before_args) + "".join(self.code(one) for one in call.args)
        return self._further(call) if part == "+" else self._value(call, part)

    def _further(self, call: cst.Call) -> str:
        """Return the arguments of a call as they follow another one."""
        if not call.args:
            return ""
        opening = self.code(call.whitespace_before_args)
        text = "".join(self.code(one) for one in call.args)
        if "\n" not in opening:
            return f", {text}"
        self.break_of_arguments = opening
        return f",{opening}{text}"

    def _value(self, call: cst.Call, part: str) -> str:
        if part.isdigit():
            return self.code(call.args[int(part)].value)
        for one in call.args:
            if one.keyword and one.keyword.value == part:
                return self.code(one.value)
        raise Unfit("it is not the query that it was")


def _calls(node: cst.BaseExpression) -> list[cst.Call]:
    """Return the calls of a chain, the innermost first."""
    found = []
    current: cst.BaseExpression = node
    while True:
        if isinstance(current, cst.Call):
            found.append(current)
            current = current.func
        elif isinstance(current, cst.Attribute):
            current = current.value
        else:
            return found[::-1]
