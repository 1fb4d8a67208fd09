"""The models of a project as far as their queries go: whose session asks for them, and what they load at once."""

from __future__ import annotations

from collections.abc import Iterator, Set
from functools import cached_property

from keck.facts.expr import Call, Const, Expr, Ref, Table, is_false, terminal, text_of, walk
from keck.project import Project
from keck.project.instances import Instance
from keck.project.models import Model
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
_LISTS = {"List", "list", "Set", "set", "Sequence", "DynamicMapped", "WriteOnlyMapped"}


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

    # models

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

    def see_usual(self, symbol: str, names: Set[str]) -> None:
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

    # what is loaded at once

    def loads_collections(self, symbol: str) -> bool:
        """Whether a query for a model may load collections with the same statement, by a join."""
        if self._eager_everywhere:
            return True
        family = set(self.project.objects.lineage(symbol))
        for other in self.project.models:
            if symbol in self.project.objects.lineage(other):
                family.add(other)
        pending, seen = list(family), set(family)
        while pending:
            for target, many in self._eager.get(pending.pop(), ()):
                if many or not target:
                    return True
                if target not in seen:
                    seen.add(target)
                    pending.append(target)
        return False

    @cached_property
    def _eager_everywhere(self) -> bool:
        return any(not owner for owner, _, _ in self._relationships)

    @cached_property
    def _eager(self) -> dict[str, list[tuple[str, bool]]]:
        found: dict[str, list[tuple[str, bool]]] = {}
        for owner, target, many in self._relationships:
            found.setdefault(owner, []).append((target, many))
        return found

    @cached_property
    def _relationships(self) -> list[tuple[str, str, bool]]:
        """The relationships that are loaded by a join: whose, to what, and whether that may be several rows."""
        return [
            one
            for name in ("relationship", "backref", "relation")
            for module, scope, call in self.project.objects.calls_by_name.get(name, [])
            if not module.is_test and _is_joined(call.keyword("lazy"))
            for one in self._relationship(name, module, scope, call)
        ]

    def _relationship(self, name: str, module: Module, scope: str, call: Call) -> Iterator[tuple[str, str, bool]]:
        if name == "backref":
            outer = next(
                (
                    each
                    for each in module.calls(scope)
                    if terminal(each.func) in {"relationship", "relation"} and any(part is call for part in walk(each))
                ),
                None,
            )
            owner = self.target(module, scope, outer.argument(0, "argument")) if outer is not None else ""
            yield owner, f"{module.name}:{scope}", not is_false(call.keyword("uselist"))
            return
        owner = f"{module.name}:{scope}" if scope in module.classes else ""
        target = self.target(module, scope, call.argument(0, "argument"))
        yield owner, target, not self._is_scalar(module, scope, call, owner, target)

    def target(self, module: Module, scope: str, expr: Expr | None) -> str:
        """Return the model that a relationship leads to, or an empty text."""
        named = text_of(expr)
        if named is None:
            symbol = self.project.resolve(module, scope, expr) if expr is not None else ""
            return symbol if symbol in self.project.models else ""
        last = named.rpartition(".")[2]
        found = [one for one in self.project.models if one.rpartition(":")[2].rpartition(".")[2] == last]
        return found[0] if len(found) == 1 else ""

    def _is_scalar(self, module: Module, scope: str, call: Call, owner: str, target: str) -> bool:
        if is_false(call.keyword("uselist")):
            return True
        for step in module.steps(scope):
            if step.value is call and step.annotation is not None:
                return not any(isinstance(one, Ref) and one.name in _LISTS for one in walk(step.annotation))
        return self.is_many_to_one(owner, target) and call.keyword("secondary") is None

    def is_many_to_one(self, owner: str, target: str) -> bool:
        """Whether rows of a model certainly belong to one row of another one each."""
        mine, other = self.project.models.get(owner), self.project.models.get(target)
        if mine is None or other is None or owner == target:
            return False
        table, own = self.table(other), self.table(mine)
        return bool(table) and bool(own) and table in _keys(mine) and own not in _keys(other)

    def table(self, model: Model) -> str:
        """Return the name of a model's table, as far as it says so itself or Flask-SQLAlchemy does."""
        for step in model.module.steps(model.cls.name):
            if any(isinstance(one, Ref) and one.name == "__tablename__" for one in step.targets):
                return text_of(step.value) or ""
        return _snake(model.cls.name.rpartition(".")[2])


def _snake(name: str) -> str:
    import re

    name = re.sub(r"((?<=[a-z0-9])[A-Z]|(?!^)[A-Z](?=[a-z]))", r"_\1", name)
    return name.lower().lstrip("_")


def _keys(model: Model) -> set[str]:
    """Return the tables that a model's foreign keys point to."""
    found = set()
    for column in model.columns.values():
        for one in walk(column.call):
            if isinstance(one, Call) and terminal(one.func) == "ForeignKey" and one.args:
                named = text_of(one.args[0])
                found.add(named.rpartition(".")[0].rpartition(".")[2] if named else "")
    return found


def _is_joined(lazy: Expr | None) -> bool:
    if lazy is None:
        return False
    return not isinstance(lazy, Const) or lazy.value in {"joined", False}


def _is_harmless(base: str) -> bool:
    """Whether a base class from elsewhere leaves a model's query alone."""
    last = base.rpartition(".")[2]
    return (
        base.startswith(("flask_sqlalchemy.", "sqlalchemy.", "abc.", "enum.", "typing.", "builtins."))
        or "." not in base
        or last.endswith(("Mixin", "MixinV2", "MixinV3"))
        or last in {"object", "Model", "MappedAsDataclass", "DeclarativeBase"}
    )
