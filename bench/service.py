"""Measures what the service that `keck new` writes costs on a request: against bare Flask, and against FastAPI.

    python bench/service.py [--seconds 4] [--rounds 5] [--connections 16] [--workers 1] [--driver asyncpg] [--only account]

The sides take turns within each round, task by task, so that a busy machine hits all of them alike; a ratio is taken
within a round, and its median over the rounds is told with the smallest and the largest. PostgreSQL and Redis are
started for the run and stopped after it; wrk makes the load (apt-get install wrk). Everything stays on 127.0.0.1.

The sides: *bare* is Flask with nothing, answering documents of the same size; *embedded* the service on SQLite, with
cache and limits in memory, which is always one process; *full* the service on PostgreSQL and Redis; *FastAPI* an equal
service in bench/peers/equal on the same databases; *FastAPI+* the same with what only the service does beside the work
(request id, security headers, JSON log, metrics). All run under granian with the same number of workers, and log to
a file. The limits are looked at on every request and never reached. CPU time is that of all processes of a side's
server, not of PostgreSQL and Redis. Round trips are counted once, one request at a time, by proxies in front of both.
"""

from __future__ import annotations

import argparse
import platform
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from importlib.metadata import version
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # the harness of the tests starts the servers

import pytest
from peers.load import Failed, Measured, load
from peers.sides import TASKS, Field
from peers.telling import ratios, table
from peers.trips import counted

from tests.service.servers import run
from tests.service.servers.rig import Rig

WARMING = 1.0
"""Seconds for which each side is asked before anything is measured."""


def measure(
    field: Field, *, rounds: int, seconds: float, connections: int, tasks: Sequence[str]
) -> dict[tuple[str, str], list[Measured]]:
    """Let the sides take turns, and return what was measured by side and task, a value a round."""
    found: dict[tuple[str, str], list[Measured]] = {}
    for number in range(rounds + 1):
        for task in tasks:
            for side in field.sides:
                request = side.requests.get(task)
                if request is None:
                    continue
                length = seconds if number else WARMING
                one = load(side.url, side.pid, request, seconds=length, connections=connections)
                if number:
                    found.setdefault((side.name, task), []).append(one)
        print(f"round {number} of {rounds} done" if number else "warm", file=sys.stderr)
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the comparison and print it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=4, help="how long each side is asked for a task, a round")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--connections", type=int, default=16, help="requests under way at a time")
    parser.add_argument("--workers", type=int, default=1, help="processes of each side but the embedded one")
    parser.add_argument("--driver", choices=["psycopg", "asyncpg"], default="asyncpg", help="of the FastAPI sides")
    parser.add_argument("--only", default=",".join(TASKS), help=f"tasks, of {','.join(TASKS)}")
    told = parser.parse_args(arguments)
    tasks = [task for task in TASKS if task in told.only.split(",")]
    folder = run.begin()
    try:
        with ExitStack() as stack:
            rig = stack.enter_context(Rig())
            field = Field(rig, stack, workers=told.workers, connections=told.connections, driver=told.driver)
            field.compare()
            trips = counted(rig, field, tasks)
            found = measure(field, rounds=told.rounds, seconds=told.seconds, connections=told.connections, tasks=tasks)
        print(f"{platform.platform()}, Python {platform.python_version()}, granian {version('granian')}, ", end="")
        print(f"Flask {version('flask')}, FastAPI {version('fastapi')}, SQLAlchemy {version('sqlalchemy')}")
        print(f"{told.rounds} rounds of {told.seconds:g} s, {told.connections} connections, {told.workers} worker(s)\n")
        print(table(found, trips))
        print(ratios(found))
    except (Failed, pytest.skip.Exception) as failure:
        print(f"bench: {failure}", file=sys.stderr)
        return 2
    finally:
        for survivor in run.end(folder):
            print(f"bench: this outlived the run and was killed: {survivor}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
