"""The small world of the doctor's tests: a project's directory to be in, of which nothing stays behind."""

from __future__ import annotations

import os
import sys
import textwrap
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

Project = Callable[[Mapping[str, str]], Path]

NOISE = ("FLASK_APP", "FLASK_DEBUG", "FLASK_RUN_FROM_CLI", "KECK_DEBUG", "VIRTUAL_ENV", "CONDA_PREFIX")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Project]:
    """Give what writes files and makes their directory the working directory."""
    here = tmp_path / "project"
    here.mkdir()
    for name in (*NOISE, "UV_PROJECT_ENVIRONMENT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.chdir(here)
    environment, path, modules, arguments = dict(os.environ), list(sys.path), set(sys.modules), list(sys.argv)

    def write(files: Mapping[str, str]) -> Path:
        for name, text in files.items():
            file = here / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(textwrap.dedent(text).lstrip("\n"), encoding="utf-8")
        return here

    yield write
    sys.path[:], sys.argv[:] = path, arguments
    for name in set(sys.modules) - modules:
        origin = getattr(sys.modules[name], "__file__", None) or ""
        if origin.startswith(str(here)):
            del sys.modules[name]
    os.environ.clear()
    os.environ.update(environment)
