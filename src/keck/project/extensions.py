"""The extensions of a project: which instances are made, and where each is bound."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from functools import cached_property

from keck.facts.expr import Call, Const, Expr, Ref, before, is_none, ref_at, terminal
from keck.facts.record import Step
from keck.project.instances import Binding, Instance, app_argument
from keck.project.module import Module
from keck.project.objects import Objects
from keck.project.things import APPS, BLUEPRINTS, EXTENSIONS, KINDS, Named, Site, Thing, Unknown, app_like

__all__ = ["Binding", "Extensions", "Instance", "app_argument"]

_LOADERS = {"import_string", "import_module", "__import__", "get", "load", "resolve", "provide", "locate"}


class Extensions:
    """The extension instances, apps and blueprints of a project."""

    def __init__(self, objects: Objects) -> None:
        self.objects = objects
        self.names = objects.names
        self.blind: list[tuple[Module, str, Call]] = []
        """``x.init_app(...)`` where what x is cannot be known."""

    @cached_property
    def class_names(self) -> frozenset[str]:
        """Every name under which the project may call a class of `KINDS`, aliases and subclasses included."""
        names = {symbol.rpartition(".")[2] for symbol in KINDS}
        modules = self.names.modules.values()
        before = 0
        while before != len(names):
            before = len(names)
            for module in modules:
                names |= {one.alias for one in module.facts.imports if one.name in names and one.alias}
                names |= {
                    one.name.rpartition(".")[2]
                    for one in module.facts.classes
                    if any(terminal(base) in names for base in one.bases)
                }
                names |= {
                    target.name
                    for step in module.facts.steps
                    if step.kind == "assign" and isinstance(step.value, Ref) and terminal(step.value) in names
                    for target in step.targets
                    if isinstance(target, Ref)
                }
        return frozenset(names)

    @cached_property
    def sites(self) -> tuple[Site, ...]:
        """Every call that makes an extension, an app, a blueprint or a namespace."""
        found = []
        for name in sorted(self.class_names):
            for module, scope, call in self.objects.calls_by_name.get(name, []):
                if not isinstance(call.func, Ref):
                    continue
                symbol = self.names.resolve(module, scope, call.func.name)
                kind = self.objects.kind(symbol)
                if kind:
                    found.append(Site(kind, symbol, module.path, call.line, call.column, module, scope, call))
        return tuple(sorted(found, key=lambda one: (one.path, one.line, one.column)))

    @cached_property
    def apps(self) -> tuple[Site, ...]:
        """Every call that makes an app."""
        return tuple(one for one in self.sites if one.kind in APPS.values())

    @cached_property
    def blueprints(self) -> tuple[Site, ...]:
        """Every call that makes a blueprint or a namespace."""
        return tuple(one for one in self.sites if one.kind in BLUEPRINTS.values())

    @cached_property
    def instances(self) -> tuple[Instance, ...]:
        """Every extension instance with its bindings, tests' own included."""
        made = [Instance(one.kind, one, self.symbol(one)) for one in self.sites if one.kind in EXTENSIONS.values()]
        by_site: dict[Site, Instance] = {one.site: one for one in made}
        for one in made:
            self._bound_by_constructor(one)
        self._bound_later(by_site)
        self._handed_on(by_site)
        return tuple(made)

    @cached_property
    def _assigned(self) -> dict[tuple[str, int, int], tuple[Step, str]]:
        found: dict[tuple[str, int, int], tuple[Step, str]] = {}
        for module in self.names.modules.values():
            for step in module.facts.steps:
                if step.kind == "assign" and step.value is not None:
                    for target in step.targets:
                        if isinstance(target, Ref):
                            found[module.path, step.value.line, step.value.column] = (step, target.name)
        return found

    def symbol(self, site: Site) -> str:
        """Return the symbol of the variable or attribute that a call's result is assigned to, or an empty text."""
        step, name = self._assigned.get((site.path, site.line, site.column), (None, ""))
        if step is None:
            return ""
        module = site.module
        if "." in name:
            return self.names.resolve(module, step.scope, name)
        if (step, name) in module.global_writes:
            return f"{module.name}:{name}"
        return f"{module.name}:{step.scope}.{name}" if step.scope else f"{module.name}:{name}"

    def _bound_by_constructor(self, one: Instance) -> None:
        argument = app_argument(one.kind, one.call)
        if argument is None or is_none(argument):
            return
        target = self.objects.of(one.module, one.scope, argument)
        if one.kind == "limiter" and not one.call.keyword("app") and not app_like(target):
            return
        at_import = not one.scope
        if at_import and any(isinstance(thing, Named) and thing.symbol == "flask.current_app" for thing in target):
            return
        one.bindings.append(Binding(one, "constructor", one.module, one.scope, one.call, target))

    def _bound_later(self, by_site: dict[Site, Instance]) -> None:
        kinds: dict[str, list[Instance]] = defaultdict(list)
        for one in by_site.values():
            kinds[one.kind].append(one)
        for module, scope, call in self.objects.calls_by_name.get("init_app", []):
            receiver = before(call.func)
            if receiver is None:
                continue
            things = self.objects.of(module, scope, receiver)
            argument = call.argument(0, "app")
            target = self.objects.of(module, scope, argument) if argument is not None else frozenset({Unknown()})
            own = self._own(module, scope, receiver)
            for thing in sorted((one for one in things if isinstance(one, Site)), key=_order):
                if thing in by_site:
                    by_site[thing].bindings.append(Binding(by_site[thing], "init_app", module, scope, call, target))
            passing = scope.rpartition(".")[2] in {"init_app", "__init__"}  # its callers are seen
            for instance in by_site.values():
                if own and not passing and own in self.objects.lineage(instance.site.cls):
                    instance.bindings.append(Binding(instance, "init_app", module, scope, call, target))
            if (
                not own
                and (not things or any(map(_may_be_anything, things)))
                and not self._told(module, scope, receiver)
            ):
                self.blind.append((module, scope, call))

        self.blind += self._loaded_by_settings()

    def _loaded_by_settings(self) -> Iterator[tuple[Module, str, Call]]:
        """Yield the calls by which Dynaconf binds what a settings file names."""
        modules = self.names.modules.values()
        if not any(one.module.partition(".")[0] == "dynaconf" for module in modules for one in module.facts.imports):
            return
        for module in modules:
            for scope in module.scopes:
                for call in module.calls(scope):
                    if terminal(call.func) == "load_extensions" or call.keyword("extensions_list") is not None:
                        yield module, scope, call

    def _told(self, module: Module, scope: str, receiver: Expr) -> bool:
        """Whether all that is assigned to a variable can be seen: ``scheduler = None``, later ``APScheduler()``."""
        if not isinstance(receiver, Ref):
            return False
        values = list(self.objects.written(self.names.resolve(module, scope, receiver.name)))
        return bool(values) and all(
            isinstance(where[2], Const) or not any(map(_may_be_anything, self.objects.of(*where))) for where in values
        )

    def _own(self, module: Module, scope: str, receiver: Expr) -> str:
        """Return the class of which a method binds every instance: ``self.init_app(app)`` outside ``init_app``."""
        function = module.functions.get(scope)
        if function is None or not function.owner or not function.params:
            return ""
        parent = isinstance(receiver, Call) and terminal(receiver.func) == "super"
        own = isinstance(receiver, Ref) and receiver.name == function.params[0].name
        return f"{module.name}:{function.owner}" if parent or own else ""

    def _handed_on(self, by_site: dict[Site, Instance]) -> None:
        for module in self.names.modules.values():
            for scope in module.scopes:
                refs = [ref for ref in module.refs(scope) if ref.name.endswith(".init_app")]
                called = {id(call.func) for call in module.calls(scope)} if refs else set()
                for ref in refs:
                    if id(ref) not in called:
                        holder = ref_at(ref, ref.name.removesuffix(".init_app"))
                        for thing in self.objects.of(module, scope, holder):
                            if isinstance(thing, Site) and thing in by_site:
                                by_site[thing].handed_on = True


def _order(site: Site) -> tuple[str, int, int]:
    return site.path, site.line, site.column


def _may_be_anything(thing: Thing) -> bool:
    """Whether a thing is unknown, or what some loader finds by a name."""
    loaded = isinstance(thing, Site) and thing.kind == "external" and thing.cls.rpartition(".")[2] in _LOADERS
    return isinstance(thing, Unknown) or loaded
