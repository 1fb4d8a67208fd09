"""Config that is written after the extension has read it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from keck.facts.expr import Ref, walk
from keck.known import known
from keck.project import Project
from keck.project.config import Setting
from keck.project.extensions import Binding
from keck.project.things import Site, Thing
from keck.project.timeline import Moment
from keck.project.values import Known

PACKAGES = {
    "sqlalchemy": "flask_sqlalchemy",
    "caching": "flask_caching",
    "limiter": "flask_limiter",
    "mail": "flask_mail",
    "cors": "flask_cors",
}
"""The packages whose extensions copy their config when they are bound. Flask-JWT-Extended reads it for each call."""

BOUND_KEYS = frozenset(key for package in PACKAGES.values() for key in known(package))
"""The keys that those extensions read."""

_HARMLESS = {"SQLALCHEMY_TRACK_MODIFICATIONS", "SQLALCHEMY_RECORD_QUERIES", "SQLALCHEMY_ECHO"}
"""Keys whose False is what is read anyway when they are not set."""


@dataclass(frozen=True)
class Late:
    """A write that comes certainly after the binding that should have read it."""

    moment: Moment
    settings: tuple[Setting, ...]
    binding: Binding
    bound: Moment


def late_writes(project: Project, moments: Sequence[Moment]) -> Iterator[Late]:
    """Yield the config writes of one timeline that come too late for an extension that reads the key."""
    bound: list[tuple[int, Moment, Binding]] = [
        (at, moment, binding)
        for at, moment in enumerate(moments)
        for binding in moment.bindings
        if binding.instance.kind in PACKAGES and not _reads_later(project, binding)
    ]
    if not bound:
        return
    for at, moment in enumerate(moments):
        if not any(one.key in BOUND_KEYS for one in moment.settings):
            continue
        for kind, package in PACKAGES.items():
            written = [one for one in moment.settings if one.key in known(package) and _matters(one)]
            bindings = [each for each in bound if each[2].instance.kind == kind]
            if not written or not bindings:
                continue
            same = [each for each in bindings if _same_app(project, moment, written[0], each[2])]
            before = [each for each in same if each[0] < at]
            after = [each for each in same if each[0] >= at]
            sure = [each for each in before if each[1].sure_before(moment)]
            if sure and not after:
                yield Late(moment, tuple(written), sure[-1][2], sure[-1][1])


def _reads_later(project: Project, binding: Binding) -> bool:
    """Whether the extension still looks at the config after it has been bound."""
    path = binding.module.path
    if binding.instance.kind == "sqlalchemy":
        return project.pins.before("flask-sqlalchemy", "3.0", path) is True
    if binding.instance.kind == "cors":
        return binding.on_blueprint or any(True for _ in project.calls_to("flask_cors.cross_origin"))
    return False


def _matters(one: Setting) -> bool:
    idle = one.key in _HARMLESS and isinstance(one.value, Known) and one.value.value is False
    return not idle and one.via != "setdefault"


def _same_app(project: Project, moment: Moment, setting: Setting, binding: Binding) -> bool:
    mine, other = _apps(setting.app), _apps(binding.target)
    if mine or other:
        return bool(mine & other)
    argument = binding.call.argument(0, "app")
    if not isinstance(argument, Ref):
        return False
    given = project.resolve(binding.module, binding.scope, argument)
    return given in {project.resolve(moment.module, moment.scope, one) for one in _written_on(moment)}


def _apps(things: frozenset[Thing]) -> frozenset[Thing]:
    return frozenset(one for one in things if isinstance(one, Site) and one.kind == "app")


def _written_on(moment: Moment) -> Iterator[str]:
    """Yield the names before ``.config`` in a statement."""
    step = moment.step
    wholes = () if step is None else (*step.targets, *([step.value] if step.value is not None else []))
    for whole in wholes:
        for part in walk(whole):
            if isinstance(part, Ref) and ".config" in part.name:
                yield part.name.partition(".config")[0]
