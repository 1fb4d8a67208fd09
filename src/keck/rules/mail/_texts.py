"""Expressions that are one text and no list of texts."""

from __future__ import annotations

import re
from dataclasses import dataclass

from keck.facts import expr as e
from keck.facts.expr import Call, Expr, Index, Op, Ref, before, terminal
from keck.project import Project
from keck.project.module import Module
from keck.project.values import Env, Known, Value, alternatives, defaults
from keck.rules._wording import code

_METHODS = frozenset({"strip", "lstrip", "rstrip", "lower", "upper", "format", "casefold", "replace", "join", "title"})
"""Methods that only texts have, or that give a text."""

_FORMS = frozenset({"flask.request.form", "flask.request.args", "flask.request.headers", "flask.request.cookies"})
_TYPES = re.compile(r"^(String|Text|Unicode|UnicodeText|VARCHAR|str|EmailType)$")
_MANY = re.compile(r"s$|list|recipients|addresses", re.IGNORECASE)
_DEPTH = 4


@dataclass(frozen=True)
class Text:
    """What is known of a text.

    Attributes:
        what: as messages have it, without its value.
        certain: whether it is there for sure.
        many: whether it may hold several addresses.
        addresses: the addresses in a literal that holds several.
    """

    what: str
    certain: bool = True
    many: bool = False
    addresses: tuple[str, ...] = ()


def text(project: Project, module: Module, scope: str, given: Expr, depth: int = 0) -> Text | None:
    """Return what is known of an expression that is a text; None where it may be something else, or is empty."""
    if depth > _DEPTH:
        return None
    match given:
        case e.Const(value=str() as value, kind=""):
            return _literal(value)
        case e.Text(parts=parts):
            return Text("an f-string", many=any("," in str(getattr(one, "value", "")) for one in parts))
        case Call():
            return _called(project, module, scope, given)
        case Op(kind="or" | "if", parts=parts):
            found = [
                text(project, module, scope, one, depth + 1) for one in (parts[1:] if given.kind == "if" else parts)
            ]
            if all(one is not None for one in found):
                return Text("a text", certain=False)
            return None
        case Op(kind="%" | "+", parts=parts):
            known = [text(project, module, scope, one, depth + 1) for one in parts]
            return Text("a text") if known[0] is not None and (given.kind == "%" or None not in known) else None
        case Index(value=value) if project.resolve(module, scope, value) in _FORMS:
            return Text("a text of the request")
        case Index() | Ref():
            return _configured(project, module, scope, given) or _named(project, module, scope, given, depth)
        case _:
            return None


def _literal(value: str) -> Text | None:
    parts = tuple(one.strip() for one in re.split(r"[,;]", value) if one.strip())
    if not parts:
        return None
    plain = all("@" in one and not re.search(r"[\s\"<>\\]", one) for one in parts)
    if len(parts) > 1:
        return Text("one text with several addresses", addresses=parts if plain else (), many=not plain)
    return Text("a text")


def _called(project: Project, module: Module, scope: str, call: Call) -> Text | None:
    if project.resolve(module, scope, call.func) == "?.str":
        return Text("a text")
    holder = before(call.func)
    if isinstance(holder, Ref) and terminal(call.func) == "get" and project.resolve(module, scope, holder) in _FORMS:
        return Text("a text of the request", certain=len(call.args) > 1)
    if holder is not None and terminal(call.func) in _METHODS:
        return Text("a text", many=terminal(call.func) == "join")
    return _configured(project, module, scope, call)


def _configured(project: Project, module: Module, scope: str, given: Expr) -> Text | None:
    """Return what is known of a value of the config or the environment."""
    value = project.value(module, scope, given)
    found = [one for one in alternatives(value) if isinstance(one, Env | Known)]
    if not found or len(found) < len(list(alternatives(value))) or not all(map(_is_text, found)):
        return None
    key = next((str(one.name) for one in found if isinstance(one, Env)), "")
    texts = [one.value for one in defaults(value) if isinstance(one, Known)]
    shown = (
        code(given.name)
        if isinstance(given, Ref)
        else "a text of the config"
        if not key
        else f"the variable {code(key)}"
    )
    last = key or (given.name if isinstance(given, Ref) else "")
    several = any("," in one or ";" in one for one in texts) or bool(_MANY.search(last))
    on_environ = isinstance(given, Index) and project.resolve(module, scope, given.value) == "os.environ"
    certain = all(isinstance(one, Known) or one.default is not None or on_environ for one in found)
    return Text(f"{shown}, a text" if isinstance(given, Ref) else shown, certain=certain, many=several)


def _is_text(value: Value) -> bool:
    if isinstance(value, Env):
        return value.default is None or all(_is_text(one) for one in alternatives(value.default))
    return isinstance(value, Known) and isinstance(value.value, str) and bool(value.value)


def _named(project: Project, module: Module, scope: str, given: Expr, depth: int) -> Text | None:
    """Return what is known of a variable, a parameter or a model's attribute."""
    if not isinstance(given, Ref):
        return None
    if "." in given.name:
        return _attribute(project, given)
    symbol = project.resolve(module, scope, given)
    function = module.functions.get(scope)
    param = module.params.get(scope, {}).get(given.name)
    bound = project.names.scope(module, scope).get(given.name, []) if scope else []
    if param is not None and not param.kind:
        annotated = isinstance(param.annotation, Ref) and param.annotation.name == "str"
        return Text(f"{code(given.name)}, a `str`") if annotated and bound == ["param"] else None
    written = list(project.objects.written(symbol))
    plain = function is None or len(written) == len(bound)
    found = [text(project, *one, depth + 1) for one in written]
    if not found or not plain or any(one is None for one in found):
        return None
    texts = [one for one in found if one is not None]
    many = any(one.many or one.addresses for one in texts)
    return Text(f"{code(given.name)}, a text", certain=all(one.certain for one in texts), many=many)


def _attribute(project: Project, given: Ref) -> Text | None:
    """Return what is known of ``user.email``: every model that has such a column has a text there."""
    holder, _, last = given.name.rpartition(".")
    if holder in {"self", "cls"} or "." in holder or "form" in holder or _MANY.search(last):
        return None
    kinds = [one.columns[last].type for one in project.models.values() if last in one.columns]
    if not kinds or not all(_TYPES.match(one) for one in kinds):
        return None
    own = any(one.name.rpartition(".")[2] == last for each in project.modules for one in each.facts.functions)
    return None if own else Text(f"{code(given.name)}, a text", certain=False)
