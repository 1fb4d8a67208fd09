"""limiter/sensitive-route-unlimited: which views want a limit, and what counts as one."""

from __future__ import annotations

import pytest

from tests.support import findings, lines

RULE = "limiter/sensitive-route-unlimited"
HEAD = """
from flask import Blueprint, Flask, abort, g, request, session
from flask_jwt_extended import create_access_token, jwt_required
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_login import login_required, login_user
from werkzeug.security import check_password_hash, generate_password_hash
app = Flask(__name__)
bp = Blueprint("auth", __name__)
"""
BARE = "limiter = Limiter(get_remote_address, app=app)\n"
LOGIN = "def login():\n    if user.check_password(request.json['password']):\n        login_user(user)\n    return ''\n"


def told(body: str, made: str = BARE) -> list[str]:
    """Return what the rule says of a project, without the common end."""
    return [
        one.message.partition(", and no limit")[0].replace("`", "").replace("()", "")
        for one in findings(RULE, HEAD + made + body)
    ]


@pytest.mark.parametrize(
    "body",
    [
        "check_password_hash(user.hash, request.form['password'])",
        "user.verify_password(request.json.get('password'))",
        "bcrypt.checkpw(request.form['pwd'], user.hash)",
        "authenticate_user(form.username.data, form.password.data)\n    create_access_token(1)",
        "if user.password == request.form['password']:\n        session['user'] = 1",
        "if request.form.get('password') != user.password:\n        abort(401)",
        "User.query.filter_by(name=1, password=request.form['password'])",
        "password = request.form['password']\n    login_user(find(password))",
        "find(password=data['x'])\n    session['user'] = 1",
        "helper(request.json['password'])",
        "deep(request.json['password'])",
        "check(1)\n    form.check()\n    helper(request.json['password'])",
        "pwd_context.verify(request.json['password'], user.hash)",
        "sha.verify(request.json['password'], user.hash)",
    ],
)
def test_views_that_take_a_password_are_found(body: str) -> None:
    """A view that checks a password, itself, by a library or over a call, is told when nothing limits it."""
    made = (
        BARE
        + "from passlib.context import CryptContext\nfrom passlib.hash import pbkdf2_sha256 as sha\nimport bcrypt\n"
        + "def deep(given):\n    return helper(given)\n@app.before_request\ndef load():\n    g.user = 1\n"
        + "pwd_context = CryptContext()\ndef helper(given):\n    return check_password_hash(user.hash, given)\n"
    )
    assert told(f"@app.post('/login')\ndef login():\n    {body}\n", made) == ["login takes a password"]


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("@app.post('/forgot-password')\ndef send():\n    pass", "send resets a password"),
        ("@app.route('/x', methods=['POST'])\ndef password_reset():\n    pass", "password_reset resets a password"),
        ("@app.route('/x', methods=METHODS)\ndef remind_password():\n    pass", "remind_password resets a password"),
        (
            "@app.post('/renew/<token>')\ndef renew(token):\n    user.password = hash_it(request.form['password'])",
            "renew sets a password by token",
        ),
        (
            "@app.post('/renew/<reset_token>')\ndef renew(reset_token):\n    user.set_password(request.form['password'])",
            "renew sets a password by token",
        ),
        (
            "@app.post('/verify-2fa')\ndef verify():\n    if user.check_totp(request.form['code']):\n        login_user(user)",
            "verify checks a one-time code",
        ),
        (
            "@app.post('/login/2fa')\ndef f():\n    if check_password_hash(u.recovery, request.form['code']):\n        login_user(u)",
            "f checks a one-time code",
        ),
        (
            "@app.post('/verify-otp')\ndef f():\n    u.set_password(request.form['password'])\n    login_user(u)",
            "f checks a one-time code",
        ),
        (
            "@app.post('/change-password')\ndef f():\n    check_password_hash(a, request.form['password'])\n    login_user(b)",
            "f takes a password",
        ),
        (
            (
                "from flask.views import MethodView\nclass Login(MethodView):\n    def post(self):\n"
                "        return create_access_token(check_password_hash(a, request.json['password']))\n"
                "app.add_url_rule('/login', view_func=Login.as_view('login'))"
            ),
            "Login.post takes a password",
        ),
        (
            (
                "from flask_smorest import Blueprint as Api\nfrom flask.views import MethodView\nblp = Api('a', 'a')\n@blp.route('/login')\n"
                "class Login(MethodView):\n    @blp.arguments(Schema)\n    def post(self, data):\n"
                "        return create_access_token(data['password'])"
            ),
            "Login.post takes a password",
        ),
    ],
)
def test_resets_codes_and_classes_are_found(code: str, expected: str) -> None:
    """Resets by name or by token, one-time codes that log in, and classes of views are told."""
    assert told(code + "\n") == [expected]


LIBRARIES = """
import bcrypt, jwt, argon2
from argon2 import PasswordHasher
from flask_bcrypt import Bcrypt
from flask_sqlalchemy import SQLAlchemy
from passlib.hash import argon2 as hasher
from pwdlib import PasswordHash
from wtforms import Form
crypt = Bcrypt(app)
ph = PasswordHasher()
db = SQLAlchemy(app)
class User(db.Model):
    id = db.Column(db.Integer, primary_key=True)
class StartForm(Form):
    password = 1
    confirm = 2
    confirm_password = 3
class LongForm(StartForm):
    name = 1
"""


@pytest.mark.parametrize(
    "check",
    [
        "check_password_hash(u.pw_hash, request.form['senha'])",
        "crypt.check_password_hash(u.pw_hash, request.form['contrasena'])",
        "bcrypt.checkpw(request.json['secret'], u.pw_hash)",
        "hasher.verify(request.json['secret'], u.pw_hash)",
        "ph.verify(u.pw_hash, request.json['secret'])",
        "PasswordHasher().verify(u.pw_hash, request.json['secret'])",
        "PasswordHash.recommended().verify(request.json['secret'], u.pw_hash)",
        "u.check_password(request.json['secret'])",
    ],
)
@pytest.mark.parametrize(
    "login",
    [
        "login_user(u)",
        "session['user_id'] = u.id",
        "session['usuario'] = u",
        "session['loggedIn'] = True",
        "session['access_token'] = 1",
        "session[KEY] = 1",
        "session['who'] = u.id",
        "session['who'] = u['id']",
        "session.update(user_id=u.id)",
        "session.update({'user_id': u.id})",
        "return jwt.encode({'sub': u.id}, KEY)",
        "return make_auth_token(u)",
    ],
)
def test_a_check_of_a_stored_password_before_a_login_is_proof(check: str, login: str) -> None:
    """Where a stored hash is checked and somebody is logged in, no field need be called a password."""
    code = f"KEY = 'user'\n@app.post('/entrar')\ndef entrar():\n    if {check}:\n        {login}\n"
    assert told(code, BARE + LIBRARIES) == ["entrar takes a password"]


@pytest.mark.parametrize(
    "code",
    [
        "@app.post('/share')\ndef share():\n    if check_password_hash(a, request.form['pin']):\n        session['tab'] = 1",
        "@app.post('/share')\ndef share():\n    if check_password_hash(a, request.form['pin']):\n        session['csrf_token'] = 1",
        "@app.post('/share')\ndef share():\n    if ph.verify(a, request.form['pin']):\n        session.update({**seen}, tab=1)\n        session.update(seen)",
        "@app.post('/share')\ndef share():\n    if (a or b).verify(request.form['pin']):\n        login_user(1)",
        "@app.post('/share')\ndef share():\n    if verify()(request.form['pin']):\n        login_user(1)",
        "@app.post('/smtp')\ndef smtp():\n    store.smtp = request.form['password']\n    session['tab'] = 'mail'",
        "@app.post('/smtp')\ndef smtp():\n    store.smtp = request.form['password']\n    session[key()] = 'mail'",
        "@app.post('/smtp')\ndef smtp():\n    store.smtp = request.form['password']\n    session['tab_id'] = tab.id",
        "@app.post('/account')\ndef account():\n    if ph.verify(a, request.form['password']):\n        return make_token(1)",
        "@app.post('/start')\ndef start():\n    if request.form['password'] == request.form['confirm']:\n        pass\n    keep(request.form['repeat_password'])\n    session['user_id'] = 1",
        "@app.post('/start')\ndef start():\n    keep(request.form['password'], request.form['password2'])\n    login_user(1)",
        "@app.post('/start')\ndef start():\n    validate_password(request.form['password'], request.form['confirm_password'])\n    login_user(1)",
        "@app.post('/start')\ndef start():\n    form = StartForm()\n    login_user(keep(form.password.data))",
        "@app.post('/start')\ndef start():\n    form = LongForm()\n    login_user(keep(form.password.data))",
    ],
)
def test_neither_login_nor_reset(code: str) -> None:
    """A check without a login, settings with a password in them, and registrations of any name are not told."""
    assert told(code + "\n", BARE + LIBRARIES) == []


def test_a_login_below_an_account_is_one() -> None:
    """A view that checks a hash and makes a token is a login also where its rule speaks of an account."""
    code = (
        "@app.post('/account/login')\ndef f():\n    if ph.verify(a, request.form['x']):\n        return make_token(1)\n"
    )
    assert told(code, BARE + LIBRARIES) == ["f takes a password"]


def test_login_and_registration_in_one_view() -> None:
    """A view that registers and logs in checks a stored password, however often it asks for one."""
    code = (
        "@app.post('/enter')\ndef enter():\n    keep(request.form['password'], request.form['confirm_password'])\n"
        "    if check_password_hash(a, request.form['password']):\n        login_user(1)\n"
    )
    assert told(code) == ["enter takes a password"]


RENEW = "@app.post('/renew')\ndef renew():\n    u = User.verify_reset({token})\n    u.set_password({given})\n"


@pytest.mark.parametrize(
    "token",
    [
        "request.json['token']",
        "request.form['reset_token']",
        "request.json.get('token')",
        "request.get_json().get('token')",
        "request.get_json()['recovery_code']",
        "form.token.data",
    ],
)
@pytest.mark.parametrize("given", ["request.json['password']", "request.json['senha']"])
def test_the_token_of_a_reset_may_be_in_the_body(token: str, given: str) -> None:
    """A view that sets a password by a token is told wherever in the request the token stands."""
    assert told(RENEW.format(token=token, given=given)) == ["renew sets a password by token"]
    twice = RENEW.format(token=token, given=given) + "    compare(request.json['confirm_password'])\n"
    assert told(twice) == ["renew sets a password by token"]


@pytest.mark.parametrize(
    "token",
    [
        "request.headers['token']",
        "request.headers.get('token')",
        "request.cookies.get('token')",
        "session['token']",
        "request.json['csrf_token']",
        "request.json['device_token']",
        "request.json.get(key)",
        "request.json[key]",
        "form.name.data",
    ],
)
def test_other_tokens_are_no_reset(token: str) -> None:
    """A token from a header, cookie or session tells who is logged in, and others have nothing to do with a reset."""
    assert told(RENEW.format(token=token, given="request.json['password']")) == []


def test_an_answer_with_a_token_is_no_reset() -> None:
    """A token that the view writes is none that it was sent; a user who is made with one is invited."""
    made = BARE + LIBRARIES
    code = "@app.post('/a')\ndef f():\n    u.set_password(request.json['password'])\n    out['token'] = 1\n"
    assert told(code, made) == []
    code = "@app.post('/a')\ndef f():\n    u = User(by(request.json['token']))\n    u.set_password(request.json['password'])\n"
    assert told(code, made) == []


@pytest.mark.parametrize(
    "code",
    [
        "@app.get('/login')\ndef login():\n    return check_password_hash(a, request.args['password'])",
        "@app.post('/register')\ndef register():\n    user = User(password=generate_password_hash(request.form['password']))\n    login_user(user)",
        "@app.post('/users')\ndef add():\n    user.set_password(request.form['password'])\n    login_user(user)",
        "@app.post('/oauth/<provider>')\ndef callback(provider):\n    login_user(exchange(request.json['code']))",
        "@app.post('/chat-token')\ndef chat_token():\n    return create_access_token(1)",
        "@app.post('/change-password')\ndef change():\n    check_password_hash(a, request.form['password'])",
        "@app.post('/orders/validate_otp')\ndef validate_otp():\n    return paytm(request.json['otp'])",
        "@app.post('/signin')\ndef signin():\n    if request.form['password'] != request.form['confirm_password']:\n        abort(400)",
        "@app.post('/signin')\ndef signin(form):\n    if form.password.data == form.confirm_password.data:\n        abort(400)",
        "@app.post('/x')\ndef x(form):\n    if form.password.data == other.password:\n        abort(400)",
        "@app.post('/verify')\ndef verify():\n    signature().verify(request.json['password'])\n    key.verify(1)\n    verify(2)",
        "@app.post('/fresh')\n@jwt_required()\ndef fresh():\n    check_password_hash(a, request.form['password'])",
        "@app.post('/fresh')\n@login_required\ndef fresh():\n    check_password_hash(a, request.form['password'])",
        "@app.post('/x')\ndef x():\n    other['user'] = request.form['password']\n    user.name = 1",
        "def login():\n    check_password_hash(a, request.form['password'])",
    ],
)
def test_other_views_are_left_alone(code: str) -> None:
    """Registration, OAuth, views for those who are logged in, and words that only sound like a password are not told."""
    assert told(code + "\n") == []


@pytest.mark.parametrize(
    "code",
    [
        "@app.post('/login')\n@limiter.limit('5/minute')\n" + LOGIN,
        "@app.post('/login')\n@limiter.shared_limit('5/minute', 'auth')\n" + LOGIN,
        "strict = limiter.limit('5/minute')\n@app.post('/login')\n@strict\n" + LOGIN,
        "@bp.post('/login')\n" + LOGIN + "limiter.limit('5/minute')(bp)\n",
        "strict = limiter.limit('5/minute')\n@bp.post('/login')\n" + LOGIN + "strict(bp)\n",
        LOGIN + "app.add_url_rule('/login', view_func=login, methods=['POST'])\nlimiter.limit('5/minute')(login)\n",
        "@app.post('/login')\ndef login():\n    with limiter.limit('5/minute'):\n        login_user(request.json['password'])\n",
        "@app.post('/login')\ndef login():\n    limiter.check()\n    login_user(request.json['password'])\n",
        "@app.post('/login')\ndef login():\n    if tries() > 5:\n        abort(429)\n    login_user(request.json['password'])\n",
        "def slow(f):\n    def run():\n        if tries() > 5:\n            return 'Too many attempts', 429\n        return f()\n    return run\n@app.post('/login')\n@slow\n"
        + LOGIN,
        "@app.before_request\ndef slow():\n    if tries() > 5:\n        abort(429)\n@app.post('/login')\n" + LOGIN,
        (
            "from flask.views import MethodView\nclass Login(MethodView):\n    decorators = [limiter.limit('5/minute')]\n    def post(self):\n"
            "        login_user(request.json['password'])\napp.add_url_rule('/login', view_func=Login.as_view('login'))\n"
        ),
    ],
)
def test_limits_count(code: str) -> None:
    """A limit of the view, its blueprint, its class or body, or the project's own, is a limit."""
    assert told(code) == []


@pytest.mark.parametrize(
    ("made", "limited"),
    [
        ("limiter = Limiter(get_remote_address, app=app, default_limits=['50/hour'])\n", True),
        ("limiter = Limiter(get_remote_address, app=app, application_limits=['50/hour'])\n", True),
        ("limiter = Limiter(get_remote_address, app=app, default_limits=LIMITS)\n", True),
        ("limiter = Limiter(get_remote_address, app=app, **OPTIONS)\n", True),
        (BARE + "app.config['RATELIMIT_DEFAULT'] = '50/hour'\n", True),
        (BARE + "app.config['RATELIMIT_APPLICATION'] = limits()\n", True),
        (BARE + "app.config.from_envvar('SETTINGS')\n", True),
        (
            BARE
            + "app.config.from_envvar('SETTINGS')\n@app.get('/')\n@limiter.limit('1/day')\ndef home():\n    return ''\n",
            False,
        ),
        ("limiter = Limiter(get_remote_address, app=app, default_limits=[])\n", False),
        (BARE + "app.config['RATELIMIT_DEFAULT'] = ''\n", False),
        (BARE + "app.config['RATELIMIT_DEFAULTS'] = '50/hour'\n", False),
        ("limiter = Limiter(get_remote_address, app=app, enabled=False)\n", True),
        ("limiter = Limiter(get_remote_address)\n", True),
    ],
)
def test_default_limits_count(made: str, limited: bool) -> None:
    """Default and application limits cover every view; what may set them is given the benefit of the doubt."""
    assert told("@app.post('/login')\n" + LOGIN, made) == ([] if limited else ["login takes a password"])


@pytest.mark.parametrize(
    "code",
    [
        "@app.post('/login')\n@limiter.exempt\n" + LOGIN,
        "@bp.post('/login')\n" + LOGIN + "limiter.exempt(bp)\n",
        "@app.post('/login')\n" + LOGIN + "limiter.exempt(login)\n",
        "@bp.post('/login')\n" + LOGIN + "limiter.exempt()\nlimiter.exempt(bp)\n",
    ],
)
def test_exemption_from_default_limits_is_found(code: str) -> None:
    """A login that is exempted from the default limits has none."""
    made = "limiter = Limiter(get_remote_address, app=app, default_limits=['50/hour'])\n"
    assert told(code, made) == ["login takes a password"]


def test_a_dead_key_is_no_default_limit() -> None:
    """RATELIMIT_GLOBAL is a default limit only for versions that read it."""
    code = HEAD.lstrip("\n") + BARE + "app.config['RATELIMIT_GLOBAL'] = '50/hour'\n@app.post('/login')\n" + LOGIN
    assert lines(RULE, {"app.py": code, "requirements.txt": "Flask-Limiter==1.4\n"}) == []
    assert lines(RULE, {"app.py": code, "requirements.txt": "Flask-Limiter==4.1\n"}) == ["app.py:12 warning"]


def test_projects_without_the_extension_are_left_alone() -> None:
    """Without Flask-Limiter, or with another library's, nobody claims that views are limited."""
    assert told("@app.post('/login')\n" + LOGIN, "") == []
    code = (HEAD + BARE).replace("flask_limiter", "slowapi") + "@app.post('/login')\n" + LOGIN
    assert lines(RULE, code) == []


def test_views_in_a_factory_are_named_without_it() -> None:
    """A view or class of views that stands in a factory is called by its own name."""
    code = (
        "from flask.views import MethodView\ndef create_app():\n    app = Flask(__name__)\n    @app.post('/login')\n"
        "    def login():\n        login_user(request.form['password'])\n    class Enter(MethodView):\n"
        "        def post(self):\n            login_user(request.form['password'])\n"
        "    app.add_url_rule('/enter', view_func=Enter.as_view('enter'))\n    return app\n"
    )
    assert told(code) == ["login takes a password", "Enter.post takes a password"]


def test_the_finding_names_view_and_limiter() -> None:
    """The message names the view and the help the project's own limiter."""
    (found,) = findings(RULE, HEAD + BARE.replace("limiter =", "throttle =") + "@app.post('/login')\n" + LOGIN)
    assert found.symbol == "login"
    assert "@throttle.limit" in found.help


LIMITED = "limiter.limit('5/minute')(app.view_functions['login'])\n"


@pytest.mark.parametrize(
    ("route", "replacing"),
    [
        ("@app.post('/login')\n", f"app.view_functions['login'] = {LIMITED}"),
        ("@app.post('/login')\n", f"for name in ('login', 'reset'):\n    app.view_functions[name] = {LIMITED}"),
        ("@app.post('/login')\n", f"for name in find():\n    app.view_functions[name] = {LIMITED}"),
        ("@app.post('/login', endpoint='enter')\n", f"app.view_functions['enter'] = {LIMITED}"),
        ("@app.post('/login', endpoint=find())\n", f"app.view_functions['enter'] = {LIMITED}"),
        (
            "",
            f"app.add_url_rule('/login', 'auth.enter', login, methods=['POST'])\napp.view_functions['enter'] = {LIMITED}",
        ),
        ("", f"app.add_url_rule('/login', view_func=login, methods=['POST'])\napp.view_functions['login'] = {LIMITED}"),
    ],
)
def test_a_view_replaced_by_its_limited_self_is_limited(route: str, replacing: str) -> None:
    """What is put into `view_functions` with a limit around it is limited, and so may be what has an unknown name."""
    assert told(f"{route}{LOGIN}{replacing}") == []


@pytest.mark.parametrize(
    "replacing",
    [
        f"app.view_functions['other'] = {LIMITED}",
        f"views['login'] = {LIMITED}",
        "app.view_functions['login'] = wrap(app.view_functions['login'])\n",
        "app.view_functions['login'] = login\n",
        f"app.view = {LIMITED}",
    ],
)
def test_a_view_replaced_by_something_else_is_not(replacing: str) -> None:
    """Another endpoint, another table, or a wrapper that sets no limit leaves the view without one."""
    assert len(told(f"@app.post('/login')\n{LOGIN}{replacing}")) == 1
