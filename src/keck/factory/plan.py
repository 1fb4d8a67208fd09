"""Where each statement of a module goes: what stays, what a factory does, what is made elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import libcst as cst

from keck.factory.binding import Split, split
from keck.factory.known import KNOWN, PER_APP
from keck.factory.page import Page, Statement
from keck.factory.uses import Use
from keck.factory.world import AppUse, World

if TYPE_CHECKING:
    from keck.factory.lifting import Lift

CONTEXT = frozenset({"query", "query_class"})

BUILDING = frozenset(
    {"register_blueprint", "add_url_rule", "register_error_handler", "config", "jinja_env", "wsgi_app"}
)


class Plan:
    """The plan of one page.

    Attributes:
        page: the page.
        app: the uses of the app in it, by the use.
        moved: the indices of the statements that a factory does.
        splits: extension constructors taken apart, by the index of the statement.
        registering: for each definition the decorators that register it.
        stuck: the definitions that use at import time what is made in a factory, with the use.
        lifts: how definitions get the config values that they read while they are read themselves.
        pushed: the statement that pushes a context for all that follows.
        shared: the indices of the statements about what all apps of the class have in common, which stay.
    """

    def __init__(self, world: World, page: Page) -> None:
        self.world = world
        self.page = page
        self.is_home = page is world.home
        self.app: dict[Use, AppUse] = {}
        self.moved: set[int] = set()
        self.splits: dict[int, Split] = {}
        self.registering: dict[int, dict[cst.Decorator, str]] = {}
        self.stuck: dict[int, Use] = {}
        self.shared: set[int] = set()
        self.pushed: Statement | None = None
        self.lifts: dict[Use, Lift] = {}
        for statement in page.statements:
            self.app |= {one.use: one for one in world.app_uses(page, statement)}
        for statement in page.statements:
            if isinstance(statement.node, cst.FunctionDef | cst.ClassDef):
                self.registering[statement.index] = self._decorators(statement)
            if self.is_home and self._is_shared(statement):
                self.shared.add(statement.index)
            if self._is_push(statement):
                self.pushed = statement

    def _is_push(self, statement: Statement) -> bool:
        """Whether a statement is ``app.app_context().push()``."""
        call = statement.called
        func = call.func if call is not None else None
        if not isinstance(func, cst.Attribute) or func.attr.value != "push" or not isinstance(func.value, cst.Call):
            return False
        return any(
            one.statement is statement
            and one.node is not one.use.node
            and one.attribute in {"app_context", "test_request_context"}
            for one in self.app.values()
        )

    def needs_context(self, statement: Statement) -> bool:
        """Whether a statement works only within an app's context: it asks the database, say."""
        return any(
            use not in self.app and self.page.meant(use, self.world.tainted) is None and self.needs_app(use)
            for use in statement.now()
            if not use.stored
        )

    def _is_shared(self, statement: Statement) -> bool:
        """Whether a statement is about what all apps of the class have in common, and is not to be done for each.

        The session interface is an attribute of the class: a tag that is registered with its serializer twice is an error.
        """
        uses = [one for one in self.app.values() if one.statement is statement]
        stored = any(
            one.dotted == f"{self.world.app}.session_interface"
            and isinstance(self.page.parents.get(one.node), cst.AssignTarget | cst.AnnAssign)
            for each in self.page.statements
            for one in each.uses
        )
        return (
            statement.called is not None
            and bool(uses)
            and not stored
            and all(one.use.dotted.split(".")[1:2] == ["session_interface"] and not one.suffix for one in uses)
        )

    def _decorators(self, statement: Statement) -> dict[cst.Decorator, str]:
        found = {}
        nodes: dict[cst.CSTNode, AppUse] = {one.node: one for one in self.app.values() if one.statement is statement}
        for decorator in _decorators(statement.node):
            func = decorator.decorator.func if isinstance(decorator.decorator, cst.Call) else decorator.decorator
            parts: list[str] = []
            while isinstance(func, cst.Attribute) and func not in nodes:
                parts.insert(0, func.attr.value)
                func = func.value
            if parts and func in nodes and not nodes[func].suffix:
                found[decorator] = ".".join(parts)
        return found

    def registers(self, statement: Statement) -> bool:
        """Whether decorators of the app stand on a definition."""
        return bool(self.registering.get(statement.index))

    @property
    def does_something(self) -> bool:
        """Whether the page does something with the app while it is imported."""
        return (
            any(not self.is_alias(self.page.statements[index]) for index in self.moved)
            or any(self.registering.values())
            or any(one.bound for one in self.splits.values())
        )

    @property
    def serves(self) -> bool:
        """Whether the page gives the app routes of its own."""
        return any(self.registering.values()) or any(
            not one.use.is_deferred and one.attribute in {"register_blueprint", "add_url_rule"}
            for one in self.app.values()
        )

    @property
    def builds(self) -> bool:
        """Whether the page adds something to the app while it is imported: routes, blueprints, extensions, settings."""
        return (
            any(self.registering.values())
            or any(one.bound for one in self.splits.values())
            or any(
                not one.use.is_deferred and not one.statement.is_main and one.attribute in BUILDING
                for one in self.app.values()
            )
        )

    def is_alias(self, one: Statement) -> bool:
        """Whether a statement gives something of the app a name that is written out wherever it is used."""
        made = one.small
        if not isinstance(made, cst.Assign) or len(made.targets) != 1 or len(one.binds) != 1:
            return False
        name = next(iter(one.binds))
        symbol = self.page.symbol(next(use for use in one.uses if use.stored), 1)
        below = symbol.startswith(f"{self.world.symbol}.")
        return below and not any(
            use.head == name for index in self.moved for use in self.page.statements[index].now() if not use.stored
        )

    def leave(self) -> None:
        """Let everything stay where it is: the page starts the app and has it under its old name."""
        self.moved.clear()
        self.splits.clear()
        self.registering.clear()
        self.stuck.clear()
        self.pushed = None

    # instances

    def find_instances(self) -> None:
        """Take apart what can be."""
        for statement in self.page.statements:
            if statement is self.world.statement:
                continue
            made = statement.assigned
            call = made[1] if made is not None else statement.called
            if call is None:
                continue
            cls = self.world.class_of(self.page, "", call)
            if cls in PER_APP and (made is None or not self._needed_early(made[0], statement)):
                self.move(statement)
                continue
            known = KNOWN.get(cls)
            if known is None:
                continue
            given = any(self._is_app(one.value) for one in call.args)
            if made is None:
                name = self.page.free(known.name)
                if not given or self._taken(name):
                    continue
            else:
                name = made[0]
            if len(self.page.binders(name)) > 1 or (not given and not self.is_home):
                continue
            found = split(name, call, known, self._is_app, self._is_late)
            if found is not None:
                self.splits[statement.index] = found
                self.world.instances[self.page.own(name)] = known

    def _taken(self, name: str) -> bool:
        return any(one.name == name for one in self.splits.values())

    def _needed_early(self, name: str, statement: Statement) -> bool:
        """Whether a definition, or another module, needs an instance, or what is made of it, while it is imported."""
        symbols = {self.page.own(name)}
        for one in self.page.statements:
            if not one.is_definition and any(self.page.meant(use, symbols) is not None for use in one.now()):
                symbols |= {self.page.own(each) for each in one.binds}
        return any(
            page.meant(use, symbols) is not None
            for page in self.world.pages.values()
            for one in page.statements
            if one is not statement and (one.is_definition or page is not self.page)
            for use in one.uses
            if not use.is_deferred or page is not self.page
        )

    def _is_app(self, node: cst.BaseExpression) -> bool:
        return any(one.node is node and not one.suffix for one in self.app.values())

    def _is_late(self, arg: cst.Arg) -> bool:
        below = set(_below(arg.value))
        return any(one.node in below for one in self.app.values() if not one.use.is_deferred) or any(
            use.node in below and self.page.meant(use, self.world.tainted) is not None
            for one in self.page.statements
            for use in one.uses
        )

    # movement

    def grow(self) -> bool:
        """Move what must be moved by what is known so far; whether something was."""
        before = len(self.moved), len(self.world.needy), len(self.world.tainted), len(self.splits)
        self.stuck = {}
        for statement in self.page.statements:
            index = statement.index
            if index in self.moved or index in self.shared or statement.is_import or statement.is_main:
                continue
            if statement is self.world.statement:
                continue
            if index in self.splits:
                self._unsplit(statement)
                continue
            early = next(self._early(statement), None)
            if early is None:
                continue
            if statement.is_definition and not self._is_local(statement):
                self.stuck[index] = early
            else:
                self.move(statement)
        self._order()
        for statement in self.page.statements:
            defined = isinstance(statement.node, cst.FunctionDef) and statement.index not in self.moved
            if defined and self._is_needy(statement):
                self.world.needy |= {self.page.own(name) for name in statement.binds}
        return before != (len(self.moved), len(self.world.needy), len(self.world.tainted), len(self.splits))

    def _unsplit(self, statement: Statement) -> None:
        """Make an instance inside the factory after all, where its constructor needs what is made there."""
        one = self.splits[statement.index]
        uses = [use for use in statement.now() if self.page.meant(use, self.world.tainted) is not None]
        below = {node for arg in one.made.args for node in _below(arg.value)}
        if any(use.node in below for use in uses):
            del self.splits[statement.index]
            self.world.instances.pop(self.page.own(one.name), None)
            self.move(statement)

    def move(self, statement: Statement) -> None:
        """Let a factory do a statement, and with it what needs the names that it assigns."""
        self.moved.add(statement.index)
        opened = isinstance(statement.node, cst.With)
        self.world.tainted |= {
            self.page.own(name) for name, imported in statement.binds.items() if not (imported and opened)
        }

    def _is_local(self, statement: Statement) -> bool:
        """Whether only what is moved uses a definition."""
        symbols = {self.page.own(name) for name in statement.binds}
        return all(
            page is self.page and one.index in self.moved
            for page in self.world.pages.values()
            for one in page.statements
            if not (page is self.page and one is statement)
            for use in one.uses
            if page.meant(use, symbols) is not None
        ) and any(use.head in statement.binds for index in self.moved for use in self.page.statements[index].uses)

    def _early(self, statement: Statement) -> Iterator[Use]:
        """Yield what a statement uses at import time that there is only in a factory."""
        spared = {
            node for decorator in self.registering.get(statement.index, {}) for node in _below(decorator.decorator)
        }
        for use in statement.now():
            if use.node not in spared and not use.stored and use not in self.lifts and self.needs_app(use):
                yield use

    def needs_app(self, use: Use) -> bool:
        """Whether a use works only once there is an app."""
        if use in self.app or self.page.meant(use, self.world.tainted) is not None:
            return True
        parts = use.dotted.split(".")
        for length in range(1, len(parts) + 1):
            symbol = self.page.symbol(use, length)
            if symbol in self.world.needy:
                return True
            rest = parts[length:]
            known = self.world.instances.get(symbol)
            if known is not None and rest and (rest[0] in known.bound or rest[-1] in ("create_all", "drop_all")):
                return True
            if rest and rest[0] in CONTEXT and symbol in self.world.project.models:
                return True
        return False

    def _is_needy(self, statement: Statement) -> bool:
        return any(use.functions == (statement.node,) and self.needs_app(use) for use in statement.later())

    def _order(self) -> None:
        """Move what assigns a name again between two statements that are moved."""
        for index in sorted(self.moved):
            for use in self.page.statements[index].now():
                binders = [one for one in self.page.statements if use.head in one.binds]
                plain = all(isinstance(one.small, cst.Assign | cst.AugAssign | cst.AnnAssign) for one in binders)
                if len(binders) > 1 and plain and binders[-1].index > index:
                    for one in binders:
                        if one.index not in self.moved and one.index not in self.splits:
                            self.move(one)


def _decorators(node: cst.CSTNode) -> Sequence[cst.Decorator]:
    return node.decorators if isinstance(node, cst.FunctionDef | cst.ClassDef) else ()


def _below(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    yield node
    for child in node.children:
        yield from _below(child)
