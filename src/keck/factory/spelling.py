"""How the modules of a project name each other in imports."""

from __future__ import annotations

from collections import Counter

from keck.factory.page import Page
from keck.factory.world import World
from keck.facts.record import Import
from keck.project.module import Module


class Spelling:
    """Tells what stands after ``from`` where one module imports from another."""

    def __init__(self, world: World) -> None:
        self.world = world

    def source(self, page: Page, name: str) -> str:
        """Return what stands after ``from`` where a page imports from a module.

        Args:
            page: where the import stands.
            name: the dotted name of the module, as made of its path.
        """
        own = page.module.name.split(".") if page.module.name else []
        package = own if page.module.is_package else own[:-1]
        if self._is_relative(page):
            target = name.split(".") if name else []
            common = 0
            while common < min(len(package), len(target)) and package[common] == target[common]:
                common += 1
            if common or not package:
                return "." * (len(package) - common + 1) + ".".join(target[common:])
        base = self._base(page)
        return name.removeprefix(base)

    def _is_relative(self, page: Page) -> bool:
        own = [one for one in page.module.facts.imports if self._inside(page, one)]
        if own:
            return sum(one.level > 0 for one in own) * 2 >= len(own)
        folder = page.module.directory
        if page.module.is_package:
            return True
        packaged = any(one.path == f"{folder}/__init__.py" for one in self.world.project.modules)
        return packaged and not any(one.is_main for one in page.statements)

    def _inside(self, page: Page, one: Import) -> bool:
        return self.world.project.names.imported(page.module, one) is not None

    def _base(self, page: Page) -> str:
        """Return the part of the dotted names that absolute imports leave out, with its dot."""
        found: Counter[str] = Counter()
        names = self.world.project.names
        for module in (page.module, *(one.module for one in self.world.pages.values())):
            for one in module.facts.imports:
                target = names.packages.target(module, one) if one.name else names.imported(module, one)
                if not one.level and isinstance(target, Module) and target.name.endswith(one.module):
                    weight = 100 if module is page.module else 1
                    found[target.name[: len(target.name) - len(one.module)]] += weight
        if found:
            return found.most_common(1)[0][0]
        folder = page.module.directory
        while folder and any(one.path == f"{folder}/__init__.py" for one in self.world.project.modules):
            folder = folder.rpartition("/")[0]
        return f"{folder.replace('/', '.')}." if folder else ""
