"""One CORS policy: what Flask-CORS answers for the URLs that one pattern covers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from keck.facts.expr import Call, text_of
from keck.finding import Place
from keck.project.extensions import Binding
from keck.project.module import Module
from keck.project.routes import Route
from keck.project.things import Site, Thing
from keck.project.values import Pattern, Value
from keck.rules._wording import called, code
from keck.rules.cors._origins import admits_any, surely, text

EVERYWHERE = "/*"


@dataclass(frozen=True)
class Option:
    """The value of one option.

    `source` is ``default``, ``config``, ``constructor``, ``init_app``, ``resource`` or ``decorator``; `place` is
    where it is given, None for a default.
    """

    value: Value
    source: str
    place: Place | None = None


@dataclass(frozen=True, eq=False)
class Policy:
    """What Flask-CORS answers for the URLs that one pattern covers.

    Attributes:
        kind: ``app``, ``blueprint`` or ``view``.
        call: the call that puts it in force; `module` and `scope` are where that stands.
        pattern: the resource's path pattern, None when it cannot be known; ``/*`` means every path.
        pattern_place: where the pattern stands, None for the default.
        options: by name; those that cannot be known are `Hidden`.
        target: the app or blueprint.
        routes: for a view, the routes that it wraps.
        binding: for an app or blueprint.
        strangers: names given that Flask-CORS does not know.
        mode: ``development`` where only such a run puts it in force, else an empty text.
    """

    kind: str
    call: Call
    module: Module
    scope: str
    pattern: str | Pattern | None
    pattern_place: Place | None
    options: Mapping[str, Option]
    target: frozenset[Thing] = frozenset()
    routes: tuple[Route, ...] = ()
    binding: Binding | None = None
    strangers: Mapping[str, Option] = field(default_factory=dict)
    mode: str = ""

    @property
    def place(self) -> Place:
        """Where it is put in force."""
        return self.module.place(self.call)

    @property
    def name(self) -> str:
        """What it covers; as a symbol, it does not change when lines move."""
        where = "" if self.pattern in {EVERYWHERE, None} else f" under {text(self.pattern)}"
        match self.kind:
            case "view":
                return f"{self.routes[0].name}()" if self.routes else "this view"
            case "blueprint":
                return f"blueprint {owner_name(self.target)}{where}"
            case _:
                return f"the app{where}" if where else "every URL of the app"

    @property
    def spelt(self) -> str:
        """The same with names in backquotes, as part of a sentence."""
        where = "" if self.pattern in {EVERYWHERE, None} else f" under {code(text(self.pattern))}"
        match self.kind:
            case "view":
                return called(self.routes[0].name) if self.routes else "this view"
            case "blueprint":
                return f"the blueprint {code(owner_name(self.target))}{where}"
            case _:
                return f"the app{where}" if where else "every URL of the app"

    @property
    def made(self) -> list[tuple[Place, str]]:
        """Where the instance is made, when that is elsewhere: for the related places of a finding."""
        if self.binding is None or self.binding.how == "constructor":
            return []
        return [(self.binding.instance.place, f"`{self.binding.instance.name}` is made here")]

    def elsewhere(self, option: Option, what: str) -> list[tuple[Place, str]]:
        """Return where an option is given, when that is not the line of the call, for the related places."""
        given = option.place
        return (
            [] if given is None or (given.path, given.line) == (self.place.path, self.place.line) else [(given, what)]
        )

    @property
    def origins(self) -> Option:
        """The origins that may read answers."""
        return self.options["origins"]

    @property
    def open(self) -> str:
        """Whether any origin may read answers: ``yes``, ``fallback`` (while a variable is not set) or an empty text."""
        return surely(self.origins.value, admits_any)

    @property
    def credentials(self) -> str:
        """Whether browsers may send cookies along: ``yes``, ``fallback`` or an empty text."""
        return surely(self.options["supports_credentials"].value, lambda one: bool(one.value))


def owner_name(target: frozenset[Thing]) -> str:
    """Return the name that a blueprint was given, or an empty text."""
    names = [
        text_of(one.call.argument(0, "name"))
        for one in target
        if isinstance(one, Site) and one.kind in {"blueprint", "namespace"}
    ]
    return next((one for one in names if one), "")
