"""The CORS policies of a live app, as the rules want them: one for each resource of each call and each decorator."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from typing import Any

from keck.live.record import NOWHERE, Instance, LiveApp, Route, Spot
from keck.rule import Skipped
from keck.rules._wording import called, code
from keck.rules.cors._origins import STRANGERS

DECORATOR = "@cross_origin"
EVERYWHERE = frozenset({"/*", ".*", "/.*", "^/.*", "^/.*$", r"^\/.*$"})


@dataclass(frozen=True, eq=False)
class LivePolicy:
    """One policy.

    Args:
        at: ``app``, a blueprint's name, or ``view``.
        position: how many calls are asked before its own, of those at the same place.
        pattern: the paths that it covers; empty for a view.
        regex: whether `pattern` is a regular expression.
        matches: how many rules of the URL map it covers.
        told: its origins, as `Cors.origins`.
        origins: each as text, and whether it is a regular expression.
        open: whether any origin is answered.
        credentials: whether answers to requests with cookies may be read.
        methods: those that a preflight allows.
        instance: that it belongs to, if that is known.
        routes: those that it answers for.
        view: where the function stands, of a decorator.
    """

    at: str
    position: int
    pattern: str
    regex: bool
    matches: int
    told: tuple[str, ...]
    origins: tuple[tuple[str, bool], ...]
    open: bool
    credentials: bool
    methods: tuple[str, ...]
    instance: Instance | None
    routes: tuple[Route, ...]
    view: Spot = NOWHERE

    @property
    def spot(self) -> Spot:
        """Where the user looks: the call that makes the instance, or the view."""
        return self.view if self.instance is None else self.instance.spot

    @property
    def spelt(self) -> str:
        """How messages name what it holds for."""
        if self.at == "view":
            return called(self.routes[0].name.rpartition(".")[2])
        under = "" if self.pattern in EVERYWHERE else f" under {code(self.pattern)}"
        if self.at == "app":
            return f"the app{under}" if under else "every URL of the app"
        return f"the blueprint {code(self.at)}{under}"

    @property
    def symbol(self) -> str:
        """What it is told as, as the code half says it."""
        return self.spelt.replace("`", "").removeprefix("the ") if self.at != "app" else self.spelt.replace("`", "")

    @property
    def cause(self) -> tuple[str, ...]:
        """The tags of a finding that explains others on the same policy."""
        return (f"cors {self.at} {self.symbol}",)

    @property
    def tags(self) -> tuple[str, ...]:
        """The tags of a finding that others explain: those on its policy, its call, or its place."""
        if self.at in {"app", "view"}:
            keys = ("CORS_ORIGINS", "CORS_SUPPORTS_CREDENTIALS")  # of the config, which blueprints do not read
            return (*self.cause, f"cors {self.at if self.at == 'app' else self.routes[0].name}", *keys)
        return (*self.cause, f"cors {self.at}")

    def covers(self, path: str) -> bool:
        """Whether its pattern covers a path."""
        return matches(self.pattern, path) if self.regex else self.pattern == path

    def admits(self, origin: str) -> bool:
        """Whether it lets an origin in."""
        return self.open or any(_admits(one, origin) for one in self.origins)


def policies(app: LiveApp) -> tuple[LivePolicy, ...]:
    """Return the policies of blueprints and of the app, as they are asked, then those of decorated views.

    Raises:
        Skipped: the app has none, since Flask-CORS does not serve it.
    """
    found = (*_bound(app), *_decorated(app))
    if not found and app.serving("cors") is None:
        raise Skipped("Flask-CORS does not serve this app")
    return found


def calls(every: Iterable[LivePolicy]) -> Iterator[list[LivePolicy]]:
    """Yield the policies of each call together; those of views one by one."""
    for _, those in groupby(every, lambda one: (one.at, one.position, one.view)):
        yield list(those)


def matches(pattern: str, text: str) -> bool:
    """Whether a regular expression matches the beginning of a text, as Flask-CORS asks it."""
    made = compiled(pattern)
    return made is not None and made.match(text) is not None


@lru_cache(maxsize=512)
def compiled(pattern: str) -> re.Pattern[str] | None:
    """Return an expression without the flags that it had; None for one that is none without them."""
    try:
        return re.compile(pattern)
    except re.error:
        return None


def example(routes: Iterable[Route]) -> str:
    """Return a route as the words of a message: ``, such as GET /me,``; those for users go first."""
    every = sorted(routes, key=lambda one: one.exposure != "guarded")
    return f", such as {every[0].method} {every[0].rule}," if every else ""


def _bound(app: LiveApp) -> Iterator[LivePolicy]:
    asked: Counter[str] = Counter()
    for one in app.facts.get("cors", ()):
        at, position = one["at"], asked[one["at"]]
        asked[at] += 1
        source = "CORS(app)" if at == "app" else f"CORS(blueprint {at})"
        instance = _instance(app, at, position)
        for resource in one["resources"]:
            origins = tuple((each["text"], each["regex"]) for each in resource["origins"])
            told = ("*",) if resource["open"] else tuple(f"re:{text}" if regex else text for text, regex in origins)
            covered = (route for route in app.routes if not route.static)
            yield LivePolicy(
                at,
                position,
                resource["pattern"],
                resource["regex"],
                resource["matches"],
                told,
                origins,
                resource["open"] or _admits_strangers(origins),
                resource["credentials"],
                tuple(resource["methods"]),
                instance,
                tuple(route for route in covered if _asks(route, source, resource["pattern"], told)),
            )


def _decorated(app: LiveApp) -> Iterator[LivePolicy]:
    told: set[str] = set()
    for route in app.routes:
        for each in route.cors.policies:
            if each["source"] == DECORATOR and route.name not in told:
                told.add(route.name)
                texts = tuple(each["origins"])
                origins = tuple((text.removeprefix("re:"), text.startswith("re:")) for text in texts)
                opened = each["open"] or _admits_strangers(origins)
                yield LivePolicy(
                    "view", 0, "", False, 1, texts, origins, opened, each["credentials"], (), None, (route,), route.spot
                )


def _asks(route: Route, source: str, pattern: str, told: tuple[str, ...]) -> bool:
    return any(_is(each, source, pattern, told) for each in route.cors.policies)


def _is(each: Mapping[str, Any], source: str, pattern: str, told: tuple[str, ...]) -> bool:
    return bool(each["source"] == source and each["resource"] == pattern and tuple(each["origins"]) == told)


def _instance(app: LiveApp, at: str, position: int) -> Instance | None:
    made = app.of("cors", "this", "both", "unknown")
    named = [one for one in made if position in one.facts.get("at", {}).get(at, ())]
    return named[0] if len(named) == 1 else None


def _admits_strangers(origins: Iterable[tuple[str, bool]]) -> bool:
    return any(regex and any(matches(text, one) for one in STRANGERS) for text, regex in origins)


def _admits(entry: tuple[str, bool], origin: str) -> bool:
    text, regex = entry
    return matches(text, origin) if regex else text.casefold() == origin.casefold()
