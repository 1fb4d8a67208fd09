"""Commands that start a server, wherever they stand: shell, Dockerfile, compose, Procfile, units."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial

from keck.deployment.logical import JOINT, logical
from keck.deployment.workers import Workers, number

SERVERS = r"gunicorn3?|uwsgi|uvicorn|hypercorn|granian|waitress-serve"
STARTED = re.compile(
    rf"(?<![\w./=$-])(?:[\w.~${{}}-]*(?:/[\w.~${{}}-]*)*/)?(?P<server>{SERVERS})(?=\s|$)(?P<rest>.*)", re.DOTALL
)
NO_START = re.compile(
    r"(?<![\w-])(?:install|add|apt|apt-get|apk|pip3?|pkill|killall|kill|echo|printf|which|rm|cp|mv|chown|chmod|grep|pgrep"
    r"|systemctl|service|COPY|ADD|FROM|LABEL|USER|useradd|adduser|image|celery|if|elif|test)(?![\w-])|\[|#"
)
ARRAY = re.compile(r"\[(?=\s*[\"'])|(?<=[\"'])\s*[\],]")
SEPARATOR = re.compile(r";|&&|\|\||\||(?<![>&])&(?![&>\d])")
VALUE = r"(\$\(.*|[^\s,]+)"
LONG = re.compile(r"(?<![\w-])--(?:workers|processes)(?:\s*=\s*|\s+)" + VALUE, re.DOTALL)
SHORT = {
    server: re.compile(rf"(?<![\w-])-{letter}(?:\s*=\s*|\s*){VALUE}", re.DOTALL)
    for server, letter in (("gunicorn", "w"), ("gunicorn3", "w"), ("hypercorn", "w"), ("uwsgi", "p"))
}
ELSEWHERE = re.compile(
    r"(?<![\w-])(?:-c|--config|--ini|--yaml|--emperor)(?![\w-])|\.(?:ini|ya?ml)(?!\w)|\$[@*]|_ARGS|_OPTS|_OPTIONS"
)
ENVIRONMENT = re.compile(
    r"(?m)^[^#\n]*?\b(?:WEB_CONCURRENCY\b[\"']?\s*(?:[=:]|(?<=ENV.WEB_CONCURRENCY)\s)\s*[\"']?(?P<count>\$\{\w+:?-\d+\}|\d+)"
    r"|GUNICORN_CMD_ARGS\b[^#\n]*?(?:--workers[=\s]+|-w\s*)(?P<option>\d+))"
)


def commands(text: str, path: str) -> Iterator[Workers]:
    """Yield what each command in the text that starts a WSGI or ASGI server says.

    A server that is started without a number has one process; where its arguments come from
    elsewhere (a configuration file, ``"$@"``) the command says nothing. A file that hands the
    number on (``exec "$@" --workers 4``, for gunicorn by name) counts too.
    """
    for found in ENVIRONMENT.finditer(text):
        yield Workers(number(found["count"] or found["option"]), path, text.count("\n", 0, found.end()) + 1)
    if not re.search(SERVERS, text):
        return
    lookup = partial(_assigned, text)
    for first, command in logical(text, path):
        plain = ARRAY.sub(lambda found: " " * len(found[0]), command).replace('"', " ").replace("'", " ")
        for part, offset in _parts(plain):
            started = STARTED.search(part)
            if started and not NO_START.search(part[: started.start()]):
                count = _count(started["server"], started["rest"], lookup)
                at = offset + started.start("server")
            else:
                handed = LONG.search(part) if re.search(r"\$@|\$\*", part) else None
                count = _number(handed, lookup) if handed else 0
                at = offset
            if count != 0:
                yield Workers(count, path, first + plain.count(JOINT, 0, at))


def _parts(command: str) -> Iterator[tuple[str, int]]:
    """Split a line at what separates commands in a shell; yield each with its place in the line."""
    start = 0
    for separator in SEPARATOR.finditer(command):
        yield command[start : separator.start()], start
        start = separator.end()
    yield command[start:], start


def _count(server: str, arguments: str, lookup: Callable[[str], str | None]) -> int | None:
    """Return the number of processes that the arguments ask for; 0 where they do not tell."""
    short = SHORT.get(server)
    found = LONG.search(arguments) or (short.search(arguments) if short else None)
    if found is not None:
        return _number(found, lookup)
    return 0 if ELSEWHERE.search(arguments) else 1


def _number(found: re.Match[str], lookup: Callable[[str], str | None]) -> int | None:
    return number(found[1], lookup)


def _assigned(text: str, name: str) -> str | None:
    """Return the text that a file gives to a variable, or None."""
    found = re.search(
        rf"(?m)^\s*(?:-\s+)?(?:(?:export|ENV|ARG)\s+)?{name}(?:=|:\s|(?<=ENV {name})\s)\s*(.+?)\s*$", text
    )
    return found[1] if found else None
