from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from sarif_pydantic import Sarif  # type: ignore[import-untyped]

from keck.examining import Examination
from keck.report import View
from keck.report.doctor import render
from tests.examinations import clean, examined
from tests.test_report_sarif import NOT_MODELLED, strangers


def run(examination: Examination) -> dict[str, Any]:
    """Return the run of the SARIF report, after it has been validated."""
    written = render("sarif", examination, View(examination.root))
    assert strangers(Sarif.model_validate_json(written)) <= NOT_MODELLED
    (only,) = json.loads(written)["runs"]
    assert isinstance(only, dict)
    return only


def test_findings_and_consequences_are_results(tmp_path: Path) -> None:
    """Each says who has seen it; a consequence says what it follows from."""
    results = run(examined(tmp_path))["results"]
    assert len(results) == 10
    assert results[0]["properties"] == {"seen": "both"}
    assert results[4]["properties"] == {"seen": "code", "follows": "limiter/process-local-storage"}
    assert results[0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "shop/views.py"


def test_finding_about_the_app_has_no_location(tmp_path: Path) -> None:
    """No file is claimed where none is known."""
    (whole,) = [one for one in run(examined(tmp_path))["results"] if one["ruleId"] == "app/extension-never-bound"]
    assert whole["locations"] == []


def test_crashed_check_makes_the_run_unsuccessful(tmp_path: Path) -> None:
    """A service that shows the run can tell that it is not whole."""
    (invocation,) = run(examined(tmp_path))["invocations"]
    assert invocation == {
        "executionSuccessful": False,
        "toolExecutionNotifications": [
            {"level": "note", "message": {"text": "passed over 3 notebooks"}},
            {"level": "error", "message": {"text": "caching/key-too-coarse crashed: KeyError: 'key'"}},
        ],
    }
    assert run(clean(tmp_path))["invocations"][0]["executionSuccessful"] is True
