"""The processes that the tests start: none survives, none is told too much, and groups of tests stay together."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.service.servers import procfs, run
from tests.service.servers.process import Process


def test_process_that_ends_at_once_says_why() -> None:
    """A server that does not come up fails the test with what it printed."""
    process = Process("broken", ["sh", "-c", "echo no such luck; exit 3"], run.new_folder("broken"))
    with pytest.raises(AssertionError, match="broken ended with 3:\nno such luck"):
        process.wait_ready(lambda: False)


def test_process_that_does_not_stop_is_named() -> None:
    """A server whose child stays after it fails the test, and the child is killed."""
    process = Process(
        "stubborn", ["sh", "-c", "trap '' TERM; sleep 1001 & exec sleep 1002"], run.new_folder("stubborn")
    )
    time.sleep(0.3)
    with pytest.raises(AssertionError, match=r"(?s)stubborn did not stop within 0.3 s.*sleep 1001"):
        process.stop(within=0.3)
    assert process.members() == []


def test_survivors_are_found_by_session_mark_and_folder() -> None:
    """A process is found by its session, by the run's mark, or by where it works, whoever its parent is now."""
    folder = run.new_folder("left")
    process = Process("left", ["sh", "-c", "sleep 1003 & env -i setsid sleep 1004 & setsid sleep 1005 & wait"], folder)
    time.sleep(0.3)
    os.kill(process.pid, signal.SIGKILL)
    process.kill()
    found = [line for line in run.survivors(0) if line.endswith(("sleep 1003", "sleep 1004", "sleep 1005"))]
    for one in procfs.running():
        if procfs.is_in(one.pid, folder):
            os.kill(one.pid, signal.SIGKILL)
    assert {line.rpartition(" ")[2] for line in found} == {"1004", "1005"}


def test_ports_are_given_once() -> None:
    """No two servers of a run get the same port."""
    given = [run.free_port() for _ in range(50)]
    assert len(set(given)) == 50


def test_environment_holds_nothing_of_the_developers(monkeypatch: pytest.MonkeyPatch) -> None:
    """A setting in the environment of the tests does not reach what they start."""
    monkeypatch.setenv("DATABASE_URL", "postgresql://production")
    process = Process("env", ["sh", "-c", "env; echo ready; exec sleep 1006"], run.new_folder("env"))
    process.wait_ready(lambda: "ready" in process.log(), 5)
    process.kill()
    assert f"{run.MARK}={run.folder()}" in process.log()
    assert "production" not in process.log()


ROOT = Path(__file__).parents[2]
LEAK = '''
import subprocess

def test_leak():
    """It passes, and leaves a process."""
    subprocess.Popen(["sleep", "1007"], start_new_session=True).returncode = 0
'''


def nested(folder: Path, test: str, *options: str) -> list[str]:
    """Write a test into the folder and return the command of a run of its own for it."""
    (folder / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    (folder / "conftest.py").write_text(
        f'import sys\nsys.path.insert(0, {str(ROOT)!r})\npytest_plugins = ["tests.service.groups", "tests.service.survivors"]\n',
        encoding="utf-8",
    )
    (folder / "test_it.py").write_text(test, encoding="utf-8")
    return [sys.executable, "-m", "pytest", "-q", *options, "-p", "no:cacheprovider", str(folder)]


@pytest.mark.parametrize("options", [("-p", "no:xdist"), ("-n", "1")], ids=["alone", "xdist"])
def test_run_with_a_survivor_fails(tmp_path: Path, options: tuple[str, ...]) -> None:
    """A run whose tests pass but leave a process fails, names the process and ends it; a clean one passes."""
    command = nested(tmp_path, LEAK, *options)
    done = subprocess.run(command, capture_output=True, encoding="utf-8", cwd=tmp_path, check=False)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "1 passed" in done.stdout
    (line,) = re.findall(r"(?m)^(\d+) +sleep 1007$", done.stdout)
    assert procfs.look(int(line)) is None
    command = nested(tmp_path, "def test_clean():\n    pass\n", *options)
    assert subprocess.run(command, capture_output=True, cwd=tmp_path, check=False).returncode == 0


def test_run_that_is_told_to_end_leaves_nothing(tmp_path: Path) -> None:
    """A run that gets SIGTERM, as from `timeout`, ends what its tests started."""
    command = nested(tmp_path, LEAK + "    import time\n    time.sleep(60)\n", "-p", "no:xdist")
    folder = run.new_folder("nested")
    nest = Process("nested", command, folder)
    nest.wait_ready(lambda: any(one.command == "sleep 1007" for one in procfs.children(nest.pid)))
    (child,) = procfs.children(nest.pid)
    nest.send(signal.SIGTERM)
    assert nest.stop(signal.SIGCONT) == pytest.ExitCode.TESTS_FAILED
    assert procfs.look(child.pid) is None


GROUPED = """
import os
import pathlib

import pytest

@pytest.mark.parametrize("number", range(8))
@pytest.mark.xdist_group("one")
def test_group(number):
    pathlib.Path(__file__).with_name(os.environ["PYTEST_XDIST_WORKER"]).touch()

@pytest.mark.parametrize("number", range(8))
def test_alone(number):
    pathlib.Path(__file__).with_name("alone-" + os.environ["PYTEST_XDIST_WORKER"]).touch()
"""


def test_group_runs_on_one_worker(tmp_path: Path) -> None:
    """Tests of a group share a worker of pytest-xdist, the others are spread."""
    command = nested(tmp_path, GROUPED, "-n", "2")
    done = subprocess.run(command, capture_output=True, encoding="utf-8", cwd=tmp_path, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert len(list(tmp_path.glob("gw?"))) == 1
    assert list(tmp_path.glob("alone-gw?"))
