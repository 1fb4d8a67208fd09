from __future__ import annotations

import importlib
import io
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import click
import pytest

from keck import cli
from keck.cli import main
from keck.cli.screen import Progress
from keck.cli.selectors import rule_named
from keck.finding import Level
from keck.rule import Rule, rules
from keck.trouble import Trouble
from keck.version import __version__

BROKEN = "from flask import Flask\nimport flask_jwt_extended\n\napp = Flask(__name__\n"
CLEAN = "from flask import Flask\n\n\ndef create_app() -> Flask:\n    return Flask(__name__)\n"
STRICT = ("--level", "note", "--fail-level", "note", "--no-cache")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the working directory: a Flask project with one file that does not parse."""
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "broken.py").write_text(BROKEN)
    (tmp_path / "shop" / "clean.py").write_text(CLEAN)
    monkeypatch.chdir(tmp_path)
    for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "KECK_DEBUG"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def run(
    *arguments: str, env: dict[str, str] | None = None, cwd: Path | None = None
) -> subprocess.CompletedProcess[bytes]:
    """Run the command as a user does."""
    return subprocess.run(
        [sys.executable, "-m", "keck", *arguments],
        env={**os.environ, **(env or {})},
        cwd=cwd,
        capture_output=True,
        check=False,
    )


def found(output: str) -> list[tuple[str, str]]:
    """Return rule and path of each finding of a JSON report."""
    return [(one["rule"], one["path"]) for one in json.loads(output)["findings"]]


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    """The version is that of the package, on the command line and with ``python -m``; an import runs nothing."""
    importlib.import_module("keck.__main__")
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"keck {__version__}\n"
    assert run("--version").stdout.decode().strip() == f"keck {__version__}"


def test_help_names_exit_codes_and_examples(capsys: pytest.CaptureFixture[str]) -> None:
    """`keck check --help` says all that one needs to use it in CI."""
    assert main(["check", "--help"]) == 0
    text = capsys.readouterr().out
    assert "  1  findings at or above the fail level\n" in text
    assert "  keck check --since main " in text
    assert max(len(line) for line in text.splitlines()) <= 100


@pytest.mark.usefixtures("project")
def test_findings_below_the_fail_level_exit_with_0(capsys: pytest.CaptureFixture[str]) -> None:
    """A note alone fails nothing; it is summed up, and no ANSI sequence goes into a pipe."""
    assert main(["check", "--no-cache"]) == 0
    out = capsys.readouterr().out
    assert "note[not-analysed] shop/broken.py:" in out
    assert "\x1b" not in out


@pytest.mark.usefixtures("project")
def test_findings_at_the_fail_level_exit_with_1(capsys: pytest.CaptureFixture[str]) -> None:
    """The fail level decides, and --exit-zero decides against it."""
    assert main(["check", *STRICT]) == 1
    assert "\n    4 | app = Flask(__name__" in capsys.readouterr().out
    assert main(["check", *STRICT, "--exit-zero"]) == 0


@pytest.mark.usefixtures("project")
def test_clean_folder_exits_with_0(capsys: pytest.CaptureFixture[str]) -> None:
    """One file may be named, and what is beside it is not told."""
    assert main(["check", "shop/clean.py", *STRICT]) == 0
    assert "No faults found" in capsys.readouterr().out


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize(
    ("paths", "path"),
    [
        ([], "shop/broken.py"),
        (["shop"], "broken.py"),
        (["shop/broken.py"], "shop/broken.py"),
        (["shop/clean.py", "shop/broken.py"], "shop/broken.py"),
    ],
)
def test_json_paths_are_relative_to_the_directory_given(
    capsys: pytest.CaptureFixture[str], paths: list[str], path: str
) -> None:
    """The root is the directory given, if one was, else the working directory."""
    main(["check", *paths, *STRICT, "--output-format", "json"])
    assert found(capsys.readouterr().out) == [("not-analysed", path)]


@pytest.mark.usefixtures("project")
def test_other_formats_are_relative_to_the_working_directory(capsys: pytest.CaptureFixture[str]) -> None:
    """What a terminal or CI server shows can be opened from where one is."""
    main(["check", "shop", *STRICT, "--output-format", "concise"])
    assert capsys.readouterr().out.startswith("shop/broken.py:4:")


def test_settings_hold_and_options_win(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """[tool.keck] sets the levels; an option beats it."""
    (project / "pyproject.toml").write_text('[tool.keck]\nlevel = "note"\nfail-level = "note"\n')
    assert main(["check", "--no-cache"]) == 1
    assert "help:" in capsys.readouterr().out
    assert main(["check", "--no-cache", "--fail-level", "error", "--level", "error"]) == 0
    assert "help:" not in capsys.readouterr().out


def test_broken_settings_exit_with_2(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A wrong setting is one line on standard error."""
    (project / "keck.toml").write_text("levle = 'note'\n")
    assert main(["check"]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("keck: ")
    assert captured.err.count("\n") == 1


@pytest.mark.usefixtures("project")
def test_missing_path_exits_with_2(capsys: pytest.CaptureFixture[str]) -> None:
    """A path that is not there is no clean project."""
    assert main(["check", "shpo"]) == 2
    assert "`shpo`" in capsys.readouterr().err


@pytest.mark.usefixtures("project")
def test_select_and_ignore_take_ids_folders_and_all(capsys: pytest.CaptureFixture[str]) -> None:
    """Selectors are repeated or separated by commas, and reach the check."""
    assert main(["check", *STRICT, "--select", "unused-ignore , ALL"]) == 1
    assert main(["check", *STRICT, "--select", "unused-ignore"]) == 0
    capsys.readouterr()
    assert main(["check", *STRICT, "--ignore", "unused-ignore", "--ignore", "ALL"]) == 0
    assert "not-analysed" not in capsys.readouterr().out


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize("option", ["--select", "--ignore"])
def test_unknown_selector_gets_a_suggestion(option: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A typo in a rule's id is told, with the id that was probably meant."""
    assert main(["check", option, "unsued-ignore"]) == 2
    assert "did you mean `unused-ignore`?" in capsys.readouterr().err


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize(
    "arguments",
    [
        ["--write-baseline", "--add-ignores"],
        ["--write-baseline", "--since", "HEAD"],
        ["--stdin-filename", "a.py"],
        ["-", "shop"],
        ["--level", "loud"],
        ["--no-such-option"],
    ],
)
def test_options_that_make_no_sense_exit_with_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """A contradiction is told before anything is checked."""
    assert main(["check", *arguments]) == 2
    assert "Error: " in capsys.readouterr().err


def stdin(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    """Put text on standard input."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))


@pytest.mark.usefixtures("project")
def test_standard_input_stands_in_for_a_file(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """An editor checks what is not saved yet: text and excerpt are those of standard input."""
    stdin(monkeypatch, "from flask import Flask\nunsaved = (\n")
    assert main(["check", "-", "--stdin-filename", "shop/clean.py", *STRICT]) == 1
    out = capsys.readouterr().out
    assert out.startswith("shop/clean.py:2:")
    assert "2 | unsaved = (" in out
    stdin(monkeypatch, CLEAN)
    assert main(["check", "-", "--stdin-filename", "shop/broken.py", *STRICT]) == 0


@pytest.mark.usefixtures("project")
def test_standard_input_needs_no_name(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """A snippet can be piped in; comments cannot be written into it."""
    stdin(monkeypatch, BROKEN)
    assert main(["check", "-", *STRICT, "--output-format", "json"]) == 1
    assert found(capsys.readouterr().out) == [("not-analysed", "stdin.py")]
    stdin(monkeypatch, BROKEN)
    assert main(["check", "-", "--add-ignores"]) == 2


def test_baseline_is_written_and_its_use_explained(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Writing a baseline lists all findings, notes too, and says how to have it used."""
    assert main(["check", "--no-cache", "--write-baseline"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("Wrote 1 finding to keck-baseline.json.\n")
    assert 'baseline = "keck-baseline.json"' in out
    assert "not-analysed" in (project / "keck-baseline.json").read_text()
    (project / "known").mkdir()
    assert main(["check", "--no-cache", "--write-baseline", "--baseline", "known/all.json"]) == 0
    assert capsys.readouterr().out == "Wrote 1 finding to known/all.json.\n"
    assert main(["check", "--no-cache", "--write-baseline", "--baseline", "known/all.json", "--select", "cors/"]) == 0
    said = "Wrote 0 findings to known/all.json, and kept 1 that this check did not look for.\n"
    assert capsys.readouterr().out == said


def test_ignores_are_written_for_what_is_shown(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A file that does not parse takes no comment, and the count says so."""
    assert main(["check", "--add-ignores", "--no-cache", "--level", "note"]) == 0
    assert capsys.readouterr().out == "Wrote ignores for 0 of 1 finding.\n"
    assert (project / "shop" / "broken.py").read_text() == BROKEN


def git(folder: Path, *arguments: str) -> None:
    """Run git as somebody."""
    identity = ("-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false")
    subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True)


def test_since_tells_only_what_has_changed(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A fault that was there before is left alone until its line changes."""
    git(project, "init", "-q")
    git(project, "add", ".")
    git(project, "commit", "-qm", "all")
    assert main(["check", *STRICT, "--since", "HEAD"]) == 0
    (project / "shop" / "broken.py").write_text(BROKEN.replace("app = ", "application = "))
    assert main(["check", *STRICT, "--since", "HEAD"]) == 1
    assert main(["check", "--since", "no-such-branch"]) == 2
    assert "no-such-branch" in capsys.readouterr().err


def test_cache_option_names_a_directory(project: Path) -> None:
    """With --no-cache no cache is made; with --cache-dir none is made in the project."""
    main(["check", "--no-cache"])
    main(["check", "--cache-dir", "elsewhere"])
    assert not (project / ".keck_cache").exists()


def test_rules_as_a_table_and_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    """Every rule is listed with its level and title, and as JSON with its page."""
    assert main(["rules"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == [rule.id for rule in rules()]
    assert main(["rules", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert {one["rule"]: one["title"] for one in listed} == {rule.id: rule.title for rule in rules()}


def test_rules_can_be_selected(capsys: pytest.CaptureFixture[str]) -> None:
    """--select chooses as it does for a check."""
    assert main(["rules", "--select", "unused-ignore"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 1
    assert main(["rules", "--select", "nothing-like-it"]) == 2
    assert "keck rules" in capsys.readouterr().err


def test_rules_for_agents(capsys: pytest.CaptureFixture[str]) -> None:
    """The rule file goes to standard output; it can't be JSON at the same time."""
    assert main(["rules", "--for", "agents"]) == 0
    assert capsys.readouterr().out.startswith("---\ndescription: ")
    assert main(["rules", "--for", "agents", "--json"]) == 2


def test_explain_takes_an_id(capsys: pytest.CaptureFixture[str]) -> None:
    """A rule explains itself."""
    assert main(["explain", "unused-ignore"]) == 0
    assert "\nWhen to ignore it\n" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("unused-ignored", "did you mean `unused-ignore`?"),
        ("nothing-like-it", "keck rules"),
        ("ALL", "every rule"),
    ],
)
def test_explain_of_an_unknown_rule_suggests_one(name: str, message: str, capsys: pytest.CaptureFixture[str]) -> None:
    """What is no rule is told in one line."""
    assert main(["explain", name]) == 2
    assert message in capsys.readouterr().err


def test_rule_is_named_by_its_id_or_by_what_tells_it_apart() -> None:
    """The folder may be left out; a folder, or a name that two rules have, is asked back."""
    known = [
        Rule(f"keck.rules.{name}", level=Level.note) for name in ("cors.open", "cors.wide", "mail.open", "open_all")
    ]
    assert rule_named("cors/open", known).id == "cors/open"
    assert rule_named("wide", known).id == "cors/wide"
    assert rule_named("open-all", known).id == "open-all"
    with pytest.raises(Trouble, match=r"cors/open, mail/open$"):
        rule_named("open", known)
    with pytest.raises(Trouble, match=r"is a folder; name one of its rules: cors/open, cors/wide$"):
        rule_named("cors/", known)


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        """Return True."""
        return True


def on_terminal(monkeypatch: pytest.MonkeyPatch, columns: int, arguments: Sequence[str]) -> str:
    """Run a command with standard output on a terminal and return what it wrote."""
    screen = Terminal()
    monkeypatch.setenv("COLUMNS", str(columns))
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(sys, "stdout", screen)
    main(arguments)
    return screen.getvalue()


@pytest.mark.usefixtures("project")
def test_terminal_gets_colour_unless_it_says_no(monkeypatch: pytest.MonkeyPatch) -> None:
    """NO_COLOR and a dumb terminal are heeded."""
    assert "\x1b[36m" in on_terminal(monkeypatch, 80, ["check", *STRICT])
    assert "\x1b[1m" in on_terminal(monkeypatch, 80, ["explain", "unused-ignore"])
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b" not in on_terminal(monkeypatch, 80, ["check", *STRICT])
    assert "\x1b" not in on_terminal(monkeypatch, 80, ["explain", "unused-ignore"])


@pytest.mark.usefixtures("project")
def test_colour_can_be_forced(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """FORCE_COLOR paints into a pipe, for CI servers that show colours; 0 does not; NO_COLOR wins."""
    monkeypatch.setenv("FORCE_COLOR", "1")
    main(["check", *STRICT])
    assert "\x1b[36m" in capsys.readouterr().out
    monkeypatch.setenv("FORCE_COLOR", "0")
    main(["check", *STRICT])
    assert "\x1b" not in capsys.readouterr().out
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("NO_COLOR", "1")
    main(["check", *STRICT])
    assert "\x1b" not in capsys.readouterr().out


@pytest.mark.parametrize("columns", [40, 60, 100, 200])
def test_pages_and_tables_fit_the_terminal(columns: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Prose is broken at the width of the terminal, and at 100 columns at most; titles move where they must."""
    for arguments in (["explain", "unused-ignore"], ["rules"]):
        for line in click.unstyle(on_terminal(monkeypatch, columns, arguments)).splitlines():
            assert len(line) <= columns or " " not in line.strip()[:-10]


def test_every_character_survives_a_narrow_encoding(project: Path) -> None:
    """On a console of code page 1252 what it lacks is replaced; nothing fails."""
    (project / "shop" / "broken.py").write_text(BROKEN.replace("app =", "s = '日本'; app ="), encoding="utf-8")
    done = run("check", *STRICT, env={"PYTHONIOENCODING": "cp1252", "PYTHONUTF8": "0"}, cwd=project)
    assert done.returncode == 1
    assert b"s = '??'; app" in done.stdout
    assert done.stderr == b""


@pytest.mark.skipif(sys.platform == "win32", reason="pipes close otherwise there")
def test_reader_that_has_gone_is_no_trouble() -> None:
    """`keck rules | head -1` ends without a word."""
    with subprocess.Popen(
        [sys.executable, "-m", "keck", "explain", "unused-ignore"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait() == 0


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a full disk at hand")
def test_full_disk_is_told() -> None:
    """A report that could not be written is exit code 2, not a clean check."""
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run([sys.executable, "-m", "keck", "rules"], stdout=full, stderr=subprocess.PIPE, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith(b"keck: the report could not be written: ")
    assert done.stderr.count(b"\n") == 1


def test_fault_of_keck_is_no_finding(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """An exception of our own is one line and exit code 2; KECK_DEBUG shows where it came from."""

    def fail() -> None:
        raise ZeroDivisionError("division by zero")

    monkeypatch.setitem(cli.keck.commands, "fail", click.Command("fail", callback=fail))
    monkeypatch.delenv("KECK_DEBUG", raising=False)
    assert main(["fail"]) == 2
    said = capsys.readouterr().err
    assert said.startswith(
        "keck: a fault of Keck itself, not of your project: ZeroDivisionError: division by zero (test_cli"
    )
    assert said.count("\n") == 1
    monkeypatch.setenv("KECK_DEBUG", "1")
    assert main(["fail"]) == 2
    assert "Traceback" in capsys.readouterr().err


def test_interruption_is_told(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Ctrl-C is neither clean nor a finding."""

    def stop() -> None:
        raise KeyboardInterrupt

    monkeypatch.setitem(cli.keck.commands, "stop", click.Command("stop", callback=stop))
    assert main(["stop"]) == 130
    assert "keck: interrupted" in capsys.readouterr().err


def test_progress_is_shown_on_a_terminal_and_wiped() -> None:
    """After a while one line counts the files, not faster than one can read; in the end it is gone."""
    screen = Terminal()
    progress = Progress(screen, patience=0.0)
    progress(1, 20)
    progress(2, 20)
    progress.wipe()
    assert screen.getvalue() == "\rkeck: 1 of 20 files\r" + " " * len("keck: 1 of 20 files") + "\r"


def test_progress_is_not_shown_for_a_quick_check_nor_in_a_pipe() -> None:
    """Within the first second, and where nobody watches, nothing is written."""
    for screen, patience in ((Terminal(), 60.0), (io.StringIO(), 0.0)):
        progress = Progress(screen, patience)
        progress(1, 20)
        progress.wipe()
        assert screen.getvalue() == ""


def test_start_imports_nothing_heavy(project: Path) -> None:
    """A check is fast because what it does not use is not imported."""
    code = "import sys; from keck.cli import main; main(['check', '--no-cache']); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=project, capture_output=True, check=True)
    loaded = set(done.stdout.decode().split())
    assert not loaded & {"rich", "libcst", "jinja2", "tomlkit", "flask"}


def test_a_rule_that_fails_is_no_clean_check(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where a fault of Keck's own may have hidden findings the exit code is 2, and that of the findings where some fail."""
    from keck.rule import rules

    def fails(_: object) -> list[object]:
        raise ValueError("odd")

    (rule,) = (one for one in rules() if one.id == "sqlalchemy/legacy-query")
    monkeypatch.setattr(rule, "_check", fails)
    source = "import sqlalchemy\nfrom flask import Flask\n\napp = Flask(__name__)\n"
    (tmp_path / "app.py").write_text(source)
    assert main(["check", "--no-cache", str(tmp_path)]) == 2
    assert "some findings are missing" in capsys.readouterr().out
    (tmp_path / "app.py").write_text(source + 'app.config["SECRET_KEY"] = "kettle"\n')
    assert main(["check", "--no-cache", str(tmp_path)]) == 1
    assert main(["check", "--no-cache", "--exit-zero", str(tmp_path)]) == 2


def test_a_file_of_another_kind_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What is certainly no Python file is not taken for a broken one."""
    (tmp_path / "requirements.txt").write_text("flask\n")
    assert main(["check", str(tmp_path / "requirements.txt")]) == 2
    assert "requirements.txt` is no Python file; name one" in capsys.readouterr().err


def test_the_findings_of_a_baseline_are_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A clean check says how much a baseline keeps from being told."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "app.py").write_text(
        'from flask import Flask\n\napp = Flask(__name__)\napp.config["SECRET_KEY"] = "kettle"\n'
    )
    assert main(["check", "--no-cache", "--write-baseline"]) == 0
    assert main(["check", "--no-cache", "--baseline", "keck-baseline.json"]) == 0
    out = capsys.readouterr().out
    assert "2 more stand in keck-baseline.json" in out
    assert "No faults found in 1 file." in out
