"""Hooks: functions that run before requests, and which of them guard what is registered where."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property

from keck.facts.expr import Call, Expr, Ref, before, terminal
from keck.facts.record import Function
from keck.project.decorators import Decorators
from keck.project.module import Module
from keck.project.objects import Objects
from keck.project.things import UNKNOWN, Site, Thing


@dataclass(eq=False)
class Hook:
    """A function that runs before requests: of an app or blueprint (`owner`); `kind` is its registering name."""

    kind: str
    owner: frozenset[Thing]
    module: Module
    function: Function
    call: Expr


class Hooks:
    """The hooks of a project."""

    def __init__(self, objects: Objects, decorators: Decorators) -> None:
        self.objects = objects
        self.names = objects.names
        self.decorators = decorators

    @cached_property
    def all(self) -> tuple[Hook, ...]:
        """The functions that run before requests."""
        found: list[Hook] = []
        kinds = {"before_request", "before_app_request"}
        for module in self.names.modules.values():
            if module.is_test:
                continue
            for function in module.facts.functions:
                for one in function.decorators:
                    func = one.func if isinstance(one, Call) else one
                    if terminal(func) in kinds and isinstance(func, Ref):
                        head = before(func)
                        unknown: frozenset[Thing] = frozenset({UNKNOWN})
                        owner = unknown if head is None else self.objects.of(module, function.scope, head)
                        found.append(Hook(terminal(func), owner, module, function, one))
        for kind in sorted(kinds):
            for module, scope, call in self.objects.calls_by_name.get(kind, []):
                first = call.argument(0, "f")
                target = (
                    self.objects.function(self.names.resolve(module, scope, first.name))
                    if isinstance(first, Ref)
                    else None
                )
                holder = before(call.func)
                if target is not None and holder is not None and not module.is_test:
                    owner = self.objects.of(module, scope, holder)
                    found.append(Hook(kind, owner, *target, call))
        return tuple(found)

    @cached_property
    def _above(self) -> dict[Site, set[Site]]:
        """What each blueprint, namespace or API is registered on."""
        found: dict[Site, set[Site]] = defaultdict(set)
        for name in ("register_blueprint", "add_namespace", "init_app"):
            for module, scope, call in self.objects.calls_by_name.get(name, []):
                holder = before(call.func)
                if holder is None or not call.args:
                    continue
                upper, lower = (
                    _sites(self.objects.of(module, scope, holder)),
                    _sites(self.objects.of(module, scope, call.args[0])),
                )
                if name == "init_app":
                    upper, lower = lower, upper
                for one in lower:
                    found[one] |= upper
        return found

    def _homes(self, owner: frozenset[Thing]) -> set[Site]:
        """Return what a route is registered on, directly or through an API, a namespace or another blueprint."""
        queue = list(_sites(owner))
        for one in queue:
            above = set(self._above.get(one, ()))
            first = None if one.kind in {"app", "blueprint"} else one.call.argument(0, "app")
            if first is not None:
                above |= _sites(self.objects.of(one.module, one.scope, first))
            queue += sorted((each for each in above if each not in queue), key=lambda each: (each.path, each.line))
        return set(queue)

    def guarding(self, owner: frozenset[Thing]) -> Hook | None:
        """Return the hook that turns callers away before a view registered on `owner` runs, or None."""
        homes = self._homes(owner)
        for hook in self.all:
            whole = hook.kind == "before_app_request" or any(
                isinstance(one, Site) and one.kind == "app" for one in hook.owner
            )
            shared = not homes.isdisjoint(hook.owner)
            if (whole or shared) and self.decorators.refuses(hook.module, hook.function):
                return hook
        return None


def _sites(things: frozenset[Thing]) -> set[Site]:
    return {one for one in things if isinstance(one, Site)}
