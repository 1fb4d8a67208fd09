"""Rows that are changed or deleted without being loaded."""

from __future__ import annotations

from keck.facts.expr import Const, Ref
from keck.queries.chain import Link
from keck.queries.left import Left
from keck.queries.links import CRITERIA
from keck.queries.query import Query


def _bulk(query: Query, name: str) -> str:
    shape = query.shape
    if not query.whole or not query.entity or set(shape.names) - CRITERIA or shape.wide:
        raise Left(f"`{name}` of a query that is more than filtered")
    return f"{query.spelling.of(name)}({query.entity}){query.links}"


def _executed(query: Query, statement: str) -> str:
    text = f"{query.spelling.session}.execute(<{statement}>)"
    return text if query.is_dropped else f"{text}.rowcount"


def _synchronised(link: Link, position: int) -> str:
    call = link.call
    if call.open_ended or len(call.args) > position + 1:
        raise Left(f"`{link.name}` of what is not known")
    value = link.value(position) if len(call.args) > position else ""
    if call.keyword("synchronize_session") is not None:
        value = link.value("synchronize_session")
    given = call.argument(position, "synchronize_session")
    if given is not None and not isinstance(given, Const | Ref):
        raise Left(f"`{link.name}` of what is not known")
    return f".execution_options(synchronize_session={value})" if value else ""


def deleted(query: Query, link: Link) -> str:
    """Return the pattern of ``delete()``."""
    if {one.name for one in link.call.keywords} - {"synchronize_session"}:
        raise Left("`delete` with options")
    return _executed(query, _bulk(query, "delete") + _synchronised(link, 0))


def updated(query: Query, link: Link) -> str:
    """Return the pattern of ``update()``."""
    call = link.call
    if {one.name for one in call.keywords} - {"synchronize_session", "values"} or not (call.args or call.keywords):
        raise Left("`update` with options")
    values = link.value(0) if call.args else link.value("values")
    if not call.args and call.keyword("values") is None:
        raise Left("`update` of nothing")
    return _executed(query, f"{_bulk(query, 'update')}.values({values}){_synchronised(link, 1)}")
