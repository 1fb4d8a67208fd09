"""Caches, limits and mail of the child: its own, in its own memory."""

# ruff: noqa: ANN401, SLF001 - objects of the app and its libraries are what they are

from __future__ import annotations

import sys
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from keck.probe.airlock import Airlock

_SPENT = 10**9


def caches(app: Any) -> Callable[[], None]:
    """Give each cache of the app a memory of the child's and return what empties them.

    One that keeps nothing goes on keeping nothing.
    """
    backends = app.extensions.get("cache") or {}
    for cache, backend in list(backends.items()):
        if not _is(backend, "NullCache"):
            simple = _loaded("flask_caching.backends.simplecache", "SimpleCache")
            backends[cache] = simple() if simple else _loaded("cachelib", "SimpleCache")()

    def clear() -> None:
        for backend in backends.values():
            backend.clear()

    return clear


def limits(app: Any) -> Callable[[bool], None]:
    """Give each limiter of the app a storage of the child's and return what makes it new, or spends it."""
    found = app.extensions.get("limiter") or ()
    limiters = list(found) if isinstance(found, set | list | tuple) else [found]
    if not limiters:
        return lambda _: None
    strategies = _loaded("limits.strategies", "STRATEGIES")
    memory = _loaded("limits.storage", "MemoryStorage")
    stores = {False: memory(), True: _spent(memory)()}
    for store in stores.values():
        store.timer = SimpleNamespace(is_alive=lambda: True)  # else it starts a thread with nearly every request
    made = [
        (one, {spent: strategies[one._strategy or "fixed-window"](store) for spent, store in stores.items()})
        for one in limiters
    ]

    def spend(spent: bool) -> None:
        stores[False].reset()
        for limiter, ways in made:
            limiter._storage = stores[spent]
            limiter._limiter = limiter._fallback_limiter = ways[spent]
            limiter._storage_dead = False

    spend(False)
    return spend


def mail(app: Any, airlock: Airlock) -> None:
    """Let Flask-Mail send nothing, and say so where it is asked to."""
    state = app.extensions.get("mail")
    if state is not None:
        state.suppress = True
    dispatched = _loaded("flask_mail", "email_dispatched")
    if dispatched is not None and hasattr(dispatched, "receivers"):  # Flask before 2.3 does without blinker

        def note(*_: Any, **__: Any) -> None:
            airlock.log.append("send mail")

        dispatched.connect(note, weak=False)


def _spent(memory: Any) -> Any:
    """Return a storage whose every window is used up."""
    return type(
        "Spent",
        (memory,),
        {
            "incr": lambda *_, **__: _SPENT,
            "get": lambda *_, **__: _SPENT,
            "acquire_entry": lambda *_, **__: False,
            "acquire_sliding_window_entry": lambda *_, **__: False,
            "get_moving_window": lambda *_, **__: (0.0, _SPENT),
            "get_sliding_window": lambda *_, **__: (_SPENT, 1.0, _SPENT, 1.0),
        },
    )


def _loaded(module: str, name: str) -> Any:
    found = sys.modules.get(module)
    return vars(found).get(name) if found is not None else None


def _is(value: object, name: str) -> bool:
    return any(one.__name__ == name for one in type(value).__mro__)
