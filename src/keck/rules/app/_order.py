"""Config that is written after the extension has read it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from keck.edit import Fix, Move
from keck.facts.expr import Call, Ref, terminal, walk
from keck.facts.record import Step
from keck.known import known
from keck.project import Project
from keck.project.config import Setting
from keck.project.extensions import Binding
from keck.project.things import Site, Thing
from keck.project.timeline import Moment
from keck.project.values import Hidden, Known

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


def moved_up(project: Project, late: Late) -> Fix | None:
    """Return how a late write moves above all bindings, or above the one that misses it; None where order may matter."""
    module, step = late.moment.module, late.moment.step
    for first in _bindings(project, late):
        if step is not None and _may_move(project, late, step, first):
            edit = Move(module.place(step), module.place(first), "before")
            return Fix("move it above the binding", (edit,), intends=("extensions/*", "limits/*", "cors/*", "cache/*"))
    return None


def _bindings(project: Project, late: Late) -> Iterator[Step]:
    """Yield the first statement of the function that binds an extension, and the first that binds one which reads the key."""
    module, scope = late.moment.module, late.moment.scope
    if late.binding.module is not module or late.binding.scope != scope:
        return
    keys = {one.key for one in late.settings}
    bound = [
        (one.call.line, bool(keys & set(known(PACKAGES[each.kind]))))
        for each in project.instances
        for one in each.bindings
        if one.module is module and one.scope == scope and each.kind in PACKAGES
    ]
    for line in (min(line for line, _ in bound), min(line for line, reads in bound if reads)):
        yield from (one for one in module.steps(scope) if one.kind != "define" and one.line <= line <= one.end_line)


def _may_move(project: Project, late: Late, step: Step, first: Step) -> bool:
    """Whether nothing between two statements of a function depends on their order."""
    module, scope, settings = late.moment.module, late.moment.scope, late.moment.settings
    if step.block != first.block or any(not one.key or isinstance(one.value, Hidden) for one in settings):
        return False
    if any(first.line < one.line < step.line for one in (*module.blocks(scope), *module.imports(scope))):
        return False
    keys = {one.key for one in settings}
    for between in (one for one in module.steps(scope) if first.line < one.line < step.line):
        written = {one.key for one in project.config.written_by(module, between)}
        if between.block != step.block or written & {*keys, ""} or not (written or _keeps_order(between)):
            return False
    return True


def _keeps_order(step: Step) -> bool:
    """Whether a statement neither reads config nor may: it binds, registers a blueprint, or defines something."""
    return step.kind == "define" or (
        step.kind == "do"
        and isinstance(step.value, Call)
        and terminal(step.value.func) in {"init_app", "register_blueprint"}
    )


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
