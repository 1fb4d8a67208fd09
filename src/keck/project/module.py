"""One module of a project: its facts, indexed by scope."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from functools import cached_property

from keck.facts.expr import Attr, Call, Expr, Ref, Span, gather, walk
from keck.facts.record import Block, Class, Facts, Function, Import, Param, Step
from keck.finding import Place

_Parts = tuple[tuple[Call, ...], tuple[Ref, ...], tuple[Attr, ...]]
_NOTHING: _Parts = ((), (), ())


class Module:
    """A module.

    Attributes:
        path: relative to the root of the check, with ``/``.
        name: dotted name made of the path: ``backend.app.config``; packages without ``.__init__``.
        facts: what its file says.
    """

    def __init__(self, path: str, name: str, facts: Facts) -> None:
        self.path = path
        self.name = name
        self.facts = facts
        self.is_package = path.endswith("__init__.py")

    def __repr__(self) -> str:
        return f"<Module {self.name}>"

    def place(self, span: Span) -> Place:
        """Return where a span stands; columns still count bytes."""
        return Place(self.path, span.line, span.column + 1, span.end_line, span.end_column + 1)

    def head(self, span: Span) -> Place:
        """Return where a span begins, without what follows its first line."""
        if span.end_line == span.line:
            return self.place(span)
        return Place(self.path, span.line, span.column + 1, span.line, span.column + 1)

    @cached_property
    def directory(self) -> str:
        """The path of its directory, empty at the root."""
        return self.path.rpartition("/")[0]

    @cached_property
    def is_test(self) -> bool:
        """Whether it belongs to a test suite: such modules give facts but are no suspects."""
        return is_test(self.path)

    @cached_property
    def functions(self) -> dict[str, Function]:
        """Its functions by qualified name; the last definition of a name wins."""
        return {one.name: one for one in self.facts.functions}

    @cached_property
    def classes(self) -> dict[str, Class]:
        """Its classes by qualified name."""
        return {one.name: one for one in self.facts.classes}

    @cached_property
    def _steps(self) -> dict[str, list[Step]]:
        found: dict[str, list[Step]] = defaultdict(list)
        for step in self.facts.steps:
            found[step.scope].append(step)
        return dict(found)

    @cached_property
    def _blocks(self) -> dict[str, list[Block]]:
        found: dict[str, list[Block]] = defaultdict(list)
        for block in self.facts.blocks:
            found[block.scope].append(block)
        return dict(found)

    @cached_property
    def _imports(self) -> dict[str, list[Import]]:
        found: dict[str, list[Import]] = defaultdict(list)
        for one in self.facts.imports:
            found[one.scope].append(one)
        return dict(found)

    def steps(self, scope: str) -> list[Step]:
        """Return the simple statements directly in a scope, in the order of the text."""
        return self._steps.get(scope, [])

    def blocks(self, scope: str) -> list[Block]:
        """Return the branches directly in a scope."""
        return self._blocks.get(scope, [])

    def imports(self, scope: str) -> list[Import]:
        """Return the imports directly in a scope."""
        return self._imports.get(scope, [])

    def around(self, block: int) -> Iterator[Block]:
        """Yield the blocks around something, innermost first, up to the scope's own body."""
        while block >= 0:
            one = self.facts.blocks[block]
            yield one
            block = one.parent

    def expressions(self, scope: str) -> Iterator[Expr]:
        """Yield the expressions directly in a scope: of its statements and of its branches."""
        for step in self.steps(scope):
            yield from step.targets
            if step.value is not None and step.kind != "define":
                yield step.value
        for block in self.blocks(scope):
            if block.subject is not None and block.kind != "else":
                yield block.subject

    def calls(self, scope: str) -> tuple[Call, ...]:
        """Return every call directly in a scope."""
        return self._parts.get(scope, _NOTHING)[0]

    def refs(self, scope: str) -> tuple[Ref, ...]:
        """Return every name directly in a scope, dotted chains whole."""
        return self._parts.get(scope, _NOTHING)[1]

    def attributes(self, scope: str) -> tuple[Attr, ...]:
        """Return every attribute of something that is no name, directly in a scope."""
        return self._parts.get(scope, _NOTHING)[2]

    @cached_property
    def _parts(self) -> dict[str, _Parts]:
        found = {}
        for scope in {*self._steps, *self._blocks}:
            calls: list[Call] = []
            refs: list[Ref] = []
            attributes: list[Attr] = []
            for one in self.expressions(scope):
                gather(one, calls, refs, attributes)
            found[scope] = (tuple(calls), tuple(refs), tuple(attributes))
        return found

    @cached_property
    def scopes(self) -> tuple[str, ...]:
        """All scopes: the module's own, its functions', its classes'."""
        return ("", *self.functions, *self.classes)

    @cached_property
    def params(self) -> dict[str, dict[str, Param]]:
        """The parameters of each function by name."""
        return {one.name: {param.name: param for param in one.params} for one in self.facts.functions}

    def inside(self, scope: str) -> Iterator[str]:
        """Yield the scope and every function and class nested in it."""
        yield scope
        prefix = f"{scope}." if scope else ""
        for other in self.scopes:
            if other and other != scope and other.startswith(prefix):
                yield other

    def function_around(self, span: Span) -> Function | None:
        """Return the innermost function in which a span stands."""
        best: Function | None = None
        for one in self.facts.functions:
            if one.line <= span.line <= one.end_line and (best is None or one.line >= best.line):
                best = one
        return best

    @cached_property
    def global_writes(self) -> tuple[tuple[Step, str], ...]:
        """The assignments in functions to names that they declare global."""
        declared = {
            (step.scope, target.name)
            for step in self.facts.steps
            if step.kind == "global"
            for target in step.targets
            if isinstance(target, Ref)
        }
        return tuple(
            (step, target.name)
            for step in self.facts.steps
            if step.kind == "assign" and declared
            for target in step.targets
            if isinstance(target, Ref) and (step.scope, target.name) in declared
        )

    @cached_property
    def main_lines(self) -> tuple[tuple[int, int], ...]:
        """The line ranges under ``if __name__ == "__main__"``."""
        return tuple(
            (block.line, block.end_line)
            for block in self.facts.blocks
            if block.kind == "if"
            and block.subject is not None
            and any(isinstance(part, Ref) and part.name == "__name__" for part in walk(block.subject))
        )

    def under_main(self, span: Span) -> bool:
        """Whether a span runs only when the file is run as a script."""
        return any(first <= span.line <= last for first, last in self.main_lines)


Where = tuple[Module, str, Expr]
"""An expression with the module and scope in which it stands."""


def is_test(path: str) -> bool:
    """Whether a path is that of a test suite's file."""
    *folders, file = path.split("/")
    return (
        file == "conftest.py"
        or file.startswith("test_")
        or file.endswith("_test.py")
        or file in {"tests.py", "test.py"}
        or any(one in {"test", "tests", "testing", "_tests"} or one.startswith("test_") for one in folders)
    )
