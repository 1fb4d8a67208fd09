"""The ``app`` fixture of a suite that has none: where it goes, and what it gives the factory."""

from __future__ import annotations

import ast
import posixpath
from collections.abc import Iterator, Mapping, Sequence

from keck.factory.draft import Draft
from keck.factory.fixtures import NAMES, SCOPES, Asking, Fixture, Fixtures, ask, make_here, mark
from keck.factory.overrides import Entry, Overrides, call, merged, overrides
from keck.factory.taker import Function, Taker, bound
from keck.factory.wsgi import dotted, imported_from
from keck.project.module import is_test

_TABLES = ("create_all", "drop_all", "upgrade")
_EARLY = ("sys.path", "environ", "putenv", "load_dotenv")

Top = tuple[Taker, Overrides]


def new_fixture(
    texts: Mapping[str, str], module: str, suite: Fixtures, asking: Sequence[Asking], top: Sequence[Top]
) -> tuple[str, str] | None:
    """Let functions ask for a fixture of the app that none of them has yet, and make it.

    Args:
        texts: the project's files by path.
        module: the path of the module with the factory.
        suite: the functions that pytest calls.
        asking: those that need the app.
        top: what test modules set on the app's config when they are imported.

    Returns:
        Path and text of the file that gets it, None where that is one of the modules that ask.

    Raises:
        Unfit: it cannot be made so that every test has what it had.
    """
    files = [*(one.taker.path for one in asking), *(taker.path for taker, _ in top)]
    home = posixpath.join(_common([posixpath.dirname(one) for one in files]), "conftest.py")
    if len(asking) == 1 and not top and asking[0].fixture is not None:
        taker, function, _ = asking[0]
        if overrides(taker.draft, function.body, taker.is_app).names & bound(function):
            make_here(taker, function, suite.factory)
            return None
    known = {one.name for one in suite.all if _near(one.path, home)}
    name = next((one for one in NAMES if one not in known), "")
    if not name:
        raise asking[0].taker.draft.unfit(asking[0].function, "has no name left for a fixture of the app")
    entries = _entries(asking, top, home)
    scope = _scope(texts, asking)
    for one in asking:
        ask(one, Fixture(home, name, 0, scope))
    text = _code(name, scope, entries, with_client="client" not in known)
    imported = f"from {_source(texts, module, suite)} import {suite.factory}"
    own = next((one for one in suite.takers if one.path == home), None)
    if own is not None and any(one.function is None for one in own.taken):
        _beside(own, text.format(factory=own.maker(suite.factory, None)), asking)
        return None
    if own is not None or any(word in one.draft.text for one in suite.takers for word in _EARLY):
        # what the tests do before they import the app has not been done yet when a conftest is imported
        text = text.replace("():\n", f"():\n    {imported}\n\n", 1)
        imported = ""
    text = text.format(factory=suite.factory)
    if own is not None:
        _beside(own, text, asking)
        return None
    return home, _added(texts.get(home, ""), home, imported, text)


def _entries(asking: Sequence[Asking], top: Sequence[Top], home: str) -> tuple[Entry, ...]:
    """Return what the new fixture gives the factory; the statements that have said so go."""
    given = []
    for one in asking:
        if one.fixture is not None:
            found = overrides(one.taker.draft, one.function.body, one.taker.is_app)
            if not found.names & (bound(one.function) | _unknown(one.taker, home)):
                given.append((one.taker, found))
    values: dict[str, set[str]] = {}
    for _, found in (*given, *top):
        for entry in found.entries:
            values.setdefault(entry.key or entry.value, set()).add(entry.value)
    chosen = []
    for taker, found in given:
        if all(len(values[one.key or one.value]) == 1 for one in found.entries):
            chosen.append((taker, found))
    for taker, found in top:
        if found.names & _unknown(taker, home) or any(len(values[one.key or one.value]) > 1 for one in found.entries):
            raise taker.draft.unfit(found.statements[0], "sets the config to what only this module has")
    for taker, found in (*chosen, *top):
        for statement in found.statements:
            taker.draft.remove(statement)
        taker.settled(*found.statements)
    return merged(entry for _, found in (*chosen, *top) for entry in found.entries)


def _unknown(taker: Taker, home: str) -> frozenset[str]:
    """Return the names of a module that the new fixture does not know."""
    return frozenset() if taker.path == home else frozenset(_bound(taker.draft.tree)) - taker.names


def _bound(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, ast.Import | ast.ImportFrom):
            yield from ((one.asname or one.name).partition(".")[0] for one in node.names)
        elif isinstance(node, Function | ast.ClassDef):
            yield node.name


def _scope(texts: Mapping[str, str], asking: Sequence[Asking]) -> str:
    """Return how long the new app lives: as the fixtures that ask for it, and for ever where tests may share tables."""
    widest = max((one.fixture.scope for one in asking if one.fixture is not None), key=SCOPES.index, default="function")
    if widest != "function":
        return widest
    shared = any("SQLAlchemy" in text for path, text in texts.items() if path.endswith(".py"))
    anew = any(any(word in ast.unparse(one.function) for word in _TABLES) for one in asking if one.fixture is not None)
    return "session" if shared and not anew else "function"


def _near(path: str, home: str) -> bool:
    """Whether a module may see the fixtures of a conftest, or has its own below it."""
    one, other = posixpath.dirname(path), posixpath.dirname(home)
    return f"{one}/".startswith(f"{other}/") or f"{other}/".startswith(f"{one}/") or not one or not other


def _code(name: str, scope: str, entries: Sequence[Entry], *, with_client: bool) -> str:
    """Return the code of the new fixtures, with ``{factory}`` for what makes the app."""
    options = f'(scope="{scope}")' if scope != "function" else ""
    made = call("\0", entries, "    ").replace("{", "{{").replace("}", "}}").replace("\0", "{factory}")
    text = f"@pytest.fixture{options}\ndef {name}():\n    return {made}\n"
    if with_client:
        text += f"\n\n@pytest.fixture\ndef client({name}):\n    return {name}.test_client()\n"
    return text


def _beside(taker: Taker, text: str, asking: Sequence[Asking]) -> None:
    """Put the new fixture above the first function that asks for it, in the spelling of that module."""
    draft = taker.draft
    first = min((one.function for one in asking if one.taker is taker), key=lambda one: one.lineno, default=None)
    at: ast.stmt | None = first or next(
        (one for one in draft.tree.body if isinstance(one, Function | ast.ClassDef)), None
    )
    marks = [found for one in ast.walk(draft.tree) if (found := mark(one)) is not None]
    spelling = ast.unparse(marks[0].func if isinstance(marks[0], ast.Call) else marks[0]) if marks else "pytest.fixture"
    text = text.replace("@pytest.fixture", f"@{spelling}")
    if not marks:
        _import(draft, [])
    if at is None:
        draft.insert(len(draft.text), f"\n\n{text}")
    else:
        draft.insert_above(at, f"{text}\n")


def _added(old: str, path: str, imported: str, text: str) -> str:
    """Return a conftest with more in it: the imports below those that are there, the rest at the end."""
    if not old.strip():
        return "\n\n".join(filter(None, ["import pytest", imported, f"\n{text}"])).replace("\n\n\n\n", "\n\n\n")
    draft = Draft(path, old)
    _import(draft, [imported] if imported else [])
    draft.insert(len(old), ("" if old.endswith("\n") else "\n") + f"\n\n{text}")
    return draft.done()


def _import(draft: Draft, lines: list[str]) -> None:
    """Add imports below those of a module, and that of pytest where it is missing."""
    imports = [one for one in draft.tree.body if isinstance(one, ast.Import | ast.ImportFrom)]
    if all(alias.name != "pytest" for one in imports if isinstance(one, ast.Import) for alias in one.names):
        lines = ["import pytest", *lines]
    text = "".join(f"{one}\n" for one in lines)
    if imports:
        draft.insert(draft.below(imports[-1]), text)
    elif ast.get_docstring(draft.tree):
        draft.insert(draft.below(draft.tree.body[0]), f"\n{text}")
    else:
        draft.insert(0, f"{text}\n")


def _source(texts: Mapping[str, str], module: str, suite: Fixtures) -> str:
    """Return the name under which a conftest imports the module: that which the tests use, if it is absolute."""
    for taker in suite.takers:
        for one in taker.taken:
            if not one.is_direct:
                continue
            if isinstance(one.statement, ast.Import):
                return one.alias.name
            if not one.statement.level and one.statement.module:
                return one.statement.module if "." not in one.name else f"{one.statement.module}.{one.alias.name}"
    return dotted(module, imported_from({path: text for path, text in texts.items() if not is_test(path)}, module))


def _common(folders: Sequence[str]) -> str:
    """Return the folder that holds all others."""
    parts = [one.split("/") if one else [] for one in folders]
    found = []
    for level in zip(*parts, strict=False):
        if len(set(level)) > 1:
            break
        found.append(level[0])
    return "/".join(found)
