from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from itertools import combinations, permutations
from pathlib import Path

import pytest

from keck.new import add, new
from keck.new.compose import compose
from keck.new.environment import values_of
from keck.new.features import FEATURES
from keck.new.manifest import Manifest
from keck.new.names import LONGEST
from keck.new.starter import STARTER, Starter, Tree, read, text_of
from keck.new.words import PACKAGE, PROJECT
from tests.small_starter import held, small

VARIANTS = [without for count in range(len(FEATURES) + 1) for without in combinations(FEATURES, count)]

needs_ruff = pytest.mark.skipif(importlib.util.find_spec("ruff") is None, reason="ruff is not installed")


@pytest.fixture(scope="module", params=["the starter", "a small starter"])
def folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the directory of a starter: of the one that Keck has, and of a small one."""
    root = tmp_path_factory.mktemp("starter")
    return written(root, read(STARTER).files) if request.param == "the starter" else small(root)


@pytest.fixture(scope="module")
def source() -> Starter:
    """Return the starter that Keck has."""
    return read(STARTER)


def made(source: Starter, without: tuple[str, ...], name: str = "Acme-Store", package: str = "acme_store") -> Tree:
    """Return the files of a service."""
    return compose(source, Manifest("0", name, package, without, source.digest), "# keck")


def texts(source: Starter, tree: Tree) -> Iterator[tuple[str, str]]:
    """Yield path and text of the files that are not vendored."""
    vendored = {file.data for path, file in source.files.items() if source.is_vendored(path)}
    for path, file in tree.items():
        text = text_of(file.data)
        if text is not None and file.data not in vendored:
            yield path, text


def written(root: Path, tree: Tree) -> Path:
    """Write files below a directory and return it."""
    for path, file in tree.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(file.data)
        if file.executable:
            (root / path).chmod(0o755)
    return root


def ruff(*arguments: str, cwd: Path) -> str:
    """Return what ruff says of a directory; nothing where it has no fault to find."""
    done = subprocess.run(
        [sys.executable, "-m", "ruff", *arguments, "--no-cache", "."],
        cwd=cwd,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    return "" if done.returncode == 0 else done.stdout + done.stderr


@pytest.mark.parametrize("without", VARIANTS, ids=lambda without: "-".join(without) or "full")
def test_no_mark_and_no_word_of_the_starter_is_left(source: Starter, without: tuple[str, ...]) -> None:
    """In every variant all marks are right and gone, no name of the starter's stays, and the code is Python."""
    for path, text in texts(source, made(source, without)):
        assert not re.search(rf"\b(?:{PACKAGE}|{PROJECT})\b", f"{path}\n{text}"), path
        assert not re.search(r"(?:#|<!--)\s*(?:with(?:out)?:|keck-origin|drawn$)", text, re.MULTILINE), path
        if path.endswith(".py"):
            compile(text, path, "exec")


@needs_ruff
@pytest.mark.parametrize("without", VARIANTS, ids=lambda without: "-".join(without) or "full")
def test_every_variant_is_formatted_and_has_no_fault(source: Starter, tmp_path: Path, without: tuple[str, ...]) -> None:
    """Whatever is left out, ruff finds nothing to say and nothing to format."""
    written(tmp_path, made(source, without))
    assert ruff("format", "--diff", cwd=tmp_path) == ""
    assert ruff("check", "--output-format", "concise", cwd=tmp_path) == ""


@needs_ruff
@pytest.mark.parametrize("package", ["a", "z" * LONGEST, "a_1", "testing"])
def test_every_name_is_formatted_and_has_no_fault(source: Starter, tmp_path: Path, package: str) -> None:
    """Short or long, before or after the names beside it: ruff finds nothing to say and nothing to format."""
    written(tmp_path, made(source, (), package, package))
    assert ruff("format", "--diff", cwd=tmp_path) == ""
    assert ruff("check", "--output-format", "concise", cwd=tmp_path) == ""


def test_work_of_others_stays_as_it_is(source: Starter) -> None:
    """What is not ours goes into a service byte for byte."""
    there = made(source, ())
    vendored = [path for path in source.files if source.is_vendored(path)]
    assert vendored
    assert [path for path in vendored if there[path.replace(f"{PACKAGE}/", "acme_store/")] != source.files[path]] == []


def test_places_that_are_filled_in(source: Starter) -> None:
    """The requirements name where Keck came from, secrets are kept out of git, and the example is known as one."""
    there = {path: file.data.decode() for path, file in made(source, ()).items() if text_of(file.data) is not None}
    assert "\n# keck\n" in there["requirements/keck.txt"]
    assert ".env" in there[".gitignore"].splitlines()
    assert "JWT_SECRET_KEY=" in there[".env.example"]
    assert "[tool.keck.service]\n" in there["pyproject.toml"]


@pytest.fixture(scope="module")
def full(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the directory of a service with everything."""
    return new("my-shop", tmp_path_factory.mktemp("full") / "out", starter=folder).root


@pytest.mark.parametrize("order", list(permutations(FEATURES)), ids="-".join)
def test_all_added_in_any_order_are_the_full_service(
    folder: Path, full: Path, tmp_path: Path, order: tuple[str, ...]
) -> None:
    """Added one by one, in whatever order, the four give the bytes of the full service; secrets stay."""
    root = tmp_path / "out"
    new("my-shop", root, without=FEATURES, starter=folder)
    before = environment(root)
    for feature in order:
        assert add(feature, root, starter=folder).conflicts == ()
    assert held(root, [".env"]) == held(full, [".env"])
    after = environment(root)
    assert list(after) == list(environment(full))
    assert {key: after[key] for key in before} == before


def environment(root: Path) -> Mapping[str, str]:
    """Return what a service's .env sets."""
    return values_of((root / ".env").read_text(encoding="utf-8"))
