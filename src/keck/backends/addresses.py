"""Addresses and texts without the passwords that stand in them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote, quote_plus

MASK = "***"

_IN_URL = re.compile(r"(\w://[^\s:/@]*:)\S*@")
_NAMED = re.compile(
    r"(?i)\b(\w*(?:password|passwd|pwd|secret|token|api_?key)\w*\s*=\s*)('[^']*'|\"[^\"]*\"|[^\s;&,)]+)"
)
_SECRET_KEY = re.compile(r"(?i)password|passwd|pwd|secret|token|key|odbc_connect")


def masked(text: str, secrets: Iterable[str] = ()) -> str:
    """Return the text with `MASK` for these secrets, for passwords in URLs and for values named as secret ones.

    Args:
        text: such as that of an exception.
        secrets: as they are; what a URL makes of them is masked too. One is masked where it is a word of its own,
            so that a password "a" does not leave a text of asterisks.
    """
    for secret in sorted({form for one in secrets for form in _forms(one)}, key=len, reverse=True):
        before = r"(?<!\w)" if re.match(r"\w", secret) else ""
        after = r"(?!\w)" if re.search(r"\w$", secret) else ""
        text = re.sub(before + re.escape(secret) + after, MASK, text)
    text = _IN_URL.sub(rf"\1{MASK}@", text)
    return _NAMED.sub(rf"\1{MASK}", text)


def scrubbed(data: Any, secrets: Iterable[str] = ()) -> Any:  # noqa: ANN401 - JSON data
    """Return a copy of JSON data with each text masked."""
    known = tuple(secrets)
    if isinstance(data, dict):
        return {name: scrubbed(value, known) for name, value in dict(data).items()}
    if isinstance(data, list):
        return [scrubbed(one, known) for one in list(data)]
    return masked(data, known) if isinstance(data, str) else data


def database(url: Any) -> tuple[str, tuple[str, ...]]:  # noqa: ANN401 - SQLAlchemy is the app's
    """Return a `sqlalchemy.engine.URL` as text without its secrets, and the secrets.

    A password that equals a part of the URL that is shown anyway (``postgres:postgres@``) counts as none: masking it
    in error texts would hide who the user is.
    """
    secrets = [str(url.password)] if url.password else []
    host = url.host or ""
    if "@" in host:  # an unquoted @ in the password: the rest of it is taken for a part of the host
        rest, _, host = host.rpartition("@")
        secrets += [rest, f"{url.password}@{rest}"]
    query = {}
    for name, value in url.query.items():
        if _SECRET_KEY.search(name):
            secrets += [value] if isinstance(value, str) else list(value)
            query[name] = MASK
        else:
            query[name] = value
    where = url.set(host=host or None, query=query).render_as_string(hide_password=True)
    shown = {url.username, url.database, host}
    return where.replace(quote_plus(MASK), MASK), tuple(one for one in secrets if one not in shown)


def endpoint(host: object, port: object) -> str:
    """Return ``host:port``; an IPv6 address in brackets."""
    name = str(host)
    return f"[{name}]:{port}" if ":" in name else f"{name}:{port}"


def _forms(secret: str) -> set[str]:
    """Return a secret as it is, as a URL quotes it, and as `repr` shows it."""
    forms = {secret, quote(secret, safe=""), quote(secret), quote_plus(secret), repr(secret)[1:-1]}
    return {one for one in forms if one}
