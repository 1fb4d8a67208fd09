"""Loggers that are disabled are read by their names."""

from __future__ import annotations

import logging

from keck.live.loggers import disabled_loggers


def test_disabled_loggers() -> None:
    """A logger that is disabled is told by its name; others, and names that no logger has, are not."""
    one = logging.getLogger("keck_tests.silent.inner")
    before = disabled_loggers()
    one.disabled = True
    try:
        assert [each for each in disabled_loggers() if each not in before] == ["keck_tests.silent.inner"]
    finally:
        one.disabled = False
