"""Modules that a server imports, and what in them runs only when they are run as scripts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from keck.deployment import deploys
from keck.facts.expr import Const, Expr, Op, Ref
from keck.finding import Place
from keck.project import Project
from keck.project.extensions import Binding, Instance
from keck.project.module import Module
from keck.project.timeline import blocks_of

_SERVER = re.compile(r"(?<![\w-])(?:gunicorn3?|uwsgi|waitress-serve|hypercorn)(?![\w-])")
_TARGET = re.compile(r"(?<![\w./:@-])([A-Za-z_][\w.]*):([A-Za-z_]\w*)(?![\w(./:-])")


@dataclass(frozen=True)
class Serving:
    """A line of a file that deploys: it has a server import a module, `target` as it is written there."""

    place: Place
    target: str


def bound_as_script(project: Project) -> list[tuple[Instance, Binding, Serving]]:
    """Return the instances that are bound only when their module is run, though a server imports that module."""
    served = list(_servings(project))
    found = []
    for one in project.instances if served else ():
        if one.handed_on or not one.bindings or not all(_is_script(each) for each in one.bindings):
            continue
        last = one.bindings[-1]
        serving = next((each for each in served if _names(each, last.module)), None)
        if serving is not None:
            found.append((one, last, serving))
    return found


def _servings(project: Project) -> Iterator[Serving]:
    for path, data in project.surroundings.texts.items():
        if not deploys(path):
            continue
        for number, line in enumerate(data.decode("utf-8", "replace").splitlines(), 1):
            server = None if line.lstrip().startswith("#") else _SERVER.search(line)
            for found in _TARGET.finditer(line, server.end()) if server else ():
                yield Serving(Place(path, number, found.start() + 1, number, found.end() + 1), found[0])


def _names(serving: Serving, module: Module) -> bool:
    dotted = serving.target.partition(":")[0]
    return f"/{module.path}".endswith((f"/{dotted.replace('.', '/')}.py", f"/{dotted.replace('.', '/')}/__init__.py"))


def _is_script(binding: Binding) -> bool:
    """Whether a binding stands at module level under ``if __name__ == "__main__"``, its ``else`` not meant."""
    blocks = [] if binding.scope else blocks_of(binding.module, binding.call)
    return any(one.kind == "if" and one.subject is not None and _asks_for_main(one.subject) for one in blocks)


def _asks_for_main(test: Expr) -> bool:
    match test:
        case Op(kind="==", parts=(Ref(name="__name__"), Const(value="__main__"))):
            return True
        case Op(kind="==", parts=(Const(value="__main__"), Ref(name="__name__"))):
            return True
        case Op(kind="and", parts=parts):
            return any(map(_asks_for_main, parts))
        case _:
            return False
