from __future__ import annotations

import sys
import types
from pathlib import Path
from typing import Any

import pytest

from keck.proof.origin import refuse_others, turn
from keck.trouble import Trouble


class App:
    """What is loaded."""

    def __init__(self, name: str) -> None:
        self.import_name = name


@pytest.fixture
def trees(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[str, str]:
    """A tree and its copy, which has no environment; what modules there are is put back afterwards."""
    for path in (
        "tree/src/shop.py",
        "tree/.venv/lib/x.py",
        "tree/app.py",
        "copy/src/shop.py",
        "copy/app.py",
        "else/y.py",
    ):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).touch()
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.setattr(sys, "modules", dict(sys.modules))
    return str(tmp_path / "tree"), str(tmp_path / "copy")


def _load(name: str, file: str | None) -> None:
    module: Any = types.ModuleType(name)
    module.__file__ = file
    sys.modules[name] = module


def test_ways_into_the_tree_lead_into_the_copy(trees: tuple[str, str]) -> None:
    """Entries of the path and mappings of editable installations are turned; environments and what lies elsewhere stay."""
    tree, copy = trees
    finder: Any = types.ModuleType("__editable___shop_1_finder")
    finder.MAPPING = {"shop": f"{tree}/src/shop", "other": "/elsewhere", "app": f"{tree}/app.py"}
    sys.modules[finder.__name__] = finder
    sys.modules["__editable___broken"] = types.ModuleType("__editable___broken")
    sys.path[:] = [f"{tree}/src", tree, f"{tree}/.venv/lib", "/elsewhere", ""]
    turn(tree, copy, [copy, f"{copy}/src"])
    assert sys.path == [copy, f"{copy}/src", f"{copy}/src", copy, f"{tree}/.venv/lib", "/elsewhere", ""]
    assert {"shop": f"{tree}/src/shop", "other": "/elsewhere", "app": f"{copy}/app.py"} == finder.MAPPING


def test_an_app_of_the_copy_is_taken(trees: tuple[str, str]) -> None:
    """Its libraries come from an environment in the tree or elsewhere."""
    tree, copy = trees
    _load("shop", f"{copy}/src/shop.py")
    _load("library", f"{tree}/.venv/lib/x.py")
    _load("other", str(Path(tree).parent / "else" / "y.py"))
    _load("keck.something", f"{tree}/app.py")
    sys.modules["odd"] = object()  # type: ignore[assignment]
    for name in ("shop", "no-module", "__main__"):
        refuse_others(App(name), tree, copy)


def test_an_app_of_the_tree_is_refused(trees: tuple[str, str]) -> None:
    """A patch would not be in it."""
    tree, copy = trees
    _load("shop", f"{tree}/src/shop.py")
    with pytest.raises(Trouble, match=r"^`shop` was imported from the project's own tree \(src/shop.py\)"):
        refuse_others(App("shop"), tree, copy)


@pytest.mark.parametrize(("name", "where"), [("shop", "y.py"), ("other", "another place")])
def test_an_app_from_elsewhere_is_refused(trees: tuple[str, str], name: str, where: str) -> None:
    """It is installed, and not in editable mode; or nothing of the copy was imported at all."""
    tree, copy = trees
    _load("shop", str(Path(tree).parent / "else" / "y.py"))
    with pytest.raises(Trouble, match=f"{where} and not from the project's tree"):
        refuse_others(App(name), tree, copy)
