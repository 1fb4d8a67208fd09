"""pytest's fixtures: which function a parameter's name asks for, and what it hands out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from keck.facts.expr import Call, Expr, Other, terminal, text_of
from keck.facts.record import Function
from keck.project.module import Module


def fixture(modules: Mapping[str, Module], module: Module, name: str) -> tuple[Module, Function] | None:
    """Return the fixture of a name that a test module sees: its own, or that of the nearest ``conftest.py`` above.

    Args:
        modules: all modules by path.
        module: the module of the function that has the parameter.
        name: the parameter's name.
    """
    for home in homes(modules, module):
        for function in home.facts.functions:
            if name in _names(function):
                return home, function
    return None


def homes(modules: Mapping[str, Module], module: Module) -> Iterator[Module]:
    """Yield the module itself and every ``conftest.py`` whose fixtures it sees, nearest first."""
    yield module
    folder = module.directory
    while True:
        conftest = modules.get(f"{folder}/conftest.py" if folder else "conftest.py")
        if conftest is not None and conftest is not module:
            yield conftest
        if not folder:
            return
        folder = folder.rpartition("/")[0]


def handed_out(module: Module, function: Function) -> Iterator[Expr]:
    """Yield what a function returns or yields."""
    for step in module.steps(function.name):
        if step.kind == "return" and step.value is not None:
            yield step.value
        elif step.kind == "do" and isinstance(step.value, Other) and step.value.kind == "yield":
            yield from step.value.parts


def _names(function: Function) -> Iterator[str]:
    """Yield the name under which a function is a fixture, nothing if it is none."""
    for layer in function.decorators:
        if terminal(layer) in {"fixture", "yield_fixture"}:
            given = layer.keyword("name") if isinstance(layer, Call) else None
            yield text_of(given) or function.name.rpartition(".")[2]
