"""The fix of keys that can be empty."""

from __future__ import annotations

import pytest

from tests.rules.fixing import fixed, fixed_files, fixes

RULE = "limiter/key-empty"
HEAD = """\
from flask import Flask, request, session
from flask_jwt_extended import get_jwt_identity, jwt_required
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
app = Flask(__name__)
"""
OF = "limiter = Limiter({}, app=app)\n"


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ('session.get("uid")', 'session.get("uid") or get_remote_address()'),
        (
            'session.get("uid") or session.get("guest")',
            'session.get("uid") or session.get("guest") or get_remote_address()',
        ),
        (
            'session.get("uid") if session else request.path',
            '(session.get("uid") if session else request.path) or get_remote_address()',
        ),
        ('session and session.get("uid")', '(session and session.get("uid")) or get_remote_address()'),
        ('request.headers.get("X")  # key', 'request.headers.get("X") or get_remote_address()  # key'),
        ('""', "get_remote_address()"),
        ("None", "get_remote_address()"),
    ],
)
def test_of_a_function(wrong: str, right: str) -> None:
    """What can be empty falls back to the address."""
    around = HEAD + "def key():\n    return {}\n" + OF.format("key")
    assert fixed(RULE, around.format(wrong)) == around.format(right)
    assert all(one is not None and one.safe for one in fixes(RULE, around.format(wrong)))


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        (
            "    if session:\n        return request.path\n",
            "    if session:\n        return request.path\n    return get_remote_address()\n",
        ),
        (
            "    if session:\n        return  # nobody\n    return request.path\n",
            "    if session:\n        return get_remote_address()  # nobody\n    return request.path\n",
        ),
        (
            '    who = session.get("uid")\n    return who\n',
            '    who = session.get("uid")\n    return who or get_remote_address()\n',
        ),
    ],
)
def test_of_the_ways_through_a_function(wrong: str, right: str) -> None:
    """So does each way through the function that ends without a value."""
    around = HEAD + "def key():\n{}" + OF.format("key")
    assert fixed(RULE, around.format(wrong)) == around.format(right)


def test_of_a_lambda() -> None:
    """A lambda is mended where it stands, and what is not imported is."""
    wrong = HEAD.replace("from flask_limiter.util import get_remote_address\n", "") + OF.format(
        'lambda: session.get("uid")'
    )
    right = HEAD + OF.format('lambda: session.get("uid") or get_remote_address()')
    assert fixed(RULE, wrong) == right


def test_of_what_a_library_offers() -> None:
    """A function of a library gets a lambda around it."""
    view = '@app.get("/")\n@jwt_required(optional=True)\n@limiter.limit("1/day", key_func={})\ndef home(): return ""\n'
    head = HEAD + OF.format("get_remote_address")
    right = view.format("lambda: get_jwt_identity() or get_remote_address()")
    assert fixed(RULE, head + view.format("get_jwt_identity")) == head + right


def test_of_a_function_that_others_use() -> None:
    """A function that other code calls stays what it is: its key alone falls back."""
    key = 'def key():\n    return session.get("uid")\n'
    use = '@app.get("/me")\ndef me(): return str(key())\n'
    wrong = HEAD + key + OF.format("key") + use
    assert fixed(RULE, wrong) == HEAD + key + OF.format("lambda: key() or get_remote_address()") + use


def test_in_another_file() -> None:
    """The fix stands where the key is made."""
    files = {
        "keys.py": 'from flask import session\ndef key():\n    return session.get("uid")\n',
        "app.py": "from flask import Flask\nfrom flask_limiter import Limiter\nfrom keys import key\napp = Flask(__name__)\n"
        + OF.format("key"),
    }
    right = fixed_files(RULE, files)
    assert right["app.py"] == files["app.py"]
    assert right["keys.py"].endswith('return session.get("uid") or get_remote_address()\n')
    assert "from flask_limiter.util import get_remote_address" in right["keys.py"]
