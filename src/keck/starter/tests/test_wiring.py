"""How the extensions are wired, as Keck sees it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from .conftest import MakeApp

ROOT = Path(__file__).resolve().parent.parent
REASON = "Keck could not be had from where requirements/keck.txt says"


def test_the_extensions_are_wired_as_they_should_be() -> None:
    """`keck check` has nothing to say about this service, not even a note."""
    pytest.importorskip("keck", reason=REASON)
    command = [
        sys.executable,
        "-m",
        "keck",
        "check",
        "--no-cache",
        "--level",
        "note",
        "--fail-level",
        "note",
        str(ROOT),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - a command of our own
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_app_is_wired_as_it_should_be(make_app: MakeApp) -> None:
    """Keck has nothing to say about the app that `create_app()` returns, with its limits on, not even a note."""
    keck = pytest.importorskip("keck", reason=REASON)
    keck.examine(make_app(limits_enabled=True)).raise_for("note")
