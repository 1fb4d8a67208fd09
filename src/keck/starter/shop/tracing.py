"""Traces, sent to an OpenTelemetry collector where TRACE_ENDPOINT names one."""

from __future__ import annotations

from flask import Flask

from .config import settings_of
from .extensions import db

NOT_TRACED = "livez,readyz,metrics"


def init_app(app: Flask) -> None:
    """Trace the requests and the statements of `app`, if there is somewhere to send traces to.

    Raises:
        SystemExit: OpenTelemetry is not installed.
    """
    endpoint = settings_of(app).trace_endpoint
    if endpoint is None:
        return
    try:
        _trace(app, endpoint)
    except ImportError as error:
        raise SystemExit(
            f"TRACE_ENDPOINT needs {error.name}: pip install --requirement requirements/tracing.txt"
        ) from None


def _trace(app: Flask, endpoint: str) -> None:
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415 - an option
    from opentelemetry.instrumentation.flask import FlaskInstrumentor  # noqa: PLC0415
    from opentelemetry.instrumentation.sqlalchemy import SQLAlchemyInstrumentor  # noqa: PLC0415
    from opentelemetry.sdk.resources import Resource  # noqa: PLC0415
    from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
    from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415

    provider = TracerProvider(resource=Resource.create({"service.name": app.import_name}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=endpoint)))
    FlaskInstrumentor().instrument_app(app, tracer_provider=provider, excluded_urls=NOT_TRACED)
    with app.app_context():
        SQLAlchemyInstrumentor().instrument(engine=db.engine, tracer_provider=provider)
