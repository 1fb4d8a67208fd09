"""A query is written with the legacy Query interface.

What: `Model.query` or `db.session.query(...)`.
Why: SQLAlchemy 2 keeps `Query` for old code only. It gets no new features, type checkers see no column types
through it, async sessions do not have it, and `Query.get()` already warns on every call.
Fix: `db.session.execute(db.select(Model).filter_by(...))`, `db.session.scalars(...)`, `db.session.get(Model, key)`,
`db.get_or_404(Model, key)`, `db.paginate(db.select(Model))`. Keep the meaning of `.first()`: it asks for one row
(`LIMIT 1`) and takes the first of many, so `.limit(1)` and `scalars(...).first()` replace it; `scalar_one_or_none()`
raises on the second row, and `one_or_404()` answers 404 for it. `Query` leaves out repeated models by itself, as a
join makes them, and so does `unique()`. `keck fix --select sqlalchemy/legacy-query` writes it so wherever the result is
certainly the same: rows, errors and statements. It leaves what is handed on or returned as a query, models and sessions
with a query class of their own, and calls that `select()` has no equal of.
When to ignore it: the code is old, works and is not being changed. The interface is legacy, not removed.
Evidence: Flask-SQLAlchemy 3.1.1 documents `Model.query` as legacy, SQLAlchemy 2.1 documents `Session.query` so. On
two matching rows `first()` answers and `scalar_one_or_none()` raises MultipleResultsFound (SQLAlchemy 2.1.9; also
sqlalchemy #6914, langgenius/dify #23224).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from keck.facts.expr import Attr, Call, Expr, Ref, Span, children, ref_at, terminal
from keck.finding import Finding, Level
from keck.project import Project
from keck.project.module import Module
from keck.project.things import Named, Site, Unknown
from keck.queries.rewriting import Rewriting, Rewritings
from keck.rule import Rule

rule = Rule(
    __name__,
    requires=("sqlalchemy", "flask.ext"),
    level=Level.note,
    needles=(
        ".query",
        "db.Column(",
        "= Column(",
        "= sa.Column(",
        "mapped_column",
        "__table",
        "__mapper_args__",
        "declared_attr",
        ".Model",
        "Model)",
        "Model,",
        "Base)",
        "Base,",
        "SQLAlchemy(",
        "ession(",
        "sessionmaker",
    ),
)

_SESSION = re.compile(r"(^|[._])(scoped_)?session$", re.IGNORECASE)
_CLASS = re.compile(r"^_?[A-Z]\w*[a-z]\w*$")
_STRANGERS = ("flask.", "requests.", "boto3.", "snowflake.", "aiohttp.", "cassandra.")


@rule.in_code
def check(project: Project) -> Iterator[Finding]:
    """Yield each place where a query is begun the legacy way."""
    if not project.uses("flask_sqlalchemy") and not project.instances_of("sqlalchemy"):
        return
    rewritings = Rewritings(project)
    for module in project.modules:
        if module.is_test or _is_migration(module):
            continue
        defaults = _defaults(module)
        for scope in module.scopes:
            roots = [*(module.expressions(scope) if _asks(module, scope) else ()), *defaults.get(scope, ())]
            if not roots:
                continue
            for span, spelt, model in _queries(project, module, scope, roots):
                instead = f"db.select({model or '...'})"
                rewriting = rewritings.of(module, scope, span)
                yield rule.finding(
                    module.place(span),
                    f"`{spelt}` is the legacy query interface of SQLAlchemy",
                    f"write it as `db.session.execute({instead})` or `db.session.scalars({instead})`{_later(project, module)}",
                    symbol=f"{scope}:{spelt}" if scope else spelt,
                    fix=rewriting.fix if isinstance(rewriting, Rewriting) else None,
                )


def _is_migration(module: Module) -> bool:
    """Whether a module is a revision or the environment of Alembic: written once, for the versions of its day."""
    return any(one.module.partition(".")[0] == "alembic" for one in module.facts.imports)


def _asks(module: Module, scope: str) -> bool:
    """Whether something in a scope is called ``query``."""
    return any(".query" in one.name for one in module.refs(scope)) or any(
        one.name == "query" for one in module.attributes(scope)
    )


def _defaults(module: Module) -> dict[str, list[Expr]]:
    """Return what definitions evaluate, by the scope in which they stand: decorators and parameters' defaults."""
    found: dict[str, list[Expr]] = {}
    for function in module.facts.functions:
        exprs = [*function.decorators, *(param.default for param in function.params if param.default is not None)]
        if exprs:
            found.setdefault(function.scope, []).extend(exprs)
    return found


def _queries(project: Project, module: Module, scope: str, roots: list[Expr]) -> Iterator[tuple[Span, str, str]]:
    """Yield where a query begins, how it is spelt, and the model's name where that is its beginning."""
    stack = [(one, False) for one in reversed(roots)]
    while stack:
        one, called = stack.pop()
        match one:
            case Ref(name=name) if ".query" in name:
                yield from _named(project, module, scope, one, called)
            case Attr(name="query", value=value) if called and _is_session(project, module, scope, value):
                yield one, f"{terminal(value)}().query", ""
            case Attr(name="query", value=Call(func=Ref(name="type"), args=(of,))) if not called:
                yield one, f"type({terminal(of)}).query", f"type({terminal(of)})"
        stack.extend((part, isinstance(one, Call) and part is one.func) for part in reversed(children(one)))


def _named(project: Project, module: Module, scope: str, ref: Ref, called: bool) -> Iterator[tuple[Span, str, str]]:
    """Judge a dotted name: ``User.query.filter_by``, ``db.session.query``."""
    parts = ref.name.split(".")
    if "query" not in parts[1:]:
        return
    at = parts.index("query", 1)
    holder = ".".join(parts[:at])
    if called and at == len(parts) - 1:
        if _is_session(project, module, scope, ref_at(ref, holder)):
            yield ref, f"{holder}.query", ""
    elif _is_model(project, module, scope, holder):
        yield ref, f"{holder}.query", holder


def _is_session(project: Project, module: Module, scope: str, holder: Expr) -> bool:
    things = project.things(module, scope, holder)
    made = {one.cls if isinstance(one, Site) else one.symbol for one in things if isinstance(one, Site | Named)}
    if any(one.startswith(_STRANGERS) for one in made):
        return False
    if any(one.startswith(("sqlalchemy.orm", "sqlmodel.Session")) for one in made):
        return True
    name = holder.name if isinstance(holder, Ref | Attr) else terminal(holder)
    return _SESSION.search(name) is not None


def _is_model(project: Project, module: Module, scope: str, holder: str) -> bool:
    if holder in {"cls", "self", "self.__class__"}:
        around = module.functions.get(scope)
        return around is not None and bool(around.owner) and _may_be_model(project, f"{module.name}:{around.owner}")
    if holder in {"self.model", "cls.model"}:
        return True
    symbol = project.resolve(module, scope, holder)
    things = project.objects.of_symbol(symbol)
    classes = [one.symbol for one in things if isinstance(one, Named) and one.kind == "class"]
    if classes:
        return any(_may_be_model(project, one) for one in classes)
    if _CLASS.match(holder.rpartition(".")[2]) is None:
        return False
    made = any(isinstance(one, Site) and one.kind == "external" for one in things)
    return (
        made
        or symbol.startswith("?.")
        or (_is_bound(project, symbol) and any(isinstance(one, Unknown) for one in things))
    )


def _is_bound(project: Project, symbol: str) -> bool:
    """Whether some statement that was read gives a name of the project its value."""
    head, _, name = symbol.partition(":")
    scope, _, last = name.rpartition(".")
    module = project.names.by_name.get(head)
    return module is not None and last in project.names.scope(module, scope)


def _may_be_model(project: Project, symbol: str) -> bool:
    """Whether a class of the project is a model, or a mixin of models, as far as its bases tell."""
    if symbol in project.models:
        return True
    if any(symbol in project.objects.lineage(model) for model in project.models):
        return True
    bases = project.objects.lineage(symbol)[1:]
    return any(one.startswith("?.") or one.rpartition(".")[2] in {"Model", "Base"} for one in bases)


def _later(project: Project, module: Module) -> str:
    old = project.pins.before("sqlalchemy", "1.4", module.path)
    return " once SQLAlchemy is 1.4 or newer" if old else ""
