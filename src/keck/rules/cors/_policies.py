"""The CORS policies of a project: what comes out of constructor, `init_app`, config, resources and decorators.

Flask-CORS merges its defaults, the app's `CORS_*` config, the constructor's keywords, those of `init_app` and
those of a resource, in this order; the last one wins. A blueprint has no config of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from weakref import WeakKeyDictionary

from keck.facts.expr import Call
from keck.finding import Place
from keck.project import Project
from keck.project.modes import mode_of
from keck.project.module import Module
from keck.project.timeline import blocks_of
from keck.project.values import HIDDEN, Hidden, Known, Pattern, Value
from keck.rules.cors._policy import EVERYWHERE, Option, Policy

OPTIONS = frozenset({
    "origins", "methods", "expose_headers", "allow_headers", "supports_credentials", "max_age", "send_wildcard",
    "vary_header", "automatic_options", "always_send", "allow_private_network", "resources", "intercept_exceptions",
})  # fmt: skip
"""What Flask-CORS 6.0.5 accepts; anything else is logged and dropped."""
_DEFAULTS: Mapping[str, object] = {"origins": "*", "supports_credentials": False, "send_wildcard": False}


def policies(project: Project) -> tuple[Policy, ...]:
    """Return all policies outside tests; worked out once a project."""
    if project not in _CACHE:
        _CACHE[project] = (*_bound(project), *_decorated(project))
    return _CACHE[project]


_CACHE: WeakKeyDictionary[Project, tuple[Policy, ...]] = WeakKeyDictionary()


def _bound(project: Project) -> Iterator[Policy]:
    for instance in project.instances_of("cors"):
        for binding in instance.bindings:
            modes = {mode_of(block) for block in blocks_of(binding.module, binding.call)}
            if binding.module.is_test or "test" in modes:
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
            yield from _by_resource(replace(whole, mode="development" if "development" in modes else ""))


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
