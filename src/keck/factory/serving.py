"""What serves an app: which places outside its module name the app object, and whether the old name must stay."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import msgspec

from keck.factory.entries import Importer, importers
from keck.factory.mention import Mention
from keck.factory.platforms import gunicorn_app, settings
from keck.factory.served import mentions
from keck.factory.target import Targets
from keck.project.module import is_test

GUNICORN = re.compile(r"(?i)(?:.*/)?[^/]*gunicorn[^/]*\.py")
QUOTED = re.compile(r"[\"'](?P<module>[A-Za-z_][\w.]*):(?P<name>[A-Za-z_]\w*)(?P<call>\(?)[^\"'\s]*[\"']")


class Serving(msgspec.Struct, frozen=True):
    """What names the app object of one module from outside.

    Attributes:
        mentions: the places outside Python that name the module.
        importers: the modules that import the app object, see `keck.factory.entries.Importer`.
        stays: whether the old name must stay: ``app = create_app()`` at the end of the module.
        reason: why it must, as a clause with the first such place; empty where it need not.
        others: other names of the module that are named from outside (``celery -A app.celery``), with one place each.
    """

    mentions: tuple[Mention, ...]
    importers: tuple[Importer, ...]
    stays: bool
    reason: str
    others: dict[str, Mention]

    @property
    def entries(self) -> tuple[str, ...]:
        """The paths of the modules that import the app and in which a process may start."""
        return tuple(dict.fromkeys(one.path for one in self.importers if one.is_entry))

    @property
    def docs(self) -> tuple[Mention, ...]:
        """The places that only tell people of the app object."""
        return tuple(one for one in self.mentions if one.how == "docs" and one.name)


def needs(texts: Mapping[str, str], module: str, app: str) -> Serving:
    """Return what in a project names the app object of a module.

    Args:
        texts: the project's files by path (relative, with ``/``).
        module: the path of the module.
        app: the name of the app object in it.
    """
    everything = mentioned(texts)
    own = tuple(one for one in everything if one.module == module)
    found = tuple(importers(texts, module, app, everything))
    binding = [one for one in own if one.is_binding and one.name == app and not one.called]
    reason = ""
    if binding:
        reason = f"`{binding[0].place}` names `{binding[0].says}`"
    else:
        unreachable = [one for one in found if one.path.endswith(".wsgi")]
        if unreachable:
            reason = f"`{unreachable[0].path}:{unreachable[0].line}` imports it"
    others: dict[str, Mention] = {}
    for one in own:
        if one.name not in {"", app} and one.how != "docs":
            others.setdefault(one.name, one)
    return Serving(own, found, bool(reason), reason, others)


def mentioned(texts: Mapping[str, str]) -> list[Mention]:
    """Return every place that names a module of the project outside an import, sorted."""
    targets = Targets(list(texts))
    return sorted({one for path in texts for one in _of(texts[path], path, targets)})


def _of(text: str, path: str, targets: Targets) -> Iterator[Mention]:
    if not path.endswith((".py", ".wsgi")):
        yield from mentions(text, path, targets)
        yield from settings(text, path, targets)
        return
    if GUNICORN.fullmatch(path):
        yield from gunicorn_app(text, path, targets)
    if is_test(path) or ":" not in text:
        return
    for number, line in enumerate(text.splitlines(), 1):
        for found in QUOTED.finditer(line):
            for module in targets.modules(found["module"], path):
                yield Mention(path, number, found[0][1:-1], "server", module, found["name"], bool(found["call"]))
