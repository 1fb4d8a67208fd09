"""How the pages reach each other afterwards: what their imports become, and what they call each other's functions."""

from __future__ import annotations

import libcst as cst

from keck.factory.design import Design
from keck.factory.imports import DROP, Decision
from keck.factory.page import Imported, Page, Statement
from keck.factory.plan import Plan
from keck.factory.spelling import Spelling
from keck.factory.uses import Use, dotted


class Links:
    """The imports of all pages.

    Attributes:
        spelling: how modules are named.
        extra: the import statements that are added behind statements, by path and index.
        taken: the names that they bind, by path.
    """

    def __init__(self, design: Design) -> None:
        self.design = design
        self.world = design.world
        self.home = design.world.home
        self.instances = design.instances
        self.spelling = Spelling(design.world)
        self.extra: dict[tuple[str, int], list[str]] = {}
        self.taken: dict[str, set[str]] = {}
        self._functions: dict[str, str] = {}

    # functions that register

    def function(self, plan: Plan) -> str:
        """Return the name of the function in which a page registers what it has."""
        path, module = plan.page.path, plan.page.module
        if path not in self._functions:
            binds = bool(plan.splits) and not any(plan.registering.values())
            last = module.name.rpartition(".")[2]
            wishes = ["init_app", f"init_{last}"] if binds else ["register", f"register_{last}"]
            starred = any(
                one.name == "*" and self.world.project.names.packages.target(other, one) is module
                for other in self.world.project.modules
                for one in other.facts.imports
            )
            self._functions[path] = plan.page.free(*wishes[starred:])
        return self._functions[path]

    def reach(self, plan: Plan, other: Plan, at: Statement) -> str:
        """Return by what a page calls the function of another one, which it imports where it does not yet."""
        name = self.function(other)
        bound = self._bound(plan.page, other.page, at)
        if bound:
            return f"{bound}.{name}"
        last = other.page.module.name.rpartition(".")[2]
        alias = plan.page.free(name if name.endswith(f"_{last}") else f"{name.partition('_')[0]}_{last}")
        source = self.spelling.source(plan.page, other.page.module.name)
        self.add(plan.page, at, f"from {source} import {name}" + (f" as {alias}" if alias != name else ""))
        self.taken.setdefault(plan.page.path, set()).add(alias)
        return alias

    def _bound(self, page: Page, other: Page, at: Statement) -> str:
        """Return by what a page knows another one's module where a statement stands, or an empty text."""
        for one in page.statements[: at.index + 1]:
            for each in one.imports:
                if each.functions or each.alias is None or each.record.typing:
                    continue
                if self.world.imported(page, each) == f"{other.module.name}:" and len(page.binders(each.name)) == 1:
                    return each.name
                whole = not each.record.name and not each.record.alias and "." in each.record.module
                if whole and self.world.project.names.imported(page.module, each.record) is other.module:
                    return each.record.module
        return ""

    def add(self, page: Page, at: Statement, line: str) -> None:
        """Let a page have one more import, behind a statement."""
        self.extra.setdefault((page.path, at.index), []).append(line)

    # imports that there are

    def decision(self, plan: Plan) -> Decision:
        """Return what decides on each name of a page's imports."""
        records = {each.alias: each for one in plan.page.statements for each in one.imports}

        def decide(_: cst.Import | cst.ImportFrom, alias: cst.ImportAlias) -> str | None:
            return self._decided(plan, records[alias]) if alias in records else None

        return decide

    def _decided(self, plan: Plan, each: Imported) -> str | None:
        page = plan.page
        if plan.is_home:
            return DROP if self._is_pruned(each) else None
        if self.world.means_app(page, each):
            return None if self.world.kept and page.path in self.design.order.clients else DROP
        target = self.world.project.names.packages.target(page.module, each.record)
        module, _, name = self.world.imported(page, each).partition(":")
        if target is self.home.module and module == self.home.module.name and name in self.instances.names:
            return self._instances_source(each)
        return DROP if not each.record.name and self._is_only_app(plan, each) else None

    def _is_only_app(self, plan: Plan, each: Imported) -> bool:
        """Whether a module is imported for nothing but the app in it."""
        uses = [use for one in plan.page.statements for use in one.uses if use.head == each.name]
        found = self.world.project.names.imported(plan.page.module, each.record)
        return found is self.home.module and bool(uses) and all(use in plan.app for use in uses)

    def _instances_source(self, each: Imported) -> str:
        """Return what an import of the home becomes where its names are the instances' file's now."""
        record = each.record
        if self.home.module.is_package:
            inside = f"{record.module}.{self.instances.last}" if record.module else self.instances.last
        else:
            above, dot, _ = record.module.rpartition(".")
            inside = f"{above}{dot}{self.instances.last}"
        return "." * record.level + inside

    def _is_pruned(self, each: Imported) -> bool:
        """Whether only what has moved to the instances' file uses an import of the home."""
        uses = [(one, use) for one in self.home.statements for use in one.uses if use.head == each.name]
        moved = [one.index in self.instances.statements for one, _ in uses]
        stays = any(one.index not in self.instances.statements or self._is_bound_with(one, use) for one, use in uses)
        return any(moved) and not stays and not self.is_read(each.name)

    def _is_bound_with(self, one: Statement, use: Use) -> bool:
        """Whether a use stands in the arguments of ``init_app``, which stay with the home."""
        split = self.design.plan.splits.get(one.index)
        below: list[cst.CSTNode] = list(split.bound) if split is not None else []
        for each in below:
            below.extend(each.children)
        return use.node in below

    def is_read(self, name: str) -> bool:
        """Whether another module reads a name from the home, and goes on doing so."""
        names = self.world.project.names
        for module in self.world.project.modules:
            for record in module.facts.imports if module is not self.home.module else ():
                if names.packages.target(module, record) is not self.home.module:
                    continue
                stays = module.is_test or name not in self.instances.names
                if record.name == "*" or (record.name == name and stays):
                    return True
        return any(
            self._reads_through_module(page, use, name)
            for path, page in self.world.pages.items()
            if path != self.home.path
            for one in page.statements
            for use in one.uses
        )

    def _reads_through_module(self, page: Page, use: Use, name: str) -> bool:
        node = page.meant(use, {self.home.own(name)}) if name in use.dotted.split(".")[1:] else None
        return node is not None and "." in dotted(node)
