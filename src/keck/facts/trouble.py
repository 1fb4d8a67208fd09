"""Says in one sentence why a file could not be read."""

from __future__ import annotations

import re
import sys

_PYTHON_2 = re.compile(
    rb"^\s*(print\s+[\"'\w%]|except\s+[\w.]+\s*,\s*\w+\s*:|raise\s+\w+\s*,|exec\s+[\"'])", re.MULTILINE
)
_TEMPLATE = re.compile(rb"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
_NEWER = {
    (3, 12): re.compile(rb"^\s*(type\s+\w+(\[[^\]]*\])?\s*=|(async\s+)?def\s+\w+\[|class\s+\w+\[)", re.MULTILINE),
    (3, 14): re.compile(rb"^\s*except\s+\w+(\s*,\s*\w+)+\s*:|\bt[\"']", re.MULTILINE),
}


def trouble_of(source: bytes, error: Exception) -> tuple[str, int]:
    """Return why `source` does not parse and the line where reading stopped (0 if unknown)."""
    line = getattr(error, "lineno", None) or 0
    running = ".".join(map(str, sys.version_info[:2]))
    if isinstance(error, RecursionError | MemoryError):
        return "it nests too deeply to be read", line
    if b"\0" in source:
        return "it holds NUL bytes, so it is no Python source", line
    if isinstance(error, UnicodeError | LookupError) or "codec" in str(error) or "encoding" in str(error):
        return "its encoding is not the one that it declares (UTF-8 where it declares none)", line
    if _TEMPLATE.search(source):
        return "it is a template with placeholders, not Python yet", line
    if _PYTHON_2.search(source):
        return "it is Python 2", line
    for version, pattern in _NEWER.items():
        if sys.version_info < version and pattern.search(source):
            needed = ".".join(map(str, version))
            return f"it uses syntax of Python {needed}, newer than the {running} that runs Keck", line
    reason = getattr(error, "msg", None) or str(error)
    return f"it is broken: {reason}", line
