"""``keck rules``."""

from __future__ import annotations

import json
import sys
import textwrap
from collections.abc import Iterator, Sequence

import click

from keck.cli.screen import emit, has_colour, width_of
from keck.fixable import repair_of
from keck.report.view import COLOURS
from keck.rule import Rule

LEAST_ROOM = 30


@click.command()
@click.option("--select", multiple=True, metavar="RULES", help="Only these: ids, folders (cors/), by comma.")
@click.option("--json", "as_json", is_flag=True, help="As JSON, each with the text of its page.")
@click.option("--for", "reader", type=click.Choice(["agents"]), help="As a rule file for coding agents, in Markdown.")
def rules(select: Sequence[str], as_json: bool, reader: str | None) -> None:
    """List the rules, each with its level, who sees its fault (`code` is `keck check`, `app` the doctor), and whether `keck fix` repairs it.

    `keck rules --for agents > .cursor/rules/flask.mdc` writes them for coding agents; the same file
    serves as .claude/rules/flask.md and .github/instructions/flask.instructions.md.
    """
    from keck.cli.selectors import selectors
    from keck.rule import rules as every_rule
    from keck.settings import ALL, matches

    chosen = selectors(select) or (ALL,)
    found = [rule for rule in every_rule() if matches(rule.id, chosen)]
    if as_json and reader:
        raise click.UsageError("--json and --for exclude each other")
    if as_json:
        emit(json.dumps([_described(rule) for rule in found], indent=2) + "\n")
    elif reader:
        from keck.agents import rule_file

        emit(rule_file(found))
    else:
        emit("".join(f"{line}\n" for line in _table(found, width_of(sys.stdout), colour=has_colour(sys.stdout))))


def _described(rule: Rule) -> dict[str, str]:
    return {
        "rule": rule.id,
        "level": rule.level.name,
        "seen": rule.seen,
        "repair": repair_of(rule),
        "title": rule.title,
        "page": rule.page,
    }


def _table(found: Sequence[Rule], width: int | None, *, colour: bool) -> Iterator[str]:
    """Yield rule, level, who sees it, its fix and title in columns; where there is no room, titles stand below and nothing is aligned."""
    longest = max((len(rule.id) for rule in found), default=0)
    indent = longest + len("  warning  both  unsafe fix  ")
    beside = width is None or width - indent >= LEAST_ROOM
    for rule in found:
        level = f"{rule.level.name:<7}"
        seen = f"{rule.seen:<4}  {repair_of(rule):<10}"
        head = f"{rule.id:<{longest}}  {click.style(level, fg=COLOURS[rule.level]) if colour else level}  {seen}"
        if width is None:
            yield f"{head}  {rule.title}"
        elif beside:
            lines = textwrap.wrap(rule.title, width - indent, break_on_hyphens=False) or [""]
            yield f"{head}  {lines[0]}"
            yield from (" " * indent + line for line in lines[1:])
        else:
            yield rule.id
            text = ", ".join(filter(None, (rule.level.name, rule.seen, repair_of(rule)))) + f": {rule.title}"
            yield from textwrap.wrap(text, width, initial_indent="    ", subsequent_indent="    ")
