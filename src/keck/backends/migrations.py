"""Whether the database stands where the migrations end, and whether its tables are those of the models.

Facts:
    ``bind``: key of `SQLALCHEMY_BINDS` where each database has its migrations (``flask db init --multidb``); empty
        for the default.
    ``directory``: absolute, with ``/``.
    ``heads``, ``current``: revision ids of the files, and of the database.
    ``pending``: revisions that are yet to be applied, the next one first: ``revision``, ``doc``, ``path``.
    ``unknown``: revisions that the database is at and that are in no file.
    ``absent``: revisions that another one names as the one before it and that are in no file.
    ``unread``: files whose revision is not given as plain text.
    ``drift``: differences between tables and models: ``what``, ``table``, ``name``, ``text``, see `drift.KINDS`.
    ``missing_tables``: of models, not in the database.
    ``extra_tables``: in the database, of no model.
    ``filters``: whether `env.py` has an `include_object` or `include_name` of its own: what it leaves out is
        named here all the same, as it is not run.
    ``callbacks``: how many functions `@migrate.configure` has: they are not run either.
    ``drift_unknown``: why tables and models could not be compared; absent where they were.

Not seen: a `VARCHAR(10)` where the model's `String` has no length.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from keck.backends import addresses, revisions
from keck.backends.bounded import Question, Said, Told, sentence
from keck.backends.connecting import opened
from keck.backends.database import engines
from keck.backends.drift import OPTIONS, differences


def questions(app: Any) -> Iterator[Question]:  # noqa: ANN401 - Flask is the app's
    """Yield the question, if the app has Flask-Migrate; one for each bind where each has its migrations."""
    config = app.extensions.get("migrate")
    if config is None:
        return
    directory = Path(str(config.directory)).absolute()
    try:
        found = engines(app)
    except Said:
        found = {}
    if config.db is None or None not in found:
        why = "Migrate has no db" if config.db is None else "its database has no engine in this app"
        yield Question("migrations", "migrations", "", partial(_pass, directory, why))
        return
    read = revisions.read(directory) if (directory / "alembic.ini").is_file() else None
    per_database = read is not None and any(one.per_database for one in read.known.values())
    for bind, engine in sorted(found.items(), key=lambda one: one[0] or ""):
        if bind and not per_database:
            continue
        where, secrets = addresses.database(engine.url)
        name = f'migrations of bind "{bind}"' if bind else "migrations"
        those = {"config": config, "directory": directory, "read": read, "engine": engine, "bind": bind or ""}
        ask = partial(_ask, metadata=_metadata(config.db, bind), **those)
        yield Question("migrations", name, where, ask, secrets)


def _pass(directory: Path, why: str, told: Told) -> None:
    told.facts["directory"] = directory.as_posix()
    raise Said("skipped", why)


def _metadata(db: Any, bind: str | None) -> Any:  # noqa: ANN401 - Flask-SQLAlchemy is the app's
    kept = vars(db).get("metadatas")
    return kept.get(bind) if kept is not None else db.metadata


def _ask(
    told: Told,
    *,
    config: Any,  # noqa: ANN401 - Flask-Migrate is the app's
    directory: Path,
    read: revisions.Revisions | None,
    engine: Any,  # noqa: ANN401 - SQLAlchemy is the app's
    metadata: Any,  # noqa: ANN401 - as above
    bind: str,
) -> None:
    from alembic.runtime.migration import MigrationContext

    callbacks = vars(config.migrate).get("configure_callbacks") or ()
    told.facts |= {"bind": bind, "directory": directory.as_posix(), "callbacks": len(callbacks)}
    if read is None:
        lacks = "has no alembic.ini" if directory.is_dir() else "is not there"
        raise Said("missing", f"the directory {directory.as_posix()} {lacks}")
    told.facts |= {
        "heads": read.heads,
        "absent": read.missing(),
        "unread": list(read.unread),
        "filters": revisions.filters(directory),
    }
    options = {name: value for name, value in config.configure_args.items() if name in OPTIONS}
    with opened(engine, told) as connection:
        context = MigrationContext.configure(connection, opts=options)
        current = sorted(context.get_current_heads())
        pending = read.pending(current)
        told.facts |= {
            "current": current,
            "unknown": [one for one in current if one not in read.known],
            "pending": [{"revision": one.id, "doc": one.doc, "path": one.path} for one in pending],
        }
        told.state, told.detail = "answers", _position(told.facts)
        _compare(context, metadata, told)


def _compare(context: Any, metadata: Any, told: Told) -> None:  # noqa: ANN401
    try:
        found = differences(context, metadata)
    except Exception as error:  # noqa: BLE001 - what is known of revisions is worth having all the same
        told.facts["drift_unknown"] = f"{type(error).__name__}: {sentence(error)}"
        told.detail += "; tables and models could not be compared"
        return
    told.facts |= {
        "drift": found,
        "missing_tables": [one["table"] for one in found if one["what"] == "missing table"],
        "extra_tables": [one["table"] for one in found if one["what"] == "extra table"],
    }
    if found:
        told.detail += f"; {len(found)} difference{'s' * (len(found) > 1)} between tables and models"


def _position(facts: dict[str, Any]) -> str:
    """Return where the database stands, as a clause."""
    current, heads, pending = facts["current"], facts["heads"], len(facts["pending"])
    if facts["unknown"]:
        return f"the database is at {', '.join(facts['unknown'])}, which no file has"
    if len(heads) > 1:
        return f"{len(heads)} heads: {', '.join(heads)}"
    if not heads:
        return "there are no revisions"
    if not current:
        return f"never migrated, {pending} pending"
    return f"at {', '.join(current)}, {pending} pending" if pending else f"at the head {', '.join(current)}"
