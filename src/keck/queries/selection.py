"""What a query asks for: whole models, or columns and what is computed of them."""

from __future__ import annotations

from dataclasses import dataclass

from keck.facts.expr import Attr, Call, Const, Expr, Op, Ref, before, ref_at, terminal, text_of, walk
from keck.project import Project
from keck.project.module import Module, Where
from keck.project.things import Named
from keck.queries.left import Left

_AGGREGATES = {"count", "sum", "min", "max", "avg"}
_BUILDERS = {"cast", "case", "literal", "literal_column", "extract", "distinct", "null", "type_coerce", "coalesce"}
_OF_COLUMNS = {
    "label",
    "desc",
    "asc",
    "distinct",
    "cast",
    "op",
    "is_",
    "isnot",
    "is_not",
    "in_",
    "like",
    "ilike",
    "between",
    "over",
    "filter",
    "concat",
    "as_string",
    "as_integer",
    "astext",
    "collate",
    "nullslast",
    "nullsfirst",
}


@dataclass(frozen=True)
class Asked:
    """One thing that a query asks for.

    Attributes:
        kind: ``entity``, ``column``, ``aggregate``, ``function`` (whatever else is computed) or ``exists``.
        models: the symbols of the models that it names; an alias is its own.
        name: how its first model is spelt; of an entity that is the entity itself.
    """

    kind: str
    models: frozenset[str] = frozenset()
    name: str = ""


@dataclass(frozen=True)
class Selection:
    """All that a query asks for."""

    asked: tuple[Asked, ...]

    @property
    def is_single(self) -> bool:
        """Whether its results are models and not rows."""
        return len(self.asked) == 1 and self.asked[0].kind == "entity"

    @property
    def has_entity(self) -> bool:
        """Whether `Query` leaves out repeated results."""
        return any(one.kind == "entity" for one in self.asked)

    @property
    def models(self) -> frozenset[str]:
        """Every model in it."""
        return frozenset().union(*(one.models for one in self.asked))

    @property
    def entities(self) -> frozenset[str]:
        """The models that are asked for whole."""
        return frozenset().union(*(one.models for one in self.asked if one.kind == "entity"))

    @property
    def is_one_row(self) -> bool:
        """Whether there is one row whatever the tables hold, if nothing is grouped."""
        return all(one.kind == "aggregate" for one in self.asked) or (
            len(self.asked) == 1 and self.asked[0].kind == "exists"
        )


class Selections:
    """Tells what queries ask for."""

    def __init__(self, project: Project) -> None:
        self.project = project

    def of(self, module: Module, scope: str, call: Call) -> Selection:
        """Return what ``query(...)`` or ``with_entities(...)`` is given.

        Raises:
            Left: some of it is not known.
        """
        if call.open_ended or call.keywords or not call.args:
            raise Left("what is asked for is not known")
        return Selection(tuple(self._asked(module, scope, one) for one in call.args))

    def model(self, module: Module, scope: str, expr: Expr) -> str:
        """Return the symbol of the model, or of the alias of one, that an expression is; empty for all else."""
        if not isinstance(expr, Ref):
            return ""
        if expr.name in {"cls", "self.__class__"}:
            around = module.functions.get(scope)
            symbol = f"{module.name}:{around.owner}" if around is not None and around.owner else ""
            return symbol if self.family(symbol) else ""
        if expr.name.partition(".")[0] == "self":
            return ""
        symbol = self.project.resolve(module, scope, expr)
        if symbol in self.project.models:
            return symbol
        for where in self.project.objects.written(symbol):
            value = where[2]
            if isinstance(value, Call) and terminal(value.func) == "aliased" and not _speaks_of(value, expr):
                return symbol if value.args and self.model(where[0], where[1], value.args[0]) else ""
        return ""

    def leads_to(self, module: Module, scope: str, ref: Ref) -> str:
        """Return the model that a relationship leads to, or an empty text."""
        head, _, last = ref.name.rpartition(".")
        found = self._relationship(self.model(module, scope, ref_at(ref, head)), last)
        return self.named(*found) if found is not None else ""

    def _relationship(self, symbol: str, name: str) -> Where | None:
        """Return the first argument of a model's relationship; None where that attribute is none."""
        for base in self.project.objects.lineage(symbol):
            for module, scope, value in self.project.objects.written(f"{base}.{name}"):
                if isinstance(value, Call) and terminal(value.func) in {"relationship", "relation"}:
                    return module, scope, value.argument(0, "argument") or value
        return None

    def named(self, module: Module, scope: str, expr: Expr) -> str:
        """Return the model that the first argument of a relationship names, or an empty text."""
        text = text_of(expr)
        if text is None:
            return self.model(module, scope, expr)
        last = text.rpartition(".")[2]
        found = [one for one in self.project.models if one.rpartition(":")[2].rpartition(".")[2] == last]
        return found[0] if len(found) == 1 else ""

    def has_attribute(self, symbol: str, name: str) -> bool:
        """Whether a model certainly has an attribute: its class, or one that it is derived from, defines it."""
        for base in self.project.objects.lineage(symbol):
            head, colon, cls = base.partition(":")
            module = self.project.names.by_name.get(head)
            if colon and module is not None and name in self.project.names.scope(module, cls):
                return True
        return False

    def family(self, symbol: str) -> list[str]:
        """Return the models that a class is or is a base of."""
        lineage = self.project.objects.lineage
        return [one for one in self.project.models if symbol in lineage(one)] if symbol else []

    def _asked(self, module: Module, scope: str, expr: Expr) -> Asked:
        symbol = self.model(module, scope, expr)
        if symbol:
            return Asked("entity", frozenset({symbol}), expr.name if isinstance(expr, Ref) else "")
        match expr:
            case Ref(name=name) if "." in name:
                return self._column(module, scope, expr)
            case Ref():
                return self._variable(module, scope, expr)
            case Call(func=func):
                return self._computed(module, scope, expr, func)
            case Op(parts=parts, kind=kind) if kind not in {"or", "and", "not", "if"}:
                asked = [self._asked(module, scope, one) for one in parts if not isinstance(one, Const)]
                if asked and all(one.kind != "entity" for one in asked):
                    return Asked("function", frozenset().union(*(one.models for one in asked)))
        raise Left("what is asked for is not known")

    def _variable(self, module: Module, scope: str, ref: Ref) -> Asked:
        """Return what a variable holds that was given its value once: ``number = func.count(Post.id).label("number")``."""
        written = list(self.project.objects.written(self.project.resolve(module, scope, ref)))
        value = written[0][2] if len(written) == 1 else None
        if isinstance(value, Call) and not _speaks_of(value, ref):
            if any(isinstance(one, Ref | Attr) and terminal(one) in {"query", "select"} for one in walk(value)):
                if terminal(value.func) in {"label", "scalar_subquery", "as_scalar"}:
                    return Asked("function")
            else:
                return self._asked(*written[0])
        raise Left("what is asked for is not known")

    def _column(self, module: Module, scope: str, ref: Ref) -> Asked:
        head, _, last = ref.name.rpartition(".")
        symbol = self.model(module, scope, ref_at(ref, head))
        if symbol:
            if self._relationship(symbol, last) is not None:
                raise Left("what is asked for is not known")
            return Asked("column", frozenset({symbol}), head)
        if ".c." in ref.name:
            return Asked("function", frozenset({head}))
        raise Left("what is asked for is not known")

    def _computed(self, module: Module, scope: str, call: Call, func: Expr) -> Asked:
        last = terminal(func)
        if isinstance(func, Ref):
            head = func.name.rpartition(".")[0]
            if head == "func" or head.endswith(".func"):
                return self._inner(module, scope, call, "aggregate" if last in _AGGREGATES else "function")
            if last in _BUILDERS and not self._is_own(module, scope, func):
                return self._inner(module, scope, call, "function")
        if last == "exists":
            return Asked("exists")
        if last in _OF_COLUMNS:
            holder = before(func)
            asked = self._asked(module, scope, holder) if holder is not None else Asked("entity")
            if asked.kind != "entity":
                return asked if last == "label" else Asked("function", asked.models)
        raise Left("what is asked for is not known")

    def _inner(self, module: Module, scope: str, call: Call, kind: str) -> Asked:
        """Return what is computed of a call's arguments."""
        found: set[str] = set()
        names = []
        for one in call.args:
            try:
                asked = self._asked(module, scope, one)
            except Left:
                continue
            found |= asked.models
            names.append(asked.name)
        return Asked(kind, frozenset(found), names[0] if len(call.args) == len(names) == 1 else "")

    def _is_own(self, module: Module, scope: str, func: Ref) -> bool:
        """Whether a function is one of the project."""
        things = self.project.things(module, scope, func)
        return any(isinstance(one, Named) and one.kind == "function" for one in things)


def _speaks_of(value: Expr, ref: Ref) -> bool:
    """Whether a name occurs in the value that it is given."""
    head = ref.name.partition(".")[0]
    return any(isinstance(one, Ref) and one.name.partition(".")[0] == head for one in walk(value))
