"""Reads one file's syntax tree into `Facts`."""

from __future__ import annotations

import ast
import warnings
from typing import Any

from keck.facts import expr as e
from keck.facts.expressions import expression, span
from keck.facts.record import Block, Class, Facts, Function, Import, Param, Step
from keck.facts.remarks import remarks_of
from keck.facts.trouble import trouble_of


def facts_of(source: bytes) -> Facts:
    """Return the facts of a file, or the trouble that kept it from being read.

    Never raises: a file that does not parse has `Facts.trouble` and nothing else.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(source)
        reader = _Reader()
        reader.body(tree.body, "", "", -1)
    except (SyntaxError, ValueError, RecursionError, MemoryError, UnicodeError, LookupError) as error:
        text, line = trouble_of(source, error)
        return Facts(remarks=remarks_of(source), trouble=text, trouble_line=line)
    return Facts(
        imports=tuple(reader.imports),
        functions=tuple(reader.functions),
        classes=tuple(reader.classes),
        blocks=tuple(reader.blocks),
        steps=tuple(reader.steps),
        remarks=remarks_of(source),
    )


class _Reader:
    """Walks statements once and appends what it meets."""

    def __init__(self) -> None:
        self.imports: list[Import] = []
        self.functions: list[Function] = []
        self.classes: list[Class] = []
        self.blocks: list[Block] = []
        self.steps: list[Step] = []
        self.typing = 0

    def body(self, nodes: list[ast.stmt], scope: str, owner: str, block: int) -> None:
        for node in nodes:
            handler = _HANDLERS.get(type(node))
            if handler is not None:
                handler(self, node, scope, owner, block)

    # definitions

    def on_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef, scope: str, owner: str, block: int) -> None:
        name = f"{scope}.{node.name}" if scope else node.name
        self.step("define", node, scope, block, value=e.Ref(*span(node), name))
        at = len(self.functions)
        self.functions.append(None)  # type: ignore[arg-type]  # replaced when the body has been read
        self.body(node.body, name, "", -1)
        self.functions[at] = Function(
            *span(node),
            name=name,
            scope=scope,
            owner=owner,
            params=self.params(node.args),
            decorators=tuple(map(expression, node.decorator_list)),
            is_async=isinstance(node, ast.AsyncFunctionDef),
            block=block,
            returns=None if node.returns is None else expression(node.returns),
        )

    on_AsyncFunctionDef = on_FunctionDef

    def on_ClassDef(self, node: ast.ClassDef, scope: str, owner: str, block: int) -> None:
        del owner
        name = f"{scope}.{node.name}" if scope else node.name
        self.step("define", node, scope, block, value=e.Ref(*span(node), name))
        self.classes.append(
            Class(
                *span(node),
                name=name,
                scope=scope,
                bases=tuple(map(expression, node.bases)),
                decorators=tuple(map(expression, node.decorator_list)),
                block=block,
            )
        )
        self.body(node.body, name, name, -1)

    def params(self, args: ast.arguments) -> tuple[Param, ...]:
        plain = [*args.posonlyargs, *args.args]
        defaults = [None] * (len(plain) - len(args.defaults)) + args.defaults
        found = [self.param(one, "", default) for one, default in zip(plain, defaults, strict=True)]
        if args.vararg:
            found.append(self.param(args.vararg, "*", None))
        found += [self.param(one, "", default) for one, default in zip(args.kwonlyargs, args.kw_defaults, strict=True)]
        if args.kwarg:
            found.append(self.param(args.kwarg, "**", None))
        return tuple(found)

    def param(self, arg: ast.arg, kind: str, default: ast.expr | None) -> Param:
        return Param(
            arg.arg,
            kind,
            None if default is None else expression(default),
            None if arg.annotation is None else expression(arg.annotation),
        )

    # imports

    def on_Import(self, node: ast.Import, scope: str, owner: str, block: int) -> None:
        del owner
        for one in node.names:
            at = e.Span(*span(one))
            self.imports.append(
                Import(*span(node), one.name, "", one.asname or "", 0, scope, self.typing > 0, block, at)
            )

    def on_ImportFrom(self, node: ast.ImportFrom, scope: str, owner: str, block: int) -> None:
        del owner
        for one in node.names:
            alias = one.asname or one.name
            at = e.Span(*span(one))
            self.imports.append(
                Import(*span(node), node.module or "", one.name, alias, node.level, scope, self.typing > 0, block, at)
            )

    # simple statements

    def step(
        self,
        kind: str,
        node: ast.stmt,
        scope: str,
        block: int,
        *,
        targets: tuple[e.Expr, ...] = (),
        value: e.Expr | None = None,
        annotation: e.Expr | None = None,
    ) -> None:
        self.steps.append(Step(*span(node), kind, scope, block, targets, value, annotation))

    def on_Assign(self, node: ast.Assign, scope: str, owner: str, block: int) -> None:
        del owner
        self.step(
            "assign", node, scope, block, targets=tuple(map(expression, node.targets)), value=expression(node.value)
        )

    def on_AnnAssign(self, node: ast.AnnAssign, scope: str, owner: str, block: int) -> None:
        value = None if node.value is None else expression(node.value)
        annotation = expression(node.annotation) if owner else None
        self.step("assign", node, scope, block, targets=(expression(node.target),), value=value, annotation=annotation)

    def on_AugAssign(self, node: ast.AugAssign, scope: str, owner: str, block: int) -> None:
        del owner
        self.step("augment", node, scope, block, targets=(expression(node.target),), value=expression(node.value))

    def on_Expr(self, node: ast.Expr, scope: str, owner: str, block: int) -> None:
        del owner
        if not isinstance(node.value, ast.Constant):
            self.step("do", node, scope, block, value=expression(node.value))

    def on_Return(self, node: ast.Return, scope: str, owner: str, block: int) -> None:
        del owner
        self.step("return", node, scope, block, value=None if node.value is None else expression(node.value))

    def on_Raise(self, node: ast.Raise, scope: str, owner: str, block: int) -> None:
        del owner
        self.step("raise", node, scope, block, value=None if node.exc is None else expression(node.exc))

    def on_Assert(self, node: ast.Assert, scope: str, owner: str, block: int) -> None:
        del owner
        self.step("assert", node, scope, block, value=expression(node.test))

    def on_Delete(self, node: ast.Delete, scope: str, owner: str, block: int) -> None:
        del owner
        self.step("delete", node, scope, block, targets=tuple(map(expression, node.targets)))

    def on_Global(self, node: ast.Global | ast.Nonlocal, scope: str, owner: str, block: int) -> None:
        del owner
        self.step("global", node, scope, block, targets=tuple(e.Ref(*span(node), one) for one in node.names))

    on_Nonlocal = on_Global

    def on_Break(self, node: ast.Break, scope: str, owner: str, block: int) -> None:
        del owner
        self.step("break", node, scope, block)

    def on_Continue(self, node: ast.Continue, scope: str, owner: str, block: int) -> None:
        del owner
        self.step("continue", node, scope, block)

    def open(
        self,
        kind: str,
        node: ast.AST,
        scope: str,
        parent: int,
        subject: e.Expr | None = None,
        *,
        target: e.Expr | None = None,
    ) -> int:
        self.blocks.append(Block(*span(node), kind, scope, subject, target, parent))
        return len(self.blocks) - 1

    def on_If(self, node: ast.If, scope: str, owner: str, block: int) -> None:
        test = expression(node.test)
        typing = e.terminal(test) == "TYPE_CHECKING"
        self.typing += typing
        self.body(node.body, scope, owner, self.open("if", node, scope, block, test))
        self.typing -= typing
        if node.orelse:
            self.body(node.orelse, scope, owner, self.open("else", node, scope, block, test))

    def on_For(self, node: ast.For | ast.AsyncFor, scope: str, owner: str, block: int) -> None:
        inner = self.open("for", node, scope, block, expression(node.iter), target=expression(node.target))
        self.body(node.body, scope, owner, inner)
        self.body(node.orelse, scope, owner, block)

    on_AsyncFor = on_For

    def on_While(self, node: ast.While, scope: str, owner: str, block: int) -> None:
        self.body(node.body, scope, owner, self.open("while", node, scope, block, expression(node.test)))
        self.body(node.orelse, scope, owner, block)

    def on_With(self, node: ast.With | ast.AsyncWith, scope: str, owner: str, block: int) -> None:
        subject = e.Items(*span(node), "with", tuple(expression(one.context_expr) for one in node.items))
        named = tuple(expression(one.optional_vars) for one in node.items if one.optional_vars is not None)
        target = e.Items(*span(node), "with", named) if named else None
        self.body(node.body, scope, owner, self.open("with", node, scope, block, subject, target=target))

    on_AsyncWith = on_With

    def on_Try(self, node: ast.Try, scope: str, owner: str, block: int) -> None:
        self.body(node.body, scope, owner, self.open("try", node, scope, block))
        for one in node.handlers:
            caught = None if one.type is None else expression(one.type)
            self.body(one.body, scope, owner, self.open("except", one, scope, block, caught))
        self.body(node.orelse, scope, owner, block)
        if node.finalbody:
            self.body(node.finalbody, scope, owner, self.open("finally", node, scope, block))

    on_TryStar = on_Try

    def on_Match(self, node: ast.Match, scope: str, owner: str, block: int) -> None:
        subject = expression(node.subject)
        for case in node.cases:
            self.body(case.body, scope, owner, self.open("case", case.pattern, scope, block, subject))


# of the class and not bound: a reader that refers to itself would keep what it has read until garbage is collected
_HANDLERS: dict[type[ast.stmt], Any] = {
    kind: getattr(_Reader, "on_" + kind.__name__)
    for kind in ast.stmt.__subclasses__()
    if hasattr(_Reader, "on_" + kind.__name__)
}
