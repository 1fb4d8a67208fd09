"""What is printed: a table of what was measured, and the ratios that matter."""

from __future__ import annotations

from statistics import median

from peers.load import Measured
from peers.trips import Trips

RATIOS = (
    ("item", "embedded", "bare", 0.5),
    ("list", "embedded", "bare", 0.5),
    ("item", "full", "bare", None),
    ("list", "full", "bare", None),
    ("item", "full", "FastAPI", None),
    ("list", "full", "FastAPI", None),
    ("account", "full", "FastAPI", 1.0),
    ("account", "full", "FastAPI+", 1.0),
    ("login", "full", "FastAPI", None),
)
"""Task, side, what it is held against, and the least ratio of requests a second that is aimed at."""

Found = dict[tuple[str, str], list[Measured]]


def spread(values: list[float], digits: int) -> str:
    """The median of the values, with the smallest and the largest."""
    return f"{median(values):.{digits}f} ({min(values):.{digits}f}-{max(values):.{digits}f})"


def table(found: Found, trips: dict[tuple[str, str], Trips]) -> str:
    """A Markdown table: a line for each task and side."""
    lines = [
        "| task | side | requests/s | CPU us a request | 99 of 100 within ms | PostgreSQL trips | Redis trips |",
        "|---|---|---|---|---|---|---|",
    ]
    for (side, task), rounds in sorted(found.items(), key=lambda pair: pair[0][1]):
        trip = trips.get((side, task))
        columns = [
            task,
            side,
            spread([one.rate for one in rounds], 0),
            spread([one.cpu for one in rounds], 0),
            spread([one.slowest for one in rounds], 1),
            f"{trip.postgres:g}" if trip else "-",
            f"{trip.redis:g}" if trip else "-",
        ]
        lines.append(f"| {' | '.join(columns)} |")
    return "\n".join(lines) + "\n"


def ratios(found: Found) -> str:
    """A Markdown table: how many requests a second one side answers, and how much CPU time it takes, of the other."""
    lines = ["| task | of | to | requests/s | CPU a request | aim |", "|---|---|---|---|---|---|"]
    for task, side, other, aim in RATIOS:
        if (side, task) not in found or (other, task) not in found:
            continue
        pairs = list(zip(found[side, task], found[other, task], strict=True))
        rate = [one.rate / against.rate for one, against in pairs]
        cpu = [one.cpu / against.cpu for one, against in pairs]
        reached = "" if aim is None else f"at least {aim:g}: {'yes' if median(rate) >= aim else 'no'}"
        lines.append(f"| {task} | {side} | {other} | {spread(rate, 2)} | {spread(cpu, 2)} | {reached} |")
    return "\n".join(lines)
