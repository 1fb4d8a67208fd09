"""Writing a patch: each file at once, all of them or none, and completed by the next run where this one is killed."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path, PurePosixPath

import msgspec

from keck.fixes import journal
from keck.fixes.journal import Entry, Journal, digest_of
from keck.patch import Patch
from keck.settings import shown
from keck.trouble import Trouble

LONGEST = 60
"""Characters of a file's name that its forerunner carries."""
_EFFECTIVE = os.access in os.supports_effective_ids
_UNCHANGED = "and nothing has been changed"


class _Target(msgspec.Struct, frozen=True):
    """A file to be written: where it really is, and what it holds now."""

    number: int
    entry: Entry
    file: Path
    now: bytes | None

    @property
    def is_done(self) -> bool:
        return self.now == self.entry.after

    def forerunner(self, mark: str) -> Path:
        return self.file.with_name(f".{self.file.name[:LONGEST]}.{mark}-{self.number}")


def write(root: Path, patch: Patch) -> None:
    """Write the files of a patch below a root: all of them or none.

    Mode and owner are kept, and so are links: what they lead to is written.

    Raises:
        Trouble: one of them cannot be written, or is not what the patch was made from; nothing has changed.
    """
    if not patch:
        return
    fresh = journal.journal_of(patch)
    with journal.locked(root):
        targets = _targets(root, fresh)
        for one in targets:
            if digest_of(one.now) != one.entry.before:
                raise Trouble(
                    f"{shown(one.file)} has been changed while Keck was looking at it, {_UNCHANGED}; run it again"
                )
            _refuse_read_only(one.file)
        try:
            journal.keep(root, fresh)
        except OSError as error:
            raise Trouble(_cannot(root / journal.FOLDER, error)) from error
        try:
            _roll(targets, fresh.mark)
        except BaseException:
            journal.drop(root)
            raise
        journal.drop(root)


def complete(start: Path) -> tuple[Path, tuple[str, ...]] | None:
    """Complete what a run that was killed has left unfinished at or above a directory.

    Returns:
        The root of that run and the files that it was to write; None where nothing was left.

    Raises:
        Trouble: it cannot be completed: a file has been changed since, or cannot be written.
    """
    root = journal.pending(start)
    if root is None:
        return None
    with journal.locked(root):
        left = journal.read(root)
        targets = _targets(root, left)
        for one in targets:
            one.forerunner(left.mark).unlink(missing_ok=True)
        strange = [one for one in targets if not one.is_done and digest_of(one.now) != one.entry.before]
        if strange:
            names = ", ".join(shown(one.file) for one in strange)
            raise Trouble(
                f"a `keck fix` was killed while it wrote, and {names} has been changed since; put back what git has of "
                f"these files and run it again, or delete {shown(root / journal.FOLDER / journal.NAME)} to leave all as it is"
            )
        _roll([one for one in targets if not one.is_done], left.mark)
        journal.drop(root)
    return root, tuple(one.path for one in left.entries)


def _targets(root: Path, fresh: Journal) -> list[_Target]:
    """Return where each file really is, and what it holds."""
    home = root.resolve()
    found: dict[Path, _Target] = {}
    for number, entry in enumerate(fresh.entries):
        parts = PurePosixPath(entry.path).parts
        file = Path(os.path.realpath(home.joinpath(*parts)))
        inside = file.relative_to(home).parts if file.is_relative_to(home) else ()
        if not inside or any(one.lower() == ".git" for one in inside):
            raise Trouble(f"{shown(root / entry.path)} leads out of {shown(root)}, {_UNCHANGED}; leave it out")
        try:
            now = file.read_bytes() if stat.S_ISREG(file.stat().st_mode) else b""
        except FileNotFoundError:
            now = None
        except OSError as error:
            raise Trouble(_cannot(file, error)) from error
        if file in found and found[file].entry.after != entry.after:
            raise Trouble(f"{shown(root / entry.path)} is a link to {shown(file)}, {_UNCHANGED}; leave one of them out")
        found[file] = _Target(number, entry, file, now)
    return list(found.values())


def _refuse_read_only(file: Path) -> None:
    """Raise where a file, or the directory that it is to be in, is not to be written."""
    near = next(one for one in (file.parent, *file.parents) if one.exists())
    for one in (file, near):
        if one.exists() and not (one.stat().st_mode & 0o222 and os.access(one, os.W_OK, effective_ids=_EFFECTIVE)):
            kind = "directory" if one.is_dir() else "file"
            raise Trouble(f"the {kind} {shown(one)} is read-only, {_UNCHANGED}; make it writable, or leave it out")


def _roll(targets: Sequence[_Target], mark: str) -> None:
    """Write every file beside its place, then put all in their places; where one cannot be, put all back."""
    ready: dict[Path, Path] = {}
    made: list[Path] = []
    try:
        for one in targets:
            if one.entry.after is not None:
                made += [folder for folder in one.file.parents if not folder.exists()]
                one.file.parent.mkdir(parents=True, exist_ok=True)
                ready[one.file] = one.forerunner(mark)
                _forerun(one, ready[one.file])
        _replace(targets, ready)
    except BaseException as error:
        for forerunner in ready.values():
            with suppress(OSError):
                forerunner.unlink()
        for folder in sorted(made, key=lambda one: -len(one.parts)):
            with suppress(OSError):
                folder.rmdir()
        if isinstance(error, OSError):
            raise Trouble(_cannot(Path(error.filename2 or error.filename or targets[0].file), error)) from error
        raise


def _forerun(target: _Target, path: Path) -> None:
    """Write a file's new content beside it, with its mode and owner."""
    try:
        journal.write_through(path, target.entry.after or b"", 0o666 if target.now is None else 0o600)
        if target.now is not None:
            seen = target.file.stat()
            if hasattr(os, "chown") and (seen.st_uid, seen.st_gid) != _owner(path):
                os.chown(path, seen.st_uid, seen.st_gid)
            path.chmod(stat.S_IMODE(seen.st_mode))
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(target.file)) from error


def _owner(path: Path) -> tuple[int, int]:
    seen = path.stat()
    return seen.st_uid, seen.st_gid


def _replace(targets: Sequence[_Target], ready: Mapping[Path, Path]) -> None:
    done: list[_Target] = []
    try:
        for one in targets:
            done.append(one)
            if one.file in ready:
                ready[one.file].replace(one.file)
            else:
                one.file.unlink(missing_ok=True)
    except BaseException:
        for one in done:
            if one.now is None:
                one.file.unlink(missing_ok=True)
            else:
                one.file.write_bytes(one.now)
        raise
    for folder in {one.file.parent for one in targets}:
        journal.sync(folder)


def _cannot(file: Path, error: OSError) -> str:
    return f"{shown(file)} cannot be written ({error.strerror}), {_UNCHANGED}; mend that and try again"
