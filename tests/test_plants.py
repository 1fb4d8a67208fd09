"""The plants of the benchmark: they can be read, there are enough of them, and planting works."""

from __future__ import annotations

import ast
import shutil
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from keck.rule import rules

ROOT = Path(__file__).parent.parent
PLANTS = ROOT / "bench" / "plants"
sys.path.insert(0, str(ROOT / "bench"))

from planting import Ground, Unsuited, plant_of  # noqa: E402

FILES = sorted(PLANTS.rglob("*.py"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(PLANTS).as_posix())
def test_a_plant_can_be_read(path: Path) -> None:
    """Each plant is Python, says what it is, has edits, and marks its own rule."""
    text = path.read_text("utf-8")
    assert ast.get_docstring(ast.parse(text))
    plant = plant_of(path)
    assert plant.edits
    assert all(wiring.is_file() for wiring in (PLANTS / "wiring" / f"{one}.py" for one in plant.brings))
    if path.parent.name != "wiring":
        assert plant.rule in {one.id for one in rules()}
        assert f"# keck: {plant.rule}" in text


def test_each_rule_has_four_spellings() -> None:
    """No rule is proven by fewer than four ways to write its fault."""
    found = Counter(plant_of(one).rule for one in FILES)
    assert {one.id: found[one.id] for one in rules() if one.sees_code and found[one.id] < 4} == {}


@pytest.fixture(params=["factory", "module"])
def ground(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Ground]:
    """A small shop of ours, in both forms, with what it has been given undone at the end."""
    if request.param == "factory":
        shutil.copytree(ROOT / "examples" / "app" / "extension-bound-in-constructor" / "right", tmp_path / "shop")
    else:
        (tmp_path / "shop").mkdir()
        shutil.copy(ROOT / "examples" / "legacy-shop" / "app.py", tmp_path / "shop")
    ground = Ground(tmp_path / "shop")
    before = {one: one.read_bytes() for one in ground.root.rglob("*") if one.is_file()}
    yield ground
    ground.clear()
    assert {one: one.read_bytes() for one in ground.root.rglob("*") if one.is_file()} == before


@pytest.mark.parametrize(
    "name",
    [
        "together/decorator-above-route/own_guard",
        "jwt/required-without-call/restful",
        "cors/unknown-option/in_resources",
        "config/secret-in-source/setting",
        "caching/cached-non-get/by_hand",
        "unused-ignore/malformed",
        "not-analysed/bracket",
    ],
)
def test_what_is_planted_is_found(ground: Ground, name: str) -> None:
    """A plant and what it brings go into a program of ours, and every marked line has its finding."""
    plant = plant_of(PLANTS / f"{name}.py")
    for one in plant.brings:
        if not ground.has(one):
            ground.apply(plant_of(PLANTS / "wiring" / f"{one}.py"))
    ground.apply(plant)
    marks = ground.marks()
    assert marks
    assert marks <= {(one.rule, one.place.path, one.place.line) for one in ground.findings()}


def test_what_a_repository_lacks_is_told(tmp_path: Path) -> None:
    """A placeholder that a program has nothing for makes the plant unsuited to it."""
    (tmp_path / "app.py").write_text("from flask import Flask\n\napp = Flask(__name__)\n", "utf-8")
    ground = Ground(tmp_path)
    with pytest.raises(Unsuited, match="no limiter of its own"):
        ground.apply(plant_of(PLANTS / "together" / "decorator-above-route" / "limit.py"))
