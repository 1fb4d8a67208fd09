"""A key that signs sessions or tokens is too short, or everybody knows it.

What:
    The value that `SECRET_KEY`, `JWT_SECRET_KEY` or another signing key has in the live app stands in the
    documentation, a tutorial or a template ("dev", "change-me", "super-secret"), or has fewer bytes than its
    algorithm needs: 32 for HS256, 48 for HS384, 64 for HS512 (RFC 7518, section 3.2), 16 for the HMAC of Flask's
    session cookie. Keck tells its length, never the key.

Why:
    Whoever has one token or cookie can try keys against it on a machine of their own, millions a second, and
    well-known ones come first. With the key found, any user's token can be signed. Nothing fails: PyJWT warns once
    (`InsecureKeyLengthWarning`), and Flask says nothing.

Fix:
    Draw one with `python -c "import secrets; print(secrets.token_hex(32))"` (64 bytes as text) and give it to the
    app by the environment. All tokens and sessions that were signed with the old one end.

When to ignore it:
    On a machine of developers. An app that is testing is passed over, and in debug mode it is a note.

Evidence:
    Flask-JWT-Extended 4.7.4 and PyJWT 2.15.1 sign and accept tokens with a key of 6 bytes. Of 87 public Flask
    repositories looked at, 33 hold a literal key and 21 a literal fallback, most of them such words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from keck.finding import Finding, Level
from keck.live.record import LiveApp, Setting
from keck.rule import Rule, Skipped
from keck.rules._wording import code, listed

rule = Rule(
    __name__,
    level=Level.error,
    good="Signing keys are long enough, and nobody knows them",
    follows=("config/wrong-type",),
)

_SIGNING = re.compile(r"^((\w+_)?SECRET_KEY(_FALLBACKS)?|JWT_SECRET|SECURITY_PASSWORD_SALT|SECURITY_TOTP_SECRETS)$")
_NEEDED = {"HS256": 32, "HS384": 48, "HS512": 64}
_SESSION = 16
"""Bytes below which a key can be searched for; Flask's documentation used to draw as many, and now draws 32."""


@rule.in_app
def examine(app: LiveApp) -> Iterator[Finding]:
    """Yield the signing keys that are known or short; those with one value are one finding.

    Raises:
        Skipped: the app is testing.
    """
    if app.testing:
        raise Skipped("the app is testing")
    told: set[str] = set()
    for key, setting in app.config.items():
        secret = setting.secret
        if secret is None or key in told or not _SIGNING.match(key) or not secret.get("length"):
            continue
        keys = [key, *(one for one in secret.get("same", ()) if _SIGNING.match(one))]
        told.update(keys)
        needed, algorithm = max(_needed(app, one) for one in keys)
        length = secret["length"]
        if secret.get("known"):
            what, level = (
                f"{_is(keys)} well known: it stands in public code, and whoever tries it can sign for anyone",
                None,
            )
        elif length < needed:
            what = f"{_is(keys)} {length} byte{'s' * (length > 1)} long, and {algorithm} needs {needed}: it can be found by trying"
            level = Level.warning
        else:
            continue
        yield rule.live(
            app.spot,
            what,
            'draw a new one, `python -c "import secrets; print(secrets.token_hex(32))"`, and read it from the environment',
            level=Level.note if app.debug else level,
            symbol=key,
            tags=keys,
        )


def _is(keys: list[str]) -> str:
    return f"{listed(map(code, keys))} {'is' if len(keys) == 1 else 'are one key that is'}"


def _needed(app: LiveApp, key: str) -> tuple[int, str]:
    """Return how many bytes a key needs, and what for; 0 where nothing is signed with it."""
    jwt = app.serving("jwt")
    own = app.config.get("JWT_SECRET_KEY", Setting("NoneType")).secret or {}
    if jwt is not None and key == ("JWT_SECRET_KEY" if own.get("length") else "SECRET_KEY"):
        algorithm = str(app.config.get("JWT_ALGORITHM", Setting("str", "HS256")).value)
        if algorithm in _NEEDED and not jwt.facts.get("key_loaders"):
            return _NEEDED[algorithm], f"{algorithm} of Flask-JWT-Extended"
    if key in {"SECRET_KEY", "SECRET_KEY_FALLBACKS"}:
        return _SESSION, "a session cookie"
    return 0, ""
