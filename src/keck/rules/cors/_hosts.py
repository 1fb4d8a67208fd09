"""Which hosts an origin pattern lets in that its author does not own.

Texts that a pattern matches are made from its parse tree, with a note which characters the pattern
leaves open. A pattern is too wide when one of them is an origin whose registrable domain has such a
character: somebody else can register it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from importlib import import_module
from itertools import islice, product
from typing import Any

_parser: Any = import_module("re._parser")
_ORIGIN = re.compile(r"https?://(?P<host>[a-z0-9-]+(\.[a-z0-9-]+)*)(:\d{1,5})?", re.IGNORECASE)
_ADDRESS = re.compile(r"[\d.]+")
_SHARED = {
    "vercel.app", "netlify.app", "herokuapp.com", "github.io", "gitlab.io", "web.app", "firebaseapp.com", "pages.dev",
    "workers.dev", "onrender.com", "ngrok.io", "ngrok-free.app", "ngrok.app", "surge.sh", "azurewebsites.net",
    "cloudfront.net", "amazonaws.com", "fly.dev", "railway.app", "repl.co", "glitch.me", "co.uk", "com.au", "com.br",
    "co.jp", "co.in", "co.nz", "co.za",
}  # fmt: skip
"""Suffixes under which anybody can get a name of their own."""
_MOST = 3000
_ATTACK = ".attacker.example"

Node = tuple[object, Any]
"""An operator of a regular expression and its argument, as the parser has them."""
Marked = tuple[str, str]
"""A text, and for each of its characters ``x`` where the pattern leaves it open, ``.`` where it does not."""


def stranger(pattern: re.Pattern[str]) -> str | None:
    """Return an origin that the pattern admits and that anybody can get, or None."""
    best: str | None = None
    for made, marks in islice(_texts(_parser.parse(pattern.pattern, pattern.flags)), _MOST):
        for whole, opened in ((made, marks), (made + _ATTACK, marks + "x" * len(_ATTACK))):
            found = _ORIGIN.fullmatch(whole)
            if found is None or pattern.match(whole) is None or not _foreign(found, opened):
                continue
            if best is None or (whole.endswith(_ATTACK), len(whole)) < (best.endswith(_ATTACK), len(best)):
                best = whole
    return best


def samples(pattern: re.Pattern[str]) -> Iterator[str]:
    """Yield some texts made from the pattern's parse tree; look-arounds may make it refuse some of them."""
    for made, _ in islice(_texts(_parser.parse(pattern.pattern, pattern.flags)), 100):
        yield made


def _foreign(found: re.Match[str], opened: str) -> bool:
    host = found["host"]
    labels = host.split(".")
    if len(labels) < 2 or _ADDRESS.fullmatch(host):
        return False
    kept = 3 if ".".join(labels[-2:]).lower() in _SHARED else 2
    domain = ".".join(labels[-kept:])
    end = found.end("host")
    marks = opened[end - len(domain) : end]
    if kept == 3:
        # a name of one's own there: the whole label has to be open
        return len(labels) >= 3 and set(marks[: len(labels[-3])]) == {"x"}
    return "x" in marks


def _texts(tree: Iterable[Node]) -> Iterator[Marked]:
    parts = [list(islice(_of(node), 6)) for node in tree]
    for row in product(*parts):
        yield "".join(one for one, _ in row), "".join(marks for _, marks in row)


def _of(node: Node) -> Iterator[Marked]:
    operator, argument = node
    match str(operator):
        case "LITERAL":
            yield chr(argument), "."
        case "ANY" | "NOT_LITERAL":
            # a dot where a dot is meant is nobody's invention
            yield from (("x", "x"), (".", "."), ("/", "."))
        case "IN":
            yield from _class(argument)
        case "BRANCH":
            for each in argument[1]:
                yield from islice(_texts(each), 3)
        case "SUBPATTERN":
            yield from islice(_texts(argument[-1]), 6)
        case "ATOMIC_GROUP":
            yield from islice(_texts(argument), 6)
        case "MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT":
            least, most, inner = argument
            for times in sorted({least, min(least + 1, most)}):
                for one, marks in islice(_texts(inner), 3) if times else [("", "")]:
                    yield one * times, marks * times
        case _:
            # anchors, look-arounds, back references: what is made is matched against the pattern in the end
            yield "", ""


def _class(items: list[Node]) -> Iterator[Marked]:
    """A class of characters: open, unless it is a choice of single ones."""
    singles = [chr(value) for kind, value in items if str(kind) == "LITERAL"]
    if len(singles) == len(items):
        yield from ((one, ".") for one in singles[:3])
        return
    for kind, value in items:
        match str(kind):
            case "RANGE":
                yield chr(value[0]), "x"
            case "CATEGORY":
                yield ("1" if str(value) == "CATEGORY_DIGIT" else "x"), "x"
            case "NEGATE":
                yield "x", "x"
                return
            case _:
                yield chr(value), "x"
