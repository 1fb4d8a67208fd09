"""What is executed when an app is imported or made."""

from __future__ import annotations

import re
from collections.abc import Iterable

from keck.facts.expr import terminal
from keck.project import Project

Scope = tuple[str, str]
"""A module's path and a scope in it, empty for the module's own."""

_HOOKS = re.compile(r"^(before_|after_|teardown_|record)|^(on_load|on_startup)$")


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


def at_start(project: Project) -> set[Scope]:
    """Return the scopes that are executed when the app is imported or made, or by its hooks."""
    apps = {one.path for one in project.apps}
    paths = {path for one in apps for path in project.closure(one)}
    found = {(path, "") for path in paths}
    found |= {(one.path, one.scope) for one in project.apps}
    for module in project.modules:
        for function in module.facts.functions:
            if not module.is_test and any(_HOOKS.match(terminal(one)) for one in function.decorators):
                found.add((module.path, function.name))
    return reached(project, found)
