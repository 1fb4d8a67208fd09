"""The rules on what hooks and options of caches return, on live apps."""

from __future__ import annotations

import pytest

from tests.live_support import live
from tests.rules.live.shop import CACHE

HOOK = "jwt/verify-returned-from-before-request"
UNLESS = "caching/unless-not-true"


@pytest.mark.parametrize(
    ("text", "symbol", "part"),
    [
        ("@app.before_request\ndef check():\n    return verify_jwt_in_request()", "app:check", "`check()` runs before"),
        (
            (
                'bp = Blueprint("b", __name__)\n@bp.before_request\ndef check():\n    return verify_jwt_in_request()\n'
                "app.register_blueprint(bp)"
            ),
            "app:check",
            "of blueprint `b`",
        ),
        (
            "app.before_request(lambda: verify_jwt_in_request())",
            "app:<lambda>",
            "returns what `verify_jwt_in_request()`",
        ),
        ("app.before_request(verify_jwt_in_request)", "verify_jwt_in_request", "itself is a hook of the app"),
        (
            "app.before_request(functools.partial(verify_jwt_in_request, optional=True))",
            "verify_jwt_in_request",
            "itself is a hook of the app",
        ),
    ],
)
def test_a_hook_that_answers_with_the_token_is_found(text: str, symbol: str, part: str) -> None:
    """A hook that returns what the check returns, of the app or a blueprint."""
    (one,) = live(HOOK, CACHE + text)
    assert (one.symbol, one.level.name) == (symbol, "error")
    assert part in one.message


@pytest.mark.parametrize(
    "text",
    [
        "@app.before_request\ndef check():\n    verify_jwt_in_request()",
        "@app.before_request\ndef check():\n    verify_jwt_in_request()\n    return None",
        "@app.before_request\n@jwt_required()\ndef check(): pass",
        "@app.after_request\ndef check(response):\n    return response",
        "app.before_request(lambda: verify_jwt_in_request() and None)",
        "",
    ],
)
def test_a_hook_that_returns_nothing_is_silent(text: str) -> None:
    """A hook that only calls the check is well."""
    assert live(HOOK, CACHE + text) == []


@pytest.mark.parametrize(
    ("option", "symbol"),
    [
        ('cached(unless=lambda: session.get("user_id"))', "app:home unless"),
        ('memoize(unless=lambda: session.get("user_id"))', "app:home unless"),
        ('cached(forced_update=lambda: request.args.get("fresh"))', "app:home forced_update"),
        ("cached(unless=True)", "app:home unless"),
        ("cached(unless=skip)", "app:home unless"),
    ],
)
def test_an_option_that_is_not_told_true_is_found(option: str, symbol: str) -> None:
    """What is not `True` itself is no reason for Flask-Caching; a view of two methods is told once."""
    skip = "def skip():\n    return get_jwt_identity()\n"
    (one,) = live(
        UNLESS, f'{CACHE}{skip}@app.route("/", methods=["GET", "POST"])\n@cache.{option}\ndef home(): return ""'
    )
    assert (one.symbol, one.level.name) == (symbol, "error")


@pytest.mark.parametrize(
    "option",
    [
        'cached(unless=lambda: bool(session.get("user_id")))',
        'cached(unless=lambda: request.method != "GET")',
        'cached(unless=lambda: session.get("flag"))',
        "cached(unless=None)",
        "cached()",
        'memoize(forced_update=lambda: request.args.get("fresh") == "1")',
    ],
)
def test_an_option_that_may_be_told_true_is_silent(option: str) -> None:
    """Truth values, what is not known, and nothing."""
    assert live(UNLESS, f'{CACHE}@app.get("/")\n@cache.{option}\ndef home(): return ""') == []
