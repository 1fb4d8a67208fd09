"""Ignore comments: where they speak, what is told of them, and how they are written."""

from __future__ import annotations

from collections.abc import Callable, Collection
from pathlib import Path
from textwrap import dedent

import pytest

from keck.checking import check as run
from keck.facts import facts_of
from keck.finding import Finding, Level, Place
from keck.settings import Settings
from keck.suppress import add_ignores, apply, per_file_ignores, statement_span
from keck.trouble import Trouble

ONE = "cors/unknown-option"
TWO = "cors/open-by-default"
THREE = "mail/misconfigured"
UNUSED = "unused-ignore"
RULES = (TWO, ONE, THREE, "not-analysed", UNUSED)


def finding(line: int, rule: str = ONE, path: str = "app.py") -> Finding:
    """Return a finding at a line."""
    return Finding(rule, Level.error, Place(path, line, 1, line, 9), "message", "help", "symbol")


def check(
    source: bytes | str,
    *findings: Finding,
    rule_ids: Collection[str] = RULES,
    selected: Callable[[str], bool] = lambda _: True,
) -> list[Finding]:
    """Return what is left of findings in a file app.py."""
    facts = facts_of(source.encode() if isinstance(source, str) else source)
    assert not facts.trouble
    remarks = {"app.py": facts.remarks, "other.py": ()}
    return apply(findings, remarks, lambda _, line: statement_span(facts, line), rule_ids, selected)


def lines_of(source: str, *marked: str) -> list[Finding]:
    """Return a finding for each line that holds one of the words."""
    return [finding(number) for number, line in enumerate(source.splitlines(), 1) if any(one in line for one in marked)]


def span(source: str, word: str) -> tuple[int, int]:
    """Return the span of the statement around the first line that holds a word."""
    source = dedent(source)
    line = next(number for number, line in enumerate(source.splitlines(), 1) if word in line)
    return statement_span(facts_of(source.encode()), line)


SAMPLE = """\
    from a import (
        b as name,
    )
    import c

    CORS(
        app,
        here=1,
    ); there = 2

    @first(
        "x",
    )
    @second
    def view(
        one=DEFAULT,
        two: Hint = 3,
        three=None,
    ) -> Answer:
        inner = 1
        return inner

    class Form(
        Base,
    ):
        field = 1

        def method(self): pass

    with (
        opened as f,
        other(),
    ):
        body = 1
    for each in (
        many
    ):
        looped = 1
    if condition(
        deep,
    ):
        then = 1
    elif another:
        yes = 1
    else:
        no = 1
    try:
        tried = 1
    except (
        Wrong
    ):
        pass
    # remark
    """


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("from a", (1, 3)),
        ("b as name", (1, 3)),
        ("import c", (4, 4)),
        ("here=1", (6, 9)),
        ("there", (6, 9)),
        ("@first", (11, 19)),
        ('"x"', (11, 19)),
        ("@second", (11, 19)),
        ("def view", (11, 19)),
        ("two:", (11, 19)),
        ("inner = 1", (20, 20)),
        ("class Form", (23, 24)),
        ("Base", (23, 24)),
        ("field", (26, 26)),
        ("def method", (28, 28)),
        ("with (", (30, 32)),
        ("other()", (30, 32)),
        ("body", (34, 34)),
        ("for each", (35, 36)),
        ("looped", (38, 38)),
        ("if condition", (39, 41)),
        ("deep", (39, 41)),
        ("then", (42, 42)),
        ("elif", (43, 43)),
        ("no = 1", (46, 46)),
        ("try:", (47, 47)),
        ("except", (49, 50)),
        ("# remark", (53, 53)),
    ],
)
def test_the_statement_around_a_line(word: str, expected: tuple[int, int]) -> None:
    """A simple statement is whole, a definition or block is its head, a comment is alone."""
    assert span(SAMPLE, word) == expected


@pytest.mark.parametrize(
    "source",
    [
        f"x = bad()  # keck: ignore[{ONE}]\n",
        f"x = bad()  #keck:ignore[{ONE}] reason\n",
        f"x = bad()  # noqa: E501 # keck: ignore[{ONE}] reason # more\n",
        f"x = bad()  # keck: ignore[{TWO}, {ONE}] reason\n",
        f"x = bad()  # keck: ignore [ {ONE} ] reason\n",
        f"x = bad()  # keck: ignore[{THREE}]  # keck: ignore[{ONE}] reason\n",
        "x = bad()  # keck: ignore[cors/] reason\n",
        "x = bad()  # keck: ignore[cors]\n",
        f"# keck: ignore[{ONE}] reason\nx = bad()\n",
        f"# keck: ignore[{ONE}] reason\n# keck: ignore[{TWO}] reason\nx = bad()\n",
        f"x = bad(\n    1,\n    2,  # keck: ignore[{ONE}] reason\n)\n",
        f"x = bad(\n    1,\n    # keck: ignore[{ONE}] reason\n    2,\n)\n",
        f"x = call(\n    bad,\n)  # keck: ignore[{ONE}] reason\n",
        f"# keck: ignore[{ONE}] reason\nx = call(\n    bad,\n)\n",
        f"@first  # keck: ignore[{ONE}] reason\n@second\ndef bad(): pass\n",
        f"# keck: ignore[{ONE}] reason\n@first\n@second\ndef bad(): pass\n",
        f"@bad\n@second\ndef view():  # keck: ignore[{ONE}] reason\n    pass\n",
        f"def view():\n    # keck: ignore[{ONE}] reason\n    bad()\n",
        f"with bad():  # keck: ignore[{ONE}] reason\n    pass\n",
        f"# keck: ignore-file[{ONE}] reason\nimport a\n\nbad()\n",
        "import a\nbad()\n\ndef view():\n    pass  # keck: ignore-file[cors/] reason\n",
        f"# \u00fcber\nx = '\u00e4\u00f6'; bad()  # keck: ignore[{ONE}]\n",
    ],
)
def test_an_ignore_speaks_for_its_statement(source: str) -> None:
    """On any line of the statement, alone above it, above or on a decorator, or for the file."""
    found = lines_of(source, "bad")
    kept = check(source, *found)
    assert [one.rule for one in kept if one.rule != UNUSED] == []
    assert not [one for one in kept if one.rule == UNUSED and ONE in one.message]


@pytest.mark.parametrize(
    "source",
    [
        f"x = bad()  # keck: ignore[{TWO}]\n",
        f"# keck: ignore[{ONE}]\n\nx = bad()\n",
        f"y = 1  # keck: ignore[{ONE}]\nx = bad()\n",
        f"x = bad()\n# keck: ignore[{ONE}]\n",
        f"x = bad('# keck: ignore[{ONE}]')\n",
        f"x = bad()  # see keck: ignore[{ONE}]\n",
        f"def view():  # keck: ignore[{ONE}]\n    bad()\n",
        f"@first\ndef view():\n    pass  # keck: ignore[{ONE}]\nbad()\n",
        f"with opened():  # keck: ignore[{ONE}]\n    bad()\n",
        "x = bad()  # keck: ignore\n",
        "x = bad()  # keck: ignore-file\n",
        "x = bad()  # keck: ignore[]\n",
        "x = bad()  # keck: ignore[ALL]\n",
        "x = bad()  # keck: ignore[unknown-option]\n",
        f"x = bad()  # keck: ignore[{ONE}\n",
        f"x = bad()  # keck: ignore({ONE})\n",
        f"x = bad()  # keck: ignore {ONE}\n",
        f"x = bad()  # keck: ignore={ONE}\n",
        f"x = bad()  # keck: Ignore[{ONE}]\n",
        f"x = bad()  # keck: ignore_file[{ONE}]\n",
        f"x = bad()  # Keck: ignore[{ONE}]\n",
        f"x = bad()  # keck: {ONE}\n",
        f"x = bad()  # noqa: {ONE}\n",
    ],
)
def test_an_ignore_speaks_for_nothing_else(source: str) -> None:
    """Other rules, other statements, other files' words and malformed comments ignore nothing."""
    found = lines_of(source, "bad")
    assert [one for one in check(source, *found) if one.rule != UNUSED] == found


def test_findings_elsewhere_are_kept_and_sorted() -> None:
    """An ignore-file speaks for its file only, and what is kept comes in order."""
    source = f"# keck: ignore-file[{ONE}]\nx = 1\n"
    found = [finding(9, path="other.py"), finding(2), finding(3, path="other.py"), finding(2, path="none.py")]
    assert check(source, *found) == [found[3], found[2], found[0]]


@pytest.mark.parametrize(
    ("source", "message", "help"),
    [
        (
            "x = 1  # keck: ignore\n",
            "`# keck: ignore` names no rule and ignores nothing",
            "write `# keck: ignore[rule] reason`",
        ),
        (
            "bad()  # keck: ignore\n",
            "`# keck: ignore` names no rule and ignores nothing",
            f"write `# keck: ignore[{ONE}] reason`",
        ),
        (
            "# keck: ignore-file\nx = 1\nbad()\n",
            "`# keck: ignore-file` names no rule and ignores nothing",
            f"write `# keck: ignore-file[{ONE}] reason`",
        ),
        (
            "x = 1  # keck: ignore[cors/unknwon-option]\n",
            "`# keck: ignore[cors/unknwon-option]` names an unknown rule `cors/unknwon-option`",
            f"did you mean `{ONE}`",
        ),
        (
            "x = 1  # keck: ignore[E501]\n",
            "`# keck: ignore[E501]` names an unknown rule `E501`",
            "see `keck rules` for all of them",
        ),
        ("x = 1  # keck: ignore[ALL]\n", "`# keck: ignore[ALL]` names no rule", "name the rules or folders one by one"),
        (f"bad()  # keck: ignore({ONE})\n", "`# keck: ignore` names no rule", f"write `# keck: ignore[{ONE}] reason`"),
        (
            f"bad()  # keck: igonre[{ONE}]\n",
            "`# keck: igonre` ignores nothing",
            f"write `# keck: ignore[{ONE}] reason`",
        ),
        ("x = 1  # keck: noqa\n", "`# keck: noqa` ignores nothing", "write `# keck: ignore[rule] reason`"),
        (f"x = 1  # keck: disable={ONE}\n", "`# keck: disable` ignores nothing", "write `# keck: ignore[rule] reason`"),
        (
            f"x = 1  # keck: ignore[{ONE}]\n",
            f"`{ONE}` is ignored here, but not found in this statement",
            "remove the comment",
        ),
        (
            f"bad()  # keck: ignore[{ONE}, {THREE}]\n",
            f"`{THREE}` is ignored here, but not found in this statement",
            f"remove `{THREE}` from the list",
        ),
        (
            f"x = 1  # keck: ignore-file[{ONE}, mail/]\n",
            f"`{ONE}`, `mail/` is ignored here, but not found in this file",
            "remove the comment",
        ),
        (
            f"x = 1  # keck: ignore[{UNUSED}]\n",
            f"`{UNUSED}` is ignored here, but not found in this statement",
            "remove the comment",
        ),
    ],
)
def test_a_comment_without_effect_is_told(source: str, message: str, help: str) -> None:
    """Malformed ones are told how to be written, unused ones to be removed."""
    (told,) = [one for one in check(source, *lines_of(source, "bad")) if one.rule == UNUSED]
    assert told.level is Level.note
    assert told.message.startswith(message)
    assert told.help == help


def test_a_comment_is_told_where_it_stands() -> None:
    """The place of the finding is the comment itself, counted in characters."""
    source = f"x = '\u00e4'  # noqa  # keck: ignore[{ONE}] why\n"
    (told,) = check(source)
    line = source.rstrip("\n")
    assert told.place == Place("app.py", 1, line.index("# keck") + 1, 1, len(line) + 1)


@pytest.mark.parametrize(
    "source",
    [
        f"bad()  # keck: {ONE}\n",
        "x = 1  # keck: a clip that holds a joint\n",
        "x = 1  # keck:\n",
        "x = 1  # keck: [x]\n",
        f"x = 1  # see keck: ignore[{ONE}]\n",
        f"bad()  # keck: ignore[{ONE}] nothing else\n",
        f"x = 1  # keck: ignore[{ONE}, {UNUSED}] comes and goes\n",
        f"# keck: ignore-file[{UNUSED}] made by a machine\nx = 1  # keck: ignore[{ONE}]\ny = 1  # keck: ignore\n",
    ],
)
def test_nothing_is_told_of_comments_that_are_right_or_not_meant(source: str) -> None:
    """Marks, prose, ignores that match and ignores of unused-ignore are left alone."""
    assert [one for one in check(source, *lines_of(source, "bad")) if one.rule == UNUSED] == []


def test_an_ignore_of_a_rule_that_was_not_applied_is_not_called_unused() -> None:
    """With a selection, only ignores whose rules have all spoken can be unused."""
    source = f"a = 1  # keck: ignore[{ONE}]\nb = 1  # keck: ignore[cors/]\nc = 1  # keck: ignore[{THREE}]\n"
    told = check(source, selected=lambda rule: rule in {TWO, THREE, UNUSED})
    assert [one.symbol for one in told] == [THREE]


def test_without_the_rule_nothing_is_told() -> None:
    """Who has not selected unused-ignore does not hear of it."""
    source = f"a = 1  # keck: ignore\nb = 1  # keck: ignore[{ONE}]\n"
    assert check(source, selected=lambda rule: rule != UNUSED) == []


def test_both_ignores_of_one_finding_are_used() -> None:
    """A comment on the line is not called unused because another speaks for the file."""
    source = f"# keck: ignore-file[{ONE}]\nbad()  # keck: ignore[{ONE}]\n"
    assert check(source, finding(2)) == []


@pytest.mark.parametrize(
    ("pattern", "path", "taken"),
    [
        ("scripts/*", "scripts/seed.py", True),
        ("scripts/", "scripts/deep/seed.py", True),
        ("conftest.py", "tests/conftest.py", True),
        ("*_gen.py", "api/models_gen.py", True),
        ("/app.py", "shop/app.py", False),
        ("scripts/*", "shop/scripts.py", False),
        ("!shop/", "scripts/seed.py", True),
        ("!shop/", "shop/app.py", False),
    ],
)
def test_per_file_ignores_take_patterns_of_gitignore(tmp_path: Path, pattern: str, path: str, taken: bool) -> None:
    """A pattern speaks for the files that it would make git ignore, for the rules that it names."""
    settings = Settings(per_file_ignores={pattern: ("cors/",)}, root=tmp_path)
    found = [finding(1, path=path), finding(2, path=path), finding(1, THREE, path)]
    assert per_file_ignores(found, settings) == (found[2:] if taken else found)


def test_per_file_ignores_are_relative_to_the_settings(tmp_path: Path) -> None:
    """Checking a folder takes out the same as checking the project; what lies outside is not spoken for."""
    settings = Settings(per_file_ignores={"shop/*": ("ALL",)}, root=tmp_path / "project")
    found = [finding(1, path="views.py")]
    assert per_file_ignores(found, settings, tmp_path / "project" / "shop") == []
    assert per_file_ignores(found, settings, tmp_path / "shop") == found
    assert per_file_ignores([finding(1, path="../shop/a.py")], settings) != []


def test_without_settings_nothing_is_taken_out() -> None:
    """Settings without a file have no patterns."""
    assert per_file_ignores([finding(1)], Settings()) == [finding(1)]


LONG = "x = bad('" + "a" * 100 + "')"
EDGE = "bad('" + "a" * 76 + "')"  # with a comment for ONE it has 120 characters


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("bad()\n", f"bad()  # keck: ignore[{ONE}]\n"),
        ("bad()", f"bad()  # keck: ignore[{ONE}]"),
        ("bad()  \n", f"bad()  # keck: ignore[{ONE}]\n"),
        ("bad()  # noqa\n", f"bad()  # noqa  # keck: ignore[{ONE}]\n"),
        (f"bad()  # keck: ignore[{TWO}] why\n", f"bad()  # keck: ignore[{TWO}, {ONE}] why\n"),
        (f"bad()  # keck: ignore[{TWO}]  # noqa\n", f"bad()  # keck: ignore[{TWO}, {ONE}]  # noqa\n"),
        ("bad()  # keck: ignore\n", f"bad()  # keck: ignore  # keck: ignore[{ONE}]\n"),
        ("bad()  # keck: ignore[]\n", f"bad()  # keck: ignore[{ONE}]\n"),
        (
            f"bad()  # keck: ignore-file[{TWO}]\n",
            f"bad()  # keck: ignore-file[{TWO}]  # keck: ignore[{ONE}]\n",
        ),
        (f"if x:\n\t{LONG}\n", f"if x:\n\t# keck: ignore[{ONE}]\n\t{LONG}\n"),
        (f"{EDGE}\n", f"{EDGE}  # keck: ignore[{ONE}]\n"),
        (f"{EDGE}#\n", f"# keck: ignore[{ONE}]\n{EDGE}#\n"),
        (f"{LONG}  # keck: ignore[{TWO}]\n", f"# keck: ignore[{ONE}]\n{LONG}  # keck: ignore[{TWO}]\n"),
        (f"# keck: ignore[{TWO}] why\n{LONG}\n", f"# keck: ignore[{TWO}, {ONE}] why\n{LONG}\n"),
        (f"y = 1  # keck: ignore[{TWO}]\n{LONG}\n", f"y = 1  # keck: ignore[{TWO}]\n# keck: ignore[{ONE}]\n{LONG}\n"),
        (f"# keck: ignore-file[{TWO}]\n{LONG}\n", f"# keck: ignore-file[{TWO}]\n# keck: ignore[{ONE}]\n{LONG}\n"),
        (f"x = call(  # keck: ignore[{TWO}]\n    {LONG})\n", f"x = call(  # keck: ignore[{TWO}, {ONE}]\n    {LONG})\n"),
        ('bad("""\n  x\n""")\n', f'# keck: ignore[{ONE}]\nbad("""\n  x\n""")\n'),
        ('bad(f"""\n  {x}\n""")\n', f'# keck: ignore[{ONE}]\nbad(f"""\n  {{x}}\n""")\n'),
        ('x = """\n  bad\n"""\n', f'# keck: ignore[{ONE}]\nx = """\n  bad\n"""\n'),
        ('x("""\n""", bad)\n', f'x("""\n""", bad)  # keck: ignore[{ONE}]\n'),
        ("x = bad + \\\n    1\n", f"# keck: ignore[{ONE}]\nx = bad + \\\n    1\n"),
        ("x = 1 + \\\n    bad\n", f"x = 1 + \\\n    bad  # keck: ignore[{ONE}]\n"),
        ("bad()  # \\\ny = 1\n", f"bad()  # \\  # keck: ignore[{ONE}]\ny = 1\n"),
        ("x = [\n    bad,\n]\n", f"x = [\n    bad,  # keck: ignore[{ONE}]\n]\n"),
        ("@bad\ndef f(): pass\n", f"@bad  # keck: ignore[{ONE}]\ndef f(): pass\n"),
        (
            f"class A:\n    @first\n    @second\n    def bad(self, {'a' * 90}): pass\n",
            f"class A:\n    # keck: ignore[{ONE}]\n    @first\n    @second\n    def bad(self, {'a' * 90}): pass\n",
        ),
        # where nothing may stand above the statement, the comment goes to a line of it after all
        (f"if x: \\\n  {LONG}\n", f"if x: \\\n  {LONG}  # keck: ignore[{ONE}]\n"),
        (f"if x: \\\n  bad(1,\n  '{'a' * 120}')\n", f"if x: \\\n  bad(1,  # keck: ignore[{ONE}]\n  '{'a' * 120}')\n"),
        ('s = """\n"""; bad("""\n""")\n', f'# keck: ignore[{ONE}]\ns = """\n"""; bad("""\n""")\n'),
        # what has to stay on top stays there
        ("#!/usr/bin/env bad\nx = 1\n", f"#!/usr/bin/env bad\n# keck: ignore-file[{ONE}]\nx = 1\n"),
        ("#!/usr/bin/env bad\n", f"#!/usr/bin/env bad\n# keck: ignore-file[{ONE}]\n"),
        ("#!/usr/bin/env bad", f"#!/usr/bin/env bad\n# keck: ignore-file[{ONE}]\n"),
        ("# coding: utf-8 bad\n\nx = 1\n", f"# coding: utf-8 bad\n# keck: ignore-file[{ONE}]\n\nx = 1\n"),
        ("#!bad\n# coding: utf-8\nx = 1\n", f"#!bad\n# coding: utf-8\n# keck: ignore-file[{ONE}]\nx = 1\n"),
        ("bad()\n# coding: utf-8\n", f"bad()  # keck: ignore[{ONE}]\n# coding: utf-8\n"),
        ("#!/bin/x\nbad()\n", f"#!/bin/x\nbad()  # keck: ignore[{ONE}]\n"),
        ('"""bad\n"""\n', f'# keck: ignore[{ONE}]\n"""bad\n"""\n'),
        ("\n# bad\n", f"\n# bad  # keck: ignore[{ONE}]\n"),
    ],
)
def test_a_comment_is_written_where_there_is_room(tmp_path: Path, before: str, after: str) -> None:
    """On the line if it stays within 120 characters and may end in a comment, else above; merged where one stands."""
    file = tmp_path / "app.py"
    file.write_bytes(before.encode())
    found = lines_of(before, "bad")[:1]
    assert add_ignores(found, tmp_path) == 1
    assert file.read_bytes().decode() == after
    again = lines_of(after, "bad")[:1]
    assert [one for one in check(after, *again) if one.rule == ONE] == []


def test_several_rules_at_one_place_share_a_comment(tmp_path: Path) -> None:
    """On the line and above it, the ids are listed once each, and every finding is counted."""
    source = f"bad()\n{LONG}\n"
    (tmp_path / "app.py").write_text(source)
    found = [finding(line, rule) for line in (1, 2) for rule in (ONE, THREE, ONE)]
    assert add_ignores(found, tmp_path) == 6
    after = (tmp_path / "app.py").read_text()
    assert after == f"bad()  # keck: ignore[{ONE}, {THREE}]\n# keck: ignore[{ONE}, {THREE}]\n{LONG}\n"
    assert check(after, finding(1), finding(1, THREE), finding(3), finding(3, THREE)) == []


def test_what_stays_on_top_gets_one_comment_below(tmp_path: Path) -> None:
    """Findings at the line for the shell are ignored for the file, each rule once."""
    (tmp_path / "app.py").write_text("#!/usr/bin/env python\nx = 1\n")
    assert add_ignores([finding(1), finding(1), finding(1, THREE)], tmp_path) == 3
    after = (tmp_path / "app.py").read_text()
    assert after == f"#!/usr/bin/env python\n# keck: ignore-file[{ONE}, {THREE}]\nx = 1\n"


def test_one_comment_is_enough_for_a_statement(tmp_path: Path) -> None:
    """Two findings of one rule in one statement need no second comment."""
    (tmp_path / "app.py").write_text("x = [\n    bad,\n    bad,\n]\n")
    assert add_ignores([finding(2), finding(3)], tmp_path) == 2
    assert (tmp_path / "app.py").read_text() == f"x = [\n    bad,  # keck: ignore[{ONE}]\n    bad,\n]\n"


def test_a_list_that_gets_too_long_goes_on_above(tmp_path: Path) -> None:
    """A merged comment stays within 120 characters too; the rest stands on a line of its own."""
    rules = [f"cors/{'a' * 30}-{letter}" for letter in "abcd"]
    (tmp_path / "app.py").write_text(f"{LONG}\n")
    assert add_ignores([finding(1, rule) for rule in rules], tmp_path) == 4
    after = (tmp_path / "app.py").read_text()
    assert max(map(len, after.splitlines()[:-1])) <= 120
    assert check(after, *[finding(3, rule) for rule in rules], rule_ids=rules) == []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"x = 1\r\nbad()\r\n", b"x = 1\r\nbad()  # keck: ignore[cors/unknown-option]\r\n"),
        (
            b"x = 1\r\n" + LONG.encode() + b"\r\n",
            b"x = 1\r\n# keck: ignore[cors/unknown-option]\r\n" + LONG.encode() + b"\r\n",
        ),
        (b"\xef\xbb\xbfbad()\n", b"\xef\xbb\xbfbad()  # keck: ignore[cors/unknown-option]\n"),
        (
            b"# coding: latin-1\nbad('\xe4\xff')\n",
            b"# coding: latin-1\nbad('\xe4\xff')  # keck: ignore[cors/unknown-option]\n",
        ),
        (b"a = '\x0c\x1c'\n\x0cbad()\n", b"a = '\x0c\x1c'\n\x0cbad()  # keck: ignore[cors/unknown-option]\n"),
        ("a = '\u2028'\nbad()\n".encode(), "a = '\u2028'\nbad()  # keck: ignore[cors/unknown-option]\n".encode()),
    ],
)
def test_encoding_and_line_endings_stay(tmp_path: Path, before: bytes, after: bytes) -> None:
    """Byte order mark, declared encoding, CRLF and unusual characters come out as they went in."""
    (tmp_path / "app.py").write_bytes(before)
    line = before[: before.index(b"bad")].count(b"\n") + 1
    assert add_ignores([finding(line)], tmp_path) == 1
    assert (tmp_path / "app.py").read_bytes() == after


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("app.py", b"def broken(:\n"),
        ("app.py", b"x = 1\rbad()\r"),
        ("notes.txt", b"bad()\n"),
        (".flaskenv", b"X=1\n"),
        ("empty.py", b""),
        ("app.py", b"x = 1\n"),
    ],
)
def test_what_cannot_take_a_comment_is_left_alone(tmp_path: Path, name: str, data: bytes) -> None:
    """Broken files, lone carriage returns, other kinds of file and lines that do not exist are not counted."""
    (tmp_path / name).write_bytes(data)
    assert add_ignores([finding(7, path=name)], tmp_path) == 0
    assert (tmp_path / name).read_bytes() == data


def test_where_no_comment_can_stand_none_is_claimed(tmp_path: Path) -> None:
    """A statement between a backslash and two strings has no line that may end in a comment."""
    source = 'if x: \\\n  bad("""\n"""); t = """\n"""\n'
    (tmp_path / "app.py").write_text(source)
    assert add_ignores([finding(2), finding(2)], tmp_path) == 0
    assert (tmp_path / "app.py").read_text() == source


def test_an_empty_file_can_be_ignored(tmp_path: Path) -> None:
    """A finding about a file without text gets the only line there is."""
    (tmp_path / "app.py").write_bytes(b"")
    assert add_ignores([finding(1)], tmp_path) == 1
    assert (tmp_path / "app.py").read_text() == f"# keck: ignore[{ONE}]\n"


def test_comments_without_effect_get_no_comment(tmp_path: Path) -> None:
    """An unused ignore is to be removed, not ignored."""
    (tmp_path / "app.py").write_text("x = 1  # keck: ignore\n")
    assert add_ignores([finding(1, UNUSED)], tmp_path) == 0
    assert (tmp_path / "app.py").read_text() == "x = 1  # keck: ignore\n"


def test_a_file_that_is_gone_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What cannot be changed is one sentence."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(Trouble, match=r"gone\.py cannot be changed \(No such file or directory\); make it writable"):
        add_ignores([finding(1, path="gone.py")], tmp_path)


@pytest.mark.parametrize("ignored", ["caching/empty-key-prefix", "caching/"])
def test_a_comment_for_the_doctor_is_not_unused(tmp_path: Path, ignored: str) -> None:
    """Whether an ignore of a rule that only a live app can break has an effect is not for `check` to say."""
    (tmp_path / "app.py").write_text(f"from flask import Flask\nx = 1  # keck: ignore[{ignored}]\n")
    assert run([tmp_path], Settings(), cache_dir=None).findings == ()
