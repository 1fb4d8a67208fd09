"""A patch is written whole or not at all, whatever happens meanwhile."""

from __future__ import annotations

import errno
import os
import resource
import signal
import stat
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from keck.fixes import journal, writing
from keck.patch import Change, Patch
from keck.trouble import Trouble
from tests.fixes.toys import content, posix, unprivileged, write

OLD = {"app.py": b"old\n", "shop/views.py": b"old views\n", "gone.py": b"goes\n", "left.py": b"stays\n"}
NEW = {"app.py": b"new\n", "shop/views.py": b"new views\n", "made/here/new.py": b"made\n", "left.py": b"stays\n"}


def patch(before: Mapping[str, bytes] = OLD, after: Mapping[str, bytes] = NEW) -> Patch:
    """Return the patch from one tree to another."""
    paths = sorted({*before, *after})
    return Patch({one: Change(before.get(one), after.get(one)) for one in paths if before.get(one) != after.get(one)})


@contextmanager
def refused(root: Path, match: str) -> Iterator[None]:
    """Expect one sentence of trouble, and that nothing has changed."""
    before = content(root)
    with pytest.raises(Trouble, match=match) as caught:
        yield
    assert "\n" not in str(caught.value)
    assert content(root) == before
    assert not (root / journal.FOLDER / journal.NAME).exists()


def test_all_files_are_written(tmp_path: Path) -> None:
    """Files are changed, made with their directories, and removed; nothing else is left."""
    write(tmp_path, OLD)
    writing.write(tmp_path, patch())
    assert content(tmp_path) == NEW
    assert sorted(one.name for one in (tmp_path / journal.FOLDER).iterdir()) == [".gitignore", "fix-lock"]
    assert writing.complete(tmp_path) is None


def test_empty_patch_writes_nothing(tmp_path: Path) -> None:
    """Not even the folder of the journal."""
    writing.write(tmp_path, Patch())
    assert list(tmp_path.iterdir()) == []


@posix
def test_mode_and_owner_are_kept(tmp_path: Path) -> None:
    """What may be executed may be so afterwards, and a private file was never open."""
    write(tmp_path, OLD)
    (tmp_path / "app.py").chmod(0o751)
    if os.geteuid() == 0:
        os.chown(tmp_path / "app.py", 1234, 4321)
    before = (tmp_path / "app.py").stat()
    writing.write(tmp_path, patch())
    after = (tmp_path / "app.py").stat()
    assert (stat.S_IMODE(after.st_mode), after.st_uid, after.st_gid) == (0o751, before.st_uid, before.st_gid)


def test_link_stays_a_link(tmp_path: Path) -> None:
    """What it leads to is written, in its place."""
    write(tmp_path, {"real/app.py": b"old\n"})
    (tmp_path / "app.py").symlink_to("real/app.py")
    writing.write(tmp_path, patch({"app.py": b"old\n"}, {"app.py": b"new\n"}))
    assert (tmp_path / "app.py").is_symlink()
    assert (tmp_path / "real" / "app.py").read_bytes() == b"new\n"


def test_two_names_of_one_file(tmp_path: Path) -> None:
    """They may say the same; two contents are refused."""
    write(tmp_path, {"a.py": b"old\n"})
    (tmp_path / "b.py").symlink_to("a.py")
    both = {"a.py": b"old\n", "b.py": b"old\n"}
    with refused(tmp_path, r"b.py is a link to .*a.py, and nothing has been changed"):
        writing.write(tmp_path, patch(both, {"a.py": b"x\n", "b.py": b"y\n"}))
    writing.write(tmp_path, patch(both, {"a.py": b"x\n", "b.py": b"x\n"}))
    assert (tmp_path / "a.py").read_bytes() == b"x\n"


@pytest.mark.parametrize("path", ["link.py", "../out.py", "/etc/keck", ".git/hooks/pre-commit", "."])
def test_nothing_outside_is_written(tmp_path: Path, path: str) -> None:
    """A link that leads out, a path that leads out and git's own folder are refused."""
    root = tmp_path / "shop"
    write(tmp_path, {"out.py": b"old\n", "shop/app.py": b"old\n"})
    (root / "link.py").symlink_to("../out.py")
    with refused(root, "leads out of"):
        writing.write(root, patch({"app.py": b"old\n", path: b"old\n"}, {"app.py": b"new\n", path: b"new\n"}))
    assert (tmp_path / "out.py").read_bytes() == b"old\n"


def test_file_changed_meanwhile(tmp_path: Path) -> None:
    """What was read is no longer what is there: nothing is written, and a second run is asked for."""
    write(tmp_path, {**OLD, "shop/views.py": b"mine\n"})
    with refused(tmp_path, r"shop/views.py has been changed while Keck was looking at it.*run it again"):
        writing.write(tmp_path, patch())


def test_file_that_is_there_by_now(tmp_path: Path) -> None:
    """A file that was to be made must not be there."""
    write(tmp_path, {**OLD, "made/here/new.py": b"mine\n"})
    with refused(tmp_path, "new.py has been changed"):
        writing.write(tmp_path, patch())


def test_folder_in_the_place_of_a_file(tmp_path: Path) -> None:
    """It cannot be written, nor can a file below a file."""
    write(tmp_path, {"app.py/x.txt": b"", "file": b""})
    with refused(tmp_path, "has been changed"):
        writing.write(tmp_path, patch({"app.py": b"old\n"}, {"app.py": b"new\n"}))
    with refused(tmp_path, r"new.py cannot be written \(Not a directory\)"):
        writing.write(tmp_path, patch({}, {"file/new.py": b"new\n"}))


@posix
@pytest.mark.parametrize(("closed", "kind"), [("shop/views.py", "file"), ("shop", "directory")])
def test_read_only(tmp_path: Path, closed: str, kind: str) -> None:
    """A file or directory without permission to write is refused, also to those whom it would not stop."""
    write(tmp_path, OLD)
    mode = (tmp_path / closed).stat().st_mode
    (tmp_path / closed).chmod(mode & ~0o222)
    with refused(tmp_path, f"the {kind} .*{closed} is read-only, and nothing has been changed; make it writable"):
        writing.write(tmp_path, patch())
    (tmp_path / closed).chmod(mode)


@posix
def test_somebody_elses_files() -> None:
    """Where the permission is there for others only, nothing is written either."""
    folder = Path(tempfile.mkdtemp())
    write(folder, OLD)
    with unprivileged(folder):
        if os.geteuid() == 65534:
            with refused(folder, "is read-only"):
                writing.write(folder, patch())
            (folder / "mine").mkdir()
            with pytest.raises(Trouble, match="is read-only"):
                writing.write(folder, patch({"shop/views.py": OLD["shop/views.py"]}, {"shop/views.py": b""}))


@posix
def test_owner_that_cannot_be_kept() -> None:
    """A file that others may write, but only its owner may own: nothing is written."""
    if os.geteuid() != 0:
        pytest.skip("only root can make the file of somebody else")
    folder = Path(tempfile.mkdtemp())
    write(folder, {"app.py": b"old\n"})
    (folder / "app.py").chmod(0o666)
    with unprivileged(folder), refused(folder, r"app.py cannot be written \(Operation not permitted\)"):
        writing.write(folder, patch({"app.py": b"old\n"}, {"app.py": b"new\n"}))


@posix
def test_journal_that_cannot_be_made(tmp_path: Path) -> None:
    """Where its folder is a file, a link or closed, nothing is written."""
    write(tmp_path, {**OLD, journal.FOLDER: b""})
    with refused(tmp_path, r"\.keck_cache cannot be written"):
        writing.write(tmp_path, patch())
    (tmp_path / journal.FOLDER).unlink()
    (tmp_path / journal.FOLDER).symlink_to("shop")
    with refused(tmp_path, r"\.keck_cache is a link"):
        writing.write(tmp_path, patch())


@posix
def test_full_disk(tmp_path: Path) -> None:
    """Where there is no room for the journal nothing is written, and nothing of it is left."""
    write(tmp_path, OLD)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (600, limits[1]))
        with refused(tmp_path, r"cannot be written \(File too large\), and nothing has been changed; mend that"):
            writing.write(tmp_path, patch(OLD, {**NEW, "shop/views.py": b"x" * 10_000}))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, before)
    assert not list(tmp_path.rglob("*.new"))


def test_one_of_the_files_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the last file cannot be put in its place, those before are put back as they were."""
    write(tmp_path, OLD)
    real = Path.replace

    def replace(self: Path, target: Path) -> Path:
        if target.name == "views.py":
            raise OSError(errno.EIO, os.strerror(errno.EIO), str(target))
        return real(self, target)

    monkeypatch.setattr(Path, "replace", replace)
    with refused(tmp_path, r"views.py cannot be written \(Input/output error\)"):
        writing.write(tmp_path, patch())
    assert not (tmp_path / "made").exists()


def test_interrupted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl+C leaves nothing half done."""
    write(tmp_path, OLD)

    def replace(self: Path, target: Path) -> Path:
        if self.name.startswith(".app.py"):
            raise KeyboardInterrupt
        return self.rename(target)

    monkeypatch.setattr(Path, "replace", replace)
    with pytest.raises(KeyboardInterrupt):
        writing.write(tmp_path, patch())
    assert content(tmp_path) == OLD
    assert not journal.pending(tmp_path)


def test_another_run_is_writing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two runs at once do not mix, where the system can tell; a run whose process has gone stops nobody."""
    write(tmp_path, OLD)
    with journal.locked(tmp_path), refused(tmp_path, "another `keck fix` is writing below"):
        writing.write(tmp_path, patch())
    monkeypatch.setattr(journal, "fcntl", None)
    with journal.locked(tmp_path):
        writing.write(tmp_path, patch())


# what a run leaves that is killed


def killed(root: Path, at: int, action: Callable[[Path], object]) -> bool:
    """Do something in a process that is killed before the step of that number; return whether it was."""
    child = os.fork()
    if not child:
        _die(root, at, action)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL


def _write(root: Path) -> None:
    writing.write(root, patch())


def _die(root: Path, at: int, action: Callable[[Path], object]) -> None:
    """Do something, and end without a word before the step of that number that changes something on disk."""
    count = 0

    def step() -> None:
        nonlocal count
        if count == at:
            os.kill(os.getpid(), signal.SIGKILL)
        count += 1

    def watch(event: str, arguments: tuple[object, ...]) -> None:
        changes = {"os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.chmod", "os.chown"}
        flags = arguments[2] if event == "open" and isinstance(arguments[2], int) else 0
        if event in changes or flags & (os.O_WRONLY | os.O_RDWR):
            step()

    real = os.fsync

    def fsync(handle: int) -> None:
        step()
        real(handle)

    vars(os)["fsync"] = fsync
    sys.addaudithook(watch)
    try:
        action(root)
    finally:
        os._exit(0)  # whatever happens, this is not the process of the tests


@posix
@pytest.mark.filterwarnings("ignore:This process")
def test_killed_at_any_moment(tmp_path: Path) -> None:
    """Whenever a run is killed, the next one completes it or finds all as it was; nothing else is left."""
    completed = as_it_was = at = 0
    while True:
        root = tmp_path / str(at)
        write(root, OLD)
        was_killed = killed(root, at, _write)
        done = writing.complete(root)
        if done is None and was_killed and content(root) != NEW:
            assert content(root) == OLD
            as_it_was += 1
            writing.write(root, patch())
        elif done is not None:
            assert done == (root, ("app.py", "gone.py", "made/here/new.py", "shop/views.py"))
            completed += 1
        assert content(root) == NEW
        assert not journal.pending(root)
        if not was_killed:
            break
        at += 1
    assert completed > 10
    assert as_it_was > 3


@posix
@pytest.mark.filterwarnings("ignore:This process")
def test_killed_again_while_it_is_completed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The third run completes what the second could not."""
    at, was_killed = 0, True
    while was_killed:
        root = tmp_path / str(at)
        left_behind(root, monkeypatch)
        was_killed = killed(root, at, writing.complete)
        writing.complete(root)
        assert content(root) == NEW
        at += 1
    assert at > 10


def left_behind(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Write a patch as far as the journal, and begin the first file."""
    write(root, OLD)
    with monkeypatch.context() as context:
        context.setattr(writing, "_roll", lambda *_: None)
        context.setattr(journal, "drop", lambda _: None)
        writing.write(root, patch())
    mark = journal.read(root).mark
    (root / f".app.py.{mark}-0").write_bytes(b"ne")


def test_half_a_file_is_no_harm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was begun is begun again; a run in a folder below finds it too, and one in another repository does not."""
    left_behind(tmp_path, monkeypatch)
    (tmp_path / "shop" / ".git").mkdir()
    assert writing.complete(tmp_path / "shop") is None
    (tmp_path / "shop" / ".git").rmdir()
    assert writing.complete(tmp_path / "shop") is not None
    assert content(tmp_path) == NEW


def test_somebody_has_changed_a_file_since(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is written over it; the sentence says which file it is and what to do, and that works."""
    left_behind(tmp_path, monkeypatch)
    write(tmp_path, {"shop/views.py": b"mine\n"})
    with pytest.raises(Trouble, match=r"a `keck fix` was killed while it wrote, and .*shop/views.py has been changed"):
        writing.complete(tmp_path)
    assert content(tmp_path) == {**OLD, "shop/views.py": b"mine\n"}
    (tmp_path / journal.FOLDER / journal.NAME).unlink()
    assert writing.complete(tmp_path) is None


def test_completing_may_fail_and_be_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The journal stays until all is written."""
    left_behind(tmp_path, monkeypatch)

    def replace(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "x.py")

    with monkeypatch.context() as context:
        context.setattr(Path, "replace", replace)
        with pytest.raises(Trouble, match="No space left on device"):
            writing.complete(tmp_path)
    assert writing.complete(tmp_path) is not None
    assert content(tmp_path) == NEW


@pytest.mark.parametrize("data", [b"", b"x" * 100, "stamped"])
def test_journal_that_is_none(tmp_path: Path, data: bytes | str) -> None:
    """A file of that name that this Keck has not written is left alone, and named."""
    payload = b"\xff\xff"
    stamped = journal._stamp(payload) + payload if isinstance(data, str) else data  # noqa: SLF001 - a forgery
    write(tmp_path, {f"{journal.FOLDER}/{journal.NAME}": stamped})
    with pytest.raises(Trouble, match=r"fix-journal is no journal of this Keck; see with `git status`"):
        writing.complete(tmp_path)


@posix
def test_journal_that_cannot_be_read() -> None:
    """It is named with what to do."""
    folder = Path(tempfile.mkdtemp())
    write(folder, {f"{journal.FOLDER}/{journal.NAME}": b"x"})
    (folder / journal.FOLDER).chmod(0o777)
    (folder / journal.FOLDER / journal.NAME).chmod(0)
    with unprivileged(folder), pytest.raises(Trouble, match=r"fix-journal cannot be read \(Permission denied\)"):
        writing.complete(folder)


@posix
def test_file_that_cannot_be_read() -> None:
    """A file that is closed by now is named, and nothing is written."""
    folder = Path(tempfile.mkdtemp())
    write(folder, {"shut/app.py": b"old\n"})
    (folder / "shut").chmod(0)
    with unprivileged(folder), pytest.raises(Trouble, match=r"app.py cannot be written \(Permission denied\)"):
        writing.write(folder, patch({"shut/app.py": b"old\n"}, {"shut/app.py": b"new\n"}))


def test_journal_is_private(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It holds what the files hold, so that nobody else may read it."""
    left_behind(tmp_path, monkeypatch)
    assert stat.S_IMODE((tmp_path / journal.FOLDER / journal.NAME).stat().st_mode) & 0o077 == 0


def test_folder_that_cannot_be_synced(tmp_path: Path) -> None:
    """A system that cannot do that for directories is no trouble."""
    journal.sync(tmp_path / "nowhere")


def test_pending_stops_at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What lies above the home directory is nobody's project."""
    left_behind(tmp_path, monkeypatch)
    home = tmp_path / "shop"
    monkeypatch.setattr(Path, "home", lambda: home)
    assert journal.pending(home) is None
    assert journal.pending(Path("/")) is None
