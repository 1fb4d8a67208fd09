"""What has been worked out before, kept by content.

The cache is data: MessagePack, decoded into typed records, so that one that somebody else has
written can lie but not execute. A file that is corrupt, of another Keck or of another Python is
as good as none. Two runs at once do no harm: a file is replaced whole, and the last one wins.
"""

from __future__ import annotations

import contextlib
import os
import stat
import sys
from collections.abc import Mapping
from functools import cache
from hashlib import blake2b
from pathlib import Path

import msgspec

from keck.facts import Facts
from keck.finding import Finding
from keck.version import __version__


class Verdict(msgspec.Struct, frozen=True):
    """What the rules said of one project.

    Attributes:
        key: of which contents under which settings.
        findings: what is left when the comments have been heeded.
        templates: the files that are templates with placeholders.
        unreadable: the files that are there and can't be read.
        faults: one line for each rule that failed; such a verdict is not kept.
    """

    key: str
    findings: tuple[Finding, ...] = ()
    templates: tuple[str, ...] = ()
    unreadable: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()


class _Pack(msgspec.Struct):
    facts: dict[str, msgspec.Raw]


_VERDICT = msgspec.msgpack.Decoder(Verdict)
_PACK = msgspec.msgpack.Decoder(_Pack)
_FACTS = msgspec.msgpack.Decoder(Facts)
_DIGEST = 16


@cache
def fingerprint() -> str:
    """Return what tells this Keck on this Python from every other."""
    home = Path(__file__).parent
    record = _bytes(home.parent / f"keck-{__version__}.dist-info" / "RECORD")
    if record is not None and b"keck/cache.py," in record:
        return digest_of(sys.version, record.decode("utf-8", "surrogateescape"))
    state = [__version__, sys.version]
    for folder, _, files in sorted(os.walk(home)):
        for name in sorted(files):
            if name.endswith(".py"):
                with contextlib.suppress(OSError):
                    seen = os.stat(f"{folder}/{name}")  # noqa: PTH116 - every start pays for it
                    state.append(f"{folder} {name} {seen.st_size} {seen.st_mtime_ns}")
    return digest_of(*state)


def digest_of(*texts: str) -> str:
    """Return a digest of texts, in hexadecimal; where one text ends and the next begins counts."""
    found = blake2b(digest_size=_DIGEST)
    for text in texts:
        data = text.encode("utf-8", "surrogateescape")
        found.update(len(data).to_bytes(8, "little"))
        found.update(data)
    return found.hexdigest()


class Cache:
    """The cache of one project.

    Args:
        directory: where it is kept, or None to keep nothing; one that is a link is not used, as
            whoever has committed it would choose where to write.
        project: the absolute path of the project.
    """

    def __init__(self, directory: Path | None, project: str) -> None:
        self._directory = None if directory is None or directory.is_symlink() else directory
        self._name = digest_of(project if directory is None else _seen_from(str(directory), project))

    def verdict(self, key: str) -> Verdict | None:
        """Return the verdict that was given for this key, or None."""
        data = self._read(f"verdict-{self._name}")
        if data is not None:
            with contextlib.suppress(msgspec.DecodeError, RecursionError):
                found = _VERDICT.decode(data)
                return found if found.key == key else None
        return None

    def keep_verdict(self, verdict: Verdict) -> None:
        """Keep a verdict in place of the one before."""
        self._write(f"verdict-{self._name}", msgspec.msgpack.encode(verdict))

    def facts(self) -> dict[str, msgspec.Raw]:
        """Return the encoded facts of the files that were read before, by digest of their content."""
        data = self._read(f"facts-{self._name}")
        if data is not None:
            with contextlib.suppress(msgspec.DecodeError, RecursionError):
                return _PACK.decode(data).facts
        return {}

    def keep_facts(self, facts: Mapping[str, msgspec.Raw | bytes]) -> None:
        """Keep the facts of a project in place of those before."""
        pack = _Pack({digest: msgspec.Raw(one) for digest, one in facts.items()})
        self._write(f"facts-{self._name}", msgspec.msgpack.encode(pack))

    def _read(self, name: str) -> bytes | None:
        data = None if self._directory is None else _bytes(self._directory / name)
        if data is None:
            return None
        stamp, payload = data[: 2 * _DIGEST], data[2 * _DIGEST :]
        return payload if stamp == _stamp(payload) else None

    def _write(self, name: str, payload: bytes) -> None:
        """Replace a file; a directory that cannot be written is no trouble, the next run is slower."""
        if self._directory is None:
            return
        temporary = self._directory / f"{name}.{os.getpid()}.new"
        try:
            _prepare(self._directory)
            temporary.unlink(missing_ok=True)
            with temporary.open("xb") as file:
                file.write(_stamp(payload) + payload)
            temporary.replace(self._directory / name)
        except OSError:
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)


def decoded(facts: msgspec.Raw | bytes) -> Facts | None:
    """Return facts from their encoded form, or None where that is not what it is."""
    try:
        return _FACTS.decode(facts)
    except (msgspec.DecodeError, RecursionError):
        return None


def encoded(facts: Facts) -> bytes:
    """Return facts in the form in which they are kept and sent between processes."""
    return msgspec.msgpack.encode(facts)


def _stamp(payload: bytes) -> bytes:
    """What stands before a payload: this Keck's mark and a digest against corruption."""
    mark = bytes.fromhex(fingerprint())
    return mark + blake2b(payload, digest_size=_DIGEST).digest()


def _prepare(directory: Path) -> None:
    directory.mkdir(parents=True, exist_ok=True)
    with contextlib.suppress(FileExistsError), (directory / ".gitignore").open("x", encoding="utf-8") as file:
        file.write("*\n")


def _bytes(path: Path) -> bytes | None:
    """Return what a regular file holds; a link could lead to something without an end."""
    try:
        return path.read_bytes() if stat.S_ISREG(path.lstat().st_mode) else None
    except OSError:
        return None


def _seen_from(directory: str, project: str) -> str:
    """Return where the project lies as seen from the cache: both may move together."""
    try:
        return os.path.relpath(project, directory)
    except ValueError:  # pragma: no cover - two drives, which only Windows has
        return project
