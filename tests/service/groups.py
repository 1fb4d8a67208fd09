"""A pytest plugin: with pytest-xdist, tests of one `xdist_group` run on one worker, whatever `--dist` is by default.

pytest-xdist has that as `--dist loadgroup`, but passes the group on in the test's id, which pytest 9.2 does not let it
change: there 3.8 spreads the tests without a word. Here the workers leave the groups in the folder of the run.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.service.servers import run


def pytest_configure(config: pytest.Config) -> None:
    """Make the suite's own mark known."""
    config.addinivalue_line("markers", "long: takes minutes; `make test-long` runs it, `make test` does not")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the group of each test that has one where the process that spreads the tests finds it."""
    worker = getattr(config, "workerinput", None)
    if worker is None:
        return
    marks = [(item.nodeid, item.get_closest_marker("xdist_group")) for item in items]
    groups = {name: str([*mark.args, *mark.kwargs.values()][0]) for name, mark in marks if mark is not None}
    written = _path().with_name(f"groups-{worker['workerid']}.json")
    written.write_text(json.dumps(groups), encoding="utf-8")
    written.replace(_path())


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> object | None:
    """Return a scheduler that keeps groups together, unless the command line asks for another distribution."""
    if config.getvalue("dist") not in {"load", "loadgroup"}:
        return None
    from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]

    class Grouped(LoadScopeScheduling):  # type: ignore[misc]  # it has no types
        """Spreads groups and the tests that are in none; the largest group first."""

        groups: dict[str, str] | None = None

        def _split_scope(self, nodeid: str) -> str:
            if self.groups is None:
                self.groups = json.loads(_path().read_text(encoding="utf-8"))
            return self.groups.get(nodeid, nodeid)

    return Grouped(config, log)


def _path() -> Path:
    return run.folder() / "groups.json"
