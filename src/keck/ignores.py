"""Reads the comments that ask Keck to ignore something."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

import msgspec

from keck.facts.record import Remark
from keck.finding import Place
from keck.settings import ALL, misnamed

_ADDRESSED = re.compile(r"#\s*keck:\s*(?P<body>.*?)\s*(?=#\s*keck:|$)")
_VERB = re.compile(r"(?P<verb>[A-Za-z][\w-]*)\s*(?P<rest>.*)", re.DOTALL)
_LIST = re.compile(r"\[(?P<ids>[^\]]*)\]")
_VERBS = ("ignore", "ignore-file")
_FOREIGN = frozenset({"noqa", "nosec", "nolint", "disable", "disable-line", "disable-file", "skip", "off", "allow"})


class Ignore(msgspec.Struct, frozen=True):
    """One comment that asks for something to be ignored.

    Args:
        line: where it stands, from 1.
        column: where its ``#`` stands, in characters from 1.
        alone: whether no code precedes it on its line.
        text: the comment.
        whole_file: whether it speaks for the whole file.
        ids: the rules or folders that it names and that exist.
        faults: what is wrong with it, each with what to do.
    """

    line: int
    column: int
    alone: bool
    text: str
    whole_file: bool
    ids: tuple[str, ...]
    faults: tuple[tuple[str, str], ...] = ()

    def place(self, path: str) -> Place:
        """Return where it stands in a file."""
        return Place(path, self.line, self.column, self.line, self.column + len(self.text))


def ignores_of(remark: Remark, rule_ids: Collection[str]) -> list[Ignore]:
    """Return what a comment asks to be ignored.

    A comment that speaks to Keck about something else (the marks in the examples) asks for nothing;
    one whose verb is near ``ignore``, or another tool's word for it, is returned as malformed.
    """
    found = []
    for match in _ADDRESSED.finditer(remark.text):
        verb = _VERB.match(match["body"])
        if verb is None or not _meant(verb["verb"].lower()):
            continue
        listed = _LIST.match(verb["rest"])
        ids = [] if listed is None else [part for part in re.split(r"[\s,]+", listed["ids"]) if part]
        known = tuple(one for one in ids if one != ALL and not misnamed(one, rule_ids))
        right = verb["verb"] in _VERBS
        found.append(
            Ignore(
                line=remark.line,
                column=remark.column + match.start() + 1,
                alone=remark.alone,
                text=match[0].rstrip(),
                whole_file=verb["verb"] == "ignore-file",
                ids=known if right else (),
                faults=_faults(verb["verb"], ids, known, rule_ids),
            )
        )
    return found


def _meant(verb: str) -> bool:
    return verb in _VERBS or verb in _FOREIGN or bool(_near(verb))


def _near(verb: str) -> list[str]:
    from difflib import get_close_matches

    return get_close_matches(verb, _VERBS, 1, 0.7)


def _faults(
    verb: str, ids: Iterable[str], known: Collection[str], rule_ids: Collection[str]
) -> tuple[tuple[str, str], ...]:
    if verb not in _VERBS:
        near = _near(verb.lower()) or _VERBS[:1]
        return (
            (f"`# keck: {verb}` ignores nothing", f"write `# keck: {near[0]}[{', '.join(known) or 'rule'}] reason`"),
        )
    if not ids:
        return ((f"`# keck: {verb}` names no rule and ignores nothing", f"write `# keck: {verb}[rule] reason`"),)
    faults = []
    for one in ids:
        if one == ALL:
            faults.append((f"`# keck: {verb}[ALL]` names no rule", "name the rules or folders one by one"))
        elif one not in known:
            fault, _, hint = misnamed(one, rule_ids).partition("; ")
            faults.append((f"`# keck: {verb}[{one}]` names an {fault}", hint.rstrip("?")))
    return tuple(faults)
