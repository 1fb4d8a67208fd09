from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keck import cache as module
from keck.cache import Cache, Verdict, decoded, digest_of, encoded, fingerprint
from keck.facts import Facts, facts_of
from keck.finding import Finding, Level, Place, Related
from keck.version import __version__

SOURCE = b"from flask import Flask\napp = Flask(__name__)  # keck: ignore[app/]\n"
PLACE = Place("app.py", 2, 1, 2, 6)
VERDICT = Verdict("key", (Finding("a/b", Level.error, PLACE, "is", "do", "x", (Related(PLACE, "r"),)),), ("t.py",))

posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such links")


@pytest.fixture
def kept(tmp_path: Path) -> Cache:
    """A cache that holds a verdict and the facts of one file."""
    made = Cache(tmp_path / "cache", "/project")
    made.keep_verdict(VERDICT)
    made.keep_facts({"digest": encoded(facts_of(SOURCE))})
    return made


def files(folder: Path) -> list[Path]:
    """Return the files of a cache without its ignore file."""
    return sorted(one for one in folder.iterdir() if one.name != ".gitignore")


def test_what_is_kept_comes_back(kept: Cache) -> None:
    """A verdict comes back under its key only, facts come back as they were."""
    assert kept.verdict("key") == VERDICT
    assert kept.verdict("other") is None
    assert decoded(kept.facts()["digest"]) == facts_of(SOURCE)


def test_nothing_kept_is_nothing_found(tmp_path: Path) -> None:
    """An empty cache has neither, and looking into it makes no directory."""
    empty = Cache(tmp_path / "cache", "/project")
    assert empty.verdict("key") is None
    assert empty.facts() == {}
    assert not (tmp_path / "cache").exists()


def test_without_a_directory_nothing_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A cache without a directory writes nothing anywhere."""
    monkeypatch.chdir(tmp_path)
    none = Cache(None, str(tmp_path))
    none.keep_verdict(VERDICT)
    none.keep_facts({"digest": b"\x90"})
    assert none.verdict("key") is None
    assert none.facts() == {}
    assert list(tmp_path.iterdir()) == []


def test_cache_ignores_itself(kept: Cache, tmp_path: Path) -> None:
    """Git sees nothing of a cache; an ignore file that the user has changed stays."""
    ignore = tmp_path / "cache" / ".gitignore"
    assert ignore.read_text("utf-8") == "*\n"
    ignore.write_text("mine\n", encoding="utf-8")
    kept.keep_verdict(VERDICT)
    assert ignore.read_text("utf-8") == "mine\n"


def test_projects_do_not_meet_in_one_directory(tmp_path: Path) -> None:
    """Two projects keep their own in the same directory."""
    one, two = Cache(tmp_path, "/one"), Cache(tmp_path, "/two")
    one.keep_verdict(VERDICT)
    assert two.verdict("key") is None
    assert one.verdict("key") == VERDICT


def test_project_moves_with_its_cache(tmp_path: Path) -> None:
    """A project that is moved, or mounted elsewhere, still finds what it has kept."""
    before, after = tmp_path / "before", tmp_path / "after"
    Cache(before / ".keck_cache", str(before)).keep_verdict(VERDICT)
    before.rename(after)
    assert Cache(after / ".keck_cache", str(after)).verdict("key") == VERDICT


@given(data=st.binary(max_size=400))
def test_random_bytes_are_as_good_as_none(data: bytes) -> None:
    """No content of a record makes decoding raise."""
    known = decoded(data)
    assert known is None or isinstance(known, Facts)


@pytest.mark.parametrize(
    "damage",
    [
        lambda _: b"",
        lambda data: data[:7],
        lambda data: data[:-1],
        lambda data: data + b"x",
        lambda data: data[:40] + bytes([data[40] ^ 1]) + data[41:],
        lambda data: bytes(len(data)),
        lambda data: os.urandom(len(data)),
        lambda data: bytes([data[0] ^ 1]) + data[1:],
    ],
)
def test_damaged_file_is_as_good_as_none(kept: Cache, tmp_path: Path, damage: Callable[[bytes], bytes]) -> None:
    """What was cut, changed or overwritten is not read, and is replaced by the next that is kept."""
    for file in files(tmp_path / "cache"):
        file.write_bytes(damage(file.read_bytes()))
    assert kept.verdict("key") is None
    assert kept.facts() == {}
    kept.keep_verdict(VERDICT)
    assert kept.verdict("key") == VERDICT


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"\xc1",
        msgspec.msgpack.encode({"key": 1}),
        msgspec.msgpack.encode({"facts": [1]}),
        msgspec.msgpack.encode([1, 2, 3]),
        b"\xdd\xff\xff\xff\xff",
        b"\x82\xa3key\xa3key\xa8findings" + b"\x91" * 100_000,
        b"\x81\xa5facts\xdf\xff\xff\xff\xff",
    ],
)
def test_well_stamped_nonsense_is_as_good_as_none(kept: Cache, tmp_path: Path, payload: bytes) -> None:
    """Whoever knows how to stamp a file still gets nothing in that is not a record of the right kind."""
    for file in files(tmp_path / "cache"):
        file.write_bytes(module._stamp(payload) + payload)  # noqa: SLF001 - what an attacker would do
    assert kept.verdict("key") is None
    assert kept.facts() == {}


def test_deep_nonsense_is_no_record() -> None:
    """A record that nests without an end is refused, not followed."""
    deep = b"\x98\x90\x90\x90\x90" + b"\x91\x96\x04\x01\x01\x01\x01" * 200_000
    assert decoded(deep) is None


@posix
def test_link_is_not_followed(kept: Cache, tmp_path: Path) -> None:
    """A committed link leads neither to an endless device nor to a directory elsewhere, which stays as it is."""
    for file in files(tmp_path / "cache"):
        file.unlink()
        file.symlink_to("/dev/zero")
    assert kept.verdict("key") is None
    assert kept.facts() == {}
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (tmp_path / "link").symlink_to(elsewhere)
    linked = Cache(tmp_path / "link", "/project")
    linked.keep_verdict(VERDICT)
    assert linked.verdict("key") is None
    assert list(elsewhere.iterdir()) == []


@posix
def test_link_is_replaced_and_its_target_left_alone(kept: Cache, tmp_path: Path) -> None:
    """Where a link stands in place of a file, the file takes its place; the ignore file is not written through one."""
    target = tmp_path / "target"
    target.write_text("precious", encoding="utf-8")
    for file in files(tmp_path / "cache"):
        file.unlink()
        file.symlink_to(target)
    ignore = tmp_path / "cache" / ".gitignore"
    ignore.unlink()
    ignore.symlink_to(tmp_path / "made")
    kept.keep_verdict(VERDICT)
    assert kept.verdict("key") == VERDICT
    assert target.read_text("utf-8") == "precious"
    assert not (tmp_path / "made").exists()


def test_directory_that_cannot_be_made_is_no_trouble(tmp_path: Path) -> None:
    """Where a file has the name of the cache, the run goes on without one."""
    (tmp_path / "cache").write_text("mine", encoding="utf-8")
    blocked = Cache(tmp_path / "cache", "/project")
    blocked.keep_verdict(VERDICT)
    assert blocked.verdict("key") is None
    assert (tmp_path / "cache").read_text("utf-8") == "mine"


def test_file_that_cannot_be_replaced_leaves_nothing_behind(tmp_path: Path) -> None:
    """Where a directory stands in the way of a file, nothing is kept and no half-written file stays."""
    made = Cache(tmp_path, "/project")
    made.keep_verdict(VERDICT)
    (file,) = files(tmp_path)
    file.unlink()
    (file / "full").mkdir(parents=True)
    made.keep_verdict(VERDICT)
    assert made.verdict("key") is None
    assert files(tmp_path) == [file]


def test_digest_tells_where_one_text_ends() -> None:
    """Texts that run together to the same have different digests, and a name of any bytes has one."""
    assert digest_of("ab", "c") != digest_of("a", "bc") != digest_of("abc")
    assert digest_of("\udcff") != digest_of("?")


def test_fingerprint_is_that_of_the_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another source of Keck is another Keck; of an installed one the installer's record says so."""
    home = tmp_path / "keck"
    home.mkdir()
    (home / "cache.py").write_text("", encoding="utf-8")
    (home / "notes.txt").write_text("", encoding="utf-8")
    monkeypatch.setattr(module, "__file__", str(home / "cache.py"))
    made = fingerprint.__wrapped__
    first = made()
    assert made() == first
    (home / "cache.py").write_text("x = 1", encoding="utf-8")
    second = made()
    assert second != first
    record = tmp_path / f"keck-{__version__}.dist-info" / "RECORD"
    record.parent.mkdir()
    record.write_text("keck.pth,sha256=abc,1\n", encoding="utf-8")
    assert made() == second
    record.write_text("keck/cache.py,sha256=abc,1\n", encoding="utf-8")
    third = made()
    assert third != second
    os.utime(home / "cache.py", (1, 1))
    assert made() == third
