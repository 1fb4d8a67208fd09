"""Booting the app of a copy in the project's interpreter."""

from __future__ import annotations

import os
import re
import secrets
import shutil
import time
from collections.abc import Mapping
from pathlib import Path

import msgspec

from keck.doctor import spawn
from keck.proof.outcome import Boot
from keck.proof.tree import Tree
from keck.trouble import Trouble

_MODULE = "keck.proof.child"
_HOME = "scratch"
_OUTSIDE = "; what is booted for a proof may write below the project's directory alone"


class _Answer(msgspec.Struct, frozen=True):
    snapshot: dict[str, str] = {}
    trouble: str = ""


class Place:
    """Where and how an app is booted.

    Args:
        tree: the copy.
        folder: the folder that the copy lies in.
        python: the project's interpreter.
        timeout: seconds that a boot may take.
    """

    def __init__(self, tree: Tree, folder: Path, *, python: Path, timeout: float) -> None:
        self.tree = tree
        self.python = python
        self.timeout = timeout
        self.scratch = folder.resolve() / _HOME
        self._key = secrets.token_hex(16)
        self._dotenvs(folder.resolve())

    def boot(self, app: str, base: str = "") -> Boot:
        """Boot an app once; afterwards the copy is what it was before.

        Args:
            app: as `flask --app` takes it; empty for what Flask finds by itself.
            base: the folder within the tree that Flask is started in.
        """
        begun = time.monotonic()
        self._empty()
        question = {
            "app": app,
            "original": str(self.tree.original),
            "copy": str(self.tree.path),
            "first": self.sources(base),
            "scratch": str(self.scratch),
            "key": self._key,
        }
        try:
            data = spawn.ask(
                self.python,
                _MODULE,
                question,
                timeout=self.timeout,
                here=self.here(base),
                environment=self.environment(os.environ),
            )
            answer = msgspec.json.decode(data, type=_Answer)
            trouble = spawn.with_interpreter(answer.trouble, self.python)
        except Trouble as error:
            answer, trouble = _Answer(), str(error)
        finally:
            self.tree.restore()
        seconds = round(time.monotonic() - begun, 3)
        return Boot(answer.snapshot, self._told(trouble, base), app=app, base=base, seconds=seconds, boots=1)

    def here(self, base: str) -> Path:
        """Return the directory that Flask is started in."""
        return self.tree.path / base if base else self.tree.path

    def sources(self, base: str) -> list[str]:
        """Return the folders that are imported from first: the working directory, and ``src`` where packages lie there."""
        here = self.here(base)
        below = [one / "src" for one in dict.fromkeys((here, self.tree.path))]
        return [str(here), *(str(one) for one in below if one.is_dir() and not (one / "__init__.py").exists())]

    def environment(self, variables: Mapping[str, str]) -> dict[str, str]:
        """Return the variables of a boot: paths into the tree lead into the copy."""
        found = {key: value if key == "PATH" else self._moved(value) for key, value in variables.items()}
        return {
            **found,
            "PYTHONHASHSEED": variables.get("PYTHONHASHSEED", "0"),
            "PYTHONDONTWRITEBYTECODE": "1",
            "TMPDIR": str(self.scratch / "tmp"),
        }

    def _moved(self, text: str) -> str:
        """Return a text in which paths of the tree are those of the copy, where that has them."""
        original = str(self.tree.original)
        if original not in text:
            return text

        def moved(found: re.Match[str]) -> str:
            first = found["first"]
            return found[0] if first and not self.tree.has(first) else f"{self.tree.path}{found['rest']}"

        return re.sub(rf"{re.escape(original)}(?P<rest>/(?P<first>[^/:;,\s]+)|(?![\w.-]))", moved, text)

    def _empty(self) -> None:
        shutil.rmtree(self.scratch, ignore_errors=True)
        (self.scratch / "tmp").mkdir(parents=True)

    def _told(self, trouble: str, base: str) -> str:
        """Return a sentence as one of the project's own tree."""
        for path in (self.here(base), self.tree.path):
            trouble = trouble.replace(f"{path}/", "").replace(str(path), str(self.tree.original))
        return trouble + _OUTSIDE * ("PermissionError" in trouble and "proof keeps" not in trouble)

    def _dotenvs(self, folder: Path) -> None:
        """Copy the files above the tree that Flask would find in their place beside the copy."""
        for name in (".env", ".flaskenv"):
            above = next((one / name for one in self.tree.original.parents if (one / name).is_file()), None)
            if above is not None:
                shutil.copyfile(above, folder / name)
