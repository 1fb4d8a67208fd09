"""A check: from paths to findings, over all projects that lie below them."""

from __future__ import annotations

import gc
import multiprocessing
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import msgspec

from keck import baseline
from keck.analysis import Job, analyse
from keck.cache import Verdict
from keck.finding import Finding
from keck.pins import manifest
from keck.rule import rules
from keck.settings import Settings, chosen
from keck.source import Tree, discover, find, project_of, read
from keck.suppress import per_file_ignores

_WORTH_A_POOL = 1_500_000
"""So many bytes of source are worth the start of other processes."""


class Outcome(msgspec.Struct, frozen=True):
    """What a check has found.

    Args:
        root: absolute path with ``/``, what finding paths are relative to: the directory given, if
            one was, else the working directory.
        findings: sorted; suppressed and baselined ones are already gone.
        notices: one-line remarks.
        files: how many Python files were looked at.
    """

    root: str
    findings: tuple[Finding, ...] = ()
    notices: tuple[str, ...] = ()
    files: int = 0


def check(
    paths: Sequence[Path],
    settings: Settings,
    *,
    cache_dir: Path | None,
    unsaved: Mapping[Path, bytes] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Outcome:
    """Return what the rules say of the Python files below the paths.

    A directory that is given alone is looked at as it is. Of files, and of several paths, the
    projects that they belong to are looked at whole, and what is said of the paths is told.

    Args:
        paths: files and directories that exist.
        settings: what to ask and what to leave out.
        cache_dir: where to keep what has been worked out; None keeps nothing.
        unsaved: contents that stand in for files, by absolute path.
        progress: called with how many files are done, and how many there are.
    """
    alone = len(paths) == 1 and paths[0].is_dir()
    root = paths[0].absolute() if alone else Path.cwd()
    bases = [root] if alone else _bases([one.absolute() for one in paths])
    ids = chosen([one.id for one in rules()], settings)
    jobs: list[Job] = []
    notices: list[str] = []
    for base in bases:
        given = [] if alone else [one.absolute() for one in paths if one.absolute().is_relative_to(base)]
        tree = find(base, exclude=_excluded(settings, base), explicit=[one for one in given if one != base])
        notices += tree.notices
        jobs += _jobs(base, root, tree, ids, cache_dir, unsaved or {})
    with _uncollected():
        answers = list(_answers(jobs, progress))
    findings = [one for answer in answers for one in answer.findings]
    notices += [one for answer in answers for one in answer.notices]
    if not alone:
        wanted = [os.path.relpath(one.absolute(), root).replace(os.sep, "/") for one in paths]
        findings = [one for one in findings if any(_below(one.place.path, each) for each in wanted)]
    findings = per_file_ignores(findings, settings, root)
    if settings.baseline:
        target = (settings.root or root) / settings.baseline
        findings, stale = baseline.apply(
            findings, baseline.load(target), target, root, selected=set(ids).__contains__, checked=paths
        )
        notices += [one for one in [baseline.notice(stale, target)] if one]
    ordered = tuple(sorted(findings, key=lambda one: one.order))
    return Outcome(root.as_posix(), ordered, tuple(dict.fromkeys(notices)), sum(len(one.files) for one in jobs))


def _bases(paths: Sequence[Path]) -> list[Path]:
    """Return the projects that the paths belong to, without those that lie in another one."""
    found = sorted({discover(one / "_" if one.is_dir() else one) for one in paths})
    return [one for one in found if not any(one != other and one.is_relative_to(other) for other in found)]


def _below(path: str, given: str) -> bool:
    return given == "." or path == given or path.startswith(given + "/")


def _excluded(settings: Settings, base: Path) -> tuple[str, ...]:
    """Return the patterns to leave out, relative to `base` where they were written for a folder above it."""
    if settings.root is None or settings.root == base or not base.is_relative_to(settings.root):
        return settings.exclude
    prefix = base.relative_to(settings.root).as_posix() + "/"
    return tuple(one.removeprefix("/").removeprefix(prefix) for one in settings.exclude)


def _jobs(
    base: Path, root: Path, tree: Tree, ids: tuple[str, ...], cache: Path | None, unsaved: Mapping[Path, bytes]
) -> Iterator[Job]:
    files: dict[str, list[str]] = {}
    others: dict[str, list[str]] = {}
    for path in tree.files:
        files.setdefault(project_of(path, tree.projects), []).append(path)
    for path in tree.others:
        others.setdefault(project_of(path, tree.projects), []).append(path)
    for file in unsaved:
        if file.is_relative_to(base):
            relative = file.relative_to(base).as_posix()
            home = files.setdefault(project_of(relative, tree.projects), [])
            if relative not in home:
                home.append(relative)
    for project, own in sorted(files.items()):
        folder = base / project if project else base
        cut = len(project) + 1 if project else 0
        relative = os.path.relpath(folder, root).replace(os.sep, "/")
        beside = tuple(one[cut:] for one in others.get(project, ()))
        yield Job(
            base=str(folder),
            prefix="" if relative == "." else relative + "/",
            files=tuple(sorted(one[cut:] for one in own)),
            others=beside,
            outer={} if any(map(manifest, beside)) else _outer(folder),
            chosen=ids,
            cache=str(cache) if cache else None,
            unsaved={
                file.relative_to(folder).as_posix(): data
                for file, data in unsaved.items()
                if file.is_relative_to(folder)
            },
        )


def _outer(folder: Path) -> dict[str, bytes]:
    """Return the manifests of the nearest directory above that has some, up to the repository's own."""
    for above in folder.parents:
        if (above / ".git").exists() or any(map(manifest, _listed(above))):
            if (above / ".git").exists() or (folder.parent == above):
                found = {name: read(above, name) for name in _listed(above) if manifest(name)}
                return {name: data for name, data in found.items() if data is not None}
            return {}
    return {}


def _listed(folder: Path) -> list[str]:
    try:
        return sorted(os.listdir(folder))  # noqa: PTH208 - names are what is needed
    except OSError:
        return []


def _answers(jobs: Sequence[Job], progress: Callable[[int, int], None] | None) -> Iterator[Verdict]:
    """Yield the verdict of each job; large work goes to other processes."""
    total = sum(len(one.files) for one in jobs)
    done = 0
    sizes = {one.base: _size(one) for one in jobs} if total > 50 else {}
    with _pool(sum(sizes.values())) as pool:
        if pool is None or len(jobs) == 1:
            answers: Iterator[tuple[Job, Verdict]] = ((one, analyse(one, pool)) for one in jobs)
        else:
            ordered = sorted(jobs, key=lambda one: -sizes[one.base])
            answers = zip(ordered, pool.map(partial(analyse, pool=None), ordered), strict=True)
        for job, verdict in answers:
            done += len(job.files)
            if progress:
                progress(done, total)
            yield verdict


def _size(job: Job) -> int:
    size = 0
    for path in job.files:
        try:
            size += os.stat(f"{job.base}/{path}").st_size  # noqa: PTH116 - called for every file
        except OSError:
            continue
    return size


@contextmanager
def _pool(size: int) -> Iterator[ProcessPoolExecutor | None]:
    """Yield a pool of processes where the work is worth it and there is more than one processor."""
    count = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    if size < _WORTH_A_POOL or count < 2:
        yield None
        return
    kind = "fork" if sys.platform == "linux" else "spawn"
    context = multiprocessing.get_context(kind)
    with ProcessPoolExecutor(min(count, 8), mp_context=context, initializer=gc.disable) as pool:
        yield pool


@contextmanager
def _uncollected() -> Iterator[None]:
    """Keep the garbage collector out: facts hold no cycles, and walking them takes it half of the time."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()
