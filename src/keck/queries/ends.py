"""The last call of a chain: what asks the database, and what asks the same of a `select()`."""

from __future__ import annotations

from collections.abc import Callable

from keck.queries.bulk import deleted, updated
from keck.queries.chain import Link
from keck.queries.left import Left
from keck.queries.links import CRITERIA, LIMITS
from keck.queries.query import Query


def ended(query: Query, link: Link) -> str:
    """Return the pattern of a whole chain.

    Raises:
        Left: its last call is not known, or no `select()` does quite the same.
    """
    return _ENDS[link.name](query, link)


def iterated(query: Query) -> str:
    """Return the pattern of a query whose results are looped over."""
    return query.asked(unique=query.repeats)


def nested(query: Query) -> str:
    """Return the pattern of a query that is part of another statement."""
    return query.select


def is_end(name: str) -> bool:
    """Whether a method asks the database, or makes something else of a query."""
    return name in _ENDS


def _bare(link: Link) -> None:
    if link.call.args or link.call.keywords:
        raise Left(f"`{link.name}` with arguments")


def _all(query: Query, link: Link) -> str:
    _bare(link)
    return f"{query.asked(unique=query.repeats)}.all()"


def _one_row(link: Link) -> str:
    """Return the limit that `Query` sets itself, where the last call stood."""
    return f"{link.value('^')}.limit(1)"


def _first(query: Query, link: Link) -> str:
    _bare(link)
    return f"{query.asked(_one_row(link), unique=query.collects)}.first()"


def _one(query: Query, link: Link) -> str:
    _bare(link)
    return f"{query.asked(unique=query.repeats)}.{link.name}()"


def _scalar(query: Query, link: Link) -> str:
    _bare(link)
    shape = query.shape
    if shape.selection.is_single:
        return f"{query.asked(unique=query.repeats)}.one_or_none()"
    if shape.selection.is_one_row and not shape.has("group_by", "having"):
        return f"{query.spelling.session}.scalar(<{query.select}>)"
    return f"{query.asked(unique=query.repeats)}.scalar_one_or_none()"


def _keyed(query: Query, link: Link, method: str, extra: str = "") -> str:
    if set(query.shape.names) - {"options"} or not query.entity or not query.whole or query.shape.names:
        raise Left(f"`{link.name}` of a query that is narrowed")
    call = link.call
    if call.args and not call.open_ended:
        return f"{method}({query.entity}, {link.value(0)}{extra})"
    if call.keyword("ident") is not None:
        return f"{method}({query.entity}, {link.value('ident')}{extra})"
    raise Left(f"`{link.name}` of what is not known")


def _get(query: Query, link: Link) -> str:
    if len(link.call.args) + len(link.call.keywords) != 1:
        raise Left("`get` with more than a key")
    return _keyed(query, link, f"{query.spelling.session}.get")


def _described(link: Link, position: int) -> str:
    call = link.call
    if call.open_ended or {one.name for one in call.keywords} - {"description", "ident"}:
        raise Left(f"`{link.name}` with arguments that are not known")
    if len(call.args) > position:
        return f", description={link.value(position)}"
    return f", description={link.value('description')}" if call.keyword("description") is not None else ""


def _extension(query: Query, link: Link) -> str:
    if not query.spelling.db:
        raise Left(f"`{link.name}` of a session that is not Flask-SQLAlchemy's")
    return query.spelling.db


def _get_or_404(query: Query, link: Link) -> str:
    return _keyed(query, link, f"{_extension(query, link)}.get_or_404", _described(link, 1))


def _first_or_404(query: Query, link: Link) -> str:
    if not query.shape.selection.is_single:
        raise Left("`first_or_404` of rows")
    if query.collects:
        raise Left("`first_or_404` where collections are loaded by a join")
    return f"{_extension(query, link)}.first_or_404(<{query.select}{_one_row(link)}>{_described(link, 0)})"


def _one_or_404(query: Query, link: Link) -> str:
    if not query.shape.selection.is_single:
        raise Left("`one_or_404` of rows")
    if query.repeats:
        raise Left("`one_or_404` of rows that may repeat")
    return f"{_extension(query, link)}.one_or_404(<{query.select}>{_described(link, 0)})"


_PAGE = ("page", "per_page", "error_out", "max_per_page")
"""The order that Flask-SQLAlchemy 2 knew for positional arguments."""


def _paginate(query: Query, link: Link) -> str:
    if not query.shape.selection.is_single:
        raise Left("`paginate` of rows")
    if query.shape.has(*LIMITS):
        raise Left("`paginate` after a limit")
    if query.shape.has("with_for_update"):
        raise Left("`paginate` of what is locked")
    call = link.call
    if call.open_ended or len(call.args) > len(_PAGE):
        raise Left("`paginate` of what is not known")
    if {one.name for one in call.keywords} - {*_PAGE, "count"}:
        raise Left("`paginate` with arguments that are not known")
    head = f"{_extension(query, link)}.paginate(<{query.select}>"
    if not call.args:
        return f"{head}{link.value('+')})"
    given = [f"{_PAGE[index]}={link.value(index)}" for index in range(len(call.args))]
    given += [f"{one.name}={link.value(one.name or '')}" for one in call.keywords]
    return f"{head}, {', '.join(given)})"


def _count(query: Query, link: Link) -> str:
    _bare(link)
    spelling, shape = query.spelling, query.shape
    if shape.has("with_for_update"):
        raise Left("`count` of what is locked")
    counted = f"{spelling.of('select')}({spelling.of('func')}.count())"
    simple = query.whole and query.source and not (set(shape.names) - CRITERIA)
    if simple:
        return f"{spelling.session}.scalar(<{counted}.select_from({query.source}){query.links}>)"
    return f"{spelling.session}.scalar({counted}.select_from(<{query.select}{link.value('^')}.subquery()>))"


def _same(query: Query, link: Link) -> str:
    if link.call.open_ended or len(link.call.args) > 1 or {one.name for one in link.call.keywords} - {"name"}:
        raise Left(f"`{link.name}` with options")
    return f"{query.select}{link.text}"


def _scalar_subquery(query: Query, link: Link) -> str:
    _bare(link)
    return f"{query.select}.scalar_subquery()"


def _exists(query: Query, link: Link) -> str:
    _bare(link)
    if query.shape.has("group_by", "having", "distinct"):
        raise Left("`exists` of groups")
    if not all(one.kind in {"entity", "column"} for one in query.shape.selection.asked):
        raise Left("`exists` of what is computed")
    return f"{query.select}.exists()"


_ENDS: dict[str, Callable[[Query, Link], str]] = {
    "all": _all,
    "first": _first,
    "one": _one,
    "one_or_none": _one,
    "scalar": _scalar,
    "get": _get,
    "get_or_404": _get_or_404,
    "first_or_404": _first_or_404,
    "one_or_404": _one_or_404,
    "paginate": _paginate,
    "count": _count,
    "exists": _exists,
    "subquery": _same,
    "cte": _same,
    "label": _same,
    "scalar_subquery": _scalar_subquery,
    "as_scalar": _scalar_subquery,
    "delete": deleted,
    "update": updated,
}
