"""One project: from its files to what the rules say of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import msgspec

from keck import gate
from keck.cache import Cache, Verdict, decoded, digest_of, encoded, fingerprint
from keck.columns import in_characters
from keck.deployment import workers
from keck.facts import Facts, facts_of
from keck.facts.header import imports_of
from keck.finding import Finding
from keck.pins import pins
from keck.project import Project, Surroundings
from keck.rule import rules
from keck.source import Source, read, source
from keck.statements import statement_span
from keck.suppress import apply

_TEMPLATE = "template with placeholders"


class Job(msgspec.Struct, frozen=True):
    """A project to look at.

    Attributes:
        base: absolute path of the project.
        prefix: what goes before its paths to make them relative to the root of the check: empty, or with a ``/``.
        files, others: its Python files and the other files that matter, relative to `base`.
        outer: manifests above `base` that hold for it, by the name under which they are read.
        chosen: the ids of the rules to ask.
        cache: where to keep what has been worked out, or None.
        unsaved: contents that stand in for files, by path relative to `base`.
    """

    base: str
    prefix: str
    files: tuple[str, ...]
    others: tuple[str, ...]
    outer: dict[str, bytes]
    chosen: tuple[str, ...]
    cache: str | None
    unsaved: dict[str, bytes]


def analyse(job: Job, pool: ProcessPoolExecutor | None = None) -> Verdict:
    """Return what the chosen rules say of a project, comments heeded; its paths are relative to the check's root.

    Args:
        job: the project.
        pool: where to read files in parallel; without one they are read here.
    """
    sources = [
        source(path, data)
        for path in job.files
        if (data := job.unsaved[path] if path in job.unsaved else read(job.base, path)) is not None
    ]
    texts = dict(job.outer)
    texts |= {path: data for path in job.others if (data := read(job.base, path)) is not None}
    key = digest_of(
        fingerprint(),
        *job.chosen,
        *(f"{one.path} {one.digest}" for one in sources),
        *(f"{path} {digest_of(text.decode('latin-1'))}" for path, text in sorted(texts.items())),
    )
    cache = Cache(Path(job.cache) if job.cache else None, job.base)
    verdict = cache.verdict(key)
    if verdict is None:
        contents = {one.path: one.data for one in sources}
        asked = gate.asked(job.chosen, contents)
        facts = _facts(sources, gate.needles(asked), cache, pool)
        verdict = _judged(key, job.chosen, asked, facts, texts, contents)
        cache.keep_verdict(verdict)
    if not job.prefix:
        return verdict
    return Verdict(verdict.key, tuple(_moved(one, job.prefix) for one in verdict.findings), verdict.notices)


def _facts(
    sources: Sequence[Source], words: tuple[gate.Words, gate.Words], cache: Cache, pool: ProcessPoolExecutor | None
) -> dict[str, Facts]:
    """Return the facts of each file: those that the cache has, the others read whole or for their imports."""
    kept = cache.facts()
    found: dict[str, Facts] = {}
    packed: dict[str, msgspec.Raw | bytes] = {}
    missing: dict[str, list[Source]] = {}
    for one in sources:
        if not gate.passes(one.path, one.data, words):
            found[one.path] = imports_of(one.data)
            continue
        known = decoded(kept[one.digest]) if one.digest in kept else None
        if known is None:
            missing.setdefault(one.digest, []).append(one)
        else:
            found[one.path], packed[one.digest] = known, kept[one.digest]
    contents = {digest: same[0].data for digest, same in missing.items()}
    for digest, facts, data in _read(contents, pool):
        packed[digest] = data
        found |= {one.path: facts for one in missing[digest]}
    if missing or len(kept) > 2 * len(packed):
        cache.keep_facts(packed)
    return found


def _read(contents: Mapping[str, bytes], pool: ProcessPoolExecutor | None) -> Iterator[tuple[str, Facts, bytes]]:
    if pool is None:
        for digest, data in contents.items():
            facts = facts_of(data)
            yield digest, facts, encoded(facts)
        return
    chunks = list(_chunks(contents))
    for chunk, answers in zip(chunks, pool.map(read_all, [list(one.values()) for one in chunks]), strict=True):
        for (digest, data), answer in zip(chunk.items(), answers, strict=True):
            yield digest, decoded(answer) or facts_of(data), answer


def read_all(contents: list[bytes]) -> list[bytes]:
    """Return the encoded facts of several files; runs in another process."""
    return [encoded(facts_of(data)) for data in contents]


def _chunks(contents: Mapping[str, bytes]) -> Iterable[dict[str, bytes]]:
    chunk: dict[str, bytes] = {}
    size = 0
    for digest, data in contents.items():
        chunk[digest] = data
        size += len(data)
        if size > 200_000:
            yield chunk
            chunk, size = {}, 0
    if chunk:
        yield chunk


def _judged(
    key: str,
    chosen: tuple[str, ...],
    asked: tuple[str, ...],
    facts: Mapping[str, Facts],
    texts: Mapping[str, bytes],
    contents: Mapping[str, bytes],
) -> Verdict:
    templates = [path for path, one in facts.items() if _TEMPLATE in one.trouble]
    notices = (
        [f"passed over {len(templates)} template(s) with placeholders: {', '.join(templates[:3])}"] if templates else []
    )
    project = Project(
        {path: one for path, one in facts.items() if path not in templates},
        Surroundings(pins(texts), workers(texts), tuple(sorted(texts)), texts),
    )
    told = [one for rule in rules() if rule.id in asked for one in rule.check(project)]
    told = list({(one.rule, one.place, one.symbol): one for one in sorted(told, key=lambda one: one.order)}.values())
    remarks = {path: one.remarks for path, one in facts.items() if one.remarks}
    kept = apply(
        told,
        remarks,
        lambda path, line: statement_span(facts[path], line) if path in facts else (line, line),
        tuple(one.id for one in rules()),
        lambda rule: rule in chosen,
    )
    return Verdict(key, tuple(in_characters(kept, contents)), tuple(notices))


def _moved(finding: Finding, prefix: str) -> Finding:
    replace = msgspec.structs.replace
    related = tuple(replace(one, place=replace(one.place, path=prefix + one.place.path)) for one in finding.related)
    return replace(finding, place=replace(finding.place, path=prefix + finding.place.path), related=related)
