"""The names that a module's statements use and bind, each with the moment at which it is used."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import libcst as cst

Function = cst.FunctionDef | cst.Lambda
_COMPREHENSIONS = (cst.ListComp, cst.SetComp, cst.DictComp, cst.GeneratorExp)


@dataclass(eq=False, frozen=True)
class Use:
    """A name or dotted chain of attributes on a name, which no function has for itself.

    Attributes:
        node: the whole chain.
        dotted: its text.
        scope: the qualified name of the function or class in which it stands, empty at module level.
        functions: those in whose bodies it stands, outermost first; none: it is used while the module is imported.
        stored: whether it is a name that is assigned.
        imported: whether the innermost function that knows the name imports it.
    """

    node: cst.Name | cst.Attribute
    dotted: str
    scope: str
    functions: tuple[Function, ...]
    stored: bool
    imported: bool

    @property
    def head(self) -> str:
        """The name with which the chain begins."""
        return self.dotted.partition(".")[0]

    @property
    def is_deferred(self) -> bool:
        """Whether it is used when a function is called, not while the module is imported."""
        return bool(self.functions)

    def prefix(self, length: int) -> cst.Name | cst.Attribute:
        """Return the node of the first parts of the chain."""
        node: Any = self.node
        for _ in range(self.dotted.count(".") + 1 - length):
            node = node.value
        found: cst.Name | cst.Attribute = node
        return found


@dataclass
class _Scope:
    kind: str
    names: dict[str, bool] = field(default_factory=dict)
    """By name, whether an import binds it."""


class Reader:
    """Reads the uses of one statement at module level.

    Attributes:
        uses: in the order of the text.
        parents: the node around each node.
    """

    def __init__(self) -> None:
        self.uses: list[Use] = []
        self.parents: dict[cst.CSTNode, cst.CSTNode] = {}
        self._scopes: list[_Scope] = []
        self._functions: list[Function] = []
        self._qualified: list[str] = []

    def read(self, node: cst.CSTNode) -> None:
        """Read a node and all below it."""
        if isinstance(node, cst.FunctionDef):
            self._function(node)
        elif isinstance(node, cst.ClassDef):
            self._class(node)
        elif isinstance(node, cst.Lambda):
            self._lambda(node)
        elif isinstance(node, _COMPREHENSIONS):
            self._within(_Scope("comprehension", dict.fromkeys(_comprehended(node), False)), node.children, node)
        elif isinstance(node, cst.Name | cst.Attribute):
            self._name(node)
        elif isinstance(node, cst.Arg):
            self._all([node.value], node)
        elif not isinstance(node, cst.Import | cst.ImportFrom | cst.Global | cst.Nonlocal):
            self._all(node.children, node)

    def _all(self, nodes: Iterable[cst.CSTNode], parent: cst.CSTNode) -> None:
        for one in nodes:
            self.parents[one] = parent
            self.read(one)

    def _within(self, scope: _Scope, nodes: Iterable[cst.CSTNode], parent: cst.CSTNode) -> None:
        self._scopes.append(scope)
        self._all(nodes, parent)
        self._scopes.pop()

    def _function(self, node: cst.FunctionDef) -> None:
        self._all(node.decorators, node)
        self._params(node.params, node)
        if node.returns is not None:
            self._all([node.returns], node)
        self.parents[node.body] = node
        names = dict.fromkeys(_params(node.params), False) | bound(node.body, local=True)
        self._functions.append(node)
        self._qualified.append(node.name.value)
        self._within(_Scope("function", names), node.body.children, node.body)
        self._qualified.pop()
        self._functions.pop()

    def _params(self, params: cst.Parameters, node: cst.CSTNode) -> None:
        for one in _every(params):
            self.parents[one] = node
            self._all([each for each in (one.default, one.annotation) if each is not None], one)

    def _lambda(self, node: cst.Lambda) -> None:
        self._params(node.params, node)
        self._functions.append(node)
        self._within(_Scope("function", dict.fromkeys(_params(node.params), False)), [node.body], node)
        self._functions.pop()

    def _class(self, node: cst.ClassDef) -> None:
        self._all([*node.decorators, *node.bases, *node.keywords], node)
        self.parents[node.body] = node
        self._qualified.append(node.name.value)
        self._within(_Scope("class", bound(node.body)), node.body.children, node.body)
        self._qualified.pop()

    def _name(self, node: Any) -> None:  # noqa: ANN401 - a name or an attribute
        dotted, innermost = _chain(node)
        if innermost is None:
            self._all([node.value], node)
            return
        one: cst.CSTNode = node
        while isinstance(one, cst.Attribute):
            self.parents[one.value] = one
            one = one.value
        own = self._own(innermost.value)
        if own is False:
            return
        parent = self.parents.get(node)
        stored = isinstance(parent, cst.AssignTarget | cst.NamedExpr | cst.AugAssign | cst.AnnAssign) and (
            parent.target is node
        )
        scope = ".".join(self._qualified)
        self.uses.append(
            Use(node, dotted, scope, tuple(self._functions), stored and isinstance(node, cst.Name), bool(own))
        )

    def _own(self, name: str) -> bool | None:
        """Return whether a function's own name is imported there; None where no function or class has it."""
        inner = True
        for scope in reversed(self._scopes):
            if (inner or scope.kind != "class") and name in scope.names:
                return scope.names[name]
            if scope.kind != "comprehension":
                inner = False
        return None


def _chain(node: cst.BaseExpression) -> tuple[str, cst.Name | None]:
    parts = []
    while isinstance(node, cst.Attribute):
        parts.append(node.attr.value)
        node = node.value
    if not isinstance(node, cst.Name):
        return "", None
    return ".".join([node.value, *reversed(parts)]), node


def dotted(node: cst.CSTNode) -> str:
    """Return the text of a name or of a chain of attributes on a name, else an empty text."""
    return _chain(node)[0] if isinstance(node, cst.Name | cst.Attribute) else ""


def _every(params: cst.Parameters) -> Iterator[cst.Param]:
    yield from (*params.posonly_params, *params.params, *params.kwonly_params)
    for one in (params.star_arg, params.star_kwarg):
        if isinstance(one, cst.Param):
            yield one


def _params(params: cst.Parameters) -> Iterator[str]:
    return (one.name.value for one in _every(params))


def _comprehended(node: cst.CSTNode) -> Iterator[str]:
    found: list[cst.CompFor] = []
    inner = getattr(node, "for_in", None)
    while inner is not None:
        found.append(inner)
        inner = inner.inner_for_in
    for one in found:
        yield from targets(one.target)


def targets(node: cst.CSTNode) -> Iterator[str]:
    """Yield the plain names that a target of an assignment binds."""
    if isinstance(node, cst.Name):
        yield node.value
    elif isinstance(node, cst.Tuple | cst.List):
        for one in node.elements:
            yield from targets(one.value)


def bound(node: cst.CSTNode, *, local: bool = False) -> dict[str, bool]:
    """Return the names that the statements below a node bind in its scope, by whether an import binds them.

    Args:
        node: the node.
        local: whether the scope is a function's, which has a name for itself when it only tells its type.
    """
    found: dict[str, bool] = {}
    outer: set[str] = set()
    _bind(node, found, outer)
    if local:
        found |= dict.fromkeys(_declared(node), False)
    return {name: imported for name, imported in found.items() if name not in outer}


def _declared(node: cst.CSTNode) -> Iterator[str]:
    if isinstance(node, cst.AnnAssign):
        yield from targets(node.target)
    elif not isinstance(node, cst.FunctionDef | cst.ClassDef | cst.Lambda):
        for child in node.children:
            yield from _declared(child)


def _bind(node: cst.CSTNode, found: dict[str, bool], outer: set[str]) -> None:
    kept: Sequence[cst.CSTNode] = ()
    if isinstance(node, cst.FunctionDef | cst.ClassDef):
        found[node.name.value] = False
        return
    if isinstance(node, cst.Lambda):
        return
    if isinstance(node, cst.Import | cst.ImportFrom):
        if not isinstance(node.names, cst.ImportStar):
            for alias in node.names:
                found.setdefault(bound_by(alias), True)
        return
    if isinstance(node, cst.Global | cst.Nonlocal):
        outer |= {one.name.value for one in node.names}
        return
    if isinstance(node, cst.AssignTarget | cst.For | cst.NamedExpr | cst.AugAssign):
        kept = [node.target]
    elif isinstance(node, cst.AnnAssign):
        kept = [node.target] if node.value is not None else []
    elif isinstance(node, cst.AsName):
        kept = [node.name]
    elif isinstance(node, cst.MatchAs | cst.MatchStar):
        kept = [node.name] if node.name is not None else []
    elif isinstance(node, cst.MatchMapping):
        kept = [node.rest] if node.rest is not None else []
    elif isinstance(node, cst.Del):
        kept = [node.target]
    for one in kept:
        for name in targets(one):
            found[name] = False
    for child in node.children:
        _bind(child, found, outer)


def bound_by(alias: cst.ImportAlias) -> str:
    """Return the name that one name of an import statement binds."""
    if alias.asname is not None:
        return dotted(alias.asname.name)
    return dotted(alias.name).partition(".")[0]
