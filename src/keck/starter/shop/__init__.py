"""The service. `create_app()` puts it together; nothing happens on import."""

from __future__ import annotations

from apiflask import APIFlask
from werkzeug.middleware.proxy_fix import ProxyFix

from . import accounts
from . import admin
from . import bodies
from . import catalog
from . import cli
from . import docs
from . import errors
from . import headers
from . import health
from . import limits  # with: limiter
from . import logs
from . import metrics
from . import models  # noqa: F401 - the migrations must know every table
from . import openapi
from . import tracing
from .app import Service
from .config import flask_config
from .extensions import bind
from .mail import dispatch  # with: mail
from .settings import Settings

__version__ = "0.1.0"


def create_app(settings: Settings | None = None) -> APIFlask:
    """Make the app.

    Args:
        settings: What to go by; the environment and `.env` when not given.

    Raises:
        pydantic.ValidationError: the settings are incomplete or contradict each other.
    """
    settings = settings or Settings()
    app = Service(
        __name__,
        title="Shop",
        version=__version__,
        docs_path=None,
        json_errors=False,
    )
    app.config.from_mapping(flask_config(settings))
    logs.set_up(settings)
    for module in (logs, metrics, bodies):  # before the limits, so that what those refuse is measured and read too
        module.init_app(app)
    bind(app)
    for module in (errors, headers, openapi, tracing):
        module.init_app(app)
    for blueprint in (accounts.blueprint, catalog.blueprint, admin.blueprint, health.blueprint, docs.blueprint):
        app.register_blueprint(blueprint)
    limits.init_app(app)  # with: limiter
    dispatch.init_app(app)  # with: mail
    cli.init_app(app)
    if settings.proxy_hops:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=settings.proxy_hops, x_proto=settings.proxy_hops)  # type: ignore[method-assign]
    return app
