"""Databases of an app that is booted for a proof: no server, and of SQLite files copies.

Every engine of SQLAlchemy for a server gets a stand-in (`keck.proof.stand_in`), and keeps its URL for whoever asks it. A
SQLite file outside of the copy is copied when it is opened.
"""

# ruff: noqa: ANN401 - objects of SQLAlchemy are what they are

from __future__ import annotations

import hashlib
import os
import shutil
import sqlite3
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

from keck.proof import drivers, stand_in
from keck.proof.afterwards import Afterwards

_FILES = {"", "pysqlite", "pysqlite_numeric", "aiosqlite", "pysqlcipher"}
_KEPT = ("future", "execution_options", "json_serializer", "json_deserializer", "query_cache_size", "paramstyle")
_PLACES = ("sqlalchemy", "sqlalchemy.engine", "sqlalchemy.engine.create", "sqlalchemy.ext.asyncio.engine")


class Databases:
    """The databases of one boot.

    Args:
        writable: the folders below which a SQLite file is used as it is.
        folder: where others are copied to.

    Attributes:
        made: of each engine for a server, in order: its URL without a password, and the options it was made with.
    """

    def __init__(self, writable: Sequence[str], folder: str) -> None:
        self.writable = [os.path.realpath(one) for one in writable]
        self.folder = folder
        self.made: list[tuple[str, dict[str, Any]]] = []
        self._connections: dict[str, stand_in.Connection] = {}

    def part(self) -> None:
        """Part the app from its databases, from now on and for whatever it imports."""
        real = sqlite3.connect

        def connect(database: Any, *args: Any, **options: Any) -> Any:
            return real(self.file(database, uri=bool(options.get("uri"))), *args, **options)

        for module in (sqlite3, sqlite3.dbapi2):
            vars(module)["connect"] = connect
        changes = {"sqlalchemy": self.replace, "alembic.command": self.migrate, "alembic.operations.base": self.operate}
        Afterwards({**changes, **drivers.changes()}).begin()

    def replace(self, _: Any) -> None:
        """Replace `create_engine` wherever SQLAlchemy has it."""
        real = vars(sys.modules["sqlalchemy"])["create_engine"]

        def create_engine(url: Any, *args: Any, **options: Any) -> Any:
            return self.engine(real, url, *args, **options)

        create_engine.__wrapped__ = real  # type: ignore[attr-defined]
        for place in _PLACES:
            names = vars(sys.modules[place]) if place in sys.modules else {}
            for name in ("create_engine", "_create_engine"):
                if names.get(name) is real:
                    names[name] = create_engine

    def migrate(self, module: Any) -> None:
        """Let migrations alone where a server has a stand-in: that has every table already."""

        def without(real: Callable[..., Any]) -> Callable[..., Any]:
            return lambda *args, **options: None if self.made else real(*args, **options)

        vars(module).update({name: without(vars(module)[name]) for name in ("upgrade", "downgrade", "stamp")})

    def operate(self, module: Any) -> None:
        """Let a single operation of a migration alone where a server has a stand-in and SQLite cannot do it."""
        for kind in [one for one in vars(module).values() if isinstance(one, type) and "invoke" in vars(one)]:
            real = vars(kind)["invoke"]

            def invoke(operations: Any, operation: Any, real: Callable[..., Any] = real) -> Any:
                with suppress(*([Exception] if self.made else [])):
                    return real(operations, operation)

            kind.invoke = invoke  # type: ignore[attr-defined]

    def engine(self, real: Callable[..., Any], url: Any, *args: Any, **options: Any) -> Any:
        """Return the engine that an app gets: its own for a file, one for a stand-in for a server."""
        sqlalchemy: Any = sys.modules["sqlalchemy.engine.url"]
        made = sqlalchemy.make_url(url)
        backend, _, driver = str(made.drivername).partition("+")
        if backend == "sqlite" and driver in _FILES:
            return real(url, *args, **options)
        self.made.append((_shown(made), options))
        key = _whole(made)
        if key not in self._connections:
            self._connections[key] = stand_in.connection()
        held = self._connections[key]
        pool = vars(sys.modules["sqlalchemy.pool"])["StaticPool"]
        kept = {name: options[name] for name in _KEPT if name in options}
        engine = real("sqlite://", creator=lambda: held, poolclass=pool, **kept)
        stand_in.lenient(engine.dialect)
        held.dialect = held.dialect or engine.dialect
        if options.get("_is_async"):
            stand_in.awaited(engine)
        engine.url = made
        return engine

    def file(self, database: Any, *, uri: bool) -> Any:
        """Return what is opened for a SQLite database: itself, or the copy of a file that lies outside."""
        try:
            name = os.fsdecode(database)
        except TypeError:
            return database
        is_uri = uri and name.startswith("file:")
        path, query = name, ""
        if is_uri:
            path, _, query = name.removeprefix("file:").partition("?")
            path = unquote(path.removeprefix("//"))
        if path in {"", ":memory:"} or "mode=memory" in query:
            return database
        real = os.path.realpath(path)
        if any(real.startswith(one + os.sep) for one in self.writable):
            return database
        copy = str(self._copied(Path(real)))
        return f"file:{quote(copy)}?{query}" if is_uri else copy

    def _copied(self, real: Path) -> Path:
        folder = Path(self.folder, hashlib.sha256(str(real).encode()).hexdigest()[:12])
        copy = folder / real.name
        if not folder.exists():
            folder.mkdir(parents=True)
            for end in ("", "-wal", "-journal"):
                with suppress(OSError):
                    shutil.copyfile(f"{real}{end}", f"{copy}{end}")
        return copy


def _shown(url: Any) -> str:
    """Return a URL without its password; SQLAlchemy 1.3 writes it another way."""
    return str(url.render_as_string(hide_password=True)) if hasattr(url, "render_as_string") else repr(url)


def _whole(url: Any) -> str:
    return str(url.render_as_string(hide_password=False)) if hasattr(url, "render_as_string") else str(url)
