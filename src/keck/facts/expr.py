"""Expressions as plain data: what a file says, without the tree that said it.

Every expression has a span: `line` and `end_line` count from 1, `column` and `end_column` count
UTF-8 bytes from 0, as in the standard library's ``ast``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import msgspec


class Span(msgspec.Struct, frozen=True, array_like=True):
    """Where something stands."""

    line: int
    column: int
    end_line: int
    end_column: int


class Const(Span, frozen=True, tag=1):
    """A literal: text, number, truth value or None; bytes are decoded as latin-1 with `kind` bytes."""

    value: str | int | float | bool | None
    kind: str = ""


class Ref(Span, frozen=True, tag=2):
    """A name or a dotted chain of attributes on a name: ``app``, ``app.config``."""

    name: str


class Attr(Span, frozen=True, tag=3):
    """An attribute of something that is no name: ``create_app().config``."""

    value: Expr
    name: str


class Keyword(msgspec.Struct, frozen=True, array_like=True):
    """A keyword argument; `name` is None for ``**value``."""

    name: str | None
    value: Expr


class Call(Span, frozen=True, tag=4):
    """A call."""

    func: Expr
    args: tuple[Expr, ...]
    keywords: tuple[Keyword, ...]

    def keyword(self, name: str) -> Expr | None:
        """Return the value of a keyword argument, or None."""
        for one in self.keywords:
            if one.name == name:
                return one.value
        return None

    def argument(self, position: int | None, name: str) -> Expr | None:
        """Return the argument with this name or at this position, or None."""
        if position is not None and position < len(self.args):
            stars = any(isinstance(one, Star) for one in self.args[: position + 1])
            return None if stars else self.args[position]
        return self.keyword(name)

    @property
    def open_ended(self) -> bool:
        """Whether ``*args`` or ``**kwargs`` hide some of the arguments."""
        return any(one.name is None for one in self.keywords) or any(isinstance(one, Star) for one in self.args)


class Items(Span, frozen=True, tag=5):
    """A list, tuple or set display; `kind` says which."""

    kind: str
    items: tuple[Expr, ...]


class Table(Span, frozen=True, tag=6):
    """A dict display; the key of ``**other`` is None."""

    pairs: tuple[tuple[Expr | None, Expr], ...]

    def get(self, key: str) -> Expr | None:
        """Return the value under a literal text key, or None."""
        for name, value in self.pairs:
            if isinstance(name, Const) and name.value == key:
                return value
        return None


class Index(Span, frozen=True, tag=7):
    """A subscript: ``app.config["KEY"]``."""

    value: Expr
    index: Expr


class Text(Span, frozen=True, tag=8):
    """An f-string: its literal and its computed parts in order."""

    parts: tuple[Expr, ...]


class Op(Span, frozen=True, tag=9):
    """An operator: `kind` is ``or``, ``and``, ``not``, ``if`` (parts: test, then, else) or the operator's sign."""

    kind: str
    parts: tuple[Expr, ...]


class Lambda(Span, frozen=True, tag=10):
    """A lambda."""

    params: tuple[str, ...]
    body: Expr


class Star(Span, frozen=True, tag=11):
    """``*value`` in a call or display."""

    value: Expr


class Other(Span, frozen=True, tag=12):
    """Any other expression: await, yield, comprehensions; `kind` is the lower-case name of its node."""

    kind: str
    parts: tuple[Expr, ...]


Expr = Const | Ref | Attr | Call | Items | Table | Index | Text | Op | Lambda | Star | Other


def _call_parts(call: Call) -> tuple[Expr, ...]:
    return (call.func, *call.args, *[one.value for one in call.keywords])


_PARTS: dict[type[Span], Callable[[Any], tuple[Expr, ...]]] = {
    Const: lambda _: (),
    Ref: lambda _: (),
    Attr: lambda one: (one.value,),
    Call: _call_parts,
    Items: lambda one: one.items,
    Table: lambda one: tuple([part for pair in one.pairs for part in pair if part is not None]),
    Index: lambda one: (one.value, one.index),
    Text: lambda one: one.parts,
    Op: lambda one: one.parts,
    Lambda: lambda one: (one.body,),
    Star: lambda one: (one.value,),
    Other: lambda one: one.parts,
}


def children(expr: Expr) -> tuple[Expr, ...]:
    """Return the direct parts of an expression."""
    return _PARTS[type(expr)](expr)


def walk(expr: Expr) -> Iterator[Expr]:
    """Yield the expression and all its parts, outermost first, in the order of the text."""
    stack = [expr]
    while stack:
        one = stack.pop()
        yield one
        kind = type(one)
        if kind is not Ref and kind is not Const:
            stack.extend(reversed(_PARTS[kind](one)))


def gather(root: Expr, calls: list[Call], refs: list[Ref], attributes: list[Attr]) -> None:
    """Append the calls, names and attributes among an expression's parts, in the order of `walk`."""
    stack: list[Any] = [root]
    while stack:
        one = stack.pop()
        kind = type(one)
        if kind is Ref:
            refs.append(one)
        elif kind is Call:
            calls.append(one)
            if one.keywords:
                stack.extend([word.value for word in reversed(one.keywords)])
            if one.args:
                stack.extend(one.args[::-1])
            stack.append(one.func)
        elif kind is not Const:
            if kind is Attr:
                attributes.append(one)
            stack.extend(_PARTS[kind](one)[::-1])


def dotted(expr: Expr) -> str | None:
    """Return the dotted name of an expression, or None when it is no plain name."""
    return expr.name if isinstance(expr, Ref) else None


def terminal(expr: Expr) -> str:
    """Return the last name of a name, attribute or call: ``init_app`` of ``x().init_app(app)``."""
    kind = type(expr)
    while kind is Call:
        expr = expr.func  # type: ignore[union-attr]
        kind = type(expr)
    return expr.name.rpartition(".")[2] if kind is Ref or kind is Attr else ""  # type: ignore[union-attr]


def text_of(expr: Expr | None) -> str | None:
    """Return the text of a string literal, or None."""
    if isinstance(expr, Const) and isinstance(expr.value, str) and not expr.kind:
        return expr.value
    return None


def is_true(expr: Expr | None) -> bool:
    """Whether an expression is the literal True."""
    return isinstance(expr, Const) and expr.value is True


def is_false(expr: Expr | None) -> bool:
    """Whether an expression is the literal False."""
    return isinstance(expr, Const) and expr.value is False


def is_none(expr: Expr | None) -> bool:
    """Whether an expression is the literal None; a missing one is not."""
    return isinstance(expr, Const) and expr.value is None


def extent(span: Span) -> tuple[int, int, int, int]:
    """Return the four numbers of a span, with which every expression begins."""
    return span.line, span.column, span.end_line, span.end_column


def ref_at(span: Span, name: str) -> Ref:
    """Return a name that stands where something else does."""
    return Ref(*extent(span), name)


def before(func: Expr) -> Expr | None:
    """Return what stands before the last dot: ``bp`` of ``bp.route``; None where there is no dot."""
    if isinstance(func, Ref):
        head = func.name.rpartition(".")[0]
        return ref_at(func, head) if head else None
    return func.value if isinstance(func, Attr) else None
