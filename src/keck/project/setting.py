"""A setting: one key that the project writes, and the ways in which it reaches an app."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from keck.facts.expr import Expr, Span
from keck.finding import Place
from keck.project.module import Module
from keck.project.things import Thing
from keck.project.value import HIDDEN, Value

_ROLES = (
    ("test", re.compile(r"test|ci(?![a-z])", re.IGNORECASE)),
    ("development", re.compile(r"dev|local|debug|demo|example|sample", re.IGNORECASE)),
    ("production", re.compile(r"prod|live|heroku|deploy|stag|docker|unix|aws|azure", re.IGNORECASE)),
)
SERIOUS = ("test", "development", "base", "production")
"""The roles in the order in which a fault in them matters."""


@dataclass(frozen=True)
class Load:
    """One way in which a setting reaches an app.

    Attributes:
        holder: symbol of the class or module of settings that is loaded, empty for a direct write.
        role, default: as in `Setting`, of this way alone.
        path, scope, line: where it is loaded or written; the path is empty for a class that nothing visible loads.
    """

    holder: str
    role: str
    default: bool | None
    path: str
    scope: str
    line: int


@dataclass(eq=False)
class Setting:
    """One key that the project writes.

    Attributes:
        key: the config key; empty when a whole mapping is loaded that cannot be seen.
        expr: the value as it is written, None for a key loaded from something that is not Python.
        value: what that evaluates to.
        module, scope: where `expr` stands.
        span: the statement or entry that writes it.
        holder: symbol of the class or module of settings, empty for a write to ``app.config``.
        role: ``test``, ``development``, ``production`` or ``base``.
        default: whether this holder is what the app loads when nothing else is said: True for a
            direct write, None when it cannot be told.
        via: ``item``, ``update``, ``setdefault``, ``attribute``, ``mapping``, ``object`` or a loader's name.
        loads: every way in which it reaches an app: a base class's setting has one for each class below it. Of
            these `role` is the most serious, and `default` is True when one of them is.
    """

    key: str
    expr: Expr | None
    value: Value
    module: Module
    scope: str
    span: Span
    holder: str = ""
    role: str = "base"
    default: bool | None = True
    via: str = "item"
    app: frozenset[Thing] = field(default_factory=frozenset)
    loads: tuple[Load, ...] = ()

    def __post_init__(self) -> None:
        if not self.loads:
            path = "" if self.holder else self.module.path
            line = self.span.line
            self.loads = (Load(self.holder, self.role, self.default, path, self.scope, line),)

    @property
    def place(self) -> Place:
        """Where it is written."""
        return self.module.place(self.span)

    def joined(self, other: Setting) -> None:
        """Take up another way in which the same setting reaches an app."""
        self.loads += tuple(one for one in other.loads if one not in self.loads)
        self.role = max(self.role, other.role, key=SERIOUS.index)
        if other.default or self.default is False:
            self.default = other.default


def opaque(module: Module, scope: str, span: Span, via: str, app: frozenset[Thing]) -> Setting:
    """Return the setting that stands for a load whose keys cannot be seen."""
    return Setting("", None, HIDDEN, module, scope, span, "", role_of(module, scope), True, via, app)


def role_of(module: Module, name: str) -> str:
    """Return the role that a class or module of settings has by its name: test, development, production or base."""
    if module.is_test:
        return "test"
    last = name.rpartition(".")[2] if name else module.name.rpartition(".")[2]
    for role, pattern in _ROLES:
        if pattern.search(last):
            return role
    if name and not name[0].islower():
        for role, pattern in _ROLES[:2]:
            if pattern.search(module.name.rpartition(".")[2]):
                return role
    return "base"
