from __future__ import annotations

import time

import pytest

from keck.project import Project
from keck.project.things import Named, Site, Thing, Unknown
from tests.support import project

HEAD = "from flask import Flask, current_app\nimport flask\nfrom flask_mail import Mail\nfrom flask_cors import CORS\n"


def told(things: frozenset[Thing]) -> list[str]:
    """Return things as short texts: the kind and line of a call, a symbol, or a question mark."""
    found = []
    for one in things:
        match one:
            case Site():
                found.append(f"{one.kind}:{one.line - HEAD.count(chr(10))}")
            case Named():
                found.append(one.symbol)
            case Unknown():
                found.append("?")
    return sorted(found)


def meant(code: str, name: str, scope: str = "") -> list[str]:
    """Return what a name means in a scope of a file that begins with `HEAD`."""
    made = project({"app.py": HEAD + code})
    module = made.names.modules["app.py"]
    return told(made.objects.of_symbol(made.names.resolve(module, scope, name)))


@pytest.mark.parametrize(
    ("code", "things"),
    [
        ("x = Mail()", ["mail:1"]),
        ("x = Flask('a')", ["app:1"]),
        ("x = y = Mail()", ["mail:1"]),
        ("x = Mail() or CORS()", ["cors:1", "mail:1"]),
        ("x = Mail() and CORS()", ["cors:1", "mail:1"]),
        ("x = Mail() if y else CORS()", ["cors:1", "mail:1"]),
        ("if y:\n    x = Mail()\nelse:\n    x = CORS()", ["cors:4", "mail:2"]),
        ("x, y = Mail(), CORS()", ["mail:1"]),
        ("(x, y) = pair = (Mail(), CORS())", ["mail:1"]),
        ("y, (x, z) = Mail(), CORS()", ["?"]),
        ("x, y = pair()", ["?"]),
        ("x, y = y, z = Mail(), CORS()", ["mail:1"]),
        ("x = [Mail(), CORS()][0]", ["cors:1", "mail:1"]),
        ("x = {'a': Mail()}['a']", ["mail:1"]),
        ("x = unknown[0]", ["?"]),
        ("x = (y := Mail())", ["mail:1"]),
        ("x = 1", ["?"]),
        ("x = flask", ["flask"]),
        ("x = flask.Flask", ["flask.Flask"]),
        ("x = (flask or unknown).Flask('a')", ["?", "app:1"]),
        ("x = missing()", ["?"]),
        ("def x():\n    pass", ["app:x"]),
        ("class x:\n    pass", ["app:x"]),
        ("def make():\n    return Mail()\nx = make()", ["mail:2"]),
        ("def make():\n    yield Mail()\nx = make()", ["?"]),
        ("def make():\n    return\nx = make()", ["?"]),
        ("def make():\n    return make()\nx = make()", ["?"]),
        ("class M(Mail):\n    pass\nx = M()", ["mail:3"]),
        ("M = Mail\nx = M()", ["mail:2"]),
        ("class Mail(Mail):\n    pass\nx = Mail()", ["mail:3"]),
        ("Base = Mail\nclass M(Base):\n    pass\nx = M()", ["mail:4"]),
        ("import other\nBase = other.make() if 1 else Mail\nclass M(Base):\n    pass\nx = M()", ["mail:5"]),
        ("class M(mixin(Mail)):\n    pass\nx = M()", ["mail:3"]),
        ("class M:\n    pass\nx = M()", ["object:3"]),
        ("import redis\nx = redis.Redis()", ["external:2"]),
        ("class F:\n    def make(self):\n        return Mail()\nf = F()\nx = f.make()", ["mail:3"]),
        (
            "class B:\n    def make(self):\n        return Mail()\nclass F(B):\n    pass\nf = F()\nx = f.make()",
            ["mail:3"],
        ),
        ("class F:\n    pass\nf = F()\nx = f.make()", ["?"]),
        ("class F:\n    def make(self):\n        return Mail()\nx = F().make()", ["mail:3"]),
        ("class F:\n    mail = Mail()\nx = F.mail", ["mail:2"]),
        ("class F:\n    mail = Mail()\nx = (F or 1).mail", ["?", "mail:2"]),
        ("class B:\n    mail = Mail()\nclass F(B):\n    pass\nx = F.mail", ["mail:2"]),
        ("class F(Flask):\n    pass\nx = F.nothing", ["?"]),
        ("class F:\n    def __init__(self):\n        self.mail = Mail()\nf = F()\nx = f.mail", ["mail:3"]),
        (
            "class F:\n    def __init__(self):\n        self.a.b = self.mail, other = Mail(), 1\nf = F()\nx = f.mail",
            ["?"],
        ),
        ("app = Flask('a')\nx = app.app", ["app:1"]),
        ("app = Flask('a')\napp.mail = Mail()\nx = current_app.mail", ["mail:2"]),
        ("app = Flask('a')\napp.mail = Mail()\nx = app.mail", ["mail:2"]),
        ("app = Flask('a')\napp.mail = Mail()\nx = (app or None).mail", ["mail:2"]),
        ("app = Flask('a')\napp.mail = Mail()\nx = (current_app or None).mail", ["mail:2"]),
        ("x = current_app.config", ["flask.current_app.config"]),
        ("app = Flask('a')\nx = current_app._get_current_object()", ["flask.current_app"]),
        ("app = Flask('a')\nx = app.name", ["?"]),
        ("with Mail() as x:\n    pass", ["mail:1"]),
        ("with Mail() as x, CORS() as y:\n    pass", ["mail:1"]),
        ("with open('a') as f, Mail():\n    x = f", ["?"]),
        ("with Mail(), CORS() as x:\n    pass", ["?"]),
        ("with Mail():\n    x = CORS()", ["cors:2"]),
        ("with Mail() as (x, y):\n    pass", ["?"]),
        ("with Mail() as y:\n    for x in (CORS(),):\n        pass", ["cors:2"]),
        ("import gone.away as x", ["gone.away"]),
        ("x = y[0]\ny = [x]", ["?"]),
        ("y.z = x = Mail()", ["mail:1"]),
        ("if a:\n    pass\nfor y in ():\n    pass\nfor x in (Mail(),):\n    pass", ["mail:5"]),
        ("a, b = [Mail()], 1\nfor x in a:\n    pass", ["?"]),
        ("class A:\n    pass\nclass B:\n    mail = Mail()\nclass F(dict, A, B):\n    pass\nx = F.mail", ["mail:4"]),
        ("try:\n    from gone import x\nexcept ImportError:\n    x = Mail()", ["gone.x", "mail:4"]),
        ("x, y = Mail(), CORS(), 1", ["?"]),
        ("class F:\n    def make(me, x):\n        x.y = me.z = Mail()\nx = F().z", ["mail:3"]),
        ("f = Mail()\nx = f.make().more()", ["?"]),
        ("class F:\n    def m(self):\n        self.a, self.b.c, d = Mail(), 1, 2\nx = F().a", ["?"]),
        ("import other\nf = other.F()\nx = f.make()", ["?"]),
        ("while y:\n    x = Mail()\nwith Mail():\n    pass", ["mail:2"]),
        ("for y.z in (Mail(),):\n    x = CORS()", ["cors:2"]),
        ("with Mail() as z:\n    pass\nfor x, y in [(1, 2)]:\n    pass", ["?"]),
        ("x = nowhere.at.all", ["?"]),
    ],
)
def test_what_a_name_means(code: str, things: list[str]) -> None:
    """Assignments, calls, classes, attributes and context managers lead to what was made, else to the unknown."""
    assert meant(code + "\n", "x") == things


@pytest.mark.parametrize(
    ("code", "things"),
    [
        ("for x in (Mail(), CORS()):\n    pass", ["cors:1", "mail:1"]),
        ("ALL = [Mail()]\nfor x in ALL:\n    pass", ["mail:1"]),
        ("ALL = [Mail()] + [CORS()]\nfor x in ALL:\n    pass", ["cors:1", "mail:1"]),
        ("ALL = None or [CORS()]\nfor x in ALL:\n    pass", ["cors:1"]),
        ("ALL = [Mail()] if y else (CORS(),)\nfor x in ALL:\n    pass", ["cors:1", "mail:1"]),
        ("A = [Mail()]\nfor x in [*A, CORS()]:\n    pass", ["cors:2", "mail:1"]),
        ("D = {'a': Mail()}\nfor x in D.values():\n    pass", ["mail:1"]),
        ("D = {'a': Mail()}\nfor x in {**D, 'b': CORS()}.values():\n    pass", ["cors:2", "mail:1"]),
        ("D = {'a': Mail()}\nfor k, x in D.items():\n    pass", ["mail:1"]),
        ("D = {'a': Mail()}\nfor x, v in D.items():\n    pass", ["?"]),
        ("for i, x in enumerate([Mail()]):\n    pass", ["mail:1"]),
        ("for x, y in zip([Mail()], [CORS()]):\n    pass", ["mail:1"]),
        ("for x in list({Mail()}):\n    pass", ["mail:1"]),
        ("for x in reversed(sorted((Mail(),))):\n    pass", ["mail:1"]),
        ("for x, y in [(Mail(), 1), (CORS(), 2)]:\n    pass", ["cors:1", "mail:1"]),
        ("for y, x in [(Mail(),)]:\n    pass", ["?"]),
        ("for (x, y), z in [((Mail(), 1), 2)]:\n    pass", ["?"]),
        ("def every():\n    return [Mail()]\nfor x in every():\n    pass", ["mail:2"]),
        ("for x in missing():\n    pass", ["?"]),
        ("for x in 1, 2:\n    pass", ["?"]),
        ("for x in 'ab':\n    pass", ["?"]),
        ("for x in {Mail()}.copy():\n    pass", ["?"]),
        ("for x in values():\n    pass", ["?"]),
        ("A = A\nfor x in A:\n    pass", ["?"]),
        ("A = B\nB = A\nfor x in [*A]:\n    pass", ["?"]),
        ("def f(a):\n    for x in a:\n        print(x)\nf([Mail()])\nx = 1", ["?"]),
    ],
)
def test_what_a_loop_variable_means(code: str, things: list[str]) -> None:
    """A loop over what can be seen gives each of its elements, through names, dicts, zips and functions."""
    assert meant(code + "\n", "x") == things


@pytest.mark.parametrize(
    ("code", "scope", "things"),
    [
        ("def f(x):\n    pass\nf(Mail())\nf(CORS())", "f", ["cors:4", "mail:3"]),
        ("def f(a, x):\n    pass\nf(1, x=Mail())", "f", ["mail:3"]),
        ("def f(a, *, x=Mail()):\n    pass\nf(1)", "f", ["mail:1"]),
        ("def f(x):\n    pass", "f", ["?"]),
        ("def f(*x):\n    pass\nf(Mail())", "f", ["?"]),
        ("def f(x):\n    pass\nf(*[Mail()])", "f", ["?"]),
        ("class F:\n    def f(self, x):\n        pass\n    def g(self):\n        self.f(Mail())", "F.f", ["mail:5"]),
        ("class F:\n    @staticmethod\n    def f(x):\n        pass\nF.f(Mail())", "F.f", ["mail:5"]),
        ("class F:\n    def __init__(self, x):\n        pass\nF(Mail())", "F.__init__", ["mail:4"]),
        ("class F:\n    def f(x):\n        pass\nF.f(Mail())", "F.f", ["?"]),
        ("def f(x):\n    pass\nf2 = f\n[f][0](Mail())\nf()", "f", ["?"]),
    ],
)
def test_what_a_parameter_means(code: str, scope: str, things: list[str]) -> None:
    """A parameter is what the visible callers give, or its default."""
    assert meant(code + "\n", "x", scope) == things


def test_a_caller_under_another_name() -> None:
    """A function that is imported under another name is found in what that name calls."""
    made = project({
        "app.py": "def bind(x):\n    pass\n",
        "main.py": "from app import bind as connect\nfrom flask_mail import Mail\nconnect(Mail())\n",
    })  # fmt: skip
    (one,) = made.objects.of_symbol("app:bind.x")
    assert isinstance(one, Site)
    assert (one.kind, one.path) == ("mail", "main.py")


@pytest.mark.parametrize(
    "fixture",
    [
        "@pytest.fixture\ndef mail():\n    return Mail()\n",
        "@pytest.fixture()\ndef mail():\n    one = Mail()\n    yield one\n",
        "@pytest.fixture(scope='session', name='mail')\ndef made():\n    with x:\n        yield Mail()\n",
        "@pytest.yield_fixture\ndef mail():\n    yield Mail()\n",
        "@pytest.fixture\ndef other():\n    return 1\n@pytest.fixture\ndef mail(other):\n    return Mail()\n",
    ],
)
@pytest.mark.parametrize("path", ["tests/test_it.py", "tests/conftest.py", "conftest.py"])
def test_a_fixture_s_parameter(fixture: str, path: str) -> None:
    """A test's parameter is what the fixture of its name returns or yields, from the nearest conftest on."""
    files = {
        "tests/test_it.py": "def test_mail(mail):\n    pass\n",
        "tests/unit/conftest.py": "",
        path: "import pytest\nfrom flask_mail import Mail\n" + fixture,
    }
    if path == "tests/test_it.py":
        files[path] += "def test_mail(mail):\n    pass\n"
    made: Project = project(files)
    (one,) = made.objects.of_symbol("tests.test_it:test_mail.mail")
    assert isinstance(one, Site)
    assert one.kind == "mail"


def test_parameters_that_no_fixture_fills() -> None:
    """A fixture that asks for its own name, one of another folder and code outside tests get nothing."""
    files = {
        "app.py": "def send(mail):\n    pass\n",
        "conftest.py": "import pytest\n@pytest.fixture\ndef mail(mail):\n    yield\n",
        "tests/test_it.py": "def test_it(post):\n    pass\n",
        "other/tests/conftest.py": "import pytest\n@pytest.fixture\ndef post():\n    return 1\n",
    }
    objects = project(files).objects
    for symbol in ("app:send.mail", "conftest:mail.mail", "tests.test_it:test_it.post"):
        (one,) = objects.of_symbol(symbol)
        assert isinstance(one, Unknown)
        assert one.why.startswith("parameter")


def test_a_fixture_s_bare_yield() -> None:
    """A fixture that yields nothing hands out nothing, and other statements are no yields."""
    code = "import pytest\n@pytest.mark.slow\ndef other():\n    pass\n@pytest.fixture\ndef mail():\n    print(1)\n    x = 1\n    await x\n    yield\n    return\n"
    (one,) = project({"test_it.py": code + "def test(mail):\n    pass\n"}).objects.of_symbol("test_it:test.mail")
    assert isinstance(one, Unknown)


def test_what_is_too_deep_or_gone() -> None:
    """Very long chains, names of no module and attributes of functions end in the unknown."""
    chain = "a0 = Mail()\n" + "".join(f"a{at + 1} = [a{at}][0]\n" for at in range(20)) + "x = a20\n"
    assert meant(chain, "x") == ["?"]
    objects = project(
        {"app.py": "def f():\n    pass\nclass C:\n    x = 1\n    def m(self):\n        self.y = 2\n"}
    ).objects
    assert told(objects.of_symbol("gone:x")) == ["?"]
    assert told(objects.of_symbol("app:f.attribute.more")) == ["?"]
    assert told(objects.of_symbol("app:")) == ["app:"]
    assert list(objects.written("flask.Flask")) == []
    assert list(objects.written("gone:x")) == []
    assert list(objects.written("app:f.x.y")) == []
    assert len(list(objects.written("app:C.y"))) == 1
    assert list(objects.returned("app:gone")) == []
    assert objects.function("flask.Flask") is None
    assert objects.function("gone:x") is None
    assert objects.function("app:C.gone") is None
    assert objects.function("app:f.gone") is None
    inherits = project({"app.py": "class A:\n    def m(self):\n        pass\nclass B(dict, A):\n    pass\n"}).objects
    found = inherits.function("app:B.m")
    assert found is not None
    assert found[1].name == "A.m"
    assert inherits.function("app:B.gone") is None


def test_kinds() -> None:
    """The kind of a class is that of the nearest known class among its bases."""
    objects = project(
        {"app.py": HEAD + "class C:\n    pass\nclass D(C, Mail):\n    pass\nclass E(E):\n    pass\n"}
    ).objects
    assert objects.kind("flask_mail.Mail") == "mail"
    assert objects.kind("os.path") == ""
    assert objects.kind("app:C") == ""
    assert objects.kind("app:D") == "mail"
    assert objects.kind("app:E") == ""
    assert objects.lineage("app:D") == ("app:D", "app:C", "flask_mail.Mail")


def test_web_of_calls_is_left_before_it_takes_long() -> None:
    """Where functions hand one another everything in every way, the answer is unknown, and it comes at once."""
    names = [f"f{number}" for number in range(12)]
    code = "".join(
        f"def {name}(x):\n"
        + "".join(f"    {other}([*x, {place}])\n" for place, other in enumerate(names))
        + "    for one in x:\n        one.init_app(x)\n"
        for name in names
    )
    start = time.perf_counter()
    assert "?" in meant(code, "one", "f3")
    assert time.perf_counter() - start < 5
