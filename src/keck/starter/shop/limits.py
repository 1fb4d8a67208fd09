# with: limiter
"""The limits: how often an address or an account may do what, and how a refusal answers.

A view has one limit: above `@jwt_required()` by address, or below it by account. That of the whole application, by
address, counts every request, also those that a guard refuses.
"""

from __future__ import annotations

import time

import structlog
from flask import Flask
from flask import Response
from flask import g
from flask import request
from flask_limiter import RateLimitExceeded

from .address_limiter import client_network
from .config import settings_of
from .errors import problem
from .extensions import limiter

log = structlog.get_logger()


def login_limit() -> str:
    """How often a password may be tried."""
    return settings_of().limit_login


def register_limit() -> str:
    """How often an account may be asked for."""
    return settings_of().limit_register


# with: mail {
def reset_limit() -> str:
    """How often a mail to an address of one's choice may be asked for."""
    return settings_of().limit_reset


# with: mail }
def refresh_limit() -> str:
    """How often tokens may be refreshed."""
    return settings_of().limit_refresh


def account_limit() -> str:
    """How often an account may change something."""
    return settings_of().limit_account


def account_or_address() -> str:
    """Who asks: the account that the guard has let in, else the address."""
    session = g.get("login_session")
    return f"address:{client_network()}" if session is None else f"account:{session.user_id}"


@limiter.request_filter
def is_preflight() -> bool:
    """Whether this is an OPTIONS request: browsers send those on their own, so they count for nothing."""
    return request.method == "OPTIONS"


def init_app(app: Flask) -> None:
    """Answer what exceeds a limit of `app` with a problem document that says when to go on."""
    app.register_error_handler(RateLimitExceeded, _refuse)


def _refuse(error: RateLimitExceeded) -> Response:
    limit = error.limit.limit
    seconds = _seconds_left(limit.get_expiry())
    answer = problem(429, f"No more than {limit}. Try again in {seconds} s.", code="too-many-requests")
    answer.headers["Retry-After"] = str(seconds)
    answer.headers["RateLimit-Limit"] = str(limit.amount)
    answer.headers["RateLimit-Remaining"] = "0"
    answer.headers["RateLimit-Reset"] = str(seconds)
    return answer


def _seconds_left(window: int) -> int:
    """The time until the exceeded limit starts over; the whole window when its store does not answer any more."""
    exceeded = limiter.current_limit
    try:
        end = exceeded.reset_at if exceeded is not None else time.time() + window
    except Exception as error:  # noqa: BLE001 - whatever the store raises: it is refused all the same
        log.warning("limit store unavailable", error=str(error))
        return window
    return max(1, min(window, round(end - time.time())))
