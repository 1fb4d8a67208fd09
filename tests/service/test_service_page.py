"""docs/service.md: what it points to is there, and it repeats the service's README where it says so."""

from __future__ import annotations

import re
from pathlib import Path

from tests.service.servers.service import STARTER

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "service.md").read_text(encoding="utf-8")
README = (STARTER / "README.md").read_text(encoding="utf-8")


def test_files_that_it_names_are_there() -> None:
    """Every file of this repository that the page names exists."""
    named = re.findall(r"`((?:tests|src|bench|docs)/[\w./]+)`", PAGE)
    assert len(named) > 10
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_tests_that_it_names_are_there() -> None:
    """Every test that the page names exists."""
    texts = [path.read_text(encoding="utf-8") for path in (ROOT / "tests" / "service").glob("test_*.py")]
    named = re.findall(r"`(test_\w+)`", PAGE)
    assert len(named) > 8
    assert [name for name in named if not any(f"def {name}(" in text for text in texts)] == []


def test_promises_are_those_of_the_readme() -> None:
    """What happens when something dies is told in the words of the service's README, all of it."""
    section = README.partition("## What happens when something dies\n")[2].partition("\n## ")[0]
    promises = re.findall(r"^(\| [^|].+ \|)$", section, re.MULTILINE)
    assert len(promises) > 5
    assert [promise for promise in promises if promise not in PAGE] == []


def test_policy_is_that_of_the_service() -> None:
    """The policy that the page shows is the one in the service's code."""
    shown = re.search(r"one policy, on the app.*?```python\n(.*?)```", PAGE, re.DOTALL)
    assert shown is not None
    code = (STARTER / "shop" / "extensions.py").read_text(encoding="utf-8")
    assert [line for line in shown[1].splitlines() if f"    {line}\n" not in code] == []
