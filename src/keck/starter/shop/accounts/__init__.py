"""Accounts: registering, logging in, sessions, passwords, addresses."""

from __future__ import annotations

from .views import blueprint

__all__ = ["blueprint"]
