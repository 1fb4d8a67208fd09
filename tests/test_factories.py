"""The ten apps of bench/factories, each taken apart as `keck fix --factory` does it."""

from __future__ import annotations

import ast
import importlib.util
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

BENCH = Path(__file__).resolve().parents[1] / "bench"
TEN = ["links", "shop", "helpdesk", "library", "recipes", "ledger", "club", "canteen", "sensors", "fleet"]


@pytest.fixture(scope="module")
def bench() -> ModuleType:
    """Return the runner."""
    spec = importlib.util.spec_from_file_location("keck_bench_factory", BENCH / "factory.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def row(bench: ModuleType) -> Callable[[str], Any]:
    """Return what becomes of an app, worked out once."""
    cases = {one.name: one for one in bench.cases(bench.OWN)}
    rows: dict[str, Any] = {}

    def worked_out(name: str) -> Any:  # noqa: ANN401 - the bench is imported by its path
        if name not in rows:
            rows[name] = bench.row_of(cases[name])
        return rows[name]

    return worked_out


def made(bench: ModuleType, folder: Path, text: str, **more: str) -> Any:  # noqa: ANN401 - as above
    """Return the case of an app in one file."""
    (folder / "app.py").write_text(text, encoding="utf-8")
    return bench.Case(name="small", file="app.py", app="app:app", root=str(folder), **more)


def test_each_folder_is_listed(bench: ModuleType) -> None:
    """The list has the ten apps, and there are no others."""
    assert [one.name for one in bench.cases(bench.OWN)] == TEN
    assert {one.name for one in (BENCH / "factories").iterdir() if one.is_dir()} == set(TEN)


@pytest.mark.parametrize("name", TEN)
def test_a_conversion_parses_and_has_a_factory(bench: ModuleType, name: str) -> None:
    """Each app is converted, what is written is Python, and one of the files makes the app in a function."""
    (case,) = (one for one in bench.cases(bench.OWN) if one.name == name)
    patch, conversion = bench.converted(case)
    made_anew = patch.files[case.file].after
    assert "create_app" in {one.name for one in ast.parse(made_anew).body if isinstance(one, ast.FunctionDef)}
    assert conversion.app.partition(":")[2] in {"create_app", "app"}
    assert any(one.endswith("extensions.py") for one in patch.files)


@pytest.mark.parametrize("name", ["links", "fleet"])
def test_a_second_conversion_is_refused(bench: ModuleType, name: str, tmp_path: Path) -> None:
    """What has been taken apart is not taken apart again."""
    (case,) = (one for one in bench.cases(bench.OWN) if one.name == name)
    patch, _ = bench.converted(case)
    shutil.copytree(case.root, tmp_path / "copy")
    for path, change in patch.files.items():
        (tmp_path / "copy" / path).write_bytes(change.after)
    case.root = str(tmp_path / "copy")
    with pytest.raises(bench.Refusal):
        bench.converted(case)


def test_a_refusal_is_no_failure(bench: ModuleType, tmp_path: Path) -> None:
    """An app that is not converted is told with the line that is to blame, and boots as before."""
    text = "from flask import Flask\napp = Flask(__name__)\nother = Flask('other')\n"
    row = bench.row_of(made(bench, tmp_path, text))
    assert row.outcome == bench.REFUSED, row.told
    assert "app.py:" in row.why
    assert row.booted == "yes"


def test_an_app_that_does_not_boot_is_converted_unproven(bench: ModuleType, tmp_path: Path) -> None:
    """Where nothing can be proven, the table says why."""
    text = "from flask import Flask\nimport nowhere\napp = Flask(__name__)\n\n\n@app.get('/')\ndef home():\n    return ''\n"
    row = bench.row_of(made(bench, tmp_path, text))
    assert row.outcome == bench.UNPROVEN, row.told
    assert "nowhere" in row.booted


def test_an_exception_is_a_failure(bench: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A conversion that ends with an exception fails, and the others go on."""

    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("oops")

    monkeypatch.setattr(bench, "convert", broken)
    row = bench.row_of(made(bench, tmp_path, "from flask import Flask\napp = Flask(__name__)\n"))
    assert (row.outcome, row.why) == (bench.FAILED, "ZeroDivisionError: oops")
    assert "1 failed" in bench.table([row]).splitlines()[-1]


@pytest.mark.long
@pytest.mark.parametrize("name", TEN)
def test_the_suite_passes_before(row: Callable[[str], Any], name: str) -> None:
    """Each app boots and has a suite, all of which passes."""
    assert row(name).booted == "yes"
    assert row(name).before
    assert not {"failed", "errors", "failures", "error"} & set(row(name).before.split())


@pytest.mark.long
@pytest.mark.parametrize("name", TEN)
def test_the_conversion_is_proven(row: Callable[[str], Any], bench: ModuleType, name: str) -> None:
    """Each app is converted, boots, serves the same, and its suite ends as before."""
    assert row(name).outcome == bench.PROVEN, f"{row(name).why}\n" + "\n".join(row(name).told)
    assert row(name).after == row(name).before
