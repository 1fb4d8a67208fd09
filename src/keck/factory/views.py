"""The views that modules register on the app itself, and the groups that they form."""

from __future__ import annotations

import ast
import keyword
import posixpath
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from keck.factory.draft import Draft
from keck.factory.refusal import Refusal

METHODS = frozenset({"route", "get", "post", "put", "patch", "delete"})
MAIN = "main"
VARIABLE = re.compile(r"<[^>]*>")


@dataclass(eq=False)
class View:
    """A view that is registered on the app at a module's top level.

    Attributes:
        draft: its file.
        statement: the function, or the call of ``add_url_rule``.
        receivers: the ``app`` of each registration.
        rule: the first URL rule, empty where it is no literal.
        endpoints: the names under which it is registered.
        group: the name of its blueprint.
    """

    draft: Draft
    statement: ast.stmt
    receivers: tuple[ast.expr, ...]
    rule: str
    endpoints: tuple[str, ...]
    group: str = ""


def views(draft: Draft, app: str, instances: Collection[str] = ()) -> Iterator[View]:
    """Yield the views of a module in the order of the text.

    Those with a dot in their endpoint stay on the app, and those that need the app for more than their registration, such
    as ``@limiter.limit(app.config["LIMIT"])``: they are defined once for each app.

    Args:
        draft: the module.
        app: the name of the app in it.
        instances: the names of extension instances, which are not made with the app any more.

    Raises:
        Refusal: the name of an endpoint is computed.
    """
    tied = _tied(draft, app, instances)
    for one in draft.tree.body:
        if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef):
            calls = [call for each in one.decorator_list if (call := _on_app(each, app, METHODS)) is not None]
            found = [_endpoint(draft, each, one.name, None) for each in calls]
        else:
            call = _on_app(one.value, app, {"add_url_rule"}) if isinstance(one, ast.Expr) else None
            calls = [] if call is None else [call]
            found = [_endpoint(draft, each, _viewed(each), 1) for each in calls]
        receivers = [each.func.value for each in calls if isinstance(each.func, ast.Attribute)]
        names = tuple(dict.fromkeys(found))
        if _is_tied(one, receivers, tied):
            continue
        if names and all(names) and not any("." in each for each in names):
            yield View(draft, one, tuple(receivers), _rule(calls), names)


def _tied(draft: Draft, app: str, instances: Collection[str]) -> set[str]:
    """Return the names of a module that are assigned something that is made with the app, and the app's."""
    found = {app}
    before = 0
    while before != len(found):
        before = len(found)
        for one in draft.tree.body:
            if isinstance(one, ast.Assign | ast.AnnAssign | ast.AugAssign) and one.value is not None:
                used = {each.id for each in ast.walk(one.value) if isinstance(each, ast.Name)}
                if used & found:
                    found |= {each.id for each in ast.walk(one) if isinstance(each, ast.Name)} - used - {*instances}
    return found


def _is_tied(one: ast.stmt, receivers: Sequence[ast.expr], tied: set[str]) -> bool:
    """Whether what is executed when a view is defined needs the app, its registrations apart."""
    parts: list[ast.AST] = [one]
    if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef):
        defaults = [each for each in (*one.args.defaults, *one.args.kw_defaults) if each is not None]
        parts = [*one.decorator_list, *defaults]
    nodes = [node for part in parts for node in ast.walk(part)]
    return any(isinstance(node, ast.Name) and node.id in tied and node not in receivers for node in nodes)


def _on_app(node: ast.expr, app: str, methods: Collection[str]) -> ast.Call | None:
    """Return the call of one of some methods of the app that an expression is, or None."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in methods:
        receiver = node.func.value
        return node if isinstance(receiver, ast.Name) and receiver.id == app else None
    return None


def _rule(calls: Sequence[ast.Call]) -> str:
    for one in calls:
        first = one.args[0] if one.args else None
        if isinstance(first, ast.Constant) and isinstance(first.value, str):
            return first.value
    return ""


def _endpoint(draft: Draft, call: ast.Call, name: str, position: int | None) -> str:
    """Return the endpoint of a registration: given by keyword or position, else `name`."""
    given = next((one.value for one in call.keywords if one.arg == "endpoint"), None)
    if given is None and position is not None and len(call.args) > position:
        given = call.args[position]
    if given is None or (isinstance(given, ast.Constant) and given.value is None):
        return name
    if isinstance(given, ast.Constant) and isinstance(given.value, str):
        return given.value
    raise Refusal(draft.path, given.lineno, "the name of an endpoint is computed")


def _viewed(call: ast.Call) -> str:
    """Return the name that ``add_url_rule`` gives a view: the function's, or that of ``as_view("name")``."""
    given = next((one.value for one in call.keywords if one.arg == "view_func"), None)
    if given is None and len(call.args) > 2:
        given = call.args[2]
    if isinstance(given, ast.Name):
        return given.id
    if isinstance(given, ast.Call) and isinstance(given.func, ast.Attribute) and given.func.attr == "as_view":
        first = given.args[0] if given.args else None
        if isinstance(first, ast.Constant) and isinstance(first.value, str):
            return first.value
    return ""


# groups


def group(found: Sequence[View], home: str, taken: Collection[str]) -> None:
    """Give each view the name of its blueprint.

    Views of the module that makes the app are grouped by the first part of their path, of which a group has two views
    at least; the rest is ``main``. Those of other modules go by their module.

    Args:
        found: the views.
        home: the path of the module that makes the app.
        taken: names that blueprints have already, or that code speaks of.
    """
    own = [one for one in found if one.draft.path == home]
    shared = _shared([_parts(one.rule) for one in own])
    for one in own:
        parts = _parts(one.rule)[shared:]
        one.group = parts[0] if parts else MAIN
    for one in own:
        if sum(each.group == one.group for each in own if each.draft.path == home) < 2:
            one.group = ""
    for one in own:
        one.group = one.group or MAIN
    for one in found:
        if one.draft.path != home:
            one.group = _slug(_stem(one.draft.path)) or MAIN
    names: dict[tuple[str, str], str] = {}
    used = set(taken)
    for one in found:
        key = (one.draft.path, one.group)
        if key not in names:
            names[key] = _free(one.group, used)
            used.add(names[key])
        one.group = names[key]


def _parts(rule: str) -> list[str]:
    """Return the parts of a path before its first variable, as names."""
    return [slug for part in VARIABLE.split(rule)[0].split("/") if (slug := _slug(part))]


def _shared(paths: Sequence[Sequence[str]]) -> int:
    """Return with how many parts all paths begin, the last one of each apart."""
    count = 0
    while len(paths) > 1 and all(len(one) > count + 1 for one in paths) and len({one[count] for one in paths}) == 1:
        count += 1
    return count


def _slug(text: str) -> str:
    slug = re.sub(r"\W+", "_", text, flags=re.ASCII).strip("_").lower()
    return f"{slug}_" if keyword.iskeyword(slug) else "" if slug[:1].isdigit() else slug


def _stem(path: str) -> str:
    folder, file = posixpath.split(path)
    stem = posixpath.basename(folder) if file == "__init__.py" else file.removesuffix(".py")
    return posixpath.basename(folder) if stem in {"views", "routes"} and folder else stem


def _free(name: str, used: Collection[str]) -> str:
    number = 2
    found = name
    while found in used:
        found = f"{name}_{number}"
        number += 1
    return found
