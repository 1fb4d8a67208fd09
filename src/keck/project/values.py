"""What an expression evaluates to, as far as the source tells.

A `Value` is `Known`, `Env` (read from the environment, maybe with a fallback), `Either` (one of
several) or `Hidden` (cannot be known). Unknown is not missing: a rule stays silent on it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from string import Formatter
from typing import Any

from keck.facts.expr import Attr, Call, Const, Expr, Index, Items, Lambda, Op, Ref, Star, Table, Text, terminal
from keck.facts.record import Function
from keck.finding import Place
from keck.project.module import Module
from keck.project.objects import Objects, Where
from keck.project.things import Named

_DEPTH = 10


@dataclass(frozen=True)
class Known:
    """A value that the source states: a literal, or what literals make. `place` is where it is stated.

    `value` may be a str, int, float, bool, None, bytes, timedelta, list or dict (of `Value`), or a
    compiled pattern as `Pattern`.
    """

    value: Any
    place: Place


@dataclass(frozen=True)
class Pattern:
    """A regular expression given as ``re.compile(text)``."""

    text: str


@dataclass(frozen=True)
class Env:
    """A value read from the environment; `default` is what it is when the variable is not set."""

    name: str
    default: Value | None
    place: Place


@dataclass(frozen=True)
class Either:
    """One of several values, such as both branches of a conditional."""

    values: tuple[Value, ...]


@dataclass(frozen=True)
class Hidden:
    """A value that the source does not tell; `random` is true for what is drawn anew in each process."""

    why: str = ""
    random: bool = False


Value = Known | Env | Either | Hidden
HIDDEN = Hidden()
Configured = Callable[[Module, str, Expr, str], Value | None]


def _unconfigured(_module: Module, _scope: str, _holder: Expr, _key: str) -> Value | None:
    return None


_ENVIRONMENT = {
    "os.environ.get",
    "os.getenv",
    "os.environ.setdefault",
    "os.environ.pop",
    "decouple.config",
    "starlette.config.config",
}
_RANDOM = {
    "os.urandom",
    "secrets.token_hex",
    "secrets.token_urlsafe",
    "secrets.token_bytes",
    "uuid.uuid4",
    "secrets.choice",
    "random.choice",
}
_CASTS = {
    "str",
    "int",
    "float",
    "bool",
    "bytes",
    "strip",
    "lower",
    "upper",
    "encode",
    "decode",
    "rstrip",
    "lstrip",
    "hex",
}
_FALLBACKS = {"default", "fallback", "default_value"}
_READERS = {"str", "int", "bool", "list", "get", "url", "float", "json", "dict", "timedelta", "path", "log_level"}


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
                return self._joined([self.of(module, scope, one, depth + 1) for one in parts], place)
            case Items(items=items):
                return Known([self.of(module, scope, _bare(one), depth + 1) for one in items], place)
            case Table(pairs=pairs):
                return self._table(module, scope, pairs, place, depth)
            case Op(kind="or", parts=parts):
                return self._either([self.of(module, scope, one, depth + 1) for one in parts], place)
            case Op(kind="if", parts=(_, *parts)):
                return Either(tuple(self.of(module, scope, one, depth + 1) for one in parts))
            case Op(kind="neg", parts=(one,)):
                inner = self.of(module, scope, one, depth + 1)
                negative = isinstance(inner, Known) and isinstance(inner.value, int | float)
                return Known(-inner.value, place) if negative else HIDDEN  # type: ignore[union-attr]
            case Op(kind=kind, parts=parts):
                return self._computed(kind, [self.of(module, scope, one, depth + 1) for one in parts], place)
            case Ref(name=name):
                return self._named(module, scope, name, depth)
            case Index():
                return self._indexed(module, scope, expr, depth)
            case Call():
                return self._called(module, scope, expr, depth)
            case _:
                return HIDDEN

    def _either(self, values: list[Value], place: Place) -> Value:
        """``a or b``: what is stated and false falls through; the environment falls back to what follows."""
        kept: list[Value] = []
        for position, one in enumerate(values):
            if isinstance(one, Known) and not one.value and position < len(values) - 1:
                continue
            if isinstance(one, Env) and one.default is None and position < len(values) - 1:
                rest = self._either(values[position + 1 :], place)
                kept.append(Env(one.name, rest, one.place))
                break
            kept.append(one)
            if isinstance(one, Known) and one.value:
                break
        return kept[0] if len(kept) == 1 else Either(tuple(kept))

    def _table(
        self, module: Module, scope: str, pairs: tuple[tuple[Expr | None, Expr], ...], place: Place, depth: int
    ) -> Value:
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

    def _joined(self, parts: list[Value], place: Place) -> Value:
        texts = [one.value for one in parts if isinstance(one, Known) and isinstance(one.value, str | int)]
        if len(texts) == len(parts):
            return Known("".join(map(str, texts)), place)
        return HIDDEN

    def _computed(self, kind: str, parts: list[Value], place: Place) -> Value:
        if not all(isinstance(one, Known) for one in parts):
            if any(isinstance(one, Hidden) and one.random for one in parts):
                return Hidden("random", random=True)
            return HIDDEN
        numbers = [one.value for one in parts if isinstance(one, Known)]
        try:
            result = numbers[0]
            for other in numbers[1:]:
                match kind:
                    case "+":
                        result = result + other
                    case "*" if _small(result, other):
                        result = result * other
                    case "-":
                        result = result - other
                    case "/":
                        result = result / other
                    case "//":
                        result = result // other
                    case "|":
                        result = result | other
                    case "%" if isinstance(result, int):
                        result = result % other
                    case _:
                        return HIDDEN
            size = len(result) if isinstance(result, str | bytes | list) else 0
        except (TypeError, ValueError, ArithmeticError, OverflowError, MemoryError):
            return HIDDEN
        return HIDDEN if kind == "not" or size > 10_000 else Known(result, place)

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

    def _called(self, module: Module, scope: str, call: Call, depth: int) -> Value:
        place = module.place(call)
        last = terminal(call.func)
        symbol = self.names.resolve(module, scope, call.func.name) if isinstance(call.func, Ref) else ""
        if symbol in _ENVIRONMENT or symbol.startswith(("environs.", "environ.")):
            return self._environment(module, scope, call, depth)
        if symbol in _RANDOM:
            return Hidden("random", random=True)
        if symbol == "datetime.timedelta":
            return self._timedelta(module, scope, call, depth)
        if symbol == "re.compile":
            inner = self.of(module, scope, call.argument(0, "pattern"), depth + 1)
            known = isinstance(inner, Known) and isinstance(inner.value, str)
            return Known(Pattern(inner.value), place) if known else HIDDEN  # type: ignore[union-attr]
        if symbol == "?.dict" and not call.args:
            pairs = tuple((Const(*_span(one.value), one.name or ""), one.value) for one in call.keywords if one.name)
            return self._table(module, scope, pairs, place, depth)
        if self._reads_environment(module, scope, call):
            return self._environment(module, scope, call, depth)
        if last == "format":
            return self._formatted(module, scope, call, depth)
        if last == "split":
            return self._split(module, scope, call, depth)
        if last in _CASTS:
            return self._cast(module, scope, call, depth)
        if symbol in {"?.list", "?.tuple", "?.set", "?.sorted"} and call.args:
            return self.of(module, scope, call.args[0], depth + 1)
        if last == "get" and call.args:
            configured = self._got(module, scope, call, depth)
            if configured is not None:
                return configured
        return self._returned(module, scope, call, symbol, depth)

    def _got(self, module: Module, scope: str, call: Call, depth: int) -> Value | None:
        """``app.config.get("KEY", default)`` and ``{...}.get(key, default)``."""
        key = self.of(module, scope, call.args[0], depth + 1)
        if not isinstance(key, Known) or not isinstance(key.value, str):
            return None
        where, inner, holder = _receiver(module, scope, call)
        fallback = None if len(call.args) < 2 else self.of(module, scope, call.args[1], depth + 1)
        found = self.configured(where, inner, holder, key.value)
        if found is not None:
            return fallback if fallback is not None and found == Hidden("unset") else found
        table = self.of(where, inner, holder, depth + 1)
        if not isinstance(table, Known) or not isinstance(table.value, dict) or None in table.value:
            return None
        return table.value.get(key.value, fallback)

    def _reads_environment(self, module: Module, scope: str, call: Call) -> bool:
        """``env("KEY")``, ``env.str("KEY", default)`` of environs, django-environ, decouple and the like."""
        if not isinstance(call.func, Ref):
            return False
        head, _, method = call.func.name.rpartition(".")
        name = head or call.func.name
        if head and method not in _READERS:
            return False
        for thing in self.objects.of(module, scope, Ref(*_span(call.func), name)):
            made = getattr(thing, "cls", "") or (thing.symbol if isinstance(thing, Named) else "")
            if made.partition(".")[0] in {"environs", "environ", "decouple", "envparse", "starlette"}:
                return True
        return False

    def _environment(self, module: Module, scope: str, call: Call, depth: int) -> Value:
        name = self.of(module, scope, call.argument(0, "key") or call.argument(0, "name"), depth + 1)
        fallback = call.argument(1, "default")
        default = None if fallback is None else self.of(module, scope, fallback, depth + 1)
        if isinstance(default, Known) and default.value is None:
            default = None
        return Env(str(name.value) if isinstance(name, Known) else "", default, module.place(call))

    def _timedelta(self, module: Module, scope: str, call: Call, depth: int) -> Value:
        units = ("days", "seconds", "microseconds", "milliseconds", "minutes", "hours", "weeks")
        given: dict[str, Value] = {
            unit: self.of(module, scope, one, depth + 1) for unit, one in zip(units, call.args, strict=False)
        }
        given |= {one.name: self.of(module, scope, one.value, depth + 1) for one in call.keywords if one.name}
        if any(not isinstance(one, Known) or not isinstance(one.value, int | float) for one in given.values()):
            return HIDDEN
        try:
            return Known(
                timedelta(**{unit: one.value for unit, one in given.items() if isinstance(one, Known)}),
                module.place(call),
            )
        except (TypeError, OverflowError, ValueError):
            return HIDDEN

    def _formatted(self, module: Module, scope: str, call: Call, depth: int) -> Value:
        """``"{}:{}".format(user, password)``, where all of it is known."""
        text = self.of(*_receiver(module, scope, call), depth + 1)
        args = [self.of(module, scope, one, depth + 1) for one in call.args]
        named = {one.name: self.of(module, scope, one.value, depth + 1) for one in call.keywords if one.name}
        known = [one.value for one in (text, *args, *named.values()) if isinstance(one, Known)]
        whole = len(known) == len(args) + len(named) + 1 and not call.open_ended
        if not whole or not all(isinstance(one, str | int) for one in known) or not isinstance(known[0], str):
            return HIDDEN
        if any(spec for _, _, spec, _ in _fields(known[0])):
            return HIDDEN
        words = dict(zip(named, known[1 + len(args) :], strict=True))
        try:
            return Known(known[0].format(*known[1 : 1 + len(args)], **words), module.place(call))
        except (LookupError, ValueError, TypeError, AttributeError):
            return HIDDEN

    def _split(self, module: Module, scope: str, call: Call, depth: int) -> Value:
        place = module.place(call)
        holder = self.of(*_receiver(module, scope, call), depth + 1)
        separator = self.of(module, scope, call.args[0], depth + 1) if call.args else Known(None, place)
        if isinstance(holder, Env):
            inner = holder.default
            if not isinstance(inner, Known) or not isinstance(inner.value, str):
                return Hidden("environment")
            holder = inner
        if not isinstance(holder, Known) or not isinstance(holder.value, str) or not isinstance(separator, Known):
            return HIDDEN
        if separator.value is None or (isinstance(separator.value, str) and separator.value):
            return Known([Known(one, place) for one in holder.value.split(separator.value)], place)
        return HIDDEN

    def _cast(self, module: Module, scope: str, call: Call, depth: int) -> Value:
        if isinstance(call.func, Ref) and "." not in call.func.name:
            inner = self.of(module, scope, call.args[0], depth + 1) if call.args else HIDDEN
        else:
            inner = self.of(*_receiver(module, scope, call), depth + 1)
        return cast(inner, terminal(call.func), module.place(call))

    def _returned(self, module: Module, scope: str, call: Call, symbol: str, depth: int) -> Value:
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


def cast(value: Value, name: str, place: Place) -> Value:
    """Apply a conversion such as ``int`` or ``strip`` to a value."""
    match value:
        case Env(name=variable, default=default):
            return Env(variable, None if default is None else cast(default, name, place), value.place)
        case Either(values=values):
            return Either(tuple(cast(one, name, place) for one in values))
        case Known(value=inner):
            try:
                match name:
                    case "int":
                        return Known(int(inner), place)
                    case "float":
                        return Known(float(inner), place)
                    case "bool":
                        return Known(bool(inner), place)
                    case "str":
                        return Known(str(inner), place) if isinstance(inner, str | int | float) else HIDDEN
                    case "lower" | "upper" | "strip" | "lstrip" | "rstrip" if isinstance(inner, str):
                        return Known(getattr(inner, name)(), place)
                    case "encode" | "decode" | "bytes":
                        return value
                    case _:
                        return HIDDEN
            except (TypeError, ValueError, OverflowError):
                return HIDDEN
        case _:
            return value


def alternatives(value: Value) -> Iterator[Value]:
    """Yield the values that an `Either` can be, nested ones too; anything else is its own only one."""
    if isinstance(value, Either):
        for one in value.values:
            yield from alternatives(one)
    else:
        yield value


def defaults(value: Value) -> Iterator[Value]:
    """Yield what a value can be when no environment variable is set."""
    for one in alternatives(value):
        if isinstance(one, Env):
            if one.default is not None:
                yield from defaults(one.default)
        else:
            yield one


def _small(one: object, other: object) -> bool:
    """Whether the product of two values is no long text or list."""
    sized = [len(each) for each in (one, other) if isinstance(each, str | bytes | list)]
    times = [each for each in (one, other) if isinstance(each, int)]
    return not sized or not times or sized[0] * times[0] <= 10_000


def _fields(text: str) -> list[tuple[str, str | None, str | None, str | None]]:
    try:
        return list(Formatter().parse(text))
    except ValueError:
        return [("", None, "?", None)]


def _bare(expr: Expr) -> Expr:
    return expr.value if isinstance(expr, Star) else expr


def _span(expr: Expr) -> tuple[int, int, int, int]:
    return expr.line, expr.column, expr.end_line, expr.end_column


def _receiver(module: Module, scope: str, call: Call) -> Where:
    func = call.func
    if isinstance(func, Ref):
        return module, scope, Ref(*_span(func), func.name.rpartition(".")[0])
    return module, scope, func.value if isinstance(func, Attr) else Lambda(*_span(func), (), func)
