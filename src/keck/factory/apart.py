"""The conversion of a module-level app to a factory, as a whole."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import libcst as cst

from keck.factory.checks import check, check_open
from keck.factory.contexts import Contexts
from keck.factory.conversion import Conversion
from keck.factory.dead import dead
from keck.factory.design import Design
from keck.factory.keeping import keep
from keck.factory.links import Links
from keck.factory.names import Names
from keck.factory.serving import needs
from keck.factory.sheets import Sheets
from keck.factory.world import survey
from keck.factory.wsgi import dotted, imported_from, wsgi
from keck.project.module import Module
from keck.project.project import Project

DEFERRED = "lambda"


def convert(project: Project, texts: Mapping[str, str], module: Module) -> Conversion:
    """Return a project whose app is made by a factory.

    Args:
        project: as it is.
        texts: every file that may matter, by path.
        module: the one that makes the app at its top level.

    Raises:
        Refusal: something cannot be done safely.
    """
    world = survey(project, texts, module)
    design = Design(world)
    check(design)
    serving = needs(texts, design.base.path, world.app)
    world.kept = serving.reason if serving.stays else ""
    contexts = Contexts(world, design.plans, frozenset(serving.others), frozenset(design.order.clients))
    names = {path: Names(plan, contexts) for path, plan in design.plans.items()}
    files: dict[str, str | None] = dict(keep(design, names))
    check_open(design)
    sheets = Sheets(design, names, Links(design))
    files |= {path: text for path, text in sheets.files.items() if text != texts[path]}
    if design.instances.statements:
        files[design.instances.path] = design.instances.text(names[module.path])
    if not world.kept:
        files |= [one for one in [wsgi(texts, design.base.path, serving, factory=design.factory)] if one is not None]
    name = world.app if world.kept else design.factory
    app = f"{dotted(design.base.path, imported_from(texts, design.base.path))}:{name}"
    return Conversion(files, app, tuple(_intends(design)), tuple(_says(design)))


def _says(design: Design) -> Iterator[str]:
    """Yield what else is to be told."""
    world = design.world
    if world.kept:
        yield f"`{world.app} = {design.factory}()` stays in `{design.base.path}`: {world.kept}"
    for plan in design.plans.values():
        for one in plan.lifts.values():
            if one.code.startswith(DEFERRED):
                code = plan.page.tree.code_for_node(one.node)
                yield f"`{code}` is asked for when it is needed, not when `{plan.page.path}` is imported"
        for each in dead(plan):
            yield f"`{each.code}` above the route of `{each.name}` does nothing for it, as before: {plan.page.path}:{each.line}"


def _intends(design: Design) -> Iterator[str]:
    """Yield what a proof finds changed.

    A Mail does not keep the app of ``init_app``; defaults become functions; what stands above a route is no decorator.
    """
    if any(known.name == "mail" for known in design.world.instances.values()):
        yield "extensions/mail/bound"
    for plan in design.plans.values():
        yield from dict.fromkeys(f"layers/* {each.rule}" for each in dead(plan))
        for one in plan.lifts.values():
            node: cst.CSTNode | None = one.node if one.code.startswith(DEFERRED) else None
            while node is not None and not isinstance(node, cst.Assign | cst.AnnAssign):
                node = plan.page.parents.get(node)
            if node is not None:
                target = node.targets[0].target if isinstance(node, cst.Assign) else node.target
                yield f"tables/*/*/{plan.page.tree.code_for_node(target)}"
