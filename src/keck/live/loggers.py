"""Loggers that say nothing any more."""

from __future__ import annotations

import logging


def disabled_loggers() -> list[str]:
    """Return the names of the loggers that are disabled, as all are that `fileConfig` did not find in its file."""
    known = dict(logging.root.manager.loggerDict)
    return sorted(name for name, one in known.items() if isinstance(one, logging.Logger) and one.disabled)
