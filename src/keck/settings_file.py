"""The file that holds the settings: keck.toml, or pyproject.toml with ``[tool.keck]``."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Never

import msgspec

from keck.trouble import Trouble

_HEADER = re.compile(r"\s*\[\[?([^\[\]]+)\]\]?\s*(?:#.*)?$")


class SettingsFile(msgspec.Struct, frozen=True):
    """A settings file: its text, and the table in it that is ours."""

    path: Path
    text: str
    table: object

    @property
    def own(self) -> bool:
        """Whether the whole file is ours."""
        return self.path.name == "keck.toml"

    def reject(self, message: str, *needles: str) -> Never:
        """Raise Trouble at the line that holds the needles, the later ones at or below the earlier."""
        raise Trouble(f"{shown(self.path)}:{self.line(*needles)}: {message}")

    def line(self, *needles: str) -> int:
        """Return the line of a key, or of a value of it, counted from 1."""
        lines = dict(enumerate(self.text.splitlines(), 1))
        ours, inside = [], self.own
        for number, line in lines.items():
            header = None if self.own else _HEADER.match(line)
            if header:
                inside = _dotted(header[1])[:2] == ["tool", "keck"]
            if inside and not line.lstrip().startswith("#"):
                ours.append(number)
        ours = ours or [number for number, line in lines.items() if "keck" in line]
        found = ours[0]
        for depth, needle in enumerate(needles):
            end = r"[\"']?\s*[=.\]]" if depth == 0 else r"(?![\w-])"
            word = re.compile(rf"(?<![\w-]){re.escape(needle)}{end}")
            found = next((one for one in ours if one >= found and word.search(lines[one])), found)
        return found


def read(path: Path) -> SettingsFile | None:
    """Return the settings file at a path, or None where there is none, or nothing of ours in it.

    Raises:
        Trouble: it cannot be read, or is broken.
    """
    if not path.is_file():
        return None
    try:
        data = path.read_bytes()
    except OSError as error:
        raise Trouble(f"{shown(path)} cannot be read ({error.strerror}); mend its permissions") from error
    own = path.name == "keck.toml"
    if not own and b"keck" not in data:
        return None
    import tomllib

    try:
        text = data.decode("utf-8-sig")
        table: Any = tomllib.loads(text)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise Trouble(f"{shown(path)}:{line}: not UTF-8, which TOML has to be; save it as UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        place = re.search(r" \(at (?:line (\d+), column \d+|end of document)\)$", str(error))
        line = int(place[1]) if place and place[1] else max(1, len(text.splitlines()))
        reason = str(error)[: place.start()] if place else str(error)
        raise Trouble(f"{shown(path)}:{line}: broken TOML: {reason}") from error
    if own:
        return SettingsFile(path, text, table)
    tool = table.get("tool")
    return SettingsFile(path, text, tool["keck"]) if isinstance(tool, dict) and "keck" in tool else None


def shown(path: Path) -> str:
    """Return a path as it is printed: with ``/``, and relative where it lies below the working directory."""
    path = path.absolute()
    here = Path.cwd()
    return (path.relative_to(here) if path.is_relative_to(here) else path).as_posix()


def _dotted(header: str) -> list[str]:
    return [part.strip().strip("\"'") for part in header.split(".")]
