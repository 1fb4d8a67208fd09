"""Request bodies: read before anything is answered.

A server cannot use a connection again on which it has answered without reading the body: it closes it, and the
client's next request, which may be on its way by then, is lost.
"""

from __future__ import annotations

from flask import Flask
from flask import request

from .config import settings_of


def init_app(app: Flask) -> None:
    """Read the body of each request to `app` first, so that a refusal may be answered at any point."""
    app.before_request(_read)


def _read() -> None:
    """Keep the body where views find it. One that is too large is left alone: it is refused, and the connection closed."""
    if 0 < (request.content_length or 0) <= settings_of().max_body_bytes:
        request.get_data()
