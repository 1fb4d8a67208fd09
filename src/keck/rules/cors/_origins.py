"""Origins and patterns, read as Flask-CORS reads them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from keck.project.values import Either, Env, Known, Pattern, Value

HINTS = frozenset("*\\]?$^[]()")
"""Flask-CORS takes a text that holds one of these for a regular expression."""
STRANGERS = ("https://stranger.example", "http://stranger.example")


def surely(value: Value, test: Callable[[Known], bool]) -> str:
    """Return ``yes`` when every value that counts passes a test, ``fallback`` when only a variable's default does."""
    match value:
        case Known():
            return "yes" if test(value) else ""
        case Env(default=default) if default is not None:
            return "fallback" if surely(default, test) else ""
        case Either(values=values):
            found = {surely(one, test) for one in values}
            return "" if "" in found else "fallback" if "fallback" in found else "yes"
        case _:
            return ""


def entries(value: Value) -> Iterator[Known]:
    """Yield the single origins that a value of `origins` can hold, as far as they are known."""
    match value:
        case Known(value=list(rows)):
            for one in rows:
                yield from entries(one)
        case Known():
            yield value
        case Env(default=default) if default is not None:
            yield from entries(default)
        case Either(values=values):
            for one in values:
                yield from entries(one)


def admits_any(value: Known) -> bool:
    """Whether the origins let a stranger in, whoever it is."""
    return any(admits(one, stranger) for stranger in STRANGERS for one in entries(value))


def admits(entry: Known, origin: str) -> bool:
    """Whether Flask-CORS takes an origin for one that an entry names, as `flask_cors.core.try_match_pattern` does."""
    regex = compiled(entry.value, ignore_case=True)
    if regex is not None:
        return regex.match(origin) is not None
    return isinstance(entry.value, str) and entry.value.casefold() == origin.casefold()


def compiled(pattern: object, *, ignore_case: bool) -> re.Pattern[str] | None:
    """Return the regular expression that Flask-CORS makes of a pattern, None for a literal or an invalid one."""
    if isinstance(pattern, Pattern):
        source, flags = pattern.text, re.NOFLAG
    elif isinstance(pattern, str) and not HINTS.isdisjoint(pattern):
        source, flags = (".*" if pattern == "*" else pattern), re.IGNORECASE if ignore_case else re.NOFLAG
    else:
        return None
    try:
        return re.compile(source, flags)
    except (re.error, OverflowError, RecursionError):
        return None


def is_invalid(pattern: object) -> bool:
    """Whether Flask-CORS takes a text for a regular expression that it then cannot compile."""
    looks = isinstance(pattern, str) and not HINTS.isdisjoint(pattern)
    return looks and compiled(pattern, ignore_case=False) is None


def text(pattern: str | Pattern | None) -> str:
    """Return a pattern as it is written."""
    return pattern.text if isinstance(pattern, Pattern) else pattern or ""
