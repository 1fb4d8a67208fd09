"""Which config keys mean something to which extension."""

from __future__ import annotations

from collections.abc import Mapping

from keck.known.gone import ADDED, REMOVED, Removed
from keck.known.keys import KEYS

__all__ = ["ADDED", "NAMESPACES", "REMOVED", "Removed", "distribution", "known", "owner"]

NAMESPACES: Mapping[str, str] = {
    "SQLALCHEMY_": "flask_sqlalchemy",
    "JWT_": "flask_jwt_extended",
    "CORS_": "flask_cors",
    "CACHE_": "flask_caching",
    "RATELIMIT_": "flask_limiter",
    "MAIL_": "flask_mail",
}
"""The extension that a key belongs to by its first word."""


def known(extension: str) -> frozenset[str]:
    """Return the config keys that the current version of an extension reads.

    Args:
        extension: the name of its package (``flask_cors``, also ``flask``); one that is not known has none.
    """
    return KEYS.get(extension, frozenset())


def owner(key: str) -> str | None:
    """Return the extension in whose namespace a key lies (``CORS_ORIGIN`` -> ``flask_cors``), or None."""
    removed = REMOVED.get(key)
    if removed is not None:
        return removed.extension
    return next((extension for prefix, extension in NAMESPACES.items() if key.startswith(prefix)), None)


def distribution(extension: str) -> str:
    """Return the name under which an extension is installed and pinned (``flask_cors`` -> ``flask-cors``)."""
    return extension.replace("_", "-")
