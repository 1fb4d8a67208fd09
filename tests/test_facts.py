"""Facts: what each statement and each expression of Python becomes."""

from __future__ import annotations

import math

import msgspec
import pytest

from keck.facts import Facts, facts_of
from keck.facts.expr import (
    Attr,
    Call,
    Const,
    Expr,
    Index,
    Items,
    Lambda,
    Op,
    Other,
    Ref,
    Star,
    Table,
    Text,
    children,
    dotted,
    terminal,
    text_of,
    walk,
)
from keck.facts.header import imports_of
from keck.facts.record import Step


def expression(source: str) -> Expr:
    """Return the expression that a text is."""
    (step,) = facts_of(source.encode()).steps
    assert step.value is not None
    return step.value


def shape(expr: Expr | None) -> object:
    """Return an expression without its spans: a short text for names and literals, a tuple for the rest."""
    match expr:
        case None:
            return None
        case Const(value=value, kind=kind):
            return (kind, value) if kind else value
        case Ref(name=name):
            return f"<{name}>"
        case Attr(value=value, name=name):
            return ("attr", shape(value), name)
        case Call(func=func, args=args, keywords=keywords):
            return ("call", shape(func), *map(shape, args), *((one.name, shape(one.value)) for one in keywords))
        case Items(kind=kind, items=items):
            return (kind, *map(shape, items))
        case Table(pairs=pairs):
            return ("dict", *((shape(key), shape(value)) for key, value in pairs))
        case Index(value=value, index=index):
            return ("index", shape(value), shape(index))
        case Text(parts=parts):
            return ("text", *map(shape, parts))
        case Op(kind=kind, parts=parts) | Other(kind=kind, parts=parts):
            return (kind, *map(shape, parts))
        case Lambda(params=params, body=body):
            return ("lambda", params, shape(body))
        case Star(value=value):
            return ("*", shape(value))


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("x = 'a'", "a"),
        ("x = 'a' 'b'", "ab"),
        ("x = 'é'", "é"),
        ("x = '\\ud800'", "?"),
        ("x = b'\\xff'", ("bytes", "\xff")),
        ("x = 1", 1),
        ("x = 1.5", 1.5),
        ("x = True", True),
        ("x = None", None),
        ("x = 9223372036854775807", 9223372036854775807),
        ("x = 9223372036854775808", math.inf),
        ("x = 1j", ("constant",)),
        ("x = ...", ("constant",)),
        ("x = a", "<a>"),
        ("x = a.b.c", "<a.b.c>"),
        ("x = a().b.c", ("attr", ("attr", ("call", "<a>"), "b"), "c")),
        ("x = f(1, *a, k=2, **o)", ("call", "<f>", 1, ("*", "<a>"), ("k", 2), (None, "<o>"))),
        ("x = [1, 2]", ("list", 1, 2)),
        ("x = 1, 2", ("tuple", 1, 2)),
        ("x = {1, 2}", ("set", 1, 2)),
        ("x = {'a': 1, **b}", ("dict", ("a", 1), (None, "<b>"))),
        ("x = a['k']", ("index", "<a>", "k")),
        ("x = a[1:2]", ("index", "<a>", ("slice", 1, 2))),
        ("x = f'a{b}c'", ("text", "a", "<b>", "c")),
        ("x = f'{b!r:>{w}}'", ("text", "<b>")),
        ("x = a or b or c", ("or", "<a>", "<b>", "<c>")),
        ("x = a and b", ("and", "<a>", "<b>")),
        ("x = not a", ("not", "<a>")),
        ("x = -1", ("neg", 1)),
        ("x = +a", ("pos", "<a>")),
        ("x = ~a", ("~", "<a>")),
        ("x = a + b + c", ("+", "<a>", "<b>", "<c>")),
        ("x = a - b * c", ("-", "<a>", ("*", "<b>", "<c>"))),
        ("x = a / b", ("/", "<a>", "<b>")),
        ("x = a // b", ("//", "<a>", "<b>")),
        ("x = a % b", ("%", "<a>", "<b>")),
        ("x = a ** b", ("**", "<a>", "<b>")),
        ("x = a << b", ("<<", "<a>", "<b>")),
        ("x = a >> b", (">>", "<a>", "<b>")),
        ("x = a | b", ("|", "<a>", "<b>")),
        ("x = a & b", ("&", "<a>", "<b>")),
        ("x = a ^ b", ("^", "<a>", "<b>")),
        ("x = a @ b", ("@", "<a>", "<b>")),
        ("x = a == b", ("==", "<a>", "<b>")),
        ("x = a != b", ("!=", "<a>", "<b>")),
        ("x = a < b <= c", ("<", "<a>", "<b>", "<c>")),
        ("x = a <= b", ("<=", "<a>", "<b>")),
        ("x = a > b", (">", "<a>", "<b>")),
        ("x = a >= b", (">=", "<a>", "<b>")),
        ("x = a is b", ("is", "<a>", "<b>")),
        ("x = a is not b", ("is not", "<a>", "<b>")),
        ("x = a in b", ("in", "<a>", "<b>")),
        ("x = a not in b", ("not in", "<a>", "<b>")),
        ("x = a if b else c", ("if", "<b>", "<a>", "<c>")),
        ("x = lambda a, /, b, *c, d=1, **e: a", ("lambda", ("a", "b", "d"), "<a>")),
        ("x = (y := 1)", ("namedexpr", "<y>", 1)),
        ("x = [a for a in b if c if d]", ("comprehension", "<a>", "<a>", "<b>", "<c>", "<d>")),
        ("x = {a for a in b for c in d}", ("comprehension", "<a>", "<a>", "<b>", "<c>", "<d>")),
        ("x = (a for a in b)", ("comprehension", "<a>", "<a>", "<b>")),
        ("x = {a: b for a, b in c}", ("comprehension", "<a>", "<b>", ("tuple", "<a>", "<b>"), "<c>")),
    ],
)
def test_expressions(source: str, expected: object) -> None:
    """Each form of expression becomes plain data that says the same."""
    assert shape(expression(source)) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("async def f():\n    return await g()", ("call", "<g>")),
        ("def f():\n    return (yield)", ("yield",)),
        ("def f():\n    return (yield 1)", ("yield", 1)),
        ("def f():\n    return (yield from g)", ("yield", "<g>")),
    ],
)
def test_expressions_of_functions(source: str, expected: object) -> None:
    """An await is what it waits for, and a yield keeps what it gives."""
    assert shape(facts_of(source.encode()).steps[-1].value) == expected


def test_deep_expressions_are_cut() -> None:
    """What nests deeper than anyone writes becomes an unknown part, and a long sum is flat."""
    deep = expression("x = " + "[" * 150 + "]" * 150)
    assert [one.kind for one in walk(deep) if isinstance(one, Other)] == ["deep"]
    total = expression("x = " + " + ".join(["1"] * 500))
    assert isinstance(total, Op)
    assert len(total.parts) == 500


def test_spans_count_lines_from_one_and_bytes_from_zero() -> None:
    """A span is where the parser saw it: lines from one, columns in UTF-8 bytes from zero."""
    step = facts_of("é = 1; y = f(\n  1)\n".encode()).steps[1]
    assert (step.line, step.column, step.end_line, step.end_column) == (1, 8, 2, 4)


# statements


def steps(source: str) -> list[tuple[str, str, int, list[object], object]]:
    """Return the steps as kind, scope, block, targets and value."""
    return [
        (one.kind, one.scope, one.block, [shape(each) for each in one.targets], shape(one.value))
        for one in facts_of(source.encode()).steps
    ]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("a = b = 1", ("assign", ["<a>", "<b>"], 1)),
        ("a, b = c", ("assign", [("tuple", "<a>", "<b>")], "<c>")),
        ("a.b['c'] = 1", ("assign", [("index", "<a.b>", "c")], 1)),
        ("a: int = 1", ("assign", ["<a>"], 1)),
        ("a: int", ("assign", ["<a>"], None)),
        ("a += 1", ("augment", ["<a>"], 1)),
        ("f()", ("do", [], ("call", "<f>"))),
        ("raise", ("raise", [], None)),
        ("raise E from e", ("raise", [], "<E>")),
        ("assert a, b", ("assert", [], "<a>")),
        ("del a, b.c", ("delete", ["<a>", "<b.c>"], None)),
        ("global a, b", ("global", ["<a>", "<b>"], None)),
        ("break", ("break", [], None)),
        ("continue", ("continue", [], None)),
    ],
)
def test_simple_statements(source: str, expected: tuple[str, list[object], object]) -> None:
    """Each simple statement is one step of its kind with its targets and its value."""
    ((kind, scope, block, targets, value),) = steps(source)  # the parser takes a break outside of a loop
    assert (kind, targets, value) == expected
    assert (scope, block) == ("", -1)


@pytest.mark.parametrize("source", ["'''Words.'''", "1", "...", "pass"])
def test_statements_that_do_nothing(source: str) -> None:
    """A docstring, a bare literal and a pass are no steps."""
    assert steps(source) == []


def test_annotations_are_kept_in_classes_only() -> None:
    """The annotation of a class's attribute is kept, since it may be a column's type; others are not."""
    facts = facts_of(b"a: int = 1\nclass C:\n    b: int = 1\n    def f(self):\n        c: int = 1\n")
    kept = {shape(one.targets[0]): shape(one.annotation) for one in facts.steps if one.kind == "assign"}
    assert kept == {"<a>": None, "<b>": "<int>", "<c>": None}


def test_functions() -> None:
    """A function keeps its parameters with kinds and defaults, its decorators, its return and where it stands."""
    source = (
        b"@deco(1)\nasync def f(a, /, b: int = 1, *args, c, d=2, **kw) -> str:\n    return\n    def g(): return 1\n"
    )
    f, g = facts_of(source).functions
    assert (f.name, f.scope, f.owner, f.is_async, f.block) == ("f", "", "", True, -1)
    assert [(one.name, one.kind, shape(one.default)) for one in f.params] == [
        ("a", "", None),
        ("b", "", 1),
        ("args", "*", None),
        ("c", "", None),
        ("d", "", 2),
        ("kw", "**", None),
    ]
    assert [shape(one.annotation) for one in f.params[:2]] == [None, "<int>"]
    assert [shape(one) for one in f.decorators] == [("call", "<deco>", 1)]
    assert shape(f.returns) == "<str>"
    assert (f.line, f.end_line) == (2, 4)
    assert (g.name, g.scope, g.is_async, g.returns) == ("f.g", "f", False, None)
    assert steps(source.decode()) == [
        ("define", "", -1, [], "<f>"),
        ("return", "f", -1, [], None),
        ("define", "f", -1, [], "<f.g>"),
        ("return", "f.g", -1, [], 1),
    ]


def test_classes() -> None:
    """A class keeps its bases and decorators; its methods know it as their owner, functions in them do not."""
    source = b"@deco\nclass A(B, metaclass=M):\n    x = 1\n    if x:\n        def f(self):\n            def g(): pass\n    class C: pass\n"
    facts = facts_of(source)
    assert [(one.name, one.scope) for one in facts.classes] == [("A", ""), ("A.C", "A")]
    assert [shape(one) for one in facts.classes[0].bases] == ["<B>"]
    assert [shape(one) for one in facts.classes[0].decorators] == ["<deco>"]
    assert [(one.name, one.owner, one.block) for one in facts.functions] == [("A.f", "A", 0), ("A.f.g", "", -1)]


def test_imports() -> None:
    """Each imported name is one record, with its level, its alias, its scope and whether only types want it."""
    source = (
        "import a.b, c as d\nfrom ..x import y as z, w\nfrom . import v\nfrom k import *\n"
        "if TYPE_CHECKING:\n    import t\nelse:\n    import u\nif typing.TYPE_CHECKING:\n    import s\ndef f():\n    import q\n"
    )
    found = [
        (one.module, one.name, one.alias, one.level, one.scope, one.typing, one.block)
        for one in facts_of(source.encode()).imports
    ]
    assert found == [
        ("a.b", "", "", 0, "", False, -1),
        ("c", "", "d", 0, "", False, -1),
        ("x", "y", "z", 2, "", False, -1),
        ("x", "w", "w", 2, "", False, -1),
        ("", "v", "v", 1, "", False, -1),
        ("k", "*", "*", 0, "", False, -1),
        ("t", "", "", 0, "", True, 0),
        ("u", "", "", 0, "", False, 1),
        ("s", "", "", 0, "", True, 2),
        ("q", "", "", 0, "f", False, -1),
    ]


BLOCKS = """
if a:
    one()
elif b:
    two()
else:
    three()
for x, y in rows:
    four()
else:
    five()
while c:
    six()
else:
    seven()
with d() as e, f() as (g, h), i():
    eight()
with j:
    nine()
try:
    ten()
except K:
    eleven()
except:
    twelve()
else:
    thirteen()
finally:
    fourteen()
match l:
    case 1:
        fifteen()
    case _:
        sixteen()
"""


def test_blocks() -> None:
    """Each branch of a compound statement is a block with its subject, its target and its parent."""
    facts = facts_of(BLOCKS.encode())
    assert [(one.kind, shape(one.subject), shape(one.target), one.parent) for one in facts.blocks] == [
        ("if", "<a>", None, -1),
        ("else", "<a>", None, -1),
        ("if", "<b>", None, 1),
        ("else", "<b>", None, 1),
        ("for", "<rows>", ("tuple", "<x>", "<y>"), -1),
        ("while", "<c>", None, -1),
        (
            "with",
            ("with", ("call", "<d>"), ("call", "<f>"), ("call", "<i>")),
            ("with", "<e>", ("tuple", "<g>", "<h>")),
            -1,
        ),
        ("with", ("with", "<j>"), None, -1),
        ("try", None, None, -1),
        ("except", "<K>", None, -1),
        ("except", None, None, -1),
        ("finally", None, None, -1),
        ("case", "<l>", None, -1),
        ("case", "<l>", None, -1),
    ]
    placed = {terminal(one.value): one.block for one in facts.steps if one.value is not None}
    names = [
        "one",
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
        "eleven",
        "twelve",
        "thirteen",
        "fourteen",
        "fifteen",
        "sixteen",
    ]
    assert [placed[name] for name in names] == [0, 2, 3, 4, -1, 5, -1, 6, 7, 8, 9, 10, -1, 11, 12, 13]


def test_asynchronous_and_group_forms() -> None:
    """The async forms of for and with, nonlocal and except* are what their plain forms are."""
    source = (
        "async def f():\n    async for x in y:\n        async with z as w:\n            pass\n"
        "    def g():\n        nonlocal x\n    try:\n        pass\n    except* E:\n        pass\n"
    )
    facts = facts_of(source.encode())
    assert [one.kind for one in facts.blocks] == ["for", "with", "try", "except"]
    assert [shape(one.targets[0]) for one in facts.steps if one.kind == "global"] == ["<x>"]


def test_facts_survive_the_cache() -> None:
    """Facts are data: written as JSON and read back, they are the same."""
    facts = facts_of(
        BLOCKS.encode() + b"x = f'{a!r}'; y = {1: [b'\\xff', *z]}; lambda q: -q[0].r().s  # keck: ignore[x]\n"
    )
    assert msgspec.json.decode(msgspec.json.encode(facts), type=Facts) == facts
    assert facts.remarks


# what expressions answer


def call(source: str) -> Call:
    """Return the call that a text is."""
    found = expression(source)
    assert isinstance(found, Call)
    return found


def test_arguments() -> None:
    """An argument is found by place or name, and not behind a star that may have moved it."""
    one = call("f(1, 2, k=3)")
    assert shape(one.argument(1, "b")) == 2
    assert shape(one.argument(5, "k")) == 3
    assert shape(one.argument(None, "k")) == 3
    assert one.argument(2, "c") is None
    starred = call("f(*a, 2, k=3)")
    assert starred.argument(1, "b") is None
    assert starred.keyword("x") is None
    assert [call(text).open_ended for text in ("f(1)", "f(*a)", "f(**b)", "f(k=1)")] == [False, True, True, False]


def test_tables() -> None:
    """A dict answers for its literal keys, and for no others."""
    table = expression("x = {'a': 1, b: 2, **c}")
    assert isinstance(table, Table)
    assert shape(table.get("a")) == 1
    assert table.get("b") is None


def test_names() -> None:
    """A dotted name, the last name of anything that is called, and the text of a literal."""
    assert dotted(expression("x = a.b")) == "a.b"
    assert dotted(expression("x = a().b")) is None
    assert [terminal(expression(f"x = {text}")) for text in ("a.b", "a().b", "a.b()", "a()()", "1")] == [
        "b",
        "b",
        "b",
        "a",
        "",
    ]
    assert text_of(expression("x = 'a'")) == "a"
    assert [text_of(expression(f"x = {text}")) for text in ("b'a'", "1", "a")] == [None, None, None]
    assert text_of(None) is None


def test_children_and_walk() -> None:
    """A walk meets every part once, outermost first, in the order of the text."""
    whole = expression("x = f(a().b, *c, k={1: d, **e})[lambda q: g] if [h] else f'{i}'")
    names = [one.name for one in walk(whole) if isinstance(one, Ref)]
    assert names == ["h", "f", "a", "c", "d", "e", "g", "i"]
    assert children(expression("x = 1")) == ()
    assert children(expression("x = a")) == ()


def test_every_part_of_a_statement_is_a_plain_expression() -> None:
    """Whatever Python can say, the parts of its steps are of the twelve plain kinds."""
    for step in facts_of(BLOCKS.encode()).steps:
        assert isinstance(step, Step)
        assert step.value is None or isinstance(step.value, Expr)


# files of which only the imports are read


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (
            b"import a\nfrom b import c  # why\nfrom d import (\n    e,  # one\n    f,\n)\nx = broken(\n",
            ["a", "b", "d", "d"],
        ),
        (b"import a\r\nfrom b import c\r\n", ["a", "b"]),
        (b"x = 1\n", []),
        (b"import a; import b\nimport c \\\n  , d\n", []),
        (b'x = """\nimport a\n"""\nimport b\n', ["b"]),
        (b"def f():\n    import a\nif b:\n    import c\nimport d\n", ["d"]),
        (b"import class\n", []),
    ],
)
def test_imports_alone(source: bytes, expected: list[str]) -> None:
    """Of a file that no rule looks into, the module-level imports are read, and no others."""
    facts = imports_of(source)
    assert [one.module for one in facts.imports] == expected
    assert (facts.steps, facts.trouble) == ((), "")


def test_imports_alone_keep_their_lines() -> None:
    """An import that is read alone stands where it stands in the file."""
    whole = b"'''Words.'''\n\nimport a\nx = 1\n\nfrom b import (\n    c,\n)\n"
    assert [one.line for one in imports_of(whole).imports] == [3, 6]
