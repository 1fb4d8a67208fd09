"""limiter/key-empty: key functions that can return nothing."""

from __future__ import annotations

import pytest

from tests.support import findings, lines

RULE = "limiter/key-empty"
HEAD = """
from flask import Flask, g, request, session
from flask_jwt_extended import get_jwt_identity, jwt_required, verify_jwt_in_request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_login import current_user
"""


def told(code: str) -> list[str]:
    """Return the messages of what the rule finds, without their common end."""
    return [one.message.partition(", and Flask-Limiter")[0] for one in findings(RULE, HEAD + code)]


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("lambda: session.get('uid')", "`session.get()` can be empty"),
        ("lambda: request.headers.get('X-API-Key', '')", "`request.headers.get()` can be empty"),
        ("lambda: g.get('user')", "`g.get()` can be empty"),
        ("lambda: getattr(g, 'user', None)", "`getattr()` can be empty"),
        ("lambda: ''", "this key can be empty"),
        ("lambda: session.get('a') or request.args.get('b')", "this key can be empty"),
        ("lambda: request.authorization and request.cookies.get('b')", "this key can be empty"),
        ("lambda: session.get('uid') if request.path else 'x'", "this key can be empty"),
        ("lambda: 'x' if request.path else None", "this key can be empty"),
        ("lambda: current_user.get_id()", "`current_user.get_id()` can be empty"),
        ("current_user.get_id", "`get_id()` is None for a guest"),
    ],
)
def test_keys_given_in_place(key: str, expected: str) -> None:
    """A lambda or a method that can return nothing is found where it is given."""
    assert told(f"limiter = Limiter(key_func={key})\n") == [expected]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("return session.get('uid')", ["`session.get()` can be empty"]),
        ("return", ["`key()` returns None here"]),
        ("return None", ["`key()` returns None here"]),
        ("return ''", ["this key can be empty"]),
        ("if session:\n        return 'x'", ["`key()` can end without a return"]),
        ("if session:\n        return 'x'\n    elif g:\n        return 'y'", ["`key()` can end without a return"]),
        ("uid = session.get('uid')\n    return uid", ["`uid` can be empty"]),
        ("x = 1", ["`key()` can end without a return"]),
        ("uid = session.get('uid')\n    if g:\n        g.x = 1\n    return uid", ["`uid` can be empty"]),
        ("verify_jwt_in_request(optional=True)\n    return get_jwt_identity()", ["`get_jwt_identity()` can be empty"]),
        (
            "if session:\n        return 'x'\n    return request.headers.get('X')",
            ["`request.headers.get()` can be empty"],
        ),
    ],
)
def test_key_functions(body: str, expected: list[str]) -> None:
    """A named key function is read to its ends, and the limiter is a related place."""
    code = f"def key():\n    {body}\nlimiter = Limiter(key)\n"
    assert told(code) == expected
    assert [one.message for one in findings(RULE, HEAD + code)[0].related] == ["the key function is given here"]


@pytest.mark.parametrize(
    "body",
    [
        "return session.get('uid') or get_remote_address()",
        "return session.get('uid', 'guest')",
        "return session['uid']",
        "return request.headers.get('X', get_remote_address())",
        "return str(session.get('uid'))",
        "return f\"user:{session.get('uid')}\"",
        "return cache.get('uid')",
        "return table()['x']",
        "uid = session.get('uid')\n    if uid:\n        return uid\n    return get_remote_address()",
        "return session.get('uid') if session.get('uid') else 'x'",
        "return get_jwt_identity()",
        "return getattr(request, 'x', None)",
        "return getattr(g, 'user')",
        "uid = find()\n    return uid",
        "if session:\n        return 'x'\n    else:\n        return 'y'",
        "if session:\n        return 'x'\n    elif g:\n        return 'y'\n    else:\n        raise KeyError",
        "if session:\n        return 'x'\n    abort(401)",
        "try:\n        return 'x'\n    except KeyError:\n        return 'y'",
        "with lock:\n        return 'x'",
        "return current_user.id",
        "return uid",
        "'''Only words.'''",
    ],
)
def test_keys_that_are_never_empty_or_unknown_are_left_alone(body: str) -> None:
    """A fallback, a condition on the value, and what cannot be known are not told."""
    assert told(f"def key():\n    {body}\nlimiter = Limiter(key_func=key)\n") == []


def test_optional_tokens_make_the_identity_empty() -> None:
    """get_jwt_identity as key is empty for guests where a limited view lets them in, and fine below a real guard."""
    app = "app = Flask(__name__)\nlimiter = Limiter(get_remote_address, app=app)\n"
    view = "@app.get('/')\n@jwt_required({})\n@limiter.limit('1/day', key_func=get_jwt_identity)\ndef view():\n    return ''\n"
    assert told(app + view.format("optional=True")) == ["`get_jwt_identity()` is None for a guest"]
    assert told(app + view.format("")) == []
    default = app.replace("get_remote_address,", "key_func=get_jwt_identity,")
    assert told(default + view.format("optional=True").replace(", key_func=get_jwt_identity", ""))
    assert told(default) == []


def test_a_key_that_two_limits_share_is_told_once() -> None:
    """A key function is told once, also of shared limits."""
    code = (
        "def key():\n    return session.get('uid')\nlimiter = Limiter(get_remote_address)\n"
        "a = limiter.limit('1/day', key_func=key)\nb = limiter.shared_limit('1/day', 'all', key_func=key)\n"
    )
    assert lines(RULE, HEAD.lstrip("\n") + code) == ["app.py:7 warning"]
    assert findings(RULE, HEAD + code)[0].symbol == "key"


def test_other_first_arguments_and_libraries_are_left_alone() -> None:
    """An app in the first place is no key function, nor is another library's, nor one that is not the project's."""
    assert told("app = Flask(__name__)\nlimiter = Limiter(app)\nother = Limiter()\n") == []
    assert told("limiter = Limiter(key_func=get_remote_address)\nlimiter.limit('1/day')\n") == []
    assert told("limiter = Limiter(key_func=lambda: request.remote_addr)\n") == []
    assert told("from slowapi import Limiter\nlimiter = Limiter(key_func=lambda: session.get('uid'))\n") == []
    assert told("limiter = Limiter(lambda: session.get('uid'))\n") == ["`session.get()` can be empty"]
