"""Selectors: how rules are named in settings, options and comments."""

from __future__ import annotations

from collections.abc import Collection, Iterable

ALL = "ALL"


def matches(rule_id: str, selectors: Iterable[str]) -> bool:
    """Whether one of the selectors names the rule: its id, its folder (``cors/`` or ``cors``) or ``ALL``."""
    return closeness(rule_id, selectors) > 0


def misnamed(selector: str, rule_ids: Collection[str]) -> str:
    """Return what is wrong with a selector that names no rule, with a suggestion; empty if it names one."""
    if any(matches(one, [selector]) for one in rule_ids):
        return ""
    return f"unknown rule `{selector}`; {nearest(selector, rule_ids) or 'see `keck rules` for all of them'}"


def closeness(rule_id: str, selectors: Iterable[str]) -> int:
    """Return how closely the selectors name the rule: 3 by its id, 2 by its folder, 1 by ``ALL``, 0 not at all."""
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


def nearest(name: str, known: Iterable[str]) -> str:
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
