from __future__ import annotations

import subprocess
import sys

import pytest

START = "import os, subprocess, sys\nfrom keck.doctor.streams import aside\n"


def _run(text: str, **streams: int | None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", START + text],
        stdout=streams.get("stdout", subprocess.PIPE),
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    "noise",
    [
        "print('noise')",
        "os.write(1, b'noise\\n')",
        "os.system('echo noise')",
        "sys.stdout.write('noise')",
        "print('noise'); sys.stdout.close()",
        "print('noise'); os.close(1)",
        "print('noise'); sys.stdout.close(); os.close(1)",
        "sys.stderr.write('noise')",
    ],
)
def test_noise_goes_to_standard_error(noise: str) -> None:
    """Whatever is printed meanwhile, and however, standard output has only what comes before and after."""
    run = _run(f"print('before')\nwith aside():\n    {noise}\nprint('after')")
    assert (run.stdout.split(), run.stderr.split(), run.returncode) == (["before", "after"], ["noise"], 0)


def test_a_logger_may_keep_the_stream() -> None:
    """A handler that was made meanwhile goes on writing to standard error."""
    run = _run(
        "import logging\n"
        "with aside():\n    logging.basicConfig(stream=sys.stdout, format='%(message)s')\n"
        "print('after')\nlogging.error('noise')"
    )
    assert (run.stdout, run.stderr) == ("after\n", "noise\n")


def test_what_it_raises_goes_through() -> None:
    """An exception leaves the streams as they were."""
    run = _run("try:\n    with aside():\n        raise KeyError\nexcept KeyError:\n    print('after')")
    assert run.stdout == "after\n"


def test_there_may_be_no_standard_output() -> None:
    """A process that was started without standard output is none the worse."""
    run = _run("os.close(1)\nsys.stdout = None\nwith aside():\n    print('noise')\nsys.stderr.write('after')")
    assert (run.stderr, run.returncode) == ("noise\nafter", 0)
