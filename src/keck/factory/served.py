"""What the files that are no Python say of modules: commands, settings of servers and platforms, docs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

import msgspec

from keck.deployment.command import ARRAY, NO_START, SEPARATOR, SERVERS, STARTED
from keck.deployment.logical import JOINT, logical
from keck.factory.mention import How, Mention
from keck.factory.target import Targets

PASSED_OVER = re.compile(
    r"(?i)(?:.*/)?[^/]*\.(?:html?|jinja2?|j2|jsx?|tsx?|mjs|css|scss|less|map|lock|csv|tsv|svg|xml|sql|ipynb|po|pot|vue|log|pyc?)"
    r"|(?:.*/)?(?:package-lock\.json|pnpm-lock\.yaml|[^/]*requirements[^/]*\.txt)"
)
DOCS = re.compile(r"(?i)(?:.*/)?(?:[^/]*\.(?:md|rst|txt|adoc|mdx|org)|readme|changelog|contributing)")
OTHERS = re.compile(
    r"(?<![\w-])(?:--)?(?:chown|chgrp|user|group|useradd|groupadd|adduser|image)(?![\w-])", re.IGNORECASE
)
OBJECT = re.compile(
    r"(?<![\w.:@$/-])(?P<module>(?:[\w.~${}`-]*/)*[A-Za-z_][\w.]*):(?P<name>[A-Za-z_]\w*)(?P<rest>(?:\.\w+)*\\?(?:\([^)\s]*\)?)?)"
    r"(?![\w/:-])"
)
BARE = re.compile(r"(?<=\s)(?P<module>(?:[\w.-]*/)*[A-Za-z_][\w.]*?)(?=\s|$)")
FOLDER = re.compile(r"(?:--chdir[= ]|--pythonpath[= ]|(?<![\w./-])cd\s)\s*(?P<folder>[^\s;&|]+)")
FOLDER_OF_FILE = re.compile(r"(?m)^\s*(?:WorkingDirectory|chdir|directory|pythonpath)\s*[=:]\s*(?P<folder>\S+)")
FLASK_APP = re.compile(r"FLASK_APP(?!\w)[\"']?\s*(?:[=:]\s*|\s)[\"']?(?P<target>[^\s\"'\\,;]+)")
FLASK = re.compile(r"(?<![\w./-])flask\s+(?:--?[\w-]+\s+)*?(?:-A|--app)[= ]\s*(?P<target>[^\s,;]+)")
SCRIPT = re.compile(
    r"(?<![\w./-])(?:[\w./~-]*/)?python[\d.]*\s+(?:-[a-ln-zA-Z]\S*\s+)*(?:-m\s+(?P<module>[\w.]+)|(?P<file>[\w./${}~`-]+\.py))"
)
CELERY = re.compile(r"(?<![\w./-])celery\s+(?:\S+\s+)*?(?:-A|--app)[= ]\s*(?P<target>[\w.:]+)")
DEFAULTS = {"gunicorn": "application", "gunicorn3": "application", "uwsgi": "application"}
OPTIONS = ("-c", "--config", "--ini", "--chdir", "-b", "--bind", "-k", "--callable", "-n")
CALLABLE = re.compile(r"(?m)(?:--callable[= ]|^\s*callable\s*[=:]\s*)\s*[\"']?(?P<name>\w+)")


class _Command(NamedTuple):
    """A command without quotes: where it begins, and the directory that it changes into."""

    text: str
    path: str
    line: int
    folder: str

    def at(self, start: int) -> int:
        """Return the line on which a place in it stands."""
        return self.line + self.text.count(JOINT, 0, start)


def mentions(text: str, path: str, targets: Targets) -> Iterator[Mention]:
    """Yield the places in a file that name a module of the project; those in comments do not count."""
    if PASSED_OVER.fullmatch(path):
        return
    found: set[Mention] = set()
    if DOCS.fullmatch(path):
        for number, line in enumerate(text.splitlines(), 1):
            command = _Command(_plain(line), path, number, "")
            found |= {*_objects(command, targets), *_flask(command, targets)}
        yield from sorted(msgspec.structs.replace(one, how="docs") for one in found)
        return
    whole = FOLDER_OF_FILE.search(text)
    for number, line in _lines(text, path):
        if line.lstrip().startswith(("#", "//")):
            continue
        chosen = FOLDER.search(line) or whole
        command = _Command(_plain(line), path, number, chosen["folder"].strip("\"'") if chosen else "")
        for reader in (_objects, _bare, _flask, _scripts):
            found.update(reader(command, targets))
    yield from sorted(found)


def _lines(text: str, path: str) -> Iterator[tuple[int, str]]:
    """Yield the commands of a file, and for YAML each of its lines too: not every key that holds commands is known."""
    yield from logical(text, path)
    if path.lower().endswith((".yml", ".yaml")):
        yield from enumerate(text.splitlines(), 1)


def _plain(command: str) -> str:
    """Return a command without quotes and without the signs of an array."""
    return re.sub(r"\\?[\"']", " ", ARRAY.sub(lambda found: " " * len(found[0]), command))


def _objects(command: _Command, targets: Targets) -> Iterator[Mention]:
    """``app:app``, ``app:create_app()``, whoever reads it."""
    if OTHERS.search(command.text) and not re.search(SERVERS, command.text):
        return
    for found in OBJECT.finditer(command.text):
        says, called = found[0].replace("\\", ""), "(" in found["rest"]
        for module in targets.modules(found["module"], command.path, command.folder):
            yield Mention(command.path, command.at(found.start()), says, "server", module, found["name"], called)


def _bare(command: _Command, targets: Targets) -> Iterator[Mention]:
    """``gunicorn wsgi``: the server looks for a name of its own choice; ``uwsgi --wsgi-file app.py --callable app``."""
    start = 0
    for separator in [*SEPARATOR.finditer(command.text), None]:
        part = command.text[start : separator.start() if separator else None]
        offset, start = start, separator.end() if separator else 0
        started = STARTED.search(part)
        if started is None or started["server"] not in DEFAULTS or NO_START.search(part[: started.start()]):
            continue
        named = CALLABLE.search(part)
        for found in BARE.finditer(part, started.end("server")):
            if part[: found.start()].rstrip().endswith(OPTIONS):
                continue
            for module in targets.modules(found["module"], command.path, command.folder):
                name = named["name"] if named else DEFAULTS[started["server"]]
                line = command.at(offset + found.start())
                yield Mention(command.path, line, found["module"], "server", module, name)


def _flask(command: _Command, targets: Targets) -> Iterator[Mention]:
    """``FLASK_APP=app.py``, ``flask --app app:create_app run``, ``celery -A app.celery worker``."""
    for pattern in (FLASK_APP, FLASK, CELERY):
        how: How = "celery" if pattern is CELERY else "flask"
        for found in pattern.finditer(command.text):
            what, _, name = found["target"].partition(":")
            modules = targets.modules(what, command.path, command.folder)
            if not modules and how == "celery" and "." in what:
                what, _, name = what.rpartition(".")
                modules = targets.modules(what, command.path, command.folder)
            bare = name.partition("(")[0].partition(".")[0]
            for module in modules:
                line = command.at(found.start())
                yield Mention(command.path, line, found["target"], how, module, bare, "(" in name)


def _scripts(command: _Command, targets: Targets) -> Iterator[Mention]:
    """``python app.py``, ``python -m shop.app``."""
    for found in SCRIPT.finditer(command.text):
        says = found["module"] or found["file"]
        for module in targets.modules(says, command.path, command.folder):
            yield Mention(command.path, command.at(found.start()), says, "script", module)
