"""The revisions of a migrations directory, read as text: neither they nor `env.py` are run."""

from __future__ import annotations

import ast
import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

NAMES = ("revision", "down_revision", "depends_on", "branch_labels")


@dataclass(frozen=True)
class Revision:
    """One revision.

    Args:
        id: as the database keeps it.
        path: of its file, absolute, with ``/``.
        doc: first line of its docstring.
        after: ids of those that it comes after.
        needs: what it names in `depends_on`: ids, beginnings of ids, or labels.
        labels: of its branch.
        per_database: whether it upgrades each database with a function of its own.
    """

    id: str
    path: str
    doc: str = ""
    after: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    per_database: bool = False


@dataclass(frozen=True)
class Revisions:
    """All revisions of a directory by id, and the files that could not be read as such."""

    known: dict[str, Revision]
    unread: tuple[str, ...] = ()

    @property
    def heads(self) -> list[str]:
        """The ids after which none comes, sorted."""
        passed = {before for one in self.known.values() for before in one.after}
        return sorted(set(self.known) - passed)

    def missing(self) -> list[str]:
        """Return the ids that revisions come after and that are in no file, sorted."""
        return sorted({before for one in self.known.values() for before in one.after} - set(self.known))

    def pending(self, current: Iterable[str]) -> list[Revision]:
        """Return the revisions that lead from the current ones to the heads, the next one first."""
        done = self._with_all_before(current)
        wanted = self._with_all_before(self.heads)
        return [self.known[one] for one in wanted if one not in done]

    def _with_all_before(self, ids: Iterable[str]) -> dict[str, None]:
        """Return the ids and all that must come before them, each behind what it needs."""
        ordered: dict[str, None] = {}
        entered: set[str] = set()
        stack = [(one, False) for one in reversed(list(ids))]
        while stack:
            one, is_left = stack.pop()
            if is_left:
                ordered[one] = None
            elif one in self.known and one not in entered:
                entered.add(one)
                revision = self.known[one]
                stack.append((one, True))
                stack += [(before, False) for before in (*revision.after, *map(self._resolved, revision.needs))]
        return ordered

    def _resolved(self, name: str) -> str:
        """Return the id that is meant by an id, its beginning, or a label."""
        if name in self.known:
            return name
        labelled = [one.id for one in self.known.values() if name in one.labels]
        begun = [one for one in self.known if one.startswith(name)]
        return next(iter([*labelled, *begun]), name)


def read(directory: Path) -> Revisions:
    """Return the revisions in the places that `alembic.ini` names, usually ``versions``."""
    known: dict[str, Revision] = {}
    unread = []
    for path in (path for place in _places(directory) for path in sorted(place.glob("*.py"))):
        if path.name.startswith((".", "__init__")):
            continue
        revision = _read(path)
        if revision is None:
            unread.append(path.as_posix())
        else:
            known[revision.id] = revision
    return Revisions(known, tuple(unread))


def _read(path: Path) -> Revision | None:
    """Return the revision in a file, or None where its names are not given as plain values."""
    try:
        tree = ast.parse(path.read_bytes())
        values = {name: ast.literal_eval(value) for name, value in _assigned(tree) if name in NAMES}
    except (OSError, SyntaxError, ValueError):
        return None
    if not isinstance(values.get("revision"), str) or "down_revision" not in values:
        return None
    functions = [one for one in tree.body if isinstance(one, ast.FunctionDef) and one.name == "upgrade"]
    doc = (ast.get_docstring(tree) or "").partition("\n")[0]
    return Revision(
        values["revision"],
        path.as_posix(),
        doc,
        _several(values["down_revision"]),
        _several(values.get("depends_on")),
        _several(values.get("branch_labels")),
        any(one.args.args for one in functions),
    )


def _assigned(tree: ast.Module) -> Iterable[tuple[str, ast.expr]]:
    for one in tree.body:
        if isinstance(one, ast.Assign) and isinstance(one.targets[0], ast.Name):
            yield one.targets[0].id, one.value
        elif isinstance(one, ast.AnnAssign) and isinstance(one.target, ast.Name) and one.value is not None:
            yield one.target.id, one.value


def _several(value: object) -> tuple[str, ...]:
    """Return None, a text or a collection of texts as texts."""
    if isinstance(value, str):
        return (value,)
    return tuple(map(str, value)) if isinstance(value, tuple | list | set) else ()


def _places(directory: Path) -> list[Path]:
    from alembic.config import Config

    config = Config(os.fspath(directory / "alembic.ini"))
    try:
        named = config.get_main_option("version_locations") or ""
        sign = config.get_main_option("path_separator") or config.get_main_option("version_path_separator") or ""
    except Exception:  # noqa: BLE001 - configparser's; without a readable file there is the usual place
        named, sign = "", ""
    separators = {"os": re.escape(os.pathsep), "space": " +", "newline": "\n+", ":": ":", ";": ";"}
    texts = re.split(separators.get(sign, r"[,\s]+"), named.replace("%(here)s", str(directory)))
    places = [Path(one.strip()).absolute() for one in texts if one.strip()]
    return places or [directory / "versions"]


def filters(directory: Path) -> bool:
    """Whether `env.py` chooses what is compared with a function of its own, which is not run here."""
    try:
        tree = ast.parse((directory / "env.py").read_bytes())
    except (OSError, SyntaxError, ValueError):
        return False
    words = {"include_object", "include_name"}
    arguments = {one.arg for one in ast.walk(tree) if isinstance(one, ast.keyword)}
    keys = {one.value for one in ast.walk(tree) if isinstance(one, ast.Constant) and isinstance(one.value, str)}
    return bool(words & (arguments | keys))
