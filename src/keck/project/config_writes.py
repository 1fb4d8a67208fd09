"""Writes to the config of an app, statement by statement."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from keck.facts.expr import Call, Expr, Index, Ref, Span, Table, before, terminal, text_of, walk
from keck.facts.record import Step
from keck.project.app_config import app_of, config_of
from keck.project.loads import Loads
from keck.project.module import Module, Where
from keck.project.setting import Setting, opaque, role_of
from keck.project.things import Thing
from keck.project.values import Known, Values

_LOADERS = {"from_object", "from_mapping", "from_pyfile", "from_envvar", "from_file", "from_json", "from_prefixed_env"}
_CALLS = _LOADERS | {"update", "setdefault"}
ATTRIBUTES = {"secret_key": "SECRET_KEY", "testing": "TESTING", "debug": "DEBUG", "permanent_session_lifetime": ""}


class ConfigWrites:
    """The statements of a project that write to an app's config."""

    def __init__(self, values: Values, loads: Loads) -> None:
        self.values = values
        self.objects = values.objects
        self.names = values.names
        self.loads = loads
        self._steps: dict[tuple[str, int, int], tuple[Setting, ...]] = {}
        self._possible: dict[str, dict[int, Step]] = {}

    def possible(self, module: Module) -> Collection[Step]:
        """Return the statements of a module that may write to a config, by their shape; the others can't."""
        return self._shaped(module).values()

    def _shaped(self, module: Module) -> dict[int, Step]:
        found = self._possible.get(module.path)
        if found is None:
            found = self._possible[module.path] = {id(step): step for step in _shaped(module)}
        return found

    def by(self, module: Module, step: Step) -> tuple[Setting, ...]:
        """Return the settings that a statement writes to an app's config, classes and modules expanded."""
        if id(step) not in self._shaped(module):
            return ()
        key = (module.path, step.line, step.column)
        if key not in self._steps:
            self._steps[key] = tuple(self._written_by(module, step))
        return self._steps[key]

    def _written_by(self, module: Module, step: Step) -> Iterator[Setting]:
        if step.kind in {"assign", "augment"} and step.value is not None:
            for target in step.targets:
                yield from self._assigned(module, step, target, step.value)
        if step.value is not None and step.kind != "define":
            for part in walk(step.value):
                if isinstance(part, Call):
                    yield from self._called(module, step.scope, part)

    def _assigned(self, module: Module, step: Step, target: Expr, value: Expr) -> Iterator[Setting]:
        scope = step.scope
        match target:
            case Index(value=holder, index=index):
                app = config_of(self.objects, module, scope, holder)
                if app is not None:
                    key = self.values.of(module, scope, index)
                    name = key.value if isinstance(key, Known) and isinstance(key.value, str) else ""
                    made = self.values.of(module, scope, value)
                    role = role_of(module, scope)
                    yield Setting(name, value, made, module, scope, step, "", role, True, "item", app)
            case Ref(name=name) if name.rpartition(".")[2] in ATTRIBUTES and "." in name:
                head, _, last = name.rpartition(".")
                app = app_of(self.objects, module, scope, head)
                if app is not None and ATTRIBUTES[last]:
                    made = self.values.of(module, scope, value)
                    role = role_of(module, scope)
                    yield Setting(ATTRIBUTES[last], value, made, module, scope, step, "", role, True, "attribute", app)
            case Ref() if step.kind == "augment":
                app = config_of(self.objects, module, scope, target)
                if app is not None:
                    yield from self._mapping((module, scope, value), step, "update", app)

    def _called(self, module: Module, scope: str, call: Call) -> Iterator[Setting]:
        last = terminal(call.func)
        if last not in _CALLS:
            return
        holder = before(call.func)
        app = None if holder is None else config_of(self.objects, module, scope, holder)
        if app is None:
            return
        role = role_of(module, scope)
        if last == "setdefault":
            key = self.values.of(module, scope, call.argument(0, "key"))
            if isinstance(key, Known) and isinstance(key.value, str):
                value = call.argument(1, "default")
                made = self.values.of(module, scope, value)
                yield Setting(key.value, value, made, module, scope, call, "", role, True, "setdefault", app)
            return
        if last in {"update", "from_mapping"}:
            for one in call.args:
                yield from self._mapping((module, scope, one), call, last, app)
            for word in call.keywords:
                if word.name is None:
                    yield from self._mapping((module, scope, word.value), call, last, app)
                else:
                    made = self.values.of(module, scope, word.value)
                    yield Setting(word.name, word.value, made, module, scope, word.value, "", role, True, last, app)
            return
        if last == "from_object":
            yield from self.loads.from_object(module, scope, call, app)
            return
        if last == "from_pyfile":
            yield from self.loads.from_pyfile(module, scope, call, app)
            return
        yield opaque(module, scope, call, last, app)

    def _mapping(self, given: Where, span: Span, via: str, app: frozenset[Thing]) -> Iterator[Setting]:
        module, scope, expr = given
        tables: list[Where] = [(module, scope, expr)]
        if isinstance(expr, Ref):
            symbol = self.names.resolve(module, scope, expr.name)
            tables = list(self.objects.written(symbol))
        tables = [where for where in tables if _is_mapping(where[2])]
        if not tables:
            yield opaque(module, scope, span, via, app)
        for where, inner, table in tables:
            pairs = [(text_of(key) or "", value) for key, value in table.pairs] if isinstance(table, Table) else []
            if isinstance(table, Call):
                pairs = [(word.name or "", word.value) for word in table.keywords]
            for name, value in pairs:
                made = self.values.of(where, inner, value)
                yield Setting(name, value, made, where, inner, value, "", role_of(where, inner), True, via, app)


def _shaped(module: Module) -> Iterator[Step]:
    """Yield the statements that assign to an item or attribute as config has them, or lie around a call that may load one."""
    lines: dict[str, list[int]] = {}
    for step in module.facts.steps:
        if any(_assigns(step, target) for target in step.targets):
            yield step
        elif step.kind != "define" and step.value is not None:
            scope = step.scope
            if scope not in lines:
                lines[scope] = [call.line for call in module.calls(scope) if terminal(call.func) in _CALLS]
            if any(step.line <= line <= step.end_line for line in lines[scope]):
                yield step


def _is_mapping(expr: Expr | None) -> bool:
    """Return whether an expression spells its keys: ``{...}``, or ``dict(...)`` of keywords."""
    if isinstance(expr, Call):
        return terminal(expr.func) == "dict" and not expr.args
    return isinstance(expr, Table)


def _assigns(step: Step, target: Expr) -> bool:
    if isinstance(target, Ref):
        head, _, last = target.name.rpartition(".")
        return step.kind == "augment" or (bool(head) and last in ATTRIBUTES)
    return isinstance(target, Index)
