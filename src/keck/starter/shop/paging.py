"""Pages: rows in the order of their key, continued by a cursor that holds the last key of the page before."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from collections.abc import Mapping
from collections.abc import Sequence
from typing import Any
from typing import TypeVar
from urllib.parse import urlencode

from pydantic import Field
from sqlalchemy import Row
from sqlalchemy import Select
from sqlalchemy.orm import InstrumentedAttribute

from .errors import Refusal
from .extensions import db
from .schemas import Query
from .schemas import QueryInteger

DEFAULT_LIMIT = 20
LARGEST_LIMIT = 100

K = TypeVar("K")


class PageQuery(Query):
    """How much of a list is asked for, and from where on."""

    limit: QueryInteger = Field(default=DEFAULT_LIMIT, ge=1, le=LARGEST_LIMIT)
    cursor: str | None = Field(default=None, max_length=64, description="`next` of the page before.")


def cursor_of(key: object) -> str:
    """The cursor after the row with this key."""
    return base64.urlsafe_b64encode(f"after:{key}".encode()).rstrip(b"=").decode()


def key_of(cursor: str, parse: Callable[[str], K]) -> K:
    """The key in a cursor, read by `parse`, which raises a ValueError for what is none.

    Raises:
        Refusal: 422, the cursor is none of ours.
    """
    try:
        text = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).decode()
        key = parse(text.removeprefix("after:"))
    except (binascii.Error, ValueError):
        raise _malformed() from None
    if cursor_of(key) != cursor:
        raise _malformed()
    return key


def page(
    rows: Select[Any], key: InstrumentedAttribute[K], query: PageQuery, parse: Callable[[str], K]
) -> tuple[Sequence[Row[Any]], str | None]:
    """The rows of a page, and the cursor of the next one; None on the last.

    Args:
        rows: What to select, in any order; `key` is among its columns.
        key: A unique column that is not null: it is what rows are ordered by.
        query: Which page it is.
        parse: Turns text into a key; raises a ValueError for what is none.

    Raises:
        Refusal: 422, the cursor is none of ours.
    """
    if query.cursor is not None:
        rows = rows.where(key > key_of(query.cursor, parse))
    found = db.session.execute(rows.order_by(key).limit(query.limit + 1)).all()
    shown = found[: query.limit]
    more = len(found) > query.limit
    return shown, cursor_of(getattr(shown[-1], key.key)) if more else None


def next_link(path: str, parameters: Mapping[str, object], cursor: str | None) -> str | None:
    """The Link header that leads to the next page; None where there is none.

    It is relative: what a client writes into its Host header must not come back in an answer that others are given.
    """
    if cursor is None:
        return None
    kept = {name: value for name, value in parameters.items() if value is not None}
    return f'<{path}?{urlencode({**kept, "cursor": cursor})}>; rel="next"'


def _malformed() -> Refusal:
    return Refusal(422, "The cursor is not one that this list has given.", code="invalid-input")
