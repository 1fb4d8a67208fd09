"""A test module that takes the app object from the module that makes it: where, and who uses it there."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import NamedTuple

from keck.factory.draft import Draft
from keck.factory.entries import means
from keck.project.module import is_test

Function = ast.FunctionDef | ast.AsyncFunctionDef
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


class Taken(NamedTuple):
    """One import that gives the app.

    `name` is what the module calls it, dotted where it imports its module; `is_direct` whether it imports from the module
    that makes the app and not from another test module.
    """

    statement: ast.Import | ast.ImportFrom
    alias: ast.alias
    name: str
    function: Function | None
    is_direct: bool


class Ref(NamedTuple):
    """One use of the app: `function` is the outermost one around it, `owner` the class whose method that is."""

    node: ast.Name | ast.Attribute
    function: Function | None
    owner: ast.ClassDef | None


class Taker:
    """A test module with the app in it.

    Args:
        draft: the file.
        taken: its imports of the app.
    """

    def __init__(self, draft: Draft, taken: list[Taken]) -> None:
        self.draft = draft
        self.path = draft.path
        self.taken = taken
        self.names = frozenset(one.name for one in taken)
        self._is_dotted = any("." in one for one in self.names)
        self._renamed: dict[ast.Name | ast.Attribute, str] = {}
        self._making: set[Function | None] = set()

    def is_app(self, node: ast.AST) -> bool:
        """Whether an expression is the app."""
        return node in self._nodes

    @cached_property
    def refs(self) -> tuple[Ref, ...]:
        """Every use of the app, in the order of the text.

        Raises:
            Unfit: the name is bound anew, so that not every use of it can be told.
        """
        names = (one for one in ast.walk(self.draft.tree) if isinstance(one, ast.Name | ast.Attribute))
        found = [self._ref(node) for node in names if self._means_app(node)]
        return tuple(sorted(found, key=lambda one: (one.node.lineno, one.node.col_offset)))

    @cached_property
    def _nodes(self) -> frozenset[ast.AST]:
        return frozenset(one.node for one in self.refs)

    def _means_app(self, node: ast.Name | ast.Attribute) -> bool:
        if isinstance(node, ast.Attribute) and not self._is_dotted:
            return False
        text = node.id if isinstance(node, ast.Name) else ast.unparse(node)
        if text not in self.names:
            return False
        head = text.partition(".")[0]
        for one in self.draft.above(node):
            if isinstance(one, Function):
                if any(each.function is one and each.name == text for each in self.taken):
                    return True
                if head in bound(one):
                    return False
        top = [each for each in self.taken if each.function is None and each.name == text]
        if not top:
            return False
        if head in self.rebound:
            raise self.draft.unfit(node, f"binds `{head}` anew")
        return True

    @cached_property
    def rebound(self) -> frozenset[str]:
        """The names that the module binds at its top level by anything but an import."""
        return frozenset(_stored(self.draft.tree.body)) | frozenset(
            name for one in ast.walk(self.draft.tree) if isinstance(one, ast.Global) for name in one.names
        )

    def _ref(self, node: ast.Name | ast.Attribute) -> Ref:
        around = list(self.draft.above(node))
        functions = [one for one in around if isinstance(one, Function)]
        function = functions[-1] if functions else None
        if function is None:
            owners = [one for one in around if isinstance(one, ast.ClassDef)]
            return Ref(node, None, owners[-1] if owners else None)
        inner = around[: around.index(function)]
        if inner and inner[-1] not in function.body:
            raise self.draft.unfit(node, "uses the app before the function is called")
        owner = self.draft.parents[function]
        if not isinstance(owner, ast.ClassDef | ast.Module):
            raise self.draft.unfit(node, "uses the app in a function that is not always defined")
        if isinstance(owner, ast.ClassDef) and owner not in self.draft.tree.body:
            raise self.draft.unfit(node, "uses the app in a class within something else")
        return Ref(node, function, owner if isinstance(owner, ast.ClassDef) else None)

    # changes

    def rename(self, ref: Ref, name: str) -> None:
        """Use another name for the app in one place, unless that has been settled before."""
        self._renamed.setdefault(ref.node, name)

    def settled(self, *statements: ast.AST) -> None:
        """Take the uses of the app within some nodes for settled: the nodes go or are replaced as a whole."""
        for one in statements:
            for node in ast.walk(one):
                if isinstance(node, ast.Name | ast.Attribute) and self.is_app(node):
                    self._renamed[node] = ""

    def maker(self, factory: str, function: Function | None) -> str:
        """Return what calls the factory in a function, which is imported for it.

        Raises:
            Unfit: the module has the app from another test module.
        """
        known = [one for one in self.taken if one.function in {None, function}]
        own = [one for one in known if one.function is function] or known
        if not own or not own[0].is_direct:
            node = function or self.draft.tree
            raise self.draft.unfit(node, "needs an app of its own, and has that of another test module")
        self._making.add(own[0].function)
        head, dot, _ = own[0].name.rpartition(".")
        return f"{head}{dot}{factory}"

    def settle(self, factory: str) -> str:
        """Return the text with all changes: imports give the factory where it is used, and no app."""
        for node, name in self._renamed.items():
            if name and self.draft.source(node) != name:
                self.draft.replace(node, name)
        for one in self.taken:
            if "." not in one.name:
                self._import(one, factory if one.function in self._making else "")
                self._making.discard(one.function)
        return self.draft.done()

    def _import(self, one: Taken, factory: str) -> None:
        statement = one.statement
        if factory:
            self.draft.replace(one.alias, factory)
        elif len(statement.names) == 1:
            self.draft.remove(statement)
        else:
            at = statement.names.index(one.alias)
            start, end = self.draft.span(one.alias)
            if at + 1 < len(statement.names):
                end = self.draft.span(statement.names[at + 1])[0]
            else:
                start = self.draft.span(statement.names[at - 1])[1]
            self.draft.cut(start, end)


def takers(texts: Mapping[str, str], module: str, app: str) -> list[Taker]:
    """Return the test modules that use the app object of a module, sorted by path.

    Raises:
        Unfit: one of them cannot be read, or takes the app in a way that cannot be followed.
    """
    drafts = {}
    for path in sorted(texts):
        if path.endswith(".py") and is_test(path) and path != module and re.search(rf"\b{app}\b", texts[path]):
            drafts[path] = Draft(path, texts[path])
    known: dict[str, dict[str, list[Taken]]] = {}
    origins = [(module, app)]
    while origins:
        origin, name = origins.pop()
        for path, draft in drafts.items():
            for one in _taken(draft, origin, name, is_direct=origin == module):
                if one not in known.setdefault(path, {}).setdefault(one.name, []):
                    known[path][one.name].append(one)
                    if one.function is None and "." not in one.name and path != origin:
                        origins.append((path, one.name))
    found = [
        Taker(drafts[path], [one for each in names.values() for one in each]) for path, names in known.items() if names
    ]
    return sorted(found, key=lambda one: one.path)


def _taken(draft: Draft, origin: str, app: str, *, is_direct: bool) -> Iterator[Taken]:
    for node in ast.walk(draft.tree):
        if not isinstance(node, ast.Import | ast.ImportFrom):
            continue
        functions = [one for one in draft.above(node) if isinstance(one, Function)]
        function = functions[-1] if functions else None
        for alias in node.names:
            name = _gives(node, alias, draft.path, origin, app)
            if not name:
                continue
            if name == "*":
                if any(isinstance(one, ast.Name) and one.id == app for one in ast.walk(draft.tree)):
                    raise draft.unfit(node, "imports everything")
                continue
            if "." in name and name not in {
                ast.unparse(one) for one in ast.walk(draft.tree) if isinstance(one, ast.Attribute)
            }:
                continue
            yield Taken(node, alias, name, function, is_direct)


def _gives(node: ast.Import | ast.ImportFrom, alias: ast.alias, path: str, origin: str, app: str) -> str:
    """Return what an imported name calls the app, or an empty text."""
    own = alias.asname or alias.name
    if isinstance(node, ast.Import):
        return f"{own}.{app}" if means(alias.name, 0, path, origin) else ""
    if alias.name in {app, "*"} and means(node.module or "", node.level, path, origin):
        return own
    dotted = ".".join(filter(None, (node.module, alias.name)))
    return f"{own}.{app}" if means(dotted, node.level, path, origin) else ""


def bound(function: Function) -> frozenset[str]:
    """Return the names that a function binds for itself."""
    arguments = function.args
    every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg]
    return frozenset({one.arg for one in every if one is not None} | set(_stored(function.body)))


def _stored(body: list[ast.stmt]) -> Iterator[str]:
    """Yield what statements bind by assignment or definition, functions and classes in them apart."""
    stack: list[ast.AST] = list(body)
    while stack:
        one = stack.pop()
        if isinstance(one, _DEFINITIONS):
            yield one.name
            stack.extend(one.decorator_list)
            continue
        if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store | ast.Del):
            yield one.id
        if not isinstance(one, ast.Lambda):
            stack.extend(ast.iter_child_nodes(one))
