"""The example pair of a rule: the wrong code and the right code, as they stand in ``examples/``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec

HERE = Path(__file__).parent
PLACES = (HERE / "examples", HERE.parents[1] / "examples")
"""Where the examples are: in an installed package, in a checkout."""

_MARK = re.compile(r"[ \t]*# keck: (?!ignore)[^\n]*")


class Example(msgspec.Struct, frozen=True):
    """What is wrong and how it is right; each is text by file name, in the order of the names."""

    wrong: Mapping[str, str]
    right: Mapping[str, str]


NONE = Example({}, {})


def example_of(rule_id: str, places: Iterable[Path] = PLACES) -> Example:
    """Return the example pair of a rule, `NONE` where it has none."""
    for place in places:
        folder = place.joinpath(*rule_id.split("/"))
        example = Example(_files(folder, "wrong"), _files(folder, "right"))
        if example.wrong or example.right:
            return example
    return NONE


def unmarked(text: str) -> str:
    """Return example code for a reader: a mark ``# keck: <rule>`` becomes ``# <- here``."""
    return _MARK.sub("  # <- here", text).rstrip()


def _files(folder: Path, side: str) -> dict[str, str]:
    single = folder / f"{side}.py"
    if single.is_file():
        return {single.name: single.read_text(encoding="utf-8")}
    paths = sorted(path for path in (folder / side).rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return {path.relative_to(folder / side).as_posix(): path.read_text(encoding="utf-8") for path in paths}
