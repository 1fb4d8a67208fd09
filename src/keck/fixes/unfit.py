"""Why an edit cannot be done."""

from __future__ import annotations


class Unfit(Exception):  # noqa: N818 - it is no error: another edit, or a person, may do it
    """Raised where an edit does not fit the text; says why, as a clause."""
