"""The .env of a service: the example with secrets of its own."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping

ALWAYS_DRAWN = frozenset({"JWT_SECRET_KEY"})
BYTES = 48
"""How much chance goes into a secret."""

_DRAWN = re.compile(r"[ \t]+# drawn$", re.MULTILINE)
_KEY = re.compile(r"(?P<comment>#[ \t]*)?(?:export[ \t]+)?(?P<key>[A-Z][A-Z0-9_]*)[ \t]*=(?P<value>.*)")


def example(text: str) -> str:
    """Return the starter's .env.example as a service has it: without the marks of what is drawn."""
    return _DRAWN.sub("", text)


def filled(text: str, values: Mapping[str, str]) -> str:
    """Return a .env made of the starter's .env.example.

    Args:
        text: the example; a line that ends with ``# drawn`` and the JWT secret get values of their own.
        values: what keys have already been given, as it stands after the ``=``.
    """
    lines = []
    for line in text.split("\n"):
        plain = _DRAWN.sub("", line)
        found = _KEY.fullmatch(plain)
        if found and not found["comment"]:
            key = found["key"]
            if key in values:
                plain = plain[: found.start("value")] + values[key]
            elif plain != line or key in ALWAYS_DRAWN:
                plain = plain[: found.start("value")] + secrets.token_urlsafe(BYTES)
        lines.append(plain)
    return "\n".join(lines)


def values_of(text: str) -> dict[str, str]:
    """Return what a .env sets, each as it stands after the ``=``."""
    found = (_KEY.fullmatch(line) for line in text.split("\n"))
    return {one["key"]: one["value"] for one in found if one and not one["comment"]}


def extended(text: str, base: str, wanted: str) -> str:
    """Return a service's .env with the keys that a feature brings; what it holds stays.

    Args:
        text: the .env as it is.
        base: the starter's .env.example for the service as it is.
        wanted: the same for the service as it will be.
    """
    values = values_of(text)
    if text == filled(base, values):
        return filled(wanted, values)
    there = _keys(text) | _keys(base)
    added: list[str] = []
    above: list[str] = []
    for line in filled(wanted, values).split("\n"):
        key = _KEY.fullmatch(line)
        if key is None:
            above = [*above, line] if line.startswith("#") else []
            continue
        if key["key"] not in there:
            added += [*above, line]
        above = []
    return "\n".join([text.rstrip("\n"), "", *added, ""]) if added else text


def _keys(text: str) -> set[str]:
    found = (_KEY.fullmatch(line) for line in text.split("\n"))
    return {one["key"] for one in found if one}
