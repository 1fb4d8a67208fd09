"""One file as text: its encoding, its byte order mark and its line ends, kept through a change."""

from __future__ import annotations

import codecs
import io
import re
import tokenize

import msgspec

from keck.fixes.unfit import Unfit

_LONE_RETURN = re.compile(r"\r(?!\n)")


class Page(msgspec.Struct, frozen=True):
    """A Python file that can be given another text.

    Attributes:
        text: with the line ends that the file has.
        encoding: as its first lines declare it; UTF-8 without a declaration.
        marked: whether it begins with a byte order mark.
    """

    text: str
    encoding: str
    marked: bool

    def data(self, text: str) -> bytes:
        """Return the bytes of the file with another text.

        Raises:
            Unfit: the text has characters that the file's encoding lacks.
        """
        try:
            return codecs.BOM_UTF8 * self.marked + text.encode(self.encoding)
        except UnicodeEncodeError as error:
            lacking = error.object[error.start : error.end]
            raise Unfit(f"its encoding {self.encoding} has no {lacking!a}") from error


def page(data: bytes) -> Page:
    """Return a file's text.

    Args:
        data: the bytes of a Python file.

    Raises:
        Unfit: Keck cannot change it and keep what it does not touch byte for byte.
    """
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        marked = data.startswith(codecs.BOM_UTF8)
        encoding = "utf-8" if marked else encoding
        text = data.removeprefix(codecs.BOM_UTF8).decode(encoding)
    except (SyntaxError, LookupError, ValueError) as error:
        raise Unfit("its encoding cannot be read") from error
    if _LONE_RETURN.search(text):
        raise Unfit("it has line ends of the old Macintosh")
    if "\0" in text:
        raise Unfit("it has null bytes")
    found = Page(text, encoding, marked)
    if found.data(text) != data:
        raise Unfit(f"its encoding {encoding} cannot be written back byte for byte")
    return found
