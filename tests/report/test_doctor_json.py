from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from msgspec.structs import replace

from keck.examining import Examination
from keck.finding import Level
from keck.live.record import LiveApp
from keck.report import View
from keck.report.doctor import DOCTOR_FORMATS, masked, render
from tests.examinations import clean, examined

SCHEMA = Path(__file__).parents[2] / "docs" / "doctor.schema.json"


def report(examination: Examination) -> dict[str, Any]:
    """Return the JSON report, after it has been held against its schema."""
    written = render("json", examination, View("/somewhere/else", level=Level.error))
    assert written.isascii()
    document: dict[str, Any] = json.loads(written)
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema).validate(document)
    return document


def test_report_matches_its_schema(tmp_path: Path) -> None:
    """Full, clean or of an app without anything: the published schema takes it."""
    assert report(examined(tmp_path))["version"] == 1
    assert report(clean(tmp_path))["backends"] is None
    assert report(Examination(LiveApp("bare"), "/"))["probe"] is None


def test_app_and_bindings_are_told(tmp_path: Path) -> None:
    """Versions, modes, and of each instance where it is made and bound and what drifted."""
    document = report(examined(tmp_path))
    assert document["app"] == {
        "name": "shop",
        "place": {"path": "shop/__init__.py", "line": 1, "end_line": 2},
        "flask": "3.1.3",
        "python": "3.11.7",
        "versions": {"flask": "3.1.3", "flask-sqlalchemy": "3.1.1", "flask-caching": "2.5.1", "flask-limiter": "4.1.1"},
        "debug": False,
        "testing": False,
        "workers": 4,
        "context_pushed": False,
    }
    assert document["bindings"][2] == {
        "extension": "limiter",
        "package": "Flask-Limiter",
        "version": "4.1.1",
        "name": "shop.extensions:limiter",
        "names": [],
        "place": {"path": "shop/extensions.py", "line": 3, "end_line": 4},
        "bound": "both",
        "others": ["shop_admin"],
        "twice": 0,
        "inert": "",
        "drift": [{"key": "RATELIMIT_STORAGE_URI", "used": "memory://", "configured": "redis://:***@cache:6379/0"}],
        "facts": {},
    }


def test_route_tells_what_applies_in_its_order(tmp_path: Path) -> None:
    """Positions of guards, limits and caches are indexes into the order."""
    route = report(examined(tmp_path))["routes"][1]
    kinds = [step["kind"] for step in route["order"]]
    assert kinds == ["hook", "limit", "guard", "cache", "own", "body", "cors"]
    assert [kinds[one["position"]] for one in (*route["limits"], *route["guards"], *route["cache"])] == [
        "limit",
        "guard",
        "cache",
    ]
    assert route["place"] == {"path": "shop/views.py", "line": 7, "end_line": 8}
    assert len(route["cors"]["policies"]) == 2


def test_findings_hold_their_consequences(tmp_path: Path) -> None:
    """All of them, the worst first, and the summary counts them apart."""
    document = report(examined(tmp_path))
    assert [one["rule"] for one in document["findings"]] == [
        "together/cached-above-auth",
        "config/secret-in-source",
        "app/extension-never-bound",
        "limiter/process-local-storage",
        "sqlalchemy/legacy-query",
    ]
    local = document["findings"][3]
    assert [one["level"] for one in local["consequences"]] == ["error", *["warning"] * 4]
    assert document["findings"][0]["seen"] == "both"
    assert document["findings"][0]["symbol"] == "shop.orders"
    assert document["summary"] == {
        "errors": 3,
        "warnings": 1,
        "notes": 1,
        "consequences": 5,
        "passed": 1,
        "failed": 3,
        "skipped": 3,
        "crashed": 1,
        "files": None,
        "notices": ["passed over 3 notebooks"],
    }


def test_verdicts_and_probe_are_told(tmp_path: Path) -> None:
    """What crashed is there with its reason, and every answer of the probe."""
    document = report(examined(tmp_path))
    assert document["verdicts"][1] == {
        "rule": "caching/key-too-coarse",
        "title": "Keys tell callers apart",
        "state": "crashed",
        "reason": "KeyError: 'key'",
    }
    assert document["probe"]["routes"][0]["asked"]["anonymous"] == {"status": 401, "reached": False}
    assert document["backends"][1]["facts"] == {"heads": ["a1"]}


@pytest.mark.parametrize("format", DOCTOR_FORMATS)
def test_no_format_tells_a_password(tmp_path: Path, format: str) -> None:
    """A password in a URL is masked wherever in the app it came from."""
    made = examined(tmp_path)
    written = render(format, replace(made, notices=("postgresql+psycopg://me:correct-horse!@db:5432/x",)), View("/"))
    assert "hunter2" not in written
    assert "correct-horse" not in written
    assert "postgresql+psycopg://me:***@db:5432/x" in written


@pytest.mark.parametrize(
    "text",
    [
        "https://shop.example:8443/a@b",
        "http://localhost:5000 and me@example.com",
        "redis://cache:6379/0",
        '{"a": "https://x:1", "b": "me@x"}',
        "postgresql://shop@db/shop",
    ],
)
def test_what_is_no_password_stays(text: str) -> None:
    """Ports, paths and addresses of people are left alone."""
    assert masked(text) == text
