"""Taking an app apart that is made at module level: from a file to the patch that gives it a factory."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from keck.fixes.page import page
from keck.fixes.project import project_of
from keck.fixes.refused import Refused
from keck.fixes.survey import Survey
from keck.fixes.unfit import Unfit
from keck.job import Job
from keck.patch import Change, Patch
from keck.source import read
from keck.source.environments import is_environment
from keck.source.projects import names_in
from keck.source.walk import SKIPPED
from keck.trouble import Trouble

if TYPE_CHECKING:
    from keck.project import Project
    from keck.project.module import Module
    from keck.project.things import Site

LARGEST = 1_000_000
"""Bytes of a file that may speak of the app; a larger one is data."""
TEXTS = frozenset(
    {
        "",
        ".cfg",
        ".conf",
        ".css",
        ".env",
        ".flaskenv",
        ".htm",
        ".html",
        ".in",
        ".ini",
        ".j2",
        ".jinja",
        ".jinja2",
        ".js",
    }
    | {".json", ".md", ".ps1", ".rst", ".service", ".sh", ".toml", ".ts", ".txt", ".wsgi", ".xml", ".yaml", ".yml"}
)
"""Suffixes of what may say something about an app, beside its code."""


class Parted(msgspec.Struct, frozen=True):
    """An app that has been taken apart.

    Args:
        job: its project.
        patch: paths are relative to the project.
        app: what is booted afterwards: ``app:create_app``.
        intends: what a proof may find changed.
        says: what somebody who reads the patch should know.
    """

    job: Job
    patch: Patch
    app: str
    intends: tuple[str, ...] = ()
    says: tuple[str, ...] = ()


def parted(survey: Survey, file: Path | None, *, blueprints: bool) -> Parted:
    """Return what takes an app apart.

    Args:
        survey: of the projects that it may be in.
        file: where it is made; None for the only one that there is.
        blueprints: whether to group its views into blueprints too.

    Raises:
        Refused: it cannot be done safely.
        Trouble: there is no such app, or there are several.
    """
    from keck.factory import convert
    from keck.factory.refusal import Refusal

    found = [(job, *one) for job in survey.jobs for one in _apps(job, file)]
    where = f"in {file.as_posix()}" if file else "here"
    if not found:
        raise Trouble(f"no Flask app is made {where}; name the file that makes it: `keck fix --factory app.py`")
    if len(found) > 1:
        names = ", ".join(survey.outer(job, module.path) for job, _, module in found)
        raise Trouble(f"apps are made in {names}; name one of these files: `keck fix --factory {names.split(',')[0]}`")
    ((job, project, module),) = found
    before = contents(job)
    texts = {path: text for path, data in before.items() if (text := _text(path, data)) is not None}
    try:
        made = convert(project, texts, module, blueprints=blueprints)
    except Refusal as refusal:
        raise Refused(survey.outer(job, refusal.path), refusal.line, refusal.why) from refusal
    changes = {}
    for path, text in made.files.items():
        if path not in texts and os.path.lexists(Path(job.base, path)):
            raise Refused(
                survey.outer(job, path), 1, "it is there already, and cannot be read and written back as text"
            )
        if text != texts.get(path):
            changes[path] = Change(
                before.get(path), None if text is None else _data(survey.outer(job, path), before.get(path), text)
            )
    return Parted(job, Patch(changes), made.app, made.intends, made.says)


def contents(job: Job) -> dict[str, bytes]:
    """Return what the files of a project hold that may speak of its app, by path: code, templates, deployment."""
    return {path: data for path in _files(job) if (data := read(job.base, path)) is not None and b"\0" not in data}


def _files(job: Job) -> Iterator[str]:
    known = {*job.files, *job.others}
    yield from sorted(known)
    for folder, folders, names in os.walk(job.base):
        folders[:] = [
            one
            for one in sorted(folders)
            if one not in SKIPPED
            and one != "site-packages"
            and not is_environment(f"{folder}/{one}", set(names_in(Path(folder, one))))
        ]
        for name in sorted(names):
            file = Path(folder, name)
            path = file.relative_to(job.base).as_posix()
            if path not in known and not name.endswith(".py") and file.suffix.lower() in TEXTS and _is_small(file):
                yield path


def _is_small(file: Path) -> bool:
    """Whether it is a file of its own, and none that holds data."""
    try:
        seen = file.lstat()
    except OSError:  # pragma: no cover - it has gone since its folder was read
        return False
    return stat.S_ISREG(seen.st_mode) and seen.st_size <= LARGEST


def _text(path: str, data: bytes) -> str | None:
    """Return a file as text; None where it could not be written back as it is."""
    try:
        return page(data).text if path.endswith(".py") else data.decode()
    except (Unfit, UnicodeDecodeError):
        return None


def _data(path: str, before: bytes | None, text: str) -> bytes:
    """Return the content of a file with another text."""
    if before is None or not path.endswith(".py"):
        return text.encode()
    try:
        return page(before).data(text)
    except Unfit as unfit:
        raise Refused(path, 1, str(unfit)) from unfit


def _apps(job: Job, file: Path | None) -> Iterator[tuple[Project, Module]]:
    """Yield the modules of a project in which apps are made, or the one that was named."""
    wanted = None if file is None else os.path.relpath(file.absolute(), job.base).replace(os.sep, "/")
    if wanted is not None and wanted not in job.files:
        return
    project = project_of(job)
    sites = [one for one in project.apps if wanted in {None, one.module.path}]
    if wanted is None:  # those that are made when a module is imported are what is to be taken apart
        sites = [one for one in sites if not _is_in_function(one)] or sites
    modules = {one.module.path: one.module for one in sites}
    for _, module in sorted(modules.items()):
        yield project, module


def _is_in_function(site: Site) -> bool:
    return any(one.line <= site.line <= one.end_line for one in site.module.facts.functions)
