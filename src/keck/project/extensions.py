"""Extension instances, and where each is bound."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property

from keck.facts.expr import Attr, Call, Const, Expr, Ref, terminal
from keck.facts.record import Step
from keck.finding import Place
from keck.project.module import Module
from keck.project.objects import Objects
from keck.project.things import APPS, BLUEPRINTS, EXTENSIONS, KINDS, TITLES, Named, Site, Thing, Unknown, app_like

_LOADERS = {"import_string", "import_module", "__import__", "get", "load", "resolve", "provide", "locate"}


@dataclass(eq=False)
class Binding:
    """A place where an extension instance is given an app.

    `how` is ``constructor`` or ``init_app``. `target` are the things that the app argument can mean:
    an app, a blueprint, ``flask.current_app``, or unknown. `scope` is where the call stands.
    """

    instance: Instance
    how: str
    module: Module
    scope: str
    call: Call
    target: frozenset[Thing]

    @property
    def place(self) -> Place:
        """Where the call stands."""
        return self.module.place(self.call)

    @property
    def on_blueprint(self) -> bool:
        """Whether it binds to a blueprint and to no app."""
        return any(isinstance(one, Site) and one.kind in {"blueprint", "namespace"} for one in self.target)


@dataclass(eq=False)
class Instance:
    """One instance of an extension.

    Attributes:
        kind: one of `keck.project.things.SEVEN`, or ``mailman``.
        site: the call that makes it.
        symbol: what the project calls it (``app.extensions:db``), empty when the result is dropped.
        bindings: where it is given an app, constructor included.
        handed_on: whether its ``init_app`` is handed on without being called: ``partial(db.init_app, app)``.
    """

    kind: str
    site: Site
    symbol: str
    bindings: list[Binding] = field(default_factory=list)
    handed_on: bool = False

    @property
    def name(self) -> str:
        """Its name for messages: the user's own, or the class's when it has none."""
        return self.symbol.partition(":")[2].rpartition(".")[2] or TITLES[self.kind]

    @property
    def title(self) -> str:
        """The name of the extension's class."""
        return TITLES[self.kind]

    @property
    def module(self) -> Module:
        """The module that makes it."""
        return self.site.module

    @property
    def scope(self) -> str:
        """The scope that makes it; empty at module level."""
        return self.site.scope

    @property
    def call(self) -> Call:
        """The constructor call."""
        return self.site.call

    @property
    def place(self) -> Place:
        """Where it is made."""
        return self.site.place


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
        if argument is None or (isinstance(argument, Const) and argument.value is None):
            return
        target = self.objects.of(one.module, one.scope, argument)
        if one.kind == "limiter" and not one.call.keyword("app") and not _may_be_app(target):
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
            receiver = _receiver(call)
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
                called = {id(call.func) for call in module.calls(scope)}
                for ref in module.refs(scope):
                    if ref.name.endswith(".init_app") and id(ref) not in called:
                        holder = Ref(ref.line, ref.column, ref.end_line, ref.end_column, ref.name[: -len(".init_app")])
                        for thing in self.objects.of(module, scope, holder):
                            if isinstance(thing, Site) and thing in by_site:
                                by_site[thing].handed_on = True


def app_argument(kind: str, call: Call) -> Expr | None:
    """Return what stands in the place of the app in an extension's constructor.

    Flask-Limiter's first positional argument is the key function since 3.0 and was the app before:
    it is returned only when no key function is given by keyword.
    """
    given = call.keyword("app")
    if given is not None:
        return given
    if kind == "limiter":
        return call.argument(0, "app") if call.args else None
    return call.argument(0, "app")


def _receiver(call: Call) -> Expr | None:
    func = call.func
    if isinstance(func, Ref):
        head, dot, _ = func.name.rpartition(".")
        return Ref(func.line, func.column, func.end_line, func.end_column, head) if dot else None
    return func.value if isinstance(func, Attr) else None


def _order(site: Site) -> tuple[str, int, int]:
    return site.path, site.line, site.column


def _may_be_anything(thing: Thing) -> bool:
    """Whether a thing is unknown, or what some loader finds by a name."""
    loaded = isinstance(thing, Site) and thing.kind == "external" and thing.cls.rpartition(".")[2] in _LOADERS
    return isinstance(thing, Unknown) or loaded


def _may_be_app(target: frozenset[Thing]) -> bool:
    return app_like(target)
