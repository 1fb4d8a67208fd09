"""The models and the tables of the database differ.

What:
    A table or column that a model has and the database has not, or the other way round; another type or index. Told
    as Alembic's autogenerate sees it, with the options that `Migrate` was given.

Why:
    What is missing in the database is an error in the first query that needs it. What no model has is dropped, with
    its rows, by the next `flask db migrate`: most often a module of models that the app does not import.

Fix:
    `flask db migrate`, read what it wrote, `flask db upgrade`. For a table of no model import the models where the
    app is made, or keep it out of the comparison with `include_object`.

When to ignore it:
    Tables that another program keeps in the same database. Where `env.py` or a callback of `@migrate.configure`
    filters what is compared, which is not run here, tables and columns of no model are passed over.

Evidence:
    Flask-Migrate 4.1.0 with Alembic 1.20 on PostgreSQL 16 and SQLite: an extra table, a dropped column and a changed type are
    named, a VARCHAR(10) for a String without a length is not. With models that nothing imports autogenerate writes
    `op.drop_table('user')`: miguelgrinberg/Flask-Migrate #94, #315, #316.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from keck.finding import Finding, Level
from keck.live.record import LiveApp
from keck.rule import Rule
from keck.rules._wording import code, listed
from keck.rules.migrate._answers import made_at, stands, subject, tags

rule = Rule(
    __name__,
    level=Level.warning,
    good="The tables of the database are those of the models",
    needs=("migrations",),
    follows=(
        "migrate/revisions-pending",
        "migrate/several-heads",
        "migrate/create-all-beside-migrations",
        "app/config-without-effect",
    ),
)

_SHOWN = 3
_FATAL = frozenset({"missing table", "missing column"})
_EXTRA = "extra "


@rule.in_app
def examine(app: LiveApp) -> Iterator[Finding]:
    """Yield one finding a database whose tables are not those of the models.

    Raises:
        Skipped: the app is testing, the database is in memory, or where it stands is not known.
    """
    for answer in stands(app):
        filtered = bool(answer.facts.get("filters") or answer.facts.get("callbacks"))
        drift: list[dict[str, Any]] = [
            one
            for one in answer.facts.get("drift") or []
            if not (filtered and str(one["what"]).startswith(_EXTRA)) and one["what"] != "comment"
        ]
        if not drift:
            continue
        drift.sort(key=lambda one: one["what"] not in _FATAL)
        rest = f" and {len(drift) - _SHOWN} more" if len(drift) > _SHOWN else ""
        lost = [code(str(one["table"])) for one in drift if one["what"] == "extra table"]
        advice = "run `flask db migrate`, read what it writes, and `flask db upgrade`"
        if lost:
            advice += f"; it would drop {listed(lost[:_SHOWN])}: import the models of it, or leave it out with `include_object`"
        yield rule.live(
            made_at(app),
            f"{subject(answer)} and the models differ: {'; '.join(map(_told, drift[:_SHOWN]))}{rest}",
            advice,
            level=Level.error if drift[0]["what"] in _FATAL else None,
            symbol=answer.name,
            tags=tags(answer),
        )


def _told(one: dict[str, Any]) -> str:
    return str(one.get("text") or f"{one['what']} {one['table']}")
