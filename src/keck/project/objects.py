"""Which things an expression can mean, over assignments, parameters, loops, returns and attributes.

The analysis ignores the order of statements and the caller of a function: a parameter can be
whatever any visible caller gives.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cached_property

from keck.facts.expr import Attr, Call, Const, Expr, Index, Items, Op, Other, Ref, Star, Table, terminal, walk
from keck.facts.record import Function, Import, Step
from keck.project.fixtures import fixture, handed_out
from keck.project.module import Module
from keck.project.names import Names
from keck.project.things import KINDS, UNKNOWN, Named, Site, Thing, Unknown

_DEPTH = 14
_BUDGET = 3000
"""So many steps are taken for one answer; what branches further, as in a compiler, is not known."""

Where = tuple[Module, str, Expr]
"""An expression with the module and scope in which it stands."""


class Objects:
    """Answers which things an expression can mean in a set of modules."""

    def __init__(self, names: Names) -> None:
        self.names = names
        self._symbols: dict[str, frozenset[Thing]] = {}
        self._busy: set[str] = set()
        self._steps = 0
        self._callers: dict[str, tuple[tuple[Module, str, Call], ...]] = {}
        self._lineage: dict[str, tuple[str, ...]] = {}

    # indexes

    @cached_property
    def calls_by_name(self) -> dict[str, list[tuple[Module, str, Call]]]:
        """Every call of the project by the last name of what is called."""
        found: dict[str, list[tuple[Module, str, Call]]] = defaultdict(list)
        for module in self.names.modules.values():
            for scope in module.scopes:
                for call in module.calls(scope):
                    found[terminal(call.func)].append((module, scope, call))
        return found

    @cached_property
    def _attribute_writes(self) -> dict[str, list[Where]]:
        """Every ``x.name = value`` by the attribute's name."""
        found: dict[str, list[Where]] = defaultdict(list)
        for module in self.names.modules.values():
            for step in module.facts.steps:
                if step.kind == "assign" and step.value is not None:
                    for target in step.targets:
                        if isinstance(target, Ref) and "." in target.name:
                            found[target.name.rpartition(".")[2]].append((module, step.scope, step.value))
        return found

    @cached_property
    def _self_writes(self) -> dict[str, list[Where]]:
        """Every ``self.name = value`` by symbol of the attribute."""
        found: dict[str, list[Where]] = defaultdict(list)
        for module in self.names.modules.values():
            for step in module.facts.steps:
                if step.kind != "assign" or step.value is None:
                    continue
                function = module.functions.get(step.scope)
                if function is None or not function.owner or not function.params:
                    continue
                for target in step.targets:
                    if isinstance(target, Ref) and target.name.count(".") == 1:
                        head, _, name = target.name.partition(".")
                        if head == function.params[0].name:
                            found[f"{module.name}:{function.owner}.{name}"].append((module, step.scope, step.value))
        return found

    # definitions

    def function(self, symbol: str) -> tuple[Module, Function] | None:
        """Return the function or method that a symbol names, looking through base classes."""
        head, colon, name = symbol.partition(":")
        module = self.names.by_name.get(head)
        if not colon or module is None:
            return None
        if name in module.functions:
            return module, module.functions[name]
        owner, _, method = name.rpartition(".")
        if owner in module.classes:
            for base in self.lineage(f"{module.name}:{owner}")[1:]:
                found = self.function(f"{base}.{method}") if ":" in base else None
                if found is not None:
                    return found
        return None

    def lineage(self, symbol: str) -> tuple[str, ...]:
        """Return a class and all its bases, nearest first, as symbols."""
        if symbol in self._lineage:
            return self._lineage[symbol]
        self._lineage[symbol] = (symbol,)
        found = {symbol: None}
        head, colon, name = symbol.partition(":")
        module = self.names.by_name.get(head)
        if colon and module is not None and name in module.classes:
            one = module.classes[name]
            for base in one.bases:
                bases = [base] if isinstance(base, Ref) else [part for part in walk(base) if isinstance(part, Ref)]
                for ref in bases:
                    # a class may subclass an import of its own name: look past itself
                    bound = self.names.scope(module, one.scope).get(ref.name, [])
                    imports = [what for what in bound if isinstance(what, Import)]
                    if imports and ref.name == name:
                        target = self.names._imported(module, imports[-1], "", 0)  # noqa: SLF001
                    else:
                        target = self.names.resolve(module, one.scope, ref.name)
                    for each in self.lineage(target):
                        found.setdefault(each)
        elif colon and module is not None:
            for thing in self.of_symbol(symbol):
                if isinstance(thing, Named) and thing.kind in {"class", "external"} and thing.symbol != symbol:
                    for each in self.lineage(thing.symbol):
                        found.setdefault(each)
        self._lineage[symbol] = tuple(found)
        return self._lineage[symbol]

    def kind(self, symbol: str) -> str:
        """Return the kind of what calling a class makes: one of `KINDS`' values or an empty string."""
        if symbol in KINDS:
            return KINDS[symbol]
        if ":" not in symbol:
            return ""
        return next((KINDS[base] for base in self.lineage(symbol) if base in KINDS), "")

    # things

    def of(self, module: Module, scope: str, expr: Expr, depth: int = 0) -> frozenset[Thing]:
        """Return the things that an expression can mean; holds an `Unknown` where something is hidden."""
        if depth > _DEPTH or self._spent(depth):
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

    def _spent(self, depth: int) -> bool:
        """Whether too many steps have been taken since the question was asked; `depth` 0 asks one."""
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
                found |= self._assigned(module, one, name, depth)
            elif isinstance(one, Import):
                found |= self.of_symbol(self.names._imported(module, one, "", 0), depth + 1)  # noqa: SLF001
            elif one == "param":
                found |= self.argument(module, module.functions[scope], name, depth + 1)
            else:
                found |= self._looped(module, scope, name, depth)
        if scope in module.classes:
            symbol = f"{module.name}:{scope}.{name}"
            written = self._self_writes.get(symbol, [])
            for where in written:
                found |= self.of(*where, depth + 1)
            if not bound and not written:
                for base in self.lineage(f"{module.name}:{scope}")[1:]:
                    things = self.of_symbol(f"{base}.{name}", depth + 1) if ":" in base else frozenset({UNKNOWN})
                    if things != {UNKNOWN}:
                        found |= things
                        break
        return frozenset(found) or frozenset({UNKNOWN})

    def _assigned(self, module: Module, step: Step, name: str, depth: int) -> frozenset[Thing]:
        assert step.value is not None  # noqa: S101 - only assignments with a value bind
        for target in step.targets:
            if isinstance(target, Ref) and target.name == name:
                return self.of(module, step.scope, step.value, depth + 1)
            if isinstance(target, Items):
                for position, one in enumerate(target.items):
                    if isinstance(one, Ref) and one.name == name:
                        values = list(self.elements(module, step.scope, step.value, depth + 1))
                        if len(values) == len(target.items):
                            return self.of(*values[position], depth + 1)
        return frozenset({UNKNOWN})

    def _looped(self, module: Module, scope: str, name: str, depth: int) -> frozenset[Thing]:
        found: set[Thing] = set()
        for block in module.blocks(scope):
            if block.target is None or block.subject is None:
                continue
            if block.kind == "with":
                found |= self._entered(module, scope, block.target, block.subject, name, depth=depth)
            elif isinstance(block.target, Ref) and block.target.name == name:
                for where in self.elements(module, scope, block.subject, depth + 1):
                    found |= self.of(*where, depth + 1)
            elif isinstance(block.target, Items):
                for position, one in enumerate(block.target.items):
                    if isinstance(one, Ref) and one.name == name:
                        for inner in self.elements(module, scope, block.subject, depth + 1):
                            row = list(self.elements(*inner, depth + 1))
                            found |= self.of(*row[position], depth + 1) if position < len(row) else {UNKNOWN}
        return frozenset(found) or frozenset({UNKNOWN})

    def _entered(
        self, module: Module, scope: str, target: Expr, subject: Expr, name: str, *, depth: int
    ) -> frozenset[Thing]:
        if isinstance(target, Items) and isinstance(subject, Items) and len(target.items) == len(subject.items):
            for one, value in zip(target.items, subject.items, strict=True):
                if isinstance(one, Ref) and one.name == name:
                    return self.of(module, scope, value, depth + 1)
        return frozenset({UNKNOWN}) if any(isinstance(p, Ref) and p.name == name for p in walk(target)) else frozenset()

    def elements(self, module: Module, scope: str, expr: Expr, depth: int = 0) -> Iterator[Where]:
        """Yield the elements of a list, tuple, set or dict (its values), followed over names."""
        if depth > _DEPTH or self._spent(depth):
            return
        match expr:
            case Items(items=items):
                for one in items:
                    if isinstance(one, Star):
                        yield from self.elements(module, scope, one.value, depth + 1)
                    else:
                        yield module, scope, one
            case Table(pairs=pairs):
                for key, value in pairs:
                    if key is None:
                        yield from self.elements(module, scope, value, depth + 1)
                    else:
                        yield module, scope, value
            case Ref():
                for where in self.written(self.names.resolve(module, scope, expr.name)):
                    yield from self.elements(*where, depth + 1)
            case Call(func=func, args=args) if terminal(func) == "items" and not args:
                for row in self.elements(*self._receiver(module, scope, func), depth + 1):
                    yield row[0], row[1], Items(0, 0, 0, 0, "tuple", (UNPACKED, row[2]))
            case Call(func=func, args=args) if terminal(func) in {
                "values",
                "list",
                "tuple",
                "set",
                "reversed",
                "sorted",
            }:
                inner = args[0] if args else self._receiver(module, scope, func)[2]
                yield from self.elements(module, scope, inner, depth + 1)
            case Call(func=func, args=args) if terminal(func) in {"enumerate", "zip"}:
                columns = [list(self.elements(module, scope, one, depth + 1)) for one in args]
                lead = (UNPACKED,) if terminal(func) == "enumerate" else ()
                for cells in zip(*columns, strict=False):
                    yield module, scope, Items(0, 0, 0, 0, "tuple", (*lead, *(one[2] for one in cells)))
            case Call():
                for thing in self.of(module, scope, expr.func, depth + 1):
                    if isinstance(thing, Named) and thing.kind == "function":
                        for where in self.returned(thing.symbol):
                            yield from self.elements(*where, depth + 1)
            case Op(kind="+" | "or", parts=parts):
                for one in parts:
                    yield from self.elements(module, scope, one, depth + 1)
            case Op(kind="if", parts=(_, *parts)):
                for one in parts:
                    yield from self.elements(module, scope, one, depth + 1)

    def _receiver(self, module: Module, scope: str, func: Expr) -> Where:
        if isinstance(func, Ref):
            return (
                module,
                scope,
                Ref(func.line, func.column, func.end_line, func.end_column, func.name.rpartition(".")[0]),
            )
        return module, scope, func.value if isinstance(func, Attr) else func

    def written(self, symbol: str) -> Iterator[Where]:
        """Yield the values assigned to a variable or class attribute, wherever the project does so."""
        head, colon, name = symbol.partition(":")
        module = self.names.by_name.get(head)
        if not colon or module is None:
            return
        scope, _, last = name.rpartition(".")
        if scope and scope not in module.functions and scope not in module.classes:
            return
        for one in self.names.scope(module, scope).get(last, []):
            if isinstance(one, Step) and one.value is not None:
                if any(isinstance(target, Ref) and target.name == last for target in one.targets):
                    yield module, one.scope, one.value
            elif one == "param":
                yield from self.given(module, module.functions[scope], last)
        if scope in module.classes:
            yield from self._self_writes.get(symbol, [])

    def returned(self, symbol: str) -> Iterator[Where]:
        """Yield what a function of the project returns."""
        found = self.function(symbol)
        if found is not None:
            module, function = found
            for step in module.steps(function.name):
                if step.kind == "return" and step.value is not None:
                    yield module, function.name, step.value

    # calls

    def callers(self, symbol: str) -> Iterator[tuple[Module, str, Call]]:
        """Yield the visible calls of a function, method or class."""
        if symbol not in self._callers:
            last = symbol.partition(":")[2].rpartition(".")[2]
            self._callers[symbol] = tuple(
                (module, scope, call)
                for name in (last, *sorted(self.names.aliases.get(last, ())))
                for module, scope, call in self.calls_by_name.get(name, [])
                if isinstance(call.func, Ref) and self.names.resolve(module, scope, call.func.name) == symbol
            )
        yield from self._callers[symbol]

    def given(self, module: Module, function: Function, name: str) -> Iterator[Where]:
        """Yield the arguments that visible callers give for a parameter, and its default."""
        names = [one.name for one in function.params if one.kind != "*"]
        symbol = f"{module.name}:{function.name}"
        offset = 0
        if function.owner and not any(terminal(one) == "staticmethod" for one in function.decorators):
            offset = 1
        if name not in names:
            return
        position: int | None = names.index(name) - offset
        if position is not None and position < 0:
            position = None
        targets = [symbol]
        if function.owner and function.name.endswith(".__init__"):
            targets = [f"{module.name}:{function.owner}"]
        for target in targets:
            for where, scope, call in self.callers(target):
                value = call.argument(position, name)
                if value is not None:
                    yield where, scope, value
        default = next((one.default for one in function.params if one.name == name), None)
        if default is not None:
            yield module, function.scope, default
        elif module.is_test:
            found = fixture(self.names.modules, module, name)
            if found is not None and found[1] is not function:
                for value in handed_out(*found):
                    yield found[0], found[1].name, value

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
        for where in self._attribute_writes.get(name, []):
            found |= {
                one
                for one in self.of(*where, depth + 1)
                if isinstance(one, Site) and one.kind not in {"external", "app"}
            }
        return frozenset(found) or frozenset({UNKNOWN})


UNPACKED = Other(0, 0, 0, 0, "unpacked", ())
"""Stands for a part of a row that is not followed, such as a dict's key or an enumeration's number."""
