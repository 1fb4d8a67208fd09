"""The smaller step as a conversion: what `keck fix --factory` does to a module that has a factory already."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from keck.edit import Edit, Fix
from keck.factory.conversion import Conversion
from keck.factory.refusal import Refusal
from keck.factory.smaller import beside_factory, in_factory, one_instance, without_app
from keck.factory.standing import apps
from keck.facts import facts_of
from keck.project import Project
from keck.project.module import Module
from keck.project.things import Site


def has_factory(project: Project, module: Module) -> bool:
    """Whether a module makes its apps in functions only."""
    own = [one for one in project.apps if one.module is module]
    return bool(own) and all(one.scope in module.functions for one in own)


def smaller(project: Project, texts: Mapping[str, str], module: Module) -> Conversion:
    """Return a project in which what a factory binds is made without an app and outside of it.

    Args:
        project: as it is.
        texts: every file that may matter, by path.
        module: the one that has the factory.

    Raises:
        Refusal: there is nothing that can be done.
    """
    from keck.fixes.apply import Unfit, applied

    files = dict(texts)
    said: dict[str, Fix] = {}
    passed: set[str] = set()
    while found := _next(project, module.path, passed):
        passed.add(found.title)
        edits: dict[str, list[Edit]] = defaultdict(list)
        for one in found.edits:
            edits[one.place.path].append(one)
        try:
            new = {path: applied(files[path], each) for path, each in edits.items()}
        except (KeyError, Unfit):
            continue
        files |= new
        said[found.title] = found
        project = again(project, files, list(new))
    if not said:
        raise Refusal(module.path, 1, "the app is made by a factory, and there is nothing to move out of it")
    changed = {path: text for path, text in files.items() if text != texts.get(path)}
    site = next(one for one in project.apps if one.path == module.path)
    intends = tuple(dict.fromkeys(pattern for one in said.values() for pattern in one.intends))
    return Conversion(dict(changed), f"{module.name}:{site.scope}", intends, tuple(said))


def _next(project: Project, path: str, passed: set[str]) -> Fix | None:
    """Return the first fix that has not been tried."""
    return next((one for one in _fixes(project, project.names.modules[path]) if one.title not in passed), None)


def _fixes(project: Project, module: Module) -> Iterator[Fix]:
    """Yield the fixes of what has to do with the factory of a module."""
    sites = {one for one in project.apps if one.module is module}
    for fix in (*_bindings(project, sites), *_modules(project, sites), *_seconds(project, sites)):
        if fix is not None:
            yield fix


def _bindings(project: Project, sites: set[Site]) -> Iterator[Fix | None]:
    for instance in project.instances:
        for one in instance.bindings:
            if one.how == "constructor" and not one.module.is_test and sites & set(apps(one)):
                yield in_factory(project, one) if one.scope else beside_factory(project, one)


def _modules(project: Project, sites: set[Site]) -> Iterator[Fix | None]:
    for module in dict.fromkeys(one.module for one in project.instances if not one.scope):
        for one in module.imports(""):
            symbol = project.names.bound_by(module, one)
            if not one.typing and ":" in symbol and sites & set(project.objects.of_symbol(symbol)):
                yield without_app(project, module, one)


def _seconds(project: Project, sites: set[Site]) -> Iterator[Fix | None]:
    bound = [one for one in project.instances if any(sites & set(apps(each)) for each in one.bindings)]
    for one in project.instances:
        other = next((each for each in bound if each.kind == one.kind and each is not one), None)
        if other is not None and not one.bindings and not one.handed_on and project.users.of(one.symbol):
            yield one_instance(project, one, other)


def again(project: Project, files: Mapping[str, str], changed: Iterable[str]) -> Project:
    """Return a project with some files changed.

    Args:
        project: as it was.
        files: the texts by path.
        changed: the paths of the Python files that are not what they were.
    """
    facts = {one.path: one.facts for one in project.modules} | project.broken
    return Project(facts | {path: facts_of(files[path].encode()) for path in changed}, project.surroundings)
