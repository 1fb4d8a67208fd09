"""The database is behind the migrations, or at a revision that no file has.

What:
    Revisions in the migrations directory that the database the app is bound to has not been given; or a revision in
    its `alembic_version` that is in no file.

Why:
    The code expects tables and columns that are not there: the first query that needs one fails, "no such column".
    Where the revision is in no file, `flask db upgrade` fails as well, "Can't locate revision": another branch's code
    has migrated this database, or a file was deleted.

Fix:
    `flask db upgrade`, as a step of each release, before the new code serves. For a revision in no file get the file
    back, or `flask db stamp` the revision whose tables the database has.

When to ignore it:
    Between a pull and the next upgrade on a machine of developers.

Evidence:
    Flask-Migrate 4.1.0 with Alembic 1.20 on PostgreSQL and SQLite: a revision that was written after the last upgrade
    is named; with the file of the current one removed `flask db upgrade` says "Can't locate revision identified by".
    miguelgrinberg/Flask-Migrate #387.
"""

from __future__ import annotations

from collections.abc import Iterator

from keck.finding import Finding, Level
from keck.live.record import LiveApp, Spot
from keck.rule import Rule
from keck.rules._wording import code, listed
from keck.rules.migrate._answers import made_at, stands, subject, tags

rule = Rule(
    __name__,
    level=Level.warning,
    good="The database has been given every migration",
    needs=("migrations",),
    follows=("migrate/create-all-beside-migrations", "migrate/several-heads", "app/config-without-effect"),
)


@rule.in_app
def examine(app: LiveApp) -> Iterator[Finding]:
    """Yield one finding a database that is not where the migrations end.

    Raises:
        Skipped: the app is testing, the database is in memory, or where it stands is not known.
    """
    for answer in stands(app):
        pending, unknown = answer.facts.get("pending") or [], answer.facts.get("unknown") or []
        if unknown:
            yield rule.live(
                made_at(app),
                f"{subject(answer)} is at {listed(map(code, unknown))}, which no file of the migrations has: "
                "`flask db upgrade` will fail",
                "get the file back, or `flask db stamp` the revision whose tables the database has",
                level=Level.error,
                symbol=answer.name,
                tags=tags(answer),
            )
        elif pending:
            first = pending[0]
            count = "1 migration" if len(pending) == 1 else f"{len(pending)} migrations"
            doc = f" ({first['doc']})" if first.get("doc") else ""
            never = "" if answer.facts.get("current") else ", and has never been migrated"
            yield rule.live(
                made_at(app),
                f"{subject(answer)} has yet to be given {count}, next {code(str(first['revision']))}{doc}{never}",
                "run `flask db upgrade` before the app serves",
                symbol=answer.name,
                tags=tags(answer),
                related=[
                    (Spot(one["path"]), f"`{one['revision']}` is pending") for one in pending[:5] if one.get("path")
                ],
            )
