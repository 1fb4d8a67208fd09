"""Whether a cached function depends on who asks, and which guards a hit passes by."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from keck.facts.expr import Call, Ref, before, terminal, text_of, walk
from keck.finding import Place
from keck.project.decorators import Layer
from keck.project.module import Module
from keck.project.reads import Read, identity_parameters
from keck.project.things import Site
from keck.rules._wording import called, decorator

if TYPE_CHECKING:
    from keck.project import Project
    from keck.project.caching import Cached

_IN_TEMPLATE = re.compile(
    r"\b(csrf_token|hidden_tag|current_user|get_flashed_messages|session(?=[.\[])|g\.user|request\.cookies)\b"
)
_INCLUDED = re.compile(r"""\{%-?\s*(?:extends|include|from|import)\s+["']([^"']+)["']""")
_EXPRESSION = re.compile(r"\{[{%].*?[}%]\}", re.DOTALL)
_VERIFYING = {"verify_jwt_in_request", "verify_fresh_jwt_in_request"}


def excused(project: Project, one: Cached) -> bool:
    """Whether the key, or what decides whether to use the cache, depends on who asks, or cannot be known."""
    key = project.caches.key(one)
    return not key.known or key.covers("personal")


def personal(project: Project, one: Cached) -> list[Read]:
    """Return what a cached function depends on that belongs to who asks."""
    found = [read for read in project.reads.of(one.module, one.function.name) if read.kind == "personal"]
    found += _given(one)
    found += _rendered(project, one)
    return found


def _given(one: Cached) -> Iterator[Read]:
    """``def orders(current_user)`` below a guard that fills it in; arguments are in the key of memoize."""
    if one.memoized:
        return
    for route in one.routes:
        if any(layer.kind in {"jwt", "guard"} for layer in route.effective):
            used = {ref.name.partition(".")[0] for ref in one.module.refs(one.function.name)}
            for name in identity_parameters(one.function, route.rules):
                if name in used:
                    yield Read("personal", name, one.module, one.function)


def _rendered(project: Project, one: Cached) -> Iterator[Read]:
    """What the templates that it renders read, where they are among the project's texts, and forms with a CSRF token."""
    for where, scope, _ in project.reach.closure(one.module, one.function.name):
        for inner in where.inside(scope):
            calls = list(where.calls(inner))
            renders = [call for call in calls if terminal(call.func) == "render_template"]
            for call in renders:
                name = None if not call.args else text_of(call.args[0])
                found = None if name is None else _in_template(project, name, set())
                if found is not None:
                    yield Read("personal", f"{found} in {name}", where, call)
            for call in calls if renders else ():
                if _is_form(project, where, inner, call):
                    yield Read("personal", f"the CSRF token of {terminal(call.func)}", where, call)


def _in_template(project: Project, name: str, seen: set[str]) -> str | None:
    seen.add(name)
    for path, text in project.surroundings.texts.items():
        if path == f"templates/{name}" or path.endswith(f"/templates/{name}"):
            source = text.decode("utf-8", "replace")
            for part in _EXPRESSION.findall(source):
                read = _IN_TEMPLATE.search(part)
                if read is not None:
                    return read[1]
            for other in _INCLUDED.findall(source):
                found = None if other in seen else _in_template(project, other, seen)
                if found is not None:
                    return found
    return None


def _is_form(project: Project, module: Module, scope: str, call: Call) -> bool:
    if not isinstance(call.func, Ref) or call.keyword("meta") is not None or call.keyword("csrf_enabled") is not None:
        return False
    symbol = project.resolve(module, scope, call.func)
    lineage = project.objects.lineage(symbol)
    if not any(base in {"flask_wtf.FlaskForm", "flask_wtf.Form", "flask_wtf.form.FlaskForm"} for base in lineage[1:]):
        return False
    if project.settings("WTF_CSRF_ENABLED"):
        return False
    head, _, name = symbol.partition(":")
    where = project.names.by_name[head]
    return f"{name}.Meta" not in where.classes


# guards


def passed_guards(project: Project, one: Cached) -> list[tuple[str, Place]]:
    """Return the guards that a hit passes by: how messages name them, and where they stand."""
    found: list[tuple[str, Place]] = []
    for route in one.routes:
        layers = route.effective
        at = next(
            (number for number, each in enumerate(layers) if each is one.layer or each.place == one.layer.place), None
        )
        if at is None or project.route_table.guarded_by_hook(route) is not None:
            continue
        outer = {_terms(each) for each in layers[:at] if not each.optional}
        found += [
            (decorator(each), each.place)
            for each in layers[at + 1 :]
            if each.kind in {"jwt", "guard"} and not each.optional and _terms(each) not in outer
        ]
        if not any(each.kind in {"jwt", "guard"} and not each.optional for each in layers[:at]):
            found += _inside(project, one)
    return found


def _terms(layer: Layer) -> tuple[object, ...]:
    """Return what two guards have in common that ask for the same: the symbol, and the names and literals they are given."""
    parts = () if layer.call is None else tuple(walk(layer.call))[1:]
    return (layer.symbol, *(getattr(each, "value", None) or getattr(each, "name", "") for each in parts[1:]))


def _inside(project: Project, one: Cached) -> Iterator[tuple[str, Place]]:
    """The guards that the view itself calls: ``verify_jwt_in_request()``, ``with permission.require(403):``."""
    for call in one.module.calls(one.function.name):
        if terminal(call.func) in _VERIFYING and not _optional(call):
            yield called(terminal(call.func)), one.module.place(call)
        elif terminal(call.func) in {"require", "test"} and isinstance(call.func, Ref):
            holder = before(call.func)
            things = frozenset() if holder is None else project.things(one.module, one.function.name, holder)
            if any(isinstance(each, Site) and each.cls.startswith("flask_principal.") for each in things):
                yield called(call.func.name), one.module.place(call)


def _optional(call: Call) -> bool:
    given = call.keyword("optional")
    return given is not None and any(getattr(part, "value", None) is True for part in walk(given))
