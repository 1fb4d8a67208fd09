"""JUnit XML, which nearly every CI server can show."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING

from keck.report.view import View, one_line, printed, visible

if TYPE_CHECKING:
    from keck.checking import Outcome


def render(outcome: Outcome, view: View) -> str:
    """Return a failing test case for each finding at or above the fail level.

    Lower ones are test cases that pass, with the message as their output; a clean check is one
    test case that passes, because many servers take an empty report for a broken one.
    """
    failures = sum(finding.level >= view.fail_level for finding in outcome.findings)
    shown = [finding for finding in outcome.findings if finding.level >= min(view.level, view.fail_level)]
    totals = {"tests": str(len(shown) or 1), "failures": str(failures), "errors": "0"}
    suites = ET.Element("testsuites", {"name": "keck", **totals})
    suite = ET.SubElement(suites, "testsuite", {"name": "keck", "skipped": "0", **totals})
    for finding in shown:
        path = visible(printed(finding.place.path, outcome.root, view.start))
        where = f"{path}:{finding.place.line}:{finding.place.column}"
        case = ET.SubElement(
            suite,
            "testcase",
            {"name": f"{finding.rule} {where}", "classname": path, "file": path, "line": str(finding.place.line)},
        )
        message = one_line(finding.message)
        text = f"{where}: {finding.level.name}[{finding.rule}] {message}\nhelp: {one_line(finding.help)}"
        if finding.level >= view.fail_level:
            ET.SubElement(case, "failure", {"message": message, "type": finding.level.name}).text = text
        else:
            ET.SubElement(case, "system-out").text = text
    if not shown:
        ET.SubElement(suite, "testcase", {"name": "keck check", "classname": "keck"})
    ET.indent(suites)
    document: bytes = ET.tostring(suites, encoding="us-ascii", xml_declaration=True)
    return document.decode("ascii") + "\n"
