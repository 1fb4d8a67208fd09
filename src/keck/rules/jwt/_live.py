"""What the rules on tokens ask of a live app."""

from __future__ import annotations

from collections.abc import Iterator

from keck.live.record import Guard, LiveApp, Route, Spot

_IDENTITY = frozenset({"get_jwt_identity", "get_jwt", "get_jwt_header", "get_current_user", "current_user"})
_MINTS = frozenset({"create_access_token", "create_refresh_token"})


def named(route: Route) -> str:
    """Return the name of a view's function, without its module and class."""
    return route.name.rpartition(".")[2]


def words(route: Route) -> tuple[str, ...]:
    """Return what a view is called by: its function, its class and its URL."""
    holder, _, last = route.name.rpartition(".")
    is_method = any(layer.kind == "view" for layer in route.layers)
    return (last, holder.rpartition(".")[2] if is_method else "", route.rule)


def symbol(route: Route) -> str:
    """Return what a finding about a view is about, as the code half says it: ``shop.views:login``."""
    return symbol_of(route.name, route.spot) or route.endpoint


def symbol_of(name: str, spot: Spot) -> str:
    """Return a function's symbol as the code half says it, or an empty text where its module cannot be told."""
    module, parts = "", name.split(".")
    path = spot.path.removesuffix(".py").removesuffix("/__init__")
    for count in range(1, len(parts)):
        if f"/{path}".endswith("/" + "/".join(parts[:count])):
            module = ".".join(parts[:count])
    rest = name.removeprefix(f"{module}.").replace(".<locals>", "")
    return f"{module}:{rest}" if module else ""


def tokens(route: Route) -> tuple[Guard, ...]:
    """Return the guards of a route that check a token of Flask-JWT-Extended."""
    return tuple(one for one in route.guards if one.kind == "jwt")


def asks_who(route: Route) -> bool:
    """Whether a view asks for the identity in the token."""
    return bool(_IDENTITY & set(route.reads))


def minting(app: LiveApp) -> Iterator[Route]:
    """Yield the routes that hand out tokens."""
    return (one for one in app.routes if _MINTS & set(one.reads))
