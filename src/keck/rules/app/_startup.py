"""What is executed when an app is imported or made."""

from __future__ import annotations

from collections.abc import Iterable

from keck.project import Project

Scope = tuple[str, str]
"""A module's path and a scope in it, empty for the module's own."""


def reached(project: Project, starts: Iterable[Scope]) -> set[Scope]:
    """Return the scopes that are executed from some scopes on: themselves, and the functions that they call.

    What stands under ``if __name__ == "__main__"`` and what is only defined on the way does not count.
    """
    found = set(starts)
    queue = sorted(found)
    for path, scope in queue:
        module = project.names.modules[path]
        for call in module.calls(scope):
            target = None if module.under_main(call) else project.reach.target(module, scope, call)
            if target is not None and (target[0].path, target[1].name) not in found:
                found.add((target[0].path, target[1].name))
                queue.append((target[0].path, target[1].name))
    return found
