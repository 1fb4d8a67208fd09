from __future__ import annotations

import json
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from keck.new.origin import GONE, UNKNOWN, origin, put, requirement, stated

TEXT = "-r service.txt\n# keck-origin\npytest\n"


def test_wheel_is_named_by_its_path(tmp_path: Path) -> None:
    """A wheel's path becomes a file URI, with what a requirement could not hold encoded."""
    wheel = tmp_path / "my ü; $HOME #1 wheels" / "keck-0.1.0-py3-none-any.whl"
    wheel.parent.mkdir()
    wheel.touch()
    line = requirement(json.dumps({"url": wheel.as_uri(), "archive_info": {}}))
    assert line == f"keck @ {wheel.as_uri()}"
    assert not set(" ;$#ü") & set(line.removeprefix("keck @ "))
    assert Requirement(line).url == wheel.as_uri()
    spaced = json.dumps({"url": f"file://{wheel.parent.as_posix()}".replace("; $HOME #1", ""), "archive_info": {}})
    assert requirement(spaced) == GONE


@pytest.mark.parametrize("editable", [True, False])
def test_directory_is_named_by_its_path(tmp_path: Path, editable: bool) -> None:
    """A checkout is installed from where it is, whether it is editable or not."""
    recorded = json.dumps({"url": tmp_path.as_uri(), "dir_info": {"editable": editable}})
    assert requirement(recorded) == f"keck @ {tmp_path.as_uri()}"


def test_repository_is_named_with_its_commit() -> None:
    """What was installed from a repository is installed from the same commit again."""
    recorded = {
        "url": "ssh://git@example.org/keck.git",
        "vcs_info": {"vcs": "git", "commit_id": "c0ffee", "requested_revision": "main"},
        "subdirectory": "a b",
    }
    line = "keck @ git+ssh://git@example.org/keck.git@c0ffee#subdirectory=a%20b"
    assert requirement(json.dumps(recorded)) == line
    assert Requirement(line).name == "keck"


def test_archive_elsewhere_is_named_by_its_address() -> None:
    """An archive on a server keeps its address."""
    recorded = json.dumps({"url": "https://example.org/a%20b/keck.whl?x=1", "archive_info": {}})
    assert requirement(recorded) == "keck @ https://example.org/a%20b/keck.whl?x=1"


def test_place_on_a_share() -> None:
    """A URI with a host is that of a share, which cannot be reached here."""
    recorded = json.dumps({"url": "file://nobody.invalid/share/keck.whl", "archive_info": {}})
    assert requirement(recorded) in {GONE, UNKNOWN}


@pytest.mark.parametrize(
    "recorded",
    [None, "", "{", "[]", "1", "{}", '{"url": 1}', '{"url": "x", "vcs_info": {}}', '{"url": "x", "vcs_info": 1}'],
)
def test_nothing_that_could_be_named(recorded: str | None) -> None:
    """Where the installer has recorded nothing, or nothing readable, a comment says so."""
    assert requirement(recorded) == UNKNOWN


def test_own_origin() -> None:
    """What is said of this Keck is what its installer has recorded."""
    assert origin() == requirement(metadata.distribution("keck").read_text("direct_url.json"))


def test_keck_that_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keck can run from a path alone, and is named by a comment then."""
    monkeypatch.setattr("sys.path", [])
    assert origin() == UNKNOWN


@pytest.mark.parametrize("line", [UNKNOWN, GONE, "keck @ file:///a/shop"])
def test_line_can_be_found_again(line: str) -> None:
    """The line takes the place that is kept for it, and can be read back."""
    text = put(TEXT, line)
    assert text == f"-r service.txt\n{line}\npytest\n"
    assert stated(text) == line
    assert stated(text.replace(line, "keck")) is None
