"""Finds the comments that speak to Keck."""

from __future__ import annotations

import io
import tokenize

from keck.facts.record import Remark


def remarks_of(source: bytes) -> tuple[Remark, ...]:
    """Return the comments that hold ``keck:``, in the order of the text.

    A file without the word costs one search; the others are tokenised, so that a text literal
    which merely holds the words is not taken for a comment.
    """
    if b"keck:" not in source or b"\0" in source:
        return ()
    found = []
    try:
        for token in tokenize.tokenize(io.BytesIO(source).readline):
            if token.type == tokenize.COMMENT and "keck:" in token.string:
                line, column = token.start
                found.append(Remark(line, column, not token.line[:column].strip(), token.string))
    except (tokenize.TokenError, SyntaxError, UnicodeError):
        pass
    return tuple(found)
