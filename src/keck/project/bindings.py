"""What binds the names of one scope."""

from __future__ import annotations

from collections.abc import Iterable

from keck.facts.expr import Items, Ref, Span
from keck.facts.record import Import, Step
from keck.project.module import Module

Bound = Import | Step | str
"""An import, an assignment, or a text for a binding without a value: ``param``, ``loop``, ``function`` or ``class``."""


def bindings(module: Module, scope: str) -> dict[str, list[Bound]]:
    """Return what binds each name in one scope, in the order of the text.

    What a ``try`` imports from Flask's world comes after what its ``except`` binds for the case that it is missing.
    """
    found: dict[str, list[tuple[int, int, Bound]]] = {}

    def bind(name: str, line: int, what: Bound, block: int = -1) -> None:
        found.setdefault(name, []).append((line, block, what))

    if scope in module.functions:
        for param in module.functions[scope].params:
            bind(param.name, 0, "param")
    outer = {
        name for step in module.steps(scope) if step.kind == "global" for one in step.targets for name in _targets(one)
    }
    if not scope:
        for step, name in module.global_writes:
            bind(name, step.line, step)
    for one in module.imports(scope):
        if one.name != "*":
            bind(one.alias or one.module.partition(".")[0], one.line, one, one.block)
    for step in module.steps(scope):
        if step.kind == "define" and isinstance(step.value, Ref):
            kind = "class" if step.value.name in module.classes else "function"
            bind(step.value.name.rpartition(".")[2], step.line, kind, step.block)
        elif step.kind == "assign" and step.value is not None:
            for target in step.targets:
                for name in _targets(target):
                    if name not in outer:
                        bind(name, step.line, step, step.block)
    for block in module.blocks(scope):
        if block.kind in {"for", "with"} and block.target is not None:
            for name in _targets(block.target):
                bind(name, block.line, "loop")
    return {name: _ordered(module, sorted(every, key=lambda one: one[0])) for name, every in found.items()}


def _ordered(module: Module, bound: list[tuple[int, int, Bound]]) -> list[Bound]:
    ordered = [what for _, _, what in bound]
    _, block, _ = bound[-1]
    if block < 0 or len(bound) == 1:
        return ordered
    handlers = {one.parent for one in module.around(block) if one.kind == "except"}
    for _, tried, one in bound[:-1]:
        library = isinstance(one, Import) and one.module.startswith("flask")
        if library and any(each.kind == "try" and each.parent in handlers for each in module.around(tried)):
            ordered.remove(one)
            return [*ordered, one]
    return ordered


def _targets(target: Span) -> Iterable[str]:
    if isinstance(target, Ref) and "." not in target.name:
        yield target.name
    elif isinstance(target, Items):
        for one in target.items:
            yield from _targets(one)
