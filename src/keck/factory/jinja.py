"""Endpoints in templates: ``url_for('login')`` and comparisons with ``request.endpoint``."""

from __future__ import annotations

import re
from collections.abc import Mapping

from keck.factory.refusal import Refusal

URL_FOR = re.compile(r"(?<![\w.])url_for\(\s*")
LITERAL = re.compile(r"(?P<quote>[\"'])(?P<name>[^\"']*)(?P=quote)")
ENDPOINT = re.compile(r"request\.endpoint\b")
COMPARED = re.compile(r"\s*(?:==|!=)\s*(?P<literal>([\"'])[^\"']*\2)")
BEFORE = re.compile(r"(?P<literal>([\"'])[^\"']*\2)\s*(?:==|!=)\s*$")
AMONG = re.compile(r"\s*(?:not\s+)?in\s*(?P<items>[\[(](?:\s*([\"'])[^\"']*\2\s*,?)*\s*[\])])")
ASKED = re.compile(r"\s*(?:-?%\}|and\b|or\b|is\s+(?:not\s+)?(?:none|defined|None)\b)")
URL_FOR_IT = re.compile(r"url_for\(\s*$")
BLUEPRINT = re.compile(r"request\.blueprints?\b")
BLUEPRINT_COMPARED = re.compile(r"\s*(?:==|!=)\s*([\"'])(?P<name>[^\"']*)\1")


def retold(text: str, path: str, names: Mapping[str, str], groups: frozenset[str], first: int = 1) -> str:
    """Return a template with the new names of endpoints.

    Args:
        text: the template, or a literal with one in it.
        path: of the file, for a refusal.
        names: new names by old ones.
        groups: the names of the new blueprints.
        first: the line on which the text begins.

    Raises:
        Refusal: an endpoint is computed, or its name is looked at in a way that is not known.
    """
    changes: list[tuple[int, int, str]] = []

    def refuse(at: int, why: str) -> Refusal:
        return Refusal(path, first + text.count("\n", 0, at), why)

    for found in URL_FOR.finditer(text):
        literal = LITERAL.match(text, found.end())
        if literal is None:
            if not text.startswith("request.endpoint", found.end()):
                raise refuse(found.start(), "`url_for()` is given a name that is computed")
            continue
        rest = text[literal.end() :].lstrip()
        if rest[:1] not in {",", ")"}:
            raise refuse(found.start(), "`url_for()` is given a name that is computed")
        changes.append((*literal.span("name"), _new(literal["name"], names)))
    for found in ENDPOINT.finditer(text):
        before = text[max(0, found.start() - 120) : found.start()]
        compared, among, behind = (
            COMPARED.match(text, found.end()),
            AMONG.match(text, found.end()),
            BEFORE.search(before),
        )
        if compared is not None:
            changes += _literals(text, *compared.span("literal"), names)
        elif among is not None:
            changes += _literals(text, *among.span("items"), names)
        elif behind is not None:
            start = found.start() - len(before)
            changes += _literals(text, start + behind.start("literal"), start + behind.end("literal"), names)
        elif URL_FOR_IT.search(before) is None and (
            not ASKED.match(text, found.end()) or re.search(r"=\s*$", before) is not None
        ):
            raise refuse(found.start(), "`request.endpoint` is used in a way that is not known")
    for found in BLUEPRINT.finditer(text):
        compared = BLUEPRINT_COMPARED.match(text, found.end())
        if compared is None or compared["name"] in groups:
            raise refuse(found.start(), "`request.blueprint` is asked, which the views have only now")
    for start, end, new in sorted(set(changes), reverse=True):
        text = text[:start] + new + text[end:]
    return text


def _new(name: str, names: Mapping[str, str]) -> str:
    return names.get(name.removeprefix("."), name)


def _literals(text: str, start: int, end: int, names: Mapping[str, str]) -> list[tuple[int, int, str]]:
    return [
        (*found.span("name"), names[found["name"]])
        for found in LITERAL.finditer(text, start, end)
        if found["name"] in names
    ]
