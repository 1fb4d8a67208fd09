"""What a conversion refuses: each with its line and the reason."""

from __future__ import annotations

import libcst as cst

from keck.factory.design import Design
from keck.factory.page import Statement
from keck.factory.plan import Plan

MAIN = '`if __name__ == "__main__":`'


def check(design: Design) -> None:
    """Refuse what cannot be done safely.

    Raises:
        Refusal: for the first such thing.
    """
    called = {design.world.home.path, *design.order.called, *design.order.clients}
    for path, plan in design.plans.items():
        _stuck(plan)
        _made_elsewhere(plan)
        if path in design.registers and path not in called:
            one = next(
                each
                for each in plan.page.statements
                if each.index in plan.moved | {*plan.splits} or plan.registers(each)
            )
            why = f"`{plan.page.module.name}` is imported inside a function only, and uses the app while it is"
            raise plan.page.refuse(one.node, why)
        for one in plan.page.statements:
            if one.index in plan.moved and one.called is not None:
                _server(plan, one, one.called)
            if one.is_main:
                _otherwise(plan, one)


def check_open(design: Design) -> None:
    """Refuse a context that stays open for whoever imports the module, where the app does not stay in it.

    Raises:
        Refusal: for the first one.
    """
    why = "the context that is opened here stays open for whoever imports this module; open one where it is needed"
    for plan in design.plans.values():
        for one in plan.page.statements:
            value = one.small.value if isinstance(one.small, cst.Assign) else None
            if one.index in plan.moved and isinstance(value, cst.Call) and _opens(value.func):
                raise plan.page.refuse(one.node, why)
        pushed = plan.pushed
        if pushed is None or design.world.kept:
            continue
        behind = [one for one in plan.page.statements[pushed.index + 1 :] if plan.needs_context(one)]
        if design.order.clients or not behind:
            raise plan.page.refuse(pushed.node, why)


def _opens(func: cst.BaseExpression) -> bool:
    return isinstance(func, cst.Attribute) and func.attr.value in {"app_context", "test_request_context"}


def _stuck(plan: Plan) -> None:
    """Refuse a definition that needs the app while it is read."""
    for index, use in plan.stuck.items():
        name = next(iter(plan.page.statements[index].binds))
        raise plan.page.refuse(use.node, f"`{name}` needs `{use.dotted}` while the module is imported")


def _made_elsewhere(plan: Plan) -> None:
    """Refuse an import of what another module makes with the app: it is not there yet."""
    world = plan.world
    for one in plan.page.statements:
        for each in one.imports:
            if world.imported(plan.page, each) in world.tainted and not world.means_app(plan.page, each):
                raise plan.page.refuse(each.node, f"`{each.name}` is made with the app, and imported here")
        for use in one.uses:
            foreign = plan.page.symbol(use, 1) != plan.page.own(use.head) and use not in plan.app
            if foreign and plan.page.meant(use, world.tainted) is not None:
                raise plan.page.refuse(use.node, f"`{use.dotted}` is made with the app, in another module")


def _server(plan: Plan, one: Statement, call: cst.Call) -> None:
    """Refuse a server that is started while the module is imported."""
    runs = isinstance(call.func, cst.Attribute) and call.func.attr.value == "run"
    if runs and any(each.statement is one for each in plan.app.values()):
        code = plan.page.tree.code_for_node(call.func)
        raise plan.page.refuse(one.node, f"`{code}()` stands outside of {MAIN}")


def _otherwise(plan: Plan, one: Statement) -> None:
    """Refuse an ``else`` of the main block that uses the app: it runs while the module is imported."""
    orelse = one.node.orelse if isinstance(one.node, cst.If) else None
    if orelse is None:
        return
    below: list[cst.CSTNode] = [orelse]
    for node in below:
        below.extend(node.children)
    if any(each.use.node in below for each in plan.app.values()):
        raise plan.page.refuse(orelse, f"the `else` of {MAIN} uses the app")
