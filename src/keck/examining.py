"""An examination: from a live app to what each rule says of it."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Literal

import msgspec

from keck.finding import Finding, Level, Place
from keck.live.record import TITLES, Answer, LiveApp
from keck.report.view import relative
from keck.rule import Rule, Skipped, rules
from keck.settings import Settings, chosen

if TYPE_CHECKING:
    from flask import Flask

State = Literal["passed", "failed", "skipped", "crashed"]

BACKENDS = {"database": "database", "migrations": "migrations", "redis": "redis", "smtp": "smtp"}


class Verdict(msgspec.Struct, frozen=True):
    """What one rule said.

    Args:
        rule: its id.
        title: the good state.
        state: whether it holds.
        reason: why it was skipped, or what crashed.
    """

    rule: str
    title: str
    state: State
    reason: str = ""


class Fault(msgspec.Struct, frozen=True):
    """A finding with the findings that it explains."""

    finding: Finding
    consequences: tuple[Finding, ...] = ()


class Examination(msgspec.Struct, frozen=True):
    """A live app and what the rules say of it.

    Args:
        app: what was read.
        root: absolute path with ``/`` that the findings' paths are relative to.
        verdicts: one a rule, sorted by rule.
        faults: the worst first.
        notices: one-line remarks.
        files: how many Python files a check of the source code has looked at besides; None where there was none.
    """

    app: LiveApp
    root: str
    verdicts: tuple[Verdict, ...] = ()
    faults: tuple[Fault, ...] = ()
    notices: tuple[str, ...] = ()
    files: int | None = None

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Every finding, consequences too."""
        return tuple(one for fault in self.faults for one in (fault.finding, *fault.consequences))

    def raise_for(self, level: Level | str = Level.warning) -> None:
        """Raise where there is a fault of a level or above, or one with such a consequence; for a test suite.

        Raises:
            Faulty: there is; its text tells each fault, where it is and what to do.
            ValueError: there is no such level.
        """
        least = level if isinstance(level, Level) else _level(level)
        bad = [one for one in self.faults if max(each.level for each in (one.finding, *one.consequences)) >= least]
        if bad:
            raise Faulty(bad)


class Faulty(AssertionError):  # noqa: N818 - it says what the app is
    """The app has faults.

    Args:
        faults: those that it was raised for.
    """

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__(self._text())

    def _text(self) -> str:
        lines = [f"Keck finds {len(self.faults)} fault{'s' * (len(self.faults) > 1)} in how this app is wired:"]
        for fault in self.faults:
            one = fault.finding
            lines += [f"  {one.place.path}:{one.place.line}: {one.level.name}: {one.message} [{one.rule}]"]
            lines += [f"    {one.help}"]
            lines += [f"    so: {each.message} [{each.rule}]" for each in fault.consequences]
        return "\n".join(lines)


def examine(
    app: Flask, *, settings: Settings | None = None, backends: bool = False, probe: bool = False
) -> Examination:
    """Return what the rules say of a live app.

    Args:
        app: as `create_app()` returns it.
        settings: which rules to ask; those of the working directory's project if None.
        backends: whether to ask the database, Redis and the mail server.
        probe: whether to send requests to the app in a forked child.

    Raises:
        Trouble: the settings are broken, or the app's Flask is too old to be examined.
    """
    from pathlib import Path

    from keck.heeded import heeded
    from keck.live.read import read
    from keck.settings import load

    asked = settings or load(Path.cwd())
    return heeded(judge(read(app, backends=backends, probe=probe), asked), asked)[0]


def judge(app: LiveApp, settings: Settings) -> Examination:
    """Return what the chosen rules say of what was read of an app."""
    names = frozenset(chosen([one.id for one in rules()], settings))
    verdicts: list[Verdict] = []
    found: list[Finding] = []
    for rule in rules():
        if rule.id in names and rule.sees_apps:
            verdict, findings = _ask(rule, app)
            verdicts.append(verdict)
            found += findings
    root = app.root or os.getcwd().replace(os.sep, "/")  # noqa: PTH109 - text with slashes is wanted
    placed = [_placed(one, app, root) for one in found]
    unread = app.facts.get("unread", {})
    notices = tuple(f"the {part.replace('_', ' ')} could not be read: {why}" for part, why in unread.items())
    return Examination(
        app, root, tuple(verdicts), fold(placed, {one.id: one for one in rules()}, endpoints(app)), notices
    )


def _ask(rule: Rule, app: LiveApp) -> tuple[Verdict, list[Finding]]:
    if reason := missing(rule, app):
        unread = any(one in app.facts.get("unread", {}) for one in rule.needs)
        return Verdict(rule.id, rule.good, "crashed" if unread else "skipped", reason), []
    try:
        findings = list(rule.examine(app))
    except Skipped as skipped:
        return Verdict(rule.id, rule.good, "skipped", str(skipped)), []
    except Exception as error:  # noqa: BLE001 - one rule that crashes leaves the others alone
        return Verdict(rule.id, rule.good, "crashed", f"{type(error).__name__}: {error}"), []
    return Verdict(rule.id, rule.good, "failed" if findings else "passed"), findings


def missing(rule: Rule, app: LiveApp) -> str:
    """Return what the rule needs and the app has not, as a clause; empty where it has all."""
    unread = app.facts.get("unread", {})
    for need in rule.needs:
        if need in unread:
            return f"the {need} could not be read ({unread[need]})"
        if need in TITLES and app.serving(need) is None:
            return f"{TITLES[need]} does not serve this app"
        if need == "routes" and not any(not one.static for one in app.routes):
            return "the app has no routes"
        if need == "backends" and app.answers is None:
            return "the backends were not asked"
        if need in BACKENDS:
            if app.answers is None:
                return "the backends were not asked"
            those = [one for one in app.answers if one.kind == need]
            if not those:
                return f"the app has no {_SPOKEN.get(need, need)}"
            if not any(one.state in {"answers", "refuses", "missing"} for one in those):
                return _unanswered(those[0])
        if need == "probe" and (app.probes is None or app.probes.unavailable):
            return app.probes.unavailable if app.probes else "the app was not probed"
    return ""


_SPOKEN = {"redis": "Redis", "smtp": "mail server"}


def _unanswered(answer: Answer) -> str:
    """Return why a backend has said nothing, as a clause."""
    if answer.state == "skipped" and answer.detail:
        return answer.detail
    verb = "are" if answer.kind == "migrations" else "is"
    return f"the {answer.name} {verb} {answer.state}"


def endpoints(app: LiveApp) -> frozenset[str]:
    """Return the endpoints of an app, which are among the tags of what is found about its routes."""
    return frozenset(one.endpoint for one in app.routes)


def fold(
    findings: Iterable[Finding], known: dict[str, Rule], endpoints: frozenset[str] = frozenset()
) -> tuple[Fault, ...]:
    """Return the findings, the worst first, each consequence under the finding that explains it in the end.

    Args:
        findings: in any order.
        known: the rules, by id.
        endpoints: of the app: what is wrong with one route explains nothing about another.
    """
    every = sorted(findings, key=lambda one: (-one.level, one.order))
    above = [_cause(one, every, known, endpoints) for one in every]
    under: dict[int, list[Finding]] = {}
    for number, one in enumerate(every):
        top = _top(number, above)
        under.setdefault(top, []).extend([one] if top != number else [])
    return tuple(Fault(every[top], tuple(those)) for top, those in sorted(under.items()))


def _cause(finding: Finding, every: list[Finding], known: dict[str, Rule], endpoints: frozenset[str]) -> int | None:
    """Return the index of the first finding that explains this one."""
    follows = known[finding.rule].follows if finding.rule in known else ()
    tags = set(finding.tags)
    mine = tags & endpoints
    for index, one in enumerate(every):
        others = endpoints & set(one.tags)
        if one.rule in follows and tags & set(one.tags) and not (mine and others and not mine & others):
            return index
    return None


def _top(number: int, above: list[int | None]) -> int:
    """Return the index of what explains a finding in the end; of a circle the first one."""
    passed = [number]
    while (cause := above[passed[-1]]) is not None:
        if cause in passed:
            return min(passed[passed.index(cause) :])
        passed.append(cause)
    return passed[-1]


def _placed(finding: Finding, app: LiveApp, root: str) -> Finding:
    """Return the finding with paths relative to the root; the app's own where the place is unknown."""
    spot = app.spot
    place = finding.place if finding.place.path else Place(spot.path, spot.line, 1, spot.end_line, 1)
    replace = msgspec.structs.replace
    related = tuple(replace(one, place=_relative(one.place, root)) for one in finding.related)
    return replace(finding, place=_relative(place, root), related=related)


def _relative(place: Place, root: str) -> Place:
    if not place.path:
        return place
    return msgspec.structs.replace(place, path=relative(place.path, root))


def _level(name: str) -> Level:
    if name not in Level.__members__:
        raise ValueError(f"there is no level `{name}`; known are {', '.join(Level.__members__)}")
    return Level[name]
