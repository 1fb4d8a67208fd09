"""Results of calls: of the environment's readers, of conversions, and of other functions that are known."""

from __future__ import annotations

from datetime import timedelta
from string import Formatter
from typing import TYPE_CHECKING

from keck.facts.expr import Call, Const, Ref, Star, before, extent, ref_at, terminal
from keck.project.module import Module
from keck.project.operations import cast
from keck.project.things import Named
from keck.project.value import HIDDEN, Env, Hidden, Known, Pattern, Value

if TYPE_CHECKING:
    from keck.project.values import Values

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
_QUOTES = {"urllib.parse.quote", "urllib.parse.quote_plus"}
_READERS = {"str", "int", "bool", "list", "get", "url", "float", "json", "dict", "timedelta", "path", "log_level"}


def result(values: Values, module: Module, scope: str, call: Call, depth: int) -> Value:
    """Return what a call gives: of a function that is known here, or of one of the project's."""
    place = module.place(call)
    last = terminal(call.func)
    symbol = values.names.resolve(module, scope, call.func.name) if isinstance(call.func, Ref) else ""
    if symbol in _ENVIRONMENT or symbol.startswith(("environs.", "environ.")):
        return _environment(values, module, scope, call, depth)
    if symbol in _RANDOM:
        return Hidden("random", random=True)
    if symbol == "datetime.timedelta":
        return _duration(values, module, scope, call, depth)
    if symbol == "re.compile":
        inner = values.of(module, scope, call.argument(0, "pattern"), depth + 1)
        known = isinstance(inner, Known) and isinstance(inner.value, str)
        return Known(Pattern(inner.value), place) if known else HIDDEN  # type: ignore[union-attr]
    if symbol == "?.dict" and not call.args:
        pairs = tuple((Const(*extent(one.value), one.name or ""), one.value) for one in call.keywords if one.name)
        return values.table(module, scope, pairs, place, depth)
    if _reads_environment(values, module, scope, call):
        return _environment(values, module, scope, call, depth)
    if last == "format":
        return _formatted(values, module, scope, call, depth)
    if last == "split":
        return _split(values, module, scope, call, depth)
    if symbol in _QUOTES:
        return cast(values.of(module, scope, call.argument(0, "string"), depth + 1), symbol.rpartition(".")[2], place)
    if last in _CASTS:
        return _converted(values, module, scope, call, depth)
    if symbol in {"?.list", "?.tuple", "?.set", "?.sorted"} and call.args:
        return values.of(module, scope, call.args[0], depth + 1)
    if last == "get" and call.args:
        configured = _got(values, module, scope, call, depth)
        if configured is not None:
            return configured
    return values.returned(module, scope, call, symbol, depth)


def _got(values: Values, module: Module, scope: str, call: Call, depth: int) -> Value | None:
    """``app.config.get("KEY", default)`` and ``{...}.get(key, default)``."""
    key = values.of(module, scope, call.args[0], depth + 1)
    if not isinstance(key, Known) or not isinstance(key.value, str):
        return None
    holder = before(call.func)
    if holder is None:
        return None
    fallback = None if len(call.args) < 2 else values.of(module, scope, call.args[1], depth + 1)
    found = values.configured(module, scope, holder, key.value)
    if found is not None:
        return fallback if fallback is not None and found == Hidden("unset") else found
    table = values.of(module, scope, holder, depth + 1)
    if not isinstance(table, Known) or not isinstance(table.value, dict) or None in table.value:
        return None
    return table.value.get(key.value, fallback)


def _reads_environment(values: Values, module: Module, scope: str, call: Call) -> bool:
    """``env("KEY")``, ``env.str("KEY", default)`` of environs, django-environ, decouple and the like."""
    if not isinstance(call.func, Ref):
        return False
    head, _, method = call.func.name.rpartition(".")
    name = head or call.func.name
    if head and method not in _READERS:
        return False
    for thing in values.objects.of(module, scope, ref_at(call.func, name)):
        made = getattr(thing, "cls", "") or (thing.symbol if isinstance(thing, Named) else "")
        if made.partition(".")[0] in {"environs", "environ", "decouple", "envparse", "starlette"}:
            return True
    return False


def _environment(values: Values, module: Module, scope: str, call: Call, depth: int) -> Value:
    name = values.of(module, scope, call.argument(0, "key") or call.argument(0, "name"), depth + 1)
    fallback = call.argument(1, "default")
    default = None if fallback is None else values.of(module, scope, fallback, depth + 1)
    if isinstance(default, Known) and default.value is None:
        default = None
    return Env(str(name.value) if isinstance(name, Known) else "", default, module.place(call))


def _duration(values: Values, module: Module, scope: str, call: Call, depth: int) -> Value:
    units = ("days", "seconds", "microseconds", "milliseconds", "minutes", "hours", "weeks")
    given: dict[str, Value] = {
        unit: values.of(module, scope, one, depth + 1) for unit, one in zip(units, call.args, strict=False)
    }
    given |= {one.name: values.of(module, scope, one.value, depth + 1) for one in call.keywords if one.name}
    if any(not isinstance(one, Known) or not isinstance(one.value, int | float) for one in given.values()):
        return HIDDEN
    try:
        return Known(
            timedelta(**{unit: one.value for unit, one in given.items() if isinstance(one, Known)}),
            module.place(call),
        )
    except (TypeError, OverflowError, ValueError):
        return HIDDEN


def _formatted(values: Values, module: Module, scope: str, call: Call, depth: int) -> Value:
    """``"{}:{}".format(user, password)``, where all of it is known."""
    text = values.of(module, scope, before(call.func), depth + 1)
    args = [values.of(module, scope, one, depth + 1) for one in call.args]
    named: dict[str, Value] = {}
    for one in call.keywords:
        value = values.of(module, scope, one.value, depth + 1)
        if one.name:
            named[one.name] = value
        else:
            named |= value.value if isinstance(value, Known) and isinstance(value.value, dict) else {"": HIDDEN}
    known = [one.value for one in (text, *args, *named.values()) if isinstance(one, Known)]
    whole = len(known) == len(args) + len(named) + 1 and not any(isinstance(one, Star) for one in call.args)
    if not whole or not all(isinstance(one, str | int) for one in known) or not isinstance(known[0], str):
        return HIDDEN
    if any(spec for _, _, spec, _ in _fields(known[0])):
        return HIDDEN
    words = dict(zip(named, known[1 + len(args) :], strict=True))
    try:
        return Known(known[0].format(*known[1 : 1 + len(args)], **words), module.place(call))
    except (LookupError, ValueError, TypeError, AttributeError):
        return HIDDEN


def _split(values: Values, module: Module, scope: str, call: Call, depth: int) -> Value:
    place = module.place(call)
    holder = values.of(module, scope, before(call.func), depth + 1)
    separator = values.of(module, scope, call.args[0], depth + 1) if call.args else Known(None, place)
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


def _converted(values: Values, module: Module, scope: str, call: Call, depth: int) -> Value:
    if isinstance(call.func, Ref) and "." not in call.func.name:
        inner = values.of(module, scope, call.args[0], depth + 1) if call.args else HIDDEN
    else:
        inner = values.of(module, scope, before(call.func), depth + 1)
    return cast(inner, terminal(call.func), module.place(call))


def _fields(text: str) -> list[tuple[str, str | None, str | None, str | None]]:
    try:
        return list(Formatter().parse(text))
    except ValueError:
        return [("", None, "?", None)]
