"""Uses of names that libraries no longer offer: imports, and attributes of apps, blueprints and extensions."""

from __future__ import annotations

from collections.abc import Iterator

from keck.edit import Edit, Import, Insert, Remove, Replace
from keck.facts import record
from keck.facts.expr import Call, Const, Ref, ref_at, walk
from keck.known.apis import ATTRIBUTES, FLASK_EXT, NAMES, Gone
from keck.project import Project
from keck.project.module import Module
from keck.project.things import Site
from keck.rules._wording import code
from keck.rules.app._gone import Use, expressions, is_prepared

_LAST = frozenset(one.rpartition(".")[2] for one in NAMES)
_ATTRIBUTES = frozenset(name.rpartition(".")[2] for _, name in ATTRIBUTES)


def imported(project: Project, module: Module) -> Iterator[Use]:
    """Yield the imports of names that are gone."""
    for one in module.facts.imports:
        if one.typing or one.level or is_prepared(module, one.block):
            continue
        if one.module.startswith("flask.ext"):
            yield _flask_ext(module, one)
        elif one.name:
            symbol = project.names.bound_by(module, one)
            gone = NAMES.get(symbol) if project.names.imported(module, one) is None else None
            if gone is not None:
                what = f"{code(one.name)} of {code(one.module)}"
                yield Use(module, one.at, what, gone, symbol, tuple(_instead(project, module, one, gone)))


def _flask_ext(module: Module, one: record.Import) -> Use:
    package = one.module.removeprefix("flask.ext").lstrip(".")
    edits: tuple[Edit, ...] = ()
    if one.name and package and one.name != "*":
        new = f"from flask_{package} import {_aliased(one.name, one.alias)}"
        edits = (Remove(module.place(one.at)), Insert(module.place(one), new))
    return Use(module, one.at, code(f"{one.module}"), FLASK_EXT, one.module, edits)


def _aliased(name: str, alias: str) -> str:
    return name if name == alias else f"{name} as {alias}"


def _instead(project: Project, module: Module, one: record.Import, gone: Gone) -> Iterator[Edit]:
    """Yield the edits that import what is there instead, and use it."""
    source, _, name = gone.to.rpartition(".")
    if not source or one.scope:
        return
    if not gone.use:
        yield Remove(module.place(one.at))
        yield Insert(module.place(one), f"from {source} import {_aliased(name, one.alias)}")
        return
    if _is_offered(project, module, one.alias):
        return
    edits: list[Edit] = [Remove(module.place(one.at)), Import(module.place(one), f"from {source} import {name}")]
    for scope, _, expr in expressions(module):
        called = {id(part.func): part for part in walk(expr) if isinstance(part, Call)}
        for part in walk(expr):
            if not isinstance(part, Ref) or part.name.partition(".")[0] != one.alias:
                continue
            if project.names.resolve(module, scope, one.alias) != project.names.bound_by(module, one):
                continue
            changed = _replaced(module, part, called.get(id(part)), gone, name)
            if changed is None or part.name != one.alias:
                return
            edits.append(changed)
    yield from edits


def _replaced(module: Module, ref: Ref, call: Call | None, gone: Gone, name: str) -> Edit | None:
    """Return how one use of a name becomes another; None where it is not used as it is meant to be."""
    if name == "verify_jwt_in_request":
        plain = call is not None and not call.args and not call.keywords
        return Replace(module.place(call), gone.use) if call is not None and plain else None
    return Replace(module.place(ref), gone.use)


def _is_offered(project: Project, module: Module, name: str) -> bool:
    """Whether other modules may take a name from this one, or a text speaks of it."""
    for other in project.modules:
        for one in other.facts.imports:
            if one.name == name and other is not module and project.names.imported(other, one) is module:
                return True
    return any(
        isinstance(part, Const) and part.value == name for _, _, expr in expressions(module) for part in walk(expr)
    )


def attributes(project: Project, module: Module) -> Iterator[Use]:
    """Yield the uses of what is gone by its whole name, ``flask.Markup``, and of attributes that are gone."""
    told: set[tuple[int, int]] = set()
    for scope, block, expr in expressions(module):
        for part in walk(expr):
            if not isinstance(part, Ref) or "." not in part.name or (part.line, part.column) in told:
                continue
            last = part.name.rpartition(".")[2]
            use = None
            if last in _LAST:
                use = _by_name(project, module, scope, part)
            if last in _ATTRIBUTES and use is None:
                use = _of_thing(project, module, scope, part)
            if use is not None and not is_prepared(module, block):
                told.add((part.line, part.column))
                yield use


def _by_name(project: Project, module: Module, scope: str, ref: Ref) -> Use | None:
    symbol = project.names.resolve(module, scope, ref.name)
    gone = NAMES.get(symbol)
    if gone is None:
        return None
    edits: tuple[Edit, ...] = ()
    source, _, name = gone.to.rpartition(".")
    if source and not (gone.use.endswith(")") and name == "verify_jwt_in_request"):
        place = module.place(ref)
        edits = (Replace(place, gone.use or name), Import(place, f"from {source} import {name}"))
    return Use(module, ref, code(ref.name), gone, symbol, edits)


def _of_thing(project: Project, module: Module, scope: str, ref: Ref) -> Use | None:
    parts = ref.name.split(".")
    for length in (1, 2):
        name = ".".join(parts[-length:])
        kinds = [kind for kind, each in ATTRIBUTES if each == name]
        if not kinds or len(parts) <= length:
            continue
        holder = ".".join(parts[:-length])
        things = project.things(module, scope, ref_at(ref, holder))
        for thing in sorted((one for one in things if isinstance(one, Site)), key=lambda one: (one.path, one.line)):
            gone = ATTRIBUTES.get((thing.kind, name))
            if gone is not None and not _is_own(project, thing, name):
                edits = (Replace(module.place(ref), f"{holder}.{gone.use}"),) if gone.use else ()
                return Use(module, ref, code(ref.name), gone, f"{thing.kind}.{name}", edits)
    return None


def _is_own(project: Project, thing: Site, name: str) -> bool:
    """Whether a class of the project's own has the attribute still."""
    return ":" in thing.cls and project.objects.function(f"{thing.cls}.{name}") is not None
