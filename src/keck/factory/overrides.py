"""What a suite sets on the config of the app that it takes: the statements, and the dict that says the same."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Sequence

import msgspec

from keck.factory.draft import Draft

IsApp = Callable[[ast.AST], bool]
_ATTRIBUTES = {"testing": "TESTING", "debug": "DEBUG", "secret_key": "SECRET_KEY"}
_WIDTH = 100


class Entry(msgspec.Struct, frozen=True):
    """One entry of a dict display; `key` and `value` are code, and a key that is empty stands for ``**value``."""

    key: str
    value: str


class Overrides(msgspec.Struct, frozen=True):
    """The statements at the beginning of a body that set the config, and what they set.

    Attributes:
        statements: in order.
        entries: in order, the last of each key.
        names: what the values take from the function: parameters and variables.
    """

    statements: tuple[ast.stmt, ...] = ()
    entries: tuple[Entry, ...] = ()
    names: frozenset[str] = frozenset()


def overrides(draft: Draft, body: Sequence[ast.stmt], is_app: IsApp) -> Overrides:
    """Return what a body sets on the app's config before it uses the app for anything else."""
    found: list[tuple[ast.stmt, list[Entry]]] = []
    names: set[str] = set()
    for one in body:
        entries = settings(draft, one, is_app)
        if entries is not None:
            found.append((one, entries))
            names |= {each.id for each in ast.walk(one) if isinstance(each, ast.Name)}
        elif names.intersection(_bound(one)) or any(is_app(node) for node in ast.walk(one)):
            break
    return Overrides(
        tuple(one for one, _ in found), merged(entry for _, each in found for entry in each), frozenset(names)
    )


def merged(entries: Iterator[Entry]) -> tuple[Entry, ...]:
    """Return entries without those that a later one of the same key replaces."""
    found: dict[str, Entry] = {}
    for one in entries:
        key = one.key or f"**{one.value}"
        found.pop(key, None)
        found[key] = one
    return tuple(found.values())


def settings(draft: Draft, one: ast.stmt, is_app: IsApp) -> list[Entry] | None:
    """Return what a statement sets on the config, or None where it is none that a dict can replace."""
    if isinstance(one, ast.Assign) and len(one.targets) == 1:
        entry = _assigned(draft, one.targets[0], one.value, is_app)
        values: list[ast.expr] = [one.value]
        found = None if entry is None else [entry]
    elif isinstance(one, ast.Expr) and isinstance(one.value, ast.Call):
        found = _called(draft, one.value, is_app)
        values = [*one.value.args, *(word.value for word in one.value.keywords)]
    else:
        return None
    reads_app = any(is_app(node) for value in values for node in ast.walk(value))
    return None if reads_app else found


def _assigned(draft: Draft, target: ast.expr, value: ast.expr, is_app: IsApp) -> Entry | None:
    if isinstance(target, ast.Subscript) and _is_config(target.value, is_app):
        return Entry(draft.source(target.slice), draft.source(value))
    if isinstance(target, ast.Attribute) and is_app(target.value) and target.attr in _ATTRIBUTES:
        return Entry(f'"{_ATTRIBUTES[target.attr]}"', draft.source(value))
    return None


def _called(draft: Draft, call: ast.Call, is_app: IsApp) -> list[Entry] | None:
    if not isinstance(call.func, ast.Attribute) or not _is_config(call.func.value, is_app):
        return None
    if call.func.attr in {"update", "from_mapping"} and len(call.args) <= 1:
        return [*(each for value in call.args for each in _pairs(draft, value)), *_words(draft, call)]
    if call.func.attr == "from_object" and len(call.args) == 1 and isinstance(call.args[0], ast.Name | ast.Attribute):
        whole = draft.source(call.args[0])
        return [Entry("", f"{{key: getattr({whole}, key) for key in dir({whole}) if key.isupper()}}")]
    return None


def _pairs(draft: Draft, value: ast.expr) -> Iterator[Entry]:
    if isinstance(value, ast.Dict):
        for key, each in zip(value.keys, value.values, strict=True):
            yield Entry(draft.source(key) if key else "", draft.source(each))
    elif (
        isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id == "dict" and not value.args
    ):
        yield from _words(draft, value)
    else:
        yield Entry("", draft.source(value))


def _words(draft: Draft, call: ast.Call) -> Iterator[Entry]:
    for word in call.keywords:
        yield Entry(f'"{word.arg}"' if word.arg else "", draft.source(word.value))


def _is_config(node: ast.expr, is_app: IsApp) -> bool:
    return isinstance(node, ast.Attribute) and node.attr == "config" and is_app(node.value)


def _bound(one: ast.stmt) -> Iterator[str]:
    """Yield the names that a statement binds."""
    for node in ast.walk(one):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store | ast.Del):
            yield node.id


def call(factory: str, entries: Sequence[Entry], indent: str = "") -> str:
    """Return the call of a factory with a dict of entries, on one line where it fits."""
    if not entries:
        return f"{factory}()"
    pairs = [f"{one.key}: {one.value}" if one.key else f"**{one.value}" for one in entries]
    line = f"{factory}({{{', '.join(pairs)}}})"
    if len(indent) + len(line) + 12 <= _WIDTH and "\n" not in line:
        return line
    unit = "\t" if "\t" in indent else "    "
    lines = "".join(f"{indent}{unit}{one},\n" for one in pairs)
    return f"{factory}({{\n{lines}{indent}}})"
