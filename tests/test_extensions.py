from __future__ import annotations

import pytest

from keck.project.extensions import Instance
from tests.support import project

HEAD = (
    "from flask import Flask, Blueprint, current_app\nfrom flask_mail import Mail\nfrom flask_limiter import Limiter\n"
)


def instances(code: str) -> list[Instance]:
    """Return the instances of a file that begins with `HEAD`."""
    return list(project({"app.py": HEAD + code}).instances)


@pytest.mark.parametrize(
    ("code", "symbol", "name"),
    [
        ("mail = Mail()", "app:mail", "mail"),
        ("mail: Mail = Mail()", "app:mail", "mail"),
        ("Mail()", "", "Mail"),
        ("class C:\n    mail = Mail()", "app:C.mail", "mail"),
        ("class C:\n    def m(self):\n        self.post = Mail()", "app:C.post", "post"),
        ("def f():\n    mail = Mail()", "app:f.mail", "mail"),
        ("def f():\n    global mail\n    mail = Mail()", "app:mail", "mail"),
        ("app = Flask('x')\napp.mail = Mail()", "app:app.mail", "mail"),
        ("[Mail()]", "", "Mail"),
        ("M = Mail\nmail = M()", "app:mail", "mail"),
        ("import flask_mail\nM = flask_mail.Mail\nmail = M()", "app:mail", "mail"),
        ("class M(Mail):\n    pass\nclass N(M):\n    pass\nmail = N()", "app:mail", "mail"),
    ],
)
def test_what_an_instance_is_called(code: str, symbol: str, name: str) -> None:
    """An instance has the name that the project gives it, or its class's where the result is dropped."""
    (one,) = instances(code + "\n")
    assert (one.symbol, one.name, one.title, one.kind) == (symbol, name, "Mail", "mail")
    assert one.module.path == one.place.path
    assert one.call.line == one.place.line
    assert one.scope == one.site.scope


@pytest.mark.parametrize(
    ("code", "hows"),
    [
        ("Mail(Flask('x'))", ["constructor"]),
        ("Mail(app=Flask('x'))", ["constructor"]),
        ("Mail(None)", []),
        ("Mail(current_app)", []),
        ("def f():\n    Mail(current_app)", ["constructor"]),
        ("mail = Mail()\nmail.init_app(Flask('x'))", ["init_app"]),
        ("mail = Mail()\nmail.init_app()", ["init_app"]),
        ("Mail().init_app(Flask('x'))", ["init_app"]),
        ("mail = Mail()\ninit_app(mail)", []),
        ("mail = Mail()\n[mail][0].init_app(Flask('x'))", ["init_app"]),
        ("mail = Mail()\n(lambda: mail).init_app(Flask('x'))", []),
        ("class M(Mail):\n    def up(self, app):\n        self.init_app(app)\nM()", ["init_app"]),
        ("class M(Mail):\n    @staticmethod\n    def up():\n        super().init_app(None)\nM()", []),
        ("class M(Mail):\n    def __init__(self, app):\n        self.init_app(app)\nM(Flask('x'))", ["constructor"]),
        ("class M(Mail):\n    def init_app(self, app):\n        super().init_app(app)\nM()", []),
        ("class Other:\n    def up(self, app):\n        self.init_app(app)\nMail()", []),
    ],
)
def test_bindings(code: str, hows: list[str]) -> None:
    """Constructors and `init_app` bind, also through methods of a subclass; what gives no app does not."""
    (one,) = instances(code + "\n")
    assert [each.how for each in one.bindings] == hows
    assert all(each.place.path == "app.py" for each in one.bindings)


@pytest.mark.parametrize(
    ("code", "bound"),
    [
        ("Limiter(Flask('x'))", True),
        ("Limiter(str, app=Flask('x'))", True),
        ("Limiter(Flask('x'), key_func=str)", True),
        ("Limiter(str)", False),
        ("Limiter(key_func=str)", False),
        ("Limiter(default_limits=[])", False),
    ],
)
def test_the_first_argument_of_a_limiter(code: str, bound: bool) -> None:
    """Flask-Limiter's first argument counts as an app only where it is one."""
    (one,) = instances(code + "\n")
    assert bool(one.bindings) is bound


def test_blueprints() -> None:
    """A binding to a blueprint says so, and blueprints and apps are found."""
    made = project(
        {
            "app.py": "from flask import Flask, Blueprint\nfrom flask_cors import CORS\nbp = Blueprint('b', 'b')\nCORS(bp)\nCORS(Flask('x'))\n"
        }
    )
    assert [one.bindings[0].on_blueprint for one in made.instances] == [True, False]
    assert [one.line for one in made.extensions.blueprints] == [3]
    assert [one.line for one in made.extensions.apps] == [5]


@pytest.mark.parametrize(
    ("code", "blind"),
    [
        ("for one in everything():\n    one.init_app(app)", True),
        ("getattr(ext, 'mail').init_app(app)", True),
        ("from werkzeug.utils import import_string\nimport_string('a:b').init_app(app)", True),
        ("from flask_login import LoginManager\nlogin = LoginManager()\nlogin.init_app(app)", False),
        ("import whatever\nwhatever.init_app(app)", False),
        ("from apscheduler import Scheduler\nit = None\nif x:\n    it = Scheduler()\n    it.init_app(app)", False),
        ("it = None\nif x:\n    it = found()\n    it.init_app(app)", True),
        ("def f(it):\n    it.init_app(app)", True),
        ("class C:\n    def up(self, app):\n        super().init_app(app)", False),
        ("class C:\n    def up(self, app):\n        self.init_app(app)", False),
        ("def f():\n    self.init_app(app)", True),
        ("class C:\n    def up():\n        self.init_app(app)", True),
    ],
)
def test_blind_calls(code: str, blind: bool) -> None:
    """An `init_app` on what cannot be known is remembered; on a library's object or the own base it is none."""
    made = project({"app.py": HEAD + code + "\n"})
    assert made.extensions.instances == ()
    assert bool(made.extensions.blind) is blind


@pytest.mark.parametrize(
    ("code", "handed"),
    [
        ("from functools import partial\npartial(mail.init_app, app)()", True),
        ("init = mail.init_app", True),
        ("mail.init_app(app)", False),
        ("print(mail, other.init_app)", False),
        ("from flask_login import LoginManager\nlogin = LoginManager()\nprint(login.init_app)", False),
    ],
)
def test_init_app_handed_on(code: str, handed: bool) -> None:
    """A bound method that is handed on without a call is remembered at its instance."""
    (one,) = instances("mail = Mail()\n" + code + "\n")
    assert one.handed_on is handed


def test_a_class_that_may_be_one_of_two() -> None:
    """An extension's class under a name that may also mean something else makes an instance."""
    code = "def helper():\n    pass\ntry:\n    Post = Mail\nexcept E:\n    Post = helper\nPost()\n"
    (one,) = instances(code)
    assert one.kind == "mail"


def test_calls_that_make_nothing() -> None:
    """A class of the same name from elsewhere, and a call of no plain name, make no instance."""
    code = "from other import Cache\nCache()\nclass Cors:\n    pass\nCORS = Cors\nCORS()\nimport other\nother.get().Mail()\n"
    assert instances(code) == []
