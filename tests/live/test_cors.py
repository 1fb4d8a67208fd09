"""Who may read a route's answers, compared with what flask-cors answers."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from keck.live.policies import policies
from keck.live.record import Cors
from tests.live.making import make, only

ORIGINS = ("https://a.example", "https://b.example", "https://deep.c.example", "https://evil.example")

VIEW = """
@app.get("/x")
def view():
    return "x"
"""
BLUEPRINT = """
outer = Blueprint("outer", __name__)
inner = Blueprint("inner", __name__)
{}
@inner.get("/x")
def view():
    return "x"
outer.register_blueprint(inner)
app.register_blueprint(outer)
"""

# source, the origins that get an answer, whether with credentials, the source that answers first
CASES: dict[str, tuple[str, set[str], bool, str]] = {
    "none": (VIEW, set(), False, ""),
    "open": ("CORS(app)" + VIEW, set(ORIGINS), False, "CORS(app)"),
    "open with credentials": ("CORS(app, supports_credentials=True)" + VIEW, set(ORIGINS), True, "CORS(app)"),
    "one": ("CORS(app, origins=['https://a.example'])" + VIEW, {"https://a.example"}, False, "CORS(app)"),
    "pattern": (
        "CORS(app, origins=r'https://.*\\.c\\.example')" + VIEW,
        {"https://deep.c.example"},
        False,
        "CORS(app)",
    ),
    "no origin at all": ("CORS(app, origins=[])" + VIEW, set(), False, ""),
    "another resource": ("CORS(app, resources={'/y': {}})" + VIEW, set(), False, ""),
    "decorator": (
        "CORS(app)\n@app.get('/x')\n@cross_origin(origins=['https://b.example'], supports_credentials=True)\ndef v(): return 'x'",
        {"https://b.example"},
        True,
        "@cross_origin",
    ),
    "two of the app": (
        "CORS(app)\nCORS(app, origins=['https://a.example'])" + VIEW,
        set(ORIGINS),
        False,
        "CORS(app)",
    ),
    "blueprint alone": (
        BLUEPRINT.format("CORS(inner, origins=['https://a.example'])"),
        {"https://a.example"},
        False,
        "CORS(blueprint outer.inner)",
    ),
    "blueprint and app": (
        "CORS(app)\n" + BLUEPRINT.format("CORS(inner, origins=['https://a.example'], supports_credentials=True)"),
        set(ORIGINS),
        True,
        "CORS(blueprint outer.inner)",
    ),
    "three": (
        "CORS(app, origins=['https://deep.c.example'])\n"
        + BLUEPRINT.format("CORS(inner, origins=['https://a.example'])\nCORS(outer, origins=['https://b.example'])"),
        {"https://a.example", "https://b.example", "https://deep.c.example"},
        False,
        "CORS(blueprint outer.inner)",
    ),
}


def cors_of(app: Flask) -> Cors:
    """Return what is said of the route /x."""
    return only(app).cors


@pytest.mark.parametrize("name", CASES)
def test_origins_are_those_that_get_an_answer(name: str, tmp_path: Path) -> None:
    """Which origins may read, with credentials or not, and where policies add up, is what requests show."""
    source, origins, credentials, first = CASES[name]
    module = make(tmp_path, source)
    cors = cors_of(module.app)
    client = module.app.test_client()
    answers = {each: client.get("/x", headers={"Origin": each}).headers for each in ORIGINS}
    assert {one for one, headers in answers.items() if "Access-Control-Allow-Origin" in headers} == origins
    assert (cors.source, cors.credentials) == (first, credentials)
    assert credentials is any("Access-Control-Allow-Credentials" in headers for headers in answers.values())
    assert cors.open is ("https://evil.example" in origins)
    if origins:
        asked = {"Origin": min(origins), "Access-Control-Request-Method": "GET"}
        allowed = client.options("/x", headers=asked).headers.get("Access-Control-Allow-Methods", "")
        assert cors.preflight is ("GET" in allowed)
    for one in cors.admits:
        assert one["origin"] in origins


def test_an_origin_that_a_wider_policy_lets_in(tmp_path: Path) -> None:
    """What the blueprint refuses and the app lets in is told for each origin, and for one that is hostile."""
    cors = cors_of(make(tmp_path, CASES["blueprint and app"][0]).app)
    assert cors.origins == ("https://a.example",)
    assert cors.admits == (
        {"origin": "https://evil.example", "refused_by": "CORS(blueprint outer.inner)", "let_in_by": "CORS(app)"},
    )
    three = cors_of(make(tmp_path, CASES["three"][0]).app)
    assert [(one["origin"], one["let_in_by"]) for one in three.admits] == [
        ("https://b.example", "CORS(blueprint outer)"),
        ("https://deep.c.example", "CORS(app)"),
    ]
    assert [one["source"] for one in three.policies] == [
        "CORS(blueprint outer.inner)",
        "CORS(blueprint outer)",
        "CORS(app)",
    ]


def test_patterns_and_credentials_are_told(tmp_path: Path) -> None:
    """An origin that is a pattern is written as one, and a policy that answers nobody is listed and no source."""
    assert cors_of(make(tmp_path, CASES["pattern"][0]).app).origins == ("re:https://.*\\.c\\.example",)
    nobody = cors_of(make(tmp_path, CASES["no origin at all"][0]).app)
    assert (nobody.source, nobody.preflight, len(nobody.policies)) == ("", False, 1)
    assert nobody.policies[0] == {
        "source": "CORS(app)",
        "origins": [],
        "open": False,
        "credentials": False,
        "resource": "/*",
    }


def test_a_preflight_needs_somebody_to_answer_it(tmp_path: Path) -> None:
    """A rule that answers no OPTIONS has no preflight; nor has a method that the policy leaves out."""
    module = make(
        tmp_path,
        """
        CORS(app, methods=["GET"])

        def view():
            return "x"

        app.add_url_rule("/x", "x", view, methods=["GET", "PUT"])
        app.add_url_rule("/y", "y", view, methods=["GET"], provide_automatic_options=False)
        """,
    )
    client = module.app.test_client()
    for rule, method in (("/x", "GET"), ("/x", "PUT"), ("/y", "GET")):
        asked = {"Origin": "https://a.example", "Access-Control-Request-Method": method}
        answer = client.options(rule, headers=asked)
        allowed = answer.status_code < 300 and method in answer.headers.get("Access-Control-Allow-Methods", "")
        assert only(module.app, rule, method).cors.preflight is allowed


def test_the_policies_of_an_app(tmp_path: Path) -> None:
    """Policies stand in the order in which they are asked, with what they are made of."""
    module = make(
        tmp_path,
        "CORS(app, resources={r'/x': {'origins': '*'}, r'/y/.*': {}}, methods=['GET'])\n" + CASES["three"][0],
    )
    found = policies(module.app)
    assert [one["at"] for one in found] == ["outer.inner", "outer", "app", "app"]
    assert found[0]["resources"] == [
        {
            "pattern": "/*",
            "regex": True,
            "origins": [{"text": "https://a.example", "regex": False}],
            "open": False,
            "credentials": False,
            "methods": ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"],
            "matches": 2,
        }
    ]
    first, second = found[-1]["resources"]
    assert (first["pattern"], first["regex"], first["matches"], first["open"]) == ("/x", False, 1, True)
    assert (second["pattern"], second["regex"], second["matches"], second["methods"]) == ("/y/.*", True, 0, ["GET"])


def test_hooks_of_others_are_no_policies(tmp_path: Path) -> None:
    """A function that runs after each request and is not flask-cors' own is left alone."""
    module = make(tmp_path, "@app.after_request\ndef after(answer):\n    return answer\n" + VIEW)
    assert policies(module.app) == []


def test_without_flask_cors_there_are_no_policies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An app that has not loaded the extension has none."""
    module = make(tmp_path, VIEW)
    for name in ("flask_cors", "flask_cors.core", "flask_cors.decorator", "flask_cors.extension"):
        monkeypatch.delitem(__import__("sys").modules, name)
    assert policies(module.app) == []
    assert cors_of(module.app) == Cors()


def test_the_options_of_a_decorator_are_told_by_name(tmp_path: Path) -> None:
    """The layer of `cross_origin` names what it was given, and whether it answers OPTIONS."""
    source = """
    @app.get("/x")
    @cross_origin(origin="https://a.example", automatic_options=False)
    def x(): return {}
    """
    (layer, _) = only(make(tmp_path, source).app).layers
    assert layer.details == {"options": ["automatic_options", "origin"], "automatic_options": False}
