"""Packages: the dotted names of a project's files, and which of them an import means."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import cached_property

from keck.facts.record import Import
from keck.project.module import Module
from keck.project.things import KINDS

_LIBRARIES = frozenset(symbol.partition(".")[0] for symbol in KINDS)


class Packages:
    """The modules of a project, by path and by dotted name.

    Where a module and a package have one name, the package has it.

    Args:
        modules: the modules that belong together.
        roots: the directories with a manifest of their own; a module imports what its own one holds before
            anything else, and takes the libraries that rules know for libraries where its own one does not hold them.
        trail: the names of the folders that lead to the project, its own last: ``from web.ext import db`` in a
            project ``web`` without ``__init__.py`` means its ``ext``.
    """

    def __init__(self, modules: Iterable[Module], roots: Collection[str] = (), trail: Sequence[str] = ()) -> None:
        self.roots = frozenset(roots)
        self.trail = tuple(trail)
        self.modules = {one.path: one for one in modules}
        self.by_name: dict[str, Module] = {}
        for module in self.modules.values():
            other = self.by_name.get(module.name)
            if other is None or module.is_package:
                self.by_name[module.name] = module
        self._found: dict[tuple[str, str, str], Module | None] = {}
        self._near: dict[str, tuple[str, tuple[str, ...]]] = {}
        self._held: dict[tuple[str, str], bool] = {}

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
        root, near = self._nearest(importer.directory)
        head = dotted.partition(".")[0]
        own = f"{importer.directory.replace('/', '.')}." if importer.directory else ""
        if not head.startswith("flask") and own not in near:
            near = (*near, own)
        for base in near:
            found = self.by_name.get(base + dotted)
            itself = found is importer and "." not in dotted and (head.startswith("flask") or not importer.is_package)
            foreign = found is not None and head in _LIBRARIES and not _below(found.path, root)
            if found is not None and not itself and not foreign:
                return found
        below = None if head in _LIBRARIES or head.startswith("flask") else self._below_trail(dotted)
        return None if below is None else self.by_name.get(below)

    def _below_trail(self, dotted: str) -> str | None:
        """Return a dotted name as seen from the project's root where it starts at a folder above that, else None."""
        parts = tuple(dotted.split("."))
        for used in range(len(parts), 0, -1):
            if self.trail[-used:] == parts[:used]:
                return ".".join(parts[used:])
        return None

    def _nearest(self, directory: str) -> tuple[str, tuple[str, ...]]:
        """Return the root of a directory, and the prefixes of what its modules import, nearest first."""
        if directory not in self._near:
            own = self._outside(directory)
            above = [own]
            while above[-1]:
                above.append(above[-1].rpartition("/")[0])
            root = self._root(own)
            bases = [*(one for one in above if one in self._bases), *self._bases]
            near = dict.fromkeys([own, *(one for one in bases if _below(one, root)), *bases])
            self._near[directory] = root, tuple(f"{one.replace('/', '.')}." if one else "" for one in near)
        return self._near[directory]

    def _outside(self, directory: str) -> str:
        """Return the nearest directory upwards that is no package."""
        while directory and f"{directory}/__init__.py" in self.modules:
            directory = directory.rpartition("/")[0]
        return directory

    def together(self, one: Module, other: Module) -> bool:
        """Whether a module lies below the root of another one."""
        return _below(one.path, self._root(other.directory))

    def _root(self, directory: str) -> str:
        """Return the nearest directory upwards that has a manifest, empty where none has."""
        while directory and directory not in self.roots:
            directory = directory.rpartition("/")[0]
        return directory

    def has_package(self, dotted: str, importer: Module) -> bool:
        """Whether some module of the project lives under this dotted name."""
        key = (dotted, importer.directory)
        if key not in self._held:
            own = self._outside(importer.directory)
            self._held[key] = self._below_trail(dotted) is not None or any(
                (f"{base.replace('/', '.')}.{dotted}" if base else dotted) in self._folders
                for base in (own, *self._bases)
            )
        return self._held[key]

    @cached_property
    def _folders(self) -> frozenset[str]:
        found = set()
        for name in self.by_name:
            while name:
                name = name.rpartition(".")[0]  # noqa: PLW2901
                found.add(name)
        return frozenset(found)

    def target(self, module: Module, one: Import) -> Module | str:
        """Return the module that a from-import reads, or its dotted name when it is not the project's."""
        if one.level:
            dotted = _join_dots(_relative(module, one.level), one.module)
            return self.by_name.get(dotted, dotted)
        return self.module(one.module, module) or one.module

    def child(self, module: Module, one: Import) -> Module | None:
        """Return what ``from package import module`` where the package has no ``__init__`` reads, or None."""
        if one.level:
            return self.by_name.get(_join_dots(_relative(module, one.level), one.module, one.name))
        return self.module(f"{one.module}.{one.name}", module) if self.has_package(one.module, module) else None

    def inside(self, package: Module, name: str) -> Module | None:
        """Return the module of a name directly below a package, or None."""
        return self.by_name.get(f"{package.name}.{name}" if package.name else name)

    def above(self, module: Module | None) -> Iterator[Module]:
        """Yield the packages that importing a module executes first, innermost first."""
        name = module.name if module is not None else ""
        while "." in name:
            name = name.rpartition(".")[0]
            found = self.by_name.get(name)
            if found is not None and found.is_package:
                yield found


def dotted_names(paths: Collection[str]) -> dict[str, str]:
    """Return the dotted name of each file by its path; a module beside a package of its own name gets a name that cannot be imported."""
    found: dict[str, str] = {}
    packages = {path.removesuffix("/__init__.py") for path in paths if path.endswith("/__init__.py")}
    for path in paths:
        bare = path.removesuffix(".py")
        name = bare.removesuffix("/__init__").replace("/", ".")
        if bare in packages:
            name += "(file)"
        found[path] = "" if name == "__init__" else name
    return found


def _below(path: str, folder: str) -> bool:
    return not folder or path == folder or path.startswith(f"{folder}/")


def _relative(module: Module, level: int) -> str:
    parts = module.name.split(".") if module.name else []
    drop = level - 1 if module.is_package else level
    return ".".join(parts[: len(parts) - drop] if drop else parts)


def _join_dots(*parts: str) -> str:
    return ".".join(one for one in parts if one)
