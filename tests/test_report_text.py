from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from keck.finding import Finding, Level, Place
from keck.report import View, render
from keck.report.excerpt import excerpt, lines_of
from tests.reports import COARSE, LATER, OPEN, SPAN, UNUSED, outcome


def text(folder: Path, *findings: Finding, width: int | None = None, level: Level = Level.warning) -> str:
    """Return the text report as seen from `folder`."""
    return render("text", outcome(folder, *findings), View(str(folder), level=level, width=width))


def test_finding_has_place_level_message_source_help_and_related(tmp_path: Path) -> None:
    """A finding is shown with its source line, a mark under the span, what to do and where else to look."""
    assert text(tmp_path, OPEN) == (
        "shop/views.py:8:2: error[jwt/required-without-call] "
        "`me` is open to anyone: `@jwt_required` stands without parentheses\n"
        "    8 | @jwt_required\n"
        "      |  ^^^^^^^^^^^^\n"
        "      help: write `@jwt_required()`\n"
        "      see: shop/views.py:2:1: imported here\n"
        "\n"
        "Found 1 error (12 files checked).\n"
        "`keck explain jwt/required-without-call` says why and what to do.\n"
    )


def test_mark_stands_under_the_span_after_tabs_and_wide_characters(tmp_path: Path) -> None:
    """Columns count characters; the mark counts columns of the screen."""
    lines = text(tmp_path, COARSE).splitlines()
    source, marks = lines[1], lines[2]
    assert source.endswith('return {"name": "ÄÖ日本", "key": cache.get("user")}')
    before = source[: source.index("cache")]
    assert marks == "      | " + " " * (len(before) + len("日本") - len("   10 | ")) + "^" * len('cache.get("user")')


def test_span_over_lines_is_marked_to_the_end_of_the_first(tmp_path: Path) -> None:
    """A finding over several lines shows the first one, and needs no help line if it has no help."""
    lines = text(tmp_path, SPAN).splitlines()
    assert lines[1:4] == ['    7 | @bp.get("/me")', "      | ^^^^^^^^^^^^^^", ""]


def test_notes_are_one_line_a_rule(tmp_path: Path) -> None:
    """Findings below the level are summed up, and the summary says how to see them."""
    report = text(tmp_path, COARSE, UNUSED, LATER)
    assert "note[unused-ignore] 2 places in 1 file, the first is shop/views.py:4\n" in report
    assert "Found 1 warning and 2 notes (12 files checked).\n`--level note` shows each one.\n" in report
    assert "remove it" not in report


def test_single_hidden_note_gives_its_message(tmp_path: Path) -> None:
    """Where one line has room for the message of the only finding, it is there."""
    report = text(tmp_path, UNUSED)
    assert report.startswith(
        "note[unused-ignore] shop/views.py:4: nothing to ignore\n\nFound 1 note (12 files checked).\n"
    )
    assert "keck explain" not in report


def test_level_note_shows_notes_in_full(tmp_path: Path) -> None:
    """With the level at note nothing is summed up."""
    report = text(tmp_path, UNUSED, LATER, level=Level.note)
    assert report.count("help: remove it") == 2
    assert "places" not in report
    assert "--level" not in report


def test_level_error_sums_up_warnings_and_names_the_lowest_level(tmp_path: Path) -> None:
    """What is hidden is told for every level below the one that is shown."""
    report = text(tmp_path, OPEN, COARSE, UNUSED, level=Level.error)
    assert "warning[caching/key-too-coarse] shop/views.py:10: one key for all users" in report
    assert "Found 1 error, 1 warning and 1 note (12 files checked).\n`--level note` shows each one." in report


def test_clean_project_says_how_many_files_were_looked_at(tmp_path: Path) -> None:
    """No findings is an answer, too."""
    assert text(tmp_path) == "No faults found in 12 files.\n"


def test_project_without_python_is_not_called_clean(tmp_path: Path) -> None:
    """Where nothing was looked at, the report does not say that nothing is wrong."""
    assert render("text", outcome(tmp_path, files=0), View(str(tmp_path))) == "No Python files found.\n"


def test_notices_stand_before_the_summary(tmp_path: Path) -> None:
    """What was passed over is told."""
    report = render("text", outcome(tmp_path, notices=("passed over 3 notebooks",)), View(str(tmp_path)))
    assert report == "passed over 3 notebooks\n\nNo faults found in 12 files.\n"


@pytest.mark.parametrize("width", [40, 60, 100, 200])
def test_no_line_is_wider_than_the_terminal(tmp_path: Path, width: int) -> None:
    """Messages are broken at spaces and source lines cropped, down to the width of the longest place."""
    long = replace(COARSE, message="`me` is cached " * 9, help="do this " * 30)
    for line in text(tmp_path, OPEN, long, SPAN, UNUSED, LATER, width=width).splitlines():
        assert len(line) <= width or "[" in line.split()[-1], line


def test_message_moves_below_the_place_where_it_has_no_room_beside(tmp_path: Path) -> None:
    """A place is never broken, so that a terminal can link it."""
    lines = text(tmp_path, OPEN, width=60).splitlines()
    assert lines[:2] == [
        "shop/views.py:8:2: error[jwt/required-without-call]",
        "    `me` is open to anyone: `@jwt_required` stands without",
    ]


def test_message_that_fits_stays_beside_the_place(tmp_path: Path) -> None:
    """A short message stands on the first line of a terminal, too."""
    lines = text(tmp_path, COARSE, width=80).splitlines()
    assert lines[0] == "shop/views.py:10:33: warning[caching/key-too-coarse] one key for all users"


def test_empty_message_leaves_the_place_alone(tmp_path: Path) -> None:
    """A finding without a message is still a place and a rule."""
    lines = text(tmp_path, replace(SPAN, message=""), width=100).splitlines()
    assert lines[0].rstrip() == "shop/views.py:7:1: error[app/extension-never-bound]"


def test_colour_changes_nothing_but_colour(tmp_path: Path) -> None:
    """The painted report without its ANSI sequences is the plain report."""
    from click import unstyle

    checked = outcome(tmp_path, OPEN, UNUSED)
    painted = render("text", checked, View(str(tmp_path), colour=True))
    assert "\x1b[31m" in painted
    assert unstyle(painted) == render("text", checked, View(str(tmp_path)))


def test_paths_are_relative_to_the_working_directory(tmp_path: Path) -> None:
    """A path is printed as the user would type it, also above the working directory."""
    below = tmp_path / "shop" / "static"
    report = render("text", outcome(tmp_path, OPEN), View(str(below)))
    assert report.startswith("../views.py:8:2: ")


def test_control_characters_of_the_source_never_reach_the_terminal(tmp_path: Path) -> None:
    """Neither source nor message nor path can steer the terminal of who checks them."""
    evil = "x = '\x1b[2J\x07'"
    (tmp_path / "evil.py").write_text(evil)
    finding = Finding("app/x", Level.error, Place("evil.py", 1, 1, 1, 3), "key \x1b[31m\nof", "")
    report = render("text", outcome(tmp_path, finding), View(str(tmp_path)))
    assert "\x1b" not in report
    assert "key ?[31m of" in report
    assert "x = '?[2J?'" in report


def test_unreadable_source_leaves_the_finding_whole(tmp_path: Path) -> None:
    """Where the file is gone, has no such line, or an empty one there is no excerpt."""
    gone = Finding("app/x", Level.error, Place("gone.py", 3, 1, 3, 2), "is gone", "look")
    beyond = replace(gone, place=Place("shop/views.py", 99))
    empty = replace(gone, place=Place("shop/views.py", 3))
    assert " | " not in text(tmp_path, gone, beyond, empty)


def test_unsaved_text_is_shown_instead_of_the_file(tmp_path: Path) -> None:
    """The excerpt comes from standard input where that stands in for the file."""
    view = View(str(tmp_path), unsaved={"shop/views.py": "\n" * 7 + "@jwt_required  # unsaved\n"})
    assert "8 | @jwt_required  # unsaved" in render("text", outcome(tmp_path, OPEN), view)


@pytest.mark.parametrize(
    ("data", "lines"),
    [
        (b"a\r\nb\rc\n", ["a", "b", "c", ""]),
        (b"\xef\xbb\xbfa\n", ["a", ""]),
        ("# coding: latin-1\n\xe4".encode("latin-1"), ["# coding: latin-1", "ä"]),
        (b"# coding: none-such\na\xff", ["# coding: none-such", "a�"]),
        (b"# coding: hex\na", ["# coding: hex", "a"]),
        (b"a\x0cb\x1cc\n", ["a\x0cb\x1cc", ""]),
    ],
)
def test_lines_are_those_that_python_counts(tmp_path: Path, data: bytes, lines: list[str]) -> None:
    """Line ends, byte-order marks and coding lines are read as Python reads them."""
    (tmp_path / "a.py").write_bytes(data)
    assert lines_of("a.py", str(tmp_path), {}) == lines


@pytest.mark.parametrize(
    ("line", "place", "width", "expected"),
    [
        ("abc", Place("", 1, 2, 1, 3), None, ("abc", " ^")),
        ("abc", Place("", 1, 4, 1, 4), None, ("abc", "   ^")),
        ("abc", Place("", 1, 90, 1, 99), None, ("abc", "   ^")),
        ("abc", Place("", 1, 2, 1, 1), None, ("abc", " ^")),
        ("abc", Place("", 7), None, ("abc", "^")),
        ("abc   ", Place("", 1, 1, 2, 1), None, ("abc", "^^^")),
        ("e\u0301x", Place("", 1, 3, 1, 4), None, ("e\u0301x", " ^")),
        ("0123456789" * 2, Place("", 1, 1, 1, 3), 16, ("0123456789...", "^^")),
        ("0123456789" * 2, Place("", 1, 19, 1, 21), 16, ("...0123456789", "           ^^")),
        ("0123456789" * 3, Place("", 1, 16, 1, 18), 16, ("...7890123456...", "           ^^")),
        ("0123456789" * 3, Place("", 1, 1, 1, 31), 16, ("0123456789...", "^" * 10)),
    ],
)
def test_excerpt_is_cropped_around_the_mark(line: str, place: Place, width: int, expected: tuple[str, str]) -> None:
    """What is marked stays in sight, and a mark is never empty nor beyond the line's end by more than one."""
    assert excerpt(line, place, width) == expected
