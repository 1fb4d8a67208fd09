"""Security headers of every answer."""

from __future__ import annotations

from flask import Flask
from flask import Response
from flask import request  # with: cors

from .config import settings_of

API_POLICY = "default-src 'none'; frame-ancestors 'none'"
_HEADERS = [
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Referrer-Policy", "no-referrer"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Permissions-Policy", "geolocation=(), camera=(), microphone=()"),
]
_HSTS = ("Strict-Transport-Security", "max-age=63072000; includeSubDomains")


def init_app(app: Flask) -> None:
    """Put the headers on every answer of `app`. Views may set the policy and the cache control, and no other."""
    always = [*_HEADERS, _HSTS] if settings_of(app).environment == "production" else _HEADERS

    def secure(response: Response) -> Response:
        headers = response.headers
        headers.extend(always)
        headers.setdefault("Content-Security-Policy", API_POLICY)
        headers.setdefault("Cache-Control", "no-store")
        # with: cors {
        if request.path.startswith(("/api", "/admin")):
            if "Vary" in headers:
                response.vary.add("Origin")
            else:
                headers["Vary"] = "Origin"
        # with: cors }
        return response

    app.after_request(secure)
