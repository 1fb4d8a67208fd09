"""Which routes the reader asked for."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fnmatch import fnmatchcase

from keck.live.record import Route

_CONVERTER = re.compile(r"<(?:([^<>:()]+)(?:\([^<>]*\))?:)?[^<>:]+>")


def select(routes: Sequence[Route], only: Sequence[str]) -> tuple[Route, ...]:
    """Return the routes that one of `only` names, or all where it is empty.

    What begins with ``/`` is a path: a rule (``/users/<int:id>``), the start of rules (``/users``), or a
    path that a rule may match (``/users/7``). Everything else is an endpoint or a blueprint (``shop``:
    its endpoints, too). Both take ``*``.
    """
    if not only:
        return tuple(routes)
    return tuple(one for one in routes if any(_names(text, one) for text in only))


def _names(text: str, route: Route) -> bool:
    if not text.startswith("/"):
        return route.endpoint == text or route.endpoint.startswith(f"{text}.") or fnmatchcase(route.endpoint, text)
    if route.rule == text or route.rule.startswith(text.rstrip("/") + "/") or fnmatchcase(route.rule, text):
        return True
    return _pattern(route.rule).fullmatch(text) is not None


def _pattern(rule: str) -> re.Pattern[str]:
    """Return what paths of a rule look like; converters are taken for any text without ``/``, ``path`` for any."""
    parts, end = [], 0
    for found in _CONVERTER.finditer(rule):
        parts += [re.escape(rule[end : found.start()]), ".+" if found[1] == "path" else "[^/]+"]
        end = found.end()
    return re.compile("".join(parts) + re.escape(rule[end:]) + "/?")
