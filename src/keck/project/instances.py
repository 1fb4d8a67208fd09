"""Extension instances, and the bindings that give each an app."""

from __future__ import annotations

from dataclasses import dataclass, field

from keck.facts.expr import Call, Expr
from keck.finding import Place
from keck.project.module import Module
from keck.project.things import TITLES, Site, Thing


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
