"""Choices: which class or module of settings an argument of ``from_object`` can mean."""

from __future__ import annotations

import re
from collections.abc import Iterator

from keck.facts.expr import Attr, Call, Expr, Index, Op, Ref, Table, Text, ref_at, text_of
from keck.project.module import Module, Where
from keck.project.things import Named, Site, Unknown
from keck.project.values import Env, Known, Values, defaults


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
        default = set(self._symbols(*self._at_rest(module, scope, expr)))
        every = set(self._symbols(module, scope, expr)) | default
        if len(every) <= 1:
            return [(one, True) for one in every]
        known_default = len(default) == 1 and "?" not in default
        return [(one, (one in default) if known_default else None) for one in sorted(every)]

    def _at_rest(self, module: Module, scope: str, expr: Expr, depth: int = 0) -> Where:
        """Return what an expression comes down to when no environment variable is set."""
        here = (module, scope, expr)
        match expr:
            case Index(value=value, index=index) | Call(func=Attr(value=value, name="get"), args=(index, *_)):
                pass
            case Call(func=Ref(name=name), args=(index, *_)) if name.endswith(".get"):
                value = ref_at(expr, name.removesuffix(".get"))
            case Ref() if depth < 4:
                symbol = self.names.resolve(module, scope, expr.name)
                written = list(self.objects.written(symbol))
                return self._at_rest(*written[0], depth + 1) if len(written) == 1 else here
            case Call(func=Ref(name=name)) if depth < 4:
                returned = list(self.objects.returned(self.names.resolve(module, scope, name)))
                return self._at_rest(*returned[-1], depth + 1) if returned else here
            case _:
                return here
        tables = list(self._tables(module, scope, value))
        key = next(iter(defaults(self.values.of(module, scope, index))), None)
        if isinstance(key, Known):
            for where, inner, table in tables:
                found = table.get(str(key.value))
                if found is not None:
                    return where, inner, found
        if isinstance(expr, Call) and len(expr.args) > 1:
            return module, scope, expr.args[1]
        for where, inner, table in tables:
            found = table.get("default")
            if found is not None:
                return where, inner, found
        return here

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
        found = self.names.packages.module(text, module)
        if found is not None:
            return f"{found.name}:"
        head, _, last = text.rpartition(".")
        found = self.names.packages.module(head, module) if head else None
        if found is None:
            return "?"
        symbol = self.names.member(found, last)
        for thing in self.objects.of_symbol(symbol):
            if isinstance(thing, Site) and ":" in thing.cls:
                return thing.cls
        return symbol
