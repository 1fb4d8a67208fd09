"""One project: from its files to what the rules say of it."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from keck.cache import Cache, Verdict, decoded, digest_of, encoded, fingerprint
from keck.job import Job
from keck.processes import alone, spread
from keck.rule import ids
from keck.soundness import is_sound, is_sound_facts, is_sound_verdict
from keck.source import Source, read, source
from keck.version import __version__

if TYPE_CHECKING:
    from keck.facts import Facts
    from keck.finding import Finding
    from keck.processes import Pool
    from keck.project import Project

    Ticks = Callable[[int], None]

_TEMPLATE = "template with placeholders"
_UNUSED = "unused-ignore"
_CHUNK = 200_000
"""So many bytes of source go to another process at a time."""


def analyse(job: Job, pool: Pool | None = None, tick: Ticks | None = None) -> Verdict:
    """Return what the chosen rules say of a project, comments heeded; its paths are relative to the project.

    A rule that fails takes nothing from the others: `Verdict.faults` tells of it.

    Args:
        job: the project.
        pool: where to read files in parallel; without one they are read here.
        tick: called with the number of files that have been read.
    """
    contents = {path: job.unsaved[path] if path in job.unsaved else read(job.base, path) for path in job.files}
    sources = [source(path, data) for path, data in contents.items() if data is not None]
    unreadable = tuple(path for path, data in contents.items() if data is None and os.path.lexists(f"{job.base}/{path}"))
    texts = dict(job.outer)
    texts |= {path: data for path in job.others if (data := read(job.base, path)) is not None}
    key = digest_of(
        fingerprint(),
        *job.chosen,
        *(f"{one.path} {one.digest}" for one in sources),
        *(f"{path} {digest_of(text.decode('latin-1'))}" for path, text in sorted(texts.items())),
    )
    cache = Cache(Path(job.cache) if job.cache else None, job.base)
    paths = {*(one.path for one in sources), *texts}
    verdict = cache.verdict(key)
    if verdict is None or not is_sound_verdict(verdict, paths, job.chosen):
        verdict = _verdict(key, job, sources, texts, cache, pool, tick)
        if not job.unsaved and not verdict.faults:
            cache.keep_verdict(verdict)
    if tick:
        tick(len(job.files))
    return msgspec.structs.replace(verdict, unreadable=unreadable) if unreadable else verdict


def _verdict(
    key: str,
    job: Job,
    sources: Sequence[Source],
    texts: Mapping[str, bytes],
    cache: Cache,
    pool: Pool | None,
    tick: Ticks | None,
) -> Verdict:
    contents = {one.path: one.data for one in sources}
    kept = cache.facts()
    facts, packed, fresh = _facts(sources, job, kept, pool, tick)
    verdict = _judged(key, job, facts, texts, contents)
    if kept and (verdict.faults or not all(is_sound(one, {*contents, *texts}) for one in verdict.findings)):
        # perhaps somebody else has written the cache
        facts, packed, fresh = _facts(sources, job, {}, pool, tick)
        verdict = _judged(key, job, facts, texts, contents)
    if fresh and not job.unsaved:
        present = {one.digest for one in sources}
        cache.keep_facts({digest: data for digest, data in kept.items() if digest in present} | packed)
    return verdict


def _facts(
    sources: Sequence[Source],
    job: Job,
    kept: Mapping[str, msgspec.Raw],
    pool: Pool | None,
    tick: Ticks | None,
) -> tuple[dict[str, Facts], dict[str, msgspec.Raw | bytes], bool]:
    """Return the facts of each file, their encoded form by digest, and whether one of them was not in the cache.

    The files that matter to no rule are read for their imports only.
    """
    from keck import gate
    from keck.facts.header import imports_of

    words = gate.needles(job.chosen)
    found: dict[str, Facts] = {}
    packed: dict[str, msgspec.Raw | bytes] = {}
    missing: dict[str, list[Source]] = {}
    for one in sources:
        if not gate.passes(one.path, one.data, words):
            found[one.path] = imports_of(one.data)
            continue
        known = decoded(kept[one.digest]) if one.digest in kept else None
        if known is None or not is_sound_facts(known):
            missing.setdefault(one.digest, []).append(one)
        else:
            found[one.path], packed[one.digest] = known, kept[one.digest]
    contents = {digest: same[0].data for digest, same in missing.items()}
    for digest, facts, data in _read(contents, pool, keep=job.cache is not None):
        packed[digest] = data
        found |= {one.path: facts for one in missing[digest]}
        if tick:
            tick(len(found))
    return {one.path: found[one.path] for one in sources}, packed, bool(missing)


def _read(contents: Mapping[str, bytes], pool: Pool | None, *, keep: bool) -> Iterator[tuple[str, Facts, bytes]]:
    """Yield digest, facts and, if they are to be kept, encoded facts of each file."""
    from keck.facts import Facts, facts_of

    if pool is None:
        for digest, data in contents.items():
            facts = facts_of(data)
            yield digest, facts, encoded(facts) if keep else b""
        return
    chunks = list(_chunks(contents))
    for index, answers in spread(read_all, [list(one.values()) for one in chunks], pool):
        chunk = chunks[index]
        for (digest, data), answer in zip(chunk.items(), answers or _read_with_care(chunk), strict=True):
            yield digest, decoded(answer) or facts_of(data), answer


def _read_with_care(chunk: Mapping[str, bytes]) -> list[bytes]:
    """Return the encoded facts of files of which one may have ended the process that read it."""
    from keck.facts import Facts

    dead = encoded(Facts(trouble="reading it ends the process that reads it"))
    answers = alone(read_all, list(chunk.values()))
    return answers or [one for data in chunk.values() for one in alone(read_all, [data]) or [dead]]


def read_all(contents: list[bytes]) -> list[bytes]:
    """Return the encoded facts of several files; runs in another process."""
    from keck.facts import facts_of

    return [encoded(facts_of(data)) for data in contents]


def _chunks(contents: Mapping[str, bytes]) -> Iterable[dict[str, bytes]]:
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


def _judged(
    key: str, job: Job, facts: Mapping[str, Facts], texts: Mapping[str, bytes], contents: Mapping[str, bytes]
) -> Verdict:
    from keck.columns import in_characters
    from keck.deployment import workers
    from keck.pins import pins
    from keck.project import Project, Surroundings
    from keck.statements import statement_span
    from keck.suppress import apply

    templates = tuple(path for path, one in facts.items() if _TEMPLATE in one.trouble)
    try:
        project = Project(
            {path: one for path, one in facts.items() if path not in templates},
            Surroundings(pins(texts), workers(texts), tuple(sorted(texts)), texts),
        )
        told, failed = _told(project, job)
        kept = apply(
            in_characters(told, contents),
            {path: one.remarks for path, one in facts.items() if one.remarks and path not in templates},
            lambda path, line: statement_span(facts[path], line) if path in facts else (line, line),
            ids(),
            lambda rule: rule in job.chosen and rule not in failed,
        )
    except Exception as error:  # noqa: BLE001 - one project that can't be linked leaves the others alone
        return Verdict(key, templates=templates, faults=(_fault("the linking of", job, error),))
    # what a file that can't be read holds is not known, so nor is what its comments are there for
    kept = [one for one in kept if one.rule != _UNUSED or one.place.path not in project.broken]
    return Verdict(key, tuple(kept), templates, faults=tuple(failed.values()))


def _told(project: Project, job: Job) -> tuple[list[Finding], dict[str, str]]:
    """Return what the rules say, once for each place and symbol, and a line for each rule that failed."""
    from keck.rule import rules

    told: list[Finding] = []
    failed: dict[str, str] = {}
    chosen = frozenset(job.chosen)
    for rule in rules():
        if rule.id in chosen:
            try:
                told.extend(rule.check(project))
            except Exception as error:  # noqa: BLE001 - one rule that fails leaves the others alone
                failed[rule.id] = _fault(f"the rule {rule.id} on", job, error)
    told.sort(key=lambda one: (-one.level, one.order))
    once = {(one.rule, one.place, one.symbol): one for one in reversed(told)}
    return sorted(once.values(), key=lambda one: one.order), failed


def _fault(what: str, job: Job, error: Exception) -> str:
    """Return the line that tells of a fault of Keck's own; with all there is to know where KECK_DEBUG is set."""
    if os.environ.get("KECK_DEBUG"):
        return "".join(traceback.format_exception(error))
    frame = traceback.extract_tb(error.__traceback__)[-1]
    reason = " ".join(f"{type(error).__name__}: {error}".split())
    return (
        f"a fault of Keck itself, so its findings are missing here: {what} {Path(job.base).name} failed with {reason} "
        f"({Path(frame.filename).name}:{frame.lineno}, Keck {__version__}, Python {sys.version.split()[0]}); "
        "set KECK_DEBUG=1 to see all of it, and report it"
    )
