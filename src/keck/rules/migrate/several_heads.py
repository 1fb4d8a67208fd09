"""The migrations end in several revisions, or one comes after a revision that is not there.

What:
    Two files of revisions name the same one as the one before them, as two branches leave it that were merged; or
    a file names one before it that no file has.

Why:
    `flask db upgrade` stops: "Multiple head revisions are present". The release with both branches cannot be rolled
    out. With a gap nothing that reads the migrations works, "KeyError" or "Can't locate revision".

Fix:
    `flask db merge heads` writes a revision that comes after both. For a gap get the file back, or correct
    `down_revision`.

When to ignore it:
    Branches on purpose, with labels, that are upgraded with `flask db upgrade heads`: where the database is at all of
    them it is a note.

Evidence:
    Flask-Migrate 4.1.0: two heads by branching, exit 1 with "Multiple head revisions"; a removed file, "Can't locate
    revision". Public threads: sjacorg/bayanat PR 374, thoth-station/storages #1123, miguelgrinberg/Flask-Migrate #387.
"""

from __future__ import annotations

from collections.abc import Iterator

from keck.finding import Finding, Level
from keck.live.record import LiveApp
from keck.rule import Rule, Skipped
from keck.rules._wording import code, listed
from keck.rules.migrate._answers import made_at, tags

rule = Rule(
    __name__,
    level=Level.error,
    good="The migrations end in one revision",
    needs=("migrate", "backends"),
)


@rule.in_app
def examine(app: LiveApp) -> Iterator[Finding]:
    """Yield a finding where the files of the migrations do not make one line; the database need not answer.

    Raises:
        Skipped: there are no migrations, or some of their files cannot be read.
    """
    read = [one for one in app.answers or () if one.kind == "migrations" and "heads" in one.facts]
    if not read:
        raise Skipped("there are no migrations")
    if read[0].facts.get("unread"):
        raise Skipped("some migrations do not give their revision as plain text")
    answer, heads, absent = read[0], read[0].facts["heads"], read[0].facts.get("absent") or []
    if absent:
        yield rule.live(
            made_at(app),
            f"a migration comes after {listed(map(code, absent))}, which no file has: `flask db upgrade` will fail",
            "get the file back, or correct `down_revision`",
            symbol="gap",
            tags=tags(answer),
        )
    elif len(heads) > 1:
        on_purpose = set(heads) <= set(answer.facts.get("current") or ())
        yield rule.live(
            made_at(app),
            f"the migrations end in {len(heads)} revisions, {listed(map(code, heads))}: `flask db upgrade` will stop",
            "write one that comes after both with `flask db merge heads`",
            level=Level.note if on_purpose else None,
            symbol="heads",
            tags=tags(answer),
        )
