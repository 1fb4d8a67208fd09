"""What is known of a category as a whole."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func
from sqlalchemy import select

from ..extensions import cache  # with: cache
from ..extensions import db
from ..models import Item
from .versions import must_bypass  # with: cache
from .versions import versioned  # with: cache


@cache.memoize(make_name=versioned, unless=must_bypass)  # with: cache
def summary(category: str) -> dict[str, Any] | None:
    """How many items a category has, its lowest and its highest price; None where it has none."""
    price = Item.price
    count, lowest, highest = db.session.execute(
        select(func.count(), func.min(price), func.max(price)).where(Item.category == category)
    ).one()
    return {"category": category, "count": count, "lowest": lowest, "highest": highest} if count else None
