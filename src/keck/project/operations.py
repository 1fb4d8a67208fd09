"""Operations on values: operators, f-strings and conversions."""

from __future__ import annotations

from keck.finding import Place
from keck.project.value import HIDDEN, Either, Env, Hidden, Known, Value


def first_of(values: list[Value], place: Place) -> Value:
    """Return what ``a or b`` is: what is stated and false falls through; the environment falls back to what follows."""
    kept: list[Value] = []
    for position, one in enumerate(values):
        if isinstance(one, Known) and not one.value and position < len(values) - 1:
            continue
        if isinstance(one, Env) and one.default is None and position < len(values) - 1:
            rest = first_of(values[position + 1 :], place)
            kept.append(Env(one.name, rest, one.place))
            break
        kept.append(one)
        if isinstance(one, Known) and one.value:
            break
    return kept[0] if len(kept) == 1 else Either(tuple(kept))


def joined(parts: list[Value], place: Place) -> Value:
    """Return the text of an f-string, where all its parts are known."""
    texts = [one.value for one in parts if isinstance(one, Known) and isinstance(one.value, str | int)]
    if len(texts) == len(parts):
        return Known("".join(map(str, texts)), place)
    return HIDDEN


def computed(kind: str, parts: list[Value], place: Place) -> Value:
    """Return what an operator makes of its operands, where all of them are known and the result is small."""
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
                    case "quote" | "quote_plus" if isinstance(inner, str):
                        from urllib.parse import quote, quote_plus

                        return Known(quote(inner) if name == "quote" else quote_plus(inner), place)
                    case "encode" | "decode" | "bytes":
                        return value
                    case _:
                        return HIDDEN
            except (TypeError, ValueError, OverflowError):
                return HIDDEN
        case _:
            return value


def _small(one: object, other: object) -> bool:
    """Whether the product of two values is no long text or list."""
    sized = [len(each) for each in (one, other) if isinstance(each, str | bytes | list)]
    times = [each for each in (one, other) if isinstance(each, int)]
    return not sized or not times or sized[0] * times[0] <= 10_000
