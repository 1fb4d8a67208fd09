from __future__ import annotations

import pytest

from tests.support import findings, lines

RULE = "together/cached-personal-answer"
HEAD = """\
import flask, flask_login, flask_jwt_extended as fje
from flask import Flask, flash, g, get_flashed_messages, make_response, render_template, request, session
from flask import session as visit
from flask.views import MethodView
from flask_caching import Cache
from flask_httpauth import HTTPTokenAuth
from flask_jwt_extended import current_user as jwt_user, get_jwt, get_jwt_identity, jwt_required, set_access_cookies
from flask_login import current_user, login_required
from flask_security import current_user as member
from flask_wtf import FlaskForm
from flask_wtf.csrf import generate_csrf
from werkzeug.local import LocalProxy
app = Flask(__name__)
cache = Cache(app)
auth = HTTPTokenAuth()
log = app.logger
me = LocalProxy(lambda: g.user)
them = LocalProxy(lambda: 1)
class OrderForm(FlaskForm): ...
class SearchForm(FlaskForm):
    class Meta:
        csrf = False
def load_user():
    g.person = session["uid"]
    g.started = 1
def helper(): return current_user.name
def by_user(): return str(current_user.get_id())
def by_lang(): return request.path
"""
AT = HEAD.count("\n") + 2


def view(body: str, cached: str = "60", below: str = "") -> str:
    """Return an app with one cached view; the decorator stands on line `AT`."""
    return f"{HEAD}@app.route('/x')\n@cache.cached({cached})\n{below}def v():\n    {body}\n"


PERSONAL = [
    "return get_jwt_identity()",
    "return fje.get_jwt_identity()",
    "return get_jwt()['sub']",
    "return jwt_user.name",
    "return current_user.name",
    "return flask_login.current_user.name",
    "return member.email",
    "return auth.current_user()",
    "return auth.username()",
    "return session['uid']",
    "return session.get('uid')",
    "return visit['uid']",
    "return flask.session['uid']",
    "return request.cookies.get('theme')",
    "return flask.request.cookies['theme']",
    "return request.authorization.username",
    "return request.headers.get('Authorization')",
    "return request.headers['X-API-Key']",
    "return request.headers['Cookie']",
    "return g.user.name",
    "return g.current_member",
    "return g.person",
    "return getattr(g, 'user', None)",
    "return me.name",
    "return helper()",
    "flash('saved')\n    return 'x'",
    "return str(get_flashed_messages())",
    "return generate_csrf()",
    "r = make_response('x')\n    r.set_cookie('seen', '1')\n    return r",
    "r = make_response('x')\n    set_access_cookies(r, 't')\n    return r",
    "if not current_user.is_admin:\n        return 'no'\n    return 'x'",
    "with current_user.lock():\n        return 'x'",
    "for each in session['cart']:\n        print(each)\n    return 'x'",
    "def inner(): return current_user\n    return inner()",
    "return render_template('x.html', form=OrderForm())",
    "names = {}\n    names[session['uid']] = 1\n    return names",
]


@pytest.mark.parametrize("body", PERSONAL)
def test_what_depends_on_who_asks_is_found(body: str) -> None:
    """A cached view that reads or sets what belongs to one caller is an error."""
    (found,) = findings(RULE, view(body))
    assert (found.place.line, found.level.name) == (AT, "error")
    assert found.related


COMMON = [
    "return 'x'",
    "return request.path",
    "return g.started",
    "return g.database.get()",
    "return them.name",
    "session['last'] = 'x'\n    return 'x'",
    "g.user = None\n    return 'x'",
    "log.info('for %s', current_user.id)\n    return 'x'",
    "app.logger.warning(session)\n    return 'x'",
    "print(current_user)\n    return 'x'",
    "return render_template('x.html')",
    "return render_template('x.html', form=SearchForm())",
    "return render_template('x.html', form=OrderForm(meta={'csrf': False}))",
    "form = OrderForm()\n    return 'x'",
    "from db import session\n    return session.query('x')",
    "import db\n    return db.session.get('x')",
    "import db\n    return db.cookies",
    "current_user = 'x'\n    return current_user",
    "return request.headers.get('Accept')",
    "return helper",
]


@pytest.mark.parametrize("body", COMMON)
def test_what_is_the_same_for_all_is_no_fault(body: str) -> None:
    """Common answers, what is only logged or written, and strangers of the same name stay silent."""
    assert lines(RULE, view(body)) == []


@pytest.mark.parametrize(
    "cached",
    [
        "60, key_prefix=by_user",
        "make_cache_key=by_user",
        "key_prefix=lambda: f'{request.path}/{current_user.id}'",
        "key_prefix=lambda: by_user()",
        "unless=lambda: current_user.is_authenticated",
        "60, by_user",
        "key_prefix=elsewhere.key",
        "key_prefix=elsewhere.make('x')",
        "unless=elsewhere.signed_in",
        "make_cache_key=elsewhere.key",
        "**elsewhere.OPTIONS",
    ],
)
def test_a_key_with_the_identity_or_one_that_is_hidden_is_no_fault(cached: str) -> None:
    """Where the key, or the condition, tells callers apart, or may, there is nothing to tell."""
    assert lines(RULE, "import elsewhere\n" + view("return current_user.name", cached)) == []


@pytest.mark.parametrize(
    "cached",
    ["", "query_string=True", "key_prefix='me'", "key_prefix=by_lang", "unless=lambda: request.args", "unless=None"],
)
def test_a_key_without_the_identity_excuses_nothing(cached: str) -> None:
    """A path, a query string, a constant or another function in the key tells no callers apart."""
    assert lines(RULE, view("return current_user.name", cached)) == [f"app.py:{AT} error"]


def test_memoized_functions_and_helpers_are_judged_too() -> None:
    """A memoized function that reads the identity itself is found; one that is given it is not."""
    code = HEAD + (
        "@cache.memoize(60)\ndef mine(): return current_user.orders\n"
        "@cache.memoize(60)\ndef of(user): return user.orders\n"
        "@cache.cached(60, key_prefix='menu')\ndef menu(): return session.get('menu')\n"
        "@cache.memoize(60, unless=lambda: current_user.is_authenticated)\ndef shown(): return current_user\n"
    )
    assert lines(RULE, code) == [f"app.py:{AT - 1} error", f"app.py:{AT + 3} error"]
    assert findings(RULE, code)[0].help == "make who asks one of its arguments"


GUARDED = [
    ("@jwt_required()\n", "def v(): return get_jwt_identity()"),
    ("@login_required\n", "def v(): return current_user.name"),
    ("@auth.login_required\n", "def v(): return auth.current_user()"),
    ("@token_required\n", "def v(current_user): return current_user.name"),
]
OWN_GUARD = """\
from functools import wraps
from flask import abort
def token_required(f):
    @wraps(f)
    def inner(*a, **k):
        if 'x-token' not in request.headers:
            abort(401)
        return f('someone', *a, **k)
    return inner
"""


@pytest.mark.parametrize(("guard", "function"), GUARDED)
def test_below_a_guard_the_answer_is_still_personal(guard: str, function: str) -> None:
    """The right order of guard and cache does not help where the answer depends on who was let in."""
    code = f"{HEAD}{OWN_GUARD}@app.route('/x')\n{guard}@cache.cached(60)\n{function}\n"
    assert lines(RULE, code) == [f"app.py:{AT + 10} error"]


@pytest.mark.parametrize(
    ("rule", "guard", "function"),
    [
        ("/x", "@login_required\n", "def v(): return 'x'"),
        ("/x", "@token_required\n", "def v(current_user): return 'x'"),
        ("/<user>", "@token_required\n", "def v(user): return user"),
        ("/<string:user>", "@token_required\n", "def v(user): return user"),
        ("/x", "", "def v(user=None): return user"),
    ],
)
def test_a_guarded_view_with_a_common_answer_is_no_fault(rule: str, guard: str, function: str) -> None:
    """A guard alone makes no answer personal, and a parameter of the URL is no identity."""
    assert lines(RULE, f"{HEAD}{OWN_GUARD}@app.route('{rule}')\n{guard}@cache.cached(60)\n{function}\n") == []


def test_an_identity_as_argument_is_in_the_key_of_memoize() -> None:
    """A memoized view that is handed the user has it in its key."""
    code = f"{HEAD}{OWN_GUARD}@app.route('/x')\n@token_required\n@cache.memoize(60)\ndef v(current_user): return current_user\n"
    assert lines(RULE, code) == []


@pytest.mark.parametrize(
    "body",
    [
        "class V(MethodView):\n    @cache.cached(60)\n    def get(self): return current_user.name\n",
        (
            "class V(MethodView):\n    decorators = [cache.cached(60)]\n    def get(self): return current_user.name\n"
            "    def head(self): return current_user.name\n"
        ),
    ],
)
def test_classes_are_judged_once(body: str) -> None:
    """A class is told once, on its decorator."""
    assert lines(RULE, HEAD + body) == [f"app.py:{AT} error"]


TEMPLATES = {
    "{{ csrf_token() }}": True,
    "{{ form.hidden_tag() }}": True,
    "{% if current_user.is_authenticated %}x{% endif %}": True,
    "{% with m = get_flashed_messages() %}x{% endwith %}": True,
    "{{ session.name }}": True,
    "{{ g.user.name }}": True,
    "{% extends 'base.html' %}": True,
    '{% include "nav.html" %}': False,
    "{% extends 'missing.html' %}": False,
    "<p>your session and current_user</p>": False,
    "{{ title }} {{ sessions }}": False,
}


@pytest.mark.parametrize("template", TEMPLATES)
def test_templates_that_are_there_are_read(template: str) -> None:
    """A template that is among the project's files is looked into, with what it extends and includes."""
    files = {
        "app.py": view("return render_template('page.html')"),
        "templates/page.html": template,
        "templates/base.html": "{% include 'nav.html' %}{{ current_user.name }}",
        "shop/templates/nav.html": "{% extends 'page.html' %}",
    }
    assert bool(lines(RULE, files)) is TEMPLATES[template]


def test_a_template_that_a_helper_renders_counts_and_is_named() -> None:
    """What a helper renders is part of the answer, and the message names the template."""
    files = {
        "app.py": HEAD + "def page(name): return render_template('page.html')\n"
        "@app.route('/x')\n@cache.cached(60)\ndef v(): return page(1) + render_template(name)\n",
        "templates/page.html": "{{ csrf_token() }}",
    }
    (found,) = findings(RULE, files)
    assert "`csrf_token` in page.html" in found.message


def test_csrf_that_is_configured_somewhere_may_be_off() -> None:
    """Where the project decides on CSRF tokens in its config, a form alone tells nothing."""
    code = view("return render_template('x.html', form=OrderForm())")
    assert lines(RULE, code.replace("cache = Cache", "app.config['WTF_CSRF_ENABLED'] = False\ncache = Cache")) == []


def test_strangers_and_tests_are_left_alone() -> None:
    """cachetools, functools, an own decorator and test files are not Flask-Caching."""
    for decorator in ("cached(cache={})", "lru_cache", "own"):
        code = (
            f"from cachetools import cached\nfrom functools import lru_cache\ndef own(f): return f\n{HEAD}"
            f"@app.route('/x')\n@{decorator}\ndef v(): return current_user.name\n"
        )
        assert lines(RULE, code) == []
    assert lines(RULE, {"tests/test_x.py": view("return current_user.name")}) == []


def test_the_identity_may_be_read_in_another_module() -> None:
    """A proxy and a helper that live elsewhere are followed."""
    files = {
        "app.py": view("return who().name", below="").replace("import flask,", "from people import who\nimport flask,"),
        "people.py": "from flask import session\ndef who():\n    return find()\ndef find():\n    return session['uid']\n",
    }
    (found,) = findings(RULE, files)
    assert [one.place.path for one in found.related] == ["people.py"]
