"""One module as a conversion sees it: its statements in order, each with what it binds, uses and imports."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

import libcst as cst
from libcst.metadata import MetadataWrapper, PositionProvider

from keck.factory.refusal import Refusal
from keck.factory.uses import Reader, Use, bound, bound_by, dotted
from keck.facts.record import Import
from keck.project.module import Module
from keck.project.project import Project

Node = cst.SimpleStatementLine | cst.BaseCompoundStatement


@dataclass(eq=False)
class Imported:
    """One name of an import statement.

    Attributes:
        node: the import statement.
        alias: the name in it; None for ``*``.
        record: what the project's facts have of it.
        functions: those in whose bodies it stands, outermost first.
    """

    node: cst.Import | cst.ImportFrom
    alias: cst.ImportAlias | None
    record: Import
    functions: tuple[cst.FunctionDef, ...]

    @property
    def name(self) -> str:
        """The name that it binds, ``*`` for all."""
        return bound_by(self.alias) if self.alias is not None else "*"


@dataclass(eq=False)
class Statement:
    """One statement at module level."""

    index: int
    node: Node
    binds: dict[str, bool]
    uses: list[Use]
    imports: list[Imported] = field(default_factory=list)

    @property
    def small(self) -> cst.BaseSmallStatement | None:
        """What stands on the line, where it is one simple statement."""
        return (
            self.node.body[0] if isinstance(self.node, cst.SimpleStatementLine) and len(self.node.body) == 1 else None
        )

    @property
    def is_import(self) -> bool:
        """Whether it imports and does nothing else."""
        return isinstance(self.node, cst.SimpleStatementLine) and all(
            isinstance(one, cst.Import | cst.ImportFrom) for one in self.node.body
        )

    @property
    def is_definition(self) -> bool:
        """Whether it defines a function or class."""
        return isinstance(self.node, cst.FunctionDef | cst.ClassDef)

    @cached_property
    def is_main(self) -> bool:
        """Whether it is ``if __name__ == "__main__":``."""
        test = self.node.test if isinstance(self.node, cst.If) else None
        return (
            isinstance(test, cst.Comparison)
            and isinstance(test.comparisons[0].operator, cst.Equal)
            and any(dotted(one) == "__name__" for one in (test.left, test.comparisons[0].comparator))
        )

    @property
    def assigned(self) -> tuple[str, cst.Call] | None:
        """The name and the call, for ``name = call(...)``."""
        small = self.small
        if isinstance(small, cst.Assign) and len(small.targets) == 1:
            target: cst.CSTNode = small.targets[0].target
        elif isinstance(small, cst.AnnAssign):
            target = small.target
        else:
            return None
        if isinstance(target, cst.Name) and isinstance(small.value, cst.Call):
            return target.value, small.value
        return None

    @property
    def called(self) -> cst.Call | None:
        """The call, where it is nothing but one."""
        small = self.small
        return small.value if isinstance(small, cst.Expr) and isinstance(small.value, cst.Call) else None

    def now(self) -> Iterator[Use]:
        """Yield what it uses while the module is imported."""
        return (one for one in self.uses if not one.is_deferred)

    def later(self) -> Iterator[Use]:
        """Yield what it uses when its functions are called."""
        return (one for one in self.uses if one.is_deferred)


class Page:
    """A module with its statements.

    Attributes:
        module: as the project has it.
        tree: its syntax tree.
        statements: in order.
        parents: the node around each node below a statement.
    """

    def __init__(self, project: Project, module: Module, text: str) -> None:
        self.project = project
        self.module = module
        self.path = module.path
        self.text = text
        self.tree = cst.parse_module(text)
        self.parents: dict[cst.CSTNode, cst.CSTNode] = {}
        self.statements: list[Statement] = []
        self._records = {(one.module, one.name, one.alias, one.level): one for one in module.facts.imports}
        self._symbols: dict[tuple[str, str], str] = {}
        for node in self.tree.body:
            for part in _parts(node):
                reader = Reader()
                reader.read(part)
                self.parents |= reader.parents
                one = Statement(len(self.statements), part, bound(part), reader.uses)
                one.imports = list(self._imports(part, ()))
                self.statements.append(one)

    # names

    def symbol(self, use: Use, length: int = 0) -> str:
        """Return the symbol of a use, or of the first parts of its chain."""
        text = ".".join(use.dotted.split(".")[:length]) if length else use.dotted
        key = (use.scope, text)
        if key not in self._symbols:
            self._symbols[key] = self.project.names.resolve(self.module, use.scope, text)
        return self._symbols[key]

    def own(self, name: str) -> str:
        """Return the symbol of a name that the module binds."""
        return f"{self.module.name}:{name}"

    def meant(self, use: Use, symbols: set[str]) -> cst.Name | cst.Attribute | None:
        """Return the part of a chain that means one of some symbols, or None."""
        for length in range(1, use.dotted.count(".") + 2):
            if self.symbol(use, length) in symbols:
                return use.prefix(length)
        return None

    def binders(self, name: str) -> list[Statement]:
        """Return the statements that bind a name."""
        return [one for one in self.statements if name in one.binds]

    @cached_property
    def names(self) -> frozenset[str]:
        """Every name that the module binds at its top level or uses anywhere."""
        found = {name for one in self.statements for name in one.binds}
        return frozenset(found | {use.head for one in self.statements for use in one.uses})

    def free(self, *wishes: str) -> str:
        """Return the first wish that no name of the module equals."""
        for one in wishes:
            if one not in self.names:
                return one
        number = 2
        while f"{wishes[-1]}_{number}" in self.names:
            number += 1
        return f"{wishes[-1]}_{number}"

    # imports

    def _imports(self, node: cst.CSTNode, functions: tuple[cst.FunctionDef, ...]) -> Iterator[Imported]:
        if isinstance(node, cst.Import | cst.ImportFrom):
            source = dotted(node.module) if isinstance(node, cst.ImportFrom) and node.module is not None else ""
            level = len(node.relative) if isinstance(node, cst.ImportFrom) else 0
            names = [None] if isinstance(node.names, cst.ImportStar) else list(node.names)
            for alias in names:
                yield Imported(node, alias, self._record(node, alias, source, level), functions)
            return
        inner = (*functions, node) if isinstance(node, cst.FunctionDef) else functions
        for child in node.children:
            yield from self._imports(child, inner)

    def _record(
        self, node: cst.Import | cst.ImportFrom, alias: cst.ImportAlias | None, source: str, level: int
    ) -> Import:
        if alias is None:
            return self._records[source, "*", "*", level]
        name = dotted(alias.name)
        given = dotted(alias.asname.name) if alias.asname is not None else ""
        if isinstance(node, cst.Import):
            return self._records[name, "", given, 0]
        return self._records[source, name, given or name, level]

    # places

    @cached_property
    def _positions(self) -> dict[cst.CSTNode, int]:
        wrapper = MetadataWrapper(self.tree, unsafe_skip_copy=True)
        return {node: found.start.line for node, found in wrapper.resolve(PositionProvider).items()}

    def line(self, node: cst.CSTNode) -> int:
        """Return the line on which a node begins."""
        if isinstance(node, cst.SimpleStatementLine):
            node = node.body[0]
        return self._positions.get(node, 1)

    def refuse(self, node: cst.CSTNode, why: str) -> Refusal:
        """Return the refusal of what stands at a node."""
        return Refusal(self.path, self.line(node), why)


def _parts(node: Node) -> list[Node]:
    """Return a line of several statements as several lines."""
    if not isinstance(node, cst.SimpleStatementLine) or len(node.body) < 2:
        return [node]
    bare = [one.with_changes(semicolon=cst.MaybeSentinel.DEFAULT) for one in node.body]
    first = cst.SimpleStatementLine([bare[0]], leading_lines=node.leading_lines)
    middle = [cst.SimpleStatementLine([one]) for one in bare[1:-1]]
    return [first, *middle, cst.SimpleStatementLine([bare[-1]], trailing_whitespace=node.trailing_whitespace)]
