"""The URL map, rule by rule."""

# ruff: noqa: ANN401 - a Flask app

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

_VARIABLE = re.compile(r"<(?:(?P<converter>[^:<>]+):)?[^<>]+>")


def rules(app: Any) -> Iterator[tuple[str, Any]]:
    """Yield every rule with each of its methods, and the order of those that match alike."""
    found: dict[str, list[dict[str, Any]]] = {}
    alike: dict[str, list[str]] = {}
    for rule in app.url_map.iter_rules():
        described = _described(app, rule)
        for method in methods(rule):
            found.setdefault(f"rules/{method} {rule.rule}", []).append(described)
            pattern = _VARIABLE.sub(lambda one: f"<{one['converter'] or ''}>", rule.rule)
            alike.setdefault(f"rules/order of {method} {pattern}", []).append(rule.rule)
    for path, every in found.items():
        yield path, every[0] if len(every) == 1 else every
    for path, written in alike.items():
        if len(set(written)) > 1:
            yield path, written


def methods(rule: Any) -> list[str]:
    """Return the methods of a rule; HEAD is left to GET, and OPTIONS to Flask where it answers that itself."""
    every = set(rule.methods or ("ANY",))
    if "GET" in every:
        every.discard("HEAD")
    if getattr(rule, "provide_automatic_options", False):
        every.discard("OPTIONS")
    return sorted(every)


def _described(app: Any, rule: Any) -> dict[str, Any]:
    described = {
        "endpoint": rule.endpoint,
        "defaults": dict(rule.defaults or {}),
        "host": rule.host,
        "subdomain": rule.subdomain,
        "strict_slashes": rule.strict_slashes,
        "merge_slashes": getattr(rule, "merge_slashes", None),
        "websocket": getattr(rule, "websocket", False),
        "redirect_to": rule.redirect_to,
        "alias": rule.alias,
        "build_only": rule.build_only,
        "no_view": rule.endpoint not in app.view_functions,
        "automatic_options": getattr(rule, "provide_automatic_options", None),
    }
    kept = {"endpoint", "strict_slashes", "automatic_options"}
    return {name: value for name, value in described.items() if name in kept or value not in (None, "", {}, False)}
