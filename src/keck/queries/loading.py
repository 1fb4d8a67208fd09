"""What models load at once, with the statement that asks for them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property

from keck.facts.expr import Call, Const, Expr, Ref, is_false, terminal, text_of, walk
from keck.project import Project
from keck.project.models import Model
from keck.project.module import Module

_LISTS = {"List", "list", "Set", "set", "Sequence", "DynamicMapped", "WriteOnlyMapped"}


class Loading:
    """The relationships of a project that are loaded by a join."""

    def __init__(self, project: Project) -> None:
        self.project = project

    def collections(self, symbol: str) -> bool:
        """Whether a query for a model may load collections with the same statement, by a join."""
        if self._eager_everywhere:
            return True
        family = set(self.project.objects.lineage(symbol))
        for other in self.project.models:
            if symbol in self.project.objects.lineage(other):
                family.add(other)
        pending, seen = list(family), set(family)
        while pending:
            for target, many in self._eager.get(pending.pop(), ()):
                if many or not target:
                    return True
                if target not in seen:
                    seen.add(target)
                    pending.append(target)
        return False

    @cached_property
    def _eager_everywhere(self) -> bool:
        return any(not owner for owner, _, _ in self._relationships)

    @cached_property
    def _eager(self) -> dict[str, list[tuple[str, bool]]]:
        found: dict[str, list[tuple[str, bool]]] = {}
        for owner, target, many in self._relationships:
            found.setdefault(owner, []).append((target, many))
        return found

    @cached_property
    def _relationships(self) -> list[tuple[str, str, bool]]:
        """The relationships that are loaded by a join: whose, to what, and whether that may be several rows."""
        return [
            one
            for name in ("relationship", "backref", "relation")
            for module, scope, call in self.project.objects.calls_by_name.get(name, [])
            if not module.is_test and _is_joined(call.keyword("lazy"))
            for one in self._relationship(name, module, scope, call)
        ]

    def _relationship(self, name: str, module: Module, scope: str, call: Call) -> Iterator[tuple[str, str, bool]]:
        if name == "backref":
            outer = next(
                (
                    each
                    for each in module.calls(scope)
                    if terminal(each.func) in {"relationship", "relation"} and any(part is call for part in walk(each))
                ),
                None,
            )
            owner = self.target(module, scope, outer.argument(0, "argument")) if outer is not None else ""
            yield owner, f"{module.name}:{scope}", not is_false(call.keyword("uselist"))
            return
        owner = f"{module.name}:{scope}" if scope in module.classes else ""
        target = self.target(module, scope, call.argument(0, "argument"))
        yield owner, target, not self._is_scalar(module, scope, call, owner, target)

    def target(self, module: Module, scope: str, expr: Expr | None) -> str:
        """Return the model that a relationship leads to, or an empty text."""
        named = text_of(expr)
        if named is None:
            symbol = self.project.resolve(module, scope, expr) if expr is not None else ""
            return symbol if symbol in self.project.models else ""
        last = named.rpartition(".")[2]
        found = [one for one in self.project.models if one.rpartition(":")[2].rpartition(".")[2] == last]
        return found[0] if len(found) == 1 else ""

    def _is_scalar(self, module: Module, scope: str, call: Call, owner: str, target: str) -> bool:
        if is_false(call.keyword("uselist")):
            return True
        for step in module.steps(scope):
            if step.value is call and step.annotation is not None:
                return not any(isinstance(one, Ref) and one.name in _LISTS for one in walk(step.annotation))
        return self.is_many_to_one(owner, target) and call.keyword("secondary") is None

    def is_many_to_one(self, owner: str, target: str) -> bool:
        """Whether rows of a model certainly belong to one row of another one each."""
        mine, other = self.project.models.get(owner), self.project.models.get(target)
        if mine is None or other is None or owner == target:
            return False
        table, own = self.table(other), self.table(mine)
        return bool(table) and bool(own) and table in _keys(mine) and own not in _keys(other)

    def table(self, model: Model) -> str:
        """Return the name of a model's table, as far as it says so itself or Flask-SQLAlchemy does."""
        for step in model.module.steps(model.cls.name):
            if any(isinstance(one, Ref) and one.name == "__tablename__" for one in step.targets):
                return text_of(step.value) or ""
        return _snake(model.cls.name.rpartition(".")[2])


def _snake(name: str) -> str:
    name = re.sub(r"((?<=[a-z0-9])[A-Z]|(?!^)[A-Z](?=[a-z]))", r"_\1", name)
    return name.lower().lstrip("_")


def _keys(model: Model) -> set[str]:
    """Return the tables that a model's foreign keys point to."""
    found = set()
    for column in model.columns.values():
        for one in walk(column.call):
            if isinstance(one, Call) and terminal(one.func) == "ForeignKey" and one.args:
                named = text_of(one.args[0])
                found.add(named.rpartition(".")[0].rpartition(".")[2] if named else "")
    return found


def _is_joined(lazy: Expr | None) -> bool:
    if lazy is None:
        return False
    return not isinstance(lazy, Const) or lazy.value in {"joined", False}
