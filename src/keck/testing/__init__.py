"""What Keck's pytest plugin looks after: which database a suite empties, and in which context its clients ask."""

from __future__ import annotations


class WrongDatabase(UserWarning):
    """Tables would be made or dropped in another database than the one that the app's config names now.

    A warning, or raised as an error where ``keck_database = "error"`` stands in pytest's configuration.
    """
