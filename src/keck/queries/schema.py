"""The models of a project as far as their queries go: whose session asks for them, and whether in the usual way."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from functools import cached_property

from keck.facts.expr import Ref, Table, text_of
from keck.project import Project
from keck.project.instances import Instance
from keck.project.module import Module
from keck.project.things import Site
from keck.queries.left import Left

_EVENTS = ("before_compile", "after_bulk_", "do_orm_execute")
_OWN = {"query", "query_class", "__bind_key__"}
_OPTIONS = {"metadata", "engine_options", "model_class", "app", "disable_autonaming"}
_SESSION = {"autoflush", "autocommit", "expire_on_commit", "future", "info"}
_OVERRIDES = {
    "Query",
    "Model",
    "session",
    "select",
    "paginate",
    "get_or_404",
    "first_or_404",
    "one_or_404",
    "_make_scoped_session",
    "create_session",
    "create_scoped_session",
    "make_declarative_base",
    "_make_declarative_base",
    "__init__",
    "__getattr__",
}
_OF_OLD = {"BaseQuery", "Pagination", "SignallingSession", "get_debug_queries"}


class Schema:
    """What is known of a project's models."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self._dbs: dict[str, Instance] = {}

    def ready(self, module: Module) -> None:
        """See that queries of a module can be rewritten at all.

        Raises:
            Left: they cannot.
        """
        pins = self.project.pins
        if pins.before("sqlalchemy", "2.0", module.path) or pins.before("flask-sqlalchemy", "3.0", module.path):
            raise Left("pinned before SQLAlchemy 2 or Flask-SQLAlchemy 3")
        if self._is_of_old:
            raise Left("made for Flask-SQLAlchemy 2")
        if self._listens:
            raise Left("a listener watches queries")

    @cached_property
    def _is_of_old(self) -> bool:
        return any(
            (one.module == "flask_sqlalchemy" and one.name in _OF_OLD) or one.module.startswith("flask.ext")
            for module in self.project.modules
            if not module.is_test
            for one in module.facts.imports
        )

    @cached_property
    def _listens(self) -> bool:
        calls = self.project.objects.calls_by_name
        return any(
            (text_of(part) or "").startswith(_EVENTS)
            for name in ("listen", "listens_for")
            for _, _, call in calls.get(name, [])
            for part in call.args
        )

    @cached_property
    def has_plain_sessions(self) -> bool:
        """Whether no session of the project has a query class of its own."""
        calls = self.project.objects.calls_by_name
        return not any(
            one.name in {None, "query_cls", "class_"}
            for name in ("sessionmaker", "Session", "scoped_session", "query_property", "configure")
            for _, _, call in calls.get(name, [])
            for one in call.keywords
            if not (one.name is None and name == "configure")
        )

    def db(self, symbol: str) -> Instance:
        """Return the extension whose session ``Model.query`` asks.

        Raises:
            Left: it is not known, or the model has a query of its own.
        """
        found = self._dbs.get(symbol)
        if found is None:
            found = self._dbs[symbol] = self._db(symbol)
        return found

    def _db(self, symbol: str) -> Instance:
        sites: set[Site] = set()
        self.see_usual(symbol, _OWN)
        for base in self.project.objects.lineage(symbol)[1:]:
            holder, _, last = base.rpartition(".")
            if last == "Model" and ":" in holder:
                things = self.project.objects.of_symbol(holder)
                sites |= {one for one in things if isinstance(one, Site) and one.kind == "sqlalchemy"}
        found = [one for one in self.project.instances_of("sqlalchemy") if one.site in sites]
        if len(found) != 1 or len(sites) != 1:
            raise Left("a model of which no one SQLAlchemy() is the home")
        return self.usual(found[0])

    def see_bases(self, symbol: str) -> None:
        """See that a model has no database of its own, and no base that is not known.

        Raises:
            Left: it has.
        """
        self.see_usual(symbol, {"__bind_key__"})

    def see_usual(self, symbol: str, names: AbstractSet[str]) -> None:
        """See that neither a model nor a base of it has one of some names, and that its bases are known."""
        for base in self.project.objects.lineage(symbol):
            head, colon, name = base.partition(":")
            module = self.project.names.by_name.get(head)
            if base.startswith("?."):
                raise Left("a model with an unknown base")
            if not colon:
                if not _is_harmless(base):
                    raise Left(f"a model below {base}")
            elif module is not None and name in module.classes:
                if names & set(self.project.names.scope(module, name)):
                    raise Left("a model with its own query or bind")
                if any(f"{base}.{one}" in self._given for one in names):
                    raise Left("a model with its own query or bind")

    @cached_property
    def _given(self) -> frozenset[str]:
        """What classes are given from outside that concerns queries: ``Base.query = session.query_property()``."""
        return frozenset(
            self.project.resolve(module, step.scope, target)
            for module in self.project.modules
            for step in module.facts.steps
            if step.kind == "assign"
            for target in step.targets
            if isinstance(target, Ref) and target.name.rpartition(".")[2] in _OWN and "." in target.name
        )

    def usual(self, instance: Instance) -> Instance:
        """Return an extension if its queries are the usual ones."""
        names = {one.name for one in instance.call.keywords}
        session = instance.call.keyword("session_options")
        if isinstance(session, Table) and {text_of(key) for key, _ in session.pairs} <= _SESSION:
            names.discard("session_options")
        if not names <= _OPTIONS:
            raise Left("a SQLAlchemy() with options of its own")
        cls = instance.site.cls
        for base in self.project.objects.lineage(cls) if ":" in cls else ():
            head, colon, name = base.partition(":")
            module = self.project.names.by_name.get(head)
            if colon and module is not None and _OVERRIDES & set(self.project.names.scope(module, name)):
                raise Left("a subclass of SQLAlchemy with methods of its own")
        return instance


def _is_harmless(base: str) -> bool:
    """Whether a base class from elsewhere leaves a model's query alone."""
    last = base.rpartition(".")[2]
    return (
        base.startswith(("flask_sqlalchemy.", "sqlalchemy.", "abc.", "enum.", "typing.", "builtins."))
        or "." not in base
        or last.endswith(("Mixin", "MixinV2", "MixinV3"))
        or last in {"object", "Model", "MappedAsDataclass", "DeclarativeBase"}
    )
