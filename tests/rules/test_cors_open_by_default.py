"""CORS that is open to every origin."""

from __future__ import annotations

import pytest

from tests.support import findings, lines

RULE = "cors/open-by-default"
HEAD = "from flask import Blueprint, Flask\nfrom flask_cors import CORS, cross_origin\napp = Flask(__name__)\n"
POST = '\n@app.post("/api/orders")\ndef order(): return ""\n'


@pytest.mark.parametrize(
    "text",
    [
        "CORS(app)",
        'CORS(app, origins="*")',
        'CORS(app, origins=["*"])',
        'CORS(app, resources={r"/api/*": {}})',
        'CORS(app, resources={r"/api/*": {"origins": "*"}})',
        'CORS(app, resources=[r"/api/*"])',
        'CORS(app, resources=[r"/api/*", unseen()])',
        "cors = CORS(); cors.init_app(app)",
        'app.config["CORS_ORIGINS"] = "*"; CORS(app)',
        'app.config["CORS_ORIGINS"] = None; CORS(app)',
        'CORS(app, allow_origins="*")',
        "CORS(app, allow_headers=['X-Token'])",
        'app.config["CORS_RESOURCES"] = {r"/api/*": {"origins": "*"}}; CORS(app)',
    ],
)
def test_fires_before_a_route_that_changes_state(text: str) -> None:
    """An open policy before a route that changes state is a warning."""
    assert lines(RULE, HEAD + text + POST) == ["app.py:4 warning"]


@pytest.mark.parametrize(
    ("head", "text", "words"),
    [
        (
            "from flask_login import login_required",
            '@app.get("/me")\n@login_required\ndef me(): return ""',
            "logged in",
        ),
        (
            "from flask_jwt_extended import jwt_required",
            '@app.get("/me")\n@jwt_required()\ndef me(): return ""',
            "me()",
        ),
        ("from flask import session", '@app.get("/")\ndef me(): return session["name"]', "keeps sessions"),
        ("import flask_login", '@app.get("/")\ndef me(): return ""', "keeps sessions"),
    ],
)
def test_says_what_is_behind_it(head: str, text: str, words: str) -> None:
    """Guards and sessions behind an open policy make it a warning and are named."""
    (found,) = findings(RULE, f"{HEAD}{head}\nCORS(app)\n{text}\n")
    assert found.level.name == "warning"
    assert words in found.message


@pytest.mark.parametrize(
    "guard", ["jwt_required(optional=True)", "jwt_required(True)", "jwt_optional", "auth.login_required(optional=True)"]
)
def test_optional_guards_are_no_reason(guard: str) -> None:
    """A view that guests may use is not for those who are logged in; one that they may not is, wherever it stands."""
    head = (
        "from flask_httpauth import HTTPBasicAuth\nfrom flask_jwt_extended import jwt_optional, jwt_required\n"
        "auth = HTTPBasicAuth()\nCORS(app)\n"
    )
    public = f'@app.get("/news")\n@{guard}\ndef news(): return ""\n'
    (found,) = findings(RULE, HEAD + head + public)
    assert (found.level.name, "logged in" in found.message) == ("note", False)
    own = '@app.get("/own")\n@jwt_required()\ndef own(): return ""\n'
    (found,) = findings(RULE, HEAD + head + public + own)
    assert (found.level.name, "own()" in found.message) == ("warning", True)


def test_public_reading_is_a_note() -> None:
    """An open policy before routes that only read, without sessions, is a note; and so is one without routes."""
    assert lines(RULE, HEAD + 'CORS(app)\n@app.get("/prices")\ndef prices(): return ""\n') == ["app.py:4 note"]
    assert lines(RULE, HEAD + "CORS(app)\n") == ["app.py:4 note"]


def test_only_what_the_pattern_covers_counts() -> None:
    """A route that changes state outside the pattern does not matter."""
    text = HEAD + 'CORS(app, resources={r"/public/.*": {"origins": "*"}})\n' + POST
    assert lines(RULE, text) == ["app.py:4 note"]


def test_fallback_of_a_variable_is_a_note() -> None:
    """A wildcard that an environment variable replaces is a note."""
    text = HEAD + 'import os\nCORS(app, origins=os.environ.get("ORIGINS", "*"))\n' + POST
    (found,) = findings(RULE, text)
    assert found.level.name == "note"
    assert found.message.endswith(" while the environment does not set `ORIGINS`")


def test_decorators_of_a_file_are_told_once() -> None:
    """Many open decorators in one file make one finding that counts the views."""
    views = "".join(
        f'\n@app.post("/{name}")\n@cross_origin()\ndef {name}(): return ""\n' for name in ("one", "two", "three")
    )
    (found,) = findings(RULE, HEAD + views)
    assert (found.place.line, found.level.name) == (6, "warning")
    assert "`one()`, which changes state, and 2 other views of this file" in found.message


def test_blueprint() -> None:
    """An open blueprint is judged by its own routes; a namespace of routes elsewhere does not matter."""
    text = """
        from flask import Blueprint, Flask
        from flask_cors import CORS
        api = Blueprint("api", __name__)
        CORS(api)

        @api.get("/prices")
        def prices(): return ""

        app = Flask(__name__)
        app.register_blueprint(api, url_prefix="/api")

        @app.post("/orders")
        def order(): return ""
        """
    (found,) = findings(RULE, text)
    assert (found.place.line, found.level.name) == (4, "note")
    assert "blueprint `api`" in found.message


def test_loop_and_instance_elsewhere_are_related() -> None:
    """Bound in a loop, the place is the binding and the instance is related."""
    files = {
        "ext.py": "from flask_cors import CORS\ncors = CORS()\n",
        "app.py": """
            from flask import Flask
            from ext import cors
            def create_app():
                app = Flask(__name__)
                for one in (cors,):
                    one.init_app(app)
                return app
            """,
    }
    (found,) = findings(RULE, files)
    assert (found.place.path, found.place.line) == ("app.py", 6)
    assert [one.place.path for one in found.related] == ["ext.py"]


@pytest.mark.parametrize(
    "text",
    [
        'CORS(app, origins=["https://a.example"])',
        'CORS(app, origins="https://a.example")',
        'CORS(app, resources={r"/api/.*": {"origins": ["https://a.example"]}})',
        "import settings; CORS(app, origins=settings.ORIGINS)",
        'import os; CORS(app, origins=os.environ["ORIGINS"])',
        "CORS(app, **options())",
        "CORS()",
        "CORS(app, supports_credentials=True)",
        'CORS(app, origin="https://a.example")',
        'CORS(app, resource={r"/api/.*": {}})',
        'api = Blueprint("a", __name__); app.config["CORS_ORIGINS"] = "https://a.example"; CORS(api)',
        'app.config["ALLOWED"] = ["https://a.example"]; CORS(app, origins=app.config.get("ALLOWED", "*"))',
        'app.config.from_envvar("SETTINGS"); CORS(app)',
        "CORS(app, origins=None)",
        "CORS(app, origins=[])",
        "CORS(app, resources=None)",
        '@app.get("/")\n@cross_origin\ndef index(): return ""',
    ],
)
def test_stays_silent(text: str) -> None:
    """Nothing is said where origins are listed, cannot be known, or another rule tells the fault."""
    assert lines(RULE, HEAD + text + POST) == []


def test_strangers_of_the_same_name() -> None:
    """CORS of another framework is none of ours."""
    assert lines(RULE, "from sanic import Sanic\nfrom sanic_cors import CORS\napp = Sanic('a')\nCORS(app)\n") == []


def test_class_decorators() -> None:
    """cross_origin in a class's list of decorators is found."""
    text = """
        from flask import Flask
        from flask.views import MethodView
        from flask_cors import cross_origin
        app = Flask(__name__)
        class Orders(MethodView):
            decorators = [cross_origin()]
            def post(self): return ""
            def get(self): return ""
        app.add_url_rule("/orders", view_func=Orders.as_view("orders"))
        """
    (found,) = findings(RULE, text)
    assert (found.place.line, found.level.name) == (6, "warning")


@pytest.mark.parametrize(
    ("text", "help"),
    [
        ("CORS(app)", 'with `origins=["https://..."]`, or with `CORS_ORIGINS` in the config'),
        ('CORS(app, origins="*")', 'with `origins=["https://..."]`'),
        ('app.config["CORS_ORIGINS"] = "*"; CORS(app)', "in `CORS_ORIGINS`"),
        (
            'app.config["CORS_ORIGINS"] = ["https://a.example"]\nCORS(app, resources={r"/*": {"origins": "*"}})',
            'with `origins=["https://..."]`; `CORS_ORIGINS` has no effect here',
        ),
        ('api = Blueprint("api", __name__); CORS(api)', 'with `origins=["https://..."]`'),
    ],
)
def test_help_names_the_place_that_is_read(text: str, help: str) -> None:
    """The config is only offered where Flask-CORS would read it."""
    (found,) = findings(RULE, HEAD + "from flask import Blueprint\n" + text)
    assert found.help == f"name your own front ends {help}"


@pytest.mark.parametrize(
    ("origins", "why"),
    [
        ('"*"', "because its origins are '*'"),
        ('["*", "https://.*"]', "because its origins allow any"),
        ('"*" if unseen() else os.environ.get("ORIGINS", "*")', "while an environment variable is not set"),
    ],
)
def test_says_where_it_comes_from(origins: str, why: str) -> None:
    """The message tells by what any origin is allowed."""
    (found,) = findings(RULE, f"{HEAD}import os\nCORS(app, origins={origins})\n")
    assert found.message.endswith(f"every URL of the app {why}")


def test_one_other_view_is_named_in_the_singular() -> None:
    """With one other view there is no plural, and the view that matters is named."""
    views = (
        '\n@app.get("/a")\n@cross_origin()\ndef a(): return ""\n@app.post("/b")\n@cross_origin()\ndef b(): return ""\n'
    )
    (found,) = findings(RULE, HEAD + views)
    assert "`a()` and 1 other view of this file, such as `b()`, which changes state, because" in found.message


@pytest.mark.parametrize("guard", ["app.debug", 'app.config["DEBUG"]', 'name == "development"', 'name != "production"'])
def test_a_policy_for_development_is_a_note(guard: str) -> None:
    """A policy that only a development run puts in force fails no build."""
    text = f"{HEAD}name = unseen()\nif {guard}: CORS(app)\n{POST}"
    assert lines(RULE, text) == ["app.py:5 note"]


@pytest.mark.parametrize("guard", ["app.testing", "testing"])
def test_a_policy_for_tests_is_silent(guard: str) -> None:
    """A policy that only a test run puts in force is no suspect."""
    assert lines(RULE, f"{HEAD}if {guard}: CORS(app)\n{POST}") == []


@pytest.mark.parametrize("guard", ["not app.debug", "flag", 'name == "production"'])
def test_a_policy_of_another_branch_counts(guard: str) -> None:
    """A branch that production may take changes nothing."""
    assert lines(RULE, f"{HEAD}name = unseen()\nif {guard}: CORS(app)\n{POST}") == ["app.py:5 warning"]
