from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask.cli import FlaskGroup, ScriptInfo

from keck.doctor.command import doctor
from keck.rule import rules
from tests.doctor.apps import BARE, CLEAN, FAULTY, RULE
from tests.doctor.conftest import Project

Run = Callable[..., Result]
WRITE_IT = "write it with `flask doctor routes --json`"
ONLY = ("--no-backends", "--only", RULE)


@pytest.fixture
def run(project: Project) -> Run:
    """Give what runs `flask --app shop doctor` in the project's directory."""
    project({})

    def run(*arguments: str, app: str = "shop") -> Result:
        return CliRunner().invoke(doctor, arguments, obj=ScriptInfo(app), prog_name="doctor")

    return run


def test_a_clean_app_has_exit_code_0(project: Project, run: Run) -> None:
    """What is bound, what protects the routes and what passed is told."""
    project({"shop.py": CLEAN})
    result = run(*ONLY)
    assert (result.exit_code, result.stderr) == (0, "")
    for part in ("shop: Flask", "Flask-JWT-Extended", "1 open", "1 guarded", "not asked", "1 passed"):
        assert part in result.stdout


def test_a_fault_has_exit_code_1(project: Project, run: Run) -> None:
    """A finding at or above the fail level fails the command."""
    project({"shop.py": FAULTY})
    result = run(*ONLY)
    assert result.exit_code == 1
    assert f"shop.py:9:1: error[{RULE}]" in result.stdout


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (("--exit-zero",), 0),
        (("--fail-level", "error"), 1),
        (("--skip", RULE), 0),
        (("--skip", "together/"), 1),  # what is named more closely is asked
        (("--level", "error"), 1),
    ],
)
def test_options_decide_what_fails(project: Project, run: Run, options: tuple[str, ...], code: int) -> None:
    """Levels and rules are chosen as for a check."""
    project({"shop.py": FAULTY})
    assert run(*ONLY, *options).exit_code == code


@pytest.mark.parametrize(
    ("settings", "code"),
    [
        (f'ignore = ["{RULE}"]', 0),
        ('select = ["cors/"]', 0),
        ('per-file-ignores = { "shop.py" = ["together/"] }', 0),
        ('fail-level = "note"', 1),
    ],
)
def test_settings_of_the_project_hold(project: Project, run: Run, settings: str, code: int) -> None:
    """The settings of a check are those of the doctor."""
    project({"shop.py": FAULTY, "keck.toml": settings})
    result = run("--no-backends", "--skip", "app/,config/,jwt/", "--fail-level", "error")
    assert result.exit_code == code, result.stdout


def test_a_comment_in_the_code_holds(project: Project, run: Run) -> None:
    """What a comment ignores in the source code is ignored in the app."""
    project({"shop.py": FAULTY.replace("@jwt_required()\n", f"@jwt_required()  # keck: ignore[{RULE}] by the proxy\n")})
    result = run(*ONLY)
    assert (result.exit_code, "ignored by the project" in result.stdout) == (0, True)


def test_both_witnesses_are_asked_with_code(project: Project, run: Run) -> None:
    """With --code a fault that the source code shows too is told once, as seen by both."""
    here = project({"shop.py": FAULTY})
    result = run(*ONLY, "--code", "--json")
    (found,) = json.loads(result.stdout)["findings"]
    assert (found["rule"], found["seen"], found["line"], found["column"]) == (RULE, "both", 9, 2)
    assert result.exit_code == 1
    assert (here / ".keck_cache").is_dir()


def test_reports_for_programs(project: Project, run: Run) -> None:
    """JSON and SARIF go to standard output, as they are."""
    project({"shop.py": FAULTY})
    assert json.loads(run(*ONLY, "--json").stdout)["app"]["name"] == "shop"
    assert json.loads(run(*ONLY, "--sarif").stdout)["version"] == "2.1.0"


def test_two_reports_for_programs_exclude_each_other(project: Project, run: Run) -> None:
    """Standard output can hold only one of them."""
    project({"shop.py": CLEAN})
    result = run("--json", "--sarif")
    assert (result.exit_code, result.stderr.splitlines()[-1]) == (2, "Error: --json and --sarif exclude each other")


def test_a_page_is_written(project: Project, run: Run) -> None:
    """The page goes to its file, and the report to the terminal as without it."""
    here = project({"shop.py": CLEAN})
    result = run(*ONLY, "--html", "page.html")
    assert (result.exit_code, result.stderr) == (0, "keck: page.html holds the report\n")
    assert (here / "page.html").read_text(encoding="utf-8").lower().startswith("<!doctype html>")


@pytest.mark.parametrize("name", [".", "nowhere/page.html"])
def test_a_page_that_cannot_be_written_is_one_sentence(project: Project, run: Run, name: str) -> None:
    """A folder, and a file in a folder that does not exist, are refused before the app is loaded."""
    project({"shop.py": "raise RuntimeError"})
    result = run(*ONLY, "--html", name)
    assert (result.exit_code, result.stdout, result.stderr) == (
        2, "", f"keck: the page cannot be written to `{name}`; name a file in a folder that exists\n"
    )  # fmt: skip


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a disk that is always full")
def test_a_full_disk_is_one_sentence(project: Project, run: Run) -> None:
    """What cannot be written after all is told so."""
    project({"shop.py": CLEAN})
    result = run(*ONLY, "--html", "/dev/full")
    assert (result.exit_code, result.stderr) == (
        2, "keck: the page cannot be written to `/dev/full`: No space left on device\n"
    )  # fmt: skip


def test_an_app_without_the_extensions_is_told_of(project: Project, run: Run) -> None:
    """There is nothing to say of its wiring, and that is what is said; it is no failure."""
    project({"shop.py": BARE})
    result = run("--no-backends")
    assert result.exit_code == 0
    assert result.stdout.splitlines()[2].startswith("This app uses none of Flask-SQLAlchemy, Flask-Migrate, ")


def test_a_crashed_check_has_exit_code_2(project: Project, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a rule could not say anything the app is not clean; a finding of another rule decides before."""
    project({"shop.py": FAULTY})
    (other,) = (one for one in rules() if one.id == "together/cached-above-auth")

    def crash(_: object) -> list[object]:
        raise ZeroDivisionError

    monkeypatch.setattr(other, "_examine", crash)
    monkeypatch.setattr(other, "needs", ())
    assert run("--no-backends", "--only", other.id).exit_code == 2
    assert run("--no-backends", "--only", f"{other.id},{RULE}").exit_code == 1


def test_bad_input_is_one_sentence(project: Project, run: Run) -> None:
    """What keeps the app from being loaded, and a rule that does not exist, are told without a traceback."""
    project({"shop.py": "import sys\nprint('noise')\nsys.exit()\n"})
    result = run()
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.endswith(
        "keck: `shop` calls sys.exit() while it is loaded (shop.py:3); keep what ends the process out of that\n"
    )
    assert run("--only", "nope").stderr == "keck: unknown rule `nope`; see `keck rules` for all of them\n"


def test_a_fault_of_ours_is_no_finding(project: Project, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Flask would show a traceback and exit as if there were findings."""
    project({"shop.py": CLEAN})

    def fail(*_: object) -> None:
        raise ZeroDivisionError("no")

    monkeypatch.setattr("keck.examining.judge", fail)
    result = run(*ONLY)
    assert result.exit_code == 2
    assert result.stderr.startswith("keck: a fault of Keck itself, not of your project: ZeroDivisionError: no (")


def test_an_interrupt_is_no_finding(project: Project, run: Run) -> None:
    """Whoever stops the command gets the exit code of an interrupted one."""
    project({"shop.py": "raise KeyboardInterrupt"})
    result = run(*ONLY)
    assert (result.exit_code, result.stderr) == (130, "keck: interrupted\n")


def test_routes_are_told(project: Project, run: Run) -> None:
    """Every rule and method has its line, and a filter leaves those that it names."""
    project({"shop.py": CLEAN})
    result = run("routes")
    assert (result.exit_code, "/orders" in result.stdout, "/news" in result.stdout) == (0, True, True)
    for name in ("orders", "/orders", "order", "/ord*", "rder"):
        told = run("routes", name).stdout
        assert ("/orders" in told, "/news" in told) == (True, False), name
    document = json.loads(run("routes", "--json", "ews").stdout)
    assert [one["endpoint"] for one in document["routes"]] == ["news"]


def test_a_filter_that_names_nothing_is_one_sentence(project: Project, run: Run) -> None:
    """No route at all is most likely a slip."""
    project({"shop.py": CLEAN})
    sentence = "keck: no route is named by `nix` or `nox`; give an endpoint, a blueprint, or a path such as /users\n"
    result = run("routes", "nix", "nox")
    assert (result.exit_code, result.stderr) == (2, sentence)
    Path("old.json").write_text(run("routes", "--json").stdout)
    result = run("routes", "nix", "nox", "--diff", "old.json")
    assert (result.exit_code, result.stderr) == (2, sentence)


def test_a_protection_that_got_weaker_has_exit_code_1(project: Project, run: Run) -> None:
    """The matrix is compared with one from before; a filter leaves what it names of both."""
    here = project({"shop.py": CLEAN, "other.py": FAULTY})
    (here / "old.json").write_text(run("routes", "--json").stdout)
    same = run("routes", "--diff", "old.json")
    assert (same.exit_code, same.stdout) == (0, "The protections are as they were.\n")
    weaker = run("routes", "--diff", "old.json", app="other")
    assert weaker.exit_code == 1
    assert "GET /orders (orders) guard: jwt_required -> nothing: it was guarded and is open" in weaker.stdout
    assert run("routes", "news", "--diff", "old.json", app="other").exit_code == 0
    document = json.loads(run("routes", "--diff", "old.json", "--json", app="other").stdout)
    assert document["summary"]["weaker"] == 1


def test_an_old_matrix_may_come_from_standard_input(project: Project) -> None:
    """A dash is standard input: `git show main:routes.json | flask doctor routes --diff -`."""
    project({"shop.py": CLEAN})
    old = CliRunner().invoke(doctor, ["routes", "--json"], obj=ScriptInfo("shop")).stdout
    result = CliRunner().invoke(doctor, ["routes", "--diff", "-"], obj=ScriptInfo("shop"), input=old)
    assert (result.exit_code, result.stdout) == (0, "The protections are as they were.\n")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (None, "keck: `old.json` cannot be read (No such file or directory); " + WRITE_IT),
        ("", "keck: `old.json` holds no route matrix: Input data was truncated; " + WRITE_IT),
        ('{"routes": 1}', "keck: `old.json` holds no route matrix: Expected `array`, got `int` - at `$.routes`; " + WRITE_IT),
    ],
)  # fmt: skip
def test_a_broken_matrix_is_one_sentence(project: Project, run: Run, text: str | None, sentence: str) -> None:
    """What cannot be compared with is told before the app is loaded."""
    project({"shop.py": "raise RuntimeError"})
    if text is not None:
        Path("old.json").write_text(text)
    result = run("routes", "--diff", "old.json")
    assert (result.exit_code, result.stderr) == (2, sentence + "\n")


def test_options_before_routes_would_do_nothing(project: Project, run: Run) -> None:
    """An option of the examination before the subcommand is refused, not passed over."""
    project({"shop.py": CLEAN})
    result = run("--probe", "routes")
    assert result.exit_code == 2
    assert "--probe does not go with `routes`; its own options stand after it" in result.stderr


def test_diff_before_routes_points_to_them(project: Project, run: Run) -> None:
    """What compares route matrices is an option of the subcommand, and whoever misses it is told so."""
    project({"shop.py": CLEAN})
    result = run("--diff", "old.json")
    assert result.exit_code == 2
    assert "Error: --diff goes with `routes`: `doctor routes --diff old.json`" in result.stderr
    assert "--diff" not in run("--help").stdout


@pytest.mark.parametrize("arguments", [("-h",), ("routes", "-h")])
def test_help_is_short_to_ask_for(run: Run, arguments: tuple[str, ...]) -> None:
    """`-h` is `--help`, as for `keck doctor`."""
    result = run(*arguments)
    assert (result.exit_code, "Exit code" in result.stdout or "FILTER is" in result.stdout) == (0, True)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="a probe needs fork")
def test_routes_can_be_probed(project: Project, run: Run) -> None:
    """With --probe each route is told with what it answered; a comparison has no use for that."""
    project({"shop.py": CLEAN})
    result = run("routes", "--probe", "/orders")
    assert result.exit_code == 0
    assert "  probe, anonymous: 401" in result.stdout
    assert json.loads(run("routes", "--probe", "--json").stdout)["probe"]["routes"]
    assert "--probe and --diff exclude each other" in run("routes", "--probe", "--diff", "x").stderr


def test_a_name_from_the_environment_is_told(project: Project) -> None:
    """Flask takes FLASK_APP for the option; a name that was typed needs no word."""
    project({})
    os.environ["FLASK_APP"] = "nope"
    assert _flask("doctor").stderr.rstrip().endswith("; `nope` comes from FLASK_APP")
    assert "comes from" not in _flask("--app", "nope", "doctor").stderr


def test_the_code_leaves_a_trace(project: Project, run: Run) -> None:
    """Where --code finds nothing, that is told, to programs too."""
    project({"shop.py": CLEAN})
    assert "\nCode: 1 file checked, nothing found\n" in run(*ONLY, "--code").stdout
    assert json.loads(run(*ONLY, "--code", "--json").stdout)["summary"]["files"] == 1
    assert json.loads(run(*ONLY, "--json").stdout)["summary"]["files"] is None


def test_routes_that_cannot_be_told_are_one_sentence(project: Project, run: Run) -> None:
    """The subcommand tells of bad input as the command does."""
    project({"shop.py": "x = 1"})
    assert run("routes").stderr.startswith("keck: `shop` holds no Flask app and no `create_app()`")


def test_routes_that_cannot_be_read_are_no_empty_matrix(project: Project, run: Run) -> None:
    """What is not known must not pass for nothing: a matrix without routes would lose nothing in a comparison."""
    project({"shop.py": "from flask import Flask\napp = Flask(__name__)\napp.view_functions = None\n"})
    result = run("routes")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("keck: the routes of the app could not be read: AttributeError: ")


def _flask(*arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {key: value for key, value in os.environ.items() if key != "PYTEST_CURRENT_TEST"}
    return subprocess.run(
        [sys.executable, "-m", "flask", *arguments], capture_output=True, text=True, check=False, env=environment
    )


def test_flask_knows_the_command(project: Project) -> None:
    """`flask doctor` is there wherever Keck is installed, and is loaded by Flask as a plugin."""
    assert FlaskGroup().get_command(FlaskGroup().make_context("flask", ["routes"]), "doctor") is doctor
    project({"shop.py": FAULTY})
    run = _flask("--app", "shop", "doctor", *ONLY)
    assert (run.returncode, run.stderr) == (1, "")
    assert f"error[{RULE}]" in run.stdout


def test_an_app_may_print_and_close_its_streams(project: Project) -> None:
    """Standard output has the report and nothing else, whatever the app does to it."""
    noise = "import os, sys\nprint('noise')\nos.system('echo noise')\nsys.stdout.close()\nos.close(1)\n"
    project({"shop.py": noise + "from flask import Flask\napp = Flask('shop')\n"})
    run = _flask("--app", "shop", "doctor", "--no-backends", "--json")
    assert (run.returncode, run.stderr.split()) == (0, ["noise", "noise"])
    assert json.loads(run.stdout)["app"]["name"] == "shop"


def test_a_context_left_open_is_seen(project: Project) -> None:
    """The command pushes no context of its own, so that one that an import has left open shows."""
    project({"shop.py": CLEAN, "pushed.py": CLEAN + "\n    app.app_context().push()\n"})
    left = {
        name: json.loads(_flask("--app", name, "doctor", "routes", "--json").stdout)["app"]["context_pushed"]
        for name in ("shop", "pushed")
    }
    assert left == {"shop": False, "pushed": True}


def test_other_commands_are_not_held_up(project: Project) -> None:
    """Importing the command imports nothing of Keck but its options, and nothing that Flask has not imported."""
    script = (
        "import sys\nimport flask.cli\nbefore = set(sys.modules)\nimport keck.doctor.command\n"
        "print(*sorted(set(sys.modules) - before))"
    )
    project({})
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert run.stdout.split() == ["keck", "keck.doctor", "keck.doctor.command", "keck.doctor.options"]
