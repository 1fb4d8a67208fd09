"""Why ``app = create_app()`` stays in a module under the old name, and what becomes of the tests."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import libcst as cst

from keck.factory.design import Design
from keck.factory.names import Names
from keck.factory.suite import suite
from keck.project.module import Module


def keep(design: Design, names: Mapping[str, Names]) -> dict[str, str]:
    """Tell the world why the old name stays, if it does; return the new texts of the tests."""
    world = design.world
    real = [one for path, each in names.items() if path not in design.order.clients for one in each.real]
    shared = _shared(design)
    world.kept = world.kept or _needed(real) or _read(design) or _late(design) or shared
    if real or shared:
        return {}
    found = suite(world.texts, design.base.path, world.app, design.factory)
    if found.stays:
        world.kept = world.kept or found.reason
    return found.files


def _needed(real: list[cst.FunctionDef | cst.Lambda]) -> str:
    if not real:
        return ""
    named = f"`{real[0].name.value}`" if isinstance(real[0], cst.FunctionDef) else "a lambda"
    return f"{named} runs outside of requests and needs the app itself"


def _read(design: Design) -> str:
    """Return which test imports what is made with the app, or which list for a star names it."""
    world = design.world
    for module in world.project.modules:
        for record in module.facts.imports if module.is_test else ():
            if world.project.names.bound_by(module, record) in world.tainted:
                return f"`{module.path}:{record.line}` imports `{record.name}`, which is made with it"
    for one in design.base.statements:
        code = design.base.tree.code_for_node(one.node) if "__all__" in one.binds else ""
        if f"'{world.app}'" in code.replace('"', "'"):
            return f"`__all__` of `{design.base.path}` names it"
    return ""


def _late(design: Design) -> str:
    """Return which function of a module that starts the app imports it only when it is called."""
    for path in design.order.clients:
        page = design.plans[path].page
        for one in page.statements:
            for each in one.imports:
                if each.functions and design.world.means_app(page, each):
                    return f"`{each.functions[0].name.value}` in `{path}` imports it when it is called"
    return ""


def _shared(design: Design) -> str:
    """Return why tests must use the very app of a module that starts it: they call functions there that use it."""
    modules = [one for one in design.world.project.modules if one.is_test]
    tested = {path for one in modules for path in _executed(design, one)}
    for path in design.order.clients:
        if path in tested and any(one.use.is_deferred for one in design.plans[path].app.values()):
            return f"the tests call functions of `{path}`, which uses it"
    return ""


def _executed(design: Design, module: Module) -> Iterator[str]:
    """Yield the paths of the modules that a module imports anywhere."""
    names = design.world.project.names
    return (each.path for one in module.facts.imports for each in names.executed(module, one))
