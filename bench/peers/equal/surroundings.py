"""What the service does around a request beside the work, written as lean as ASGI allows.

A request id in and out, the security headers, a JSON line in the log, and the Prometheus series of requests.
"""

from __future__ import annotations

import re
import sys
import time
from datetime import UTC, datetime
from uuid import uuid4

import orjson
from prometheus_client import Counter, Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

GIVEN = re.compile(rb"[A-Za-z0-9._-]{8,64}")
HEADERS = [
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"permissions-policy", b"geolocation=(), camera=(), microphone=()"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
]
requests = Counter("http_requests", "Requests answered.", ["method", "route", "status"])
seconds = Histogram("http_request_seconds", "Time that answers took.", ["method", "route"])


class Surrounded:
    """Middleware around everything else.

    Args:
        app: What is behind it.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and tell of the answer."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        given = next((value for name, value in scope["headers"] if name == b"x-request-id"), b"")
        request_id = given if GIVEN.fullmatch(given) else uuid4().hex.encode()
        status = 500

        async def tell(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], *HEADERS, (b"x-request-id", request_id)]
            await send(message)

        await self._app(scope, receive, tell)
        took = time.perf_counter() - started
        method = scope["method"]
        route = getattr(scope.get("route"), "path", "none")
        requests.labels(method, route, str(status)).inc()
        seconds.labels(method, route).observe(took)
        line = {
            "method": method,
            "path": scope["path"],
            "status": status,
            "ms": round(took * 1000, 1),
            "request_id": request_id.decode(),
            "event": "request",
            "level": "info",
            "timestamp": datetime.now(UTC).isoformat(),
        }
        sys.stderr.write(orjson.dumps(line).decode() + "\n")
