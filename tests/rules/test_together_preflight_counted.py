from __future__ import annotations

from collections.abc import Mapping

import pytest

from tests.rules.fixing import fixed, fixed_files, fixes
from tests.support import findings, lines

RULE = "together/preflight-counted"
HEAD = """\
from flask import Blueprint, Flask
from flask_caching import Cache
from flask_cors import CORS, cross_origin
from flask_jwt_extended import jwt_required
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
app = Flask(__name__)
"""
DEFAULT = HEAD + 'limiter = Limiter(get_remote_address, app=app, default_limits=["20 per minute"])\n'
PLAIN = HEAD + "limiter = Limiter(get_remote_address, app=app)\n"
POST = '@app.post("/cart")\ndef cart(): return {}\n'
LINE = "app.py:8 warning"

FIRES: dict[str, str | Mapping[str, str]] = {
    "default limits": DEFAULT + "CORS(app)\n" + POST,
    "application limits": DEFAULT.replace("default_limits", "application_limits") + "CORS(app)\n" + POST,
    "application limits beside own ones": DEFAULT.replace("default_limits", "application_limits")
    + 'CORS(app)\n@app.post("/cart")\n@limiter.limit("1/day")\ndef cart(): return {}',
    "limits in a variable": PLAIN.replace("app=app", "app=app, default_limits=LIMITS").replace(
        "app = Flask", 'LIMITS = ["9/day"]; app = Flask'
    )
    + "CORS(app)\n"
    + POST,
    "limits that a function gives": DEFAULT.replace('"20 per minute"', "daily") + "CORS(app)\n" + POST,
    "limits in the config": PLAIN + 'app.config["RATELIMIT_DEFAULT"] = "9/day"\nCORS(app)\n' + POST,
    "application limits in the config": PLAIN + 'app.config["RATELIMIT_APPLICATION"] = "9/day"\nCORS(app)\n' + POST,
    "later bound": DEFAULT.replace("app=app, ", "")
    .replace("app = Flask(__name__)\n", "", 1)
    .replace("limiter =", "cors = CORS()\nlimiter =")
    + (
        "def create_app():\n    app = Flask(__name__)\n    cors.init_app(app)\n    limiter.init_app(app)\n"
        '    @app.put("/cart")\n    def cart(): return {}\n    return app'
    ),
    "reading with a token": DEFAULT + 'CORS(app)\n@app.get("/me")\n@jwt_required()\ndef me(): return {}',
    "one view for other origins": DEFAULT + '@app.post("/x")\n@cross_origin()\ndef x(): return {}',
    "a blueprint for other origins": DEFAULT
    + 'bp = Blueprint("bp", __name__)\nCORS(bp)\n@bp.post("/x")\ndef x(): return {}\napp.register_blueprint(bp)',
    "under a pattern": DEFAULT + 'CORS(app, resources=r"/cart/*")\n@app.post("/cart/1")\ndef cart(): return {}',
}


@pytest.mark.parametrize("name", FIRES)
def test_general_limits_fire(name: str) -> None:
    """Default and application limits count the preflights of what other origins may call."""
    assert lines(RULE, FIRES[name]) == [LINE]


SILENT: dict[str, str | Mapping[str, str]] = {
    "a filter": DEFAULT + "CORS(app)\n" + POST + "@limiter.request_filter\ndef f(): return request.method == 'OPTIONS'",
    "a filter by a call": DEFAULT + "CORS(app)\n" + POST + "limiter.request_filter(lambda: False)",
    "for each method": DEFAULT.replace("app=app", "app=app, default_limits_per_method=True") + "CORS(app)\n" + POST,
    "for each method, in the config": DEFAULT
    + 'app.config["RATELIMIT_DEFAULTS_PER_METHOD"] = True\nCORS(app)\n'
    + POST,
    "exempt when": DEFAULT.replace("app=app", "app=app, default_limits_exempt_when=f") + "CORS(app)\n" + POST,
    "no limits": PLAIN + "CORS(app)\n" + POST,
    "an empty list": DEFAULT.replace('"20 per minute"', "") + "CORS(app)\n" + POST,
    "limits that cannot be seen": DEFAULT.replace('["20 per minute"]', "LIMITS") + "CORS(app)\n" + POST,
    "limits from the environment": PLAIN + 'app.config["RATELIMIT_DEFAULT"] = os.environ["X"]\nCORS(app)\n' + POST,
    "an empty text": PLAIN + 'app.config["RATELIMIT_DEFAULT"] = ""\nCORS(app)\n' + POST,
    "limits of development": {
        "app.py": PLAIN + 'app.config.from_object("config.DevelopmentConfig")\nCORS(app)\n' + POST,
        "config.py": 'class DevelopmentConfig:\n    RATELIMIT_DEFAULT = "9/day"\n',
    },
    "options that cannot be seen": DEFAULT.replace("app=app", "app=app, **options") + "CORS(app)\n" + POST,
    "switched off": DEFAULT.replace("app=app", "app=app, enabled=False") + "CORS(app)\n" + POST,
    "never bound": DEFAULT.replace("app=app, ", "") + "CORS(app)\n" + POST,
    "no other origin": DEFAULT + POST,
    "CORS is never bound": DEFAULT + "CORS()\n" + POST,
    "nothing is asked before": DEFAULT + 'CORS(app)\n@app.get("/prices")\ndef prices(): return {}',
    "exempt": DEFAULT + 'CORS(app)\n@app.post("/cart")\n@limiter.exempt\ndef cart(): return {}',
    "a limit of its own": DEFAULT + 'CORS(app)\n@app.post("/cart")\n@limiter.limit("1/day")\ndef cart(): return {}',
    "another URL": DEFAULT + 'CORS(app, resources=r"/api/*")\n' + POST,
    "another app": DEFAULT + "other = Flask('other')\nCORS(other)\n" + POST.replace("app.", "other."),
    "another blueprint": DEFAULT + 'bp = Blueprint("bp", __name__)\nCORS(bp)\n' + POST,
    "no routes": DEFAULT + "CORS(app)",
    "of a test": {"tests/test_app.py": DEFAULT + "CORS(app)\n" + POST},
    "a decorator that is no name": DEFAULT + '@make().thing\n@app.post("/x")\ndef x(): return {}\n' + POST,
    "another limiter": DEFAULT.replace("flask_limiter import", "library import") + "CORS(app)\n" + POST,
}


@pytest.mark.parametrize("name", SILENT)
def test_general_limits_are_silent(name: str) -> None:
    """A filter, limits for each method, no general limit, or nobody whom a browser would ask for."""
    assert lines(RULE, SILENT[name]) == []


VIEWS = {
    "above": ('@limiter.limit("1/day")\n@cross_origin()', True),
    "above a guard": ('@limiter.limit("1/day")\n@jwt_required()\n@cross_origin()', True),
    "shared": ('@limiter.shared_limit("1/day", scope="s")\n@cross_origin()', True),
    "not called": ('@limiter.limit("1/day")\n@cross_origin', True),
    "below": ('@cross_origin()\n@limiter.limit("1/day")', False),
    "no limit": ("@cross_origin()", False),
    "no other origin": ('@limiter.limit("1/day")', False),
    "for some methods": ('@limiter.limit("1/day", methods=["POST"])\n@cross_origin()', False),
    "for each method": ('@limiter.limit("1/day", per_method=True)\n@cross_origin()', False),
    "exempt when": ('@limiter.limit("1/day", exempt_when=f)\n@cross_origin()', False),
    "options that cannot be seen": ('@limiter.limit("1/day", **options)\n@cross_origin()', False),
    "not a limit": ("@limiter.limit\n@cross_origin()", False),
    "preflights are Flask's": ('@limiter.limit("1/day")\n@cross_origin(automatic_options=False)', False),
}


@pytest.mark.parametrize("name", VIEWS)
def test_limit_above_cross_origin(name: str) -> None:
    """A limit around what answers preflights counts them."""
    decorators, fires = VIEWS[name]
    text = PLAIN + f'@app.post("/x")\n{decorators}\ndef x(): return {{}}'
    assert lines(RULE, text) == (["app.py:10 warning"] if fires else [])
    assert lines(RULE, text + "\n@limiter.request_filter\ndef f(): ...") == []


def test_words() -> None:
    """The message names the limit, the limiter and a view that suffers."""
    (one,) = findings(RULE, FIRES["default limits"])
    assert one.message == (
        'preflights count against `default_limits` ("20 per minute") of `limiter`, such as those for `cart()`'
    )
    (by_key,) = findings(RULE, FIRES["limits in the config"])
    assert '`RATELIMIT_DEFAULT` ("9/day") of `limiter`' in by_key.message
    (computed,) = findings(RULE, FIRES["limits that a function gives"])
    assert "`default_limits` (the first) of" in computed.message
    (view,) = findings(RULE, PLAIN + '@app.post("/x")\n@limiter.limit("1/day")\n@cross_origin()\ndef x(): ...')
    assert view.message == "`@limiter.limit()` stands above `@cross_origin()` of `x()` and counts its preflights"
    assert view.symbol == "app:x cross_origin"


FILTER = '\n\n@limiter.request_filter\ndef {}():\n    return request.method == "OPTIONS"\n\n\n'


def test_fix_of_a_limiter() -> None:
    """A filter is registered below the limiter, with its import."""
    right = fixed(RULE, str(FIRES["default limits"]))
    head = DEFAULT.replace("import Blueprint, Flask\n", "import Blueprint, Flask, request\n")
    assert right == head + FILTER.format("is_preflight") + "CORS(app)\n" + POST


def test_fix_under_another_name() -> None:
    """The filter's name is one that is free."""
    wrong = str(FIRES["default limits"]) + "def is_preflight(): ...\n"
    assert "def is_options_request():" in fixed(RULE, wrong)


def test_fix_in_a_factory() -> None:
    """Where a function makes the limiter, the filter stands in it; what is imported there is not imported again."""
    wrong = (
        "from flask import Flask, request\nfrom flask_cors import CORS\nfrom flask_limiter import Limiter\n"
        "def create_app():\n    app = Flask(__name__)\n    CORS(app)\n"
        '    app.limits = Limiter(lambda: "x", app=app, default_limits=["9/day"])\n'
        '    @app.post("/x")\n    def x(): return {}\n    return app\n'
    )
    right = fixed(RULE, wrong)
    assert "    @app.limits.request_filter\n    def is_preflight():\n        return request.method" in right
    assert right.count("import") == wrong.count("import")


def test_fix_in_another_file() -> None:
    """The filter goes to where the limiter is made."""
    files = {
        "ext.py": (
            "from flask_cors import CORS\nfrom flask_limiter import Limiter\n\ncors = CORS()\n"
            'limiter = Limiter(lambda: "x", default_limits=["9/day"])\n'
        ),
        "app.py": (
            "from flask import Flask\nfrom ext import cors, limiter\ndef create_app():\n    app = Flask(__name__)\n"
            '    cors.init_app(app)\n    limiter.init_app(app)\n    @app.put("/x")\n    def x(): return {}\n    return app\n'
        ),
    }
    right = fixed_files(RULE, files)
    assert right["app.py"] == files["app.py"]
    assert "from flask import request\n" in right["ext.py"]
    assert right["ext.py"].endswith(
        '@limiter.request_filter\ndef is_preflight():\n    return request.method == "OPTIONS"\n'
    )


MOVED = {
    "above": ('@limiter.limit("1/day")\n@cross_origin()', '@cross_origin()\n@limiter.limit("1/day")'),
    "above two limits": (
        '@limiter.limit("1/day")\n@limiter.limit("1/hour")\n@cross_origin()',
        '@cross_origin()\n@limiter.limit("1/day")\n@limiter.limit("1/hour")',
    ),
    "above a guard": (
        '@limiter.limit("1/day")\n@jwt_required()\n@cross_origin()',
        '@cross_origin()\n@limiter.limit("1/day")\n@jwt_required()',
    ),
}


@pytest.mark.parametrize("name", MOVED)
def test_fix_of_a_view(name: str) -> None:
    """`cross_origin` goes above the limit."""
    wrong, right = MOVED[name]
    around = PLAIN + '@app.post("/x")\n{}\ndef x(): return {{}}\n'
    assert fixed(RULE, around.format(wrong)) == around.format(right)


@pytest.mark.parametrize(
    "text",
    [
        str(FIRES["default limits"]).replace("limiter = ", ""),
        str(FIRES["default limits"]).replace("limiter = ", "limiter = other = "),
        str(FIRES["default limits"]).replace("limiter = ", 'app.extensions["x"] = '),
        str(FIRES["default limits"]).replace("limiter = ", "if True: limiter = "),
        str(FIRES["default limits"]) + "is_preflight = is_options_request = asks_for_options = 1\n",
        PLAIN + '@app.post("/x")\n@limiter.limit("1/day")\n@own\n@cross_origin()\ndef x(): return {}',
    ],
)
def test_no_fix(text: str) -> None:
    """A limiter without a name, in a branch, no free name, or a decorator that nobody knows: no fix."""
    assert fixes(RULE, text) == [None]
