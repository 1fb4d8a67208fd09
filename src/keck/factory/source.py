"""How one module of a project names another one in an import."""

from __future__ import annotations

import builtins
from collections.abc import Collection, Sequence

from keck.facts.expr import Expr, Ref, walk
from keck.facts.record import Import
from keck.project import Project
from keck.project.module import Module


def source(project: Project, importer: Module, target: Module) -> str:
    """Return what stands after ``from`` where one module imports from another: ``.extensions``, ``shop.extensions``.

    It is what the importer writes already; else relative where its other imports are; else absolute from where they start.
    """
    own = [(one, found) for one in importer.facts.imports if (found := _meant(project, importer, one)) is not None]
    for one, found in own:
        if found is target and one.name != "" and not _is_module(project, importer, one):
            return "." * one.level + one.module
    relative = [one for one, _ in own if one.level]
    near = _relative(importer, target)
    if near and relative and len(relative) * 2 >= len(own):
        return near
    for one, found in own:
        full = f"{one.module}.{one.name}" if _is_module(project, importer, one) and one.name else one.module
        base = found.name.removesuffix(full)
        if not one.level and found.name.endswith(full) and target.name.startswith(base):
            return target.name[len(base) :]
    packages = {each.directory for each in project.modules if each.is_package}
    folder = importer.directory
    if near and not own and folder in packages:
        return near
    while folder in packages:
        folder = folder.rpartition("/")[0]
    base = f"{folder.replace('/', '.')}." if folder else ""
    return target.name.removeprefix(base)


def _meant(project: Project, importer: Module, one: Import) -> Module | None:
    found = project.names.imported(importer, one)
    return None if found is importer else found


def _is_module(project: Project, importer: Module, one: Import) -> bool:
    """Whether an import binds a module and not something in it."""
    return project.names.bound_by(importer, one).endswith(":")


def _relative(importer: Module, target: Module) -> str:
    """Return the relative name of a module in the same package, empty for one outside."""
    own = importer.name.split(".") if importer.name else []
    package = own if importer.is_package else own[:-1]
    parts = target.name.split(".") if target.name else []
    common = 0
    while common < min(len(package), len(parts)) and package[common] == parts[common]:
        common += 1
    return "." * (len(package) - common + 1) + ".".join(parts[common:]) if common else ""


def foreign(
    project: Project, module: Module, other: Module, exprs: Sequence[Expr], *, spare: Collection[str] = ()
) -> list[str] | None:
    """Return the imports that another module needs for some code of a module; None where it cannot have them.

    Args:
        project: the project.
        module: where the code stands.
        other: where it is to stand.
        exprs: the code.
        spare: names that it will have otherwise.
    """
    lines = []
    names = {part.name.partition(".")[0] for one in exprs for part in walk(one) if isinstance(part, Ref)}
    for name in sorted(names - set(spare)):
        symbol = project.names.resolve(module, "", name)
        if symbol == project.names.resolve(other, "", name) and (
            ":" in symbol or hasattr(builtins, name) or symbol[0] != "?"
        ):
            continue
        known = [one for one in module.imports("") if one.alias == name and one.name and one.name != "*"]
        if name in project.names.scope(other, "") or symbol.startswith("?.") or (":" not in symbol and not known):
            return None
        if ":" not in symbol:
            alias = "" if known[0].name == name else f" as {name}"
            lines.append(f"from {known[0].module} import {known[0].name}{alias}")
            continue
        home = project.names.by_name.get(symbol.partition(":")[0])
        inner = symbol.partition(":")[2]
        if home is None or not inner or "." in inner or other.path in project.closure(home.path):
            return None
        alias = "" if inner == name else f" as {name}"
        lines.append(f"from {source(project, other, home)} import {inner}{alias}")
    return lines
