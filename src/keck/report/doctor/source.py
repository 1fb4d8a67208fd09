"""The source line of a live finding, without the secrets that stand in it."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from msgspec.structs import replace

from keck.finding import Finding, Place

HIDDEN = "***"

_LITERAL = re.compile(r"""([A-Za-z]{0,2})('''|\"\"\"|'|")((?:\\.|(?!\2).)*)(\2|$)""")
_SENSITIVE = re.compile(r"(?i:secret|passw|token|credential|(?:api|private)_?key|://[^\s/@]*:[^\s/@]*@)|[A-Z]_KEY\b")


def without_secrets(line: str, finding: Finding, keys: Collection[str]) -> str:
    """Return a line of source in which no string literal can be a secret.

    Every literal of a line that speaks of secrets is hidden, and every one under a rule on the config,
    but for the names of config keys. Decorators hold none.
    """
    if line.lstrip().startswith("@"):
        return line
    if not finding.rule.startswith("config/") and not _SENSITIVE.search(line):
        return line

    def hidden(found: re.Match[str]) -> str:
        if found[3] in keys or found[3] == finding.symbol or not found[3]:
            return found[0]
        return f"{found[1]}{found[2]}{HIDDEN}{found[2]}"

    return _LITERAL.sub(hidden, line)


def pinned(finding: Finding, lines: Sequence[str], shown: str) -> Finding:
    """Return the finding with a place that marks its line as it is shown.

    A live app knows lines, not columns, and a line with hidden literals has other columns: both are marked
    as a whole.
    """
    place = finding.place
    line = lines[place.line - 1] if 0 < place.line <= len(lines) else ""
    if shown == line and place.end_column > 1:
        return finding
    start = len(shown) - len(shown.lstrip()) + 1
    return replace(finding, place=Place(place.path, place.line, start, place.line, len(shown.rstrip()) + 1))
