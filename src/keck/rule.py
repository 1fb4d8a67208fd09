"""A rule: one fault, one file. Its id is its path, its page is its docstring."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import TYPE_CHECKING

from keck.finding import Finding, Level, Place, Related

if TYPE_CHECKING:
    from keck.edit import Fix
    from keck.live.record import LiveApp, Spot
    from keck.project import Project

    Check = Callable[[Project], Iterable[Finding]]
    Examine = Callable[[LiveApp], Iterable[Finding]]

PACKAGE = "keck.rules"
SECTIONS = ("What", "Why", "Fix", "When to ignore it", "Evidence")


class Skipped(Exception):  # noqa: N818 - it is no error
    """Raised by the live half of a rule that cannot say anything of this app; says why, as a clause."""


class Rule:
    """One fault that Keck knows.

    Args:
        module: ``__name__`` of the rule's module; the id is derived from it.
        level: the level that most of its findings have; a finding may say otherwise.
        needles: words of which a file must hold at least one to matter to this rule. The gate
            that decides which files are parsed is the union of all rules' needles.
        test_needles: the same for files of test suites, which give most rules nothing but their imports.
        requires: words of which some file of the project, tests apart, must hold one for the rule to be
            asked at all; none means always.
        good: the good state, as a title of what has passed: "Every extension is bound".
        needs: what a live app must have for the rule to be asked of it: extensions (``limiter``: an
            instance that serves the app), ``routes``, ``backends``, ``database``, ``migrations``, ``redis``,
            ``smtp``, ``probe``.
        follows: ids of rules whose finding explains one of this rule that shares a tag with it.
    """

    def __init__(
        self,
        module: str,
        *,
        level: Level,
        needles: tuple[str, ...] = (),
        test_needles: tuple[str, ...] = (),
        requires: tuple[str, ...] = (),
        good: str = "",
        needs: tuple[str, ...] = (),
        follows: tuple[str, ...] = (),
    ) -> None:
        self.id = _id(module)
        self.level = level
        self.needles = needles
        self.test_needles = test_needles
        self.requires = requires
        self.good = good
        self.needs = needs
        self.follows = follows
        self._module = module
        self._check: Check | None = None
        self._examine: Examine | None = None

    def __repr__(self) -> str:
        return f"<Rule {self.id}>"

    def in_code(self, check: Check) -> Check:
        """Register `check` as what this rule says of source code."""
        self._check = check
        return check

    def check(self, project: Project) -> Iterator[Finding]:
        """Yield what this rule finds in the project."""
        if self._check is not None:
            yield from self._check(project)

    def in_app(self, examine: Examine) -> Examine:
        """Register `examine` as what this rule says of a live app."""
        self._examine = examine
        return examine

    @property
    def sees_apps(self) -> bool:
        """Whether the rule has a live half."""
        return self._examine is not None

    @property
    def sees_code(self) -> bool:
        """Whether the rule has something to say of source code."""
        return self._check is not None

    @property
    def seen(self) -> str:
        """Who can see the fault: ``code``, ``app`` or ``both``."""
        if self.sees_apps:
            return "both" if self.sees_code else "app"
        return "code"

    def examine(self, app: LiveApp) -> Iterator[Finding]:
        """Yield what this rule finds in a live app.

        Raises:
            Skipped: it cannot say anything of this one.
        """
        if self._examine is not None:
            yield from self._examine(app)

    def live(
        self,
        spot: Spot,
        message: str,
        help: str,
        *,
        level: Level | None = None,
        symbol: str = "",
        tags: Iterable[str] = (),
        related: Iterable[tuple[Spot, str]] = (),
    ) -> Finding:
        """Return a finding of this rule that the live app shows.

        Args:
            spot: where the user looks first; one without a path stands for the app itself.
            message: as for `finding`.
            help: as for `finding`.
            level: when it differs from the rule's own.
            symbol: as for `finding`; the same as there, so that two witnesses of one fault are known as such.
            tags: what the fault is about, such as ``limiter`` or an endpoint: a finding is a consequence of
                one that it shares a tag with, and whose rule it follows.
            related: other spots that belong to it, each with what it is.
        """
        return Finding(
            rule=self.id,
            level=self.level if level is None else level,
            place=_place(spot),
            message=message,
            help=help,
            symbol=symbol,
            related=tuple(Related(_place(where), what) for where, what in related),
            seen="app",
            tags=tuple(tags),
        )

    def finding(
        self,
        place: Place,
        message: str,
        help: str,
        *,
        level: Level | None = None,
        symbol: str = "",
        related: Iterable[tuple[Place, str]] = (),
        fix: Fix | None = None,
    ) -> Finding:
        """Return a finding of this rule.

        Args:
            place: where the user looks first.
            message: what is, with the user's own names; one sentence without a full stop.
            help: what to do; one sentence without a full stop.
            level: when it differs from the rule's own.
            symbol: what the fault is about; stable when lines move.
            related: other places that belong to it, each with what it is.
            fix: its repair, where there is one that is the same whoever makes it.
        """
        return Finding(
            rule=self.id,
            level=self.level if level is None else level,
            place=place,
            message=message,
            help=help,
            symbol=symbol,
            related=tuple(Related(where, what) for where, what in related),
            fix=fix,
        )

    @property
    def title(self) -> str:
        """The first line of the rule's page: the fault in one sentence."""
        return self.page.partition("\n")[0].rstrip(".")

    @property
    def page(self) -> str:
        """The docstring of the rule's module."""
        import inspect

        return inspect.cleandoc(sys.modules[self._module].__doc__ or "")

    def section(self, name: str) -> str:
        """Return the text of one of `SECTIONS` of the page, or an empty string."""
        lines: list[str] = []
        current = ""
        for line in self.page.splitlines()[1:]:
            head, colon, rest = line.partition(":")
            if colon and head in SECTIONS:
                current = head
                line = rest  # noqa: PLW2901
            if current == name:
                lines.append(line.strip())
        return "\n".join(lines).strip()


def _place(spot: Spot) -> Place:
    return Place(spot.path, spot.line, 1, spot.end_line, 1)


@cache
def ids() -> tuple[str, ...]:
    """Return the id of every rule, sorted; none of them is imported for it."""
    return tuple(sorted(map(_id, _modules())))


@cache
def rules() -> tuple[Rule, ...]:
    """Return every rule, found by walking the package, sorted by id."""
    found: list[Rule] = [importlib.import_module(name).rule for name in _modules()]
    return tuple(sorted(found, key=lambda rule: rule.id))


def _id(module: str) -> str:
    return module.removeprefix(PACKAGE + ".").replace(".", "/").replace("_", "-")


def _modules() -> list[str]:
    """Return the name of each module that is a rule; those that begin with ``_`` are none."""
    found = []
    (root,) = importlib.import_module(PACKAGE).__path__
    for folder, folders, files in os.walk(root):
        folders[:] = [name for name in folders if not name.startswith(("_", "."))]
        package = PACKAGE + folder.removeprefix(root).replace(os.sep, ".")
        found += [
            f"{package}.{name.removesuffix('.py')}"
            for name in files
            if name.endswith(".py") and not name.startswith(("_", "."))
        ]
    return found
