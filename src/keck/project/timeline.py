"""What happens to an app in which order: config writes and bindings, followed over calls and imports."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from keck.facts.expr import Attr, Call, Expr, Span, children, terminal
from keck.facts.record import Block, Function, Import, Step
from keck.project.config import Config, Setting
from keck.project.extensions import Binding, Extensions
from keck.project.module import Module
from keck.project.objects import Objects
from keck.project.reach import Reach

_DEPTH = 7
_BRANCHES = {"if", "else", "while", "except", "case"}
_WORDS = {
    "init_app", "register_blueprint", "push", "create_all", "from_object", "from_mapping", "from_pyfile",
    "from_envvar", "from_prefixed_env", "from_file", "from_json", "drop_all", "stamp",
}  # fmt: skip


def blocks_of(module: Module, span: Span) -> list[Block]:
    """Return the blocks around the simple statement that holds a span, innermost first."""
    found: Step | None = None
    for step in module.facts.steps:
        if step.kind != "define" and step.line <= span.line and span.end_line <= step.end_line:
            found = step
    return [] if found is None else list(module.around(found.block))


def _calls(expr: Expr) -> Iterator[Call]:
    for one in children(expr):
        yield from _calls(one)
    if isinstance(expr, Call):
        yield expr


Frame = tuple[Module, str, int, int, int]
"""A statement on the way to another: its module, scope, block, line and column."""


@dataclass(eq=False)
class Moment:
    """One statement when its turn comes.

    Attributes:
        module, scope, step: the statement. For an import (`imported` is set) `step` is None.
        stack: the calls, outermost first, through which it is reached.
        settings: what it writes to an app's config.
        bindings: which extensions it binds.
        frames: the statements through which it is reached, outermost first, itself last.
    """

    module: Module
    scope: str
    step: Step | None
    span: Span
    stack: tuple[tuple[Module, Call], ...]
    settings: tuple[Setting, ...]
    bindings: tuple[Binding, ...]
    frames: tuple[Frame, ...] = ()

    def sure_before(self, later: Moment) -> bool:
        """Whether this has certainly happened when `later` happens: no branch around it that `later` is not in.

        Both must come from one timeline, this one first.
        """
        shared = 0
        for mine, other in zip(self.frames, later.frames, strict=False):
            if mine != other:
                break
            shared += 1
        inside = set()
        if shared < len(later.frames):
            module, _, block, _, _ = later.frames[shared]
            inside = {(module.path, id(one)) for one in module.around(block)}
        for module, _, block, _, _ in self.frames[shared:]:
            for one in module.around(block):
                if one.kind in _BRANCHES and (module.path, id(one)) not in inside:
                    return False
        return True


class Timelines:
    """Orders of events in a project."""

    def __init__(self, objects: Objects, extensions: Extensions, config: Config) -> None:
        self.objects = objects
        self.names = objects.names
        self.extensions = extensions
        self.config = config
        self.reach = Reach(objects)
        self._calls: dict[int, tuple[Call, ...]] = {}

    @cached_property
    def _bindings(self) -> dict[tuple[str, int, int], list[Binding]]:
        found: dict[tuple[str, int, int], list[Binding]] = defaultdict(list)
        for instance in self.extensions.instances:
            for one in instance.bindings:
                found[one.module.path, one.call.line, one.call.column].append(one)
        return found

    @cached_property
    def _busy_names(self) -> frozenset[str]:
        """Names of functions in which, or below which, something happens to an app."""
        calls: dict[str, set[str]] = {}
        busy: set[str] = set()
        makers = self.extensions.class_names
        for module in self.names.modules.values():
            for function in module.facts.functions:
                names = function.name.split(".")
                last = names[-2] if names[-1] == "__init__" and function.owner else names[-1]
                called = {terminal(call.func) for call in module.calls(function.name)}
                known = calls.setdefault(last, set())
                known |= called
                for alias in self.names.aliases.get(last, ()):
                    calls.setdefault(alias, set()).add(last)
                writes = any(".config" in f".{ref.name}" for ref in module.refs(function.name))
                if called & _WORDS or called & makers or writes:
                    busy.add(last)
        changed = True
        while changed:
            more = {name for name, called in calls.items() if name not in busy and called & busy}
            changed = bool(more)
            busy |= more
        return frozenset(busy)

    def of(self, module: Module, scope: str, *, imports: bool = False) -> list[Moment]:
        """Return the moments of a function's body, or of a module's when `scope` is empty.

        Calls of the project's functions are followed; with `imports`, so are the module-level bodies
        of modules that are imported on the way, each once.
        """
        return list(self._of(module, scope, (), {module.path} if imports else None, ()))

    def _of(
        self,
        module: Module,
        scope: str,
        stack: tuple[tuple[Module, Call], ...],
        imported: set[str] | None,
        frames: tuple[Frame, ...],
    ) -> Iterator[Moment]:
        statements: list[Step | Import] = list(module.steps(scope))
        if imported is not None:
            statements += [one for one in module.imports(scope) if not one.typing]
            statements.sort(key=lambda one: one.line)
        for one in statements:
            reached = (*frames, (module, scope, one.block, one.line, one.column))
            if isinstance(one, Import):
                assert imported is not None  # noqa: S101 - imports are looked at only then
                for target in self.names.executed(module, one):
                    if target.path not in imported and len(reached) < _DEPTH * 4:
                        imported.add(target.path)
                        yield from self._of(target, "", stack, imported, reached)
            elif one.kind not in {"define", "global"} and not (not scope and module.under_main(one)):
                yield from self._step(module, scope, one, stack, imported, frames=reached)

    def _step(
        self,
        module: Module,
        scope: str,
        step: Step,
        stack: tuple[tuple[Module, Call], ...],
        imported: set[str] | None,
        *,
        frames: tuple[Frame, ...],
    ) -> Iterator[Moment]:
        bindings: list[Binding] = []
        for part in self._called_in(step):
            bindings += self._bindings.get((module.path, part.line, part.column), [])
            inner = self._followed(module, scope, part, stack)
            if inner is not None:
                yield from self._of(inner[0], inner[1], (*stack, (module, part)), imported, frames)
        settings = self.config.written_by(module, step)
        yield Moment(module, scope, step, step, stack, settings, tuple(bindings), frames)

    def _called_in(self, step: Step) -> tuple[Call, ...]:
        """Return the calls in a statement in the order in which they are made: inner ones and the value first."""
        found = self._calls.get(id(step))
        if found is None:
            value = () if step.value is None else (step.value,)
            found = self._calls[id(step)] = tuple(call for one in (*value, *step.targets) for call in _calls(one))
        return found

    def _followed(
        self, module: Module, scope: str, call: Call, stack: tuple[tuple[Module, Call], ...]
    ) -> tuple[Module, str] | None:
        if len(stack) >= _DEPTH or terminal(call.func) not in self._busy_names:
            return None
        found = self._inherited(module, scope, call) or self.reach.target(module, scope, call)
        if found is None:
            return None
        target, name = found[0], found[1].name
        if any(one is call for _, one in stack) or (target is module and name == scope):
            return None
        return target, name

    def _inherited(self, module: Module, scope: str, call: Call) -> tuple[Module, Function] | None:
        """Return the method of a base class that ``super().method()`` runs, or None."""
        function = module.functions.get(scope)
        func = call.func
        if function is None or not function.owner or not isinstance(func, Attr) or not isinstance(func.value, Call):
            return None
        if terminal(func.value.func) != "super":
            return None
        bases = self.objects.lineage(f"{module.name}:{function.owner}")[1:]
        return next((found for base in bases if (found := self.objects.function(f"{base}.{func.name}"))), None)
