"""What keeps the answers of a view: the wrappers of Flask-Caching, and what their keys are made of."""

from __future__ import annotations

import types
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from keck.live.chain import Link
from keck.live.limits import vars_of
from keck.live.record import CacheUse
from keck.live.references import References
from keck.live.returns import untrue
from keck.live.wrappers import cells, qualified

_ASKED = ("unless", "forced_update", "is_stale")
"""The options that ask for `True` itself."""


def use(link: Link, app: Any, position: int, references: References) -> CacheUse:  # noqa: ANN401 - a Flask app
    """Return how a wrapper keeps answers.

    Args:
        link: of kind ``cached`` or ``memoize``.
        app: whose cache may or may not be the wrapper's.
        position: index of the step.
        references: resolves the names in what decides about it.
    """
    held = link.cells if link.kind == "memoize" else {**_of_key(link), **link.cells}
    backend = _backend(held.get("self"), app)
    details: dict[str, Any] = {
        "bound": backend is not None,
        "backend": "" if backend is None else type(backend).__name__,
        "unless": _called(held.get("unless")),
        "response_filter": _called(held.get("response_filter")),
        "untrue": {name: text for name in _ASKED if (text := untrue(held.get(name), references))},
    }
    if link.kind == "memoize":
        ignored = [str(one) for one in held.get("args_to_ignore") or ()]
        maker = held.get("make_name")
        details |= {"args_to_ignore": ignored, "make_name": _called(maker)}
        key = "arguments" + (f" except {', '.join(ignored)}" if ignored else "")
        return CacheUse("memoize", _timeout(link), key, maker is not None, position, details)
    key, personal = _key(held)
    prefix = held.get("key_prefix")
    details |= {
        "query_string": bool(held.get("query_string")),
        "key_prefix": prefix if isinstance(prefix, str) else _called(prefix),
    }
    return CacheUse("cached", _timeout(link), key, personal, position, details)


def _key(held: Mapping[str, Any]) -> tuple[str, bool]:
    """Return what tells one answer from another, and whether the project makes it."""
    maker, prefix = held.get("make_cache_key"), held.get("key_prefix", "view/%s")
    if maker is not None and not isinstance(maker, str):
        return _called(maker), True
    if not isinstance(prefix, str):
        text, personal = _called(prefix), True
    elif "%s" in prefix:
        text, personal = "path", False
    else:
        text, personal = f'the constant "{prefix}"', False
    return text + (" and query string" if held.get("query_string") else ""), personal


def _of_key(link: Link) -> Mapping[str, Any]:
    """Return the arguments of `cached()` that its key alone is made of, which are two closures further down."""
    held = link.cells
    for name in ("make_cache_key", "_make_cache_key"):
        maker = vars_of(link.value).get(name) if name == "make_cache_key" and link.applied else held.get(name)
        if type(maker) is not types.FunctionType:
            return held
        held = cells(maker)
    return held


def _timeout(link: Link) -> float | None:
    value = vars_of(link.value).get("cache_timeout", link.cells.get("timeout"))
    if isinstance(value, timedelta):
        return value.total_seconds()
    return value if isinstance(value, int | float) else None


def _backend(cache: object, app: Any) -> object | None:  # noqa: ANN401 - a Flask app
    bound = app.extensions.get("cache")
    if not isinstance(bound, Mapping):
        return None
    return next((backend for each, backend in bound.items() if each is cache), None)


def _called(value: object) -> str:
    return "" if value is None else f"{qualified(value)}()"
