"""An option of Flask-CORS is misspelt, and what it was meant to limit stays open.

What:
    A keyword that Flask-CORS does not know (`origin`, `allowed_origins`, `resource`, `headers`,
    `support_credentials`), in `CORS(...)`, `init_app(...)`, `@cross_origin(...)` or in the options of
    a resource; or a positional argument to `cross_origin`, which drops it.

Why:
    Flask-CORS logs a line and goes on with its defaults, which allow every origin. The code reads as
    if one origin were allowed.

Fix:
    Use its own names: `origins`, `resources`, `allow_headers`, `supports_credentials`, `methods`,
    `expose_headers`, `max_age`. This closes what was open until now, so check that your front ends are listed.
    `keck fix` renames what is known; what only resembles an option, and `support_credentials`, which lets origins
    do more than they could, where unsafe fixes are asked for.

When to ignore it:
    Never; remove the option where nothing depends on it.

Evidence:
    Flask-CORS 6.0.5 with `origin=`, `allowed_origins=`, `resource=`, `headers=` and
    `support_credentials=`: a request from `https://evil.example` is allowed each time, and so it is
    with `origin` inside `resources` and in `cross_origin`. corydolphin/flask-cors issues 197 and 38.
"""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from keck.edit import Edit, Fix, Keyword, Label, Replace
from keck.facts.expr import Call
from keck.finding import Finding, Level, Place
from keck.live.record import LiveApp, Spot
from keck.project import Project
from keck.project.module import Module
from keck.rule import Rule
from keck.rules._wording import code
from keck.rules.cors._live import policies as live_policies
from keck.rules.cors._policies import OPTIONS, given, policies
from keck.rules.cors._written import call_with, key_of

rule = Rule(
    __name__,
    requires=("flask_cors", "flask.ext"),
    level=Level.error,
    needles=("CORS", "cross_origin", "flask_cors"),
    good="Flask-CORS knows every option that it is given",
)

_MEANT = {
    "origin": "origins",
    "allowed_origins": "origins",
    "allow_origins": "origins",
    "allow_origin": "origins",
    "cors_origins": "origins",
    "headers": "allow_headers",
    "allowed_headers": "allow_headers",
    "exposed_headers": "expose_headers",
    "allow_methods": "methods",
    "allowed_methods": "methods",
    "credentials": "supports_credentials",
    "allow_credentials": "supports_credentials",
    "max_ages": "max_age",
}


@rule.in_code
def check(project: Project) -> Iterator[Finding]:
    """Yield one finding an option."""
    seen: set[tuple[Place, str]] = set()
    old = {"headers"}
    for module, scope, call, kind in _calls(project):
        for name, option in given(project, module, scope, call, kind).items():
            before = project.pins.before("flask-cors", "2.0", module.path)
            if name in OPTIONS or (name in old and before) or option.place is None:
                continue
            seen.add((option.place, name))
            yield _finding(option.place, name, _fix(project, call, option.place, name))
    for one in policies(project):
        for name, option in one.strangers.items():
            if option.source == "resource" and option.place is not None and (option.place, name) not in seen:
                seen.add((option.place, name))
                yield _finding(option.place, name, _fix(project, one.call, option.place, name))
        if one.kind == "view" and one.call.args and not one.call.open_ended:
            yield rule.finding(
                one.module.place(one.call.args[0]),
                "`cross_origin()` drops its positional argument, so every origin is allowed",
                "name it: `cross_origin(origins=...)`",
                symbol=one.name,
                fix=Fix(
                    "name it: `origins=`", (Label(one.module.place(one.call.args[0]), "origins"),), intends=("cors/*",)
                )
                if len(one.call.args) == 1 and one.call.keyword("origins") is None
                else None,
            )


def _fix(project: Project, call: Call, place: Place, name: str) -> Fix | None:
    """Return how an option is renamed; not by itself where what it means opens more than it did."""
    meant, module = _meant(name), project.names.modules[place.path]
    edit: Edit | None = None
    holder, key = call_with(module, place, name), key_of(module, place, name)
    if holder is not None and holder.keyword(meant) is None:
        edit = Keyword(module.place(holder), name, rename=meant)
    elif key is not None:
        edit = Replace(module.place(key), f'"{meant}"')
    if not meant or edit is None:
        return None
    known = name in _MEANT and meant not in _OPENING
    opened = any(each.open for each in policies(project) if each.call == call)
    changes = "" if known else "takes the option for the one that it resembles"
    if meant == "supports_credentials":
        changes = "lets " + ("any origin" if opened else "those origins") + " read answers that cookies were sent for"
    return Fix(f"write `{meant}`", (edit,), safe=not changes, changes=changes, intends=("cors/*", "extensions/cors/*"))


def _calls(project: Project) -> Iterator[tuple[Module, str, Call, str]]:
    """Yield every call that takes options of Flask-CORS."""
    for instance in project.instances_of("cors"):
        if ":" not in instance.site.cls:
            yield instance.module, instance.scope, instance.call, "constructor"
            for binding in instance.bindings:
                if binding.how == "init_app" and not binding.module.is_test:
                    yield binding.module, binding.scope, binding.call, "init_app"
    for one in policies(project):
        if one.kind == "view":
            yield one.module, one.scope, one.call, "decorator"


def _finding(place: Place, name: str, fix: Fix | None) -> Finding:
    meant = _meant(name)
    effect = ", so every origin is allowed" if meant in _CLOSING else " and drops it"
    return rule.finding(
        place, f"Flask-CORS does not know the option `{name}`{effect}", _advice(meant), symbol=name, fix=fix
    )


def _meant(name: str) -> str:
    """Return the option that a misspelt one was to be, or an empty text."""
    return _MEANT.get(name) or next(iter(get_close_matches(name, sorted(OPTIONS), 1, 0.7)), "")


def _advice(meant: str) -> str:
    return f"write `{meant}`" if meant else f"use one of {', '.join(map(code, sorted(OPTIONS)))}"


_CLOSING = frozenset({"origins", "resources"})
"""Options that limit who may read what."""

_OPENING = frozenset({"supports_credentials", "expose_headers", "allow_private_network", "always_send"})
"""Options that let origins do more than they could."""


@rule.in_app
def examine(app: LiveApp) -> Iterator[Finding]:
    """Yield the options of calls and decorators that Flask-CORS has dropped."""
    every = live_policies(app)
    for one in app.of("cors", "this", "both", "unknown"):
        opened = any(each.open for each in every if each.instance is one)
        for name in one.facts.get("unknown", ()):
            yield _dropped(one.spot, name, [f"cors {at}" for at in one.facts.get("at", ())], opened=opened)
    told: set[tuple[str, str]] = set()
    for route in app.routes:
        for layer in route.layers:
            named = layer.details.get("options", ()) if layer.kind == "cross_origin" else ()
            for name in named:
                if name not in OPTIONS and (route.name, name) not in told:
                    told.add((route.name, name))
                    yield _dropped(route.spot, name, [f"cors {route.name}"], opened=route.cors.open)


def _dropped(spot: Spot, name: str, tags: list[str], *, opened: bool) -> Finding:
    meant = _meant(name)
    closes = opened and meant in _CLOSING
    return rule.live(
        spot,
        f"Flask-CORS does not know the option `{name}`{', so every origin is allowed' if closes else ' and drops it'}",
        _advice(meant),
        symbol=name,
        tags=tags if closes else (),
    )
