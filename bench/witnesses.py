"""Plants faults into a service of `keck new`, one at a time, and looks who sees each: its source code, or the live app.

    python bench/witnesses.py [--rule ID] [--jobs 2]

*Code* is `keck check`, *app* is `keck doctor`. *Anything else* is what either says that the clean service does not make
it say, apart from the fault and from its consequences, which the doctor folds under it. Exits with 1 where the app does
not show a fault, where something else is said, or where anything at all is said of the clean service.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from faults import Fault, faults

import keck
from keck.new import new
from keck.rule import rules

CLEAN = Fault("", "nothing: the clean service", backends=True, probe=True)
KECK = (sys.executable, "-m", "keck")


@dataclass(frozen=True)
class Row:
    """What was said of one service.

    Args:
        fault: what was planted.
        code: whether the source code shows it.
        app: whether the live app shows it.
        others: what else is said, each as rule and message.
    """

    fault: Fault
    code: bool
    app: bool
    others: tuple[str, ...]

    @property
    def is_well(self) -> bool:
        """Whether the app shows the fault, and nothing else is said."""
        return (self.app or not self.fault.rule) and not self.others


def written(root: Path) -> Path:
    """Write a service with a database, and return its directory."""
    new("shop", root / "shop")
    migrate = (sys.executable, "-m", "flask", "--app", "wsgi", "db", "upgrade")
    subprocess.run(migrate, cwd=root / "shop", check=True, capture_output=True, env=environment(CLEAN))
    return root / "shop"


def environment(fault: Fault) -> dict[str, str]:
    """Return what the service sees of the environment: nothing of ours but where programs are."""
    kept = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "TMPDIR", "SYSTEMROOT"}}
    return {**kept, **fault.environment}


def judged(clean: Path, fault: Fault) -> Row:
    """Plant a fault into a copy of the service and hear both witnesses."""
    with tempfile.TemporaryDirectory(prefix="keck-witness-") as scratch:
        root = Path(scratch) / "shop"
        shutil.copytree(clean, root)
        fault.plant(root)
        code = keck.check([root], keck.Settings(), cache_dir=None).findings
        told = [(one.rule, one.message) for one in code]
        tops, folded = examined(root, fault)
    shown = {rule for rule, _ in (*tops, *folded)}
    known = {one.id: one for one in rules()}
    others = [
        f"code: {rule}: {message}"
        for rule, message in told
        if rule not in {fault.rule, *shown} and fault.rule not in known[rule].follows
    ]
    others += [f"app: {rule}: {message}" for rule, message in tops if rule != fault.rule]
    return Row(fault, fault.rule in {rule for rule, _ in told}, fault.rule in {rule for rule, _ in tops}, tuple(others))


def examined(root: Path, fault: Fault) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Return rule and message of what the doctor finds, and of what it folds under that."""
    options = ["--backends" if fault.backends else "--no-backends", *(["--probe"] if fault.probe else [])]
    command = (*KECK, "doctor", "--app", "wsgi", "--python", sys.executable, "--json", "--level", "note", *options)
    done = subprocess.run(
        command, cwd=root, capture_output=True, text=True, check=False, timeout=300, env=environment(fault)
    )
    if done.returncode not in {0, 1}:
        return [("doctor", (done.stderr or done.stdout).strip()[-300:])], []
    document: dict[str, Any] = json.loads(done.stdout)
    tops = [(one["rule"], one["message"]) for one in document["findings"]]
    below = [(each["rule"], each["message"]) for one in document["findings"] for each in one["consequences"]]
    crashed = [
        ("crashed", f"{one['rule']}: {one['reason']}") for one in document["verdicts"] if one["state"] == "crashed"
    ]
    return tops + crashed, below


def table(rows: Sequence[Row]) -> Iterator[str]:
    """Yield the lines of a Markdown table."""
    yield "| rule | planted | seen by code | seen by app | anything else |"
    yield "|---|---|---|---|---|"
    for row in rows:
        seen = ["yes" if one else "-" for one in (row.code, row.app)]
        yield f"| {row.fault.rule or '-'} | {row.fault.name} | {' | '.join(seen)} | {len(row.others) or '-'} |"


def main() -> int:
    """Plant everything, print the table, and say how it went."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rule", default="", help="only faults of rules whose id begins so")
    parser.add_argument("--jobs", type=int, default=2, help="how many services at a time")
    args = parser.parse_args()
    started = time.monotonic()
    chosen = [CLEAN, *(one for one in faults() if one.rule.startswith(args.rule))]
    with tempfile.TemporaryDirectory(prefix="keck-clean-") as scratch, ThreadPoolExecutor(args.jobs) as pool:
        clean = written(Path(scratch))
        rows = list(pool.map(lambda fault: judged(clean, fault), chosen))
    print("\n".join(table(rows)))
    planted = rows[1:]
    print(
        f"\n{len(planted)} faults of {len({one.fault.rule for one in planted})} rules: {sum(one.app for one in planted)} "
        f"seen by the app, {sum(one.code for one in planted)} by the code, "
        f"{sum(one.app and one.code for one in planted)} by both; {time.monotonic() - started:.0f} s"
    )
    for row in rows:
        if not row.is_well:
            print(f"\n{row.fault.rule} ({row.fault.name}):", *(row.others or ("not seen by the app",)), sep="\n  ")
    return int(not all(one.is_well for one in rows))


if __name__ == "__main__":
    raise SystemExit(main())
