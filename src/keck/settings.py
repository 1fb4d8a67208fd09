"""The settings: ``[tool.keck]`` in pyproject.toml, or a keck.toml, the nearest upwards."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from pathlib import Path

import msgspec

from keck.finding import Level
from keck.selectors import ALL, closeness, matches, misnamed, nearest
from keck.settings_file import SettingsFile, read, shown

__all__ = ["ALL", "KEYS", "Settings", "chosen", "load", "matches", "misnamed", "shown"]

KEYS = ("select", "ignore", "exclude", "per-file-ignores", "level", "fail-level", "baseline")
NOT_SETTINGS = ("service", "starter")
"""Tables of ``[tool.keck]`` that are read by `keck add` and `keck new`."""


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


def chosen(rule_ids: Iterable[str], settings: Settings) -> tuple[str, ...]:
    """Return the ids of the rules to apply, in the order given.

    The closer selector wins: ``select = ["cors/any-origin-with-credentials"]`` holds against
    ``ignore = ["cors/"]``, which holds against ``select = ["ALL"]``. Of two equal ones `ignore` wins.
    """
    select = settings.select or (ALL,)
    return tuple(one for one in rule_ids if closeness(one, select) > closeness(one, settings.ignore))


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
            source = read(directory / name)
            if source is not None:
                return _settings(source, rule_ids)
    return Settings()


def _settings(source: SettingsFile, rule_ids: Collection[str] | None) -> Settings:
    table = source.table
    if not isinstance(table, dict):
        source.reject("`tool.keck` must be a table: write `[tool.keck]` and the keys below it", "keck")
    for key in table:
        if key not in KEYS and (source.own or key not in NOT_SETTINGS):
            where = "keck.toml" if source.own else "[tool.keck]"
            hint = nearest(key.replace("_", "-"), KEYS) or "known are " + ", ".join(KEYS)
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
        return tuple(_from_root(one) for one in found)

    def level(key: str) -> Level:
        value = table.get(key, Level.warning.name)
        if not isinstance(value, str) or value not in Level.__members__:
            hint = nearest(str(value).lower(), Level.__members__)
            source.reject(f"`{key}` must be one of {', '.join(Level.__members__)}" + (hint and f"; {hint}"), key)
        return Level[value]

    per_file = table.get("per-file-ignores", {})
    if not isinstance(per_file, dict):
        source.reject(
            '`per-file-ignores` must be a table of patterns, such as { "scripts/*" = ["app/"] }', "per-file-ignores"
        )
    patterns(list(per_file), "per-file-ignores")
    ignored: dict[str, tuple[str, ...]] = {}
    for one, value in per_file.items():
        ignored[_from_root(one)] = ignored.get(_from_root(one), ()) + selectors(value, "per-file-ignores", one)
    baseline = table.get("baseline")
    if "baseline" in table and (not isinstance(baseline, str) or not baseline):
        source.reject('`baseline` must be the path of a file, such as "keck-baseline.json"', "baseline")
    return Settings(
        select=selectors(table.get("select", []), "select"),
        ignore=selectors(table.get("ignore", []), "ignore"),
        exclude=patterns(table.get("exclude", []), "exclude"),
        per_file_ignores=ignored,
        level=level("level"),
        fail_level=level("fail-level"),
        baseline=baseline,
        root=source.path.parent,
    )


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
        known = GitIgnoreSpec.from_lines([text])
    except (ValueError, re.error):
        return False
    return text.startswith("#") or all(one.regex is not None for one in known.patterns)


def _from_root(pattern: str) -> str:
    """Return a pattern with ``/`` in the place of a leading ``./``, which .gitignore does not know."""
    return re.sub(r"^(!?)(?:\./)+(?=.)", r"\1/", pattern)
