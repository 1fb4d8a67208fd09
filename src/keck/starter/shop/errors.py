"""Errors: every one of them, of whatever origin, is a problem document (RFC 9457)."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any
from typing import cast

import structlog
from apiflask.exceptions import HTTPError
from flask import Flask
from flask import Response
from flask import json
from flask import request
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from werkzeug.exceptions import HTTPException
from werkzeug.exceptions import RequestEntityTooLarge

from .config import settings_of
from .logs import request_id

MEDIA_TYPE = "application/problem+json"
_BODILESS = frozenset({"GET", "HEAD", "OPTIONS"})

log = structlog.get_logger()


def problem(status: int, detail: str | None = None, *, code: str = "about:blank", **more: Any) -> Response:  # noqa: ANN401
    """A problem document.

    Args:
        status: The HTTP status, from 400 to 599.
        detail: What went wrong this time, for people.
        code: What kind of problem it is, for programs: a short name such as `email-not-verified`.
        more: Further members of the document.
    """
    document: dict[str, Any] = {
        "type": code,
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "request_id": request_id(),
        **more,
    }
    body = json.dumps({key: value for key, value in document.items() if value is not None})
    return Response(body, status, content_type=MEDIA_TYPE)


class Refusal(HTTPException):
    """A refusal that a view raises, answered with a problem document."""

    def __init__(self, status: int, detail: str, *, code: str = "about:blank", retry_after: int | None = None) -> None:
        super().__init__(detail)
        self.code = status
        self.kind = code
        self.retry_after = retry_after

    def get_headers(self, *args: Any, **kwargs: Any) -> list[tuple[str, str]]:  # noqa: ANN401 - as werkzeug has it
        """Werkzeug's headers, and after how many seconds to try again."""
        headers = super().get_headers(*args, **kwargs)
        return headers if self.retry_after is None else [*headers, ("Retry-After", str(self.retry_after))]


def init_app(app: Flask) -> None:
    """Answer every error of `app` with a problem document."""
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(HTTPError, _invalid)
    app.register_error_handler(OperationalError, _database_away)
    app.register_error_handler(PoolTimeoutError, _database_away)
    app.register_error_handler(Exception, _bug)
    app.before_request(_refuse_odd_bodies)


def _http_error(error: HTTPException) -> Response:
    if error.response is not None:
        return cast("Response", error.response)
    answer = problem(error.code or 500, error.description, code=getattr(error, "kind", "about:blank"))
    for name, value in error.get_headers(request.environ):
        if name.lower() not in {"content-type", "content-length"}:
            answer.headers[name] = value
    return answer


def _invalid(error: HTTPError) -> Response:
    """What APIFlask raises: mostly input that its schema refuses."""
    errors = error.detail or None
    detail = "The request is not what this operation takes." if errors else error.message
    return problem(error.status_code, detail, code="invalid-input" if errors else "about:blank", errors=errors)


def _database_away(error: OperationalError | PoolTimeoutError) -> Response:
    log.error("database unavailable", error=str(error.orig if isinstance(error, OperationalError) else error))
    answer = problem(503, "The database cannot be reached at the moment.", code="database-unavailable")
    answer.headers["Retry-After"] = "5"
    return answer


def _bug(error: Exception) -> Response:
    log.error("unhandled error", exc_info=error)
    return problem(500, "This is our fault. Name the request id when you report it.")


def _refuse_odd_bodies() -> Response | None:
    """Refuse bodies that are not JSON with 415, and a query parameter given twice with 422."""
    if _has_body() and not request.is_json:
        return problem(415, "Send application/json.")
    if b"&" in request.query_string:
        twice = [name for name, values in request.args.lists() if len(values) > 1]
        if twice:
            return problem(422, f"{twice[0]} is given more than once.", code="invalid-input")
    return None


def _has_body() -> bool:
    """Whether something was sent. Without Content-Length (chunked, or HTTP/2) only reading tells.

    Raises:
        RequestEntityTooLarge: it is too long; Werkzeug would cut it off there, and go on.
    """
    if request.content_length is not None:
        return request.content_length > 0
    if request.method in _BODILESS:
        return False
    body = request.get_data()
    if len(body) >= settings_of().max_body_bytes:
        raise RequestEntityTooLarge
    return bool(body)
