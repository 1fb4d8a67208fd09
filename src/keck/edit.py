"""Edits as data: what a fix does to a project's text, without the tree that it is done in.

A rule describes its fix while it still knows everything; `keck.fixes` carries it out with LibCST. Every place is
that of a whole expression or statement, as `keck.project.module.Module.place` gives it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import msgspec

from keck.place import Place

Side = Literal["before", "after", "first", "last"]
"""Beside a statement, or inside the body of the compound statement that begins at a place."""


class _Edit(msgspec.Struct, frozen=True, tag=True):
    place: Place


class Replace(_Edit, frozen=True):
    """An expression becomes another: `text` is its code."""

    text: str


class Wrap(_Edit, frozen=True):
    """An expression stays, with code before and after it: ``str(`` and ``)``."""

    before: str
    after: str


class Keyword(_Edit, frozen=True):
    """A keyword argument of the call at a place: set to `value`, or renamed, or removed where both are empty."""

    name: str
    value: str = ""
    rename: str = ""


class Label(_Edit, frozen=True):
    """A positional argument, whose value is at a place, is given by keyword."""

    name: str


class Entry(_Edit, frozen=True):
    """An entry of the dict display at a place: `key` and `value` are code; an entry that is there gets the value."""

    key: str
    value: str


class Remove(_Edit, frozen=True):
    """What is at a place goes: a statement, a decorator, an argument, an element of a display, an imported name."""


class Insert(_Edit, frozen=True):
    """Statements, beside or inside the statement at a place."""

    code: str
    side: Side = "after"


class Move(_Edit, frozen=True):
    """A decorator or statement goes beside another one of the same kind in the same file."""

    to: Place
    side: Literal["before", "after"] = "after"


class Import(_Edit, frozen=True):
    """An import statement is in effect at a place: ``from flask import request``."""

    text: str


class Enclose(_Edit, frozen=True):
    """The statements between the beginning and the end of a place get a header: ``with app.app_context():``."""

    header: str


class Recast(_Edit, frozen=True):
    """An expression is rewritten by what knows its kind as a whole, such as ``query``: see `keck.fixes.recast`.

    `into` says what it becomes, in the words of what rewrites it.
    """

    by: str
    into: str = ""


class Create(_Edit, frozen=True):
    """A new file; of the place only the path counts."""

    text: str


Edit = Replace | Wrap | Keyword | Label | Entry | Remove | Insert | Move | Import | Enclose | Recast | Create

_LOCAL = (Replace, Wrap, Keyword, Label, Entry, Recast)


class Fix(msgspec.Struct, frozen=True):
    """The repair of one finding.

    Attributes:
        title: what it does, as an imperative: "call it: `jwt_required()`".
        edits: all of them or none; several files are possible.
        safe: whether only what was broken behaves differently afterwards.
        changes: what else an unsafe one changes, as a clause: "opens the app to every origin".
        by_name: whether it is done only where its rule is asked for by id: what it rewrites is no fault.
        intends: which parts of a proof's snapshot may differ, as patterns of `fnmatch`: ``guards/GET /me*``.
    """

    title: str
    edits: tuple[Edit, ...]
    safe: bool = True
    changes: str = ""
    intends: tuple[str, ...] = ()
    by_name: bool = False

    @property
    def is_local(self) -> bool:
        """Whether all that changes lies within single expressions: no import, binding or order of statements."""
        return all(isinstance(one, _LOCAL) for one in self.edits)

    @property
    def needs_proof(self) -> bool:
        """Whether the app is to be booted before and after, as no rule alone can know what comes of it."""
        return not (self.safe and self.is_local)

    def moved(self, move: Callable[[Place], Place]) -> Fix:
        """Return the fix with every place of its edits moved."""
        replace = msgspec.structs.replace
        edits = tuple(
            replace(one, place=move(one.place), to=move(one.to))
            if isinstance(one, Move)
            else replace(one, place=move(one.place))
            for one in self.edits
        )
        return replace(self, edits=edits)
