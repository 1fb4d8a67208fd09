"""The order of a view's decorators: where each is written, and how one is moved above another."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING

from keck.edit import Fix, Move
from keck.facts.expr import Expr
from keck.project.decorators import Layer
from keck.rules._wording import decorator

if TYPE_CHECKING:
    from keck.project import Project
    from keck.project.caching import Cached
    from keck.project.routes import Route


def cached_views(project: Project) -> Iterator[tuple[Cached, Route, int]]:
    """Yield each view whose answers are stored, with its route and the index of the cache in its effective layers."""
    for one in project.caches.all:
        for route in one.routes:
            yield one, route, next(at for at, each in enumerate(route.effective) if each.place == one.layer.place)


def written(route: Route, layer: Layer) -> Expr | None:
    """Return the decorator that a layer is, where it stands on the view's own function; None for one in a list or call."""
    own = (layer.home or layer.module) is route.module
    return next((one for one in route.function.decorators if own and one is layer.expr), None)


def lifted(
    route: Route, layers: Sequence[Layer], above: Layer, *, over: Collection[str], intends: Sequence[str] = ()
) -> Fix | None:
    """Return the fix that moves decorators above another one, in their order.

    Args:
        route: whose view they stand on.
        layers: what is moved, outermost first.
        above: where it goes.
        over: the kinds of layers that it may pass; there is no fix where it would pass another.
        intends: what a proof may find changed.
    """
    every = [*layers, above]
    if any(written(route, one) is None for one in every):
        return None
    effective = list(route.effective)
    passed = effective[effective.index(above) : effective.index(layers[-1])]
    if any(one.kind not in over and one not in layers for one in passed):
        return None
    edits = tuple(Move(one.place, above.place, "before") for one in layers)
    names = " and ".join(dict.fromkeys(map(decorator, layers)))
    return Fix(f"move {names} above {decorator(above)}", edits, intends=tuple(intends))


def lowered(
    route: Route, layer: Layer, below: Layer, *, over: Collection[str], intends: Sequence[str] = ()
) -> Fix | None:
    """Return the fix that moves a decorator below another one; arguments as for `lifted`."""
    layers = list(route.effective)
    passed = layers[layers.index(layer) + 1 : layers.index(below) + 1]
    unfit = any(one.kind not in over for one in passed) or None in {written(route, one) for one in (layer, below)}
    if unfit:
        return None
    title = f"move {decorator(layer)} below {decorator(below)}"
    return Fix(title, (Move(layer.place, below.place),), intends=tuple(intends))


def shown_rules(kind: str, route: Route) -> tuple[str, ...]:
    """Return the part of a snapshot that is about a view: by its rules where they are visible."""
    return tuple(f"{kind}/* *{rule}" for rule in route.rules) or (f"{kind}/*",)
