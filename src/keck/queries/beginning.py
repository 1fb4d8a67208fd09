"""How queries begin: whose they are, what they ask for, and in which words that is said with `select()`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from keck.facts.expr import Attr, Call, Expr, Ref, ref_at, terminal
from keck.project import Project
from keck.project.module import Module
from keck.queries.chain import Chain, Link, Spot, chain
from keck.queries.ends import is_end
from keck.queries.left import Left
from keck.queries.links import Links, Shape
from keck.queries.loading import Loading
from keck.queries.query import Query
from keck.queries.schema import Schema
from keck.queries.selection import Asked, Selection, Selections
from keck.queries.spelling import Spelling, Spellings


@dataclass(frozen=True)
class Begun:
    """The beginning of a query.

    Attributes:
        select: the pattern of ``db.select(User)``.
        title: the same as it will read, for people.
        shape: what it asks for.
        links: the calls that follow.
        entity: see `Query`.
        source: see `Query`.
        spelling: the words of the module.
    """

    select: str
    title: str
    shape: Shape
    links: tuple[Link, ...]
    entity: str
    source: str
    spelling: Spelling


class Beginnings:
    """Finds and judges beginnings."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.schema = Schema(project)
        self.loading = Loading(project)
        self.selections = Selections(project)
        self.spellings = Spellings(project)
        self.links = Links(self.selections, self.spellings)

    def found(self, spots: list[Spot]) -> Iterator[Chain]:
        """Yield the chains that begin with ``query``."""
        for spot in spots:
            one = spot.expr
            if isinstance(one, Ref):
                parts = one.name.split(".")
                if "query" in parts[1:]:
                    at = parts.index("query", 1)
                    holder = ref_at(one, ".".join(parts[:at]))
                    called = bool(spot.around) and isinstance(spot.around[0], Call) and spot.around[0].func is one
                    if at == len(parts) - 1 and called:
                        yield chain(spot, holder, "session", ["query"], is_end)
                    else:
                        yield chain(spot, holder, "model", parts[at + 1 :], is_end)
            elif isinstance(one, Attr) and one.name == "query":
                called = bool(spot.around) and isinstance(spot.around[0], Call) and spot.around[0].func is one
                yield chain(spot, one.value, "session" if called else "model", ["query"] if called else [], is_end)

    def begun(self, module: Module, scope: str, one: Chain) -> Begun:
        """Return how a chain begins.

        Raises:
            Left: it is not known well enough.
        """
        self.schema.ready(module)
        if one.begins == "session":
            return self._of_session(module, scope, one)
        return self._of_model(module, scope, one)

    def _of_model(self, module: Module, scope: str, one: Chain) -> Begun:
        symbol, spelt = self._model(module, scope, one.holder)
        if not symbol:
            raise Left("a model that is not known")
        homes = {self.schema.db(each).symbol: self.schema.db(each) for each in self.selections.family(symbol)}
        if len(homes) != 1:
            raise Left("a model of which no one SQLAlchemy() is the home")
        spelling = self.spellings.of_model(module, scope, next(iter(homes.values())))
        shape = Shape(Selection((Asked("entity", frozenset({symbol}), spelt),)))
        return self._head(module, scope, shape, spelling=spelling, links=one.links, asked=spelt, named=spelt)

    def _of_session(self, module: Module, scope: str, one: Chain) -> Begun:
        spelling, instance = self.spellings.of_session(module, scope, one.holder)
        if instance is not None:
            self.schema.usual(instance)
        elif not self.schema.has_plain_sessions:
            raise Left("a session with a query class of its own")
        first, *links = one.links
        shape = Shape(self.selections.of(module, scope, first.call))
        named = ", ".join(each.name if each.kind == "entity" else "..." for each in shape.selection.asked)
        return self._head(
            module, scope, shape, spelling=spelling, links=tuple(links), asked=first.value("*"), named=named
        )

    def _head(
        self,
        module: Module,
        scope: str,
        shape: Shape,
        *,
        spelling: Spelling,
        links: tuple[Link, ...],
        asked: str,
        named: str,
    ) -> Begun:
        for symbol in shape.selection.models:
            for each in self.selections.family(symbol):
                self.schema.see_bases(each)
        if links and links[0].name == "with_entities":
            narrowed = self.selections.of(module, scope, links[0].call)
            shape, asked, named, links = Shape(narrowed), links[0].value("*"), "...", links[1:]
        (first, *others) = shape.selection.asked
        alone = not others and len(first.models) == 1
        entity = first.name if alone and first.kind == "entity" else ""
        source = first.name if alone and first.kind in {"entity", "column"} else ""
        function = spelling.of("select")
        return Begun(f"{function}({asked})", f"{function}({named})", shape, links, entity, source, spelling)

    def _model(self, module: Module, scope: str, holder: Expr) -> tuple[str, str]:
        """Return the symbol of the model that a query belongs to, and how it is spelt."""
        if isinstance(holder, Call) and terminal(holder.func) == "type" and len(holder.args) == 1:
            (of,) = holder.args
            if isinstance(of, Ref) and of.name == "self":
                return self.selections.model(module, scope, ref_at(of, "self.__class__")), "type(self)"
            return "", ""
        if not isinstance(holder, Ref):
            return "", ""
        if holder.name == "self":
            return self.selections.model(module, scope, ref_at(holder, "self.__class__")), "type(self)"
        return self.selections.model(module, scope, holder), holder.name

    def query(
        self,
        module: Module,
        scope: str,
        begun: Begun,
        *,
        base: str,
        shape: Shape,
        links: tuple[Link, ...],
        dropped: bool,
    ) -> Query:
        """Return a query up to its last call.

        Args:
            module: where it stands.
            scope: where it stands.
            begun: how it begins.
            base: the pattern of what the calls follow: ``db.select(User)``, or a variable.
            shape: what is known of that.
            links: the calls.
            dropped: whether nothing is done with the result.

        Raises:
            Left: one of the calls is not known.
        """
        after, text = self.links.follow(module, scope, shape, links)
        collects = after.eager or any(
            self.loading.collections(each)
            for symbol in after.selection.entities
            for each in (self.selections.family(symbol) or [symbol])
        )
        if after.has("distinct") and after.sorted_wide:
            raise Left("`distinct`, sorted by what may not be asked for")
        return Query(
            select=f"{base}{text}",
            links=text,
            shape=after,
            repeats=after.selection.has_entity and (collects or self._repeats(after)),
            collects=collects and after.selection.has_entity,
            entity=begun.entity,
            source=begun.source,
            spelling=begun.spelling,
            is_dropped=dropped,
            whole=base == begun.select,
        )

    def _repeats(self, shape: Shape) -> bool:
        """Whether rows may be the same."""
        return shape.wide or not shape.selection.models <= shape.selection.entities
