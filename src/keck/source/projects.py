"""Where one project ends and the next begins."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterable
from itertools import takewhile
from pathlib import Path

MARKERS = re.compile(
    r"""\.git | \.gitignore | pyproject\.toml | setup\.(?:py|cfg) | requirements.*\.txt | pipfile | tox\.ini
    | (?:readme|license|licence).* | dockerfile | procfile | makefile | package\.json
    | docker-compose.*\.yml | docker-compose.*\.yaml | compose\.ya?ml | .*\.py""",
    re.VERBOSE | re.IGNORECASE,
)
"""Names of what stands in the directory of a project; one is enough."""

MANIFESTS = re.compile(r"\.git|pyproject\.toml|setup\.py|requirements.*\.txt|pipfile", re.IGNORECASE)
"""Names that say where the project of a single file has its root."""


def marked(names: Iterable[str]) -> bool:
    """Whether a directory with these entries is a project of its own."""
    return any(map(MARKERS.fullmatch, names))


def marked_beside_code(names: Iterable[str]) -> bool:
    """Whether more than Python files (``setup.py`` is more) says that a directory with these entries is a project."""
    return any(
        MARKERS.fullmatch(name) for name in names if not name.lower().endswith(".py") or name.lower() == "setup.py"
    )


def is_package(names: Collection[str]) -> bool:
    """Whether a directory with these entries is a package and nothing says that it is a project of its own."""
    return "__init__.py" in names and not marked_beside_code(names)


def settled(
    projects: Collection[str], packages: Collection[str], marked_ones: Collection[str], repositories: Collection[str]
) -> set[str]:
    """Return the projects that remain: a package belongs to what it is imported from, the directory above it.

    Where a project with a marker of its own lies beside the package, the directory above is a folder of many
    projects, and the package stays one of them.

    Args:
        projects: directories with a marker, relative to the root of the check; none lies in another one unless it
            is a repository.
        packages: those of them that are mere packages.
        marked_ones: those of them with another marker than Python files.
        repositories: those of them that are repositories.
    """

    def above(one: str) -> str:
        folder = one.rpartition("/")[0]
        return (
            one
            if any(other != one and other not in repositories and _within(other, folder) for other in marked_ones)
            else folder
        )

    raised = {above(one) if one in packages else one for one in projects}
    return {
        one
        for one in raised
        if one in repositories or not any(one != other and _within(one, other) for other in raised)
    }


def _within(path: str, folder: str) -> bool:
    return not folder or path.startswith(folder + "/")


def project_of(path: str, projects: Collection[str]) -> str:
    """Return the innermost project that holds the file; the root (``""``) where none does.

    Args:
        path: the file, relative to the root of the check.
        projects: directories relative to that root, as `Tree.projects` has them.
    """
    folder = path.rpartition("/")[0]
    while folder and folder not in projects:
        folder = folder.rpartition("/")[0]
    return folder


def discover(file: Path) -> Path:
    """Return the root of the project that a single file belongs to.

    This is the nearest directory upwards with a repository or a manifest, else the file's own. The
    home directory and what lies above it count only for the files directly in them: dotfiles under
    version control do not make everything one project.
    """
    own = file.absolute().parent
    outside = {Path.home(), *Path.home().parents}
    for folder in takewhile(lambda folder: folder not in outside, (own, *own.parents)):
        if has_manifest(folder):
            return folder
    return own


def is_part(folder: Path) -> bool:
    """Whether a directory is part of the project above it: a package, or beside a manifest and without a marker."""
    names = names_in(folder)
    if is_package(names):
        return marked(names_in(folder.parent)) or has_manifest(folder.parent.parent)
    return not marked_beside_code(names) and has_manifest(folder.parent)


def base_of(path: Path) -> Path:
    """Return the project of a path: what has a manifest, else the working directory if it looks like one."""
    found = discover(path / "_" if path.is_dir() else path)
    while found == path and is_package(names_in(path)):
        path = found = path.parent
    here = Path.cwd()
    if has_manifest(found) or not found.is_relative_to(here) or Path.home().is_relative_to(here):
        return found
    return here if marked(names_in(here)) else found


def has_manifest(folder: Path) -> bool:
    """Whether a directory holds a manifest or is the root of a repository."""
    return any(map(MANIFESTS.fullmatch, names_in(folder)))


def names_in(folder: Path) -> list[str]:
    """Return the sorted names of what a directory holds; none where it cannot be read."""
    try:
        return sorted(os.listdir(folder))  # noqa: PTH208 - names are what is needed
    except OSError:
        return []
