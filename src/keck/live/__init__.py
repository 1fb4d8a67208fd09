"""The second witness: a live app, read into plain data.

The way of the data: `scan` finds the instances, `extensions` say how each is bound and set, `config` masks
secrets, `chain` follows each view through its wrappers, `routes` put together what applies to each route in
the order in which it runs. Nothing here runs code of the app beyond what reading an attribute runs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from keck.live.read import read

__all__ = ["read"]


def __getattr__(name: str) -> object:
    """Import what is asked for: the record alone must not load the rest."""
    if name != "read":
        raise AttributeError(f"module 'keck.live' has no attribute {name!r}")
    from keck.live.read import read

    return read
