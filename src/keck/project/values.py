"""What expressions evaluate to, over names, calls and files; for kinds of values see `keck.project.value`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from keck.facts.expr import Call, Const, Expr, Index, Items, Op, Ref, Star, Table, Text, terminal
from keck.facts.record import Function
from keck.finding import Place
from keck.project.module import Module, Where
from keck.project.objects import Objects
from keck.project.operations import cast, computed, first_of, joined
from keck.project.results import result
from keck.project.value import HIDDEN, Either, Env, Hidden, Known, Pattern, Value, alternatives, defaults

__all__ = [
    "HIDDEN",
    "Either",
    "Env",
    "Hidden",
    "Known",
    "Pattern",
    "Value",
    "Values",
    "alternatives",
    "cast",
    "defaults",
]

_DEPTH = 10
Configured = Callable[[Module, str, Expr, str], Value | None]


def _unconfigured(_module: Module, _scope: str, _holder: Expr, _key: str) -> Value | None:
    return None


_FALLBACKS = {"default", "fallback", "default_value"}


class Values:
    """Evaluates expressions in a set of modules."""

    def __init__(self, objects: Objects) -> None:
        self.objects = objects
        self.names = objects.names
        self._frames: list[dict[str, Value]] = []
        self._running: set[str] = set()
        self.configured: Configured = _unconfigured
        """What reading a key of an app's config gives; `keck.project.config.Config` sets it."""

    def of(self, module: Module, scope: str, expr: Expr | None, depth: int = 0) -> Value:
        """Return what an expression evaluates to."""
        if expr is None or depth > _DEPTH:
            return HIDDEN
        place = module.place(expr)
        match expr:
            case Const(value=value, kind=kind):
                return Known(value.encode("latin-1", "replace") if kind and isinstance(value, str) else value, place)
            case Text(parts=parts):
                return joined([self.of(module, scope, one, depth + 1) for one in parts], place)
            case Items(items=items):
                return Known([self.of(module, scope, _bare(one), depth + 1) for one in items], place)
            case Table(pairs=pairs):
                return self.table(module, scope, pairs, place, depth)
            case Op(kind="or", parts=parts):
                return first_of([self.of(module, scope, one, depth + 1) for one in parts], place)
            case Op(kind="if", parts=(_, *parts)):
                return Either(tuple(self.of(module, scope, one, depth + 1) for one in parts))
            case Op(kind="neg", parts=(one,)):
                inner = self.of(module, scope, one, depth + 1)
                negative = isinstance(inner, Known) and isinstance(inner.value, int | float)
                return Known(-inner.value, place) if negative else HIDDEN  # type: ignore[union-attr]
            case Op(kind=kind, parts=parts):
                return computed(kind, [self.of(module, scope, one, depth + 1) for one in parts], place)
            case Ref(name=name):
                return self._named(module, scope, name, depth)
            case Index():
                return self._indexed(module, scope, expr, depth)
            case Call():
                return result(self, module, scope, expr, depth)
            case _:
                return HIDDEN

    def table(
        self, module: Module, scope: str, pairs: tuple[tuple[Expr | None, Expr], ...], place: Place, depth: int
    ) -> Value:
        """Return what a dict display evaluates to; the key None stands for keys that are not known."""
        found: dict[Any, Value] = {}
        for key, value in pairs:
            inner = self.of(module, scope, value, depth + 1)
            if key is None:
                if isinstance(inner, Known) and isinstance(inner.value, dict):
                    found.update(inner.value)
                else:
                    found[None] = HIDDEN
                continue
            name = self.of(module, scope, key, depth + 1)
            if isinstance(name, Known) and isinstance(name.value, str | int | Pattern):
                found[name.value] = inner
            else:
                found[None] = HIDDEN
        return Known(found, place)

    def _named(self, module: Module, scope: str, name: str, depth: int) -> Value:
        symbol = self.names.resolve(module, scope, name)
        if symbol in {"os.environ", "os.getenv"}:
            return HIDDEN
        return self.of_symbol(symbol, depth + 1)

    def of_symbol(self, symbol: str, depth: int = 0) -> Value:
        """Return what a variable or class attribute is: `Either` when several assignments are visible."""
        for frame in reversed(self._frames):
            if symbol in frame:
                return frame[symbol]
        found = [self.of(*where, depth + 1) for where in self.written(symbol)]
        if not found:
            return HIDDEN
        return found[0] if len(found) == 1 else Either(tuple(found))

    def written(self, symbol: str) -> Iterator[Where]:
        """Yield the values assigned to a variable or attribute, a base class's where the class has none."""
        found = list(self.objects.written(symbol))
        head, _, name = symbol.partition(":")
        owner, _, last = name.rpartition(".")
        module = self.names.by_name.get(head)
        if not found and module is not None and owner in module.classes:
            for base in self.objects.lineage(f"{head}:{owner}")[1:]:
                found = list(self.objects.written(f"{base}.{last}")) if ":" in base else []
                if found:
                    break
        if not found and module is not None and owner:
            # an attribute of an instance: settings.KEY where settings = Settings()
            for thing in self.objects.of_symbol(f"{head}:{owner}"):
                cls = getattr(thing, "cls", "")
                if ":" in cls and cls != f"{head}:{owner}":
                    found = list(self.written(f"{cls}.{last}"))
        yield from found

    def _indexed(self, module: Module, scope: str, expr: Index, depth: int) -> Value:
        value = expr.value
        key = self.of(module, scope, expr.index, depth + 1)
        if isinstance(value, Ref) and self.names.resolve(module, scope, value.name) == "os.environ":
            return Env(str(key.value), None, module.place(expr)) if isinstance(key, Known) else HIDDEN
        if isinstance(key, Known) and isinstance(key.value, str):
            configured = self.configured(module, scope, value, key.value)
            if configured is not None:
                return configured
        holder = self.of(module, scope, value, depth + 1)
        if isinstance(holder, Known) and isinstance(key, Known):
            try:
                inner = holder.value[key.value]
            except (KeyError, IndexError, TypeError):
                return HIDDEN
            if isinstance(inner, Known | Env | Either | Hidden):
                return inner
        return HIDDEN

    def returned(self, module: Module, scope: str, call: Call, symbol: str, depth: int) -> Value:
        """Return what a call of a function of the project gives; `symbol` is the function's."""
        found = self.objects.function(symbol) if ":" in symbol else None
        if found is None or symbol in self._running:
            return HIDDEN
        where, function = found
        values = []
        place = module.place(call)
        frame = self._frame(module, scope, call, found, depth)
        for step in where.steps(function.name):
            if step.kind == "return" and step.value is not None:
                self._frames.append(frame)
                self._running.add(symbol)
                value = self.of(where, function.name, step.value, depth + 1)
                self._running.discard(symbol)
                self._frames.pop()
                values.append(self._falling_back(value, frame, place))
        if not values:
            return HIDDEN
        return values[0] if len(values) == 1 else Either(tuple(values))

    def _frame(
        self, module: Module, scope: str, call: Call, called: tuple[Module, Function], depth: int
    ) -> dict[str, Value]:
        """Return what each parameter of a function is in one call, by its symbol; a method's first is left out."""
        where, function = called
        method = function.owner and not any(terminal(one) == "staticmethod" for one in function.decorators)
        found: dict[str, Value] = {}
        for position, param in enumerate(function.params):
            if param.kind or (method and not position):
                continue
            given = call.argument(position - 1 if method else position, param.name)
            if given is not None:
                value = self.of(module, scope, given, depth + 1)
            elif param.default is not None and not call.open_ended:
                value = self.of(where, function.scope, param.default, depth + 1)
            else:
                value = HIDDEN
            found[f"{where.name}:{function.name}.{param.name}"] = value
        return found

    def _falling_back(self, value: Value, frame: dict[str, Value], place: Place) -> Value:
        """Read a wrapper that returns its parameter `default` where the variable that it reads is not set."""
        given = [one for symbol, one in frame.items() if symbol.rpartition(".")[2] in _FALLBACKS]
        reads = next((one for one in alternatives(value) if isinstance(one, Env)), None)
        if reads is None or reads.default is not None or not given:
            return value
        nothing = isinstance(given[0], Known) and given[0].value is None
        return value if nothing else Env(reads.name, given[0], place)


def _bare(expr: Expr) -> Expr:
    return expr.value if isinstance(expr, Star) else expr
