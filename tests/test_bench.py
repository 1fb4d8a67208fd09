"""The bench."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
from pathlib import Path

import pytest

BENCH = Path(__file__).resolve().parents[1] / "bench" / "check.py"


def bench(*arguments: str) -> str:
    """Return what the bench prints."""
    done = subprocess.run([sys.executable, str(BENCH), *arguments], capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_keck_has_a_cold_and_a_warm_row(tmp_path: Path) -> None:
    """The bench runs Keck without and with its cache, and both runs do their work."""
    (tmp_path / "app.py").write_text("from flask import Flask\napp = Flask(__name__)\n", encoding="utf-8")
    report = bench(str(tmp_path), "--rounds", "1", "--only", "keck")
    assert "1 Python files, 2 lines" in report
    assert re.search(r"\| keck check, cold \| \d", report)
    assert re.search(r"\| keck check, warm \| \d", report)


def test_python_tools_may_write_bytecode(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A tool is run without PYTHONDONTWRITEBYTECODE, whatever the bench itself is run with."""
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    spec = importlib.util.spec_from_file_location("keck_bench_check", BENCH)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, spec.name, module)
    spec.loader.exec_module(module)
    script = "import os, pathlib; pathlib.Path('told').write_text(str('PYTHONDONTWRITEBYTECODE' in os.environ))"
    monkeypatch.chdir(tmp_path)
    one = module.Contestant("tool", [sys.executable, "-c", script])
    module.finish(one, module.start(one), 60)
    assert (tmp_path / "told").read_text() == "False"


def test_a_run_that_takes_too_long_is_told(tmp_path: Path) -> None:
    """A tool that does not end in time is stopped and said so, and the others still run."""
    assert "| keck check, cold | over 0.001 s |" in bench(str(tmp_path), "--only", "keck", "--timeout", "0.001")
