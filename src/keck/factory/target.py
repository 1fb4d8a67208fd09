"""Which file a command means by ``app``, ``backend.app`` or ``/srv/shop/app.py``, as far as the project can tell."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence

VARIABLE = re.compile(r"^(?:\$\{?\w+\}?|\$\(\s*pwd\s*\)|`\s*pwd\s*`|~|\.)(?=/)")


class Targets:
    """The modules of a project by what commands call them.

    Args:
        paths: of all files of the project, relative, with ``/``.
    """

    def __init__(self, paths: Sequence[str]) -> None:
        self._paths = frozenset(one for one in paths if one.endswith((".py", ".wsgi")))
        self._by_tail: dict[str, list[str]] = {}
        for path in sorted(self._paths):
            for spelling in (path, path.removesuffix("/__init__.py")):
                parts = spelling.split("/")
                for start in range(len(parts)):
                    self._by_tail.setdefault("/".join(parts[start:]), []).append(path)
        self._folders = {posixpath.dirname(one) for one in self._paths}
        self._folders |= {one for each in tuple(self._folders) for one in _above(each)}

    def modules(self, what: str, beside: str, folder: str = "") -> tuple[str, ...]:
        """Return the paths of the modules that may be meant; several where the command does not tell.

        Args:
            what: a dotted name or the path of a file.
            beside: the path of the file in which it stands.
            folder: the directory that the command changes into, as it is written there.
        """
        what = VARIABLE.sub("", what).strip("/")
        wanted = [what] if what.endswith((".py", ".wsgi")) else [f"{what.replace('.', '/')}.py", what.replace(".", "/")]
        for base in self._bases(beside, folder):
            for each in wanted:
                path = posixpath.normpath(posixpath.join(base, each))
                for candidate in (path, f"{path}/__init__.py"):
                    if candidate in self._paths:
                        return (candidate,)
        return tuple(dict.fromkeys(one for each in wanted for one in self._anywhere(each)))

    def _bases(self, beside: str, folder: str) -> Iterator[str]:
        """Yield the directories in which a command may run: the one that it names, its file's own, those above."""
        own = [posixpath.dirname(beside), *_above(posixpath.dirname(beside))]
        if folder:
            tail = VARIABLE.sub("", folder).removeprefix("./").strip("/").split("/")
            for start in range(len(tail)):
                for base in own:
                    path = posixpath.normpath(posixpath.join(base, *tail[start:]))
                    if path in self._folders:
                        yield path.removeprefix(".")
        for base in own:
            yield base
            yield posixpath.join(base, "src")

    def _anywhere(self, wanted: str) -> list[str]:
        """Return the modules whose paths end in the longest end of a path: a container has other folders above."""
        parts = wanted.split("/")
        starts = range(len(parts)) if wanted.endswith((".py", ".wsgi")) and len(parts) > 1 else range(1)
        for start in starts:
            found = self._by_tail.get("/".join(parts[start:]))
            if found:
                return found
        return []


def _above(folder: str) -> list[str]:
    found = []
    while folder:
        folder = posixpath.dirname(folder)
        found.append(folder)
    return found
