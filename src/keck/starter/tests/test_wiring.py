"""How the extensions are wired, as Keck sees it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


def test_the_extensions_are_wired_as_they_should_be() -> None:
    """`keck check` has nothing to say about this service, not even a note."""
    pytest.importorskip("keck", reason="Keck could not be had from where requirements/keck.txt says")
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
