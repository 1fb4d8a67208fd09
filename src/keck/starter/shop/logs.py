"""Logs: one JSON object a line, with the request's id, never with a secret."""

from __future__ import annotations

import logging
import re
import sys
import time
from contextlib import suppress
from random import getrandbits
from typing import Any

import structlog
from flask import Flask
from flask import Response
from flask import g
from flask import has_request_context
from flask import request
from structlog.typing import EventDict
from structlog.typing import WrappedLogger

from .config import settings_of
from .settings import Settings

_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
_SECRET = re.compile(r"pass|secret|token|authorization|cookie|csrf", re.IGNORECASE)
_JWT = re.compile(r"eyJ[\w-]+\.[\w-]+\.[\w-]*")
_URL_PASSWORD = re.compile(r"(://[^:/@\s]*):[^@/\s]+@")
HANDLER = "shop"
"""The name of our handler, by which it is found again: a process that makes two apps logs each line once."""
_QUIET = {"health.livez", "health.readyz", "metrics"}
_HIDDEN = "[hidden]"

log = structlog.get_logger()


def request_id() -> str | None:
    """The id of the request that is answered: the client's X-Request-ID when it is well formed, else a new one."""
    if not has_request_context():
        return None
    if "request_id" not in g:
        given = request.headers.get("X-Request-ID", "")
        g.request_id = given if _REQUEST_ID.fullmatch(given) else f"{getrandbits(128):032x}"
    found: str = g.request_id
    return found


def hide_secrets(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Hide values whose name says that they are secret, tokens, and passwords in URLs."""
    return {name: _HIDDEN if _SECRET.search(name) else _hide(value) for name, value in event.items()}


def _hide(value: Any) -> Any:  # noqa: ANN401 - whatever is logged
    if isinstance(value, str):
        return _URL_PASSWORD.sub(r"\1:" + _HIDDEN + "@", _JWT.sub(_HIDDEN, value))
    if isinstance(value, dict):
        return hide_secrets(None, "", value)
    return value


def _add_request(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    found = request_id()
    if found is not None:
        event["request_id"] = found
    return event


def set_up(settings: Settings) -> None:
    """Send all logging of the process through structlog, in the format that the settings name."""
    shared: list[Any] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _add_request,
        structlog.processors.format_exc_info,
        hide_secrets,
    ]
    last = structlog.processors.JSONRenderer() if settings.log_format == "json" else structlog.dev.ConsoleRenderer()
    remove = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    formatter = structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processors=[remove, last])
    handler = logging.StreamHandler()
    handler.setFormatter(formatter)
    handler.set_name(HANDLER)
    root = logging.getLogger()
    root.handlers = [other for other in root.handlers if other.get_name() != HANDLER] + [handler]
    root.setLevel(settings.log_level)
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )


def request_log(settings: Settings) -> Any:  # noqa: ANN401 - a logger of structlog's making
    """The logger of the line that each request gets: written at once, without a detour over `logging`.

    It is the one thing that is logged with every request, and costs a tenth of what the detour does.
    """
    last = structlog.processors.JSONRenderer() if settings.log_format == "json" else structlog.dev.ConsoleRenderer()
    return structlog.wrap_logger(
        structlog.WriteLogger(sys.stderr),
        processors=[structlog.processors.add_log_level, structlog.processors.TimeStamper(fmt="iso", utc=True), last],
        wrapper_class=structlog.make_filtering_bound_logger(settings.log_level.lower()),
        cache_logger_on_first_use=True,
    )


def init_app(app: Flask) -> None:
    """Write a line for each request, and put its id on the answer."""
    line = request_log(settings_of(app)).bind()

    def start() -> None:
        g.started = time.perf_counter()

    def finish(response: Response) -> Response:
        found = response.headers["X-Request-ID"] = request_id()
        if request.endpoint not in _QUIET:
            took = round((time.perf_counter() - g.get("started", time.perf_counter())) * 1000, 1)
            path, status = _hide(request.path), response.status_code
            with suppress(OSError, ValueError):  # a log that cannot be written is no reason to fail the request
                line.info("request", method=request.method, path=path, status=status, ms=took, request_id=found)
        return response

    app.before_request(start)
    app.after_request(finish)
