"""A column's default was computed once, when its module was imported.

What:
    `default=datetime.now()` or `default=uuid4()` in place of the function itself; `default={}` or `default=[]`, one
    object for all rows. `onupdate` likewise.

Why:
    Every row that is made until the next restart carries the time at which the process started, or one and the same
    id. A dictionary that one row changes is the default of the next row.

Fix:
    Give the callable: `default=datetime.now`, `default=lambda: datetime.now(timezone.utc)`, `default=uuid4`,
    `default=dict`.

When to ignore it:
    A moment or id that is a constant on purpose, such as the tenant that rows belong to until they are given one.

Evidence:
    Flask-SQLAlchemy 3.1.1 with SQLAlchemy 2.1: two rows of `default=datetime.now()` have identical times; a new row of
    `default={}` holds what was put into an earlier one. 11 of 87 public repositories looked at have such a default,
    7 a mutable one.
"""

from __future__ import annotations

from collections.abc import Iterator

from keck.finding import Finding, Level
from keck.live.record import LiveApp, Spot
from keck.rule import Rule
from keck.rules._live import tags

rule = Rule(__name__, level=Level.error, good="Column defaults are computed for each row", needs=("sqlalchemy",))

_CALLABLES = {
    "datetime": "lambda: datetime.now(timezone.utc)",
    "date": "date.today",
    "time": "lambda: datetime.now().time()",
    "UUID": "uuid4",
}


@rule.in_app
def examine(app: LiveApp) -> Iterator[Finding]:
    """Yield the columns of the app's models whose default is one value or object for all rows."""
    for one in app.of("sqlalchemy", "this", "both"):
        for each in one.facts.get("columns", ()):
            what, _, kind = str(each["fault"]).partition(": ")
            name = f"{str(each['model']).rpartition('.')[2]}.{each['column']}"
            shared = what.startswith("one object")
            line = each.get("line") or 1
            yield rule.live(
                Spot(each.get("path") or "", line, line),
                f"the default of `{name}` is one {kind} that all rows share: what changes it in one row changes the next"
                if shared
                else f"the default of `{name}` was computed at import: every row gets the same {kind}",
                f"give the callable: `default={kind if shared else _CALLABLES.get(kind, 'the function')}`",
                level=Level.warning if shared else None,
                symbol=name,
                tags=(*tags(one), name),
            )
