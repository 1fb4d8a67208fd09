from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keck.facts import Facts, facts_of
from keck.facts.header import imports_of


@pytest.mark.parametrize(
    "source",
    [
        b'"""Text."""\n\nimport a\nimport b.c as d, e\n',
        b"from . import a\nfrom ..b.c import d as e\n\n\nfrom f import *  # all\n",
        b"from a import (  # all (really)\n    b,\n    c as d,  # )\n)  # noqa\nimport e\n",
        b"from a import (b,\r\n    c)\r\n\r\nimport d\r\n",
        b"import a\nimport b",
    ],
)
def test_header_is_what_the_whole_file_says(source: bytes) -> None:
    """The imports are those that reading the whole file gives, at the same places."""
    assert imports_of(source).imports == facts_of(source).imports != ()


@pytest.mark.parametrize(
    "source",
    [
        b"",
        b"x = 1\n",
        b"try:\n    import a\nexcept ImportError:\n    pass\n",
        b"import a; b = 1\n",
        b"import a, \\\n    b\n",
        b"from a import (b\n",
        b"from a import (b.c)\n",
        b"important = 1\nfrom_a = 2\nimport_b = 3\n",
    ],
)
def test_what_cannot_be_read_by_itself_is_passed_over(source: bytes) -> None:
    """Imports in blocks, beside other code, over backslashes and broken ones are left out without a word."""
    assert imports_of(source) == Facts()


@pytest.mark.parametrize("quotes", ['"""', "'''"])
def test_import_in_a_text_is_none(quotes: str) -> None:
    """An example in a docstring imports nothing, the imports around it do."""
    source = f"import a\n{quotes}Use it so:\n\nimport b\n{quotes}\nimport c\nif a:\n    import d\n\n\ndef f():\n    import e\n"
    assert [one.module for one in imports_of(source.encode()).imports] == ["a", "c"]


@pytest.mark.parametrize(
    "source",
    [
        b"import " + b" " * 200_000 + b";",
        b"from " + b" import" * 40_000 + b";",
        (b"from a import (" + b"#" * 50 + b"\n") * 10_000,
        b"from a import (" + b"#\n" * 100_000,
    ],
    ids=["spaces", "keywords", "open", "comments"],
)
def test_hostile_text_takes_no_time(source: bytes) -> None:
    """What is made to match slowly is read as fast as anything else."""
    start = time.perf_counter()
    imports_of(source)
    assert time.perf_counter() - start < 2


@given(st.text(alphabet="import from.a,b()*#;\\\n\r\"'\x00 \t", max_size=200))
def test_anything_can_be_read(text: str) -> None:
    """No text makes it raise, and of one that parses it tells no import that is not there."""
    facts = facts_of(text.encode())
    found = imports_of(text.encode())
    assert found.trouble == ""
    if not facts.trouble and '"' not in text and "'" not in text:
        assert set(found.imports) <= set(facts.imports)
