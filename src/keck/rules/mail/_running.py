"""What runs while a request is being answered: calls followed into functions, with the constants they are given."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from keck.facts.expr import Call, Const, Expr, Lambda, Op, Other, Ref, before, children, terminal
from keck.facts.record import Block, Function
from keck.project import Project
from keck.project.module import Module
from keck.project.things import Named, Site
from keck.rules.mail._entries import Entry

_DEPTH = 5
_ELSEWHERE = {
    "Thread",
    "Timer",
    "Process",
    "submit",
    "spawn",
    "spawn_n",
    "start_new_thread",
    "start_background_task",
    "delay",
    "apply_async",
    "enqueue",
    "run_in_executor",
    "to_thread",
    "add_job",
}
_RETRY = re.compile(r"attempt|retr(y|ies)|tries", re.IGNORECASE)

Constant = str | int | float | bool | None
Given = Mapping[str, Constant]


@dataclass(frozen=True)
class Stop:
    """A function that runs while a request is being answered.

    `given` are the parameters whose values are constants in the call that leads here; `looped` tells whether that
    call, or one before it, stands in a loop.
    """

    module: Module = field(hash=False)
    scope: str
    given: tuple[tuple[str, Constant], ...]
    looped: bool
    depth: int = field(compare=False)


@dataclass(frozen=True)
class Here:
    """A call that runs at a stop; `looped` as in `Stop`, the loops around the call itself included."""

    call: Call
    looped: bool


def running(project: Project, entry: Entry) -> Iterator[Stop]:
    """Yield what runs in a view or hook, itself first, each function once for what it is given."""
    queue = [Stop(entry.module, entry.function.name, (), False, 0)]
    seen = set(queue)
    for stop in queue:
        yield stop
        if stop.depth >= _DEPTH:
            continue
        for here in calls(stop):
            found = project.reach.target(stop.module, stop.scope, here.call)
            if found is None or _runs_elsewhere(project, *found):
                continue
            given = _given(found[1], here.call, dict(stop.given))
            following = Stop(found[0], found[1].name, given, here.looped, stop.depth + 1)
            if following not in seen:
                seen.add(following)
                queue.append(following)


def calls(stop: Stop) -> Iterator[Here]:
    """Yield the calls that run at a stop, without those in functions that are only defined or handed on there."""
    module, given = stop.module, dict(stop.given)
    left = _left(module, stop.scope, given)
    rows: list[tuple[Expr | None, int]] = [
        (step.value, step.block) for step in module.steps(stop.scope) if step.kind != "define"
    ]
    rows += [(block.subject, block.parent) for block in module.blocks(stop.scope) if block.kind != "else"]
    for expr, at in rows:
        around = list(module.around(at))
        if expr is None or not _entered(around, given) or any(line < expr.line for line in left):
            continue
        looped = stop.looped or any(_repeats(one) for one in around)
        for call, inner in _now(expr, looped):
            yield Here(call, inner)


def _now(expr: Expr, looped: bool) -> Iterator[tuple[Call, bool]]:
    if isinstance(expr, Lambda):
        return
    if isinstance(expr, Call):
        yield expr, looped
    inside = looped or (isinstance(expr, Other) and expr.kind == "comprehension")
    for part in children(expr):
        yield from _now(part, inside)


def _repeats(block: Block) -> bool:
    if block.kind not in {"for", "while"}:
        return False
    words = [one.name for one in (block.target, block.subject) if isinstance(one, Ref)]
    if isinstance(block.subject, Call):
        words += [one.name for one in block.subject.args if isinstance(one, Ref)]
    return not any(_RETRY.search(one) for one in words) and not isinstance(block.subject, Const)


def _entered(around: list[Block], given: Given) -> bool:
    for block in around:
        if block.kind in {"if", "else"} and block.subject is not None:
            truth = _truth(block.subject, given)
            if truth is (block.kind == "else"):
                return False
    return True


def _left(module: Module, scope: str, given: Given) -> list[int]:
    """Return the lines of the returns that are certainly reached under a condition that `given` decides."""
    found = []
    for step in module.steps(scope):
        if step.kind in {"return", "raise"}:
            around = list(module.around(step.block))
            if around and all(_certain(one, given) for one in around):
                found.append(step.line)
    return found


def _certain(block: Block, given: Given) -> bool:
    if block.kind == "with":
        return True
    if block.kind not in {"if", "else"} or block.subject is None:
        return False
    return _truth(block.subject, given) is (block.kind == "if")


def _truth(expr: Expr, given: Given) -> bool | None:
    """Return whether a condition holds, None where that cannot be told."""
    match expr:
        case Const(value=value):
            return bool(value)
        case Ref(name=name) if name in given:
            return bool(given[name])
        case Op(kind="not", parts=(one,)):
            inner = _truth(one, given)
            return None if inner is None else not inner
        case Op(kind="and" | "or" as kind, parts=parts):
            truths = [_truth(one, given) for one in parts]
            deciding = kind == "or"
            if deciding in truths:
                return deciding
            return None if None in truths else not deciding
        case Op(kind="==" | "!=" | "is" | "is not" as kind, parts=(Ref(name=name), Const(value=value))) if (
            name in given
        ):
            return (given[name] == value) is (kind in {"==", "is"})
        case _:
            return None


def _given(function: Function, call: Call, outer: Given) -> tuple[tuple[str, Constant], ...]:
    if call.open_ended:
        return ()
    plain = [one for one in function.params if not one.kind]
    static = any(terminal(one) == "staticmethod" for one in function.decorators)
    bound = 1 if function.owner and not static else 0
    found: list[tuple[str, Constant]] = []
    for position, param in enumerate(plain):
        value = call.argument(position - bound if position >= bound else None, param.name) or param.default
        if isinstance(value, Const) and not value.kind:
            found.append((param.name, value.value))
        elif isinstance(value, Ref) and value.name in outer:
            found.append((param.name, outer[value.name]))
    return tuple(found)


def _runs_elsewhere(project: Project, module: Module, function: Function) -> bool:
    """Whether a decorator hands the function to a thread or a queue: of the project's own, or a Huey task."""
    for one in function.decorators:
        func = one.func if isinstance(one, Call) else one
        if not isinstance(func, Ref):
            continue
        symbol = project.resolve(module, function.scope, func)
        found = project.objects.function(symbol)
        if found is not None:
            where, decorator = found
            inner = [call for scope in where.inside(decorator.name) for call in where.calls(scope)]
            if any(terminal(call.func) in _ELSEWHERE for call in inner):
                return True
        holder = before(func)
        things = () if holder is None else project.things(module, function.scope, holder)
        made = [
            thing.cls if isinstance(thing, Site) else thing.symbol
            for thing in things
            if isinstance(thing, Site | Named)
        ]
        if any(name.startswith("huey") for name in made):
            return True
    return False
