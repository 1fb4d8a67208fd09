"""The views that change the catalogue. Each announces its change, so that no cached answer outlives it."""

from __future__ import annotations

from flask import Response
from flask import url_for
from flask_jwt_extended import jwt_required
from sqlalchemy import select
from sqlalchemy.orm import Session

from ..accounts.guard import requires
from ..catalog.freshness import changing_catalog  # with: cache
from ..catalog.schemas import ItemOut
from ..database import unit_of_work
from ..errors import Refusal
from ..extensions import db
from ..extensions import limiter  # with: limiter
from ..limits import account_limit  # with: limiter
from ..limits import account_or_address  # with: limiter
from ..models import Item
from ..openapi import ACCESS
from ..schemas import LARGEST_INTEGER
from .blueprint import blueprint
from .schemas import ItemChange
from .schemas import NewItem


@blueprint.post("/items")
@blueprint.doc(security=ACCESS, responses=[403])
@blueprint.output(ItemOut, status_code=201)
@jwt_required()
@requires("admin")
@limiter.limit(account_limit, key_func=account_or_address)  # with: limiter
@blueprint.input(NewItem, arg_name="data")
@changing_catalog()  # with: cache
def add_item(data: NewItem) -> tuple[ItemOut, int, dict[str, str]]:
    """Add an item to the catalogue."""
    item = Item(**data.model_dump())
    with unit_of_work(db) as work:
        work.add(item)
    return ItemOut.model_validate(item), 201, {"Location": url_for("catalog.item", item_id=item.id)}


@blueprint.patch("/items/<int:item_id>")
@blueprint.doc(security=ACCESS, responses=[403])
@blueprint.output(ItemOut)
@jwt_required()
@requires("admin")
@limiter.limit(account_limit, key_func=account_or_address)  # with: limiter
@blueprint.input(ItemChange, arg_name="change")
@changing_catalog()  # with: cache
def change_item(item_id: int, change: ItemChange) -> ItemOut:
    """Change an item; what is not named stays."""
    with unit_of_work(db) as work:
        item = _locked(work, item_id)
        for name, value in change.model_dump(exclude_unset=True).items():
            setattr(item, name, value)
    return ItemOut.model_validate(item)


@blueprint.delete("/items/<int:item_id>")
@blueprint.doc(security=ACCESS, responses=[204, 403])
@jwt_required()
@requires("admin")
@limiter.limit(account_limit, key_func=account_or_address)  # with: limiter
@changing_catalog()  # with: cache
def delete_item(item_id: int) -> Response:
    """Delete an item."""
    with unit_of_work(db) as work:
        work.delete(_locked(work, item_id))
    return Response(status=204)


def _locked(work: Session, item_id: int) -> Item:
    item = None
    if item_id <= LARGEST_INTEGER:
        item = work.scalars(select(Item).where(Item.id == item_id).with_for_update()).one_or_none()
    if item is None:
        raise Refusal(404, "There is no such item.")
    return item
