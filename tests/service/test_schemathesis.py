"""schemathesis over the service's own OpenAPI document, with all its checks and phases: it finds nothing."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.service.openapi import operations
from tests.service.servers.process import environment
from tests.service.servers.rig import Rig
from tests.service.servers.service import Service

ROOT = Path(__file__).parents[2]
PHASES = ("examples", "coverage", "fuzzing", "stateful")
EXAMPLES = 200
"""Requests that an operation gets at least, whoever asks."""
NOTHING_TO_VARY = {"GET /livez", "GET /readyz"}
"""They take no parameter, no body and no token: schemathesis asks them once in each phase."""

SETTINGS = """
[phases.examples]
fill-missing = true  # the document has no examples of its own

[phases.fuzzing]
extra-data-sources = { responses = false }  # ids of earlier answers run out: fuzzing would end when all are deleted
"""


@dataclass
class Report:
    """What a run found.

    Args:
        ended: The exit code.
        text: What was printed.
        failures: What a check said, with the operation.
        errors: What kept it from testing something.
        asked: How often each operation was asked.
        taken: How often each was answered with 2xx.
        checks: Which checks ran.
        phases: Which phases ran.
    """

    ended: int
    text: str
    failures: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    asked: Counter[str] = field(default_factory=Counter)
    taken: Counter[str] = field(default_factory=Counter)
    checks: set[str] = field(default_factory=set)
    phases: set[str] = field(default_factory=set)

    def read(self, path: Path) -> Report:
        """Take in the events that schemathesis left."""
        for line in path.read_text(encoding="utf-8").splitlines():
            ((kind, event),) = json.loads(line).items()
            if kind == "ScenarioFinished":
                self.phases.add(event["phase"])
                self._take(event["recorder"])
            elif "Error" in kind:
                self.errors.append(line)
        return self

    def _take(self, recorder: dict[str, Any]) -> None:
        interactions, checks = recorder.get("interactions", {}), recorder.get("checks", {})
        for name, case in recorder.get("cases", {}).items():
            value = case["value"]
            label = f"{value['method']} {value['path']}"
            answer = interactions.get(name, {}).get("response")
            if answer is not None:
                self.asked[label] += 1
                self.taken[label] += 200 <= answer["status_code"] < 300
            for check in checks.get(name, []):
                self.checks.add(check["name"])
                if check["status"] != "success":
                    self.failures.append(f"{label}: {check}")


def fuzzed(service: Service, folder: Path, role: str, examples: int, phases: tuple[str, ...] = PHASES) -> Report:
    """Let schemathesis ask the service.

    Args:
        service: Whose document it reads.
        folder: An empty one, where it may leave what it likes.
        role: As whom it asks; "" is without a token.
        examples: How many requests of each kind an operation gets.
        phases: Which of its phases run.
    """
    env = {
        "SCHEMATHESIS_HOOKS": "tests.service.fuzzing",
        "PYTHONPATH": str(ROOT),
        "FUZZED_DATABASE": service.database_url,
        "FUZZED_SECRET": service.env["JWT_SECRET_KEY"],
        "FUZZED_ROLE": role,
    }
    (folder / "schemathesis.toml").write_text(SETTINGS, encoding="utf-8")
    events = folder / "events.ndjson"
    command = [sys.executable, "-m", "schemathesis.cli", "run", f"{service.url}/openapi.json"]
    command += ["--phases", ",".join(phases), "--checks", "all", "--mode", "all", "--max-examples", str(examples)]
    command += ["--continue-on-failure", "--seed", "1", "--report", "ndjson", "--report-ndjson-path", str(events)]
    done = subprocess.run(
        command, cwd=folder, env=environment(env), capture_output=True, encoding="utf-8", timeout=1200, check=False
    )
    return Report(done.returncode, (done.stdout + done.stderr)[-20_000:]).read(events)


def assert_clean(service: Service, report: Report, role: str) -> None:
    """Fail unless nothing was found, each operation was asked, and what the role may ask for was given at least once."""
    assert (report.failures, report.errors, report.ended) == ([], [], 0), report.text
    documented = operations(service)
    assert {str(one) for one in documented} <= report.asked.keys()
    given = {label for label, count in report.taken.items() if count}
    for one in documented:
        may = not one.security or role == "admin" or (role == "user" and not one.path.startswith("/admin"))
        assert (str(one) in given) == may, f"{one}: {report.taken[str(one)]} of {report.asked[str(one)]} succeeded"


def fuzzable(servers: Rig, backend: str) -> Service:
    """Start a service of its own: its tables get large."""
    if backend == "embedded":
        return servers.embedded(ACCESS_MINUTES="60", MAIL_DELIVERY="none", LOG_LEVEL="WARNING")
    return servers.full(celery=False, ACCESS_MINUTES="60", LOG_LEVEL="WARNING")


@pytest.mark.xdist_group("embedded")
def test_a_look_finds_nothing(rig: Rig, tmp_path: Path) -> None:
    """A handful of requests to each operation, as admin: nothing is found, and each succeeds once."""
    service = fuzzable(rig, "embedded")
    assert_clean(service, fuzzed(service, tmp_path, "admin", 12, ("fuzzing",)), "admin")


BACKENDS = [pytest.param(name, marks=pytest.mark.xdist_group(name)) for name in ("embedded", "full")]


@pytest.mark.long
@pytest.mark.parametrize("role", ["admin", "user", ""], ids=["admin", "user", "nobody"])
@pytest.mark.parametrize("backend", BACKENDS)
def test_nothing_is_found(rig: Rig, tmp_path: Path, backend: str, role: str) -> None:
    """All checks and phases, 200 requests and more to each operation, as an admin, as a user, as nobody."""
    service = fuzzable(rig, backend)
    report = fuzzed(service, tmp_path, role, EXAMPLES)
    assert_clean(service, report, role)
    asked = {str(one): report.asked[str(one)] for one in operations(service) if str(one) not in NOTHING_TO_VARY}
    assert {name: count for name, count in asked.items() if count < EXAMPLES} == {}
    assert report.phases == set(PHASES)
    assert len(report.checks) >= 14
