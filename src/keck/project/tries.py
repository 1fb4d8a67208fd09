"""`try` statements: their handlers, and what these catch and do."""

from __future__ import annotations

from keck.facts.expr import Call, Expr, Items, Ref, Span, terminal
from keck.facts.record import Block, Step
from keck.project.module import Module

EVERYTHING = frozenset({"", "Exception", "BaseException"})
"""What catches every error of a program, by name; empty for a bare ``except``."""

_LEAVING = frozenset({"abort", "exit", "_exit", "fail", "quit"})


def caught(handler: Block) -> tuple[Expr | None, ...]:
    """Return what a handler names; None stands for a bare ``except``."""
    subject = handler.subject
    return subject.items if isinstance(subject, Items) else (subject,)


def catches_all(handler: Block) -> bool:
    """Whether a handler takes every error of a program."""
    return any(one is None or (isinstance(one, Ref) and one.name in EVERYTHING) for one in caught(handler))


def handlers_of(module: Module, block: Block) -> list[Block]:
    """Return the handlers of a `try` block, in their order."""
    blocks = module.blocks(block.scope)
    tries = [one for one in blocks if one.kind == "try" and one.parent == block.parent]
    return [
        one
        for one in blocks
        if one.kind == "except"
        and one.parent == block.parent
        and min((each for each in tries if _within(one, each)), key=_size, default=None) is block
    ]


def steps_in(module: Module, block: Block) -> list[Step]:
    """Return the statements in a block, those of blocks in it included."""
    return [
        one
        for one in module.steps(block.scope)
        if one.block >= 0 and any(each is block for each in module.around(one.block))
    ]


def leaves(module: Module, block: Block) -> Step | None:
    """Return the statement with which a block always leaves: a return, a raise, a break, ``abort()``; None if it does not."""
    for one in module.steps(block.scope):
        if one.block < 0 or module.facts.blocks[one.block] is not block:
            continue
        gone = isinstance(one.value, Call) and one.kind == "do" and terminal(one.value.func) in _LEAVING
        if one.kind in {"return", "raise", "break", "continue"} or gone:
            return one
    return None


def _within(inner: Block, outer: Block) -> bool:
    return outer.line <= inner.line and inner.end_line <= outer.end_line


def _size(block: Block) -> int:
    return block.end_line - block.line


def outermost(module: Module, step: Step) -> Span:
    """Return the statement at the top of a scope in which another one stands: itself, or what is around it."""
    around = [] if step.block < 0 else list(module.around(step.block))
    if not around:
        return step
    last = around[-1]
    if last.kind != "except":
        return last
    tries = [one for one in module.blocks(step.scope) if one.kind == "try" and one.parent == -1 and _within(last, one)]
    return min(tries, key=_size)
