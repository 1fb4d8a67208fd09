"""Asks for each fix whether it is wanted."""

from __future__ import annotations

from typing import TextIO

import click

from keck.finding import Finding
from keck.fixes.attempt import fix_of
from keck.patch import Patch

CHOICES = "y yes, n no, a all of this rule, q quit"


class Asker:
    """Shows a change and reads an answer, from a terminal or a pipe; the end of the input is `q`.

    Args:
        answers: where answers are read.
        stream: where changes and questions are written.
    """

    def __init__(self, answers: TextIO, stream: TextIO) -> None:
        self._answers = answers
        self._stream = stream
        self._rules: set[str] = set()
        self._over = False

    def __call__(self, finding: Finding, patch: Patch) -> bool | None:
        """Return whether a fix is wanted; None for that no more is to be done."""
        if self._over:
            return None
        fix = fix_of(finding)
        if finding.rule in self._rules:
            return True
        kind = "" if fix.safe else f" (unsafe: {fix.changes})"
        place = f"{finding.place.path}:{finding.place.line}"
        self._say(f"{place}: {finding.message} [{finding.rule}]\n{patch.diff()}{fix.title}{kind}\n")
        return self._answer(finding.rule)

    def _answer(self, rule: str) -> bool | None:
        while True:
            self._say(f"Do it? [{CHOICES}] ")
            line = self._answers.readline()
            answer = line.strip().lower()
            if not line:
                self._say("\n")
            if not line or answer in {"q", "quit"}:
                self._over = True
                return None
            if answer in {"a", "all"}:
                self._rules.add(rule)
            if answer in {"y", "yes", "a", "all"}:
                return True
            if answer in {"n", "no"}:
                return False

    def _say(self, text: str) -> None:
        click.echo(text, file=self._stream, nl=False)
        self._stream.flush()
