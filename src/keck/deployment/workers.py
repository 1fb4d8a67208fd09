"""What one place says of the number of processes."""

from __future__ import annotations

import re
from collections.abc import Callable

import msgspec

DEFAULT = re.compile(r"\$\{\w+:?-\s*([^}]*)\}")
VARIABLE = re.compile(r"\$\{?(\w+)\}?")


class Workers(msgspec.Struct, frozen=True):
    """How many processes serve the app.

    `count` is None where there are several, but the number is decided elsewhere (an environment
    variable, the number of processors). `line` counts from 1.
    """

    count: int | None
    path: str
    line: int


def number(value: str, lookup: Callable[[str], str | None] = lambda _: None) -> int | None:
    """Return the number that a value in a command or a setting stands for, or None.

    Args:
        value: ``4``, ``"4"``, ``${WORKERS:-4}``, ``$WORKERS``, ``$(nproc)``.
        lookup: gives the text of a variable, or None.
    """
    for _ in range(3):  # a variable may stand for a variable, and must not do so for ever
        text = value.strip("\"' ")
        if text.isascii() and text.isdigit():
            return int(text)
        default, variable = DEFAULT.fullmatch(text), VARIABLE.fullmatch(text)
        if default:
            value = default[1]
        elif variable:
            value = lookup(variable[1]) or ""
        else:
            return None
    return None
