from __future__ import annotations

import gc
import importlib.util
import sys
import types
import weakref
from collections.abc import Callable
from pathlib import Path
from unittest import mock

import pytest
from flask import Flask
from flask_caching import Cache
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_mail import Mail
from flask_sqlalchemy import SQLAlchemy
from werkzeug.local import LocalProxy

from keck.live.scan import Held, class_of, scan
from tests.live.worlds import imported, made


def held(app: Flask, module: str) -> list[Held]:
    """Return what a module holds."""
    return [one for one in scan(app).held if any(name.startswith(f"{module}:") for name in one.names)]


def test_instances_of_modules_are_found_with_every_name(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An instance is told once, with every module that holds it, the one that makes it first."""
    imported(
        monkeypatch,
        tmp_path,
        {
            "views.py": "from parts import mail\npost = mail\n",
            "parts.py": """
                import flask_mail

                mail: flask_mail.Mail = (
                    flask_mail.Mail()
                )
                """,
        },
    )
    (one,) = held(made(), "parts")
    assert (one.extension, one.name) == ("mail", "parts:mail")
    assert set(one.names) == {"parts:mail", "views:mail", "views:post"}
    assert (Path(one.spot.path), one.spot.line, one.spot.end_line) == (tmp_path / "parts.py", 3, 5)


def test_subclasses_are_found(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An instance of a class that was derived from an extension's is one of that extension."""
    text = "from flask_caching import Cache\nclass Ours(Cache): pass\nclass Side(Ours): pass\nclass Own(Ours, Cache): pass\nclass Last(Own, Side): pass\nfast = Own()\n"
    imported(monkeypatch, tmp_path, {"derived.py": text})
    (one,) = held(made(), "derived")
    assert (one.extension, one.spot.line) == ("caching", 6)


def _stranger() -> object:
    raise AssertionError("asked")


@pytest.mark.parametrize(
    "bait",
    [
        pytest.param(weakref.proxy, id="weakref proxy, which isinstance takes for one"),
        pytest.param(lambda _: mock.MagicMock(spec=Cache), id="mock with a spec"),
        pytest.param(lambda _: mock.create_autospec(Cache, instance=True), id="autospec"),
        pytest.param(lambda keep: LocalProxy(lambda: keep), id="bound LocalProxy"),
        pytest.param(lambda _: LocalProxy(_stranger), id="unbound LocalProxy"),
        pytest.param(lambda _: Cache, id="the class itself"),
        pytest.param(lambda _: types.SimpleNamespace(init_app=print), id="an object with init_app"),
    ],
)
def test_what_only_looks_like_one_is_none(bait: Callable[[Cache], object], monkeypatch: pytest.MonkeyPatch) -> None:
    """Proxies, mocks and classes are no instances, and are not asked anything."""
    keep = Cache()
    module = types.ModuleType("baits")
    vars(module)["bait"] = bait(keep)
    monkeypatch.setitem(sys.modules, "baits", module)
    app = made()
    assert held(app, "baits") == []
    assert [one.object for one in scan(app).held if one.object is keep] == [keep]


def test_modules_that_are_strange_are_passed_over(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An object in place of a module, None, and a module that loads itself when it is touched stay as they are."""
    (tmp_path / "lazily.py").write_text("raise AssertionError('loaded')", encoding="utf-8")
    spec = importlib.util.spec_from_file_location("lazily", tmp_path / "lazily.py")
    assert spec is not None
    assert spec.loader is not None
    loader = importlib.util.LazyLoader(spec.loader)
    spec.loader = loader
    lazy = importlib.util.module_from_spec(spec)
    loader.exec_module(lazy)
    monkeypatch.setitem(sys.modules, "lazily", lazy)
    monkeypatch.setitem(sys.modules, "nothing_here", None)  # what import leaves of a refusal
    monkeypatch.setitem(sys.modules, "an_object", LocalProxy(_stranger))
    scan(made())
    assert type(lazy).__name__ == "_LazyModule"


def test_one_in_a_closure_is_found(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """What only a closure holds has no name, and the place of the only call that can have made it."""
    text = """
        from flask_sqlalchemy import SQLAlchemy as Base

        class Closed(Base): pass

        def make():
            db = Closed()
            return lambda: db

        get = make()
        """
    module = imported(monkeypatch, tmp_path, {"closed.py": text})["closed"]
    (one,) = (each for each in scan(made()).held if each.object is module.get())
    assert (one.name, one.names, one.spot.line) == ("", (), 6)
    assert Path(one.spot.path) == tmp_path / "closed.py"


def test_two_in_closures_have_no_place(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Which of two calls made which of two instances nobody can tell."""
    text = """
        from flask_sqlalchemy import SQLAlchemy as Base

        class Paired(Base): pass

        both = [Paired(), Paired()]
        """
    module = imported(monkeypatch, tmp_path, {"pair.py": text})["pair"]
    spots = {each.spot.path for each in scan(made()).held if each.object in module.both}
    assert spots == {""}


def test_garbage_is_not_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """An instance that only waits for the collector is none."""
    monkeypatch.setattr(gc, "isenabled", lambda: False)
    gc.disable()
    try:
        db = SQLAlchemy()
        there = weakref.ref(db)
        db.itself = db  # type: ignore[attr-defined]  # a cycle, as its models make one
        del db
        assert there() is not None
        found = scan(made())
        assert there() is None
    finally:
        gc.enable()
    assert not any(one.object is None for one in found.held)


def test_other_apps_are_found() -> None:
    """Every other app of the process is told, and the one that was asked for is not."""
    one, other = made("one"), made("other")
    assert other in scan(one).apps
    assert one not in scan(one).apps


@pytest.mark.parametrize(
    "bind",
    [
        pytest.param(lambda app: Limiter(get_remote_address, app=app), id="kept in a set"),
        pytest.param(Cache, id="kept in a dictionary"),
        pytest.param(SQLAlchemy, id="kept itself"),
    ],
)
def test_what_the_app_holds_needs_no_collection(
    bind: Callable[[Flask], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    """An instance that nobody but the app holds is found."""
    app = made()
    bind(app)
    gc.collect()
    monkeypatch.setattr(gc, "collect", lambda: None)
    assert [one for one in scan(app).held if one.names == ()]


def test_without_flask_nothing_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where neither Flask nor an extension is loaded there is nothing to find."""
    for name in ("flask", "flask_sqlalchemy", "flask_migrate", "flask_jwt_extended", "flask_cors"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    for name in ("flask_caching", "flask_limiter", "flask_mail"):
        monkeypatch.setitem(sys.modules, name, types.ModuleType(name))
    found = scan(types.SimpleNamespace())
    assert (found.held, found.apps) == ((), ())


def test_class_of_what_is_loaded() -> None:
    """The class of an extension is its own, not one of the same name."""
    assert class_of("mail") is Mail
