"""Functions that use the app: which run where Flask knows the current one, and which must be given it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import libcst as cst

from keck.factory.known import KNOWN
from keck.factory.page import Page, Statement
from keck.factory.plan import Plan
from keck.factory.uses import Use, dotted
from keck.factory.world import AppUse, World
from keck.facts.expr import Span, ref_at
from keck.project.things import Named, Site

OPENS = frozenset({"app_context", "test_request_context", "run", "test_client", "test_cli_runner", "async_to_sync"})
"""What of an app is used by those that have no context yet."""
HANDS_ON = frozenset({
    "Thread", "Timer", "Process", "add_job", "submit", "apply_async", "run_in_executor", "spawn", "spawn_later",
    "start_new_thread", "start_background_task", "do", "scheduled_job", "task", "periodic_task", "shared_task",
    "on_after_configure", "schedule_job", "enqueue", "signal", "call_on_close", "run_coroutine_threadsafe",
})  # fmt: skip
"""Calls and decorators by which a function runs on its own, outside of requests."""
ATEXIT = "atexit.register"
WITHIN = re.compile(
    r"flask[\w.]*\.(?:\w*View|\w*Resource|\w*Form|\w*JSONProvider|\w*JSONEncoder|Model|\w*Schema)$"
    r"|wtforms\.\w*Form$|marshmallow\.\w*Schema$|werkzeug\.routing[\w.]*\.\w*Converter$"
    r"|sqlalchemy[\w.]*\.DeclarativeBase\w*$|.*:\w+\.Model$"
)
"""Classes whose methods Flask, or what it calls, runs where it knows the current app."""

NOWHERE = Span(0, 0, 0, 0)


@dataclass(frozen=True)
class Reference:
    """A use of a function of the project."""

    page: Page
    statement: Statement
    use: Use

    @property
    def call(self) -> cst.Call | None:
        """The call, where it is called."""
        parent = self.page.parents.get(self.use.node)
        return parent if isinstance(parent, cst.Call) and parent.func is self.use.node else None

    @property
    def started(self) -> cst.Call | None:
        """The call, where a thread is made for it: ``Thread(target=f, args=(1,))``."""
        arg = self.page.parents.get(self.use.node)
        call = self.page.parents.get(arg) if isinstance(arg, cst.Arg) else None
        if not isinstance(call, cst.Call) or dotted(call.func).rpartition(".")[2] != "Thread":
            return None
        names = {one.keyword.value: one.value for one in call.args if one.keyword is not None}
        args = names.get("args")
        plain = args is None or isinstance(args, cst.Tuple | cst.List)
        return call if names.get("target") is self.use.node and plain and len(names) == len(call.args) else None


class Contexts:
    """Decides for each use of the app inside a function of the planned pages what becomes of it.

    Attributes:
        given: the functions that get the app as their first parameter, with their references.
        seized: the functions that take the real app at their beginning, as functions within them use it.
        real: the uses that stay as they are, for which the app must have its old name.
    """

    def __init__(self, world: World, plans: dict[str, Plan], called: frozenset[str], clients: frozenset[str]) -> None:
        self.world = world
        self.clients = clients
        self.called = called
        self.plans = plans
        self.references = self._references()
        self.without: set[str] = set()
        self.given: dict[str, tuple[Page, cst.FunctionDef]] = {}
        self.seized: set[cst.FunctionDef] = set()
        self.real: set[Use] = set()
        self._find_without()
        for path, plan in plans.items():
            for one in plan.app.values():
                if path in clients:
                    self.real.add(one.use)
                elif one.use.is_deferred and one.statement.index not in plan.moved and not one.statement.is_main:
                    self._decide(plan, one)
        self._hand_through()

    def _hand_through(self) -> None:
        """Give the app to the functions that have to hand it on."""
        waiting = list(self.given)
        for symbol in waiting:
            for one in self.references[symbol]:
                caller = (
                    self.top(one.page, one.use) if one.use.is_deferred and one.page.path not in self.clients else ""
                )
                if (
                    caller
                    and caller not in self.given
                    and not self.plans[one.page.path].registering.get(one.statement.index)
                ):
                    self.given[caller] = (one.page, self._definition(one.page, caller))
                    waiting.append(caller)

    def _references(self) -> dict[str, list[Reference]]:
        found: dict[str, list[Reference]] = {}
        for plan in self.plans.values():
            page = plan.page
            for statement in page.statements:
                if isinstance(statement.node, cst.FunctionDef):
                    found.setdefault(page.own(statement.node.name.value), [])
        for plan in self.plans.values():
            for statement in plan.page.statements:
                for use in statement.uses:
                    for length in range(1, use.dotted.count(".") + 2):
                        symbol = plan.page.symbol(use, length)
                        if symbol in found and not use.stored:
                            found[symbol].append(Reference(plan.page, statement, use))
                            break
        return found

    def top(self, page: Page, use: Use) -> str:
        """Return the symbol of the function at module level in whose body a use stands, or an empty text."""
        first = use.functions[0] if use.functions else None
        if isinstance(first, cst.FunctionDef) and page.own(first.name.value) in self.references:
            return page.own(first.name.value) if use.scope.partition(".")[0] == first.name.value else ""
        return ""

    # functions without a context

    def _find_without(self) -> None:
        for plan in self.plans.values():
            for statement in plan.page.statements:
                if isinstance(statement.node, cst.FunctionDef) and self._runs_alone(statement.node):
                    self.without.add(plan.page.own(statement.node.name.value))
        for symbol, every in self.references.items():
            if any(self._hands_on(one) or self._calls_early(one) for one in every):
                self.without.add(symbol)
        grown = True
        while grown:
            grown = False
            for symbol, every in self.references.items():
                if symbol in self.without:
                    continue
                if any(
                    self.top(one.page, one.use) in self.without and not self.opened(one.page, one.use.node)
                    for one in every
                ):
                    self.without.add(symbol)
                    grown = True

    @staticmethod
    def _runs_alone(node: cst.FunctionDef) -> bool:
        for one in node.decorators:
            func = one.decorator.func if isinstance(one.decorator, cst.Call) else one.decorator
            if dotted(func).rpartition(".")[2] in HANDS_ON:
                return True
        return False

    def _hands_on(self, one: Reference) -> bool:
        """Whether a function is handed to what runs it on its own."""
        return one.call is None and self._is_handed(one.page, one.use.node, foreign=not one.use.is_deferred)

    def _is_handed(self, page: Page, node: cst.CSTNode, *, foreign: bool) -> bool:
        """Whether an expression is an argument of a call that runs functions on their own.

        Args:
            page: where it stands.
            node: the expression.
            foreign: whether any call counts that is none of the app's, of a blueprint's or of an extension's.
        """
        one: cst.CSTNode | None = node
        while one is not None and not isinstance(one, cst.FunctionDef | cst.SimpleStatementLine):
            parent = page.parents.get(one)
            if isinstance(parent, cst.Call) and parent.func is not one:
                name = dotted(parent.func)
                last = parent.func.attr.value if isinstance(parent.func, cst.Attribute) else name
                if last in HANDS_ON or name == ATEXIT or (foreign and not self._is_flasks(page, parent)):
                    return True
            one = parent
        return False

    def _is_flasks(self, page: Page, call: cst.Call) -> bool:
        """Whether a call at import time is one of the app, of a blueprint, of an extension or of a class of Flask's."""
        node: cst.BaseExpression = call.func
        while isinstance(node, cst.Attribute | cst.Call | cst.Subscript):
            text = dotted(node)
            symbol = self.world.project.names.resolve(page.module, "", text) if text else ""
            if symbol.startswith(("flask", "functools.", "app.")) or symbol in KNOWN:
                return True
            node = node.func if isinstance(node, cst.Call) else node.value
        name = dotted(node)
        symbol = self.world.project.names.resolve(page.module, "", name) if name else ""
        if symbol == self.world.symbol or symbol in self.world.instances or symbol.startswith("flask"):
            return True
        things = self.world.project.objects.of(page.module, "", ref_at(NOWHERE, name)) if name else frozenset()
        return any(isinstance(one, Site) and one.kind != "object" for one in things) or any(
            isinstance(one, Named) and one.kind in {"function", "class"} for one in things
        )

    def _calls_early(self, one: Reference) -> bool:
        return one.call is not None and not one.use.is_deferred and not self.opened(one.page, one.use.node)

    def opened(self, page: Page, node: cst.CSTNode) -> bool:
        """Whether a node stands in a ``with`` that opens a context, within its function."""
        one: cst.CSTNode | None = node
        while one is not None and not isinstance(one, cst.FunctionDef | cst.Lambda):
            parent = page.parents.get(one)
            if isinstance(parent, cst.With) and one is parent.body:
                for item in parent.items:
                    func = item.item.func if isinstance(item.item, cst.Call) else None
                    if isinstance(func, cst.Attribute) and func.attr.value in {"app_context", "test_request_context"}:
                        return True
            one = parent
        return False

    # uses

    def _decide(self, plan: Plan, one: AppUse) -> None:
        page, use = plan.page, one.use
        first = use.functions[0]
        symbol = self.top(page, use)
        nested = any(isinstance(each, cst.FunctionDef) for each in use.functions[1:])
        apart = self._is_apart(page, use)
        if self.opened(page, use.node) and not one.suffix and one.attribute:
            pass  # inside its own context
        elif symbol in self.without and symbol:
            if self._can_be_given(symbol):
                self.given[symbol] = (page, self._definition(page, symbol))
            else:
                self.real.add(use)
                return
        elif self._is_left_alone(page, one.statement, first):
            self.real.add(use)
        elif one.attribute in OPENS or (nested and not one.attribute) or apart:
            registered = bool(plan.registering.get(one.statement.index))
            if (registered or (apart and not _yields(first))) and isinstance(first, cst.FunctionDef):
                self.seized.add(first)
            elif symbol and self._can_be_given(symbol):
                self.given[symbol] = (page, self._definition(page, symbol))
            else:
                self.real.add(use)

    def _is_apart(self, page: Page, use: Use) -> bool:
        """Whether a use stands in a generator, or in a function within a function that is handed on: it runs later."""
        inner = use.functions[1:]
        named = {one.name.value for one in inner if isinstance(one, cst.FunctionDef)}
        return (
            any(map(_yields, use.functions))
            or any(isinstance(one, cst.Lambda) and self._is_handed(page, one, foreign=False) for one in inner)
            or (
                bool(named)
                and any(self._is_handed(page, one, foreign=False) for one in _named(use.functions[0], named))
            )
        )

    def _is_left_alone(self, page: Page, statement: Statement, first: cst.CSTNode) -> bool:
        """Whether a method, or a lambda, may run where there is no context."""
        if isinstance(statement.node, cst.ClassDef):
            return self._is_alone(page, statement)
        return isinstance(first, cst.Lambda) and self._is_handed(page, first, foreign=True)

    def _is_alone(self, page: Page, statement: Statement) -> bool:
        """Whether the methods of a class may run without a context: it is made while modules are imported."""
        node = cst.ensure_type(statement.node, cst.ClassDef)
        symbol = page.own(node.name.value)
        lineage = self.world.project.objects.lineage(symbol)
        known = any(WITHIN.match(one) or one in KNOWN for one in lineage)
        if symbol in self.world.project.models or known:
            return False
        return any(
            plan.page.meant(use, {symbol}) is not None
            for plan in self.plans.values()
            for one in plan.page.statements
            for use in one.now()
            if not one.is_definition
        )

    @staticmethod
    def _definition(page: Page, symbol: str) -> cst.FunctionDef:
        name = symbol.rpartition(":")[2]
        return next(one.node for one in page.binders(name) if isinstance(one.node, cst.FunctionDef))

    def _can_be_given(self, symbol: str, seen: frozenset[str] = frozenset()) -> bool:
        """Whether a function can have the app as a parameter: all that use it are calls that have the app at hand."""
        if symbol in self.given or symbol in seen:
            return True
        if self.world.kept and not self._is_called_by_factory(symbol):
            return False
        every = self.references[symbol]
        name = symbol.rpartition(":")[2]
        if self._in_tests(name) or name in self.called or (not every and self._is_mentioned(name)):
            return False
        for plan in self.plans.values():
            for one in plan.page.statements:
                if isinstance(one.node, cst.FunctionDef) and plan.page.own(one.node.name.value) == symbol:
                    if one.node.decorators or len(plan.page.binders(name)) > 1 or one.index in plan.moved:
                        return False
                    if any(name in {plan.world.app, plan.page.module.name} for name in _parameters(one.node)):
                        return False
        return all(self._has_app(one, seen | {symbol}) for one in every)

    def _is_called_by_factory(self, symbol: str) -> bool:
        """Whether a function runs while the app is made, itself or through another one."""
        waiting = [symbol]
        for each in waiting:
            for one in self.references[each]:
                if not one.use.is_deferred and one.statement.index in self.plans[one.page.path].moved:
                    return True
                caller = self.top(one.page, one.use)
                if caller and caller not in waiting:
                    waiting.append(caller)
        return False

    def _has_app(self, one: Reference, seen: frozenset[str]) -> bool:
        if one.call is None and one.started is None:
            return False
        plan = self.plans[one.page.path]
        if one.page.path in self.clients:
            return True
        if not one.use.is_deferred:
            return one.statement.index in plan.moved or one.statement.is_main
        symbol = self.top(one.page, one.use)
        if not symbol or len(one.use.functions) > 1:
            return False
        if plan.registering.get(one.statement.index):
            return True
        return self._can_be_given(symbol, seen)

    def _in_tests(self, name: str) -> bool:
        return any(
            one.name == name for module in self.world.project.modules if module.is_test for one in module.facts.imports
        )

    def _is_mentioned(self, name: str) -> bool:
        """Whether a function that nothing calls is spoken of somewhere: a command line may call it."""
        found = re.compile(rf"\b{re.escape(name)}\b")
        return sum(len(found.findall(text)) for text in self.world.texts.values()) > 1

    def calls(self) -> Iterator[tuple[Reference, str]]:
        """Yield the calls of functions that get the app, with the symbol of the function."""
        for symbol in self.given:
            for one in self.references[symbol]:
                yield one, symbol


def _parameters(node: cst.FunctionDef) -> Iterator[str]:
    every = (*node.params.posonly_params, *node.params.params, *node.params.kwonly_params)
    yield from (one.name.value for one in every)


def _yields(function: cst.CSTNode) -> bool:
    """Whether a function is a generator."""
    waiting: list[cst.CSTNode] = [*function.children]
    for node in waiting:
        if isinstance(node, cst.Yield):
            return True
        if not isinstance(node, cst.FunctionDef | cst.Lambda | cst.ClassDef):
            waiting.extend(node.children)
    return False


def _named(node: cst.CSTNode, names: set[str]) -> Iterator[cst.Name]:
    """Yield the names below a node that are one of some."""
    if isinstance(node, cst.Name) and node.value in names:
        yield node
    for child in node.children:
        yield from _named(child, names)
