"""The small world of the proof's tests: projects in a folder, and provers of them that are closed afterwards."""

from __future__ import annotations

import os
import sqlite3
import sys
import textwrap
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import coverage
import pytest

from keck.patch import Change, Patch
from keck.probe import child, fence
from keck.proof import Prover
from keck.proof.gate import Gate

Project = Callable[[Mapping[str, str]], Path]
Prove = Callable[..., Prover]

_NOISE = ("FLASK_APP", "FLASK_DEBUG", "FLASK_RUN_FROM_CLI", "KECK_DEBUG", "PYTHONPATH")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what needs servers off Linux; keep those tests on the worker of pytest-xdist that has them."""
    for item in items:
        names = {"postgres", "redis", "smtp", "rig"} & set(getattr(item, "fixturenames", ()))
        if Path(__file__).parent in item.path.parents and names:
            if sys.platform != "linux":
                item.add_marker(pytest.mark.skip("the servers of the suite are started on Linux only"))
            item.add_marker(pytest.mark.xdist_group("full"))


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """Give what writes the files of a project and returns its folder."""
    for name in _NOISE:
        monkeypatch.delenv(name, raising=False)
    here = tmp_path / "project"

    def write(files: Mapping[str, str]) -> Path:
        for name, text in files.items():
            path = here / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(textwrap.dedent(text).lstrip("\n"), encoding="utf-8")
        return here

    return write


@pytest.fixture
def prover(monkeypatch: pytest.MonkeyPatch) -> Iterator[Prove]:
    """Give what makes provers in this interpreter; what they boot is not measured, as it may write nowhere."""
    for name in [one for one in os.environ if one.startswith(("COVERAGE_PROCESS", "COV_CORE"))]:
        monkeypatch.delenv(name)
    made: list[Prover] = []

    def prove(root: Path, **options: Any) -> Prover:  # noqa: ANN401 - as the prover takes them
        made.append(Prover(root, python=Path(sys.executable), **options))
        return made[-1]

    yield prove
    for one in made:
        one.close()


def patch(root: Path, files: Mapping[str, str | None]) -> Patch:
    """Return the patch that makes these files of what is there."""
    changes = {}
    for name, text in files.items():
        path = root / name
        after = None if text is None else textwrap.dedent(text).lstrip("\n").encode()
        changes[name] = Change(path.read_bytes() if path.exists() else None, after)
    return Patch(changes)


CONNECT = sqlite3.connect


@pytest.fixture
def inside(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[Callable[[], Any]], Any]:
    """Give what returns what is done in a fork; its coverage is written, if that is measured, once the gate opens at its end."""
    current = coverage.Coverage.current()
    if current is not None:
        watch, done = Gate.watch, [False]

        def watching(gate: Gate, event: str, args: tuple[Any, ...]) -> None:
            if not done[0]:
                watch(gate, event, args)

        def leave() -> None:
            done[0] = True
            vars(sqlite3)["connect"] = vars(sqlite3.dbapi2)["connect"] = CONNECT
            os._exit(0)

        monkeypatch.setattr(Gate, "watch", watching)
        monkeypatch.setattr(child, "leave", leave)
        folder = Path(current.config.data_file).absolute().parent
        if folder not in tmp_path_factory.getbasetemp().parents:  # what the tests want to stay closed
            monkeypatch.setattr(fence, "WRITABLE", [*fence.WRITABLE, str(folder)])

    def run(do: Callable[[], Any]) -> Any:  # noqa: ANN401 - JSON data
        lines = list(child.run(lambda say: say(["got", do()]), time.monotonic() + 30, 30))
        assert lines[1:] == [["ended", ""]], lines
        return lines[0][1]

    return run
