"""Questions are asked at once and end in time."""

from __future__ import annotations

import logging
import subprocess
import sys
import threading
import time
import warnings
from functools import partial

import pytest

from keck.backends import ask
from keck.backends.bounded import Question, Said, Told, answers
from tests.backends import apps


def question(ask: object, *, secrets: tuple[str, ...] = ()) -> Question:
    """Return a question that is put like this."""
    return Question("redis", "a redis", "redis://:hidden@host:1/0", ask, secrets)  # type: ignore[arg-type]


def test_what_is_told_is_the_answer() -> None:
    """State, detail and facts come back masked, with the time it took."""

    def tell(told: Told) -> None:
        time.sleep(0.05)
        told.state, told.detail, told.facts = "answers", "with hidden", {"a": ["hidden"]}

    (one,) = answers([question(tell, secrets=("hidden",))], 2)
    assert (one.state, one.detail, one.facts) == ("answers", "with ***", {"a": ["***"]})
    assert one.where == "redis://:***@host:1/0"
    assert 0.05 <= one.seconds < 1


def test_said_and_crashed() -> None:
    """What is said ends the question; any other exception is a crash of this one alone, in one line, masked."""

    def say(told: Told) -> None:
        told.facts["kept"] = True
        raise Said("refuses", "no")

    def crash(told: Told) -> None:
        raise ValueError(f"bad\n  {told.facts} hidden")

    said, crashed = answers([question(say), question(crash, secrets=("hidden",))], 2)
    assert (said.state, said.detail, said.facts) == ("refuses", "no", {"kept": True})
    assert (crashed.state, crashed.detail) == ("crashed", "ValueError: bad {} ***")


def test_time_is_up_for_all_at_once() -> None:
    """Many that never answer take as long as one; what one had told before is its answer."""
    end = threading.Event()

    def silent(told: Told) -> None:
        _ = told
        end.wait(20)

    def stuck(told: Told) -> None:
        told.state, told.detail, told.facts["version"] = "answers", "Redis 7", "7"
        end.wait(20)

    began = time.monotonic()
    *others, last = answers([*[question(silent)] * 20, question(stuck)], 0.3)
    took = time.monotonic() - began
    end.set()
    assert 0.3 <= took < 6  # one after the other they would take longer
    assert {(one.state, one.detail, one.seconds) for one in others} == {("unreachable", "no answer within 0.3 s", 0.3)}
    assert (last.state, last.detail) == ("answers", "Redis 7, but not all of it within 0.3 s")
    assert last.facts == {"version": "7", "unfinished": True}


def test_quiet(caplog: pytest.LogCaptureFixture) -> None:
    """Warnings and what Alembic logs of its progress stay with us; afterwards all is as before."""

    def noisy(told: Told) -> None:
        warnings.warn("careful", stacklevel=1)
        logging.getLogger("alembic.runtime.migration").info("Context impl")
        told.state = "answers"

    logging.getLogger("alembic").setLevel(logging.INFO)
    before = list(warnings.filters)
    (one,) = answers([question(noisy)], 2)
    assert one.state == "answers"
    assert not [record for record in caplog.records if record.name.startswith("alembic")]
    assert logging.getLogger("alembic").level == logging.INFO
    assert warnings.filters == before
    logging.getLogger("alembic").setLevel(logging.NOTSET)


def test_left_is_never_nothing() -> None:
    """A client is given a tenth of a second even when the time is up: to some of them 0 means for ever."""
    assert Told(time.monotonic() - 5).left() == 0.1
    assert Told(time.monotonic() + 5).left() > 4


def test_app_without_backends() -> None:
    """Nothing is asked where there is nothing."""
    assert ask(apps.app()) == ()


def test_unreadable_extension() -> None:
    """An extension that is not as it was known crashes its own kind of question alone."""
    made = apps.app()
    made.extensions |= {"sqlalchemy": 3, "mail": object(), "cache": None, "limiter": 7}
    (one,) = [one for one in ask(made) if one.kind == "database"]
    assert (one.state, one.name) == ("crashed", "database")
    assert "TypeError" in one.detail


def test_interpreter_ends_while_questions_are_open(mute: int) -> None:
    """A process whose backends never answer ends in time, without complaint."""
    code = f"""
from flask import Flask; from flask_sqlalchemy import SQLAlchemy; from flask_mail import Mail
from flask_caching import Cache; from keck.backends import ask
app = Flask("a"); app.config.update(SQLALCHEMY_DATABASE_URI="postgresql+psycopg://a:b@127.0.0.1:{mute}/c",
    MAIL_SERVER="127.0.0.1", MAIL_PORT={mute}, CACHE_TYPE="RedisCache", CACHE_REDIS_URL="redis://127.0.0.1:{mute}/0")
SQLAlchemy(app); Mail(app); Cache(app)
print(*[one.state for one in ask(app, seconds=0.5)])
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", timeout=20, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.split() == ["unreachable"] * 3


def test_imports_need_no_keck_package() -> None:
    """What asks loads nothing that the project's interpreter may lack."""
    code = "import sys, keck.backends; print(*sorted(m for m in sys.modules if '.' not in m))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=True)
    lacking = {"msgspec", "click", "rich", "flask", "sqlalchemy", "alembic", "redis", "libcst", "jinja2"}
    assert not lacking & set(done.stdout.split())


def test_questions_take_arguments() -> None:
    """A question may be a partial function, as all of ours are."""

    def tell(detail: str, told: Told) -> None:
        told.state, told.detail = "answers", detail

    (one,) = answers([question(partial(tell, "yes"))], 2)
    assert one.detail == "yes"
