"""Tables and columns of the models, by bind."""

# ruff: noqa: ANN401 - objects of SQLAlchemy are what they are

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from typing import Any

from keck.proof.texts import called

DEFAULT = "default"
"""What the default bind is called in a path."""


def tables(app: Any) -> Iterator[tuple[str, Any]]:
    """Yield every column of every table that a model or metadata has, and the keys and indexes of the table."""
    if "sqlalchemy" not in sys.modules:
        return
    for bind, table in _every(app):
        where = f"tables/{bind}/{table.fullname}"
        for column in table.columns:
            yield f"{where}/{column.name}", _column(column)
        yield f"{where}/(keys)", sorted(_constraint(one) for one in table.constraints)
        yield f"{where}/(indexes)", sorted(_index(one) for one in table.indexes)


def _every(app: Any) -> Iterator[tuple[str, Any]]:
    kind: Any = vars(sys.modules["sqlalchemy"])["MetaData"]
    binds = {}
    for held in app.extensions.values():
        db = getattr(held, "db", held) if type(held).__name__ == "_SQLAlchemyState" else held
        metadatas = getattr(db, "__dict__", {}).get("metadatas")
        if isinstance(metadatas, dict):
            binds.update({id(one): bind for bind, one in metadatas.items()})
    seen = set()
    own = {
        id(one)
        for name, module in list(sys.modules.items())
        if name.startswith("sqlalchemy.")
        for one in vars(module).values()
    }
    for metadata in [one for one in gc.get_objects() if issubclass(type(one), kind) and id(one) not in own]:
        bind = binds.get(id(metadata)) or metadata.info.get("bind_key")
        for table in list(metadata.tables.values()):
            named = str(table.info.get("bind_key") or bind or DEFAULT)
            if (named, table.fullname) not in seen:
                seen.add((named, table.fullname))
                yield named, table


def _column(column: Any) -> dict[str, Any]:
    found = {
        "type": _type(column.type),
        "nullable": bool(column.nullable),
        "primary_key": bool(column.primary_key),
        "default": _default(column.default),
        "onupdate": _default(column.onupdate),
        "server_default": _default(column.server_default),
        "server_onupdate": _default(column.server_onupdate),
        "index": bool(column.index),
        "unique": bool(column.unique),
        "foreign_keys": sorted(_foreign(one) for one in column.foreign_keys),
    }
    return {name: value for name, value in found.items() if value not in (None, False, [])} | {
        "nullable": found["nullable"]
    }


def _type(kind: Any) -> str:
    return repr(kind)


def _default(default: Any) -> Any:
    if default is None:
        return None
    value = getattr(default, "arg", default)
    return f"{called(value)}()" if callable(value) else str(value)


def _foreign(key: Any) -> str:
    options = {name: getattr(key, name, None) for name in ("ondelete", "onupdate")}
    return str(key.target_fullname) + "".join(f" {name} {one}" for name, one in options.items() if one)


def _constraint(constraint: Any) -> str:
    kind = type(constraint).__name__
    columns = [str(one.name) for one in getattr(constraint, "columns", ())]
    text = str(getattr(constraint, "sqltext", ""))
    name = constraint.name if isinstance(constraint.name, str) else ""
    return " ".join(one for one in (kind, name, f"({', '.join(columns)})", text) if one)


def _index(index: Any) -> str:
    columns = ", ".join(str(getattr(one, "name", None) or one) for one in index.expressions)
    return f"{index.name} ({columns})" + (" unique" if index.unique else "")
