"""The gate: what of a file can matter to the rules, decided on its bytes before anything is parsed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache

from keck.project.module import is_test
from keck.rule import rules

_SMALL = 400
"""A file of up to so many bytes is always read whole: what wires things together is often tiny. So is a package's own."""

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
    return tuple(one.id for one in rules() if one.id in wanted and present[one.requires])


def _least(words: Iterable[str]) -> Words:
    """Return the words without those that hold another one."""
    found = {word.encode() for word in words}
    return tuple(sorted(word for word in found if not any(other in word for other in found if other != word)))


def passes(path: str, data: bytes, words: tuple[Words, Words]) -> bool:
    """Whether a file must be read whole; of one that need not be, its imports are enough."""
    if len(data) <= _SMALL or b"keck:" in data or path.endswith("__init__.py"):
        return True
    return any(word in data for word in words[is_test(path)])
