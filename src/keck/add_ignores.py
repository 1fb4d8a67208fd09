"""Writes ignore comments for findings into the code that they are about."""

from __future__ import annotations

import io
import re
import token
import tokenize
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path

from keck.facts import Facts, facts_of
from keck.finding import Finding
from keck.settings import shown
from keck.statements import statement_span
from keck.trouble import Trouble

LIMIT = 120
"""The longest line, in characters, that may come of appending a comment."""

_UNCHANGED = frozenset({"unused-ignore"})
_LINE = re.compile(r"([^\r\n]*)(\r\n|\n|\Z)")
_CODING = re.compile(r"[ \t\f]*#.*?coding[:=][ \t]*[-\w.]+")
_SUFFIXES = frozenset({".py", ".pyi", ".pyw", ""})


def add_ignores(findings: Iterable[Finding], root: Path) -> int:
    """Write a ``# keck: ignore[rule]`` for each finding and return how many are ignored now.

    The comment goes to the end of the finding's line where there is room; else alone on the line
    above the statement. An ignore that stands there already gets the rule added to its list.
    Encoding, byte order mark and line endings stay as they are, and so does the code. Left out:
    findings in what cannot be read as Python, and those of unused-ignore, whose comment is to go.

    Args:
        findings: those to be ignored.
        root: what their paths are relative to.

    Raises:
        Trouble: a file cannot be read or written.
    """
    files: dict[str, list[Finding]] = defaultdict(list)
    for finding in sorted(findings, key=lambda one: one.order):
        name = finding.place.path.rpartition("/")[2]
        if finding.rule not in _UNCHANGED and not name.startswith(".") and Path(name).suffix in _SUFFIXES:
            files[finding.place.path].append(finding)
    return sum(_annotate(root / path, found) for path, found in files.items())


def _annotate(file: Path, findings: list[Finding]) -> int:
    try:
        data = file.read_bytes()
        facts = facts_of(data)
        if facts.trouble:
            return 0
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        text = data.decode(encoding)
        if "\r" in text.replace("\r\n", ""):  # the line ends of a system long gone; Python's tokenizer differs on them
            return 0
        page = _Page(facts, text)
        count = sum(page.ignore(one.place.line, one.rule) for one in findings)
        changed = page.render()
        if _code(changed) != _code(text):  # pragma: no cover - a last guard; nothing known gets here
            return 0
        if count:
            file.write_bytes(changed.encode(encoding))
    except OSError as error:
        raise Trouble(f"{shown(file)} cannot be changed ({error.strerror}); make it writable") from error
    return count


class _Page:
    """The lines of a file, and the comments to be written between them.

    Lines count from 1. Text within a line is changed in place, so that the numbers stay true until
    `render` puts the new lines in.
    """

    def __init__(self, facts: Facts, text: str) -> None:
        pairs = _LINE.findall(text)
        if len(pairs) > 1:
            pairs.pop()  # what `_LINE` finds behind the last line
        self.lines = {number: line for number, (line, _) in enumerate(pairs, 1)}
        self.ends = {number: end for number, (_, end) in enumerate(pairs, 1)}
        self.end = pairs[0][1] or "\n"
        self.facts = facts
        self.above: dict[int, list[str]] = defaultdict(list)
        self.done: dict[tuple[int, str], bool] = {}
        self.open: set[int] = set()
        self.comments: dict[int, int] = {}
        depth = 0  # of f-strings, which have tokens inside since Python 3.12
        for one in _tokens(text):
            kind = token.tok_name[one.type]
            depth += kind.endswith("STRING_START")
            depth -= kind.endswith("STRING_END")
            if kind == "COMMENT":
                self.comments[one.start[0]] = one.start[1]
            elif kind in {"NL", "NEWLINE"} and not depth:
                self.open.add(one.start[0])
        self.header = _header(self.lines)

    def ignore(self, line: int, rule: str) -> bool:
        """Have the rule ignored at a line; return whether a place for the comment was found."""
        if line not in self.lines:
            return False
        if line <= self.header:
            self.insert(self.header + 1, rule, "ignore-file")
            return True
        first, last = statement_span(self.facts, line)
        if (first, rule) in self.done:
            return self.done[first, rule]
        found = self.done[first, rule] = (
            self.append(line, rule)
            or any(self.append(one, rule, merge=True) for one in range(first, last + 1))
            or self.append(first - 1, rule, merge=True, alone=True)
            or self.insert(first, rule)
            or any(self.append(one, rule, limit=10**6) for one in range(first, last + 1))
        )
        return found

    def append(self, number: int, rule: str, *, merge: bool = False, alone: bool = False, limit: int = LIMIT) -> bool:
        """Add the rule at the end of a line.

        Args:
            number: the line.
            rule: the rule's id.
            merge: only to an ignore that stands there already.
            alone: only where no code precedes the comment.
            limit: the longest line that may come of it.
        """
        if number not in self.open:
            return False
        line = self.lines[number].rstrip()
        column = self.comments.get(number, len(line))
        if alone and line[:column].strip():
            return False
        merged = _merged(line[column:], rule, "ignore")
        if merged is None and merge:
            return False
        if merged is None:
            merged = line[column:] + ("  " if line else "") + f"# keck: ignore[{rule}]"
        if column + len(merged) > limit:
            return False
        self.lines[number] = line[:column] + merged
        self.comments.setdefault(number, column)
        return True

    def insert(self, first: int, rule: str, verb: str = "ignore") -> bool:
        """Add the rule alone on a new line above a statement's first line."""
        if first - 1 and first - 1 not in self.open:
            return False
        indent = re.match(r"[ \t\f]*", self.lines.get(first, ""))[0]  # type: ignore[index]  # it matches always
        for at, line in enumerate(self.above[first]):
            merged = _merged(line, rule, verb)
            if merged is not None and len(merged) <= LIMIT:
                self.above[first][at] = merged
                return True
        self.above[first].append(f"{indent}# keck: {verb}[{rule}]")
        return True

    def render(self) -> str:
        """Return the text with the comments in it."""
        parts = []
        for number, line in self.lines.items():
            parts += [comment + self.end for comment in self.above.get(number, [])]
            parts += [line, self.ends[number]]
        beyond = self.above.get(len(self.lines) + 1, [])
        if beyond and not self.ends[len(self.lines)]:
            parts.append(self.end)
        return "".join(parts + [comment + self.end for comment in beyond])


def _header(lines: Mapping[int, str]) -> int:
    """Return how many lines have to stay on top: the one for the shell, the one that declares the encoding."""
    first, second = lines[1], lines.get(2, "")
    if _CODING.match(second) and (not first.strip() or first.lstrip().startswith("#")):
        return 2
    return int(first.startswith("#!") or bool(_CODING.match(first)))


def _merged(comment: str, rule: str, verb: str) -> str | None:
    """Return the comment with the rule added to its first list, or None if it has none."""
    match = re.search(rf"#\s*keck:\s*{verb}\s*\[(?P<ids>[^\]]*)\]", comment)
    if match is None:
        return None
    ids = [one for one in re.split(r"[\s,]+", match["ids"]) if one]
    if rule not in ids:
        ids.append(rule)
    return comment[: match.start("ids")] + ", ".join(ids) + comment[match.end("ids") :]


def _tokens(text: str) -> list[tokenize.TokenInfo]:
    return list(tokenize.generate_tokens(io.StringIO(text.replace("\r\n", "\n")).readline))


def _code(text: str) -> list[tuple[int, str]]:
    """Return what Python sees of a text: its tokens without comments."""
    return [(one.type, one.string) for one in _tokens(text) if one.type not in {tokenize.COMMENT, tokenize.NL}]
