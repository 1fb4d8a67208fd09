"""Metrics for Prometheus, at /metrics for who knows METRICS_TOKEN; without one nothing is measured.

With several workers each writes its numbers into a file, and whichever is asked adds them up: `serve` names the folder
in PROMETHEUS_MULTIPROC_DIR before the workers start.
"""

from __future__ import annotations

import hmac
import os
import time
from collections.abc import Callable
from collections.abc import Iterable  # with: mail
from pathlib import Path

import structlog  # with: mail
from flask import Flask
from flask import Response
from flask import abort
from flask import current_app
from flask import g
from flask import request
from prometheus_client import CONTENT_TYPE_LATEST
from prometheus_client import CollectorRegistry
from prometheus_client import Counter
from prometheus_client import Gauge
from prometheus_client import Histogram
from prometheus_client import generate_latest
from prometheus_client import values
from prometheus_client.core import GaugeMetricFamily  # with: mail
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.multiprocess import mark_process_dead
from prometheus_client.registry import Collector  # with: mail
from sqlalchemy.exc import SQLAlchemyError  # with: mail

from .config import settings_of
from .mail.outbox import outbox_counts  # with: mail

BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)  # seconds
METHODS = frozenset({"GET", "HEAD", "OPTIONS", "POST", "PATCH", "PUT", "DELETE"})
EVENTS = ("login_failed", "refresh_reused")
FOLDER = "PROMETHEUS_MULTIPROC_DIR"
PROCESSES = Path("/proc")

log = structlog.get_logger()  # with: mail


class Metrics:
    """The metrics of one app."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Histogram(
            "http_request_duration_seconds",
            "How long requests took, by the template of their route.",
            ("route", "method", "status"),
            buckets=BUCKETS,
            registry=self.registry,
        )
        self.in_flight = Gauge(
            "http_requests_in_flight",
            "Requests that are being answered.",
            multiprocess_mode="livesum",
            registry=self.registry,
        )
        events = Counter("account_events", "What happened to accounts.", ("event",), registry=self.registry)
        self.events = {name: events.labels(name) for name in EVENTS}
        self._known: dict[tuple[str, str, int], Callable[[float], None]] = {}

    def start(self) -> None:
        """Note that a request begins."""
        g.measured_since = time.perf_counter()
        self.in_flight.inc()

    def finish(self, response: Response) -> Response:
        """Note how it was answered, and how long that took."""
        rule = request.url_rule
        key = "none" if rule is None else rule.rule, request.method, response.status_code
        observe = self._known.get(key) or self._observer(*key)
        observe(time.perf_counter() - g.measured_since)
        return response

    def end(self, _: BaseException | None) -> None:
        """Note that it is over, however it ended."""
        if g.pop("measured_since", None) is not None:
            self.in_flight.dec()

    def _observer(self, route: str, method: str, status: int) -> Callable[[float], None]:
        """What takes the durations of such requests. A method that a client made up gets no place of its own."""
        if method not in METHODS:
            return self.requests.labels(route, "other", str(status)).observe
        made = self._known[route, method, status] = self.requests.labels(route, method, str(status)).observe
        return made

    def text(self) -> bytes:
        """What Prometheus reads: the numbers of all workers."""
        registry = self.registry
        folder = os.environ.get(FOLDER)
        if folder is not None:
            _forget_dead_workers(Path(folder))
            registry = CollectorRegistry()
            MultiProcessCollector(registry, folder)  # type: ignore[no-untyped-call]
        return generate_latest(registry)


def count(event: str) -> None:
    """Count one of `EVENTS`."""
    metrics: Metrics | None = current_app.extensions.get("metrics")
    if metrics is not None:
        metrics.events[event].inc()


def init_app(app: Flask) -> None:
    """Measure the requests of `app`, if there is a token to read the results with."""
    token = settings_of(app).metrics_token
    if token is None:
        return
    if FOLDER in os.environ and not values.ValueClass._multiprocess:  # noqa: SLF001
        # Chosen on import otherwise; that was before this worker was forked, and knew its folder.
        values.ValueClass = values.get_value_class()  # type: ignore[no-untyped-call]
    metrics = app.extensions["metrics"] = Metrics()
    expected = f"Bearer {token.get_secret_value()}".encode()
    app.before_request(metrics.start)
    app.after_request(metrics.finish)
    app.teardown_request(metrics.end)

    def show() -> Response:
        if not hmac.compare_digest(request.headers.get("Authorization", "").encode(), expected):
            abort(404)
        text = metrics.text()
        text += generate_latest(_outbox())  # with: mail
        return Response(text, content_type=CONTENT_TYPE_LATEST)

    app.add_url_rule("/metrics", "metrics", show)


# with: mail {
class _Outbox(Collector):
    """How many mails wait, and how many were given up: counted when somebody asks."""

    def collect(self) -> Iterable[GaugeMetricFamily]:
        mails = GaugeMetricFamily("outbox_mails", "Mails in the outbox.", labels=["state"])
        try:
            counts = outbox_counts()
        except SQLAlchemyError as error:
            log.warning("outbox not counted", error=str(error))
            return
        for state, number in counts.items():
            mails.add_metric([state], number)
        yield mails


def _outbox() -> CollectorRegistry:
    registry = CollectorRegistry()
    registry.register(_Outbox())
    return registry


# with: mail }
def _forget_dead_workers(folder: Path) -> None:
    """Drop what workers that were killed had in flight. Where the system has no /proc, it stays until a restart."""
    for path in folder.glob("gauge_live*.db"):
        pid = path.stem.rpartition("_")[2]
        if PROCESSES.exists() and not (PROCESSES / pid).exists():
            mark_process_dead(int(pid), str(folder))  # type: ignore[no-untyped-call]
