"""The journal: what is about to be written, kept until all of it is, so that a run that is killed can be completed."""

from __future__ import annotations

import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import blake2b
from pathlib import Path

import msgspec

from keck.patch import Patch
from keck.settings import shown
from keck.trouble import Trouble

try:
    import fcntl
except ImportError:  # pragma: no cover - Windows has none; two runs at once are not told apart there
    fcntl = None  # type: ignore[assignment]

FOLDER = ".keck_cache"
NAME = "fix-journal"
_LOCK = "fix-lock"
_DIGEST = 20


class Entry(msgspec.Struct, frozen=True):
    """What becomes of one file.

    Args:
        path: relative to the root, with ``/``.
        before: digest of what it held; None where there was no such file.
        after: what it is to hold; None for a file that goes.
    """

    path: str
    before: bytes | None
    after: bytes | None


class Journal(msgspec.Struct, frozen=True):
    """All that is to be written.

    Args:
        mark: part of the names of the temporary files.
        entries: sorted by path.
    """

    mark: str
    entries: tuple[Entry, ...]


def digest_of(data: bytes | None) -> bytes | None:
    """Return the digest of a file's content; None for no file."""
    return None if data is None else blake2b(data, digest_size=_DIGEST).digest()


def journal_of(patch: Patch) -> Journal:
    """Return the journal of a patch."""
    entries = tuple(Entry(path, digest_of(one.before), one.after) for path, one in sorted(patch.files.items()))
    return Journal(secrets.token_hex(4), entries)


def keep(root: Path, journal: Journal) -> None:
    """Put a journal on disk, at once and for good.

    Raises:
        OSError: it cannot be written; there is none then.
    """
    data = msgspec.msgpack.encode(journal)
    file = root / FOLDER / NAME
    temporary = file.with_name(f"{NAME}.new")
    try:
        write_through(temporary, _stamp(data) + data, 0o600)
        temporary.replace(file)
    except OSError:
        with suppress(OSError):
            temporary.unlink()
        raise
    sync(file.parent)


def drop(root: Path) -> None:
    """Remove the journal: all that it holds has been written, or nothing of it."""
    folder = root / FOLDER
    for name in (NAME, f"{NAME}.new"):
        (folder / name).unlink(missing_ok=True)
    sync(folder)


def pending(start: Path) -> Path | None:
    """Return the root whose journal is still to be completed: a directory, or one above it in the same repository."""
    for folder in (start, *start.parents):
        if (folder / FOLDER / NAME).is_file() and not (folder / FOLDER).is_symlink():
            return folder
        if (folder / ".git").exists() or folder == Path.home():
            return None
    return None


def read(root: Path) -> Journal:
    """Return the journal of a root.

    Raises:
        Trouble: it is none.
    """
    file = root / FOLDER / NAME
    trouble = f"{shown(file)} is no journal of this Keck; see with `git status` what it has left, and delete it"
    try:
        data = file.read_bytes() if stat.S_ISREG(file.lstat().st_mode) else b""
        stamp, payload = data[:_DIGEST], data[_DIGEST:]
        if stamp != _stamp(payload):
            raise Trouble(trouble)
        return msgspec.msgpack.decode(payload, type=Journal)
    except OSError as error:
        raise Trouble(f"{shown(file)} cannot be read ({error.strerror}); mend its permissions") from error
    except msgspec.DecodeError as error:
        raise Trouble(trouble) from error


@contextmanager
def locked(root: Path) -> Iterator[None]:
    """Keep other runs from writing below a root; the folder of the journal is there then.

    Raises:
        Trouble: another one is writing, or the folder cannot be made.
    """
    folder = root / FOLDER
    if folder.is_symlink():
        raise Trouble(f"{shown(folder)} is a link, so that Keck would write elsewhere; remove it")
    try:
        folder.mkdir(exist_ok=True)
        with suppress(FileExistsError), (folder / ".gitignore").open("x", encoding="utf-8") as file:
            file.write("*\n")
        handle = os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT, 0o666)
    except OSError as error:
        raise Trouble(
            f"{shown(folder)} cannot be written ({error.strerror}), and nothing has been changed; mend that and try again"
        ) from error
    try:
        if fcntl is not None:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError as error:
        raise Trouble(f"another `keck fix` is writing below {shown(root)}; wait until it is done") from error
    finally:
        os.close(handle)


def write_through(path: Path, data: bytes, mode: int = 0o666) -> None:
    """Write a file that is not there yet, or replace one that is not needed, down to the disk.

    Raises:
        OSError: it cannot be written.
    """
    path.unlink(missing_ok=True)
    with open(path, "xb", opener=lambda name, flags: os.open(name, flags, mode)) as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def sync(folder: Path) -> None:
    """Have a directory's names on disk; where that cannot be asked for, the system does it when it does."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _stamp(data: bytes) -> bytes:
    return blake2b(data, digest_size=_DIGEST, person=b"keck-fix-1").digest()
