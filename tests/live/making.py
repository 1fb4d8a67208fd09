"""Apps for the tests of routes: modules written to a file, so that their source is at hand, and loaded."""

from __future__ import annotations

import importlib.util
import itertools
import sys
import textwrap
from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType

from flask import Flask

from keck.live.record import Route
from keck.live.routes import routes

HEAD = """
import functools
from functools import partial, wraps

from flask import Blueprint, Flask, abort, current_app, g, jsonify, make_response, redirect, request, session, url_for
from flask.views import MethodView, View
from flask_caching import Cache
from flask_cors import CORS, cross_origin
from flask_jwt_extended import (
    JWTManager, create_access_token, current_user, get_jwt, get_jwt_identity, jwt_required, verify_jwt_in_request,
)
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

app = Flask(__name__)
app.config.update(
    SECRET_KEY="s" * 40, CACHE_TYPE="SimpleCache", RATELIMIT_STORAGE_URI="memory://", RATELIMIT_HEADERS_ENABLED=True
)
jwt = JWTManager(app)
"""

Make = Callable[..., ModuleType]
_numbers = itertools.count()


def make(folder: Path, source: str, head: str = HEAD) -> ModuleType:
    """Return the module of this source, written to a file of its own."""
    name = f"made_{next(_numbers)}"
    path = folder / f"{name}.py"
    path.write_text(head + textwrap.dedent(source), encoding="utf-8")
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def by_rule(app: Flask) -> dict[tuple[str, str], Route]:
    """Return the routes of an app by method and rule, without Flask's own."""
    return {(one.method, one.rule): one for one in routes(app) if not one.static}


def only(app: Flask, rule: str = "/x", method: str = "GET") -> Route:
    """Return one route of an app."""
    return by_rule(app)[method, rule]


def kinds(route: Route) -> list[str]:
    """Return the kinds of a route's layers."""
    return [one.kind for one in route.layers]


def hows(route: Route) -> list[tuple[str, str]]:
    """Return kind and how of a route's guards."""
    return [(one.kind, one.how) for one in route.guards]


def texts(route: Route) -> Sequence[str]:
    """Return the limits of a route as text."""
    return [one.text for one in route.limits]
