"""The limits, in Redis, with the library that Flask-Limiter rests on."""

from __future__ import annotations

import json

from limits import RateLimitItem, parse
from limits.aio.storage import RedisStorage
from limits.aio.strategies import FixedWindowRateLimiter
from starlette.types import ASGIApp, Receive, Scope, Send

from .settings import settings

limiter = FixedWindowRateLimiter(RedisStorage(f"async+{settings.redis_url}", implementation="redispy"))
login = parse(settings.limit_login)
_address = parse(settings.limit_address)


async def exceeded(limit: RateLimitItem, *who: str) -> bool:
    """Count a request of somebody, and return whether it is one too many."""
    return not await limiter.hit(limit, *who)


class Limited:
    """Middleware: everything that an address sends is counted.

    Args:
        app: What is behind it.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer it with 429."""
        if scope["type"] == "http" and await exceeded(_address, "address", scope["client"][0]):
            body = json.dumps({"type": "about:blank", "title": "Too Many Requests", "status": 429}).encode()
            headers = [(b"content-type", b"application/problem+json"), (b"retry-after", b"60")]
            await send({"type": "http.response.start", "status": 429, "headers": headers})
            await send({"type": "http.response.body", "body": body})
            return
        await self._app(scope, receive, send)
