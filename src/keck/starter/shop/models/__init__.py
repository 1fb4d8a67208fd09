"""The models. Importing this package makes all of them known to the migrations."""

from __future__ import annotations

from .item import Item
from .link import Link
from .outgoing import OutgoingMail  # with: mail
from .user import LoginSession
from .user import User

__all__ = [
    "Item",
    "Link",
    "LoginSession",
    "OutgoingMail",  # with: mail
    "User",
]
