"""What cannot be converted safely, with the line that says so."""

from __future__ import annotations


class Refusal(Exception):  # noqa: N818 - an answer, not an error
    """A conversion that is refused as a whole.

    Attributes:
        path: the file, relative to the root with ``/``.
        line: the line in it, from 1.
        why: one clause: "`app` is needed while the module is imported".
    """

    def __init__(self, path: str, line: int, why: str) -> None:
        super().__init__(f"{path}:{line}: {why}")
        self.path = path
        self.line = line
        self.why = why
