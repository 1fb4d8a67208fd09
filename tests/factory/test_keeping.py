"""Why ``app = create_app()`` stays where it was."""

from __future__ import annotations

import pytest

from keck.factory import Conversion, Refusal, convert
from tests.support import project

APP = """\
from flask import Flask
from flask_caching import Cache

app = Flask(__name__)
cache = Cache(app)


@app.route("/")
def home():
    return "home"
"""
JOBS = """\
def job():
    from app import app, cache

    with app.app_context():
        cache.clear()


if __name__ == "__main__":
    job()
"""


def _converted(files: dict[str, str]) -> Conversion:
    made = project(files)
    (module,) = (one for one in made.modules if one.path == "app.py")
    return convert(made, files, module)


def test_a_script_that_imports_the_app_when_it_needs_it() -> None:
    """A function of a script that imports the app itself goes on doing so, and finds it."""
    files = {"app.py": APP, "jobs.py": JOBS}
    done = _converted(files)
    assert done.files["jobs.py"] == JOBS.replace(
        "from app import app, cache", "from app import app\n    from extensions import cache"
    )
    assert done.app == "app:app"
    assert done.says == ("`app = create_app()` stays in `app.py`: `job` in `jobs.py` imports it when it is called",)


PUSHES = APP + "\n\napp.app_context().push()\n"


@pytest.mark.parametrize(
    ("files", "line"),
    [
        ({"app.py": PUSHES}, 13),
        ({"app.py": f"{PUSHES}cache.clear()\n", "work.py": "from app import app, cache\nprint(app, cache)\n"}, 13),
        ({"app.py": f"{APP}\n\ncontext = app.app_context()\ncontext.push()\ncache.clear()\n"}, 13),
    ],
    ids=["for whoever imports it", "for a script", "by a name"],
)
def test_a_context_that_stays_open(files: dict[str, str], line: int) -> None:
    """A context on which importers may rely is a reason to refuse."""
    with pytest.raises(Refusal, match="stays open") as refused:
        _converted(files)
    assert (refused.value.path, refused.value.line) == ("app.py", line)


def test_a_context_for_what_follows_it() -> None:
    """A context that nothing but the statements behind it needs is opened around them."""
    done = _converted({"app.py": f"{PUSHES}cache.clear()\n"})
    assert "    with app.app_context():\n        cache.clear()\n" in (done.files["app.py"] or "")
