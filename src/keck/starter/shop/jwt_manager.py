"""Flask-JWT-Extended with a short way for tokens that are in order.

Before it verifies a token the extension reads it twice, so that callbacks may choose the key by what stands in it. Ours
is always the same. A token that the short way does not take goes the long one, which says what is wrong with it.
"""

from __future__ import annotations

from typing import Any

import jwt
from flask_jwt_extended import JWTManager
from flask_jwt_extended.config import config

REQUIRED = ["exp", "iat", "jti", "sub", "type", "fresh"]


class OneKeyJWTManager(JWTManager):
    """A JWTManager for an app with one symmetric key, and no `decode_key_loader`."""

    def _decode_jwt_from_config(
        self, encoded_token: str, csrf_value: str | None = None, allow_expired: bool = False
    ) -> dict[str, Any]:
        if csrf_value is None and not allow_expired:
            try:
                return jwt.decode(
                    encoded_token,
                    config.decode_key,
                    algorithms=[config.algorithm],
                    audience=config.decode_audience,
                    issuer=config.decode_issuer,
                    leeway=config.leeway,
                    options={"require": REQUIRED},
                )
            except jwt.InvalidTokenError:
                pass
        found: dict[str, Any] = super()._decode_jwt_from_config(encoded_token, csrf_value, allow_expired)
        return found
