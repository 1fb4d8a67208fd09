"""Names resolved over files: imports, re-exports, aliases, packages. What comes out is a symbol, see `keck.project.symbols`."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cached_property

from keck.facts.expr import Ref
from keck.facts.record import Import, Step
from keck.project.bindings import Bound, bindings
from keck.project.module import Module
from keck.project.packages import Packages
from keck.project.stars import exported
from keck.project.symbols import join, settled

_DEPTH = 24


class Names:
    """Resolves names in a set of modules that belong together; for `roots` and `trail` see `Packages`."""

    def __init__(self, modules: Iterable[Module], roots: Collection[str] = (), trail: Sequence[str] = ()) -> None:
        self.packages = Packages(modules, roots, trail)
        self.modules = self.packages.modules
        self.by_name = self.packages.by_name
        self._cache: dict[tuple[str, str, str], str] = {}
        self._scopes: dict[tuple[str, str], dict[str, list[Bound]]] = {}
        self._executed: dict[int, list[Module]] = {}

    def scope(self, module: Module, scope: str) -> Mapping[str, list[Bound]]:
        """Return what binds each name in one scope: imports, assignments, ``def``, ``class`` or parameters."""
        key = (module.path, scope)
        found = self._scopes.get(key)
        if found is None:
            found = self._scopes[key] = bindings(module, scope)
        return found

    def resolve(self, module: Module, scope: str, name: str, depth: int = 0) -> str:
        """Return the symbol that a dotted name means where it stands."""
        key = (module.path, scope, name)
        found = self._cache.get(key)
        if found is None:
            if depth > _DEPTH:
                return f"?.{name}"
            found = settled(self._resolve(module, scope, name, depth))
            self._cache[key] = found
        return found

    def _resolve(self, module: Module, scope: str, name: str, depth: int) -> str:
        head, _, rest = name.partition(".")
        inner = scope
        first = True
        while inner:
            if first or inner not in module.classes:
                bound = self.scope(module, inner).get(head)
                if bound:
                    return self._bound(module, inner, head, rest, bound, depth=depth)
            first = False
            inner = inner.rpartition(".")[0]
        if head in {"self", "cls"}:
            return f"?.{name}"
        return self.member(module, head, rest, depth)

    def _bound(self, module: Module, scope: str, head: str, rest: str, bound: list[Bound], *, depth: int) -> str:
        last = bound[-1]
        if isinstance(last, Import):
            return self._imported(module, last, rest, depth)
        function = module.functions.get(scope)
        owner = function.owner if function is not None and last == "param" else ""
        if function is not None and owner and head in {"self", "cls"} and function.params[0].name == head:
            return join(f"{module.name}:{owner}", rest)
        if isinstance(last, Step) and len(bound) == 1 and isinstance(last.value, Ref) and last.kind == "assign":
            alias = last.value.name
            if alias.partition(".")[0] != head and any(
                isinstance(one, Ref) and one.name == head for one in last.targets
            ):
                return self.resolve(module, scope, f"{alias}.{rest}" if rest else alias, depth + 1)
        qualified = f"{scope}.{head}" if scope else head
        return join(f"{module.name}:{qualified}", rest)

    def member(self, module: Module, name: str, rest: str = "", depth: int = 0) -> str:
        """Return the symbol of a name at a module's top level."""
        bound = self.scope(module, "").get(name)
        if bound:
            return self._bound(module, "", name, rest, bound, depth=depth)
        child = self.packages.inside(module, name)
        if module.is_package and child is not None:
            return self._into(child, rest, depth)
        guess = ""
        for one in reversed(module.imports("")):
            if one.name != "*":
                continue
            target = self.packages.target(module, one)
            if isinstance(target, Module):
                if target is not module and depth < _DEPTH:
                    found = self.member(target, name, rest, depth + 1)
                    if not found.startswith("?."):
                        return found
                continue
            library = settled(target)
            binds = exported(library, name)
            if binds:
                return join(f"{library}.{name}", rest)
            if binds is None:
                guess = guess or library
        return join(f"{guess or '?'}.{name}", rest)

    def bound_by(self, module: Module, one: Import) -> str:
        """Return the symbol of the name that an import binds."""
        return self._imported(module, one, "", 0)

    def _imported(self, module: Module, one: Import, rest: str, depth: int) -> str:
        if not one.name:
            if one.alias:
                found = self.packages.module(one.module, module)
                return self._into(found, rest, depth) if found else join(one.module, rest)
            # import a.b binds a: follow as many parts as are modules
            head = one.module.partition(".")[0]
            parts = rest.split(".") if rest else []
            for used in range(len(parts), -1, -1):
                dotted = ".".join([head, *parts[:used]])
                found = self.packages.module(dotted, module)
                if found is not None:
                    return self._into(found, ".".join(parts[used:]), depth)
            return join(head, rest)
        target = self.packages.target(module, one)
        if isinstance(target, Module):
            own = target is module or depth >= _DEPTH
            found_name = "?." if own else self.member(target, one.name, rest, depth + 1)
            if found_name.startswith("?."):
                child = self.packages.inside(target, one.name)
                if child is not None and child is not module:
                    return self._into(child, rest, depth)
                return join(f"{target.name}:{one.name}", rest)
            return found_name
        child = self.packages.child(module, one)
        if child is not None:
            return self._into(child, rest, depth)
        return join(f"{target}.{one.name}", rest)

    def _into(self, module: Module, rest: str, depth: int) -> str:
        if not rest:
            return f"{module.name}:"
        head, _, tail = rest.partition(".")
        if depth > _DEPTH:
            return f"?.{rest}"
        found = self.member(module, head, tail, depth + 1)
        return join(f"{module.name}:{head}", tail) if found.startswith("?.") else found

    def imported(self, module: Module, one: Import) -> Module | None:
        """Return the project's module that an import statement executes, or None."""
        if not one.name:
            return self.packages.module(one.module, module)
        child = self.packages.child(module, one) if one.name != "*" else None
        target = self.packages.target(module, one)
        if isinstance(target, Module):
            inner = self.packages.inside(target, one.name)
            bound = target is not module and one.name in self.scope(target, "")
            return inner if target.is_package and inner is not None and not bound else target
        return child

    def executed(self, module: Module, one: Import) -> list[Module]:
        """Return the project's modules that an import statement executes, in order: packages above come first."""
        key = id(one)
        if key not in self._executed:
            target = self.imported(module, one)
            found = [] if target is None else [target, *self.packages.above(target)]
            self._executed[key] = found[::-1]
        return self._executed[key]

    @cached_property
    def aliases(self) -> dict[str, set[str]]:
        """For each name the other names under which some module imports it."""
        found: dict[str, set[str]] = {}
        for module in self.modules.values():
            for one in module.facts.imports:
                if one.name and one.alias != one.name:
                    found.setdefault(one.name, set()).add(one.alias)
        return found
