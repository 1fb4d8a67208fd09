"""One project: from its files to what the rules say of it."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from keck.cache import Cache, Verdict, digest_of, fingerprint
from keck.job import Job
from keck.rule import ids
from keck.rule import rules as every_rule
from keck.soundness import is_sound, is_sound_verdict
from keck.source import Source, read, source
from keck.version import __version__

# what only a project needs about which nothing is known yet is imported where it is used

if TYPE_CHECKING:
    from keck.facts import Facts
    from keck.finding import Finding
    from keck.processes import Pool
    from keck.project import Project

_TEMPLATE = "template with placeholders"
_UNUSED = "unused-ignore"
_FOLDERS = 3


class _Contents(msgspec.Struct, frozen=True):
    """What is known of a project before anything is parsed: its files, and its other files by path."""

    sources: tuple[Source, ...]
    texts: dict[str, bytes]
    trail: tuple[str, ...]

    @property
    def code(self) -> dict[str, bytes]:
        return {one.path: one.data for one in self.sources}

    def key(self, rules: tuple[str, ...]) -> str:
        """Return what tells this from every other content under other rules."""
        return digest_of(
            fingerprint(),
            *rules,
            "/".join(self.trail),
            *(f"{one.path} {one.digest}" for one in self.sources),
            *(f"{path} {digest_of(text.decode('latin-1'))}" for path, text in sorted(self.texts.items())),
        )


def analyse(job: Job, pool: Pool | None = None, tick: Callable[[int], None] | None = None) -> Verdict:
    """Return what the chosen rules say of a project, comments heeded; its paths are relative to the project.

    A rule that fails takes nothing from the others: `Verdict.faults` tells of it.

    Args:
        job: the project.
        pool: where to read files in parallel; without one they are read here.
        tick: called with the number of files that have been read.
    """
    found = {path: job.unsaved[path] if path in job.unsaved else read(job.base, path) for path in job.files}
    unreadable = tuple(path for path, data in found.items() if data is None and os.path.lexists(f"{job.base}/{path}"))
    beside = {path: data for path in job.others if (data := read(job.base, path)) is not None}
    contents = _Contents(
        tuple(source(path, data) for path, data in found.items() if data is not None),
        {**job.outer, **beside},
        trail_of(job.base),
    )
    key = contents.key(job.chosen)
    cache = Cache(Path(job.cache) if job.cache else None, job.base)
    verdict = cache.verdict(key)
    if verdict is None or not is_sound_verdict(verdict, {*contents.code, *contents.texts}, job.chosen):
        verdict = msgspec.structs.replace(_verdict(job, contents, cache, pool, tick), key=key)
        if not job.unsaved and not verdict.faults:
            cache.keep_verdict(verdict)
    if tick:
        tick(len(job.files))
    return msgspec.structs.replace(verdict, unreadable=unreadable)


def _verdict(
    job: Job, contents: _Contents, cache: Cache, pool: Pool | None, tick: Callable[[int], None] | None
) -> Verdict:
    """Return the verdict on a project whose facts may be known."""
    from keck import gate
    from keck.reading import facts_of_all

    rules = gate.asked(job.chosen, contents.code)
    kept = cache.facts() if job.cache else None
    known = facts_of_all(contents.sources, rules, kept, pool, tick)
    verdict = _judged(job, rules, known.facts, contents)
    paths = {*contents.code, *contents.texts}
    if kept and (verdict.faults or not all(is_sound(one, paths) for one in verdict.findings)):
        # perhaps somebody else has written the cache
        kept = {}
        known = facts_of_all(contents.sources, rules, kept, pool, tick)
        verdict = _judged(job, rules, known.facts, contents)
    if known.fresh and kept is not None and not job.unsaved:
        present = {one.digest for one in contents.sources}
        cache.keep_facts({digest: data for digest, data in kept.items() if digest in present} | known.packed)
    return verdict


def _judged(job: Job, rules: tuple[str, ...], facts: Mapping[str, Facts], contents: _Contents) -> Verdict:
    """Return what the rules say of the linked facts, comments heeded."""
    from keck.columns import in_characters
    from keck.deployment import workers
    from keck.pins import pins
    from keck.project import Project, Surroundings
    from keck.statements import statement_span
    from keck.suppress import apply

    texts = contents.texts
    templates = tuple(path for path, one in facts.items() if _TEMPLATE in one.trouble)
    try:
        project = Project(
            {path: one for path, one in facts.items() if path not in templates},
            Surroundings(pins(texts), workers(texts), tuple(sorted(texts)), texts, contents.trail),
        )
        told, failed = _told(project, job, rules)
        blind = {one.id for one in every_rule() if one.seen == "app"}  # the doctor alone knows whether they are ignored
        kept = apply(
            in_characters(told, contents.code),
            {path: one.remarks for path, one in facts.items() if one.remarks and path not in templates},
            lambda path, line: statement_span(facts[path], line) if path in facts else (line, line),
            ids(),
            lambda rule: rule in job.chosen and rule not in failed and rule not in blind,
        )
    except Exception as error:  # noqa: BLE001 - one project that can't be linked leaves the others alone
        return Verdict("", templates=templates, faults=(_fault("the linking of", job, error),))
    # what a file that does not parse holds is not known, so nor is what its comments are there for
    kept = [one for one in kept if one.rule != _UNUSED or one.place.path not in project.broken]
    _take_apart(project)
    return Verdict("", tuple(kept), templates, faults=tuple(failed.values()))


def trail_of(base: str) -> tuple[str, ...]:
    """Return the names of the last folders on the way to a project: as many as an import is likely to begin with."""
    return Path(base).parts[1:][-_FOLDERS:]


def _take_apart(project: Project) -> None:
    """Cut the parts of a project from one another, so that its memory is free without a garbage collection."""
    for part in list(vars(project).values()):
        getattr(part, "__dict__", {}).clear()


def _told(project: Project, job: Job, asked: tuple[str, ...]) -> tuple[list[Finding], dict[str, str]]:
    """Return what the rules say, once for each place and symbol, and a line for each rule that failed."""
    told: list[Finding] = []
    failed: dict[str, str] = {}
    for rule in every_rule():
        if rule.id in asked:
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
        f"a fault of Keck itself, so some findings are missing: {what} {Path(job.base).name} failed with {reason} "
        f"({Path(frame.filename).name}:{frame.lineno}, Keck {__version__}, Python {sys.version.split()[0]}); "
        "set KECK_DEBUG=1 to see all of it, and report it"
    )
