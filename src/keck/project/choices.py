"""Choices: which class or module of settings an argument of ``from_object`` can mean."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from keck.facts.expr import Attr, Call, Const, Expr, Index, Op, Ref, Table, Text, ref_at, text_of
from keck.project.module import Module, Where, is_test
from keck.project.things import Named, Site, Unknown
from keck.project.values import Env, Known, Values, defaults

_DEPTH = 4


class Choices:
    """Answers what a project chooses between."""

    def __init__(self, values: Values) -> None:
        self.values = values
        self.objects = values.objects
        self.names = values.names

    def of(self, module: Module, scope: str, expr: Expr) -> list[tuple[str, bool | None]]:
        """Return the holders that an argument of ``from_object`` can mean: symbol, and whether it is the default.

        The symbol is ``?`` for one that the source does not show.
        """
        rest = list(self._at_rest(module, scope, expr))
        default = {one for where in rest for one in self._symbols(*where)}
        every = set(self._symbols(module, scope, expr)) | default
        if len(every) <= 1:
            return [(one, True) for one in every]
        known_default = len(default) == 1 and "?" not in default
        return [(one, (one in default) if known_default else None) for one in sorted(every)]

    def _at_rest(self, module: Module, scope: str, expr: Expr, depth: int = 0) -> Iterator[Where]:
        """Yield what an expression comes down to when no environment variable is set and no test runs."""
        if depth > _DEPTH:
            yield module, scope, expr
            return
        match expr:
            case Index(value=value, index=index) | Call(func=Attr(value=value, name="get"), args=(index, *_)):
                yield from self._rows(module, scope, expr, value, index)
            case Call(func=Ref(name=name), args=(index, *_)) if name.endswith(".get"):
                yield from self._rows(module, scope, expr, ref_at(expr, name.removesuffix(".get")), index)
            case Op(kind="or", parts=parts):
                for one in parts:
                    yield from self._at_rest(module, scope, one, depth + 1)
            case Op(kind="if", parts=(test, yes, no)):
                if not self._falsy(module, scope, test):
                    yield from self._at_rest(module, scope, yes, depth + 1)
                yield from self._at_rest(module, scope, no, depth + 1)
            case Const(value=None):
                return
            case Ref() | Call(func=Ref()):
                yield from self._behind(module, scope, expr, depth)
            case _:
                yield module, scope, expr

    def _behind(self, module: Module, scope: str, expr: Ref | Call, depth: int) -> Iterator[Where]:
        """Follow a variable to what is assigned outside tests, and a call to what the function returns last."""
        if isinstance(expr, Ref):
            written = self.objects.written(self.names.resolve(module, scope, expr.name))
            found = [where for where in written if not where[0].is_test]
        else:
            func = expr.func.name if isinstance(expr.func, Ref) else ""
            found = list(self.objects.returned(self.names.resolve(module, scope, func)))[-1:]
        if not found:
            yield module, scope, expr
        for where in found:
            yield from self._at_rest(*where, depth + 1)

    def _falsy(self, module: Module, scope: str, expr: Expr) -> bool:
        """Whether an expression is known to be false where no test runs."""
        stated = list(defaults(self.values.of(module, scope, expr)))
        return bool(stated) and all(
            isinstance(one, Known) and (is_test(one.place.path) or not one.value) for one in stated
        )

    def _rows(self, module: Module, scope: str, expr: Expr, holder: Expr, index: Expr) -> Iterator[Where]:
        """Yield the rows of a mapping of settings that are taken when nothing else is said."""
        tables = list(self._tables(module, scope, holder))
        stated = defaults(self.values.of(module, scope, index))
        keys = dict.fromkeys(
            one.value
            for one in stated
            if isinstance(one, Known) and isinstance(one.value, str) and not is_test(one.place.path)
        )
        rows = list(_found(tables, keys))
        if not rows and isinstance(expr, Call) and len(expr.args) > 1:
            rows = [(module, scope, expr.args[1])]
        yield from rows or list(_found(tables, ["default"])) or [(module, scope, expr)]

    def _tables(self, module: Module, scope: str, expr: Expr) -> Iterator[tuple[Module, str, Table]]:
        if isinstance(expr, Table):
            yield module, scope, expr
        elif isinstance(expr, Ref):
            for where, inner, value in self.objects.written(self.names.resolve(module, scope, expr.name)):
                if isinstance(value, Table):
                    yield where, inner, value

    def _symbols(self, module: Module, scope: str, expr: Expr) -> Iterator[str]:
        value = self.values.of(module, scope, expr)
        texts = [one.value for one in defaults(value) if isinstance(one, Known) and isinstance(one.value, str)]
        if texts or isinstance(value, Env):
            for text in texts:
                yield self._by_text(module, text)
            return
        if isinstance(expr, Index):
            named = [text_of(row) for _, _, table in self._tables(module, scope, expr.value) for _, row in table.pairs]
            if any(named):
                yield from (self._by_text(module, one) for one in named if one)
                return
        shaped = list(self._by_shape(module, scope, expr))
        if shaped:
            yield from shaped
            return
        things = self.objects.of(module, scope, expr)
        if isinstance(expr, Call) and isinstance(expr.func, Ref) and expr.func.name.endswith(".get"):
            rows = self.objects.elements(module, scope, ref_at(expr.func, expr.func.name.removesuffix(".get")))
            for where in rows:
                things |= self.objects.of(*where)
            things = frozenset(one for one in things if not isinstance(one, Unknown)) or things
        for thing in things:
            match thing:
                case Named(kind="class" | "module", symbol=symbol):
                    yield symbol
                case Site(cls=cls) if ":" in cls:
                    yield cls
                case _:
                    yield "?"

    def _by_shape(self, module: Module, scope: str, expr: Expr) -> Iterator[str]:
        """``f"app.config.{name}Config"``: the classes of that module whose names fit."""
        if isinstance(expr, Ref):
            written = list(self.objects.written(self.names.resolve(module, scope, expr.name)))
            if len(written) == 1 and isinstance(written[0][2], Text | Op):
                yield from self._by_shape(*written[0])
            return
        parts = expr.parts if isinstance(expr, Text) or (isinstance(expr, Op) and expr.kind == "+") else ()
        head, dot, first = (text_of(parts[0]) or "").rpartition(".") if parts else ("", "", "")
        found = self.names.packages.module(head, module) if dot else None
        if found is not None:
            shape = re.escape(first) + "".join(re.escape(text_of(one) or "") or r"\w+" for one in parts[1:])
            yield from (f"{found.name}:{one}" for one in found.classes if re.fullmatch(shape, one))

    def _by_text(self, module: Module, text: str) -> str:
        found = self._named(text, module)
        if found is not None:
            return f"{found.name}:"
        head, _, last = text.rpartition(".")
        found = self._named(head, module) if head else None
        if found is None:
            return "?"
        symbol = self.names.member(found, last)
        for thing in self.objects.of_symbol(symbol):
            if isinstance(thing, Site) and ":" in thing.cls:
                return thing.cls
        return symbol

    def _named(self, dotted: str, module: Module) -> Module | None:
        """Return the module that a text names, the one in which the text stands included."""
        return module if dotted == module.name else self.names.packages.module(dotted, module)


def _found(tables: Iterable[tuple[Module, str, Table]], keys: Iterable[str]) -> Iterator[Where]:
    for key in keys:
        for module, scope, table in tables:
            row = table.get(key)
            if row is not None:
                yield module, scope, row
