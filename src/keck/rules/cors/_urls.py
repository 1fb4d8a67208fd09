"""Which URLs a project answers, as far as its source tells."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from keck.facts.expr import Expr, before
from keck.finding import Place
from keck.project import Project
from keck.project.module import Module
from keck.project.routes import Route
from keck.project.things import Site, Thing
from keck.project.values import Known
from keck.rules.cors._origins import compiled, is_invalid
from keck.rules.cors._policy import Policy

_CONVERTER = re.compile(r"<(?:(?P<kind>\w+)(?:\([^)]*\))?:)?\w+>")
_SAMPLES = {"int": "1", "float": "1.0", "uuid": "6ba7b810-9dad-11d1-80b4-00c04fd430c8", "path": "a/b"}
_DEPTH = 5


@dataclass(frozen=True, eq=False)
class Url:
    """One URL: `path` with a sample for each variable part, `rule` as Flask would show it."""

    route: Route
    rule: str
    path: str

    @property
    def place(self) -> Place:
        """The view that answers it."""
        return self.route.place


def urls(project: Project, routes: tuple[Route, ...] | None = None) -> Iterator[Url]:
    """Yield the URLs whose whole path is known."""
    for route in project.routes if routes is None else routes:
        for rule in route.rules:
            for prefix in _prefixes(project, route):
                whole = f"{prefix.rstrip('/')}/{rule.lstrip('/')}" if prefix else rule
                yield Url(route, whole, sample(whole))


def sample(rule: str) -> str:
    """Return a path that a URL rule matches."""
    return _CONVERTER.sub(lambda found: _SAMPLES.get(found["kind"] or "", "x"), rule)


def covers(pattern: object, path: str) -> bool:
    """Whether a resource pattern matches a path, as Flask-CORS sees it."""
    regex = compiled(pattern, ignore_case=False)
    if regex is not None:
        return regex.match(path) is not None
    return not is_invalid(pattern) and pattern == path


def behind(project: Project, policy: Policy) -> tuple[Route, ...]:
    """Return the routes that an app's or a blueprint's policy covers; one whose URL is not known counts as covered."""
    routes = project.routes
    if policy.kind == "blueprint":
        routes = tuple(one for one in routes if one.owner & policy.target)
    known: dict[Route, list[str]] = {}
    for url in urls(project, routes):
        known.setdefault(url.route, []).append(url.path)
    return tuple(one for one in routes if one not in known or any(covers(policy.pattern, path) for path in known[one]))


def hosts(project: Project, target: frozenset[Thing]) -> frozenset[Thing]:
    """Return the calls that make the apps on which blueprints are certainly registered."""
    found: set[Thing] = set()
    for module, scope, call in project.objects.calls_by_name.get("register_blueprint", []):
        first = call.argument(0, "blueprint")
        holder = before(call.func)
        if module.is_test or first is None or holder is None or not target & project.things(module, scope, first):
            continue
        found |= {one for one in project.things(module, scope, holder) if isinstance(one, Site) and one.kind == "app"}
    return frozenset(found)


def _prefixes(project: Project, route: Route) -> Iterator[str]:
    for thing in route.owner:
        if isinstance(thing, Site) and thing.kind == "app":
            yield ""
        elif isinstance(thing, Site) and thing.kind == "blueprint":
            yield from _of_blueprint(project, thing)


def _of_blueprint(project: Project, site: Site, depth: int = 0) -> Iterator[str]:
    own = _prefix(project, site.module, site.scope, site.call.keyword("url_prefix"))
    registered = False
    for module, scope, call in project.objects.calls_by_name.get("register_blueprint", []):
        first = call.argument(0, "blueprint")
        if module.is_test or first is None or site not in project.things(module, scope, first):
            continue
        registered = True
        word = call.keyword("url_prefix")
        here = own if word is None else _prefix(project, module, scope, word)
        if here is None or call.open_ended:
            continue
        holder = before(call.func)
        above = [] if holder is None else list(project.things(module, scope, holder))
        parents = [one for one in above if isinstance(one, Site) and one.kind == "blueprint"]
        for parent in parents if depth < _DEPTH else ():
            for prefix in _of_blueprint(project, parent, depth + 1):
                yield prefix.rstrip("/") + here
        if not parents:
            yield here
    if not registered and own is not None:
        yield own


def _prefix(project: Project, module: Module, scope: str, expr: Expr | None) -> str | None:
    if expr is None:
        return ""
    value = project.value(module, scope, expr)
    return (value.value or "") if isinstance(value, Known) and isinstance(value.value, str | None) else None
