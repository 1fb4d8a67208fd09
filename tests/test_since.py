"""Changed lines, as a real git tells them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from keck.finding import Finding, Level, Place, Related
from keck.since import apply, changed_lines
from keck.trouble import Trouble


def git(root: Path, *arguments: str) -> None:
    """Run git without the settings of whoever runs the tests."""
    name = ("-c", "user.name=T", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false")
    subprocess.run(["git", *name, *arguments], cwd=root, check=True, capture_output=True)


@pytest.fixture(name="repo")
def _repo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a repository with one commit that holds shop/app.py, five lines long."""
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    root = tmp_path / "repo"
    (root / "shop").mkdir(parents=True)
    git(root, "init", "-q", "-b", "main")
    (root / "shop" / "app.py").write_bytes(b"one\ntwo\nthree\nfour\nfive\n")
    commit(root)
    return root


def commit(root: Path) -> None:
    """Commit everything."""
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "a step")


def finding(path: str, line: int, end_line: int) -> Finding:
    """Return a finding of some rule."""
    return Finding("cors/unknown-option", Level.error, Place(path, line, 1, end_line, 1), "message", "help")


def test_nothing_has_changed_since_now(repo: Path) -> None:
    """A clean tree has no changed lines."""
    assert changed_lines("HEAD", repo) == {}


def test_changed_and_added_lines_are_those_of_the_new_text(repo: Path) -> None:
    """Lines count as they stand now, committed, staged or neither; removed ones are nowhere."""
    (repo / "shop" / "app.py").write_bytes(b"zero\none\nthree\nFOUR\nfive\nsix")
    assert changed_lines("HEAD", repo) == {"shop/app.py": {1, 4, 6}}
    git(repo, "add", "-A")
    assert changed_lines("HEAD", repo) == {"shop/app.py": {1, 4, 6}}
    commit(repo)
    assert changed_lines("HEAD~1", repo) == {"shop/app.py": {1, 4, 6}}
    assert changed_lines("HEAD", repo) == {}


def test_a_text_without_final_newline_is_counted_right(repo: Path) -> None:
    """Git's remark on a missing newline is no line of the file."""
    (repo / "shop" / "app.py").write_bytes(b"one\ntwo\nthree\nfour\nfive")
    (repo / "shop" / "zoo.py").write_bytes(b"one")
    commit(repo)
    (repo / "shop" / "app.py").write_bytes(b"one\ntwo\nthree\nfour\nFIVE\n")
    (repo / "shop" / "zoo.py").write_bytes(b"One")
    assert changed_lines("HEAD", repo) == {"shop/app.py": {5}, "shop/zoo.py": {1}}


def test_content_that_looks_like_a_diff_is_content(repo: Path) -> None:
    """Lines that look like the heads of a diff do not lead it astray."""
    (repo / "shop" / "app.py").write_bytes(b"one\n++ b/other.py\n@@ -1 +7 @@\n-- a/x\ntwo\nthree\nfour\nfive\n")
    assert changed_lines("HEAD", repo) == {"shop/app.py": {2, 3, 4}}


def test_untracked_files_have_changed_whole_and_ignored_ones_have_not(repo: Path) -> None:
    """A new file counts with every line, unless git ignores it."""
    (repo / "new file.py").write_bytes(b"one\ntwo\n")
    (repo / ".gitignore").write_bytes(b"local.py\n")
    (repo / "local.py").write_bytes(b"one\n")
    commit_free = changed_lines("HEAD", repo)
    assert commit_free["new file.py"] == {1, 2, 3}
    assert "local.py" not in commit_free


def test_a_directory_that_is_a_repository_of_its_own_is_left_out(repo: Path) -> None:
    """What git lists of a nested repository is a directory, not a file."""
    (repo / "vendored").mkdir()
    git(repo / "vendored", "init", "-q")
    (repo / "vendored" / "x.py").write_bytes(b"one\n")
    assert changed_lines("HEAD", repo) == {}


def test_a_renamed_file_has_changed_where_its_text_has(repo: Path) -> None:
    """Moving a file changes none of its lines."""
    text = "".join(f"line {number}\n" for number in range(40))
    (repo / "shop" / "old.py").write_bytes(text.encode())
    commit(repo)
    git(repo, "mv", "shop/old.py", "shop/new.py")
    assert changed_lines("HEAD", repo) == {}
    (repo / "shop" / "new.py").write_bytes(text.replace("line 7\n", "line seven\n").encode())
    assert changed_lines("HEAD", repo) == {"shop/new.py": {8}}


def test_a_deleted_file_has_no_lines(repo: Path) -> None:
    """What is gone is not told."""
    (repo / "shop" / "app.py").unlink()
    assert changed_lines("HEAD", repo).get("shop/app.py", set()) == set()


NAMES = ["with space.py", "gr\u00fc\u00dfe.py"]
if sys.platform != "win32":  # pragma: no branch - Windows has no such names
    NAMES += ['quo"te.py', "tab\there.py", "back\\slash.py", "bell\a.py", " lead.py"]


@pytest.mark.parametrize("name", NAMES)
def test_unusual_names_are_read_right(repo: Path, name: str) -> None:
    """Spaces, quotes, escapes and other alphabets, in files that git knows and in new ones."""
    (repo / name).write_bytes(b"one\ntwo\n")
    assert changed_lines("HEAD", repo) == {name: {1, 2, 3}}
    commit(repo)
    (repo / name).write_bytes(b"one\nTWO\n")
    assert changed_lines("HEAD", repo) == {name: {2}}


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("diff.noprefix", "true"),
        ("diff.mnemonicPrefix", "true"),
        ("diff.interHunkContext", "9"),
        ("diff.external", "false"),
        ("color.ui", "always"),
        ("core.quotePath", "true"),
        ("diff.renames", "false"),
    ],
)
def test_settings_of_git_do_not_matter(repo: Path, key: str, value: str) -> None:
    """Whatever the user has set for git's own output, the lines are the same."""
    git(repo, "config", key, value)
    (repo / "shop" / "app.py").write_bytes(b"ONE\ntwo\nTHREE\nfour\nfive\n")
    assert changed_lines("HEAD", repo) == {"shop/app.py": {1, 3}}


def test_a_file_that_git_takes_for_binary_is_compared_too(repo: Path) -> None:
    """An attribute that hides a file's diff does not hide its findings."""
    (repo / ".gitattributes").write_bytes(b"*.py -diff\n")
    commit(repo)
    (repo / "shop" / "app.py").write_bytes(b"one\ntwo\nTHREE\nfour\nfive\n")
    assert changed_lines("HEAD", repo) == {"shop/app.py": {3}}


def test_paths_are_relative_to_the_root_of_the_check(repo: Path) -> None:
    """In a part of a repository only that part counts, under the names it has there."""
    (repo / "shop" / "app.py").write_bytes(b"ONE\ntwo\nthree\nfour\nfive\n")
    (repo / "setup.py").write_bytes(b"new\n")
    (repo / "shop" / "new.py").write_bytes(b"new")
    assert changed_lines("HEAD", repo / "shop") == {"app.py": {1}, "new.py": {1}}


def test_what_the_other_branch_did_meanwhile_is_not_ours(repo: Path) -> None:
    """Compared is with the commit where this branch left the other, not with its present state."""
    git(repo, "checkout", "-q", "-b", "feature")
    (repo / "shop" / "app.py").write_bytes(b"one\ntwo\nthree\nfour\nFIVE\n")
    commit(repo)
    git(repo, "checkout", "-q", "main")
    (repo / "shop" / "app.py").write_bytes(b"ONE\ntwo\nthree\nfour\nfive\n")
    commit(repo)
    git(repo, "checkout", "-q", "feature")
    assert changed_lines("main", repo) == {"shop/app.py": {5}}


def test_without_a_common_commit_the_revision_itself_is_compared(repo: Path) -> None:
    """A branch of other origin is compared as it stands."""
    git(repo, "checkout", "-q", "--orphan", "other")
    (repo / "shop" / "app.py").write_bytes(b"one\nTWO\nthree\nfour\nfive\n")
    commit(repo)
    assert changed_lines("main", repo) == {"shop/app.py": {2}}


@pytest.mark.parametrize("rev", ["nowhere", "HEAD~9", "main..HEAD", "0" * 40])
def test_an_unknown_revision_is_told(repo: Path, rev: str) -> None:
    """What git does not know as a commit is one sentence."""
    with pytest.raises(Trouble, match=r"git knows no revision `.*` here; if the clone is shallow, fetch it first"):
        changed_lines(rev, repo)


@pytest.mark.parametrize("rev", ["", "--output=stolen.txt", "-p"])
def test_an_option_is_no_revision(repo: Path, rev: str) -> None:
    """Nothing that git would take for an option reaches it."""
    with pytest.raises(Trouble, match="is no revision; name a commit, branch or tag"):
        changed_lines(rev, repo)
    assert not (repo / "stolen.txt").exists()


@pytest.mark.usefixtures("repo")
def test_a_directory_in_no_repository_is_told(tmp_path: Path) -> None:
    """Without a repository there is nothing to compare."""
    (tmp_path / "plain").mkdir()
    with pytest.raises(Trouble, match=r"--since needs a git repository, and plain is in none \(git says: .*\)"):
        changed_lines("HEAD", tmp_path / "plain")


def test_a_missing_git_is_told(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without git on the PATH it says so."""
    monkeypatch.setenv("PATH", str(repo))
    with pytest.raises(Trouble, match="--since needs git, which is not on the PATH"):
        changed_lines("HEAD", repo)


def test_a_finding_stays_when_its_span_holds_a_changed_line() -> None:
    """The first, the last and any line between count; other lines and other files do not."""
    changed = {"app.py": {5}, "other.py": {1, 2, 3}}
    inside = [finding("app.py", 5, 5), finding("app.py", 3, 5), finding("app.py", 5, 9), finding("app.py", 5, 1)]
    outside = [finding("app.py", 1, 4), finding("app.py", 6, 9), finding("none.py", 5, 5)]
    assert apply([*inside, *outside], changed) == inside


def test_a_place_that_belongs_to_a_finding_counts() -> None:
    """A finding is told where only the other line has changed that makes it one."""
    there = Related(Place("app.py", 9, 1, 9, 1), "registers what stands below it")
    found = [msgspec.structs.replace(finding("app.py", 3, 3), related=(there,)), finding("app.py", 4, 4)]
    assert apply(found, {"app.py": {9}}) == found[:1]
