"""The guard before `create_all()` and `drop_all()`: they reach the database that the app's config names, or none.

Flask-SQLAlchemy 3 makes its engines in `init_app()`. A suite that calls the factory and only then writes the URI of its
own database into the config still has the engine of the first one, and `drop_all()` empties that.

The guard asks about engines that `init_app()` made. One that the suite has put in their place is there on purpose.
"""

from __future__ import annotations

import gc
import warnings
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from types import ModuleType
from typing import TYPE_CHECKING, Any

from keck.testing import WrongDatabase
from keck.testing.naming import configured, database, shown
from keck.testing.replacing import Method, Replaced

if TYPE_CHECKING:
    from flask import Flask
    from sqlalchemy import Engine

DOES = {"drop_all": "drop the tables of", "create_all": "make tables in"}


@dataclass(frozen=True)
class Made:
    """For what `init_app()` made an engine.

    Args:
        db: the `SQLAlchemy` object.
        app: the app.
        key: the bind; None for the default one.
    """

    db: weakref.ref[Any]
    app: weakref.ref[Flask]
    key: str | None


class Guard:
    """Looks at each `create_all()` and `drop_all()`.

    Args:
        mode: asked at each call: ``error``, ``warn`` or ``off``.
    """

    def __init__(self, mode: Callable[[], str]) -> None:
        self._mode = mode
        self._made: weakref.WeakKeyDictionary[Engine, Made] = weakref.WeakKeyDictionary()
        self._replaced = Replaced()
        self._judged = ContextVar("judged", default=False)

    def attach(self, module: ModuleType) -> None:
        """Guard what `flask_sqlalchemy` brings; before 3.0 it makes engines anew when the config changes."""
        owner = getattr(module, "SQLAlchemy", None)
        if not isinstance(owner, type) or not hasattr(owner, "_make_engine"):
            return
        from sqlalchemy import MetaData

        self._replaced.replace(owner, "init_app", self._noting)
        for name in DOES:
            self._replaced.replace(owner, name, self._guarding_db)
            self._replaced.replace(MetaData, name, self._guarding_metadata)

    def catch_up(self, module: ModuleType) -> None:
        """Note the engines of objects that were there before the guard."""
        owner = getattr(module, "SQLAlchemy", None)
        for one in gc.get_objects():
            if owner in type(one).__mro__:
                self._note(one)

    def detach(self) -> None:
        """Leave things as they were."""
        self._replaced.restore()

    def _noting(self, init_app: Method) -> Method:
        def noting(db: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - whatever it takes and returns
            result = init_app(db, *args, **kwargs)
            self._note(db)
            return result

        return noting

    def _note(self, db: Any) -> None:  # noqa: ANN401 - of a library that we do not import
        """Note the engines that an object has made for its apps; those that it had before are known."""
        for app, engines in list(vars(db).get("_app_engines", {}).items()):
            for key, engine in engines.items():
                self._made.setdefault(engine, Made(weakref.ref(db), weakref.ref(app), key))

    def _guarding_db(self, method: Method) -> Method:
        def guarded(db: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - as it takes and returns
            __tracebackhide__ = True
            from flask import has_app_context

            if has_app_context():
                keys = kwargs.get("bind_key", args[0] if args else "__all__")
                self._judge(method.__name__, _engines(db, keys))
            with self._passing():
                return method(db, *args, **kwargs)

        return guarded

    def _guarding_metadata(self, method: Method) -> Method:
        def guarded(metadata: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - as it takes and returns
            __tracebackhide__ = True
            if not self._judged.get():
                engine = getattr(kwargs.get("bind", args[0] if args else None), "engine", None)
                self._judge(method.__name__, [engine])
            return method(metadata, *args, **kwargs)

        return guarded

    @contextmanager
    def _passing(self) -> Iterator[None]:
        token = self._judged.set(True)
        try:
            yield
        finally:
            self._judged.reset(token)

    def _judge(self, name: str, engines: list[Any]) -> None:
        """Warn of the engines that are not those that the config names, or raise."""
        __tracebackhide__ = True
        mode = self._mode()
        wrong = [] if mode == "off" else [text for one in engines if (text := self._wrong(one))]
        if not wrong:
            return
        text = (
            f"{name}() would {DOES[name]} {', and of '.join(wrong)}. "
            "The engine was made by init_app(), which reads the config once: "
            "give create_app() the config of the tests, so that it is set before."
        )
        if mode == "error":
            raise WrongDatabase(f"Keck refuses it: {text}")
        warnings.warn(WrongDatabase(text), stacklevel=3)

    def _wrong(self, engine: Any) -> str:  # noqa: ANN401 - an engine of any kind, or none
        """Return which database an engine has and which one the config names; empty where they are the same."""
        made = _get(self._made, vars(engine).get("_proxied", engine)) if hasattr(engine, "__dict__") else None
        app = None if made is None else made.app()
        if made is None or app is None:
            return ""
        named = configured(app, made.db(), made.key)
        if named is None or database(named, app) == database(engine.url, app):
            return ""
        bind = "" if made.key is None else f" for the bind `{made.key}`"
        used, now = shown(engine.url, app), shown(named, app)
        differ = " (the passwords differ)" if used == now else ""
        return f"{used}, while the config of `{app.name}` now names {now}{bind}{differ}"


def _get(made: weakref.WeakKeyDictionary[Engine, Made], engine: Any) -> Made | None:  # noqa: ANN401 - see `_wrong`
    try:
        return made.get(engine)
    except TypeError:  # a stand-in that cannot be hashed, or not be referred to
        return None


def _engines(db: Any, keys: Any) -> list[Any]:  # noqa: ANN401 - of a library that we do not import
    """Return the engines that a call with these bind keys comes to; one that is missing is for the call to tell."""
    try:
        engines = db.engines
    except RuntimeError:  # the app is not bound to it
        return []
    if keys == "__all__":
        keys = list(db.metadatas)
    return [engines[key] for key in ([keys] if keys is None or isinstance(keys, str) else keys) if key in engines]
