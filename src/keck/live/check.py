"""A check: one thing that is demanded of whoever asks."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Check:
    """One demand.

    Args:
        kind: as `Guard.kind`.
        how: as `Guard.how`.
        details: as `Guard.details`.
    """

    kind: str
    how: str
    details: dict[str, Any] = field(default_factory=dict)


def jwt_how(details: dict[str, Any]) -> str:
    """Return how a token is demanded by the arguments of `jwt_required` or `verify_jwt_in_request`."""
    if details.get("optional"):
        return "optional"
    if details.get("fresh"):
        return "fresh"
    return "refresh" if details.get("refresh") else "required"
