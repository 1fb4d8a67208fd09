"""Which literals end up under a config key, and how surely they do."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from keck.facts.expr import Ref, Span, text_of, walk
from keck.facts.record import Block
from keck.finding import Place
from keck.project import Project
from keck.project.config import Load, Setting
from keck.project.modes import mode_at, mode_of
from keck.project.module import Module
from keck.project.timeline import blocks_of
from keck.project.values import Either, Env, Known, Value
from keck.rules.config._refusals import refused

_DEVELOPMENT = re.compile(r"(^|[_.])(debug|dev\w*|env|flask_env|environment|local\w*|prod\w*|__name__)$", re.IGNORECASE)
_LOCAL = re.compile(r"local|setting|conf|secret|private|overrid|custom|env|instance|prod|deploy", re.IGNORECASE)
_MODES = re.compile(r"^(dev|prod|debug|local)", re.IGNORECASE)


@dataclass(frozen=True)
class Literal:
    """A literal that a setting can be.

    Attributes:
        setting: what writes it.
        known: the literal, and where it is stated.
        how: ``literal`` when it is what the app runs with, ``loose`` when it stands in a class or module of settings
            that nothing visible loads, ``spare`` when that is a file beside one that is loaded, ``fallback`` when it
            is so where an environment variable is not set, ``branch`` when a branch decides, ``refused`` when a
            check raises where the key is still this literal, ``overridable`` when a file or the environment that is
            read later may replace it.
        variable: the environment variable it stands in for, or an empty text.
    """

    setting: Setting
    known: Known
    how: str
    variable: str = ""

    @property
    def holder(self) -> str:
        """The name of the class in which it stands, for messages, or an empty text."""
        scope = self.setting.scope
        while scope and scope not in self.setting.module.classes:
            scope = scope.rpartition(".")[0]
        return scope

    @property
    def place(self) -> Place:
        """Where to look first: the statement that writes it, or the literal where that stands elsewhere."""
        stated, written = self.known.place, self.setting.place
        inside = stated.path == written.path and written.line <= stated.line <= written.end_line
        return written if inside else stated


def literals(project: Project, wanted: Callable[[str], bool]) -> Iterator[Literal]:
    """Yield the literals under the keys that are wanted, where they count: not in tests, nor in a spare dev class."""
    for key in sorted(project.config.settings):
        if not key or not wanted(key):
            continue
        for setting in project.config.of(key):
            how = judged(project, setting)
            for known, variable, sure in _stated(setting.value) if how else ():
                if project.names.modules[known.place.path].is_test:
                    continue
                mode = _mode(setting, known)
                if mode == "test":
                    continue
                own = "branch" if mode else "fallback" if variable else "literal" if sure else "branch"
                if refused(project, setting.key, known):
                    own = "refused"
                yield Literal(setting, known, _milder(how, own), variable)


def judged(project: Project, setting: Setting) -> str:
    """Return how surely a setting is what the app runs with, as `Literal.how` has it; empty where it does not count."""
    loads = [one for one in setting.loads if _counts(project, one)]
    if not loads or setting.module.is_test or _replaced(project, setting):
        return ""
    return _how(project, setting, loads)


def _milder(one: str, other: str) -> str:
    order = ("literal", "loose", "fallback", "branch", "refused", "overridable", "spare")
    return max(one, other, key=order.index)


def _mode(setting: Setting, known: Known) -> str:
    """Return the mode, as `mode_at` has it, in which a setting is a literal."""
    if setting.expr is None or known.place.path != setting.module.path:
        return ""
    return mode_at(setting.expr, known.place.line, known.place.column - 1)


def _counts(project: Project, load: Load) -> bool:
    if load.role == "test":
        return False
    if load.path:
        spare = load.role == "development" and not load.default
        return load.role == "production" or (load.default is not False and not spare)
    # a class that nothing visible loads: the classes below it speak for it
    return load.role != "development" and not project.config.has_subclass(load.holder)


def _stated(value: Value, variable: str = "", sure: bool = True) -> Iterator[tuple[Known, str, bool]]:
    """Yield the texts that a value can be, each with the variable it stands in for, and whether it is the only one."""
    match value:
        case Known(value=str() | bytes()) if value.value:
            yield value, variable, sure
        case Known(value=list(rows)):
            for one in rows:
                yield from _stated(one, variable, sure)
        case Known(value=dict(table)):
            for one in table.values():
                yield from _stated(one, variable, sure)
        case Env(name=name, default=default) if default is not None:
            yield from _stated(default, name or variable or "?", sure)
        case Either(values=values):
            told = all(isinstance(one, Known) for one in values)
            for one in values:
                yield from _stated(one, variable, sure and told)


def _how(project: Project, setting: Setting, loads: list[Load]) -> str:
    siblings = [
        one
        for one in project.config.of(setting.key)
        if one is not setting and one.module is setting.module and one.scope == setting.scope
    ]
    if _spare(project, setting, loads):
        return "spare"
    around = _branches(setting.module, setting.span)
    modes = {mode_of(block) for block in around}
    if "test" in modes:
        return ""
    if "development" in modes or any(_loads_instead(project, setting, block) for block in around):
        return "branch"
    read = [one for one in siblings if isinstance(one.value, Env) and one.via != "setdefault"]
    if any(_raises(setting.module, setting.scope, block) for block in around):
        return "branch"
    if setting.via == "setdefault" or read or _reads_by_itself(project, setting):
        return "fallback"
    if any(_about_mode(block) for block in around):
        return "branch"
    if not any(one.path for one in loads):
        return "loose"
    later = _imported_later(project, setting) or all(_overridden(project, one, setting) for one in loads)
    return "overridable" if later else "literal"


def _imported_later(project: Project, setting: Setting) -> bool:
    """Whether a module of settings takes the key, below where it is set, from a module that cannot be seen."""
    module = setting.module
    return not setting.scope and any(
        one.name in {"*", setting.key}
        and one.line > setting.span.line
        and (one.level or _LOCAL.search(one.module))
        and project.names.imported(module, one) is None
        for one in module.imports("")
    )


def _loads_instead(project: Project, setting: Setting, block: Block) -> bool:
    """Whether the other branch of an if loads what cannot be seen, such as the environment."""
    whole = (block.line, block.column)
    beside = [
        one
        for one in setting.module.blocks(setting.scope)
        if (one.line, one.column) == whole and {one.kind, block.kind} == {"if", "else"}
    ]
    return any(
        one.module is setting.module and other in blocks_of(one.module, one.span)
        for other in beside
        for one in project.config.hidden
    )


def _spare(project: Project, setting: Setting, loads: list[Load]) -> bool:
    """Whether it stands in a file of settings that nothing visible loads, beside one that is loaded."""
    own = f"{setting.module.name}:"
    if any(one.path or one.holder != own for one in loads):
        return False
    beside = {f"{one.name}:" for one in project.modules if one.directory == setting.module.directory} - {own}
    return any(
        load.path and load.holder in beside and load.role != "test"
        for every in project.config.settings.values()
        for one in every
        for load in one.loads
    )


def _reads_by_itself(project: Project, setting: Setting) -> bool:
    """Whether it is an attribute of a class that reads each of its attributes from the environment, as Pydantic's do."""
    bases = project.objects.lineage(f"{setting.module.name}:{setting.scope}") if setting.scope else ()
    return any(one in {"pydantic_settings.BaseSettings", "pydantic.BaseSettings"} for one in bases)


def _overridden(project: Project, load: Load, setting: Setting) -> bool:
    """Whether a file or class that cannot be seen is loaded after it."""
    for one in project.config.files:
        if one.via == "from_object" and _branches(one.module, one.span):
            continue
        here = one.module.path == load.path and one.scope == load.scope
        if (here and one.span.line > load.line) or (not here and load.path and bool(one.app & setting.app)):
            return True
    return False


def _replaced(project: Project, setting: Setting) -> bool:
    """Whether the same key is written again, always, and to something else."""
    for one in project.config.of(setting.key):
        if one is setting or one.holder or one.via == "setdefault" or list(_stated(one.value)):
            continue
        if _branches(one.module, one.span) or _unset(one.value):
            continue
        for load in setting.loads:
            if (load.path, load.scope) == (one.module.path, one.scope) and load.line < one.span.line:
                return True
    return False


def _unset(value: Value) -> bool:
    return isinstance(value, Known) and not value.value


def _branches(module: Module, span: Span) -> list[Block]:
    return [block for block in blocks_of(module, span) if block.kind in {"if", "else", "except", "case"}]


def _about_mode(block: Block) -> bool:
    if block.subject is None:
        return False
    return any(
        (isinstance(part, Ref) and _DEVELOPMENT.search(part.name)) or _MODES.search(text_of(part) or "")
        for part in walk(block.subject)
    )


def _raises(module: Module, scope: str, block: Block) -> bool:
    """Whether the branch refuses to go on in some other case."""
    return any(step.kind == "raise" and block.line <= step.line <= block.end_line for step in module.steps(scope))
