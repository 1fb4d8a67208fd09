"""A patch: what becomes of several files, all of them or none."""

from __future__ import annotations

import difflib
from collections.abc import Iterator

import msgspec

from keck.report.excerpt import decoded

_NO_END = "\\ No newline at end of file\n"


class Change(msgspec.Struct, frozen=True):
    """The content of a file before and after; None where there is no such file."""

    before: bytes | None
    after: bytes | None


class Patch(msgspec.Struct, frozen=True):
    """Changes by path, relative to a root and with ``/``."""

    files: dict[str, Change] = {}

    def __bool__(self) -> bool:
        """Whether anything changes."""
        return bool(self.files)

    def diff(self) -> str:
        """Return a unified diff, sorted by path; files of other encodings are shown as Unicode."""
        return "".join(line for path, change in sorted(self.files.items()) for line in _diff(path, change))

    def below(self, folder: str) -> Patch:
        """Return the part of the patch that lies below a folder, relative to it; all of it for ``""``."""
        start = f"{folder}/" if folder else ""
        return Patch({path[len(start) :]: one for path, one in self.files.items() if path.startswith(start)})


def _diff(path: str, change: Change) -> Iterator[str]:
    before, after = ([] if one is None else _lines(one) for one in (change.before, change.after))
    old = "/dev/null" if change.before is None else f"a/{path}"
    new = "/dev/null" if change.after is None else f"b/{path}"
    for line in difflib.unified_diff(before, after, old, new):
        yield line if line.endswith("\n") else f"{line}\n{_NO_END}"


def _lines(data: bytes) -> list[str]:
    """Return the lines with their ends, as git counts them: a form feed or a lone return ends none."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        text = decoded(data)
    *lines, rest = text.split("\n")
    return [f"{line}\n" for line in lines] + [rest] * bool(rest)
