from __future__ import annotations

import textwrap

import pytest

from keck.new.features import FEATURES, BrokenStarter, holds, known, listed
from keck.new.marks import without_marks
from keck.trouble import Trouble


def left(text: str, *without: str, python: bool = True) -> str | None:
    """Return what stays of a text without features."""
    return without_marks(textwrap.dedent(text).lstrip("\n"), without, python=python)


def told(text: str, *without: str, python: bool = True) -> str:
    """Return what stays of a text, of which something does."""
    found = left(text, *without, python=python)
    assert found is not None
    return found


def test_marked_line_stays_with_its_feature() -> None:
    """A line's mark always goes, and the line goes with it where the feature is left out."""
    text = "a = 1\nb = 2  # with: mail\nc = 3  # noqa: X  # with: cache\n"
    assert left(text) == "a = 1\nb = 2\nc = 3  # noqa: X\n"
    assert left(text, "mail") == "a = 1\nc = 3  # noqa: X\n"


@pytest.mark.parametrize(
    ("mark", "without", "stays"),
    [
        ("with: mail+cors", (), True),
        ("with: mail+cors", ("cors",), False),
        ("without: mail", (), False),
        ("without: mail", ("mail",), True),
        ("without: mail+cors", ("cors",), True),
    ],
)
def test_conditions(mark: str, without: tuple[str, ...], stays: bool) -> None:
    """Plus needs all of the features, and `without` is the contrary."""
    assert left(f"a\nb  # {mark}\n", *without) == ("a\nb\n" if stays else "a\n")
    assert left(f"a <!-- {mark} -->\nb\n", *without, python=False) == ("a\nb\n" if stays else "b\n")


def test_blocks_nest() -> None:
    """A block's lines stay while every block around them does."""
    text = """
        a
        # with: mail {
        b
          # with: cache {
          c
          # with: cache }
        d  # with: cors
        # with: mail }
        e
        """
    assert left(text) == "a\nb\n  c\nd\ne\n"
    assert left(text, "cache") == "a\nb\nd\ne\n"
    assert left(text, "mail") == "a\ne\n"
    assert left(text, "cors") == "a\nb\n  c\ne\n"


def test_file_mark() -> None:
    """A file whose first line is a mark, or the second after a shebang, is there with its feature only."""
    assert left("# with: mail\n\na = 1\n") == "a = 1\n"
    assert left("# with: mail\na = 1\n", "mail") is None
    assert left("#!/bin/sh\n# with: mail\na\n", python=False) == "#!/bin/sh\na\n"
    assert left("#!/bin/sh\n# with: mail\na\n", "mail", python=False) is None
    assert left("<!-- without: mail -->\n# Silent\n", python=False) is None


def test_file_of_a_feature_may_hold_nothing_else() -> None:
    """Of a file all of whose lines go, nothing stays."""
    assert left("a = 1  # with: mail\n", "mail") == ""


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a  # with: mial\n", "line 1: `mial`: there is no feature `mial`"),
        ("a\nb  # with:mail\n", "line 2: no mark, though it looks like one: b  # with:mail"),
        ("a  # With: mail\n", "line 1: no mark"),
        ("a  # with: mail because\n", "line 1: no mark"),
        ("a  # with: mail  # with: cache\n", "line 1: no mark"),
        ("a  <!-- with: mail\n", "line 1: no mark"),
        ("a\n# with: mail\nb\n", "line 2: the mark of a file stands on its first line"),
        ("a  # with: mail {\nb\n", "line 1: the mark of a block stands on a line of its own"),
        ("a\n# with: mail {\nb\n", "line 2: `with: mail {` is never closed"),
        ("a\n# with: mail }\n", "line 2: `with: mail }` closes what `nothing` opened"),
        (
            "# with: mail {\n# with: cors {\na\n# with: mail }\n# with: cors }\n",
            "line 4: `with: mail }` closes what `with: cors` opened",
        ),
        ("# with: mail {\n# without: mail }\n", "line 2: `without: mail }` closes what `with: mail` opened"),
    ],
)
def test_wrong_marks_are_errors(text: str, message: str) -> None:
    """A mark that is misspelt, misplaced or unbalanced is never taken for text; the line is named."""
    for without in ((), FEATURES):
        with pytest.raises(BrokenStarter) as caught:
            without_marks(text, without, python=True)
        assert message in str(caught.value)


@pytest.mark.parametrize(
    "text", ["a = 1\n", "with: mail\n", "", "a\n\n\n\n\nb\n\n", "x  # without doubt: yes\n", "no end"]
)
def test_what_is_no_mark_stays(text: str) -> None:
    """A text without marks stays as it is, to the byte."""
    assert left(text, "mail") == text


def test_seam_between_functions() -> None:
    """Two blank lines stay where a function has gone from between two, and where only its marks have."""
    text = """
        def a() -> None: ...


        # with: mail {
        def b() -> None: ...


        # with: mail }


        def c() -> None: ...
        """
    assert told(text) == "def a() -> None: ...\n\n\ndef b() -> None: ...\n\n\ndef c() -> None: ...\n"
    assert told(text, "mail") == "def a() -> None: ...\n\n\ndef c() -> None: ...\n"


def test_seam_at_the_start_of_a_block() -> None:
    """No blank line stays after the line that opens a block, with or without a comment, nor within brackets."""
    text = """
        if a:  # always
            b()  # with: mail

            c()
        d = [
            e,  # with: mail

            # with: mail {
            f,

            # with: mail }
        ]
        """
    assert told(text, "mail") == "if a:  # always\n    c()\nd = [\n]\n"


def test_seam_below_the_top_level() -> None:
    """In a body one blank line stays, on the side of the seam that had one."""
    text = """
        def a() -> None:
            b()


            # with: mail {
            c()
            # with: mail }

            d()
            # with: mail {
            e()
            # with: mail }

        f()
        """
    assert told(text, "mail") == "def a() -> None:\n    b()\n\n    d()\n\nf()\n"


def test_seam_at_the_ends_of_a_file() -> None:
    """No blank line stays at the start of a file, and one line's end at its end."""
    text = "a = 1  # with: mail\n\n\nb = 2\n\n\nc = 3  # with: mail\n"
    assert told(text, "mail") == "b = 2\n"


def test_seam_in_other_texts() -> None:
    """Markdown keeps its blank lines, even after a colon."""
    text = "Run:\nmail <!-- with: mail -->\n\n    code\n\n\n\nend\n"
    assert told(text, "mail", python=False) == "Run:\n\n    code\n\n\n\nend\n"


def test_known_features() -> None:
    """A feature is known by its name, a near miss is told, and so is what is part of every service."""
    assert known("mail") == "mail"
    with pytest.raises(Trouble, match="did you mean `limiter`"):
        known("Limitter")
    with pytest.raises(Trouble, match="`x` is nothing that can be left out; known are mail, cache, limiter, cors"):
        known("x")
    with pytest.raises(Trouble, match="Flask-JWT-Extended is part of every service"):
        known("jwt")


def test_listed_features() -> None:
    """Options take several by comma, in any order, more than once."""
    assert listed(["cors, mail", "mail", ","]) == ("mail", "cors")
    assert listed([]) == ()


def test_condition_of_features_only() -> None:
    """A condition of something else is a fault of the starter."""
    assert holds("mail+cors", ["cache"])
    assert not holds("mail+cors", ["cors"])
    with pytest.raises(BrokenStarter, match="there is no feature `jwt`"):
        holds("mail+jwt", [])
