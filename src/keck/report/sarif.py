"""SARIF 2.1.0, which code scanning services read."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from keck.examples import example_of
from keck.explain import link, markdown, plain
from keck.finding import Finding, Place
from keck.report.fingerprint import fingerprints
from keck.report.json import fix_of
from keck.report.view import View, last_line, printed
from keck.rule import Rule, rules
from keck.version import __version__

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from keck.checking import Outcome

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
FINGERPRINT = "keckRulePathSymbol/v1"


def render(outcome: Outcome, view: View) -> str:
    """Return every finding and the pages of the rules that found something, as one SARIF run."""
    notes = [notification(notice, "note") for notice in outcome.notices]
    return document(outcome.findings, notes, lambda place: printed(place.path, outcome.root, view.start))


def document(
    findings: Sequence[Finding],
    notifications: Sequence[Mapping[str, Any]],
    path: Callable[[Place], str],
    properties: Sequence[Mapping[str, Any]] = (),
) -> str:
    """Return a SARIF document of one run.

    Args:
        findings: each becomes a result.
        notifications: what is to be said of the run itself, see `notification`.
        path: gives the path of a place, relative to the root of the repository.
        properties: the property bag of each result, or none at all.
    """
    known = {rule.id: rule for rule in rules()}
    ids = sorted({finding.rule for finding in findings})

    def location(place: Place) -> dict[str, Any]:
        return _location(place, path(place)) if place.path else {}

    results = [
        _result(finding, ids.index(finding.rule), fingerprint, location)
        for finding, fingerprint in zip(findings, fingerprints(findings), strict=True)
    ]
    for result, bag in zip(results, properties, strict=False):
        result["properties"] = {**bag, **result.get("properties", {})}
    run = {
        "tool": {
            "driver": {
                "name": "Keck",
                "version": __version__,
                "semanticVersion": __version__,
                "rules": [_rule(name, known.get(name)) for name in ids],
            }
        },
        "columnKind": "unicodeCodePoints",
        "invocations": [
            {
                "executionSuccessful": all(one["level"] != "error" for one in notifications),
                "toolExecutionNotifications": list(notifications),
            }
        ],
        "results": results,
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def notification(text: str, level: str) -> dict[str, Any]:
    """Return a remark on the run; one of level ``error`` says that the run is not whole."""
    return {"level": level, "message": {"text": text}}


def _rule(name: str, rule: Rule | None) -> dict[str, Any]:
    """Describe a rule; one that this Keck does not know is described by its id alone."""
    if rule is None:
        return {"id": name}
    example = example_of(name)
    described = {
        "id": name,
        "name": "".join(word.capitalize() for word in name.rpartition("/")[2].split("-")),
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": rule.section("What") or rule.title},
        "help": {"text": plain(rule, example), "markdown": markdown(rule, example)},
        "defaultConfiguration": {"level": rule.level.name},
        "properties": {"tags": ["flask", *name.split("/")[:-1]]},
    }
    address = link(rule)
    return described | ({"helpUri": address} if address else {})


def _result(
    finding: Finding, index: int, fingerprint: str, location: Callable[[Place], dict[str, Any]]
) -> dict[str, Any]:
    text = f"{finding.message}\nhelp: {finding.help}" if finding.help else finding.message
    result = {
        "ruleId": finding.rule,
        "ruleIndex": index,
        "level": finding.level.name,
        "message": {"text": text},
        "locations": [place] if (place := location(finding.place)) else [],
        "partialFingerprints": {FINGERPRINT: fingerprint},
    }
    if finding.fix is not None:
        result["properties"] = {"fix": fix_of(finding)}
    if finding.related:
        result["relatedLocations"] = [
            {"id": number, **location(related.place), "message": {"text": related.message}}
            for number, related in enumerate(finding.related, 1)
        ]
    return result


def _location(place: Place, path: str) -> dict[str, Any]:
    region = {"startLine": place.line, "startColumn": place.column, "endLine": last_line(place)}
    if last_line(place) > place.line or place.end_column > place.column:
        region["endColumn"] = place.end_column
    artifact = {"uri": quote(path, errors="surrogateescape"), "uriBaseId": "%SRCROOT%"}
    return {"physicalLocation": {"artifactLocation": artifact, "region": region}}
