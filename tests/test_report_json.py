from __future__ import annotations

import json
from pathlib import Path

from jsonschema import Draft202012Validator

from keck.finding import Level
from keck.report import View, render
from tests.reports import COARSE, OPEN, UNUSED, outcome

SCHEMA = Path(__file__).parents[1] / "docs" / "check.schema.json"


def test_shape_is_the_documented_one(tmp_path: Path) -> None:
    """Every key is there, and no other; a change of this test is a new version of the shape."""
    document = json.loads(render("json", outcome(tmp_path, OPEN, notices=("passed over 1 notebook",)), View("/")))
    assert document == {
        "version": 1,
        "root": tmp_path.as_posix(),
        "findings": [
            {
                "rule": "jwt/required-without-call",
                "level": "error",
                "path": "shop/views.py",
                "line": 8,
                "column": 2,
                "end_line": 8,
                "message": OPEN.message,
                "help": OPEN.help,
                "seen": "code",
                "related": [
                    {"path": "shop/views.py", "line": 2, "column": 1, "end_line": 2, "message": "imported here"}
                ],
                "fix": None,
            }
        ],
        "summary": {"errors": 1, "warnings": 0, "notes": 0, "files": 12, "notices": ["passed over 1 notebook"]},
    }


def test_report_matches_its_schema(tmp_path: Path) -> None:
    """The published schema is a schema, and takes what is written."""
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    for findings in ((), (OPEN, COARSE, UNUSED)):
        document = json.loads(render("json", outcome(tmp_path, *findings), View("/")))
        Draft202012Validator(schema).validate(document)


def test_notes_are_there_whatever_the_level(tmp_path: Path) -> None:
    """The level is for people; a program gets everything."""
    view = View(str(tmp_path), level=Level.error)
    levels = [one["level"] for one in json.loads(render("json", outcome(tmp_path, COARSE, UNUSED), view))["findings"]]
    assert levels == ["warning", "note"]


def test_paths_stay_relative_to_the_root(tmp_path: Path) -> None:
    """Unlike in the other formats the working directory has no say."""
    document = json.loads(render("json", outcome(tmp_path, OPEN), View("/somewhere/else")))
    assert document["findings"][0]["path"] == "shop/views.py"


def test_output_is_ascii(tmp_path: Path) -> None:
    """A root with an umlaut survives any console."""
    folder = tmp_path / "Büro"
    folder.mkdir()
    report = render("json", outcome(folder), View("/"))
    assert report.isascii()
    assert json.loads(report)["root"] == folder.as_posix()
