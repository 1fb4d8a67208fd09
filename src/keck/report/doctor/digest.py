"""A live app in few words: what the reports for people say of it, each in its own form."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import cache

import msgspec

from keck.examining import Examination, Fault, Verdict
from keck.finding import Finding, Level
from keck.fixable import Repair
from keck.fixable import repair_of as repaired_by
from keck.live.record import TITLES, Drift, Instance, LiveApp, Probes, Route, Spot
from keck.report.view import plural, tally
from keck.rule import rules

EXPOSURES = ("open", "conditional", "optional", "guarded")
NEEDS = {"the backends were not asked": "the backends", "the app was not probed": "`--probe`"}
"""What a check lacked, by the reason for which it was skipped."""
WITNESSES = {"code": "in the code", "app": "in the app", "both": "in the code and in the app"}


class Binding(msgspec.Struct, frozen=True):
    """One line of the table of bindings.

    Args:
        package: ``Flask-Caching 2.5.1``.
        name: the variable that holds the instance.
        spot: where it is made.
        bound: which app it is bound to, in words.
        state: ``works``, ``inert``, ``drifted``, ``twice``, ``elsewhere`` (bound to other apps only),
            or ``unbound``.
        notes: what else there is to say, a clause each.
    """

    package: str
    name: str
    spot: Spot
    bound: str
    state: str
    notes: tuple[str, ...] = ()


def about(app: LiveApp) -> list[str]:
    """Return what kind of app it is: versions, debug, testing, workers."""
    facts = [f"Flask {app.versions['flask']}"] if "flask" in app.versions else []
    facts += [f"Python {app.python}"] if app.python else []
    facts += [f"debug {'on' if app.debug else 'off'}", f"testing {'on' if app.testing else 'off'}"]
    facts.append("workers unknown" if app.workers is None else plural(app.workers, "worker"))
    return facts


def bindings(app: LiveApp) -> list[Binding]:
    """Return a line for each instance, in the order of the record."""
    return [_binding(one, app) for one in app.instances]


def drifted(drift: Drift) -> str:
    """Return both values of a config key that was changed too late."""
    return f"{drift.key}: {drift.used} is in use, {drift.configured} is configured"


def _binding(one: Instance, app: LiveApp) -> Binding:
    package = TITLES.get(one.extension, one.extension)
    version = app.versions.get(package.lower(), "")
    others = ", ".join(one.others) or "another app"
    bound = {
        "this": "this app",
        "other": others,
        "both": f"this app, {others}",
        "never": "no app",
    }.get(one.bound, "this app, it seems")
    notes = [one.inert] if one.inert else []
    notes += [f"bound {one.twice} times"] if one.twice else []
    notes += [drifted(drift) for drift in one.drift]
    return Binding(
        f"{package} {version}".strip(), one.name or "(in no module)", one.spot, bound, _state(one), tuple(notes)
    )


def _state(one: Instance) -> str:
    if one.bound in {"never", "other"}:
        return "unbound" if one.bound == "never" else "elsewhere"
    if one.inert:
        return "inert"
    if one.twice:
        return "twice"
    if one.drift:
        return "drifted"
    return "works"


def own(routes: Iterable[Route]) -> list[Route]:
    """Return the routes of the project; files of Flask's `static` endpoint are none."""
    return [one for one in routes if not one.static]


def exposures(routes: Sequence[Route]) -> dict[str, int]:
    """Return how many routes there are of each exposure, in a fixed order; those of none are left out."""
    count = Counter(one.exposure for one in routes)
    return {name: count[name] for name in (*EXPOSURES, *sorted(count.keys() - set(EXPOSURES))) if count[name]}


def routes_line(app: LiveApp) -> str:
    """Return how many routes there are, and what protects how many of them."""
    routes = own(app.routes)
    if not routes:
        return "The app has no routes."
    parts = [", ".join(f"{count} {name}" for name, count in exposures(routes).items())]
    parts.append(f"{sum(bool(one.limits) for one in routes)} limited, {sum(bool(one.cache) for one in routes)} cached")
    crossed = [one for one in routes if one.cors.source]
    wide = sum(one.cors.open for one in crossed)
    parts.append(f"CORS on {len(crossed)}" + (f" ({wide} for any origin)" if wide else ""))
    if unseen := sum(bool(one.unseen) for one in routes):
        parts.append(f"{unseen} unclear")
    return f"{many(app.routes)}: " + "; ".join(parts)


def many(routes: Sequence[Route]) -> str:
    """Return how many routes there are: "8 routes and 1 static"."""
    static = len(routes) - len(own(routes))
    return plural(len(routes) - static, "route") + (f" and {static} static" if static else "")


def probe_line(app: LiveApp, probes: Probes) -> str:
    """Return how the probe of an app went."""
    if probes.unavailable:
        return f"not done: {probes.unavailable}"
    asked = sum(not one.skipped for one in probes.routes)
    text = f"{asked} of {many(app.routes)} asked in {took(probes.seconds)}"
    kept = sum(bool(answer.get("refused")) for one in probes.routes for answer in one.asked.values())
    return text + (f"; {plural(kept, 'request')} tried what a probe may not do, and could not" if kept else "")


def took(seconds: float) -> str:
    """Return a duration as people read it; nothing for none."""
    if not seconds:
        return ""
    return f"{seconds:.1f} s" if seconds >= 0.95 else f"{max(seconds * 1000, 1):.0f} ms"


def worst(fault: Fault) -> Level:
    """Return the level of the worst that a fault brings about, itself included."""
    return max(one.level for one in (fault.finding, *fault.consequences))


def ranked(examination: Examination) -> list[Fault]:
    """Return the faults, those that bring about the worst first."""
    return sorted(examination.faults, key=lambda fault: -worst(fault))


def consequences(fault: Fault) -> list[Finding]:
    """Return what follows from a fault, the worst first."""
    return sorted(fault.consequences, key=lambda one: (-one.level, one.order))


def of_state(examination: Examination, state: str) -> list[Verdict]:
    """Return the verdicts of a state, sorted by rule."""
    return [one for one in examination.verdicts if one.state == state]


def grouped(verdicts: Iterable[Verdict]) -> dict[str, list[str]]:
    """Return the rules of each reason, the reason that most of them share first."""
    groups: dict[str, list[str]] = {}
    for one in verdicts:
        groups.setdefault(one.reason, []).append(one.rule)
    return dict(sorted(groups.items(), key=lambda item: (-len(item[1]), item[0])))


def repair_of(finding: Finding, examination: Examination) -> Repair:
    """Return how `keck fix` repairs a finding: its own fix; that of its rule where the code has not been checked."""
    if finding.fix is not None:
        return "fix" if finding.fix.safe else "unsafe fix"
    return _fixes().get(finding.rule, "") if examination.files is None else ""


def repair_line(finding: Finding, examination: Examination) -> str:
    """Return how `keck fix` repairs a finding, as a clause; empty where it does not."""
    repair = repair_of(finding, examination)
    command = "keck fix" if repair == "fix" else "keck fix --unsafe"
    if finding.fix is not None:
        return f"`{command}` does it: {finding.fix.title}"
    return f"`{command}` does it where the source code shows it" if repair else ""


@cache
def _fixes() -> dict[str, Repair]:
    return {one.id: repair for one in rules() if (repair := repaired_by(one))}


def code_line(examination: Examination) -> str:
    """Return what the check of the source code has come to; empty where there was none."""
    if examination.files is None:
        return ""
    found = [one for one in examination.findings if one.seen != "app"]
    return (
        f"Code: {plural(examination.files, 'file')} checked, {counted(found) + ' found' if found else 'nothing found'}"
    )


def skips(app: LiveApp, verdicts: Iterable[Verdict]) -> str:
    """Return how many checks were skipped for what: "2 for Flask-Mail (not used), 3 need the backends"."""
    return ", ".join(_skip(app, reason, len(rules)) for reason, rules in grouped(verdicts).items())


def _skip(app: LiveApp, reason: str, count: int) -> str:
    extension = next((key for key, title in TITLES.items() if reason == f"{title} does not serve this app"), "")
    if extension:
        return f"{count} for {TITLES[extension]} ({'not bound' if app.of(extension) else 'not used'})"
    needs = "needs" if count == 1 else "need"
    if reason in NEEDS:
        return f"{count} {needs} {NEEDS[reason]}"
    return f"{count} as {reason}"


def counted(findings: Iterable[Finding]) -> str:
    """Return "2 errors and 1 warning", or an empty string for none."""
    count = tally(findings)
    named = [plural(count[level], level.name) for level in sorted(Level, reverse=True) if count[level]]
    return " and ".join((", ".join(named[:-1]), named[-1]) if len(named) > 1 else named)


def verdict(examination: Examination) -> str:
    """Return the last word: how many faults, how much of it follows from others, what could not be told."""
    crashed = len(of_state(examination, "crashed"))
    but = f"; {plural(crashed, 'check')} crashed and can say nothing" if crashed else ""
    if found := counted(fault.finding for fault in examination.faults):
        folded = sum(len(fault.consequences) for fault in examination.faults)
        follow = f", and {plural(folded, 'consequence')}" if folded else ""
        return f"Found {found}{follow} in {examination.app.name}{but}."
    passed = len(of_state(examination, "passed"))
    if not passed:
        return f"Nothing of {examination.app.name} could be checked{but}."
    return f"No faults found in {examination.app.name} by {plural(passed, 'check')}{but}."


def lines_of_probe(asked: dict[str, dict[str, object]]) -> Iterator[tuple[str, str]]:
    """Yield for each request of the probe who asked, and what was answered."""
    for who, answer in asked.items():
        if error := answer.get("error"):
            yield who, f"failed: {error}"
            continue
        parts = [str(answer.get("status", "no answer"))]
        if "reached" in answer:
            parts.append("reached the view" if answer["reached"] else "did not reach the view")
        if answer.get("origin"):
            parts.append(f"allows {answer['origin']}" + (" with credentials" if answer.get("credentials") else ""))
        if answer.get("refused"):
            parts.append(f"was kept from: {answer['refused']}")
        yield who, ", ".join(parts)
