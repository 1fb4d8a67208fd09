"""Where the instance of an extension is made once it is made without an app: in a module of instances, or above the factory."""

from __future__ import annotations

from typing import NamedTuple

from keck.edit import Edit, Import, Insert, Remove
from keck.factory.halves import Halves
from keck.factory.source import foreign, source
from keck.factory.standing import following, heads, mentions, statement
from keck.facts.expr import Ref
from keck.facts.record import Import as Imported
from keck.project import Project
from keck.project.extensions import Instance
from keck.project.module import Module

ENDLESS = 1 << 30
HOMES = frozenset({"extensions", "extension", "exts", "ext", "plugins"})
"""What modules are called that hold the instances of all extensions."""


class Factory(NamedTuple):
    """The module of a factory, and the factory's name in it."""

    module: Module
    scope: str


def made(project: Project, instance: Instance, parts: Halves, name: str, factory: Factory) -> list[Edit]:
    """Return the edits that make an instance without an app where a module's factory can use it."""
    module, scope = factory
    home = home_of(project, module, parts, name)
    callee = class_name(instance) if home is instance.module else instance.site.cls.rpartition(".")[2]
    code = f"{name} = {callee}({', '.join(parts.made or ())})"
    ready = [one for one in _ready(project) if one.module is home]
    steps = [found for one in ready if (found := statement(home, "", one.call)) is not None and found.block < 0]
    limit = home.functions[scope].line if home is module else ENDLESS
    imports = [one for one in home.imports("") if one.block < 0 and one.line < limit]
    bound = {head for head in heads(parts.early) if head in project.names.scope(home, "")}
    edits: list[Edit] = []
    if bound - {one.alias for one in imports}:
        edits.append(Insert(home.place(home.functions[scope]), code, "before"))
    elif steps:
        edits.append(Insert(home.place(steps[-1]), code))
    else:
        edits.append(Insert(home.place(following(home, imports[-1])), code, "before"))
    at = home.place(steps[-1] if steps else imports[-1])
    if home is not instance.module:
        package, _, cls = instance.site.cls.rpartition(".")
        edits.append(Import(at, f"from {package} import {cls}"))
        edits += [Import(at, line) for line in foreign(project, instance.module, home, parts.early) or ()]
    if home is not module:
        line = f"from {source(project, module, home)} import {name}"
        edits.append(Import(module.place(module.functions[scope]), line))
    if home is not instance.module and instance.module is module:
        edits += unused(module, instance)
    return edits


def _ready(project: Project) -> list[Instance]:
    """Return the instances that are made at module level without an app, under a name."""
    return [
        one
        for one in project.instances
        if not one.scope and one.symbol and all(each.how != "constructor" for each in one.bindings)
    ]


def home_of(project: Project, module: Module, parts: Halves, name: str) -> Module:
    """Return the module in which an instance is made: that of the others which a factory's module imports, else its own."""
    kinds: dict[str, set[str]] = {}
    for one in _ready(project):
        if one.module is not module and module in project.users.of(one.symbol):
            kinds.setdefault(one.module.path, set()).add(one.kind)
    for path in sorted(kinds, key=lambda each: (-len(kinds[each]), each)):
        home = project.names.modules[path]
        is_for_all = len(kinds[path]) > 1 or home.name.rpartition(".")[2] in HOMES
        if is_for_all and name not in project.names.scope(home, "") and _can_go(project, module, home, parts):
            return home
    return module


def _can_go(project: Project, module: Module, home: Module, parts: Halves) -> bool:
    return foreign(project, module, home, parts.early) is not None


def is_known(project: Project, instance: Instance, parts: Halves, name: str, factory: Factory) -> bool:
    """Whether all that makes an instance stands above the factory, where it is to be made there."""
    module, scope = factory
    if home_of(project, module, parts, name) is not module:
        return True
    known = project.names.scope(module, "")
    needed = {head for head in heads(parts.early) if head in known}
    if instance.module is module:
        needed.add(class_name(instance).partition(".")[0])
    return all(_line(module, head) < module.functions[scope].line for head in needed)


def _line(module: Module, name: str) -> int:
    """Return the line on which a name is first bound at a module's top level."""
    imports = [one.line for one in module.imports("") if (one.alias or one.module.partition(".")[0]) == name]
    steps = [
        one.line for one in module.steps("") if any(isinstance(each, Ref) and each.name == name for each in one.targets)
    ]
    defined = [one.line for one in (module.functions.get(name), module.classes.get(name)) if one is not None]
    return min([*imports, *steps, *defined], default=ENDLESS)


def sole(project: Project, module: Module, scope: str, instance: Instance) -> str | None:
    """Return the name of a function's variable that may become one of its module."""
    name = instance.name
    binders = project.names.scope(module, scope).get(name, [])
    declared = any(target == name for _, target in module.global_writes)
    inside = [one for one in module.inside(scope) if one != scope and name in project.names.scope(module, one)]
    if len(binders) != 1 or declared or inside or name in project.names.scope(module, ""):
        return None
    return name


def class_name(instance: Instance) -> str:
    """Return what a module calls the class of an instance that it makes."""
    func = instance.call.func
    return func.name if isinstance(func, Ref) else instance.title


def unused(module: Module, instance: Instance) -> list[Edit]:
    """Return the edit that takes away the import of a class where nothing else uses it."""
    name = class_name(instance)
    if sum(ref.name == name or ref.name.startswith(f"{name}.") for _, ref in mentions(module)) > 1:
        return []
    return [Remove(module.place(one.at)) for one in module.imports("") if one.alias == name and one.name]


def executed(project: Project, module: Module, left: Imported) -> set[str]:
    """Return the paths of the modules that importing a module executes, one of its imports apart."""
    found: set[str] = set()
    for one in module.facts.imports:
        if one is not left and not one.typing and one.scope not in module.functions:
            for each in project.names.executed(module, one):
                found |= project.closure(each.path)
    return found
