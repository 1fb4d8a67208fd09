from __future__ import annotations

import os
import shutil
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import pytest

from keck.proof import tree
from keck.proof.tree import Tree
from keck.trouble import Trouble

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="links need a privilege there")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project with what is copied and what is not."""
    here = tmp_path / "shop"
    for name in ("app.py", "static/a.css", "templates/x.html", ".env", ".git/config", "node_modules/x/y.js"):
        path = here / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name, encoding="utf-8")
    for name in ("__pycache__/app.pyc", ".venv/pyvenv.cfg", ".venv/lib/x.py", "conda/conda-meta/x", "empty/"):
        path = here / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if not name.endswith("/"):
            path.write_text(name, encoding="utf-8")
    (here / "empty").mkdir()
    return here


def _copy(root: Path, tmp_path: Path) -> Tree:
    folder = tmp_path / "copies"
    folder.mkdir()
    return Tree(root, folder)


def _names(folder: Path) -> list[str]:
    return sorted(one.relative_to(folder).as_posix() for one in folder.rglob("*"))


ALL = [".env", "app.py", "empty", "static", "static/a.css", "templates", "templates/x.html"]


def test_what_runs_is_copied(root: Path, tmp_path: Path) -> None:
    """Repositories, environments, caches and packages of Node are left out; the name stays."""
    copy = _copy(root, tmp_path)
    assert copy.path.name == "shop"
    assert _names(copy.path) == ALL
    assert copy.has("static/a.css")
    assert not copy.has(".git")


def test_a_copy_within_the_tree_does_not_hold_itself(root: Path) -> None:
    """Where the temporary folder is in the project, it is passed over."""
    assert _names(_copy(root, root).path) == ALL


def test_bulk_is_linked(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder of many files without code is a link, and so is a large file; databases and code are copied."""
    monkeypatch.setattr(tree, "MANY", 3)
    monkeypatch.setattr(tree, "LARGE", 50_000)
    for folder in ("media/node_modules", "pages", "data", "big"):
        (root / folder).mkdir(parents=True)
    for number in range(5):
        (root / "media" / f"{number}.jpg").touch()
        (root / "pages" / f"{number}.html").touch()
        (root / "data" / f"{number}.csv").touch()
    (root / "big" / "one.bin").write_bytes(b"x" * 60_000)
    (root / "large.zip").write_bytes(b"x" * 60_000)
    with closing(sqlite3.connect(root / "data" / "large.db")) as connection:
        connection.execute("CREATE TABLE x (y)")
        connection.execute("INSERT INTO x VALUES (?)", ["y" * 60_000])
        connection.commit()
    copy = _copy(root, tmp_path).path
    links = [one for one in _names(copy) if (copy / one).is_symlink()]
    assert links == ["big", "large.zip", "media"]
    assert (copy / "data" / "large.db").stat().st_size > 60_000


def test_links_lead_where_they_did(root: Path, tmp_path: Path) -> None:
    """One that stays within the tree leads into the copy; one that leaves it leads there; a broken one stays broken."""
    outside = tmp_path / "outside"
    outside.mkdir()
    (root / "inner").symlink_to(root / "static")
    (root / "outer").symlink_to(outside)
    (root / "broken").symlink_to("nowhere")
    copy = _copy(root, tmp_path).path
    assert (copy / "inner").resolve() == copy / "static"
    assert (copy / "outer").resolve() == outside
    assert (copy / "broken").is_symlink()


def test_what_is_no_file_or_cannot_be_read_is_left_out(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A pipe does not hang the copying, and a file that vanishes or is closed to us is passed over."""
    os.mkfifo(root / "pipe")
    real = shutil.copy2

    def copy2(source: Path, target: Path) -> object:
        if source.name == "app.py":
            raise PermissionError
        return real(source, target)

    monkeypatch.setattr(shutil, "copy2", copy2)
    assert _names(_copy(root, tmp_path).path) == [one for one in ALL if one != "app.py"]


def test_a_file_that_vanishes_while_sizes_are_summed_up_is_none(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder that changes meanwhile can still be looked at."""
    real = os.lstat

    def lstat(path: object) -> os.stat_result:
        if str(path).endswith("a.css"):
            raise FileNotFoundError
        return real(str(path))

    monkeypatch.setattr(os, "lstat", lstat)
    assert not tree._is_bulk(root / "static")  # noqa: SLF001


def test_a_patch_is_taken_back(root: Path, tmp_path: Path) -> None:
    """Changed, new and removed files are as before, and so are those that the app has written meanwhile."""
    copy = _copy(root, tmp_path)
    copy.apply({"app.py": b"new", "shop/views.py": b"new", "static/a.css": None})
    assert (copy.path / "app.py").read_bytes() == b"new"
    new = {one for one in ALL if one != "static/a.css"} | {"shop", "shop/views.py"}
    assert set(_names(copy.path)) == new
    (copy.path / "instance").mkdir()
    (copy.path / "instance" / "x.db").touch()
    (copy.path / ".env").unlink()
    (copy.path / "templates" / "x.html").unlink()
    (copy.path / "templates").rmdir()
    (copy.path / "empty").rmdir()
    (copy.path / "empty").symlink_to(root)
    copy.restore()
    assert _names(copy.path) == ALL
    assert {one: (copy.path / one).read_text() for one in ("app.py", ".env", "static/a.css")} == {
        "app.py": "app.py",
        ".env": ".env",
        "static/a.css": "static/a.css",
    }
    assert not (copy.path / "empty").is_symlink()
    before = copy._stamps  # noqa: SLF001
    copy.restore()
    assert copy._stamps is before  # noqa: SLF001


def test_a_patch_does_not_write_through_links(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A linked folder becomes one of links before a file in it is written, and is a link again afterwards."""
    monkeypatch.setattr(tree, "MANY", 0)
    (root / "static" / "below").mkdir()
    (root / "static" / "below" / "b.css").touch()
    copy = _copy(root, tmp_path)
    assert (copy.path / "static").is_symlink()
    copy.apply({"static/a.css": b"new", "static/below/b.css": b"new"})
    assert (root / "static" / "a.css").read_text() == "static/a.css"
    assert (copy.path / "static" / "a.css").read_bytes() == b"new"
    copy.restore()
    assert (copy.path / "static").is_symlink()
    assert (root / "static" / "below" / "b.css").read_text() == ""


@pytest.mark.parametrize("path", ["../x.py", "a/../../x.py", "/etc/x"])
def test_a_patch_stays_within_the_tree(root: Path, tmp_path: Path, path: str) -> None:
    """What would be written elsewhere is refused."""
    with pytest.raises(Trouble, match="lies outside of the project"):
        _copy(root, tmp_path).apply({path: b"x"})


def test_what_is_gone_from_the_original_meanwhile_stays_gone(root: Path, tmp_path: Path) -> None:
    """Taking back does not fail where the project has changed."""
    copy = _copy(root, tmp_path)
    copy.apply({"app.py": b"new"})
    (root / "app.py").unlink()
    copy.restore()
    assert not copy.has("app.py")
