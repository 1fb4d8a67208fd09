"""Which processes run, read from /proc (Linux)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")


@dataclass(frozen=True, slots=True)
class Running:
    """A process that runs; a pid and its start time together are never given twice."""

    pid: int
    parent: int
    session: int
    started: int
    """Clock ticks since the machine started."""
    command: str

    def __str__(self) -> str:
        return f"{self.pid} {self.command}"


def look(pid: int) -> Running | None:
    """Return the process, or None where there is none or it is dead and only its parent has not asked yet."""
    try:
        stat = (PROC / str(pid) / "stat").read_text(encoding="utf-8", errors="replace")
        command = (PROC / str(pid) / "cmdline").read_bytes()
    except OSError:
        return None
    name, _, rest = stat.partition("(")[2].rpartition(")")
    state, parent, _, session, *others = rest.split()
    if state in {"Z", "X"}:
        return None
    text = command.replace(b"\0", b" ").decode(errors="replace").strip()
    return Running(pid, int(parent), int(session), int(others[15]), text or name)


def running() -> Iterator[Running]:
    """Yield every process; none where the system has no /proc."""
    for folder in PROC.glob("[0-9]*"):
        found = look(int(folder.name))
        if found:
            yield found


def children(pid: int) -> list[Running]:
    """Return the processes whose parent it is, the oldest first."""
    return sorted((one for one in running() if one.parent == pid), key=lambda one: (one.started, one.pid))


def descendants(pid: int) -> set[int]:
    """Return the pids of its children, their children and so on."""
    parents = {one.pid: one.parent for one in running()}
    found = {pid}
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return found - {pid}


def ancestors(pid: int) -> set[int]:
    """Return the pid itself, its parent, and so on up to the first process."""
    found = set[int]()
    while pid and pid not in found:
        found.add(pid)
        here = look(pid)
        pid = here.parent if here else 0
    return found


def is_in(pid: int, folder: Path) -> bool:
    """Whether the process has its working directory at or below the folder."""
    try:
        return (PROC / str(pid) / "cwd").readlink().is_relative_to(folder)
    except OSError:
        return False


def was_given(pid: int, name: str, value: str) -> bool:
    """Whether the process was started with this environment variable."""
    try:
        return f"{name}={value}".encode() in (PROC / str(pid) / "environ").read_bytes().split(b"\0")
    except OSError:
        return False


def threads(pid: int) -> set[str]:
    """Return the names of its threads; none where it is gone."""
    try:
        return {path.read_text(encoding="utf-8").strip() for path in (PROC / str(pid) / "task").glob("*/comm")}
    except OSError:
        return set()
