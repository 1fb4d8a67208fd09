"""A file keeps its encoding, its byte order mark and its line ends."""

from __future__ import annotations

import codecs

import pytest

from keck.fixes.page import page
from keck.fixes.unfit import Unfit


@pytest.mark.parametrize(
    "data",
    [
        b"x = 1\n",
        b"x = 1\r\ny = 2\r\n",
        b"x = 1\r\ny = 2\n",
        b"x = 1",
        b"",
        codecs.BOM_UTF8 + b"x = 1\n",
        "x = 'é'\n".encode(),
        "# -*- coding: latin-1 -*-\nx = 'é'\n".encode("latin-1"),
        "# coding: cp1252\nx = '€'\n".encode("cp1252"),
    ],
)
def test_what_is_read_is_written_back(data: bytes) -> None:
    """A text that is not changed is the same file."""
    one = page(data)
    assert one.data(one.text) == data


@pytest.mark.parametrize(
    "data",
    [b"\xff = 1\n", b"# coding: nonsense\n", b"x = 1\ry = 2\r", b"x\0 = 1\n", b"# coding: utf-7\nx = '+AGE-'\n"],
    ids=["not UTF-8", "no such encoding", "old line ends", "null bytes", "not one way"],
)
def test_what_cannot_be_kept_is_refused(data: bytes) -> None:
    """A file that could not be written back byte for byte is left alone."""
    with pytest.raises(Unfit):
        page(data)


def test_a_character_that_the_encoding_lacks() -> None:
    """A new text that the file's encoding cannot hold is refused."""
    one = page("# coding: latin-1\nx = 1\n".encode("latin-1"))
    with pytest.raises(Unfit, match="iso-8859-1"):
        one.data(one.text + "# €\n")
