"""A query up to the call that ends it."""

from __future__ import annotations

from dataclasses import dataclass

from keck.queries.links import Shape
from keck.queries.spelling import Spelling


@dataclass(frozen=True)
class Query:
    """A query up to its last call.

    Attributes:
        select: the pattern of the statement: ``db.select(User){0}{1}``.
        links: the part of it that follows ``db.select(User)``.
        shape: what is known of it.
        repeats: whether its rows may repeat where `Query` leaves out repetitions.
        collects: whether collections may be loaded with it by a join.
        entity: the pattern of the model, if it asks for one; empty otherwise.
        source: the pattern of the model that it asks, be it for all of it or for columns; empty where there are more.
        spelling: the words of the module.
        is_dropped: whether nothing is done with the result.
        whole: whether the chain begins with the model itself, not with a variable.
    """

    select: str
    links: str
    shape: Shape
    repeats: bool
    collects: bool
    entity: str
    source: str
    spelling: Spelling
    is_dropped: bool
    whole: bool

    def asked(self, more: str = "", *, unique: bool) -> str:
        """Return the pattern of the results: models, or rows."""
        method = "scalars" if self.shape.selection.is_single else "execute"
        text = f"{self.spelling.session}.{method}(<{self.select}{more}>)"
        return f"{text}.unique()" if unique else text
