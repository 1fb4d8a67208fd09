"""Which things an expression can mean, over assignments, parameters, loops, returns and attributes.

The analysis ignores the order of statements and the caller of a function: a parameter can be
whatever any visible caller gives.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from keck.facts.expr import Attr, Call, Const, Expr, Index, Op, Other, Ref
from keck.facts.record import Function, Import, Step
from keck.project.calls import Calls
from keck.project.definitions import Definitions
from keck.project.elements import elements
from keck.project.module import Module, Where
from keck.project.names import Names
from keck.project.targets import assigned, looped
from keck.project.things import KINDS, UNKNOWN, Named, Site, Thing, Unknown
from keck.project.writes import Writes

_DEPTH = 14
_BUDGET = 3000
"""So many steps are taken for one answer; what branches further, as in a compiler, is not known."""


class Objects:
    """Answers which things an expression can mean in a set of modules."""

    def __init__(self, names: Names) -> None:
        self.names = names
        self._symbols: dict[str, frozenset[Thing]] = {}
        self._busy: set[str] = set()
        self._steps = 0
        self.calls = Calls(names)
        self.writes = Writes(names, self.calls)
        self.definitions = Definitions(names, self.of_symbol)

    @property
    def calls_by_name(self) -> dict[str, list[tuple[Module, str, Call]]]:
        """Every call of the project by the last name of what is called."""
        return self.calls.by_name

    def function(self, symbol: str) -> tuple[Module, Function] | None:
        """Return the function or method that a symbol names, looking through base classes."""
        return self.definitions.function(symbol)

    def lineage(self, symbol: str) -> tuple[str, ...]:
        """Return a class and all its bases, nearest first, as symbols."""
        return self.definitions.lineage(symbol)

    def kind(self, symbol: str) -> str:
        """Return the kind of what calling a class makes: one of `KINDS`' values or an empty string."""
        return self.definitions.kind(symbol)

    def returned(self, symbol: str) -> Iterator[Where]:
        """Yield what a function of the project returns."""
        return self.definitions.returned(symbol)

    def written(self, symbol: str) -> Iterator[Where]:
        """Yield the values assigned to a variable or class attribute, wherever the project does so."""
        return self.writes.of(symbol)

    def callers(self, symbol: str) -> Iterator[tuple[Module, str, Call]]:
        """Yield the visible calls of a function, method or class."""
        return self.calls.of(symbol)

    def given(self, module: Module, function: Function, name: str) -> Iterator[Where]:
        """Yield the arguments that visible callers give for a parameter, and its default."""
        return self.calls.given(module, function, name)

    def elements(self, module: Module, scope: str, expr: Expr, depth: int = 0) -> Iterator[Where]:
        """Yield the elements of a list, tuple, set or dict (its values), followed over names."""
        return elements(self, module, scope, expr, depth)

    # things

    def of(self, module: Module, scope: str, expr: Expr, depth: int = 0) -> frozenset[Thing]:
        """Return the things that an expression can mean; holds an `Unknown` where something is hidden."""
        if self.exhausted(depth):
            return frozenset({UNKNOWN})
        match expr:
            case Ref():
                return self.of_symbol(self.names.resolve(module, scope, expr.name), depth + 1)
            case Call():
                return self._called(module, scope, expr, depth + 1)
            case Op(kind="or" | "and", parts=parts):
                return self._union(self.of(module, scope, one, depth + 1) for one in parts)
            case Op(kind="if", parts=(_, *parts)):
                return self._union(self.of(module, scope, one, depth + 1) for one in parts)
            case Attr(value=value, name=name):
                return self._attribute(self.of(module, scope, value, depth + 1), name, depth + 1)
            case Index(value=value):
                inner = [self.of(*where, depth + 1) for where in self.elements(module, scope, value, depth + 1)]
                return self._union(inner) if inner else frozenset({UNKNOWN})
            case Other(kind="namedexpr", parts=(_, value)):
                return self.of(module, scope, value, depth + 1)
            case Const(value=None):
                return frozenset()
            case _:
                return frozenset({UNKNOWN})

    def exhausted(self, depth: int) -> bool:
        """Whether too many steps have been taken since the question was asked; `depth` 0 asks one."""
        if depth > _DEPTH:
            return True
        if depth == 0 and not self._busy:
            self._steps = 0
        self._steps += 1
        return self._steps > _BUDGET

    def _union(self, sets: Iterable[frozenset[Thing]]) -> frozenset[Thing]:
        found: set[Thing] = set()
        for one in sets:
            found |= one
        return frozenset(found)

    def of_symbol(self, symbol: str, depth: int = 0) -> frozenset[Thing]:
        """Return the things that a symbol can mean."""
        head, colon, name = symbol.partition(":")
        on_app = symbol.startswith("flask.current_app.") and symbol.count(".") == 2
        if not colon and not on_app:
            return frozenset({UNKNOWN if symbol.startswith("?.") else Named("external", symbol)})
        if symbol in self._symbols:
            return self._symbols[symbol]
        if symbol in self._busy:
            return frozenset()
        if not self._busy and depth == 0:
            self._steps = 0
        self._busy.add(symbol)
        try:
            found = self._on_current_app(symbol, depth) if on_app else self._of_symbol(head, name, depth)
        finally:
            self._busy.discard(symbol)
        if not self._busy:
            self._symbols[symbol] = found
        return found

    def _of_symbol(self, head: str, name: str, depth: int) -> frozenset[Thing]:
        module = self.names.by_name.get(head)
        if module is None:
            return frozenset({UNKNOWN})
        if not name:
            return frozenset({Named("module", f"{head}:")})
        if name in module.functions:
            return frozenset({Named("function", f"{head}:{name}")})
        if name in module.classes:
            return frozenset({Named("class", f"{head}:{name}")})
        scope, _, last = name.rpartition(".")
        if not scope or scope in module.functions or scope in module.classes:
            return self._variable(module, scope, last, depth)
        return self._attribute(self.of_symbol(f"{head}:{scope}", depth + 1), last, depth)

    def _variable(self, module: Module, scope: str, name: str, depth: int) -> frozenset[Thing]:
        found: set[Thing] = set()
        bound = self.names.scope(module, scope).get(name, [])
        for one in bound:
            if isinstance(one, Step):
                found |= assigned(self, module, one, name, depth)
            elif isinstance(one, Import):
                found |= self.of_symbol(self.names.bound_by(module, one), depth + 1)
            elif one == "param":
                found |= self.argument(module, module.functions[scope], name, depth + 1)
            else:
                found |= looped(self, module, scope, name, depth)
        if scope in module.classes:
            symbol = f"{module.name}:{scope}.{name}"
            written = self.writes.by_symbol.get(symbol, [])
            for where in written:
                found |= self.of(*where, depth + 1)
            if not bound and not written:
                for base in self.lineage(f"{module.name}:{scope}")[1:]:
                    things = self.of_symbol(f"{base}.{name}", depth + 1) if ":" in base else frozenset({UNKNOWN})
                    if things != {UNKNOWN}:
                        found |= things
                        break
        return frozenset(found) or frozenset({UNKNOWN})

    def argument(self, module: Module, function: Function, name: str, depth: int = 0) -> frozenset[Thing]:
        """Return the things that a parameter can be."""
        found: set[Thing] = set()
        for where in self.given(module, function, name):
            found |= self.of(*where, depth + 1)
        return frozenset(found) or frozenset({Unknown(f"parameter {name}")})

    def _called(self, module: Module, scope: str, call: Call, depth: int) -> frozenset[Thing]:
        found: set[Thing] = set()
        func = call.func
        if isinstance(func, Ref):
            symbol = self.names.resolve(module, scope, func.name)
            if func.name.endswith("._get_current_object"):
                head = func.name.rpartition(".")[0]
                return self.of_symbol(self.names.resolve(module, scope, head), depth + 1)
            things = self.of_symbol(symbol, depth + 1)
        else:
            things = self.of(module, scope, func, depth + 1)
        for thing in things:
            match thing:
                case Named(kind="external", symbol=symbol):
                    found.add(self._site(KINDS.get(symbol, "external"), symbol, module, scope, call))
                case Named(kind="class", symbol=symbol):
                    found.add(self._site(self.kind(symbol) or "object", symbol, module, scope, call))
                case Named(kind="function", symbol=symbol):
                    for where in self.returned(symbol):
                        found |= self.of(*where, depth + 1)
                case _:
                    found.add(UNKNOWN)
        return frozenset(found) or frozenset({UNKNOWN})

    def _site(self, kind: str, symbol: str, module: Module, scope: str, call: Call) -> Site:
        return Site(kind, symbol, module.path, call.line, call.column, module, scope, call)

    def _attribute(self, things: frozenset[Thing], name: str, depth: int) -> frozenset[Thing]:
        found: set[Thing] = set()
        for thing in things:
            match thing:
                case Named(kind="external", symbol="flask.current_app"):
                    found |= self._written_on_app(name, depth)
                case Named(kind="external", symbol=symbol):
                    found.add(Named("external", f"{symbol}.{name}"))
                case Named(kind="class" | "module", symbol=symbol):
                    dot = "" if symbol.endswith(":") else "."
                    found |= self.of_symbol(f"{symbol}{dot}{name}", depth + 1)
                case Site(kind="app"):
                    found |= {thing} if name == "app" else self._written_on_app(name, depth)
                case Site(cls=cls) if ":" in cls:
                    found |= self.of_symbol(f"{cls}.{name}", depth + 1)
                case _:
                    found.add(UNKNOWN)
        return frozenset(found) or frozenset({UNKNOWN})

    def _on_current_app(self, symbol: str, depth: int) -> frozenset[Thing]:
        """``current_app.mail`` is what the project puts there, ``current_app.config`` what Flask does."""
        found = self._written_on_app(symbol.rpartition(".")[2], depth + 1)
        return frozenset({Named("external", symbol)}) if UNKNOWN in found else found

    def _written_on_app(self, name: str, depth: int) -> frozenset[Thing]:
        found: set[Thing] = set()
        for where in self.writes.by_attribute.get(name, []):
            found |= {
                one
                for one in self.of(*where, depth + 1)
                if isinstance(one, Site) and one.kind not in {"external", "app"}
            }
        return frozenset(found) or frozenset({UNKNOWN})
