"""Which model an expression is an instance of, and what is certainly no text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from keck.facts.expr import Attr, Call, Const, Expr, Items, Op, Other, Ref, Table, before, is_none, terminal, walk
from keck.project import Project
from keck.project.models import Model
from keck.project.module import Module, Where
from keck.rules.jwt._manager import PACKAGE

FETCHING = {
    "first", "first_or_404", "one", "one_or_none", "one_or_404", "get", "get_or_404",
    "scalar", "scalar_one", "scalar_one_or_none",
}  # fmt: skip
"""Methods that end a query with one row."""

_STARTING = {"query", "select", "get", "get_or_404", "first_or_404", "one_or_404"}
_RESHAPING = {"with_entities", "add_columns", "count", "exists", "load_only", "values"}
_TYPES = {"?.int": "an integer", "?.float": "a number", "?.dict": "a dict", "?.list": "a list", "?.bool": "a bool"}
_DISPLAYS = {"list": "a list", "tuple": "a tuple", "set": "a set"}
_CURRENT = {f"{PACKAGE}.{one}" for one in ("get_jwt_identity", "get_current_user", "get_jwt", "get_raw_jwt")}
_DEPTH = 5


def is_current(project: Project, module: Module, scope: str, expr: Expr, depth: int = 0) -> bool:
    """Whether an expression is made of the identity of the token that came with the request."""
    for part in walk(expr):
        if isinstance(part, Call) and project.resolve(module, scope, part.func) in _CURRENT:
            return True
        if isinstance(part, Ref):
            symbol = project.resolve(module, scope, part.name)
            if f"{symbol}.".startswith(f"{PACKAGE}.current_user."):
                return True
            local = part.name.partition(".")[0]
            if depth < _DEPTH and local in project.names.scope(module, scope):
                written = project.objects.written(project.resolve(module, scope, local))
                if any(where[1] == scope and is_current(project, *where, depth + 1) for where in written):
                    return True
    return False


def is_identity(project: Project, module: Module, scope: str, expr: Expr, depth: int = 0) -> bool:
    """Whether an expression is the identity itself, as it came or as a number."""
    match expr:
        case Call():
            if project.resolve(module, scope, expr.func) == f"{PACKAGE}.get_jwt_identity":
                return True
            cast = len(expr.args) == 1 and terminal(expr.func) in {"int", "str", "UUID"}
            return cast and is_identity(project, module, scope, expr.args[0], depth)
        case Ref() if depth < _DEPTH and "." not in expr.name:
            written = [one for one in project.objects.written(project.resolve(module, scope, expr)) if one[1] == scope]
            return bool(written) and all(is_identity(project, *one, depth + 1) for one in written)
        case _:
            return False


def model_of(
    project: Project, module: Module, scope: str, expr: Expr, depth: int = 0, *, own: str = ""
) -> Model | None:
    """Return the model of which an expression is certainly an instance, or None.

    `own` is the class on which the method that holds the expression has been called, where that is known:
    ``cls`` of an inherited classmethod means it.
    """
    if depth > _DEPTH:
        return None
    match expr:
        case Ref():
            return _variable(project, project.resolve(module, scope, expr), depth, own)
        case Op(kind="or", parts=parts) | Op(kind="if", parts=(_, *parts)):
            return _agreed(project, [(module, scope, one) for one in parts], depth, own)
        case Other(kind="namedexpr" | "await", parts=parts) if parts:
            return model_of(project, module, scope, parts[-1], depth + 1, own=own)
        case Call():
            symbol = project.resolve(module, scope, expr.func)
            if symbol in project.models:
                return project.models[symbol]
            found = project.objects.function(symbol)
            if found is not None:
                called_on = _heir(project, symbol.rpartition(".")[0], own) if found[1].owner else ""
                return _agreed(project, project.objects.returned(symbol), depth, called_on)
            if terminal(expr.func) in FETCHING:
                return fetched(project, module, scope, expr, own)
    return None


def _heir(project: Project, symbol: str, own: str) -> str:
    """Return `own` where that is a model, and the symbol names it or a base of it; else the symbol."""
    return own if own in project.models and symbol in project.objects.lineage(own) else symbol


def _agreed(project: Project, wheres: Iterable[Where], depth: int, own: str = "") -> Model | None:
    """Return the model of all of these expressions; None among them is passed over."""
    found: set[str] = set()
    for where in wheres:
        if is_none(where[2]):
            continue
        one = model_of(project, *where, depth + 1, own=own)
        if one is None:
            return None
        found.add(one.symbol)
    return project.models[found.pop()] if len(found) == 1 else None


def _variable(project: Project, symbol: str, depth: int, own: str = "") -> Model | None:
    """Return the model of which a variable or parameter is an instance, by annotation or by what it is given."""
    head, _, name = symbol.partition(":")
    scope, _, last = name.rpartition(".")
    module = project.names.by_name.get(head)
    param = None if module is None else module.params.get(scope, {}).get(last)
    if module is not None and param is not None and param.annotation is not None:
        parts = [one for one in walk(param.annotation) if isinstance(one, Ref)]
        found = [project.models.get(project.resolve(module, scope, one)) for one in parts]
        models = [one for one in found if one is not None]
        return models[0] if len(models) == 1 else None
    return _agreed(project, project.objects.written(symbol), depth, own)


def fetched(project: Project, module: Module, scope: str, call: Call, own: str = "") -> Model | None:
    """Return the model whose row a query fetches: ``User.query.filter_by(...).first()``, ``db.session.get(User, 1)``."""
    parts = list(_query(project, module, scope, call))
    if any(terminal(one) in _RESHAPING for _, _, one in parts if isinstance(one, Call)):
        return None
    for where, inner, part in parts:
        if isinstance(part, Ref) and ".query." in f"{part.name}.":
            holder = part.name.partition(".query")[0]
            found = project.models.get(_heir(project, project.resolve(where, inner, holder), own))
            if found is not None:
                return found
        if isinstance(part, Call) and terminal(part.func) in _STARTING and part.args:
            first = project.models.get(_heir(project, project.resolve(where, inner, part.args[0]), own))
            alone = len(part.args) == 1 or terminal(part.func) not in {"query", "select"}
            if first is not None and alone:
                return first
    return None


def _query(project: Project, module: Module, scope: str, call: Call) -> Iterator[Where]:
    """The parts of a query, those of a statement held in a variable included."""
    for part in walk(call):
        yield module, scope, part
    for argument in call.args or _arguments(call):
        if isinstance(argument, Ref) and "." not in argument.name:
            written = list(project.objects.written(project.resolve(module, scope, argument)))
            if len(written) == 1:
                for part in walk(written[0][2]):
                    yield written[0][0], written[0][1], part


def _arguments(call: Call) -> tuple[Expr, ...]:
    """The arguments of the call below: those of ``execute`` in ``session.execute(statement).scalar_one()``."""
    below = before(call.func)
    return below.args if isinstance(below, Call) else ()


def no_text(project: Project, module: Module, scope: str, expr: Expr, depth: int = 0) -> str:
    """Return what an identity is when it is certainly no text, for a message; else an empty text."""
    if depth > _DEPTH:
        return ""
    match expr:
        case Const(value=value, kind=kind):
            return "" if isinstance(value, str) or kind else f"the literal {value}"
        case Table():
            return "a dict"
        case Items(kind=kind):
            return _DISPLAYS.get(kind, "")
        case Op(kind="if", parts=(_, *parts)) | Op(kind="or", parts=parts):
            return _all([(module, scope, one) for one in parts], project, depth)
        case Call():
            return _called(project, module, scope, expr, depth)
        case Other():
            model = model_of(project, module, scope, expr, depth)
            return "" if model is None else f"an instance of `{model.cls.name}`"
        case Ref():
            return _named(project, module, scope, expr, depth)
        case Attr(value=value, name=name):
            return _integer(model_of(project, module, scope, value, depth), name)
        case _:
            return ""


def _all(wheres: list[Where], project: Project, depth: int) -> str:
    said = [no_text(project, *where, depth + 1) for where in wheres]
    return said[0] if said and all(said) else ""


def _called(project: Project, module: Module, scope: str, call: Call, depth: int) -> str:
    symbol = project.resolve(module, scope, call.func)
    if symbol in _TYPES:
        return _TYPES[symbol]
    model = model_of(project, module, scope, call, depth)
    if model is not None:
        return f"an instance of `{model.cls.name}`"
    found = project.objects.function(symbol)
    holder = before(call.func)
    if found is None and holder is not None:
        owner = model_of(project, module, scope, holder, depth)
        symbol = "" if owner is None else f"{owner.symbol}.{terminal(call.func)}"
        found = project.objects.function(symbol)
    if found is None or found[1].is_async:
        return ""
    return _all(list(project.objects.returned(symbol)), project, depth)


def _named(project: Project, module: Module, scope: str, ref: Ref, depth: int) -> str:
    symbol = project.resolve(module, scope, ref)
    model = _variable(project, symbol, depth)
    if model is not None:
        return f"an instance of `{model.cls.name}`"
    holder, _, name = symbol.rpartition(".")
    owner = project.models.get(holder) or _variable(project, holder, depth)
    if owner is not None:
        return _integer(owner, name)
    return _all(list(project.objects.written(symbol)), project, depth)


def _integer(model: Model | None, name: str) -> str:
    column = None if model is None else model.columns.get(name)
    if model is None or column is None or not column.is_integer:
        return ""
    return f"`{model.cls.name}.{column.name}`, an integer column"
