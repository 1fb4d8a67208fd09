from __future__ import annotations

import os
import traceback
from pathlib import Path

import pytest

from keck.doctor.trouble import last_line, masked, raised, shown, spot


class _SilentError(Exception):
    def __str__(self) -> str:
        raise ValueError("no")


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (RuntimeError("no database"), "RuntimeError: no database"),
        (RuntimeError("\n  no database\n(see the manual)"), "RuntimeError: no database"),
        (RuntimeError("failed for 'x'. Reasons are:\n\n- a path\n\nImportError: y"),
         "RuntimeError: failed for 'x'. Reasons are: ImportError: y"),
        (RuntimeError("what:"), "RuntimeError: what:"),
        (RuntimeError(), "RuntimeError"),
        (RuntimeError("x" * 400), "RuntimeError: " + "x" * 300 + "..."),
        (_SilentError(), "_SilentError"),
        (KeyError("SHOP_URL"), "KeyError: 'SHOP_URL'"),
        (SyntaxError("invalid syntax", ("shop.py", 3, 1, "x")), "SyntaxError: invalid syntax"),
    ],
)  # fmt: skip
def test_an_exception_is_told_in_one_line(error: Exception, line: str) -> None:
    """Of an exception its type and the line that says most are told."""
    assert last_line(error) == line


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("postgresql+psycopg://me:secret@host/db", "postgresql+psycopg://me:***@host/db"),
        ("redis://:secret@host and amqp://a:b@c", "redis://:***@host and amqp://a:***@c"),
        ("postgresql://me:p@ss@host/db", "postgresql://me:***@host/db"),
        ("https://host/a:b@c", "https://host/a:b@c"),
        ("nothing to hide", "nothing to hide"),
        ("cannot log in with host=db password=hunter2 user=me", "cannot log in with host=db password=*** user=me"),
    ],
)
def test_passwords_are_left_out(text: str, expected: str) -> None:
    """The password of a URL is never printed."""
    assert masked(text) == expected


def _raised(source: str, path: str) -> Exception:
    """Return what the source raises that stands in a file of that path."""
    try:
        exec(compile(source, path, "exec"), {"__name__": "shop"})  # noqa: S102 - it is what is tested
    except Exception as error:  # noqa: BLE001
        return error
    raise AssertionError(source)


def test_a_line_of_the_project_is_nearer_than_one_of_a_library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The innermost line below the working directory is told, though the library raised it."""
    monkeypatch.chdir(tmp_path)
    error = _raised("x = 1\nimport json\njson.loads('{')", str(tmp_path / "shop" / "web.py"))
    assert spot(error) == "shop/web.py:3"


def test_a_line_outside_of_the_project_is_nearer_than_one_of_a_library(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An app may stand elsewhere than where it is examined."""
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    error = _raised("import json\njson.loads('{')", str(tmp_path / "elsewhere.py"))
    assert spot(error).endswith("/elsewhere.py:2")
    assert os.path.isabs(spot(error).rpartition(":")[0])  # noqa: PTH117 - it is text


def test_a_line_of_a_library_is_told_where_there_is_no_other() -> None:
    """Where nothing but libraries is on the way, the innermost line is told."""
    error = _raised("1 / 0", "/usr/lib/python3/site-packages/lib.py")
    error.__traceback__ = error.__traceback__.tb_next if error.__traceback__ else None
    assert spot(error) == "/usr/lib/python3/site-packages/lib.py:1"


@pytest.mark.parametrize("error", [RuntimeError("x"), SyntaxError("x"), SyntaxError("x", ("", 1, 1, ""))])
def test_an_exception_from_nowhere_has_no_place(error: Exception) -> None:
    """Without a traceback there is no line to tell, and the sentence does without."""
    assert not spot(error)
    assert str(raised("it fails", error, "; try again")).startswith("it fails: ")
    assert "(" not in str(raised("it fails", error))


def test_what_was_made_of_text_has_no_line() -> None:
    """Code that stands in no file is passed over."""
    error = _raised("1 / 0", "<string>")
    error.__traceback__ = error.__traceback__.tb_next if error.__traceback__ else None
    assert traceback.extract_tb(error.__traceback__)
    assert not spot(error)


def test_paths_are_shown_from_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A path below the working directory is relative, another one is not."""
    monkeypatch.chdir(tmp_path)
    assert shown(str(tmp_path / "shop" / "web.py")) == "shop/web.py"
    assert shown("/elsewhere/web.py") == "/elsewhere/web.py"
