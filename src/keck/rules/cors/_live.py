"""The CORS policies of a live app, as the rules want them: one for each resource of each call and each decorator."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from keck.live.record import NOWHERE, LiveApp, Route, Spot

DECORATOR = "@cross_origin"


@dataclass(frozen=True)
class LivePolicy:
    """One policy.

    Args:
        at: ``app``, a blueprint's name, or ``view``.
        pattern: the paths that it covers; empty for a view.
        regex: whether `pattern` is a regular expression.
        matches: how many rules of the URL map it covers.
        origins: each as text, and whether it is a regular expression.
        open: whether any origin is answered.
        credentials: whether answers to requests with cookies may be read.
        spot: of the instance, or of the view.
        routes: those that it covers.
    """

    at: str
    pattern: str
    regex: bool
    matches: int
    origins: tuple[tuple[str, bool], ...]
    open: bool
    credentials: bool
    spot: Spot
    routes: tuple[Route, ...]

    @property
    def spelt(self) -> str:
        """How messages name what it holds for."""
        if self.at == "view":
            return f"`{self.routes[0].name.rpartition('.')[2]}()`"
        where = "the app" if self.at == "app" else f"the blueprint `{self.at}`"
        return where if self.pattern in {"", ".*", "/*"} else f"`{self.pattern}` of {where}"

    @property
    def symbol(self) -> str:
        """What it is told as."""
        return self.routes[0].endpoint if self.at == "view" else f"{self.at} {self.pattern}"

    @property
    def tags(self) -> tuple[str, ...]:
        """What a finding about it is about."""
        return ("cors", f"cors {self.at}", f"cors {self.at} {self.pattern}")


def policies(app: LiveApp) -> Iterator[LivePolicy]:
    """Yield the policies of blueprints and of the app, then those of decorated views."""
    for one in app.facts.get("cors", ()):
        source = "CORS(app)" if one["at"] == "app" else f"CORS(blueprint {one['at']})"
        for resource in one["resources"]:
            covered = tuple(route for route in app.routes if _covers(route, source, resource["pattern"]))
            yield LivePolicy(
                one["at"],
                resource["pattern"],
                resource["regex"],
                resource["matches"],
                tuple((each["text"], each["regex"]) for each in resource["origins"]),
                resource["open"],
                resource["credentials"],
                _spot(app, resource["pattern"]),
                covered,
            )
    told: set[str] = set()
    for route in app.routes:
        for each in route.cors.policies:
            if each["source"] == DECORATOR and route.endpoint not in told:
                told.add(route.endpoint)
                origins = tuple((re.sub("^re:", "", text), text.startswith("re:")) for text in each["origins"])
                yield LivePolicy("view", "", False, 1, origins, each["open"], each["credentials"], route.spot, (route,))


def _covers(route: Route, source: str, pattern: str) -> bool:
    return not route.static and any(
        each["source"] == source and each["resource"] == pattern for each in route.cors.policies
    )


def _spot(app: LiveApp, pattern: str) -> Spot:
    """Return where the instance is made that a pattern belongs to; nowhere if that is not known."""
    made = app.of("cors", "this", "both", "unknown")
    named: list[Any] = [one for one in made if pattern in one.facts.get("resources", ())] or list(made)
    return named[0].spot if len(named) == 1 else NOWHERE
