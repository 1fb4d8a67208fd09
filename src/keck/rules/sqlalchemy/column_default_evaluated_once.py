"""A column's default was computed once, when its module was imported.

What:
    `default=datetime.now()` or `default=uuid4()` in place of the function itself; `default={}` or `default=[]`, one
    object for all rows. `onupdate` likewise.

Why:
    Every row that is made until the next restart carries the time at which the process started, or one and the same
    id. A dictionary that one row changes is the default of the next row.

Fix:
    Give the callable: `default=datetime.now`, `default=lambda: datetime.now(timezone.utc)`, `default=uuid4`,
    `default=dict`. `keck fix` writes it.

When to ignore it:
    A moment or id that is a constant on purpose, such as the tenant that rows belong to until they are given one.

Evidence:
    Flask-SQLAlchemy 3.1.1 with SQLAlchemy 2.1: two rows of `default=datetime.now()` have identical times; a new row of
    `default={}` holds what was put into an earlier one. 11 of 87 public repositories looked at have such a default,
    7 a mutable one.
"""

from __future__ import annotations

from collections.abc import Iterator

from keck.edit import Fix, Replace, Wrap
from keck.facts.expr import Attr, Call, Expr, Items, Op, Ref, Table, text_of
from keck.finding import Finding, Level
from keck.live.record import LiveApp, Spot
from keck.project import Project
from keck.project.module import Module
from keck.rule import Rule
from keck.rules._live import tags
from keck.rules._wording import code
from keck.rules._words import MODELS

rule = Rule(
    __name__,
    level=Level.error,
    requires=("sqlalchemy", "SQLAlchemy"),
    needles=("default=", "onupdate=", *MODELS),
    good="Column defaults are computed for each row",
    needs=("sqlalchemy",),
)

_CALLABLES = {
    "datetime": "lambda: datetime.now(timezone.utc)",
    "date": "date.today",
    "time": "lambda: datetime.now().time()",
    "UUID": "uuid4",
}


_KEYWORDS = ("default", "insert_default", "onupdate")
_KINDS = {
    "datetime.datetime.now": "datetime",
    "datetime.datetime.utcnow": "datetime",
    "datetime.datetime.today": "datetime",
    "datetime.date.today": "date",
    "time.time": "float",
    "uuid.uuid1": "UUID",
    "uuid.uuid4": "UUID",
    "secrets.token_hex": "text",
    "secrets.token_urlsafe": "text",
    "secrets.token_bytes": "text",
    "os.urandom": "text",
    "random.random": "number",
    "random.randint": "number",
}
"""Functions that give another value each time, and what they give."""

_UNNAMED = "the column"
_METHODS = frozenset({"date", "time", "timestamp", "isoformat"})
"""Methods of a moment: SQLAlchemy calls a default, so `datetime.utcnow().date` is the date of one moment."""

_CASTS = frozenset({"?.str", "?.int", "?.float", "?.round"})
_SHARED = {"?.dict": "dict", "?.list": "list", "?.set": "set"}


@rule.in_code
def check(project: Project) -> Iterator[Finding]:
    """Yield the columns whose default is a call that was made once, or an object that all rows share."""
    for name in ("Column", "mapped_column"):
        for module, scope, call in project.objects.calls_by_name.get(name, []):
            if module.is_test or not _is_column(project, module, scope, call):
                continue
            for word in call.keywords:
                if word.name in _KEYWORDS:
                    yield from _default(project, module, scope, call, word.value)


def _is_column(project: Project, module: Module, scope: str, call: Call) -> bool:
    """Whether a call makes a column of a model or a table; what migrations run is run once."""
    symbol = project.resolve(module, scope, call.func)
    migration = any(one.module.partition(".")[0] == "alembic" for one in module.facts.imports)
    own = ":" in symbol and symbol.count(".") == symbol.partition(":")[0].count(".")
    return not migration and not own and not symbol.startswith(("rich.", "textual.", "tablib."))


def _default(project: Project, module: Module, scope: str, call: Call, value: Expr) -> Iterator[Finding]:
    kind, shared = _evaluated(project, module, scope, value), _mutable(project, module, scope, value)
    if not kind and not shared:
        return
    step = next((one for one in module.steps(scope) if one.value is call), None)
    target = (
        step.targets[0].name if step is not None and step.targets and isinstance(step.targets[0], Ref) else _UNNAMED
    )
    name = f"{scope.rpartition('.')[2]}.{target}" if scope in module.classes else target
    callable_ = _callable(value, shared)
    given = text_of(call.args[0]) if call.args else None
    intends = (f"tables/*/*/{given or name.rpartition('.')[2]}" if given or target != _UNNAMED else "tables/*",)
    if callable_:
        fix = Fix(f"give the callable: {code(callable_)}", (Replace(module.place(value), callable_),), intends=intends)
    else:
        edit = Wrap(module.place(value), "lambda: ", _called(value))
        fix = Fix("compute it for each row: `lambda: ...`", (edit,), intends=intends)
    yield rule.finding(
        module.place(value),
        f"the default of {code(name)} is one {shared} that all rows share: what changes it in one row changes the next"
        if shared
        else f"the default of {code(name)} is computed when the module is imported: every row gets the same {kind}",
        f"give the callable: `default={callable_ or 'lambda: ...'}`",
        level=Level.warning if shared else None,
        symbol=name,
        fix=fix,
    )


def _evaluated(project: Project, module: Module, scope: str, value: Expr) -> str:
    """Return what an expression gives that was evaluated once and for all rows; empty where it is the same each time."""
    match value:
        case Call(func=func, args=args):
            symbol = project.resolve(module, scope, func)
            if symbol in _KINDS:
                return _KINDS[symbol]
            inner = func if isinstance(func, Attr) else args[0] if symbol in _CASTS and args else None
            return "" if inner is None else _evaluated(project, module, scope, inner)
        case Attr(value=inner):
            return _evaluated(project, module, scope, inner)
        case Op(kind="+" | "-", parts=parts):
            return next((kind for part in parts if (kind := _evaluated(project, module, scope, part))), "")
        case _:
            return ""


def _mutable(project: Project, module: Module, scope: str, value: Expr) -> str:
    """Return what kind of object a default is that rows can change; empty for none."""
    if isinstance(value, Table):
        return "dict"
    if isinstance(value, Items) and value.kind in {"list", "set"}:
        return value.kind
    if isinstance(value, Call) and not value.args and not value.keywords:
        return _SHARED.get(project.resolve(module, scope, value.func), "")
    return ""


def _called(value: Expr) -> str:
    """Return what is written behind a value in a lambda: calls the method of a moment that was given uncalled."""
    return "()" if isinstance(value, Attr) and value.name in _METHODS else ""


def _callable(value: Expr, shared: str) -> str:
    """Return the name of what can be called for each row in place of the value; empty where there is none."""
    if isinstance(value, Call) and isinstance(value.func, Ref) and not value.args and not value.keywords:
        return value.func.name
    empty = (isinstance(value, Table) and not value.pairs) or (isinstance(value, Items) and not value.items)
    return shared if empty else ""


@rule.in_app
def examine(app: LiveApp) -> Iterator[Finding]:
    """Yield the columns of the app's models whose default is one value or object for all rows."""
    for one in app.of("sqlalchemy", "this", "both"):
        for each in one.facts.get("columns", ()):
            what, _, kind = str(each["fault"]).partition(": ")
            name = f"{str(each['model']).rpartition('.')[2]}.{each['column']}"
            shared = what.startswith("one object")
            line = each.get("line") or 1
            yield rule.live(
                Spot(each.get("path") or "", line, line),
                f"the default of `{name}` is one {kind} that all rows share: what changes it in one row changes the next"
                if shared
                else f"the default of `{name}` was computed at import: every row gets the same {kind}",
                f"give the callable: `default={kind if shared else _CALLABLES.get(kind, 'the function')}`",
                level=Level.warning if shared else None,
                symbol=name,
                tags=(*tags(one), name),
            )
