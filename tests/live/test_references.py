"""What code refers to, by the names by which it is known."""

from __future__ import annotations

from pathlib import Path

import pytest

from keck.live.references import References, called
from tests.live.making import make, only

SOURCE = """
import flask
import flask_jwt_extended
import flask_jwt_extended as tokens
import flask_mail
from flask_jwt_extended import get_jwt_identity as who
from werkzeug.local import LocalProxy

mail = flask_mail.Mail()
cache = Cache()
lost = LocalProxy(lambda: missing)

class Service:
    def __init__(self):
        self.held = helper

    def find(self):
        return get_jwt_identity()

    @classmethod
    def all(cls):
        return session["x"]

    @staticmethod
    def none():
        return request.cookies

    @property
    def lazy(self):
        raise RuntimeError

def helper():
    return deep()

service = Service()

def deep():
    return get_jwt()

def again():
    return again() or helper()

@cache.memoize(5)
def kept():
    return current_user

def outer():
    inner = helper
    found = service
    def view():
        return inner(), found.find()
    return view

@app.get("/x")
def view():
    return BODY
"""

CASES = {
    "get_jwt_identity()": ["get_jwt_identity"],
    "who()": ["get_jwt_identity"],
    "flask_jwt_extended.get_jwt()": ["get_jwt"],
    "tokens.current_user.name": ["current_user"],
    "request.args.get('x')": ["request.args"],
    "flask.request.headers": ["request.headers"],
    "request.get_json()": ["request.json"],
    "request.unheard_of": ["request"],
    "request": ["request"],
    "session['x'], g.user": ["g", "session"],
    "[one for one in request.files]": ["request.files"],
    "create_access_token(identity=1)": ["create_access_token"],
    "mail.send(1)": ["mail.send"],
    "cache.clear()": ["cache.clear"],
    "helper()": ["get_jwt"],
    "again()": ["get_jwt"],
    "kept()": ["current_user"],
    "service.find()": ["get_jwt_identity"],
    "service.held()": ["get_jwt"],
    "service.lazy": [],
    "Service.all()": ["session"],
    "Service.none()": ["request.cookies"],
    "outer()": ["get_jwt"],
    "lost.anything": [],
    "unheard_of": [],
    "''.join(['a'])": [],
    "len(str(1))": [],
    "Service": [],
}


@pytest.mark.parametrize("body", CASES)
def test_names_are_resolved_in_the_live_app(body: str, tmp_path: Path) -> None:
    """A name is known by what it stands for, through modules, aliases, helpers, methods and closures."""
    module = make(tmp_path, SOURCE.replace("BODY", body))
    assert list(only(module.app).reads) == CASES[body]


def test_names_of_functions_without_source(tmp_path: Path) -> None:
    """Where there is no source the names in the code object are looked at."""
    module = make(tmp_path, SOURCE.replace("BODY", "1"))
    exec("def made():\n    import flask\n    return request.args['x'] and get_jwt()", vars(module))  # noqa: S102 - no source
    assert set(References().reads(vars(module)["made"])) >= {"get_jwt", "request.args"}
    assert References().reads(print) == ()


def test_imports_inside_of_functions(tmp_path: Path) -> None:
    """What a function imports itself is known too, if it is loaded; what is not is passed over."""
    module = make(
        tmp_path,
        """
        def view():
            from flask_jwt_extended import get_jwt_identity as me, no_such_name
            from . import nothing
            from no_such_module import thing
            import flask
            import flask.globals as held
            import no_such_module
            return me(), flask.session, held.g, thing, nothing
        """,
    )
    assert References().reads(module.view) == ("g", "get_jwt_identity", "session")


def test_a_variable_of_its_own_is_not_what_the_module_calls_so(tmp_path: Path) -> None:
    """A local variable hides the module's name, in closures too, and one that is not set yet is unknown."""
    module = make(
        tmp_path,
        """
        def hidden(session):
            request = 1
            def inner():
                return request
            return session, request, inner

        def unset():
            def view():
                return later()
            return view
            later = 1
        """,
    )
    references = References()
    assert references.reads(module.hidden) == ()
    assert references.reads(module.unset()) == ()


def test_what_is_called(tmp_path: Path) -> None:
    """Only functions of the project are followed."""
    module = make(tmp_path, SOURCE.replace("BODY", "1"))
    references = References()
    (found,) = (one for one in references.direct(module.helper) if one.text == "deep")
    assert called(found) is module.deep
    for one in references.direct(module.outer):
        assert called(one) in {module.helper, None}
