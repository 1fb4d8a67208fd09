"""Routes of an app as the probe is given them, and short ways to ask it."""

# ruff: noqa: ANN401 - hooks and fakes of libraries

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import Flask

from keck.live.record import Probes, Route
from keck.probe import probe


def routes(app: Flask, **known: Any) -> tuple[Route, ...]:
    """Return every rule and method of an app, with a path; what else is known of all of them is added."""
    found = []
    for rule in app.url_map.iter_rules():
        path = rule.rule.replace("<int:number>", "1").replace("<name>", "x")
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            static = rule.endpoint == "static"
            one = Route(rule.rule, rule.endpoint, method, path=path, static=static)
            found.append(replace(one, **known))
    return tuple(found)


def asked(app: Flask, **options: Any) -> dict[str, dict[str, dict[str, Any]]]:
    """Probe every route of an app; return the answers by endpoint (and method, where it is not GET)."""
    return by_endpoint(probed(app, **options))


def probed(app: Flask, **options: Any) -> Probes:
    """Probe every route of an app."""
    return probe(app, routes(app), **{"seconds": 60.0, "each": 1.0, **options})


def by_endpoint(probes: Probes) -> dict[str, dict[str, dict[str, Any]]]:
    """Return what was asked by endpoint (and method, where it is not GET)."""
    assert not probes.unavailable, probes.unavailable
    return {
        one.endpoint + (f" {one.method}" if one.method != "GET" else ""): one.asked
        for one in probes.routes
        if not one.skipped
    }
