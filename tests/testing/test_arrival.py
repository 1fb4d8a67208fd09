from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from keck.testing.arrival import Arrivals

NAME = "some_module_that_arrives"


@pytest.fixture
def came(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """What was called back, with `NAME` awaited."""
    (tmp_path / f"{NAME}.py").write_text("import another_module_that_arrives\nvalue = 1\n", encoding="utf-8")
    (tmp_path / "another_module_that_arrives.py").write_text("value = 2\n", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    found: list[str] = []

    def then(module: ModuleType) -> None:
        found.append(f"{module.__name__} {vars(module).get('value')}")

    arrivals = Arrivals({NAME: then, "module_that_is_nowhere": then})
    arrivals.install()
    yield found
    arrivals.remove()
    arrivals.remove()
    for name in (NAME, "another_module_that_arrives"):
        sys.modules.pop(name, None)


def test_called_once_it_has_run(came: list[str]) -> None:
    """The module is complete when it is called back, its loader is as it was, and it happens once an import."""
    module = importlib.import_module(NAME)
    assert came == [f"{NAME} 1"]
    assert module.__spec__ is not None
    assert "exec_module" not in vars(module.__spec__.loader)
    importlib.import_module(NAME)
    assert len(came) == 1
    del sys.modules[NAME]
    importlib.import_module(NAME)
    assert len(came) == 2


def test_missing_module(came: list[str]) -> None:
    """A module that is nowhere is an ImportError as ever."""
    with pytest.raises(ModuleNotFoundError):
        importlib.import_module("module_that_is_nowhere")
    assert not came


def test_looked_for_and_not_imported(came: list[str]) -> None:
    """To look for the spec calls nothing back."""
    assert importlib.util.find_spec(NAME) is not None
    assert not came


def test_module_that_raises(came: list[str], tmp_path: Path) -> None:
    """A module that fails is not called back, and its error is what the importer sees."""
    (tmp_path / f"{NAME}.py").write_text("raise ValueError('no')\n", encoding="utf-8")
    importlib.invalidate_caches()
    with pytest.raises(ValueError, match="no"):
        importlib.import_module(NAME)
    assert not came


def test_there_before() -> None:
    """A module that is there is called back at once, while `watching` says no."""
    seen = []
    arrivals = Arrivals({"json": lambda module: seen.append((module.__name__, arrivals.watching))})
    importlib.import_module("json")
    arrivals.install()
    arrivals.remove()
    assert seen == [("json", False)]


def test_loader_that_is_shared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From a zip file, whose loader is one for all of its modules, only the awaited one is called back."""
    import zipfile

    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        archive.writestr("zipped_one.py", "import zipped_other")
        archive.writestr("zipped_other.py", "value = 1")
    monkeypatch.syspath_prepend(tmp_path / "all.zip")
    came: list[str] = []
    arrivals = Arrivals({"zipped_one": lambda module: came.append(module.__name__)})
    arrivals.install()
    try:
        importlib.import_module("zipped_one")
    finally:
        arrivals.remove()
    assert came == ["zipped_one"]
    for name in ("zipped_one", "zipped_other"):
        del sys.modules[name]


def test_namespace_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder of that name without code comes through."""
    (tmp_path / "namespace_that_arrives").mkdir()
    monkeypatch.syspath_prepend(tmp_path)
    arrivals = Arrivals({"namespace_that_arrives": lambda _: None})
    arrivals.install()
    try:
        assert importlib.import_module("namespace_that_arrives").__path__
    finally:
        arrivals.remove()
        del sys.modules["namespace_that_arrives"]
