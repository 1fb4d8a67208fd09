"""Settings: what the app's config holds, without what nobody else may read."""

from __future__ import annotations

import datetime as dt
import os
import pathlib
from collections.abc import Mapping
from typing import Any

from keck.live.record import Setting
from keck.live.secrets import MASK, Scrubber, described, is_a, is_secret
from keck.live.wrappers import qualified

_DEPTH = 6


def settings(config: Mapping[str, Any], scrubber: Scrubber) -> dict[str, Setting]:
    """Return every key of a config, sorted, as plain data."""
    return {key: _guarded(key, config, scrubber) for key in sorted(one for one in config if type(one) is str)}


def _guarded(key: str, config: Mapping[str, Any], scrubber: Scrubber) -> Setting:
    try:
        return _setting(key, config, scrubber)
    except Exception:  # noqa: BLE001 - a value that cannot be looked at leaves the other keys readable
        return Setting("object")


def _setting(key: str, config: Mapping[str, Any], scrubber: Scrubber) -> Setting:
    value = config[key]
    kind = type(value).__name__
    if is_secret(key, value):
        return Setting(kind, None, described(key, config))
    return Setting(kind, scrubber.data(plain(value)))


def plain(value: Any, depth: int = _DEPTH) -> Any:  # noqa: ANN401 - any value, JSON data
    """Return a value as JSON data, or None where it is none: a function, an object of the project.

    Numbers, texts, lists and dictionaries stay what they are; a set becomes a sorted list, a duration, date, path or
    URL a text; what is under a secret's name in a dictionary is masked.
    """
    kind = type(value)
    if value is None or kind in {bool, int, str}:
        return value
    if kind is float:
        return value if value == value and abs(value) != float("inf") else str(value)  # noqa: PLR0124 - not a number
    if kind in {list, tuple, set, frozenset} and depth:
        members = [plain(one, depth - 1) for one in value]
        return members if kind in {list, tuple} else sorted(members, key=str)
    if kind is dict and depth:
        return {_key(key): MASK if is_secret(str(key), one) else plain(one, depth - 1) for key, one in value.items()}
    if is_a(value, str, int) and kind.__module__ != "enum":
        return str(value) if is_a(value, str) else int(value)
    if is_a(value, dt.timedelta, dt.date, dt.time):
        return str(value)
    if is_a(value, os.PathLike, pathlib.PurePath):
        return str(value)
    return None


def _key(key: object) -> str:
    return key if type(key) is str else str(plain(key))


def shown(value: Any) -> str:  # noqa: ANN401 - any value
    """Return a value as a text for a message: what a function is called, what stands in a list."""
    data = plain(value)
    if data is None and value is not None:
        return f"{qualified(value)}()" if callable(value) else f"{type(value).__name__} object"
    return data if isinstance(data, str) else str(data)
