"""A route: a function that answers requests, with its decorators in order."""

from __future__ import annotations

from dataclasses import dataclass

from keck.facts.expr import Call
from keck.facts.record import Function
from keck.finding import Place
from keck.project.decorators import Layer
from keck.project.module import Module
from keck.project.things import Thing

METHODS = {"get", "post", "put", "patch", "delete", "head", "options"}
"""The methods of HTTP that a class-based view may have, lower case."""


@dataclass(eq=False)
class Route:
    """A function that answers requests.

    Attributes:
        module, function: the view; for a class, the method that answers.
        rules: its URL rules as written, without the blueprint's prefix; empty when they are not visible.
        methods: the HTTP methods, upper case. `explicit` tells whether the source lists them.
        layers: all its decorators, outermost first, those of its class included.
        registered: index in `layers` of the innermost decorator that registers it, or -1 when it is
            registered elsewhere; what stands before that index does not protect the route.
        owner: what it is registered on: app, blueprint, namespace.
        cls: qualified name of its class, or empty.
    """

    module: Module
    function: Function
    rules: tuple[str, ...]
    methods: frozenset[str]
    explicit: bool
    layers: tuple[Layer, ...]
    registered: int
    owner: frozenset[Thing]
    cls: str = ""
    registration: Call | None = None

    @property
    def name(self) -> str:
        """The view's name for messages: ``login`` or ``Login.post``, without the factory in which it stands."""
        last = self.function.name.rpartition(".")[2]
        return f"{self.cls.rpartition('.')[2]}.{last}" if self.cls else last

    @property
    def symbol(self) -> str:
        """The view's symbol: ``app.views:login``."""
        return f"{self.module.name}:{self.function.name}"

    @property
    def place(self) -> Place:
        """The line of the ``def``."""
        return self.module.head(self.function)

    @property
    def effective(self) -> tuple[Layer, ...]:
        """The decorators that really wrap the registered view, outermost first."""
        return self.layers[self.registered + 1 :]

    @property
    def ineffective(self) -> tuple[Layer, ...]:
        """The decorators above the one that registers the view: what they return is not registered."""
        return tuple(one for one in self.layers[: max(self.registered, 0)] if one.kind != "route")

    @property
    def writes(self) -> bool:
        """Whether it answers methods that change state."""
        return bool(self.methods & {"POST", "PUT", "PATCH", "DELETE"})
