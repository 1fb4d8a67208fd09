from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from keck.doctor import interpreter as module
from keck.doctor.interpreter import interpreter
from keck.trouble import Trouble

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the stand-ins for interpreters are scripts of a shell")


def _program(path: Path, says: str = "Python 3.12.1", code: int = 0) -> Path:
    """Make a program that prints something, whatever it is asked."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\necho '{says}'\nexit {code}\n")
    path.chmod(0o755)
    return path


def _environment(path: Path, *, flask: bool = True) -> Path:
    """Make what looks like a virtual environment, and return its interpreter."""
    path.mkdir(parents=True)
    (path / "pyvenv.cfg").touch()
    return _program(path / "bin" / "python", code=0 if flask else 1)


def test_the_one_that_is_named_is_taken(tmp_path: Path) -> None:
    """A path to an interpreter is taken before everything else."""
    named = _program(tmp_path / "other" / "python3.12")
    active = _environment(tmp_path / "active")
    assert interpreter(str(named), tmp_path, {"VIRTUAL_ENV": str(active.parents[1])}) == named


def test_an_environment_can_be_named(tmp_path: Path) -> None:
    """A folder stands for the interpreter in it."""
    python = _environment(tmp_path / "env")
    assert interpreter(str(tmp_path / "env"), tmp_path, {}) == python


def test_a_command_can_be_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A bare name is looked for where commands are."""
    python = _program(tmp_path / "bin" / "python3.12")
    monkeypatch.setenv("PATH", str(python.parent))
    assert interpreter("python3.12", tmp_path, {}) == python


def test_a_link_into_an_environment_stays_one(tmp_path: Path) -> None:
    """The interpreter of an environment is a link: followed to its end it would not see the environment."""
    python = _program(tmp_path / "base" / "python")
    link = tmp_path / "env" / "bin" / "python"
    link.parent.mkdir(parents=True)
    link.symlink_to(python)
    assert interpreter(str(tmp_path / "env"), tmp_path, {}) == link


def test_the_active_environment_comes_first(tmp_path: Path) -> None:
    """VIRTUAL_ENV is taken before a folder of the project."""
    active = _environment(tmp_path / "active")
    here = tmp_path / "project"
    _environment(here / ".venv")
    assert interpreter(None, here, {"VIRTUAL_ENV": str(active.parents[1])}) == active


def test_an_active_environment_that_is_gone_is_passed_over(tmp_path: Path) -> None:
    """VIRTUAL_ENV may name what has been deleted."""
    python = _environment(tmp_path / ".venv")
    assert interpreter(None, tmp_path, {"VIRTUAL_ENV": str(tmp_path / "gone")}) == python


def test_an_environment_without_flask_is_passed_over(tmp_path: Path) -> None:
    """The shell may still be in the environment of another project; one that cannot even be asked has none either."""
    active = _environment(tmp_path / "active", flask=False)
    here = tmp_path / "project"
    broken = _environment(here / ".venv")
    broken.write_bytes(b"\x7fELF")
    own = _environment(here / "venv")
    assert interpreter(None, here, {"VIRTUAL_ENV": str(active.parents[1])}) == own


def test_the_environment_of_keck_is_the_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keck's own environment may have Flask; the project's has what the app needs."""
    ours = _environment(tmp_path / "keck")
    monkeypatch.setattr(sys, "prefix", str(tmp_path / "keck"))
    here = tmp_path / "project"
    here.mkdir()
    active = {"VIRTUAL_ENV": str(tmp_path / "keck")}
    assert interpreter(None, here, active) == ours
    own = _environment(here / ".venv")
    assert interpreter(None, here, active) == own


def test_where_nothing_has_flask_what_was_looked_at_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each interpreter is named once."""
    monkeypatch.chdir(tmp_path)
    _environment(tmp_path / ".venv", flask=False)
    _environment(tmp_path / "env", flask=False)
    with pytest.raises(Trouble) as trouble:
        interpreter(None, tmp_path, {"VIRTUAL_ENV": str(tmp_path / ".venv")})
    assert str(trouble.value) == (
        "no environment of this project has Flask (looked at .venv/bin/python, env/bin/python); "
        "name the interpreter that runs the app: --python PATH"
    )


def test_the_only_environment_is_told_of_closely(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there is one alone, and it cannot be run, that is what is wrong."""
    monkeypatch.chdir(tmp_path)
    python = _environment(tmp_path / ".venv", flask=False)
    with pytest.raises(Trouble, match=r"has Flask \(looked at \.venv/bin/python\)"):
        interpreter(None, tmp_path, {})
    python.write_bytes(b"\x7fELF")
    with pytest.raises(Trouble, match=r"\.venv/bin/python cannot be run"):
        interpreter(None, tmp_path, {})


@pytest.mark.parametrize("name", [".venv", "venv", "env"])
def test_the_folder_of_the_project_is_found(tmp_path: Path, name: str) -> None:
    """The usual folders are looked at in the project itself."""
    python = _environment(tmp_path / name)
    assert interpreter(None, tmp_path, {}) == python


def test_the_environment_of_a_repository_is_found_from_within(tmp_path: Path) -> None:
    """In a directory of a repository the environment at its root is found."""
    (tmp_path / ".git").mkdir()
    python = _environment(tmp_path / ".venv")
    here = tmp_path / "services" / "shop"
    here.mkdir(parents=True)
    assert interpreter(None, here, {}) == python


def test_outside_of_a_repository_nothing_above_is_looked_at(tmp_path: Path) -> None:
    """An environment that happens to lie above a project is not its own."""
    _environment(tmp_path / ".venv")
    here = tmp_path / "shop"
    here.mkdir()
    with pytest.raises(Trouble, match="has no environment of its own"):
        interpreter(None, here, {})


def test_a_folder_that_is_no_environment_is_passed_over(tmp_path: Path) -> None:
    """A folder `env` may hold anything."""
    _program(tmp_path / "env" / "bin" / "python")
    with pytest.raises(Trouble, match="has no environment of its own"):
        interpreter(None, tmp_path, {})


def test_the_environment_of_uv_is_found(tmp_path: Path) -> None:
    """The environment of uv is where UV_PROJECT_ENVIRONMENT says, seen from the project."""
    python = _environment(tmp_path / "build" / "env")
    assert interpreter(None, tmp_path, {"UV_PROJECT_ENVIRONMENT": "build/env"}) == python
    with pytest.raises(Trouble, match="has no environment of its own"):
        interpreter(None, tmp_path, {"UV_PROJECT_ENVIRONMENT": "elsewhere"})


@pytest.mark.parametrize("sign", [{"poetry.lock": ""}, {"pyproject.toml": "[tool.poetry]\n"}])
def test_the_environment_of_poetry_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sign: dict[str, str]
) -> None:
    """Poetry is asked where it keeps the environment of a project of its own."""
    python = _environment(tmp_path / "cache" / "shop-py3.12")
    _program(tmp_path / "bin" / "poetry", str(python))
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}")
    here = tmp_path / "shop"
    here.mkdir()
    for name, text in sign.items():
        (here / name).write_text(text)
    assert interpreter(None, here, {}) == python


@pytest.mark.parametrize("answer", ["", "no environment", "/nowhere/python"])
def test_poetry_may_have_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: str) -> None:
    """Where Poetry has made no environment, there is none."""
    _program(tmp_path / "bin" / "poetry", answer, code=1)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}")
    (tmp_path / "poetry.lock").touch()
    with pytest.raises(Trouble, match="has no environment of its own"):
        interpreter(None, tmp_path, {})


def test_poetry_may_not_be_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A project of Poetry's can be looked at where Poetry is not installed."""
    monkeypatch.setenv("PATH", str(tmp_path))
    (tmp_path / "poetry.lock").touch()
    with pytest.raises(Trouble, match="has no environment of its own"):
        interpreter(None, tmp_path, {})


def test_poetry_that_does_not_answer_is_not_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Poetry has a limit of time."""
    poetry = _program(tmp_path / "bin" / "poetry")
    poetry.write_text("#!/bin/sh\nexec sleep 30\n")
    monkeypatch.setenv("PATH", f"{poetry.parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setattr(module, "PATIENCE", 0.1)
    (tmp_path / "poetry.lock").touch()
    with pytest.raises(Trouble, match="has no environment of its own"):
        interpreter(None, tmp_path, {})


def test_an_active_conda_environment_comes_last(tmp_path: Path) -> None:
    """CONDA_PREFIX is set in shells that have nothing to do with the project, too."""
    conda = _environment(tmp_path / "conda")
    here = tmp_path / "shop"
    here.mkdir()
    assert interpreter(None, here, {"CONDA_PREFIX": str(tmp_path / "conda")}) == conda
    own = _environment(here / ".venv")
    assert interpreter(None, here, {"CONDA_PREFIX": str(tmp_path / "conda")}) == own


def test_none_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there is no environment, what was looked at is told, and what to do."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(Trouble) as trouble:
        interpreter(None, tmp_path, {})
    assert str(trouble.value) == (
        f"{tmp_path.as_posix()} has no environment of its own (neither VIRTUAL_ENV nor .venv nor one of uv or Poetry); "
        "name the interpreter that runs the app: --python PATH"
    )


@pytest.mark.parametrize(
    ("says", "sentence"),
    [
        ("Python 3.10.13", "is Python 3.10.13, and only apps on Python 3.11 or later can be examined"),
        ("Python 2.7.18", "is Python 2.7.18, and only apps on Python 3.11 or later can be examined"),
        ("GNU bash, version 5.2", "is no Python interpreter; name that of the project's environment: --python PATH"),
        ("", "is no Python interpreter"),
    ],
)
def test_what_cannot_examine_is_refused(tmp_path: Path, says: str, sentence: str) -> None:
    """A Python that is too old, and a program that is none, are told so."""
    program = _program(tmp_path / "program", says)
    with pytest.raises(Trouble) as trouble:
        interpreter(str(program), tmp_path, {})
    assert sentence in str(trouble.value)


def test_what_does_not_answer_is_not_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A program that never ends is no interpreter to wait for."""
    program = _program(tmp_path / "program")
    program.write_text("#!/bin/sh\nexec sleep 30\n")
    monkeypatch.setattr(module, "PATIENCE", 0.1)
    with pytest.raises(Trouble, match="does not say its version"):
        interpreter(str(program), tmp_path, {})


def test_what_cannot_be_run_is_refused(tmp_path: Path) -> None:
    """A file that may be executed and holds nothing that can be, one that may not, and none at all are told so."""
    broken = tmp_path / "broken"
    broken.write_bytes(b"\x7fELF")
    broken.chmod(0o755)
    (tmp_path / "text").write_text("no program")
    (tmp_path / "folder").mkdir()
    for name, sentence in {
        "broken": "cannot be run (Exec format error)",
        "text": "cannot be run; name that",
        "gone": "does not exist; name that",
        "folder": "is a folder without an interpreter",
    }.items():
        with pytest.raises(Trouble) as trouble:
            interpreter(str(tmp_path / name), tmp_path, {})
        assert sentence in str(trouble.value)
