from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from keck.new.change import change
from keck.new.interrupts import Interrupts
from keck.new.starter import File
from keck.new.write import write
from keck.trouble import Trouble
from tests.small_starter import held, put, small

TREE = {"a.txt": File(b"a"), "b/c.txt": File(b"c", executable=True), "b/d.txt": File(b"d")}
MANY = 4000

RUN = """
import functools, sys
from pathlib import Path
import keck.new
from keck.cli import main
keck.new.new = functools.partial(keck.new.new, starter=Path(sys.argv[1]))
raise SystemExit(main(sys.argv[2:]))
"""
UNMEASURED = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}
"""The environment without coverage, whose tracer takes a lock that its own trace of a signal's handler waits for."""


def names(root: Path) -> list[str]:
    """Return what is directly in a directory."""
    return sorted(path.name for path in root.iterdir())


def test_new_directory(tmp_path: Path) -> None:
    """A directory that was not there has all the files, and nothing is left beside it."""
    write(TREE, tmp_path / "out")
    assert names(tmp_path) == ["out"]
    assert {path: file.data for path, file in held(tmp_path / "out").items()} == {
        path: file.data for path, file in TREE.items()
    }


def test_empty_directory_stays_the_same(tmp_path: Path) -> None:
    """An empty directory is filled and not replaced: a shell that stands in it still does."""
    (tmp_path / "out").mkdir()
    before = (tmp_path / "out").stat().st_ino
    write(TREE, tmp_path / "out")
    assert (tmp_path / "out").stat().st_ino == before
    assert names(tmp_path / "out") == ["a.txt", "b"]


@pytest.mark.parametrize(
    ("there", "target", "message"),
    [
        ({"out/x": ""}, "out", "is not empty; name a directory that is"),
        ({"out/.git/x": ""}, "out", "is not empty"),
        ({"out": ""}, "out", "is no directory; name one that is empty"),
        ({}, "no/out", "there is no directory .*no to write out in; make it first"),
        ({"no": ""}, "no/out", "to write out in; make it first|is no directory|cannot be looked into"),
        ({}, "x" * 300, "cannot be looked into|could not be written"),
        ({}, "x" * 100, None),
    ],
)
def test_directories_that_cannot_be_used(
    tmp_path: Path, there: dict[str, str | bytes], target: str, message: str | None
) -> None:
    """Each is refused in one sentence, and everything is as it was."""
    put(tmp_path, there)
    before = held(tmp_path)
    if message is None:
        write(TREE, tmp_path / target)
        return
    with pytest.raises(Trouble, match=message):
        write(TREE, tmp_path / target)
    assert held(tmp_path) == before


def test_link_to_nothing_is_no_directory(tmp_path: Path) -> None:
    """A link that points nowhere is not written through."""
    (tmp_path / "out").symlink_to(tmp_path / "gone")
    with pytest.raises(Trouble, match="is no directory"):
        write(TREE, tmp_path / "out")
    assert names(tmp_path) == ["out"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such permissions")
def test_parent_that_cannot_be_written_to(tmp_path: Path) -> None:
    """One sentence says so, and nothing is left."""
    if os.geteuid() == 0:
        parent = Path("/proc/self")
    else:  # pragma: no cover - the suite may run as root
        parent = tmp_path
        tmp_path.chmod(0o555)
    with pytest.raises(Trouble, match=r"could not be written .* and nothing is left of it; name another place"):
        write(TREE, parent / "out")
    assert not (parent / "out").exists()


@pytest.mark.parametrize("there", [True, False])
@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit, OSError("disk full")])
def test_failure_leaves_nothing(tmp_path: Path, there: bool, error: BaseException | type[BaseException]) -> None:
    """Whatever goes wrong, a directory that was not there is not, and one that was empty is."""
    if there:
        (tmp_path / "out").mkdir()

    def fail() -> None:
        raise error

    with pytest.raises(Trouble if isinstance(error, OSError) else error):  # type: ignore[arg-type]
        write(TREE, tmp_path / "out", fail)
    assert names(tmp_path) == (["out"] if there else [])
    assert not there or names(tmp_path / "out") == []


def test_failure_in_the_last_step_leaves_nothing(tmp_path: Path) -> None:
    """Where somebody makes what we are about to make, theirs stays and ours goes."""
    out = tmp_path / "out"

    def obstruct() -> None:
        put(out, {"b/theirs.txt": ""})

    with pytest.raises(Trouble, match="could not be written"):
        write(TREE, out, obstruct)
    assert list(held(tmp_path)) == ["out/b/theirs.txt"]
    (out / "b" / "theirs.txt").unlink()
    (out / "b").rmdir()
    with pytest.raises(Trouble, match="could not be written"):
        write(TREE, out, obstruct)
    assert list(held(tmp_path)) == ["out/b/theirs.txt"]


def starter_of_many(root: Path) -> Path:
    """Return a starter that takes a while to write."""
    small(root)
    for number in range(MANY):
        (root / f"file{number}.txt").write_bytes(b"x" * 100)
    return root


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a starter that takes a while to write."""
    return starter_of_many(tmp_path_factory.mktemp("many"))


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no signals that one process sends another")
@pytest.mark.parametrize("there", [True, False])
@pytest.mark.parametrize("written", [0, 1, MANY // 8, MANY // 2])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupted_command_leaves_nothing(
    many: Path, tmp_path: Path, there: bool, written: int, number: signal.Signals
) -> None:
    """Stopped at any moment, `keck new` leaves no directory, and an empty one empty."""
    out = tmp_path / "out"
    if there:
        out.mkdir()
    process = subprocess.Popen(
        [sys.executable, "-c", RUN, str(many), "new", "my-shop", str(out)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=UNMEASURED,
    )
    until = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < until:
        scratch = next((out if there else tmp_path).glob(".*-*"), None)
        if scratch and sum(1 for _ in scratch.iterdir()) >= written:
            break
    process.send_signal(number)
    process.send_signal(number)  # the impatient press twice
    out_text, err_text = process.communicate(timeout=60)
    assert process.returncode == (130 if number == signal.SIGINT else 143), err_text
    assert out_text == b""
    assert b"Traceback" not in err_text
    assert names(tmp_path) == (["out"] if there else [])
    assert not there or names(out) == []


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no signals that one process sends another")
@pytest.mark.parametrize("delay", [0.0, 0.05, 0.1, 0.2, 0.4])
def test_command_interrupted_early_leaves_nothing(many: Path, tmp_path: Path, delay: float) -> None:
    """Stopped while it starts, reads or writes, it has either done all or nothing."""
    process = subprocess.Popen(
        [sys.executable, "-c", RUN, str(many), "new", "my-shop", str(tmp_path / "out")],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=UNMEASURED,
    )
    time.sleep(delay)
    process.terminate()
    process.wait(timeout=60)
    assert names(tmp_path) == (["out"] if process.returncode == 0 else [])


def test_interrupts_raise_once() -> None:
    """The first signal raises, the second does nothing, and the handlers are as they were afterwards."""
    before = signal.getsignal(signal.SIGINT)

    def work() -> None:
        try:
            signal.raise_signal(signal.SIGINT)
        finally:
            signal.raise_signal(signal.SIGINT)
            signal.raise_signal(signal.SIGTERM)

    with pytest.raises(KeyboardInterrupt), Interrupts():
        work()
    assert signal.getsignal(signal.SIGINT) is before


def test_interrupts_end_the_program() -> None:
    """What is not Ctrl-C exits with the code that shells give it."""
    with pytest.raises(SystemExit) as caught, Interrupts():
        signal.raise_signal(signal.SIGTERM)
    assert caught.value.code == 128 + signal.SIGTERM


def test_interrupts_can_be_too_late() -> None:
    """Nothing stops what comes after `ignore`."""
    with Interrupts() as interrupts:
        interrupts.ignore()
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGTERM)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGHUP")
def test_interrupts_respect_nohup() -> None:
    """A signal that is ignored before stays ignored."""
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with Interrupts():
            signal.raise_signal(signal.SIGHUP)
    finally:
        signal.signal(signal.SIGHUP, before)


def test_changes(tmp_path: Path) -> None:
    """Files are written, replaced and removed; one that is there keeps its permissions, a new one gets its own."""
    put(tmp_path, {"old.txt": "old", "run.sh": "old", "gone.txt": "x", "same.txt": "same"})
    (tmp_path / "run.sh").chmod(0o700)
    (tmp_path / "link.txt").symlink_to("same.txt")
    change(
        tmp_path,
        {
            "old.txt": File(b"new"),
            "run.sh": File(b"new"),
            "gone.txt": None,
            "never.txt": None,
            "a/b/new.sh": File(b"new", executable=True),
            "link.txt": File(b"new"),
        },
    )
    there = held(tmp_path)
    assert {path: file.data.decode() for path, file in there.items()} == dict.fromkeys(
        ["a/b/new.sh", "link.txt", "old.txt", "run.sh", "same.txt"], "new"
    )
    assert (tmp_path / "link.txt").is_symlink()
    assert sys.platform == "win32" or [path for path in there if there[path].executable] == ["a/b/new.sh", "run.sh"]


@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError("disk full")])
def test_changes_that_fail_early_change_nothing(tmp_path: Path, error: BaseException | type[BaseException]) -> None:
    """Before the first file is replaced, nothing that is new can be seen."""
    put(tmp_path, {"old.txt": "old"})

    def fail() -> None:
        raise error

    with pytest.raises(Trouble if isinstance(error, OSError) else error):  # type: ignore[arg-type]
        change(tmp_path, {"old.txt": File(b"new"), "a/b/c.txt": File(b"new")}, fail)
    assert held(tmp_path) == {"old.txt": File(b"old")}
    assert names(tmp_path) == ["old.txt"]


def test_changes_that_fail_late_change_nothing(tmp_path: Path) -> None:
    """Where one file cannot be replaced, those before it are put back, and new ones and their directories go."""
    put(tmp_path, {"a.txt": "old", "b.txt": "old", "z/x": "old"})

    def obstruct() -> None:
        (tmp_path / "y").mkdir()

    changes = {"a.txt": File(b"new"), "b.txt": None, "n/new.txt": File(b"new"), "y": File(b"new"), "z/x": File(b"new")}
    with pytest.raises(Trouble, match=r"y cannot be written .*, and nothing has been changed"):
        change(tmp_path, changes, obstruct)
    assert {path: file.data for path, file in held(tmp_path).items()} == {
        "a.txt": b"old",
        "b.txt": b"old",
        "z/x": b"old",
    }
    assert names(tmp_path) == ["a.txt", "b.txt", "y", "z"]


def test_changes_where_nothing_can_be_written(tmp_path: Path) -> None:
    """A file in the place of a directory is named, and nothing has changed."""
    put(tmp_path, {"a": "file", "b.txt": "old"})
    with pytest.raises(Trouble, match="cannot be written"):
        change(tmp_path, {"b.txt": File(b"new"), "a/x.txt": File(b"new")})
    assert {path: file.data for path, file in held(tmp_path).items()} == {"a": b"file", "b.txt": b"old"}
