"""Which fixes are done, in which order, and why the others are not."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from keck import fixing
from keck.finding import Finding
from keck.fixes.attempt import fix_of
from keck.fixing import Repair
from keck.patch import Patch
from keck.place import Place
from keck.settings import Settings
from keck.trouble import Trouble
from tests.fixes.toys import BY_NAME, OTHER, RULE, content, posix, toys, unprivileged, write


@pytest.fixture(autouse=True)
def _toys(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    toys(monkeypatch)
    monkeypatch.chdir(tmp_path)


def repair(
    root: Path, files: Mapping[str, str | bytes], *paths: str, settings: Settings | None = None, unsafe: bool = False
) -> Repair:
    """Write files and return how they are repaired, without a proof."""
    write(root, {"requirements.txt": "flask\n", **files} if files else {})
    given = [root / path for path in paths] or [root]
    return fixing.fix(given, settings or Settings(), unsafe=unsafe, proof=False)


def after(found: Repair) -> dict[str, str]:
    """Return the new text of each file that changes."""
    return {path: (change.after or b"").decode() for path, change in found.patch.files.items()}


def whys(found: Repair) -> list[str]:
    """Return why fixes were not done."""
    return [one.why for one in found.left]


def test_safe_fixes_are_done_together(tmp_path: Path) -> None:
    """All places of all files are repaired, what has no fix is left alone, and nothing is written."""
    files = {"app.py": "a = bad()\nb = nothing()\nc = bad()\n", "shop/more.py": "d = bad()\n"}
    found = repair(tmp_path, files)
    assert after(found) == {"app.py": "a = good()\nb = nothing()\nc = good()\n", "shop/more.py": "d = good()\n"}
    assert [one.place.line for one in found.done] == [1, 3, 1]
    assert (found.left, found.unsafe, found.says) == ((), (), ())
    assert (tmp_path / "app.py").read_text() == files["app.py"]
    assert found.root == tmp_path.as_posix()


def test_second_run_changes_nothing(tmp_path: Path) -> None:
    """What has been repaired is repaired, whatever had to be declined."""
    files = {"app.py": "a = bad()\nb = worse()\nc = first()\nd = wrap(bad())\n"}
    found = repair(tmp_path, files)
    found.write()
    again = fixing.fix([tmp_path], Settings(), proof=False)
    assert not again.patch
    assert whys(again) == whys(found)


def test_fixes_in_one_another_follow_one_another(tmp_path: Path) -> None:
    """What nests is repaired in turn, and so is what only a repair brings to light of the same kind."""
    found = repair(tmp_path, {"app.py": "a = wrap(bad())\n"})
    assert after(found) == {"app.py": "a = bare(1)\n"}


def test_places_are_those_in_the_files_as_they_are(tmp_path: Path) -> None:
    """What is repaired after other fixes have moved it is told where it stands now; what was not there, where it came."""
    found = repair(tmp_path, {"app.py": "a = imported()\nb = [risky(), risky()]\n"}, unsafe=True)
    assert [(one.symbol, one.place.line, one.place.column) for one in found.done if one.symbol == "risky"] == [
        ("risky", 2, 6),
        ("risky", 2, 15),
    ]


def test_unsafe_ones_are_offered(tmp_path: Path) -> None:
    """Without being asked for they are told, not done."""
    found = repair(tmp_path, {"app.py": "a = risky()\nb = bad()\n"})
    assert after(found) == {"app.py": "a = risky()\nb = good()\n"}
    assert [one.symbol for one in found.unsafe] == ["risky"]


def test_unsafe_ones_are_done_when_asked_for(tmp_path: Path) -> None:
    """They may bring findings that a safe one may not."""
    found = repair(tmp_path, {"app.py": "a = risky()\nb = bad()\nc = risks_worse()\n"}, unsafe=True)
    assert after(found) == {"app.py": "a = daring()\nb = good()\nc = bringer()\n"}
    assert (found.unsafe, found.left) == ((), ())


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("worse", "it would bring a new finding: something is brought [caching/unless-not-true]"),
        ("first", "it would bring a new finding: `second()` is called [jwt/required-without-call]"),
        ("stays", "what it is to repair would still be found"),
        ("same", "it changes nothing"),
        ("crash", "what comes of it cannot be checked: a fault of Keck itself"),
        ("twice", "twice.py would be made in two ways"),
    ],
)
def test_culprit_is_declined_and_the_rest_is_kept(tmp_path: Path, name: str, why: str) -> None:
    """A fix that does not turn out as it should is found among others and left, with its reason."""
    found = repair(tmp_path, {"app.py": f"a = bad()\nb = bad()\nc = {name}()\nd = bad()\n"})
    assert after(found) == {"app.py": f"a = good()\nb = good()\nc = {name}()\nd = good()\n"}
    assert len(found.left) == 1
    assert found.left[0].why.startswith(why)
    assert found.left[0].finding.symbol == name


def test_two_declined_on_equal_lines(tmp_path: Path) -> None:
    """Findings that only their place tells apart are each declined, once."""
    found = repair(tmp_path, {"app.py": "a = worse()\na = worse()\na = bad()\n"})
    assert [one.finding.place.line for one in found.left] == [1, 2]


def test_code_that_cannot_be_read(tmp_path: Path) -> None:
    """An edit whose text is no expression is declined for what the engine says."""
    found = repair(tmp_path, {"app.py": "a = broken()\n"})
    assert not found.patch
    assert whys(found)[0].startswith("app.py: ")


def test_result_that_does_not_parse(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that would be no Python any more is left as it is."""
    monkeypatch.setattr("keck.fixes.apply.applied", lambda *_: "a = (\n")
    found = repair(tmp_path, {"app.py": "a = bad()\n"})
    assert whys(found) == ["app.py would be no valid Python"]


def test_fixes_that_take_each_other_back(tmp_path: Path) -> None:
    """A circle of fixes comes to an end."""
    found = repair(tmp_path, {"app.py": "a = flip()\nb = flop()\n"}, unsafe=True)
    assert "another fix takes it back" in whys(found)


def test_new_file(tmp_path: Path) -> None:
    """A fix may make a file; where one of that name is there it is declined."""
    found = repair(tmp_path / "a", {"app.py": "a = make()\n"})
    assert after(found) == {"app.py": "a = made()\n", "made.py": "MADE = 1\n"}
    assert found.patch.files["made.py"].before is None
    found = repair(tmp_path / "b", {"app.py": "a = make()\n", "made.py": "X = 1\n"})
    assert whys(found) == ["made.py is there already"]


def test_two_fixes_make_one_file(tmp_path: Path) -> None:
    """The second of them comes to a file that is there."""
    found = repair(tmp_path, {"app.py": "a = make()\nb = make()\n"})
    assert after(found) == {"app.py": "a = made()\nb = make()\n", "made.py": "MADE = 1\n"}
    assert whys(found) == ["made.py is there already"]


def test_import_is_no_collision(tmp_path: Path) -> None:
    """Two fixes that want the same import are done at once, and get one."""
    found = repair(tmp_path, {"app.py": "a = needs()\nb = needs()\n"})
    assert after(found) == {"app.py": "from os import path\n\na = needs(1)\nb = needs(1)\n"}


def test_what_lies_outside_is_not_changed(tmp_path: Path) -> None:
    """A fix that would change a file above the root, or one that is not checked, is declined."""
    files = {
        "shop/app.py": 'a = far("../x.py")\nb = far("notes.txt")\nc = far("lost.py")\n',
        "x.py": "x\n",
        "shop/notes.txt": "x\n",
        "shop/lost.py": "x\n",
        "shop/.gitignore": "lost.py\n",
    }
    found = repair(tmp_path, files, "shop")
    assert whys(found) == [
        "it also changes ../x.py, which lies outside of what was asked for",
        "it also changes notes.txt, which is not among the files that are checked",
        "it also changes lost.py, which is not among the files that are checked",
    ]


def test_only_what_was_asked_for(tmp_path: Path) -> None:
    """Findings of other files and of other rules stay, and edits elsewhere in the project that a fix needs are made."""
    files = {"app.py": 'a = bad()\nb = far("shop/x.py")\n', "shop/x.py": "x\nc = bad()\n", "other.py": "d = bad()\n"}
    found = repair(tmp_path, files, "app.py")
    assert after(found) == {"app.py": "a = good()\nb = near()\n", "shop/x.py": "y\nc = bad()\n"}
    assert not repair(tmp_path, files, settings=Settings(select=(OTHER,))).patch
    assert not repair(tmp_path, files, settings=Settings(ignore=(RULE,))).patch


def test_new_finding_elsewhere_counts(tmp_path: Path) -> None:
    """What a fix brings is looked for by every rule and in the whole project, though only one was selected."""
    found = repair(tmp_path, {"app.py": "b = worse()\n", "x.py": ""}, "app.py", settings=Settings(select=(RULE,)))
    assert len(found.left) == 1


def test_legacy_queries_only_by_name(tmp_path: Path) -> None:
    """Its fixes are no repairs: neither a folder nor ALL asks for them."""
    files = {"app.py": "a = query()\n"}
    for select in ((), ("ALL",), ("sqlalchemy/",)):
        assert not repair(tmp_path, files, settings=Settings(select=select)).patch
    assert after(repair(tmp_path, files, settings=Settings(select=(BY_NAME,)))) == {"app.py": "a = select()\n"}


def test_suppressed_findings_stay(tmp_path: Path) -> None:
    """What a comment or the settings ignore is not repaired."""
    files = {"app.py": f"a = bad()  # keck: ignore[{RULE}] on purpose\nb = bad()\n", "old/x.py": "c = bad()\n"}
    settings = Settings(per_file_ignores={"old/": (RULE,)}, root=tmp_path)
    found = repair(tmp_path, files, settings=settings)
    assert [(one.place.path, one.place.line) for one in found.done] == [("app.py", 2)]


def test_each_project_by_itself(tmp_path: Path) -> None:
    """Of several projects below a directory each has its own plan."""
    files = {"one/setup.py": "", "one/app.py": "a = bad()\n", "two/setup.py": "", "two/app.py": "a = bad()\n"}
    write(tmp_path, files)
    found = fixing.fix([tmp_path], Settings(), proof=False)
    assert sorted(found.patch.files) == ["one/app.py", "two/app.py"]
    assert sorted(found.patch.below("one").files) == ["app.py"]


def test_paths_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file of a project that does not lie in the working directory is repaired below that project."""
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    found = repair(tmp_path / "shop", {"app.py": "a = bad()\n"}, "app.py")
    assert found.root == (tmp_path / "shop").as_posix()
    assert after(found) == {"app.py": "a = good()\n"}


def test_link_to_a_file_of_the_project(tmp_path: Path) -> None:
    """What two names lead to is repaired once, under the name that is no link."""
    write(tmp_path, {"app.py": "a = bad()\n"})
    (tmp_path / "zlink.py").symlink_to("app.py")
    (tmp_path / "alink.py").symlink_to("app.py")
    found = repair(tmp_path, {})
    assert after(found) == {"app.py": "a = good()\n"}
    assert not found.left


def test_link_that_leads_out(tmp_path: Path) -> None:
    """A file that is in truth elsewhere is not changed; one below the root may be."""
    write(tmp_path, {"out.py": "a = bad()\n", "shop/deep/real.txt": "a = bad()\n"})
    (tmp_path / "shop" / "app.py").symlink_to("../out.py")
    (tmp_path / "shop" / "inner.py").symlink_to("deep/real.txt")
    found = repair(tmp_path / "shop", {})
    assert whys(found) == ["app.py is a link that leads out of the project"]
    assert after(found) == {"inner.py": "a = good()\n"}


@pytest.mark.parametrize(
    ("data", "result"),
    [
        (b"a = bad()\r\nb = 1\r\n", b"a = good()\r\nb = 1\r\n"),
        (b"a = bad()\r\nb = 1\n", b"a = good()\r\nb = 1\n"),
        (b"if 1:\n\ta = bad()", b"if 1:\n\ta = good()"),
        (b"\xef\xbb\xbfa = bad()\n", b"\xef\xbb\xbfa = good()\n"),
        (b"# coding: latin-1\nx = '\xe9'; a = bad()\n", b"# coding: latin-1\nx = '\xe9'; a = good()\n"),
    ],
)
def test_bytes_are_kept(tmp_path: Path, data: bytes, result: bytes) -> None:
    """Line ends, tabs, the byte order mark, the encoding and a missing last line end stay."""
    repair(tmp_path, {"app.py": data}).write()
    assert (tmp_path / "app.py").read_bytes() == result


def test_fault_of_keck_itself(tmp_path: Path) -> None:
    """A rule that fails from the start is told, and the others are repaired all the same."""
    found = repair(tmp_path, {"app.py": "a = crashes()\n"})
    assert not found.complete
    assert "a fault of Keck itself" in found.notices[0]


@posix
def test_unreadable_file_that_was_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is trouble, in one sentence; one that was not named is passed over."""
    folder = Path(tempfile.mkdtemp())
    write(folder, {"app.py": "a = bad()\n", "closed.py": "a = bad()\n"})
    (folder / "closed.py").chmod(0)
    monkeypatch.chdir(folder)
    with unprivileged(folder):
        assert after(repair(folder, {})) == {"app.py": "a = good()\n"}
        with pytest.raises(Trouble, match=r"`closed.py` cannot be read; look at its permissions"):
            repair(folder, {}, "closed.py")


def test_file_that_goes_meanwhile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that is gone when its fix is tried is left."""
    monkeypatch.setattr("keck.fixes.survey.read", lambda *_: None)
    assert whys(repair(tmp_path, {"app.py": "a = bad()\n"})) == ["app.py cannot be read"]


def test_somebody_is_asked(tmp_path: Path) -> None:
    """Each fix is asked for once, with what it changes, and what is not wanted is left."""
    asked: list[tuple[int, str]] = []

    def ask(finding: Finding, patch: Patch) -> bool:
        asked.append((finding.place.line, patch.diff().splitlines()[-1]))
        return finding.place.line != 2

    write(tmp_path, {"app.py": "a = bad()\nb = bad()\nc = bad()\nd = worse()\n"})
    found = fixing.fix([tmp_path], Settings(), proof=False, ask=ask)
    assert after(found) == {"app.py": "a = good()\nb = bad()\nc = good()\nd = worse()\n"}
    assert [line for line, _ in asked] == [1, 2, 3]
    assert whys(found)[:1] == ["it was not wanted"]


def test_ready_is_called_where_there_is_something_to_do(tmp_path: Path) -> None:
    """The caller may still say no before the first fix is tried; without any fix it is not asked."""
    called: list[int] = []
    write(tmp_path, {"app.py": "a = risky()\n"})
    fixing.fix([tmp_path], Settings(), ready=lambda: called.append(1))
    assert not called
    fixing.fix([tmp_path], Settings(), unsafe=True, proof=False, ready=lambda: called.append(2))
    assert called == [2]


def test_nothing_proven_is_said(tmp_path: Path) -> None:
    """Where a fix that needs a proof goes without one, that is told."""
    assert fixing.UNPROVEN in repair(tmp_path, {"app.py": "a = make()\n"}).says


def test_finding_without_fix() -> None:
    """To ask for the fix of a finding that has none is a mistake of the caller."""
    with pytest.raises(ValueError, match="has no fix"):
        fix_of(Finding(RULE, Settings().level, Place("app.py"), "", ""))


def test_nothing_is_left_in_the_temporary_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a run keeps for itself goes with it, and the cache of `keck check` is not touched."""
    monkeypatch.setenv("TMPDIR", str(tmp_path / "tmp"))
    monkeypatch.setattr("tempfile.tempdir", None)
    (tmp_path / "tmp").mkdir()
    repair(tmp_path / "shop", {"app.py": "a = bad()\n"})
    assert os.listdir(tmp_path / "tmp") == []  # noqa: PTH208 - names are what is needed
    assert sorted(content(tmp_path / "shop")) == ["app.py", "requirements.txt"]
    assert not (tmp_path / "shop" / ".keck_cache").exists()
