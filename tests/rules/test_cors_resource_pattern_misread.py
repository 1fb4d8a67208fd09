"""Path patterns that cover other URLs than they seem to."""

from __future__ import annotations

import pytest

from tests.support import findings, lines

RULE = "cors/resource-pattern-misread"


def _app(resources: str, *rules: str) -> str:
    views = "".join(f'@app.route("{rule}")\ndef view{number}(): return ""\n' for number, rule in enumerate(rules))
    head = "import re\nfrom flask import Blueprint, Flask\nfrom flask_cors import CORS\napp = Flask(__name__)\n"
    return f'{head}CORS(app, origins=["https://a.example"], resources={resources})\n{views}'


@pytest.mark.parametrize(
    ("resources", "rules", "words"),
    [
        ('["/api"]', ["/api/users"], "nothing below it"),
        ('"/api/"', ["/api/users"], "nothing below it"),
        ('{"/api/v1": {}}', ["/api/v1/users/<int:id>"], "nothing below it"),
        ('{"/api/*": {}}', ["/api/users", "/apiary"], "also covers `/apiary`"),
        ('{r"^/public/*": {}}', ["/publications/<path:name>"], "also covers `/publications/<path:name>`"),
        ('{"/api/<int:id>": {}}', ["/api/<int:id>"], "not a route rule"),
        ('{"/api/<id>": {}}', [], "not a route rule"),
        ('{"/api/**": {}}', [], "no regular expression"),
        ('{r"/(api|static|media)/.*": {"origins": "*"}, r"/api/admin.*": {}}', ["/api/admin"], "has no effect"),
        ('{r"/(api|static|media)/.*": {"origins": "*"}, re.compile("/api/a"): {"max_age": 1}}', ["/api/a"], ""),
    ],
)
def test_fires(resources: str, rules: list[str], words: str) -> None:
    """Each misreading is told by the URLs of the app."""
    found = findings(RULE, _app(resources, *rules))
    if words:
        assert [words in one.message for one in found] == [True]
        assert found[0].place.line == 5
    else:
        assert found == []


def test_invalid_is_an_error_and_the_rest_are_warnings() -> None:
    """What stops the app at start is an error."""
    assert lines(RULE, _app('{"/api/**": {}}')) == ["app.py:5 error"]
    assert lines(RULE, _app('["/api"]', "/api/users")) == ["app.py:5 warning"]


@pytest.mark.parametrize(
    ("resources", "rules"),
    [
        ('{r"/api/*": {}}', ["/api/users", "/api", "/other"]),
        ('{r"/api/.*": {}}', ["/api/users", "/apiary"]),
        ('{r"^/api(/.*)?$": {}}', ["/api/users", "/apiary"]),
        ('["/api"]', ["/api", "/api/users"]),
        ('["/api"]', ["/other"]),
        ('["/"]', ["/other"]),
        ('{r"/*": {}}', ["/users"]),
        ('{"*": {}}', ["/users"]),
        ('{r"/api/.*": {}, r"/.*": {"origins": "*"}}', ["/api/users", "/x"]),
        ('{r"/(api|static|media)/.*": {}, r"/api/admin.*": {}}', ["/api/admin/x"]),
        ('{r"/(api|static|media)/.*": {"origins": "*"}, r"/api/admin.*": {}}', ["/other"]),
        ('{r"/(api|static|media)/.*": {"origins": "*"}, "/api/admin": {}}', ["/api/admin"]),
        ('{r"/(api|static|media)/.*": {"origins": a()}, r"/api/admin.*": {"origins": b()}}', ["/api/admin"]),
        ("unseen()", ["/api/users"]),
        ("[unseen()]", ["/api/users"]),
        ("{unseen(): {}}", ["/api/users"]),
        ('{re.compile("/api"): {}}', ["/api/users"]),
    ],
)
def test_stays_silent(resources: str, rules: list[str]) -> None:
    """Patterns that cover what they seem to, or whose URLs are not known, are not reported."""
    assert lines(RULE, _app(resources, *rules)) == []


@pytest.mark.parametrize(("pin", "told"), [("5.0.1", 1), ("6.0.5", 0)])
def test_the_order_depends_on_the_version(pin: str, told: int) -> None:
    """Before Flask-CORS 6 the longer pattern wins, since then the one with more slashes."""
    text = _app('{r"/(api|static|media)/.*": {"origins": "*"}, r"/api/v1/admin.*": {}}', "/api/v1/admin")
    assert len(lines(RULE, {"app.py": text, "requirements.txt": f"flask-cors=={pin}\n"})) == told


BLUEPRINT = """
from flask import Blueprint, Flask
from flask_cors import CORS
api = Blueprint("api", __name__{own})
CORS(api, resources={{{pattern}: {{"origins": "https://a.example"}}}})
@api.get("/users")
def users(): return ""
app = Flask(__name__)
app.register_blueprint(api{given})
""".lstrip()


@pytest.mark.parametrize(
    ("own", "given"),
    [
        (', url_prefix="/v1"', ""),
        ("", ', url_prefix="/v1"'),
        (', url_prefix="/v0"', ', url_prefix="/v1"'),
    ],
)
def test_prefix_of_a_blueprint(own: str, given: str) -> None:
    """A blueprint's pattern has to match the whole path."""
    text = BLUEPRINT.format(own=own, given=given, pattern='r"/users.*"')
    (found,) = findings(RULE, text)
    assert (found.place.line, found.level.name) == (4, "warning")
    assert "/v1" in found.message
    assert lines(RULE, BLUEPRINT.format(own=own, given=given, pattern='r"/v1/users.*"')) == []


@pytest.mark.parametrize(
    ("own", "given", "pattern"),
    [
        ("", "", 'r"/users.*"'),
        (', url_prefix="/v1"', "", 'r"/other.*"'),
        (", url_prefix=unseen()", "", 'r"/users.*"'),
        ("", ", url_prefix=unseen()", 'r"/users.*"'),
        ("", ", **unseen()", 'r"/users.*"'),
        (', url_prefix="/v1"', ", url_prefix=None", 'r"/users.*"'),
    ],
)
def test_blueprints_that_stay_silent(own: str, given: str, pattern: str) -> None:
    """Without a prefix, with one that cannot be known, and for other paths nothing is said."""
    assert lines(RULE, BLUEPRINT.format(own=own, given=given, pattern=pattern)) == []


def test_nested_blueprints() -> None:
    """A blueprint inside a blueprint begins with both prefixes; a circle of registrations ends."""
    text = """
        from flask import Blueprint, Flask
        from flask_cors import CORS
        outer = Blueprint("outer", __name__, url_prefix="/v1")
        inner = Blueprint("inner", __name__, url_prefix="/shop")
        outer.register_blueprint(inner)
        inner.register_blueprint(outer)
        CORS(inner, resources=r"/shop/items.*")
        @inner.get("/items")
        def items(): return ""
        app = Flask(__name__)
        app.register_blueprint(outer)
        """
    (found,) = findings(RULE, text)
    assert "/v1/shop" in found.message


def test_prefix_of_an_unregistered_blueprint() -> None:
    """A blueprint whose registration is not visible, or only in tests, counts with its own prefix."""
    files = {
        "api.py": BLUEPRINT.format(own=', url_prefix="/v1"', given="", pattern='r"/users.*"').rpartition("app = ")[0],
        "tests/test_api.py": "from flask import Flask\nfrom api import api\nFlask('a').register_blueprint(api, url_prefix='/')\n",
    }
    assert lines(RULE, files) == ["api.py:4 warning"]


def test_registered_on_what_is_not_a_name() -> None:
    """A registration on the result of a call, or without a blueprint, is understood or passed over."""
    text = BLUEPRINT.format(own=', url_prefix="/v1"', given="", pattern='r"/users.*"')
    for more in ("make().register_blueprint(api)\n", "register_blueprint(api)\n", "app.register_blueprint()\n"):
        assert lines(RULE, text.replace("app.register_blueprint(api)\n", more)) == ["app.py:4 warning"]


def test_routes_of_an_api_object_have_no_known_url() -> None:
    """A resource of Flask-RESTful has a URL that depends on its Api, so nothing is said about it."""
    text = _app('["/api"]') + (
        'from flask_restful import Api, Resource\nrest = Api(app, prefix="/api")\n'
        'class Users(Resource):\n    def get(self): return ""\nrest.add_resource(Users, "/users")\n'
    )
    assert lines(RULE, text) == []


@pytest.mark.parametrize(
    ("resources", "help"),
    [
        ('{"api/*": {}}', 'write `r"^/api(/.*)?$"`'),
        ('["api/*"]', 'write `r"^/api(/.*)?$"`'),
        ('"api"', "write `/api`"),
        ('"api/v1/.*"', "write `/api/v1/.*`"),
        ('"api/v1/*"', 'write `r"^/api/v1(/.*)?$"`'),
    ],
)
def test_without_its_leading_slash_it_covers_nothing(resources: str, help: str) -> None:
    """A path begins with a slash, so a pattern that begins with a word matches none."""
    (found,) = findings(RULE, _app(resources, "/api/x"))
    assert (found.place.line, found.level.name, found.help) == (5, "warning", help)


@pytest.mark.parametrize("resources", ['"a?/x"', '"api/x|/api/.*"', '".*api.*"', 're.compile("api/.*")', '"(/api)?/x"'])
def test_what_may_begin_with_a_slash_is_silent(resources: str) -> None:
    """A pattern that can match from a slash on is not told."""
    assert lines(RULE, _app(resources, "/api/x")) == []
