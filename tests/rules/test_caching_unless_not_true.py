from __future__ import annotations

import pytest

from tests.rules.fixing import fixed, fixes
from tests.support import findings, lines

RULE = "caching/unless-not-true"
HEAD = """\
import os, re
from flask import Flask, current_app, g, request, session
from flask_caching import Cache
from flask_jwt_extended import get_jwt_identity
from flask_login import current_user
app = Flask(__name__)
cache = Cache(app)
"""
VIEW = '@app.get("/")\n@cache.cached(unless={})\ndef home(): return ""\n'


def view(unless: str, above: str = "") -> str:
    """Return an app whose view is cached unless something."""
    return HEAD + above + VIEW.format(unless)


LAMBDAS = [
    'session.get("user_id")',
    'session["uid"]',
    'session.get("user")',
    "session",
    "g.user",
    'g.get("user_id")',
    "current_user",
    "current_user.id",
    "current_user.get_id()",
    "get_jwt_identity()",
    'request.args.get("fresh")',
    'request.args["fresh"]',
    "request.args",
    'request.cookies.get("session")',
    'request.headers.get("X-Fresh", "")',
    'request.headers["Authorization"]',
    "request.authorization",
    'os.getenv("NO_CACHE")',
    'os.environ.get("NO_CACHE")',
    "len(request.args)",
    'int(request.args["n"])',
    "1",
    '"yes"',
    "[1]",
    '{"a": 1}',
    'f"{request.path}"',
    'request.path + "x"',
    "lambda: True",
    're.match("x", request.path)',
    'session.get("user_id") or session.get("guest_id")',
    'request.method != "GET" or session.get("user_id")',
    'session.get("user_id") and session.get("token")',
    'session.get("user_id") if request.path == "/" else False',
    'current_app.config["NO_CACHE"]',
    'current_app.config.get("NO_CACHE")',
]


@pytest.mark.parametrize("body", LAMBDAS)
def test_lambda_that_is_true_but_not_true_itself(body: str) -> None:
    """Texts, numbers and objects are true, and `is True` of them is not."""
    assert lines(RULE, view(f"lambda: {body}", 'app.config["NO_CACHE"] = "1"\n')) == ["app.py:10 error"]


SILENT_LAMBDAS = [
    'bool(session.get("user_id"))',
    "True",
    "False",
    "None",
    'session.get("logged_in")',
    'session.get("flag")',
    "session[request.path]",
    "session.get(request.path)",
    "g.flag",
    "current_user.is_authenticated",
    "current_user.is_admin",
    "not current_user.is_anonymous",
    'request.method != "GET"',
    'request.args.get("fresh") == "1"',
    'request.args.get("fresh", type=bool)',
    'request.args.get("fresh", False, bool)',
    '"fresh" in request.args',
    'request.headers.get("X") is not None',
    "request.is_json",
    'session.get("user_id") and True',
    'session.get("user_id") is not None and request.path == "/"',
    "any(request.args)",
    "isinstance(g.x, int)",
    'request.path.startswith("/admin")',
    "unknown()",
    "unknown.attribute",
    "table[request.path]",
    'table.get("user_id")',
    "make()()",
    'make()["user_id"]',
    'current_app.config["DEBUG"]',
    'current_app.config.get("UNSET")',
    'current_app.config["SOMETIMES"]',
    "current_app.debug",
    "one & two",
]


@pytest.mark.parametrize("body", SILENT_LAMBDAS)
def test_lambda_that_may_be_true_itself(body: str) -> None:
    """Truth values, and what nobody can know."""
    above = 'app.config["DEBUG"] = True\napp.config["SOMETIMES"] = True if os.getenv("A") else "yes"\ntable = {}\n'
    assert lines(RULE, view(f"lambda: {body}", above)) == []


FUNCTIONS = {
    "one return": 'def skip():\n    return session.get("user_id")\n',
    "several returns": 'def skip():\n    if request.path == "/":\n        return True\n    return session.get("user_id")\n',
    "a variable": 'def skip():\n    who = session.get("user_id")\n    return who\n',
    "by way of another": 'def who():\n    return session.get("user_id")\ndef skip():\n    return who()\n',
    "with arguments": 'def skip(view, *args, **kwargs):\n    return request.args.get("fresh")\n',
    "async": "async def skip():\n    return True\n",
    "calls what is async": "async def who():\n    return True\ndef skip():\n    return who()\n",
    "lambda in a variable": 'skip = lambda: session.get("user_id")\n',
    "session is written": 'def login():\n    session["lang"] = request.form["lang"]\nskip = lambda: session.get("lang")\n',
    "g is written": "def load():\n    g.lang = request.args['lang']\nskip = lambda: g.lang\n",
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_function_that_returns_something_else(name: str) -> None:
    """A function is judged by what it returns, and by what the functions that it calls return."""
    (one,) = findings(RULE, view("skip", FUNCTIONS[name]))
    assert one.symbol == "app:home unless"


SILENT_FUNCTIONS = {
    "true": "def skip():\n    return True\n",
    "nothing": "def skip():\n    pass\n",
    "a truth value": 'def skip():\n    return bool(session.get("user_id"))\n',
    "a truth value in the session": (
        'def login():\n    session["user"] = request.form["name"] == "ann"\nskip = lambda: session.get("user")\n'
    ),
    "unless written by a condition": (
        'def login():\n    session["user"] = True if request.form else unknown()\nskip = lambda: session.get("user")\n'
    ),
    "bool in the session": 'def login():\n    session["user"] = bool(request.form)\nskip = lambda: session.get("user")\n',
    "something unknown in the session": (
        'def login():\n    session["flag"] = unknown()\nskip = lambda: session.get("flag")\n'
    ),
    "true on g": "def load():\n    g.user = not request.args\nskip = lambda: g.user\n",
    "a name that is the lambda's own": "skip = lambda current_user: current_user\n",
    "written twice": 'skip = lambda: session.get("user_id")\nskip = lambda: True\n',
    "from elsewhere": "from library import skip\n",
    "it calls itself": "def skip():\n    return skip()\n",
    "a variable that may be true": 'def skip():\n    who = session.get("user_id")\n    who = unknown()\n    return who\n',
    "a parameter": "def skip(view):\n    return view\n",
    "a variable of the module": "who = unknown()\ndef skip():\n    return who\n",
    "a partial": 'from functools import partial\nskip = partial(lambda name: session.get("user_id"), "x")\n',
}


@pytest.mark.parametrize("name", SILENT_FUNCTIONS)
def test_function_that_may_return_true(name: str) -> None:
    """A function that returns a truth value, or that nobody can look into."""
    assert lines(RULE, view("skip", SILENT_FUNCTIONS[name])) == []


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("True", "`True`"),
        ('"yes"', '`"yes"`'),
        ("not app.debug", "a value"),
        ('app.config["NO_CACHE"]', '`app.config["NO_CACHE"]`'),
        ("NO_CACHE", "`NO_CACHE`"),
    ],
)
def test_no_function(given: str, shown: str) -> None:
    """What is no function is passed over, whatever it is."""
    (one,) = findings(RULE, view(given, 'NO_CACHE = True\napp.config["NO_CACHE"] = True\n'))
    assert f"is {shown} and no function" in one.message


@pytest.mark.parametrize("given", ["None", "False", "unknown", "make()", "app.debug", "(a or b)", 'table["x"]', "[]"])
def test_nothing_that_can_be_told(given: str) -> None:
    """An option that is off, or that is given what cannot be known."""
    assert lines(RULE, view(given)) == []


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ('@cache.memoize(60, unless=lambda: session.get("user_id"))\ndef f(): ...', [8]),
        ('@cache.memoize(60, None, lambda: session.get("user_id"))\ndef f(): ...', [8]),
        ('@cache.cached(60, "k", lambda: session.get("user_id"))\ndef f(): ...', [8]),
        ('@cache.cached(60, "k", None, lambda: request.args.get("fresh"))\ndef f(): ...', [8]),
        ('@cache.cached(forced_update=lambda: request.args.get("fresh"))\ndef f(): ...', [8]),
        ('@cache.cached(is_stale=lambda value: request.args.get("fresh"))\ndef f(): ...', [8]),
        (
            (
                'minute = cache.cached(60, unless=lambda: session.get("user_id"))\n@app.get("/a")\n@minute\ndef a(): ...\n'
                '@app.get("/b")\n@minute\ndef b(): ...'
            ),
            [8],
        ),
        ('@other.cached(unless=lambda: session.get("user_id"))\ndef f(): ...', []),
        ('cache.set("a", 1, unless=lambda: session.get("user_id"))', []),
        ("@cache.cached(**options)\ndef f(): ...", []),
    ],
)
def test_options(text: str, where: list[int]) -> None:
    """Each option that asks for `True`, of each decorator, by keyword or position, told once."""
    assert lines(RULE, HEAD + text) == [f"app.py:{line} error" for line in where]


def test_of_tests_nothing_is_said() -> None:
    """Tests may do as they like."""
    assert lines(RULE, {"tests/test_app.py": view('lambda: session.get("user_id")')}) == []


FIXED = {
    "lambda": ('lambda: session.get("user_id")', 'lambda: bool(session.get("user_id"))', ""),
    "lambda in parentheses": ("(lambda: (current_user))", "(lambda: bool(current_user))", ""),
    "or": ('lambda: session.get("a_id") or g.user', 'lambda: bool(session.get("a_id") or g.user)', ""),
    "a literal": ("True", "lambda: True", ""),
    "of a library": ("get_jwt_identity", "lambda: bool(get_jwt_identity())", ""),
    "used elsewhere": ("who", "lambda: bool(who())", 'def who():\n    return session.get("user_id")\nprint(who())\n'),
    "used as a decorator": (
        "who",
        "lambda *args, **kwargs: bool(who(*args, **kwargs))",
        'def who(view):\n    return session.get("user_id")\n@who\ndef other(): ...\n',
    ),
}


@pytest.mark.parametrize("name", FIXED)
def test_fix(name: str) -> None:
    """A truth value is made of what is returned, where it is given."""
    wrong, right, above = FIXED[name]
    assert fixed(RULE, view(wrong, above)) == view(right, above)


def test_fix_in_the_function() -> None:
    """A function that nothing else uses returns truth values; what was right in it stays."""
    wrong = 'def skip():\n    if request.path == "/":\n        return True  # always\n    return session.get("user_id")  # who\n'
    right = wrong.replace('session.get("user_id")', 'bool(session.get("user_id"))')
    assert fixed(RULE, view("skip", wrong)) == view("skip", right)
    twice = VIEW.format("skip").replace("home", "other").replace('"/"', '"/o"')
    assert fixed(RULE, view("skip", wrong) + twice) == view("skip", right) + twice


def test_fix_of_a_lambda_with_a_name() -> None:
    """A lambda that is kept in a variable is mended there."""
    wrong = 'skip = lambda: session.get("user_id")\n'
    assert fixed(RULE, view("skip", wrong)) == view("skip", 'skip = lambda: bool(session.get("user_id"))\n')


@pytest.mark.parametrize(
    "text",
    [view("skip", FUNCTIONS["async"]), view("not app.debug"), view('app.config["X"]', 'app.config["X"] = True\n')],
)
def test_no_fix(text: str) -> None:
    """What a coroutine is to answer, or a value that is asked for once at the start, is for the user to say."""
    assert fixes(RULE, text) == [None]
