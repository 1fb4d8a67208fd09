"""Targets: what assignments, loops and with statements give to a name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from keck.facts.expr import Items, Ref, walk
from keck.facts.record import Block, Step
from keck.project.module import Module, Where
from keck.project.things import UNKNOWN, Thing

if TYPE_CHECKING:
    from keck.project.objects import Objects


def assigned(objects: Objects, module: Module, step: Step, name: str, depth: int) -> frozenset[Thing]:
    """Return the things that an assignment gives to a name; an unpacked one gets its part."""
    assert step.value is not None  # noqa: S101 - only assignments with a value bind
    for target in step.targets:
        if isinstance(target, Ref) and target.name == name:
            return objects.of(module, step.scope, step.value, depth + 1)
        if isinstance(target, Items):
            for position, one in enumerate(target.items):
                if isinstance(one, Ref) and one.name == name:
                    values = list(objects.elements(module, step.scope, step.value, depth + 1))
                    if len(values) == len(target.items):
                        return objects.of(*values[position], depth + 1)
    return frozenset({UNKNOWN})


def looped(objects: Objects, module: Module, scope: str, name: str, depth: int) -> frozenset[Thing]:
    """Return the things that the loops and the with statements of a scope give to a name."""
    found: set[Thing] = set()
    for block in module.blocks(scope):
        if block.target is None or block.subject is None:
            continue
        if block.kind == "with":
            found |= _entered(objects, module, block, name, depth)
        elif isinstance(block.target, Ref) and block.target.name == name:
            for where in objects.elements(module, scope, block.subject, depth + 1):
                found |= objects.of(*where, depth + 1)
        elif isinstance(block.target, Items):
            for position, one in enumerate(block.target.items):
                if isinstance(one, Ref) and one.name == name:
                    for inner in objects.elements(module, scope, block.subject, depth + 1):
                        row = list(objects.elements(*inner, depth + 1))
                        found |= objects.of(*row[position], depth + 1) if position < len(row) else {UNKNOWN}
    return frozenset(found) or frozenset({UNKNOWN})


def rows(objects: Objects, module: Module, scope: str, name: str) -> Iterator[Where]:
    """Yield the expressions that the for loops of a scope give to a name, as far as they are visible."""
    for block in module.blocks(scope):
        if block.kind != "for" or block.subject is None:
            continue
        targets = block.target.items if isinstance(block.target, Items) else ()
        for where in objects.elements(module, scope, block.subject):
            if isinstance(block.target, Ref) and block.target.name == name:
                yield where
            cells = list(objects.elements(*where)) if targets else []
            for one, cell in zip(targets, cells, strict=False):
                if isinstance(one, Ref) and one.name == name:
                    yield cell


def _entered(objects: Objects, module: Module, block: Block, name: str, depth: int) -> frozenset[Thing]:
    target, subject = block.target, block.subject
    if isinstance(target, Items) and isinstance(subject, Items) and len(target.items) == len(subject.items):
        for one, value in zip(target.items, subject.items, strict=True):
            if isinstance(one, Ref) and one.name == name:
                return objects.of(module, block.scope, value, depth + 1)
    named = target is not None and any(isinstance(part, Ref) and part.name == name for part in walk(target))
    return frozenset({UNKNOWN}) if named else frozenset()
