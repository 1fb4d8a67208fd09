"""The catalogue: a public resource that everybody may read, and whose answers are cached."""

from __future__ import annotations

from .views import blueprint

__all__ = ["blueprint"]
