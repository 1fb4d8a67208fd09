"""Queries that a function keeps in variables and builds up over several statements: rewritten all together or not."""

from __future__ import annotations

from dataclasses import replace

from keck.edit import Edit, Recast
from keck.facts.expr import Ref, ref_at
from keck.facts.record import Step
from keck.project.module import Module
from keck.queries.beginning import Beginnings, Begun
from keck.queries.chain import Chain, Spot, chain
from keck.queries.context import fits
from keck.queries.ends import is_end
from keck.queries.left import Left
from keck.queries.links import LIMITS, Shape
from keck.queries.recasting import recasting


class Flow:
    """The variables of one scope that hold queries."""

    def __init__(self, beginnings: Beginnings, module: Module, scope: str, spots: list[Spot]) -> None:
        self._beginnings = beginnings
        self._module = module
        self._scope = scope
        self._spots = spots
        self._done: dict[str, tuple[Edit, ...] | str] = {}

    def kept(self, one: Chain) -> str:
        """Return the variable that a chain is assigned to; empty where it is used in another way.

        Raises:
            Left: it is assigned to something else.
        """
        at = one.whole.at
        if one.whole.around or not isinstance(at, Step) or at.kind != "assign" or one.rest:
            return ""
        if one.links and is_end(one.links[-1].name):
            return ""
        if len(at.targets) != 1 or not isinstance(at.targets[0], Ref) or "." in at.targets[0].name:
            raise Left("it is kept in more than a variable")
        if self._scope not in self._module.functions:
            raise Left("it is kept in a variable outside functions")
        return at.targets[0].name

    def edits(self, name: str) -> tuple[Edit, ...]:
        """Return what rewrites all that has to do with a variable.

        Raises:
            Left: something of that is not known.
        """
        done = self._done.get(name)
        if done is None:
            names = self._group(name)
            try:
                done = self._edits(names)
            except Left as left:
                done = str(left)
            for one in names:
                self._done[one] = done
        if isinstance(done, str):
            raise Left(done)
        return done

    def _group(self, name: str) -> set[str]:
        """Return the variables that hold what a variable holds."""
        names, pending = {name}, [name]
        while pending:
            current = pending.pop()
            found = {self._kept(one) for one in self._uses(current)}
            found |= {
                one.holder.name
                for one in self._definitions(current)
                if one.begins == "variable" and isinstance(one.holder, Ref)
            }
            pending += sorted(found - names - {""})
            names |= found - {""}
        return names

    def _kept(self, one: Chain) -> str:
        try:
            return self.kept(one)
        except Left:
            return ""

    def _uses(self, name: str) -> list[Chain]:
        """Return the chains that begin with a variable, in the order of the text."""
        found = []
        for spot in self._spots:
            one = spot.expr
            if isinstance(one, Ref) and one.name.partition(".")[0] == name and not _is_target(spot):
                rest = one.name.split(".")[1:]
                found.append(chain(spot, ref_at(one, name), "variable", rest, is_end))
        return sorted(found, key=lambda one: (one.whole.at.line, one.spot.expr.line, one.spot.expr.column))

    def _definitions(self, name: str) -> list[Chain]:
        """Return the chains that a variable is given; the assignments that are none are missing."""
        bound = self._beginnings.project.names.scope(self._module, self._scope).get(name, [])
        values = [one.value for one in bound if isinstance(one, Step)]
        found = [*self._beginnings.found(self._spots), *self._variables()]
        return [one for one in found if any(one.whole.expr is value for value in values)]

    def _variables(self) -> list[Chain]:
        """Return what else may be a variable's value: a chain on a plain name."""
        found = []
        for spot in self._spots:
            one = spot.expr
            if isinstance(one, Ref) and isinstance(spot.at, Step) and spot.at.kind == "assign" and not _is_target(spot):
                head, *rest = one.name.split(".")
                if "query" not in rest:
                    found.append(chain(spot, ref_at(one, head), "variable", rest, is_end))
        return found

    def _edits(self, names: set[str]) -> tuple[Edit, ...]:
        module, scope = self._module, self._scope
        roots: list[tuple[Chain, Begun]] = []
        for name in sorted(names):
            self._see_plain(name)
            definitions = self._definitions(name)
            bound = self._beginnings.project.names.scope(module, scope).get(name, [])
            if not bound or len(definitions) != len(bound):
                raise Left("its variable holds other things too")
            for one in definitions:
                if one.links and is_end(one.links[-1].name):
                    raise Left("its variable holds other things too")
                if one.begins != "variable":
                    roots.append((one, self._beginnings.begun(module, scope, one)))
        begun = roots[0][1]
        edits: list[Recast] = []
        shapes = []
        for one, each in roots:
            if each.shape != begun.shape or each.spelling.session != begun.spelling.session:
                raise Left("its variable holds different queries")
            query = self._beginnings.query(
                module, scope, each, base=each.select, shape=each.shape, links=each.links, dropped=False
            )
            fits(one.whole)
            shapes.append(query.shape)
            edits.append(Recast(module.place(one.whole.expr), by="query", into=query.select))
        shape = _merged(shapes)
        uses = [one for name in sorted(names) for one in self._uses(name)]
        uses.sort(key=lambda one: (one.whole.at.line, one.spot.expr.line, one.spot.expr.column))
        for one in uses:
            if self._kept(one) in names:
                shape = self._built(begun, one, shape, edits)
        for one in uses:
            if self._kept(one) not in names:
                holder = one.holder.name if isinstance(one.holder, Ref) else ""
                edits += recasting(self._beginnings, module, scope, begun, one, base=holder, shape=shape)
        _see_apart(edits)
        return (*edits, *begun.spelling.needed(edits))

    def _built(self, begun: Begun, one: Chain, shape: Shape, edits: list[Recast]) -> Shape:
        """Return the shape after one more assignment."""
        module, scope = self._module, self._scope
        fits(one.whole)
        names = {link.name for link in one.links}
        if names & {"with_entities", "add_columns"}:
            raise Left("it asks for something else later")
        if names & LIMITS and any(each.kind in {"for", "while"} for each in module.around(one.whole.at.block)):  # type: ignore[union-attr]
            raise Left("it is limited in a loop")
        holder = one.holder.name if isinstance(one.holder, Ref) else ""
        query = self._beginnings.query(module, scope, begun, base=holder, shape=shape, links=one.links, dropped=False)
        if query.select != holder + "".join(link.text for link in one.links):
            edits.append(Recast(module.place(one.whole.expr), by="query", into=query.select))
        after = query.shape
        return replace(after, joined="?") if after.joined != shape.joined else after

    def _see_plain(self, name: str) -> None:
        """See that a variable is one of this function only, and bound by assignments only."""
        module = self._module
        bound = self._beginnings.project.names.scope(module, self._scope).get(name, [])
        if not all(isinstance(one, Step) and one.kind == "assign" and _is_plain(one) for one in bound):
            raise Left("its variable holds other things too")
        for step in module.steps(self._scope):
            for target in step.targets:
                if isinstance(target, Ref) and target.name == name and step.kind != "assign":
                    raise Left("its variable is changed in another way")
        for inner in module.inside(self._scope):
            if inner != self._scope and any(one.name.partition(".")[0] == name for one in module.refs(inner)):
                raise Left("its variable is used in an inner function")


def _is_plain(step: Step) -> bool:
    return len(step.targets) == 1 and isinstance(step.targets[0], Ref)


def _is_target(spot: Spot) -> bool:
    at = spot.at
    return isinstance(at, Step) and any(spot.expr is one for one in at.targets)


def _merged(shapes: list[Shape]) -> Shape:
    """Return what may be true of a query that is one of several."""
    first, *others = shapes
    joined = {one.joined for one in shapes}
    names = list(first.names)
    for one in others:
        names += [name for name in one.names if name not in names]
    return replace(
        first,
        names=tuple(names),
        joined=joined.pop() if len(joined) == 1 else "?",
        wide=any(one.wide for one in shapes),
        eager=any(one.eager for one in shapes),
        sorted_wide=any(one.sorted_wide for one in shapes),
    )


def _see_apart(edits: list[Recast]) -> None:
    """See that no edit lies within another one."""
    places = [one.place for one in edits]
    for one in places:
        for other in places:
            begins = (one.line, one.column) <= (other.line, other.column)
            if one is not other and begins and (other.end_line, other.end_column) <= (one.end_line, one.end_column):
                raise Left("one of its uses stands within another")
