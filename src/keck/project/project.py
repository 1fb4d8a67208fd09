"""One project: all that is known of it, as rules ask for it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from keck.deployment import Workers
from keck.facts.expr import Call, Expr, Ref, before
from keck.facts.record import Facts
from keck.pins import Pins, manifest
from keck.project.caching import Caches
from keck.project.config import Config, Setting
from keck.project.decorators import Decorators
from keck.project.extensions import Extensions, Instance
from keck.project.imports import Imports
from keck.project.models import Model, Models
from keck.project.module import Module
from keck.project.names import Names
from keck.project.objects import Objects
from keck.project.packages import dotted_names
from keck.project.reach import Reach
from keck.project.reads import Reads
from keck.project.routes import Route, Routes
from keck.project.things import Site, Thing
from keck.project.timeline import Timelines
from keck.project.users import Users
from keck.project.values import Value, Values


@dataclass
class Surroundings:
    """What a project says outside Python files: pins, workers, and the paths of all other files that matter.

    `trail` has the names of the folders that lead to it, its own last.
    """

    pins: Pins
    workers: Workers | None = None
    others: tuple[str, ...] = ()
    texts: Mapping[str, bytes] = field(default_factory=dict)
    trail: tuple[str, ...] = ()


class Project:
    """One project.

    Args:
        facts: the facts of each file by its path relative to the root of the check.
        surroundings: what the project says outside Python files.
    """

    def __init__(self, facts: Mapping[str, Facts], surroundings: Surroundings) -> None:
        named = dotted_names(facts)
        self.modules: tuple[Module, ...] = tuple(
            Module(path, named[path], one) for path, one in sorted(facts.items()) if not one.trouble
        )
        self.broken: dict[str, Facts] = {path: one for path, one in sorted(facts.items()) if one.trouble}
        self.surroundings = surroundings
        self.pins = surroundings.pins
        self.workers = surroundings.workers
        manifests = [one for one in (*surroundings.others, *facts) if manifest(one)]
        self.names = Names(self.modules, [one.rpartition("/")[0] for one in manifests], surroundings.trail)
        self.users = Users(self.names)
        self.objects = Objects(self.names)
        self.extensions = Extensions(self.objects)
        self.values = Values(self.objects)
        self.config = Config(self.values)
        self.decorators = Decorators(self.objects)
        self._routes = Routes(self.values, self.decorators)
        self.reach = Reach(self.objects)
        self.reads = Reads(self.reach, self.values)
        self.caches = Caches(self.values, self.decorators, self._routes, self.reads)
        self.timelines = Timelines(self.objects, self.extensions, self.config)
        self._models = Models(self.objects)
        self._imports = Imports(self.names, self.extensions)

    # extensions

    @property
    def instances(self) -> tuple[Instance, ...]:
        """Every extension instance made outside tests."""
        return tuple(one for one in self.extensions.instances if not one.module.is_test)

    def instances_of(self, kind: str) -> list[Instance]:
        """Return the instances of one extension made outside tests; `kind` as in `things.SEVEN`."""
        return [one for one in self.instances if one.kind == kind]

    @property
    def apps(self) -> tuple[Site, ...]:
        """Every call outside tests that makes an app."""
        return tuple(one for one in self.extensions.apps if not one.module.is_test)

    def uses(self, package: str) -> bool:
        """Whether a file outside tests imports a package: ``flask_migrate``."""
        return package in self._packages

    @cached_property
    def _packages(self) -> frozenset[str]:
        return frozenset(
            one.module.partition(".")[0]
            for module in self.modules
            if not module.is_test
            for one in module.facts.imports
            if not one.level
        )

    # routes

    @property
    def routes(self) -> tuple[Route, ...]:
        """Every route outside tests."""
        return self._routes.all

    @property
    def route_table(self) -> Routes:
        """The routes with their hooks."""
        return self._routes

    # config and models

    def settings(self, key: str) -> list[Setting]:
        """Return what the project writes under a config key outside tests."""
        return self.config.of(key)

    @property
    def models(self) -> dict[str, Model]:
        """Every SQLAlchemy model by symbol."""
        return self._models.all

    # expressions

    def resolve(self, module: Module, scope: str, expr: Expr | str) -> str:
        """Return the symbol of a name, or an empty text for what is no name."""
        if isinstance(expr, str):
            return self.names.resolve(module, scope, expr)
        return self.names.resolve(module, scope, expr.name) if isinstance(expr, Ref) else ""

    def things(self, module: Module, scope: str, expr: Expr) -> frozenset[Thing]:
        """Return the things that an expression can mean."""
        return self.objects.of(module, scope, expr)

    def value(self, module: Module, scope: str, expr: Expr | None) -> Value:
        """Return what an expression evaluates to."""
        return self.values.of(module, scope, expr)

    def calls_to(self, *symbols: str, tests: bool = False) -> Iterator[tuple[Module, str, Call]]:
        """Yield the calls of functions given by symbol: ``flask_jwt_extended.create_access_token``.

        A symbol that ends in ``.*`` means any name below it.
        """
        wanted = set(symbols)
        for name in {one.rpartition(".")[2] for one in symbols}:
            for module, scope, call in self._called(name):
                if not isinstance(call.func, Ref) or (module.is_test and not tests):
                    continue
                if self.names.resolve(module, scope, call.func.name) in wanted:
                    yield module, scope, call

    def _called(self, name: str) -> Iterable[tuple[Module, str, Call]]:
        names = {name, *self.names.aliases.get(name, ())}
        return [one for each in sorted(names) for one in self.objects.calls_by_name.get(each, [])]

    def method_calls(self, kind: str, *methods: str, tests: bool = False) -> Iterator[tuple[Module, str, Call, Site]]:
        """Yield the calls of methods on extension instances: ``method_calls("mail", "send")``."""
        for method in methods:
            for module, scope, call in self.objects.calls_by_name.get(method, []):
                holder = before(call.func)
                if (module.is_test and not tests) or not isinstance(holder, Ref):
                    continue
                for thing in self.objects.of(module, scope, holder):
                    if isinstance(thing, Site) and thing.kind == kind:
                        yield module, scope, call, thing
                        break

    # imports

    @property
    def imports(self) -> dict[str, frozenset[str]]:
        """For each module path the paths of the modules that its module-level imports execute."""
        return self._imports.graph

    def closure(self, path: str) -> frozenset[str]:
        """Return the paths of all modules that importing one module executes, itself included."""
        return self._imports.closure(path)

    @property
    def served(self) -> frozenset[str]:
        """The paths of the modules that are executed when an app or a factory is imported and called."""
        return self._imports.served
