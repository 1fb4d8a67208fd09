"""Tokens as an attacker makes them: by hand, so that no library stands in the way of what is wrong."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any

Claims = dict[str, Any]


def encoded(raw: bytes) -> str:
    """Return bytes as a part of a token."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def decoded(part: str) -> bytes:
    """Return the bytes in a part of a token."""
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def claims_of(token: str) -> Claims:
    """Return what a token says, whoever signed it."""
    claims: Claims = json.loads(decoded(token.split(".")[1]))
    return claims


def header_of(token: str) -> Claims:
    """Return what a token's header says."""
    header: Claims = json.loads(decoded(token.split(".", maxsplit=1)[0]))
    return header


def digest(token: str) -> str:
    """Return what the database keeps of a refresh token: the hash of its id."""
    return hashlib.sha256(claims_of(token)["jti"].encode()).hexdigest()


def forge(claims: Mapping[str, Any] | str, key: str | bytes, **header: Any) -> str:  # noqa: ANN401 - any JSON
    """Sign claims with HS256, whatever the header says.

    Args:
        claims: They, or the text of the JSON document itself.
        key: What it is signed with.
        header: Replaces what stands in an honest header; None as a value stays.
    """
    text = claims if isinstance(claims, str) else json.dumps(claims)
    return sign(json.dumps({"alg": "HS256", "typ": "JWT", **header}), text, key)


def sign(header: str, claims: str, key: str | bytes, algorithm: str = "sha256") -> str:
    """Sign two texts with HMAC."""
    signed = f"{encoded(header.encode())}.{encoded(claims.encode())}"
    raw = key.encode() if isinstance(key, str) else key
    return f"{signed}.{encoded(hmac.new(raw, signed.encode(), algorithm).digest())}"
