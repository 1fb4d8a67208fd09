"""The pytest plugin. Every pytest loads it where Keck is installed, so it imports next to nothing.

It does nothing until Flask, or Flask-SQLAlchemy, has been imported by somebody else.

``keck_database`` and ``keck_context`` in pytest's configuration, or ``--keck-database`` and ``--keck-context``, are
``error``, ``warn`` (the default) or ``off``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

    from keck.testing.contexts import Watch
    from keck.testing.database import Guard

MODES = ("error", "warn", "off")
OPTIONS = {
    "database": "create_all() and drop_all() on another database than the one that the app's config names",
    "context": "requests of a test client inside an open app context",
}


class Keck:
    """What one run of pytest looks after.

    Args:
        config: of the run.
    """

    def __init__(self, config: pytest.Config) -> None:
        from keck.testing.arrival import Arrivals

        self._config = config
        self._guard: Guard | None = None
        self._watch: Watch | None = None
        self._inside: dict[str, str] = {}
        self._testing = False
        self._arrivals = Arrivals({"flask": self._flask, "flask_sqlalchemy": self._flask_sqlalchemy})
        self._arrivals.install()
        config.add_cleanup(self._remove)

    def _flask(self, module: ModuleType) -> None:
        from keck.testing.contexts import Watch

        self._watch = self._watch or Watch(lambda: self._testing)
        self._watch.attach(module)

    def _flask_sqlalchemy(self, module: ModuleType) -> None:
        from keck.testing.database import Guard

        self._guard = self._guard or Guard(lambda: mode(self._config, "database"))
        self._guard.attach(module)
        if not self._arrivals.watching:
            self._guard.catch_up(module)

    def _remove(self) -> None:
        self._arrivals.remove()
        for one in (self._guard, self._watch):
            if one is not None:
                one.detach()

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self) -> None:
        """Note that a test runs."""
        self._testing = True

    def pytest_runtest_logfinish(self) -> None:
        """Note that it has run."""
        self._testing = False

    @pytest.hookimpl(hookwrapper=True, trylast=True)
    def pytest_runtest_makereport(self) -> Iterator[None]:
        """Write into the report of a phase which request ran inside an open context; an error fails the phase."""
        outcome: Any = yield
        request = self._watch.take() if self._watch is not None else ""
        if request and mode(self._config, "context") != "off":
            report = outcome.get_result()
            report.keck_inside = request
            if mode(self._config, "context") == "error" and report.passed:
                from keck.testing.contexts import ADVICE

                report.outcome = "failed"
                report.longrepr = f"Keck: {request} of a test client ran inside an open app context. {ADVICE}"

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Gather them: where pytest-xdist is at work, the reports come from other processes."""
        if hasattr(report, "keck_inside"):
            self._inside.setdefault(report.nodeid, report.keck_inside)

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Name the tests."""
        if self._inside:
            from keck.testing.contexts import summary

            terminalreporter.section("keck: test clients inside an open app context")
            every = self._config.get_verbosity() > 0
            flask = self._config.pluginmanager.hasplugin("flask")
            for line in summary(self._inside, every=every, pytest_flask=flask):
                terminalreporter.write_line(line)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Make the options known."""
    group = parser.getgroup("keck", "Keck: databases and contexts of Flask apps")
    for name, about in OPTIONS.items():
        group.addoption(f"--keck-{name}", choices=MODES, help=f"{about}: {', '.join(MODES)}")
        parser.addini(f"keck_{name}", f"{about}: {', '.join(MODES)}", default="warn")


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    """Begin before the conftest modules are imported: apps are made there."""
    early_config.pluginmanager.register(Keck(early_config), "keck-run")


def pytest_configure(config: pytest.Config) -> None:
    """Refuse what no mode is."""
    for name in OPTIONS:
        if mode(config, name) not in MODES:
            raise pytest.UsageError(
                f"keck_{name} in pytest's configuration must be one of {', '.join(MODES)}, not {mode(config, name)!r}"
            )


def mode(config: pytest.Config, name: str) -> str:
    """Return the mode of one of the options; what the command line says goes first."""
    key = f"keck_{name}"
    early = getattr(config, "known_args_namespace", None)  # while conftest modules are imported there is no other
    return str(getattr(config.option, key, None) or getattr(early, key, None) or config.getini(key))
