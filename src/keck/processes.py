"""Work for other processes, and what becomes of it when one of them dies."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from concurrent.futures import ProcessPoolExecutor

    Pool = ProcessPoolExecutor

T = TypeVar("T")
R = TypeVar("R")

MOST = 8
"""More processes than this wait for one another's memory more than they win."""


@contextmanager
def pool(count: int) -> Iterator[Pool | None]:
    """Yield a pool of processes, or None where there are to be none or the system can't make any.

    They are made as `multiprocessing.set_start_method` says, else by fork on Linux and by spawn elsewhere.
    """
    if count < 1:
        yield None
        return
    import multiprocessing

    try:
        from concurrent.futures import ProcessPoolExecutor

        kind = multiprocessing.get_start_method(allow_none=True) or ("fork" if sys.platform == "linux" else "spawn")
        made = ProcessPoolExecutor(count, mp_context=multiprocessing.get_context(kind), initializer=_prepare)
    except (ImportError, OSError, NotImplementedError):  # pragma: no cover - a system without semaphores
        yield None
        return
    try:
        yield made
    finally:
        made.shutdown(cancel_futures=True)


def processors() -> int:
    """Return how many processors this process may use, but no more than `MOST`."""
    allowed = getattr(os, "sched_getaffinity", None)
    return min(len(allowed(0)) if allowed else os.cpu_count() or 1, MOST)


def spread(function: Callable[[T], R], items: Sequence[T], pool: Pool) -> Iterator[tuple[int, R | None]]:
    """Yield the index of each item and what the function returns for it, in the order in which they are done.

    None stands for what could not be worked out: a process died, which ends the pool, or the function failed.
    """
    from concurrent.futures import Future, as_completed

    futures: dict[Future[R], int] = {}
    left = dict.fromkeys(range(len(items)))
    try:
        with _uninterrupted():
            for index, item in enumerate(items):
                futures[pool.submit(function, item)] = index
        for future in as_completed(futures):
            if future.exception() is None:
                del left[futures[future]]
                yield futures[future], future.result()
    except (RuntimeError, OSError):  # the pool is broken, or no process could be made
        pass
    yield from ((index, None) for index in left)


def alone(function: Callable[[T], R], item: T) -> R | None:
    """Return what the function returns in a process of its own, or None where that dies of it."""
    with pool(1) as one:
        if one is None:  # pragma: no cover - see pool
            return function(item)
        ((_, result),) = spread(function, [item], one)
        return result


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Put an interruption off while processes are made: one that is hit half made can block the others."""
    import signal

    if not hasattr(signal, "pthread_sigmask"):  # pragma: no cover - Windows, where a process is not hit so
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _prepare() -> None:
    """Leave an interruption to the parent; don't collect garbage, as facts hold no cycles."""
    import gc
    import signal

    gc.disable()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
