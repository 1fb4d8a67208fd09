"""`keck fix` as a command."""

from __future__ import annotations

import io
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

import keck
from keck.cli import main
from keck.fixes import journal, writing
from keck.patch import Change, Patch
from tests.fixes.test_git import git
from tests.fixes.toys import RULE, content, toys, write

FILES: Mapping[str, str] = {"requirements.txt": "flask\n", "app.py": "a = bad()\nb = risky()\n"}


@pytest.fixture(autouse=True)
def _here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in [one for one in os.environ if one.startswith("GIT_")]:
        monkeypatch.delenv(name)
    for name in ("NO_COLOR", "FORCE_COLOR", "KECK_DEBUG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    toys(monkeypatch)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """Return a repository with all committed."""
    write(tmp_path, FILES)
    git(tmp_path, "init", "-q", ".")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qm", "all")
    return tmp_path


def test_repairs_and_tells(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What was done, what unsafe fixes would do, and what comes next; a second run has nothing to do."""
    assert main(["fix"]) == 0
    assert capsys.readouterr().out == (
        "app.py:1:5: repaired [jwt/required-without-call] call good()\n"
        "\n"
        "app.py:2:5: unsafe [jwt/required-without-call] call daring(); dares\n"
        "\n"
        "Repaired 1 finding in 1 file; 1 more with `--unsafe`.\n"
        "`git diff` shows what has changed; run your tests before you commit it.\n"
    )
    assert (shop / "app.py").read_text() == "a = good()\nb = risky()\n"
    assert main(["fix"]) == 0
    assert capsys.readouterr().out.endswith("Nothing was repaired; 1 more with `--unsafe`.\n")


def test_diff_writes_nothing(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The diff alone is on standard output; that there is something to change is exit code 1, also in a dirty tree."""
    write(shop, {"app.py": "a = bad()\n"})
    before = content(shop)
    assert main(["fix", "--diff"]) == 1
    told = capsys.readouterr()
    assert told.out == "--- a/app.py\n+++ b/app.py\n@@ -1 +1 @@\n-a = bad()\n+a = good()\n"
    assert told.err == (
        "app.py:1:5: to repair [jwt/required-without-call] call good()\n\n"
        "Would repair 1 finding in 1 file.\nWithout `--diff` it is written.\n"
    )
    assert content(shop) == before
    write(shop, {"app.py": "a = 1\n"})
    assert main(["fix", "--diff"]) == 0
    told = capsys.readouterr()
    assert (told.out, told.err) == ("", "Nothing would be repaired.\n")


def test_unsafe(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What an unsafe fix changes is told with it, and that nothing of it is proven."""
    assert main(["fix", "--unsafe", "--no-proof"]) == 0
    out = capsys.readouterr().out
    assert "app.py:2:5: repaired [jwt/required-without-call] call daring() (unsafe: dares)\n" in out
    assert "Nothing of this is proven, as `--no-proof` has it: start the app and run its tests.\n" in out
    assert (shop / "app.py").read_text() == "a = good()\nb = daring()\n"


def test_what_is_left_is_told_with_its_reason(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 1; one reason is said once for several places."""
    write(shop, {"app.py": "a = worse()\nb = worse()\nc = stays()\n"})
    git(shop, "commit", "-qam", "more")
    assert main(["fix"]) == 1
    assert capsys.readouterr().out == (
        "app.py:1:5: left [jwt/required-without-call] call bringer()\n"
        "app.py:2:5: left [jwt/required-without-call] call bringer()\n"
        "      why: it would bring a new finding: something is brought [caching/unless-not-true]\n"
        "app.py:3:5: left [jwt/required-without-call] call stays(1)\n"
        "      why: what it is to repair would still be found\n"
        "\n"
        "Nothing was repaired; 3 left.\n"
    )


def test_select_and_ignore(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Options win over settings; a rule that does not exist is trouble."""
    assert main(["fix", "--select", "cors/"]) == 0
    assert main(["fix", "--ignore", RULE]) == 0
    write(shop, {"keck.toml": 'select = ["cors/"]\n'})
    assert main(["fix"]) == 0
    assert (shop / "app.py").read_text() == FILES["app.py"]
    assert main(["fix", "--select", "cores/"]) == 2
    assert capsys.readouterr().err == "keck: unknown rule `cores/`; did you mean `cors/`?\n"
    assert main(["fix", "--select", RULE, "app.py"]) == 0
    assert (shop / "app.py").read_text() != FILES["app.py"]


def test_dirty_tree(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It is refused before anything is tried, unless there is nothing to do or it is allowed."""
    write(shop, {"requirements.txt": "flask==3\n"})
    assert main(["fix"]) == 2
    assert capsys.readouterr().err.startswith("keck: requirements.txt is not committed, so that what Keck changes")
    assert (shop / "app.py").read_text() == FILES["app.py"]
    assert main(["fix", "--select", "cors/"]) == 0
    assert main(["fix", "--allow-dirty"]) == 0
    assert (shop / "app.py").read_text() != FILES["app.py"]


def test_file_that_git_does_not_know(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It is not changed where git could not bring it back."""
    write(shop, {"new.py": "a = bad()\n"})
    assert main(["fix"]) == 2
    assert "git does not know new.py, which would be changed" in capsys.readouterr().err
    assert content(shop) == {name: text.encode() for name, text in {**FILES, "new.py": "a = bad()\n"}.items()}


def test_without_git(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One sentence says how to go on, and that works."""
    write(tmp_path, FILES)
    assert main(["fix"]) == 2
    assert capsys.readouterr().err == (
        "keck: . is in no git repository, so that nothing brings back what is changed; "
        "go on without that with --allow-dirty, or only look with --diff\n"
    )
    assert main(["fix", "--allow-dirty"]) == 0
    assert (tmp_path / "app.py").read_text() == "a = good()\nb = risky()\n"


def test_paths_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The repository that counts is that of the files, not that of the working directory."""
    write(tmp_path / "shop", FILES)
    git(tmp_path / "shop", "init", "-q", ".")
    git(tmp_path / "shop", "add", ".")
    git(tmp_path / "shop", "commit", "-qm", "all")
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    assert main(["fix", "../shop/app.py"]) == 0
    assert (tmp_path / "shop" / "app.py").read_text() == "a = good()\nb = risky()\n"
    assert [one.name for one in tmp_path.rglob("fix-lock")] == ["fix-lock"]
    assert not list((tmp_path / "here").iterdir())


def test_from_python(tmp_path: Path) -> None:
    """`keck.fix` returns what the command does; its `write` writes it."""
    write(tmp_path, FILES)
    repair = keck.fix([tmp_path], keck.Settings())
    assert isinstance(repair, keck.Repair)
    assert (tmp_path / "app.py").read_text() == FILES["app.py"]
    repair.write()
    assert (tmp_path / "app.py").read_text() == "a = good()\nb = risky()\n"


def test_interactive(shop: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Each change is shown; yes, no, an answer that is none, and the end of the input."""
    write(shop, {"app.py": "a = bad()\nb = bad()\nc = bad()\nd = bad()\n"})
    git(shop, "commit", "-qam", "more")
    monkeypatch.setattr(sys, "stdin", io.StringIO("what\nY\nno\nyes\n"))
    assert main(["fix", "--interactive"]) == 1
    assert (shop / "app.py").read_text() == "a = good()\nb = bad()\nc = good()\nd = bad()\n"
    out = capsys.readouterr().out
    assert out.startswith(
        "app.py:1: `bad()` is called [jwt/required-without-call]\n"
        "--- a/app.py\n+++ b/app.py\n@@ -1,4 +1,4 @@\n-a = bad()\n+a = good()\n b = bad()\n c = bad()\n d = bad()\n"
        "call good()\n"
        "Do it? [y yes, n no, a all of this rule, q quit] Do it? [y yes"
    )
    assert out.endswith(
        "Repaired 2 findings in 1 file; 2 left.\n`git diff` shows what has changed; run your tests before you commit it.\n"
    )
    assert "why: it was not wanted\n" in out


@pytest.mark.parametrize(
    ("answers", "result"), [("y\nq\n", "good bad bad"), ("a\n", "good good good"), ("", "bad bad bad")]
)
def test_all_and_quit(shop: Path, monkeypatch: pytest.MonkeyPatch, answers: str, result: str) -> None:
    """What was agreed to before the end is written; all of a rule asks for it no more."""
    write(shop, {"app.py": "".join(f"{name} = bad()\n" for name in "abc")})
    git(shop, "commit", "-qam", "more")
    monkeypatch.setattr(sys, "stdin", io.StringIO(answers))
    main(["fix", "-i"])
    assert " ".join(re.findall(r"= (\w+)\(", (shop / "app.py").read_text())) == result


def test_quit_is_for_all_projects(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who quits at the first is not asked for the second."""
    write(tmp_path, {"one/setup.py": "", "one/app.py": "a = bad()\n", "two/setup.py": "", "two/app.py": "a = bad()\n"})
    before = content(tmp_path)
    monkeypatch.setattr(sys, "stdin", io.StringIO("q\ny\n"))
    assert main(["fix", "-i", "--allow-dirty"]) == 1
    assert content(tmp_path) == before


def test_interactive_says_what_is_unsafe(
    shop: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who agrees to an unsafe fix has read what it changes; an answer holds for that fix alone."""
    monkeypatch.setattr(sys, "stdin", io.StringIO("n\ny\n"))
    assert main(["fix", "-i", "--unsafe", "--no-proof"]) == 1
    assert "call daring() (unsafe: dares)\nDo it?" in capsys.readouterr().out
    assert (shop / "app.py").read_text() == "a = bad()\nb = daring()\n"


def test_json(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One document: what was repaired, left, offered, which files, and the diff; nothing else on standard output."""
    write(shop, {"app.py": "a = bad()\nb = risky()\nc = worse()\n"})
    git(shop, "commit", "-qam", "more")
    assert main(["fix", "--diff", "--output-format", "json"]) == 1
    told = capsys.readouterr()
    document = json.loads(told.out)
    assert told.err == ""
    assert document["written"] is False
    assert document["repaired"] == [
        {
            "rule": RULE,
            "level": "error",
            "path": "app.py",
            "line": 1,
            "column": 5,
            "end_line": 1,
            "message": "`bad()` is called",
            "help": "",
            "seen": "code",
            "related": [],
            "fix": {"title": "call good()", "safe": True, "changes": ""},
            "symbol": "bad",
        }
    ]
    assert [one["fix"] for one in document["unsafe"]] == [{"title": "call daring()", "safe": False, "changes": "dares"}]
    assert [(one["line"], one["why"][:30], one["differences"]) for one in document["left"]] == [
        (3, "it would bring a new finding: ", [])
    ]
    assert document["files"] == ["app.py"]
    assert document["diff"].startswith("--- a/app.py\n")
    assert (document["proofs"], document["notices"], document["says"]) == ([], [], [])
    assert (document["version"], document["root"]) == (1, shop.as_posix())
    assert main(["fix", "--output-format", "json"]) == 1
    assert json.loads(capsys.readouterr().out)["written"] is True


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--interactive", "--diff"], "--interactive and --diff exclude each other"),
        (["--interactive", "--output-format", "json"], "--interactive and --output-format json exclude each other"),
        (["--interactive", "--factory"], "--interactive and --factory exclude each other"),
        (["--blueprints"], "--blueprints goes with --factory"),
        (["--no-proof", "--tests", "pytest"], "--tests is part of the proof"),
        (["--factory", "--unsafe"], "--factory does one thing"),
        (["--timeout", "nan"], "nan is no number of seconds"),
        (["--timeout", "inf"], "inf is not in the range"),
        (["--timeout", "0"], "0.0 is not in the range 0<x<=86400.0"),
        (["nowhere.py"], "there is no file or folder `nowhere.py`"),
        (["notes.txt"], "`notes.txt` is no Python file"),
        (["-"], "there is no file or folder `-`"),
    ],
)
def test_what_does_not_go(shop: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str) -> None:
    """A wrong option or path is one sentence and exit code 2."""
    write(shop, {"notes.txt": ""})
    assert main(["fix", *arguments]) == 2
    assert said in capsys.readouterr().err


def test_broken_settings(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """They are told with file and line, as for `keck check`."""
    write(shop, {"pyproject.toml": "[tool.keck]\nselekt = []\n"})
    assert main(["fix", "--diff"]) == 2
    assert capsys.readouterr().err.startswith(
        "keck: pyproject.toml:2: unknown key `selekt` in [tool.keck]; did you mean"
    )


def test_fault_of_keck(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Where a rule fails and nothing is left otherwise, the exit code says that the run was not whole."""
    write(shop, {"app.py": "a = crashes()\n"})
    assert main(["fix", "--diff"]) == 2
    assert "a fault of Keck itself" in capsys.readouterr().err


def left_behind(root: Path, monkeypatch: pytest.MonkeyPatch, files: Mapping[str, tuple[str, str]]) -> None:
    """Leave what a run leaves that is killed as soon as its journal is written."""
    with monkeypatch.context() as context:
        context.setattr(writing, "_roll", lambda *_: None)
        context.setattr(journal, "drop", lambda _: None)
        changes = {path: Change(old.encode(), new.encode()) for path, (old, new) in files.items()}
        writing.write(root, Patch(changes))


def test_run_that_was_killed_is_completed(
    shop: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next run does that, says so, and nothing else; --diff, which writes nothing, says what to do."""
    left_behind(shop, monkeypatch, {"app.py": (FILES["app.py"], "done\n")})
    assert main(["fix", "--diff"]) == 2
    assert (
        "a `keck fix` was killed while it wrote below .; run `keck fix` to complete it first" in capsys.readouterr().err
    )
    assert main(["fix"]) == 0
    assert capsys.readouterr().out == (
        "Completed a `keck fix` that was killed while it wrote: 1 file below . (app.py).\n`git diff` shows what it did.\n"
    )
    assert (shop / "app.py").read_text() == "done\n"
    left_behind(shop, monkeypatch, {"app.py": ("done\n", "again\n")})
    assert main(["fix", "--output-format", "json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"version": 1, "root": shop.as_posix(), "completed": ["app.py"]}


def test_on_a_terminal(shop: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Verbs are painted where colour is wanted."""
    assert shop
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert main(["fix"]) == 0
    assert "\x1b[32m\x1b[1mrepaired\x1b[0m" in capsys.readouterr().out


KILLER = """
import os, signal, sys
count = 0
def watch(event, arguments):
    global count
    flags = arguments[2] if event == "open" and isinstance(arguments[2], int) else 0
    text = str(arguments[0]) if arguments else ""
    wanted = event in {"os.rename", "os.remove", "os.mkdir", "os.chmod"} or flags & (os.O_WRONLY | os.O_RDWR)
    if wanted and text.startswith(os.environ["KILL_BELOW"]):
        if count == int(os.environ["KILL_AT"]):
            os.kill(os.getpid(), signal.SIGKILL)
        count += 1
sys.addaudithook(watch)
from keck.cli import main
sys.exit(main(["fix", "--allow-dirty", "--no-proof"]))
"""
WRONG = """from flask import Flask, session
from flask_caching import Cache

app = Flask(__name__)
cache = Cache(app)


@app.get("/")
@cache.cached(unless=lambda: session.get("user"))
def home():
    return {}
"""


def kill(root: Path, at: int) -> int:
    """Run the command on a real fault, killed before the step of that number; return its exit code."""
    environment = {**os.environ, "KILL_AT": str(at), "KILL_BELOW": str(root)}
    command = [sys.executable, "-c", KILLER]
    return subprocess.run(command, cwd=root, env=environment, capture_output=True, check=False).returncode


def survives(root: Path, at: int) -> bool:
    """Kill a run, run it again, and compare with one that was not disturbed; return whether it was killed."""
    write(root, {"app.py": WRONG, "more.py": WRONG})
    code = kill(root, at)
    if code:
        assert code == -signal.SIGKILL
        assert kill(root, -1) == 0
    right = WRONG.replace('session.get("user")', 'bool(session.get("user"))').encode()
    assert content(root) == {"app.py": right, "more.py": right}
    return bool(code)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signal")
def test_command_that_is_killed(tmp_path: Path) -> None:
    """After the journal, the command itself is completed by the next one."""
    assert survives(tmp_path / "shop", 12)


@pytest.mark.long
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signal")
def test_command_that_is_killed_at_any_moment(tmp_path: Path) -> None:
    """At whatever step that is."""
    at = 0
    while survives(tmp_path / str(at), at):
        at += 1
    assert at > 15
