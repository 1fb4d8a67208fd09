"""What becomes of one page: the statements that stay, and those that its factory does."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, cast

import libcst as cst

from keck.factory.binding import made
from keck.factory.imports import Decision, rewritten
from keck.factory.lifting import Lift
from keck.factory.names import Names
from keck.factory.order import Order
from keck.factory.page import Statement
from keck.factory.plan import Plan
from keck.factory.registrations import Registrar, Unregistrable
from keck.factory.texts import Statement as Node
from keck.factory.texts import spaced, statement


@dataclass
class Row:
    """What becomes of one statement.

    Attributes:
        kind: ``app``, ``import``, ``bind``, ``moved``, ``registered``, ``call``, ``push``, ``main``
            or ``stays``.
        stay: what is left at module level.
        move: what the factory does.
    """

    statement: Statement
    kind: str
    stay: list[Node] = field(default_factory=list)
    move: list[Node] = field(default_factory=list)


class Sheet:
    """The rows of a page.

    Attributes:
        rows: one for each statement.
        needs: what must be imported for them, as module and name.
    """

    def __init__(
        self, plan: Plan, names: Names, order: Order, decide: Decision, reach: Callable[[Plan, Plan, Statement], str]
    ) -> None:
        self.plan = plan
        self.page = plan.page
        self.names = names
        self.order = order
        self.decide = decide
        self.reach = reach
        self.elsewhere: dict[int, None] = {}
        self.needs: list[tuple[str, str]] = []
        self.fresh: set[str] = set()
        self._done: set[cst.CSTNode] = set()
        self.rows: list[Row] = []

    def fill(self) -> None:
        """Work the rows out."""
        self.rows = [self._row(one) for one in self.page.statements]

    def _row(self, one: Statement) -> Row:
        plan, swap = self.plan, self.names.swap
        if plan.is_home and one is plan.world.statement:
            return Row(one, "app", move=[swap.of(one.node)])
        if one.is_import:
            line = cst.ensure_type(one.node, cst.SimpleStatementLine)
            return self._called(one, list(rewritten(line, self.decide)))
        if one.index in plan.splits:
            return self._bound(one)
        lifted = next((each for each in plan.lifts.values() if each.source is one), None)
        if lifted is not None:
            return self._lifted(one, lifted)
        if one is plan.pushed:
            return Row(one, "push", move=[])
        if one.index in plan.moved:
            return self._moved(one)
        if plan.registering.get(one.index):
            return self._registered(one)
        if one.index in self.elsewhere:
            return Row(one, "stays")
        self._inner(one)
        return Row(one, "main" if one.is_main else "stays", stay=[swap.of(one.node)])

    def _moved(self, one: Statement) -> Row:
        if self.plan.is_alias(one):
            return Row(one, "moved")
        node = one.node
        hoisted = self._hoisted(one)
        if not hoisted:
            self._inner(one)
            return Row(one, "moved", move=[self.names.swap.of(node)])
        row = Row(one, "moved")
        for line in hoisted:
            row.stay += rewritten(line, self.decide)
            for each in one.imports:
                if each.node in line.body:
                    calls = self.order.calls.get(each.node, []) if each.node not in self._done else []
                    self._done.add(each.node)
                    row.move += [
                        statement(f"{self.reach(self.plan, other, one)}({self.names.local})") for other in calls
                    ]
            self.names.swap.put(line, cst.RemoveFromParent())
        if len(hoisted) < len(cst.ensure_type(node, cst.With).body.body):
            self._inner(one)
            row.move.append(self.names.swap.of(node))
        return row

    def _hoisted(self, one: Statement) -> list[cst.SimpleStatementLine]:
        """Return the imports in a context that is opened which others need as well, and which need no context."""
        if not isinstance(one.node, cst.With) or not isinstance(one.node.body, cst.IndentedBlock):
            return []
        imported = {name for name, is_import in one.binds.items() if is_import}
        others = {
            use.head
            for each in self.page.statements
            if each is not one and each.index not in self.plan.moved
            for use in each.uses
        }
        if not imported & others:
            return []
        return [
            line
            for line in one.node.body.body
            if isinstance(line, cst.SimpleStatementLine)
            and all(isinstance(each, cst.Import | cst.ImportFrom) for each in line.body)
        ]

    def _lifted(self, one: Statement, lifted: Lift) -> Row:
        """Return the row of a config value that becomes a constant."""
        small = cst.ensure_type(one.small, cst.Assign)
        line = cst.ensure_type(one.node, cst.SimpleStatementLine)
        constant = cst.Assign([cst.AssignTarget(cst.Name(lifted.name))], self.names.swap.of(small.value))
        setting = self.names.swap.of(small).with_changes(value=cst.Name(lifted.name))
        return Row(one, "moved", [line.with_changes(body=[constant])], [cst.SimpleStatementLine([setting])])

    def _called(self, one: Statement, stay: list[Node]) -> Row:
        row = Row(one, "import", stay)
        for node in dict.fromkeys(each.node for each in one.imports):
            for other in self.order.calls.get(node, []):
                row.kind = "call"
                row.move.append(statement(f"{self.reach(self.plan, other, one)}({self.names.local})"))
        return row

    def _inner(self, one: Statement) -> None:
        """Change the imports within a statement, and register behind them what they execute."""
        lines: dict[cst.SimpleStatementLine | cst.SimpleStatementSuite, list[cst.CSTNode]] = {}
        for each in one.imports:
            if each.node in self._done:
                continue
            parent = cast("cst.SimpleStatementLine | cst.SimpleStatementSuite", self.page.parents[each.node])
            lines[parent] = [*lines.get(parent, []), each.node]
        for line, nodes in lines.items():
            calls = [
                statement(f"{self.reach(self.plan, other, one)}({self.names.local})")
                for node in dict.fromkeys(nodes)
                for other in self.order.calls.get(node, [])
            ]
            if isinstance(line, cst.SimpleStatementSuite):
                self._suite(line, calls)
                continue
            new = [*rewritten(line, self.decide), *calls]
            if new != [line]:
                body = self.page.parents.get(line)
                alone = isinstance(body, cst.IndentedBlock) and len(body.body) == 1
                fitting = new or ([cst.SimpleStatementLine([cst.Pass()])] if alone else [])
                self.names.swap.change(line, partial(_flat, fitting))

    def _suite(self, suite: cst.SimpleStatementSuite, calls: Sequence[cst.CSTNode]) -> None:
        """Change the imports of a body that stands on the line of its header."""
        old = cst.SimpleStatementLine(list(suite.body))
        new = [*rewritten(old, self.decide), *calls]
        if new != [old]:
            body = [small for line in new if isinstance(line, cst.SimpleStatementLine) for small in line.body]
            fitting = [self.names.swap.of(one) for one in body] or [cst.Pass()]
            self.names.swap.change(suite, lambda one: one.with_changes(body=fitting))

    def _bound(self, one: Statement) -> Row:
        split = self.plan.splits[one.index]
        row = Row(one, "bind")
        if one.index not in self.elsewhere:
            line = cst.ensure_type(one.node, cst.SimpleStatementLine)
            row.stay = [line.with_changes(body=[made(one, split, self.names.swap)])]
        if split.bound:
            call = self.names.swap.of(cst.Call(cst.parse_expression(f"{split.name}.init_app"), split.bound))
            row.move = [cst.SimpleStatementLine([cst.Expr(call)])]
        return row

    def _registered(self, one: Statement) -> Row:
        self._inner(one)
        registering = self.plan.registering[one.index]
        local = self.names.local
        old: Any = one.node
        changed = {each: self.names.swap.of(each) for each in old.decorators}
        methods = {id(changed[each]): method for each, method in registering.items()}
        node = self.names.swap.of(one.node).with_changes(decorators=list(changed.values()))
        registrar = Registrar(
            local,
            lambda each: methods.get(id(each)),
            self.page.tree.code_for_node,
            self.unused,
            "'" if self.page.text.count("'") > self.page.text.count('"') else '"',
        )
        rebound = any(each.index > one.index for each in self.page.binders(old.name.value))
        try:
            found = registrar.taken(node, rebound=rebound)
        except Unregistrable as error:
            raise self.page.refuse(one.node, error.why) from None
        self.needs += found.needs
        row = Row(one, "registered", move=[statement(each) for each in found.register])
        stay = [] if one.index in self.elsewhere else [found.node]
        after = [statement(each) for each in found.after]
        row.stay = [*stay, *[spaced(each, 0 if position else 2) for position, each in enumerate(after)]]
        return row

    def unused(self, *wishes: str) -> str:
        """Return a name that the page does not have, and that nobody else has been given."""
        one = self.page.free(*wishes)
        while one in self.fresh:
            one = self.page.free(f"{one}_2")
        self.fresh.add(one)
        return one

    @property
    def first_command(self) -> int:
        """The index of the first definition that is a command, behind which click is imported too late."""
        found = [
            index
            for index, each in self.plan.registering.items()
            if any(method.startswith("cli.") for method in each.values())
        ]
        return min(found, default=0)

    # names

    def globals(self, rows: list[Row]) -> list[str]:
        """Return the names that the factory assigns and that are used outside of it."""
        used: set[str] = set()
        for row in self.rows:
            if row.kind not in {"moved", "app"}:
                used |= {use.head for use in row.statement.uses}
                used |= {name for name in row.statement.binds if row.kind != "import" or row.stay}
        found = dict.fromkeys(
            name
            for row in rows
            if row.kind == "moved" and not self.plan.is_alias(row.statement)
            for name, imported in row.statement.binds.items()
            if not (imported and row.stay)
        )
        return [name for name in found if name in used]


def _flat(fitting: Sequence[Node], _: cst.CSTNode) -> cst.FlattenSentinel[Node]:
    return cst.FlattenSentinel(fitting)
