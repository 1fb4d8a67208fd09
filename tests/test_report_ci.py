"""The reports for CI servers: concise, github, gitlab, junit."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from pathlib import Path

from msgspec.structs import replace

from keck.finding import Finding, Level, Place
from keck.report import FORMATS, View, render
from tests.reports import COARSE, OPEN, SPAN, UNUSED, outcome


def parsed(text: str) -> ET.Element:
    """Return the root of an XML document."""
    return ET.fromstring(text)  # noqa: S314 - we have just written it


def test_every_format_ends_its_last_line(tmp_path: Path) -> None:
    """No report leaves the prompt at the end of a line."""
    for name in FORMATS:
        assert render(name, outcome(tmp_path, OPEN, COARSE, UNUSED), View(str(tmp_path))).endswith("\n")


def test_concise_is_one_line_a_finding(tmp_path: Path) -> None:
    """A finding is one line that an editor can parse, and notes stay out."""
    report = render(
        "concise", outcome(tmp_path, OPEN, replace(COARSE, message="one\nkey"), UNUSED), View(str(tmp_path))
    )
    assert report.splitlines() == [
        f"shop/views.py:8:2: error[jwt/required-without-call] {OPEN.message}",
        "shop/views.py:10:33: warning[caching/key-too-coarse] one key",
        "Found 1 error, 1 warning and 1 note (12 files checked).",
    ]


def test_github_marks_one_line_by_columns(tmp_path: Path) -> None:
    """An error becomes an annotation at its columns, the help on a line of its own."""
    report = render("github", outcome(tmp_path, OPEN), View(str(tmp_path.parent)))
    assert report == (
        f"::error title=keck%3A jwt/required-without-call,file={tmp_path.name}/shop/views.py,line=8,col=2,endColumn=14"
        f"::{OPEN.message}%0Ahelp: {OPEN.help}\n"
    )


def test_github_marks_several_lines_without_columns(tmp_path: Path) -> None:
    """GitHub drops an annotation whose columns are given for several lines."""
    report = render("github", outcome(tmp_path, SPAN), View(str(tmp_path)))
    assert ",line=7,endLine=10::" in report
    assert "help" not in report


def test_github_levels_have_their_commands(tmp_path: Path) -> None:
    """A note is a notice, and is shown only when it is asked for."""
    checked = outcome(tmp_path, COARSE, UNUSED)
    assert render("github", checked, View(str(tmp_path))).count("::warning ") == 1
    assert "::notice " not in render("github", checked, View(str(tmp_path)))
    assert "::notice " in render("github", checked, View(str(tmp_path), level=Level.note))


def test_github_command_cannot_be_broken_out_of(tmp_path: Path) -> None:
    """A message or path with line ends, colons or commas stays inside its own command."""
    evil = Finding("app/x", Level.error, Place("a,b:c\n.py"), "100%\r\n::stop-commands::x", "")
    (line,) = render("github", outcome(tmp_path, evil), View(str(tmp_path))).splitlines()
    assert "file=a%2Cb%3Ac%0A.py,line=1" in line
    assert line.endswith("::100%25%0D%0A::stop-commands::x")


def test_clean_project_has_no_annotations(tmp_path: Path) -> None:
    """Nothing found, nothing written."""
    assert not render("github", outcome(tmp_path), View(str(tmp_path)))


def test_gitlab_entry_has_what_code_quality_asks_for(tmp_path: Path) -> None:
    """Description, name, fingerprint, severity and lines are where GitLab looks for them."""
    first, second = json.loads(render("gitlab", outcome(tmp_path, OPEN, UNUSED), View(str(tmp_path))))
    assert first.pop("fingerprint") != second["fingerprint"]
    assert first == {
        "description": f"{OPEN.message}; {OPEN.help}",
        "check_name": "jwt/required-without-call",
        "severity": "critical",
        "location": {"path": "shop/views.py", "lines": {"begin": 8, "end": 8}},
    }
    assert second["severity"] == "info"


def test_gitlab_clean_report_is_an_empty_list(tmp_path: Path) -> None:
    """GitLab needs a list to see that a fault has gone."""
    assert json.loads(render("gitlab", outcome(tmp_path), View(str(tmp_path)))) == []
    assert json.loads(render("gitlab", outcome(tmp_path, SPAN), View("/")))[0]["description"] == SPAN.message


def test_junit_fails_for_what_fails_the_check(tmp_path: Path) -> None:
    """At or above the fail level a test case fails; what is shown below it passes with its text."""
    view = View(str(tmp_path), level=Level.note, fail_level=Level.error)
    suites = parsed(render("junit", outcome(tmp_path, OPEN, COARSE, UNUSED), view))
    assert suites.attrib == {"name": "keck", "tests": "3", "failures": "1", "errors": "0"}
    cases = suites.findall("testsuite/testcase")
    assert [case[0].tag for case in cases] == ["failure", "system-out", "system-out"]
    assert cases[0].attrib["file"] == "shop/views.py"
    assert cases[0].attrib["line"] == "8"
    assert cases[0][0].attrib == {"message": OPEN.message, "type": "error"}


def test_junit_shows_what_fails_though_the_level_is_higher(tmp_path: Path) -> None:
    """A check never fails for something that the report hides."""
    view = View(str(tmp_path), level=Level.error, fail_level=Level.note)
    suites = parsed(render("junit", outcome(tmp_path, UNUSED), view))
    assert suites.attrib["failures"] == "1"


def test_junit_clean_report_is_one_case_that_passes(tmp_path: Path) -> None:
    """An empty report would be taken for a broken one; notes below the level make no case."""
    for findings in ((), (UNUSED,)):
        suites = parsed(render("junit", outcome(tmp_path, *findings), View(str(tmp_path))))
        (case,) = suites.findall("testsuite/testcase")
        assert case.attrib["name"] == "keck check"
        assert not list(case)


def test_junit_survives_characters_that_xml_forbids(tmp_path: Path) -> None:
    """Control characters and lone surrogates in names leave the report parseable."""
    evil = replace(OPEN, place=Place("\x08\udcff<.py"), message="\x00 & \x1b")
    suites = parsed(render("junit", outcome(tmp_path, evil), View(str(tmp_path))))
    assert suites.findall("testsuite/testcase")[0].attrib["file"] == "??<.py"
