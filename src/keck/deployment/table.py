"""uWSGI's configuration."""

from __future__ import annotations

import re
from collections.abc import Iterator

from keck.deployment.workers import Workers, number

SECTION = re.compile(r"(?m)^\s*\[uwsgi[^\]]*\]")
PROCESSES = re.compile(r"\s*(?:processes|workers|p)\s*=\s*(\S+)")


def uwsgi_ini(text: str, path: str) -> Iterator[Workers]:
    """Yield what ``processes = ...`` says; without it uWSGI starts one process."""
    section = SECTION.search(text)
    if section is None:
        return
    found = [
        Workers(number(setting[1]), path, line)
        for line, each in enumerate(text.splitlines(), 1)
        if (setting := PROCESSES.match(each))
    ]
    yield from found or [Workers(1, path, text.count("\n", 0, section.end()) + 1)]
