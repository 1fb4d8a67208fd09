"""A reading: what the module of an extension says of one instance, each part of it on its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from keck.live.config import shown
from keck.live.record import Drift, Spot
from keck.live.secrets import MASK, is_secret, without_password


@dataclass(frozen=True)
class Reading:
    """What is read of an instance; its fields are those of `Instance`.

    Args:
        spot: where it is made, if the module of the extension knows better than the scan.
    """

    bound: str
    others: tuple[str, ...] = ()
    twice: int = 0
    inert: str = ""
    drift: tuple[Drift, ...] = ()
    facts: dict[str, Any] = field(default_factory=dict)
    spot: Spot | None = None


def bound(here: bool, elsewhere: Iterable[str]) -> str:
    """Return ``this``, ``other``, ``both`` or ``never``."""
    if here:
        return "both" if tuple(elsewhere) else "this"
    return "other" if tuple(elsewhere) else "never"


def names_of(apps: Iterable[Any], holds: Callable[[Any], bool]) -> tuple[str, ...]:
    """Return the names of those apps that hold an instance; an app that cannot be asked does not."""
    found = []
    for app in apps:
        try:
            if holds(app):
                found.append(str(app.name))
        except Exception:  # noqa: BLE001, S112 - an app of another make
            continue
    return tuple(found)


def extension_of(app: Any, key: str) -> Any:  # noqa: ANN401 - whatever the extension keeps there
    """Return what an app keeps of an extension, or None."""
    return vars(app).get("extensions", {}).get(key)


def gather(parts: Mapping[str, Callable[[], Any]]) -> dict[str, Any]:
    """Return what each part gives; the names of those that fail stand under ``unread``."""
    found: dict[str, Any] = {}
    unread = []
    for name, part in parts.items():
        try:
            found[name] = part()
        except Exception:  # noqa: BLE001 - what this version keeps elsewhere is not known
            unread.append(name)
    return {**found, "unread": unread} if unread else found


def drifts(parts: Mapping[str, Callable[[], tuple[Any, Any] | None]]) -> tuple[Drift, ...]:
    """Return what differs, by key.

    Args:
        parts: each gives the value in use and the one in the config, or None where they agree or cannot be compared.
    """
    found = []
    for key, part in parts.items():
        try:
            pair = part()
        except Exception:  # noqa: BLE001, S112 - what this version keeps elsewhere cannot be compared
            continue
        if pair is not None:
            found.append(drift(key, *pair))
    return tuple(found)


def drift(key: str, used: Any, configured: Any) -> Drift:  # noqa: ANN401 - any values
    """Return a difference as texts, secrets masked."""
    texts = [MASK if is_secret(key, one) else without_password(shown(one)) for one in (used, configured)]
    if texts[0] == texts[1]:
        texts[1] += " (another password)" if MASK in texts[0] else f" ({type(configured).__name__})"
    return Drift(key, texts[0], texts[1])


def differ(used: Any, configured: Any) -> tuple[Any, Any] | None:  # noqa: ANN401 - any values
    """Return both values if they are not equal."""
    return None if used == configured else (used, configured)
