"""Accounts: registering, logging in, sessions, passwords, addresses."""

from __future__ import annotations

from . import account  # noqa: F401 - its views
from . import address  # noqa: F401  # with: mail
from . import login  # noqa: F401
from . import new_password  # noqa: F401
from . import registration  # noqa: F401
from . import sessions  # noqa: F401
from .blueprint import blueprint

__all__ = ["blueprint"]
