"""Why an app is not taken apart."""

from __future__ import annotations


class Refused(Exception):  # noqa: N818 - an answer, not an error
    """The app cannot be taken apart safely.

    Args:
        path: the file that says so, relative to the root.
        line: the line in it, from 1.
        why: as a clause.
    """

    def __init__(self, path: str, line: int, why: str) -> None:
        super().__init__(f"{path}:{line}: {why}")
        self.path = path
        self.line = line
        self.why = why
