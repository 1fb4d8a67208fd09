"""What a conversion to a factory comes to."""

from __future__ import annotations

import msgspec


class Conversion(msgspec.Struct, frozen=True):
    """The new files of a project whose app is made by a factory.

    Attributes:
        files: the new text of each file that changes, by path relative to the root; None: the file goes.
        app: what to boot afterwards: ``app:create_app``.
        intends: which parts of a proof's snapshot may differ, as patterns of `fnmatch`.
        says: what else is to be told of it, a clause each.
    """

    files: dict[str, str | None]
    app: str
    intends: tuple[str, ...] = ()
    says: tuple[str, ...] = ()
