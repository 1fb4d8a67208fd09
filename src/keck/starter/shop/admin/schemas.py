"""What the admin API takes and answers."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import Field

from ..paging import PageQuery
from ..schemas import LARGEST_INTEGER
from ..schemas import Email
from ..schemas import Input
from ..schemas import Integer
from ..schemas import Output
from ..schemas import Text


class UsersQuery(PageQuery):
    """Which users are asked for."""

    email: Email | None = None


class UserOut(Output):
    """An account as admins see it."""

    id: UUID
    email: str
    role: str
    verified_at: datetime | None
    disabled_at: datetime | None
    created_at: datetime


class UserPage(Output):
    """Some users in the order of their ids; `next` is the cursor of those that follow, null on the last page."""

    users: list[UserOut]
    next: str | None


class UserChange(Input):
    """What is to change about an account; what is not named stays."""

    disabled: bool = Field(default_factory=bool)
    role: Literal["user", "admin"] = Field(default_factory=lambda: "user")


class NewItem(Input):
    """An item that is to be added. `price` is in the smallest unit of the currency."""

    name: Text = Field(min_length=1, max_length=120)
    description: Text = Field(default="", max_length=2_000)
    category: Text = Field(min_length=1, max_length=40)
    price: Integer = Field(ge=0, le=LARGEST_INTEGER)


class ItemChange(Input):
    """What is to change about an item; what is not named stays."""

    name: Text = Field(default_factory=str, min_length=1, max_length=120)
    description: Text = Field(default_factory=str, max_length=2_000)
    category: Text = Field(default_factory=str, min_length=1, max_length=40)
    price: Integer = Field(default_factory=int, ge=0, le=LARGEST_INTEGER)
