"""A token is made that never expires.

What:
    `JWT_ACCESS_TOKEN_EXPIRES`, `JWT_REFRESH_TOKEN_EXPIRES` or `expires_delta` is False, 0 or an
    empty timedelta, or ten years and more. 0 does not mean "at once": it leaves the `exp` claim out.

Why:
    A token that leaks, in a log, a backup or a stolen phone, opens the account for ever. Nothing
    ends it but a blocklist, or a new key for everybody.

Fix:
    Leave the default (15 minutes for access tokens, 30 days for refresh tokens) or set a timedelta,
    and let clients renew access tokens with a refresh token.

When to ignore it:
    For tokens of machines that are listed and can be revoked. A token made in a function whose name
    says so (long-lived, service, device, api key) is passed over.

Evidence:
    Reproduced with Flask-JWT-Extended 4.7.4: 0, timedelta(0) and False make tokens without `exp`,
    3600 makes one with it. vimalloc/flask-jwt-extended #105, #106.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

from keck.finding import Finding, Level, Place
from keck.live.record import LiveApp
from keck.live.record import Setting as LiveSetting
from keck.project import Project
from keck.project.config import Setting
from keck.project.module import Module
from keck.project.values import Env, Known, Value, alternatives, defaults
from keck.rule import Rule
from keck.rules.jwt._manager import PACKAGE

rule = Rule(
    __name__,
    requires=("flask_jwt", "flask.ext"),
    level=Level.warning,
    needles=("JWT_", "expires_delta", "flask_jwt_extended", "from_object", "from_mapping"),
    good="Every token expires",
    needs=("jwt",),
)

_KEYS = ("JWT_ACCESS_TOKEN_EXPIRES", "JWT_REFRESH_TOKEN_EXPIRES")
_MAKERS = {"create_access_token": 2, "create_refresh_token": 1}
_DELIBERATE = re.compile(
    r"long.?lived|permanent|api_?(key|token)|service|machine|device|integration|personal|(^|[._])bot", re.IGNORECASE
)
_FOR_EVER = timedelta(days=3650)
_HELP = "set a timedelta, and renew access tokens with a refresh token"


@rule.in_code
def check(project: Project) -> Iterator[Finding]:
    """Yield each setting and each argument that makes a token without an end."""
    if not project.uses(PACKAGE):
        return
    for key in _KEYS:
        for one in project.settings(key):
            span = None if _aside(one) else _endless(one.value)
            if span:
                yield rule.finding(
                    one.place,
                    f"`{key}` is {span}{_where(one)}: these tokens {_ending(span)}",
                    _HELP,
                    symbol=key,
                )
    for name, position in _MAKERS.items():
        for module, scope, call in project.calls_to(f"{PACKAGE}.{name}"):
            given = call.argument(position, "expires_delta")
            span = (
                None if given is None or _deliberate(module, scope) else _endless(project.value(module, scope, given))
            )
            if given is not None and span:
                yield rule.finding(
                    module.place(given),
                    f"`expires_delta` is {span}: this token {_ending(span).replace('expire', 'expires')}",
                    _HELP,
                    symbol=f"{module.name}:{scope}",
                )


def _aside(one: Setting) -> bool:
    """Whether a setting is that of development, and not what the app runs with by default."""
    return one.role == "development" and one.default is not True


def _where(one: Setting) -> str:
    name = one.holder.partition(":")[2]
    fallback = " unless the environment says otherwise" if isinstance(one.value, Env) else ""
    return (f" in `{name}`" if name else "") + fallback


def _deliberate(module: Module, scope: str) -> bool:
    return _DELIBERATE.search(scope) is not None or _DELIBERATE.search(module.name.rpartition(".")[2]) is not None


def _ending(span: str) -> str:
    return "outlive the key" if "days" in span else "never expire"


def _endless(value: Value) -> str | None:
    """Return how an endless time is written, or None; where several values are possible, all have to be endless."""
    said = [_one(inner) for one in alternatives(value) for inner in (defaults(one) if isinstance(one, Env) else (one,))]
    return said[0] if said and all(said) else None


def _one(value: Value) -> str | None:
    if not isinstance(value, Known):
        return None
    inner = value.value
    if isinstance(inner, timedelta):
        if not inner:
            return "an empty timedelta"
        return f"{inner.days} days" if inner >= _FOR_EVER else None
    if isinstance(inner, int) and not inner:
        return str(inner)
    return f"{inner // 86400} days" if isinstance(inner, int) and inner >= _FOR_EVER.total_seconds() else None


_DAYS = re.compile(r"(\d+) days?, ")


@rule.in_app
def examine(app: LiveApp) -> Iterator[Finding]:
    """Yield the settings of a bound manager under which tokens never end."""
    manager = app.of("jwt", "this", "both", "unknown")[0]
    for key in _KEYS:
        span = _lasting(app.config.get(key, LiveSetting("NoneType")))
        if span:
            yield rule.live(
                manager.spot, f"`{key}` is {span}: these tokens {_ending(span)}", _HELP, symbol=key, tags=("jwt", key)
            )


def _lasting(setting: LiveSetting) -> str:
    """Return how an endless time is written, or an empty text."""
    value = setting.value
    if setting.type == "timedelta":
        days = _DAYS.match(str(value))
        lasting = days is not None and int(days[1]) >= _FOR_EVER.days
        return "an empty timedelta" if value == "0:00:00" else f"{days[1]} days" if days and lasting else ""
    return _one(Known(value, Place(""))) or "" if setting.type in {"bool", "int"} and value is not True else ""
