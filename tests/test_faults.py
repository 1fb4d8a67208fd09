"""The faults that are planted into a service of `keck new`: they can be planted, and both witnesses are heard."""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from keck.new import new
from keck.rule import rules

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "bench"))

from faults import Fault, faults  # noqa: E402

FAULTS = tuple(faults())


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A service as it is written."""
    root = tmp_path_factory.mktemp("faults") / "shop"
    new("shop", root)
    return root


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: f"{fault.rule}: {fault.name}")
def test_a_fault_can_be_planted(fault: Fault, service: Path, tmp_path: Path) -> None:
    """Each fault is of a rule that sees apps, changes the service or its environment, and leaves Python behind."""
    (rule,) = (one for one in rules() if one.id == fault.rule)
    assert rule.sees_apps
    assert fault.edits or fault.environment
    shutil.copytree(service, tmp_path / "shop")
    fault.plant(tmp_path / "shop")
    for path, _, new_text in fault.edits:
        text = (tmp_path / "shop" / path).read_text(encoding="utf-8")
        assert new_text in text
        ast.parse(text)


def test_there_are_enough() -> None:
    """At least 45 faults of at least 28 rules are planted."""
    assert len(FAULTS) >= 45
    assert len({one.rule for one in FAULTS}) >= 28


def test_a_text_that_is_not_there_is_told(tmp_path: Path) -> None:
    """A fault whose place has moved says so, and does not pass for planted."""
    (tmp_path / "a.py").write_text("x = 1\nx = 1\n", encoding="utf-8")
    for old in ("y = 1", "x = 1", ""):
        with pytest.raises(LookupError, match=r"moved: a\.py has"):
            Fault("app/x", "moved", (("a.py", old, "z"),)).plant(tmp_path)


@pytest.mark.long
def test_the_doctor_names_each_fault_and_nothing_else() -> None:
    """Each fault is shown by the live app, with its consequences folded under it; the clean service is left alone."""
    done = subprocess.run(
        [sys.executable, str(ROOT / "bench" / "witnesses.py")], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
