"""Taking a module-level app apart into ``extensions.py`` and ``create_app()``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keck.factory.conversion import Conversion
from keck.factory.refusal import Refusal

if TYPE_CHECKING:
    from keck.factory.whole import convert

__all__ = ["Conversion", "Refusal", "convert"]


def __getattr__(name: str) -> object:
    if name == "convert":
        from keck.factory.whole import convert  # LibCST is loaded only where it is used

        return convert
    raise AttributeError(name)
