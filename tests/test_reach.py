from __future__ import annotations

import pytest

from keck.project import Project
from tests.support import project

FILES = {
    "app.py": """\
        from helpers import tax, Shop
        import helpers
        shop = Shop()
        def view():
            start()
            shop.price()
            Shop.total()
            helpers.Shop().price()
            def nested():
                return tax(1)
            missing()
            (lambda: 1)()
            shop.unknown()
            print(unknown.thing())
            return nested()
        def start():
            view()
        start()
        """,
    "helpers.py": """\
        import requests
        class Base:
            def total(self): return self.price()
        class Shop(Base):
            def __init__(self): load()
            def price(self): return tax(2)
        def tax(x): return rate.value
        def load(): deeper()
        def deeper(): deepest()
        def deepest(): return requests.get("x")
        class Empty: ...
        def make(): return Empty()
        items = [1]
        def pop(): return items.pop() + requests.Session().get("x").json()
        """,
}


@pytest.fixture(scope="module")
def world() -> Project:
    """Return a project of two modules."""
    return project(FILES)


def called(world: Project, path: str, scope: str) -> list[str]:
    """Return the names of the functions that a scope calls."""
    return [function.name for _, function, _ in world.reach.called(world.names.modules[path], scope)]


def test_calls_are_followed_to_functions_methods_and_constructors(world: Project) -> None:
    """Calls by name, through an instance, a class, a fresh instance, and in nested functions are followed."""
    found = called(world, "app.py", "view")
    assert sorted(found) == ["Base.total", "Shop.__init__", "Shop.price", "Shop.price", "start", "tax", "view.nested"]
    assert called(world, "app.py", "view") == found


def test_methods_of_self_are_found_in_the_class_and_its_bases(world: Project) -> None:
    """A method called on self is the class's own."""
    assert called(world, "helpers.py", "Base.total") == []
    assert called(world, "helpers.py", "Shop.price") == ["tax"]


def test_module_level_calls_belong_to_the_module(world: Project) -> None:
    """The module's own scope reaches what it calls, not what its functions call."""
    assert called(world, "app.py", "") == ["Shop.__init__", "start"]


def test_what_is_not_the_projects_is_not_followed(world: Project) -> None:
    """Libraries, builtins, classes without a constructor and containers lead nowhere."""
    assert called(world, "helpers.py", "deepest") == []
    assert called(world, "helpers.py", "make") == []
    assert called(world, "helpers.py", "pop") == []


def test_the_closure_holds_each_function_once_with_the_way_to_it(world: Project) -> None:
    """Everything within the depth is reached once, recursion included, with the calls that lead there."""
    module = world.names.modules["app.py"]
    found = {scope: len(way) for _, scope, way in world.reach.closure(module, "view")}
    assert found["view"] == 0
    assert found["start"] == 1
    assert found["load"] == 2
    assert found["deepest"] == 4
    near = [scope for _, scope, _ in world.reach.closure(module, "view", depth=1)]
    assert "load" not in near


def test_reads_are_symbols_of_a_scope_and_what_is_nested(world: Project) -> None:
    """The names that a function reads are resolved, those of nested functions included; the module's own are its own."""
    module = world.names.modules["app.py"]
    found = world.reach.reads(module, "view")
    assert {"helpers:tax", "app:shop.price", "?.missing"} <= found
    assert world.reach.reads(module, "view") is found
    assert "helpers:tax" not in world.reach.reads(module, "")
