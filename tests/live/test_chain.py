"""The chain of a view, through wrappers of every kind."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
from werkzeug.local import LocalProxy

from keck.live.chain import Link, chain, is_callable, methods, view_class
from keck.live.wrappers import qualified, table
from tests.live.making import kinds, make, only

SOURCE = """
class Require:
    def __init__(self, role):
        self.role = role

    def __call__(self, fn):
        @wraps(fn)
        def inner(*args, **kwargs):
            if session.get("role") != self.role:
                abort(403)
            return fn(*args, **kwargs)
        return inner

    def bare(self, fn):
        def inner(*args, **kwargs):
            if session.get("role") != self.role:
                abort(403)
            return fn(*args, **kwargs)
        return inner

class Held:
    def __init__(self, fn):
        functools.update_wrapper(self, fn)
        self.other = print
        self.fn = fn

    def __call__(self, *args, **kwargs):
        return self.fn(*args, **kwargs)

class Box:
    def __init__(self, fn):
        self.fn = fn

def boxed(fn):
    box = Box(fn)
    @wraps(fn)
    def inner(*args, **kwargs):
        return box.fn(*args, **kwargs)
    return inner

def checked_by(check):
    def decorate(fn):
        @wraps(fn)
        def inner(*args, **kwargs):
            if not check():
                abort(401)
            return fn(*args, **kwargs)
        return inner
    return decorate

def named(check):
    def decorate(view):
        def inner(number=1):
            check()
            return view(number)
        return inner
    return decorate

def forgets(fn, log):
    @wraps(log)
    def inner(*args, **kwargs):
        return fn(*args, **kwargs)
    return inner

def ensured(fn):
    @wraps(fn)
    def inner(*args, **kwargs):
        return current_app.ensure_sync(fn)(*args, **kwargs)
    return inner

def twice(fn):
    again = jwt_required()(fn)
    @wraps(fn)
    def inner(*args, **kwargs):
        return again(*args, **kwargs) if request.args else fn(*args, **kwargs)
    return inner

def once(fn):
    again = jwt_required()(fn)
    @wraps(fn)
    def inner(*args, **kwargs):
        return fn(*args, **kwargs) if again else None
    return inner

def synced(target, check):
    def inner(*args, **kwargs):
        check()
        return current_app.ensure_sync(target)(*args, **kwargs)
    return inner

def by_method(bound, check):
    @wraps(bound.__func__)
    def inner(*args, **kwargs):
        check()
        return bound(*args, **kwargs)
    return inner

class Service:
    def plain(self):
        return "x"

exec(
    "def generated(fn, log):\\n    def inner(*args, **kwargs):\\n"
    "        log()\\n        return fn(*args, **kwargs)\\n    return inner"
)

def unset(fn):
    def inner(*args, **kwargs):
        return fn(*args, **kwargs) or missing
    if False:
        missing = 1
    return inner

def check():
    return "user" in session

def plain(number=1):
    return "x"

guarded = jwt_required()(plain)
VIEW = EXPRESSION
app.add_url_rule("/x", "x", VIEW)
"""

CASES = {
    "plain": ["body"],
    "guarded": ["jwt", "body"],
    "Require('a')(guarded)": ["own", "jwt", "body"],
    "Require('a').bare(guarded)": ["own", "jwt", "body"],
    "Held(guarded)": ["own", "jwt", "body"],
    "boxed(guarded)": ["own", "jwt", "body"],
    "checked_by(check)(guarded)": ["own", "jwt", "body"],
    "named(check)(guarded)": ["own", "jwt", "body"],
    "forgets(guarded, check)": ["own", "jwt", "body"],
    "ensured(guarded)": ["own", "jwt", "body"],
    "once(plain)": ["own", "body"],
    "synced(guarded, check)": ["own", "jwt", "body"],
    "by_method(Service().plain, check)": ["own", "body"],
    "generated(guarded, check)": ["own", "jwt", "body"],
    "twice(plain)": ["own", "body"],
    "unset(guarded)": ["own", "jwt", "body"],
    "functools.lru_cache(guarded)": ["own", "jwt", "body"],
    "functools.singledispatch(guarded)": ["own", "jwt", "body"],
    "partial(partial(guarded), number=2)": ["jwt", "body"],
    "staticmethod(guarded)": ["jwt", "body"],
    "jwt_required()(jwt_required(fresh=True)(plain))": ["jwt", "jwt", "body"],
}


@pytest.mark.parametrize("expression", CASES)
def test_what_is_called_is_followed(expression: str, tmp_path: Path) -> None:
    """Wrappers are followed by what they call, whatever they have copied of what they wrap."""
    module = make(tmp_path, SOURCE.replace("EXPRESSION", expression))
    route = only(module.app)
    assert (kinds(route), route.unseen) == (CASES[expression], "")
    assert route.name.rpartition(".")[2] == "plain"


CLASSES = """
class Decorated(MethodView):
    decorators = [jwt_required()]

    def get(self):
        return "x"

class Kept(MethodView):
    init_every_request = False

    @jwt_required()
    def get(self):
        return "x"

class Plain(View):
    def dispatch_request(self):
        return "x"

class Dispatched(MethodView):
    @jwt_required()
    def dispatch_request(self, **kwargs):
        return super().dispatch_request(**kwargs)

    def get(self):
        return "x"

class Alone(MethodView):
    def dispatch_request(self):
        return "x"

    def get(self):
        return "never"

class Lacking(MethodView):
    methods = ["GET"]

def hidden(view):
    return partial(view)

class Partly(MethodView):
    decorators = [hidden]

    def get(self):
        return "x"

app.add_url_rule("/x", view_func=NAME.as_view("x"))
"""

DISPATCHES = {
    "Decorated": (["jwt", "view", "body"], "Decorated.get", ""),
    "Kept": (["view", "jwt", "body"], "Kept.get", ""),
    "Plain": (["view", "body"], "Plain.dispatch_request", ""),
    "Dispatched": (["view", "jwt", "own", "body"], "Dispatched.get", ""),
    "Alone": (["view", "body"], "Alone.dispatch_request", ""),
    "Partly": (["view", "body"], "Partly.get", ""),
    "Lacking": (["view"], "Lacking", "`Lacking` has no method `get`"),
}


@pytest.mark.parametrize("name", DISPATCHES)
def test_classes_are_followed_to_the_method(name: str, tmp_path: Path) -> None:
    """A class leads to the function of the method, or to its own dispatch."""
    module = make(tmp_path, CLASSES.replace("NAME", name))
    route = only(module.app)
    expected, inner, unseen = DISPATCHES[name]
    assert (kinds(route), route.unseen) == (expected, unseen)
    assert route.name.endswith(inner) or unseen


def test_head_is_answered_by_get(tmp_path: Path) -> None:
    """A class without `head` answers HEAD with `get`."""
    module = make(tmp_path, CLASSES.replace("NAME", "Kept"))
    found = chain(module.app.view_functions["x"], table())
    assert [one.kind for one in methods(found.innermost, "HEAD", table()).links] == ["jwt", "body"]


def test_a_class_that_cannot_be_found() -> None:
    """A dispatch that leads to no class is said to."""
    link = Link(len, None, "view", "view")
    assert view_class(link) is None
    assert methods(link, "GET", table()).unseen == "its class could not be found"


def test_a_chain_without_end() -> None:
    """More wrappers than anybody writes are left off, and that is said."""
    view: Any = len
    for _ in range(60):
        view = functools.partial(lambda fn: fn, view)
        view = functools.wraps(view.args[0], assigned=())(functools.lru_cache(view))
    assert chain(view, table()).unseen


def test_proxies_mocks_and_classes_are_no_wrappers() -> None:
    """What only looks as if it could be called is not taken for a view."""

    def unbound() -> object:
        raise RuntimeError("no object is bound")

    for value in (LocalProxy(unbound), Mock(), int, 1, "x"):
        assert not is_callable(value)
    for function in (len, unbound, functools.partial(len)):
        assert is_callable(function)


def test_names() -> None:
    """Objects are named by their function or their class."""
    assert qualified(functools.partial(Path.exists)) == "pathlib.Path.exists"
    assert qualified(Path("x").exists) == "pathlib.Path.exists"
    assert qualified(Path("x")) in {"pathlib.PosixPath", "pathlib.WindowsPath"}
    assert qualified(Path) == "pathlib.Path"
    assert qualified(len) == "builtins.len"


def test_jwt_required_that_is_not_called_shows_its_view(tmp_path: Path) -> None:
    """`jwt_required` without parentheses takes the view for an option: it is followed, and is not taken for a guard's own."""
    module = make(
        tmp_path,
        """
        @app.get("/x")
        @jwt_required
        def x(): return {}

        class Y(MethodView):
            method_decorators = [jwt_required]
            def get(self): return {}

        app.add_url_rule("/y", view_func=Y.as_view("y"))
        """,
    )
    bare, listed = only(module.app, "/x"), only(module.app, "/y")
    assert kinds(bare) == ["own", "body"]
    assert bare.name.endswith(".x")
    assert (listed.layers[-2].kind, listed.layers[-2].name) == ("own", "flask_jwt_extended.jwt_required")
