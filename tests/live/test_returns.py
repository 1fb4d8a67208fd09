"""What functions return, told from their source and the names that they see."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from keck.live.references import References
from keck.live.returns import results, untrue
from tests.live.making import make

UNTRUE = [
    'session.get("user_id")',
    'session["user"]',
    "session",
    "current_user",
    "get_jwt_identity()",
    'request.args.get("fresh")',
    'request.args["fresh"]',
    "request.cookies",
    "request.path",
    "len(request.args)",
    "[1]",
    "1",
    '"yes"',
    'f"{request.path}"',
    'request.method != "GET" or session.get("user_id")',
    'request.method != "GET" and session.get("user_id")',
    'session.get("user_id") if request.path else True',
]
PERHAPS = [
    "True",
    "False",
    "None",
    'session.get("flag")',
    "session[request.path]",
    'bool(session.get("user_id"))',
    "not session",
    'request.args.get("fresh", type=bool)',
    'request.args.get("fresh", False, bool)',
    "request.args.get()",
    'request.method != "GET"',
    "current_user.is_admin",
    'TABLE.get("user_id")',
    'TABLE["user_id"]',
    "helper()",
    "len.__call__(TABLE)",
    "unheard_of()",
    "get_jwt_identity",
    "request.args.keys()",
]


def told(tmp_path: Path, source: str, name: str = "skip") -> str:
    """Return what `untrue` says of a function of a module."""
    module = make(tmp_path, f"TABLE = {{}}\ndef helper(): return True\n{source}")
    return untrue(getattr(module, name), References())


@pytest.mark.parametrize("body", UNTRUE)
def test_true_and_not_true_itself(body: str, tmp_path: Path) -> None:
    """A lambda and a function that can return something true which is not `True` are told by their code."""
    assert told(tmp_path, f"skip = lambda: {body}")
    assert told(tmp_path, f"def skip():\n    if request:\n        return {body}\n    return False") in body.replace(
        chr(34), "'"
    )


@pytest.mark.parametrize("body", PERHAPS)
def test_perhaps_true_itself(body: str, tmp_path: Path) -> None:
    """Truth values, and what cannot be told."""
    assert told(tmp_path, f"skip = lambda: {body}") == ""


def test_what_is_no_function() -> None:
    """A value is shown as it is; nothing and False are off."""
    known = References()
    assert [untrue(one, known) for one in (True, "yes", None, False)] == ["True", "'yes'", "", ""]


def test_what_cannot_be_looked_into(tmp_path: Path) -> None:
    """A library's function, a class, two lambdas on a line, and what has no source."""
    assert told(tmp_path, "from os.path import exists as skip") == ""
    assert told(tmp_path, "class skip: pass") == ""
    assert told(tmp_path, 'skip, other = lambda: session["user"], lambda: True') == ""
    assert told(tmp_path, 'skip = eval("lambda: 1")') == ""
    assert told(tmp_path, "skip = print") == ""
    assert told(tmp_path, 'exec("def skip(): return 1")') == ""


def test_a_coroutine_is_never_true_itself(tmp_path: Path) -> None:
    """An async function returns a coroutine."""
    assert told(tmp_path, "async def skip():\n    return True") == "a coroutine"


def test_returns_of_inner_functions_are_not_its_own(tmp_path: Path) -> None:
    """What a nested function or class returns is not returned by the function around it; branches are."""
    source = (
        "def skip():\n    def inner():\n        return session\n    class Inner:\n        def of(self):\n            return session\n"
        "    try:\n        return inner() is None\n    finally:\n        print()\n"
    )
    assert told(tmp_path, source) == ""
    assert (
        told(tmp_path, "def skip():\n    try:\n        pass\n    except ValueError:\n        return session\n")
        == "session"
    )
    assert told(tmp_path, "def skip():\n    return\n") == ""


RESULTS = {
    "def hook(): return verify_jwt_in_request()": ("verify_jwt_in_request",),
    "def hook(): verify_jwt_in_request()": (),
    "def hook():\n    if request:\n        return verify_jwt_in_request() or get_jwt_identity()": (
        "verify_jwt_in_request",
        "get_jwt_identity",
    ),
    "def hook(): return helper()": (),
    "hook = lambda: verify_jwt_in_request()": ("verify_jwt_in_request",),
    "hook = verify_jwt_in_request": (),
    "hook = print": (),
}


@pytest.mark.parametrize("source", RESULTS)
def test_results(source: str, tmp_path: Path) -> None:
    """The known functions whose results a function returns as they are."""
    module = make(tmp_path, f"def helper(): ...\n{source}")
    assert results(module.hook, References()) == RESULTS[source]


def test_results_of_a_partial(tmp_path: Path) -> None:
    """A partial is the function that it calls."""
    module = make(tmp_path, "def hook(x): return verify_jwt_in_request()")
    assert results(partial(module.hook, 1), References()) == ("verify_jwt_in_request",)
