"""The short way of tokens that are in order."""

from __future__ import annotations

import jwt
import pytest
from apiflask import APIFlask
from flask_jwt_extended import JWTManager
from flask_jwt_extended import create_access_token
from flask_jwt_extended import decode_token

from shop.extensions import jwt as manager


def test_a_token_in_order_takes_the_short_way(app: APIFlask, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the short way gives is what the long way gives, and it does without that."""
    with app.test_request_context():
        token = create_access_token("ann", additional_claims={"sid": "x"})
        expected = JWTManager._decode_jwt_from_config(manager, token)  # noqa: SLF001 - what it overrides
        monkeypatch.setattr(JWTManager, "_decode_jwt_from_config", None)
        assert decode_token(token) == expected


def test_a_token_with_a_csrf_value_takes_the_long_way(app: APIFlask) -> None:
    """The value that cookies come with is checked by Flask-JWT-Extended."""
    with app.test_request_context(), pytest.raises(Exception, match="CSRF"):
        decode_token(create_access_token("ann"), csrf_value="another")


def test_what_is_wrong_is_said_by_the_long_way(app: APIFlask) -> None:
    """A token that the short way does not take is refused as Flask-JWT-Extended refuses it."""
    with app.test_request_context(), pytest.raises(jwt.InvalidSignatureError):
        decode_token(create_access_token("ann")[:-4] + "AAAA")
