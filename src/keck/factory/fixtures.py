"""pytest's functions: they ask for an ``app`` fixture, which makes the app with what they set on it."""

from __future__ import annotations

import ast
import posixpath
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from keck.factory.draft import Draft
from keck.factory.entries import parsed
from keck.factory.overrides import Overrides, call, merged, overrides, settings
from keck.factory.taker import Function, Ref, Taker, bound
from keck.project.module import is_test

SCOPES = ("function", "class", "module", "package", "session")
NAMES = ("app", "flask_app", "application")


class Fixture(NamedTuple):
    """A fixture: where it is, and how long what it makes lives."""

    path: str
    name: str
    line: int
    scope: str


class Asking(NamedTuple):
    """A function that pytest calls and that needs the app."""

    taker: Taker
    function: Function
    fixture: Fixture | None

    def is_named_by(self, node: ast.AST) -> bool:
        """Whether an expression is the function's name, and no variable of another function."""
        return (
            isinstance(node, ast.Name)
            and node.id == self.function.name
            and all(node.id not in bound(one) for one in self.taker.draft.above(node) if isinstance(one, Function))
        )


class Fixtures:
    """The functions of a suite that pytest calls.

    Args:
        texts: the project's files by path.
        takers: the test modules that take the app.
        factory: the name of the factory.
    """

    def __init__(self, texts: Mapping[str, str], takers: Sequence[Taker], factory: str) -> None:
        self.takers = takers
        self.factory = factory
        self.all = [one for path in sorted(texts) if is_test(path) for one in fixtures_of(path, texts[path])]

    def rewrite(self, settled: set[ast.AST]) -> tuple[list[Asking], list[tuple[Taker, Overrides]]]:
        """Let fixtures and tests use a fixture's app; return who asks for one that is still to be made.

        Args:
            settled: the uses of the app that are settled otherwise.

        Returns:
            The functions, and what modules set on the app's config when they are imported.

        Raises:
            Unfit: the app is used where pytest gives no fixture.
        """
        left = {one: [ref for ref in one.refs if ref.node not in settled] for one in self.takers}
        users = [
            Asking(taker, function, self.fixture(taker, function))
            for taker, refs in left.items()
            for function in dict.fromkeys(ref.function for ref in refs)
            if function is not None
        ]
        apps = [one for one in users if one.fixture is not None and _hands_out(one.taker, one.function)]
        missing = []
        for one in users:
            if one in apps:
                make_here(one.taker, one.function, self.factory)
                continue
            self._check(one)
            visible = _visible(one.taker, apps)
            if visible is None:
                missing.append(one)
            else:
                ask(one, visible)
        top = [(taker, _top(taker, refs)) for taker, refs in left.items()]
        return missing, [(taker, one) for taker, one in top if one.statements]

    # what there is

    def fixture(self, taker: Taker, function: Function) -> Fixture | None:
        """Return the fixture that a function is, or None."""
        return next((one for one in self.all if (one.path, one.line) == (taker.path, function.lineno)), None)

    def _check(self, one: Asking) -> None:
        """See to it that pytest calls a function, and nothing else does."""
        draft, function = one.taker.draft, one.function
        owner = draft.parents[function]
        plain = isinstance(owner, ast.Module) or (isinstance(owner, ast.ClassDef) and owner.name.startswith("Test"))
        if one.fixture is None and not (plain and function.name.startswith("test")):
            raise draft.unfit(function, f"uses the app in `{function.name}()`, which is neither test nor fixture")
        if any(map(one.is_named_by, ast.walk(draft.tree))):
            raise draft.unfit(function, f"calls `{function.name}()` itself")


def _visible(taker: Taker, apps: Sequence[Asking]) -> Fixture | None:
    """Return the app fixture that a module sees: its own, or that of the nearest conftest above."""
    seen = [one.fixture for one in apps if one.taker is taker]
    folder = posixpath.dirname(taker.path)
    while True:
        seen += [one.fixture for one in apps if one.taker.path == posixpath.join(folder, "conftest.py")]
        if not folder:
            return seen[0] if seen else None
        folder = posixpath.dirname(folder)


def _top(taker: Taker, refs: Sequence[Ref]) -> Overrides:
    """Return what a module sets on the config when it is imported, which is all that it may do with the app then."""
    draft = taker.draft
    statements = list(dict.fromkeys(draft.statement(one.node) for one in refs if one.function is None))
    entries = []
    for one in statements:
        given = settings(draft, one, taker.is_app) if one in draft.tree.body else None
        if given is None:
            raise draft.unfit(one, "uses the app while the module is imported")
        entries += given
    names = {each.id for one in statements for each in ast.walk(one) if isinstance(each, ast.Name)}
    return Overrides(tuple(statements), merged(iter(entries)), frozenset(names - taker.names))


def make_here(taker: Taker, function: Function, factory: str) -> None:
    """Let a function make the app for itself, under the name that it has for it."""
    draft = taker.draft
    refs = [one for one in taker.refs if one.function is function]
    name = _local_name(taker, function)
    found = overrides(draft, function.body, taker.is_app)
    first = next(one for one in function.body if any(taker.is_app(each) for each in ast.walk(one)))
    made = call(taker.maker(factory, function), found.entries, draft.indent(function.body[-1]))
    if found.statements:
        for one in found.statements[:-1]:
            draft.remove(one)
        draft.replace(found.statements[-1], f"{name} = {made}")
        taker.settled(*found.statements)
    elif isinstance(first, ast.Return) and first.value is refs[0].node and len(refs) == 1:
        draft.replace(refs[0].node, made)
        taker.settled(refs[0].node)
    else:
        draft.insert_above(first, f"{name} = {made}")
    for ref in refs:
        taker.rename(ref, name)


def _local_name(taker: Taker, function: Function) -> str:
    """Return what a function calls its own app: as before, or, where that was an attribute of a module, a free name."""
    text = next(ast.unparse(one.node) for one in taker.refs if one.function is function)
    if "." not in text:
        return text
    used = {one.id for one in ast.walk(function) if isinstance(one, ast.Name)} | bound(function)
    return next((one for one in NAMES if one not in used), "made_app")


def ask(one: Asking, fixture: Fixture) -> None:
    """Let a function take the app from a fixture.

    Raises:
        Unfit: it cannot.
    """
    draft, function = one.taker.draft, one.function
    if one.fixture is not None and SCOPES.index(one.fixture.scope) > SCOPES.index(fixture.scope):
        raise draft.unfit(function, f"lives longer than the app of the fixture `{fixture.name}`")
    if all(each.arg != fixture.name for each in arguments(function)):
        other = any(
            isinstance(each, ast.Name)
            and each.id == fixture.name
            and not one.taker.is_app(each)
            and not one.taker.is_app(draft.parents[each])
            for each in ast.walk(function)
        )
        if fixture.name in bound(function) or other:
            raise draft.unfit(function, f"has another use for the name `{fixture.name}`")
        add_argument(draft, function, fixture.name)
    for ref in one.taker.refs:
        if ref.function is function:
            one.taker.rename(ref, fixture.name)


def arguments(function: Function) -> list[ast.arg]:
    """Return the parameters of a function."""
    given = function.args
    return [*given.posonlyargs, *given.args, *given.kwonlyargs]


def add_argument(draft: Draft, function: Function, name: str) -> None:
    """Add a parameter behind those that have no default.

    Raises:
        Unfit: a decorator fills parameters by their position.
    """
    if any(
        isinstance(one, ast.Call) and ast.unparse(one.func).endswith("given") and one.args
        for one in function.decorator_list
    ):
        raise draft.unfit(function, "has parameters that are filled by their position")
    given = [*function.args.posonlyargs, *function.args.args]
    plain = given[: len(given) - len(function.args.defaults)]
    if plain:
        draft.insert(draft.span(plain[-1])[1], f", {name}")
        return
    start = draft.text.index("(", draft.text.index(function.name, draft.span(function)[0])) + 1
    draft.insert(start, name if not given and not _further(function) else f"{name}, ")


def _further(function: Function) -> bool:
    return bool(function.args.kwonlyargs or function.args.vararg or function.args.kwarg)


def fixtures_of(path: str, text: str) -> Iterator[Fixture]:
    """Yield the fixtures that a module defines at its top level or in its classes."""
    tree = parsed(text) if "fixture" in text else None
    for node in ast.walk(tree) if tree else ():
        marker = mark(node)
        if marker is None or not isinstance(node, Function):
            continue
        words = {one.arg: one.value for one in marker.keywords} if isinstance(marker, ast.Call) else {}
        name, scope = words.get("name"), words.get("scope")
        yield Fixture(
            path,
            str(name.value) if isinstance(name, ast.Constant) else node.name,
            node.lineno,
            str(scope.value) if isinstance(scope, ast.Constant) and scope.value in SCOPES else _unknown(scope),
        )


def _unknown(scope: ast.expr | None) -> str:
    return "function" if scope is None else "session"


def mark(node: ast.AST) -> ast.expr | None:
    """Return the decorator that makes a function a fixture, or None."""
    for one in node.decorator_list if isinstance(node, Function) else ():
        called = one.func if isinstance(one, ast.Call) else one
        if ast.unparse(called).rpartition(".")[2] in {"fixture", "yield_fixture"}:
            return one
    return None


def _hands_out(taker: Taker, function: Function) -> bool:
    """Whether a function returns or yields the app itself."""
    return any(
        isinstance(one, ast.Return | ast.Yield) and one.value is not None and taker.is_app(one.value)
        for one in ast.walk(function)
    )
