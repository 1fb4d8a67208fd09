"""Whether a query may ask more tables than those that it names first, so that its rows repeat."""

from __future__ import annotations

from collections.abc import Iterable

from keck.facts.expr import Attr, Call, Const, Expr, Lambda, Op, Other, Ref, Star, Text, children, terminal
from keck.project.module import Module
from keck.project.things import Named
from keck.queries.selection import Selections

_APART = {"any", "has", "in_", "notin_", "not_in", "exists"}
"""Methods whose arguments stand in a SELECT of their own, or are values."""
_SAFE = {
    "selectinload",
    "subqueryload",
    "lazyload",
    "load_only",
    "defer",
    "undefer",
    "raiseload",
    "noload",
    "immediateload",
    "undefer_group",
}


class Reach:
    """Tells which tables expressions touch."""

    def __init__(self, selections: Selections) -> None:
        self.selections = selections
        self.project = selections.project

    def is_within(self, module: Module, scope: str, exprs: Iterable[Expr], models: frozenset[str]) -> bool:
        """Whether criteria certainly name no table but those of some models."""
        return all(self._criterion(module, scope, one, models) for one in exprs)

    def _criterion(self, module: Module, scope: str, expr: Expr, models: frozenset[str]) -> bool:
        """Judge what stands where SQL is expected."""
        match expr:
            case Star() | Lambda() | Text() | Other():
                return False
            case Const():
                return True
            case Ref(name=name):
                head, dot, _ = name.rpartition(".")
                return bool(dot) and self._is_own(module, scope, head, models)
            case Op(kind="and" | "or" | "not" | "&" | "|" | "~", parts=parts):
                return all(self._criterion(module, scope, one, models) for one in parts)
            case Call(func=func) if terminal(func) in {"any", "has"}:
                return self._value(module, scope, func, models)
            case Call(func=Ref() as func, args=args) if self._is_function(module, scope, func):
                return all(self._criterion(module, scope, one, models) for one in args)
            case Call(func=Attr(value=value)):
                return self._criterion(module, scope, value, models) and self._values(module, scope, expr, models)
            case Call(func=Ref(name=name)):
                head = name.rpartition(".")[0]
                owner = head.rpartition(".")[0]
                own = self._is_own(module, scope, owner, models) or self._is_own(module, scope, head, models)
                if name.endswith(".contains") and not self._is_column(module, scope, head):
                    return False  # of many to many it brings the table between into the statement
                return bool(head) and own and self._values(module, scope, expr, models)
        return self._values(module, scope, expr, models)

    def _values(self, module: Module, scope: str, expr: Expr, models: frozenset[str]) -> bool:
        if isinstance(expr, Call):
            if terminal(expr.func) in _APART:
                return True
            parts = (*expr.args, *(one.value for one in expr.keywords))
            return all(self._value(module, scope, one, models) for one in parts)
        return all(self._value(module, scope, one, models) for one in children(expr))

    def _value(self, module: Module, scope: str, expr: Expr, models: frozenset[str]) -> bool:
        """Judge what may be a value of Python: only what is known to be of another table counts."""
        if isinstance(expr, Ref):
            return not self._is_foreign(module, scope, expr.name, models)
        if isinstance(expr, Call) and terminal(expr.func) in _APART:
            return not isinstance(expr.func, Ref) or not self._is_foreign(module, scope, expr.func.name, models)
        return all(self._value(module, scope, one, models) for one in children(expr))

    def _is_function(self, module: Module, scope: str, func: Ref) -> bool:
        """Whether what is called makes SQL of its arguments: ``func.lower(...)``, ``or_(...)``, ``desc(...)``."""
        head, _, last = func.name.rpartition(".")
        if head == "func" or head.endswith(".func"):
            return True
        known = {"and_", "or_", "not_", "desc", "asc", "func", "cast", "nullslast", "nullsfirst", "collate", "distinct"}
        return last in known and not self._is_project_function(module, scope, func)

    def _is_project_function(self, module: Module, scope: str, func: Ref) -> bool:
        return any(
            isinstance(one, Named) and one.kind == "function" for one in self.project.things(module, scope, func)
        )

    def _is_own(self, module: Module, scope: str, head: str, models: frozenset[str]) -> bool:
        """Whether a name is one of the models, or a class below or above one."""
        if not head:
            return False
        symbol = self.selections.model(module, scope, Ref(0, 0, 0, 0, head))
        return bool(symbol) and self._is_among(symbol, models)

    def _is_column(self, module: Module, scope: str, name: str) -> bool:
        holder, _, last = name.rpartition(".")
        model = self.project.models.get(self.selections.model(module, scope, Ref(0, 0, 0, 0, holder)))
        return model is not None and last in model.columns

    def _is_among(self, symbol: str, models: frozenset[str]) -> bool:
        lineage = self.project.objects.lineage
        return any(symbol == one or symbol in lineage(one) for one in models)

    def _is_foreign(self, module: Module, scope: str, name: str, models: frozenset[str]) -> bool:
        """Whether a name is certainly or possibly part of another table."""
        if ".c." in name:
            return True
        parts = name.split(".")
        for count in range(1, len(parts) + 1):
            head = ".".join(parts[:count])
            symbol = self.selections.model(module, scope, Ref(0, 0, 0, 0, head))
            if symbol:
                return not self._is_among(symbol, models)
        symbol = self.project.resolve(module, scope, parts[0])
        things = self.project.objects.of_symbol(symbol)
        if any(isinstance(one, Named) and one.kind == "class" for one in things) and len(parts) > 1:
            return False
        return any(
            isinstance(value, Call) and terminal(value.func) in {"aliased", "alias", "subquery", "cte", "Table"}
            for _, _, value in self.project.objects.written(symbol)
        )


def loads_by_join(call: Call) -> bool:
    """Whether ``options(...)`` may load something by a join."""
    stack: list[Expr] = list(call.args)
    if call.open_ended:
        return True
    while stack:
        one = stack.pop()
        if not isinstance(one, Call):
            return True
        if terminal(one.func) not in _SAFE:
            return True
        if isinstance(one.func, Attr):
            stack.append(one.func.value)
    return False
