"""The order in which modules are executed, and at which import statement each has to register what it has."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from keck.factory.page import Page
from keck.factory.plan import Plan
from keck.factory.world import World
from keck.facts.record import Import
from keck.project.module import Module


class Order:
    """Walks the imports of a project as the interpreter does.

    Attributes:
        calls: for each import statement of a page the plans whose modules it executes first and that register
            something, in order.
        clients: the paths of the pages that import the app without being imported by it, and that nothing imports.
        reached: the paths of the modules that the home executes.
    """

    def __init__(self, world: World, plans: dict[str, Plan], registers: frozenset[str]) -> None:
        self.world = world
        self.plans = plans
        self.registers = registers
        self.calls: dict[cst.CSTNode, list[Plan]] = {}
        self.clients: list[str] = []
        self._seen: set[str] = {world.home.path}
        self._visit(world.home.module)
        self.reached = frozenset(self._seen)
        self.called = {each.page.path for one in self.calls.values() for each in one}
        imported = {
            path
            for module in world.project.modules
            if not module.is_test
            for path in world.project.imports[module.path]
        } | set(self._later())
        for path, page in world.pages.items():
            if path not in self.reached and path not in imported:
                self.clients.append(path)
                self._seen = {*self.reached, path}
                self._visit(page.module)
        self.called |= {each.page.path for one in self.calls.values() for each in one}

    def _later(self) -> Iterator[str]:
        """Yield the paths of the modules that functions import in what the home executes."""
        project = self.world.project
        for module in (one for one in project.modules if one.path in self.reached):
            for record in module.facts.imports:
                if record.scope in module.functions:
                    yield from (each.path for each in project.names.executed(module, record))

    def called_by(self, page: Page) -> bool:
        """Whether a page's imports execute modules that register something."""
        return any(self.calls.get(each.node) for one in page.statements for each in one.imports)

    def _visit(self, module: Module) -> list[Plan]:
        """Execute a module; return what its importer has to register."""
        page = self.world.pages.get(module.path)
        own = module.path in self.registers or module is self.world.home.module or module.path in self.clients
        found: list[Plan] = []
        if page is None:
            for record in module.facts.imports:
                if not record.typing and record.scope not in module.functions:
                    found += self._execute(module, record)
            return found
        for statement in page.statements:
            for one in statement.imports:
                if one.functions or one.record.typing:
                    continue
                nested = self._execute(module, one.record)
                if nested and own:
                    self.calls.setdefault(one.node, []).extend(nested)
                found += nested
        return (
            [self.plans[module.path]]
            if module.path in self.registers and module is not self.world.home.module
            else found
        )

    def _execute(self, module: Module, record: Import) -> list[Plan]:
        found: list[Plan] = []
        for one in self.world.project.names.executed(module, record):
            if one.path not in self._seen:
                self._seen.add(one.path)
                found += self._visit(one)
        return found
