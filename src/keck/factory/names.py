"""What becomes of the app's name wherever a page uses it."""

from __future__ import annotations

from functools import partial
from typing import Any

import libcst as cst

from keck.factory.contexts import Contexts
from keck.factory.lifting import put
from keck.factory.plan import Plan
from keck.factory.swap import Swap
from keck.factory.world import AppUse

CURRENT = "current_app"
OBJECT = f"{CURRENT}._get_current_object()"


class Names:
    """The changes of one page's names.

    Attributes:
        plan: the page's plan.
        local: what the app is called in the page's factory.
        swap: the changes.
        current: whether ``current_app`` is used.
        real: the functions in which the app's old name is used, which the page must get from somewhere.
    """

    def __init__(self, plan: Plan, contexts: Contexts) -> None:
        self.plan = plan
        self.page = plan.page
        self.contexts = contexts
        self.is_client = plan.page.path in contexts.clients
        self.local = self._own_name() if self.is_client else _local(plan)
        self.swap = Swap()
        self.current = False
        self.real: list[cst.FunctionDef | cst.Lambda] = []
        for one in plan.app.values():
            if self.is_client:
                self._client(one)
            elif one.use not in plan.lifts:
                self._use(one)
        put(plan, self.swap)
        self.current |= any("current_app" in one.code for one in plan.lifts.values())
        self._calls()
        self._definitions()

    def _own_name(self) -> str:
        """Return what a module that starts the app calls it."""
        for one in self.plan.app.values():
            if isinstance(one.node, cst.Name) and not one.suffix:
                return one.node.value
        for statement in self.page.statements:
            for each in statement.imports:
                if not each.functions and self.plan.world.imported(self.page, each) == self.plan.world.symbol:
                    return each.name
        return self.page.free(self.plan.world.app, "flask_app")

    def _client(self, one: AppUse) -> None:
        if not self.plan.world.kept and (one.suffix or isinstance(one.node, cst.Attribute)):
            self._put(one.node, f"{self.local}.{one.suffix}" if one.suffix else self.local)

    def _use(self, one: AppUse) -> None:
        use = one.use
        if one.statement.index in self.plan.shared:
            self.swap.put(one.node, self.plan.world.call.func)
            return
        if one.statement.index in self.plan.moved or one.statement.is_main or not use.is_deferred:
            if not (
                one.suffix and not use.imported and self.page.binders(use.head) and not _imported(self.plan, use.head)
            ):
                self._put(one.node, f"{self.local}.{one.suffix}" if one.suffix else self.local)
            return
        top = self.contexts.top(self.page, use)
        if use in self.contexts.real:
            self.real.append(use.functions[0])
            self._put(one.node, f"{self.plan.world.app}.{one.suffix}" if one.suffix else self.plan.world.app)
        elif top in self.contexts.given or use.functions[0] in self.contexts.seized:
            self._put(one.node, f"{self.local}.{one.suffix}" if one.suffix else self.local)
        else:
            self.current = True
            whole = one.node is use.node and not one.suffix
            self._put(one.node, OBJECT if whole else f"{CURRENT}.{one.suffix}" if one.suffix else CURRENT)

    def _put(self, node: cst.CSTNode, code: str) -> None:
        self.swap.put(node, cst.parse_expression(code))

    def _calls(self) -> None:
        for one, _ in self.contexts.calls():
            node = one.call or one.started
            if one.page is not self.page or node is None:
                continue
            inside = self.contexts.top(one.page, one.use)
            registered = one.use.is_deferred and inside not in self.contexts.given
            if registered and not self.is_client and one.use.functions[0] not in self.contexts.seized:
                self.current = True
                code = OBJECT
            else:
                code = self.local
            self.swap.change(node, partial(_with_first if node is one.call else _started_with, code=code))

    def _definitions(self) -> None:
        for page, node in self.contexts.given.values():
            if page is self.page:
                self.swap.change(node, lambda one: _with_param(one, self.local))
        for node in self.contexts.seized:
            if any(one.use.functions[:1] == (node,) for one in self.plan.app.values()):
                self.current = True
                self.swap.change(node, lambda one: with_line(one, f"{self.local} = {OBJECT}"))


def _local(plan: Plan) -> str:
    """Return what the app is called where the page registers things with it."""
    name = plan.world.app
    for one in plan.page.statements:
        for use in one.uses:
            if use.head == name and not use.stored and use not in plan.app:
                return "flask_app"
    return name


def _imported(plan: Plan, name: str) -> bool:
    return all(one.binds[name] for one in plan.page.binders(name))


def _with_first(call: cst.Call, code: str) -> cst.Call:
    comma = cst.Comma(whitespace_after=cst.SimpleWhitespace(" ")) if call.args else cst.MaybeSentinel.DEFAULT
    return call.with_changes(args=[cst.Arg(cst.parse_expression(code), comma=comma), *call.args])


def _started_with(call: cst.Call, code: str) -> cst.Call:
    """Return the call of a thread whose function gets one more argument, its first."""
    args = []
    found = False
    first = cst.Element(cst.parse_expression(code), comma=cst.Comma(whitespace_after=cst.SimpleWhitespace(" ")))
    for one in call.args:
        if one.keyword is not None and one.keyword.value == "args":
            found = True
            old: Any = one.value
            lone = first.with_changes(comma=cst.Comma() if isinstance(old, cst.Tuple) else cst.MaybeSentinel.DEFAULT)
            one = one.with_changes(value=old.with_changes(elements=[first, *old.elements] if old.elements else [lone]))  # noqa: PLW2901
        args.append(one)
    if not found:
        last = args[-1]
        comma = (
            last.comma if isinstance(last.comma, cst.Comma) else cst.Comma(whitespace_after=cst.SimpleWhitespace(" "))
        )
        args[-1] = last.with_changes(comma=comma)
        value = cst.parse_expression(f"({code},)")
        tight = cst.AssignEqual(cst.SimpleWhitespace(""), cst.SimpleWhitespace(""))
        args.append(cst.Arg(value, keyword=cst.Name("args"), equal=tight, comma=last.comma))
    return call.with_changes(args=args)


def _with_param(node: cst.FunctionDef, name: str) -> cst.FunctionDef:
    params = node.params
    one = cst.Param(cst.Name(name))
    if params.posonly_params:
        return node.with_changes(params=params.with_changes(posonly_params=[one, *params.posonly_params]))
    return node.with_changes(params=params.with_changes(params=[one, *params.params]))


def with_line(node: cst.FunctionDef, code: str) -> cst.FunctionDef:
    """Return a function with one more statement at its beginning, behind its docstring."""
    line = cst.parse_statement(code)
    if not isinstance(node.body, cst.IndentedBlock):
        return node.with_changes(
            body=cst.IndentedBlock(
                [line, cst.SimpleStatementLine(cst.ensure_type(node.body, cst.SimpleStatementSuite).body)]
            )
        )
    at = 1 if node.get_docstring() is not None else 0
    body = [*node.body.body[:at], line, *node.body.body[at:]]
    return node.with_changes(body=node.body.with_changes(body=body))
