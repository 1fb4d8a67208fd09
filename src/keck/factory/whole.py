"""What `keck fix --factory` does to a module: the whole conversion, with or without blueprints, or the smaller step."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from keck.factory.apart import convert as taken_apart
from keck.factory.blueprints import INTENDS, with_blueprints
from keck.factory.conversion import Conversion
from keck.factory.step import has_factory, smaller
from keck.project import Project
from keck.project.module import Module


def convert(project: Project, texts: Mapping[str, str], module: Module, *, blueprints: bool = False) -> Conversion:
    """Return a project whose app is made by a factory that binds everything.

    A module that makes its apps in functions already gets the smaller step.

    Args:
        project: as it is.
        texts: every file that may matter, by path.
        module: the one that makes the app.
        blueprints: whether to group views into blueprints, which changes the names of their endpoints.

    Raises:
        Refusal: something cannot be done safely.
    """
    if has_factory(project, module):
        return smaller(project, texts, module)
    if not blueprints:
        return taken_apart(project, texts, module)
    site = next((one for one in project.apps if one.module is module and not one.scope), None)
    app = project.extensions.symbol(site).rpartition(":")[2] if site is not None else ""
    world, files, found = with_blueprints(project, texts, module, app)
    done = taken_apart(world, files, world.names.modules[module.path])
    return msgspec.structs.replace(
        done, files={**found.files, **done.files}, intends=(*INTENDS, *done.intends), says=(*found.says, *done.says)
    )
