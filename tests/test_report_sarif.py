from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from msgspec.structs import replace
from pydantic import BaseModel
from sarif_pydantic import Sarif  # type: ignore[import-untyped]

from keck.finding import Finding, Place, Related
from keck.report import View, render
from tests.reports import COARSE, IMPORTED, OPEN, SPAN, UNUSED, outcome

NOT_MODELLED = {"columnKind", "toolExecutionNotifications"}
"""Properties of SARIF 2.1.0 (3.14.17 and 3.20.21 of the standard) that sarif-pydantic leaves out."""


def run(folder: Path, *findings: Finding, start: Path | None = None, notices: tuple[str, ...] = ()) -> dict[str, Any]:
    """Return the run of the SARIF report, after it has been validated."""
    text = render("sarif", outcome(folder, *findings, notices=notices), View(str(start or folder)))
    assert text.isascii()
    assert strangers(Sarif.model_validate_json(text)) <= NOT_MODELLED
    document = json.loads(text)
    assert document["version"] == "2.1.0"
    (only,) = document["runs"]
    assert isinstance(only, dict)
    return only


def strangers(value: object) -> set[str]:
    """Return the names of all properties that the models do not know."""
    if isinstance(value, list):
        return {name for one in value for name in strangers(one)}
    if not isinstance(value, BaseModel):
        return set()
    own = set(value.model_extra or ())
    return own | {name for field in type(value).model_fields for name in strangers(getattr(value, field))}


def test_report_of_every_kind_of_finding_is_valid(tmp_path: Path) -> None:
    """All levels, a span of lines, related places, notices and an empty report are SARIF 2.1.0."""
    assert run(tmp_path)["results"] == []
    found = run(tmp_path, OPEN, COARSE, SPAN, UNUSED, notices=("passed over 3 notebooks",))
    assert [result["level"] for result in found["results"]] == ["error", "warning", "error", "note"]
    assert found["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"] == "passed over 3 notebooks"


def test_places_are_relative_to_the_working_directory_and_count_code_points(tmp_path: Path) -> None:
    """A code scanning service takes the working directory for the root of the repository."""
    found = run(tmp_path, OPEN, start=tmp_path.parent)
    assert found["columnKind"] == "unicodeCodePoints"
    assert found["results"][0]["locations"] == [
        {
            "physicalLocation": {
                "artifactLocation": {"uri": f"{tmp_path.name}/shop/views.py", "uriBaseId": "%SRCROOT%"},
                "region": {"startLine": 8, "startColumn": 2, "endLine": 8, "endColumn": 14},
            }
        }
    ]


def test_empty_span_has_no_end_column(tmp_path: Path) -> None:
    """Where a rule knows only where a finding starts, no empty region is claimed."""
    found = run(tmp_path, replace(OPEN, place=Place("shop/views.py", 8)), replace(OPEN, related=()))
    region = found["results"][0]["locations"][0]["physicalLocation"]["region"]
    assert region == {"startLine": 8, "startColumn": 1, "endLine": 8}
    assert "relatedLocations" not in found["results"][1]


def test_names_that_no_uri_may_hold_are_quoted(tmp_path: Path) -> None:
    """A path with blanks, a hash, an umlaut or a byte that is no text is a valid URI reference."""
    found = run(tmp_path, replace(OPEN, place=Place("my shop/#1 ä:b\udcff.py")))
    uri = found["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert uri == "my%20shop/%231%20%C3%A4%3Ab%FF.py"


def test_related_places_are_numbered_and_named(tmp_path: Path) -> None:
    """Each related place says what it is."""
    second = Related(Place("app.py", 1), "made here")
    related = run(tmp_path, replace(OPEN, related=(IMPORTED, second)))["results"][0]["relatedLocations"]
    assert [(one["id"], one["message"]["text"]) for one in related] == [(1, "imported here"), (2, "made here")]


def test_rule_brings_its_page(tmp_path: Path) -> None:
    """The page of a rule is its help, once however often it has been found."""
    found = run(tmp_path, UNUSED, replace(UNUSED, symbol="another"))
    (rule,) = found["tool"]["driver"]["rules"]
    assert rule["id"] == "unused-ignore"
    assert rule["name"] == "UnusedIgnore"
    assert rule["defaultConfiguration"] == {"level": "note"}
    assert "When to ignore it" in rule["help"]["text"]
    assert "## Fix" in rule["help"]["markdown"]
    assert [result["ruleIndex"] for result in found["results"]] == [0, 0]


def test_unknown_rule_is_still_described(tmp_path: Path) -> None:
    """A finding of a rule without a page is reported with the rule's id."""
    found = run(tmp_path, replace(OPEN, rule="made/up"))
    assert found["tool"]["driver"]["rules"] == [{"id": "made/up"}]


def test_fingerprint_survives_a_move_and_tells_twins_apart(tmp_path: Path) -> None:
    """Rule, path and symbol make the fingerprint, not the line; equal ones are numbered."""

    def prints(*findings: Finding) -> list[str]:
        return [
            result["partialFingerprints"]["keckRulePathSymbol/v1"] for result in run(tmp_path, *findings)["results"]
        ]

    moved = replace(OPEN, place=Place("shop/views.py", 20), message="said otherwise")
    assert prints(OPEN) == prints(moved)
    assert len(set(prints(OPEN, moved, replace(OPEN, symbol="shop.other"), COARSE, UNUSED))) == 5
    assert prints(OPEN) != prints(replace(OPEN, place=Place("shop/other.py", 8)))
