"""Traces: an option that costs nothing while it is not taken."""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any

import pytest
from apiflask import APIFlask

from shop import tracing

from tests.conftest import MakeApp

ENDPOINT = "http://127.0.0.1:4318/v1/traces"
MODULES = {
    "exporter.otlp.proto.http.trace_exporter": ["OTLPSpanExporter"],
    "instrumentation.flask": ["FlaskInstrumentor"],
    "instrumentation.sqlalchemy": ["SQLAlchemyInstrumentor"],
    "sdk.resources": ["Resource"],
    "sdk.trace": ["TracerProvider"],
    "sdk.trace.export": ["BatchSpanProcessor"],
}


class Recorder:
    """Stands in for every class of OpenTelemetry, which need not be installed: notes what it is asked."""

    calls: list[tuple[str, dict[str, Any]]] = []  # noqa: RUF012 - noted for all of them

    def __init__(self, *args: object, **options: Any) -> None:  # noqa: ANN401
        self.calls.append(("made", options))

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401
        return lambda *_, **options: self.calls.append((name, options))

    @classmethod
    def create(cls, attributes: dict[str, str]) -> dict[str, str]:
        """What `Resource` makes of attributes."""
        return attributes


def install(monkeypatch: pytest.MonkeyPatch, *names: str) -> None:
    """Pretend that these modules of OpenTelemetry are installed, and no others."""
    parents = {name.rsplit(".", depth)[0] for name in MODULES for depth in range(name.count(".") + 1)}
    for name in ["opentelemetry", *sorted(f"opentelemetry.{part}" for part in parents)]:
        monkeypatch.setitem(sys.modules, name, ModuleType(name))
    for name, classes in MODULES.items():
        module = ModuleType(name)
        for one in classes:
            setattr(module, one, Recorder)
        monkeypatch.setitem(sys.modules, f"opentelemetry.{name}", module if name in names else None)
    monkeypatch.setattr(Recorder, "calls", [])


def test_nothing_is_imported_unless_asked(app: APIFlask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without TRACE_ENDPOINT it does not matter whether OpenTelemetry is installed."""
    install(monkeypatch)
    tracing.init_app(app)
    assert Recorder.calls == []


def test_requests_and_statements_are_traced(make_app: MakeApp, monkeypatch: pytest.MonkeyPatch) -> None:
    """The app and its engine are instrumented, probes left out, and sent to the endpoint under the service's name."""
    install(monkeypatch, *MODULES)
    app = make_app(trace_endpoint=ENDPOINT)
    made = [options for name, options in Recorder.calls if name == "made"]
    assert {"endpoint": ENDPOINT} in made
    assert {"resource": {"service.name": "shop"}} in made
    calls = dict(call for call in Recorder.calls if call[0] != "made")
    assert calls["instrument_app"]["excluded_urls"] == "livez,readyz,metrics"
    with app.app_context():
        assert calls["instrument"]["engine"] is app.extensions["sqlalchemy"].engine


def test_what_is_missing_is_said_in_a_sentence(make_app: MakeApp, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who asks for traces without the packages is told what to install, and the service does not start."""
    install(monkeypatch, "exporter.otlp.proto.http.trace_exporter")
    with pytest.raises(SystemExit, match=r"TRACE_ENDPOINT needs .*requirements/tracing.txt"):
        make_app(trace_endpoint=ENDPOINT)
