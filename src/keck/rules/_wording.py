"""How messages name what is the user's own: in backquotes, functions and called decorators with parentheses."""

from __future__ import annotations

import re
from collections.abc import Iterable

from keck.facts.expr import Call
from keck.project.decorators import Layer

_ACTS = re.compile(r"(^|\.)_?(get|set|unset|generate|make|flash|parse)(_\w+)?$")
_ARTICLE = re.compile(r"(the (?:header|CSRF token of) )?(.*)")


def code(text: str) -> str:
    """Return a name or a piece of code in backquotes."""
    return f"`{text}`"


def called(name: str) -> str:
    """Return a function's name as messages have it: ```login()```."""
    return code(f"{name}()")


def decorator(layer: Layer) -> str:
    """Return a decorator as messages have it: ```@jwt_required()``` where it is called, ```@login_required``` where not."""
    return code(f"@{layer.name}()" if isinstance(layer.expr, Call) else f"@{layer.name}")


def listed(words: Iterable[str]) -> str:
    """Return words as a list in a sentence: ``a``, ``a and b``, ``a, b and c``."""
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last


def read(name: str) -> str:
    """Return what is read of a request, as `keck.project.reads.Read` names it, with the names in it in backquotes.

    ``the header X-Shop`` gives ``the header `X-Shop```, ``get_jwt_identity`` gives ```get_jwt_identity()```.
    """
    article, bare = _ARTICLE.findall(name)[0]
    own, blank, rest = bare.partition(" ")
    if not article and _ACTS.search(own):
        own += "()"
    return f"{article}{code(own)}{blank}{rest.replace('paginate reads', '`paginate()` reads')}"
