from __future__ import annotations

from collections.abc import Mapping

import pytest

from tests.rules.fixing import fixed, fixes
from tests.support import findings, lines

RULE = "limiter/key-before-identity"
HEAD = """\
from flask import Blueprint, Flask, request
from flask_caching import Cache
from flask_jwt_extended import get_current_user, get_jwt, get_jwt_identity, jwt_required, verify_jwt_in_request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
app = Flask(__name__)
cache = Cache(app)
"""
PLAIN = HEAD + "limiter = Limiter(get_remote_address, app=app)\n"
BY_WHO = HEAD + "limiter = Limiter(get_jwt_identity, app=app)\n"
KEYED = '@limiter.limit("1/day", key_func={})'
VIEW = '@app.get("/x")\n{}\n@jwt_required()\ndef v(): return "x"\n'

FIRES = {
    "key of the limit": PLAIN + VIEW.format(KEYED.format("get_jwt_identity")),
    "shared limit": PLAIN + VIEW.format('@limiter.shared_limit("1/day", scope="s", key_func=get_jwt_identity)'),
    "claims": PLAIN + VIEW.format(KEYED.format("get_jwt")),
    "lambda": PLAIN + VIEW.format(KEYED.format("lambda: get_jwt_identity()")),
    "lambda with more": PLAIN + VIEW.format(KEYED.format('lambda: f"{get_current_user().id}/{request.path}"')),
    "key of the limiter": BY_WHO + VIEW.format('@limiter.limit("1/day")'),
    "key of the limiter by name": BY_WHO.replace("(get_jwt_identity", "(key_func=get_jwt_identity")
    + VIEW.format('@limiter.limit("1/day")'),
}


@pytest.mark.parametrize("name", FIRES)
def test_a_limit_above_the_guard_fires(name: str) -> None:
    """A limit by identity above `jwt_required` asks before there is one."""
    assert lines(RULE, FIRES[name]) == ["app.py:10 error"]


DEFAULT = HEAD + 'limiter = Limiter(get_jwt_identity, app=app, default_limits=["9/day"])\n'
HOME = '@app.get("/")\ndef home(): return ""\n'


def test_general_limits_fire() -> None:
    """Default and application limits are counted before any view."""
    for text in (DEFAULT + HOME, DEFAULT.replace("default", "application") + HOME):
        (one,) = findings(RULE, text)
        assert (one.place.line, one.fix) == (8, None)
        assert one.message.startswith("the general limits of `limiter` are counted by `get_jwt_identity()`")


SILENT: dict[str, str | Mapping[str, str]] = {
    "below the guard": PLAIN
    + '@app.get("/x")\n@jwt_required()\n'
    + KEYED.format("get_jwt_identity")
    + "\ndef v(): ...",
    "by address": PLAIN + VIEW.format(KEYED.format("get_remote_address")),
    "by the limiter's address": PLAIN + VIEW.format('@limiter.limit("1/day")'),
    "of one's own": PLAIN + "def key(): return get_jwt_identity()\n" + VIEW.format(KEYED.format("key")),
    "verified in the lambda": PLAIN
    + VIEW.format(KEYED.format("lambda: verify_jwt_in_request(optional=True) and get_jwt_identity()")),
    "no guard that can be seen": PLAIN + '@app.get("/x")\n' + KEYED.format("get_jwt_identity") + "\ndef v(): ...",
    "verified by a hook": PLAIN
    + "@app.before_request\ndef check(): verify_jwt_in_request()\n"
    + VIEW.format(KEYED.format("get_jwt_identity")),
    "no limit": PLAIN + '@app.get("/x")\n@cache.cached()\n@jwt_required()\ndef v(): ...',
    "no key": PLAIN + VIEW.format(KEYED.format("None")),
    "not called": PLAIN + VIEW.format("@limiter.limit"),
    "a limit of a stranger": HEAD + VIEW.format('@thing.limit("1/day", key_func=get_jwt_identity)'),
    "key of the limiter is hidden": HEAD + "limiter = Limiter(app=app)\n" + VIEW.format('@limiter.limit("1/day")'),
    "general limits by address": PLAIN.replace("app=app", 'app=app, default_limits=["9/day"]') + HOME,
    "no general limits": BY_WHO + HOME,
    "an empty list": DEFAULT.replace('"9/day"', "") + HOME,
    "general limits that are hidden": DEFAULT.replace('["9/day"]', "LIMITS") + HOME,
    "general limits after a hook": DEFAULT + "@app.before_request\ndef check(): verify_jwt_in_request()\n" + HOME,
    "nothing under general limits": DEFAULT + '@app.get("/")\n@limiter.exempt\ndef home(): return ""\n',
    "never bound": DEFAULT.replace("app=app, ", "") + HOME,
    "of a test": {"tests/test_app.py": FIRES["key of the limit"]},
}


@pytest.mark.parametrize("name", SILENT)
def test_silent(name: str) -> None:
    """Other keys, tokens that are verified first, and what cannot be known."""
    assert lines(RULE, SILENT[name]) == []


def test_words() -> None:
    """The message names the limit, the view and what it asks."""
    (one,) = findings(RULE, FIRES["key of the limit"])
    assert one.message == (
        "`@limiter.limit()` of `v()` is counted by `get_jwt_identity()` before any token was looked at: each request fails"
    )
    assert one.symbol == "app:v"


def test_fix() -> None:
    """The limit goes below the guard, which leaves refused requests without a limit."""
    limit = KEYED.format("get_jwt_identity")
    right = PLAIN + f'@app.get("/x")\n@jwt_required()\n{limit}\ndef v(): return "x"\n'
    assert fixed(RULE, FIRES["key of the limit"]) == right
    (fix,) = fixes(RULE, FIRES["key of the limit"])
    assert fix is not None
    assert not fix.safe


@pytest.mark.parametrize("between", ["@cache.cached()", "@own"])
def test_no_fix(between: str) -> None:
    """Over a cache, or a decorator that nobody knows, the limit is not moved."""
    text = PLAIN + VIEW.format(f"{KEYED.format('get_jwt_identity')}\n{between}")
    assert fixes(RULE, text) == [None]
