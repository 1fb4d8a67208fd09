"""Files that cannot be read: why not, and what the rule says of them."""

from __future__ import annotations

import sys

import pytest

from keck.facts import facts_of
from keck.facts.trouble import trouble_of
from keck.project import Project
from keck.rule import rules
from tests.support import findings, lines
from tests.support import project as project_of

RULE = "not-analysed"
FLASK = "from flask import Flask\n\napp = Flask(__name__)\n"


def trouble(source: bytes, running: tuple[int, int] = (3, 11)) -> str:
    """Return why a source does not parse, as a Python of some version would see it."""
    try:
        compile(source, "x", "exec", dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        return trouble_of(source, error, running)[0]
    return ""


@pytest.mark.parametrize(
    "source",
    [
        b"",
        b"\n\n",
        b"# only words\n",
        b"\xef\xbb\xbfx = 1\n",
        b"\xef\xbb\xbf# coding: utf-8\nx = 1\n",
        b'# -*- coding: latin-1 -*-\nx = "\xe9"\n',
        b"#!/usr/bin/env python\n# vim: set fileencoding=cp1252 :\nx = '\x80'\n",
        "x = 'é'\n".encode(),
        b"x = 1\r\ny = 2\r\n",
        b"x = 1\ry = 2\r",
        b"\x0cx = 1\n",
        b'x = "\\ud800"\n',
        b"x = 99999999999999999999\n",
        b"x = '\\d'\n",
        b"x = '{{ a }}'\n",
    ],
)
def test_sound_files_are_read(source: bytes) -> None:
    """Empty files, BOMs, coding lines, all line ends, odd texts and numbers are no trouble."""
    facts = facts_of(source)
    assert facts.trouble == ""
    assert facts.trouble_line == 0


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (b"def f(:\n", "it is broken: invalid syntax"),
        (b"x = (\n", "it is broken: '(' was never closed"),
        (b"if x:\npass\n", "it is broken: expected an indented block"),
        (b"x = 1\0", "it holds NUL bytes"),
        ("x = 1\n".encode("utf-16"), "it holds NUL bytes"),
        (b'x = "\xe9"\n', "its encoding is not the one that it declares"),
        (b'# coding: ascii\nx = "\xe9"\n', "its encoding is not the one that it declares"),
        (b"# coding: klingon\nx = 1\n", "its encoding is not the one that it declares"),
        (b"\xef\xbb\xbf# coding: latin-1\nx = 1\n", "its encoding is not the one that it declares"),
        (b"x = " + b"(" * 300 + b")" * 300, "it nests too deeply"),
        (b"x = " + b"-" * 100_000 + b"1", "it nests too deeply"),
        (b"x = a" + b".b" * 100_000, "it nests too deeply"),
        (b"".join(b" " * n + b"if x:\n" for n in range(120)) + b" " * 120 + b"pass\n", "it nests too deeply"),
        (b"x = {{ name }} + {% if y %}\n", "it is a template with placeholders"),
        (b"x = 1" + b"0" * 5000 + b"\n", "it is broken: Exceeds the limit"),
    ],
)
def test_trouble_is_named(source: bytes, expected: str) -> None:
    """What keeps a file from being read is said in one sentence, and nothing is raised."""
    facts = facts_of(source)
    assert facts.trouble.startswith(expected)
    assert "\n" not in facts.trouble
    assert facts.steps == ()


@pytest.mark.parametrize(
    "source",
    [
        b'print "a"\n',
        b"print x\n",
        b"print >>log, `1`\n",
        b"try:\n    pass\nexcept IOError, e:\n    pass\n",
        b"try:\n    pass\nexcept (IOError, OSError), e:\n    pass\n",
        b'raise ValueError, "x"\n',
        b"exec 'x'\n",
        b"mode = 0777\n",
        b"if a <> b:\n    pass\n",
        b"x = `y`\n",
        b"x = 10L\n",
        b"x = ur'a'\n",
    ],
)
def test_python_2_is_recognised(source: bytes) -> None:
    """What only Python 2 reads is called Python 2, whether a statement, a number, a text or an operator shows it."""
    assert facts_of(source).trouble == "it is Python 2"


@pytest.mark.parametrize(
    ("source", "version"),
    [
        (b"type X = int[\n", "3.12"),
        (b"type X[T] = list[T] (\n", "3.12"),
        (b"def f[T](x: T): (\n", "3.12"),
        (b"async def f[T](x: T): (\n", "3.12"),
        (b"class A[T]: (\n", "3.12"),
        (b"try:\n    pass\nexcept A, B:\n    pass\n(\n", "3.14"),
        (b't"{x}" (\n', "3.14"),
    ],
)
def test_newer_syntax_is_recognised(source: bytes, version: str) -> None:
    """Syntax that came after the running Python is called newer, with both versions."""
    assert trouble(source) == f"it uses syntax of Python {version}, newer than the 3.11 that runs Keck"


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        (b'x = f"{d["a"]}"\n', "f-string: unmatched '['"),
        (b"x = f'{d['a']}'\n", "f-string: unmatched '['"),
        (b'x = f"took {"{:.3f}".format(y)} s"\n', "invalid decimal literal"),
        (b"x = f'{\"\\n\".join(y)}'\n", "f-string expression part cannot include a backslash"),
        (b"x = f'{y # z\n}'\n", "f-string expression part cannot include '#'"),
    ],
)
def test_newer_texts_are_recognised(source: bytes, reason: str) -> None:
    """A formatted text with quotes, backslashes or comments inside its braces is Python 3.12's."""
    error = SyntaxError(reason, ("x", 1, 1, None))
    assert trouble_of(source, error, (3, 11)) == (
        "it uses syntax of Python 3.12, newer than the 3.11 that runs Keck",
        1,
    )
    assert trouble_of(source, error, (3, 12))[0] == f"it is broken: {reason}"


def test_what_the_running_python_reads_is_not_called_newer() -> None:
    """A broken file that also holds syntax of the running version is broken, not newer."""
    error = SyntaxError("invalid syntax", ("x", 2, 1, None))
    assert trouble_of(b"type X = int\ndef f(:\n", error, (3, 12)) == ("it is broken: invalid syntax", 2)
    assert trouble_of(b"def f(:\n", SyntaxError("invalid syntax"), (3, 11)) == ("it is broken: invalid syntax", 0)


def test_the_running_python_is_the_default() -> None:
    """Without a version given, the Python that runs Keck is named."""
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    newer = trouble_of(b't"x" (\n', SyntaxError("invalid syntax"))[0]
    assert sys.version_info >= (3, 14) or version in newer


def test_remarks_of_a_broken_file_are_kept() -> None:
    """A comment that speaks to Keck counts in a file that does not parse, as far as it can be read."""
    facts = facts_of(b"# keck: ignore-file[not-analysed] a specimen\ndef f(:\n")
    assert [(one.line, one.alone) for one in facts.remarks] == [(1, True)]
    assert facts_of(b"x = 1\0 # keck: ignore[x]\n").trouble
    assert facts_of(b"# keck: ignore[x]\nx = '\xe9'\n").trouble


def test_a_remark_in_a_text_is_none() -> None:
    """The words of a remark inside a text literal are not a comment; beside code it is not alone."""
    facts = facts_of(b"x = '# keck: ignore[a]'  # keck: ignore[b]\n# another comment\ny = 1\n")
    assert [(one.line, one.column, one.alone, one.text) for one in facts.remarks] == [
        (1, 25, False, "# keck: ignore[b]")
    ]


def test_a_broken_file_is_told_with_its_line() -> None:
    """The rule tells a file that does not parse, on the line where reading stopped."""
    (found,) = findings(RULE, {"app.py": FLASK, "views.py": "from app import app\n\n\ndef index()\n    return ''\n"})
    assert (found.place.path, found.place.line, found.level.name) == ("views.py", 4, "note")
    assert found.message.startswith("not analysed: it is broken")
    assert found.help == "mend the syntax, or leave the file out with `exclude`"
    assert found.symbol == "views.py"


def test_a_newer_file_wants_a_newer_python() -> None:
    """For syntax that is newer than the running Python the help is to run a newer one; no line means the first."""
    facts = facts_of(b"x = (\n")
    newer = type(facts)(trouble="it uses syntax of Python 3.99, newer than the 3.11 that runs Keck")
    (rule,) = (one for one in rules() if one.id == RULE)
    (found,) = rule.check(Project({"app.py": newer}, project_of(FLASK).surroundings))
    assert found.help == "run Keck on a newer Python"
    assert found.place.line == 1


def test_another_encoding_wants_to_be_declared() -> None:
    """For a file in an encoding that it does not declare the help speaks of the encoding, not of the syntax."""
    broken = facts_of(b'x = "\xe9"\n')
    (rule,) = (one for one in rules() if one.id == RULE)
    (found,) = rule.check(Project({"app.py": broken}, project_of(FLASK).surroundings))
    assert found.help == "save the file as UTF-8, or declare its encoding in its first line"


def test_sound_projects_are_left_alone() -> None:
    """A project whose files all parse has nothing to tell."""
    assert lines(RULE, FLASK) == []
