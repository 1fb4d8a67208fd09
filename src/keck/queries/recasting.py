"""One chain of calls as an edit."""

from __future__ import annotations

from keck.edit import Recast
from keck.facts.record import Step
from keck.project.module import Module
from keck.queries.beginning import Beginnings, Begun
from keck.queries.chain import Chain
from keck.queries.context import fits, use
from keck.queries.ends import ended, is_end, iterated, nested
from keck.queries.links import Shape


def recasting(
    beginnings: Beginnings, module: Module, scope: str, begun: Begun, one: Chain, *, base: str, shape: Shape
) -> list[Recast]:
    """Return what makes a chain one that begins with `select()`; nothing where it stays as it stands.

    Args:
        beginnings: knows the project.
        module: where it stands.
        scope: where it stands.
        begun: how the query begins.
        one: the chain.
        base: the pattern of what it begins with now.
        shape: what is known of that.

    Raises:
        Left: it is not known well enough.
    """
    fits(one.whole)
    links = one.links if one.begins == "variable" else begun.links
    last = links[-1] if links and is_end(links[-1].name) else None
    at = one.whole.at
    dropped = isinstance(at, Step) and at.kind == "do" and not one.whole.around
    middle = links[:-1] if last else links
    query = beginnings.query(module, scope, begun, base=base, shape=shape, links=middle, dropped=dropped)
    if last is not None:
        pattern = ended(query, last)
    elif use(module, scope, one) == "loop":
        pattern = iterated(query)
    else:
        pattern = nested(query)
    as_it_is = base + "".join(link.text for link in links)
    if one.begins == "variable" and pattern == as_it_is:
        return []
    return [Recast(module.place(one.whole.expr), by="query", into=pattern)]
