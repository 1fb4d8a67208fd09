from __future__ import annotations

import msgspec

from keck.examining import Examination, Fault, Verdict
from keck.finding import Finding, Level, Place
from keck.heeded import heeded, refolded
from keck.live.record import LiveApp
from keck.settings import Settings
from tests.doctor.conftest import Project

RULE = "together/decorator-above-route"
SHOP = """
    from shop.ext import app, jwt_required


    @jwt_required(){}
    @app.get("/orders")
    def orders(): {}
        return {{}}
    """


def _examination(root: str, *findings: Finding) -> Examination:
    failed = {one.rule for one in findings}
    verdicts = tuple(Verdict(one, "Good", "failed" if one in failed else "passed") for one in sorted({RULE, *failed}))
    return Examination(LiveApp("shop", root=root), root, verdicts, tuple(Fault(one) for one in findings))


def _finding(line: int = 4, *, path: str = "shop.py", rule: str = RULE, end: int = 6) -> Finding:
    return Finding(rule, Level.error, Place(path, line, 1, end, 1), "it never runs", "move it", seen="app")


def test_a_comment_holds_for_the_app_too(project: Project) -> None:
    """A comment on the statement that a finding of the app starts at takes it out, and the rule is skipped."""
    comment = f"  # keck: ignore[{RULE}] the proxy asks"
    for text in (SHOP.format(comment, ""), SHOP.format("", comment)):
        root = project({"shop.py": text}).as_posix()
        examination, ignored = heeded(_examination(root, _finding()), Settings())
        assert (examination.faults, ignored) == ((), (_finding(),))
        assert examination.verdicts == (Verdict(RULE, "Good", "skipped", "what it found is ignored by the project"),)


def test_other_comments_do_not(project: Project) -> None:
    """A comment on another line or about another rule leaves the finding, and no comment is called unused."""
    comments = f"  # keck: ignore[jwt/] no\nx = 1  # keck: ignore[{RULE}] elsewhere\n"
    for text in (SHOP.format("", "") + comments, SHOP.format("", ""), SHOP.format("  # keck: ignore[cors/]", "")):
        root = project({"shop.py": text}).as_posix()
        examination = _examination(root, _finding())
        assert heeded(examination, Settings()) == (examination, ())


def test_a_place_that_cannot_be_read_holds_no_comments(project: Project) -> None:
    """A finding may stand in a file that is not there, or have a path that no file can have."""
    root = project({}).as_posix()
    examination = _examination(root, _finding(path="gone.py"), _finding(path="nul\0.py"), _finding(path="."))
    assert heeded(examination, Settings()) == (examination, ())


def test_patterns_of_files_hold_for_the_app_too(project: Project) -> None:
    """`per-file-ignores` takes findings of the app out, of what its rules name only."""
    here = project({"shop.py": SHOP.format("", "")})
    settings = Settings(per_file_ignores={"shop.py": ("together/",)}, root=here)
    other = _finding(rule="jwt/token-never-expires")
    examination, ignored = heeded(_examination(here.as_posix(), _finding(), other), settings)
    assert (examination.findings, ignored) == ((other,), (_finding(),))
    assert [one.state for one in examination.verdicts] == ["failed", "skipped"]


def test_what_followed_from_an_ignored_fault_stands_alone(project: Project) -> None:
    """A consequence is told by itself once its cause is ignored."""
    cause = msgspec.structs.replace(_finding(rule="app/second-extension-instance"), tags=("cache",))
    effect = msgspec.structs.replace(_finding(9, rule="app/extension-never-bound"), tags=("cache",))
    root = project({"shop.py": SHOP.format("  # keck: ignore[app/second-extension-instance] two", "")}).as_posix()
    before = msgspec.structs.replace(_examination(root, cause, effect), faults=(Fault(cause, (effect,)),))
    examination, ignored = heeded(before, Settings())
    assert (examination.faults, ignored) == ((Fault(effect),), (cause,))


def test_verdicts_follow_the_findings() -> None:
    """A rule that has found something after all has failed; one that crashed has crashed."""
    verdicts = (Verdict(RULE, "Good", "passed"), Verdict("jwt/x", "Good", "crashed", "oh"))
    examination = msgspec.structs.replace(_examination("/"), verdicts=verdicts)
    found = refolded(examination, [_finding()])
    assert [(one.state, one.reason) for one in found.verdicts] == [("failed", ""), ("crashed", "oh")]
