"""Names resolved over files: imports, re-exports, aliases, packages.

The result is a *symbol*: ``module:qualified.name`` for what the project defines (``app.ext:db``,
``app.ext:`` for the module itself, ``app.ext:db.session`` for an attribute of it) and a dotted name
for what comes from elsewhere (``flask_jwt_extended.jwt_required``). An unresolved name is a symbol
that starts with ``?.``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property

from keck.facts.expr import Items, Ref, Span, walk
from keck.facts.record import Class, Function, Import, Step
from keck.project.module import Module

_MOVED = {
    "flask.ext.": "flask_",
    "flask_jwt_extended.view_decorators.": "flask_jwt_extended.",
    "flask_jwt_extended.utils.": "flask_jwt_extended.",
    "flask_jwt_extended.jwt_manager.": "flask_jwt_extended.",
    "flask_sqlalchemy.extension.": "flask_sqlalchemy.",
    "flask_cors.extension.": "flask_cors.",
    "flask_cors.decorator.": "flask_cors.",
    "flask_limiter.extension.": "flask_limiter.",
    "flask_limiter._extension.": "flask_limiter.",
    "flask_login.utils.": "flask_login.",
    "flask_login.login_manager.": "flask_login.",
    "flask_security.decorators.": "flask_security.",
    "flask_security.core.": "flask_security.",
    "flask.globals.": "flask.",
    "flask.app.": "flask.",
    "flask.blueprints.": "flask.",
    "flask.helpers.": "flask.",
    "flask.views.": "flask.views.",
    "werkzeug.local.": "werkzeug.local.",
    "flask_login.mixins.": "flask_login.",
}
_STARRED = (
    "flask",
    "flask_jwt_extended",
    "flask_sqlalchemy",
    "flask_login",
    "flask_restful",
    "flask_cors",
    "flask_limiter",
)
_DEPTH = 24


class Names:
    """Resolves names in a set of modules that belong together."""

    def __init__(self, modules: Iterable[Module]) -> None:
        self.modules = {one.path: one for one in modules}
        self.by_name: dict[str, Module] = {}
        for module in self.modules.values():
            other = self.by_name.get(module.name)
            if other is None or module.is_package:
                self.by_name[module.name] = module
        self._cache: dict[tuple[str, str, str], str] = {}
        self._scopes: dict[tuple[str, str], dict[str, list[Import | Step | str]]] = {}
        self._found: dict[tuple[str, str, str], Module | None] = {}
        self._executed: dict[tuple[str, Import], list[Module]] = {}

    @cached_property
    def _bases(self) -> tuple[str, ...]:
        """Directories, as dotted prefixes, from which absolute imports may start, shortest first."""
        packages = {one.directory for one in self.modules.values() if one.is_package}
        holders = {one.directory for one in self.modules.values() if not one.is_package}
        holders |= {path.rpartition("/")[0] for path in packages}
        return tuple(
            sorted({one for one in holders if one not in packages} | {""}, key=lambda one: (one.count("/"), one))
        )

    def module(self, dotted: str, importer: Module) -> Module | None:
        """Return the project's module that an absolute import means, nearest base first."""
        own = importer.path if importer.name.rpartition(".")[2] == dotted else ""
        key = (dotted, importer.directory, own)
        if key not in self._found:
            self._found[key] = self._find(dotted, importer)
        return self._found[key]

    def _find(self, dotted: str, importer: Module) -> Module | None:
        own = importer.directory
        while own and f"{own}/__init__.py" in self.modules:
            own = own.rpartition("/")[0]
        above = [own]
        while above[-1]:
            above.append(above[-1].rpartition("/")[0])
        near = dict.fromkeys([own, *(one for one in above if one in self._bases), *self._bases])
        head = dotted.partition(".")[0]
        if not head.startswith("flask") and importer.directory not in near:
            near[importer.directory] = None
        for base in near:
            name = f"{base.replace('/', '.')}.{dotted}" if base else dotted
            found = self.by_name.get(name)
            itself = found is importer and "." not in dotted and (head.startswith("flask") or not importer.is_package)
            if found is not None and not itself:
                return found
        return None

    def has_package(self, dotted: str, importer: Module) -> bool:
        """Whether some module of the project lives under this dotted name."""
        own = importer.directory
        while own and f"{own}/__init__.py" in self.modules:
            own = own.rpartition("/")[0]
        return any(
            (f"{base.replace('/', '.')}.{dotted}" if base else dotted) in self._folders for base in (own, *self._bases)
        )

    @cached_property
    def _folders(self) -> frozenset[str]:
        found = set()
        for name in self.by_name:
            while name:
                name = name.rpartition(".")[0]  # noqa: PLW2901
                found.add(name)
        return frozenset(found)

    # scopes

    def scope(self, module: Module, scope: str) -> Mapping[str, list[Import | Step | str]]:
        """Return what binds each name in one scope: imports, assignments, ``def``, ``class`` or parameters.

        A text stands for a binding without a value: ``param``, ``loop``, ``function`` or ``class``.
        """
        key = (module.path, scope)
        found = self._scopes.get(key)
        if found is None:
            found = self._scopes[key] = _bindings(module, scope)
        return found

    def resolve(self, module: Module, scope: str, name: str, depth: int = 0) -> str:
        """Return the symbol that a dotted name means where it stands."""
        key = (module.path, scope, name)
        found = self._cache.get(key)
        if found is None:
            if depth > _DEPTH:
                return f"?.{name}"
            found = _settled(self._resolve(module, scope, name, depth))
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

    def _bound(
        self, module: Module, scope: str, head: str, rest: str, bound: list[Import | Step | str], *, depth: int
    ) -> str:
        last = bound[-1]
        if isinstance(last, Import):
            return self._imported(module, last, rest, depth)
        function = module.functions.get(scope)
        owner = function.owner if function is not None and last == "param" else ""
        if function is not None and owner and head in {"self", "cls"} and function.params[0].name == head:
            return _join(f"{module.name}:{owner}", rest)
        if isinstance(last, Step) and len(bound) == 1 and isinstance(last.value, Ref) and last.kind == "assign":
            alias = last.value.name
            if alias.partition(".")[0] != head and any(
                isinstance(one, Ref) and one.name == head for one in last.targets
            ):
                return self.resolve(module, scope, f"{alias}.{rest}" if rest else alias, depth + 1)
        qualified = f"{scope}.{head}" if scope else head
        return _join(f"{module.name}:{qualified}", rest)

    def member(self, module: Module, name: str, rest: str = "", depth: int = 0) -> str:
        """Return the symbol of a name at a module's top level."""
        bound = self.scope(module, "").get(name)
        if bound:
            return self._bound(module, "", name, rest, bound, depth=depth)
        child = self.by_name.get(f"{module.name}.{name}" if module.name else name)
        if module.is_package and child is not None:
            return self._into(child, rest, depth)
        for one in module.imports(""):
            if one.name != "*":
                continue
            target = self._target(module, one)
            if isinstance(target, Module):
                if target is not module and depth < _DEPTH:
                    found = self.member(target, name, rest, depth + 1)
                    if not found.startswith("?."):
                        return found
            elif target.startswith(_STARRED):
                return _join(f"{target}.{name}", rest)
        return _join(f"?.{name}", rest)

    def _imported(self, module: Module, one: Import, rest: str, depth: int) -> str:
        if not one.name:
            if one.alias:
                found = self.module(one.module, module)
                return self._into(found, rest, depth) if found else _join(one.module, rest)
            # import a.b binds a: follow as many parts as are modules
            head = one.module.partition(".")[0]
            parts = rest.split(".") if rest else []
            for used in range(len(parts), -1, -1):
                dotted = ".".join([head, *parts[:used]])
                found = self.module(dotted, module)
                if found is not None:
                    return self._into(found, ".".join(parts[used:]), depth)
            return _join(head, rest)
        target = self._target(module, one)
        if isinstance(target, Module):
            own = target is module or depth >= _DEPTH
            found_name = "?." if own else self.member(target, one.name, rest, depth + 1)
            if found_name.startswith("?."):
                child = self.by_name.get(f"{target.name}.{one.name}" if target.name else one.name)
                if child is not None and child is not module:
                    return self._into(child, rest, depth)
                return _join(f"{target.name}:{one.name}", rest)
            return found_name
        child = self._child(module, one)
        if child is not None:
            return self._into(child, rest, depth)
        return _join(f"{target}.{one.name}", rest)

    def _child(self, module: Module, one: Import) -> Module | None:
        """``from package import module`` where the package has no ``__init__``."""
        if one.level:
            return self.by_name.get(_join_dots(_relative(module, one.level), one.module, one.name))
        return self.module(f"{one.module}.{one.name}", module) if self.has_package(one.module, module) else None

    def _into(self, module: Module, rest: str, depth: int) -> str:
        if not rest:
            return f"{module.name}:"
        head, _, tail = rest.partition(".")
        if depth > _DEPTH:
            return f"?.{rest}"
        found = self.member(module, head, tail, depth + 1)
        return _join(f"{module.name}:{head}", tail) if found.startswith("?.") else found

    def _target(self, module: Module, one: Import) -> Module | str:
        """Return the module that a from-import reads, or its dotted name when it is not the project's."""
        if one.level:
            dotted = _join_dots(_relative(module, one.level), one.module)
            return self.by_name.get(dotted, dotted)
        return self.module(one.module, module) or one.module

    def imported(self, module: Module, one: Import) -> Module | None:
        """Return the project's module that an import statement executes, or None."""
        if not one.name:
            return self.module(one.module, module)
        child = self._child(module, one) if one.name != "*" else None
        target = self._target(module, one)
        if isinstance(target, Module):
            inner = self.by_name.get(f"{target.name}.{one.name}" if target.name else one.name)
            bound = target is not module and one.name in self.scope(target, "")
            return inner if target.is_package and inner is not None and not bound else target
        return child

    def executed(self, module: Module, one: Import) -> list[Module]:
        """Return the project's modules that an import statement executes, in order: packages above come first."""
        key = (module.path, one)
        if key not in self._executed:
            target = self.imported(module, one)
            found = [] if target is None else [target]
            name = target.name if target is not None else ""
            while "." in name:
                name = name.rpartition(".")[0]
                above = self.by_name.get(name)
                if above is not None and above.is_package:
                    found.insert(0, above)
            self._executed[key] = found
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

    # users

    @cached_property
    def _importers(self) -> dict[str, dict[str, None]]:
        """For each symbol the paths of the modules that import it; a star's key is ``module:*``."""
        found: dict[str, dict[str, None]] = {}
        for module in self.modules.values():
            for one in module.facts.imports:
                if one.name == "*":
                    target = self.imported(module, one)
                    symbol = f"{target.name}:*" if target is not None else ""
                else:
                    symbol = self._imported(module, one, "", 0)
                if ":" in symbol:
                    found.setdefault(symbol, {})[module.path] = None
        return found

    def used_at_home(self, symbol: str) -> bool:
        """Whether the module that defines a top-level name uses an attribute of it."""
        module = self.by_name.get(symbol.partition(":")[0])
        return module is not None and any(
            self.resolve(module, scope, ref.name).startswith(symbol + ".")
            for scope, ref in _mentions(module)
            if "." in ref.name
        )

    def users(self, symbol: str) -> tuple[Module, ...]:
        """Return the modules, but for its own, that import a module-level name or reach it as an attribute."""
        home = symbol.partition(":")[0]
        name = symbol.partition(":")[2].partition(".")[0]
        paths = dict(self._importers.get(f"{home}:{name}", {}))
        above = [home, *(home.rsplit(".", count)[0] for count in range(1, home.count(".") + 1))]
        keys = [f"{home}:*", *(f"{one}:" for one in above)]
        for path in [each for key in keys for each in self._importers.get(key, ())]:
            module = self.modules[path]
            if path not in paths and any(
                name in ref.name.split(".") and _below(self.resolve(module, scope, ref.name), f"{home}:{name}")
                for scope, ref in _mentions(module)
            ):
                paths[path] = None
        return tuple(self.modules[path] for path in sorted(paths) if self.modules[path].name != home)


def _mentions(module: Module) -> Iterator[tuple[str, Ref]]:
    """Yield the names in a module with their scopes, those of base classes and decorators included."""
    for scope in module.scopes:
        for ref in module.refs(scope):
            yield scope, ref
    defined: list[Class | Function] = [*module.facts.classes, *module.facts.functions]
    for one in defined:
        for expr in (*one.decorators, *(one.bases if isinstance(one, Class) else ())):
            for part in walk(expr):
                if isinstance(part, Ref):
                    yield one.scope, part


def _below(symbol: str, other: str) -> bool:
    return symbol == other or symbol.startswith(other + ".")


def _bindings(module: Module, scope: str) -> dict[str, list[Import | Step | str]]:
    found: dict[str, list[tuple[int, Import | Step | str]]] = {}

    def bind(name: str, line: int, what: Import | Step | str) -> None:
        found.setdefault(name, []).append((line, what))

    if scope in module.functions:
        for param in module.functions[scope].params:
            bind(param.name, 0, "param")
    outer = {
        name for step in module.steps(scope) if step.kind == "global" for one in step.targets for name in _targets(one)
    }
    if not scope:
        for step, name in module.global_writes:
            bind(name, step.line, step)
    for one in module.imports(scope):
        if one.name != "*":
            bind(one.alias or one.module.partition(".")[0], one.line, one)
    for step in module.steps(scope):
        if step.kind == "define" and isinstance(step.value, Ref):
            kind = "class" if step.value.name in module.classes else "function"
            bind(step.value.name.rpartition(".")[2], step.line, kind)
        elif step.kind == "assign" and step.value is not None:
            for target in step.targets:
                for name in _targets(target):
                    if name not in outer:
                        bind(name, step.line, step)
    for block in module.blocks(scope):
        if block.kind in {"for", "with"} and block.target is not None:
            for name in _targets(block.target):
                bind(name, block.line, "loop")
    return {name: [what for _, what in sorted(every, key=lambda pair: pair[0])] for name, every in found.items()}


def _targets(target: Span) -> Iterable[str]:
    if isinstance(target, Ref) and "." not in target.name:
        yield target.name
    elif isinstance(target, Items):
        for one in target.items:
            yield from _targets(one)


def _relative(module: Module, level: int) -> str:
    parts = module.name.split(".") if module.name else []
    drop = level - 1 if module.is_package else level
    return ".".join(parts[: len(parts) - drop] if drop else parts)


def _join(symbol: str, rest: str) -> str:
    if not rest:
        return symbol
    return f"{symbol}{rest}" if symbol.endswith(":") else f"{symbol}.{rest}"


def _join_dots(*parts: str) -> str:
    return ".".join(one for one in parts if one)


def _settled(symbol: str) -> str:
    """Fold the private homes of public names: what a library re-exports has one symbol."""
    if symbol.startswith("flask"):
        for old, new in _MOVED.items():
            if symbol.startswith(old) and old != new:
                return new + symbol.removeprefix(old)
    return symbol
