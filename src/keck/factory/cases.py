"""Test classes with ``setUp``: each makes its own app, and its methods use that."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from keck.factory.draft import Draft
from keck.factory.entries import means
from keck.factory.overrides import call, overrides
from keck.factory.taker import Function, Ref, Taker

SETUPS = ("create_app", "setUpClass", "setup_class", "setUp", "setup_method", "asyncSetUp")
ATTRIBUTES = ("app", "flask_app", "application")


class _Case(NamedTuple):
    taker: Taker
    node: ast.ClassDef


class Cases:
    """The test classes of a suite that are no plain pytest classes.

    Args:
        takers: the test modules that take the app.
        factory: the name of the factory.
    """

    def __init__(self, takers: Sequence[Taker], factory: str) -> None:
        self.takers = takers
        self.factory = factory
        self._attributes: dict[ast.ClassDef, str] = {}

    def is_case(self, taker: Taker, node: ast.ClassDef) -> bool:
        """Whether a class is a test case of unittest, or sets itself up as one."""
        if any(_name(one) in SETUPS for one in node.body):
            return True
        return any(
            ast.unparse(base).rpartition(".")[2].endswith(("TestCase", "LiveServerTestCase"))
            or any(self.is_case(*found) for found in self._found(taker, base))
            for base in node.bases
        )

    def rewrite(self) -> set[ast.AST]:
        """Let each class make its app; return the uses of the old one that are settled by that.

        Raises:
            Unfit: a class uses the app where it has none of its own.
        """
        settled: set[ast.AST] = set()
        for taker in self.takers:
            owners = {one.owner: None for one in taker.refs if one.owner is not None}
            for node in owners:
                if self.is_case(taker, node):
                    settled |= self._rewrite(_Case(taker, node))
        return settled

    def _rewrite(self, case: _Case) -> set[ast.AST]:
        taker, node = case
        attribute = self._attribute(case)
        refs = [one for one in taker.refs if one.owner is node]
        maker = self._maker(case)
        for ref in refs:
            if ref.function is None:
                raise taker.draft.unfit(ref.node, "uses the app while the class is defined")
        if maker is not None and maker.node is not node:
            self._check_order(case, refs)
            whole = self._setup(maker)
        else:
            whole = self._make(case, attribute)
        for ref in refs:
            receiver = _receiver(ref.function)
            if not receiver or (receiver == "cls" and whole not in SETUPS[1:3]):
                raise taker.draft.unfit(ref.node, "uses the app where there is no instance of the class")
            taker.rename(ref, f"{receiver}.{attribute}")
        return {one.node for one in refs}

    # where the app is made

    def _maker(self, case: _Case) -> _Case | None:
        """Return the class that makes the app for one: itself, or the farthest base that uses it."""
        if self._makes_alone(case):
            return case
        for found in self._bases(case):
            one = self._maker(found)
            if one is not None:
                return one
        return case if any(one.owner is case.node for one in case.taker.refs) else None

    def _makes_alone(self, case: _Case) -> bool:
        """Whether a class sets itself up without what its bases do."""
        for one in case.node.body:
            name = _name(one)
            if name in SETUPS and any(ref.function is one for ref in case.taker.refs):
                return not any(
                    isinstance(each, ast.Attribute) and each.attr == name and "super" in ast.unparse(each.value)
                    for each in ast.walk(one)
                ) or not self._bases(case)
        return False

    def _setup(self, case: _Case) -> str:
        """Return the name of the method in which a class makes its app."""
        used = {one.function for one in case.taker.refs if one.owner is case.node}
        by_name = {_name(one): one for one in case.node.body}
        for name in SETUPS:
            if by_name.get(name) in used:
                return name
        return next((name for name in SETUPS[3:5] if name in by_name), "setUp")

    def _make(self, case: _Case, attribute: str) -> str:
        """Put the call of the factory into the set-up method of a class; return the method's name."""
        taker, node = case
        draft = taker.draft
        name = self._setup(case)
        method = next((one for one in node.body if isinstance(one, Function) and one.name == name), None)
        if method is None:
            self._new_setup(case, attribute)
            return name
        receiver = _receiver(method)
        if not receiver:
            raise draft.unfit(method, "sets up without an instance of the class")
        body = _after_docstring(method.body)
        found = overrides(draft, body, taker.is_app)
        target = f"{receiver}.{attribute}"
        made = f"{target} = {call(taker.maker(self.factory, method), found.entries, draft.indent(body[0]))}"
        given = [one for one in body if _gives(one, target, taker)]
        first = next((one for one in body if any(taker.is_app(each) for each in ast.walk(one))), None)
        if found.statements:
            for one in found.statements[:-1]:
                draft.remove(one)
            draft.replace(found.statements[-1], made)
            for one in given:
                draft.remove(one)
        elif given and given[0] is first:
            draft.replace(given[0], made)
        elif first is not None:
            draft.insert_above(first, made)
            for one in given:
                draft.remove(one)
        else:
            last = next((one for one in body if "super" in draft.source(one)), None)
            following = body[body.index(last) + 1] if last is not None and last is not body[-1] else body[0]
            draft.insert_above(following, made)
        taker.settled(*found.statements, *given)
        return name

    def _new_setup(self, case: _Case, attribute: str) -> None:
        taker, node = case
        own = [one for one in node.body if isinstance(one, Function)]
        above = "super().setUp()\n" if self._bases(case) else ""
        unit = "\t" if taker.draft.indent(own[0]).startswith("\t") else "    "
        lines = [*above.splitlines(), f"self.{attribute} = {call(taker.maker(self.factory, None), ())}"]
        text = "\n".join(["def setUp(self):", *(f"{unit}{one}" for one in lines), ""])
        taker.draft.insert_above(own[0], text)

    def _check_order(self, case: _Case, refs: list[Ref]) -> None:
        """See to it that a class uses the app of its base only after the base has made it."""
        for ref in refs:
            name = _name(ref.function) if ref.function is not None else ""
            if name not in SETUPS or ref.function is None:
                continue
            line = min(
                (one.lineno for one in ast.walk(ref.function) if isinstance(one, ast.Attribute) and one.attr == name),
                default=0,
            )
            if not line or ref.node.lineno <= line:
                raise case.taker.draft.unfit(ref.node, "uses the app before the class above has made one")

    # names

    def _attribute(self, case: _Case) -> str:
        """Return the attribute under which a class has its app: the one that it has given it, or a free one."""
        maker = self._maker(case) or case
        if maker.node not in self._attributes:
            given = _given(maker)
            used = {
                one.attr
                for taker in self.takers
                for one in ast.walk(taker.draft.tree)
                if isinstance(one, ast.Attribute)
                and isinstance(one.value, ast.Name)
                and one.value.id in {"self", "cls"}
            }
            free = [one for one in ATTRIBUTES if one not in used]
            if self._setup(maker) == "create_app":
                given = "app"
            if not given and not free:
                raise case.taker.draft.unfit(maker.node, "has no name left for its app")
            self._attributes[maker.node] = given or free[0]
        return self._attributes[maker.node]

    def _bases(self, case: _Case) -> list[_Case]:
        return [found for base in case.node.bases for found in self._found(case.taker, base)]

    def _found(self, taker: Taker, base: ast.expr) -> Iterator[_Case]:
        """Yield the class of the suite that a base means."""
        name = ast.unparse(base).rpartition(".")[2]
        for other in self.takers:
            if other is not taker and not _imports(taker.draft, other.path):
                continue
            for one in other.draft.tree.body:
                if isinstance(one, ast.ClassDef) and one.name == name:
                    yield _Case(other, one)


def _imports(draft: Draft, path: str) -> bool:
    return any(
        isinstance(one, ast.ImportFrom) and means(one.module or "", one.level, draft.path, path)
        for one in ast.walk(draft.tree)
    )


def _name(node: ast.AST) -> str:
    return node.name if isinstance(node, Function) else ""


def _receiver(function: Function | None) -> str:
    """Return what a method calls its instance or class, empty for one that has none."""
    if function is None or any(ast.unparse(one) == "staticmethod" for one in function.decorator_list):
        return ""
    arguments = [*function.args.posonlyargs, *function.args.args]
    return arguments[0].arg if arguments else ""


def _gives(one: ast.stmt, target: str, taker: Taker) -> bool:
    """``self.app = app``."""
    return (
        isinstance(one, ast.Assign)
        and len(one.targets) == 1
        and ast.unparse(one.targets[0]) == target
        and taker.is_app(one.value)
    )


def _given(case: _Case) -> str:
    for one in ast.walk(case.node):
        if isinstance(one, ast.Assign) and case.taker.is_app(one.value) and isinstance(one.targets[0], ast.Attribute):
            return one.targets[0].attr
    return ""


def _after_docstring(body: list[ast.stmt]) -> list[ast.stmt]:
    first = body[0]
    speaks = (
        isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str)
    )
    return body[1:] if speaks and len(body) > 1 else body
