"""SQLAlchemy models: which classes are models, and their columns."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from keck.facts.expr import Call, Index, Ref, is_true, terminal, walk
from keck.facts.record import Class, Step
from keck.project.module import Module
from keck.project.objects import Objects
from keck.project.things import Site

_BASES = {
    "sqlalchemy.orm.DeclarativeBase",
    "sqlalchemy.orm.DeclarativeBaseNoMeta",
    "flask_sqlalchemy.model.Model",
}
_COLUMNS = {"Column", "mapped_column"}
_TYPES = re.compile(
    r"^(Integer|BigInteger|SmallInteger|INTEGER|BIGINT|String|Text|Unicode|Uuid|UUID|GUID|VARCHAR|CHAR)$"
)


@dataclass(frozen=True)
class Column:
    """A column: `type` is the class name of its SQLAlchemy type or annotation, empty when it cannot be told."""

    name: str
    type: str
    primary_key: bool
    call: Call

    @property
    def is_unique(self) -> bool:
        """Whether no two rows share a value, as far as the column itself says."""
        return self.primary_key or is_true(self.call.keyword("unique"))

    @property
    def is_integer(self) -> bool:
        """Whether it certainly holds integers."""
        return self.type.lower() in {"integer", "biginteger", "smallinteger", "bigint", "int"}


@dataclass(eq=False)
class Model:
    """A model: its class and the columns that it or its mixins declare."""

    symbol: str
    module: Module
    cls: Class
    columns: dict[str, Column]

    @property
    def primary_key(self) -> Column | None:
        """The only primary key column, or None."""
        keys = [one for one in self.columns.values() if one.primary_key]
        return keys[0] if len(keys) == 1 else None


class Models:
    """The models of a project."""

    def __init__(self, objects: Objects) -> None:
        self.objects = objects
        self.names = objects.names

    @cached_property
    def all(self) -> dict[str, Model]:
        """Every model by symbol."""
        found = {}
        for module in self.names.modules.values():
            for cls in module.facts.classes:
                symbol = f"{module.name}:{cls.name}"
                if cls.bases and self.is_model(symbol):
                    found[symbol] = Model(symbol, module, cls, self._columns(symbol))
        return found

    def is_model(self, symbol: str) -> bool:
        """Whether a class is a model: below ``db.Model`` or a declarative base with columns or a table."""
        lineage = self.objects.lineage(symbol)
        for base in lineage[1:]:
            holder, _, last = base.rpartition(".")
            if last == "Model" and ":" in holder:
                if any(isinstance(one, Site) and one.kind == "sqlalchemy" for one in self.objects.of_symbol(holder)):
                    return True
                if holder.rpartition(".")[2].rpartition(":")[2] in {"db", "database", "sqla"}:
                    return True
            if base in _BASES or self._is_made_base(base):
                return True
        return any(one.startswith(("?.db.Model", "?.Model")) for one in lineage[1:])

    def _is_made_base(self, symbol: str) -> bool:
        """Whether a symbol is a variable that holds ``declarative_base()``."""
        head, colon, name = symbol.partition(":")
        module = self.names.by_name.get(head)
        if not colon or module is None or name in module.classes:
            return False
        things = self.objects.of_symbol(symbol)
        return any(isinstance(one, Site) and one.cls.rpartition(".")[2] == "declarative_base" for one in things)

    def _columns(self, symbol: str) -> dict[str, Column]:
        found: dict[str, Column] = {}
        for base in self.objects.lineage(symbol):
            head, colon, name = base.partition(":")
            module = self.names.by_name.get(head)
            if not colon or module is None or name not in module.classes:
                continue
            for step in module.steps(name):
                column = _column(step)
                if column is not None:
                    found.setdefault(column.name, column)
        return found


def _column(step: Step) -> Column | None:
    if step.kind != "assign" or not isinstance(step.value, Call) or terminal(step.value.func) not in _COLUMNS:
        return None
    target = step.targets[0]
    if not isinstance(target, Ref):
        return None
    call = step.value
    kinds = [
        terminal(part)
        for one in (*call.args, *(word.value for word in call.keywords if word.name == "type_"))
        for part in walk(one)
        if isinstance(part, Ref | Call) and _TYPES.match(terminal(part))
    ]
    declared = kinds[0] if kinds else _annotated(step)
    return Column(target.name, declared, is_true(call.keyword("primary_key")), call)


def _annotated(step: Step) -> str:
    """Return ``int`` of ``Mapped[int]`` and of ``Mapped[int | None]``."""
    if not isinstance(step.annotation, Index) or terminal(step.annotation.value) != "Mapped":
        return ""
    names = [terminal(one) for one in walk(step.annotation.index) if isinstance(one, Ref)]
    named = [one for one in names if one not in {"Optional", "Union"}]
    return named[0] if len(named) == 1 else ""
