from __future__ import annotations

import pytest

from keck.project.timeline import blocks_of
from tests.support import project

HEAD = "from flask import Flask\nfrom flask_mail import Mail\nmail = Mail()\n"


def told(files: dict[str, str], scope: str = "", path: str = "app.py", *, imports: bool = True) -> list[str]:
    """Return what happens from a scope on, in order: keys that are written, extensions that are bound."""
    made = project({one: HEAD + text if one == "app.py" else text for one, text in files.items()})
    found: list[str] = []
    for moment in made.timelines.of(made.names.modules[path], scope, imports=imports):
        found += [one.instance.kind for one in moment.bindings]
        found += [one.key for one in moment.settings]
    return found


@pytest.mark.parametrize(
    ("code", "scope", "events"),
    [
        ("app = Flask('x')\napp.config['A'] = 1\nmail.init_app(app)\napp.config['B'] = 1\n", "", ["A", "mail", "B"]),
        ("def f():\n    app = Flask('x')\n    mail.init_app(app)\n    app.config['A'] = 1\n", "f", ["mail", "A"]),
        ("def f(app):\n    app.config['A'] = 1\n    mail.init_app(app)\napp = Flask('x')\nf(app)\napp.config['B'] = 1\n", "", ["A", "mail", "B"]),
        ("def f(app):\n    g(app)\ndef g(app):\n    app.config.update(A=1)\napp = Flask('x')\nf(app)\n", "", ["A"]),
        ("class F:\n    def __init__(self, app):\n        mail.init_app(app)\napp = Flask('x')\nF(app)\n", "", ["mail"]),
        ("class F:\n    def bind(self, app):\n        mail.init_app(app)\napp = Flask('x')\nF().bind(app)\n", "", ["mail"]),
        ("class F:\n    def bind(self, app):\n        mail.init_app(app)\napp = Flask('x')\nf = F()\nf.bind(app)\n", "", ["mail"]),
        ("class F:\n    pass\napp = Flask('x')\nF()\n", "", []),
        (("app = Flask('x')\nclass B:\n    def up(self):\n        mail.init_app(app)\nclass F(dict, B):\n    def up(self):\n"
         "        super().up()\n        get().up()\n        super().gone()\nF().up()\n"), "", ["mail"]),
        ("app = Flask('x')\ndef up():\n    mail.init_app(app)\nsuper().up()\nup().up()\n", "", ["mail"]),
        ("app = Flask('x')\ndef f():\n    mail.init_app(app)\n    f()\nf()\n", "", ["mail"]),
        ("app = Flask('x')\ndef f():\n    g()\ndef g():\n    mail.init_app(app)\n    f()\nf()\n", "", ["mail"]),
        ("app = Flask('x')\nif __name__ == '__main__':\n    mail.init_app(app)\n", "", []),
        ("app = Flask('x')\ndef f():\n    pass\nf()\nmissing(app)\nimport os\nos.init_app(app)\ndef g(app):\n    app.config['A'] = 1\nos.g(app)\n[f][0]()\n", "", []),
        (("def two(a, b):\n    pass\ndef f(app):\n    mail.init_app(app)\ndef g(app):\n    app.config['A'] = 1\n"
         "app = Flask('x')\ntwo(f(app), g(app))\n"), "", ["mail", "A"]),
        ("global app\napp = Flask('x')\napp.config['A'] = 1\n", "", ["A"]),
    ],
)  # fmt: skip
def test_order_in_one_file(code: str, scope: str, events: list[str]) -> None:
    """Statements come in the order of the text, and what a called function does comes where it is called."""
    assert told({"app.py": code}, scope) == events


def test_very_deep_calls_end() -> None:
    """Calls are followed to a fixed depth only."""
    steps = "".join(f"def f{at}(app):\n    f{at + 1}(app)\n" for at in range(12))
    code = steps + "def f12(app):\n    mail.init_app(app)\napp = Flask('x')\nf0(app)\nf8(app)\n"
    assert told({"app.py": code}) == ["mail"]


def test_a_function_under_another_name() -> None:
    """A call through an import's alias is followed, also from another function."""
    files = {
        "app.py": "from settling import settle as prepare\ndef create():\n    app = Flask('x')\n    prepare(app)\n    return app\n",
        "settling.py": "def settle(app):\n    app.config['A'] = 1\n",
    }
    assert told(files, "create") == ["A"]
    assert told({**files, "wsgi.py": "from app import create as make\nmake()\n"}, path="wsgi.py") == ["A"]


def test_imports_run_once_and_in_their_place() -> None:
    """The body of an imported module comes where it is first imported; without `imports` it does not come at all."""
    files = {
        "app.py": "import one\napp = Flask('x')\napp.config['B'] = 1\nimport two\nfrom one import other\n",
        "one.py": "from flask import Flask\nimport app\nother = Flask('y')\nother.config['A'] = 1\n",
        "two.py": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import late\nfrom app import app\napp.config['C'] = 1\n",
        "late.py": "from app import app\napp.config['D'] = 1\n",
    }
    assert told(files) == ["A", "B", "C"]
    assert told(files, imports=False) == ["B"]


def test_a_package_runs_before_its_modules() -> None:
    """Importing a module of a package runs the package first, and imports in functions count where they stand."""
    files = {
        "app.py": "def f():\n    from pkg.sub import app\n    app.config['C'] = 1\n",
        "pkg/__init__.py": "from flask import Flask\napp = Flask('x')\napp.config['A'] = 1\n",
        "pkg/sub.py": "from pkg import app\napp.config['B'] = 1\n",
    }
    assert told(files, "f") == ["A", "B", "C"]


@pytest.mark.parametrize(
    ("code", "sure"),
    [
        ("mail.init_app(app)\napp.config['A'] = 1\n", True),
        ("if x:\n    mail.init_app(app)\napp.config['A'] = 1\n", False),
        ("if x:\n    mail.init_app(app)\n    app.config['A'] = 1\n", True),
        ("if x:\n    mail.init_app(app)\n    if y:\n        app.config['A'] = 1\n", True),
        ("if x:\n    mail.init_app(app)\nelse:\n    app.config['A'] = 1\n", False),
        ("with x:\n    mail.init_app(app)\napp.config['A'] = 1\n", True),
        ("for one in (mail,):\n    one.init_app(app)\napp.config['A'] = 1\n", True),
        ("while x:\n    mail.init_app(app)\napp.config['A'] = 1\n", False),
        ("try:\n    x()\nexcept E:\n    mail.init_app(app)\napp.config['A'] = 1\n", False),
        ("try:\n    mail.init_app(app)\nfinally:\n    app.config['A'] = 1\n", True),
        ("match x:\n    case 1:\n        mail.init_app(app)\napp.config['A'] = 1\n", False),
        ("def f(app):\n    mail.init_app(app)\nif x:\n    f(app)\napp.config['A'] = 1\n", False),
        ("def f(app):\n    if x:\n        mail.init_app(app)\nf(app)\napp.config['A'] = 1\n", False),
        ("def f(app):\n    mail.init_app(app)\n    app.config['A'] = 1\nif x:\n    f(app)\n", True),
        ("def f(app):\n    if x:\n        mail.init_app(app)\n    app.config['A'] = 1\nf(app)\n", False),
        ("def f(app):\n    mail.init_app(app)\n    return app\nf(app).config['A'] = 1\n", True),
    ],
)
def test_what_is_certain(code: str, sure: bool) -> None:
    """Something has certainly happened before unless it stands on a branch that the later one is not on."""
    made = project({"app.py": HEAD + "app = Flask('x')\n" + code})
    moments = made.timelines.of(made.names.modules["app.py"], "")
    (bound,) = (one for one in moments if one.bindings)
    later = next(one for one in reversed(moments) if one.settings)
    assert bound.sure_before(later) is sure


def test_a_statement_after_itself() -> None:
    """A moment and the statement through which it was reached share all their frames."""
    made = project({"app.py": HEAD + "def f():\n    app = Flask('x')\n    mail.init_app(app)\nf()\n"})
    moments = made.timelines.of(made.names.modules["app.py"], "")
    inner = next(one for one in moments if one.bindings)
    assert inner.sure_before(moments[-1])
    assert moments[-1].sure_before(inner)


def test_blocks_around_a_span() -> None:
    """The blocks of a call are those of the simple statement in which it stands."""
    made = project(
        {"app.py": "if a:\n    with b:\n        c(\n            d(),\n        )\nelse:\n    def e():\n        f()\n"}
    )
    module = made.names.modules["app.py"]
    calls = {call.func.name: call for scope in module.scopes for call in module.calls(scope)}  # type: ignore[union-attr]
    assert [one.kind for one in blocks_of(module, calls["d"])] == ["with", "if"]
    assert blocks_of(module, calls["f"]) == []
    assert blocks_of(module, module.facts.blocks[0]) == []
