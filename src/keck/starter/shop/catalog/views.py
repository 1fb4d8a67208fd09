"""The public views of the catalogue."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask import request
from sqlalchemy import select

from ..errors import Refusal
from ..etag import NOT_MODIFIED
from ..etag import Answer
from ..etag import answer
from ..etag import revalidated
from ..extensions import cache  # with: cache
from ..extensions import db
from ..models import Item
from ..paging import next_link
from ..paging import page
from ..schemas import LARGEST_INTEGER
from .schemas import CategoryOut
from .schemas import ItemOut
from .schemas import ItemPage
from .schemas import ItemsQuery
from .summaries import summary
from .versions import is_answer  # with: cache
from .versions import item_key  # with: cache
from .versions import must_bypass  # with: cache
from .versions import page_key  # with: cache

blueprint = APIBlueprint("catalog", __name__, url_prefix="/api", tag="Catalogue")

_COLUMNS = tuple(getattr(Item, name) for name in ItemOut.model_fields)


@blueprint.get("/items")
@blueprint.doc(responses=NOT_MODIFIED)
@blueprint.output(ItemPage)
@revalidated
@cache.cached(make_cache_key=page_key, unless=must_bypass, response_filter=is_answer)  # with: cache
@blueprint.input(ItemsQuery, location="query", arg_name="query")
def items(query: ItemsQuery) -> Answer:
    """List items in the order of their ids, a page at a time."""
    rows = select(*_COLUMNS)
    if query.category is not None:
        rows = rows.where(Item.category == query.category)
    shown, cursor = page(rows, Item.id, query, id_in)
    body = ItemPage(items=[ItemOut.model_validate(row) for row in shown], next=cursor)
    link = next_link(request.path, query.model_dump(exclude={"cursor"}), cursor)
    return answer(body.model_dump_json(), link)


@blueprint.get("/items/<int:item_id>")
@blueprint.doc(responses=NOT_MODIFIED)
@blueprint.output(ItemOut)
@revalidated
@cache.cached(make_cache_key=item_key, unless=must_bypass, response_filter=is_answer)  # with: cache
def item(item_id: int) -> Answer:
    """Show an item."""
    row = None
    if item_id <= LARGEST_INTEGER:
        row = db.session.execute(select(*_COLUMNS).where(Item.id == item_id)).one_or_none()
    if row is None:
        raise Refusal(404, "There is no such item.")
    return answer(ItemOut.model_validate(row).model_dump_json())


@blueprint.get("/categories/<name>")
@blueprint.doc(responses=NOT_MODIFIED)
@blueprint.output(CategoryOut)
@revalidated
def category(name: str) -> Answer:
    """Show how many items a category has, and between which prices."""
    found = None if "\0" in name else summary(name)
    if found is None:
        raise Refusal(404, "There is no such category.")
    return answer(CategoryOut.model_validate(found).model_dump_json())


def id_in(text: str) -> int:
    """The id that a cursor holds.

    Raises:
        ValueError: it holds something else.
    """
    key = int(text)
    if not 0 <= key <= LARGEST_INTEGER:
        raise ValueError("no id of an item")
    return key
