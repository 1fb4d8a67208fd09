"""Reports: one module a format, each with a pure ``render(outcome, view)``."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from keck.report.view import View

if TYPE_CHECKING:
    from keck.checking import Outcome

__all__ = ["FORMATS", "View", "render"]

FORMATS = ("text", "concise", "json", "sarif", "github", "gitlab", "junit")


def render(format: str, outcome: Outcome, view: View) -> str:
    """Return the report in one of `FORMATS`, ending with a newline unless it is empty."""
    module = importlib.import_module(f"{__name__}.{format}")
    text: str = module.render(outcome, view)
    return text
