"""Rate limits are counted in the memory of each process.

What: a `Limiter` without `storage_uri` and without `RATELIMIT_STORAGE_URI`, or with `memory://`. A key that the
pinned version does not read counts as not set: `RATELIMIT_STORAGE_URL` ended with Flask-Limiter 3.0. Of a limiter
that `enabled=False` switches off, and that no setting switches on, the finding says that its limits do nothing.
Why: every worker process counts for itself. Four workers let four times as many attempts through, which worker a
request meets is chance, and every restart forgets what was counted.
Fix: `Limiter(..., storage_uri="redis://...")` or `RATELIMIT_STORAGE_URI` in the config.
When to ignore it: the app is served by one process, and that stays so.
Evidence: a limit of 2 per minute behind three gunicorn workers answers six requests with 200; with `enabled=False` a
limit of 1 per minute answers every request with 200 (Flask-Limiter 4.1.1; Flask-Limiter #190, #256, #352, #441).
"""

from __future__ import annotations

from collections.abc import Iterator

from keck.facts.expr import Const
from keck.finding import Finding, Level, Place
from keck.live.record import LiveApp
from keck.project import Project
from keck.project.config import Setting
from keck.project.extensions import Instance
from keck.project.values import Known, Value, alternatives
from keck.rule import Rule, Skipped
from keck.rules._words import SETTINGS
from keck.rules.limiter._limiters import hides_options, is_read, limiters, read, switched_off

rule = Rule(
    __name__,
    requires=("flask_limiter", "flask.ext"),
    level=Level.note,
    needles=(
        "imiter",
        "init_app",
        "RATELIMIT_",
        "memory:",
        *SETTINGS,
    ),
    good="Limits are counted for all processes together",
    needs=("limiter",),
    follows=("config/unknown-key", "app/config-without-effect"),
)

_KEYS = ("RATELIMIT_STORAGE_URI", "RATELIMIT_STORAGE_URL")


@rule.in_code
def check(project: Project) -> Iterator[Finding]:
    """Yield the limiters whose storage is certainly the memory of the process."""
    for one in limiters(project):
        yield from _judged(project, one)
    for one in switched_off(project):
        for found in _judged(project, one):
            yield rule.finding(
                found.place,
                f"`{one.name}` is switched off by `enabled=False`, so its limits do nothing; switched on, it would keep its "
                "counts in the memory of each process",
                f"set `RATELIMIT_ENABLED = True` where limits are meant to hold, and {found.help}",
                symbol=one.name,
                related=[(one.place, f"`{one.name}` is made here")] if found.place != one.place else [],
            )


def _judged(project: Project, one: Instance) -> Iterator[Finding]:
    given = one.call.keyword("storage_uri")
    if given is not None and not (isinstance(given, Const) and not given.value):
        if _in_memory(project.value(one.module, one.scope, given)):
            yield _finding(project, one, one.place, f'`{one.name}` is given "memory://" as its storage')
        return
    if hides_options(project, one):
        return
    settings = [each for key in _KEYS for each in read(project, key)]
    dead = [each for key in _KEYS for each in project.settings(key) if is_read(project, key, each.module.path) is False]
    if settings:
        if all(_in_memory(each.value) for each in settings):
            yield _finding(project, one, settings[0].place, f'`{settings[0].key}` is "memory://"', related=True)
    elif dead:
        yield _finding(project, one, dead[0].place, _unread(dead[0]), related=True)
    elif not project.config.hidden:
        yield _finding(
            project, one, one.place, f"`{one.name}` is given no `storage_uri`, and `{_key(project, one)}` is not set"
        )


def _unread(setting: Setting) -> str:
    other = next(key for key in _KEYS if key != setting.key)
    return f"`{setting.key}` is not read by the pinned version of Flask-Limiter, which reads `{other}`"


def _finding(project: Project, one: Instance, place: Place, why: str, *, related: bool = False) -> Finding:
    found = project.workers
    level = Level.note
    places = [(one.place, f"`{one.name}` is made here")] if related else []
    shares = "each process counts for itself"
    if found is not None and found.count != 1:
        level = Level.warning
        shares = f"each of {found.count or 'several'} processes counts for itself"
        places.append((Place(found.path, found.line, 1, found.line, 1), "the processes are started here"))
    instead = f'give it a storage that all processes share: `storage_uri="redis://..."` or `{_key(project, one)}`'
    return rule.finding(place, f"{why}: {shares}", instead, level=level, symbol=one.name, related=places)


def _key(project: Project, one: Instance) -> str:
    return next(key for key in _KEYS if is_read(project, key, one.module.path) is not False)


def _in_memory(value: Value) -> bool:
    """Whether a storage is the memory of the process, whatever the environment says."""
    return all(
        isinstance(one, Known) and (not one.value or str(one.value).startswith(("memory:", "async+memory:")))
        for one in alternatives(value)
    )


@rule.in_app
def examine(app: LiveApp) -> Iterator[Finding]:
    """Yield limiters that count in memory while several processes serve the app."""
    if app.workers is None:
        raise Skipped("the environment does not say how many processes serve the app (WEB_CONCURRENCY)")
    for one in app.of("limiter", "this", "both"):
        if app.workers > 1 and one.facts.get("per_process") and one.facts.get("enabled", True):
            yield rule.live(
                one.spot,
                f"`{one.name.rpartition(':')[2] or 'the limiter'}` counts in the memory of each of {app.workers} processes: "
                f"{app.workers} times as many requests are let through",
                'give it a storage that all processes share: `storage_uri="redis://..."` or `RATELIMIT_STORAGE_URI`',
                level=Level.warning,
                symbol=one.name,
                tags=("limiter",),
            )
