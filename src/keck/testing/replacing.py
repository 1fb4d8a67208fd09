"""Methods that are replaced for a while."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

Method = Callable[..., Any]


class Replaced:
    """Methods of classes, with what was there before."""

    def __init__(self) -> None:
        self._undo: list[tuple[type, str, Method, Method]] = []

    def replace(self, owner: object, name: str, make: Callable[[Method], Method]) -> None:
        """Replace a method that the class itself has; anything else is left alone.

        Args:
            owner: the class.
            name: of the method.
            make: given the method, returns the one to put in its place.
        """
        if not isinstance(owner, type) or not callable(vars(owner).get(name)):
            return
        old: Method = vars(owner)[name]
        new = functools.wraps(old)(make(old))
        setattr(owner, name, new)
        self._undo.append((owner, name, old, new))

    def restore(self) -> None:
        """Put back what was there, where nobody has replaced it since."""
        while self._undo:
            owner, name, old, new = self._undo.pop()
            if vars(owner).get(name) is new:
                setattr(owner, name, old)
