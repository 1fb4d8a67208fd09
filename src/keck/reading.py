"""The files of one project read: the facts of each, from the cache where it has them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import msgspec

from keck import gate
from keck.cache import decoded, encoded
from keck.facts import Facts, facts_of
from keck.facts.header import imports_of
from keck.processes import alone, spread
from keck.soundness import is_sound_facts
from keck.source import Source

if TYPE_CHECKING:
    from keck.processes import Pool

    Ticks = Callable[[int], None]

_CHUNK = 200_000
"""So many bytes of source go to another process at a time."""
_LARGEST = 4_000_000
"""A longer file holds data, no code that anybody has written; its syntax tree would take a gigabyte."""
_LARGE = "it is larger than 4 MB, which is data rather than code"
_DEAD = "reading it ends the process that reads it"


class Read(msgspec.Struct, frozen=True):
    """What has been read.

    Attributes:
        facts: the facts by path.
        packed: the encoded facts of the files that matter to a rule, by digest; empty unless they are to be kept.
        fresh: whether one of them was not in the cache.
    """

    facts: dict[str, Facts]
    packed: dict[str, msgspec.Raw | bytes]
    fresh: bool


def facts_of_all(
    sources: Sequence[Source],
    rules: tuple[str, ...],
    kept: Mapping[str, msgspec.Raw] | None,
    pool: Pool | None = None,
    tick: Ticks | None = None,
) -> Read:
    """Return the facts of each file; of those that matter to no rule only the imports are read.

    Args:
        sources: the files.
        rules: the ids of the rules to be asked.
        kept: what the cache has, by digest; None where nothing is to be kept.
        pool: where to read in parallel; without one the files are read here.
        tick: called with the number of files that have been read.
    """
    words = gate.needles(rules)
    found: dict[str, Facts] = {}
    packed: dict[str, msgspec.Raw | bytes] = {}
    missing: dict[str, list[Source]] = {}
    for one in sources:
        if not gate.passes(one.path, one.data, words):
            found[one.path] = imports_of(one.data)
            continue
        known = decoded(kept[one.digest]) if kept and one.digest in kept else None
        if kept and known is not None and is_sound_facts(known):
            found[one.path], packed[one.digest] = known, kept[one.digest]
        elif len(one.data) > _LARGEST:
            found[one.path] = Facts(trouble=_LARGE)
        else:
            missing.setdefault(one.digest, []).append(one)
    contents = {digest: same[0].data for digest, same in missing.items()}
    for digest, facts, data in _read(contents, pool):
        found |= {one.path: facts for one in missing[digest]}
        if kept is not None:
            packed[digest] = data or encoded(facts)
        if tick:
            tick(len(found))
    return Read({one.path: found[one.path] for one in sources}, packed, bool(missing))


def _read(contents: Mapping[str, bytes], pool: Pool | None) -> Iterator[tuple[str, Facts, bytes]]:
    """Yield digest, facts and, where another process has sent them, encoded facts of each file."""
    if pool is None:
        yield from ((digest, facts_of(data), b"") for digest, data in contents.items())
        return
    chunks = list(_chunks(contents))
    for index, answers in spread(read_all, [list(one.values()) for one in chunks], pool):
        chunk = chunks[index]
        for (digest, data), answer in zip(chunk.items(), answers or _read_with_care(chunk), strict=True):
            yield digest, decoded(answer) or facts_of(data), answer


def read_all(contents: list[bytes]) -> list[bytes]:
    """Return the encoded facts of several files; runs in another process."""
    return [encoded(facts_of(data)) for data in contents]


def _read_with_care(chunk: Mapping[str, bytes]) -> list[bytes]:
    """Return the encoded facts of files of which one may have ended the process that read it."""
    answers = alone(read_all, list(chunk.values()))
    dead = encoded(Facts(trouble=_DEAD))
    return answers or [one for data in chunk.values() for one in alone(read_all, [data]) or [dead]]


def _chunks(contents: Mapping[str, bytes]) -> Iterator[dict[str, bytes]]:
    chunk: dict[str, bytes] = {}
    size = 0
    for digest, data in contents.items():
        chunk[digest] = data
        size += len(data)
        if size > _CHUNK:
            yield chunk
            chunk, size = {}, 0
    if chunk:
        yield chunk
