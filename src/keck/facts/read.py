"""Reads one file's syntax tree into `Facts`."""

from __future__ import annotations

import ast
import warnings

from keck.facts import expr as e
from keck.facts.record import Block, Class, Facts, Function, Import, Param, Step
from keck.facts.remarks import remarks_of
from keck.facts.trouble import trouble_of

_OPERATORS: dict[type[ast.AST], str] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.FloorDiv: "//",
    ast.Mod: "%",
    ast.Pow: "**",
    ast.LShift: "<<",
    ast.RShift: ">>",
    ast.BitOr: "|",
    ast.BitAnd: "&",
    ast.BitXor: "^",
    ast.MatMult: "@",
    ast.Not: "not",
    ast.USub: "neg",
    ast.UAdd: "pos",
    ast.Invert: "~",
    ast.And: "and",
    ast.Or: "or",
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Is: "is",
    ast.IsNot: "is not",
    ast.In: "in",
    ast.NotIn: "not in",
}
_MAX_DEPTH = 120


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
        return Facts(trouble=text, trouble_line=line)
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
        self.generators: set[str] = set()
        self.typing = 0
        self.depth = 0

    def body(self, nodes: list[ast.stmt], scope: str, owner: str, block: int) -> None:
        for node in nodes:
            handler = getattr(self, "on_" + type(node).__name__, None)
            if handler is not None:
                handler(node, scope, owner, block)

    # definitions

    def on_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef, scope: str, owner: str, block: int) -> None:
        name = f"{scope}.{node.name}" if scope else node.name
        self.step("define", node, scope, block, value=e.Ref(*_span(node), name))
        at = len(self.functions)
        generators, self.generators = self.generators, set()
        self.functions.append(None)  # type: ignore[arg-type]  # replaced when the body has been read
        self.body(node.body, name, "", -1)
        self.functions[at] = Function(
            *_span(node),
            name=name,
            scope=scope,
            owner=owner,
            params=self.params(node.args),
            decorators=tuple(map(self.expr, node.decorator_list)),
            is_async=isinstance(node, ast.AsyncFunctionDef),
            is_generator=bool(self.generators),
            block=block,
            returns=None if node.returns is None else self.expr(node.returns),
        )
        self.generators = generators

    on_AsyncFunctionDef = on_FunctionDef

    def on_ClassDef(self, node: ast.ClassDef, scope: str, owner: str, block: int) -> None:
        del owner
        name = f"{scope}.{node.name}" if scope else node.name
        self.step("define", node, scope, block, value=e.Ref(*_span(node), name))
        self.classes.append(
            Class(
                *_span(node),
                name=name,
                scope=scope,
                bases=tuple(map(self.expr, node.bases)),
                decorators=tuple(map(self.expr, node.decorator_list)),
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
            None if default is None else self.expr(default),
            None if arg.annotation is None else self.expr(arg.annotation),
        )

    # imports

    def on_Import(self, node: ast.Import, scope: str, owner: str, block: int) -> None:
        del owner
        for one in node.names:
            self.imports.append(Import(*_span(node), one.name, "", one.asname or "", 0, scope, self.typing > 0, block))

    def on_ImportFrom(self, node: ast.ImportFrom, scope: str, owner: str, block: int) -> None:
        del owner
        for one in node.names:
            alias = one.asname or one.name
            self.imports.append(
                Import(*_span(node), node.module or "", one.name, alias, node.level, scope, self.typing > 0, block)
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
    ) -> None:
        self.steps.append(Step(*_span(node), kind, scope, block, targets, value))

    def on_Assign(self, node: ast.Assign, scope: str, owner: str, block: int) -> None:
        del owner
        self.step(
            "assign", node, scope, block, targets=tuple(map(self.expr, node.targets)), value=self.expr(node.value)
        )

    def on_AnnAssign(self, node: ast.AnnAssign, scope: str, owner: str, block: int) -> None:
        del owner
        value = None if node.value is None else self.expr(node.value)
        self.step("assign", node, scope, block, targets=(self.expr(node.target),), value=value)

    def on_AugAssign(self, node: ast.AugAssign, scope: str, owner: str, block: int) -> None:
        del owner
        self.step("augment", node, scope, block, targets=(self.expr(node.target),), value=self.expr(node.value))

    def on_Expr(self, node: ast.Expr, scope: str, owner: str, block: int) -> None:
        del owner
        if not isinstance(node.value, ast.Constant):
            self.step("do", node, scope, block, value=self.expr(node.value))

    def on_Return(self, node: ast.Return, scope: str, owner: str, block: int) -> None:
        del owner
        self.step("return", node, scope, block, value=None if node.value is None else self.expr(node.value))

    def on_Raise(self, node: ast.Raise, scope: str, owner: str, block: int) -> None:
        del owner
        self.step("raise", node, scope, block, value=None if node.exc is None else self.expr(node.exc))

    def on_Assert(self, node: ast.Assert, scope: str, owner: str, block: int) -> None:
        del owner
        self.step("assert", node, scope, block, value=self.expr(node.test))

    def on_Delete(self, node: ast.Delete, scope: str, owner: str, block: int) -> None:
        del owner
        self.step("delete", node, scope, block, targets=tuple(map(self.expr, node.targets)))

    def on_Global(self, node: ast.Global | ast.Nonlocal, scope: str, owner: str, block: int) -> None:
        del owner
        self.step("global", node, scope, block, targets=tuple(e.Ref(*_span(node), one) for one in node.names))

    on_Nonlocal = on_Global

    # compound statements

    def open(
        self,
        kind: str,
        node: ast.AST,
        scope: str,
        parent: int,
        subject: e.Expr | None = None,
        target: e.Expr | None = None,
    ) -> int:
        self.blocks.append(Block(*_span(node), kind, scope, subject, target, parent))
        return len(self.blocks) - 1

    def on_If(self, node: ast.If, scope: str, owner: str, block: int) -> None:
        test = self.expr(node.test)
        typing = e.terminal(test) == "TYPE_CHECKING"
        self.typing += typing
        self.body(node.body, scope, owner, self.open("if", node, scope, block, test))
        self.typing -= typing
        if node.orelse:
            self.body(node.orelse, scope, owner, self.open("else", node, scope, block, test))

    def on_For(self, node: ast.For | ast.AsyncFor, scope: str, owner: str, block: int) -> None:
        inner = self.open("for", node, scope, block, self.expr(node.iter), self.expr(node.target))
        self.body(node.body, scope, owner, inner)
        self.body(node.orelse, scope, owner, block)

    on_AsyncFor = on_For

    def on_While(self, node: ast.While, scope: str, owner: str, block: int) -> None:
        self.body(node.body, scope, owner, self.open("while", node, scope, block, self.expr(node.test)))
        self.body(node.orelse, scope, owner, block)

    def on_With(self, node: ast.With | ast.AsyncWith, scope: str, owner: str, block: int) -> None:
        subject = e.Items(*_span(node), "with", tuple(self.expr(one.context_expr) for one in node.items))
        named = tuple(self.expr(one.optional_vars) for one in node.items if one.optional_vars is not None)
        target = e.Items(*_span(node), "with", named) if named else None
        self.body(node.body, scope, owner, self.open("with", node, scope, block, subject, target))

    on_AsyncWith = on_With

    def on_Try(self, node: ast.Try, scope: str, owner: str, block: int) -> None:
        self.body(node.body, scope, owner, self.open("try", node, scope, block))
        for one in node.handlers:
            caught = None if one.type is None else self.expr(one.type)
            self.body(one.body, scope, owner, self.open("except", one, scope, block, caught))
        self.body(node.orelse, scope, owner, block)
        if node.finalbody:
            self.body(node.finalbody, scope, owner, self.open("finally", node, scope, block))

    on_TryStar = on_Try

    def on_Match(self, node: ast.Match, scope: str, owner: str, block: int) -> None:
        subject = self.expr(node.subject)
        for case in node.cases:
            self.body(case.body, scope, owner, self.open("case", case.pattern, scope, block, subject))

    # expressions

    def expr(self, node: ast.AST) -> e.Expr:
        if self.depth > _MAX_DEPTH:
            return e.Other(*_span(node), "deep", ())
        self.depth += 1
        try:
            handler = getattr(self, "of_" + type(node).__name__, None)
            if handler is not None:
                return handler(node)  # type: ignore[no-any-return]
            parts = tuple(self.expr(one) for one in ast.iter_child_nodes(node) if isinstance(one, ast.expr))
            return e.Other(*_span(node), type(node).__name__.lower(), parts)
        finally:
            self.depth -= 1

    def of_Constant(self, node: ast.Constant) -> e.Expr:
        value = node.value
        if isinstance(value, bytes):
            return e.Const(*_span(node), value.decode("latin-1"), "bytes")
        if isinstance(value, str):
            return e.Const(*_span(node), value.encode("utf-8", "replace").decode())
        if value is None or isinstance(value, bool | float):
            return e.Const(*_span(node), value)
        if isinstance(value, int):
            small = -(2**63) <= value < 2**63
            return e.Const(*_span(node), value if small else float("inf"))
        return e.Other(*_span(node), "constant", ())

    def of_Name(self, node: ast.Name) -> e.Expr:
        return e.Ref(*_span(node), node.id)

    def of_Attribute(self, node: ast.Attribute) -> e.Expr:
        names = [node.attr]
        value: ast.expr = node.value
        while isinstance(value, ast.Attribute):
            names.append(value.attr)
            value = value.value
        if isinstance(value, ast.Name):
            names.append(value.id)
            return e.Ref(*_span(node), ".".join(reversed(names)))
        return e.Attr(*_span(node), self.expr(node.value), node.attr)

    def of_Call(self, node: ast.Call) -> e.Expr:
        return e.Call(
            *_span(node),
            self.expr(node.func),
            tuple(map(self.expr, node.args)),
            tuple(e.Keyword(one.arg, self.expr(one.value)) for one in node.keywords),
        )

    def of_List(self, node: ast.List | ast.Tuple | ast.Set) -> e.Expr:
        return e.Items(*_span(node), type(node).__name__.lower(), tuple(map(self.expr, node.elts)))

    of_Tuple = of_List
    of_Set = of_List

    def of_Dict(self, node: ast.Dict) -> e.Expr:
        return e.Table(
            *_span(node),
            tuple(
                (None if key is None else self.expr(key), self.expr(value))
                for key, value in zip(node.keys, node.values, strict=True)
            ),
        )

    def of_Subscript(self, node: ast.Subscript) -> e.Expr:
        return e.Index(*_span(node), self.expr(node.value), self.expr(node.slice))

    def of_JoinedStr(self, node: ast.JoinedStr) -> e.Expr:
        return e.Text(*_span(node), tuple(map(self.expr, node.values)))

    def of_FormattedValue(self, node: ast.FormattedValue) -> e.Expr:
        return self.expr(node.value)

    def of_BoolOp(self, node: ast.BoolOp) -> e.Expr:
        return e.Op(*_span(node), _OPERATORS[type(node.op)], tuple(map(self.expr, node.values)))

    def of_UnaryOp(self, node: ast.UnaryOp) -> e.Expr:
        return e.Op(*_span(node), _OPERATORS[type(node.op)], (self.expr(node.operand),))

    def of_BinOp(self, node: ast.BinOp) -> e.Expr:
        # a long chain of additions is deep on its left side only
        parts: list[ast.expr] = [node.right]
        kind = type(node.op)
        left = node.left
        while isinstance(left, ast.BinOp) and type(left.op) is kind:
            parts.append(left.right)
            left = left.left
        parts.append(left)
        return e.Op(*_span(node), _OPERATORS[kind], tuple(map(self.expr, reversed(parts))))

    def of_Compare(self, node: ast.Compare) -> e.Expr:
        parts = tuple(map(self.expr, [node.left, *node.comparators]))
        return e.Op(*_span(node), _OPERATORS[type(node.ops[0])], parts)

    def of_IfExp(self, node: ast.IfExp) -> e.Expr:
        return e.Op(*_span(node), "if", tuple(map(self.expr, [node.test, node.body, node.orelse])))

    def of_Lambda(self, node: ast.Lambda) -> e.Expr:
        args = node.args
        names = [*args.posonlyargs, *args.args, *args.kwonlyargs]
        return e.Lambda(*_span(node), tuple(one.arg for one in names), self.expr(node.body))

    def of_Starred(self, node: ast.Starred) -> e.Expr:
        return e.Star(*_span(node), self.expr(node.value))

    def of_NamedExpr(self, node: ast.NamedExpr) -> e.Expr:
        return e.Other(*_span(node), "namedexpr", (self.expr(node.target), self.expr(node.value)))

    def of_Await(self, node: ast.Await) -> e.Expr:
        return self.expr(node.value)

    def of_Yield(self, node: ast.Yield | ast.YieldFrom) -> e.Expr:
        self.generators.add("yield")
        parts = () if node.value is None else (self.expr(node.value),)
        return e.Other(*_span(node), "yield", parts)

    of_YieldFrom = of_Yield

    def of_ListComp(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp) -> e.Expr:
        return self.comprehension(node, [node.elt])

    of_SetComp = of_ListComp
    of_GeneratorExp = of_ListComp

    def of_DictComp(self, node: ast.DictComp) -> e.Expr:
        return self.comprehension(node, [node.key, node.value])

    def comprehension(self, node: ast.expr, made: list[ast.expr]) -> e.Expr:
        """Parts: what is made, then target, iterable and conditions of each loop."""
        parts = list(map(self.expr, made))
        for loop in node.generators:  # type: ignore[attr-defined]
            parts += [self.expr(loop.target), self.expr(loop.iter), *map(self.expr, loop.ifs)]
        return e.Other(*_span(node), "comprehension", tuple(parts))


def _span(node: ast.AST) -> tuple[int, int, int, int]:
    return (node.lineno, node.col_offset, node.end_lineno, node.end_col_offset)  # type: ignore[attr-defined]
