"""How many worker processes serve the app, read from what deploys it.

State in the memory of one process (rate limits, caches, revoked tokens) is shared by threads and
lost between processes, so the evidence asked for is of several processes. Workers of task queues
serve no requests and do not count.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from keck.deployment.workers import Workers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Reader = Callable[[str, str], Iterator[Workers]]

__all__ = ["Workers", "deploys", "workers"]

NAMES = re.compile(
    r"""
    (?:.*/)? (?:
        (?P<commands> procfile(?:\.[^/]+)? | (?:[^/]*\.)?dockerfile(?:[.-][^/]+)? | [^/]+\.(?:sh|service)
            | [\w-]*(?:entrypoint|boot|start|run|serve)[\w-]* | (?:app|render)\.ya?ml | heroku\.yml | fly\.toml
            | railway\.toml | nixpacks\.toml )
        | (?P<compose> (?:docker-)?compose[^/]*\.ya?ml )
        | (?P<gunicorn> [^/]*gunicorn[^/]*\.py )
        | (?P<mixed> gunicorn[^/]*\.conf )
        | (?P<uwsgi> [^/]*wsgi[^/]*\.ini )
        | (?P<units> [^/]*(?:supervisor|wsgi|apache|httpd|web|site)[^/]*\.(?:conf|ini) | supervisor[^/]*/(?:.*/)?[^/]+\.conf )
    )
    | (?:.*/)? (?: k8s | kubernetes | helm | charts? | manifests | deploy(?:ments?)? ) / (?:.*/)? (?P<cluster> [^/]+\.ya?ml )
    """,
    re.VERBOSE | re.IGNORECASE,
)
REHEARSAL = re.compile(
    r"(?<![a-z])(?:tests?|e2e|dev|development|local|examples?|ci|devcontainer)(?![a-z])", re.IGNORECASE
)


def deploys(path: str) -> bool:
    """Whether the file's name is that of a file which says how the app is served."""
    return NAMES.fullmatch(path) is not None


def workers(files: Mapping[str, bytes]) -> Workers | None:
    """Return how many processes serve the app, or None where nothing says so.

    Of several answers the one for production counts, and of these the one with the most processes;
    a number counts more than "several".

    Args:
        files: the project's files by path (relative, with ``/``); those that do not deploy are passed over.
    """
    found = [
        each
        for path in sorted(files)
        for reader in _readers(path)
        for each in reader(files[path].decode("utf-8-sig", "replace"), path)
    ]
    return max(found, key=_weight, default=None)


def _weight(each: Workers) -> tuple[bool, bool, int]:
    return REHEARSAL.search(each.path) is None, each.count != 1, each.count or 0


def _readers(path: str) -> tuple[Reader, ...]:
    named = NAMES.fullmatch(path)
    if named is None or named.lastgroup is None:
        return ()
    from keck.deployment.command import commands
    from keck.deployment.python import gunicorn_config
    from keck.deployment.replicas import compose, kubernetes
    from keck.deployment.table import uwsgi_ini

    readers: dict[str, tuple[Reader, ...]] = {
        "commands": (commands,),
        "compose": (commands, compose),
        "gunicorn": (gunicorn_config,),
        "mixed": (gunicorn_config, commands),
        "uwsgi": (uwsgi_ini,),
        "units": (commands,),
        "cluster": (commands, kubernetes),
    }
    return readers[named.lastgroup]
