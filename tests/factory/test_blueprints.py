"""Views grouped into blueprints, and everything that speaks of their endpoints."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from typing import Any

import pytest

from keck.factory.blueprints import Grouped, grouped, with_blueprints
from keck.factory.refusal import Refusal
from keck.factory.whole import convert
from tests.support import project

HEAD = "from flask import Flask, url_for\n\napp = Flask(__name__)\n\n\n"
LOGIN = "@app.route('/login')\ndef login():\n    return 'in'\n"


def made(files: Mapping[str, str] | str, module: str = "app.py", app: str = "app") -> Grouped:
    """Return what becomes of these files; a lone text is ``app.py``."""
    named = {"app.py": files} if isinstance(files, str) else files
    texts = {path: textwrap.dedent(text).lstrip("\n") for path, text in named.items()}
    world = project(texts)
    (home,) = (one for one in world.modules if one.path == module)
    found = grouped(world, texts, home, app)
    for path, text in found.files.items():
        if path.endswith(".py"):
            compile(text, path, "exec")
    return found


def names(files: Mapping[str, str] | str, module: str = "app.py") -> dict[str, str]:
    """Return the new names of the endpoints."""
    return made(files, module).names


# groups


def test_a_module_with_two_kinds_of_views() -> None:
    """Views go by the first part of their path, the rest is ``main``; everything else stays on the app."""
    found = made(
        """
        from flask import Flask, redirect, url_for

        app = Flask(__name__)


        @app.before_request
        def before():
            pass


        @app.route("/")
        def index():
            return redirect(url_for("orders"))


        @app.get("/orders")
        @app.get("/orders/all")
        def orders():
            return url_for("order", number=1)


        @app.route("/orders/<int:number>", methods=["GET", "POST"])
        def order(number):
            return url_for("static", filename="x") + url_for("index")


        @app.errorhandler(404)
        def missing(error):
            return "", 404


        if __name__ == "__main__":
            app.run()
        """
    )
    assert found.names == {"index": "main.index", "orders": "orders.orders", "order": "orders.order"}
    assert found.says == (
        "blueprint `main` of app.py has 1 view: their endpoints begin with `main.` now",
        "blueprint `orders` of app.py has 2 views: their endpoints begin with `orders.` now",
    )
    assert found.files == {
        "app.py": textwrap.dedent(
            """\
            from flask import Blueprint, Flask, redirect, url_for

            app = Flask(__name__)


            @app.before_request
            def before():
                pass


            main_bp = Blueprint("main", __name__)
            orders_bp = Blueprint("orders", __name__)


            @main_bp.route("/")
            def index():
                return redirect(url_for("orders.orders"))


            @orders_bp.get("/orders")
            @orders_bp.get("/orders/all")
            def orders():
                return url_for("orders.order", number=1)


            @orders_bp.route("/orders/<int:number>", methods=["GET", "POST"])
            def order(number):
                return url_for("static", filename="x") + url_for("main.index")


            app.register_blueprint(main_bp)
            app.register_blueprint(orders_bp)


            @app.errorhandler(404)
            def missing(error):
                return "", 404


            if __name__ == "__main__":
                app.run()
            """
        )
    }


@pytest.mark.parametrize(
    ("rules", "groups"),
    [
        (["/"], ["main"]),
        (["/a", "/b"], ["main", "main"]),
        (["/a/x", "/a/y", "/b"], ["a", "a", "main"]),
        (["/api/a/x", "/api/a/y", "/api/b/x", "/api/b/y"], ["a", "a", "b", "b"]),
        (["/api/a", "/api/b", "/"], ["api", "api", "main"]),
        (["/<x>/a", "/<y>/a"], ["main", "main"]),
        (["/my-page/a", "/my-page/b", "/x"], ["my_page", "my_page", "main"]),
        (["/class/a", "/class/b", "/x"], ["class_", "class_", "main"]),
        (["/2020/a", "/2020/b", "/x"], ["main", "main", "main"]),
        (["/static/a", "/static/b", "/x"], ["static_2", "static_2", "main"]),
        (["/v1", "/v1"], ["v1", "v1"]),
    ],
)
def test_groups_of_one_module(rules: list[str], groups: list[str]) -> None:
    """A group has two views at least and the name of what its paths have and the others do not; reserved names get a number."""
    views = "\n\n".join(f"@app.route({rule!r})\ndef v{at}():\n    pass\n" for at, rule in enumerate(rules))
    assert [one.partition(".")[0] for one in names(HEAD + views).values()] == groups


def test_other_modules_are_groups_of_their_own() -> None:
    """Views in other modules go by the module, and each module registers its own."""
    found = made(
        {
            "shop/__init__.py": "from flask import Flask\n\napp = Flask(__name__)\n\nimport shop.users\n",
            "shop/users.py": "import json\nfrom shop import app as web\n\n\n@web.get('/u')\ndef users():\n    pass",
            "shop/orders/__init__.py": "",
            "shop/orders/views.py": "from flask import *\nfrom ... shop import app\n\n@app.get('/o')\ndef orders():\n    pass\n".replace(
                "... shop", ".."
            ),
            "shop/other.py": "def f():\n    from shop import app\n",
        },
        "shop/__init__.py",
    )
    assert found.names == {"orders": "orders.orders", "users": "users.users"}
    assert found.files["shop/users.py"] == (
        "import json\nfrom shop import app as web\nfrom flask import Blueprint\n\n\n"
        "users_bp = Blueprint(\"users\", __name__)\n\n\n@users_bp.get('/u')\ndef users():\n    pass\n\n\nweb.register_blueprint(users_bp)\n"
    )
    assert "from flask import *\n" in found.files["shop/orders/views.py"]


def test_names_that_are_taken() -> None:
    """Names of blueprints that there are, or that the code asks for, and of variables are not used again."""
    found = made(
        {
            "app.py": "from flask import Blueprint, Flask, request\n\nadmin = Blueprint('admin', __name__)\ncomputed = Blueprint(N, __name__)\n"
            "app = Flask(__name__)\nmain_bp = shop_bp = 1\n\n\ndef helper(shop_bp_):\n    return request.blueprint == 'shop'\n\n\n"
            "@app.get('/admin/a')\ndef a():\n    pass\n\n\n@app.get('/admin/b')\ndef b():\n    pass\n\n\n@app.get('/')\ndef c():\n    pass\n"
            "\n\n@app.get('/shop/d')\ndef d():\n    pass\n\n\n@app.get('/shop/e')\ndef e():\n    pass\n",
        }
    )
    assert found.names["a"] == "admin_2.a"
    assert found.names["c"] == "main.c"
    assert found.names["d"] == "shop_2.d"
    text = found.files["app.py"]
    assert 'main_bp_ = Blueprint("main", __name__)' in text
    assert text.startswith("from flask import Blueprint, Flask, request\n")


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("@app.route('/a', endpoint='x')\ndef a(): pass\n", {"x": "main.x"}),
        ("@app.route('/a', endpoint='x')\n@app.route('/b')\ndef a(): pass\n", {"x": "main.x", "a": "main.a"}),
        ("def a(): pass\napp.add_url_rule('/a', view_func=a)\n", {"a": "main.a"}),
        ("def a(): pass\napp.add_url_rule('/a', 'x', a)\n", {"x": "main.x"}),
        ("def a(): pass\napp.add_url_rule('/a', None, a)\n", {"a": "main.a"}),
        ("app.add_url_rule('/a', view_func=A.as_view('x'))\n", {"x": "main.x"}),
        ("@app.route(PATH)\ndef a(): pass\n", {"a": "main.a"}),
        ("@app.route(rule='/a')\ndef a(): pass\n", {"a": "main.a"}),
        ("@app.get('/a')\nasync def a(): pass\n", {"a": "main.a"}),
        ("limiter = Limiter(f, app=app)\n\n@app.get('/a')\n@limiter.limit('1/day')\ndef a(): pass\n", {"a": "main.a"}),
        # what stays on the app
        ("@app.route('/a', endpoint='x.y')\ndef a(): pass\n", {}),
        ("app.add_url_rule('/a', view_func=f())\n", {}),
        ("app.add_url_rule('/a', view_func=A.as_view(name))\n", {}),
        ("app.add_url_rule('/a')\n", {}),
        ("app.add_url_rule('/a', view_func=A.as_view())\n", {}),
        ("@app.get('/a')\n@limit(app.config['L'])\ndef a(): pass\n", {}),
        ("@app.get('/a')\ndef a(x=app.name, *, y=1): pass\n", {}),
        ("L = app.config['L']\nM = [L]\n\n@app.get('/a')\n@limit(M)\ndef a(): pass\n", {}),
        ("app.add_url_rule('/a', view_func=A.as_view('x', app.config['L']))\n", {}),
        ("if 1:\n    @app.get('/a')\n    def a(): pass\n", {}),
        ("def f():\n    @app.get('/a')\n    def a(): pass\n", {}),
        ("@other.get('/a')\ndef a(): pass\n", {}),
        ("@app.errorhandler(404)\ndef a(e): pass\n", {}),
        ("@get(app)\ndef a(): pass\n", {}),
    ],
)
def test_what_is_a_view_of_the_app(code: str, expected: dict[str, str]) -> None:
    """Decorated functions and ``add_url_rule`` at the top level are; what needs the app for more than that stays on it."""
    assert (
        names("from flask import Flask\nfrom flask_limiter import Limiter\n\napp = Flask(__name__)\n\n" + code)
        == expected
    )


def test_an_app_without_views_of_its_own() -> None:
    """There is nothing to do, and nothing is changed."""
    assert made(HEAD) == Grouped({}, {}, ())


def test_flask_is_imported_as_a_module() -> None:
    """Where nothing is imported from flask by name, the import is added."""
    found = made("import flask\n\napp = flask.Flask(__name__)\n\n\n@app.get('/')\ndef a():\n    pass\n")
    assert found.files["app.py"].startswith("import flask\nfrom flask import Blueprint\n")


def test_other_names_that_call_themselves_blueprint() -> None:
    """An alias of the class is no import of the class."""
    found = made(
        "from flask import Blueprint as B, Flask\n\napp = Flask(__name__)\n\n\n@app.get('/')\ndef a():\n    pass\n"
    )
    assert found.files["app.py"].startswith("from flask import Blueprint, Blueprint as B, Flask\n")


# endpoints in Python


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("url_for('login')", "url_for('main.login')"),
        ('url_for("login", x=1)', 'url_for("main.login", x=1)'),
        ("url_for('.login')", "url_for('main.login')"),
        ("url_for(endpoint='login')", "url_for(endpoint='main.login')"),
        ("url_for('login' if x else 'static')", "url_for('main.login' if x else 'static')"),
        ("url_for('x' or 'login')", "url_for('x' or 'main.login')"),
        ("flask.url_for('login')", "flask.url_for('main.login')"),
        ("app.url_for('login')", "app.url_for('main.login')"),
        ("url_for(request.endpoint)", "url_for(request.endpoint)"),
        ("url_for(rule.endpoint)", "url_for(rule.endpoint)"),
        ("url_for()", "url_for()"),
        ("storage.url_for('login')", "storage.url_for('login')"),
        ("storage.url_for(key)", "storage.url_for(key)"),
        ("url_for('other.login')", "url_for('other.login')"),
        ("request.endpoint == 'login'", "request.endpoint == 'main.login'"),
        ("'login' != request.endpoint", "'main.login' != request.endpoint"),
        ("request.endpoint in ('login', 'static')", "request.endpoint in ('main.login', 'static')"),
        ("request.endpoint not in ['login', 'x']", "request.endpoint not in ['main.login', 'x']"),
        ("request.endpoint in {'login'}", "request.endpoint in {'main.login'}"),
        ("request.endpoint is None", "request.endpoint is None"),
        ("not request.endpoint", "not request.endpoint"),
        ("request.endpoint and x", "request.endpoint and x"),
        ("f'{request.endpoint}'", "f'{request.endpoint}'"),
        ("log.info(request.endpoint)", "log.info(request.endpoint)"),
        ("app.view_functions[request.endpoint]", "app.view_functions[request.endpoint]"),
        ("app.view_functions.get(request.endpoint)", "app.view_functions.get(request.endpoint)"),
        ("app.view_functions['login']", "app.view_functions['main.login']"),
        ("request.url_rule.endpoint == 'login'", "request.url_rule.endpoint == 'main.login'"),
        ("request.blueprint == 'other'", "request.blueprint == 'other'"),
        ("request.blueprint in ('other', 'more')", "request.blueprint in ('other', 'more')"),
        ("app.url_map.bind('').build('login')", "app.url_map.bind('').build('main.login')"),
        ("app.url_map.iter_rules('login')", "app.url_map.iter_rules('main.login')"),
        ("tool.build('login')", "tool.build('login')"),
        ("manager.setup(login_view='login')", "manager.setup(login_view='main.login')"),
        ("{'LOGIN_VIEW': 'login', **x, 'a': 'login'}", "{'LOGIN_VIEW': 'main.login', **x, 'a': 'login'}"),
        ("render('{{ url_for(\"login\") }}')", "render('{{ url_for(\"main.login\") }}')"),
        ("render('{{ url_for(\"other.x\") }}')", "render('{{ url_for(\"other.x\") }}')"),
        ("print('login')", "print('login')"),
    ],
)
def test_endpoints_in_expressions(old: str, new: str) -> None:
    """Every form in which Python names an endpoint gets the new name, and what only looks like one does not."""
    found = made(HEAD + LOGIN + f"\n\ndef other():\n    return {old}\n")
    assert f"    return {new}\n" in found.files["app.py"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("manager.login_view = 'login'", "manager.login_view = 'main.login'"),
        ("app.config['LOGIN_VIEW'] = 'login'", "app.config['LOGIN_VIEW'] = 'main.login'"),
        ("app.config[KEY] = 'login'", "app.config[KEY] = 'login'"),
        ("manager.blueprint_login_views = {'a': 'login'}", "manager.blueprint_login_views = {'a': 'main.login'}"),
        ("(a, b) = 'login', 'x'", "(a, b) = 'login', 'x'"),
        ("login = 'login'", "login = 'login'"),
        (
            "OPEN = ['login', 'x']\nx = lambda: request.endpoint in OPEN",
            "OPEN = ['main.login', 'x']\nx = lambda: request.endpoint in OPEN",
        ),
    ],
)
def test_endpoints_in_settings(old: str, new: str) -> None:
    """Settings that end in ``_view`` hold endpoints, and so do the lists with which the request's is compared."""
    assert f"\n{new}\n" in made(HEAD + LOGIN + f"\n\n{old}\n").files["app.py"]


@pytest.mark.parametrize(
    ("code", "why"),
    [
        ("url_for(name)", "computed"),
        ("url_for(f'x_{name}')", "computed"),
        ("url_for('x' if y else name)", "computed"),
        ("app.url_for(name)", "computed"),
        ("request.endpoint.startswith('a')", "in a way that is not known"),
        ("request.endpoint == name", "in a way that is not known"),
        ("request.endpoint in names()", "in a way that is not known"),
        ("request.endpoint in {'login': 1}", "in a way that is not known"),
        ("request.endpoint in TWICE", "in a way that is not known"),
        ("request.endpoint in BUILT", "in a way that is not known"),
        ("request.endpoint in MIXED", "in a way that is not known"),
        ("request.endpoint == lambda: 1", "in a way that is not known"),
        ("request.endpoint in ['a' + 'b', 'c']", "in a way that is not known"),
        ("[rule.endpoint for rule in rules]", "in a way that is not known"),
        ("save(request.endpoint)", "in a way that is not known"),
        ("request.blueprint", "which the views have only now"),
        ("request.blueprint is None", "which the views have only now"),
        ("request.blueprints[0]", "which the views have only now"),
        ("render(f'{x}{{ url_for(1) }}')", "put together"),
        ("render('{{ url_for(name) }}')", "computed"),
    ],
)
def test_what_cannot_be_followed_is_refused(code: str, why: str) -> None:
    """Computed names, and questions whose answers would be others, are refused with their line."""
    constants = "TWICE = ['a']\nTWICE = ['b']\nBUILT = list('a')\nMIXED = ['a', x]\n"
    code = code if code != "request.endpoint == lambda: 1" else "request.endpoint == (lambda: 1)"
    with pytest.raises(Refusal, match=why) as caught:
        made(HEAD + LOGIN + constants + f"\n\ndef other():\n    return {code}\n")
    assert (caught.value.path, caught.value.line) == ("app.py", 16)


def test_a_name_of_a_new_blueprint_that_the_code_asks_for() -> None:
    """A blueprint that code compares with is not called so; a display of such names is refused."""
    with pytest.raises(Refusal, match="which the views have only now"):
        made(HEAD + LOGIN + "\n\ndef other():\n    return request.blueprint in ('main', 'x')\n")


def test_tests_and_other_modules_are_rewritten_too() -> None:
    """Whoever builds a URL, wherever, gets the new name."""
    found = made(
        {
            "app.py": HEAD + LOGIN,
            "tests/test_app.py": "from flask import url_for\n\nurl_for('login')\n",
            "b.py": "x = 1\n",
        }
    )
    assert found.files["tests/test_app.py"] == "from flask import url_for\n\nurl_for('main.login')\n"
    assert "b.py" not in found.files


@pytest.mark.parametrize(
    ("code", "why"),
    [
        ("@app.get('/a', endpoint=name)\ndef a(): pass\n", "the name of an endpoint is computed"),
        (
            (
                "@app.get('/a/x', endpoint='v')\ndef a(): pass\n\n@app.get('/a/y')\ndef b(): pass\n\n"
                "@app.post('/b/x', endpoint='v')\ndef c(): pass\n\n@app.get('/b/y')\ndef d(): pass\n"
            ),
            "belongs to views of two blueprints",
        ),
    ],
)
def test_endpoints_that_cannot_be_told(code: str, why: str) -> None:
    """An endpoint with a computed name, or in two groups, is refused."""
    with pytest.raises(Refusal, match=why):
        made(HEAD + code)


def test_modules_that_cannot_be_read() -> None:
    """A file that is no Python is refused where it speaks of endpoints, and passed over where it does not."""
    with pytest.raises(Refusal, match="cannot be read"):
        made({"app.py": HEAD + LOGIN, "x.py": "def (: url_for('login')\n"})
    assert list(made({"app.py": HEAD + LOGIN, "x.py": "def (:\n"}).files) == ["app.py"]


# templates


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("{{ url_for('login') }}", "{{ url_for('main.login') }}"),
        ('<a href="{{ url_for("login", next=1) }}">', '<a href="{{ url_for("main.login", next=1) }}">'),
        ("{{ url_for( 'login' ) }}", "{{ url_for( 'main.login' ) }}"),
        ("{{ url_for('.login') }}", "{{ url_for('main.login') }}"),
        ("{{ url_for('static', filename='login') }}", "{{ url_for('static', filename='login') }}"),
        ("{{ url_for(request.endpoint, page=2) }}", "{{ url_for(request.endpoint, page=2) }}"),
        ("{% if request.endpoint == 'login' %}", "{% if request.endpoint == 'main.login' %}"),
        ("{% if 'login' == request.endpoint %}", "{% if 'main.login' == request.endpoint %}"),
        ("{{ 'a' if request.endpoint != 'login' }}", "{{ 'a' if request.endpoint != 'main.login' }}"),
        ("{% if request.endpoint in ['login', 'x'] %}", "{% if request.endpoint in ['main.login', 'x'] %}"),
        ("{% if request.endpoint not in ('login',) %}", "{% if request.endpoint not in ('main.login',) %}"),
        ("{% if request.endpoint %}", "{% if request.endpoint %}"),
        ("{% if request.endpoint and x %}", "{% if request.endpoint and x %}"),
        ("{% if request.blueprint == 'other' %}", "{% if request.blueprint == 'other' %}"),
        ("{{ my_url_for(name) }}", "{{ my_url_for(name) }}"),
        ("{{ 'login' }}", "{{ 'login' }}"),
    ],
)
def test_endpoints_in_templates(old: str, new: str) -> None:
    """Templates get the new names, and nothing else in them changes."""
    found = made({"app.py": HEAD + LOGIN, "templates/a.html": f"<p>\n{old}\n</p>\n"})
    assert found.files.get("templates/a.html", f"<p>\n{old}\n</p>\n") == f"<p>\n{new}\n</p>\n"


@pytest.mark.parametrize(
    ("old", "why"),
    [
        ("{{ url_for(name) }}", "computed"),
        ("{{ url_for('a' ~ name) }}", "computed"),
        ("{{ url_for('a' if x else 'login') }}", "computed"),
        ("{{ request.endpoint }}", "in a way that is not known"),
        ("{% if request.endpoint.startswith('a') %}", "in a way that is not known"),
        ("{% set here = request.endpoint %}", "in a way that is not known"),
        ("{% if request.endpoint == name %}", "in a way that is not known"),
        ("{% if request.blueprint %}", "which the views have only now"),
        ("{% if request.blueprint != 'main_2' or request.blueprint in x %}", "which the views have only now"),
    ],
)
def test_templates_that_cannot_be_followed_are_refused(old: str, why: str) -> None:
    """Computed names and other uses in templates are refused with their line."""
    with pytest.raises(Refusal, match=why) as caught:
        made({"app.py": HEAD + LOGIN, "templates/a.html": f"<p>\n{old}\n</p>\n"})
    assert (caught.value.path, caught.value.line) == ("templates/a.html", 2)


@pytest.mark.parametrize("path", ["static/a.js", "README.md", "plain.html"])
def test_files_that_are_no_templates(path: str) -> None:
    """Scripts, documents and pages without Jinja's marks are left alone."""
    assert list(made({"app.py": HEAD + LOGIN, path: "url_for(name)\n"}).files) == ["app.py"]


# several apps


def test_two_apps_in_one_folder_are_refused() -> None:
    """Endpoints of two apps cannot be told apart."""
    with pytest.raises(Refusal, match="another app is made in the same folder"):
        made({"app.py": HEAD + LOGIN, "other.py": HEAD + LOGIN})


def test_apps_in_folders_of_their_own() -> None:
    """Each app has the files of its folder, without those of an app further down."""
    files = {
        "one/app.py": HEAD + LOGIN,
        "one/templates/a.html": "{{ url_for('login') }}",
        "one/two/app.py": HEAD + LOGIN,
        "one/two/templates/a.html": "{{ url_for('login') }}",
        "templates/a.html": "{{ url_for('login') }}",
    }
    assert list(made(files, "one/app.py").files) == ["one/app.py", "one/templates/a.html"]
    assert list(made(files, "one/two/app.py").files) == ["one/two/app.py", "one/two/templates/a.html"]


# in effect


def test_the_app_serves_the_same_under_new_names() -> None:
    """The rules are the same, the endpoints begin with their blueprints, and redirects and templates find them."""
    code = """
        from flask import Flask, redirect, render_template_string, request, url_for

        app = Flask(__name__)
        OPEN = ("index",)


        @app.before_request
        def closed():
            if request.endpoint not in OPEN and "key" not in request.args:
                return redirect(url_for("index"))


        @app.route("/")
        def index():
            return render_template_string("{{ url_for('page', number=1, key=2) }}")


        @app.route("/pages/<int:number>")
        def page(number):
            return str(number)


        @app.route("/pages")
        def pages():
            return redirect(url_for("page", number=7, key=1))
    """
    texts = {"app.py": textwrap.dedent(code)}
    world = project(texts)
    (home,) = world.modules
    again, files, found = with_blueprints(world, texts, home, "app")
    assert [one.cls for one in again.apps] == ["flask.Flask"]
    assert len(again.extensions.blueprints) == 2
    space: dict[str, Any] = {"__name__": "app"}
    exec(compile(files["app.py"], "app.py", "exec"), space)  # noqa: S102 - our own text
    app = space["app"]
    assert {rule.endpoint: str(rule) for rule in app.url_map.iter_rules() if rule.endpoint != "static"} == {
        "main.index": "/",
        "pages.page": "/pages/<int:number>",
        "pages.pages": "/pages",
    }
    assert found.names["page"] == "pages.page"
    client = app.test_client()
    assert client.get("/").text == "/pages/1?key=2"
    assert client.get("/pages").location == "/"
    assert client.get("/pages?key=1").location == "/pages/7?key=1"


# as part of the conversion

SHOP = """
    from flask import Flask, url_for
    from flask_cors import CORS

    app = Flask(__name__)
    CORS(app)


    @app.route("/")
    def index():
        return url_for("index")
"""


def test_a_conversion_with_blueprints() -> None:
    """The views are grouped first; the factory then registers the blueprints, and the proof may find other endpoints."""
    texts = {"app.py": textwrap.dedent(SHOP).lstrip(), "page.html": "{{ url_for('index') }}"}
    world = project(texts)
    found = convert(world, texts, world.modules[0], blueprints=True)
    assert found.files["page.html"] == "{{ url_for('main.index') }}"
    text = found.files["app.py"]
    assert text is not None
    assert "    app.register_blueprint(main_bp)\n" in text
    assert '@main_bp.route("/")\n' in text
    assert {"rules/*", "app/blueprint *"} <= set(found.intends)
    assert any("`main`" in one for one in found.says)


def test_a_conversion_without_blueprints() -> None:
    """The views keep the names of their endpoints."""
    texts = {"app.py": textwrap.dedent(SHOP).lstrip(), "page.html": "{{ url_for('index') }}"}
    world = project(texts)
    found = convert(world, texts, world.modules[0])
    assert "page.html" not in found.files
    assert "rules/*" not in found.intends


def test_a_module_that_has_a_factory_gets_the_smaller_step() -> None:
    """Where the app is made in a function, what that binds by constructor is moved out of it."""
    code = "from flask import Flask\nfrom flask_cors import CORS\n\n\ndef create_app():\n    app = Flask(__name__)\n    CORS(app)\n    return app\n"
    world = project({"app.py": code})
    assert "cors.init_app(app)" in str(
        convert(world, {"app.py": code}, world.modules[0], blueprints=True).files["app.py"]
    )


def test_a_module_without_an_app_is_refused() -> None:
    """With blueprints or without, there must be an app."""
    world = project({"app.py": "x = 1\n"})
    with pytest.raises(Refusal):
        convert(world, {"app.py": "x = 1\n"}, world.modules[0], blueprints=True)
