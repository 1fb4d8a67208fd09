"""The gate: what of a file can matter to the rules, decided on its bytes before anything is parsed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache

from keck.project.module import is_test
from keck.rule import rules

_SMALL = 400
"""A file of up to so many bytes is always read whole: what wires things together is often tiny."""
_OWN = ("__init__.py", "conftest.py")
"""So is a package's own, and the one in which pytest looks for fixtures."""

Words = tuple[bytes, ...]


@cache
def needles(chosen: tuple[str, ...]) -> tuple[Words, Words]:
    """Return the words that the chosen rules look for, in code and in tests."""
    asked = [one for one in rules() if one.id in chosen]
    return _least(word for one in asked for word in one.needles), _least(
        word for one in asked for word in one.test_needles
    )


def asked(chosen: Iterable[str], contents: Mapping[str, bytes]) -> tuple[str, ...]:
    """Return the ids of those chosen rules that can find something in a project with these contents.

    Args:
        chosen: ids of rules.
        contents: the bytes of the project's files by path.
    """
    present: dict[tuple[str, ...], bool] = {(): True}
    code = [data for path, data in contents.items() if not is_test(path)]
    for one in rules():
        if one.requires not in present:
            words = [word.encode() for word in one.requires]
            present[one.requires] = any(word in data for data in code for word in words)
    wanted = set(chosen)
    return tuple(one.id for one in rules() if one.id in wanted and one.seen != "app" and present[one.requires])


def _least(words: Iterable[str]) -> Words:
    """Return the words without those that hold another one."""
    found = {word.encode() for word in words}
    least = (word for word in found if not any(other in word for other in found if other != word))
    return tuple(sorted(least, key=lambda word: (len(word), word)))  # short ones are common ones


def passes(path: str, data: bytes, words: tuple[Words, Words]) -> bool:
    """Whether a file must be read whole; of one that need not be, its imports are enough."""
    if len(data) <= _SMALL or b"keck:" in data or path.endswith(_OWN):
        return True
    for word in words[is_test(path)]:  # noqa: SIM110 - a third faster than any()
        if word in data:
            return True
    return False
