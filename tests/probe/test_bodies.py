"""Bodies are found behind every kind of wrapper, and cut: none of them runs."""

# ruff: noqa: ANN401 - hooks and fakes of libraries

from __future__ import annotations

import asyncio
import functools
from collections.abc import Callable
from dataclasses import replace
from typing import Any, cast

import flask_restful  # type: ignore[import-untyped]  # it has no types
import pytest
from apiflask import APIFlask, Schema
from apiflask.fields import Integer
from flask import Blueprint, Flask, jsonify, make_response
from flask.views import MethodView, View
from flask_smorest import Api as Smorest  # type: ignore[import-untyped]  # as above
from flask_smorest import Blueprint as SmorestBlueprint

from keck.probe import probe
from keck.probe.bodies import Mark, cut, find
from tests.probe.apps import by_endpoint, probed, routes

REACHED = {"status": 200, "reached": True}


def _reached(app: Flask) -> dict[str, dict[str, Any]]:
    """Return what each endpoint answered to nobody in particular."""
    return {name: asked["anonymous"] for name, asked in by_endpoint(probed(app)).items()}


def _body(*_: Any, **__: Any) -> Any:
    raise AssertionError("the body ran")


def _plain(view: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(view)
    def wrapper(*args: Any, **options: Any) -> Any:
        return view(*args, **options)

    return wrapper


def _json(view: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(view)
    def wrapper(*args: Any, **options: Any) -> Any:
        return jsonify(done=bool(view(*args, **options)))

    return wrapper


def _header(view: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(view)
    def wrapper(*args: Any, **options: Any) -> Any:
        answer = make_response(view(*args, **options))
        answer.headers["X-Own"] = "1"
        return answer

    return wrapper


def _broken(view: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(view)
    def wrapper(*args: Any, **options: Any) -> Any:
        return view(*args, **options)["a"]

    return wrapper


class _Items(MethodView):
    """A class with a method for each of two."""

    decorators = [_plain]  # noqa: RUF012 - as Flask types it

    def get(self, number: int) -> str:
        """Fail."""
        raise AssertionError(number)

    @_header
    def post(self, number: int) -> str:
        """Fail, too."""
        raise AssertionError(number)


class _Page(View):
    """A class with one method for all."""

    def dispatch_request(self) -> str:
        """Fail."""
        raise AssertionError


def test_flask() -> None:
    """Functions, closures, wrapped ones, methods and classes are cut; what a wrapper makes of the answer is its own."""
    app, blueprint = Flask("bodies"), Blueprint("shop", __name__, url_prefix="/shop")

    def closure(name: str) -> Callable[[], str]:
        def view() -> str:
            raise AssertionError(name)

        return view

    class Shop:
        def list(self) -> str:
            raise AssertionError

    views: dict[str, Any] = {
        "function": lambda: _body("function"),
        "closure": closure("a"),
        "wrapped": _plain(_header(closure("b"))),
        "json": _json(closure("c")),
        "partial": functools.partial(lambda number: _body(number, "partial"), 1),
        "method": Shop().list,
        "class": _Page.as_view("class"),
    }
    for name, view in views.items():
        app.add_url_rule(f"/{name}", name, view)
    blueprint.add_url_rule("/<int:number>", view_func=_Items.as_view("items"))
    app.register_blueprint(blueprint)
    expected = ["function", "closure", "wrapped", "json", "partial", "method", "class", "shop.items", "shop.items POST"]
    assert _reached(app) == dict.fromkeys(expected, REACHED)


def test_a_wrapper_that_wants_another_answer() -> None:
    """That the body was reached is known also where a wrapper stumbles over what stands in for it."""
    app = Flask("bodies")
    app.add_url_rule("/", "view", _broken(lambda: _body("broken")))
    got = _reached(app)["view"]
    assert (got["status"], got["reached"]) == (500, True)


def test_restful() -> None:
    """A resource of flask-restful."""
    app = Flask("bodies")

    class Items(flask_restful.Resource):  # type: ignore[misc]  # it has no types
        method_decorators = (_plain,)

        def get(self) -> Any:
            raise AssertionError

    flask_restful.Api(app).add_resource(Items, "/items")
    assert _reached(app) == {"items": REACHED}


class _Item(Schema):
    number = Integer()


def test_apiflask() -> None:
    """A view of APIFlask, behind its own decorators for what comes in and goes out."""
    app = APIFlask("bodies", enable_openapi=False)

    @app.get("/items")
    @app.output(_Item(many=True))
    def items() -> Any:
        raise AssertionError

    assert _reached(app) == {"items": REACHED}


def test_smorest() -> None:
    """A view of flask-smorest, a function and a class."""
    app = Flask("bodies")
    app.config.update(API_TITLE="a", API_VERSION="1", OPENAPI_VERSION="3.0.2")
    blueprint = SmorestBlueprint("shop", __name__)

    class Items(MethodView):
        get = blueprint.response(200, _Item(many=True))(lambda self: _body(self, "get"))

    blueprint.route("/items")(Items)
    blueprint.route("/item", endpoint="item")(blueprint.response(200, _Item)(lambda: _body("item")))
    Smorest(app).register_blueprint(blueprint)
    got = _reached(app)
    assert {name: got[name] for name in ("shop.Items", "shop.item")} == {"shop.Items": REACHED, "shop.item": REACHED}


def test_coroutine() -> None:
    """A coroutine stays one, so that whatever awaits it can."""

    async def view(number: int = 1) -> str:
        raise AssertionError(number)

    mark = Mark(lambda *_: "answer")
    cut(cast("Any", view), mark)
    assert asyncio.run(view()) == "answer"
    assert mark.count == 1
    assert view.__qualname__.endswith("view")


def test_not_asked() -> None:
    """What has no body that can be cut alone is not asked, and says why."""
    app = Flask("bodies")

    def shared() -> str:
        raise AssertionError

    app.add_url_rule("/built-in", "built-in", cast("Any", len))
    app.add_url_rule("/alone", "alone", shared)
    app.add_url_rule("/wrapped", "wrapped", _plain(_plain(shared)))
    app.add_url_rule("/wrapper", "wrapper", _One.as_view("wrapper"))
    app.add_url_rule("/around", "around", _Two.as_view("around"))
    app.add_url_rule("/file", "file", app.send_static_file)
    known = {one.endpoint: one for one in routes(app)}
    asked = [
        *known.values(),
        replace(known["alone"], path=None, rule="/<any>"),
        replace(known["alone"], endpoint="gone"),
    ]
    why = {row.route.endpoint + row.route.rule: row.why for row in find(app, asked)}
    assert why == {
        "static/static/<path:filename>": "it serves files",
        "built-in/built-in": "`builtins.len` is not written in Python",
        "alone/alone": "",
        "wrapped/wrapped": "",
        "wrapper/wrapper": "`_Dispatching.dispatch_request` is a wrapper of another route",
        "around/around": "",
        "file/file": "`Flask.send_static_file` serves other routes too",
        "alone/<any>": "no path could be made for it",
        "gone/alone": "it has no view function",
    }
    got = probe(app, tuple(asked), each=1.0)
    assert [one.endpoint for one in got.routes if one.asked] == ["alone", "wrapped", "around"]


class _Dispatching:
    """A base that hands on to a method by its name."""

    def dispatch_request(self) -> Any:
        """Hand on."""
        return getattr(self, "get")()  # noqa: B009 - as such bases do


class _One(_Dispatching, View):
    """A class for which that is the end."""


class _Two(_Dispatching, MethodView):  # type: ignore[misc]  # as such bases are typed, if at all
    """A class for which it is a wrapper."""

    def get(self) -> str:
        """Fail."""
        raise AssertionError


@pytest.mark.parametrize("count", [1, 3])
def test_closures_of_one_function(count: int) -> None:
    """Each function that one `def` makes is cut for itself."""
    mark = Mark(lambda *_: "answer")

    def make(number: int) -> Callable[[], int]:
        return lambda: number

    made = [make(number) for number in range(count)]
    cut(made[0], mark)  # type: ignore[arg-type]  # a function it is
    assert [one() for one in made] == ["answer", *range(1, count)]
