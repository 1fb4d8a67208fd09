"""What holds for every test of the suite."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator

import pytest
from hypothesis import Phase, settings

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # as it is for what a shell runs in the background
    signal.signal(signal.SIGINT, signal.default_int_handler)

pytest_plugins = ["pytester", "tests.service.groups", "tests.service.survivors", "tests.service.shared"]

# without the phase that explains failures: its tracer fails on Python 3.13 where the code under test nests deeply
settings.register_profile("keck", phases=[Phase.explicit, Phase.reuse, Phase.generate, Phase.target, Phase.shrink])
settings.load_profile("keck")


@pytest.fixture(scope="session", autouse=True)
def _no_process_for_apps_survives() -> Iterator[None]:
    """End the process that apps of the tests are forked from, if there was one."""
    yield
    support = sys.modules.get("tests.live_support")
    if support is not None:
        support.stop()
