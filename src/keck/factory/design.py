"""What a conversion does with each statement of each page, and where the app is complete."""

from __future__ import annotations

from keck.factory.instances import Instances
from keck.factory.lifting import lift
from keck.factory.order import Order
from keck.factory.page import Page
from keck.factory.plan import Plan
from keck.factory.serving import needs
from keck.factory.world import World


class Design:
    """The plans of all pages, settled.

    Attributes:
        world: the pages.
        plans: by path.
        plan: the home's.
        instances: the extension instances that move to a file of their own.
        order: in which modules are executed.
        registers: the paths of the pages that register something with the app.
        base: the page that gets the factory: the home, or the one that completes what the home begins.
    """

    def __init__(self, world: World) -> None:
        self.world = world
        self.plans = {path: Plan(world, page) for path, page in world.pages.items()}
        self.plan = self.plans[world.home.path]
        for plan in self.plans.values():
            plan.find_instances()
        self._settle()
        self.instances = Instances(self.plan, world.texts)
        while self.instances.unmade():
            for index in self.instances.unmade():
                one = self.plan.splits.pop(index)
                world.instances.pop(world.home.own(one.name), None)
            self._settle()
            self.instances = Instances(self.plan, world.texts)
        self.registers = frozenset(path for path, plan in self.plans.items() if plan.does_something)
        self.order = Order(world, self.plans, self.registers)
        while self._move_callers():
            self._settle()
            self.instances = Instances(self.plan, world.texts)
            self.order = Order(world, self.plans, self.registers)
        self.base = self._assembler()
        for path in self.order.clients:
            self.plans[path].leave()

    def _settle(self) -> None:
        """Move what must be moved, until nothing is left; and find other ways for definitions that need config."""
        while True:
            grown = [plan.grow() for plan in self.plans.values()]
            if any(grown):
                continue
            found = [(plan, use, lift(plan, use)) for plan in self.plans.values() for use in plan.stuck.values()]
            if not any(one for _, _, one in found):
                return
            for plan, use, one in found:
                if one is not None:
                    plan.lifts[use] = one

    def _move_callers(self) -> bool:
        """Move the statements within which a module is imported that registers something; whether there were any."""
        found = False
        for plan in self.plans.values():
            for one in plan.page.statements:
                inner = not one.is_import and not one.is_main and one.index not in plan.moved
                if inner and any(self.order.calls.get(each.node) for each in one.imports):
                    plan.move(one)
                    found = True
        return found

    def _assembler(self) -> Page:
        """Return the page in which the app is complete: the home, or the only one that imports it and adds to it."""
        home = self.world.home
        if self.plan.serves or self.order.called_by(home) or needs(self.world.texts, home.path, self.world.app).stays:
            return home
        pages = [self.world.pages[path] for path in self.order.clients]
        found = [one for one in pages if self.plans[one.path].builds or self.order.called_by(one)]
        if len(found) != 1:
            return home
        self.order.clients.remove(found[0].path)
        self.order.called.add(found[0].path)
        return found[0]

    @property
    def factory(self) -> str:
        """The name of the factory."""
        return self.base.free("create_app", "make_app", "build_app")

    @property
    def maker(self) -> str:
        """The name of the function in which a home begins what the base completes."""
        return self.world.home.free("make_app", "new_app")
