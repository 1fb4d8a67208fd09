"""A use of something that a library no longer offers, and when that matters to a project."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from keck.edit import Edit, Fix
from keck.facts.expr import Expr, Span, terminal
from keck.facts.record import Block
from keck.finding import Level, Place
from keck.known.apis import Gone
from keck.project import Project
from keck.project.module import Module
from keck.project.tries import caught, handlers_of

TITLES = {
    "flask": "Flask",
    "flask-jwt-extended": "Flask-JWT-Extended",
    "flask-limiter": "Flask-Limiter",
    "flask-migrate": "Flask-Migrate",
    "flask-sqlalchemy": "Flask-SQLAlchemy",
    "jinja2": "Jinja",
    "limits": "limits",
    "sqlalchemy": "SQLAlchemy",
    "werkzeug": "Werkzeug",
}
_BELOW = {
    "sqlalchemy": ("flask-sqlalchemy", "3.0"),
    "werkzeug": ("flask", "2.0"),
    "jinja2": ("flask", "2.0"),
    "limits": ("flask-limiter", "3.0"),
}
"""For what projects seldom pin: the distribution that asks for it, and until when it asked for an old one."""

_CLAUSE = re.compile(r"[,;:] (?=(?:[^`]*`[^`]*`)*[^`]*$)")
"""Where the first clause of an advice ends; what is in backquotes stays whole."""

_PREPARED = frozenset({"ImportError", "ModuleNotFoundError", "AttributeError", "TypeError"})


@dataclass(frozen=True, eq=False)
class Use:
    """One use of something that is gone.

    Attributes:
        module: where it stands.
        span: what is marked.
        what: as messages have it: "`Markup` of `flask`".
        gone: what is known of it.
        symbol: what the finding is about.
        edits: its repair; none where there is no exact one.
        changes: what else the repair changes.
    """

    module: Module
    span: Span
    what: str
    gone: Gone
    symbol: str
    edits: tuple[Edit, ...] = ()
    changes: str = field(default="")

    @property
    def place(self) -> Place:
        """Where it stands."""
        return self.module.place(self.span)


def is_old(project: Project, package: str, version: str, path: str) -> bool | None:
    """Return whether the project stays with what a library was before a version; None where no file says."""
    found = project.pins.before(package, version, path)
    if found is None and package in _BELOW and project.pins.of(package, path) is None:
        return project.pins.before(*_BELOW[package], path) or None
    return found


def judged(project: Project, use: Use) -> tuple[Level, str, Fix | None]:
    """Return how much a use matters, since when it is gone in words, and its repair where that works by now."""
    gone, path = use.gone, use.module.path
    old = is_old(project, gone.package, gone.version, path)
    level = Level.note if old else Level.error if old is False else Level.warning
    when = f"{'will go with' if old else 'is gone since'} {TITLES[gone.package]} {gone.version}"
    early = bool(gone.since) and old is True and is_old(project, gone.package, gone.since, path) is not False
    changes = use.changes or gone.changes
    advice = _CLAUSE.split(gone.advice)[0]
    fix = Fix(advice, use.edits, safe=not changes, changes=changes) if use.edits and not early else None
    return level, when, fix


def is_prepared(module: Module, block: int) -> bool:
    """Whether what stands in a block is ready for a name to be missing: under an `if`, or a `try` that catches it."""
    return any(_prepared(module, one) for one in module.around(block))


def _prepared(module: Module, block: Block) -> bool:
    if block.kind in {"if", "else"} and not block.scope:
        return True
    if block.kind == "except":
        return _catches_missing(block)
    return block.kind == "try" and any(map(_catches_missing, handlers_of(module, block)))


def _catches_missing(handler: Block) -> bool:
    return any(terminal(one) in _PREPARED for one in caught(handler) if one is not None)


def expressions(module: Module) -> Iterator[tuple[str, int, Expr]]:
    """Yield every expression of a module, with its scope and block: definitions' decorators and annotations as well."""
    for scope in module.scopes:
        for step in module.steps(scope):
            for one in (*step.targets, *([step.value] if step.value is not None else []), step.annotation):
                if one is not None and step.kind not in {"define", "global"}:
                    yield scope, step.block, one
        for block in module.blocks(scope):
            if block.subject is not None and block.kind != "else":
                yield scope, block.parent, block.subject
    for function in module.facts.functions:
        parts = [*function.decorators, function.returns]
        parts += [each for param in function.params for each in (param.default, param.annotation)]
        yield from ((function.scope, function.block, one) for one in parts if one is not None)
    for cls in module.facts.classes:
        yield from ((cls.scope, cls.block, one) for one in (*cls.bases, *cls.decorators))
