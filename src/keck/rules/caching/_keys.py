"""Keys under which a project stores in its caches, and whether one that it clears is among them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keck.facts.expr import Const, Expr, Op, Text
from keck.project.values import Known, alternatives
from keck.rules._wording import called
from keck.rules.cors._urls import urls

if TYPE_CHECKING:
    from keck.project import Project
    from keck.project.caching import Cached

_WRITERS = ("set", "add", "inc", "dec", "set_many")
_READERS = ("get", "has")


def keys_in_use(project: Project) -> set[str] | None:
    """Return the keys, or how they begin, that the project uses itself; None where it writes some that cannot be seen."""
    found = set()
    for methods in (_READERS, _WRITERS):
        for module, scope, call in project.caches.clearings(*methods):
            first = call.argument(0, "key")
            head = None if first is None else _head(first)
            if head is not None:
                found.add(head[0])
                continue
            values = list(alternatives(project.value(module, scope, first)))
            texts = {one.value for one in values if isinstance(one, Known) and isinstance(one.value, str)}
            if methods is _WRITERS and len(texts) < len(values):
                return None
            found |= texts
    return found


def _head(expr: Expr) -> tuple[str, bool] | None:
    """Return the text with which a key begins, and whether that is all of it."""
    match expr:
        case Const(value=str(text)):
            return text, True
        case Text(parts=(Const(value=str(text)), *_)) | Op(kind="+" | "%", parts=(Const(value=str(text)), *_)):
            return text.partition("%")[0], False
        case _:
            return None


def stored_under(project: Project, one: Cached) -> str | None:
    """Return the only key under which the answers of a view are stored, or None where there are several, or it is not known."""
    made = project.caches.key(one)
    if one.memoized or not made.known or made.computed or made.query_string:
        return None
    if "%s" not in made.text:
        return made.text
    paths = {url.rule for url in urls(project, one.routes)}
    complete = len(paths) == 1 and all(one.rules for one in one.routes) and "<" not in next(iter(paths))
    return made.text.replace("%s", paths.pop()) if complete else None


def why_missed(project: Project, key: Expr, written: set[str]) -> tuple[str, str | None] | None:
    """Say why a key is not the one that a cached view is stored under, and which one is; None where it may be it."""
    head = _head(key)
    if head is None or any(head[0].startswith(one) or (not head[1] and one.startswith(head[0])) for one in written):
        return None
    text, whole = head
    shown = f'the key "{text}"' if whole else f'a key that begins with "{text}"'
    prefixes: dict[str, bool] = {}
    for one in project.caches.all:
        made = project.caches.key(one)
        if one.memoized or not made.known or made.computed:
            continue
        prefixes[made.text] = prefixes.get(made.text, True) and made.query_string
        if made.text != "view/%s":
            continue
        rules = [each.partition("<")[0] if not whole else each for route in one.routes for each in route.rules]
        if text.startswith("view/") and any(_is_path(text.removeprefix("view/"), each) for each in rules):
            if made.query_string:
                return (
                    f"{shown} is not where {called(one.name)} is stored: with `query_string=True` its key ends in a hash",
                    None,
                )
            if not text.startswith("view//"):
                reason = f'{shown} is not where {called(one.name)} is stored: its key is "view/" and the path, '
                same = _if_same(project, one, "/" + text.removeprefix("view/"))
                return f"{reason}which begins with a slash", same
        if any(_is_path(text, each) for each in rules if text.startswith("/")):
            reason = f'{shown} is not where {called(one.name)} is stored: its key begins with "view/"'
            return reason, _if_same(project, one, text)
        if whole and one.routes and text in {one.function.name, text.rpartition(".")[0] + "." + one.function.name}:
            return f"{shown} is the endpoint of {called(one.name)}, not what it is stored under", stored_under(
                project, one
            )
    if whole and prefixes.get(text):
        return f"{shown} is only how a stored key begins: with `query_string=True` it ends in a hash", None
    return None


def _if_same(project: Project, one: Cached, path: str) -> str | None:
    """Return the key of a view if that has this path."""
    key = stored_under(project, one)
    return key if key == f"view/{path}" else None


def _is_path(path: str, rule_text: str) -> bool:
    path = "/" + path.lstrip("/")
    return path == rule_text or (len(rule_text) > 1 and path.endswith(rule_text))
