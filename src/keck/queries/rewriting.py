"""Every query of a scope: how it is rewritten, or why it stays as it is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from keck.edit import Edit, Fix
from keck.facts.expr import Span
from keck.project import Project
from keck.project.module import Module
from keck.queries.beginning import Beginnings
from keck.queries.chain import Chain, Extent, spots, where
from keck.queries.flow import Flow
from keck.queries.left import Left
from keck.queries.recasting import recasting


@dataclass(frozen=True)
class Rewriting:
    """What becomes of a query."""

    title: str
    edits: tuple[Edit, ...]

    @property
    def fix(self) -> Fix:
        """The same as a fix."""
        return Fix(self.title, self.edits, by_name=True)


class Rewritings:
    """What becomes of the queries of a project."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.beginnings = Beginnings(project)
        self._scopes: dict[tuple[str, str], dict[Extent, Rewriting | str]] = {}

    def of(self, module: Module, scope: str, span: Span) -> Rewriting | str:
        """Return what becomes of the query that begins at a span, or why it stays as it is, as a clause."""
        return self._known(module, scope).get(where(span), "it stands in a decorator or a default")

    def every(self, module: Module, scope: str) -> Iterable[tuple[Extent, Rewriting | str]]:
        """Return what becomes of each query of a scope, by where it begins."""
        return self._known(module, scope).items()

    def _known(self, module: Module, scope: str) -> dict[Extent, Rewriting | str]:
        key = (module.path, scope)
        if key not in self._scopes:
            self._scopes[key] = self._scope(module, scope)
        return self._scopes[key]

    def _scope(self, module: Module, scope: str) -> dict[Extent, Rewriting | str]:
        all_spots = list(spots(module, scope))
        found: dict[Extent, Rewriting | str] = {}
        flow = Flow(self.beginnings, module, scope, all_spots)
        for one in self.beginnings.found(all_spots):
            try:
                found[where(one.spot.expr)] = self._rewriting(module, scope, one, flow)
            except Left as left:
                found[where(one.spot.expr)] = str(left)
        return found

    def _rewriting(self, module: Module, scope: str, one: Chain, flow: Flow) -> Rewriting:
        begun = self.beginnings.begun(module, scope, one)
        name = flow.kept(one)
        if name:
            return Rewriting(f"ask with `{begun.title}`", flow.edits(name))
        edits = recasting(self.beginnings, module, scope, begun, one, base=begun.select, shape=begun.shape)
        return Rewriting(f"ask with `{begun.title}`", (*edits, *begun.spelling.needed(edits)))
