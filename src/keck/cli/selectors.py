"""What ``--select``, ``--ignore`` and a named rule mean; a wrong one gets a suggestion."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from keck.rule import Rule, ids
from keck.settings import misnamed
from keck.trouble import Trouble


def selectors(values: Iterable[str]) -> tuple[str, ...]:
    """Return the selectors of an option that may be repeated and may hold commas.

    Raises:
        Trouble: one of them names no rule and no folder.
    """
    found = tuple(part.strip() for value in values for part in value.split(",") if part.strip())
    for one in found:
        if fault := misnamed(one, ids()):
            raise Trouble(fault)
    return found


def rule_named(name: str, known: Sequence[Rule]) -> Rule:
    """Return the rule of that id; the folder may be left out where the rest is unique.

    Raises:
        Trouble: there is none.
    """
    exact = [rule for rule in known if rule.id == name]
    short = [rule for rule in known if rule.id.rpartition("/")[2] == name]
    if exact or len(short) == 1:
        return (exact or short)[0]
    if short:
        raise Trouble(f"`{name}` is the name of several rules; name one of {_listed(short)}")
    folder = [rule for rule in known if rule.id.startswith(name.rstrip("/") + "/")]
    if folder:
        raise Trouble(f"`{name}` is a folder; name one of its rules: {_listed(folder)}")
    raise Trouble(misnamed(name, [rule.id for rule in known]) or f"`{name}` is every rule; name one of `keck rules`")


def _listed(found: Iterable[Rule]) -> str:
    return ", ".join(rule.id for rule in found)
