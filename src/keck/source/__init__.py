"""From paths to `Source`: what there is to check, and its bytes."""

from __future__ import annotations

from hashlib import blake2b
from pathlib import Path

import msgspec

from keck.source.projects import discover, project_of
from keck.source.tree import Tree
from keck.source.walk import find

__all__ = ["Source", "Tree", "discover", "find", "project_of", "read", "source"]


class Source(msgspec.Struct, frozen=True):
    """The bytes of one file.

    `path` is relative to the root of the check and uses ``/``; `digest` is the BLAKE2b digest of
    `data` (20 bytes) in hexadecimal.
    """

    path: str
    data: bytes
    digest: str


def source(path: str, data: bytes) -> Source:
    """Return the source with its digest."""
    return Source(path, data, blake2b(data, digest_size=20).hexdigest())


def read(root: Path | str, path: str) -> bytes | None:
    """Return the bytes of a file, or None where it has vanished or cannot be read.

    Args:
        root: the root of the check.
        path: relative to it, with ``/``.
    """
    try:
        with open(f"{root}/{path}", "rb", buffering=0) as file:  # noqa: PTH123 - called for every file, a Path costs
            return file.readall()
    except (OSError, ValueError):
        return None
