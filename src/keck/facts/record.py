"""The record of one file: imports, definitions, and its statements in the order of the text."""

from __future__ import annotations

import msgspec

from keck.facts.expr import Expr, Span


class Import(Span, frozen=True):
    """One imported name.

    ``import a.b`` has `module` ``a.b`` and no `name`; ``import a.b as c`` also binds `alias` ``c``;
    ``from ..x import y as z`` has `level` 2, `module` ``x``, `name` ``y`` and `alias` ``z``;
    ``from x import *`` has `name` ``*``. `scope` is the qualified name of the function or class in
    which it stands, empty at module level. `typing` is true under ``if TYPE_CHECKING``; `block` is
    the index of the block in which it stands, or -1; `at` is the span of the name itself, alias included.
    """

    module: str
    name: str
    alias: str
    level: int
    scope: str
    typing: bool
    block: int
    at: Span


class Param(msgspec.Struct, frozen=True, array_like=True):
    """A parameter; `kind` is ``""``, ``*`` or ``**``."""

    name: str
    kind: str = ""
    default: Expr | None = None
    annotation: Expr | None = None


class Function(Span, frozen=True):
    """A function; `name` is its qualified name (``Class.method``, ``outer.inner``).

    `owner` is the qualified name of the class whose method it is, `scope` that of what encloses it.
    The span starts at the ``def`` and ends with the body; `block` is the enclosing block.
    """

    name: str
    scope: str
    owner: str
    params: tuple[Param, ...]
    decorators: tuple[Expr, ...]
    is_async: bool
    block: int
    returns: Expr | None = None


class Class(Span, frozen=True):
    """A class; `name` is its qualified name, the span starts at the keyword."""

    name: str
    scope: str
    bases: tuple[Expr, ...]
    decorators: tuple[Expr, ...]
    block: int


class Block(Span, frozen=True):
    """A compound statement's branch.

    `kind` is one of ``if``, ``else``, ``for``, ``while``, ``with``, ``try``, ``except``,
    ``finally``, ``case`` (``else`` covers elif's enclosing branch too); `subject` is the test of an
    if/else/while, the iterable of a for, the context managers of a with (as `Items`), the type of
    an except; `target` is what a for or with assigns; `parent` is the index of the enclosing block
    in the same scope, or -1.
    """

    kind: str
    scope: str
    subject: Expr | None
    target: Expr | None
    parent: int


class Step(Span, frozen=True):
    """A simple statement.

    `kind` is ``assign`` (`targets`, `value`; an annotation alone has no value, and `annotation` is
    kept in a class's body only), ``augment``
    (``+=``, ``|=``), ``do`` (an expression), ``return``, ``raise``, ``delete``, ``assert``, ``break``, ``continue``,
    ``global`` (`targets`; nonlocal too) or ``define`` (a nested function or class; `value` is a `Ref` of its qualified name).
    `scope` is the qualified name of the function or class in which it stands, empty at module
    level; `block` is the index of the innermost block, or -1. Steps keep the order of the text.
    """

    kind: str
    scope: str
    block: int
    targets: tuple[Expr, ...]
    value: Expr | None
    annotation: Expr | None = None


class Remark(msgspec.Struct, frozen=True, array_like=True):
    """A comment that speaks to Keck: its line, its column, whether code precedes it, and its text."""

    line: int
    column: int
    alone: bool
    text: str


class Facts(msgspec.Struct, frozen=True, array_like=True):
    """All that is known of one file."""

    imports: tuple[Import, ...] = ()
    functions: tuple[Function, ...] = ()
    classes: tuple[Class, ...] = ()
    blocks: tuple[Block, ...] = ()
    steps: tuple[Step, ...] = ()
    remarks: tuple[Remark, ...] = ()
    trouble: str = ""
    trouble_line: int = 0
