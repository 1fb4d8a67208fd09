"""The settings: ``[tool.keck]`` in pyproject.toml, or a keck.toml, the nearest upwards."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any, Never

import msgspec

from keck.finding import Level
from keck.trouble import Trouble

ALL = "ALL"
KEYS = ("select", "ignore", "exclude", "per-file-ignores", "level", "fail-level", "baseline")

_HEADER = re.compile(r"\s*\[\[?([^\[\]]+)\]\]?\s*(?:#.*)?$")


class Settings(msgspec.Struct, frozen=True):
    """What the user has set; the defaults are those of a project that has set nothing.

    Args:
        select: selectors (see `matches`) of the rules to apply; none means every rule.
        ignore: selectors of the rules not to apply.
        exclude: gitignore patterns, relative to `root`, of files to leave out.
        per_file_ignores: gitignore patterns, relative to `root`, each with selectors.
        level: the least level that the text report lists one by one.
        fail_level: the least level of a finding that makes the command fail.
        baseline: path of the baseline file, relative to `root`.
        root: the directory of the file that the settings came from; None where there was none.
    """

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    per_file_ignores: dict[str, tuple[str, ...]] = msgspec.field(default_factory=dict)
    level: Level = Level.warning
    fail_level: Level = Level.warning
    baseline: str | None = None
    root: Path | None = None


def matches(rule_id: str, selectors: Iterable[str]) -> bool:
    """Whether one of the selectors names the rule: its id, its folder (``cors/`` or ``cors``) or ``ALL``."""
    return _closeness(rule_id, selectors) > 0


def chosen(rule_ids: Iterable[str], settings: Settings) -> tuple[str, ...]:
    """Return the ids of the rules to apply, in the order given.

    The closer selector wins: ``select = ["cors/any-origin-with-credentials"]`` holds against
    ``ignore = ["cors/"]``, which holds against ``select = ["ALL"]``. Of two equal ones `ignore` wins.
    """
    select = settings.select or (ALL,)
    return tuple(one for one in rule_ids if _closeness(one, select) > _closeness(one, settings.ignore))


def misnamed(selector: str, rule_ids: Collection[str]) -> str:
    """Return what is wrong with a selector that names no rule, with a suggestion; empty if it names one."""
    if any(matches(one, [selector]) for one in rule_ids):
        return ""
    return f"unknown rule `{selector}`; {_nearest(selector, rule_ids) or 'see `keck rules` for all of them'}"


def load(start: Path, rule_ids: Collection[str] | None = None) -> Settings:
    """Return the settings that hold at a file or directory.

    Looks for a keck.toml, then a pyproject.toml with ``[tool.keck]``, in the directory and upwards.

    Args:
        start: the file or directory to be checked.
        rule_ids: the ids that selectors may name; those of every rule if None.

    Raises:
        Trouble: the file is broken, or a key, type or rule in it is unknown; names file and line.
    """
    start = start.resolve()
    for directory in (start, *start.parents):
        for name in ("keck.toml", "pyproject.toml"):
            source = _read(directory / name)
            if source is not None:
                return _settings(source, rule_ids)
    return Settings()


class _Source(msgspec.Struct, frozen=True):
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


def _read(path: Path) -> _Source | None:
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
        return _Source(path, text, table)
    tool = table.get("tool")
    return _Source(path, text, tool["keck"]) if isinstance(tool, dict) and "keck" in tool else None


def _settings(source: _Source, rule_ids: Collection[str] | None) -> Settings:
    table = source.table
    if not isinstance(table, dict):
        source.reject("`tool.keck` must be a table: write `[tool.keck]` and the keys below it", "keck")
    for key in table:
        if key not in KEYS:
            where = "keck.toml" if source.own else "[tool.keck]"
            hint = _nearest(key.replace("_", "-"), KEYS) or "known are " + ", ".join(KEYS)
            if source.own and key in {"tool", "keck"}:
                hint = "in keck.toml the keys stand at the top of the file, under no table"
            source.reject(f"unknown key `{key}` in {where}; {hint}", key)

    def selectors(value: object, *keys: str) -> tuple[str, ...]:
        found = _texts(value)
        if found is None:
            source.reject(f'`{keys[-1]}` must be a list of rule ids, such as ["cors/", "ALL"]', *keys)
        for one in found:
            if fault := misnamed(one, _every_rule() if rule_ids is None else rule_ids):
                source.reject(f"{fault} (in `{keys[-1]}`)", *keys, one)
        return found

    def patterns(value: object, *keys: str) -> tuple[str, ...]:
        found = _texts(value)
        if found is None:
            source.reject(f'`{keys[-1]}` must be a list of patterns, such as ["migrations/"]', *keys)
        for one in found:
            if not _is_pattern(one):
                source.reject(f"`{one}` is no pattern that .gitignore would take", *keys, one)
        return found

    def level(key: str) -> Level:
        value = table.get(key, Level.warning.name)
        if not isinstance(value, str) or value not in Level.__members__:
            hint = _nearest(str(value).lower(), Level.__members__)
            source.reject(f"`{key}` must be one of {', '.join(Level.__members__)}" + (hint and f"; {hint}"), key)
        return Level[value]

    per_file = table.get("per-file-ignores", {})
    if not isinstance(per_file, dict):
        source.reject(
            '`per-file-ignores` must be a table of patterns, such as { "scripts/*" = ["app/"] }', "per-file-ignores"
        )
    patterns(list(per_file), "per-file-ignores")
    baseline = table.get("baseline")
    if "baseline" in table and (not isinstance(baseline, str) or not baseline):
        source.reject('`baseline` must be the path of a file, such as "keck-baseline.json"', "baseline")
    return Settings(
        select=selectors(table.get("select", []), "select"),
        ignore=selectors(table.get("ignore", []), "ignore"),
        exclude=patterns(table.get("exclude", []), "exclude"),
        per_file_ignores={one: selectors(value, "per-file-ignores", one) for one, value in per_file.items()},
        level=level("level"),
        fail_level=level("fail-level"),
        baseline=baseline,
        root=source.path.parent,
    )


def shown(path: Path) -> str:
    """Return a path as it is printed: with ``/``, and relative where it lies below the working directory."""
    path = path.absolute()
    here = Path.cwd()
    return (path.relative_to(here) if path.is_relative_to(here) else path).as_posix()


def _closeness(rule_id: str, selectors: Iterable[str]) -> int:
    folder, slash, _ = rule_id.partition("/")
    best = 0
    for one in selectors:
        if one == rule_id:
            return 3
        if slash and one.rstrip("/") == folder:
            best = 2
        elif one == ALL:
            best = max(best, 1)
    return best


def _nearest(name: str, known: Iterable[str]) -> str:
    """Return ``did you mean ...``, or nothing where nothing is near."""
    from difflib import get_close_matches

    names = list(known)
    if name in names:
        return f"did you mean `{name}`?"
    short = {one.rpartition("/")[2]: one for one in names}
    folders = {one.partition("/")[0]: one.partition("/")[0] + "/" for one in names if "/" in one}
    candidates = {**folders, **short, **{one: one for one in names}}
    close = get_close_matches(name.strip("/"), candidates, 1, 0.7) or get_close_matches(
        name.rpartition("/")[2], short, 1, 0.7
    )
    return f"did you mean `{candidates[close[0]]}`?" if close else ""


def _every_rule() -> tuple[str, ...]:
    from keck.rule import ids

    return ids()


def _texts(value: object) -> tuple[str, ...] | None:
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return tuple(value)
    return None


def _is_pattern(text: str) -> bool:
    from pathspec import GitIgnoreSpec

    try:
        GitIgnoreSpec.from_lines([text])
    except ValueError:
        return False
    return True


def _dotted(header: str) -> list[str]:
    return [part.strip().strip("\"'") for part in header.split(".")]
