"""The CORS policies of a project: what comes out of constructor, `init_app`, config, resources and decorators.

Flask-CORS merges its defaults, the app's `CORS_*` config, the constructor's keywords, those of `init_app` and
those of a resource, in this order; the last one wins. A blueprint has no config of its own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from weakref import WeakKeyDictionary

from keck.facts.expr import Call, text_of
from keck.finding import Place
from keck.project import Project
from keck.project.extensions import Binding
from keck.project.module import Module
from keck.project.routes import Route
from keck.project.things import Site, Thing
from keck.project.values import HIDDEN, Either, Env, Hidden, Known, Pattern, Value
from keck.rules._wording import called, code

OPTIONS = frozenset({
    "origins", "methods", "expose_headers", "allow_headers", "supports_credentials", "max_age", "send_wildcard",
    "vary_header", "automatic_options", "always_send", "allow_private_network", "resources", "intercept_exceptions",
})  # fmt: skip
"""What Flask-CORS 6.0.5 accepts; anything else is logged and dropped."""
HINTS = frozenset("*\\]?$^[]()")
"""Flask-CORS takes a text that holds one of these for a regular expression."""
EVERYWHERE = "/*"
STRANGERS = ("https://stranger.example", "http://stranger.example")
_DEFAULTS: Mapping[str, object] = {"origins": "*", "supports_credentials": False, "send_wildcard": False}


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


def policies(project: Project) -> tuple[Policy, ...]:
    """Return all policies outside tests; worked out once a project."""
    if project not in _CACHE:
        _CACHE[project] = (*_bound(project), *_decorated(project))
    return _CACHE[project]


_CACHE: WeakKeyDictionary[Project, tuple[Policy, ...]] = WeakKeyDictionary()


def _bound(project: Project) -> Iterator[Policy]:
    for instance in project.instances_of("cors"):
        for binding in instance.bindings:
            if binding.module.is_test:
                continue
            kind = "blueprint" if binding.on_blueprint else "app"
            options = _defaults() if kind == "blueprint" else _defaults() | _configured(project)
            options |= given(project, instance.module, instance.scope, instance.call, "constructor")
            if binding.how == "init_app":
                options |= given(project, binding.module, binding.scope, binding.call, "init_app")
            if ":" in instance.site.cls and project.objects.function(f"{instance.site.cls}.__init__"):
                options = {name: Option(HIDDEN, one.source, one.place) for name, one in options.items()}
            whole = Policy(
                kind, binding.call, binding.module, binding.scope, None, None, options, binding.target, (), binding
            )
            yield from _by_resource(whole)


def _by_resource(whole: Policy) -> Iterator[Policy]:
    """Yield a policy for each resource, in the order in which Flask-CORS tries them."""
    resources = whole.options.get("resources")
    if resources is None:
        yield _sorted_out(whole, EVERYWHERE, None, {})
        return
    value = resources.value
    found: list[tuple[str | Pattern | None, Place | None, Value | None]] = []
    match value:
        case Known(value=str() | Pattern() as lone):
            found = [(lone, value.place, None)]
        case Known(value=list(rows)):
            found = [
                (row.value if isinstance(row, Known) else None, row.place if isinstance(row, Known) else None, None)
                for row in rows
            ]
        case Known(value=dict(table)):
            found = [(key, value.place, inner) for key, inner in table.items()]
        case _:
            found = [(None, resources.place, HIDDEN)]
    for pattern, place, inner in found:
        known = pattern if isinstance(pattern, str | Pattern) else None
        if inner is None:
            own: dict[str, Option] = {}
        elif isinstance(inner, Known) and isinstance(inner.value, dict):
            own = {
                name or "**": Option(one, "resource", getattr(one, "place", None) or place)
                for name, one in inner.value.items()
            }
        else:
            own = {"**": Option(HIDDEN, "resource", place)}
        yield _sorted_out(whole, known, place, own)


def _sorted_out(whole: Policy, pattern: str | Pattern | None, place: Place | None, own: dict[str, Option]) -> Policy:
    options = {**whole.options, **own}
    options.pop("resources", None)
    if options.pop("**", None) is not None:
        options |= {name: Option(HIDDEN, "resource", place) for name in _DEFAULTS if options[name].source != "resource"}
    strangers = {name: one for name, one in options.items() if name not in OPTIONS}
    kept = {name: one for name, one in options.items() if name in OPTIONS}
    return replace(whole, pattern=pattern, pattern_place=place, options=kept, strangers=strangers)


def _decorated(project: Project) -> Iterator[Policy]:
    seen: dict[tuple[str, int, int], Policy] = {}
    for route in project.routes:
        for layer in route.effective:
            if layer.kind != "cross_origin" or layer.module.is_test or layer.call is None:
                continue
            key = (layer.module.path, layer.call.line, layer.call.column)
            if key not in seen:
                options = _defaults() | _configured(project)
                options |= given(project, layer.module, layer.scope, layer.call, "decorator")
                options.pop("resources", None)
                whole = Policy("view", layer.call, layer.module, layer.scope, None, None, options)
                seen[key] = _sorted_out(whole, EVERYWHERE, None, {})
            seen[key] = replace(seen[key], routes=(*seen[key].routes, route))
    yield from seen.values()


def _defaults() -> dict[str, Option]:
    nowhere = Place("")
    return {name: Option(Known(value, nowhere), "default") for name, value in _DEFAULTS.items()}


def _configured(project: Project) -> dict[str, Option]:
    """Return what the app's config says; what a file that cannot be seen may say is hidden."""
    found = {}
    for name in (*_DEFAULTS, "resources"):
        settings = project.config.effective(f"CORS_{name.upper()}")
        value = project.config.value(f"CORS_{name.upper()}")
        if value is not None and not (isinstance(value, Known) and value.value is None):
            found[name] = Option(value, "config", settings[0].place)
        elif project.config.files and name in _DEFAULTS:
            found[name] = Option(Hidden("file"), "config")
    return found


def given(project: Project, module: Module, scope: str, call: Call, source: str) -> dict[str, Option]:
    """Return the options that a call gives by keyword; ``**hidden`` hides all that it does not name."""
    found: dict[str, Option] = {}
    for word in call.keywords:
        value = project.value(module, scope, word.value)
        place = module.place(word.value)
        if word.name is not None:
            if word.name != "app":
                found[word.name] = Option(value, source, place)
        elif isinstance(value, Known) and isinstance(value.value, dict) and None not in value.value:
            found |= {str(name): Option(one, source, place) for name, one in value.value.items()}
        else:
            hidden = {name: Option(HIDDEN, source, place) for name in (*_DEFAULTS, "resources")}
            found = hidden | found
    return found


def surely(value: Value, test: Callable[[Known], bool]) -> str:
    """Return ``yes`` when every value that counts passes a test, ``fallback`` when only a variable's default does."""
    match value:
        case Known():
            return "yes" if test(value) else ""
        case Env(default=default) if default is not None:
            return "fallback" if surely(default, test) else ""
        case Either(values=values):
            found = {surely(one, test) for one in values}
            return "" if "" in found else "fallback" if "fallback" in found else "yes"
        case _:
            return ""


def entries(value: Value) -> Iterator[Known]:
    """Yield the single origins that a value of `origins` can hold, as far as they are known."""
    match value:
        case Known(value=list(rows)):
            for one in rows:
                yield from entries(one)
        case Known():
            yield value
        case Env(default=default) if default is not None:
            yield from entries(default)
        case Either(values=values):
            for one in values:
                yield from entries(one)


def admits_any(value: Known) -> bool:
    """Whether the origins let a stranger in, whoever it is."""
    return any(admits(one, stranger) for stranger in STRANGERS for one in entries(value))


def admits(entry: Known, origin: str) -> bool:
    """Whether Flask-CORS takes an origin for one that an entry names, as `flask_cors.core.try_match_pattern` does."""
    regex = compiled(entry.value, ignore_case=True)
    if regex is not None:
        return regex.match(origin) is not None
    return isinstance(entry.value, str) and entry.value.casefold() == origin.casefold()


def compiled(pattern: object, *, ignore_case: bool) -> re.Pattern[str] | None:
    """Return the regular expression that Flask-CORS makes of a pattern, None for a literal or an invalid one."""
    if isinstance(pattern, Pattern):
        source, flags = pattern.text, re.NOFLAG
    elif isinstance(pattern, str) and not HINTS.isdisjoint(pattern):
        source, flags = (".*" if pattern == "*" else pattern), re.IGNORECASE if ignore_case else re.NOFLAG
    else:
        return None
    try:
        return re.compile(source, flags)
    except (re.error, OverflowError, RecursionError):
        return None


def is_invalid(pattern: object) -> bool:
    """Whether Flask-CORS takes a text for a regular expression that it then cannot compile."""
    looks = isinstance(pattern, str) and not HINTS.isdisjoint(pattern)
    return looks and compiled(pattern, ignore_case=False) is None


def text(pattern: str | Pattern | None) -> str:
    """Return a pattern as it is written."""
    return pattern.text if isinstance(pattern, Pattern) else pattern or ""


def owner_name(target: frozenset[Thing]) -> str:
    """Return the name that a blueprint was given, or an empty text."""
    names = [
        text_of(one.call.argument(0, "name"))
        for one in target
        if isinstance(one, Site) and one.kind in {"blueprint", "namespace"}
    ]
    return next((one for one in names if one), "")
