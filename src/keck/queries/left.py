"""Why a query stays as it is."""

from __future__ import annotations


class Left(Exception):  # noqa: N818 - it is no error
    """Raised where a query is not rewritten, as something about it is not known; says why, as a clause."""
