"""The services that `keck new` writes, whole and with parts left out: each passes its own suite, and Keck is content."""

from __future__ import annotations

import re
import subprocess
import sys
from itertools import combinations
from pathlib import Path

import pytest

from keck.new import new
from keck.new.features import FEATURES
from tests.service.servers import missing, run
from tests.service.servers.process import environment

ALL = [without for count in range(len(FEATURES) + 1) for without in combinations(FEATURES, count)]
RUN = [(), *((one,) for one in FEATURES), FEATURES]
"""The full service, each single omission, and the bare one: those whose suites run."""


def named(without: tuple[str, ...]) -> str:
    """Return what a variant is called."""
    return {(): "full", FEATURES: "bare"}.get(without, "without-" + "-".join(without))


def tool(root: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """Run a tool of ours in a service's directory."""
    return subprocess.run(
        [sys.executable, "-m", *command],
        cwd=root,
        env=environment(),
        capture_output=True,
        encoding="utf-8",
        timeout=900,
        check=False,
    )


def written(without: tuple[str, ...]) -> Path:
    """Write a service into a directory of the run, which goes with it."""
    return new("Acme-Store", run.new_folder("variant") / "acme-store", without=without).root


@pytest.mark.long
@pytest.mark.parametrize("without", RUN, ids=named)
def test_variant_passes_its_own_suite(without: tuple[str, ...]) -> None:
    """The suite that a service is written with passes, and covers all of its code: every line and branch."""
    missing.need(missing.SERVICE)
    done = tool(written(without), "pytest", "-q", "-p", "no:cacheprovider", "--cov", "--cov-report=term")
    assert done.returncode == 0, done.stdout[-6_000:] + done.stderr[-2_000:]
    assert re.search(r"^Required test coverage of 100.0% reached", done.stdout, re.MULTILINE)
    assert re.search(r"^\d{2,} passed", done.stdout, re.MULTILINE)
    assert "skipped" not in done.stdout.splitlines()[-1], done.stdout[-2_000:]


@pytest.mark.long
@pytest.mark.parametrize("without", RUN, ids=named)
def test_variant_is_typed(without: tuple[str, ...]) -> None:
    """mypy, strict as the service's own settings have it, finds nothing."""
    missing.need(missing.SERVICE)
    done = tool(written(without), "mypy")
    assert done.returncode == 0, done.stdout[-6_000:] + done.stderr[-2_000:]


@pytest.mark.long
@pytest.mark.parametrize("without", ALL, ids=named)
def test_variant_is_wired_as_it_should_be(without: tuple[str, ...]) -> None:
    """`keck check` finds nothing to say about any of the sixteen services, not even a note."""
    done = tool(written(without), "keck", "check", "--no-cache", "--level", "note", "--fail-level", "note", ".")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.startswith("No faults found in "), done.stdout
