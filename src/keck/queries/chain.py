"""A chain of calls that begins with a query, found in the facts of a scope."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from keck.facts.expr import Attr, Call, Expr, Ref, Span, children, extent
from keck.facts.record import Block, Step
from keck.project.module import Module

Extent = tuple[int, int, int, int]


@dataclass(frozen=True)
class Spot:
    """An expression and what is around it.

    Attributes:
        expr: the expression.
        around: the expressions that it is a part of, the innermost first.
        at: the statement, or the branch whose head it is in.
    """

    expr: Expr
    around: tuple[Expr, ...]
    at: Step | Block


@dataclass(frozen=True)
class Link:
    """One call of a chain; `index` counts as `keck.queries.layout` does."""

    name: str
    call: Call
    index: int

    @property
    def text(self) -> str:
        """The field of a pattern that keeps it as it stands."""
        return f"{{{self.index}}}"

    def value(self, part: int | str) -> str:
        """Return the field of a pattern that holds one of its arguments: all of them under ``*`` and ``+``."""
        return f"{{{self.index}:{part}}}"


@dataclass(frozen=True)
class Chain:
    """A query, from where it begins to where its last call ends.

    Attributes:
        spot: what the chain begins with: ``User.query``, ``db.session.query``, or a variable.
        holder: what stands before ``query``, or the name of the variable.
        begins: ``model``, ``session`` or ``variable``.
        links: its calls after that; that of ``session.query`` itself is the first one.
        rest: attributes at its end that are not called.
        whole: the chain as a whole, and what is around that.
    """

    spot: Spot
    holder: Expr
    begins: str
    links: tuple[Link, ...]
    rest: str
    whole: Spot


def spots(module: Module, scope: str) -> Iterator[Spot]:
    """Yield every name and attribute directly in a scope, in no order."""
    roots: list[tuple[Expr, Step | Block]] = []
    for step in module.steps(scope):
        roots += [(one, step) for one in step.targets]
        if step.value is not None and step.kind != "define":
            roots.append((step.value, step))
    for block in module.blocks(scope):
        if block.subject is not None and block.kind != "else":
            roots.append((block.subject, block))
    for root, at in roots:
        stack: list[tuple[Expr, tuple[Expr, ...]]] = [(root, ())]
        while stack:
            one, around = stack.pop()
            if isinstance(one, Ref | Attr):
                yield Spot(one, around, at)
            inner = (one, *around)
            stack.extend([(part, inner) for part in children(one)])


def chain(spot: Spot, holder: Expr, begins: str, names: list[str], is_end: Callable[[str], bool]) -> Chain:
    """Return the chain that begins at a spot, up to the call that ends it.

    Args:
        spot: a name or attribute that holds the beginning.
        holder: see `Chain`.
        begins: see `Chain`.
        names: what the expression has after the beginning: ``filter_by`` of ``User.query.filter_by``.
        is_end: whether what a method returns is no query any more.
    """
    links: list[Link] = []
    current: Expr = spot.expr
    around = spot.around
    index = _calls_in(spot.expr)
    rest = names
    while around and not (links and is_end(links[-1].name)):
        outer = around[0]
        if isinstance(outer, Call) and outer.func is current and len(rest) == 1:
            links.append(Link(rest[0], outer, index))
            index += 1
            rest = []
        elif isinstance(outer, Attr):
            rest = [*rest, outer.name]
        else:
            break
        current, around = outer, around[1:]
    return Chain(spot, holder, begins, tuple(links), ".".join(rest), Spot(current, around, spot.at))


def _calls_in(expr: Expr) -> int:
    """Return how many calls an expression has along its left side."""
    count = 0
    while True:
        if isinstance(expr, Call):
            count += 1
            expr = expr.func
        elif isinstance(expr, Attr):
            expr = expr.value
        else:
            return count


def where(span: Span) -> Extent:
    """Return what tells one expression of a file from another."""
    return extent(span)
