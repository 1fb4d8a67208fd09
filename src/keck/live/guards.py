"""Guards: what a layer of a view or a hook demands of whoever asks."""

from __future__ import annotations

import re
import types
from collections.abc import Iterable
from typing import Any

from keck.live.chain import Chain, Link
from keck.live.check import Check, jwt_how
from keck.live.conditions import Situation
from keck.live.record import Guard
from keck.live.refusals import Reader
from keck.live.spots import is_library, lookup
from keck.live.wrappers import qualified

_JWT = ("optional", "fresh", "refresh", "locations", "verify_type", "skip_revocation_check")
_DEMANDS = re.compile(
    r"(auth|login|logged_in|role|permission|scope|token|jwt|admin|user|access|api_?key)\w*(required|protect|accepted|guard)"
    r"|(require|protect|guard|verify|check)\w*(auth|login|role|permission|scope|token|jwt|user|admin|oauth)"
    r"|requires_auth|ResourceProtector",
    re.IGNORECASE,
)


def checks(link: Link, reader: Reader, situation: Situation) -> tuple[Check, ...]:
    """Return what one layer demands; nothing for one that is no guard."""
    held = link.cells
    if link.kind == "jwt":
        details = {name: _data(held.get(name)) for name in _JWT}
        return (Check("jwt", jwt_how(details), details),)
    if link.kind == "login":
        how = link.known.how if link.known is not None else "required"
        if situation.app.config.get("LOGIN_DISABLED"):
            return (Check("login", "optional", {"disabled": True}),)
        return (Check("login", how),)
    if link.kind == "httpauth":
        details = {"role": _data(held.get("role")), "scheme": _scheme(held.get("self"))}
        return (Check("httpauth", "optional" if held.get("optional") else "required", details),)
    if link.kind == "security":
        return (_security(link),)
    if link.kind == "principal":
        return (Check("principal", "required", {"needs": _needs(held.get("self"))}),)
    if link.kind != "own" or link.function is None or link.known is not None:
        return ()
    if is_library(link.function.__code__.co_filename):
        entering = _entering(link)
        if entering is not None:
            return reader.checks(entering, situation)
        return (Check("own", "required"),) if _DEMANDS.search(_made_by(link)) else ()
    if not link.applied:
        return reader.applied(link.function, situation)
    return reader.checks(link.function, situation, link.inner)


def _entering(link: Link) -> types.FunctionType | None:
    """Return what a `contextlib.ContextDecorator` of the project runs before the view, or None for another layer."""
    function = link.function
    if function is None or function.__globals__.get("__name__") != "contextlib" or "self" not in link.cells:
        return None
    found = lookup(type(link.cells["self"]), "__enter__")
    own = type(found) is types.FunctionType and not is_library(found.__code__.co_filename)
    return found if own else None


def of_hook(hook: Chain, reader: Reader, situation: Situation) -> tuple[Check, ...]:
    """Return what a `before_request` function demands, and what its own decorators do."""
    found: list[Check] = []
    for link in hook.links:
        if link.kind == "body":
            if link.function is not None and not is_library(link.function.__code__.co_filename):
                code = link.function.__code__
                both = code.co_varnames[:2] if code.co_argcount == 2 else ("", "")
                found += reader.checks(link.function, situation, "", (both[0], both[1]))
        else:
            found += checks(link, reader, situation)
    return tuple(found)


def of_body(link: Link, reader: Reader, situation: Situation) -> tuple[Check, ...]:
    """Return the tokens that the innermost function itself demands.

    What else it refuses is its own affair: a login answers 401 to a wrong password and guards nothing.
    """
    function = link.function
    if function is None or "verify_jwt_in_request" not in reader.references.reads(function):
        return ()
    return tuple(one for one in reader.checks(function, situation) if one.kind == "jwt")


_PASS_OPTIONS = frozenset({"jwt", "login", "httpauth"})
"""Guards that let every OPTIONS request pass."""


def exposure(guards: Iterable[Guard], method: str = "GET") -> str:
    """Return how much a route shows to somebody unknown, as `Route.exposure`."""
    every = {one.how for one in guards if method != "OPTIONS" or one.kind not in _PASS_OPTIONS}
    if every & {"required", "fresh", "refresh"}:
        return "guarded"
    return next((how for how in ("conditional", "optional") if how in every), "open")


def text(check: Check, name: str) -> str:
    """Return a demand as a person says it: ``jwt_required(fresh=True)``."""
    short = name.rpartition(".")[2]
    details = check.details
    said = [f"{each}={details[each]!r}" for each in _JWT if details.get(each) not in (None, False, True)]
    said += [
        f"{each}=True"
        for each in ("optional", "fresh", "refresh", "skip_revocation_check")
        if details.get(each) is True
    ]
    said += [f"{each}=False" for each in ("verify_type",) if details.get(each) is False]
    said += [
        f"{each}={details[each]!r}" for each in ("role", "roles", "permissions", "auth_methods") if details.get(each)
    ]
    if check.kind == "httpauth" and check.how == "optional":
        said.append("optional=True")
    return f"{short}({', '.join(said)})" if said else short


def _security(link: Link) -> Check:
    held, name = link.cells, link.known.name if link.known is not None else ""
    defaults = (link.function.__kwdefaults__ or {}) if link.function is not None else {}
    details: dict[str, Any] = {}
    if name == "auth_required":
        details["auth_methods"] = _data(defaults.get("auth_methods") or held.get("auth_methods") or ())
        within = defaults.get("within", held.get("within", -1))
        fresh = callable(within) or (isinstance(within, int | float) and within >= 0)
        return Check("security", "fresh" if fresh else "required", details)
    if "roles" in held:
        details["roles"] = _data(held["roles"])
    if "fsperms" in held:
        details["permissions"] = _data(held["fsperms"])
    return Check("security", "required", details)


def _scheme(auth: object) -> Any:  # noqa: ANN401 - a string, or several of a MultiAuth
    held = getattr(auth, "__dict__", {})
    if "main_auth" in held:
        return [_scheme(one) for one in (held["main_auth"], *held.get("additional_auths", ()))]
    return _data(held.get("scheme"))


def _needs(context: object) -> list[str]:
    permission = getattr(context, "__dict__", {}).get("permission")
    needs = getattr(permission, "__dict__", {}).get("needs") or ()
    return sorted(":".join(map(str, one)) if isinstance(one, tuple) else str(one) for one in needs)


def _made_by(link: Link) -> str:
    code = link.function.__code__ if link.function is not None else None
    return f"{qualified(link.value)} {getattr(code, 'co_qualname', '')}"


def _data(value: object) -> Any:  # noqa: ANN401 - JSON data
    """Return a value as JSON data; what is none as its name."""
    if value is None or type(value) in {bool, int, float, str}:
        return value
    if isinstance(value, list | tuple | set | frozenset):
        every = [_data(one) for one in value]
        return sorted(every, key=str) if isinstance(value, set | frozenset) else every
    return qualified(value) if isinstance(value, types.FunctionType) else str(type(value).__name__)
