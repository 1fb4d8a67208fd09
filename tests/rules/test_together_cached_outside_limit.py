from __future__ import annotations

from collections.abc import Mapping

import pytest

from tests.rules.fixing import fixed, fixes
from tests.support import findings, lines

RULE = "together/cached-outside-limit"
HEAD = """\
from flask import Blueprint, Flask, request
from flask.views import MethodView
from flask_caching import Cache
from flask_jwt_extended import get_jwt_identity, jwt_required
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
app = Flask(__name__)
bp = Blueprint("bp", __name__)
cache = Cache(app)
limiter = Limiter(get_remote_address, app=app)
"""

FIRES = {
    "plain": '@app.get("/x")\n@cache.cached(60)\n@limiter.limit("1/day")\ndef v(): return "x"',
    "of a blueprint": '@bp.route("/x")\n@cache.cached()\n@limiter.limit("1/day")\ndef v(): return "x"',
    "shared": '@app.get("/x")\n@cache.cached()\n@limiter.shared_limit("1/day", scope="s")\ndef v(): return "x"',
    "memoized": '@app.get("/x")\n@cache.memoize()\n@limiter.limit("1/day")\ndef v(): return "x"',
    "two limits": '@app.get("/x")\n@cache.cached()\n@limiter.limit("1/day")\n@limiter.limit("1/hour")\ndef v(): return "x"',
    "one on each side": (
        '@app.get("/x")\n@limiter.limit("1/day")\n@cache.cached()\n@limiter.limit("1/hour")\ndef v(): return "x"'
    ),
    "a guard between": '@app.get("/x")\n@cache.cached()\n@jwt_required()\n@limiter.limit("1/day")\ndef v(): return "x"',
    "with a key": '@app.get("/x")\n@cache.cached(query_string=True)\n@limiter.limit("1/day")\ndef v(): return "x"',
    "decorators of a class": (
        'class V(MethodView):\n    decorators = [limiter.limit("1/day"), cache.cached()]\n    def get(self): return "x"\n'
        "app.add_url_rule('/x', view_func=V.as_view('v'))"
    ),
    "in variables": (
        'minute = cache.cached(60)\ndaily = limiter.limit("1/day")\n@app.get("/x")\n@minute\n@daily\ndef v(): return "x"'
    ),
}


@pytest.mark.parametrize("name", FIRES)
def test_fires(name: str) -> None:
    """A limit inside a cache does not count hits, and its refusals are kept."""
    (one,) = findings(RULE, HEAD + FIRES[name])
    assert (one.level.name, one.symbol) == ("warning", "app:V.get" if "class" in name else "app:v")
    assert "a refusal is stored" in one.message


def test_before_refusals_were_stored() -> None:
    """Before Flask-Caching 2.5 an exception was not kept; what remains is a matter of taste."""
    files = {"app.py": HEAD + FIRES["plain"], "requirements.txt": "flask-caching==2.3.1\n"}
    (one,) = findings(RULE, files)
    assert (one.level.name, one.message.endswith("hits are not counted")) == ("note", True)
    assert lines(RULE, {**files, "requirements.txt": "flask-caching==2.5.0\n"}) == ["app.py:12 warning"]


SILENT: dict[str, str | Mapping[str, str]] = {
    "the right order": HEAD + '@app.get("/x")\n@limiter.limit("1/day")\n@cache.cached()\ndef v(): return "x"',
    "no limit": HEAD + '@app.get("/x")\n@cache.cached()\ndef v(): return "x"',
    "no cache": HEAD + '@app.get("/x")\n@limiter.limit("1/day")\ndef v(): return "x"',
    "default limits": HEAD.replace("app=app)", 'app=app, default_limits=["1/day"])')
    + '@app.get("/x")\n@cache.cached()\ndef v(): return "x"',
    "refusals are kept out": (
        HEAD + '@app.get("/x")\n@cache.cached(response_filter=lambda r: r.status_code < 400)\n@limiter.limit("1/day")\n'
        'def v(): return "x"'
    ),
    "too many positions to tell": (
        HEAD + '@app.get("/x")\n@cache.cached(60, "k", None, None, None)\n@limiter.limit("1/day")\ndef v(): return "x"'
    ),
    "options that cannot be seen": (
        HEAD + '@app.get("/x")\n@cache.cached(**options)\n@limiter.limit("1/day")\ndef v(): return "x"'
    ),
    "not called": HEAD + '@app.get("/x")\n@cache.cached\n@limiter.limit("1/day")\ndef v(): return "x"',
    "never runs": HEAD + '@limiter.limit("1/day")\n@app.get("/x")\n@cache.cached()\ndef v(): return "x"',
    "exempt": HEAD + '@app.get("/x")\n@cache.cached()\n@limiter.exempt\ndef v(): return "x"',
    "no view": HEAD + '@cache.cached()\n@limiter.limit("1/day")\ndef helper(): return "x"',
    "a limit of a stranger": HEAD + '@app.get("/x")\n@cache.cached()\n@thing.limit("1/day")\ndef v(): return "x"',
    "of a test": {"tests/test_app.py": HEAD + FIRES["plain"]},
    "limit on the blueprint": HEAD + 'limiter.limit("1/day")(bp)\n@bp.get("/x")\n@cache.cached()\ndef v(): return "x"',
}


@pytest.mark.parametrize("name", SILENT)
def test_silent(name: str) -> None:
    """The right order, a filter for what is kept, limits elsewhere, and what cannot be known."""
    assert lines(RULE, SILENT[name]) == []


FIXED = {
    "swapped": ('@cache.cached(60)\n@limiter.limit("1/day")', '@limiter.limit("1/day")\n@cache.cached(60)'),
    "both limits, in their order": (
        '@cache.cached(60)\n@limiter.limit("1/day")  # a day\n# an hour\n@limiter.limit("1/hour")',
        '@limiter.limit("1/day")  # a day\n# an hour\n@limiter.limit("1/hour")\n@cache.cached(60)',
    ),
    "below another limit": (
        '@limiter.limit("9/day")\n@cache.cached(60)\n@limiter.limit("1/day")',
        '@limiter.limit("9/day")\n@limiter.limit("1/day")\n@cache.cached(60)',
    ),
    "below the guard": (
        '@jwt_required()\n@cache.cached(60)\n@limiter.limit(\n    "1/day",\n    key_func=get_jwt_identity,\n)',
        '@jwt_required()\n@limiter.limit(\n    "1/day",\n    key_func=get_jwt_identity,\n)\n@cache.cached(60)',
    ),
}


@pytest.mark.parametrize("name", FIXED)
def test_fix(name: str) -> None:
    """The limits go above the cache, in their order."""
    wrong, right = FIXED[name]
    around = HEAD + '@app.get("/x")\n{}\ndef v(): return "x"\n'
    assert fixed(RULE, around.format(wrong)) == around.format(right)
    assert all(one is not None and one.safe for one in fixes(RULE, around.format(wrong)))


@pytest.mark.parametrize("name", ["a guard between", "decorators of a class"])
def test_no_fix(name: str) -> None:
    """Over a guard a limit by identity would come too early; a list is not taken apart."""
    assert fixes(RULE, HEAD + FIRES[name]) == [None]
