"""What the project writes into an app's config: where, which value, in which class of settings."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterator
from functools import cached_property

from keck.facts.expr import Attr, Expr, Ref
from keck.facts.record import Step
from keck.project.app_config import config_of
from keck.project.config_writes import ATTRIBUTES, ConfigWrites
from keck.project.holders import Holders
from keck.project.loads import Loads
from keck.project.mentions import mentions
from keck.project.module import Module
from keck.project.setting import SERIOUS, Load, Setting, role_of
from keck.project.values import HIDDEN, Either, Hidden, Value, Values

__all__ = ["ATTRIBUTES", "SERIOUS", "Config", "Load", "Setting", "role_of"]

_FILES = {"from_pyfile", "from_envvar", "from_file", "from_json", "from_object"}


class Config:
    """The config of the project's apps."""

    def __init__(self, values: Values) -> None:
        self.values = values
        self.objects = values.objects
        self.names = values.names
        self._holders = Holders(values)
        self._writes = ConfigWrites(values, Loads(values, self._holders))
        self._reading = False
        values.configured = self._configured

    def written_by(self, module: Module, step: Step) -> tuple[Setting, ...]:
        """Return the settings that a statement writes to an app's config, classes and modules expanded."""
        return self._writes.by(module, step)

    def possible_writes(self, module: Module) -> Collection[Step]:
        """Return the statements of a module of which `written_by` may tell something."""
        return self._writes.possible(module)

    def held(self, symbol: str) -> tuple[Setting, ...]:
        """Return the settings of a class (with its bases') or of a module."""
        return self._holders.held(symbol)

    @cached_property
    def settings(self) -> dict[str, list[Setting]]:
        """Every setting of the project by key, those of classes and modules of settings included.

        The empty key holds the loads that cannot be seen.
        """
        found: dict[str, list[Setting]] = defaultdict(list)
        seen: dict[tuple[str, int, int, str], Setting] = {}
        self._reading = True
        everything = list(self._everything())
        self._reading = False
        for one in everything:
            key = (one.module.path, one.span.line, one.span.column, one.key)
            other = seen.get(key)
            if other is None:
                seen[key] = one
                found[one.key].append(one)
            else:
                other.joined(one)
        return dict(found)

    def _everything(self) -> Iterator[Setting]:
        loaded: set[str] = set()
        for module in self.names.modules.values():
            for step in self.possible_writes(module):
                if step.kind in {"assign", "augment", "do", "return"}:
                    for one in self.written_by(module, step):
                        if not module.is_test:
                            loaded.add(one.holder)
                        yield one
        for module in self.names.modules.values():
            for cls in module.facts.classes:
                symbol = f"{module.name}:{cls.name}"
                named = re.search(r"(config|settings?)$", cls.name, re.IGNORECASE)
                if symbol not in loaded and (named or any(base in loaded for base in self.objects.lineage(symbol))):
                    yield from self.held(symbol)
            last = module.name.rpartition(".")[2]
            if f"{module.name}:" not in loaded and re.search(
                r"^(config|settings|default_settings|conf|local_settings)$", last
            ):
                yield from self.held(f"{module.name}:")

    def of(self, key: str, *, tests: bool = False) -> list[Setting]:
        """Return the settings of one key, those of test configs only if asked for."""
        return [one for one in self.settings.get(key, []) if tests or one.role != "test"]

    def effective(self, key: str) -> list[Setting]:
        """Return the settings of one key that count where the app is served.

        Those of tests do not; those of development do when it is the default, or when there are no others.
        """
        found = self.of(key)
        return [one for one in found if one.role != "development" or one.default] or found

    def value(self, key: str) -> Value | None:
        """Return what a key is set to, `Either` where settings differ, None when nothing visible sets it."""
        found = [one.value for one in self.effective(key)]
        return found[0] if len(found) == 1 else Either(tuple(found)) if found else None

    def _configured(self, module: Module, scope: str, holder: Expr, key: str) -> Value | None:
        """Return what reading a key of an app's config gives; None when `holder` is no app's config.

        A key that nothing visible sets is `Hidden`, with ``unset`` as its reason when no load hides it.
        """
        if not isinstance(holder, Ref | Attr) or config_of(self.objects, module, scope, holder) is None:
            return None
        if self._reading:
            return HIDDEN
        found = self.value(key)
        return found if found is not None else Hidden("" if self.files else "unset")

    @property
    def hidden(self) -> list[Setting]:
        """The loads outside tests whose keys cannot be seen."""
        return self.of("")

    @property
    def files(self) -> list[Setting]:
        """The loads outside tests of a file, class or module of settings that cannot be seen.

        One of several classes that a call chooses from does not count: the others stand for it.
        """
        return [
            one
            for one in self.hidden
            if one.via in _FILES and (one.module.path, one.scope, one.span.line) not in self._seen_loads
        ]

    @cached_property
    def _seen_loads(self) -> frozenset[tuple[str, str, int]]:
        return frozenset(
            (load.path, load.scope, load.line)
            for every in self.settings.values()
            for one in every
            for load in one.loads
            if load.holder
        )

    def has_subclass(self, symbol: str) -> bool:
        """Whether the project has a class below a class of settings outside tests."""
        return symbol in self._bases

    @cached_property
    def _bases(self) -> frozenset[str]:
        return frozenset(
            base
            for module in self.names.modules.values()
            if not module.is_test
            for cls in module.facts.classes
            if cls.bases and role_of(module, cls.name) != "test"
            for base in self.objects.lineage(f"{module.name}:{cls.name}")[1:]
        )

    @cached_property
    def mentions(self) -> dict[str, int]:
        """How often each upper-case name is read: as a text or as the last part of a dotted name.

        A dict's key, the first argument of ``setdefault`` and the name of an environment variable are no reads.
        """
        return mentions(self.names.modules.values())
