"""Hooks of an app, in the order in which they run."""

from __future__ import annotations

from pathlib import Path

from keck.live.hooks import hooks, library
from tests.live.making import make

SOURCE = """
RAN = []
limiter = Limiter(get_remote_address, app=app)

def note(name):
    def run(*args):
        RAN.append(name)
        return args[0] if name.startswith("after") else None
    run.__qualname__ = name
    return run

outer = Blueprint("outer", __name__)
inner = Blueprint("inner", __name__)
for name, scope in (("inner", inner), ("outer", outer), ("app", app)):
    for number in "12":
        scope.before_request(note(f"before {name} {number}"))
        scope.after_request(note(f"after {name} {number}"))
        scope.teardown_request(note(f"teardown {name} {number}"))
app.url_value_preprocessor(note("values"))
app.teardown_appcontext(note("end 1"))
app.teardown_appcontext(note("end 2"))

@app.errorhandler(404)
def missing(error):
    return "missing", 404

@outer.errorhandler(ValueError)
def wrong(error):
    return "wrong", 400

@inner.get("/x")
def view():
    return "x"

outer.register_blueprint(inner)
app.register_blueprint(outer)
"""


def test_hooks_stand_in_the_order_in_which_they_run(tmp_path: Path) -> None:
    """Before a request from the app inwards, after it outwards, each scope's last first."""
    module = make(tmp_path, SOURCE)
    module.app.test_client().get("/x")
    prefix = f"{module.__name__}."
    found = [one for one in hooks(module.app) if not one.library and one.kind != "error_handler"]
    assert [one.name.removeprefix(prefix) for one in found] == module.RAN
    assert {one.at for one in found} == {"app", "outer", "outer.inner"}
    assert all(one.spot.path.endswith(".py") for one in found)


def test_handlers_say_what_they_take(tmp_path: Path) -> None:
    """A handler of errors has the code or the class of what it takes."""
    module = make(tmp_path, SOURCE)
    own = [one for one in hooks(module.app) if one.kind == "error_handler" and not one.library]
    assert [(one.name.rpartition(".")[2], one.at, one.code) for one in own] == [
        ("missing", "app", "404"),
        ("wrong", "outer", "ValueError"),
    ]


def test_hooks_of_libraries_name_them(tmp_path: Path) -> None:
    """A hook that an extension registered has its distribution's name."""
    module = make(tmp_path, SOURCE)
    found = {(one.kind, one.library) for one in hooks(module.app) if one.library}
    assert ("before_request", "Flask-Limiter") in found
    assert ("error_handler", "Flask-JWT-Extended") in found
    assert library(print) == "builtins"
    assert library(Path.is_file) == "pathlib"
