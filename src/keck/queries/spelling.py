"""How a module speaks of its session and of SQLAlchemy's functions, and what it has to import for that."""

from __future__ import annotations

import re
from collections.abc import Container, Sequence

from keck.edit import Import, Recast
from keck.facts.expr import Expr, Ref, ref_at
from keck.facts.record import Import as Imported
from keck.project import Project
from keck.project.instances import Instance
from keck.project.module import Module
from keck.queries.left import Left

_FUNCTIONS = ("delete", "func", "select", "update")
"""What patterns use of SQLAlchemy."""


class Spelling:
    """The words for one query.

    Attributes:
        session: what executes it: ``db.session``.
        db: the extension, if it is Flask-SQLAlchemy's session.
        imports: what the name of the extension needs, as statements.
    """

    def __init__(self, session: str, db: str, library: str, taken: Container[str] = ()) -> None:
        self.session = session
        self.db = db
        self._library = library
        self._taken = taken
        self.imports: tuple[str, ...] = ()

    def of(self, name: str) -> str:
        """Return how a function of SQLAlchemy is spelt: ``db.select``, ``select``.

        Raises:
            Left: the module uses that name for something else.
        """
        if self._library:
            return f"{self._library}.{name}"
        if name in self._taken:
            raise Left(f"`{name}` means something else here")
        return name

    def needed(self, edits: Sequence[Recast]) -> list[Import]:
        """Return what edits need to be imported, at the same places."""
        found = []
        for one in edits:
            found += [Import(one.place, text) for text in self.imports]
            if not self._library:
                names = [name for name in _FUNCTIONS if re.search(rf"(?<![.\w]){name}[.(]", one.into)]
                found += [Import(one.place, f"from sqlalchemy import {name}") for name in names]
        return found


class Spellings:
    """Finds the words of modules."""

    def __init__(self, project: Project) -> None:
        self.project = project

    def of_model(self, module: Module, scope: str, instance: Instance) -> Spelling:
        """Return the words for ``Model.query``.

        Raises:
            Left: the module cannot name the extension.
        """
        name = self.name(module, scope, instance.symbol)
        if name:
            return Spelling(f"{name}.session", name, name)
        text, bound = self._import(module, scope, instance)
        spelling = Spelling(f"{bound}.session", bound, bound)
        spelling.imports = (text,)
        return spelling

    def of_session(self, module: Module, scope: str, holder: Expr) -> tuple[Spelling, Instance | None]:
        """Return the words for ``session.query``, and the extension whose session it is.

        Raises:
            Left: the session is not known.
        """
        if not isinstance(holder, Ref):
            raise Left("a session that is made in place")
        head, _, last = holder.name.rpartition(".")
        if last == "session" and head:
            things = self.project.things(module, scope, ref_at(holder, head))
            found = [one for one in self.project.instances_of("sqlalchemy") if things == {one.site}]
            if found:
                return Spelling(holder.name, head, head), found[0]
        library = self._library(module, scope)
        taken = {name for name in _FUNCTIONS if self._is_taken(module, scope, name)}
        return Spelling(holder.name, "", library, taken), None

    def _library(self, module: Module, scope: str) -> str:
        """Return under which name a module has SQLAlchemy's functions; empty where each is to be imported."""
        for one in self._visible(module, scope):
            bound = one.alias or one.module.partition(".")[0]
            if not one.name and one.module == "sqlalchemy" and self._means(module, scope, bound, "sqlalchemy"):
                return bound
        return ""

    def _is_taken(self, module: Module, scope: str, name: str) -> bool:
        """Whether a name is bound to something else than SQLAlchemy's function in a scope or in one around it."""
        around = scope
        while around:
            bound = self.project.names.scope(module, around).get(name)
            if bound and not self._is_library(module, around, name):
                return True
            around = around.rpartition(".")[0]
        return bool(self.project.names.scope(module, "").get(name)) and not self._is_library(module, "", name)

    def _is_library(self, module: Module, scope: str, name: str) -> bool:
        symbol = self.project.resolve(module, scope, name)
        return symbol.startswith("sqlalchemy.") and symbol.endswith(f".{name}")

    def _visible(self, module: Module, scope: str) -> list[Imported]:
        found = list(module.imports(""))
        while scope:
            found += module.imports(scope)
            scope = scope.rpartition(".")[0]
        return [one for one in found if not one.typing]

    def _means(self, module: Module, scope: str, name: str, symbol: str) -> bool:
        return self.project.resolve(module, scope, name) == symbol

    def name(self, module: Module, scope: str, symbol: str) -> str:
        """Return the name under which a module has something at module level or around; empty if it has none."""
        last = symbol.rpartition(":")[2].rpartition(".")[2]
        names = [last, *sorted(self.project.names.aliases.get(last, ()))]
        typing = {one.alias for one in module.imports("") if one.typing}
        for one in names:
            if one not in typing and self._means(module, scope, one, symbol):
                return one
        return ""

    def _import(self, module: Module, scope: str, instance: Instance) -> tuple[str, str]:
        """Return an import of the extension, and the name that it binds."""
        _, colon, last = instance.symbol.partition(":")
        if not colon or "." in last:
            raise Left("a SQLAlchemy() that no import reaches")
        if not self._is_safe(module, instance):
            raise Left("an import of the extension might go in a circle")
        for near in (True, False):
            for other in self.project.modules:
                if near is not (other.directory == module.directory) or other is module:
                    continue
                for one in other.imports(""):
                    if one.name != last or one.typing or (one.level and not near):
                        continue
                    if self.project.names.bound_by(other, one) == instance.symbol:
                        return self._as_text(module, scope, one)
        raise Left("an import of the extension is written nowhere yet")

    def _as_text(self, module: Module, scope: str, one: Imported) -> tuple[str, str]:
        symbol = self.project.resolve(module, scope, one.alias)
        if not symbol.startswith("?."):
            raise Left(f"`{one.alias}` means something else here")
        alias = f" as {one.alias}" if one.alias != one.name else ""
        return f"from {'.' * one.level}{one.module} import {one.name}{alias}", one.alias

    def _is_safe(self, module: Module, instance: Instance) -> bool:
        """Whether the extension's module is executed by what this one imports already, or does not import it."""
        home = instance.module.path
        return module.path not in self.project.closure(home) or home in self.project.closure(module.path)
