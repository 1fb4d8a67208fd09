"""A file that matters cannot be analysed.

What: the file holds something that a rule would look at (a route, an extension, a setting), but it
does not parse: it is broken, Python 2, or written in syntax that is newer than the Python that runs
Keck.
Why: what Keck says of the project is said without this file. An instance that is bound there looks
unbound, and a fault that stands there is not found.
Fix: mend the syntax, save the file in the encoding that it declares, or run Keck on the Python version that the project runs on.
When to ignore it: the file is kept as it is on purpose, such as a specimen for a test. Leave it out
with `exclude`.
Evidence: every release of Python adds syntax that the parser of the one before refuses; `print`
statements and `except Error, name` no longer parse since Python 3.0.
"""

from __future__ import annotations

from collections.abc import Iterator

from keck.finding import Finding, Level, Place
from keck.project import Project
from keck.rule import Rule

rule = Rule(__name__, level=Level.note, requires=("flask", "Flask"))


@rule.in_code
def check(project: Project) -> Iterator[Finding]:
    """Yield the files that do not parse."""
    for path, facts in project.broken.items():
        line = max(facts.trouble_line, 1)
        yield rule.finding(
            Place(path, line, 1, line, 1),
            f"not analysed: {facts.trouble}",
            _help(facts.trouble),
            symbol=path,
        )


def _help(trouble: str) -> str:
    if "newer than" in trouble:
        return "run Keck on a newer Python"
    if "encoding" in trouble:
        return "save the file as UTF-8, or declare its encoding in its first line"
    return (
        "leave the file out with `exclude`"
        if "than 4 MB" in trouble
        else "mend the syntax, or leave the file out with `exclude`"
    )
