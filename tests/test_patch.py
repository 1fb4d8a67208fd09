"""A patch as data and as a diff."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from keck.patch import Change, Patch


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"a\nb\nc\n", b"a\nx\nc\n"),
        (b"a\nb", b"a\nx"),
        (b"a\nb", b"a\nb\n"),
        (b"a\r\nb\r\n", b"a\r\nx\r\n"),
        (b"a\x0cb\nc\x1c\n", b"a\x0cb\nd\x1c\n"),
        (b"\xef\xbb\xbfa\n", b"\xef\xbb\xbfb\n"),
        (None, b"new\n"),
        (b"old\n", None),
        (b"", b"x\n"),
        ("é\n".encode(), "ü\n".encode()),
    ],
)
def test_diff_can_be_applied(tmp_path: Path, before: bytes | None, after: bytes | None) -> None:
    """Git makes of the files before what they are after, whatever ends their lines and their last line."""
    file = tmp_path / "shop" / "app.py"
    file.parent.mkdir()
    if before is not None:
        file.write_bytes(before)
    diff = Patch({"shop/app.py": Change(before, after)}).diff()
    subprocess.run(["git", "apply", "-"], input=diff.encode(), cwd=tmp_path, check=True)
    assert (file.read_bytes() if file.exists() else None) == after


def test_diff_of_another_encoding_is_readable() -> None:
    """A diff is text: what is not UTF-8 is shown as it reads."""
    change = Change(b"# coding: latin-1\nx = '\xe9'\n", b"# coding: latin-1\nx = '\xe8'\n")
    assert "+x = '\u00e8'" in Patch({"a.py": change}).diff()


def test_files_are_sorted_and_an_empty_patch_is_false() -> None:
    """The diff does not depend on the order in which files were found."""
    patch = Patch({"b.py": Change(b"", b"b\n"), "a.py": Change(b"", b"a\n")})
    assert [line for line in patch.diff().splitlines() if line.startswith("+++")] == ["+++ b/a.py", "+++ b/b.py"]
    assert patch
    assert not Patch()
    assert Patch().diff() == ""


def test_part_below_a_folder() -> None:
    """Paths are relative to the folder; the root holds all."""
    patch = Patch({"a/b.py": Change(b"", b"b\n"), "ab.py": Change(b"", b"a\n")})
    assert list(patch.below("a").files) == ["b.py"]
    assert patch.below("") == patch
