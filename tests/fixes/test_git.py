"""What is asked of git before anything is written."""

from __future__ import annotations

import os
import subprocess
import tempfile
from pathlib import Path

import pytest

from keck.fixes.git import refuse_dirty, refuse_untracked
from keck.trouble import Trouble
from tests.fixes.toys import posix, write

WHO = ("-c", "user.name=Somebody", "-c", "user.email=somebody@example.com", "-c", "commit.gpgsign=false")


def git(root: Path, *arguments: str) -> None:
    """Run git."""
    subprocess.run(
        ["git", *WHO, "-c", "protocol.file.allow=always", *arguments], cwd=root, check=True, capture_output=True
    )


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the settings of whoever runs the tests, and a hook's variables, out."""
    for name in list(os.environ):
        if name.startswith("GIT_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return a repository with two files that are committed."""
    root = tmp_path / "shop"
    write(root, {"app.py": "a = 1\n", "in/\u00e9 [a].py": "b = 1\n", ".gitignore": "secret.py\n"})
    git(tmp_path, "init", "-q", "shop")
    git(root, "add", ".")
    git(root, "commit", "-qm", "all")
    return root


def every(root: Path) -> list[Path]:
    """Return the Python files of a repository."""
    return sorted(root.rglob("*.py"))


def test_clean_tree(root: Path) -> None:
    """All is committed: nothing is refused, in the root or below it, nor for files that git does not know beside."""
    write(root, {"notes.txt": "", "new.py": ""})
    refuse_dirty(root)
    refuse_dirty(root / "in")
    refuse_untracked([root / "app.py", root / "in" / "\u00e9 [a].py"])
    refuse_untracked([])


@pytest.mark.parametrize("staged", [False, True])
def test_modified_files(root: Path, *, staged: bool) -> None:
    """A changed file is named, also if it is staged; a few of many are."""
    write(root, {"app.py": "a = 2\n"})
    if staged:
        git(root, "add", ".")
    with pytest.raises(
        Trouble, match=r"^app.py is not committed.*commit or stash first, or go on without that with --allow-dirty"
    ):
        refuse_dirty(root / "in")
    (root / "in" / "\u00e9 [a].py").unlink()
    with pytest.raises(Trouble, match=r"^app.py, in/\u00e9 \[a\].py are not committed"):
        refuse_dirty(root)


def test_many_modified_files(root: Path) -> None:
    """Three are named, and how many more there are."""
    write(root, {f"{one}.py": "" for one in "bcdef"})
    git(root, "add", ".")
    with pytest.raises(Trouble, match=r"^b.py, c.py, d.py and 2 more are not committed"):
        refuse_dirty(root)


@pytest.mark.parametrize("name", ["new.py", "secret.py"])
def test_files_that_git_does_not_know(root: Path, name: str) -> None:
    """A file that is to be changed must be one that git can bring back, be it new or ignored."""
    write(root, {name: ""})
    with pytest.raises(Trouble, match=rf"git does not know .*{name}, which would be changed; commit, or go on"):
        refuse_untracked(every(root))


def test_changed_after_the_first_look(root: Path) -> None:
    """Files are looked at once more before they are written."""
    refuse_dirty(root)
    write(root, {"app.py": "a = 3\n"})
    with pytest.raises(Trouble, match="not committed"):
        refuse_untracked([root / "app.py"])


def test_submodules(root: Path, tmp_path: Path) -> None:
    """Dirt in a submodule is none of the repository around it; a file of the submodule is its own repository's."""
    git(tmp_path, "clone", "-q", "shop", "other")
    git(root, "submodule", "add", "-q", str(tmp_path / "other"), "sub")
    git(root, "commit", "-qm", "sub")
    write(root, {"sub/new.txt": ""})
    refuse_dirty(root)
    refuse_untracked([root / "app.py", root / "sub" / "app.py"])
    write(root, {"sub/app.py": "a = 4\n"})
    refuse_untracked([root / "app.py"])
    with pytest.raises(Trouble, match=r"app\.py is not committed"):
        refuse_untracked([root / "app.py", root / "sub" / "app.py"])


def test_no_repository(tmp_path: Path) -> None:
    """It is said how to go on."""
    with pytest.raises(
        Trouble, match=r"is in no git repository, so that nothing brings back.*--allow-dirty, or only look"
    ):
        refuse_dirty(tmp_path)


def test_repository_without_a_tree(tmp_path: Path) -> None:
    """A bare one has no files, and neither has git's own folder."""
    git(tmp_path, "init", "-q", "--bare", "bare")
    with pytest.raises(Trouble, match=r"bare is in a git repository without a work tree; go on"):
        refuse_dirty(tmp_path / "bare")


def test_broken_repository(root: Path) -> None:
    """What git says of an odd one is handed on, on one line."""
    (root / ".git" / "config").write_text("[broken\n")
    with pytest.raises(
        Trouble, match=r"git could not say what is committed in .*shop \(bad config line 1.*--allow-dirty"
    ):
        refuse_dirty(root)


def test_no_git(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where git is missing it is said so."""
    monkeypatch.setenv("PATH", str(root))
    with pytest.raises(
        Trouble, match=r"git cannot be run \(No such file or directory\), and without it.*--allow-dirty"
    ):
        refuse_dirty(root)


@posix
def test_repository_of_somebody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    """Git refuses it for `safe.directory`; that is told."""
    if os.geteuid() != 0:
        pytest.skip("only root can give a repository away")
    folder = Path(tempfile.mkdtemp())
    git(folder, "init", "-q", ".")
    for one in (folder, folder / ".git"):
        os.chown(one, 1234, 1234)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    with pytest.raises(Trouble, match=r"git could not say what is committed in .* \(detected dubious ownership"):
        refuse_dirty(folder)
