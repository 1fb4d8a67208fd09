"""The new texts of the pages."""

from __future__ import annotations

from collections.abc import Sequence

import libcst as cst

from keck.factory.design import Design
from keck.factory.factory import Factory, maker, part
from keck.factory.imports import added, behind_imports
from keck.factory.links import Links
from keck.factory.names import Names, with_line
from keck.factory.page import Page
from keck.factory.sheet import Row, Sheet
from keck.factory.texts import Statement, bare, comments, identifiers, led, spaced, statement


class Sheets:
    """Writes the pages.

    Attributes:
        files: the new text of each page by path.
    """

    def __init__(self, design: Design, names: dict[str, Names], links: Links) -> None:
        self.design = design
        self.world = design.world
        self.names = names
        self.links = links
        self.new: set[cst.CSTNode] = set()
        self.sheets = {
            path: Sheet(plan, names[path], design.order, links.decision(plan), links.reach)
            for path, plan in design.plans.items()
        }
        self.sheets[self.world.home.path].elsewhere = dict(design.instances.statements)
        for path, sheet in self.sheets.items():
            sheet.fill()
            sheet.fresh |= links.taken.get(path, set())
        self.files = {path: self._text(path, sheet) for path, sheet in self.sheets.items()}

    def _text(self, path: str, sheet: Sheet) -> str:
        home, base = self.world.home.path, self.design.base.path
        if path == base:
            if base != home:
                self._begin(sheet)
            made = Factory(sheet, self.design.factory)
            return self._with_factory(sheet, made.node, made.registering)
        if path == home:
            return self._with_factory(sheet, maker(sheet, self.design.maker), None)
        if path in self.design.order.clients and not self.world.kept:
            return self._client(sheet)
        return self._part(sheet)

    # kinds of pages

    def _begin(self, sheet: Sheet) -> None:
        """Let the factory of a page that is not the home begin with what the home makes."""
        row = next(one for one in sheet.rows if self._executes_home(sheet.page, one))
        row.move.insert(0, statement(f"{sheet.names.local} = {self.design.maker}()"))
        row.kind = "app"
        source = self.links.spelling.source(sheet.page, self.world.home.module.name)
        self.links.add(sheet.page, row.statement, f"from {source} import {self.design.maker}")

    def _executes_home(self, page: Page, row: Row) -> bool:
        names = self.world.project.names
        return row.statement.is_import and any(
            self.world.home.module in names.executed(page.module, one.record) for one in row.statement.imports
        )

    def _with_factory(self, sheet: Sheet, factory: cst.FunctionDef, registering: cst.FunctionDef | None) -> str:
        """Return the text of a page with its factory where the app was made, or behind the imports that make it."""
        self.new |= {one for one in (factory, registering) if one is not None}
        call = statement(f"{self.world.app} = {factory.name.value}()")
        push = [statement(f"{self.world.app}.app_context().push()")] if sheet.plan.pushed is not None else []
        kept = bool(self.world.kept) and sheet.page is self.design.base
        last = next((row for row in reversed(sheet.rows) if row.kind == "registered"), None)
        nodes: list[Statement] = []
        anchor: Statement | None = None
        waiting: list[Statement] = []
        rest: list[Statement] = [spaced(call, 2), *push] if kept else []
        for row, stay in self._rows(sheet, factory):
            if waiting and not row.statement.is_import:
                nodes += waiting
                waiting = []
            if row.statement.index in self.design.instances.statements and sheet.plan.is_home and anchor is None:
                anchor = statement("pass")
                nodes.append(anchor)
            if row.kind == "app" and row.statement.is_import:
                waiting = [factory]
            if row.kind == "main":
                first = [call, *(push if sheet.plan.needs_context(row.statement) else [])]
                nodes += rest
                nodes += stay if kept else [_guarded(one, first) for one in stay]
                rest = []
            else:
                nodes += stay
            if row is last and registering is not None:
                nodes.append(registering)
        return self._written(sheet, [*nodes, *waiting, *rest], anchor)

    def _part(self, sheet: Sheet) -> str:
        """Return the text of a page that registers what it has in a function of its own, or only uses the app."""
        registers = any(row.move for row in sheet.rows) and sheet.page.path not in self.design.order.clients
        rest: list[Statement] = [part(sheet, self.links.function(sheet.plan))] if registers else []
        self.new |= set(rest)
        source, factory = self._source(sheet.page), self.design.factory
        nodes: list[Statement] = []
        for row, stay in self._rows(sheet):
            if row.kind == "main":
                nodes += rest
                rest = []
                if any(one.statement is row.statement for one in sheet.plan.app.values()) and not sheet.names.is_client:
                    first = [
                        statement(f"from {source} import {factory}"),
                        statement(f"{sheet.names.local} = {factory}()"),
                    ]
                    stay = [_guarded(one, first) for one in stay]  # noqa: PLW2901
            nodes += stay
        return self._written(sheet, self._real(sheet, [*nodes, *rest]))

    def _client(self, sheet: Sheet) -> str:
        """Return the text of a module that starts the app: it makes one where it imported it."""
        nodes: list[Statement] = []
        waiting: list[Statement] = []
        names = self._client_names(sheet)
        factory = self.design.factory
        for row, stay in self._rows(sheet):
            if waiting and not row.statement.is_import:
                nodes += [spaced(one, 0 if position else 1) for position, one in enumerate(waiting)]
                waiting = []
                stay[:1] = [spaced(one, 2 if row.statement.is_definition else 1) for one in stay[:1]]
            if names and self._executes_home(sheet.page, row):
                new = statement(f"from {self._source(sheet.page)} import {factory}")
                nodes.append(new.with_changes(leading_lines=row.statement.node.leading_lines))
                stay = [one if position else bare(one) for position, one in enumerate(stay)]  # noqa: PLW2901
                waiting += [statement(f"{each} = {factory}()") for each in names]
                names = []
            nodes += stay
            waiting += row.move
        return self._written(sheet, [*nodes, *waiting])

    def _client_names(self, sheet: Sheet) -> list[str]:
        """Return what a module that starts the app calls it."""
        found = dict.fromkeys(
            each.name
            for one in sheet.page.statements
            for each in one.imports
            if not each.functions and self.world.imported(sheet.page, each) == self.world.symbol
        )
        return list(found) or ([sheet.names.local] if sheet.plan.app else [])

    # rows

    def _rows(self, sheet: Sheet, factory: cst.FunctionDef | None = None) -> list[tuple[Row, list[Statement]]]:
        """Return the rows with what stays of them, comments above imports that go before what comes next."""
        found = []
        pending: list[cst.EmptyLine] = []
        for row in sheet.rows:
            stay = list(row.stay)
            if factory is not None and row.kind == "app" and not row.statement.is_import:
                stay.append(factory)
            elif not stay and row.statement.is_import:
                pending += comments(row.statement.node)
            stay += [statement(line) for line in self.links.extra.get((sheet.page.path, row.statement.index), ())]
            if stay and pending:
                made = stay[0] in self.new
                stay[0] = led(stay[0], pending)
                self.new |= {stay[0]} if made else set()
                pending = []
            found.append((row, stay))
        return found

    def _source(self, page: Page) -> str:
        return self.links.spelling.source(page, self.design.base.module.name)

    def _real(self, sheet: Sheet, nodes: Sequence[Statement]) -> list[Statement]:
        """Give functions that need the app itself an import of it."""
        names = {one.name.value for one in sheet.names.real if isinstance(one, cst.FunctionDef)}
        line = f"from {self._source(sheet.page)} import {self.world.app}"
        return [
            with_line(one, line) if isinstance(one, cst.FunctionDef) and one.name.value in names else one
            for one in nodes
        ]

    # texts

    def _written(self, sheet: Sheet, statements: Sequence[Statement], anchor: Statement | None = None) -> str:
        used = identifiers(statements)
        nodes = list(statements)
        if sheet.names.current and "current_app" in used:
            nodes = added(nodes, "flask", ["current_app"])
        for source, name in dict.fromkeys(sheet.needs):
            if not any(name in one.binds for one in sheet.page.statements[: sheet.first_command]):
                nodes = added(nodes, source, [name])
        if sheet.plan.is_home:
            nodes = self._with_instances(sheet, nodes, used, anchor)
        body = self._spaced([one for one in nodes if one is not anchor])
        return sheet.page.tree.with_changes(has_trailing_newline=bool(body), body=body).code

    def _with_instances(
        self, sheet: Sheet, nodes: list[Statement], used: set[str], anchor: Statement | None
    ) -> list[Statement]:
        """Return the home's statements with its instances imported: at the top, or where they were made if it matters."""
        instances = self.design.instances
        wanted = sorted(one for one in instances.names if one in used or self.links.is_read(one))
        if not wanted:
            return nodes
        at = behind_imports(nodes)
        if anchor is not None and not all(index in sheet.plan.splits for index in instances.statements):
            at = max(at, nodes.index(anchor))
        found = added(nodes, self.links.spelling.source(sheet.page, instances.module), wanted, at=at)
        if at and not self._is_project(sheet.page, found[at - 1]):
            found[at] = spaced(found[at], 1)
        return found

    def _is_project(self, page: Page, node: Statement) -> bool:
        """Whether a statement imports a module of the project."""
        found = [each for one in page.statements for each in one.imports if each.node in node.children]
        return any(self.world.project.names.imported(page.module, each.record) is not None for each in found)

    def _spaced(self, nodes: Sequence[Statement]) -> list[Statement]:
        """Return statements with two blank lines behind the functions that are new."""
        found: list[Statement] = []
        for one in nodes:
            found.append(spaced(one, 2) if found and found[-1] in self.new else one)
            if one in self.new:
                self.new.add(found[-1])
        return [*map(bare, found[:1]), *found[1:]]


def _guarded(node: Statement, first: Sequence[Statement]) -> Statement:
    """Return an ``if`` with more statements at its beginning."""
    body = cst.ensure_type(node, cst.If).body
    if isinstance(body, cst.IndentedBlock):
        return node.with_changes(body=body.with_changes(body=[*first, *body.body]))
    rest = cst.SimpleStatementLine(cst.ensure_type(body, cst.SimpleStatementSuite).body)
    return node.with_changes(body=cst.IndentedBlock([*first, rest]))
