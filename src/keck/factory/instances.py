"""The file in which the home's extension instances are made, without an app: ``extensions.py``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import libcst as cst

from keck.factory import page
from keck.factory.binding import made
from keck.factory.contexts import OPENS
from keck.factory.imports import added
from keck.factory.known import KNOWN
from keck.factory.names import Names
from keck.factory.plan import Plan
from keck.factory.texts import Statement, bare, comments, identifiers, spaced, statement
from keck.factory.uses import Use

WISHES = ("extensions", "exts", "flask_extensions")


class Instances:
    """The instances of the home that move to a module of their own.

    Attributes:
        path: the file.
        module: its dotted name, as made of its path.
        names: those that it binds and that were the home's.
        statements: the indices of the statements that move there.
    """

    def __init__(self, plan: Plan, texts: Mapping[str, str]) -> None:
        self.plan = plan
        self.page = plan.page
        folder = self.page.module.directory
        parts = self.page.module.name.split(".") if self.page.module.name else []
        package = parts if self.page.module.is_package else parts[:-1]
        last = next(
            one for one in WISHES if not {_join(folder, f"{one}.py"), _join(folder, f"{one}/__init__.py")} & set(texts)
        )
        self.last = last
        self.path = _join(folder, f"{last}.py")
        self.module = ".".join([*package, last])
        self.statements: dict[int, None] = {}
        self.names: set[str] = set()
        for index, split in sorted(plan.splits.items()):
            wanted = self._needed(self.page.statements[index], split.made)
            if wanted is None:
                continue
            self.statements |= dict.fromkeys(wanted)
            self.statements[index] = None
            self.names.add(split.name)
        for one in self.page.statements:
            if self._is_setting(one):
                self.statements[one.index] = None
        self.names |= {name for index in self.statements for name in self.page.statements[index].binds}

    def unmade(self) -> list[int]:
        """Return the instances that cannot be made elsewhere, as their arguments cannot move."""
        return [index for index in self.plan.splits if index not in self.statements]

    def _needed(self, statement: page.Statement, node: cst.CSTNode) -> list[int] | None:
        """Return the statements that a constructor's arguments need, or None where one of them cannot move."""
        found: dict[int, None] = {}
        waiting = [use for use in statement.uses if not use.stored and any(each is use.node for each in _below(node))]
        for use in waiting:
            binders = self.page.binders(use.head)
            if not binders or all(one.is_import for one in binders):
                continue
            one = binders[0]
            if len(binders) > 1 or one.index in self.plan.moved or one is self.plan.world.statement:
                return None
            if one.index in self.plan.splits or one.index in found:
                continue
            if not (one.is_definition or isinstance(one.small, cst.Assign | cst.AnnAssign)) or one.is_main:
                return None
            if self.plan.registering.get(one.index) or any(each in self.plan.app for each in one.now()):
                return None
            found[one.index] = None
            spared = self._asked_later(one)
            waiting += [
                each for each in one.uses if not each.stored and each.head not in one.binds and each not in spared
            ]
        return sorted(found)

    def _asked_later(self, one: page.Statement) -> set[Use]:
        """Return what the methods of an extension's class ask of the app: they ask the current one there too."""
        names = self.plan.world.project.objects
        classes = [self.page.own(name) for name in one.binds if isinstance(one.node, cst.ClassDef)]
        if not any(each in KNOWN for symbol in classes for each in names.lineage(symbol)):
            return set()
        own = [each for use in one.later() for each in [self.plan.app.get(use)] if each is not None]
        return {each.use for each in own if each.attribute and each.attribute not in OPENS}

    def _is_setting(self, one: page.Statement) -> bool:
        """Whether a statement only sets an attribute of an instance: ``login_manager.login_view = "login"``."""
        small = one.small
        if not isinstance(small, cst.Assign) or len(small.targets) != 1 or one.index in self.plan.moved:
            return False
        target = small.targets[0].target
        if not isinstance(target, cst.Attribute) or not isinstance(target.value, cst.Name):
            return False
        known = self.plan.world.instances.get(self.page.own(target.value.value))
        if target.value.value not in self.names or known is None or not known.quiet:
            return False
        return all(use.head in self.names or not self.page.binders(use.head) for use in one.uses)

    def text(self, names: Names) -> str:
        """Return the file's text."""
        nodes: list[Statement] = []
        for index in sorted(self.statements):
            one = self.page.statements[index]
            split = self.plan.splits.get(index)
            node = names.swap.of(one.node) if split is None else self.made(index, names)
            nodes.append(node)
        body = self._imports(nodes)
        if names.current and "current_app" in identifiers(nodes):
            body = added(body, "flask", ["current_app"])
        count = len(body)
        body += [_placed(one, position, nodes) for position, one in enumerate(nodes)]
        body[count] = spaced(body[count], 2 if isinstance(body[count], cst.FunctionDef | cst.ClassDef) else 1)
        return cst.Module(body, default_indent=self.page.tree.default_indent).code

    def made(self, index: int, names: Names) -> cst.SimpleStatementLine:
        """Return the statement that makes an instance without its app."""
        one, split = self.page.statements[index], self.plan.splits[index]
        return cst.ensure_type(one.node, cst.SimpleStatementLine).with_changes(body=[made(one, split, names.swap)])

    def _imports(self, nodes: list[Statement]) -> list[Statement]:
        used = identifiers(nodes)
        found: list[Statement] = []
        for one in self.page.statements:
            if not one.is_import:
                continue
            for small in _imports_in(one.node):
                if isinstance(small, cst.ImportFrom) and small.module is not None and _future(small):
                    found.append(cst.SimpleStatementLine([small]))
                elif isinstance(small.names, cst.ImportStar):
                    found += self._starred(small, used)
                else:
                    aliases = [each.alias for each in one.imports if each.node is small and each.name in used]
                    names = [_plain(each) for each in small.names if each in aliases]
                    if names:
                        source = small.with_changes(names=names)
                        if isinstance(source, cst.ImportFrom):
                            source = source.with_changes(lpar=None, rpar=None)
                        found.append(
                            cst.SimpleStatementLine([source.with_changes(semicolon=cst.MaybeSentinel.DEFAULT)])
                        )
        return found

    def _starred(self, small: cst.ImportFrom, used: set[str]) -> list[Statement]:
        """Return an import of those names that come from a star."""
        project, module = self.plan.world.project, self.page.module
        names = project.names
        source = cst.Module([]).code_for_node(small).removeprefix("from ").partition(" import")[0].strip()
        record = next(each.record for one in self.page.statements for each in one.imports if each.node is small)
        target = names.packages.target(module, record)
        if not isinstance(target, str) and self.page.path in project.closure(target.path):
            return []
        wanted = []
        for name in sorted(used & self.page.names):
            symbol = names.resolve(module, "", name)
            known = (
                symbol.startswith(f"{target}.")
                if isinstance(target, str)
                else symbol == names.resolve(target, "", name)
            )
            if known and not symbol.startswith("?") and not self.page.binders(name):
                wanted.append(name)
        return [statement(f"from {source} import {', '.join(wanted)}")] if wanted else []


def _plain(alias: cst.ImportAlias) -> cst.ImportAlias:
    return alias.with_changes(comma=cst.MaybeSentinel.DEFAULT)


def _imports_in(node: cst.CSTNode) -> Iterator[cst.Import | cst.ImportFrom]:
    return (one for one in node.children if isinstance(one, cst.Import | cst.ImportFrom))


def _future(small: cst.ImportFrom) -> bool:
    return isinstance(small.module, cst.Name) and small.module.value == "__future__"


def _placed(node: Statement, position: int, nodes: list[Statement]) -> Statement:
    """Return a statement with the blank lines that fit where it stands now."""
    definition = isinstance(node, cst.FunctionDef | cst.ClassDef)
    after = position > 0 and isinstance(nodes[position - 1], cst.FunctionDef | cst.ClassDef)
    if definition or after:
        return spaced(node, 2)
    if comments(node) and position:
        return spaced(node, 1)
    return bare(node)


def _below(node: cst.CSTNode) -> list[cst.CSTNode]:
    found = [node]
    for one in found:
        found.extend(one.children)
    return found


def _join(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder else name
