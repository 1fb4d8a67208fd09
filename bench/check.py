"""Times `keck check` against other linters on one directory, and measures their memory.

    python bench/check.py DIR [--rounds 5] [--only keck,ruff] [--timeout 600]

The tools take turns within each round, so that a busy machine hits all of them alike. Cold means that
the tool finds no cache; warm means that it finds the cache of its last run (only Keck has such a row).
What the tools print goes to the null device. Memory comes from a run of its own, because sampling costs
time: the peak of the sum over all processes of the tool. `ruff --select ALL` spends most of its time on
printing source lines; its concise row shows what the checking alone costs. semgrep runs one rule and leaves
out what it leaves out by default, tests among it. PYTHONDONTWRITEBYTECODE is taken out of the
environment, so that the tools that are written in Python start from bytecode, as installed ones do.
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

MEMORY_INTERVAL = 0.005  # seconds between two samples
SEMGREP_RULE = """\
rules: [{id: bound-in-constructor, languages: [python], severity: WARNING, message: bound, pattern: SQLAlchemy($APP)}]
"""


class Failed(Exception):  # noqa: N818 - what happened to the tool, not to us
    """A tool did not do its work: the message says why."""


@dataclass
class Contestant:
    """A command line, what must happen before each run, and which exit codes mean that it did its work."""

    name: str
    command: list[str]
    prepare: Callable[[], None] = lambda: None
    fine: Callable[[int], bool] = lambda code: code in {0, 1}
    seconds: list[float] = field(default_factory=list)
    megabytes: float | None = None
    failure: str = ""


def contestants(directory: Path, scratch: Path, only: list[str]) -> list[Contestant]:
    """Return the tools that are installed and, where `only` names some, wanted; their settings are their defaults."""
    target = str(directory)
    cache = scratch / "keck-cache"
    keck = [sys.executable, "-m", "keck", "check", "--exit-zero", "--cache-dir", str(cache), target]
    cold = Contestant("keck check, cold", keck, fine=lambda code: code == 0)
    cold.prepare = lambda: shutil.rmtree(cache, ignore_errors=True)
    found = [cold, Contestant("keck check, warm", keck, fine=cold.fine)]
    if ruff := tool("ruff"):
        plain = [ruff, "check", "--no-cache", "--isolated"]
        everything = [*plain, "--select", "ALL", target]
        found += [
            Contestant("ruff check --no-cache", [*plain, target]),
            Contestant("ruff check --no-cache --select ALL", everything),
            Contestant("ruff, the same, --output-format concise", [*everything, "--output-format", "concise"]),
        ]
    if flake8 := tool("flake8"):
        found.append(Contestant("flake8", [flake8, "--isolated", target]))
    if semgrep := tool("semgrep"):
        rules = scratch / "rules.yml"
        rules.write_text(SEMGREP_RULE, encoding="utf-8")
        scan = [semgrep, "scan", "--metrics=off", "--disable-version-check", "--config", str(rules), target]
        found.append(Contestant("semgrep, one rule", scan))
    if pylint := tool("pylint"):
        lint = [pylint, "-j", "0", "--recursive=y", "--rcfile=", target]
        found.append(Contestant("pylint -j 0", lint, fine=lambda code: 0 <= code < 32))
    return [one for one in found if not only or one.name.split()[0].strip(",") in only]


def tool(name: str) -> str | None:
    """Return where `name` stands: beside the Python that runs this first, then on the path."""
    return shutil.which(name, path=str(Path(sys.executable).parent)) or shutil.which(name)


def start(one: Contestant) -> subprocess.Popen[bytes]:
    """Start the tool in a session of its own, so that all of its processes can be told from others."""
    null = subprocess.DEVNULL
    clean = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return subprocess.Popen(one.command, stdin=null, stdout=null, stderr=null, start_new_session=True, env=clean)


def finish(one: Contestant, process: subprocess.Popen[bytes], timeout: float) -> None:
    """Wait for the tool to end."""
    try:
        code = process.wait(timeout)
    except subprocess.TimeoutExpired:
        stop(process)
        raise Failed(f"over {timeout:g} s") from None
    if not one.fine(code):
        raise Failed(f"failed with exit {code}")


def stop(process: subprocess.Popen[bytes]) -> None:
    """End a tool with all processes that it started."""
    if hasattr(os, "killpg"):
        os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()
    process.wait()


def run(one: Contestant, timeout: float) -> float:
    """Return how many seconds one run takes."""
    one.prepare()
    begin = time.perf_counter()
    finish(one, start(one), timeout)
    return time.perf_counter() - begin


def session(leader: int) -> Iterator[int]:
    """Yield the process ids of the session that `leader` leads; nothing where there is no /proc."""
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if int((entry / "stat").read_text().rpartition(")")[2].split()[3]) == leader:
                yield int(entry.name)
        except OSError:  # it ended while we looked
            continue


def kilobytes(pid: int) -> int:
    """Return the proportional set size of a process (shared pages are split between their users)."""
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:  # it ended while we looked
        return 0
    return sum(int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:"))


def peak_megabytes(one: Contestant, timeout: float) -> float | None:
    """Return the peak of the sum over all processes of one run; None where /proc does not tell."""
    if not Path("/proc/self/smaps_rollup").exists():
        return None
    one.prepare()
    begin, process, peak = time.perf_counter(), start(one), 0
    while process.poll() is None and time.perf_counter() - begin < timeout:
        peak = max(peak, sum(kilobytes(pid) for pid in session(process.pid)))
        time.sleep(MEMORY_INTERVAL)
    finish(one, process, max(0, timeout - (time.perf_counter() - begin)))
    return peak / 1024


def read_everything(directory: Path) -> tuple[int, int]:
    """Return the number of Python files and lines; reading them fills the system's page cache."""
    contents = [path.read_bytes() for path in directory.rglob("*.py") if path.is_file()]
    return len(contents), sum(content.count(b"\n") for content in contents)


def table(found: list[Contestant]) -> str:
    """Return the results as Markdown; the ratio is to ruff's defaults."""
    base = next((statistics.median(one.seconds) for one in found if one.name.endswith("--no-cache") and one.seconds), 0)
    rows = ["| tool | median s | fastest | slowest | x ruff | peak MB |", "|---|---:|---:|---:|---:|---:|"]
    for one in found:
        if one.failure:
            rows.append(f"| {one.name} | {one.failure} | | | | |")
            continue
        median = statistics.median(one.seconds)
        ratio = f"{median / base:.2f}" if base else "-"
        memory = "not measured" if one.megabytes is None else f"{one.megabytes:.0f}"
        spread = f"{min(one.seconds):.2f} | {max(one.seconds):.2f}"
        rows.append(f"| {one.name} | {median:.2f} | {spread} | {ratio} | {memory} |")
    return "\n".join(rows)


def main() -> None:
    """Run the rounds and print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("directory", type=Path)
    parser.add_argument("--rounds", type=int, default=5, help="default: 5")
    parser.add_argument("--only", default="", help="the tools to run, with commas: keck,ruff")
    parser.add_argument("--timeout", type=float, default=600, help="seconds after which a run is given up")
    options = parser.parse_args()
    files, lines = read_everything(options.directory)
    print(f"{files} Python files, {lines} lines; {os.cpu_count()} CPUs; Python {platform.python_version()}")
    with tempfile.TemporaryDirectory() as scratch:
        found = contestants(options.directory.resolve(), Path(scratch), options.only.split(",") if options.only else [])
        for turn in range(options.rounds + 1):
            for one in found:
                try:
                    if turn < options.rounds and not one.failure:
                        one.seconds.append(run(one, options.timeout))
                    elif not one.failure:
                        one.megabytes = peak_megabytes(one, options.timeout)
                except Failed as failed:
                    one.failure = str(failed)
    print(f"medians of {options.rounds} rounds; cold unless it says warm\n\n{table(found)}")


if __name__ == "__main__":
    main()
