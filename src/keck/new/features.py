"""The features of a service that can be left out, and the conditions that marks state with them."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from keck.selectors import nearest
from keck.trouble import Trouble

FEATURES = ("mail", "cache", "limiter", "cors")
"""What can be left out, in the order in which it is listed everywhere."""

CORE = {
    "sqlalchemy": "Flask-SQLAlchemy",
    "migrate": "Flask-Migrate",
    "jwt": "Flask-JWT-Extended",
}
"""What is part of every service."""


class BrokenStarter(Exception):  # noqa: N818 - it reads as what it says
    """The starter is not what `keck new` can write from: a fault of Keck, not of the user."""


def known(name: str) -> str:
    """Return the name of a feature.

    Raises:
        Trouble: there is no such feature, or it is part of every service.
    """
    if name in FEATURES:
        return name
    if name in CORE:
        raise Trouble(f"{CORE[name]} is part of every service; what can be left out is {', '.join(FEATURES)}")
    hint = nearest(name.lower(), FEATURES)
    raise Trouble(f"`{name}` is nothing that can be left out; {hint or 'known are ' + ', '.join(FEATURES)}")


def listed(texts: Iterable[str]) -> tuple[str, ...]:
    """Return the features that options name, each once and in the order of `FEATURES`.

    Args:
        texts: such as ``["mail,cache", "cors"]``.

    Raises:
        Trouble: one of them is not known.
    """
    named = {known(one.strip()) for text in texts for one in text.split(",") if one.strip()}
    return tuple(one for one in FEATURES if one in named)


def holds(condition: str, without: Collection[str]) -> bool:
    """Whether a condition holds: ``mail``, ``mail+cors`` (both are in), ``mail|cache`` (one of them is).

    Args:
        condition: as it stands in a mark.
        without: the features that are left out.

    Raises:
        BrokenStarter: it names something else than features.
    """
    either = "|" in condition
    named = condition.split("|" if either else "+")
    for one in named:
        if one not in FEATURES:
            raise BrokenStarter(f"`{condition}`: there is no feature `{one}`")
    return (any if either else all)(one not in without for one in named)
