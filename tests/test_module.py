from __future__ import annotations

import pytest

from keck.facts import facts_of
from keck.finding import Place
from keck.project.module import Module

SOURCE = b"""
import os
LIMIT = 3
def outer(a, b=1):
    global LIMIT
    LIMIT = 4
    local = 5
    from sys import path
    def inner(c):
        return run(c.name)
    if a.ready():
        return inner(a)
    else:
        for each in b:
            print(each)
class Shop:
    size = compute()
    def price(self): ...
if __name__ == "__main__":
    outer(1)
"""


def module(path: str = "shop/app.py", source: bytes = SOURCE) -> Module:
    """Return the module of a source."""
    return Module(path, path.removesuffix(".py").replace("/", "."), facts_of(source))


def test_it_is_known_by_path_name_and_directory() -> None:
    """A module knows where it lies, and whether it is a package."""
    one = module()
    assert (one.name, one.directory, one.is_package) == ("shop.app", "shop", False)
    assert repr(one) == "<Module shop.app>"
    assert module("app.py").directory == ""
    assert module("shop/__init__.py").is_package


def test_functions_classes_and_parameters_are_found_by_qualified_name() -> None:
    """Nested functions, methods and classes go by their qualified names, of which the last definition wins."""
    one = module()
    assert list(one.functions) == ["outer", "outer.inner", "Shop.price"]
    assert list(one.classes) == ["Shop"]
    assert list(one.params["outer"]) == ["a", "b"]
    assert one.scopes == ("", "outer", "outer.inner", "Shop.price", "Shop")
    twice = module(source=b"def f(a): ...\ndef f(b): ...\n")
    assert twice.functions["f"].line == 2


def test_each_scope_has_its_own_statements() -> None:
    """Steps, branches, imports and calls belong to the scope in which they stand, and an unknown scope has none."""
    one = module()
    assert [step.kind for step in one.steps("outer")] == ["global", "assign", "assign", "define", "return", "do"]
    assert [block.kind for block in one.blocks("outer")] == ["if", "else", "for"]
    assert [each.module for each in one.imports("")] == ["os"]
    assert [each.module for each in one.imports("outer")] == ["sys"]
    assert [call.func.name for call in one.calls("outer") if hasattr(call.func, "name")] == [
        "inner",
        "print",
        "a.ready",
    ]
    assert (one.steps("nowhere"), one.blocks("nowhere"), one.imports("nowhere"), list(one.calls("nowhere"))) == (
        [],
        [],
        [],
        [],
    )


def test_names_are_yielded_whole_and_a_test_once() -> None:
    """A dotted chain is one name, and the test of an if is not read again for its else."""
    names = [one.name for one in module().refs("outer")]
    assert names.count("a.ready") == 1
    assert [one.name for one in module().refs("outer.inner")] == ["run", "c.name"]


def test_what_is_nested_is_inside() -> None:
    """A scope holds itself and what is nested in it; the module's own holds all."""
    one = module()
    assert list(one.inside("outer")) == ["outer", "outer.inner"]
    assert set(one.inside("")) == {"", "outer", "outer.inner", "Shop", "Shop.price"}
    assert list(one.inside("out")) == ["out"]


def test_the_branches_around_a_statement_come_innermost_first() -> None:
    """From a statement the way leads up through its branches to the scope's body."""
    one = module()
    (printed,) = (step for step in one.steps("outer") if step.kind == "do")
    assert [block.kind for block in one.around(printed.block)] == ["for", "else"]
    assert list(one.around(-1)) == []


def test_the_function_around_a_span_is_the_innermost() -> None:
    """A span belongs to the function that holds it most closely, or to none."""
    one = module()
    inner = one.function_around(one.functions["outer.inner"])
    outer = one.function_around(one.steps("outer")[1])
    assert inner is not None
    assert outer is not None
    assert (inner.name, outer.name) == ("outer.inner", "outer")
    assert one.function_around(one.steps("")[0]) is None


def test_writes_to_globals_are_seen() -> None:
    """An assignment to a name declared global is told, one to a local is not."""
    assert [(step.line, name) for step, name in module().global_writes] == [(6, "LIMIT")]
    assert module(source=b"x = 1\n").global_writes == ()


def test_what_runs_as_a_script_only_is_known() -> None:
    """Lines under the main guard are told from all others."""
    one = module()
    assert one.main_lines == ((19, 20),)
    last = one.steps("")[-1]
    assert one.under_main(last)
    assert not one.under_main(one.steps("")[0])


def test_places_count_from_one_and_heads_are_one_line() -> None:
    """A span becomes a place that counts from 1; the head of a function ends where it begins."""
    one = module()
    assert one.place(one.steps("")[0]) == Place("shop/app.py", 3, 1, 3, 10)
    assert one.head(one.functions["outer"]) == Place("shop/app.py", 4, 1, 4, 1)
    assert one.head(one.functions["Shop.price"]) == Place("shop/app.py", 18, 5, 18, 25)


@pytest.mark.parametrize(
    "path",
    ["tests/helpers.py", "test/app.py", "test_app.py", "shop/app_test.py", "conftest.py", "shop/tests.py", "shop/testing/x.py",
     "test_app/run.py", "shop/_tests/x.py"],
)  # fmt: skip
def test_test_modules_are_told_by_their_path(path: str) -> None:
    """A file of a test suite is known by its own name or that of a folder."""
    assert module(path).is_test


@pytest.mark.parametrize("path", ["app.py", "shop/contest.py", "attestation/app.py", "shop/latest.py", "protest/x.py"])
def test_other_modules_are_not(path: str) -> None:
    """A name that merely holds the word is none of a test."""
    assert not module(path).is_test
