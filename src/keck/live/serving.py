"""Serving: how many processes the environment asks for, and whether somebody left an app context open."""

from __future__ import annotations

import ast
import os
import shlex
import sys
from collections.abc import Mapping
from types import FrameType

from keck.live.homes import tree_of

_NUMBERS = ("WEB_CONCURRENCY", "WORKERS", "UWSGI_WORKERS", "UWSGI_PROCESSES", "GRANIAN_WORKERS")
_OPENS = {"app_context", "test_request_context", "request_context", "test_client", "test_cli_runner"}


def workers(environment: Mapping[str, str]) -> int | None:
    """Return how many processes will serve the app, as the environment says, or None where it does not."""
    given = _of_arguments(environment.get("GUNICORN_CMD_ARGS", ""))
    numbers = (given, *(environment.get(name, "") for name in _NUMBERS))
    return next((int(one) for one in numbers if one.isdigit() and int(one)), None)


def _of_arguments(text: str) -> str:
    """Return what gunicorn's ``-w`` or ``--workers`` says, the last of them; empty where neither is there."""
    try:
        words = shlex.split(text)
    except ValueError:
        return ""
    found = ""
    for word, following in zip(words, [*words[1:], ""], strict=False):
        if word in {"-w", "--workers"}:
            found = following
        elif word.startswith("--workers="):
            found = word.partition("=")[2]
        elif word.startswith("-w") and word[2:].lstrip("=").isdigit():
            found = word[2:].lstrip("=")
    return found


def context_left_open() -> bool:
    """Return whether an app context is open that no caller of this function opened for what it is doing.

    A ``with app.app_context():`` around the call, a command that Flask runs in one, a request that is being served
    and a test are callers that did; what remains is ``app.app_context().push()`` that ran at import.
    """
    flask = sys.modules.get("flask")
    if flask is None or not flask.has_app_context():
        return False
    frame: FrameType | None = sys._getframe(1)  # noqa: SLF001 - the only way to the callers
    while frame is not None:
        if _opens(frame):
            return False
        frame = frame.f_back
    return "PYTEST_CURRENT_TEST" not in os.environ


def _opens(frame: FrameType) -> bool:
    module, name = frame.f_globals.get("__name__"), frame.f_code.co_name
    if (module == "flask.cli" and name == "decorator") or (module == "flask.app" and name == "wsgi_app"):
        return True
    parsed = tree_of(frame.f_code.co_filename)
    for node in () if parsed is None or module == __name__ else ast.walk(parsed):
        if isinstance(node, ast.With | ast.AsyncWith) and node.lineno <= frame.f_lineno <= (node.end_lineno or 0):
            for item in node.items:
                called = item.context_expr.func if isinstance(item.context_expr, ast.Call) else None
                if isinstance(called, ast.Attribute) and called.attr in _OPENS:
                    return True
    return False
