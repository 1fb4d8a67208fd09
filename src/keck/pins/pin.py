"""A pin, and what all pins together say of a version."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from packaging.version import Version

CLAUSE = re.compile(r"(===|==|~=|!=|<=|>=|<|>)\s*([^\s,;()|]+)")
NUMBERS = re.compile(r"v?(\d+(?:\.\d+)*)")


class Pin(msgspec.Struct, frozen=True):
    """What one line of one file says of the version of one distribution.

    Attributes:
        name: of the distribution, normalised (``flask-jwt-extended``).
        exact: the only version allowed.
        below: every version allowed is older than this one.
        at_least: no version allowed is older than this one.
        path: the file, relative, with ``/``.
        line: counts from 1.
        at_most: no version allowed is newer than this one.

    Where `exact`, `below`, `at_least` and `at_most` are all None, the distribution is required in
    any version.
    """

    name: str
    exact: str | None
    below: str | None
    at_least: str | None
    path: str
    line: int
    at_most: str | None = None


class Pins(msgspec.Struct, frozen=True):
    """All pins of a project: by the directory for which they speak, then by name."""

    folders: Mapping[str, Mapping[str, list[Pin]]]

    def of(self, name: str, path: str = "") -> Pin | None:
        """Return the pin of a distribution that counts most for a file, or None.

        Args:
            name: of the distribution, in any spelling.
            path: the file that asks.
        """
        return next(iter(sorted(self._nearest(normalised(name), path), key=lambda pin: pin.exact is None)), None)

    def before(self, name: str, version: str, path: str = "") -> bool | None:
        """Return whether the pinned version is older than `version`.

        The nearest directory upwards from `path` whose manifests name the distribution decides, and
        exact versions (lock files) rather than ranges; where they disagree nothing is known. A file
        with no manifest above it is judged by those of the whole project.

        Returns:
            True where it is certainly older, False where it certainly is not, None where it is
            not pinned or the range holds both.
        """
        limit = _version(version)
        found = self._nearest(normalised(name), path)
        exact = [pin for pin in found if pin.exact is not None]
        verdicts = {_older(pin, limit) for pin in exact or found}
        if not exact:
            verdicts.discard(None)
        return verdicts.pop() if len(verdicts) == 1 else None

    def _nearest(self, name: str, path: str) -> Iterable[Pin]:
        governed = False
        for folder in _upwards(path):
            table = self.folders.get(folder)
            if table is None:
                continue
            governed = True
            if name in table:
                return table[name]
        return () if governed else [pin for table in self.folders.values() for pin in table.get(name, ())]


def normalised(name: str) -> str:
    """Return the normalised name of a distribution, as the packaging specifications define it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def pin(name: str, specifier: str, path: str, line: int) -> Pin:
    """Return the pin for a name and a version specifier (PEP 440), which may be empty or nonsense."""
    exact = below = at_least = at_most = None
    for operator, version in [] if "||" in specifier else CLAUSE.findall(specifier):
        if operator in {"==", "==="} and not version.endswith(".*"):
            exact = version
        elif operator == "==":
            at_least, below = version[:-2], _next(version[:-2], -1)
        elif operator == "~=":
            at_least, below = version, _next(version, -2)
        elif operator in {">", ">="}:
            at_least = version
        elif operator == "<":
            below = version
        elif operator == "<=":
            at_most = version
    return Pin(normalised(name), exact, below, at_least, path, line, at_most)


def poetic(name: str, constraint: str, path: str, line: int) -> Pin:
    """Return the pin for a constraint as Poetry writes it: also ``^1.2``, ``~1.2``, ``1.2.*`` and ``1.2``."""
    text = constraint.strip()
    if "||" in text or text == "*":
        return pin(name, "", path, line)
    sign, rest = (text[0], text[1:].strip()) if text[:1] in {"^", "~"} and text[1:2] != "=" else ("", text)
    if sign == "~":
        place = min(1, rest.count("."))
        return Pin(normalised(name), None, _next(rest, place), rest, path, line)
    if sign == "^":
        numbers = NUMBERS.match(rest)
        parts = numbers[1].split(".") if numbers else []
        place = next((place for place, part in enumerate(parts) if int(part)), len(parts) - 1)
        return Pin(normalised(name), None, _next(rest, place), rest, path, line)
    if text[:1].isdigit():
        return pin(name, "==" + text, path, line)
    return pin(name, text, path, line)


def _next(version: str, place: int) -> str | None:
    """Return the version after all that agree with `version` up to a place (``1.4.2``, 1 -> ``1.5``)."""
    found = NUMBERS.match(version)
    if found is None:
        return None
    parts = [int(part) for part in found[1].split(".")]
    if place < -len(parts):
        return None
    kept = parts[: len(parts) + place + 1 if place < 0 else place + 1]
    kept[-1] += 1
    return ".".join(map(str, kept))


def _upwards(path: str) -> Iterator[str]:
    while path:
        path = path.rpartition("/")[0]
        yield path


@cache
def _version(text: str) -> Version | None:
    from packaging.version import InvalidVersion, Version

    try:
        return Version(text)
    except InvalidVersion:
        return None


def _older(pin: Pin, limit: Version | None) -> bool | None:
    """Whether what a pin allows is older than `limit`; None where it may be either."""
    if limit is None:
        return None
    if pin.exact is not None:
        exact = _version(pin.exact)
        return None if exact is None else exact < limit
    below, at_least, at_most = (_version(text or "") for text in (pin.below, pin.at_least, pin.at_most))
    if (below is not None and below <= limit) or (at_most is not None and at_most < limit):
        return True
    if at_least is not None and at_least >= limit:
        return False
    return None
