"""What runs in the project's interpreter, run here in a fork so that it is measured."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import keck.proof
from keck.doctor import child as doctor
from keck.proof import child
from tests.proof.conftest import Project

Inside = Callable[[Callable[[], Any]], Any]

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there is no fork")


def _question(root: Path, tmp_path: Path, app: str) -> dict[str, Any]:
    for name in ("scratch", "folder"):
        (tmp_path / name).mkdir(exist_ok=True)
    return {
        "app": app,
        "interpreter": sys.executable,
        "original": str(tmp_path / "original"),
        "copy": str(root),
        "first": [str(root)],
        "scratch": str(tmp_path / "scratch"),
        "folder": str(tmp_path / "folder"),
        "key": "00",
    }


@pytest.mark.parametrize(
    ("app", "found"),
    [
        ("shop_of_child:app", "['snapshot']"),
        ("", "`shop_of_child:other` in"),
        ("shop_of_none", "{'trouble': 'there is no module `shop_of_none`"),
    ],
)
def test_an_app_is_booted_and_described(
    project: Project, tmp_path: Path, inside: Inside, monkeypatch: pytest.MonkeyPatch, app: str, found: str
) -> None:
    """The answer is a snapshot, or one sentence of trouble."""
    text = (
        "from flask import Flask\nimport sqlalchemy\napp = Flask(__name__)\nsqlalchemy.create_engine('mysql://h/x')\n"
    )
    root = project({"shop_of_child.py": text})
    monkeypatch.chdir(root)
    if not app:
        monkeypatch.setenv("FLASK_APP", "shop_of_child:other")
    question = _question(root, tmp_path, app)

    def do() -> str:
        answer = child.answer(question)
        return str(list(answer) if "snapshot" in answer else answer)

    said = inside(do)
    assert said.startswith(found) or "`shop_of_child` has no `other`" in said
    assert (tmp_path / "folder" / "loaded").exists() == (app == "shop_of_child:app")


def test_the_question_is_answered_by_this_module(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the doctor's child does around an answer, it does around this one."""
    asked: list[object] = []
    monkeypatch.setattr(doctor, "main", lambda *given: asked.extend(given))
    child.main("{}")
    assert asked == ["{}", child.answer]


def test_the_package_has_what_it_says() -> None:
    """Names are imported when they are asked for, and no others are there."""
    for name in keck.proof.__all__:
        assert getattr(keck.proof, name).__name__ == name
    with pytest.raises(AttributeError):
        _ = keck.proof.nothing
    assert os.name == "posix"
