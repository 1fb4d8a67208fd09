"""A check: from paths to findings, over all projects that lie below them."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from keck.finding import Finding, Place
from keck.job import Job, jobs_of
from keck.report.view import relative
from keck.rule import ids
from keck.settings import Settings, chosen, shown
from keck.source import find
from keck.source.projects import base_of, is_part
from keck.trouble import Trouble
from keck.verdicts import verdicts

if TYPE_CHECKING:
    from keck.cache import Verdict
    from keck.verdicts import Progress

_NAMED = 5  # as many files of one kind as a notice names


class Outcome(msgspec.Struct, frozen=True):
    """What a check has found.

    Args:
        root: absolute path with ``/``, what finding paths are relative to: the directory given, if
            one was, else the working directory.
        findings: sorted; suppressed and baselined ones are already gone.
        notices: one-line remarks.
        files: how many Python files were looked at.
        complete: whether every rule has said what it has to say; false after a fault of Keck itself.
    """

    root: str
    findings: tuple[Finding, ...] = ()
    notices: tuple[str, ...] = ()
    files: int = 0
    complete: bool = True


def check(
    paths: Sequence[Path],
    settings: Settings,
    *,
    cache_dir: Path | None,
    unsaved: Mapping[Path, bytes] | None = None,
    progress: Progress | None = None,
) -> Outcome:
    """Return what the rules say of the Python files below the paths.

    A directory that is given alone and is no part of a project above it is looked at as it is. Of
    all other paths the projects that they belong to are looked at whole, and what is said of the
    paths is told.

    Args:
        paths: files and directories that exist.
        settings: what to ask and what to leave out.
        cache_dir: where to keep what has been worked out; None keeps nothing.
        unsaved: contents that stand in for files, by absolute path.
        progress: called with how many files are done, and how many there are.
    """
    given = [Path(os.path.abspath(one)) for one in paths]  # noqa: PTH100 - links stay, `..` goes
    single = len(given) == 1 and given[0].is_dir()
    root = given[0] if single else Path.cwd()
    lone = single and not is_part(given[0])
    jobs, notices = jobs_below(given, settings, cache_dir, unsaved or {}, lone=lone)
    answers = list(zip(jobs, verdicts(jobs, progress), strict=True))
    findings = [moved(one, job.base, root) for job, verdict in answers for one in verdict.findings]
    wanted = [relative(str(one), root) for one in given]
    if not lone:
        findings = [one for one in findings if any(is_below(one.place.path, each) for each in wanted)]
    _refuse_unread(answers, given)
    notices += _notices(answers, root)
    findings, stale = accepted(findings, settings, root, paths)
    return Outcome(
        root.as_posix(),
        tuple(sorted(findings, key=lambda one: one.order)),
        tuple(dict.fromkeys(notices + stale)),
        sum(len(one.files) for one in jobs) if lone else _count(jobs, root, wanted),
        not any(verdict.faults for _, verdict in answers),
    )


def jobs_below(
    given: Sequence[Path], settings: Settings, cache_dir: Path | None, unsaved: Mapping[Path, bytes], *, lone: bool
) -> tuple[list[Job], list[str]]:
    """Return the projects to look at, and what is to be said of what was passed over."""
    asked = chosen(ids(), settings)
    jobs: list[Job] = []
    notices: list[str] = []
    for base in given if lone else _bases(given):
        inside = [] if lone else [one for one in given if one != base and one.is_relative_to(base)]
        # a file in the home directory does not make everything in it its project
        everything = base == Path.home() and base not in given
        tree = find(
            base,
            exclude=("*",) if everything else settings.exclude,
            home=base if everything else settings.root,
            explicit=inside,
        )
        notices += tree.notices
        here = jobs_of(base, tree, asked, cache_dir, unsaved)
        jobs += here if lone else [one for one in here if any(_touches(Path(one.base), each) for each in given)]
    return jobs, notices


def _bases(given: Sequence[Path]) -> list[Path]:
    """Return the projects that the paths belong to, without those that lie in another one."""
    found = sorted({base_of(one) for one in given})
    return [one for one in found if not any(one != other and one.is_relative_to(other) for other in found)]


def _count(jobs: Sequence[Job], root: Path, wanted: Sequence[str]) -> int:
    """Return how many of the files that were read lie below what is to be told of."""
    paths = [relative(f"{job.base}/{path}", root) for job in jobs for path in job.files]
    return sum(any(is_below(path, one) for one in wanted) for path in paths)


def _refuse_unread(answers: Sequence[tuple[Job, Verdict]], given: Sequence[Path]) -> None:
    """Raise where a file that was named could not be read."""
    for job, verdict in answers:
        for path in verdict.unreadable:
            if Path(job.base, path) in given:
                raise Trouble(f"`{path}` cannot be read; look at its permissions, or leave it out")


def _touches(project: Path, given: Path) -> bool:
    return given.is_relative_to(project) or project.is_relative_to(given)


def _notices(answers: Sequence[tuple[Job, Verdict]], root: Path) -> Iterator[str]:
    """Yield what is to be said beside the findings, a line for each kind."""
    templates = [relative(f"{job.base}/{path}", root) for job, verdict in answers for path in verdict.templates]
    unreadable = [relative(f"{job.base}/{path}", root) for job, verdict in answers for path in verdict.unreadable]
    kinds = (
        (templates, "passed over {} file{} with placeholders of a template: {}"),
        (unreadable, "could not read {} file{}: {}"),
    )
    for paths, sentence in kinds:
        if paths:
            more = f" and {len(paths) - _NAMED} more" if len(paths) > _NAMED else ""
            named = ", ".join(sorted(paths)[:_NAMED]) + more
            yield sentence.format(len(paths), "s" * (len(paths) > 1), named)
    for _, verdict in answers:
        yield from verdict.faults


def accepted(
    findings: list[Finding], settings: Settings, root: Path, paths: Sequence[Path]
) -> tuple[list[Finding], list[str]]:
    """Return the findings that the settings do not accept, and what is to be said of a baseline that has aged."""
    if settings.per_file_ignores:
        from keck.suppress import per_file_ignores

        findings = per_file_ignores(findings, settings, root)
    if not settings.baseline:
        return findings, []
    from keck import baseline

    target = (settings.root or root) / settings.baseline
    asked = frozenset(chosen(ids(), settings))
    kept, stale = baseline.apply(
        findings, baseline.load(target), target, root, selected=asked.__contains__, checked=paths
    )
    notices = [baseline.notice(stale, target)] if stale else []
    if len(kept) < len(findings):
        notices.insert(0, f"{len(findings) - len(kept)} more stand in {shown(target)}")
    return kept, notices


def moved(finding: Finding, base: str, root: Path) -> Finding:
    """Return the finding with paths that are relative to the root of the check."""
    replace = msgspec.structs.replace

    def seen(place: Place) -> Place:
        return replace(place, path=relative(f"{base}/{place.path}", root))

    related = tuple(replace(one, place=seen(one.place)) for one in finding.related)
    return replace(finding, place=seen(finding.place), related=related, fix=finding.fix and finding.fix.moved(seen))


def is_below(path: str, given: str) -> bool:
    """Whether a path is another one or lies below it, both relative to one root."""
    if given == ".":
        return not path.startswith("../")
    return path == given or path.startswith(given + "/")
