"""What the app of a project may be called, as its code tells: for a boot that nobody named one for."""

from __future__ import annotations

from collections.abc import Iterator

from keck.facts.expr import Call, Const, Ref, Table
from keck.facts.record import Function
from keck.project import Project
from keck.project.module import Module
from keck.project.things import Site

_FILES = ("wsgi", "app", "main", "run", "autoapp", "manage", "server", "application", "__init__")
_VARIABLES = ("app", "application")
_FACTORIES = ("create_app", "make_app")
_NAMES = ("default", "development", "dev", "local", "testing", "test", "production", "prod")
"""Names of configurations, the likeliest first to be one that boots."""
_MOST = 2
_SOURCES = "src"


def candidates(project: Project) -> list[str]:
    """Return what the app may be called, the likeliest first.

    As `flask --app` takes it: ``shop:app``, ``shop:create_app``, ``shop:create_app("testing")``. What is imported from
    another folder than the root is named with it: ``backend/shop:app`` is ``shop:app`` where Flask is started in
    ``backend``. Modules below ``src`` are imported as they are installed.
    """
    found: dict[str, tuple[int, ...]] = {}
    names = _configurations(project)
    for module in project.modules:
        if module.is_test:
            continue
        order = (module.path.count("/"), _index(module.path.rpartition("/")[2].removesuffix(".py"), _FILES))
        for place in _places(project, module):
            for variable in _apps(project, module):
                found.setdefault(
                    f"{place}:{variable}", (2 * (order[1] == len(_FILES)), _index(variable, _VARIABLES), *order)
                )
            for function in _factories(project, module):
                for number, call in enumerate(_calls(function, names)):
                    found.setdefault(f"{place}:{call}", (1, number, _index(function.name, _FACTORIES), *order))
    return sorted(found, key=lambda name: (found[name], name))


def _index(name: str, known: tuple[str, ...]) -> int:
    return known.index(name) if name in known else len(known)


def _apps(project: Project, module: Module) -> Iterator[str]:
    """Yield the variables of a module that hold an app."""
    for step in module.steps(""):
        if step.kind != "assign" or not isinstance(step.value, Call) or module.under_main(step):
            continue
        if any(isinstance(one, Site) and one.kind == "app" for one in project.things(module, "", step.value)):
            yield from (one.name for one in step.targets if isinstance(one, Ref) and "." not in one.name)


def _factories(project: Project, module: Module) -> Iterator[Function]:
    """Yield the functions of a module that return an app that they make."""
    for function in module.functions.values():
        if function.scope or function.is_async or function.decorators:
            continue
        things = (
            thing
            for where in project.objects.returned(f"{module.name}:{function.name}")
            for thing in project.things(*where)
        )
        if any(isinstance(one, Site) and one.kind == "app" for one in things):
            yield function


def _calls(function: Function, names: list[str]) -> list[str]:
    """Return how a factory is called: as it is, or with the name of a configuration where it needs one argument."""
    needed = [one for one in function.params if not one.kind and one.default is None]
    if not needed:
        return [function.name]
    return [f'{function.name}("{name}")' for name in names] if len(needed) == 1 else []


def _configurations(project: Project) -> list[str]:
    """Return the keys by which a table of the project seems to name its configurations."""
    found = {
        key.value
        for module in project.modules
        for step in module.steps("")
        if isinstance(step.value, Table)
        for key, _ in step.value.pairs
        if isinstance(key, Const) and key.value in _NAMES and _of_classes(step.value)
    }
    return [one for one in _NAMES if one in found][:_MOST]


def _of_classes(table: Table) -> bool:
    return all(isinstance(value, Ref | Const) for _, value in table.pairs)


def _places(project: Project, module: Module) -> Iterator[str]:
    """Yield how a module is named: from the folder that its package lies in, and from the root where it is imported so."""
    *folders, file = module.path.removesuffix(".py").split("/")
    packages = {one.directory for one in project.modules if one.is_package}
    start = len(folders)
    while start and "/".join(folders[:start]) in packages:
        start -= 1
    if start and folders[0] != _SOURCES and folders[0] in _imported(project):
        start = 0
    parts = folders[start:] if file == "__init__" else [*folders[start:], file]
    above = folders[:start]
    if above and above[-1] == _SOURCES:
        above.pop()
    yield "/".join([*above, ".".join(parts)])


def _imported(project: Project) -> frozenset[str]:
    """Return the first names of what the project's modules import."""
    return frozenset(
        one.module.partition(".")[0] for module in project.modules for one in module.facts.imports if not one.level
    )
