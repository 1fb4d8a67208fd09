"""What a change did to the protections of an app: two route matrices side by side."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal, get_args

import msgspec

from keck.live.record import CacheUse, Cors, Guard, Limit, Route
from keck.report.doctor import cells
from keck.trouble import Trouble

Turn = Literal["weaker", "new, open", "other", "new", "gone", "stronger"]
TURNS: tuple[Turn, ...] = get_args(Turn)
"""What can have become of a protection, the most alarming first."""
EXPOSURES = ("open", "optional", "conditional", "guarded")
HOWS = ("conditional", "optional", "required", "fresh")
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
VERSION = 1
NOTHING = "nothing"

_RATE = re.compile(
    r"(?P<amount>\d+)\s*(?:/|per)\s*(?P<count>\d+)?\s*(?P<unit>second|minute|hour|day|month|year)s?", re.IGNORECASE
)
_SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400, "month": 2592000, "year": 31104000}


class Change(msgspec.Struct, frozen=True):
    """What became of one protection of one route.

    Args:
        method: of the route.
        rule: of the route.
        endpoint: of the route as it is now, or was.
        aspect: ``guard``, ``limit``, ``cache``, ``CORS`` or ``route``.
        turn: one of `TURNS`.
        before: what there was, in words.
        after: what there is, in words.
        why: what makes it weaker, where the two do not say it by themselves.
    """

    method: str
    rule: str
    endpoint: str
    aspect: str
    turn: Turn
    before: str
    after: str
    why: str = ""


class _Matrix(msgspec.Struct):
    routes: tuple[Route, ...]
    version: int = VERSION


def matrix(data: bytes, name: str, command: str = "flask doctor") -> tuple[Route, ...]:
    """Return the routes of a file that `doctor routes --json`, or `doctor --json`, has written.

    Args:
        data: what stands in it.
        name: the file as it is to be named.
        command: what writes such files.

    Raises:
        Trouble: it is no such file, or of a version to come.
    """
    hint = f"write it with `{command} routes --json`"
    try:
        found = msgspec.json.decode(data.removeprefix(b"\xef\xbb\xbf"), type=_Matrix)
    except (msgspec.ValidationError, msgspec.DecodeError, UnicodeDecodeError) as error:
        reason = " ".join(str(error).split())
        raise Trouble(f"{name} holds no route matrix: {reason}; {hint}") from error
    if found.version != VERSION:
        raise Trouble(f"{name} is of version {found.version}, and this Keck reads version {VERSION}; {hint} again")
    return found.routes


def compared(old: Sequence[Route], new: Sequence[Route]) -> list[Change]:
    """Return what became of each protection, what got weaker first.

    Routes are the same where rule and method are; those of Flask's own `static` endpoint are left out.
    """
    before, after = _keyed(old), _keyed(new)
    found: list[Change] = []
    for key, one in after.items():
        found += _new(one) if key not in before else _aspects(before[key], one)
    found += [_change(one, "route", "gone", _summary(one), NOTHING) for key, one in before.items() if key not in after]
    return sorted(found, key=lambda one: (TURNS.index(one.turn), one.rule, one.method, one.endpoint, one.aspect))


def weakened(found: Iterable[Change]) -> bool:
    """Whether any protection got weaker; a new route is no weaker one, whatever protects it."""
    return any(one.turn == "weaker" for one in found)


def _keyed(routes: Iterable[Route]) -> dict[tuple[str, str, int], Route]:
    """Return routes by rule, method, and how many of the same came before (other hosts have equal rules)."""
    found: dict[tuple[str, str, int], Route] = {}
    for one in routes:
        if not one.static:
            count = 0
            while (one.rule, one.method, count) in found:
                count += 1
            found[one.rule, one.method, count] = one
    return found


def _new(route: Route) -> Iterator[Change]:
    alarming = route.exposure != "guarded" and route.method not in SAFE
    yield _change(route, "route", "new, open" if alarming else "new", NOTHING, _summary(route))


def _aspects(old: Route, new: Route) -> Iterator[Change]:
    if bool(old.unseen) != bool(new.unseen):
        why = f"it can no longer be read to its end: {new.unseen}" if new.unseen else "it can be read to its end now"
        yield _change(new, "route", "other", _summary(old), _summary(new), why=why)
        return
    for aspect, compare in (("guard", _guards), ("limit", _limits), ("cache", _caches), ("CORS", _cors)):
        turn, before, after, why = compare(old, new)
        if turn:
            yield _change(new, aspect, turn, before, after, why=why)


_Turned = tuple[Turn | None, str, str, str]


def _guards(old: Route, new: Route) -> _Turned:
    before, after = _words(map(cells.guard, old.guards)), _words(map(cells.guard, new.guards))
    was, now = _rank(old.exposure, EXPOSURES), _rank(new.exposure, EXPOSURES)
    if was != now:
        why = f"it was {old.exposure} and is {new.exposure}"
        return ("weaker" if now < was else "stronger"), before, after, why
    told = [_guard(one) for one in old.guards], [_guard(one) for one in new.guards]
    if told[0] == told[1]:
        return None, before, after, ""
    lost, won = (
        [one for one in old.guards if _guard(one) not in told[1]],
        [one for one in new.guards if _guard(one) not in told[0]],
    )
    if not won and not lost:
        return "other", before, after, "in another order"
    if not won:
        return "weaker", before, after, f"{_words(map(cells.guard, lost))} is gone"
    if not lost:
        return "stronger", before, after, ""
    turn, why = _exchanged(lost, won)
    return turn, before, after, why


def _exchanged(lost: list[Guard], won: list[Guard]) -> tuple[Turn, str]:
    """Say what it means that some guards have taken the place of others."""
    turns: list[tuple[Turn, str]] = []
    left = list(won)
    for one in lost:
        other = next((each for each in left if (each.kind, each.name) == (one.kind, one.name)), None)
        if other is None:
            turns.append(("other", ""))
            continue
        left.remove(other)
        turns.append(_turned(one, other))
    if left and len(left) == len(won):
        return "other", ""
    for turn in ("weaker", "other"):
        for each, why in turns:
            if each == turn:
                return each, why
    return "stronger", ""


def _turned(old: Guard, new: Guard) -> tuple[Turn, str]:
    """Say what became of one guard that is still there."""
    was, now = _rank(old.how, HOWS), _rank(new.how, HOWS)
    if "refresh" in {old.how, new.how} and old.how != new.how:
        return "other", "it takes another kind of token"
    if was != now:
        return ("weaker" if now < was else "stronger"), f"{old.how} became {new.how}"
    checks = [bool(one.details.get("skip_revocation_check")) for one in (old, new)]
    if checks[0] != checks[1]:
        return ("weaker", "revoked tokens pass now") if checks[1] else ("stronger", "revoked tokens are refused now")
    return "other", "; ".join(
        f"{key}: {old.details.get(key)} became {new.details.get(key)}"
        for key in sorted({*old.details, *new.details})
        if old.details.get(key) != new.details.get(key)
    )


def _guard(one: Guard) -> tuple[object, ...]:
    return one.kind, one.how, one.name, one.at, msgspec.json.encode(one.details, order="sorted")


def _limits(old: Route, new: Route) -> _Turned:
    before, after = _limited(old), _limited(new)
    was, now = ({_limit(one) for one in route.limits} for route in (old, new))
    exempted = sorted(set(new.exempt) - set(old.exempt))
    if was == now and set(old.exempt) == set(new.exempt):
        return None, before, after, ""
    if was == now:
        return ("weaker" if exempted else "stronger"), before, after, ""
    lost, won = was - now, now - was
    if not won:
        return "weaker", before, after, ""
    if not lost:
        return ("other" if exempted else "stronger"), before, after, ""
    looser = all(any(_holds(one, other) for one in was) for other in won)
    tighter = all(any(_holds(one, other) for one in now) for other in lost)
    turn: Turn = "weaker" if looser and not tighter else "stronger" if tighter and not looser else "other"
    return turn, before, after, _unsaid(lost, won) if before == after else ""


_Limit = tuple[str, str, str, tuple[str, ...], int]
_TOGETHER = frozenset({"application", "shared"})
"""Scopes of limits that count the requests for several routes together."""


def _limit(one: Limit) -> _Limit:
    """Return what a limit is compared by; the last is how much it counts together."""
    together = 2 * (one.scope in _TOGETHER) + 2 * (one.scope == "application") + (not one.per_method)
    return one.text, one.key, one.exempt_when, tuple(sorted(one.methods)), together


def _unsaid(lost: set[_Limit], won: set[_Limit]) -> str:
    """Return what changed of limits that read alike."""
    whens = sorted({one[2] for one in won} - {one[2] for one in lost} - {""})
    reasons = [f"`{when}()` may lift it" for when in whens]
    less, more = min(one[4] for one in won), min(one[4] for one in lost)
    if less != more:
        reasons.append("it counts less together" if less < more else "it counts more together")
    return "; ".join(reasons)


def _holds(strict: _Limit, loose: _Limit) -> bool:
    """Whether all that one limit lets through, another one lets through too."""
    if strict[1] != loose[1] or strict[3] != loose[3] or strict[2] not in {"", loose[2]} or strict[4] < loose[4]:
        return False
    narrow, wide = _rate(strict[0]), _rate(loose[0])
    if narrow is None or wide is None:
        return strict[0] == loose[0]
    return narrow[0] <= wide[0] and narrow[0] / narrow[1] <= wide[0] / wide[1]


def _rate(text: str) -> tuple[int, int] | None:
    """Return how many requests a limit allows in how many seconds; None where its text does not say."""
    found = _RATE.fullmatch(text.strip())
    if found is None:
        return None
    return int(found["amount"]), int(found["count"] or 1) * _SECONDS[found["unit"].lower()] or 1


def _caches(old: Route, new: Route) -> _Turned:
    before, after = _words(map(cells.cached, old.cache)), _words(map(cells.cached, new.cache))
    early, late = _before_guard(old), _before_guard(new)
    if early != late:
        why = "a kept answer is given before the guard is asked" if late else "the guard is asked before a kept answer"
        return ("weaker" if late else "stronger"), before, after, why
    if [_cache(one) for one in old.cache] == [_cache(one) for one in new.cache]:
        return None, before, after, ""
    was, now = _shared(old), _shared(new)
    if was != now:
        why = "one caller's answer may now be given to another" if now else ""
        return ("weaker" if now else "stronger"), before, after, why
    return "other", before, after, ""


def _cache(one: CacheUse) -> tuple[object, ...]:
    return one.kind, one.timeout, one.key, one.personal, one.details.get("backend")


def _before_guard(route: Route) -> bool:
    """Whether an answer of a guarded route is kept outside of its guard."""
    held = [one.position for one in route.guards if one.how != "optional" and one.at == "view"]
    return bool(held) and any(one.kind == "cached" and one.position < min(held) for one in route.cache)


def _shared(route: Route) -> bool:
    """Whether callers that a guard tells apart share what is kept."""
    return bool(route.guards) and any(one.kind == "cached" and not one.personal for one in route.cache)


def _cors(old: Route, new: Route) -> _Turned:
    before, after = cells.cors(old.cors) or NOTHING, cells.cors(new.cors) or NOTHING
    was, now = _admitted(old.cors), _admitted(new.cors)
    if was == now:
        return None, before, after, ""
    wider = now[0] or (not was[0] and was[1] <= now[1])
    narrower = was[0] or (not now[0] and now[1] <= was[1])
    if now[2] != was[2]:
        wider, narrower = wider and now[2], narrower and was[2]
    return ("weaker" if wider else "stronger" if narrower else "other"), before, after, ""


def _admitted(one: Cors) -> tuple[bool, frozenset[str], bool]:
    """Return whether any origin is let in, which are, and whether with credentials, over all policies."""
    if not one.source:
        return False, frozenset(), False
    origins = {*one.origins, *(str(each) for policy in one.policies for each in policy.get("origins", ()))}
    wide = one.open or any(policy.get("open") for policy in one.policies)
    credentials = one.credentials or any(policy.get("credentials") for policy in one.policies)
    return bool(wide), frozenset() if wide else frozenset(origins), bool(credentials)


def _limited(route: Route) -> str:
    text = _words(map(cells.limit, route.limits))
    return f"{text}, exempt from: {', '.join(route.exempt)}" if route.exempt else text


def _summary(route: Route) -> str:
    told = [route.exposure, *map(cells.guard, route.guards), *map(cells.limit, route.limits)]
    told += [f"cached {cells.cached(one)}" for one in route.cache]
    crossed = cells.cors(route.cors)
    return ", ".join(told + ([f"CORS for {crossed}"] if crossed else []))


def _words(found: Iterable[str]) -> str:
    return ", ".join(found) or NOTHING


def _rank(name: str, order: Sequence[str]) -> int:
    return order.index(name) if name in order else len(order)


def _change(route: Route, aspect: str, turn: Turn, before: str, after: str, *, why: str = "") -> Change:
    return Change(route.method, route.rule, route.endpoint, aspect, turn, before, after, why)
