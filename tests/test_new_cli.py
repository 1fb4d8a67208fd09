from __future__ import annotations

import functools
from pathlib import Path

import pytest

import keck.new
from keck.cli import main
from keck.cli.new import _quoted, _report
from keck.new import Service, new
from keck.new.environment import values_of
from keck.new.manifest import Manifest
from tests.small_starter import held, small


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the working directory; the commands use the small starter."""
    starter = small(tmp_path / "starter")
    monkeypatch.setattr(keck.new, "new", functools.partial(keck.new.new, starter=starter))
    monkeypatch.setattr(keck.new, "add", functools.partial(keck.new.add, starter=starter))
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    return tmp_path / "here"


def test_new_says_what_comes_next(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`keck new` writes the service, tells the next commands, and never a secret."""
    assert main(["new", "my-shop", "--without", "mail,cors"]) == 0
    out = capsys.readouterr().out
    count = len(held(here / "my-shop"))
    assert out.startswith(f"Wrote my-shop to my-shop: {count} files, package my_shop, without mail, cors.\n\nNext:\n")
    assert "\n  cd my-shop\n" in out
    assert "\n  make run " in out
    assert r".venv\Scripts\python -m pip install -r requirements/service.txt" in out
    assert r".venv\Scripts\python -m my_shop.serve" in out
    assert not [
        value
        for value in values_of((here / "my-shop" / ".env").read_text()).values()
        if len(value) > 20 and value in out
    ]
    assert out.isascii()


@pytest.mark.usefixtures("here")
def test_new_in_the_working_directory(capsys: pytest.CaptureFixture[str]) -> None:
    """A dot is the working directory, and nobody is told to go there."""
    assert main(["new", "Shop", ".", "--package", "store"]) == 0
    out = capsys.readouterr().out
    assert "Wrote Shop to .: " in out
    assert "package store.\n" in out
    assert "  cd " not in out
    assert Path("store/__init__.py").is_file()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["flask"], "keck: a package `flask` would shadow the module of that name that the service uses; choose"),
        (["shop", "there"], "keck: there is not empty; name a directory that is, or that is not there yet"),
        (["shop", "--without", "mial"], "keck: `mial` is nothing that can be left out; did you mean `mail`?"),
    ],
)
def test_new_refuses_in_one_sentence(
    here: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    """What cannot be done is told in one line on standard error, with exit code 2, and nothing is written."""
    (here / "there").mkdir()
    (here / "there" / "x").touch()
    assert main(["new", *arguments]) == 2
    captured = capsys.readouterr()
    assert captured.err.startswith(message)
    assert (captured.out, captured.err.count("\n")) == ("", 1)
    assert list(held(here)) == ["there/x"]


def test_commands_for_windows() -> None:
    """On Windows the commands without make come first, in its own quotes."""
    service = Service(Path.cwd() / "my shop", Manifest("1", "a", "b", (), "x"), 1)
    lines = list(_report(service, windows=True))
    assert lines[0] == "Wrote a to my shop: 1 file, package b."
    assert lines[2:5] == ["Next:", '  cd "my shop"', "  py -m venv .venv"]
    assert lines[-2:][0] == "With make:"
    assert _quoted("my", windows=True) == "my"
    assert _quoted("my shop", windows=False) == "'my shop'"


def test_add(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`keck add` brings an extension in and tells what comes next."""
    assert main(["new", "shop", "--without", "mail"]) == 0
    capsys.readouterr()
    assert main(["add", "mail", "shop"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("Added mail: ")
    assert "python -m flask --app wsgi db upgrade\n" in out
    assert (here / "shop" / "shop" / "mail").is_dir()
    assert main(["add", "mail", "shop"]) == 2
    assert capsys.readouterr().err == "keck: shop has mail already; there is nothing to add\n"


def test_add_with_conflicts(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Conflicts are refused, or written and listed with exit code 1."""
    assert main(["new", "shop", ".", "--without", "mail"]) == 0
    (here / "shop" / "silent.py").write_text("mine\n")
    assert main(["add", "mail"]) == 2
    assert "in shop/silent.py; nothing has been written" in capsys.readouterr().err
    assert main(["add", "mail", "--conflicts"]) == 1
    assert "\nLeft for you to decide:\n  shop/silent.py\n" in capsys.readouterr().out


@pytest.mark.parametrize(("verb", "told"), [("new", "keck new my-shop backend"), ("add", "keck add mail  ")])
def test_help(capsys: pytest.CaptureFixture[str], verb: str, told: str) -> None:
    """The help has examples and fits a terminal."""
    assert main([verb, "--help"]) == 0
    text = capsys.readouterr().out
    assert told in text
    assert max(len(line) for line in text.splitlines()) <= 100


def test_new_as_a_function(here: Path) -> None:
    """Without a directory the service stands in one of its name."""
    starter = here.parent / "starter"
    assert new("my-shop", starter=starter).root == here / "my-shop"
