"""What happens to an app in which order: config writes and bindings, followed over calls and imports."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from keck.facts.expr import Call, Ref, Span, terminal, walk
from keck.facts.record import Function, Import, Step
from keck.project.config import Config, Setting
from keck.project.extensions import Binding, Extensions
from keck.project.module import Module
from keck.project.objects import Objects

_DEPTH = 7
_WORDS = {
    "init_app", "register_blueprint", "push", "create_all", "from_object", "from_mapping", "from_pyfile",
    "from_envvar", "from_prefixed_env", "from_file", "from_json", "drop_all", "stamp",
}  # fmt: skip


@dataclass(eq=False)
class Moment:
    """One statement when its turn comes.

    Attributes:
        module, scope, step: the statement. For an import (`imported` is set) `step` is None.
        stack: the calls, outermost first, through which it is reached.
        settings: what it writes to an app's config.
        bindings: which extensions it binds.
    """

    module: Module
    scope: str
    step: Step | None
    span: Span
    stack: tuple[tuple[Module, Call], ...]
    settings: tuple[Setting, ...]
    bindings: tuple[Binding, ...]


class Timelines:
    """Orders of events in a project."""

    def __init__(self, objects: Objects, extensions: Extensions, config: Config) -> None:
        self.objects = objects
        self.names = objects.names
        self.extensions = extensions
        self.config = config

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
        makers = self.extensions._class_names  # noqa: SLF001 - the same question
        for module in self.names.modules.values():
            for function in module.facts.functions:
                last = function.name.rpartition(".")[2]
                called = {terminal(call.func) for call in module.calls(function.name)}
                calls.setdefault(last, set()).update(called)
                writes = any(
                    "config" in str(getattr(getattr(target, "value", None), "name", ""))
                    for step in module.steps(function.name)
                    for target in step.targets
                )
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
        return list(self._of(module, scope, (), {module.path} if imports else None))

    def _of(
        self, module: Module, scope: str, stack: tuple[tuple[Module, Call], ...], imported: set[str] | None
    ) -> Iterator[Moment]:
        statements: list[tuple[int, Step | Import]] = [(one.line, one) for one in module.steps(scope)]
        if imported is not None:
            statements += [(one.line, one) for one in module.imports(scope) if not one.typing]
            statements.sort(key=lambda pair: pair[0])
        for _, one in statements:
            if isinstance(one, Import):
                target = self.names.imported(module, one)
                if target is not None and imported is not None and target.path not in imported:
                    imported.add(target.path)
                    if len(stack) < _DEPTH * 4:
                        yield from self._of(target, "", stack, imported)
                continue
            if one.kind in {"define", "global"} or (not scope and module.under_main(one)):
                continue
            yield from self._step(module, scope, one, stack, imported)

    def _step(
        self, module: Module, scope: str, step: Step, stack: tuple[tuple[Module, Call], ...], imported: set[str] | None
    ) -> Iterator[Moment]:
        bindings: list[Binding] = []
        parts = [] if step.value is None else list(walk(step.value))
        for part in reversed(parts):
            if not isinstance(part, Call):
                continue
            bindings += self._bindings.get((module.path, part.line, part.column), [])
            inner = self._followed(module, scope, part, stack)
            if inner is not None:
                yield from self._of(inner[0], inner[1], (*stack, (module, part)), imported)
        yield Moment(module, scope, step, step, stack, self.config.written_by(module, step), tuple(bindings))

    def _followed(
        self, module: Module, scope: str, call: Call, stack: tuple[tuple[Module, Call], ...]
    ) -> tuple[Module, str] | None:
        if len(stack) >= _DEPTH or not isinstance(call.func, Ref) or terminal(call.func) not in self._busy_names:
            return None
        symbol = self.names.resolve(module, scope, call.func.name)
        found = self.objects.function(symbol)
        if found is None:
            found = self._constructor(symbol)
        if found is None:
            return None
        target, name = found[0], found[1].name
        if any(one is call for _, one in stack) or (target is module and name == scope):
            return None
        return target, name

    def _constructor(self, symbol: str) -> tuple[Module, Function] | None:
        head, colon, name = symbol.partition(":")
        module = self.names.by_name.get(head)
        if colon and module is not None and name in module.classes:
            return self.objects.function(f"{symbol}.__init__")
        return None
