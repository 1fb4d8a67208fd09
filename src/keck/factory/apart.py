"""The conversion of a module-level app to a factory, as a whole."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import libcst as cst

from keck.factory.contexts import Contexts
from keck.factory.conversion import Conversion
from keck.factory.factory import Factory, Part
from keck.factory.imports import DROP, added, behind_imports
from keck.factory.instances import Instances
from keck.factory.lifting import lift
from keck.factory.names import Names, with_line
from keck.factory.order import Order
from keck.factory.page import Imported, Page, Statement
from keck.factory.plan import Plan
from keck.factory.refusal import Refusal
from keck.factory.serving import needs
from keck.factory.sheet import Row, Sheet
from keck.factory.suite import suite
from keck.factory.texts import BLANK, bare, comments, function, identifiers, spaced, statement
from keck.factory.world import Spelling, World, survey
from keck.factory.wsgi import dotted as module_name
from keck.factory.wsgi import imported_from, wsgi
from keck.project.module import Module
from keck.project.project import Project

ROUNDS = 50
FRESH = frozenset({"create_app", "make_app", "register_routes"})


def convert(project: Project, texts: Mapping[str, str], module: Module, *, blueprints: bool = False) -> Conversion:
    """Return a project whose app is made by a factory.

    Args:
        project: as it is.
        texts: every file that may matter, by path.
        module: the one that makes the app at its top level.
        blueprints: whether to group views into blueprints.

    Raises:
        Refusal: something cannot be done safely.
    """
    del blueprints
    return _Conversion(survey(project, texts, module)).result()


class _Conversion:
    def __init__(self, world: World) -> None:
        self.world = world
        self.home = world.home
        self.plans = {path: Plan(world, page) for path, page in world.pages.items()}
        for plan in self.plans.values():
            plan.find_instances()
        self._settle()
        self.plan = self.plans[self.home.path]
        self.instances = Instances(self.plan, world.texts)
        while self.instances.unmade():
            for index in self.instances.unmade():
                one = self.plan.splits.pop(index)
                world.instances.pop(self.home.own(one.name), None)
            self._settle()
            self.instances = Instances(self.plan, world.texts)
        self.spelling = Spelling(world)
        registers = frozenset(
            path
            for path, plan in self.plans.items()
            if any(not plan.is_alias(plan.page.statements[index]) for index in plan.moved)
            or any(plan.registering.values())
            or any(one.bound for one in plan.splits.values())
        )
        self.order = Order(world, self.plans, registers)
        while self._move_callers():
            self._settle()
            self.instances = Instances(self.plan, world.texts)
            self.order = Order(world, self.plans, registers)
        self.base = self._assembler()
        for path in self.order.clients:
            self.plans[path].leave()
        self._check(registers)
        self.serving = needs(world.texts, self.base.path, world.app)
        self.says: list[str] = []
        if self.serving.stays:
            world.kept = self.serving.reason
        self.contexts = Contexts(world, self.plans, frozenset(self.serving.others), frozenset(self.order.clients))
        self.names = {path: Names(plan, self.contexts) for path, plan in self.plans.items()}
        for path, names in self.names.items():
            if names.real and not world.kept and path not in self.order.clients:
                one = names.real[0]
                named = one.name.value if isinstance(one, cst.FunctionDef) else "a lambda"
                world.kept = f"`{named}` runs outside of requests and needs the app itself"
        world.kept = world.kept or self._read_from_tests()
        self.suite: dict[str, str] = {}
        shared = self._shared_with_tests()
        world.kept = world.kept or shared
        if not shared and not any(names.real for names in self.names.values()):
            found = suite(world.texts, self.base.path, world.app, self._factory_name())
            if found.stays and not world.kept:
                world.kept = found.reason
            self.suite = found.files
        self.sheets: dict[str, Sheet] = {}

    def _move_callers(self) -> bool:
        """Move the statements within which a module is imported that registers something; whether there were any."""
        found = False
        for plan in self.plans.values():
            for one in plan.page.statements:
                inner = not one.is_import and not one.is_main and one.index not in plan.moved
                if inner and any(self.order.calls.get(each.node) for each in one.imports):
                    plan.move(one)
                    found = True
        return found

    def _read_from_tests(self) -> str:
        """Return why the app must be made while the home is imported: for what is made with it, or for a star's list."""
        for module in self.world.project.modules:
            for record in module.facts.imports if module.is_test else ():
                if self.world.project.names.bound_by(module, record) in self.world.tainted:
                    return f"`{module.path}:{record.line}` imports `{record.name}`, which is made with it"
        for one in self.base.statements:
            if "__all__" in one.binds and f"'{self.world.app}'" in self.base.tree.code_for_node(one.node).replace('"', "'"):
                return f"`__all__` of `{self.base.path}` names it"
        return ""

    def _shared_with_tests(self) -> str:
        """Return why the tests must use the very app of a module that starts it: they call functions there that use it."""
        tested = {
            path for module in self.world.project.modules if module.is_test for path in self._executed_by(module)
        }
        for path in self.order.clients:
            if path in tested and any(one.use.is_deferred for one in self.plans[path].app.values()):
                return f"the tests call functions of `{path}`, which uses it"
        return ""

    def _executed_by(self, module: Module) -> Iterator[str]:
        """Yield the paths of the modules that a module imports anywhere."""
        names = self.world.project.names
        return (each.path for one in module.facts.imports for each in names.executed(module, one))

    def _assembler(self) -> Page:
        """Return the page in which the app is complete: the home, or the only one that imports it and adds to it."""
        if needs(self.world.texts, self.home.path, self.world.app).stays:
            return self.home
        found = []
        for path in self.order.clients:
            page = self.world.pages[path]
            nodes = [each.node for one in page.statements for each in one.imports]
            if self.plans[path].builds or any(self.order.calls.get(node) for node in nodes):
                found.append(page)
        if len(found) != 1:
            return self.home
        self.order.clients.remove(found[0].path)
        self.order.called.add(found[0].path)
        return found[0]

    def _settle(self) -> None:
        """Move what must be moved, until nothing is left; and find other ways for definitions that need config."""
        for _ in range(ROUNDS):
            if any([plan.grow() for plan in self.plans.values()]):
                continue
            found = [(plan, use, lift(plan, use)) for plan in self.plans.values() for use in plan.stuck.values()]
            if not any(one for _, _, one in found):
                return
            for plan, use, one in found:
                if one is not None:
                    plan.lifts[use] = one

    def _check(self, registers: frozenset[str]) -> None:
        for path, plan in self.plans.items():
            for index, use in plan.stuck.items():
                one = plan.page.statements[index]
                name = next(iter(one.binds))
                raise plan.page.refuse(use.node, f"`{name}` needs `{use.dotted}` while the module is imported")
            self._check_imports(plan)
            if path in registers and plan is not self.plan and path not in self.order.called | set(self.order.clients):
                one = next(each for each in plan.page.statements if each.index in plan.moved or plan.registering.get(each.index))
                raise plan.page.refuse(one.node, f"`{plan.page.module.name}` is imported inside a function only, where it uses the app")
            for one in plan.page.statements:
                if one.index in plan.moved and one.called is not None:
                    self._check_call(plan, one)
                if one.is_main and isinstance(one.node, cst.If) and one.node.orelse is not None:
                    below = set(_below(one.node.orelse))
                    if any(each.use.node in below for each in plan.app.values()):
                        raise plan.page.refuse(one.node.orelse, "the `else` of `if __name__ == \"__main__\":` uses the app")

    def _check_call(self, plan: Plan, one: Statement) -> None:
        """Refuse a server that is started while the module is imported."""
        call = one.called
        assert call is not None
        runs = isinstance(call.func, cst.Attribute) and call.func.attr.value == "run"
        if runs and any(each.statement is one for each in plan.app.values()):
            code = plan.page.tree.code_for_node(call.func)
            raise plan.page.refuse(one.node, f"`{code}()` stands outside of `if __name__ == \"__main__\":`")

    def _check_imports(self, plan: Plan) -> None:
        for one in plan.page.statements:
            for each in one.imports:
                symbol = self.world.imported(plan.page, each)
                if symbol in self.world.tainted and not self.world.means_app(plan.page, each):
                    raise plan.page.refuse(each.node, f"`{each.name}` is made with the app, and imported here")

    # result

    def result(self) -> Conversion:
        for path, plan in self.plans.items():
            self.sheets[path] = Sheet(plan, self.names[path], self.order, self._decision(plan), self._reach)
        self.sheets[self.home.path].elsewhere = dict(self.instances.statements)
        self.part_names: dict[str, str] = {}
        self.extra: dict[str, list[tuple[int, str]]] = {}
        parts: dict[str, Part] = {}
        for path in self._inside_out():
            sheet = self.sheets[path]
            sheet.fill()
            if path == self.base.path != self.home.path:
                self._begin(sheet)
            elif path not in {self.home.path, *self.order.clients} and any(row.move for row in sheet.rows):
                parts[path] = Part(sheet, self._part_name(self.plans[path]))
        files: dict[str, str | None] = dict(self.suite)
        for path, sheet in self.sheets.items():
            if path == self.base.path:
                text = self._home(sheet)
            elif path == self.home.path:
                text = self._maker(sheet)
            elif path in self.order.clients:
                text = self._client(sheet)
            else:
                text = self._part(sheet, parts.get(path))
            if text != sheet.page.text:
                files[path] = text
        if self.instances.statements:
            files[self.instances.path] = self.instances.text(self.names[self.home.path])
        base = imported_from(self.world.texts, self.base.path)
        if not self.world.kept:
            more = wsgi(self.world.texts, self.base.path, self.serving, factory=self.factory.name)
            if more is not None:
                files[more[0]] = more[1]
        app = f"{module_name(self.base.path, base)}:{self.world.app if self.world.kept else self.factory.name}"
        if self.world.kept:
            self.says.append(f"`{self.world.app} = {self.factory.name}()` stays in `{self.base.path}`: {self.world.kept}")
        return Conversion(files, app, tuple(self._intends()), tuple(dict.fromkeys(self.says)))

    def _intends(self) -> Iterator[str]:
        """Yield what a proof will find changed: a Mail does not keep the app of `init_app`; defaults become functions."""
        if any(known.name == "mail" for known in self.world.instances.values()):
            yield "extensions/mail/bound"
        for plan in self.plans.values():
            for use, one in plan.lifts.items():
                if one.code.startswith("lambda"):
                    node: cst.CSTNode | None = use.node
                    while node is not None and not isinstance(node, cst.Assign | cst.AnnAssign):
                        node = plan.page.parents.get(node)
                    target = node.targets[0].target if isinstance(node, cst.Assign) else None
                    if isinstance(node, cst.AnnAssign):
                        target = node.target
                    if isinstance(target, cst.Name):
                        yield f"tables/*/*/{target.value}"
                    self.says.append(f"`{use.dotted}` is asked for when it is needed, not when `{plan.page.path}` is imported")

    def _begin(self, sheet: Sheet) -> None:
        """Let the factory of a page that is not the home begin with what the home makes."""
        home = self.home.module
        names = self.world.project.names
        for row in sheet.rows:
            if any(home in names.executed(sheet.page.module, one.record) for one in row.statement.imports):
                row.move.insert(0, statement(f"{sheet.names.local} = {self._maker_name()}()"))
                row.kind = "app"
                source = self.spelling.source(sheet.page, self.home.path, home.name)
                line = f"from {source} import {self._maker_name()}"
                self.extra.setdefault(sheet.page.path, []).append((row.statement.index, line))
                return

    def _maker_name(self) -> str:
        return self.home.free("make_app", "new_app")

    def _maker(self, sheet: Sheet) -> str:
        """Return the text of a home whose app another page completes."""
        rows = [row for row in sheet.rows if row.move]
        names = sheet.globals(rows)
        body = [statement(f"global {', '.join(names)}")] if names else []
        body += [node for row in rows for node in row.move]
        body.append(statement(f"return {sheet.names.local}").with_changes(leading_lines=[BLANK]))
        node = function(f"{self._maker_name()}()", body, sheet.page.tree)
        return self._assembled(sheet, node, None)

    def _inside_out(self) -> list[str]:
        """Return the pages so that what registers comes before what calls it."""
        return sorted(self.sheets, key=lambda path: (path == self.home.path, path))

    def _reach(self, plan: Plan, other: Plan, statement_: Statement) -> str:
        """Return by what the page calls the function of another one, importing it where needed."""
        name = self._part_name(other)
        page = plan.page
        symbol = f"{other.page.module.name}:"
        for one in page.statements:
            for each in one.imports:
                if each.functions or each.alias is None or each.record.typing or one.index > statement_.index:
                    continue
                if self.world.imported(page, each) == symbol and len(page.binders(each.name)) == 1:
                    return f"{each.name}.{name}"
                if not each.record.name and not each.record.alias and "." in each.record.module:
                    found = self.world.project.names.imported(page.module, each.record)
                    if found is other.page.module:
                        return f"{each.record.module}.{name}"
        last = other.page.module.name.rpartition(".")[2]
        bound = page.free(name if name.endswith(f"_{last}") else f"{name.partition('_')[0]}_{last}")
        source = self.spelling.source(page, other.page.path, other.page.module.name)
        line = f"from {source} import {name}" + (f" as {bound}" if bound != name else "")
        if (statement_.index, line) not in self.extra.setdefault(page.path, []):
            self.extra[page.path].append((statement_.index, line))
            self.sheets[page.path].fresh.add(bound)
        return bound

    def _part_name(self, plan: Plan) -> str:
        path = plan.page.path
        if path not in self.part_names:
            binds = bool(plan.splits) and not any(plan.registering.values())
            last = plan.page.module.name.rpartition(".")[2]
            wishes = ["init_app", f"init_{last}"] if binds else ["register", f"register_{last}"]
            starred = any(
                one.name == "*" and self.world.project.names.packages.target(module, one) is plan.page.module
                for module in self.world.project.modules
                for one in module.facts.imports
            )
            self.part_names[path] = plan.page.free(*wishes[starred:])
        return self.part_names[path]

    # imports

    def _decision(self, plan: Plan):  # type: ignore[no-untyped-def]
        records = {each.alias: (one, each) for one in plan.page.statements for each in one.imports if each.alias is not None}

        def decide(node: cst.Import | cst.ImportFrom, alias: cst.ImportAlias) -> str | None:
            if alias not in records:
                return None
            return self._decided(plan, *records[alias])

        return decide

    def _decided(self, plan: Plan, one: Statement, each: Imported) -> str | None:
        page = plan.page
        if plan.is_home:
            return DROP if self._is_pruned(each) else None
        symbol = self.world.imported(page, each)
        if self.world.means_app(page, each):
            if self.world.kept and page.path in self.order.clients:
                return None
            return DROP
        target = self.world.project.names.packages.target(page.module, each.record)
        module, _, name = symbol.partition(":")
        if target is self.home.module and module == self.home.module.name and name in self.instances.names:
            return self._instances_source(each)
        if not each.record.name and self._is_only_app(plan, each):
            return DROP
        return None

    def _is_only_app(self, plan: Plan, each: Imported) -> bool:
        """Whether a module is imported for nothing but the app in it."""
        uses = [use for one in plan.page.statements for use in one.uses if use.head == each.name]
        found = self.world.project.names.imported(plan.page.module, each.record)
        return found is self.home.module and bool(uses) and all(use in plan.app for use in uses)

    def _instances_source(self, each: Imported) -> str:
        assert isinstance(each.node, cst.ImportFrom)
        record = each.record
        dots = "." * record.level
        if self.home.module.is_package:
            inside = f"{record.module}.{self.instances.last}" if record.module else self.instances.last
        else:
            above, dot, _ = record.module.rpartition(".")
            inside = f"{above}{dot}{self.instances.last}"
        return f"{dots}{inside}"

    def _is_pruned(self, each: Imported) -> bool:
        """Whether only what has moved to the instances' file uses an import of the home."""
        users = [
            one
            for one in self.home.statements
            for use in one.uses
            if use.head == each.name and (one.index not in self.instances.statements or self._uses_late(one, use))
        ]
        moved = any(use.head == each.name for index in self.instances.statements for use in self.home.statements[index].uses)
        return moved and not users and not self._is_read(each.name)

    def _uses_late(self, one: Statement, use: object) -> bool:
        split = self.plan.splits.get(one.index)
        if split is None:
            return False
        stack: list[cst.CSTNode] = list(split.bound)
        for each in stack:
            if each is getattr(use, "node", None):
                return True
            stack.extend(each.children)
        return False

    def _is_read(self, name: str) -> bool:
        """Whether another module reads a name from the home."""
        symbol = self.home.own(name)
        names = self.world.project.names
        for module in self.world.project.modules:
            if module is self.home.module:
                continue
            for record in module.facts.imports:
                if names.packages.target(module, record) is self.home.module and record.name in {name, "*"}:
                    if record.name == "*" or module.is_test or name not in self.instances.names:
                        return True
        for path, page in self.world.pages.items():
            if path != self.home.path:
                for one in page.statements:
                    for use in one.uses:
                        parts = use.dotted.split(".")
                        if name in parts[1:] and page.meant(use, {symbol}) is not None and "." in page_prefix(page, use, symbol):
                            return True
        return False

    # texts

    def _home(self, sheet: Sheet) -> str:
        self.factory = Factory(sheet)
        return self._assembled(sheet, self.factory.node, self.factory.registering)

    def _assembled(self, sheet: Sheet, factory: cst.FunctionDef, registering: cst.FunctionDef | None) -> str:
        """Return the text of a page with its factory where the app was made."""
        call = statement(f"{self.world.app} = {factory.name.value}()")
        push = [statement(f"{self.world.app}.app_context().push()")] if sheet.plan.pushed is not None else []
        nodes: list[cst.CSTNode] = []
        registered = [row for row in sheet.rows if row.kind == "registered"]
        kept = bool(self.world.kept) and sheet.page is self.base
        done = False
        pending: list[cst.EmptyLine] = []
        anchor: cst.CSTNode | None = None
        later: cst.FunctionDef | None = None
        for row in sheet.rows:
            if later is not None and not row.statement.is_import:
                nodes.append(later)
                later = None
            stay = list(row.stay)
            if row.statement.index in self.instances.statements and anchor is None:
                anchor = cst.SimpleStatementLine([cst.Pass()])
                nodes.append(anchor)
            if row.kind == "main":
                if kept and not done:
                    nodes += [spaced(call, 2), *push]
                    done = True
                elif not kept:
                    first = [call, *(push if sheet.plan.needs_context(row.statement) else [])]
                    stay = [_guarded(one, first) for one in stay]
            if row.kind == "app" and not row.statement.is_import:
                nodes.append(_led(factory, pending))
                pending = []
            if not stay and row.kind in {"import", "call", "app"}:
                pending += comments(row.statement.node)
            stay += self._extra(sheet, row)
            if stay and pending:
                stay[0] = _led(stay[0], pending)
                pending = []
            nodes += stay
            if registered and row is registered[-1] and registering is not None:
                nodes.append(registering)
            if row.kind == "app" and row.statement.is_import:
                later = factory
        if later is not None:
            nodes.append(later)
        if kept and not done:
            nodes += [spaced(call, 2), *push]
        return self._written(sheet, nodes, anchor)

    def _written(self, sheet: Sheet, nodes: list[cst.CSTNode], anchor: cst.CSTNode | None = None) -> str:
        names = self.names[sheet.page.path]
        used = identifiers(nodes)
        if names.current and "current_app" in used:
            nodes = added(nodes, "flask", ["current_app"])
        for source, name in dict.fromkeys(sheet.needs):
            first = min(index for index, each in sheet.plan.registering.items() if any("cli." in one for one in each.values()))
            if not any(name in one.binds for one in sheet.page.statements[:first]):
                nodes = added(nodes, source, [name])
        if sheet.plan.is_home and self.instances.statements:
            wanted = [one for one in self.instances.names if one in used or self._is_read(one)]
            if wanted:
                source = self.spelling.source(sheet.page, self.instances.path, self.instances.module)
                at = self._instances_at(nodes, anchor)
                nodes = added(nodes, source, sorted(wanted), at=at)
                if at and not self._is_project(sheet.page, nodes[at - 1]):
                    nodes[at] = spaced(nodes[at], 1)
        body = _spaced([one for one in nodes if one is not anchor])
        return sheet.page.tree.with_changes(has_trailing_newline=bool(body), body=body).code

    def _is_project(self, page: Page, node: cst.CSTNode) -> bool:
        """Whether a statement imports a module of the project."""
        found = [each for one in page.statements for each in one.imports if each.node in node.children]
        return any(self.world.project.names.imported(page.module, each.record) is not None for each in found)

    def _instances_at(self, nodes: list[cst.CSTNode], anchor: cst.CSTNode | None) -> int:
        """Return where the home imports its instances: at the top, or where they were made if they read what is set up."""
        at = behind_imports(nodes)
        simple = all(index in self.plan.splits for index in self.instances.statements)
        return at if simple or anchor is None else max(at, nodes.index(anchor))

    def _extra(self, sheet: Sheet, row: Row) -> list[cst.CSTNode]:
        return [statement(line) for index, line in self.extra.get(sheet.page.path, ()) if index == row.statement.index]

    def _part(self, sheet: Sheet, part: Part | None) -> str:
        nodes: list[cst.CSTNode] = []
        done = part is None
        pending: list[cst.EmptyLine] = []
        for row in sheet.rows:
            stay = list(row.stay)
            if row.kind == "main":
                if not done and part is not None:
                    nodes.append(part.node)
                    done = True
                if any(one.statement is row.statement for one in sheet.plan.app.values()):
                    call = statement(f"{sheet.names.local} = {self._factory_name()}()")
                    line = statement(f"from {self._home_source(sheet.page)} import {self._factory_name()}")
                    stay = [_guarded(one, [line, call]) for one in stay]
            if not stay and row.kind in {"import", "call"}:
                pending += comments(row.statement.node)
            stay += self._extra(sheet, row)
            if stay and pending:
                stay[0] = _led(stay[0], pending)
                pending = []
            nodes += stay
        if not done and part is not None:
            nodes.append(part.node)
        nodes = self._real(sheet, nodes)
        return self._written(sheet, nodes)

    def _real(self, sheet: Sheet, nodes: list[cst.CSTNode]) -> list[cst.CSTNode]:
        """Give functions that need the app itself an import of it."""
        names = {one.name.value for one in sheet.names.real if isinstance(one, cst.FunctionDef)}
        line = f"from {self._home_source(sheet.page)} import {self.world.app}"
        return [
            with_line(one, line) if isinstance(one, cst.FunctionDef) and one.name.value in names else one for one in nodes
        ]

    def _home_source(self, page: Page) -> str:
        return self.spelling.source(page, self.base.path, self.base.module.name)

    def _factory_name(self) -> str:
        return self.base.free("create_app", "make_app", "build_app")

    def _client(self, sheet: Sheet) -> str:
        """Return the text of a module that starts the app: it makes one where it imported it."""
        nodes: list[cst.CSTNode] = []
        waiting: list[cst.CSTNode] = []
        names = self._client_names(sheet)
        home = self.home.module
        for row in sheet.rows:
            if waiting and not row.statement.is_import:
                nodes += [spaced(one, 0 if position else 1) for position, one in enumerate(waiting)]
                waiting = []
                if row.stay:
                    row.stay[0] = spaced(row.stay[0], 2 if row.statement.is_definition else 1)
            executes = any(home in self.world.project.names.executed(sheet.page.module, one.record) for one in row.statement.imports)
            if names and executes and row.statement.is_import:
                new = statement(f"from {self._home_source(sheet.page)} import {self._factory_name()}")
                stay = [one if position else bare(one) for position, one in enumerate(row.stay)]
                nodes += [new.with_changes(leading_lines=row.statement.node.leading_lines), *stay]
                waiting += [statement(f"{each} = {self._factory_name()}()") for each in names]
                names = []
            else:
                nodes += row.stay
            nodes += self._extra(sheet, row)
            waiting += row.move if row.kind == "call" else []
        return self._written(sheet, [*nodes, *waiting])

    def _client_names(self, sheet: Sheet) -> list[str]:
        """Return what a module that starts the app calls it."""
        if self.world.kept:
            return []
        found = dict.fromkeys(
            each.name
            for one in sheet.page.statements
            for each in one.imports
            if each.alias is not None and not each.functions and self.world.imported(sheet.page, each) == self.world.symbol
        )
        return list(found) or ([sheet.names.local] if sheet.plan.app else [])


def _below(node: cst.CSTNode) -> list[cst.CSTNode]:
    found = [node]
    for one in found:
        found.extend(one.children)
    return found


def page_prefix(page: Page, use: object, symbol: str) -> str:
    """Return the part of a chain that means a symbol."""
    from keck.factory.uses import dotted  # noqa: PLC0415

    node = page.meant(use, {symbol})  # type: ignore[arg-type]
    return dotted(node) if node is not None else ""


def _guarded(node: cst.CSTNode, first: list[cst.CSTNode]) -> cst.CSTNode:
    """Return an ``if`` with more statements at its beginning."""
    assert isinstance(node, cst.If)
    if isinstance(node.body, cst.IndentedBlock):
        return node.with_changes(body=node.body.with_changes(body=[*first, *node.body.body]))
    return node.with_changes(body=cst.IndentedBlock([*first, cst.SimpleStatementLine(node.body.body)]))


def _led(node: cst.CSTNode, lines: list[cst.EmptyLine]) -> cst.CSTNode:
    return node.with_changes(leading_lines=[*lines, *node.leading_lines]) if lines else node  # type: ignore[attr-defined]


def _spaced(nodes: list[cst.CSTNode]) -> list[cst.CSTNode]:
    """Return statements with two blank lines around those that are new among definitions."""
    found: list[cst.CSTNode] = []
    for one in nodes:
        before = found[-1] if found else None
        if before is not None and isinstance(before, cst.FunctionDef) and before.name.value in FRESH:
            one = spaced(one, 2)  # noqa: PLW2901
        found.append(one)
    if found:
        found[0] = bare(found[0])
    return found


__all__ = ["Refusal", "convert"]
