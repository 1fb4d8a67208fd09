"""Routes: for every rule and method what applies to a request, in the order in which it runs."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from keck.live import caches, cors, guards, hooks, limits
from keck.live.chain import Chain, Link, chain, methods
from keck.live.check import Check
from keck.live.conditions import Situation
from keck.live.limits import Held, Resolved
from keck.live.paths import sample
from keck.live.policies import Policy
from keck.live.record import NOWHERE, CacheUse, Cors, Guard, Instance, Layer, Limit, Route, Spot, Step
from keck.live.references import References, dotted
from keck.live.refusals import Reader
from keck.live.spots import definition, is_library, plain, renew, spot
from keck.live.wrappers import Table, qualified, table

_UNNAMED = "Flask-Limiter fails with every request for it: the view has no `__qualname__`"
_VERBS = frozenset({"route", "get", "post", "put", "patch", "delete", "head", "options"})


def routes(app: Any, instances: Sequence[Instance] = ()) -> tuple[Route, ...]:  # noqa: ANN401 - a Flask app
    """Return every rule of an app with each of its methods; HEAD is left to GET.

    Args:
        app: a Flask app.
        instances: of extensions, which name the limiters.
    """
    renew()
    survey = _Survey(app, tuple(instances))
    return tuple(survey.rows())


@dataclass
class _Row:
    """What is put together for one route."""

    links: tuple[Link, ...]
    order: list[Step] = field(default_factory=list)
    guards: list[Guard] = field(default_factory=list)
    limits: list[Limit] = field(default_factory=list)
    cache: list[CacheUse] = field(default_factory=list)
    exempt: dict[str, None] = field(default_factory=dict)

    def step(self, kind: str, said: str, name: str = "", at: str = "app") -> int:
        """Add a step; return its position."""
        self.order.append(Step(kind, said, name, at))
        return len(self.order) - 1

    def guard(self, checks: Iterable[Check], name: str, at: str, place: Spot) -> bool:
        """Add what a layer or a hook demands; return whether it demands anything."""
        found = False
        for check in checks:
            position = self.step("guard", guards.text(check, name), name, at)
            self.guards.append(Guard(check.kind, check.how, name, at, position, place, check.details))
            found = True
        return found

    def limit(self, one: Resolved, limiter: str, at: str) -> None:
        """Add a limit."""
        position = self.step("limit", f"{one.text} by {one.key.rpartition('.')[2]}", one.key, at)
        self.limits.append(
            Limit(one.text, one.scope, one.key, limiter, position, one.exempt_when, one.methods, one.per_method)
        )


class _Survey:
    """Reads the routes of one app; what several of them share is looked at once."""

    def __init__(self, app: Any, instances: tuple[Instance, ...]) -> None:  # noqa: ANN401 - a Flask app
        self.app = app
        self.table: Table = table()
        self.references = References()
        self.reader = Reader(self.references, self.table)
        self.limiters = limits.limiters(app, instances)
        self.policies: dict[str | None, tuple[Policy, ...]] = {}
        self.cors: dict[tuple[object, ...], Cors] = {}
        self.chains: dict[int, Chain] = {}
        self.methods: dict[tuple[object, str], Chain] = {}
        self.layers: dict[int, Layer] = {}
        self.places: dict[int, Spot] = {}
        self.kept: list[object] = []

    def rows(self) -> Iterable[Route]:
        """Yield every route."""
        rules = [rule for rule in self.app.url_map.iter_rules() if not getattr(rule, "build_only", False)]
        self._hint(rules)
        for rule in rules:
            for method in self._methods(rule):
                yield self._row(rule, method)

    def _methods(self, rule: Any) -> list[str]:  # noqa: ANN401 - of Werkzeug
        every = set(rule.methods or ()) - {"HEAD"}
        if getattr(rule, "provide_automatic_options", True) or self._by_cross_origin(rule):
            every.discard("OPTIONS")
        return sorted(every)

    def _by_cross_origin(self, rule: Any) -> bool:  # noqa: ANN401 - of Werkzeug
        """Return whether `cross_origin` has taken OPTIONS from Flask to answer it alike."""
        view = self.app.view_functions.get(rule.endpoint)
        if view is None:
            return False
        links = self._chain(view).links
        return any(
            one.kind == "cross_origin" and one.cells.get("_options", {}).get("automatic_options", True) for one in links
        )

    def _hint(self, rules: Iterable[Any]) -> None:
        """Tell the limiters' copies of limits inside of views, as each does once these have run."""
        for rule in rules if self.limiters else ():
            view = self.app.view_functions.get(rule.endpoint)
            if view is None:
                continue
            for method in self._methods(rule):
                links = self._links(view, method).links
                for one in self.limiters:
                    one.learn(rule.endpoint, view, links)

    def _chain(self, view: object) -> Chain:
        found = self.chains.get(id(view))
        if found is None:
            self.kept.append(view)
            found = self.chains[id(view)] = chain(view, self.table)
        return found

    def _links(self, view: object, method: str) -> Chain:
        """Return the whole chain of a view for one method, into a class too."""
        outer = self._chain(view)
        if outer.innermost.kind != "view":
            return outer
        key = (id(view), method)
        if key not in self.methods:
            inner = methods(outer.innermost, method, self.table)
            self.methods[key] = Chain((*outer.links, *inner.links), outer.unseen or inner.unseen)
        return self.methods[key]

    def _row(self, rule: Any, method: str) -> Route:  # noqa: ANN401 - of Werkzeug
        every = tuple(sorted(rule.methods or ()))
        automatic = bool(getattr(rule, "provide_automatic_options", True))
        view = self.app.view_functions.get(rule.endpoint)
        if view is None:
            why = "no function is registered for its endpoint"
            return Route(rule.rule, rule.endpoint, method, every, automatic_options=automatic, unseen=why)
        try:
            return self._read(rule, method, view, every, automatic=automatic)
        except Exception as error:  # noqa: BLE001 - one odd view leaves the other routes readable
            why = f"reading it failed: {type(error).__name__}: {error}"
            return Route(
                rule.rule,
                rule.endpoint,
                method,
                every,
                exposure="conditional",
                automatic_options=automatic,
                unseen=why,
            )

    def _read(self, rule: Any, method: str, view: object, every: tuple[str, ...], *, automatic: bool) -> Route:  # noqa: ANN401 - of Werkzeug
        found = self._links(view, method)
        links = found.links
        inner = links[-1]
        row = _Row(links)
        situation = Situation(self.app, rule.endpoint, method, rule.rule)
        held = {id(one.value): limits.hold(one, self.app, rule.endpoint, method, links) for one in self.limiters}
        path = sample(rule)
        asked = cors.asked(self.app, rule.endpoint, path or rule.rule, links, self.policies)
        self._hooks(row, situation, held)
        self._layers(row, situation, held)
        for one in asked:
            if one.at != "view":
                row.step("cors", f"{one.source} for {one.resource}", "", one.at)
        function = inner.function if inner.kind == "body" else None
        return Route(
            rule=rule.rule,
            endpoint=rule.endpoint,
            method=method,
            methods=every,
            path=path,
            name=qualified(inner.value),
            spot=self._place(inner.value),
            layers=tuple(self._layer(one) for one in links),
            order=tuple(row.order),
            guards=tuple(row.guards),
            limits=tuple(row.limits),
            exempt=tuple(row.exempt),
            cache=tuple(row.cache),
            cors=self._cors(asked, method, handled="OPTIONS" in every),
            exposure=_exposure(row.guards, method, found.unseen),
            reads=self.references.reads(inner.value) if function is not None else (),
            dead=_dead(inner, rule.rule),
            unseen=found.unseen or (_UNNAMED if any(one.unnamed for one in held.values()) else ""),
            automatic_options=automatic,
            static=_is_static(rule.endpoint, inner),
        )

    def _place(self, function: object) -> Spot:
        if id(function) not in self.places:
            self.kept.append(function)
            self.places[id(function)] = spot(function)
        return self.places[id(function)]

    def _cors(self, asked: tuple[cors.Asked, ...], method: str, *, handled: bool) -> Cors:
        key = (method, handled, *((one.source, id(one.options), one.resource) for one in asked))
        if key not in self.cors:
            self.kept.append(asked)
            self.cors[key] = cors.read(asked, method, handled=handled)
        return self.cors[key]

    def _hooks(self, row: _Row, situation: Situation, held: dict[int, Held]) -> None:
        for at, function in hooks.before(self.app, situation.endpoint):
            limiter = limits.of_hook(function)
            if limiter is not None and id(limiter) in held:
                name = next(one.name for one in self.limiters if one.value is limiter)
                for one in held[id(limiter)].before:
                    row.limit(one, name, at)
                row.exempt.update(dict.fromkeys(held[id(limiter)].exempt))
                continue
            name = qualified(function)
            found = guards.of_hook(self._chain(function), self.reader, situation)
            if not row.guard(found, name, at, self._place(function)):
                row.step("hook", name.rpartition(".")[2], name, at)

    def _layers(self, row: _Row, situation: Situation, held: dict[int, Held]) -> None:
        for index, link in enumerate(row.links):
            if link.kind == "limit":
                self._limit(row, index, link, held)
            elif link.kind in {"cached", "memoize"}:
                use = caches.use(link, self.app, len(row.order), self.references)
                kept = "as long as the cache says" if use.timeout is None else f"for {use.timeout:g} s"
                row.step("cache", f"{use.kind} {kept} by {use.key}", link.name, "view")
                row.cache.append(use)
            elif link.kind == "cross_origin":
                row.step("cors", "@cross_origin", link.name, "view")
            elif link.kind == "body":
                row.guard(guards.of_body(link, self.reader, situation), link.name, "view", self._layer(link).spot)
                row.step("body", link.name, link.name, "view")
            elif link.kind != "view":
                place = self._layer(link).spot
                if not row.guard(guards.checks(link, self.reader, situation), link.name, "view", place):
                    row.step("own", link.name, link.name, "view")

    def _limit(self, row: _Row, index: int, link: Link, held: dict[int, Held]) -> None:
        limiter = limits.of_link(link)
        known = next((one for one in self.limiters if one.value is limiter), None)
        if known is None:
            row.step("limit", f"{'; '.join(limits.texts_of(link))} (its limiter does not serve this app)", "", "view")
            return
        for one in held[id(limiter)].at.get(index, ()):
            row.limit(one, known.name, "view")

    def _layer(self, link: Link) -> Layer:
        found = self.layers.get(id(link))
        if found is None:
            self.kept.append(link)
            library = link.function is None or is_library(link.function.__code__.co_filename)
            place = NOWHERE if library and link.kind != "body" else self._place(link.value)
            reads = () if library else self.references.reads(link.value)
            found = self.layers[id(link)] = Layer(link.kind, link.name, place, self._details(link), reads)
        return found

    def _details(self, link: Link) -> dict[str, Any]:
        if link.kind == "limit":
            return {"limits": list(limits.texts_of(link))}
        if link.kind == "cross_origin":
            options = link.cells.get("_options", {})
            return {"options": sorted(options), "automatic_options": bool(options.get("automatic_options", True))}
        if link.kind in {"jwt", "login", "httpauth", "security", "principal"}:
            situation = Situation(self.app, "", "GET", "/")
            return next((dict(one.details) for one in guards.checks(link, self.reader, situation)), {})
        return {}


def _exposure(found: Iterable[Guard], method: str, unseen: str) -> str:
    exposure = guards.exposure(found, method)
    return "conditional" if unseen and exposure == "open" else exposure


def _is_static(endpoint: str, inner: Link) -> bool:
    if endpoint.rpartition(".")[2] != "static" or inner.function is None:
        return False
    return str(inner.function.__globals__.get("__name__", "")).partition(".")[0] in {"flask", "apiflask"}


def _dead(inner: Link, rule: str) -> tuple[str, ...]:
    """Return the decorators above the one that registered a function: they wrap what nobody calls."""
    function = plain(inner.value)
    node = None if function is None or is_library(function.__code__.co_filename) else definition(function.__code__)
    if node is None:
        return ()
    registering = [(index, one) for index, one in enumerate(node.decorator_list) if _registers(one)]
    these = [index for index, one in registering if _literal(one) and rule.endswith(_literal(one))]
    every = these or [index for index, _ in registering]
    if not every:
        return ()
    above = [one for one in node.decorator_list[: max(every)] if not _registers(one) and not _marks(one)]
    return tuple(ast.unparse(one) for one in above)


def _registers(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _VERBS


def _literal(node: ast.expr) -> str:
    first = node.args[0] if isinstance(node, ast.Call) and node.args else None
    return first.value if isinstance(first, ast.Constant) and isinstance(first.value, str) else ""


def _marks(node: ast.expr) -> bool:
    """Return whether a decorator registers what it is given under its name, which works wherever it stands."""
    function = node.func if isinstance(node, ast.Call) else node
    name = dotted(function).rpartition(".")[2]
    return name in {"exempt", "errorhandler", "app_errorhandler", "before_request", "command", "doc"}
