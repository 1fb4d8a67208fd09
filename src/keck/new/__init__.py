"""Services: written by ``keck new``, extended by ``keck add``.

The same as the two commands do::

    from pathlib import Path

    from keck.new import add, new

    new("my-shop", Path("my-shop"), without=["mail"])
    add("mail", Path("my-shop"))
"""

from __future__ import annotations

from keck.new.add import Added, add
from keck.new.service import Service, new

__all__ = ["Added", "Service", "add", "new"]
