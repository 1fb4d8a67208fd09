"""The Redis clients of an app are found, each once, and nothing else is."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any
from unittest.mock import Mock

import pytest
from flask import Flask
from flask_caching import Cache
from flask_jwt_extended import JWTManager
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from redis import Redis
from werkzeug.local import LocalProxy

from keck.backends import clients
from tests.backends import apps

URL = "redis://127.0.0.1:1/"


@pytest.fixture
def project(tmp_path: os.PathLike[str]) -> Iterator[Callable[..., ModuleType]]:
    """Makes modules of a project, loaded as long as the test lasts."""
    made = []

    def make(name: str, /, *, file: str = "", **things: object) -> ModuleType:
        module = ModuleType(name)
        module.__file__ = file or os.path.join(tmp_path, f"{name}.py")  # noqa: PTH118 - a text
        vars(module).update(things)
        sys.modules[name] = module
        made.append(name)
        return module

    yield make
    for name in made:
        del sys.modules[name]


def roles(app: Flask) -> list[tuple[str, list[str], bool]]:
    """Return role, names and whether the blocklist asks it, of each client."""
    return [(one.role, one.names, one.blocklist) for one in clients.held(app)]


def test_cache_and_limiter() -> None:
    """The clients of a Redis cache and of a Redis limiter are known by their role."""
    made = apps.app(CACHE_TYPE="RedisCache", CACHE_REDIS_URL=URL, RATELIMIT_STORAGE_URI=URL)
    Cache(made)
    Limiter(get_remote_address, app=made)
    assert roles(made) == [("cache", [], False), ("limiter", [], False)]


def test_cache_and_limiter_in_memory() -> None:
    """Those that keep things in memory have no client."""
    made = apps.app(CACHE_TYPE="SimpleCache", RATELIMIT_STORAGE_URI="memory://")
    Cache(made)
    Limiter(get_remote_address, app=made)
    assert roles(made) == []


def test_project_modules(project: Callable[..., ModuleType]) -> None:
    """Clients in variables, wrappers and classes of the project are found, each once with all its names."""
    one, two, three = (Redis.from_url(f"{URL}{number}") for number in range(3))

    class Store:
        """Keeps a client."""

        client = two

        def __init__(self) -> None:
            self.own = three

    project("shop_a", redis=one, Store=Store, store=Store())
    project("shop_b", again=one)
    found = {tuple(names): role for role, names, _ in roles(apps.app())}
    assert found == {
        ("shop_a:redis", "shop_b:again"): "project",
        ("shop_a:Store.client",): "project",
        ("shop_a:store.own",): "project",
    }


def test_client_of_the_cache_in_a_module(project: Callable[..., ModuleType]) -> None:
    """A client that the cache has too is the cache's, by whatever name the project has it."""
    made = apps.app(CACHE_TYPE="RedisCache", CACHE_REDIS_URL=URL)
    cache = Cache(made)
    backend: Any = made.extensions["cache"][cache]
    project("shop_a", redis=backend._write_client)  # noqa: SLF001 - the library's
    assert roles(made) == [("cache", ["shop_a:redis"], False)]


def test_app_holds_clients() -> None:
    """Clients on the app, in its config and among its extensions are found."""
    made = apps.app(SESSION_REDIS=Redis.from_url(URL))
    made.extensions["tokens"] = Redis.from_url(URL)
    made.redis = Redis.from_url(URL)  # type: ignore[attr-defined]
    names = [names for _, names, _ in roles(made)]
    assert names == [["app:redis"], ["app.config:SESSION_REDIS"], ["app.extensions:tokens"]]


def test_strangers(project: Callable[..., ModuleType]) -> None:
    """Proxies, mocks, classes, modules of libraries and things without a file are no clients, and not woken."""

    def wake() -> object:
        raise AssertionError("it was woken")

    class Odd:
        """Lies about its own dictionary."""

        @property
        def __dict__(self) -> dict[str, Any]:  # type: ignore[override]
            raise AssertionError("it was woken")

    class Slots:
        """Has none."""

        __slots__ = ()

    site = os.path.join("x", "site-packages", "lib.py")  # noqa: PTH118 - a text
    project("installed", file=site.replace(os.sep, "/"), redis=Redis.from_url(URL))
    project("builtin", file=str(os.__file__), redis=Redis.from_url(URL))
    project("shop_a", a=LocalProxy(wake), b=Mock(spec=Redis), c=Redis, d=Odd(), e=Slots(), f=sys, g=None)
    project("no_file").__file__ = None
    assert roles(apps.app()) == []


def test_no_library() -> None:
    """An app that has not loaded redis-py has no client."""
    kept = {name: sys.modules.pop(name) for name, _ in clients.CLIENTS if name in sys.modules}
    try:
        assert clients.held(apps.app()) == []
    finally:
        sys.modules.update(kept)


def test_blocklist_follows_globals(project: Callable[..., ModuleType]) -> None:
    """The callback's own code, functions that it calls, and wrappers that it uses are followed to the client."""
    made, other = apps.app(JWT_SECRET_KEY="x" * 32), Redis.from_url(URL)
    manager = JWTManager(made)
    module = project("shop_tokens", redis=Redis.from_url(URL), other=other)
    source = "def ask(key):\n    return loop(redis.get(key))\ndef loop(x):\n    return ask(x)\n"
    source += "def check(header, payload):\n    return ask(payload['jti'])\n"
    exec(compile(source, module.__file__ or "", "exec"), vars(module))  # noqa: S102 - a module of the project
    manager.token_in_blocklist_loader(module.check)
    assert roles(made) == [("project", ["shop_tokens:redis"], True), ("project", ["shop_tokens:other"], False)]


def test_blocklist_follows_closures_and_methods() -> None:
    """A client that only the callback's closure or its object has is found too."""
    made = apps.app(JWT_SECRET_KEY="x" * 32)
    manager = JWTManager(made)

    def factory() -> Callable[[Any, Any], bool]:
        def check(header: Any, payload: Any) -> bool:  # noqa: ANN401
            _ = header, unfilled
            return bool(store.get(payload))

        store = Redis.from_url(URL)
        if made.testing:
            unfilled = 1
        return check

    manager.token_in_blocklist_loader(factory())
    assert roles(made) == [("project", [], True)]

    class Blocklist:
        """Asks a client of its own."""

        def __init__(self) -> None:
            self.store = Redis.from_url(URL)

        def check(self, header: Any, payload: Any) -> bool:  # noqa: ANN401
            return bool(self.store.get(payload or header))

    manager.token_in_blocklist_loader(Blocklist().check)
    assert roles(made) == [("project", [], True)]
    kept = Blocklist()

    def ask(header: Any, payload: Any) -> bool:  # noqa: ANN401
        return kept.check(header, payload)

    manager.token_in_blocklist_loader(ask)
    assert roles(made) == [("project", [], True)]


def test_blocklist_without_redis() -> None:
    """The default callback, and one of a database, refer to no client."""
    made = apps.app(JWT_SECRET_KEY="x" * 32)
    manager = JWTManager(made)
    assert roles(made) == []
    manager.token_in_blocklist_loader(lambda header, payload: bool(header and payload))
    assert roles(made) == []
    manager.token_in_blocklist_loader(Mock())
    assert roles(made) == []
