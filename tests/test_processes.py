from __future__ import annotations

import gc
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from keck.processes import MOST, _prepare, alone, pool, processors, spread

REPOSITORY = Path(__file__).parent.parent


def double(number: int) -> int:
    """Return twice the number; 13 ends the process, 7 fails."""
    if number == 13:
        os._exit(3)
    if number == 7:
        raise ValueError(number)
    return 2 * number


def patient(number: int) -> int:
    """Return the number after a second."""
    time.sleep(1)
    return number


def test_no_processes_are_no_pool() -> None:
    """Where none are asked for there is no pool."""
    with pool(0) as none:
        assert none is None


def test_processors_are_at_least_one() -> None:
    """There is a processor, and not more than can be made use of."""
    assert 1 <= processors() <= MOST


def test_processors_are_counted_where_a_system_does_not_say_which_may_be_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """On macOS and Windows all processors count."""
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    assert 1 <= processors() <= MOST


def test_each_item_is_answered() -> None:
    """What the processes work out comes back with the index of its item."""
    with pool(2) as two:
        assert two
        assert sorted(spread(double, [1, 2, 3], two)) == [(0, 2), (1, 4), (2, 6)]


def test_failure_takes_nothing_from_the_others() -> None:
    """An item for which the function raises is None, the others are answered."""
    with pool(2) as two:
        assert two
        assert sorted(spread(double, [1, 7, 3], two), key=lambda one: one[0]) == [(0, 2), (1, None), (2, 6)]


def test_death_of_a_process_leaves_no_item_without_an_answer() -> None:
    """When a process dies, each item still gets an answer, if only None, and so does a later one."""
    with pool(2) as two:
        assert two
        answers = dict(spread(double, [13, *range(20, 60)], two))
        assert sorted(answers) == list(range(41))
        assert answers[0] is None
        assert dict(spread(double, [1], two)) == {0: None}


def test_alone_says_what_dies_of_it() -> None:
    """A process of its own answers, or dies without harm."""
    assert alone(double, 4) == 8
    assert alone(double, 13) is None


def test_what_is_not_needed_any_more_is_not_waited_for() -> None:
    """Leaving a pool ends what has not begun."""
    start = time.monotonic()
    with pool(1) as one:
        assert one
        for number in range(30):
            one.submit(patient, number)
    assert time.monotonic() - start < 15


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signal")
def test_interruption_is_left_to_the_parent(tmp_path: Path) -> None:
    """When the user interrupts, no process prints a traceback of its own."""
    script = tmp_path / "run.py"
    script.write_text(
        "import sys, time\n"
        "from keck.processes import pool, spread\n"
        "if __name__ == '__main__':\n"
        "    try:\n"
        "        with pool(2) as two:\n"
        "            list(spread(time.sleep, [0], two))\n"
        "            print('ready', flush=True)\n"
        "            list(spread(time.sleep, [1] * 4, two))\n"
        "    except KeyboardInterrupt:\n"
        "        sys.exit(130)\n",
        encoding="utf-8",
    )
    with subprocess.Popen(
        [sys.executable, str(script)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
    ) as run:
        assert run.stdout
        assert run.stdout.readline() == b"ready\n"
        os.killpg(run.pid, signal.SIGINT)
        _, errors = run.communicate(timeout=30)
    assert (run.returncode, errors) == (130, b"")


def test_process_of_a_pool_is_prepared() -> None:
    """It does not collect garbage, and is not interrupted."""
    before = signal.getsignal(signal.SIGINT)
    try:
        _prepare()
        assert not gc.isenabled()
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)
        gc.enable()
