"""What the rules of this folder share: which limiters count, and which of their settings the pinned version reads."""

from __future__ import annotations

from collections.abc import Iterator

from keck.facts.expr import Ref
from keck.known import ADDED, REMOVED
from keck.project import Project
from keck.project.config import Setting
from keck.project.extensions import Instance
from keck.project.values import Known

_SWITCH = "RATELIMIT_ENABLED"


def limiters(project: Project) -> Iterator[Instance]:
    """Yield the limiters that are bound to an app and are not switched off where they are made."""
    for one in project.instances_of("limiter"):
        if one.bindings and not (_made_off(project, one) and not _switches(project)):
            yield one


def switched_off(project: Project) -> Iterator[Instance]:
    """Yield the limiters that are bound to an app and that nothing outside tests switches on."""
    if _switches(project) or project.config.hidden or project.config.mentions.get(_SWITCH):
        return
    for one in project.instances_of("limiter"):
        if one.bindings and _made_off(project, one) and not _written_later(project, one):
            yield one


def _made_off(project: Project, one: Instance) -> bool:
    enabled = one.call.keyword("enabled")
    value = None if enabled is None else project.value(one.module, one.scope, enabled)
    return isinstance(value, Known) and not value.value


def _switches(project: Project) -> bool:
    """Whether a setting outside tests may switch limiters on."""
    return any(
        one.role != "test" and not (isinstance(one.value, Known) and not one.value.value)
        for one in project.settings(_SWITCH)
    )


def _written_later(project: Project, one: Instance) -> bool:
    """Whether some statement writes ``limiter.enabled``."""
    return any(
        isinstance(target, Ref) and target.name.endswith(".enabled") and one.name in target.name.split(".")
        for module in project.modules
        if not module.is_test
        for step in module.facts.steps
        for target in step.targets
    )


def hides_options(project: Project, one: Instance) -> bool:
    """Whether options may be given that are not seen: by ``**options``, or in the project's own subclass."""
    return one.call.open_ended or project.objects.function(f"{one.site.cls}.__init__") is not None


def is_read(project: Project, key: str, path: str) -> bool | None:
    """Whether the pinned version of Flask-Limiter reads a config key; None where no file says which version it is."""
    if key in REMOVED:
        removed = REMOVED[key].removed_in
        return False if removed is None else project.pins.before("flask-limiter", removed, path)
    if key in ADDED:
        before = project.pins.before("flask-limiter", ADDED[key][1], path)
        return True if before is None else not before
    return True


def read(project: Project, key: str) -> list[Setting]:
    """Return the settings of a key outside tests and development that the pinned version reads, or may read."""
    return [
        one
        for one in project.settings(key)
        if one.role != "development" and is_read(project, key, one.module.path) is not False
    ]
