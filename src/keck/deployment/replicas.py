"""Several containers of the same app: compose and Kubernetes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from keck.deployment.workers import Workers, number

OTHERS = re.compile(
    r"celery|worker|beat|flower|\brq\b|huey|dramatiq|redis|valkey|postgres|mysql|mariadb|mongo|sqlite|nginx|caddy|traefik"
    r"|haproxy|proxy|rabbit|memcached|elastic|opensearch|kafka|zookeeper|minio|front|client|vue|react|angular|node|npm"
    r"|grafana|prometheus|selenium|keycloak|mail|cron|scheduler",
    re.IGNORECASE,
)
TELLING = re.compile(r"\s*(?:-\s+)?(?:name|image|build|context|command|entrypoint|args|dockerfile)\s*:\s*(.*)")
REPLICAS = re.compile(r"\s*(?:replicas|scale)\s*:\s*[\"']?(\d+|\$\{[^}]*\})[\"']?\s*(?:#.*)?")
WORKLOAD = re.compile(r"(?m)^kind:\s*(?:Deployment|StatefulSet|ReplicaSet)\b")


def compose(text: str, path: str) -> Iterator[Workers]:
    """Yield the replicas of each service that may be the app: not a database, a proxy or a task queue."""
    inside = False
    depth = 0
    service: list[tuple[int, str]] = []
    for number_, line in enumerate((*text.splitlines(), "end:"), 1):
        indent = len(line) - len(line.lstrip())
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        if inside and service and indent <= depth:
            yield from _replicas(service, path)
            service = []
        if indent == 0:
            inside = line.startswith("services:")
        elif inside:
            depth = depth if service else indent
            service.append((number_, line))


def kubernetes(text: str, path: str) -> Iterator[Workers]:
    """Yield the replicas of each workload that may be the app."""
    lines: list[tuple[int, str]] = []
    for number_, line in enumerate((*text.splitlines(), "---"), 1):
        if not line.startswith("---"):
            lines.append((number_, line))
            continue
        if WORKLOAD.search("\n".join(each for _, each in lines)):
            yield from _replicas(lines, path)
        lines = []


def _replicas(lines: list[tuple[int, str]], path: str) -> Iterator[Workers]:
    """Yield what a block says, unless its name, image or command are those of something else.

    One replica says nothing: it may have several processes.
    """
    told = [lines[0][1], *(found[1] for _, line in lines if (found := TELLING.fullmatch(line)))]
    if any(map(OTHERS.search, told)):
        return
    for number_, line in lines:
        found = REPLICAS.fullmatch(line)
        count = number(found[1]) if found else 1
        if count is None or count > 1:
            yield Workers(count, path, number_)
