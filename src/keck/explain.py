"""The page of a rule: from its docstring and its example pair, as plain text and as Markdown."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Iterator, Mapping

from keck.examples import NONE, Example, unmarked
from keck.fixable import repair_of
from keck.rule import SECTIONS, Rule

INDENT = "    "
ORDER = (*SECTIONS[:2], "Wrong", "Right", *SECTIONS[2:])

_ITEM = re.compile(r"([-*]|\d+\.) ")
_LINK = re.compile(r"https://[^\s<>()\"'`,;]+[^\s<>()\"'`,;.:]")


def plain(rule: Rule, example: Example = NONE, width: int | None = None) -> str:
    """Return the page as plain text, broken at `width` columns if one is given."""
    lines = [*_wrapped(rule.title, width, ""), f"{rule.id} ({_about(rule)})"]
    for heading, text, files in _parts(rule, example):
        lines += ["", heading]
        for paragraph in paragraphs(text):
            lines += _wrapped(paragraph, width, INDENT)
        lines += [textwrap.indent(line, INDENT) for line in _code(files)]
    return "\n".join(lines) + "\n"


def markdown(rule: Rule, example: Example = NONE) -> str:
    """Return the page as Markdown."""
    blocks = [f"# {rule.title}", f"`{rule.id}` ({_about(rule)})"]
    for heading, text, files in _parts(rule, example):
        blocks.append(f"## {heading}")
        blocks += _joined(paragraphs(text))
        for name, code in files.items():
            language = "python" if name.endswith(".py") else ""
            blocks.append((f"`{name}`:\n\n" if len(files) > 1 else "") + _fenced(unmarked(code), language))
    return "\n\n".join(blocks) + "\n"


def _about(rule: Rule) -> str:
    """Return the rule's level, and whether it has a fix."""
    repair = {"fix": ", `keck fix` repairs it", "unsafe fix": ", `keck fix --unsafe` repairs it"}
    return rule.level.name + repair.get(repair_of(rule), "")


def link(rule: Rule) -> str:
    """Return the first web address on the rule's page, which is its evidence; empty if there is none."""
    found = _LINK.search(rule.section("Evidence")) or _LINK.search(rule.page)
    return found[0] if found else ""


def paragraphs(text: str) -> list[str]:
    """Return the paragraphs and list items of a section, each on one line."""
    result = []
    for block in re.split(r"\n\s*\n", text):
        lines: list[str] = []
        for line in block.splitlines():
            if lines and not _ITEM.match(line.strip()):
                lines[-1] += " " + line.strip()
            else:
                lines.append(line.strip())
        result += lines
    return [line for line in result if line]


def _parts(rule: Rule, example: Example) -> Iterator[tuple[str, str, Mapping[str, str]]]:
    """Yield heading, text and example code of each part of the page that is not empty."""
    code = {"Wrong": example.wrong, "Right": example.right}
    for heading in ORDER:
        text = rule.section(heading)
        text = text[:1].upper() + text[1:]  # it may go on the line of its heading, in lower case
        files = code.get(heading, {})
        if text or files:
            yield heading, text, files


def _code(files: Mapping[str, str]) -> Iterator[str]:
    for number, (name, text) in enumerate(files.items()):
        if len(files) > 1:
            yield from ([""] if number else [])
            yield f"--- {name}"
        yield from unmarked(text).splitlines()


def _wrapped(text: str, width: int | None, indent: str) -> list[str]:
    if width is None:
        return [indent + text]
    item = _ITEM.match(text)
    hanging = indent + " " * len(item[0]) if item else indent
    return textwrap.wrap(
        text, width, initial_indent=indent, subsequent_indent=hanging, break_long_words=False, break_on_hyphens=False
    )


def _joined(lines: Iterable[str]) -> Iterator[str]:
    """Yield blocks of Markdown; items that follow one another are one list."""
    items: list[str] = []
    for line in lines:
        if _ITEM.match(line):
            items.append(line)
            continue
        if items:
            yield "\n".join(items)
            items = []
        yield line
    if items:
        yield "\n".join(items)


def _fenced(code: str, language: str) -> str:
    longest = max((len(run) for run in re.findall(r"`+", code)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{code}\n{fence}"
