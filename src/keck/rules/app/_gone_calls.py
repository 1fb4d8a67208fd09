"""Calls with arguments that libraries no longer take."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from keck.edit import Edit, Enclose, Import, Keyword, Label, Replace, Wrap
from keck.facts.expr import Attr, Call, Const, Expr, Items, Ref, Text, before, is_true, text_of
from keck.known.apis import CREATE_ALL, ELASTIC, GET_ENGINE, KEYWORDS, LIMITER, PAGINATE, SELECT, TEXT
from keck.project import Project
from keck.project.module import Module
from keck.project.things import Site, app_like
from keck.rules._spelling import spelled
from keck.rules._wording import called, code
from keck.rules.app._gone import Use, is_old, is_prepared

_QUERY = re.compile(r"(^|[._])query$|_query$|(^|[._])query\.", re.IGNORECASE)
_PAGES = ("page", "per_page", "error_out", "max_per_page")
_DEPTH = 4
_LABELS = ("app", "key_func")


def calls(project: Project) -> Iterator[Use]:
    """Yield the calls outside tests with arguments that are gone."""
    for one in _calls(project):
        step = next((each for each in one.module.facts.steps if each.line <= one.span.line <= each.end_line), None)
        plain = one.gone not in {SELECT, TEXT} or not is_old(
            project, one.gone.package, one.gone.version, one.module.path
        )
        if plain and (step is None or not is_prepared(one.module, step.block)):
            yield one


def _calls(project: Project) -> Iterator[Use]:
    for (symbol, name), gone in KEYWORDS.items():
        for module, _, call in project.calls_to(symbol):
            value = call.keyword(name)
            if value is not None:
                edits: tuple[Edit, ...] = ()
                if gone.use and call.keyword(gone.use) is None:
                    edits = (Keyword(module.place(call), name, rename=gone.use),)
                elif name == "use_native_unicode" and is_true(value):
                    edits = (Keyword(module.place(call), name),)
                what = f"{code(name + '=')} of {called(symbol.rpartition('.')[2])}"
                yield Use(module, call, what, gone, f"{symbol}.{name}", edits)
    yield from _limiters(project)
    yield from _pages(project)
    yield from _database(project)
    for module, _, call in project.calls_to("sqlalchemy.select", "sqlalchemy.sql.select"):
        first = call.args[0] if len(call.args) == 1 else None
        if isinstance(first, Items) and first.kind == "list":
            made = spelled(msgspec.structs.replace(call, args=first.items))
            plain = made is not None and not call.keywords and first.items
            edits = (Replace(module.place(call), str(made)),) if plain else ()
            yield Use(module, call, "`select([...])`", SELECT, "sqlalchemy.select", edits)


def _limiters(project: Project) -> Iterator[Use]:
    """Yield `Limiter(app, ...)`: what comes first is the key function now. Alone it is no error, and nothing is bound."""
    for module, scope, call in project.calls_to("flask_limiter.Limiter"):
        first = call.args[0] if call.args else None
        told = call.keyword("key_func") is not None or len(call.args) == len(_LABELS)
        if first is not None and told and (app_like(project.things(module, scope, first)) or _is_app(first)):
            edits = tuple(Label(module.place(one), name) for one, name in zip(call.args, _LABELS, strict=False))
            plain = len(call.args) <= len(_LABELS) and not call.open_ended
            yield Use(module, call, "`Limiter(app, ...)`", LIMITER, "flask_limiter.Limiter", edits if plain else ())
        if text_of(call.keyword("strategy")) == "fixed-window-elastic-expiry":
            yield Use(module, call, "the strategy `fixed-window-elastic-expiry`", ELASTIC, "limits.elastic")


def _is_app(expr: Expr) -> bool:
    """Whether a name says that it is an app."""
    return isinstance(expr, Ref) and expr.name in {"app", "application"}


def _pages(project: Project) -> Iterator[Use]:
    """Yield `query.paginate(1, 20)`: all arguments are given by name now."""
    if not project.uses("flask_sqlalchemy") or _own_queries(project):
        return
    for module, scope, call in project.objects.calls_by_name.get("paginate", []):
        holder = before(call.func)
        if module.is_test or holder is None or not call.args or len(call.args) > len(_PAGES) or call.open_ended:
            continue
        if _is_query(project, module, scope, holder):
            edits = tuple(Label(module.place(one), name) for one, name in zip(call.args, _PAGES, strict=False))
            yield Use(module, call, "`paginate()` with arguments by position", PAGINATE, "paginate", edits)


def _own_queries(project: Project) -> bool:
    """Whether a query class of the project's own says itself how it is paginated."""
    return any(
        one.owner
        and one.name.endswith(".paginate")
        and "Query" in " ".join(project.objects.lineage(f"{module.name}:{one.owner}"))
        for module in project.modules
        for one in module.facts.functions
    )


def _is_query(project: Project, module: Module, scope: str, holder: Expr, depth: int = 0) -> bool:
    """Whether an expression is a query of a model: ``User.query``, ``query.filter(...)``, or a variable that holds one."""
    if isinstance(holder, Ref):
        symbol = project.resolve(module, scope, holder)
        if _QUERY.search(holder.name) or _QUERY.search(symbol.partition(":")[2]):
            return True
        written = project.objects.written(symbol) if depth < _DEPTH else ()
        return any(_is_query(project, *where, depth + 1) for where in written)
    if isinstance(holder, Call):
        inner = before(holder.func)
        if isinstance(holder.func, Ref) and _QUERY.search(holder.func.name):
            return True
        return inner is not None and _is_query(project, module, scope, inner, depth)
    return isinstance(holder, Attr) and (
        holder.name == "query" or _is_query(project, module, scope, holder.value, depth)
    )


def _database(project: Project) -> Iterator[Use]:
    """Yield what is called on Flask-SQLAlchemy's extension with arguments that it does not take."""
    for module, scope, call, _ in project.method_calls("sqlalchemy", "create_all", "drop_all"):
        given = call.keyword("app")
        if given is not None:
            edits: tuple[Edit, ...] = ()
            step = next((one for one in module.steps(scope) if one.kind == "do" and one.value is call), None)
            if isinstance(given, Ref) and step is not None:
                header = f"with {given.name}.app_context():"
                edits = (Keyword(module.place(call), "app"), Enclose(module.place(step), header))
            yield Use(module, call, "`app=` of " + called(call.func.name), CREATE_ALL, "create_all", edits)  # type: ignore[union-attr]
    for module, _, call, _ in project.method_calls("sqlalchemy", "get_engine"):
        if not call.args and not call.keywords and isinstance(call.func, Ref):
            name = call.func.name.removesuffix("get_engine")
            edit = Replace(module.place(call), f"{name}engine")
            yield Use(module, call, code(f"{call.func.name}()"), GET_ENGINE, "get_engine", (edit,))
    for module, scope, call in project.objects.calls_by_name.get("execute", []):
        first = call.argument(0, "statement")
        if module.is_test or not _is_session(project, module, scope, call) or not _is_sql(first):
            continue
        assert first is not None  # noqa: S101 - a text is something
        place = module.place(first)
        wrapped: tuple[Edit, ...] = (Wrap(place, "text(", ")"), Import(place, "from sqlalchemy import text"))
        yield Use(module, first, "a plain text for `execute()`", TEXT, f"{scope}:execute", wrapped)


def _is_session(project: Project, module: Module, scope: str, call: Call) -> bool:
    holder = before(call.func)
    if not isinstance(holder, Ref) or not holder.name.endswith("session"):
        return False
    head, _, last = project.resolve(module, scope, holder).rpartition(".")
    things = project.objects.of_symbol(head) if last == "session" else ()
    return any(isinstance(one, Site) and one.kind == "sqlalchemy" for one in things)


def _is_sql(given: Expr | None) -> bool:
    return isinstance(given, Text) or (isinstance(given, Const) and text_of(given) is not None)
