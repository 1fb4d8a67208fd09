from __future__ import annotations

import pytest

from keck.columns import in_characters, text_of
from keck.facts import facts_of
from keck.finding import Finding, Level, Place, Related


def column(source: bytes) -> int:
    """Return where the last import or statement of a source begins, in characters from 1."""
    span = facts_of(source).steps[-1]
    place = Place("app.py", span.line, span.column + 1, span.end_line, span.end_column + 1)
    (one,) = in_characters([Finding("x", Level.note, place, "", "")], {"app.py": source})
    assert one.place.line == span.line
    return one.place.column


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (b"a = 1; b = 2", 8),
        ("é = 1; b = 2".encode(), 8),
        ("€ = '€'; b = 2".replace("€ =", "e =").encode(), 10),
        ("n = '\U0001f600'; b = 2".encode(), 10),
        ("# coding: latin-1\né = 'é'; b = 2".encode("latin-1"), 10),
        ("\ufeffé = 1; b = 2".encode(), 8),
        ("é = 1\r\né = 1; b = 2\r\n".encode(), 8),
        ("é = 1\ré = 1; b = 2\r".encode(), 8),
        ("é = 1\n\x0cé = 1; b = 2\n".encode(), 9),
        ("'\u2028'; b = 2\n".encode(), 6),
    ],
)
def test_columns_count_characters(source: bytes, expected: int) -> None:
    """A column is that of an editor, whatever the encoding, the newlines and a mark at the beginning."""
    assert column(source) == expected


def test_ends_and_related_places_count_characters_too() -> None:
    """Both ends of a span and the places that belong to it are counted; another file's stay as they are."""
    data = {"app.py": "é = 'é'\n".encode(), "plain.py": b"a = 1\n"}
    related = (
        Related(Place("app.py", 1, 6, 1, 10), "here"),
        Related(Place("plain.py", 1, 5, 1, 6), "there"),
        Related(Place("Procfile", 1, 5, 1, 6), "elsewhere"),
    )
    (one,) = in_characters([Finding("x", Level.note, Place("app.py", 1, 1, 1, 10), "", "", related=related)], data)
    assert one.place == Place("app.py", 1, 1, 1, 8)
    assert [each.place for each in one.related] == [
        Place("app.py", 1, 5, 1, 8),
        Place("plain.py", 1, 5, 1, 6),
        Place("Procfile", 1, 5, 1, 6),
    ]


def test_line_that_is_not_there_is_empty() -> None:
    """A place behind the end of its file does not fail."""
    place = Place("app.py", 9, 4, 9, 5)
    (one,) = in_characters([Finding("x", Level.note, place, "", "")], {"app.py": "é = 1\n".encode()})
    assert one.place == Place("app.py", 9, 1, 9, 1)


@pytest.mark.parametrize("name", ["klingon", "hex", "rot13", "idna", "undefined"])
def test_encoding_that_does_not_exist_or_is_not_for_text(name: str) -> None:
    """The text of a file with an odd coding line is read as UTF-8, so far as it is that."""
    assert text_of(f"# coding: {name}\né".encode()).endswith("\né")


def test_what_cannot_be_decoded_is_replaced() -> None:
    """Bytes that are not of the encoding become one character each."""
    assert text_of(b"a = '\xe9'\r\nb\rc") == "a = '\ufffd'\nb\nc"
