"""What stands between a request and each view, as the doctor sees it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from keck.live.record import Guard, LiveApp, Route, Step
from keck.proof.texts import short

_QUALIFIED = re.compile(r"(?<![\w/.:])(?:[A-Za-z_]\w*\.|<locals>\.)+(?=[A-Za-z_<][\w>]*\(\))")


def protections(live: LiveApp) -> Iterator[tuple[str, Any]]:
    """Yield what guards, limits, keeps and shares each route, and what else its view is wrapped in."""
    seen: dict[str, int] = {}
    for route in live.routes:
        where = f"{route.method} {route.rule}"
        seen[where] = seen.get(where, 0) + 1
        if seen[where] > 1:  # never reached, as the first of them matches
            where += f" (rule {seen[where]})"
        yield f"guards/{where}", _guards(route)
        yield f"limits/{where}", _limits(route)
        yield f"cache/{where}", _cache(route)
        yield f"cors/{where}", _cors(route)
        yield f"layers/{where}", _layers(route)


def without_module(text: str) -> str:
    """Return a text in which functions, written with ``()``, have no module."""
    return _QUALIFIED.sub("", text)


def _guards(route: Route) -> dict[str, Any] | str:
    if not route.guards and route.exposure == "open":
        return "none"
    return {"exposure": route.exposure, "guards": [_guard(one) for one in route.guards]}


def _guard(guard: Guard) -> str:
    details = {name: value for name, value in sorted(guard.details.items()) if value not in (None, False, [], "")}
    said = f" {details}" if details else ""
    return without_module(f"{guard.kind} {guard.how} by {short(guard.name)}() at {guard.at}{said}")


def _limits(route: Route) -> dict[str, Any] | str:
    if not route.limits and not route.exempt:
        return "none"
    return {
        "limits": [
            {
                "text": without_module(one.text),
                "scope": one.scope,
                "key": short(one.key),
                "exempt_when": short(one.exempt_when),
                "methods": list(one.methods),
                "per_method": one.per_method,
            }
            for one in route.limits
        ],
        "exempt": list(route.exempt),
    }


def _cache(route: Route) -> list[dict[str, Any]] | str:
    return [
        {
            "kind": one.kind,
            "timeout": one.timeout,
            "key": without_module(one.key),
            "details": {name: _detail(value) for name, value in one.details.items()},
        }
        for one in route.cache
    ] or "none"


def _detail(value: object) -> object:
    return without_module(value) if isinstance(value, str) else value


def _cors(route: Route) -> dict[str, Any] | str:
    cors = route.cors
    if not cors.source and not cors.policies:
        return "none"
    return {
        "origins": list(cors.origins),
        "open": cors.open,
        "credentials": cors.credentials,
        "preflight": cors.preflight,
        "policies": list(cors.policies),
    }


def _layers(route: Route) -> dict[str, Any]:
    """Return in which order what stands before the view is asked, and the view."""
    found: dict[str, Any] = {"view": short(route.name), "order": [_step(one) for one in route.order if _is_told(one)]}
    if route.dead:
        found["never run"] = list(route.dead)
    if route.unseen:
        found["unseen"] = without_module(route.unseen)
    return found


def _is_told(step: Step) -> bool:
    """Whether a step is one of the route's own; hooks without a guard and CORS have their own paths."""
    return step.kind not in {"hook", "cors", "body"}


def _step(step: Step) -> str:
    return f"{step.kind} {short(step.name)}" if step.kind in {"own", "guard"} else step.kind
