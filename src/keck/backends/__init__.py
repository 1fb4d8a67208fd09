"""What the app's backends say: databases, migrations, Redis and the mail server.

Each is asked with the app's own settings over a connection of our own, all at once, none for longer than a time
limit; nothing is written or sent. Needs only the standard library and what the app itself has loaded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from keck.backends import database, migrations, redis, smtp
from keck.backends.bounded import Question, Said, Told, answers, sentence
from keck.live.record import Answer

SECONDS = 2.0

_KINDS: tuple[tuple[str, Callable[[Any], Iterable[Question]]], ...] = (
    ("database", database.questions),
    ("migrations", migrations.questions),
    ("redis", redis.questions),
    ("smtp", smtp.questions),
)


def ask(app: Any, *, seconds: float = SECONDS) -> tuple[Answer, ...]:  # noqa: ANN401 - Flask is the app's
    """Return what the backends of a Flask app say: databases, migrations, Redis, mail; none for what it has not.

    Args:
        app: as `create_app()` returns it.
        seconds: that each may take; all are asked at once, so it is also what all of them take.
    """
    return _folded(answers([one for kind, those in _KINDS for one in _found(kind, those, app)], seconds))


def _folded(those: tuple[Answer, ...]) -> tuple[Answer, ...]:
    """Return the answers, with migrations skipped whose database does not answer: that is told once."""
    silent = {one.where for one in those if one.kind == "database" and one.state == "unreachable"}
    return tuple(
        replace(one, state="skipped", seconds=0.0, detail="the database does not answer")
        if one.kind == "migrations" and one.state == "unreachable" and one.where in silent
        else one
        for one in those
    )


def _found(kind: str, those: Callable[[Any], Iterable[Question]], app: Any) -> list[Question]:  # noqa: ANN401
    """Return the questions of a kind; where they can't even be put, one that says so."""
    try:
        return list(those(app))
    except Exception as error:  # noqa: BLE001 - another version of an extension leaves the other kinds alone
        return [Question(kind, kind, "", _crash(f"{type(error).__name__}: {sentence(error)}"))]


def _crash(detail: str) -> Callable[[Told], None]:
    def ask(told: Told) -> None:
        _ = told
        raise Said("crashed", detail)

    return ask
