"""The rules on Flask-JWT-Extended, on live apps."""

from __future__ import annotations

import json

import pytest

from keck.examining import judge
from keck.finding import Level
from keck.live.record import Guard, Instance, LiveApp, Route, Setting, Spot
from keck.settings import Settings
from tests.live_support import booted, findings, live, skipped
from tests.rules.live.shop import APP

LOOKUP = "jwt/current-user-without-lookup"
KEY = "jwt/key-falls-back-to-secret-key"
LOGOUT = "jwt/logout-without-revocation"
OPTIONS = "jwt/options-route-skips-jwt"
REFRESH = "jwt/refresh-endpoint-wrong-guard"
CALL = "jwt/required-without-call"
EXPIRES = "jwt/token-never-expires"
ALL = (LOOKUP, KEY, LOGOUT, OPTIONS, REFRESH, CALL, EXPIRES)

TOKENS = """
from datetime import timedelta
from flask_jwt_extended import (
    create_refresh_token as refresh_token, get_current_user, get_jwt, set_access_cookies, unset_jwt_cookies, decode_token,
)
"""
SHOP = APP + TOKENS + "jwt = JWTManager(app)\n"
LOGIN = '\n@app.post("/login")\ndef login(): return {"token": create_access_token("1")}\n'
LOGIN_BOTH = '\n@app.post("/login")\ndef login(): return {"token": create_access_token("1"), "again": create_refresh_token("1")}\n'
ME = '\n@app.get("/me")\n@jwt_required()\ndef me(): return {"id": get_jwt_identity()}\n'
ASK = """
import json
def ask(method, path, token=""):
    headers = {"Authorization": "Bearer " + token} if token else {}
    try:
        return app.test_client().open(path, method=method, headers=headers).status_code
    except Exception as error:
        return type(error).__name__
with app.app_context():
    access, refreshing = create_access_token("1"), create_refresh_token("1")
app.config["ANSWERS"] = json.dumps([%s])
"""


def asked(app: LiveApp) -> list[object]:
    """Return what the running app answered."""
    answers: list[object] = json.loads(app.config["ANSWERS"].value)
    return answers


@pytest.mark.parametrize(
    ("view", "symbol", "shown"),
    [
        ('@app.get("/x")\n@jwt_required\ndef x(): return {}', "app:x", "`x()`"),
        ('@app.get("/x")\n@functools.cache\n@jwt_required\ndef x(): return {}', "app:x", "`x()`"),
        (
            'def make():\n    @app.get("/x")\n    @jwt_required\n    def x(): return {}\nmake()',
            "app:make.x",
            "`x()`",
        ),
        (
            'class X(MethodView):\n    decorators = [jwt_required]\n    def get(self): return {}\napp.add_url_rule("/x", view_func=X.as_view("x"))',
            "app:X",
            "`X`",
        ),
        (
            'class X(MethodView):\n    @jwt_required\n    def get(self): return {}\napp.add_url_rule("/x", view_func=X.as_view("x"))',
            "app:X.get",
            "`get()`",
        ),
        (
            (
                "from flask_restful import Api, Resource\nclass X(Resource):\n    method_decorators = [jwt_required]\n"
                '    def get(self): return {}\n    def post(self): return {}\nApi(app).add_resource(X, "/x")'
            ),
            "app:X",
            "`X`",
        ),
    ],
)
def test_jwt_required_that_is_not_called_is_found(view: str, symbol: str, shown: str) -> None:
    """The view that was taken for an option is found at its own place, and answers nobody."""
    text = SHOP + view + "\n"
    app = booted(text + ASK % 'ask("GET", "/x"), ask("GET", "/x", access)')
    (one,) = findings(CALL, app)
    assert (one.symbol, one.level, f"decorates {shown}: every request for GET /x" in one.message) == (
        symbol,
        Level.error,
        True,
    )
    assert one.place.path.endswith("/app.py")
    assert "def " in text.lstrip("\n").splitlines()[one.place.end_line - 1]
    assert set(asked(app)) <= {500, "TypeError"}


@pytest.mark.parametrize(
    "view",
    [
        '@app.get("/x")\n@jwt_required()\ndef x(): return {}',
        '@app.get("/x")\n@jwt_required(optional=True)\ndef x(): return {}',
        'class X(MethodView):\n    decorators = [jwt_required()]\n    def get(self): return {}\napp.add_url_rule("/x", view_func=X.as_view("x"))',
        (
            "from flask_restful import Api, Resource\nclass X(Resource):\n    method_decorators = [jwt_required()]\n"
            '    def get(self): return {}\nApi(app).add_resource(X, "/x")'
        ),
        'def jwt_required(view): return view\n@app.get("/x")\n@jwt_required\ndef x(): return {}',
        '@app.get("/x")\ndef x(): return {}',
    ],
)
def test_jwt_required_that_is_called_is_silent(view: str) -> None:
    """Decorators that are called, lists of them, and an own decorator of that name are well."""
    assert live(CALL, SHOP + view) == []


@pytest.mark.parametrize(
    ("setting", "part", "level"),
    [
        ("app.config.pop('JWT_SECRET_KEY')", "signs tokens with `SECRET_KEY`", Level.note),
        ("app.config['JWT_SECRET_KEY'] = None", "no `JWT_SECRET_KEY` is set, so `jwt`", Level.note),
        ("app.config['JWT_SECRET_KEY'] = ''", "no `JWT_SECRET_KEY` is set", Level.note),
        ("app.config['JWT_SECRET_KEY'] = b''", "no `JWT_SECRET_KEY` is set", Level.note),
        ("app.config['JWT_SECRET_KEY'] = False", "no `JWT_SECRET_KEY` is set", Level.note),
        ("app.config['JWT_SECRET_KEY'] = app.config['SECRET_KEY']", "is the same as `SECRET_KEY`", Level.note),
        ("app.config.update(JWT_SECRET_KEY='', JWT_ALGORITHM='HS512')", "no `JWT_SECRET_KEY` is set", Level.note),
        (
            "app.config.update(JWT_SECRET_KEY='', SECRET_KEY=None)",
            "neither `JWT_SECRET_KEY` nor `SECRET_KEY` is set: `jwt` can sign no token",
            Level.error,
        ),
    ],
)
def test_a_key_that_is_not_ones_own_is_found(setting: str, part: str, level: Level) -> None:
    """Tokens that Flask's own key signs are found; without any key they cannot be made."""
    works = "config['SECRET_KEY']" in setting or level is Level.note
    asks = (ASK % 'ask("GET", "/me", access)') if works else ""
    app = booted(APP + TOKENS + setting + "\njwt = JWTManager(app)\n" + ME + asks)
    (one,) = findings(KEY, app)
    assert (part in one.message, one.level, one.symbol) == (True, level, "JWT_SECRET_KEY"), one.message
    if works:
        assert asked(app) == [200]


@pytest.mark.parametrize(
    ("setting", "view"),
    [
        ("", ME),
        ("app.config.update(JWT_SECRET_KEY=b'f2e1d0c9b7a5e3d8f6c4e9a42d0f1c7b')", ME),
        ("app.config.update(JWT_SECRET_KEY=None, JWT_ALGORITHM='RS256', JWT_PUBLIC_KEY='x')", ME),
        ("app.config.update(JWT_SECRET_KEY=None, JWT_ALGORITHM='ES256')", ME),
        ("app.config.update(JWT_SECRET_KEY=None, JWT_ALGORITHM='EdDSA')", ME),
        ("app.config.update(JWT_SECRET_KEY=object())", ME),
        ("app.config.update(JWT_SECRET_KEY=None)", "\n@jwt.encode_key_loader\ndef key(identity): return 'x'\n" + ME),
        (
            "app.config.update(JWT_SECRET_KEY=None)",
            "\n@jwt.decode_key_loader\ndef key(header, data): return 'x'\n" + ME,
        ),
        ("app.config.update(JWT_SECRET_KEY=None)", '\n@app.get("/x")\ndef x(): return {}\n'),
    ],
)
def test_a_key_of_ones_own_is_silent(setting: str, view: str) -> None:
    """A key, an algorithm with a pair of them, functions that give them, and a manager without tokens are well."""
    assert live(KEY, APP + TOKENS + setting + "\njwt = JWTManager(app)\n" + view) == []


def test_a_key_is_asked_of_what_makes_tokens_too() -> None:
    """A service that only hands out tokens signs them as well; a config without the key says nothing else."""
    (one,) = live(KEY, APP + TOKENS + "app.config['JWT_SECRET_KEY'] = ''\njwt = JWTManager(app)\n" + LOGIN)
    assert one.place.line > 1
    manager = Instance("jwt", "app:jwt", bound="this", facts={"key_loaders": False})
    secret = Setting("str", secret={"length": 32, "known": False, "same": []})
    route = Route("/x", "x", "GET", reads=("create_access_token",))
    app = LiveApp("app", instances=(manager,), routes=(route,), config={"SECRET_KEY": secret})
    assert len(findings(KEY, app)) == 1


@pytest.mark.parametrize(
    ("setting", "part"),
    [
        ("JWT_ACCESS_TOKEN_EXPIRES=False", "`JWT_ACCESS_TOKEN_EXPIRES` is False: these tokens never expire"),
        ("JWT_ACCESS_TOKEN_EXPIRES=0", "is 0: these tokens never expire"),
        ("JWT_ACCESS_TOKEN_EXPIRES=timedelta(0)", "is an empty timedelta"),
        ("JWT_REFRESH_TOKEN_EXPIRES=False", "`JWT_REFRESH_TOKEN_EXPIRES` is False"),
        ("JWT_ACCESS_TOKEN_EXPIRES=timedelta(days=36500)", "is 36500 days: these tokens outlive the key"),
        ("JWT_ACCESS_TOKEN_EXPIRES=3650 * 86400", "is 3650 days"),
    ],
)
def test_tokens_without_an_end_are_found(setting: str, part: str) -> None:
    """A setting under which tokens have no `exp`, or one that nobody lives to see, is found."""
    text = APP + TOKENS + f"app.config.update({setting})\njwt = JWTManager(app)\n"
    check = ASK.replace(
        "json.dumps([%s])",
        "json.dumps(['exp' in __import__('jwt').decode(one, options={'verify_signature': False}) for one in (access, refreshing)])",
    )
    app = booted(text + check)
    (one,) = findings(EXPIRES, app)
    assert (part in one.message, one.level, one.symbol) == (True, Level.warning, setting.partition("=")[0])
    assert all(asked(app)) is ("outlive" in one.message)


@pytest.mark.parametrize(
    "setting",
    [
        "",
        "JWT_ACCESS_TOKEN_EXPIRES=3600",
        "JWT_ACCESS_TOKEN_EXPIRES=1",
        "JWT_ACCESS_TOKEN_EXPIRES=timedelta(seconds=1)",
        "JWT_ACCESS_TOKEN_EXPIRES=timedelta(days=365)",
        "JWT_REFRESH_TOKEN_EXPIRES=timedelta(days=1825)",
        "JWT_ACCESS_TOKEN_EXPIRES=True",
        "JWT_ACCESS_TOKEN_EXPIRES=None",
    ],
)
def test_tokens_with_an_end_are_silent(setting: str) -> None:
    """However long they live, tokens that end are well; a value of the wrong type is another rule's."""
    assert live(EXPIRES, APP + TOKENS + f"app.config.update({setting})\njwt = JWTManager(app)\n") == []


OUT = '\n@app.delete("/logout")\n@jwt_required()\ndef logout(): return {}\n'
COOKIE = '\n@app.post("/logout")\ndef logout():\n    answer = app.make_response("")\n    unset_jwt_cookies(answer)\n    return answer\n'


@pytest.mark.parametrize(
    ("config", "view", "part", "level"),
    [
        ("", OUT, "`logout()` revokes nothing: the token works on after DELETE /logout", Level.warning),
        ("", OUT.replace("/logout", "/auth/sign-out").replace("logout()", "leave()"), "`leave()`", Level.warning),
        (
            "",
            'class LogOut(MethodView):\n    @jwt_required()\n    def post(self): return {}\napp.add_url_rule("/out", view_func=LogOut.as_view("out"))\n',
            "`post()`",
            Level.warning,
        ),
        (
            "",
            '\n@app.post("/logout")\ndef logout(): return {"bye": True}\n',
            "`logout()` revokes nothing",
            Level.warning,
        ),
        ("", COOKIE, "`logout()` takes the cookie away, but the token in it", Level.note),
        ("JWT_ACCESS_TOKEN_EXPIRES=timedelta(hours=1)", COOKIE, "takes the cookie away", Level.note),
        ("JWT_ACCESS_TOKEN_EXPIRES=900", COOKIE, "takes the cookie away", Level.note),
        ("JWT_ACCESS_TOKEN_EXPIRES=timedelta(days=1)", COOKIE, "takes the cookie away", Level.warning),
        ("JWT_ACCESS_TOKEN_EXPIRES=86400", COOKIE, "takes the cookie away", Level.warning),
        ("JWT_ACCESS_TOKEN_EXPIRES=False", COOKIE, "takes the cookie away", Level.warning),
        (
            "",
            '@app.before_request\ndef count(): g.n = 1\n@jwt.user_lookup_loader\ndef load(header, data): return data["sub"]\n'
            + OUT,
            "revokes nothing",
            Level.warning,
        ),
    ],
)
def test_a_logout_that_revokes_nothing_is_found(config: str, view: str, part: str, level: Level) -> None:
    """The token lives on after the logout; where the cookie goes and the token soon ends it is a note."""
    text = APP + TOKENS + f"app.config.update({config})\njwt = JWTManager(app)\n" + LOGIN + ME + view
    asks = 'ask("DELETE", "/logout", access), ask("GET", "/me", access)'
    app = booted(text + ASK % asks)
    (one,) = findings(LOGOUT, app)
    assert (part in one.message, one.level) == (True, level), one.message
    assert "`jwt` has no `token_in_blocklist_loader`" in one.message
    assert [each.message for each in one.related] == ["`jwt` is made here"]
    assert asked(app)[1] == 200


@pytest.mark.parametrize(
    "view",
    [
        "@jwt.token_in_blocklist_loader\ndef gone(header, data): return data['jti'] in set()\n" + OUT,
        "@jwt.token_verification_loader\ndef holds(header, data): return True\n" + OUT,
        "@jwt.user_lookup_loader\ndef load(header, data): return data if data['token_version'] else None\n" + OUT,
        "def not_revoked(view):\n    @functools.wraps(view)\n    def inner(*args, **kwargs):\n        verify_jwt_in_request()\n"
        "        if get_jwt()['jti'] in set(): abort(401)\n        return view(*args, **kwargs)\n    return inner\n"
        '@app.get("/x")\n@not_revoked\ndef x(): return {}\n' + OUT,
        '@app.post("/logout")\ndef logout():\n    session.clear()\n    return {}\n',
        "from flask import redirect\n" + '@app.get("/logout")\ndef logout(): return redirect("/")\n',
        '@app.delete("/invites/<int:number>/revoke")\n@jwt_required()\ndef revoke(number): return {}\n',
        '@app.get("/blogouts")\n@jwt_required()\ndef catalogout(): return {}\n',
        "",
    ],
)
def test_a_logout_that_revokes_is_silent(view: str) -> None:
    """Blocklists, checks of the project's own, logouts of sessions, and what only sounds alike are well."""
    assert live(LOGOUT, SHOP + LOGIN + view) == []


def test_a_logout_where_no_token_is_made_is_silent() -> None:
    """Tokens of another service are revoked there."""
    assert live(LOGOUT, SHOP + OUT) == []


def test_a_logout_is_told_once() -> None:
    """Several URLs and methods of one view are one finding, and where the manager is made may be unknown."""
    view = '@app.route("/logout", methods=["GET", "POST"])\n@app.route("/signout")\n@jwt_required()\ndef logout(): return {}\n'
    assert len(live(LOGOUT, SHOP + LOGIN + view)) == 1
    guards = (Guard("jwt", "required", "flask_jwt_extended.jwt_required"),)
    routes = (
        Route("/logout", "logout", "POST", name="shop.logout", guards=guards),
        Route("/login", "login", "POST", name="shop.login", reads=("create_access_token",)),
    )
    manager = Instance("jwt", bound="this", facts={"blocklist": False})
    (one,) = findings(LOGOUT, LiveApp("shop", instances=(manager,), routes=routes))
    assert (one.related, one.symbol) == ((), "logout")


SECOND = "other = JWTManager()\n@other.token_in_blocklist_loader\ndef gone(header, data): return True\n"


def test_a_loader_of_the_other_manager_explains_it() -> None:
    """Where the loader stands on a second manager, that is the fault."""
    text = SHOP + SECOND + "@other.user_lookup_loader\ndef load(header, data): return data\n" + LOGIN + OUT
    text += '@app.get("/me")\n@jwt_required()\ndef me(): return {"n": current_user}\n'
    examination = judge(booted(text), Settings(select=("jwt", "app")))
    (fault,) = (one for one in examination.faults if one.finding.rule == "app/second-extension-instance")
    assert {one.rule for one in fault.consequences} >= {LOGOUT, LOOKUP}


HOOK = "@app.before_request\ndef ask_for_token():\n    verify_jwt_in_request()\n"


@pytest.mark.parametrize(
    ("view", "part", "status"),
    [
        (
            '@app.route("/x", methods=["GET", "OPTIONS"])\n@jwt_required()\ndef x(): return {"secret": 1}',
            "`x()` lists OPTIONS, for which `@jwt_required()` checks no token: the view answers anyone at OPTIONS /x",
            200,
        ),
        (
            '@app.route("/x", methods=["GET", "OPTIONS"])\n@jwt_required()\ndef x(): return {"id": get_jwt_identity()}',
            "its request for the identity ends in a 500",
            500,
        ),
        (
            HOOK + '@app.route("/x", methods=["GET", "OPTIONS"])\ndef x(): return {}',
            "`ask_for_token` checks no token",
            200,
        ),
        (
            (
                "def guard(view):\n    @functools.wraps(view)\n    def inner(*args, **kwargs):\n        verify_jwt_in_request()\n"
                "        return view(*args, **kwargs)\n    return inner\n"
                '@app.route("/x", methods=["GET", "OPTIONS"])\n@guard\ndef x(): return {}'
            ),
            "`guard` checks no token",
            200,
        ),
        (
            (
                "class X(MethodView):\n    decorators = [jwt_required()]\n    def get(self): return {}\n"
                '    def options(self): return {"cart": session.get("cart")}\napp.add_url_rule("/x", view_func=X.as_view("x"))'
            ),
            "`options()` lists OPTIONS",
            200,
        ),
        (
            '@app.route("/x", methods=["GET", "OPTIONS"])\n@cross_origin(automatic_options=False)\n@jwt_required()\ndef x(): return {}',
            "the view answers anyone",
            200,
        ),
        (
            '@app.route("/y", methods=["POST", "OPTIONS"])\n@app.route("/x", methods=["GET", "OPTIONS"])\n@jwt_required(fresh=True)\ndef x(): return {}',
            "the view answers anyone",
            200,
        ),
    ],
)
def test_guarded_views_that_run_for_options_are_found(view: str, part: str, status: int) -> None:
    """The view runs for OPTIONS without a token, as the app shows, while GET is refused."""
    app = booted(SHOP + view + "\n" + ASK % 'ask("GET", "/x"), ask("OPTIONS", "/x")')
    (one,) = findings(OPTIONS, app)
    assert (part in one.message, one.level) == (True, Level.error), one.message
    assert asked(app) == [401, status]


@pytest.mark.parametrize(
    "view",
    [
        '@app.get("/x")\n@jwt_required()\ndef x(): return {}',
        '@app.route("/x", methods=["GET", "OPTIONS"])\ndef x(): return {}',
        '@app.route("/x", methods=["GET", "OPTIONS"])\n@jwt_required(optional=True)\ndef x(): return {}',
        '@app.route("/x", methods=["GET", "OPTIONS"])\n@cross_origin()\n@jwt_required()\ndef x(): return {}',
        '@app.route("/x", methods=["GET", "OPTIONS"])\n@jwt_required()\n@cross_origin()\ndef x(): return {}',
        '@app.route("/x", methods=["GET", "OPTIONS"])\n@jwt_required()\ndef x():\n    if request.method == "OPTIONS": return ""\n    return {}',
        (
            "class X(MethodView):\n    decorators = [jwt_required()]\n    def get(self): return {}\n"
            '    def options(self): return ""\napp.add_url_rule("/x", view_func=X.as_view("x"))'
        ),
        (
            "class X(MethodView):\n    decorators = [jwt_required()]\n    def get(self): return {}\n"
            '    @cross_origin()\n    def options(self): return {"id": get_jwt_identity()}\napp.add_url_rule("/x", view_func=X.as_view("x"))'
        ),
        (
            "class X(MethodView):\n    decorators = [jwt_required()]\n    def get(self): return {}\n"
            'app.add_url_rule("/x", view_func=X.as_view("x"), methods=["GET", "OPTIONS"])'
        ),
        (
            '@app.before_request\ndef guard():\n    if "id" not in session: abort(401)\n'
            '@app.route("/x", methods=["GET", "OPTIONS"])\n@jwt_required()\ndef x(): return {}'
        ),
        "CORS(app)\n" + ME,
    ],
)
def test_views_that_do_not_run_for_options_are_silent(view: str) -> None:
    """Answers of Flask and of Flask-CORS, views that tell OPTIONS apart, and other guards are well."""
    assert live(OPTIONS, SHOP + view) == []


AGAIN = '\n@app.post("/refresh")\n%s\ndef refresh(): return {"token": create_access_token(get_jwt_identity())}\n'
GUARD = "@jwt_required()"


@pytest.mark.parametrize(
    ("view", "part", "answers"),
    [
        (LOGIN_BOTH + AGAIN % GUARD, "for access tokens and not for refresh tokens: a leaked one", [200, 422]),
        (LOGIN + AGAIN % GUARD, "gives new access tokens for access tokens: a leaked one", [200, 422]),
        (LOGIN_BOTH + AGAIN % "@jwt_required(verify_type=False)", "for access tokens as well", [200, 200]),
        (LOGIN_BOTH + AGAIN % "@jwt_required(refresh=True, verify_type=False)", "as well", [200, 200]),
        (
            LOGIN_BOTH
            + 'class TokenRefresh(MethodView):\n    decorators = [jwt_required()]\n    def post(self): return {"t": create_access_token(get_jwt_identity())}\n'
            'app.add_url_rule("/refresh", view_func=TokenRefresh.as_view("again"))\n',
            "`post()` gives new access tokens",
            [200, 422],
        ),
        (
            LOGIN_BOTH
            + "def minted(): return create_access_token(get_jwt_identity())\n"
            + '@app.post("/renew")\n@app.post("/refresh")\n@jwt_required()\ndef again(): return {"t": minted()}\n',
            "`again()` gives new access tokens",
            [200, 422],
        ),
    ],
)
def test_a_refresh_that_takes_access_tokens_is_found(view: str, part: str, answers: list[int]) -> None:
    """An access token renews itself, as the app shows."""
    app = booted(SHOP + view + ASK % 'ask("POST", "/refresh", access), ask("POST", "/refresh", refreshing)')
    (one,) = findings(REFRESH, app)
    assert (part in one.message, one.level) == (True, Level.error), one.message
    assert ("create_refresh_token()" in one.help) is ("create_refresh_token" not in view)
    assert asked(app) == answers


@pytest.mark.parametrize(
    "view",
    [
        LOGIN_BOTH + AGAIN % "@jwt_required(refresh=True)",
        LOGIN_BOTH + AGAIN % "",
        LOGIN,
        LOGIN
        + '@app.post("/password")\n@jwt_required()\ndef password(): return {"t": create_access_token(get_jwt_identity())}\n',
        LOGIN
        + '@app.post("/refresh")\n@jwt_required()\ndef refresh():\n    if not check_password_hash("x", request.json["p"]): abort(401)\n'
        '    return {"t": create_access_token(get_jwt_identity())}\n',
        LOGIN
        + '@app.after_request\ndef refresh_expiring(answer):\n    if "x" in request.args: set_access_cookies(answer, create_access_token(get_jwt_identity()))\n'
        "    return answer\n" + ME,
        LOGIN + '@app.post("/feeds/refresh")\n@jwt_required()\ndef refresh_feed(): return {}\n',
        LOGIN_BOTH
        + '@app.post("/refresh")\ndef refresh():\n    verify_jwt_in_request(refresh=True)\n    return {"t": create_access_token(get_jwt_identity())}\n',
        LOGIN_BOTH
        + '@app.post("/refresh")\ndef refresh():\n    if request.args: verify_jwt_in_request()\n    return {"t": create_access_token(get_jwt_identity())}\n',
        LOGIN_BOTH + '@app.post("/exchange")\n@jwt_required(refresh=True)\ndef exchange(): return {}\n',
        LOGIN_BOTH + '@app.post("/exchange")\n@jwt_required(verify_type=False)\ndef exchange(): return {}\n',
        LOGIN_BOTH + '@app.post("/exchange")\ndef exchange(): return decode_token(request.json["t"])\n',
        LOGIN_BOTH + "class Odd:\n    __name__ = 'odd'\n    def __init__(self, a, b): self.a, self.b = a, b\n"
        "app.add_url_rule('/odd', view_func=len, endpoint='odd')\n",
        ME,
    ],
)
def test_a_refresh_that_takes_refresh_tokens_is_silent(view: str) -> None:
    """Refresh tokens alone, renewals behind a password or a hook, exchanges, and what cannot be told are well."""
    assert live(REFRESH, SHOP + view) == []


def test_refresh_tokens_that_nothing_accepts_are_found() -> None:
    """Refresh tokens that no endpoint takes are a warning at the view that issues them."""
    app = booted(SHOP + LOGIN_BOTH + ME + ASK % 'ask("GET", "/me", refreshing)')
    (one,) = findings(REFRESH, app)
    assert (one.level, one.symbol) == (Level.warning, "app:login")
    assert "`login()` issues a refresh token" in one.message
    assert asked(app) == [422]


@pytest.mark.parametrize(
    ("view", "part"),
    [
        (
            '@app.get("/me")\n@jwt_required()\ndef me(): return {"n": current_user.name}',
            "`current_user` needs a user lookup",
        ),
        ('@app.get("/me")\n@jwt_required()\ndef me(): return {"n": get_current_user()}', "`get_current_user` needs"),
        (
            'def name(): return get_current_user()["name"]\n@app.get("/me")\n@jwt_required()\ndef me(): return {"n": name()}',
            "`get_current_user` needs",
        ),
    ],
)
def test_a_user_whom_nobody_looks_up_is_found(view: str, part: str) -> None:
    """The view asks for a user and answers everybody with a 500."""
    app = booted(SHOP + view + "\n" + ASK % 'ask("GET", "/me", access)')
    (one,) = findings(LOOKUP, app)
    assert (part in one.message, "GET /me" in one.message, one.level) == (True, True, Level.error)
    assert asked(app) == [500]


def test_all_who_ask_for_the_user_are_told_at_once() -> None:
    """One loader mends them all, so the others are beside the first."""
    views = "".join(
        f'@app.route("/{one}", methods=["GET", "POST"])\n@jwt_required()\ndef {one}(): return get_current_user()\n'
        for one in "abc"
    )
    (one,) = live(LOOKUP, SHOP + views)
    assert [each.message for each in one.related] == ["used in `b()` too", "used in `c()` too"]


@pytest.mark.parametrize(
    "view",
    [
        '@jwt.user_lookup_loader\ndef load(header, data): return data\n@app.get("/me")\n@jwt_required()\ndef me(): return {"n": current_user}',
        ME,
        '@app.get("/me")\ndef me(): return {"n": current_user}',
        'from flask_login import current_user\n@app.get("/me")\n@jwt_required()\ndef me(): return {"n": current_user.name}',
        (
            "from flask_login import LoginManager, current_user, login_required\nLoginManager(app)\n"
            '@app.get("/me")\n@login_required\n@jwt_required(optional=True)\ndef me(): return {"n": current_user.name}'
        ),
        '@app.get("/me")\n@jwt_required()\ndef me():\n    current_user = {"name": "a"}\n    return current_user',
    ],
)
def test_users_that_are_looked_up_are_silent(view: str) -> None:
    """A registered lookup, no question for the user, and users of other libraries are well."""
    assert live(LOOKUP, SHOP + view) == []


def test_without_flask_jwt_extended_nothing_is_asked() -> None:
    """The rules say why they have nothing to say."""
    app = booted("from flask import Flask\napp = Flask(__name__)\n@app.get('/x')\ndef x(): return {}\n")
    assert {skipped(rule, app) for rule in ALL} == {"Flask-JWT-Extended does not serve this app"}


def test_a_view_in_a_package_is_named_by_its_module() -> None:
    """The symbol of a view is that of the code half, wherever its module stands."""
    view = "from app.web import web\nfrom flask_jwt_extended import jwt_required\n@web.get('/x')\n@jwt_required\ndef x(): return {}\n"
    files = {
        "app/__init__.py": (
            "from flask import Flask\nfrom flask_jwt_extended import JWTManager\nfrom app.web import web\nimport app.views\n"
            "def create_app():\n    shop = Flask(__name__)\n    JWTManager(shop)\n    shop.register_blueprint(web)\n    return shop\n"
        ),
        "app/web.py": "from flask import Blueprint\nweb = Blueprint('web', __name__)\n",
        "app/views.py": view,
    }
    (one,) = live(CALL, files)
    assert (one.symbol, one.place.path.rpartition("/")[2]) == ("app.views:x", "views.py")


def test_a_place_that_is_not_known_leaves_the_endpoint() -> None:
    """A view whose file does not tell its module is told by its endpoint."""
    guards = (Guard("jwt", "required", "flask_jwt_extended.jwt_required"),)
    route = Route("/x", "x", "OPTIONS", name="made.x", spot=Spot("/srv/other.py"), guards=guards)
    manager = Instance("jwt", "app:jwt", bound="this")
    (one,) = findings(OPTIONS, LiveApp("shop", instances=(manager,), routes=(route,)))
    assert one.symbol == "x"
