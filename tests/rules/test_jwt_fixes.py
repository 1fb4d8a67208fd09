"""The fixes of the rules on tokens."""

from __future__ import annotations

import pytest

from tests.rules.fixing import fixed, fixed_files, fixes

CALL = "jwt/required-without-call"
OPTIONS = "jwt/options-route-skips-jwt"
REFRESH = "jwt/refresh-endpoint-wrong-guard"
IDENTITY = "jwt/non-string-identity"
HEAD = """\
from flask import Blueprint, Flask
from flask.views import MethodView
from flask_jwt_extended import (
    create_access_token, create_refresh_token, get_jwt, get_jwt_identity, jwt_required, verify_jwt_in_request,
)
app = Flask(__name__)
bp = Blueprint("bp", __name__)
"""


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        (
            "@app.get('/')\n@jwt_required  # all\ndef me(): ...\n",
            "@app.get('/')\n@jwt_required()  # all\ndef me(): ...\n",
        ),
        (
            "class V(MethodView):\n    decorators = [\n        jwt_required,\n        other,\n    ]\n    def get(self): ...\n",
            "class V(MethodView):\n    decorators = [\n        jwt_required(),\n        other,\n    ]\n    def get(self): ...\n",
        ),
        (
            "def me(): ...\napp.add_url_rule('/', view_func=jwt_required(me))\n",
            "def me(): ...\napp.add_url_rule('/', view_func=jwt_required()(me))\n",
        ),
        (
            "import flask_jwt_extended as fje\n@app.get('/')\n@fje.jwt_required\ndef me(): ...\n",
            "import flask_jwt_extended as fje\n@app.get('/')\n@fje.jwt_required()\ndef me(): ...\n",
        ),
    ],
)
def test_parentheses(wrong: str, right: str) -> None:
    """The parentheses are added, whatever stands around."""
    assert fixed(CALL, HEAD + wrong) == HEAD + right
    assert all(one is not None and one.safe and not one.needs_proof for one in fixes(CALL, HEAD + wrong))


def test_no_parentheses_for_what_has_no_plain_name() -> None:
    """What is no name cannot be written anew."""
    text = HEAD + "def me(): ...\n(lambda: 0).jwt_required = jwt_required\n[one for one in ()][0].jwt_required(me)\n"
    assert all(one is None for one in fixes(CALL, text))


VIEW = '{}\n@jwt_required()\ndef me(): return "x"\n'


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ('@app.route("/", methods=["GET", "OPTIONS"])', '@app.route("/", methods=["GET"])'),
        ('@app.route("/", methods=["OPTIONS", "GET", "POST"])', '@app.route("/", methods=["GET", "POST"])'),
        ('@app.route("/", methods=("GET", "OPTIONS"))', '@app.route("/", methods=("GET",))'),
        ('@app.route("/", methods=("GET", "POST", "OPTIONS"))', '@app.route("/", methods=("GET", "POST"))'),
        ('@app.route("/", methods={"get", "options"})', '@app.route("/", methods={"get"})'),
        (
            '@bp.route(\n    "/",\n    methods=[\n        "GET",\n        "OPTIONS",\n    ],\n)',
            '@bp.route(\n    "/",\n    methods=[\n        "GET",\n    ],\n)',
        ),
        (
            '@app.route("/a", methods=["GET", "OPTIONS"])\n@app.get("/b")\n@app.route("/c", methods=["OPTIONS", "GET"])',
            '@app.route("/a", methods=["GET"])\n@app.get("/b")\n@app.route("/c", methods=["GET"])',
        ),
    ],
)
def test_options_go(wrong: str, right: str) -> None:
    """OPTIONS is taken out of each list of methods, which stays what it is."""
    assert fixed(OPTIONS, HEAD + VIEW.format(wrong)) == HEAD + VIEW.format(right)


@pytest.mark.parametrize(
    "text",
    [
        VIEW.format('@app.route("/", methods=["OPTIONS"])'),
        "METHODS = ['GET', 'OPTIONS']\n" + VIEW.format('@app.route("/", methods=METHODS)'),
        "GET = 'GET'\n" + VIEW.format('@app.route("/", methods=[GET, "OPTIONS"])'),
        "route = app.route('/', methods=['GET', 'OPTIONS'])\n" + VIEW.format("@route"),
        "@jwt_required()\ndef me(): ...\napp.add_url_rule('/', view_func=me, methods=['GET', 'OPTIONS'])\n",
        (
            "class V(MethodView):\n    decorators = [jwt_required()]\n    def options(self): return get_jwt_identity()\n"
            "app.add_url_rule('/', view_func=V.as_view('v'))\n"
        ),
    ],
)
def test_options_stay(text: str) -> None:
    """Where no other method would be left, or the list stands elsewhere, the user decides."""
    assert fixes(OPTIONS, HEAD + text) == [None]


LOGIN = "@app.post('/login')\ndef login():\n    return create_access_token('a') + create_refresh_token('a')\n"
REFRESHING = "@app.post('/refresh')\n{}\ndef refresh():\n    return create_access_token({})\n"


@pytest.mark.parametrize(
    ("guard", "given", "right_guard", "right_given"),
    [
        ("@jwt_required()", "get_jwt_identity()", "@jwt_required(refresh=True)", "get_jwt_identity()"),
        ("@jwt_required(refresh=False)", "get_jwt_identity()", "@jwt_required(refresh=True)", "get_jwt_identity()"),
        (
            "@jwt_required(verify_type=False)",
            "identity=get_jwt_identity()",
            "@jwt_required(refresh=True)",
            "identity=get_jwt_identity()",
        ),
        (
            '@jwt_required(locations=["headers"])',
            "get_jwt_identity(), fresh=True",
            '@jwt_required(locations=["headers"], refresh=True)',
            "get_jwt_identity()",
        ),
        (
            "@jwt_required(refresh=True)",
            "get_jwt_identity(), fresh=True",
            "@jwt_required(refresh=True)",
            "get_jwt_identity()",
        ),
        (
            "@jwt_required(refresh=True)",
            "get_jwt_identity(), True",
            "@jwt_required(refresh=True)",
            "get_jwt_identity()",
        ),
    ],
)
def test_refresh(guard: str, given: str, right_guard: str, right_given: str) -> None:
    """Refresh tokens are let in and nothing else, and what is made of them is not fresh."""
    head = HEAD + LOGIN
    assert fixed(REFRESH, head + REFRESHING.format(guard, given)) == head + REFRESHING.format(right_guard, right_given)


@pytest.mark.parametrize(
    "text",
    [
        REFRESHING.format("@jwt_required()", "get_jwt_identity()"),
        LOGIN + REFRESHING.format("@jwt_required(False, False, False)", "get_jwt_identity()"),
        LOGIN + REFRESHING.format("@jwt_required()\n@jwt_required(fresh=True)", "get_jwt_identity()"),
        LOGIN
        + REFRESHING.format("@guard", "get_jwt_identity()").replace(
            "@app.post('/refresh')", "guard = jwt_required()\n@app.post('/refresh')"
        ),
        LOGIN + REFRESHING.format("@jwt_required()", "get_jwt_identity(), True, None"),
        LOGIN + REFRESHING.format("@jwt_required(refresh=True)", "get_jwt_identity(), True, None"),
        LOGIN
        + "@app.post('/refresh')\ndef refresh():\n    verify_jwt_in_request()\n    return create_access_token(get_jwt_identity())\n",
    ],
)
def test_no_fix_of_a_refresh(text: str) -> None:
    """Where no refresh token is issued, or the guard or the arguments are not written out, the user decides."""
    assert fixes(REFRESH, HEAD + text) == [None]


MODEL = """\
from flask import Flask, jsonify
from flask_jwt_extended import (
    JWTManager, create_access_token, create_refresh_token, get_jwt, get_jwt_identity, jwt_required,
)
from flask_sqlalchemy import SQLAlchemy
app = Flask(__name__)
db = SQLAlchemy(app)
jwt = JWTManager(app)
class User(db.Model):
    id = db.Column(db.Integer, primary_key=True)
def first() -> User: ...
"""
LOGS_IN = "def login(user: User):\n    return create_access_token(identity={})\n"
ME = "@app.get('/me')\n@jwt_required()\ndef me():\n    return {}\n"


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        (LOGS_IN.format("user.id"), LOGS_IN.format("str(user.id)")),
        (LOGS_IN.format("5"), LOGS_IN.format("str(5)")),
        (LOGS_IN.format("int(user.id)"), LOGS_IN.format("str(int(user.id))")),
        (
            LOGS_IN.format("user.id") + ME.format("jsonify(get_jwt_identity())"),
            LOGS_IN.format("str(user.id)") + ME.format("jsonify(int(get_jwt_identity()))"),
        ),
        (
            LOGS_IN.format("user.id") + ME.format("str(get_jwt_identity()) + str(int(get_jwt_identity()))"),
            LOGS_IN.format("str(user.id)") + ME.format("str(get_jwt_identity()) + str(int(get_jwt_identity()))"),
        ),
        (
            LOGS_IN.format("user.id") + ME.format("get_jwt()['sub'] == 1"),
            LOGS_IN.format("str(user.id)") + ME.format("int(get_jwt()['sub']) == 1"),
        ),
        (
            LOGS_IN.format("user.id")
            + "@jwt.user_lookup_loader\ndef load(header, data):\n    return db.session.get(User, data['sub'])\n",
            LOGS_IN.format("str(user.id)")
            + "@jwt.user_lookup_loader\ndef load(header, data):\n    return db.session.get(User, int(data['sub']))\n",
        ),
        (
            LOGS_IN.format("user.id") + ME.format("create_access_token(identity=get_jwt_identity())"),
            LOGS_IN.format("str(user.id)") + ME.format("create_access_token(identity=get_jwt_identity())"),
        ),
        (
            LOGS_IN.format("user.id")
            + "def again():\n    who = get_jwt_identity()\n    return create_access_token(identity=who)\n",
            LOGS_IN.format("str(user.id)")
            + "def again():\n    who = get_jwt_identity()\n    return create_access_token(identity=who)\n",
        ),
        (
            LOGS_IN.format("user.id")
            + "def again():\n    who = get_jwt_identity()\n    print(who)\n    return create_access_token(identity=who)\n",
            LOGS_IN.format("str(user.id)")
            + "def again():\n    who = int(get_jwt_identity())\n    print(who)\n    return create_access_token(identity=str(who))\n",
        ),
        (
            LOGS_IN.format("user.id") + "def both(user: User):\n    return create_refresh_token(str(user.id))\n",
            LOGS_IN.format("str(user.id)") + "def both(user: User):\n    return create_refresh_token(str(user.id))\n",
        ),
        (
            LOGS_IN.format("user.id") + "limit(key_func=get_jwt_identity)\nclaims = {'iss': 1}['iss']\n",
            LOGS_IN.format("str(user.id)") + "limit(key_func=get_jwt_identity)\nclaims = {'iss': 1}['iss']\n",
        ),
        (
            LOGS_IN.format("first()") + "@jwt.user_identity_loader\ndef identity(user: User):\n    return user.id\n",
            LOGS_IN.format("first()")
            + "@jwt.user_identity_loader\ndef identity(user: User):\n    return str(user.id)\n",
        ),
    ],
)
def test_identity(wrong: str, right: str) -> None:
    """A text is given, and a number made of it wherever it is read, but not where it is given on."""
    assert fixed(IDENTITY, MODEL + wrong) == MODEL + right
    assert all(one is not None and one.safe for one in fixes(IDENTITY, MODEL + wrong))


def test_two_tokens() -> None:
    """Of two tokens each gets a text, and what is read becomes a number once."""
    wrong = "def login(user: User):\n    return create_access_token(user.id), create_refresh_token(user.id)\n"
    right = wrong.replace("user.id", "str(user.id)")
    assert fixed(IDENTITY, MODEL + wrong + ME.format("[get_jwt_identity()]")) == MODEL + right + ME.format(
        "[int(get_jwt_identity())]"
    )


def test_identity_read_in_other_files_and_tests() -> None:
    """What other modules read is mended as well; tests are left alone."""
    files = {
        "app.py": MODEL + LOGS_IN.format("user.id"),
        "views.py": "from flask_jwt_extended import get_jwt_identity as who\ndef me(): return who()\n",
        "tests/test_app.py": "from flask_jwt_extended import get_jwt_identity\ndef test(): assert get_jwt_identity() == 1\n",
    }
    right = fixed_files(IDENTITY, files)
    assert "return int(who())" in right["views.py"]
    assert right["tests/test_app.py"] == files["tests/test_app.py"]


@pytest.mark.parametrize(
    "more",
    [
        "@app.get('/')\n@jwt_required(optional=True)\ndef home(): return str(get_jwt_identity())\n",
        "@app.get('/')\n@jwt_required(**options)\ndef home(): return ''\n",
        "def other(claims): return claims['sub']\n",
        "def other(): return get_jwt().get('sub')\n",
        "reader = get_jwt_identity\n",
        "payload = unknown()['sub']\n",
        "payload = claims['sub']\n",
        "@jwt.user_lookup_loader\ndef load(header, data):\n    return header['sub']\n",
        "def other(name): return create_access_token(identity=name)\n",
        "def other(): return create_access_token()\n",
        "def other(): return create_access_token(identity='admin')\n",
    ],
)
def test_identity_that_is_read_elsewhere(more: str) -> None:
    """Where guests have no identity, claims are read in ways that nobody can tell, or other tokens hold texts: a text alone."""
    text = MODEL + LOGS_IN.format("user.id") + more
    (fix,) = [one for one in fixes(IDENTITY, text) if one is not None]
    assert (fix.safe, len(fix.edits)) == (False, 1)
    assert "returns a text from then on" in fix.changes
    assert "str(user.id)" in fixed(IDENTITY, text)


def test_names_of_version_3_hide_what_is_optional() -> None:
    """A decorator of old code that lets guests in is seen as well."""
    more = "from library import jwt_optional\n@app.get('/')\n@jwt_optional\ndef home(): return ''\n"
    (fix,) = fixes(IDENTITY, MODEL + LOGS_IN.format("user.id") + more)
    assert fix is not None
    assert not fix.safe


@pytest.mark.parametrize("given", ["{'id': 5}", "[1]", "None", "True", "User()", "5.0"])
def test_no_text_for_what_is_no_number(given: str) -> None:
    """What of a dict, an object or nothing is to be the identity is for the user to say."""
    assert fixes(IDENTITY, MODEL + LOGS_IN.format(given)) == [None]
