"""Any origin together with credentials."""

from __future__ import annotations

import pytest

from tests.support import findings, lines

RULE = "cors/any-origin-with-credentials"
APP = "from flask import Flask\nfrom flask_cors import CORS\napp = Flask(__name__)\n"

OWN = (
    "class Own(CORS):\n    def __init__(self, app, **words):\n        super().__init__(app, origins=known(), **words)\n"
)


@pytest.mark.parametrize(
    "text",
    [
        "CORS(app, supports_credentials=True)",
        "CORS(app=app, supports_credentials=True)",
        'CORS(app, origins="*", supports_credentials=True)',
        'CORS(app, origins=["*"], supports_credentials=True)',
        'CORS(app, origins=r".*", supports_credentials=True)',
        'CORS(app, origins=r"https?://.*", supports_credentials=True)',
        'CORS(app, origins=["https://a.example", r"^.*$"], supports_credentials=1)',
        'CORS(app, resources={r"/api/*": {"origins": "*"}}, supports_credentials=True)',
        'CORS(app, resources={r"/api/*": {"supports_credentials": True}})',
        'CORS(app, resources="/api/*", supports_credentials=True)',
        'CORS(app, supports_credentials="false")',
        'CORS(app, **{"supports_credentials": True})',
        "cors = CORS(supports_credentials=True); cors.init_app(app)",
        'cors = CORS(origins=["https://a.example"], supports_credentials=True); cors.init_app(app, origins="*")',
        'app.config["CORS_SUPPORTS_CREDENTIALS"] = True; CORS(app)',
        'app.config["CORS_ORIGINS"] = "*"; CORS(app, supports_credentials=True)',
        'app.config.update(CORS_ORIGINS=["*"], CORS_SUPPORTS_CREDENTIALS=True); CORS(app)',
        'app.config["ALLOWED"] = "*"; CORS(app, origins=app.config["ALLOWED"], supports_credentials=True)',
        'CORS(app, origins=app.config.get("ALLOWED", "*"), supports_credentials=True)',
    ],
)
def test_fires_in_every_spelling(text: str) -> None:
    """Any origin with credentials is found however the two are written."""
    assert lines(RULE, APP + text) == ["app.py:4 error"]


def test_blueprint_and_decorator_are_policies_too() -> None:
    """A blueprint's call and a decorated view are judged like the app's."""
    text = """
        from flask import Blueprint, Flask
        from flask_cors import CORS, cross_origin
        app = Flask(__name__)
        api = Blueprint("api", __name__)
        CORS(api, supports_credentials=True)

        @app.route("/me")
        @cross_origin(supports_credentials=True)
        def me(): return ""

        @app.route("/you")
        @cross_origin(origins="https://a.example", supports_credentials=True)
        def you(): return ""
        """
    assert lines(RULE, text) == ["app.py:5 error", "app.py:8 error"]


def test_config_class_in_another_file() -> None:
    """Credentials in a class of settings meet the open call in the factory, and are shown as related."""
    files = {
        "app/__init__.py": """
            from flask import Flask
            from app.extensions import cors
            def create_app(config="app.settings.Config"):
                app = Flask(__name__)
                app.config.from_object(config)
                cors.init_app(app)
                return app
            """,
        "app/extensions.py": "from flask_cors import CORS\ncors = CORS()\n",
        "app/settings.py": "class Config:\n    CORS_SUPPORTS_CREDENTIALS = True\n",
    }
    (found,) = findings(RULE, files)
    assert (found.place.path, found.place.line) == ("app/__init__.py", 6)
    assert [(one.place.path, one.place.line) for one in found.related] == [
        ("app/extensions.py", 2),
        ("app/settings.py", 2),
    ]


def test_fallback_of_a_variable_is_a_warning() -> None:
    """Where only the fallback of an environment variable opens it, it is a warning."""
    text = 'import os\nCORS(app, origins=os.environ.get("ORIGINS", "*"), supports_credentials=True)'
    assert lines(RULE, APP + text) == ["app.py:5 warning"]


@pytest.mark.parametrize(
    "text",
    [
        "CORS(app)",
        'CORS(app, origins="*")',
        "CORS(app, supports_credentials=False)",
        'CORS(app, origins=["https://a.example"], supports_credentials=True)',
        'CORS(app, origins=r"^https://([a-z]+\\.)?a\\.example$", supports_credentials=True)',
        'app.config["CORS_ORIGINS"] = ["https://a.example"]; CORS(app, supports_credentials=True)',
        'CORS(app, origins="*", resources={r"/api/.*": {"origins": "https://a.example", "supports_credentials": True}})',
        "import settings; CORS(app, origins=settings.ORIGINS, supports_credentials=True)",
        'import os; CORS(app, origins=os.environ["ORIGINS"].split(","), supports_credentials=True)',
        'import os; CORS(app, supports_credentials=os.environ.get("CREDENTIALS"))',
        "CORS(app, supports_credentials=True, **options())",
        "CORS(app, supports_credentials=True, resources=options())",
        'CORS(app, supports_credentials=True, resources={r"/api/.*": options()})',
        'CORS(app, supports_credentials=True, resources={r"/api/.*": {**options()}})',
        'app.config.from_pyfile("unseen.cfg"); CORS(app, supports_credentials=True)',
        "CORS(supports_credentials=True)",
        "class CORS:\n    def __init__(self, *args, **words): pass\nCORS(app, supports_credentials=True)",
        OWN + "Own(app, supports_credentials=True)",
        'live = compute()\nCORS(app, origins="*" if live else ["https://a.example"], supports_credentials=True)',
    ],
)
def test_stays_silent(text: str) -> None:
    """Nothing is said where origins are listed, credentials are off, or one of both cannot be known."""
    assert lines(RULE, APP + text) == []


def test_development_class_that_is_not_the_default_does_not_count() -> None:
    """An open development class beside a closed production class is nobody's fault."""
    text = """
        import os
        from flask import Flask
        from flask_cors import CORS
        class ProductionConfig:
            CORS_ORIGINS = ["https://a.example"]
        class DevelopmentConfig:
            CORS_ORIGINS = "*"
        configs = {"production": ProductionConfig, "development": DevelopmentConfig}
        app = Flask(__name__)
        app.config.from_object(configs[os.environ.get("MODE", "production")])
        CORS(app, supports_credentials=True)
        """
    assert lines(RULE, text) == []


def test_tests_are_no_suspects() -> None:
    """What a test suite opens is its own affair."""
    assert lines(RULE, {"tests/test_app.py": APP + "CORS(app, supports_credentials=True)"}) == []
    files = {
        "cors.py": "from flask_cors import CORS\ncors = CORS(supports_credentials=True)\n",
        "tests/conftest.py": "from flask import Flask\nfrom cors import cors\napp = Flask(__name__)\ncors.init_app(app)\n",
    }
    assert lines(RULE, files) == []


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("CORS(app, supports_credentials=True, send_wildcard=True)", "the app does not start: "),
        ('CORS(app, origins=["*"], supports_credentials=True, send_wildcard=True)', "the app does not start: "),
        (
            "from flask_cors import cross_origin as x\n@app.get('/')\n@x(supports_credentials=True, send_wildcard=True)\ndef index(): return ''",
            "`index()` answers with a 500: ",
        ),
        ('CORS(app, origins="https?://.*", supports_credentials=True, send_wildcard=True)', "any website may read "),
        ("CORS(app, supports_credentials=True, send_wildcard=unseen())", "any website may read "),
    ],
)
def test_what_flask_cors_refuses_is_told(text: str, outcome: str) -> None:
    """With send_wildcard as well Flask-CORS raises: at start, or for a decorator with each request."""
    (found,) = findings(RULE, APP + text)
    assert found.message.startswith(outcome)
    assert found.level.name == "error"


@pytest.mark.parametrize("guard", ["app.debug", 'app.config["DEBUG"]', 'name == "development"', 'name != "production"'])
def test_a_policy_for_development_is_a_note(guard: str) -> None:
    """A policy that only a development run puts in force fails no build."""
    text = f"{APP}name = unseen()\nif {guard}: CORS(app, supports_credentials=True)\n"
    assert lines(RULE, text) == ["app.py:5 note"]


@pytest.mark.parametrize("guard", ["app.testing", "testing"])
def test_a_policy_for_tests_is_silent(guard: str) -> None:
    """A policy that only a test run puts in force is no suspect."""
    assert lines(RULE, f"{APP}if {guard}: CORS(app, supports_credentials=True)\n") == []


@pytest.mark.parametrize("guard", ["not app.debug", "flag", 'name == "production"'])
def test_a_policy_of_another_branch_counts(guard: str) -> None:
    """A branch that production may take changes nothing."""
    assert lines(RULE, f"{APP}name = unseen()\nif {guard}: CORS(app, supports_credentials=True)\n") == [
        "app.py:5 error"
    ]
