from __future__ import annotations

import pytest

from tests.support import findings, lines

RULE = "caching/key-too-coarse"
HEAD = """\
import logging
from flask import Blueprint, Flask, request
from flask.views import MethodView
from flask_caching import Cache
from flask_sqlalchemy import SQLAlchemy
app = Flask(__name__)
db = SQLAlchemy(app)
cache = Cache(app)
"""


def view(body: str, cached: str = "", rule: str = "/x", params: str = "", before: str = "") -> str:
    """Return an app with one cached view; the decorator stands on line 10 where nothing goes before."""
    return f'{HEAD}{before}@app.route("{rule}")\n@cache.cached({cached})\ndef v({params}):\n    return {body}\n'


@pytest.mark.parametrize(
    "body",
    [
        'request.args.get("page")',
        'request.args["page"]',
        'request.args.getlist("tag")',
        "request.values",
        "request.query_string",
        "request.full_path",
        "request.url",
        "request.host",
        "request.host_url",
        "request.url_root",
        "request.base_url",
        "request.accept_languages.best_match(['de'])",
        "request.accept_mimetypes.best",
        "request.user_agent.string",
        'request.headers.get("Accept-Language")',
        'request.headers["X-Tenant"]',
        "getattr(request, 'args')",
        "db.paginate(db.select(1))",
        "Post.query.paginate()",
        "f(lambda: request.args)",
    ],
)
def test_what_the_key_leaves_out_is_found(body: str) -> None:
    """A view that reads the query string, a header or the host under the default key is found."""
    assert lines(RULE, view(body)) == ["app.py:10 warning"]


@pytest.mark.parametrize(
    ("body", "cached"),
    [
        ("request.host", "query_string=True"),
        ('request.args["page"]', 'key_prefix="books"'),
        ('request.args["page"]', "query_string=False"),
        ('request.args["page"]', "key_prefix=lambda: request.path"),
        ('request.args["page"]', "make_cache_key=lambda: request.host"),
        ('request.args["page"]', "query_string=True, make_cache_key=lambda: request.host"),
        ('request.args["page"]', "60"),
    ],
)
def test_a_key_that_holds_something_else_is_found(body: str, cached: str) -> None:
    """A key that holds one part of the request does not excuse the reading of another."""
    assert lines(RULE, view(body, cached)) == ["app.py:10 warning"]


@pytest.mark.parametrize(
    ("body", "cached"),
    [
        ('request.args["page"]', "query_string=True"),
        ('request.args["page"]', "query_string=ON"),
        ('request.args["page"]', "key_prefix=lambda: request.full_path"),
        ("request.host + request.args['p']", "key_prefix=lambda: request.url"),
        ("request.accept_languages", "key_prefix=lambda: request.path + str(request.accept_languages)"),
        ('request.args["page"]', "key_prefix=unknown.key"),
        ('request.args["page"]', "query_string=unknown.on"),
        ('request.args["page"]', "key_prefix=unknown.TEXT + 'x'"),
        ('request.args["page"]', "make_cache_key=by_page"),
        ('request.args["page"]', "key_prefix=by_page"),
        ('request.args["page"]', "key_prefix=partial(by_page)"),
        ('request.args["page"]', "**options"),
        ("request.path", ""),
        ("request.view_args", ""),
        ("request.method", ""),
        ("db.paginate(db.select(1), page=1)", ""),
        ("Post.query.paginate(page=2)", ""),
        ("Post.query.paginate(number, 20)", ""),
        ("Post.query.paginate(**options)", ""),
        ("request.headers.get('If-None-Match')", ""),
        ("request.headers.get('X-Request-ID')", ""),
        ("request.headers.get(name)", ""),
        ("store.headers['Accept']", ""),
        ("logging.info(request.args)", ""),
        ("app.logger.debug('%s', request.host)", ""),
        ("print(request.args)", ""),
        ("parser.parse_args()", ""),
        ("store.request.args", ""),
        ("'constant'", ""),
    ],
)
def test_what_the_key_holds_or_hides_is_no_fault(body: str, cached: str) -> None:
    """What is in the key, only logged, not of the request or not to be known stays silent."""
    before = (
        "from functools import partial\nimport unknown, store\nfrom store import Post, name, number, options, parser\n"
        "ON = True\ndef by_page(): return request.path + page()\ndef page(): return request.args['page']\n"
    )
    assert lines(RULE, view(body, cached, before=before)) == []


def test_a_helper_that_reads_is_found_with_its_place() -> None:
    """What a helper in another module reads counts, and the finding says where."""
    files = {
        "app.py": view("page()", before="from paging import page\n"),
        "paging.py": "from flask import request\ndef page():\n    return request.args.get('page')\n",
    }
    (found,) = findings(RULE, files)
    assert "`v()` reads `request.args`" in found.message
    assert [(one.place.path, one.place.line) for one in found.related] == [("paging.py", 3)]


def test_arguments_that_a_decorator_or_parser_reads_are_found() -> None:
    """Query arguments that flask-smorest, webargs or a request parser read for the view count."""
    code = HEAD + (
        "from flask_restful import Api, Resource, reqparse\nfrom webargs.flaskparser import use_kwargs\n"
        "api = Api(app)\nparser = reqparse.RequestParser()\n"
        '@app.route("/a")\n@cache.cached()\n@use_kwargs({}, location="query")\ndef a(page): return page\n'
        "class B(Resource):\n    @cache.cached()\n    def get(self): return parser.parse_args()\n"
        'api.add_resource(B, "/b")\n'
        '@app.route("/c")\n@cache.cached(query_string=True)\n@use_kwargs({}, location="query")\ndef c(page): return page\n'
        '@app.route("/d")\n@cache.cached()\n@use_kwargs({}, location="json_or_form")\ndef d(page): return page\n'
    )
    assert lines(RULE, code) == ["app.py:14 warning", "app.py:18 warning"]


@pytest.mark.parametrize(
    "cached", ['key_prefix="user"', "key_prefix=PREFIX", '60, "user"', 'key_prefix="user", query_string=True']
)
def test_a_constant_key_on_a_url_with_parameters_is_found(cached: str) -> None:
    """A key_prefix without the path gives all URLs of a route one answer."""
    code = view("str(user)", cached, rule="/users/<int:user>", params="user", before='PREFIX = "user"\n')
    (found,) = findings(RULE, code)
    assert '`v()` is stored under the constant key "user" although its URL has `<user>`' in found.message


@pytest.mark.parametrize(
    ("cached", "rule"),
    [
        ('key_prefix="user"', "/users"),
        ('key_prefix="user/%s"', "/users/<user>"),
        ("", "/users/<user>"),
        ('key_prefix=lambda: "user"', "/users/<user>"),
        ("key_prefix=unknown()", "/users/<user>"),
    ],
)
def test_a_key_with_the_path_or_a_url_without_parameters_is_no_fault(cached: str, rule: str) -> None:
    """A constant key is right for a single URL, and a key that is made may hold the parameters."""
    assert lines(RULE, view("'x'", cached, rule=rule, params="user=None")) == []


def test_strangers_helpers_memoize_and_tests_are_left_alone() -> None:
    """Other cached decorators, memoized functions, helpers and test files are not this rule's business."""
    code = HEAD + (
        "from cachetools import cached\n"
        '@app.route("/a")\n@cached(cache={})\ndef a(): return request.args["x"]\n'
        '@app.route("/b")\n@cache.memoize()\ndef b(): return request.args["x"]\n'
        '@cache.cached(key_prefix="c")\ndef c(): return request.args["x"]\n'
    )
    assert lines(RULE, code) == []
    assert lines(RULE, {"tests/test_app.py": view("request.args")}) == []


def test_help_fits_what_is_missing() -> None:
    """For the query string alone the help is query_string; for headers it is a key of one's own."""
    (args,) = findings(RULE, view("request.args"))
    (host,) = findings(RULE, view("request.host"))
    assert "query_string=True" in args.help
    assert "key_prefix" in host.help
