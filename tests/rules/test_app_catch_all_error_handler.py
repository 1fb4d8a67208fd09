"""app/catch-all-error-handler: handlers of every error, and decorators that swallow what guards refuse."""

from __future__ import annotations

import pytest

from keck.rule import rules
from tests.rules.fixing import fixed, fixes
from tests.support import findings, lines

RULE = "app/catch-all-error-handler"

HANDLER = """
    from flask import Flask, abort, jsonify
    {imports}
    app = Flask(__name__)
    {before}
    @app.errorhandler({takes})
    def failed(error):
        {body}
"""


def handler(
    body: str = "return 'failed', 500", *, takes: str = "Exception", imports: str = "", before: str = ""
) -> str:
    """Return an app with a handler of errors."""
    return HANDLER.format(body=body, takes=takes, imports=imports, before=before)


FIRING = {
    "plain": handler(),
    "base": handler(takes="BaseException"),
    "text of it": handler("return jsonify(error=str(error)), 500"),
    "logged": handler("app.logger.error(error); return 'x'"),
    "other kinds": handler("return ('bad' if isinstance(error, (ValueError, KeyError)) else 'x'), 500"),
    "kind by type": handler("return 'bad' if type(error) is ValueError else 'x'"),
    "harmless attribute": handler("return str(getattr(error, 'args', None)), 500"),
    "own error": handler(
        "if isinstance(error, Own): return 'x'\n        return 'y'", before="class Own(Exception): pass"
    ),
    "own function": handler("return shown(error)", before="def shown(one): return str(one), 500"),
    "own function by keyword": handler("return shown(one=error)", before="def shown(one): return str(one), 500"),
    "own function that takes no more": handler("return shown(1, error)", before="def shown(one): return str(one), 500"),
    "some codes have handlers": handler(before="app.register_error_handler(404, print)"),
    "by name": """
        from flask import Flask
        def failed(error): return 'x', 500
        def create_app():
            app = Flask(__name__)
            app.register_error_handler(Exception, failed)
            return app
        """,
    "current_app": "from flask import current_app\n@current_app.errorhandler(Exception)\ndef f(e): return 'x'\n",
    "app of an unknown caller": "def register(app):\n    @app.errorhandler(Exception)\n    def f(e): return 'x'\n",
    "method": """
        from flask import Flask
        app = Flask(__name__)
        class Shown:
            def shown(self, error): return str(error)
        @app.errorhandler(Exception)
        def f(e):
            return Shown().shown(e)
        """,
}


@pytest.mark.parametrize("source", FIRING.values(), ids=FIRING.keys())
def test_handlers_that_take_everything(source: str) -> None:
    """A handler of Exception that makes no difference between HTTP errors and others is found."""
    (found,) = findings(RULE, source)
    assert found.level.name == "warning"
    assert "alike" in found.message


SILENT = {
    "lets through": handler("if isinstance(error, HTTPException): return error\n        return 'x'",
                            imports="from werkzeug.exceptions import HTTPException"),
    "raises": handler("raise error"),
    "returns it": handler("return error"),
    "asks for its code": handler("return 'x', getattr(error, 'code', 500)"),
    "asks for an attribute that is not known": handler("return 'x', getattr(error, name)", before="name = 'code'"),
    "has a code": handler("return 'x', error.code"),
    "named otherwise": handler("return 'x' if isinstance(error, werkzeug.exceptions.NotFound) else 'y'",
                               imports="import werkzeug.exceptions"),
    "class that cannot be seen": handler("return 'x' if isinstance(error, Odd) else 'y'", imports="from odd import Odd"),
    "class that is computed": handler("return 'x' if isinstance(error, kinds()) else 'y'", before="def kinds(): return ()"),
    "class in a test": handler("if isinstance(error, Odd): return 'x'", imports="from odd import Odd"),
    "given to a stranger": handler("return odd.answer(error)", imports="import odd"),
    "given to what raises": handler("return shown(error)", before="def shown(one): raise one"),
    "deep": handler("return a(error)", before="def a(e): return a(e)"),
    "500": handler(takes="500"),
    "other error": handler(takes="ValueError"),
    "handler of HTTP errors": handler(before="app.register_error_handler(HTTPException, print)",
                                      imports="from werkzeug.exceptions import HTTPException"),
    "every code has a handler": handler(before="[app.register_error_handler(one, print) for one in default_exceptions]",
                                        imports="from werkzeug.exceptions import default_exceptions"),
    "both codes have handlers": handler(before="app.register_error_handler(NotFound, print)\n"
                                               "    app.register_error_handler(405, print)",
                                        imports="from werkzeug.exceptions import NotFound"),
    "text for a code": handler(before='app.register_error_handler("404", print)'),
    "computed": handler(before="app.register_error_handler(len(''), print)"),
    "unknown class": handler(before="app.register_error_handler(Odd, print)", imports="from odd import default_exceptions as Odd"),
    "own variable": handler(before="app.register_error_handler(odd, print)", imports="odd = make()"),
    "no parameter": "from flask import Flask\napp = Flask(__name__)\n@app.errorhandler(Exception)\ndef f(): return 'x'\n",
    "lambda": "from flask import Flask\napp = Flask(__name__)\napp.register_error_handler(Exception, lambda e: 'x')\n",
    "unseen": "from flask import Flask\nfrom odd import f\napp = Flask(__name__)\napp.register_error_handler(Exception, f)\n",
    "APIFlask": "from apiflask import APIFlask\napp = APIFlask(__name__)\n@app.errorhandler(Exception)\ndef f(e): return 'x'\n",
    "restx": "from flask_restx import Api\napi = Api()\n@api.errorhandler(Exception)\ndef f(e): return {}, 500\n",
    "stranger": "from odd import x\n@x.errorhandler(Exception)\ndef f(e): return 'x'\n",
    "no holder": "from odd import errorhandler\n@errorhandler(Exception)\ndef f(e): return 'x'\n",
    "call before it": "from odd import x\n@x().errorhandler(Exception)\ndef f(e): return 'x'\n",
    "smorest": handler(imports="from flask_smorest import Api", before="api = Api(app)"),
    "also for HTTP errors": """
        from flask import Flask
        from werkzeug.exceptions import HTTPException
        app = Flask(__name__)
        @app.errorhandler(Exception)
        @app.errorhandler(HTTPException)
        def f(e): return 'x'
        """,
}  # fmt: skip


@pytest.mark.parametrize("source", SILENT.values(), ids=SILENT.keys())
def test_handlers_that_tell_apart_or_may(source: str) -> None:
    """A handler that treats HTTP errors on their own, or may do so unseen, or is for something else, is none."""
    assert lines(RULE, source) == []


def test_tests_are_no_suspects() -> None:
    """A handler of a test suite's app is passed over."""
    assert lines(RULE, {"tests/test_app.py": handler()}) == []


BLUEPRINT = """
    from flask import Blueprint, Flask, abort
    from flask_jwt_extended import jwt_required

    bp = Blueprint("shop", __name__)


    @bp.{registers}(Exception)
    def failed(error):
        return "failed", 500


    @bp.get("/")
    {guard}
    def index():
        abort(404)
"""


def test_a_blueprint_masks_missing_tokens() -> None:
    """A handler of a blueprint comes before those of Flask-JWT-Extended: an error, repaired by one of the app."""
    source = BLUEPRINT.format(registers="errorhandler", guard="@jwt_required()")
    (found,) = findings(RULE, source)
    assert (found.level.name, "missing token" in found.message) == ("error", True)
    assert found.fix is not None
    assert (found.fix.safe, found.fix.changes) == (False, "has it handle the errors of the whole app")
    text = fixed(RULE, source)
    assert "@bp.app_errorhandler(Exception)" in text
    assert "    if isinstance(error, HTTPException):\n        return error\n" in text


def test_a_blueprint_without_tokens() -> None:
    """A handler of a blueprint whose views ask for no token masks HTTP errors alone, and is repaired by itself."""
    source = BLUEPRINT.format(registers="errorhandler", guard="")
    (found,) = findings(RULE, source)
    assert (found.level.name, "its blueprint" in found.message, "400 and 404" in found.message) == (
        "warning",
        True,
        True,
    )
    assert found.fix is not None
    assert found.fix.safe
    assert "@bp.errorhandler(Exception)" in fixed(RULE, source)


def test_a_blueprint_of_an_unknown_maker() -> None:
    """What is called a blueprint is one, where what it is cannot be seen."""
    source = "def register(blueprint):\n    @blueprint.errorhandler(Exception)\n    def f(e): return 'x'\n"
    (found,) = findings(RULE, source)
    assert "its blueprint" in found.message
    assert lines(RULE, source.replace("blueprint", "thing")) == []


def test_a_handler_for_the_app_masks_no_tokens() -> None:
    """`app_errorhandler` is one of the app: what a missing token raises has a handler that is nearer."""
    (found,) = findings(RULE, BLUEPRINT.format(registers="app_errorhandler", guard="@jwt_required()"))
    assert found.level.name == "warning"


@pytest.mark.parametrize(
    "more",
    [
        "    app = Flask(__name__)\n    @app.errorhandler(Exception)\n    def other(error): return error\n",
        "    @bp.errorhandler(KeyError)\n    def other(error): return ''\n",
    ],
)
def test_another_handler_beside_it(more: str) -> None:
    """Where the app has a handler of every error already, that of the blueprint cannot become one of the app."""
    found = findings(RULE, BLUEPRINT.format(registers="errorhandler", guard="@jwt_required()") + more)
    assert [one.fix is None for one in found] == ["Flask(__name__)\n    @app" in more]


def test_tokens_alone() -> None:
    """Where a handler of HTTP errors stands beside it, a missing token is still masked; other guarded views are not."""
    more = "    @bp.errorhandler(HTTPException)\n    def http(error): return error\n"
    source = BLUEPRINT.format(registers="errorhandler", guard="@jwt_required()") + more
    source = source.replace(
        "import jwt_required", "import jwt_required\n    from werkzeug.exceptions import HTTPException"
    )
    (found,) = findings(RULE, source)
    assert found.message == (
        "`failed()` answers every error of its blueprint alike: a missing token is answered as a failure of the server"
    )
    other = source.replace("@bp.get", "@Flask('x').get")
    assert lines(RULE, other) == []


def test_registered_by_name_on_a_blueprint() -> None:
    """A handler that is registered by name on a guarded blueprint has to be moved by hand."""
    source = """
        from flask import Blueprint
        from flask_jwt_extended import jwt_required
        bp = Blueprint("shop", __name__)
        def failed(error): return "x"
        bp.register_error_handler(Exception, failed)
        @bp.get("/")
        @jwt_required()
        def index(): return ""
        """
    assert fixes(RULE, source) == [None]


def test_the_limits_answer_counts() -> None:
    """With a limiter, 429 is among what is masked."""
    (found,) = findings(RULE, handler(imports="from flask_limiter import Limiter", before="Limiter(print, app=app)"))
    assert "404, 405 and 429" in found.message


def test_no_fix_where_it_is_for_codes_as_well() -> None:
    """A handler that serves a code too would let that through unhandled: no fix."""
    source = """
        from flask import Flask
        app = Flask(__name__)
        @app.errorhandler(500)
        @app.errorhandler(Exception)
        def failed(error): return "x", 500
        """
    assert fixes(RULE, source) == [None]


def test_the_repair_keeps_docstrings_and_names() -> None:
    """The question comes after a docstring, with the name under which the module knows HTTPException."""
    source = '''
        from flask import Flask
        from werkzeug.exceptions import HTTPException as Refused

        app = Flask(__name__)


        def raised() -> Refused: ...


        class Handlers:
            @app.errorhandler(Exception)
            def failed(self, problem):
                """Answer."""
                return "x", 500
        '''
    assert '''"""Answer."""
        if isinstance(problem, Refused):
            return problem
        return "x", 500
''' in fixed(RULE, source)


SWALLOWED = """
    from functools import wraps

    from flask import Flask
    from flask_jwt_extended import jwt_required
    from flask_limiter import Limiter

    app = Flask(__name__)
    limiter = Limiter(print, app=app)


    def safe(view):
        @wraps(view)
        def inner(*args, **kwargs):
            {body}

        return inner


    @app.get("/")
    @safe
    @{guard}
    def index():
        return "x"
"""
TRY = "try:\n                return view(*args, **kwargs)\n            except {}:\n                {}"


@pytest.mark.parametrize("guard", ["jwt_required()", 'limiter.limit("1 per day")'])
@pytest.mark.parametrize("body", [TRY.format("Exception as e", "return str(e), 500"), TRY.format("", "return 'x'")])
def test_a_decorator_swallows_refusals(guard: str, body: str) -> None:
    """A decorator that catches everything above a guard is an error, and moves below it."""
    source = SWALLOWED.format(guard=guard, body=body)
    (found,) = findings(RULE, source)
    assert (found.level.name, found.symbol) == ("error", "app:index")
    assert f"@{guard}\n@safe\ndef index" in fixed(RULE, source)


@pytest.mark.parametrize(
    "body",
    [
        TRY.format("Exception", "raise"),
        TRY.format("ValueError", "return 'x'"),
        TRY.format("HTTPException", "raise") + "\n            except Exception:\n                return 'x'",
        TRY.format("Exception as e", "return 'x', e.code"),
        TRY.format("Exception", "pass"),
        "return view(*args, **kwargs)",
        "try:\n                print()\n            finally:\n                view()",
        "with open('x'):\n                return view()",
    ],
)
def test_decorators_that_let_refusals_pass(body: str) -> None:
    """A decorator that raises again, passes refusals on, or catches less, is none."""
    assert lines(RULE, SWALLOWED.format(guard="jwt_required()", body=body)) == []


def test_what_stands_below_the_guard_is_fine() -> None:
    """A decorator below the guard, one above an optional guard, and one that is not the project's, are none."""
    body = TRY.format("Exception", "return 'x'")
    below = SWALLOWED.format(guard="jwt_required()", body=body).replace(
        "    @safe\n    @jwt_required()", "    @jwt_required()\n    @safe"
    )
    assert lines(RULE, below) == []
    assert lines(RULE, SWALLOWED.format(guard="jwt_required(optional=True)", body=body)) == []
    assert lines(RULE, below.replace("    @jwt_required()\n    @safe", "    @odd\n    @jwt_required()")) == []


def test_a_decorator_of_a_class_is_moved_by_hand() -> None:
    """Where the decorators are those of a class, there is no fix; a decorator that is told once is told once."""
    body = TRY.format("Exception", "return 'x'")
    source = (
        SWALLOWED.format(guard="jwt_required()", body=body)
        + """
    from flask.views import MethodView
    class View(MethodView):
        decorators = [jwt_required(), safe]
        def get(self): return ""
        def post(self): return ""
    app.add_url_rule("/v", view_func=View.as_view("v"))
    """
    )
    assert [one is None for one in fixes(RULE, source)] == [False, True]


def test_it_is_registered() -> None:
    """The rule has both halves."""
    (rule,) = (one for one in rules() if one.id == RULE)
    assert rule.seen == "both"
