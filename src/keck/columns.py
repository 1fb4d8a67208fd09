"""Columns: the syntax tree counts UTF-8 bytes, people and editors count characters."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import msgspec

from keck.finding import Finding, Place, Related


def in_characters(findings: Iterable[Finding], contents: Mapping[str, bytes]) -> Iterator[Finding]:
    """Yield the findings with their columns counted in characters.

    Args:
        findings: columns count UTF-8 bytes from 1.
        contents: the bytes of the files by path; a place in another file stays as it is.
    """
    lines: dict[str, list[str]] = {}

    def line(path: str, number: int) -> str:
        if path not in lines:
            lines[path] = [] if contents[path].isascii() else text_of(contents[path]).split("\n")
        return lines[path][number - 1] if number <= len(lines[path]) else ""

    def counted(place: Place) -> Place:
        if place.path not in contents or contents[place.path].isascii():
            return place
        return Place(
            place.path,
            place.line,
            _characters(line(place.path, place.line), place.column),
            place.end_line,
            _characters(line(place.path, place.end_line), place.end_column),
        )

    for one in findings:
        related = tuple(Related(counted(each.place), each.message) for each in one.related)
        yield msgspec.structs.replace(
            one, place=counted(one.place), related=related, fix=one.fix and one.fix.moved(counted)
        )


def text_of(data: bytes) -> str:
    """Return a file's text as Python decodes it; what cannot be decoded is replaced."""
    import io
    import tokenize

    try:
        encoding = tokenize.detect_encoding(io.BytesIO(data).readline)[0]
        text = data.decode(encoding, "replace")
    except (SyntaxError, LookupError, ValueError):  # no such encoding, or one that is not for text
        text = data.decode("utf-8", "replace")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _characters(line: str, column: int) -> int:
    return len(line.encode()[: column - 1].decode("utf-8", "ignore")) + 1
