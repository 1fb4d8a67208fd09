"""What the catalogue takes and answers."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from ..paging import PageQuery
from ..schemas import Output
from ..schemas import Text


class ItemsQuery(PageQuery):
    """Which items are asked for."""

    category: Text | None = Field(default=None, min_length=1, max_length=40)


class ItemOut(Output):
    """An item. `price` is in the smallest unit of the currency."""

    id: int
    name: str
    description: str
    category: str
    price: int
    updated_at: datetime


class ItemPage(Output):
    """Some items in the order of their ids; `next` is the cursor of those that follow, null on the last page."""

    items: list[ItemOut]
    next: str | None


class CategoryOut(Output):
    """A category: how many items it has, and between which prices."""

    category: str
    count: int
    lowest: int
    highest: int
