"""A config key has a value of a type that its reader does not take for what it says.

What:
    A text where a flag belongs, which counts as true whatever it says (`RATELIMIT_ENABLED = "False"`, as the
    environment gives it); a text, None or a fraction where seconds or a `timedelta` belong; `RATELIMIT_DEFAULT` as a
    list; a text as `SECRET_KEY_FALLBACKS`; a tuple by a comma at the end of a line; a property of a class that was
    given to `from_object()`.

Why:
    What was switched off is on: cookies are sent with credentials to other sites, mail is suppressed, limits count.
    Or the first login or the first request fails, long after the start. Each character of a text as
    `SECRET_KEY_FALLBACKS` is a key of its own, so that anyone can sign a session with one of them.

Fix:
    Convert what is read from the environment: `os.environ.get("RATELIMIT_ENABLED", "true").lower() == "true"`,
    `int(os.environ["MAX_CONTENT_LENGTH"])`. Several limits are one text: `"100 per day; 10 per minute"`. `keck fix`
    writes these.

When to ignore it:
    A text such as "True" as a flag does what it says until somebody sets it to "False"; that is a note.

Evidence:
    Reproduced with Flask 3.1.3, Flask-JWT-Extended 4.7.4, Flask-CORS 6.0.5, Flask-Caching 2.5.1, Flask-Limiter 4.1.1
    and Flask-Mail 0.10.0: with "False" CORS answers with credentials, limits count, mail is suppressed, cookies are
    Secure; JWT_ACCESS_TOKEN_EXPIRES as "3600", None or 15.5 is a RuntimeError at the first login; RATELIMIT_DEFAULT as
    a list is a ValueError for every request; SECRET_KEY_FALLBACKS = "old-secret" accepts a session that is signed with
    "o". SQLALCHEMY_ECHO = "False" is understood, and so is no finding. Public thread: miguelgrinberg/microblog #141.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from keck.edit import Fix, Replace, Wrap
from keck.facts.expr import Items, text_of
from keck.finding import Finding, Level
from keck.known import NAMESPACES, owner
from keck.live.record import LiveApp, Setting
from keck.project import Project
from keck.project.config import Setting as Written
from keck.project.values import Env, Known
from keck.rule import Rule
from keck.rules._flags import as_flag, as_number, read_raw
from keck.rules._live import PACKAGES
from keck.rules._words import SETTINGS

rule = Rule(
    __name__,
    level=Level.error,
    needles=("environ", "getenv", *NAMESPACES, *SETTINGS),
    good="Config values have the types that their readers expect",
)

_FLAGS = frozenset(
    [
        "DEBUG",
        "TESTING",
        "SESSION_COOKIE_HTTPONLY",
        "SESSION_COOKIE_PARTITIONED",
        "SESSION_COOKIE_SECURE",
        "SESSION_REFRESH_EACH_REQUEST",
        "TRAP_BAD_REQUEST_ERRORS",
        "TRAP_HTTP_EXCEPTIONS",
        "PROPAGATE_EXCEPTIONS",
        "USE_X_SENDFILE",
        "EXPLAIN_TEMPLATE_LOADING",
        "TEMPLATES_AUTO_RELOAD",
        "PROVIDE_AUTOMATIC_OPTIONS",
        "SQLALCHEMY_RECORD_QUERIES",
        "SQLALCHEMY_TRACK_MODIFICATIONS",
        "JWT_COOKIE_SECURE",
        "JWT_COOKIE_CSRF_PROTECT",
        "JWT_CSRF_IN_COOKIES",
        "JWT_CSRF_CHECK_FORM",
        "JWT_SESSION_COOKIE",
        "JWT_ENCODE_NBF",
        "JWT_VERIFY_SUB",
        "CORS_SUPPORTS_CREDENTIALS",
        "CORS_SEND_WILDCARD",
        "CORS_VARY_HEADER",
        "CORS_AUTOMATIC_OPTIONS",
        "CORS_ALWAYS_SEND",
        "CORS_INTERCEPT_EXCEPTIONS",
        "CORS_ALLOW_PRIVATE_NETWORK",
        "CACHE_NO_NULL_WARNING",
        "CACHE_IGNORE_ERRORS",
        "CACHE_SOURCE_CHECK",
        "CACHE_ENABLE_SIGNALS",
        "RATELIMIT_ENABLED",
        "RATELIMIT_HEADERS_ENABLED",
        "RATELIMIT_SWALLOW_ERRORS",
        "RATELIMIT_FAIL_ON_FIRST_BREACH",
        "RATELIMIT_IN_MEMORY_FALLBACK_ENABLED",
        "RATELIMIT_DEFAULTS_PER_METHOD",
        "RATELIMIT_APPLICATION_PER_METHOD",
        "MAIL_SUPPRESS_SEND",
        "MAIL_ASCII_ATTACHMENTS",
    ]
)
"""Keys that are asked whether they are true; those of mail transport have a rule of their own."""
_OFF = frozenset({"false", "0", "no", "off", "none", "f", "n"})
_ON = frozenset({"true", "1", "yes", "on", "t", "y"})


class Misfit(NamedTuple):
    """What a key does not take: the names of types, what comes of it, and what to write."""

    types: frozenset[str]
    so: str
    advice: str


_TEXT = frozenset({"str", "bytes", "tuple", "list"})
_ROWS = frozenset({"list", "tuple", "set", "frozenset"})
_NO_KEY = frozenset({"tuple", "list", "int", "float", "dict", "bool"})
_EXPIRES = Misfit(
    frozenset({"str", "float", "NoneType", "tuple", "list"}),
    "a RuntimeError when the first token is made",
    "write a `timedelta`, or an `int` of seconds",
)
_LIMITS = Misfit(
    _ROWS, "a ValueError for every request", 'write one text with `;` between the limits: "100 per day; 10 per minute"'
)
_SIZE = Misfit(_TEXT, "a TypeError for every request with a body", "convert it with `int()`")
_MISFITS = {
    "JWT_ACCESS_TOKEN_EXPIRES": _EXPIRES,
    "JWT_REFRESH_TOKEN_EXPIRES": _EXPIRES,
    "JWT_DECODE_LEEWAY": Misfit(_TEXT, "a TypeError for every request with a token", "convert it with `int()`"),
    "PERMANENT_SESSION_LIFETIME": Misfit(
        _TEXT, "a TypeError when a permanent session is saved", "write a `timedelta`, or an `int` of seconds"
    ),
    "MAX_CONTENT_LENGTH": _SIZE,
    "MAX_FORM_MEMORY_SIZE": Misfit(_TEXT, "a TypeError for every form with a file", "convert it with `int()`"),
    "MAX_FORM_PARTS": Misfit(_TEXT, "a TypeError for every form with a file", "convert it with `int()`"),
    "MAX_COOKIE_SIZE": Misfit(_TEXT, "a TypeError when a cookie is set", "convert it with `int()`"),
    "SESSION_COOKIE_SAMESITE": Misfit(
        frozenset({"bool"}), "an AttributeError when a session is saved", 'write "Lax", "Strict", "None" as a text, or None'
    ),
    "SECRET_KEY_FALLBACKS": Misfit(
        frozenset({"str", "bytes"}),
        "each of its characters is taken for a key, and a session signed with one of them is accepted",
        'write a list: `["..."]`',
    ),
    "SECRET_KEY": Misfit(_NO_KEY, "a TypeError when a session is saved", "write a text or bytes, without a comma behind it"),
    "JWT_SECRET_KEY": Misfit(_NO_KEY, "a TypeError when a token is made", "write a text or bytes, without a comma behind it"),
    "RATELIMIT_DEFAULT": _LIMITS,
    "RATELIMIT_APPLICATION": _LIMITS,
    "RATELIMIT_META": _LIMITS,
    "CACHE_THRESHOLD": Misfit(_TEXT, "a TypeError whenever something is to be cached, so nothing is", "convert it with `int()`"),
}  # fmt: skip


_NUMBERS = frozenset(
    {"JWT_DECODE_LEEWAY", "MAX_CONTENT_LENGTH", "MAX_FORM_MEMORY_SIZE", "MAX_FORM_PARTS", "MAX_COOKIE_SIZE"}
    | {"CACHE_THRESHOLD", "JWT_ACCESS_TOKEN_EXPIRES", "JWT_REFRESH_TOKEN_EXPIRES", "PERMANENT_SESSION_LIFETIME"}
)
"""Keys for which a number of the environment has to be made one."""


@rule.in_code
def check(project: Project) -> Iterator[Finding]:
    """Yield the keys of Flask, and of the extensions in use, that are given a text where they take something else."""
    for key in sorted({*_FLAGS, *_MISFITS} & set(project.config.settings)):
        extension = owner(key)
        if extension is not None and not project.uses(extension):
            continue
        for setting in project.config.of(key):
            told = None if setting.module.is_test else _written(project, key, setting)
            if told is not None:
                message, advice, level, fix = told
                yield rule.finding(setting.place, message, advice, level=level, symbol=key, fix=fix)


def _written(project: Project, key: str, setting: Written) -> tuple[str, str, Level | None, Fix | None] | None:
    """Return what is wrong with what the source writes, what to do, how bad it is, and its repair; or None."""
    value, raw = setting.value, read_raw(project, setting)
    stated = None
    if isinstance(value, Known):
        kind = setting.expr.kind if isinstance(setting.expr, Items) else type(value.value).__name__
        stated = Stated(kind, value.value)
    if raw is not None and isinstance(value, Env):
        text = text_of(raw[1])
        if key in _FLAGS:
            told = _flag(key, Stated("str", text)) if text else None
            if told is None or told[2] is not None:
                told = (
                    f'`{key}` is what the environment says of `{raw[0]}`, a text: "False" counts as true',
                    _compared(key),
                    Level.warning,
                )
            return (*told, as_flag(project, setting))
        if key in _NUMBERS:
            message = f"`{key}` is what the environment says of `{raw[0]}`, a text: {_MISFITS[key].so}"
            return message, _MISFITS[key].advice, None, as_number(project, setting)
        return None
    told = None if stated is None else _told(key, stated)
    return None if told is None or stated is None else (*told, _repair(project, key, setting, stated))


def _repair(project: Project, key: str, setting: Written, stated: Stated) -> Fix | None:
    """Return how a literal gets the type that its reader expects."""
    if key in _FLAGS:
        return as_flag(project, setting)
    if key in _NUMBERS:
        return as_number(project, setting)
    assert setting.expr is not None  # noqa: S101 - what has a value in the source is written there
    place, intends = setting.module.place(setting.expr), (f"config/{key}", "extensions/*", "limits/*")
    rows = [one.value for one in stated.value if isinstance(one, Known)] if isinstance(stated.value, list) else []
    texts = isinstance(setting.expr, Items) and len(rows) == len(setting.expr.items)
    if _MISFITS[key] is _LIMITS and texts and rows and all(isinstance(one, str) for one in rows):
        return Fix("write one text", (Replace(place, f'"{"; ".join(rows)}"'),), intends=intends)
    if key == "SECRET_KEY_FALLBACKS" and text_of(setting.expr) is not None:
        return Fix("write a list", (Wrap(place, "[", "]"),), intends=intends)
    return None


@rule.in_app
def examine(app: LiveApp) -> Iterator[Finding]:
    """Yield the keys of Flask, and of the extensions that serve the app, whose values have a type that misleads."""
    for key, setting in app.config.items():
        extension = PACKAGES.get(owner(key) or "", "")
        if extension and app.serving(extension) is None:
            continue
        told = _told(key, setting)
        if told is not None:
            message, advice, level = told
            yield rule.live(
                app.spot, message, advice, level=level, symbol=key, tags=(key, extension) if extension else (key,)
            )


class Stated(NamedTuple):
    """A value that the source states: the name of its type, and itself."""

    type: str
    value: Any


def _told(key: str, setting: Setting | Stated) -> tuple[str, str, Level | None] | None:
    """Return what is wrong, what to do, and how bad it is, or None."""
    if setting.type == "property":
        return f"`{key}` is a property object, not its value", "give `from_object()` an instance of the class", None
    if key in _FLAGS:
        return _flag(key, setting)
    misfit = _MISFITS.get(key)
    if misfit is None:
        return None
    if setting.type in misfit.types:
        kind = "None" if setting.type == "NoneType" else f"of type {setting.type}"
        return f"`{key}` is {kind}: {misfit.so}", misfit.advice, None
    if misfit is _EXPIRES and setting.type == "bool" and setting.value is True:
        return f"`{key}` is True: {misfit.so}", misfit.advice, None
    return None


def _compared(key: str) -> str:
    return f'compare it: `{key} = os.environ.get("{key}", "").lower() == "true"`'


def _flag(key: str, setting: Setting | Stated) -> tuple[str, str, Level | None] | None:
    advice = _compared(key)
    if setting.type in {"tuple", "list"} and setting.value:
        return (
            f"`{key}` is a {setting.type}, which counts as true whatever is in it",
            "remove the comma behind it",
            None,
        )
    if setting.type != "str" or not isinstance(setting.value, str) or not setting.value:
        return None
    text = setting.value.strip().lower()
    if text in _OFF:
        return f'`{key}` is the text "{setting.value}", which counts as true: it is on', advice, None
    if text in _ON:
        return f'`{key}` is the text "{setting.value}"; "False" would count as true as well', advice, Level.note
    return f"`{key}` is a text, which counts as true whatever it says", advice, Level.warning
