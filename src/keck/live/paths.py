"""Paths: one that a rule of the URL map matches."""

from __future__ import annotations

import re
import uuid
from typing import Any

_UUID = uuid.UUID("00000000-0000-4000-8000-000000000000")


def sample(rule: Any) -> str | None:  # noqa: ANN401 - of Werkzeug
    """Return a path that a rule matches, or None where none could be made."""
    built = _built(rule)
    return str(built[1]) if built else None


def domain(rule: Any) -> str:  # noqa: ANN401 - of Werkzeug
    """Return the host or subdomain that belongs to the sample of a rule; empty where it has none."""
    built = _built(rule)
    return str(built[0]) if built else ""


def _built(rule: Any) -> Any:  # noqa: ANN401 - of Werkzeug
    try:
        values = dict(rule.defaults or {})
        values.update({name: _value(one) for name, one in vars(rule)["_converters"].items() if name not in values})
        return rule.build(values)
    except Exception:  # noqa: BLE001 - a converter of the project may raise anything
        return None


def _value(converter: Any) -> Any:  # noqa: ANN401 - of Werkzeug
    names = {base.__name__ for base in type(converter).__mro__ if base.__module__ == "werkzeug.routing.converters"}
    if "AnyConverter" in names:
        return min(converter.items)
    if "IntegerConverter" in names:
        return converter.min or 1
    if "FloatConverter" in names:
        return converter.min or 1.5
    if "UUIDConverter" in names:
        return _UUID
    if "PathConverter" in names:
        return "x/y"
    least = re.search(r"\{(\d+)", str(converter.regex or ""))
    return "x" * max(1, int(least.group(1)) if least else 1)
