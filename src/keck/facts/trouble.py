"""Says in one sentence why a file could not be read."""

from __future__ import annotations

import re
import sys

_PYTHON_2 = re.compile(
    rb"^\s*(print\s+[\"'\w%]|except\s+([\w.]+|\([^)\n]*\))\s*,\s*[a-z_]\w*\s*:|raise\s+\w+\s*,|exec\s+[\"'])",
    re.MULTILINE,
)
_PYTHON_2_LINE = re.compile(rb"<>|`|\b0[0-7]+\b|\b\d+[lL]\b|\b[uU][rR][\"']|^\s*print\s*>>")
_TEMPLATE = re.compile(rb"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
_NEWER = {
    (3, 12): re.compile(rb"^\s*(type\s+\w+(\[[^\]]*\])?\s*=|(async\s+)?def\s+\w+\[|class\s+\w+\[)", re.MULTILINE),
    (3, 14): re.compile(rb"^\s*except\s+\w+(\s*,\s*\w+)+\s*:|\bt[\"']", re.MULTILINE),
}
_NEWER_LINE = re.compile(rb"\b[fF](\"[^\"\n]*\{[^}\"\n]*\"[^}\n]*\}|'[^'\n]*\{[^}'\n]*'[^}\n]*\})")
_NEWER_REASON = re.compile(r"f-string expression part cannot include (a backslash|'#')")
_DEEP_REASON = re.compile(r"too many (statically )?nested|too many levels of indentation")


def trouble_of(source: bytes, error: Exception, running: tuple[int, int] = sys.version_info[:2]) -> tuple[str, int]:
    """Return why `source` does not parse and the line where reading stopped (0 if unknown).

    Args:
        source: the bytes of the file.
        error: what the parser raised.
        running: the version of Python whose parser that was.
    """
    line = getattr(error, "lineno", None) or 0
    reason = getattr(error, "msg", None) or str(error)
    if isinstance(error, RecursionError | MemoryError) or _DEEP_REASON.search(reason):
        return "it nests too deeply to be read", line
    if b"\0" in source:
        return "it holds NUL bytes, so it is no Python source", line
    if isinstance(error, UnicodeError | LookupError) or "codec" in reason or "encoding" in reason:
        return "its encoding is not the one that it declares (UTF-8 where it declares none)", line
    if _TEMPLATE.search(source):
        return "it is a template with placeholders, not Python yet", line
    at = (source.splitlines()[line - 1 : line] or [b""])[0]
    if _PYTHON_2.search(source) or _PYTHON_2_LINE.search(at):
        return "it is Python 2", line
    needed = _needed(source, at, reason, running)
    if needed:
        return f"it uses syntax of Python {_dotted(needed)}, newer than the {_dotted(running)} that runs Keck", line
    return f"it is broken: {reason.partition(';')[0]}", line


def _needed(source: bytes, at: bytes, reason: str, running: tuple[int, int]) -> tuple[int, int] | None:
    """Return the version of Python whose syntax a file uses, where that is newer than the running one."""
    if running < (3, 12) and (_NEWER_REASON.search(reason) or _NEWER_LINE.search(at)):
        return (3, 12)
    return next((one for one, pattern in _NEWER.items() if running < one and pattern.search(source)), None)


def _dotted(version: tuple[int, int]) -> str:
    return ".".join(map(str, version))
