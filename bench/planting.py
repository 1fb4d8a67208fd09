"""How a plant is put into a repository: its sections, its placeholders, its edits.

A plant is a small Python file of ours with one fault. Lines of the form ``# --- KIND NAME`` divide it into edits:

- ``module NAME``: a new module NAME.py beside the app; a blueprint made in it is registered.
- ``beside NAME``: added to the end of the module in which the repository makes its blueprint, or else its app.
- ``factory``: statements at the end of the function, or module, that makes the app.
- ``early``: the same, right after the app has been made.
- ``settings``: lines for the class or module of settings that is loaded by default, or else for ``app.config``.
- ``test NAME``: a new module in the folder of tests.
- ``file NAME``: lines, commented out here, for the end of another file.

``from here import cache`` means the repository's own instance; ``from here.reports import bp`` a planted module.
``# needs: ...`` and ``# brings: ...`` lines say which repositories it suits and what to wire first.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field
from pathlib import Path

from repository import NAMES, Repository, Unsuited

from keck.project.things import Site

__all__ = ["Ground", "Plant", "Unsuited", "plant_of"]

EDIT = re.compile(r"^# --- (module|beside|factory|early|settings|test|file) ?(\S*)$", re.MULTILINE)
MARK = re.compile(r"[ ]*# keck: ((?:[a-z-]+/)?[a-z0-9-]+(?:, [a-z-]+/[a-z0-9-]+)*)[ ]*$")
HERE = re.compile(r"^([ ]*)from here(?:\.(\w+))? import ([\w, ]+\w)(.*)$", re.MULTILINE)


@dataclass
class Plant:
    """A plant: the edits by kind and name, and what it asks of a repository."""

    path: Path
    edits: list[tuple[str, str, str]]
    needs: list[str]
    brings: list[str]

    @property
    def rule(self) -> str:
        """The rule whose fault it is: its folders' names."""
        return "/".join(one for one in self.path.parts[-3:-1] if one != "plants")


def plant_of(path: Path) -> Plant:
    """Return the plant in a file."""
    head, *parts = EDIT.split(path.read_text("utf-8"))
    edits = [
        (kind, name, body.strip("\n") + "\n")
        for kind, name, body in zip(parts[::3], parts[1::3], parts[2::3], strict=True)
    ]
    needs = re.findall(r"^# needs: (.+)$", head, re.MULTILINE)
    brings = re.findall(r"^# brings: (\w+)$", head, re.MULTILINE)
    return Plant(path, edits, needs, brings)


@dataclass
class Ground(Repository):
    """A copy of a repository, and what has been changed in it."""

    changed: dict[Path, bytes | None] = field(default_factory=dict)
    planted: dict[str, str] = field(default_factory=dict)

    def _write(self, path: Path, text: str) -> None:
        if path not in self.changed:
            self.changed[path] = path.read_bytes() if path.is_file() else None
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")

    def clear(self) -> None:
        """Undo every edit."""
        for path, text in self.changed.items():
            if text is None:
                path.unlink()
            else:
                path.write_bytes(text)
        self.changed.clear()
        self.planted.clear()

    def marks(self) -> set[tuple[str, str, int]]:
        """Return what is marked in the changed files, rule, path and line, and take the marks out."""
        found = set()
        for path in self.changed:
            lines = path.read_text("utf-8").splitlines()
            for at, line in enumerate(lines):
                if mark := MARK.search(line):
                    where = path.relative_to(self.root).as_posix()
                    found |= {(rule, where, at + 1) for rule in mark[1].split(", ")}
                    lines[at] = line[: mark.start()]
            path.write_text("\n".join(lines) + "\n", "utf-8")
        return found

    def _filled(self, text: str, where: str) -> str:
        def line(found: re.Match[str]) -> str:
            indent, planted, names, mark = found.groups()
            if planted:
                return f"{indent}from {self.planted[planted]} import {names}{mark}"
            rows = []
            for one in names.split(", "):
                name, _, alias = one.partition(" as ")
                module, own = self._local.get(name) or self.found(name)
                target = module if isinstance(module, str) else module.path
                if not self.dotted(target):
                    raise Unsuited("its top package has no name")
                if target == where:
                    rows += [] if own == (alias or name) else [f"{indent}{alias or name} = {own}"]
                else:
                    renamed = "" if own == (alias or name) else f" as {alias or name}"
                    rows.append(f"{indent}from {self.dotted(target)} import {own}{renamed}")
            return "\n".join(f"{one}{mark}" for one in rows)

        return HERE.sub(line, text)

    @property
    def _local(self) -> dict[str, tuple[str, str]]:
        return {
            name: (self._beside(f"own_{name}"), name) for name in NAMES.values() if f"own_{name}" in self.planted
        } | ({"Row": (self._beside("own_db"), "Row")} if "own_db" in self.planted else {})

    def _beside(self, name: str) -> str:
        folder = self.app.module.directory
        return f"{folder}/{name}.py" if folder else f"{name}.py"

    def apply(self, plant: Plant) -> None:
        """Make the edits of a plant."""
        modules = [name for kind, name, _ in plant.edits if kind == "module"]
        self.planted |= {name: self.dotted(self._beside(name)) for name in modules}
        for kind, name, body in plant.edits:
            match kind:
                case "module":
                    self._module(name, body)
                case "beside":
                    self._append(body)
                case "factory" | "early":
                    self._in_factory(body, early=kind == "early")
                case "settings":
                    self._settings(body)
                case "test":
                    folders = sorted(
                        one.directory for one in self.project.modules if one.is_test and one.directory.endswith("tests")
                    )
                    path = f"{folders[0] if folders else 'tests'}/{name}.py"
                    self._write(self.root / path, self._filled(body, path))
                case _:
                    file = self.root / name
                    lines = "".join(re.sub(r"^# ?", "", one) for one in body.splitlines(keepends=True))
                    before = file.read_text("utf-8").rstrip("\n") + "\n" if file.is_file() else ""
                    self._write(file, before + lines)

    def _module(self, name: str, body: str) -> None:
        path = self._beside(name)
        if (self.root / path).exists():
            raise Unsuited(f"it has a module {name} of its own")
        self._write(self.root / path, self._filled(body, path))
        made = re.search(r"^(\w+) = Blueprint\(", body, re.MULTILINE)
        if made:
            self._in_factory(f"from here.{name} import {made[1]}\n\napp.register_blueprint({made[1]})\n")
        elif "from here import app" in body or re.search(r"^@app\.", body, re.MULTILINE):
            self._in_factory(f"import {self.planted[name]} as {name}_module  # noqa: E402, F401\n")

    def _append(self, body: str) -> None:
        boards = [
            one
            for one in self.project.extensions.blueprints
            if one.cls == "flask.Blueprint"
            and not one.scope
            and not one.module.is_test
            and self.project.extensions.symbol(one)
        ]
        boards.sort(
            key=lambda one: -sum(one in route.owner and route.module is one.module for route in self.project.routes)
        )
        chosen = boards[0] if boards else self.app
        if not boards and self.is_factory:
            raise Unsuited("no blueprint of its own")
        name = self.project.extensions.symbol(chosen).partition(":")[2]
        text = re.sub(r"\bboard\b", name, self._filled(body, chosen.path))
        path = self.root / chosen.path
        source = path.read_text("utf-8")
        if chosen is self.app:
            self._in_factory(text)
        else:
            self._write(path, source.rstrip("\n") + "\n\n\n" + text)

    def _in_factory(self, body: str, *, early: bool = False) -> None:
        path = self.root / self.app.path
        source = path.read_text("utf-8")
        lines = source.splitlines(keepends=True)
        at, indent = _spot(ast.parse(source), self.app, early=early)
        text = self._filled(re.sub(r"\bapp\b(?=[.,)\]])", self.variable, body), self.app.path)
        rows = [f"{' ' * indent}{one}" if one.strip() else one for one in text.splitlines(keepends=True)]
        if lines and not lines[-1].endswith("\n"):
            lines[-1] += "\n"
        self._write(path, "".join([*lines[:at], *rows, *lines[at:]]))

    def _settings(self, body: str) -> None:
        holders = [
            load.holder
            for each in self.project.config.settings.values()
            for one in each
            for load in one.loads
            if load.holder
            and load.path
            and load.default
            and load.role in {"base", "production"}
            and not one.module.is_test
        ]
        if not holders:
            body = re.sub(r"^([A-Z]\w+) = ", r'app.config["\1"] = ', body, flags=re.MULTILINE)
            return self._in_factory(body, early=True)
        symbol = max(sorted(set(holders)), key=holders.count)
        head, _, name = symbol.partition(":")
        module = self.project.names.by_name[head]
        path = self.root / module.path
        lines = path.read_text("utf-8").splitlines(keepends=True)
        if lines and not lines[-1].endswith("\n"):
            lines[-1] += "\n"
        top = "".join(one for one in body.splitlines(keepends=True) if one.startswith(("import ", "from ")))
        rows = [one for one in body.splitlines(keepends=True) if one not in top]
        if name:
            at, indent = _body_of(ast.parse("".join(lines)), name)
            rows = [f"{' ' * indent}{one}" if one.strip() else one for one in rows]
        else:
            at = len(lines)
        start = _after_future(lines)
        self._write(path, "".join([*lines[:start], top, *lines[start:at], *rows, *lines[at:]]))
        return None


def _after_future(lines: list[str]) -> int:
    tree = ast.parse("".join(lines))
    at = 0
    for one in tree.body:
        doc = isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant)
        if not doc and not (isinstance(one, ast.ImportFrom) and one.module == "__future__"):
            break
        at = one.end_lineno or 0
    return at


def _body_of(tree: ast.Module, name: str) -> tuple[int, int]:
    """Return the line after a class's last simple setting, and the indentation of its body."""
    for one in ast.walk(tree):
        if isinstance(one, ast.ClassDef) and one.name == name.rpartition(".")[2]:
            plain = [each for each in one.body if isinstance(each, ast.Assign | ast.AnnAssign)]
            if plain:
                return plain[-1].end_lineno or 0, plain[-1].col_offset
    raise Unsuited("its settings are no plain class")


def _spot(tree: ast.Module, app: Site, *, early: bool) -> tuple[int, int]:
    """Return the number of lines above the spot for a statement, and its indentation."""
    body: list[ast.stmt] = tree.body
    for part in app.scope.split(".") if app.scope else ():
        inner = [one for one in body if isinstance(one, ast.FunctionDef | ast.ClassDef) and one.name == part]
        if not inner:
            raise Unsuited("the app is made in a nested place")
        body = inner[-1].body
    if early:
        for one in body:
            if one.lineno <= app.line <= (one.end_lineno or 0) and isinstance(one, ast.Assign | ast.AnnAssign):
                return one.end_lineno or 0, one.col_offset
        raise Unsuited("the app is made inside another statement")
    while isinstance(body[-1], ast.With) and any(isinstance(one, ast.Return) for one in body[-1].body):
        body = body[-1].body
    if app.scope:
        if not isinstance(body[-1], ast.Return):
            raise Unsuited("its factory does not end with a return")
        return body[-1].lineno - 1, body[-1].col_offset
    for one in body:
        if isinstance(one, ast.If) and "__name__" in ast.dump(one.test):
            return one.lineno - 1, 0
    return body[-1].end_lineno or 0, 0
