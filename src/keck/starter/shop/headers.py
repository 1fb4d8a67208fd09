"""Security headers of every answer."""

from __future__ import annotations

from flask import Flask
from flask import Response
from flask import request  # with: cors

from .config import settings_of

API_POLICY = "default-src 'none'; frame-ancestors 'none'"
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(), camera=(), microphone=()",
}
_HSTS = "max-age=63072000; includeSubDomains"


def init_app(app: Flask) -> None:
    """Put the headers on every answer of `app`."""
    production = settings_of(app).environment == "production"

    def secure(response: Response) -> Response:
        headers = response.headers
        for name, value in _HEADERS.items():
            headers.setdefault(name, value)
        headers.setdefault("Content-Security-Policy", API_POLICY)
        headers.setdefault("Cache-Control", "no-store")
        if production:
            headers.setdefault("Strict-Transport-Security", _HSTS)
        # with: cors {
        if request.path.startswith(("/api", "/admin")):
            response.vary.add("Origin")
        # with: cors }
        return response

    app.after_request(secure)
