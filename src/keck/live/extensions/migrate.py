"""Flask-Migrate.

Facts: ``directory``, ``exists``, ``db`` (``this``: the app's own, ``other`` or ``none``), ``options`` (names of what
Alembic is configured with), ``replaced``: it has a db, though another Migrate serves this app: whether it was bound
first and then replaced, nobody can tell from what is left.
"""

from __future__ import annotations

import os
from typing import Any

from keck.live.extensions.reading import Reading, bound, extension_of, gather, names_of
from keck.live.scan import Held, Scan


def read(held: Held, app: Any, scan: Scan) -> Reading:  # noqa: ANN401 - Flask is not imported here
    """Return what is known of a Migrate."""
    one = vars(held.object)
    others = names_of(scan.apps, lambda other: _migrate(other) is held.object)
    here = _migrate(app) is held.object
    kept = vars(extension_of(app, "migrate")) if here else {}
    db = kept["db"] if here else one.get("db")
    facts = gather(
        {
            "directory": lambda: str(kept.get("directory") or one["directory"]),
            "exists": lambda: os.path.isdir(kept.get("directory") or one["directory"]),  # noqa: PTH112 - text
            "db": lambda: "none" if db is None else "this" if db is _database(app) else "other",
            "options": lambda: sorted(kept["configure_args"] if here else one["alembic_ctx_kwargs"]),
            "replaced": lambda: not here and not others and db is not None and _migrate(app) is not None,
        }
    )
    inert = "it was bound without a db" if here and db is None else ""
    return Reading(bound(here, others), others, inert=inert, facts=facts)


def _database(app: Any) -> Any:  # noqa: ANN401 - as above
    """Return the SQLAlchemy of an app; Flask-SQLAlchemy before 3.0 keeps it in a state."""
    kept = extension_of(app, "sqlalchemy")
    return vars(kept).get("db", kept) if type(kept).__name__ == "_SQLAlchemyState" else kept


def _migrate(app: Any) -> Any:  # noqa: ANN401 - as above
    kept = extension_of(app, "migrate")
    return None if kept is None else vars(kept).get("migrate")
