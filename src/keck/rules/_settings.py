"""Edits of settings: of the key, the value or the whole of one that the project writes."""

from __future__ import annotations

from collections.abc import Iterator

from keck.edit import Edit, Keyword, Remove, Replace
from keck.facts.expr import Call, Const, Expr, Index, Ref, Table, extent, walk
from keck.facts.record import Step
from keck.finding import Place
from keck.project import Project
from keck.project.config import Setting
from keck.project.module import Module


def statement(setting: Setting) -> Step | None:
    """Return the statement that assigns a setting and nothing else; None where it is part of another one."""
    for step in setting.module.steps(setting.scope):
        if step.kind == "assign" and step.value is setting.expr and len(step.targets) == 1:
            return step
    return None


def renamed(setting: Setting, key: str) -> Edit | None:
    """Return how a setting is written under another key, or None where its key is not spelt out."""
    place = setting.module.place
    step = statement(setting)
    if step is not None:
        (target,) = step.targets
        if isinstance(target, Index) and isinstance(target.index, Const):
            return Replace(place(target.index), f'"{key}"')
        if isinstance(target, Ref) and target.name.rpartition(".")[2] == setting.key:
            return Replace(place(target), target.name.removesuffix(setting.key) + key)
        return None
    for part in _around(setting):
        if isinstance(part, Table):
            for name, value in part.pairs:
                if value is setting.expr and isinstance(name, Const):
                    return Replace(place(name), f'"{key}"')
        elif isinstance(part, Call) and any(
            one.name == setting.key and one.value is setting.expr for one in part.keywords
        ):
            return Keyword(place(part), setting.key, rename=key)
    return None


def removed(setting: Setting) -> Edit | None:
    """Return how a setting is taken out, or None where it is not written by itself."""
    place = setting.module.place
    step = statement(setting)
    if step is not None:
        return Remove(place(step))
    for part in _around(setting):
        if (
            isinstance(part, Table)
            and any(value is setting.expr for _, value in part.pairs)
            and setting.expr is not None
        ):
            return Remove(place(setting.expr))
        if isinstance(part, Call) and any(
            one.name == setting.key and one.value is setting.expr for one in part.keywords
        ):
            return Keyword(place(part), setting.key)
    return None


def is_set_beside(project: Project, setting: Setting, key: str) -> bool:
    """Whether another key is set where a setting is: in the same class or module of settings, or the same function."""
    return any(
        (one.holder and one.holder == setting.holder) or (one.module, one.scope) == (setting.module, setting.scope)
        for one in project.config.settings.get(key, ())
    )


def expression_at(module: Module, place: Place) -> Expr | None:
    """Return the expression that stands at a place, or None."""
    for scope in module.scopes:
        for one in module.expressions(scope):
            for part in walk(one):
                if module.place(part) == place:
                    return part
    return None


def stands_in(inner: Place, outer: Place) -> bool:
    """Whether a place lies in another one."""
    return (
        inner.path == outer.path
        and (outer.line, outer.column) <= (inner.line, inner.column)
        and (inner.end_line, inner.end_column) <= (outer.end_line, outer.end_column)
    )


def _around(setting: Setting) -> Iterator[Expr]:
    """Yield the expressions in which the value of a setting stands."""
    for one in setting.module.expressions(setting.scope):
        if setting.expr is not None and one.line <= setting.expr.line <= one.end_line:
            for part in walk(one):
                if extent(part) != extent(setting.expr):
                    yield part
