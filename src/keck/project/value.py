"""A value: what an expression evaluates to, as far as the source tells.

A `Value` is `Known`, `Env` (read from the environment, maybe with a fallback), `Either` (one of
several) or `Hidden` (cannot be known). Unknown is not missing: a rule stays silent on it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from keck.finding import Place


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
