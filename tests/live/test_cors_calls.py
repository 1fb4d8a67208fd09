"""Which call of `CORS` left a hook whose instance nobody keeps, and what that call gives."""

from __future__ import annotations

from pathlib import Path

import pytest

from keck.live.extensions import cors
from keck.live.record import Instance
from tests.live.worlds import imported, of

HEAD = """
from flask import Blueprint, Flask
from flask_cors import CORS
app = Flask("shop")
api = Blueprint("api", "api")
"""
REGISTER = "\napp.register_blueprint(api)\n"


def read(monkeypatch: pytest.MonkeyPatch, folder: Path, text: str) -> dict[tuple[str, int], Instance]:
    """Return the instances that hooks of the app tell of, by place and position."""
    module = imported(monkeypatch, folder, {"calling.py": HEAD + text})["calling"]
    own = [("calling", str(folder / "calling.py"))]
    monkeypatch.setattr(cors, "project_files", lambda: own)  # not what other tests call
    return {
        (at, position): one
        for one in of(module.app, "cors")
        for at, positions in one.facts.get("at", {}).items()
        for position in positions
    }


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("CORS(app)", {("app", 0): 5}),
        ("CORS(api)\nCORS(app)" + REGISTER, {("api", 0): 5, ("app", 0): 6}),
        ('CORS(app, origins="a")\nCORS(app, origins="b")', {("app", 1): 5, ("app", 0): 6}),
        ('CORS(app=app, origins="a")\nCORS(app, max_age=str(3))', {("app", 1): 1, ("app", 0): 6}),
        ("def bind(it):\n    CORS(it)\nbind(app)\nCORS(api)" + REGISTER, {("app", 0): 6, ("api", 0): 8}),
        (
            "def make(app):\n    CORS(app, max_age=str(3))\n    one = app\n    CORS(api, max_age=str(4))\nmake(app)"
            + REGISTER,
            {("app", 0): 6, ("api", 0): 8},
        ),
        ("CORS(app)\nCORS(app)", {("app", 0): 1, ("app", 1): 1}),
        ("for each in (app, api):\n    CORS(each)" + REGISTER, {("app", 0): 1, ("api", 0): 6}),
    ],
)
def test_a_hook_is_led_back_to_its_call(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, text: str, lines: dict[tuple[str, int], int]
) -> None:
    """A call is known by what it is given; where several could have made a hook it has no place."""
    assert {key: one.spot.line for key, one in read(monkeypatch, tmp_path, text).items()} == lines


@pytest.mark.parametrize(
    ("text", "options", "unknown", "given"),
    [
        ('CORS(app, origin="a", max_age=3)', {"origin": "a", "max_age": "3"}, ["origin"], ["max_age", "origin"]),
        ('CORS(app, origin=str("a"))', {"origin": "str('a')"}, ["origin"], ["origin"]),
        ('CORS(app, resources={"/x": {"origin": "a"}})', {"resources": "{'/x': {'origin': 'a'}}"}, ["origin"], None),
        ("more = {}\nCORS(app, **more)", {}, [], None),
        ("CORS(app)\nCORS(app)", {}, [], None),
        ("CORS(app)", {}, [], []),
    ],
)
def test_what_a_call_gives(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    text: str,
    options: dict[str, str],
    unknown: list[str],
    given: list[str] | None,
) -> None:
    """The options of an instance that is gone are those of its call."""
    facts = read(monkeypatch, tmp_path, text)["app", 0].facts
    assert (facts["options"], facts["unknown"], facts.get("given")) == (options, unknown, given)


def test_an_instance_that_is_kept_tells_where_it_is_asked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An instance that serves an app and a blueprint has its hooks at both, and no call besides makes it."""
    text = 'cors = CORS(origins="a")\ncors.init_app(app)\ncors.init_app(api)\nCORS(app)' + REGISTER
    found = read(monkeypatch, tmp_path, text)
    assert found["app", 1] is found["api", 0]
    assert found["app", 0].spot.line == 8
    assert found["app", 1].facts["given"] == ["origins"]
