"""The admin API: users and the catalogue, for accounts with the role `admin`."""

from __future__ import annotations

from . import items  # noqa: F401 - its views
from . import users  # noqa: F401 - its views
from .blueprint import blueprint

__all__ = ["blueprint"]
