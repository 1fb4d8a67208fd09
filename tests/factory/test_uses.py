"""The names that a module's statements use and bind, and when."""

from __future__ import annotations

import textwrap

import libcst as cst
import pytest

from keck.factory.uses import Reader, bound, bound_by, dotted, targets


def read(code: str) -> list[str]:
    """Return the uses in a text: ``later`` for those in functions, ``stored`` for those that are assigned."""
    found = []
    for node in cst.parse_module(textwrap.dedent(code)).body:
        reader = Reader()
        reader.read(node)
        for use in reader.uses:
            marks = ["later"] * use.is_deferred + ["stored"] * use.stored + ["imported"] * use.imported
            found.append(" ".join([use.dotted, *marks]))
    return found


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("app.config['X']", ["app.config"]),
        ("app.route('/')(view)", ["app.route", "view"]),
        ("make(app).run(port=number)", ["make", "app", "number"]),
        ("app = make()", ["app stored", "make"]),
        ("app.debug = x", ["app.debug", "x"]),
        ("app += 1", ["app stored"]),
        ("app: Flask = make()", ["app stored", "Flask", "make"]),
        ("if (n := app.name): pass", ["n stored", "app.name"]),
        ("f(app=1)", ["f"]),
        ("import app", []),
        ("from app import app", []),
        ("def f(): return app", ["app later"]),
        ("def f(app): return app", []),
        ("def f(*app, **other): return app, other", []),
        ("def f(*, app): return app", []),
        ("def f(app, /): return app", []),
        ("def f(x=app): return x", ["app"]),
        ("def f(x: app) -> app.y: pass", ["app", "app.y"]),
        ("def f():\n    app = 1\n    return app", []),
        ("def f():\n    import app\n    return app.name", ["app.name later imported"]),
        ("def f():\n    from a import b as app\n    return app", ["app later imported"]),
        ("def f():\n    global app\n    app = 1", ["app later stored"]),
        ("def f():\n    def g():\n        return app\n    return g", ["app later"]),
        ("def f():\n    app = 1\n    def g():\n        nonlocal app\n        app = 2", []),
        ("def f():\n    for app in []: pass\n    return app", []),
        ("def f():\n    with x as app: pass\n    return app", ["x later"]),
        ("def f():\n    try: pass\n    except E as app: pass\n    return app", ["E later"]),
        ("def f():\n    del app", []),
        ("def f():\n    app: int\n    return app", ["int later"]),
        ("def f():\n    if x:\n        app: int\n    return app", ["x later", "int later"]),
        ("def f():\n    (a, [app]) = 1, [2]\n    return app", []),
        ("def f():\n    class app: pass\n    return app", []),
        ("def f(x):\n    match x:\n        case {'a': 1, **app}: return app", []),
        ("def f(x):\n    match x:\n        case {'a': 1}: return app", ["app later"]),
        ("def f(x):\n    match x:\n        case [1, *app]: return app", []),
        ("def f(x):\n    match x:\n        case [1, *_]: return app", ["app later"]),
        ("def f(x):\n    match x:\n        case [1] as app: return app", []),
        ("def f(x):\n    match x:\n        case _: return app", ["app later"]),
        ("lambda: app", ["app later"]),
        ("lambda app: app", []),
        ("lambda x=app: x", ["app"]),
        ("def f(): return lambda app: app", []),
        ("def f():\n    g = lambda: (app := 1)\n    return app", ["app later stored", "app later"]),
        ("[app for app in range(3)]", ["range"]),
        ("[app for x in y for app in x]", ["y"]),
        ("{k: app for k in app}", ["app", "app"]),
        ("class A:\n    app = 1\n    x = app\n    def f(self): return app", ["app later"]),
        ("class A:\n    app = 1\n    x = [app for _ in y]", ["y"]),
        ("class A(app.Base, metaclass=app.Meta):\n    pass", ["app.Base", "app.Meta"]),
        ("@app.route('/')\nclass A:\n    pass", ["app.route"]),
    ],
)
def test_a_use_is_told_with_its_moment(code: str, found: list[str]) -> None:
    """A name is a use where no function has it for itself, and deferred where a function has to be called for it."""
    assert sorted(read(code)) == sorted(found)


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("from a import *", {}),
        ("import a.b", {"a": True}),
        ("import a.b as c", {"c": True}),
        ("from a import b, c as d", {"b": True, "d": True}),
        ("a = b, c = 1", {"a": False, "b": False, "c": False}),
        ("a.b = 1", {}),
        ("a: int", {}),
        ("def f():\n    x = 1", {"f": False}),
        ("try:\n    import a\nexcept ImportError:\n    a = None", {"a": False}),
        ("def f():\n    global x\n    x = 1", {"f": False}),
        ("lambda: (x := 1)", {}),
    ],
)
def test_what_a_statement_binds_is_told(code: str, found: dict[str, bool]) -> None:
    """A statement binds what it assigns, defines and imports in its own scope, and no more."""
    assert bound(cst.parse_module(code)) == found


def test_names_are_written_as_they_stand() -> None:
    """A chain of attributes has its text; what is no chain has none, and binds nothing."""
    assert dotted(cst.parse_expression("a.b.c")) == "a.b.c"
    assert dotted(cst.parse_expression("a().b")) == ""
    assert dotted(cst.parse_expression("1")) == ""
    assert list(targets(cst.parse_expression("(a, [b, c.d])"))) == ["a", "b"]
    assert bound_by(cst.ImportAlias(cst.Attribute(cst.Name("a"), cst.Name("b")))) == "a"


def test_a_part_of_a_chain_can_be_had() -> None:
    """The first names of a chain are a node of their own."""
    reader = Reader()
    reader.read(cst.parse_statement("a.b.c"))
    (use,) = reader.uses
    assert [dotted(use.prefix(one)) for one in (1, 2, 3)] == ["a", "a.b", "a.b.c"]
