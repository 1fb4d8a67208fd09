"""Functions whose results Flask-Caching stores, and under which key."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from keck.facts.expr import Call, Expr, Lambda, Ref, before, is_none
from keck.facts.record import Function
from keck.finding import Place
from keck.project.decorators import Decorators, Layer
from keck.project.module import Module
from keck.project.reads import Read, Reads
from keck.project.routes import Route, Routes
from keck.project.things import Named, Site
from keck.project.values import Known, Values

_DEPTH = 3
_PATH = "view/%s"


@dataclass(frozen=True)
class Key:
    """Under which key ``cached`` stores a result.

    Attributes:
        known: False when the source does not tell.
        text: the ``key_prefix`` when it is a text, else empty; ``view/%s`` where none is given.
        computed: whether a function makes it (``make_cache_key`` or a callable ``key_prefix``).
        takes_arguments: whether that function is given the view's arguments (``make_cache_key``).
        query_string: whether the arguments of the query are part of it.
        reads: what the functions that make the key, or decide whether to use the cache, read of the request.
    """

    known: bool
    text: str = _PATH
    computed: bool = False
    takes_arguments: bool = False
    query_string: bool = False
    reads: tuple[Read, ...] = ()

    @property
    def by_path(self) -> bool:
        """Whether the path of the request is in it."""
        return not self.computed and "%s" in self.text

    def covers(self, *kinds: str) -> bool:
        """Whether it depends on one of these kinds of `Read`."""
        return any(one.kind in kinds for one in self.reads)


@dataclass(eq=False)
class Cached:
    """A function whose result is stored.

    Attributes:
        layer: the decorator as it is written, maybe one of the project's own.
        inner: the decorator of Flask-Caching that is at work.
        module, function: what is stored.
        routes: the routes that it answers with this decorator; empty for a helper.
    """

    layer: Layer
    inner: Layer
    module: Module
    function: Function
    routes: tuple[Route, ...] = ()

    @property
    def name(self) -> str:
        """The function's name for messages."""
        return self.routes[0].name if self.routes else self.function.name

    @property
    def symbol(self) -> str:
        """The function's symbol."""
        return f"{self.module.name}:{self.function.name}"

    @property
    def memoized(self) -> bool:
        """Whether the arguments are in the key."""
        return self.inner.kind == "memoize"

    def option(self, position: int | None, name: str) -> Expr | None:
        """Return an argument that the decorator is given; a literal None counts as not given."""
        given = None if self.inner.call is None else self.inner.call.argument(position, name)
        return None if is_none(given) else given


class Caches:
    """What a project stores with Flask-Caching."""

    def __init__(self, values: Values, decorators: Decorators, routes: Routes, reads: Reads) -> None:
        self.values = values
        self.objects = values.objects
        self.names = values.names
        self.decorators = decorators
        self.routes = routes
        self.reads = reads
        self._inner: dict[str, Layer | None] = {}

    @cached_property
    def all(self) -> tuple[Cached, ...]:
        """Every function outside tests whose result is stored, in the order of the text."""
        found: dict[tuple[Place, str, str], Cached] = {}
        for one in (*self._views(), *self._helpers()):
            other = found.setdefault((one.layer.place, one.module.path, one.function.name), one)
            if other is not one:
                other.routes = (*other.routes, *one.routes)
        return tuple(sorted(found.values(), key=lambda one: (one.layer.place, one.module.path, one.function.line)))

    def _views(self) -> Iterator[Cached]:
        for route in self.routes.all:
            for layer in route.effective:
                inner = self.inner(layer)
                if inner is not None:
                    yield Cached(layer, inner, route.module, route.function, (route,))

    def _helpers(self) -> Iterator[Cached]:
        routed = {(one.module.path, one.function.name) for one in self.routes.all}
        for module in self.names.modules.values():
            if module.is_test:
                continue
            for function in module.facts.functions:
                if (module.path, function.name) in routed:
                    continue
                for expr in function.decorators:
                    layer = self.decorators.layer(module, function.owner or function.scope, expr)
                    inner = self.inner(layer)
                    if inner is not None:
                        yield Cached(layer, inner, module, function)
        for name in ("cached", "memoize"):
            for module, scope, call in self.objects.calls_by_name.get(name, []):
                if module.is_test or not isinstance(call.func, Call) or len(call.args) != 1:
                    continue
                target = self._function(module, scope, call.args[0])
                layer = self.decorators.layer(module, scope, call.func)
                inner = self.inner(layer)
                if target is not None and inner is not None and (target[0].path, target[1].name) not in routed:
                    yield Cached(layer, inner, *target)

    def _function(self, module: Module, scope: str, expr: Expr) -> tuple[Module, Function] | None:
        return self.objects.function(self.names.resolve(module, scope, expr.name)) if isinstance(expr, Ref) else None

    def inner(self, layer: Layer, depth: int = 0) -> Layer | None:
        """Return the decorator of Flask-Caching behind a layer: itself, or what a decorator of the project applies."""
        if layer.holder is not None and layer.holder.kind == "caching" and layer.kind in {"cached", "memoize"}:
            return layer
        if layer.kind not in {"other", "cached", "memoize"} or ":" not in layer.symbol or depth > _DEPTH:
            return None
        if layer.symbol not in self._inner:
            self._inner[layer.symbol] = None
            self._inner[layer.symbol] = self._behind(layer.symbol, depth)
        return self._inner[layer.symbol]

    def _behind(self, symbol: str, depth: int) -> Layer | None:
        found = self.objects.function(symbol)
        if found is None:
            return None
        module, function = found
        nested = [name for name in module.inside(function.name) if name in module.functions]
        inner: Iterable[Layer] = (
            self.decorators.layer(module, function.name, one)
            for name in nested
            if name != function.name
            for one in module.functions[name].decorators
        )
        applied = (
            self.decorators.layer(module, name, call)
            for name in nested
            for call in module.calls(name)
            if isinstance(call.func, Ref) and call.func.name.endswith((".cached", ".memoize"))
        )
        return next((one for each in (*inner, *applied) for one in [self.inner(each, depth + 1)] if one), None)

    # keys

    def key(self, one: Cached) -> Key:
        """Return under which key a result is stored."""
        call = one.inner.call
        if call is None or call.open_ended or self._makes_keys(one.inner.holder):
            return Key(known=False)
        asked = one.option(2, "unless")
        reads = () if asked is None else self._reads(one, asked)
        if reads is None:
            return Key(known=False)
        if one.memoized:
            return Key(known=True, reads=reads)
        query = one.option(None, "query_string")
        with_query = None if query is None else self.values.of(one.inner.module, one.inner.scope, query)
        if with_query is not None and not isinstance(with_query, Known):
            return Key(known=False)
        by_query = with_query is not None and bool(with_query.value)
        maker = one.option(None, "make_cache_key")
        prefix = one.option(1, "key_prefix")
        if maker is not None or (prefix is not None and self._is_callable(one, prefix)):
            made = self._reads(one, maker if maker is not None else prefix)
            if made is None:
                return Key(known=False, computed=True, takes_arguments=maker is not None)
            by_query = by_query and maker is None
            return Key(True, "", True, maker is not None, by_query, (*reads, *made))
        text = Known(_PATH, one.layer.place)
        if prefix is not None:
            value = self.values.of(one.inner.module, one.inner.scope, prefix)
            if not isinstance(value, Known) or not isinstance(value.value, str):
                return Key(known=False)
            text = value
        return Key(known=True, text=text.value, query_string=by_query, reads=reads)

    def _makes_keys(self, cache: Site | None) -> bool:
        """Whether a cache is of a class of the project that decides about keys itself."""
        return cache is not None and any(
            self.objects.function(f"{cache.cls}.{method}") is not None
            for method in (
                "cached",
                "memoize",
                "_make_cache_key",
                "_make_cache_key_query_string",
                "memoize_make_cache_key",
            )
        )

    def _reads(self, one: Cached, expr: Expr | None) -> tuple[Read, ...] | None:
        return None if expr is None else self.reads.of_callable(one.inner.module, one.inner.scope, expr)

    def _is_callable(self, one: Cached, expr: Expr) -> bool:
        if isinstance(expr, Lambda):
            return True
        module, scope = one.inner.module, one.inner.scope
        if isinstance(expr, Ref):
            written = list(self.objects.written(self.names.resolve(module, scope, expr.name)))
            if any(isinstance(value, Lambda) for _, _, value in written):
                return True
        return any(isinstance(thing, Named) for thing in self.objects.of(module, scope, expr))

    # who else uses it

    @cached_property
    def handed_over(self) -> frozenset[str]:
        """The symbols of what is given to something as an argument, other than to a cache that clears it."""
        return frozenset(
            self.names.resolve(module, scope, value.name)
            for module in self.names.modules.values()
            for scope in module.scopes
            for call in module.calls(scope)
            if isinstance(call.func, Ref) and not call.func.name.endswith((".delete_memoized", ".delete_cached"))
            for value in (*call.args, *(word.value for word in call.keywords))
            if isinstance(value, Ref)
        )

    def clearings(self, *methods: str) -> Iterator[tuple[Module, str, Call]]:
        """Yield the calls outside tests of methods on a cache: ``clearings("delete_memoized")``."""
        for method in methods:
            for module, scope, call in self.objects.calls_by_name.get(method, []):
                holder = before(call.func)
                if module.is_test or not isinstance(holder, Ref):
                    continue
                things = self.objects.of(module, scope, holder)
                if any(isinstance(one, Site) and one.kind == "caching" for one in things):
                    yield module, scope, call
