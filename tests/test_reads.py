from __future__ import annotations

import pytest

from keck.project import Project
from keck.project.database import reads_database
from keck.project.reads import identity_parameters
from tests.support import project

HEAD = """\
from functools import partial
from flask import Flask, g, request, session
from flask_login import current_user
from flask_sqlalchemy import SQLAlchemy
from werkzeug.local import LocalProxy
import other
db = SQLAlchemy()
class Tea(db.Model):
    id = db.Column(db.Integer, primary_key=True)
def helper(): return request.host
def both(flag): return helper if flag else other.thing
me = LocalProxy(helper)
plain = LocalProxy()
shown = str(1)
LAMBDA = lambda: session["uid"]
"""


def world(body: str, **more: str) -> Project:
    """Return a project whose app has a function ``f`` with this body."""
    return project({"app.py": f"{HEAD}def f(a):\n    {body}\n"} | {f"{name}.py": text for name, text in more.items()})


def reads(body: str) -> list[tuple[str, str]]:
    """Return what ``f`` reads: kind and name."""
    made = world(body)
    return [(one.kind, one.name) for one in made.reads.of(made.names.modules["app.py"], "f")]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("return request.args['x']", [("args", "request.args")]),
        ("return request.get_json()", [("body", "request.get_json")]),
        ("return request.method", [("method", "request.method")]),
        ("return helper()", [("host", "request.host")]),
        ("return [helper(), session]", [("personal", "session"), ("host", "request.host")]),
        ("a[request.host] = 1", [("host", "request.host")]),
        ("if request.host: pass\n    else: pass", [("host", "request.host")]),
        ("return (yield request.host)", [("host", "request.host")]),
        ("request.host += 'x'", []),
        ("def g(): return request.host", [("host", "request.host")]),
        ("return request.path", []),
        ("return request", []),
        ("return me.x", []),
        ("return plain.x", []),
        ("return shown.x", []),
        ("return other.current_user", [("personal", "current_user")]),
        ("return unknown.current_user", []),
        ("return a.current_user", []),
        ("return getattr(request, 'host')", [("host", "request.host")]),
        ("return getattr(request, a)", []),
        ("return other.log(1)(request.host)", [("host", "request.host")]),
        ("return other.info(request.host)", [("host", "request.host")]),
        ("return (lambda: 1)()", []),
        ("return g.unseen", []),
        ("return [g.user, g.user.id]", [("personal", "g.user"), ("personal", "g.user")]),
    ],
)
def test_what_is_read_of_the_request_is_told(body: str, expected: list[tuple[str, str]]) -> None:
    """Reads are told by kind and name, own ones first; writes, other names and what is logged are not."""
    assert reads(body) == expected


def test_a_read_knows_its_place_and_is_kept() -> None:
    """A read says where it stands, and asking twice gives the same."""
    made = world("return request.host")
    module = made.names.modules["app.py"]
    (one,) = made.reads.of(module, "f")
    assert one.place.line == HEAD.count("\n") + 2
    assert made.reads.own(module, "f") is made.reads.own(module, "f")


@pytest.mark.parametrize(
    ("expr", "kinds"),
    [
        ("helper", ["host"]),
        ("partial(helper)", ["host"]),
        ("lambda: helper()", ["host"]),
        ("lambda: request.method", ["method"]),
        ("LAMBDA", ["personal"]),
        ("both(1)", None),
        ("other.thing", None),
        ("a", None),
        ("print()", None),
        ("partial()", None),
    ],
)
def test_a_function_given_as_an_argument_is_followed(expr: str, kinds: list[str] | None) -> None:
    """Names, partials and lambdas are followed; what may be any function is unknown."""
    made = world(f"return use({expr})")
    module = made.names.modules["app.py"]
    (call,) = (one for one in module.calls("f") if getattr(one.func, "name", "") == "use")
    found = made.reads.of_callable(module, "f", call.args[0])
    assert (None if found is None else [one.kind for one in found]) == kinds


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("return Tea.query.all()", True),
        ("return db.session.get(Tea, 1)", True),
        ("return db.engine.url", True),
        ("return a.execute('x').fetchall()", True),
        ("def g(): return a.scalars()\n    return g", True),
        ("return a.query", False),
        ("return other.db.get(1)", False),
        ("return helper.name.more", False),
        ("return 1", False),
    ],
)
def test_reading_the_database_is_known(body: str, expected: bool) -> None:
    """Models, the extension's attributes and calls that run statements read the database; other things do not."""
    made = world(body)
    models = frozenset(made.models)
    assert reads_database(made.reach, made.names.modules["app.py"], "f", models) is expected


def test_parameters_that_stand_for_the_caller_are_known() -> None:
    """A parameter named for the caller is one, unless the URL has it."""
    made = project("def f(current_user, user, number, claims): ...\n")
    function = made.names.modules["app.py"].functions["f"]
    assert identity_parameters(function, ()) == ["current_user", "user", "claims"]
    assert identity_parameters(function, ("/<int:user>", "/<claims>")) == ["current_user"]
