"""What the rules about migrations ask of the answers of a live app's databases."""

from __future__ import annotations

from collections.abc import Iterator

from keck.live.record import Answer, LiveApp, Spot
from keck.rule import Skipped


def stands(app: LiveApp) -> Iterator[Answer]:
    """Yield what is known of where each database stands, as far as its tables are kept.

    Raises:
        Skipped: the app is testing, or none is known.
    """
    if app.testing:
        raise Skipped("the app is testing: tests make tables of their own")
    known = [one for one in app.answers or () if one.kind == "migrations" and "current" in one.facts]
    if not known:
        told = [one.detail for one in app.answers or () if one.kind == "migrations" and one.detail]
        raise Skipped(told[0] if told else "where the database stands is not known")
    kept = [one for one in known if not one.facts.get("memory")]
    if not kept:
        raise Skipped("the database is in memory")
    yield from kept


def made_at(app: LiveApp) -> Spot:
    """Return where the Migrate of the app is made."""
    migrate = app.serving("migrate")
    return migrate.spot if migrate is not None else app.spot


def subject(answer: Answer) -> str:
    """Return the database as messages have it."""
    bind = answer.facts.get("bind")
    return f"the database of bind `{bind}`" if bind else "the database"


def tags(answer: Answer) -> tuple[str, ...]:
    """Return the tags of a finding about the migrations of one database."""
    return ("migrate", answer.name)
