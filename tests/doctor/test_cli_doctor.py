from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from keck.cli import main
from keck.rule import rules
from tests.doctor.apps import CLEAN, FAULTY, RULE
from tests.doctor.conftest import Project

HERE = ("--python", sys.executable, "--app", "shop")
ONLY = ("--no-backends", "--only", RULE)


@pytest.mark.parametrize(("text", "code"), [(CLEAN, 0), (FAULTY, 1)])
def test_an_app_is_examined_in_another_interpreter(
    project: Project, capsys: pytest.CaptureFixture[str], text: str, code: int
) -> None:
    """What is read there is judged here: exit code 0 without a finding, 1 with one."""
    project({"shop.py": text})
    assert main(["doctor", *HERE, *ONLY]) == code
    out, err = capsys.readouterr()
    assert (f"error[{RULE}]" in out, err) == (bool(code), "")


def test_the_interpreter_is_looked_for(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a name the active environment is taken."""
    project({"shop.py": CLEAN})
    monkeypatch.setenv("VIRTUAL_ENV", sys.prefix)
    assert main(["doctor", "--app", "shop", *ONLY]) == 0


def test_no_interpreter_is_one_sentence(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    """A project without an environment is told what to do."""
    here = project({"shop.py": CLEAN})
    assert main(["doctor", "--app", "shop"]) == 2
    out, err = capsys.readouterr()
    assert not out
    assert err.startswith(f"keck: {here.as_posix()} has no environment of its own")
    assert err.count("\n") == 1


def test_hints_name_the_command(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    """Whoever has called `keck doctor` is not sent to `flask doctor`; a name of FLASK_APP is told as such."""
    project({"shop.py": CLEAN})
    assert main(["doctor", *HERE, *ONLY]) == 0
    assert "  `keck doctor routes` shows each one.\n" in capsys.readouterr().out
    assert main(["doctor", *HERE, "routes", "--diff", "none.json"]) == 2
    assert "write it with `keck doctor routes --json`" in capsys.readouterr().err
    assert main(["doctor", *HERE, "--diff", "none.json"]) == 2
    assert "`keck doctor routes --diff none.json`" in capsys.readouterr().err


def test_a_name_of_flask_app_is_told_as_such(
    project: Project, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other interpreter takes the name from its environment."""
    project({})
    monkeypatch.setenv("FLASK_APP", "nope")
    assert main(["doctor", *HERE[:2]]) == 2
    assert capsys.readouterr().err.endswith("; `nope` comes from FLASK_APP\n")


def test_an_app_that_hangs_is_one_sentence(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    """The time limit is an option."""
    project({"shop.py": "import time\ntime.sleep(60)\n"})
    assert main(["doctor", *HERE, "--timeout", "6"]) == 2
    assert capsys.readouterr().err == (
        "keck: `shop` was not loaded within 6 s, it stands at shop.py:2; --timeout SECONDS gives it longer\n"
    )


@pytest.mark.parametrize("timeout", ["0", "-1", "x"])
def test_a_time_limit_is_a_number(project: Project, capsys: pytest.CaptureFixture[str], timeout: str) -> None:
    """No time at all is no limit to mean."""
    project({"shop.py": CLEAN})
    assert main(["doctor", *HERE, "--timeout", timeout]) == 2
    assert "--timeout" in capsys.readouterr().err


@pytest.mark.parametrize("before", [True, False])
def test_routes_are_told(project: Project, capsys: pytest.CaptureFixture[str], before: bool) -> None:
    """Which app it is may be said before the subcommand or after it."""
    project({"shop.py": CLEAN})
    arguments = [*HERE, "routes"] if before else ["routes", *HERE]
    assert main(["doctor", *arguments, "--json", "/orders"]) == 0
    assert [one["exposure"] for one in json.loads(capsys.readouterr().out)["routes"]] == ["guarded"]


def test_the_later_app_is_the_one(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    """What stands after the subcommand holds against what stands before it."""
    project({"shop.py": CLEAN, "other.py": FAULTY})
    assert main(["doctor", *HERE, "routes", "--json"]) == 0
    Path("old.json").write_text(capsys.readouterr().out)
    assert main(["doctor", *HERE, "routes", "--app", "other", "--diff", "old.json"]) == 1
    assert "WEAKER" in capsys.readouterr().out


def test_options_before_routes_would_do_nothing(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    """An option of the examination before the subcommand is refused."""
    project({"shop.py": CLEAN})
    assert main(["doctor", *HERE, "--exit-zero", "routes"]) == 2
    assert "--exit-zero does not go with `routes`" in capsys.readouterr().err


def test_advice_names_the_command(
    project: Project, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a finding advises to ask for is asked for by the command that was used."""
    project({"shop.py": FAULTY})
    (rule,) = (one for one in rules() if one.id == RULE)
    monkeypatch.setattr(
        rule, "_examine", lambda app: [rule.live(app.spot, "it is odd", "compare it with `flask doctor routes orders`")]
    )
    assert main(["doctor", *HERE, *ONLY]) == 1
    assert "compare it with `keck doctor routes orders`" in capsys.readouterr().out
