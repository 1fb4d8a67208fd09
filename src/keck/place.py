"""Where something stands in source text."""

from __future__ import annotations

import msgspec


class Place(msgspec.Struct, frozen=True, order=True):
    """A span of source text.

    `path` is relative to the root of the check and uses ``/``. `line` and `column` count from 1,
    `end_line` is inclusive, `end_column` is exclusive; columns count characters.
    """

    path: str
    line: int = 1
    column: int = 1
    end_line: int = 1
    end_column: int = 1
