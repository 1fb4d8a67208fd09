"""Which modules are executed when others are imported."""

from __future__ import annotations

from functools import cached_property

from keck.project.extensions import Extensions
from keck.project.names import Names
from keck.project.things import Site


class Imports:
    """The import graph of a project."""

    def __init__(self, names: Names, extensions: Extensions) -> None:
        self.names = names
        self.extensions = extensions
        self.objects = extensions.objects

    @cached_property
    def graph(self) -> dict[str, frozenset[str]]:
        """For each module path the paths of the modules that its module-level imports execute."""
        found = {}
        for module in self.names.modules.values():
            targets = set()
            for one in module.facts.imports:
                inside = module.functions.get(one.scope)
                if inside is None and not one.typing:
                    target = self.names.imported(module, one)
                    if target is not None and target is not module:
                        targets.add(target.path)
                    targets |= {each.path for each in self.names.packages.above(target)}
            targets.discard(module.path)
            found[module.path] = frozenset(targets)
        return found

    def closure(self, path: str) -> frozenset[str]:
        """Return the paths of all modules that importing one module executes, itself included."""
        seen = {path}
        queue = [path]
        for one in queue:
            for target in self.graph.get(one, ()):
                if target not in seen:
                    seen.add(target)
                    queue.append(target)
        return frozenset(seen)

    @cached_property
    def served(self) -> frozenset[str]:
        """The paths of the modules that are executed when an app or a factory is imported and called.

        Starts at the modules that make or obtain an app; imports inside functions count.
        """
        starts = {one.path for one in self.extensions.apps if not one.module.is_test}
        starts |= {
            module.path
            for module in self.names.modules.values()
            if not module.is_test
            and any(
                isinstance(thing, Site) and thing.kind == "app"
                for call in module.calls("")
                if not module.under_main(call)
                for thing in self.objects.of(module, "", call)
            )
        }
        seen = set(starts)
        queue = sorted(starts)
        for path in queue:
            module = self.names.modules[path]
            for one in module.facts.imports:
                target = None if one.typing else self.names.imported(module, one)
                executed = [] if target is None else [target, *self.names.packages.above(target)]
                for each in executed:
                    if each.path not in seen:
                        seen.add(each.path)
                        queue.append(each.path)
        return frozenset(seen)
