"""A proof as it is told: to a person, and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from keck.proof.outcome import Difference, Proof, Suite, TestRun

_LONGEST = 120
_UNITS = {
    "rules": ("rule", "rules"),
    "config": ("config key", "config keys"),
    "extensions": ("extension", "extensions"),
    "hooks": ("list of hooks", "lists of hooks"),
    "handlers": ("error handler", "error handlers"),
    "templates": ("template name", "template names"),
    "commands": ("command", "commands"),
    "tables": ("table", "tables"),
}
_MOST = 20


def text(proof: Proof) -> str:
    """Return a proof as lines of text: the verdict first, then what differs."""
    return "\n".join(_lines(proof)) + "\n"


def as_json(proof: Proof) -> dict[str, Any]:
    """Return a proof as JSON data; the values of differences are data, too."""
    found: dict[str, Any] = msgspec.to_builtins(proof)
    for kind in ("intended", "unexpected"):
        found[kind] = [
            {"path": one.path, "before": _decoded(one.before), "after": _decoded(one.after)}
            for one in getattr(proof, kind)
        ]
    return {**found, "unstable": list(proof.unstable), "holds": proof.holds}


def _lines(proof: Proof) -> Iterator[str]:
    if proof.state == "not-booted":
        yield f"not proven: the app does not boot as it is: {proof.trouble}"
        return
    if proof.state == "broken":
        yield f"the app does not boot any more: {proof.trouble}"
        return
    same = "the same app" if proof.state == "same" else "not the same app"
    but = " but for what is intended" if proof.state == "same" and proof.intended else ""
    yield f"{same}{but}: {_counted(proof.counts)} (booted {_times(proof.boots)} in {proof.seconds:.1f} s)"
    yield from _told("differs, and is not meant to:", proof.unexpected)
    yield from _told("differs as intended:", proof.intended)
    if proof.unstable:
        yield f"set aside, since it changes from boot to boot: {', '.join(proof.unstable)}"
    if proof.tests is not None:
        yield _tests(proof.tests)


def _counted(counts: dict[str, int]) -> str:
    return ", ".join(
        f"{counts[kind]} {one if counts[kind] == 1 else many}" for kind, (one, many) in _UNITS.items() if kind in counts
    )


def _times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count} times")


def _told(title: str, found: tuple[Difference, ...]) -> Iterator[str]:
    if found:
        yield title
        yield from (f"  {difference(one)}" for one in found[:_MOST])
        if len(found) > _MOST:
            yield f"  and {len(found) - _MOST} more"


def difference(one: Difference) -> str:
    """Return a difference on one line: ``guards/GET /me: none -> jwt required by jwt_required()``.

    Of lists and dictionaries only what differs in them is told.
    """
    before, after = _decoded(one.before), _decoded(one.after)
    if one.before is None or one.after is None:
        return f"{one.path}: {_cut(_value(before, one.before))} -> {_cut(_value(after, one.after))}"
    if isinstance(before, dict) and isinstance(after, dict):
        keys = [key for key in {**before, **after} if before.get(key) != after.get(key)]
        old, new = ({key: held[key] for key in keys if key in held} for held in (before, after))
        return f"{one.path}: {_cut(_shown(old))} -> {_cut(_shown(new))}"
    return f"{one.path}: {_cut(_shown(before))} -> {_cut(_shown(after))}"


def _value(value: object, text: str | None) -> str:
    return "not there" if text is None else _shown(value)


def _shown(value: Any) -> str:  # noqa: ANN401 - JSON data
    if isinstance(value, dict):
        if set(value) == {"exposure", "guards"}:
            return _shown(value["guards"])
        return ", ".join(f"{key} {_shown(one)}" for key, one in value.items()) or "nothing"
    if isinstance(value, list):
        return ", ".join(map(_shown, value)) or "nothing"
    return value if isinstance(value, str) and value else json.dumps(value, ensure_ascii=False)


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 4].rstrip(" ,") + " ..."


def _decoded(text: str | None) -> Any:  # noqa: ANN401 - JSON data
    return None if text is None else json.loads(text)


def _tests(run: TestRun) -> str:
    if run.after is None:
        return f"`{run.command}`: {_suite(run.before)} before"
    if run.same:
        failing = ", as before" if run.before.code else ""
        return f"`{run.command}` ends alike before and after: {_suite(run.after)}{failing}"
    return f"`{run.command}` ends differently: {_suite(run.before)} before, {_suite(run.after)} after"


def _suite(suite: Suite) -> str:
    if suite.code is None:
        return "not in time"
    counted: Iterable[str] = (f"{count} {what}" for what, count in suite.counts.items())
    return ", ".join(counted) or f"exit code {suite.code}"
