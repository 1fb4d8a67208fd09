"""Keck finds the faults in how Flask applications wire their extensions.

A check turns files into facts, links the facts of each project, and asks the rules what they see::

    from pathlib import Path

    from keck import Settings, check

    outcome = check([Path("shop")], Settings(), cache_dir=None)
    for finding in outcome.findings:
        print(finding.place.path, finding.place.line, finding.message)

In a project's own suite, one line keeps the wiring of the live app right::

    keck.examine(create_app()).raise_for("warning")
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from keck.checking import Outcome, check
    from keck.examining import Examination, examine
    from keck.finding import Finding, Level, Place, Related
    from keck.fixing import Repair, fix
    from keck.settings import Settings
    from keck.start import Keck

__all__ = [
    "Examination",
    "Finding",
    "Keck",
    "Level",
    "Outcome",
    "Place",
    "Related",
    "Repair",
    "Settings",
    "check",
    "examine",
    "fix",
]

_HOMES = {
    "Examination": "examining",
    "Keck": "start",
    "Outcome": "checking",
    "Repair": "fixing",
    "Settings": "settings",
    "check": "checking",
    "examine": "examining",
    "fix": "fixing",
}


def __getattr__(name: str) -> object:
    """Import what is asked for; the command and the doctor start faster without the rest."""
    if name not in __all__:
        raise AttributeError(f"module 'keck' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"keck.{_HOMES.get(name, 'finding')}"), name)
