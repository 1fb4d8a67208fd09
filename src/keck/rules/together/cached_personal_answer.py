"""What is cached depends on who asks, and its key does not.

What: A cached view or a memoized function, or what it calls or renders, reads the identity, `current_user`, the session,
    cookies or `g.user`, sets cookies, flashes messages or issues CSRF tokens.

Why: The key is the path, or the arguments. Bob gets Alice's answer; the second visitor receives the first one's session
    cookie or CSRF token.

Fix: Put who asks into the key: `key_prefix=lambda: f"{request.path}/{get_jwt_identity()}"`, give the identity to the
    memoized function as an argument, or cache only what is the same for all. `keck fix --unsafe` writes such a key for views
    that stand below `jwt_required` or `login_required` and have none.

When to ignore it: What is read of the caller does not change the answer. Keck leaves out what is only logged.

Evidence: Reproduced with Flask-Caching 2.5.1: Bob gets Alice's answer with get_jwt_identity, session and g; a second client
    receives the first one's access_token_cookie; a stored page repeats a flashed message. With the identity in the key each gets
    their own. pallets-eco/flask-caching #111 and #204.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from keck.edit import Fix, Import, Keyword
from keck.finding import Finding, Level, Place
from keck.live.record import LiveApp
from keck.rule import Rule
from keck.rules._wording import called, decorator, read
from keck.rules.caching._words import PACKAGES, PERSONAL
from keck.rules.together._live import caches, passed, reads_of
from keck.rules.together._order import shown_rules
from keck.rules.together._personal import excused, passed_guards, personal

if TYPE_CHECKING:
    from keck.project import Project
    from keck.project.caching import Cached
    from keck.project.reads import Read

rule = Rule(
    __name__,
    requires=PACKAGES,
    level=Level.error,
    needles=PERSONAL,
    good="No cached answer depends on who asks",
    needs=("caching", "routes"),
    follows=("together/cached-above-auth",),
)


@dataclass(frozen=True)
class _Known:
    """A guard that tells who asks: how, by which import, and what else is told by it, as `Read.name` has it."""

    identity: str
    imported: str
    reads: frozenset[str]


_BY_TOKEN = _Known(
    "get_jwt_identity()",
    "from flask_jwt_extended import get_jwt_identity",
    frozenset({"get_jwt_identity", "get_current_user", "current_user"}),
)
_BY_LOGIN = _Known("current_user.get_id()", "from flask_login import current_user", frozenset({"current_user"}))
_KNOWN = {
    "flask_jwt_extended.jwt_required": _BY_TOKEN,
    "flask_login.login_required": _BY_LOGIN,
    "flask_login.fresh_login_required": _BY_LOGIN,
}


@rule.in_code
def check(project: Project) -> Iterator[Finding]:
    """Yield cached functions that depend on who asks; where the guard is passed by, that is told instead."""
    told: set[Place] = set()
    for one in project.caches.all:
        if one.layer.place in told or excused(project, one):
            continue
        found = personal(project, one)
        if not found or passed_guards(project, one):
            continue
        told.add(one.layer.place)
        names = " and ".join(list(dict.fromkeys(read(each.name) for each in found))[:2])
        yield rule.finding(
            one.layer.place,
            f"{called(one.name)} depends on {names}, and {decorator(one.layer)} gives its answer to everybody",
            "make who asks one of its arguments"
            if one.memoized and not one.routes
            else "put who asks into the key with `key_prefix`, or cache only what is the same for all",
            symbol=one.symbol,
            related=[(found[0].place, f"{read(found[0].name)} is used here")],
            fix=_by_caller(one, found),
        )


def _by_caller(one: Cached, found: list[Read]) -> Fix | None:
    """Return the fix that puts who asks into the key, where one guard tells that and all that the answer depends on is it."""
    call, route = one.inner.call, next(iter(one.routes), None)
    given = any(
        one.option(at, name) is not None
        for at, name in ((1, "key_prefix"), (None, "make_cache_key"), (None, "query_string"))
    )
    if (
        route is None
        or one.memoized
        or call is None
        or call is not one.layer.expr
        or len(call.args) > 1
        or given
        or len(one.routes) > 1
    ):
        return None
    at = next(at for at, each in enumerate(route.effective) if each.place == one.layer.place)
    outside = [each for each in route.effective[:at] if each.kind in {"jwt", "guard"} and not each.optional]
    known = next((_KNOWN[each.symbol] for each in outside if each.symbol in _KNOWN), None)
    if known is None or any(each.name not in known.reads for each in found):
        return None
    key = f'lambda: f"view/{{request.path}}/{{{known.identity}}}"'
    place = one.layer.place
    return Fix(
        f"put who asks into the key: `key_prefix={key}`",
        (Keyword(place, "key_prefix", key), Import(place, "from flask import request"), Import(place, known.imported)),
        safe=False,
        changes="stores an answer for each caller, under keys that hold their identity",
        intends=shown_rules("cache", route),
    )


@rule.in_app
def examine(app: LiveApp) -> Iterator[Finding]:
    """Yield views that read who asks, below a cache whose key does not tell callers apart."""
    for route, use in caches(app):
        found = reads_of(route)
        if not found or passed(route, use):
            continue
        yield rule.live(
            route.spot,
            f"{called(route.name.rpartition('.')[2])} depends on {' and '.join(map(read, found[:2]))}, and the cache "
            f"gives its answer to everybody: the key of {route.method} {route.rule} is {use.key}",
            "put who asks into the key with `key_prefix`, or cache only what is the same for all",
            symbol=route.endpoint,
            tags=("caching", route.endpoint),
        )
