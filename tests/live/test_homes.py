from __future__ import annotations

import sys
import types
from pathlib import Path

import pytest

from keck.live import homes
from tests.live.worlds import imported


@pytest.mark.parametrize(
    ("text", "line"),
    [
        pytest.param("from box import Box\nbox = Box()\n", 2, id="a call"),
        pytest.param("import box as b\nbox: b.Box = b.Box()\n", 2, id="annotated"),
        pytest.param("from box import Box\nif (box := Box()): pass\n", 2, id="walrus"),
        pytest.param("from box import Box\nother, box = 1, Box()\n", 2, id="a tuple"),
        pytest.param("from box import Box\ndef f():\n    global box\n    box = Box()\nf()\n", 4, id="global"),
        pytest.param("from box import Box\nbox = None\nbox = Box()\n", 3, id="the call before None"),
        pytest.param("from box import make\nbox = make()\nbox = box\n", 2, id="another call"),
        pytest.param("from box import make\nbox = (lambda: make)()()\n", 2, id="a call of what a call returned"),
        pytest.param("import box as b\nbox = b.kept\n", 2, id="handed on"),
    ],
)
def test_home_is_where_a_name_is_assigned(
    text: str, line: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The statement that assigns the name is its home, the one that calls its class before any other."""
    boxes = "class Box: pass\nkept = Box()\ndef make(): return Box()\n"
    imported(monkeypatch, tmp_path, {"box.py": boxes, "user.py": text})
    name, spot = homes.home(("user:box",), "Box")
    assert (name, Path(spot.path), spot.line) == ("user:box", tmp_path / "user.py", line)


def test_home_goes_before_imports(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Of several holders the one whose source assigns it is the home, and imports are not."""
    files = {
        "boxed.py": "class Box: pass\nbox = Box()\n",
        "first.py": "from boxed import box\ndef f(box=None): return box\n",
        "last.py": "import boxed\nbox = boxed.box\n",
    }
    imported(monkeypatch, tmp_path, files)
    assert homes.home(("first:box", "last:box", "boxed:box"), "Box")[0] == "boxed:box"


@pytest.mark.parametrize("names", [(), ("nowhere:box",), ("sys:path",), ("an_object:box",)])
def test_no_source_no_home(names: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there is no source the first name stands, without a place."""
    monkeypatch.setitem(sys.modules, "an_object", object())  # as some programs do
    name, spot = homes.home(names, "Box")
    assert (name, spot.path) == (names[0] if names else "", "")


def test_files_that_vanished_say_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A module whose file is gone, is a folder or no Python has no text."""
    imported(monkeypatch, tmp_path, {"gone.py": "box = dict()\n", "broken.py": "box = dict()\n"})
    (tmp_path / "gone.py").unlink()
    (tmp_path / "broken.py").write_text("box = (", encoding="utf-8")
    assert homes.home(("gone:box", "broken:box"), "dict")[1].path == ""
    assert homes.text_of(str(tmp_path / "gone.py")) == b""
    assert homes.text_of(str(tmp_path)) == b""
    assert homes.calls(str(tmp_path / "broken.py"), "dict") == []
    assert homes.definition_line("gone", "f") == ("", 1)


def test_calls_in_the_project(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Calls are found by the name of what is called, plain or behind a dot; those of libraries are not looked at."""
    text = "import collections as c\na = c.OrderedDict(\n)\nfrom collections import OrderedDict\nb = OrderedDict()\n"
    imported(monkeypatch, tmp_path, {"calling.py": text})
    spots = [one for one in homes.lone_calls("OrderedDict") if Path(one.path) == tmp_path / "calling.py"]
    assert [(one.line, one.end_line) for one in spots] == [(2, 3), (5, 5)]
    assert not any("site-packages" in path for _, path in homes.project_files())


def test_calls_of_a_method(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Calls of a method are told by the last name before it."""
    text = "box = {}\ndef f(ext, copy):\n    box.copy_it(1)\n    ext.box.copy_it(2)\n    other.copy_it(3)\n    copy_it(4)\n"
    imported(monkeypatch, tmp_path, {"calling2.py": text})
    assert [one.lineno for one in homes.calls_of("box", "copy_it")] == [3, 4]


TEXT = """
import functools

def plain(): pass

class Outer:
    first = 1
    second: int = 2

    @functools.cache
    def method(self):
        def inner(): pass
        return inner

    async def later(self): pass
"""


@pytest.mark.parametrize(
    ("name", "line"),
    [("plain", 3), ("Outer", 5), ("Outer.method", 9), ("Outer.method.<locals>.inner", 11), ("Outer.later", 14)],
)
def test_definitions_by_name(name: str, line: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A definition is found by its qualified name, from its first decorator on."""
    imported(monkeypatch, tmp_path, {"defining.py": TEXT})
    path, found = homes.definition_line("defining", name)
    assert (Path(path), found) == (tmp_path / "defining.py", line)


@pytest.mark.parametrize(("attribute", "line"), [("first", 6), ("second", 7), ("third", 5)])
def test_assignments_in_classes(attribute: str, line: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An attribute is found in its class; one that a base brings is where the class is."""
    imported(monkeypatch, tmp_path, {"defining2.py": TEXT})
    assert homes.assignment_line("defining2", "Outer", attribute)[1] == line


def test_unknown_definitions_have_no_place(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """What is not there has no place, and neither has what a module without a file defines."""
    imported(monkeypatch, tmp_path, {"defining3.py": TEXT})
    assert homes.definition_line("defining3", "Outer.nothing.deeper") == ("", 1)
    assert homes.definition_line("sys", "exit") == ("", 1)
    assert homes.assignment_line("defining3", "Nothing", "first") == ("", 1)
    monkeypatch.setitem(sys.modules, "bare", types.ModuleType("bare"))
    assert homes.file_of("bare") == ""
