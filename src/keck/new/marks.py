"""The marks in the starter that say which lines and files belong to a feature."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import NamedTuple

from keck.new.features import BrokenStarter, holds
from keck.new.seams import joined

_STATED = r"(?P<sense>with|without): (?P<condition>[a-z+|]+)(?P<side> [{}])?"
_MARKS = (
    re.compile(rf"(?P<before>.*?)[ \t]*# {_STATED}", re.DOTALL),
    re.compile(rf"(?P<before>.*?)[ \t]*<!-- {_STATED} -->", re.DOTALL),
)
_LIKE_A_MARK = re.compile(r"(?:#|<!--)\s*with(?:out)?\s*:", re.IGNORECASE)


class Mark(NamedTuple):
    """What a mark says.

    Attributes:
        before: the line without it.
        stated: the condition with its sense, which both sides of a block share.
        holds: whether what is marked stays.
        side: ``{`` or ``}`` for that of a block, empty for that of a line.
    """

    before: str
    stated: str
    holds: bool
    side: str

    @property
    def alone(self) -> bool:
        """Whether there is nothing else on its line."""
        return not self.before.strip()


def without_marks(text: str, without: Collection[str], *, python: bool) -> str | None:
    r"""Return the text of a file of the starter as a service has it; None where the service has no such file.

    A line that ends with ``# with: mail`` stays where mail is in, and so do the lines between
    ``# with: mail {`` and ``# with: mail }``, and a file whose first line (the second, after a
    shebang) is ``# with: mail``. ``# with: mail+cors`` needs both, ``# with: mail|cors`` one of them, ``# without: mail`` is the
    contrary, and ``<!-- with: mail -->`` is the same in Markdown and HTML. No mark stays.

    Args:
        text: with ``\n`` at the end of each line.
        without: the features that are left out.
        python: whether it is Python code, whose blank lines a formatter counts.

    Raises:
        BrokenStarter: a mark is misspelt, unbalanced, or stands where it means nothing; names the line.
    """
    kept: list[str | None] = []
    blocks: list[tuple[Mark, int]] = []
    of_file = 2 if text.startswith("#!") else 1
    for number, line in enumerate(text.split("\n"), 1):
        mark = _mark(line, number, without)
        inside = all(block.holds for block, _ in blocks)
        if mark is None:
            kept.append(line if inside else None)
            continue
        kept.append(mark.before if inside and mark.holds and not mark.alone else None)
        if mark.side and not mark.alone:
            raise BrokenStarter(f"line {number}: the mark of a block stands on a line of its own")
        if mark.side == "{":
            blocks.append((mark, number))
        elif mark.side == "}":
            opened = blocks.pop()[0].stated if blocks else "nothing"
            if opened != mark.stated:
                raise BrokenStarter(f"line {number}: `{mark.stated} }}` closes what `{opened}` opened")
        elif mark.alone:
            if number != of_file:
                raise BrokenStarter(f"line {number}: the mark of a file stands on its first line")
            if not mark.holds:
                return None
    if blocks:
        raise BrokenStarter(f"line {blocks[-1][1]}: `{blocks[-1][0].stated} {{` is never closed")
    return joined(kept, python=python)


def _mark(line: str, number: int, without: Collection[str]) -> Mark | None:
    """Return the mark at the end of a line, if there is one."""
    if not _LIKE_A_MARK.search(line):
        return None
    for form in _MARKS:
        found = form.fullmatch(line)
        if found and not _LIKE_A_MARK.search(found["before"]):
            sense, condition = found["sense"], found["condition"]
            try:
                stays = holds(condition, without) == (sense == "with")
            except BrokenStarter as error:
                raise BrokenStarter(f"line {number}: {error}") from error
            return Mark(found["before"], f"{sense}: {condition}", stays, (found["side"] or "").strip())
    raise BrokenStarter(f"line {number}: no mark, though it looks like one: {line.strip()}")
