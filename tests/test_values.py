"""What expressions evaluate to."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from keck.facts.expr import Const
from keck.project.objects import Objects
from keck.project.values import HIDDEN, Either, Env, Known, Pattern, Value, Values, alternatives, cast, defaults
from tests.support import project

RANDOM = "random"
UNKNOWN = "unknown"


def plain(value: Value | None) -> Any:  # noqa: ANN401 - as many types as there are values
    """Return a value without its places: ``("env", name, default)``, ``("either", ...)``, text for what is hidden."""
    match value:
        case Known(value=list(rows)):
            return [plain(one) for one in rows]
        case Known(value=dict(table)):
            return {key: plain(one) for key, one in table.items()}
        case Known(value=inner):
            return inner
        case Env(name=name, default=default):
            return ("env", name, plain(default))
        case Either(values=values):
            return ("either", *(plain(one) for one in values))
        case None:
            return None
        case _:
            return RANDOM if value.random else UNKNOWN


def evaluated(text: str, **others: str) -> Any:  # noqa: ANN401
    """Return what the last statement of ``app.py`` assigns; other files by module name."""
    files: Mapping[str, str] = {"app.py": text, **{f"{name}.py": one for name, one in others.items()}}
    made = project(files)
    (module,) = (one for one in made.modules if one.path == "app.py")
    step = module.facts.steps[-1]
    return plain(made.values.of(module, step.scope, step.value))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('"a"', "a"),
        ('b"a"', b"a"),
        ("3", 3),
        ("-3", -3),
        ("-unseen()", UNKNOWN),
        ('-"a"', UNKNOWN),
        ("None", None),
        ("not True", UNKNOWN),
        ('["a", 1]', ["a", 1]),
        ('("a",)', ["a"]),
        ('["a", *["b"]]', ["a", ["b"]]),
        ('{"a": 1}', {"a": 1}),
        ('{"a": 1, **{"b": 2}}', {"a": 1, "b": 2}),
        ('{"a": 1, **unseen()}', {"a": 1, None: UNKNOWN}),
        ("{unseen(): 1}", {None: UNKNOWN}),
        ('{1.5: "a"}', {None: UNKNOWN}),
        ('f"a{1}b"', "a1b"),
        ('f"a{unseen()}"', UNKNOWN),
        ('"a" + "b"', "ab"),
        ("2 * 3 - 1", 5),
        ("7 // 2 + 7 / 2", 6.5),
        ("7 % 4", 3),
        ('"%s" % "a"', UNKNOWN),
        ("1 | 2", 3),
        ("1 ** 2", UNKNOWN),
        ("1 / 0", UNKNOWN),
        ('"a" + 1', UNKNOWN),
        ('"ab" * 3', "ababab"),
        ('"ab" * 10000000000', UNKNOWN),
        ('["ab"] * 10000000000', UNKNOWN),
        ('10000000000 * "ab"', UNKNOWN),
        ('"ab" * 2 * 3000 + "c"', UNKNOWN),
        ("1 + unseen()", UNKNOWN),
        ("lambda: 1", UNKNOWN),
        ("app", UNKNOWN),
        ("1 if a else 2", ("either", 1, 2)),
    ],
)
def test_literals_and_operators(text: str, value: object) -> None:
    """What literals make is known, as long as it is small; the rest is hidden."""
    assert evaluated(f"X = {text}") == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('os.environ["K"]', ("env", "K", None)),
        ("os.environ[key()]", UNKNOWN),
        ("os.environ", UNKNOWN),
        ("os.getenv", UNKNOWN),
        ('os.environ.get("K")', ("env", "K", None)),
        ('os.environ.get("K", "a")', ("env", "K", "a")),
        ('os.environ.get("K", default="a")', ("env", "K", "a")),
        ('os.environ.get("K", None)', ("env", "K", None)),
        ("os.environ.get(key())", ("env", "", None)),
        ('get("K")', UNKNOWN),
        ('os.getenv(key="K", default="a")', ("env", "K", "a")),
        ('os.environ.get("K") or "a"', ("env", "K", "a")),
        ('os.environ.get("K") or os.environ.get("L") or "a"', ("env", "K", ("env", "L", "a"))),
        ('os.environ.get("K", "a") or "b"', ("either", ("env", "K", "a"), "b")),
        ('None or "a"', "a"),
        ('"a" or "b"', "a"),
        ('unseen() or "a"', ("either", UNKNOWN, "a")),
        ('"" or None', None),
        ('int(os.environ.get("K", "3"))', ("env", "K", 3)),
        ('os.environ.get("K", "A").lower()', ("env", "K", "a")),
        ('os.environ.get("K", "a,b").split(",")', ["a", "b"]),
        ('os.environ["K"].split(",")', UNKNOWN),
        ("os.urandom(8)", RANDOM),
        ('os.urandom(8) + b"a"', RANDOM),
        ("os.urandom(8).hex()", RANDOM),
    ],
)
def test_environment(text: str, value: object) -> None:
    """What is read from the environment keeps its name and what it is without it."""
    assert evaluated(f"import os\nX = {text}") == value


@pytest.mark.parametrize(
    ("head", "text", "value"),
    [
        ("from environs import Env\nenv = Env()", 'env("K")', ("env", "K", None)),
        ("from environs import Env\nenv = Env()", 'env.str("K", "a")', ("env", "K", "a")),
        ("from environs import Env\nenv = Env()", 'env.list("K", ["a"])', ("env", "K", ["a"])),
        ("from environs import Env\nenv = Env()", "env.read_env()", UNKNOWN),
        ("from environs import env", 'env.str("K", "a")', ("env", "K", "a")),
        ("from decouple import config", 'config("K", default="a")', ("env", "K", "a")),
        ("from decouple import AutoConfig\nconfig = AutoConfig()", 'config("K", default="a")', ("env", "K", "a")),
        ("def env(name): pass", 'env("K")', UNKNOWN),
        ("", 'unseen().str("K")', UNKNOWN),
    ],
)
def test_readers_of_the_environment(head: str, text: str, value: object) -> None:
    """The usual libraries read the environment too; what only looks like them does not."""
    assert evaluated(f"{head}\nX = {text}") == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('re.compile("a")', Pattern("a")),
        ("re.compile(unseen())", UNKNOWN),
        ('dict(a=1, b="x")', {"a": 1, "b": "x"}),
        ("dict(unseen())", UNKNOWN),
        ('list(("a", "b"))', ["a", "b"]),
        ('tuple(["a"])', ["a"]),
        ("list()", UNKNOWN),
        ('{"a": 1}["a"]', 1),
        ('{"a": 1}["b"]', UNKNOWN),
        ('["a"][0]', "a"),
        ('["a"][5]', UNKNOWN),
        ('"abc"[0]', UNKNOWN),
        ("3[0]", UNKNOWN),
        ("unseen()[0]", UNKNOWN),
        ('{"a": 1}.get("a")', 1),
        ('{"a": 1}.get("b", 2)', 2),
        ('{"a": 1}.get("b")', UNKNOWN),
        ('{"a": 1}.get(key(), 2)', UNKNOWN),
        ('{**unseen()}.get("a", 2)', UNKNOWN),
        ('unseen().get("a", 2)', UNKNOWN),
        ('"a-{}-{b}".format("x", b=1)', "a-x-1"),
        ('"{}".format(unseen())', UNKNOWN),
        ('"{}".format(*unseen())', UNKNOWN),
        ('"{a}-{b}".format(**{"a": "x", "b": 1})', "x-1"),
        ('D = {"a": "x"}\n"{a}-{b}".format(b=1, **D)', "x-1"),
        ('"{a}".format(**unseen())', UNKNOWN),
        ('"{a}".format(**{"a": unseen()})', UNKNOWN),
        ('"{a}".format(**{"a": "x", **unseen()})', UNKNOWN),
        ('"{a}".format(**{1: "x"})', UNKNOWN),
        ('"a".format(*[])', UNKNOWN),
        ('quote("a")', UNKNOWN),
        ('"{}".format(1.5)', UNKNOWN),
        ('"{:>999999999}".format(1)', UNKNOWN),
        ('"{}{}".format(1)', UNKNOWN),
        ('"{".format(1)', UNKNOWN),
        ("3 .format(1)", UNKNOWN),
        ('"a b".split()', ["a", "b"]),
        ('"a,b".split(",")', ["a", "b"]),
        ('"a,b".split("")', UNKNOWN),
        ('"a,b".split(3)', UNKNOWN),
        ('"a,b".split(unseen())', UNKNOWN),
        ("unseen().split()", UNKNOWN),
        ('int("3")', 3),
        ("int()", UNKNOWN),
        ('int("x")', UNKNOWN),
        ('float("1.5")', 1.5),
        ("bool(1)", True),
        ("str(3)", "3"),
        ("str([])", UNKNOWN),
        ('" a ".strip()', "a"),
        ('"A".lower()', "a"),
        ("3 .lower()", UNKNOWN),
        ('"a".encode()', "a"),
        ('"a".hex()', UNKNOWN),
        ('int("3" if a else "4")', ("either", 3, 4)),
        ("(lambda: 1)().lower()", UNKNOWN),
        ('"a".lower()["b"]()', UNKNOWN),
        ("[split()][0]()", UNKNOWN),
        ("split()", UNKNOWN),
        ("(a or b)()", UNKNOWN),
    ],
)
def test_calls(text: str, value: object) -> None:
    """The usual constructors and methods are understood, and what they cannot do is hidden."""
    assert evaluated(f"import re\nX = {text}") == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("timedelta(hours=1)", timedelta(hours=1)),
        ("timedelta(1, seconds=30)", timedelta(days=1, seconds=30)),
        ("timedelta(hours=unseen())", UNKNOWN),
        ('timedelta(hours="1")', UNKNOWN),
        ("timedelta(fortnights=1)", UNKNOWN),
        ("timedelta(days=10**12)", UNKNOWN),
        ("timedelta(days=1000000000000)", UNKNOWN),
    ],
)
def test_timedelta(text: str, value: object) -> None:
    """Durations are worked out."""
    assert evaluated(f"from datetime import timedelta\nX = {text}") == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('quote_plus("a b")', "a+b"),
        ('other("a b")', "a+b"),
        ('parse.quote("a b")', "a%20b"),
        ('quote_plus(os.getenv("P", "a b"))', ("env", "P", "a+b")),
        ('quote_plus(os.environ["P"])', ("env", "P", None)),
        ("quote_plus(1)", UNKNOWN),
        ("quote_plus(unseen())", UNKNOWN),
        ("quote_plus()", UNKNOWN),
    ],
)
def test_quoting(text: str, value: object) -> None:
    """What a text is quoted to for a URL is known where the text is."""
    head = "import os\nfrom urllib import parse\nfrom urllib.parse import quote_plus, quote_plus as other\n"
    assert evaluated(f"{head}X = {text}") == value


def test_names_over_files_and_branches() -> None:
    """A name is what is assigned to it, in another file too, and either of two assignments."""
    assert evaluated("from other import A\nX = A", other='A = "a"') == "a"
    assert evaluated("if a: A = 1\nelse: A = 2\nX = A") == ("either", 1, 2)


def test_attributes_of_classes_and_instances() -> None:
    """An attribute is looked up in the class, in its bases, and through an instance of it."""
    classes = "class Base:\n    A = 1\nclass Own(Base):\n    B = 2\nclass Other(Base):\n    A = 3\n"
    assert evaluated(f"{classes}X = Own.A + Own.B + Other.A") == 6
    assert evaluated(f"{classes}own = Own()\nX = own.A") == 1
    assert evaluated(f"{classes}own = Own()\nX = own.C") == UNKNOWN
    assert evaluated("from lib import Base\nclass Own(Base): pass\nX = Own.A") == UNKNOWN


@pytest.mark.parametrize(
    ("function", "text", "value"),
    [
        ("def f(): return 1", "f()", 1),
        ("def f(): pass", "f()", UNKNOWN),
        ("def f(): return", "f()", UNKNOWN),
        ("def f(a):\n    if a: return 1\n    return 2", "f(0)", ("either", 1, 2)),
        ("def f(a): return a", 'f("x")', "x"),
        ("def f(a, b=2): return a + b", "f(1)", 3),
        ("def f(a, b=2): return a + b", "f(1, b=5)", 6),
        ("def f(a): return a", "f()", UNKNOWN),
        ("def f(a=1): return a", "f(**unseen())", UNKNOWN),
        ("def f(*a, **b): return a", "f(1)", UNKNOWN),
        ("def f(a):\n    b = a\n    return b", 'f("x")', "x"),
        ("def g(a): return a\ndef f(a): return g(a + 1)", "f(1)", 2),
        ("def f(a): return f(a)", "f(1)", UNKNOWN),
        ("class C:\n    @staticmethod\n    def f(a): return a", "C.f(1)", 1),
        ("class C:\n    @classmethod\n    def f(cls, a): return a", "C.f(1)", 1),
    ],
)
def test_functions_are_read_at_their_call(function: str, text: str, value: object) -> None:
    """A function returns what it does with the arguments of this call, not of others."""
    assert evaluated(f"{function}\nother = f\nX = {text}") == value


def test_callers_do_not_mix() -> None:
    """What one caller passes is not what another one gets."""
    text = 'def f(a, default=None):\n    if a == "":\n        return default\n    return a\nY = f(1, "dark")\nX = f(unseen())'
    assert evaluated(text) == ("either", None, UNKNOWN)


@pytest.mark.parametrize(
    ("body", "call", "value"),
    [
        ("return os.environ.get(name, default)", 'f("K", "a")', ("env", "K", "a")),
        ("return os.environ.get(name, default)", 'f("K")', ("env", "K", None)),
        ("return os.environ.get(name) or default", 'f("K", "a")', ("env", "K", "a")),
        ("value = os.environ.get(name)\n    return value", 'f("K", default="a")', ("env", "K", "a")),
        ("return int(os.environ.get(name, default))", 'f("K", "3")', ("env", "K", 3)),
        ("return unseen(name)", 'f("K", "a")', UNKNOWN),
    ],
)
def test_wrappers_of_the_environment(body: str, call: str, value: object) -> None:
    """A helper that reads the environment is read like what it wraps."""
    assert evaluated(f"import os\ndef f(name, default=None):\n    {body}\nX = {call}") == value


def test_config_of_the_app() -> None:
    """Reading the app's config gives what is written to it; a key that is not set gives the default."""
    head = "from flask import Flask, current_app\napp = Flask(__name__)\napp.config['A'] = 'a'\n"
    assert evaluated(head + "X = app.config['A']") == "a"
    assert evaluated(head + "X = app.config.get('A', 'b')") == "a"
    assert evaluated(head + "X = current_app.config['A']") == "a"
    assert evaluated(head + "X = app.config.get('B', 'b')") == "b"
    assert evaluated(head + "X = app.config.get('B')") == UNKNOWN
    assert evaluated(head + "app.config.from_envvar('F')\nX = app.config.get('B', 'b')") == UNKNOWN
    assert evaluated(head + "app.config['B'] = app.config['A']\nX = app.config['B']") == UNKNOWN


def test_values_without_a_config() -> None:
    """Before a config is linked, reading one tells nothing."""
    made = project("from flask import Flask\napp = Flask(__name__)\nX = app.config['A']\n")
    (module,) = made.modules
    assert Values(Objects(made.names)).of(module, "", module.facts.steps[-1].value) == HIDDEN


def test_depth_is_limited() -> None:
    """A chain of names that is too long is hidden, and nothing overflows."""
    chain = "A0 = 1\n" + "".join(f"A{number + 1} = A{number} + 0\n" for number in range(40))
    assert evaluated(f"{chain}X = A40") == UNKNOWN
    assert evaluated("A = B\nB = A\nX = A") == UNKNOWN


def test_alternatives_and_defaults() -> None:
    """Both look into nested values: all that it can be, and what it is without the environment."""
    place = project("").modules[0].place(Const(1, 0, 1, 1, 1))
    one, two = Known(1, place), Known(2, place)
    value = Either((Env("A", None, place), Either((Env("B", one, place), two))))
    assert [plain(each) for each in alternatives(value)] == [("env", "A", None), ("env", "B", 1), 2]
    assert list(defaults(value)) == [one, two]
    assert cast(HIDDEN, "int", place) == HIDDEN
    assert cast(Env("A", None, place), "int", place) == Env("A", None, place)
