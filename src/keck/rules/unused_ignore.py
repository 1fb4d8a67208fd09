"""An ignore comment is malformed, or there is nothing for it to ignore.

What:
    A comment that speaks to Keck and has no effect. Either it is malformed (`# keck: ignore` without
    a rule in brackets, a rule that does not exist, another verb), so that the finding it was meant
    for is still reported. Or it is well formed, and no rule that it names finds anything on its
    statement, or, for `ignore-file`, in its file.

Why:
    A malformed ignore gives the impression that something has been looked at and accepted. One
    that matches nothing outlives the fault it was written for, and will hide the next one that
    appears on the same statement.

Fix:
    Write `# keck: ignore[rule] reason` on a line of the statement or alone on the line above it,
    with ids separated by commas; a folder (`cors/`) names all of its rules. Remove the comment, or
    the id from its list, when nothing is left to ignore.

When to ignore it:
    Where a finding comes and goes, as in a file that is generated: name this rule too, as in
    `# keck: ignore[cors/unknown-option, unused-ignore]`. Comments for rules that were not
    selected in this run are never reported.

Evidence:
    The same habit is reported by mypy (`--warn-unused-ignores`), Ruff (RUF100, unused-noqa) and
    Pylint (useless-suppression), each added after suppressions had been found to outlive their
    cause.
"""

from __future__ import annotations

from keck.finding import Level
from keck.rule import Rule

# What this rule finds is found in keck.suppress, after all other rules have spoken.
rule = Rule(__name__, level=Level.note, needles=("keck:",))
