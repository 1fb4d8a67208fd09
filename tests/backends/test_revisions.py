"""Revisions are read as text."""

from __future__ import annotations

from pathlib import Path

import pytest

from keck.backends import revisions


def write(place: Path, name: str, before: str = "None", more: str = "") -> None:
    """Write a revision, which would fail if it were run."""
    place.mkdir(parents=True, exist_ok=True)
    text = (
        f'"""make {name}\n\nmore\n"""\nimport no_such_module\nrevision = "{name}"\ndown_revision = {before}\n{more}\n'
    )
    (place / f"{name}.py").write_text(text, encoding="utf-8")


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """A migrations directory without revisions."""
    (tmp_path / "alembic.ini").write_text("[alembic]\n", encoding="utf-8")
    (tmp_path / "versions").mkdir()
    return tmp_path


def ids(found: list[revisions.Revision]) -> list[str]:
    """Return their ids."""
    return [one.id for one in found]


def test_line_of_revisions(directory: Path) -> None:
    """The head is the last one; what is pending comes in the order of its application."""
    place = directory / "versions"
    write(place, "b", '"a"')
    write(place, "a")
    write(place, "c", '"b"')
    read = revisions.read(directory)
    assert (read.heads, read.missing(), read.unread) == (["c"], [], ())
    assert ids(read.pending([])) == ["a", "b", "c"]
    assert ids(read.pending(["b"])) == ["c"]
    assert read.pending(["c"]) == []
    assert ids(read.pending(["strange"])) == ["a", "b", "c"]
    assert read.known["a"].doc == "make a"
    assert read.known["a"].path == (place / "a.py").as_posix()


def test_branches_and_merges(directory: Path) -> None:
    """Two that come after one are two heads, until a third comes after both."""
    place = directory / "versions"
    for name, before in (("a", "None"), ("b", '"a"'), ("c", '"a"')):
        write(place, name, before)
    assert revisions.read(directory).heads == ["b", "c"]
    assert ids(revisions.read(directory).pending(["b"])) == ["c"]
    write(place, "d", '("b", "c")')
    read = revisions.read(directory)
    assert read.heads == ["d"]
    assert ids(read.pending(["c"])) == ["b", "d"]
    assert sorted(ids(read.pending([]))) == ["a", "b", "c", "d"]


@pytest.mark.parametrize("name", ["other", "oth", "people"])
def test_dependencies(directory: Path, name: str) -> None:
    """What a revision depends on comes first, be it named by id, by the beginning of one, or by label."""
    place = directory / "versions"
    write(place, "other", more='branch_labels = ("people",)')
    write(place, "a", more=f'depends_on: str = "{name}"')
    write(place, "b", '"a"', more='depends_on = "gone"')
    read = revisions.read(directory)
    assert ids(read.pending([])).index("other") < ids(read.pending([])).index("a")
    assert ids(read.pending(["b"])) == []


def test_circle_ends(directory: Path) -> None:
    """Revisions that come after each other have no head, and are no endless loop."""
    write(directory / "versions", "a", '"b"')
    write(directory / "versions", "b", '"a"')
    read = revisions.read(directory)
    assert (read.heads, read.pending([])) == ([], [])


def test_what_is_no_revision(directory: Path) -> None:
    """Files whose names are computed, broken or not there are named; hidden ones and packages are passed over."""
    place = directory / "versions"
    write(place, "a", '"gone"')
    (place / "computed.py").write_text("revision = make()\ndown_revision = None\n", encoding="utf-8")
    (place / "broken.py").write_text("revision = (\n", encoding="utf-8")
    (place / "helper.py").write_text("a: int\nb = c = 1\nrevision = 1\n[x] = [1]\n", encoding="utf-8")
    for name in ("__init__.py", ".#a.py", "notes.txt"):
        (place / name).write_text("", encoding="utf-8")
    read = revisions.read(directory)
    assert [Path(one).name for one in read.unread] == ["broken.py", "computed.py", "helper.py"]
    assert (list(read.known), read.missing()) == (["a"], ["gone"])


@pytest.mark.parametrize(
    ("setting", "sign"),
    [
        ("{0} {1}", ""),
        ("{0}:{1}", "version_path_separator = :"),
        ("{0}:{1}", "path_separator = os"),
        ("%(here)s/one, %(here)s/two", ""),
        ("\n  {0}\n  {1}", "path_separator = newline"),
    ],
)
def test_places(directory: Path, setting: str, sign: str) -> None:
    """Revisions are sought where the settings say."""
    places = [directory / "one", directory / "two"]
    write(places[0], "a")
    write(places[1], "b", '"a"')
    text = f"[alembic]\nversion_locations = {setting.format(*places)}\n{sign}\n"
    (directory / "alembic.ini").write_text(text, encoding="utf-8")
    assert revisions.read(directory).heads == ["b"]


def test_unreadable_settings(directory: Path) -> None:
    """Settings that can't be read leave the usual place."""
    write(directory / "versions", "a")
    (directory / "alembic.ini").write_text("[alembic]\nversion_locations = %(what)s\n", encoding="utf-8")
    assert revisions.read(directory).heads == ["a"]


@pytest.mark.parametrize(
    ("text", "has"),
    [
        ("context.configure(include_object=mine)", True),
        ("args['include_name'] = mine", True),
        ("context.configure(**conf_args)  # include_object", False),
        ("broken(", False),
        (None, False),
    ],
)
def test_filters(directory: Path, text: str | None, has: bool) -> None:
    """Whether `env.py` filters is read from its code, not from its comments."""
    if text is not None:
        (directory / "env.py").write_text(text, encoding="utf-8")
    assert revisions.filters(directory) is has
