"""Whether code reads the database."""

from __future__ import annotations

from keck.facts.expr import terminal
from keck.project.module import Module
from keck.project.reach import Reach
from keck.project.things import Site

_DATABASE = {"execute", "scalars", "scalar", "fetchall", "fetchone", "fetchmany", "scalar_one", "scalar_one_or_none"}


def reads_database(reach: Reach, module: Module, scope: str, models: frozenset[str]) -> bool:
    """Whether a function reads the database, itself or in what it calls; `models` are the models' symbols."""
    for where, inner, _ in reach.closure(module, scope):
        for symbol in reach.reads(where, inner):
            if any(symbol == one or symbol.startswith(one + ".") for one in models):
                return True
            holder, _, last = symbol.rpartition(".")
            while ":" in holder and last:
                things = reach.objects.of_symbol(holder)
                if any(isinstance(one, Site) and one.kind == "sqlalchemy" for one in things):
                    return True
                holder, _, last = holder.rpartition(".")
        if any(terminal(call.func) in _DATABASE for each in where.inside(inner) for call in where.calls(each)):
            return True
    return False
