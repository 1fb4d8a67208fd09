"""Which lines belong together: the statement around a line."""

from __future__ import annotations

from collections.abc import Iterator

from keck.facts.expr import Expr, Items
from keck.facts.record import Block, Class, Facts, Function


def statement_span(facts: Facts, line: int) -> tuple[int, int]:
    """Return the first and the last line of the statement around a line, both counted from 1.

    That is the simple statements on the line; else the head of a definition (from its first
    decorator to its ``def`` or ``class``, annotations, defaults and bases included) or of a block
    (``if``, ``with`` and the like, to the end of its condition). A line in none of them, such as
    a comment's, stands alone.
    """
    for spans in (_simple(facts), _heads(facts)):
        around = [(first, last) for first, last in spans if first <= line <= last]
        if around:
            return min(first for first, _ in around), max(last for _, last in around)
    return line, line


def _simple(facts: Facts) -> Iterator[tuple[int, int]]:
    for step in facts.steps:
        if step.kind != "define":
            yield step.line, step.end_line
    for one in facts.imports:
        yield one.line, one.end_line


def _heads(facts: Facts) -> Iterator[tuple[int, int]]:
    definitions: list[Function | Class] = [*facts.functions, *facts.classes]
    for definition in definitions:
        parts = [*definition.decorators, *_signature(definition)]
        first = min([definition.line, *(one.line for one in definition.decorators)])
        yield first, max([definition.line, *(one.end_line for one in parts)])
    for block in facts.blocks:
        yield block.line, max([block.line, *(one.end_line for one in _condition(block))])


def _signature(definition: Function | Class) -> Iterator[Expr]:
    if isinstance(definition, Class):
        yield from definition.bases
        return
    for param in definition.params:
        yield from (one for one in (param.default, param.annotation) if one is not None)
    if definition.returns is not None:
        yield definition.returns


def _condition(block: Block) -> Iterator[Expr]:
    """Yield what stands in the block's head; the items of a ``with`` one by one, as together they span its body."""
    for one in (block.subject, block.target):
        if isinstance(one, Items) and one.kind == "with":
            yield from one.items
        elif one is not None:
            yield one
