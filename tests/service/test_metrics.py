"""Metrics over HTTP: whichever process is asked, it tells the numbers of all."""

from __future__ import annotations

import os
import re
import signal

from tests.service.servers.process import wait_until
from tests.service.servers.rig import Rig
from tests.service.servers.service import Service

TOKEN = "a-token-of-the-scraper-0123456789"  # noqa: S105 - of a service that lives as long as the test


def read(service: Service) -> str:
    """Return what Prometheus reads, over a connection of its own, so that any worker may answer."""
    with service.client(TOKEN) as client:
        answer = client.get("/metrics", headers={"Connection": "close"})
    assert answer.status_code == 200, answer.text
    return answer.text


def number(text: str, name: str) -> float:
    """Return the value of a series, 0 where there is none."""
    found = re.search(rf"^{re.escape(name)} (\S+)$", text, re.MULTILINE)
    return float(found[1]) if found else 0.0


def listed(text: str) -> float:
    """Return how often the list of items was asked for."""
    return number(text, 'http_request_duration_seconds_count{method="GET",route="/api/items",status="200"}')


def in_flight(text: str) -> float:
    """Return how many requests are being answered."""
    return number(text, "http_requests_in_flight")


def test_all_processes_count_together(rig: Rig) -> None:
    """Two processes are one series, also after one of them was killed; strangers see nothing."""
    service = rig.full(celery=False, METRICS_TOKEN=TOKEN)
    for _ in range(10):
        with service.client() as client:
            assert client.get("/api/items", headers={"Connection": "close"}).ok
    for _ in range(4):
        assert listed(read(service)) == 10
        assert in_flight(read(service)) == 1
    before = service.worker_pids()
    os.kill(before[0], signal.SIGKILL)
    wait_until(lambda: before[0] not in service.worker_pids(), "the worker is gone")
    service.wait_complete()
    assert listed(read(service)) == 10
    assert in_flight(read(service)) == 1
    assert 'outbox_mails{state="pending"} 0.0' in read(service)
    with service.client("not-the-token") as client:
        assert client.get("/metrics").status_code == 404


def test_one_process_counts_alone(rig: Rig) -> None:
    """The embedded service is measured without any files."""
    service = rig.embedded(METRICS_TOKEN=TOKEN)
    with service.client() as client:
        assert client.get("/api/items").ok
    assert listed(read(service)) == 1
