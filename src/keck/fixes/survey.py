"""A survey: what the rules say of some projects, as they are and as they would be."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

import msgspec

from keck.analysis import analyse
from keck.checking import accepted, is_below, jobs_below, moved
from keck.finding import Finding
from keck.job import Job
from keck.report.view import relative
from keck.rule import ids
from keck.settings import Settings, chosen
from keck.source import read
from keck.source.projects import base_of, is_part
from keck.trouble import Trouble
from keck.verdicts import verdicts

if TYPE_CHECKING:
    from keck.verdicts import Progress


class Look(msgspec.Struct, frozen=True):
    """What the rules say of one project.

    Args:
        findings: of every rule, also of those that are not to be repaired; paths are relative to the root.
        faults: a line for each rule that failed.
    """

    findings: tuple[Finding, ...]
    faults: tuple[str, ...] = ()


class Survey:
    """The projects below some paths. A context: what has been read is kept in a directory of its own until it ends.

    Nothing of it comes from the cache of `keck check`, which somebody else may have written.

    Args:
        paths: files and directories that exist.
        settings: which rules are to be repaired, and what is left out.

    Attributes:
        root: absolute; what paths are relative to: the directory given, if one was, else the working
            directory, or what all projects lie below where that is another place.
        jobs: the projects.
        notices: one-line remarks.
    """

    def __init__(self, paths: Sequence[Path], settings: Settings) -> None:
        from tempfile import TemporaryDirectory

        self._given = [Path(os.path.abspath(one)) for one in paths]  # noqa: PTH100 - links stay, `..` goes
        self.root = root_of(paths)
        lone = self._given == [self.root] and not is_part(self.root)
        self._paths = paths
        self._settings = settings
        self._wanted = () if lone else tuple(relative(str(one), self.root) for one in self._given)
        self._asked = frozenset(chosen(ids(), settings))
        every = self._asked | set(chosen(ids(), msgspec.structs.replace(settings, select=())))
        self._kept = TemporaryDirectory(prefix="keck-", ignore_cleanup_errors=True)
        found, notices = jobs_below(self._given, settings, Path(self._kept.name), {}, lone=lone)
        self.jobs = tuple(msgspec.structs.replace(one, chosen=tuple(sorted(every))) for one in found)
        self.notices = tuple(dict.fromkeys(notices))
        self._read: dict[str, bytes | None] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._kept.cleanup()

    def first(self, progress: Progress | None = None) -> list[Look]:
        """Return what the rules say of each project as it is.

        Raises:
            Trouble: a file that was named cannot be read.
        """
        answers = verdicts(self.jobs, progress)
        looks = []
        for job, verdict in zip(self.jobs, answers, strict=True):
            for path in verdict.unreadable:
                if Path(job.base, path) in self._given:
                    raise Trouble(f"`{path}` cannot be read; look at its permissions, or leave it out")
            looks.append(Look(self._told(job, verdict.findings), verdict.faults))
        return looks

    def again(self, job: Job, texts: Mapping[str, bytes]) -> Look:
        """Return what the rules say of a project with other contents of some files, by path relative to the root."""
        own = {self.inner(job, path): data for path, data in texts.items()}
        files = tuple(sorted({*job.files, *(path for path in own if path.endswith(".py"))}))
        unsaved = {path: data for path, data in own.items() if path in files}
        verdict = analyse(msgspec.structs.replace(job, files=files, unsaved=unsaved))
        return Look(self._told(job, verdict.findings), verdict.faults)

    def is_wanted(self, finding: Finding) -> bool:
        """Whether the finding is one of a rule and a path that were asked for."""
        if finding.rule not in self._asked:
            return False
        if finding.fix is not None and finding.fix.by_name and finding.rule not in self._settings.select:
            return False
        return not self._wanted or any(is_below(finding.place.path, one) for one in self._wanted)

    def read(self, path: str) -> bytes | None:
        """Return what a file holds, by its path relative to the root; what has been read once stays so."""
        if path not in self._read:
            self._read[path] = read(self.root, path)
        return self._read[path]

    def outer(self, job: Job, path: str) -> str:
        """Return a path of a project relative to the root."""
        return relative(f"{job.base}/{path}", self.root)

    def inner(self, job: Job, path: str) -> str:
        """Return a path relative to the project, of one that is relative to the root."""
        return relative(f"{self.root.as_posix()}/{path}", job.base)

    def _told(self, job: Job, findings: Sequence[Finding]) -> tuple[Finding, ...]:
        placed = [moved(one, job.base, self.root) for one in findings]
        return tuple(accepted(placed, self._settings, self.root, self._paths)[0])


def root_of(paths: Sequence[Path]) -> Path:
    """Return the directory that was given; else the working directory, or what all projects lie below elsewhere."""
    given = [Path(os.path.abspath(one)) for one in paths]  # noqa: PTH100 - links stay, `..` goes
    if len(given) == 1 and given[0].is_dir():
        return given[0]
    here = Path.cwd()
    if all(one.is_relative_to(here) for one in given):
        return here
    return Path(os.path.commonpath([base_of(one) for one in given]))
