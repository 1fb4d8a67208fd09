"""How tokens get to the client and leave it again: in the body, or in cookies that no script can read."""

from __future__ import annotations

from flask import Response
from flask import jsonify
from flask_jwt_extended import set_access_cookies
from flask_jwt_extended import set_refresh_cookies
from flask_jwt_extended import unset_jwt_cookies

from ..config import settings_of
from .refresh import Tokens
from .schemas import AccessToken
from .schemas import TokenPair


def deliver_pair(tokens: Tokens) -> TokenPair | Response:
    """Answer with both tokens of a session, in the way that the settings name."""
    if not _in_cookies():
        return TokenPair(
            access_token=tokens.access_token, refresh_token=tokens.refresh_token, expires_in=tokens.expires_in
        )
    response = jsonify(expires_in=tokens.expires_in)
    set_access_cookies(response, tokens.access_token, max_age=tokens.expires_in)
    set_refresh_cookies(response, tokens.refresh_token, max_age=settings_of().refresh_days * 86_400)
    return response


def deliver_access(access_token: str) -> AccessToken | Response:
    """Answer with an access token alone."""
    expires_in = settings_of().access_minutes * 60
    if not _in_cookies():
        return AccessToken(access_token=access_token, expires_in=expires_in)
    response = jsonify(expires_in=expires_in)
    set_access_cookies(response, access_token, max_age=expires_in)
    return response


def done(*, forget: bool = False) -> Response:
    """Answer that it is done.

    Args:
        forget: Whether the client's session is over, so that its cookies are to be removed.
    """
    response = Response(status=204)
    if forget and _in_cookies():
        unset_jwt_cookies(response)
    return response


def _in_cookies() -> bool:
    return settings_of().token_location == "cookies"
