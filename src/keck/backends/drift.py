"""Where tables and models differ, as Alembic's autogenerate sees it."""

from __future__ import annotations

from typing import Any

OPTIONS = (
    "compare_type",
    "compare_server_default",
    "include_object",
    "include_name",
    "include_schemas",
    "version_table",
    "version_table_schema",
)
"""What `Migrate(...)` is given that changes what is compared."""

KINDS = {
    "add_table": "missing table",
    "remove_table": "extra table",
    "add_column": "missing column",
    "remove_column": "extra column",
    "add_index": "missing index",
    "remove_index": "extra index",
    "add_constraint": "missing constraint",
    "remove_constraint": "extra constraint",
    "add_fk": "missing foreign key",
    "remove_fk": "extra foreign key",
    "modify_type": "type",
    "modify_nullable": "nullable",
    "modify_default": "default",
    "modify_comment": "comment",
    "add_table_comment": "comment",
    "remove_table_comment": "comment",
}
"""From the step that would mend it, as Alembic names it, to what is the matter."""


def differences(context: Any, metadata: Any) -> list[dict[str, str]]:  # noqa: ANN401 - Alembic is the app's
    """Return each difference: ``what`` (a value of `KINDS`), ``table``, ``name`` and ``text``.

    ``name`` is that of the column, index or constraint; ``text`` says it in words. Tables that belong to an
    extension of the database itself are none: Alembic leaves them out where `include_object` does.

    Args:
        context: a `alembic.runtime.migration.MigrationContext`.
        metadata: of the models.
    """
    from alembic.autogenerate import compare_metadata

    flat: list[Any] = []
    for one in compare_metadata(context, metadata):
        flat += one if isinstance(one, list) else [one]
    return [_difference(one) for one in flat]


def _difference(step: tuple[Any, ...]) -> dict[str, str]:
    action = str(step[0])
    what = KINDS.get(action, action.replace("_", " "))
    if action in {"add_column", "remove_column"}:
        table, name = _qualified(step[1], step[2]), str(step[3].name)
        text = f"{what} {table}.{name}"
    elif action.startswith("modify_"):
        table, name = _qualified(step[1], step[2]), str(step[3])
        text = f"{table}.{name}: {what} is {_shown(step[5])} in the database and {_shown(step[6])} in the model"
    elif action in {"add_table", "remove_table"}:
        table, name = _qualified(step[1].schema, step[1].name), ""
        text = f"{what} {table}"
    else:
        one = step[1]
        owner = getattr(one, "table", one)
        table = _qualified(getattr(owner, "schema", None), getattr(owner, "name", ""))
        name = str(getattr(one, "name", "") or "") if owner is not one else ""
        text = f"{what} {name} of {table}".replace("  ", " ")
    return {"what": what, "table": table, "name": name, "text": text}


def _qualified(schema: str | None, table: str) -> str:
    return f"{schema}.{table}" if schema else str(table)


def _shown(value: Any) -> str:  # noqa: ANN401 - a type, a default, a flag
    argument = getattr(value, "arg", value)
    return " ".join(str(getattr(argument, "text", argument)).split())
