"""What can be repaired is marked as such, in the check and by the doctor."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from keck.cli import main
from keck.edit import Fix
from keck.examining import Examination, Fault
from keck.examples import NONE
from keck.explain import markdown, plain
from keck.finding import Finding
from keck.fixable import repair_of
from keck.live.record import LiveApp
from keck.report import View, render
from keck.report.doctor import digest, html
from keck.report.doctor import json as doctor_json
from keck.report.doctor import sarif as doctor_sarif
from keck.report.doctor import text as doctor_text
from keck.report.text import repairable
from keck.rule import Rule, rules
from tests.fixes.toys import OTHER, RULE, toys
from tests.reports import COARSE, OPEN, SPAN, UNUSED, outcome

SAFE = Fix("call it: `jwt_required()`", ())
UNSAFE = Fix("put the user into the key", (), safe=False, changes="splits the cache")
MENDED = msgspec.structs.replace(OPEN, fix=SAFE)
RISKY = msgspec.structs.replace(COARSE, fix=UNSAFE)


@pytest.fixture
def known(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Rule]]:
    """Return the rules by id, none of which has a fix, and forget afterwards what was asked of them."""
    _forget()
    toys(monkeypatch)
    yield {one.id: one for one in rules()}
    monkeypatch.undo()
    _forget()


def _forget() -> None:
    repair_of.cache_clear()
    digest._fixes.cache_clear()  # noqa: SLF001 - the rules change under it


def _finds(rule: Rule, *fixes: Fix | None, monkeypatch: pytest.MonkeyPatch) -> None:
    findings = [msgspec.structs.replace(OPEN, fix=fix) for fix in fixes]
    monkeypatch.setattr(rule, "_check", lambda _: iter(findings))


def test_marks_in_the_text(tmp_path: Path) -> None:
    """A mark stands behind the rule; the summary counts what is safe and what is not."""
    text = render("text", outcome(tmp_path, MENDED, RISKY, SPAN), View(tmp_path.as_posix()))
    assert "shop/views.py:8:2: error[jwt/required-without-call] [fix] `me` is open" in text
    assert "shop/views.py:10:33: warning[caching/key-too-coarse] [unsafe fix] one key" in text
    assert "error[app/extension-never-bound] `bp` is bound nowhere" in text
    assert "`keck fix` repairs 1 of them, `--unsafe` 1 more.\n" in text
    concise = render("concise", outcome(tmp_path, MENDED, SPAN), View(tmp_path.as_posix()))
    assert "shop/views.py:8:2: error[jwt/required-without-call] [fix] `me` is open" in concise


def test_marks_on_a_narrow_terminal(tmp_path: Path) -> None:
    """They count where lines are broken."""
    text = render("text", outcome(tmp_path, MENDED), View(tmp_path.as_posix(), width=60))
    assert "[jwt/required-without-call] [fix]\n" in text


def test_summary_of_what_is_repaired() -> None:
    """Only what is there is told."""
    assert repairable([SPAN]) == ""
    assert repairable([MENDED, MENDED, SPAN]) == "`keck fix` repairs 2 of them."
    assert repairable([RISKY]) == "`keck fix --unsafe` repairs 1 of them."


def test_data(tmp_path: Path) -> None:
    """JSON and SARIF carry the title and what an unsafe fix changes; nothing where there is no fix."""
    found = outcome(tmp_path, MENDED, RISKY, UNUSED)
    view = View(tmp_path.as_posix())
    fixes = [
        {"title": SAFE.title, "safe": True, "changes": ""},
        {"title": UNSAFE.title, "safe": False, "changes": "splits the cache"},
    ]
    assert [one["fix"] for one in json.loads(render("json", found, view))["findings"]] == [*fixes, None]
    results = json.loads(render("sarif", found, view))["runs"][0]["results"]
    assert [one.get("properties") for one in results] == [{"fix": fixes[0]}, {"fix": fixes[1]}, None]


def test_examples_tell_whether_a_rule_has_a_fix(known: dict[str, Rule], monkeypatch: pytest.MonkeyPatch) -> None:
    """One safe fix is enough; a rule of live apps alone has none, and one that fails is passed over."""
    rule = known[RULE]
    assert repair_of(rule) == ""
    for fixes, expected in (((None,), ""), ((UNSAFE, None), "unsafe fix"), ((UNSAFE, SAFE), "fix")):
        _finds(rule, *fixes, monkeypatch=monkeypatch)
        repair_of.cache_clear()
        assert repair_of(rule) == expected

    def fails(_: object) -> Iterator[Finding]:
        raise RuntimeError

    monkeypatch.setattr(rule, "_check", fails)
    repair_of.cache_clear()
    assert repair_of(rule) == ""


def test_rules_and_their_pages_tell_it(
    known: dict[str, Rule], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`keck rules`, also as JSON and where there is little room, and `keck explain`."""
    _finds(known[RULE], SAFE, monkeypatch=monkeypatch)
    _finds(known[OTHER], UNSAFE, monkeypatch=monkeypatch)
    assert main(["rules", "--select", f"{RULE},{OTHER}"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[2:5] for line in lines] == [
        ["both", "unsafe", "fix"],
        ["both", "fix", known[RULE].title.split()[0]],
    ]
    assert main(["rules", "--json", "--select", f"{RULE},{OTHER}"]) == 0
    assert [one["repair"] for one in json.loads(capsys.readouterr().out)] == ["unsafe fix", "fix"]
    assert f"{RULE} (error, `keck fix` repairs it)\n" in plain(known[RULE], NONE)
    assert f"`{OTHER}` (error, `keck fix --unsafe` repairs it)\n" in markdown(known[OTHER], NONE)
    assert f"{known['unused-ignore'].id} (note)\n" in plain(known["unused-ignore"], NONE)


def examination(*findings: Finding, files: int | None = None) -> Examination:
    """Return an examination with these findings."""
    return Examination(LiveApp("shop"), "/", faults=tuple(map(Fault, findings)), files=files)


def test_doctor_tells_the_fix_of_the_code(known: dict[str, Rule]) -> None:
    """A finding that both witnesses share has the fix of the source code."""
    assert known
    found = examination(MENDED, RISKY, files=3)
    text = doctor_text.render(found, View("/"))
    assert "[jwt/required-without-call] [fix] `me`" in text
    assert "`keck fix` repairs 1 of them, `--unsafe` 1 more." in text
    findings = json.loads(doctor_json.render(found, View("/")))["findings"]
    assert [(one["repair"], one["fix"]["safe"]) for one in findings] == [("fix", True), ("unsafe fix", False)]
    results = json.loads(doctor_sarif.render(found, View("/")))["runs"][0]["results"]
    assert results[0]["properties"] == {"seen": "code", "fix": {"title": SAFE.title, "safe": True, "changes": ""}}
    page = html.render(found, View("/"))
    assert "does it: call it" in page


def test_doctor_tells_that_the_rule_has_a_fix(known: dict[str, Rule], monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the code has not been checked, it says that `keck fix` repairs what the code shows; else nothing."""
    _finds(known[RULE], SAFE, monkeypatch=monkeypatch)
    _finds(known[OTHER], UNSAFE, monkeypatch=monkeypatch)
    _forget()
    seen = msgspec.structs.replace(OPEN, seen="app")
    text = doctor_text.render(examination(seen), View("/"))
    assert "      fix: `keck fix` does it where the source code shows it\n" in text
    assert json.loads(doctor_json.render(examination(seen), View("/")))["findings"][0]["repair"] == "fix"
    other = msgspec.structs.replace(seen, rule=OTHER)
    assert digest.repair_line(other, examination()) == "`keck fix --unsafe` does it where the source code shows it"
    assert digest.repair_line(seen, examination(files=3)) == ""
    assert digest.repair_line(SPAN, examination()) == ""
    assert "fix:" not in doctor_text.render(examination(seen, files=3), View("/"))
