"""``keck explain``."""

from __future__ import annotations

import sys

import click

from keck.cli.screen import emit, has_colour, width_of

READABLE = 100
"""Columns beyond which prose is hard to read."""


@click.command()
@click.argument("rule")
def explain(rule: str) -> None:
    """Explain a RULE: what, why, wrong and right code, the fix, when to ignore it.

    RULE is an id as `keck check` and `keck rules` print it, such as jwt/required-without-call.
    """
    from keck.cli.selectors import rule_named
    from keck.examples import example_of
    from keck.explain import plain
    from keck.rule import rules

    width = width_of(sys.stdout)
    named = rule_named(rule, rules())
    text = plain(named, example_of(named.id), None if width is None else min(width, READABLE))
    if has_colour(sys.stdout):
        text = "\n".join(
            click.style(line, bold=True) if line and not line.startswith(" ") else line for line in text.split("\n")
        )
    emit(text)
