"""Questions to backends, all asked at once, each with an end.

The clients of databases, Redis and SMTP have time limits of their own, but none for a conversation as a whole, and
some none for the look-up of a name. So each question has a daemon thread, and whoever waits for it stops waiting.
"""

from __future__ import annotations

import logging
import threading
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from keck.backends.addresses import masked, scrubbed
from keck.live.record import Answer


class Said(Exception):  # noqa: N818 - it is an answer
    """Ends a question with its answer.

    Args:
        state: as `Answer.state`.
        detail: as `Answer.detail`.
    """

    def __init__(self, state: str, detail: str) -> None:
        self.state = state
        self.detail = detail
        super().__init__(detail)


@dataclass
class Told:
    """What has been told so far: where the time is up, it is the answer.

    Args:
        until: when the time is up, on the clock of `time.monotonic`.
        state: as `Answer.state`; set as soon as the backend has answered at all.
        detail: as `Answer.detail`.
        facts: as `Answer.facts`.
    """

    until: float
    state: str = ""
    detail: str = ""
    facts: dict[str, Any] = field(default_factory=dict)
    seconds: float | None = None

    def left(self) -> float:
        """Return the seconds that are left, at least a tenth: a time limit of 0 means none to some clients."""
        return max(0.1, self.until - time.monotonic())


@dataclass(frozen=True)
class Question:
    """Something to ask a backend.

    Args:
        kind: as `Answer.kind`.
        name: as `Answer.name`.
        where: as `Answer.where`.
        ask: tells what it learns; may raise `Said`.
        secrets: what must not be in the answer.
    """

    kind: str
    name: str
    where: str
    ask: Callable[[Told], None]
    secrets: tuple[str, ...] = ()


def answers(questions: Sequence[Question], seconds: float) -> tuple[Answer, ...]:
    """Ask all questions at once and return what was answered within so many seconds, in their order."""
    asked = []
    with quiet():
        for question in questions:
            told = Told(time.monotonic() + seconds)
            thread = threading.Thread(target=_ask, args=(question, told), name=f"keck {question.name}", daemon=True)
            thread.start()
            asked.append((question, told, thread))
        for _, told, thread in asked:
            thread.join(max(0.0, told.until - time.monotonic()))
        return tuple(_answer(question, told, seconds) for question, told, _ in asked)


@contextmanager
def quiet() -> Iterator[None]:
    """Keep warnings, and what Alembic logs of its progress, to ourselves."""
    log = logging.getLogger("alembic")
    level = log.level
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        log.setLevel(max(level, logging.WARNING))
        try:
            yield
        finally:
            log.setLevel(level)


def _ask(question: Question, told: Told) -> None:
    began = time.monotonic()
    try:
        question.ask(told)
    except Said as said:
        told.state, told.detail = said.state, said.detail
    except Exception as error:  # noqa: BLE001 - one that crashes leaves the others alone
        told.state, told.detail = "crashed", f"{type(error).__name__}: {sentence(error)}"
    told.seconds = time.monotonic() - began


def _answer(question: Question, told: Told, seconds: float) -> Answer:
    took, state, detail = told.seconds, told.state, told.detail
    facts = scrubbed(told.facts, question.secrets)
    if took is None:
        took = seconds
        late = f"within {seconds:g} s"
        if state:
            detail = f"{detail}, but not all of it {late}"
            facts["unfinished"] = True
        else:
            state, detail = "unreachable", f"no answer {late}"
    return Answer(
        question.kind,
        question.name,
        masked(question.where),
        state,
        round(took, 4),
        masked(detail, question.secrets),
        facts,
    )


def sentence(error: object) -> str:
    """Return the text of an exception in one line."""
    return " ".join(str(error).split())
