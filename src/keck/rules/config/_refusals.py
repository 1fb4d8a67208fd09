"""Checks with which an app refuses to run while a key is still its default."""

from __future__ import annotations

from keck.facts.expr import Attr, Call, Const, Expr, Items, Ref, terminal, text_of, walk
from keck.facts.record import Block, Step
from keck.project import Project
from keck.project.module import Module
from keck.project.values import Known, Value


def refused(project: Project, key: str, known: Known) -> bool:
    """Whether an if that compares the key with the literal raises or exits."""
    for module in project.modules:
        for block in () if module.is_test else module.facts.blocks:
            parts = list(walk(block.subject)) if block.kind == "if" and block.subject is not None else []
            if any(_names(one, key) for one in parts) and any(
                _may_be(project.value(module, block.scope, one), known.value)
                for one in parts
                if isinstance(one, Const | Ref | Items)
            ):
                inside = [step for step in module.steps(block.scope) if _within(module, step, block)]
                if any(step.kind == "raise" or _exits(step) for step in inside):
                    return True
    return False


def _names(expr: Expr, key: str) -> bool:
    return text_of(expr) == key or (isinstance(expr, Ref | Attr) and terminal(expr).upper() == key)


def _may_be(value: Value, literal: object) -> bool:
    if not isinstance(value, Known):
        return False
    if isinstance(value.value, list):
        return any(_may_be(one, literal) for one in value.value)
    return bool(value.value == literal)


def _within(module: Module, step: Step, block: Block) -> bool:
    return any(one is block for one in module.around(step.block))


def _exits(step: Step) -> bool:
    return isinstance(step.value, Call) and terminal(step.value.func) in {"exit", "_exit", "abort"}
