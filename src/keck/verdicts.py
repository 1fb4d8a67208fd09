"""The verdicts on all projects of a check: worked out here, or in other processes where that pays."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

from keck.analysis import analyse
from keck.job import Job
from keck.processes import pool, processors, spread

if TYPE_CHECKING:
    from keck.cache import Verdict
    from keck.processes import Pool

    Progress = Callable[[int, int], None]

_WORTH_A_POOL = 1_500_000
"""So many bytes of source are worth the start of other processes."""


def verdicts(jobs: Sequence[Job], progress: Progress | None) -> list[Verdict]:
    """Return the verdict of each job; large work goes to other processes.

    Args:
        jobs: the projects.
        progress: called with how many files are done, and how many there are.
    """
    with _uncollected():
        return _verdicts(jobs, progress)


def _verdicts(jobs: Sequence[Job], progress: Progress | None) -> list[Verdict]:
    total = sum(len(one.files) for one in jobs)
    done = 0

    def tick(count: int) -> None:
        if progress:
            progress(done + count, total)

    sizes = [_size(one) for one in jobs]
    count = processors() if sum(sizes) >= _WORTH_A_POOL else 0
    found: dict[int, Verdict] = {}
    with pool(count if count > 1 and len(jobs) > 1 else 0) as processes:
        if processes:
            for index, verdict in _spread(jobs, sizes, processes):
                found[index] = verdict
                done += len(jobs[index].files)
                tick(0)
    left = [index for index in range(len(jobs)) if index not in found]
    with pool(count if count > 1 and left else 0) as processes:
        for index in left:
            found[index] = analyse(jobs[index], processes, tick)
            done += len(jobs[index].files)
    return [found[index] for index in range(len(jobs))]


def _spread(jobs: Sequence[Job], sizes: Sequence[int], processes: Pool) -> Iterator[tuple[int, Verdict]]:
    """Yield index and verdict of the jobs, the largest first; not of those that end the process that does them."""
    order = sorted(range(len(jobs)), key=lambda index: -sizes[index])
    for index, verdict in spread(partial(analyse, pool=None), [jobs[index] for index in order], processes):
        if verdict is not None:
            yield order[index], verdict


def _size(job: Job) -> int:
    size = 0
    for path in job.files:
        try:
            size += os.stat(f"{job.base}/{path}").st_size  # noqa: PTH116 - called for every file
        except OSError:
            continue
    return size


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
