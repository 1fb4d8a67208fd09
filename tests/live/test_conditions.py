"""Conditions that are decided for one request."""

from __future__ import annotations

import ast
from types import ModuleType

import pytest

from keck.live.conditions import Conditions, Situation
from keck.live.references import References
from tests.live.making import make

SOURCE = """
import flask
PUBLIC = {"a.b", "c"}
LIST = ["/x", "/users/me"]
EMPTY = ()
NAMES = {"GET": True}
FLAG = False
settings = app.config
class Holder:
    conf = app.config
    config = "x"
    names = ("a.b",)
app.config["OPEN"] = ["a.b"]
app.config["OBJECT"] = object()

@app.get("/users/<name>", endpoint="a.b")
def view():
    return "x"
view.public = True

def where():
    return None
"""

CASES: dict[str, bool | None] = {
    "True": True,
    "not True": False,
    "request.method == 'GET'": True,
    "request.method != 'GET'": False,
    "request.method is not 'GET'": False,
    "request.method in {'POST', 'PUT'}": False,
    "request.method not in ['POST']": True,
    "request.method.lower() == 'get'": True,
    "request.method == 'GET' and request.endpoint == 'a.b'": True,
    "request.method == 'GET' and unknown()": None,
    "request.method == 'PUT' and unknown()": False,
    "request.method == 'GET' or unknown()": True,
    "request.method == 'PUT' or unknown()": None,
    "not unknown()": None,
    "request.endpoint in PUBLIC": True,
    "request.endpoint in Holder.names": True,
    "request.endpoint in EMPTY": False,
    "request.endpoint in current_app.config['OPEN']": True,
    "request.endpoint in app.config.get('OPEN', ())": True,
    "flask.current_app.config.get('MISSING')": False,
    "current_app.config['MISSING']": None,
    "current_app.config['OBJECT']": None,
    "app.testing or app.debug": False,
    "Holder.config.lower() == 'x'": True,
    "request.endpoint in Holder.conf['OPEN']": True,
    "settings.get('OPEN') == ['a.b']": True,
    "app.name": True,
    "app.jinja_env": None,
    "(request.endpoint or '').split('.')[0] == 'a'": True,
    "(request.endpoint and 'y') == 'y'": True,
    "(not request.endpoint) == 'y'": False,
    "request.endpoint.startswith(('a.', 'b.'))": True,
    "request.endpoint.startswith(['a.'])": True,
    "request.endpoint.frobnicate()": None,
    "request.blueprint == 'a'": True,
    "request.url_rule.rule == '/users/<name>'": True,
    "request.url_rule.endpoint": None,
    "request.path.startswith('/users')": True,
    "request.path.startswith('/admin')": False,
    "request.path.startswith('/users/me')": None,
    "request.path == '/users/me'": None,
    "request.path == '/admin'": False,
    "'/admin' != request.path": True,
    "request.path in LIST": None,
    "request.path in ['/admin']": False,
    "request.path not in ['/admin']": True,
    "request.path > '/admin'": None,
    "request.path": None,
    "any(request.path.startswith(one) for one in LIST)": None,
    "any(request.path.startswith(one) for one in ['/users'])": True,
    "any(request.path.startswith(one) for one in ['/admin'])": False,
    "all(request.path.startswith(one) for one in ['/users'])": True,
    "any(one for one in LIST if one)": None,
    "any(one for one in LIST for two in LIST)": None,
    "any(LIST)": None,
    "NAMES.get(request.method)": True,
    "NAMES[request.method]": True,
    "FLAG": False,
    "getattr(current_app.view_functions[request.endpoint], 'public', False)": True,
    "getattr(app.view_functions.get(request.endpoint), 'hidden', False)": False,
    "getattr(unknown(), 'public', False)": None,
    "getattr(app.view_functions[request.endpoint], 'public')": None,
    "len(EMPTY) == 0": True,
    "len(EMPTY, x=1)": None,
    "request.endpoint in set(LIST)": False,
    "NAMES.get(request.method, default=1)": None,
    "where()": None,
    "0 < 1": None,
    "0 < 1 < 2": None,
    "lambda: 1": None,
    "request.headers": None,
    "request.remote_addr == 'x'": None,
    "LIST[7]": None,
    "known == 'GET'": True,
    "chosen == 'GET'": True,
    "getattr(shown, 'public', False)": True,
    "getattr(found, 'public', False)": True,
}


@pytest.fixture(scope="module")
def module(tmp_path_factory: pytest.TempPathFactory) -> ModuleType:
    """A module with the names that the conditions use."""
    return make(tmp_path_factory.mktemp("conditions"), SOURCE)


@pytest.mark.parametrize("text", CASES)
def test_a_condition_is_decided_or_unknown(text: str, module: ModuleType) -> None:
    """A condition that hangs on the route alone is decided, any other is unknown."""
    references = References()
    situation = Situation(module.app, "a.b", "GET", "/users/<name>")
    conditions = Conditions(situation, lambda node: references.resolve(node, module.where), {})
    conditions.keep("known", ast.parse("'GET'", mode="eval").body)
    conditions.keep("chosen", ast.parse("request.method", mode="eval").body)
    conditions.keep("shown", ast.parse("app.view_functions['a.b']", mode="eval").body)
    conditions.keep("found", ast.parse("app.view_functions[request.endpoint]", mode="eval").body)
    conditions.keep("lost", ast.parse("unknown()", mode="eval").body)
    conditions.keep("nothing", ast.parse("app.view_functions.get('z')", mode="eval").body)
    conditions.keep("odd", ast.parse("app.config['OBJECT']", mode="eval").body)
    assert "odd" not in conditions.local
    assert "lost" not in conditions.local
    assert conditions.truth(ast.parse(text, mode="eval").body) is CASES[text]


def test_a_path_without_arguments_is_known_in_full(module: ModuleType) -> None:
    """Where a rule has no arguments its path is compared as it is."""
    references = References()
    situation = Situation(module.app, "c", "GET", "/x")
    conditions = Conditions(situation, lambda node: references.resolve(node, module.where), {})
    assert conditions.truth(ast.parse("request.path in LIST", mode="eval").body) is True
    assert conditions.truth(ast.parse("request.blueprint is None", mode="eval").body) is True
