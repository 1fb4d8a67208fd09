"""How an extension that nothing binds is bound: the statement, and where it goes."""

from __future__ import annotations

from collections.abc import Iterator

from keck.edit import Edit, Fix, Import, Insert, Keyword, Label, Move
from keck.facts.expr import Call, Ref, Span
from keck.facts.record import Step
from keck.project import Project
from keck.project.extensions import Binding, Instance
from keck.project.module import Module
from keck.project.things import Site
from keck.project.tries import outermost
from keck.rules._wording import code

_NEEDED = {"sqlalchemy": ("SQLALCHEMY_DATABASE_URI", "SQLALCHEMY_BINDS")}

_INTENDS = {
    "sqlalchemy": ("extensions/sqlalchemy/*", "config/SQLALCHEMY_*", "hooks/app/*", "tables/*", "app/*"),
    "migrate": ("extensions/migrate/*", "commands/*"),
    "jwt": ("extensions/jwt/*", "config/JWT_*", "handlers/app/*", "guards/*"),
    "cors": ("extensions/cors/*", "config/CORS_*", "hooks/app/*", "cors/*"),
    "caching": ("extensions/caching/*", "config/CACHE_*", "cache/*", "templates/*", "app/jinja_extensions"),
    "limiter": ("extensions/limiter/*", "config/RATELIMIT_*", "hooks/app/*", "limits/*"),
    "mail": ("extensions/mail/*", "config/MAIL_*"),
    "mailman": ("extensions/*", "config/MAIL_*"),
}
"""What of an app changes when an extension is bound to it: what the binding itself adds, defaults of the config included."""


def bound_in_factory(project: Project, one: Instance) -> Fix | None:
    """Return how an instance is bound where the only app of the project is made; None where that is no certain place."""
    if len(project.apps) != 1 or one.scope or not one.symbol or "." in one.symbol.partition(":")[2]:
        return None
    (app,) = project.apps
    needed = _NEEDED.get(one.kind, ())
    if needed and not any(project.settings(key) for key in needed):
        return None
    made = next((step for step in app.module.steps(app.scope) if step.value is app.call), None)
    target = made.targets[0] if made is not None and made.targets else None
    if made is None or made.block >= 0 or not isinstance(target, Ref) or "." in target.name:
        return None
    brought = _brought(project, one, app.module, app.scope)
    given = _given(project, one, app.module, app.scope)
    if brought is None or given is None:
        return None
    name, imports = brought
    after = _last(project, app, made)
    if not app.scope and one.module is app.module:
        own = next((step for step in one.module.steps("") if step.value is one.call), made)
        after = max(after, own, key=lambda each: each.line)
    statement = f"{name}.init_app({target.name}{given})"
    place = app.module.place(after)
    edits: tuple[Edit, ...] = (Insert(place, statement, side="after"), *(Import(place, text) for text in imports))
    changes = _beyond(project, one)
    return Fix(
        f"bind it: {code(statement)}",
        edits,
        safe=not changes,
        changes=changes,
        intends=_INTENDS[one.kind],
    )


def _beyond(project: Project, one: Instance) -> str:
    """Return what else comes of a binding, as a clause: what an extension does for which nothing has been said."""
    if one.kind == "cors" and not (one.call.keywords or project.settings("CORS_ORIGINS")):
        return "opens the app to every origin"
    stored = one.call.keyword("storage_uri") is not None or project.settings("RATELIMIT_STORAGE_URI")
    return "counts in the memory of each process" if one.kind == "limiter" and not stored else ""


def _given(project: Project, one: Instance, module: Module, scope: str) -> str | None:
    """Return what else `init_app` is given: the database, for Migrate; None where that cannot be told."""
    if one.kind != "migrate" or one.call.argument(1, "db") is not None:
        return ""
    databases = [each for each in project.instances_of("sqlalchemy") if each.symbol]
    if len(databases) != 1 or project.resolve(module, scope, databases[0].name) != databases[0].symbol:
        return None
    return f", {databases[0].name}"


def _brought(project: Project, one: Instance, module: Module, scope: str) -> tuple[str, list[str]] | None:
    """Return what an instance is called in a scope, and the import that this takes; None where there is none to go by."""
    if project.resolve(module, scope, one.name) == one.symbol:
        return one.name, []
    for each in module.facts.imports:
        if each.name and each.scope in {"", scope} and project.names.imported(module, each) is one.module:
            whole = project.names.bound_by(module, each) == f"{one.module.name}:"
            if whole:
                return f"{each.alias}.{one.name}", []
            return one.name, [f"from {'.' * each.level}{each.module} import {one.name}"]
    return None


def _last(project: Project, app: Site, made: Step) -> Span:
    """Return the statement after which all config is written, and the bindings that follow it at once."""
    steps = [one for one in app.module.steps(app.scope) if one.kind != "define"]
    writing = [made]
    for moment in project.timelines.of(app.module, app.scope):
        if moment.settings:
            line, column = moment.frames[0][3:]
            writing += [one for one in steps if (one.line, one.column) == (line, column)]
    last = max(writing, key=lambda one: one.line)
    binding = {(one.call.line, one.call.column) for each in project.instances for one in each.bindings}
    for step in steps:
        follows = step.line > last.line and step.block == last.block == -1
        between = any(last.line < one.line < step.line for one in (*steps, *app.module.blocks(app.scope)))
        if follows and not between and isinstance(step.value, Call) and (step.value.line, step.value.column) in binding:
            last = step
    return outermost(app.module, last)


def keyed_by_address(one: Instance) -> Fix | None:
    """Return how `Limiter(app)` gets a key function, and the app its own argument."""
    place, call = one.module.place(one.call), one.call
    if call.open_ended or len(call.args) != 1:
        return None
    edits = (
        Label(one.module.place(call.args[0]), "app"),
        Keyword(place, "key_func", "get_remote_address"),
        Import(place, "from flask_limiter.util import get_remote_address"),
    )
    changes = "limits callers by their address"
    return Fix(
        "give it the app as `app`",
        edits,
        safe=False,
        changes=changes,
        intends=_INTENDS["limiter"],
    )


def bound_at_import(binding: Binding) -> Fix | None:
    """Return how a binding under `if __name__ == "__main__"` goes above that, where it stands in it by itself."""
    module = binding.module
    step = next((one for one in module.steps("") if one.kind == "do" and one.value is binding.call), None)
    if step is None or step.block < 0:
        return None
    block = module.facts.blocks[step.block]
    if block.kind != "if" or block.parent >= 0 or not _names_stand_above(module, binding.call, block):
        return None
    return Fix(
        "bind it when the module is imported",
        (Move(module.place(step), module.place(block), "before"),),
        safe=False,
        changes="binds it when the module is imported, with what the config says then",
        intends=_INTENDS[binding.instance.kind],
    )


def _names_stand_above(module: Module, call: Call, block: Span) -> bool:
    names = {one.name.partition(".")[0] for one in _names(call)}
    inside = {
        target.name
        for step in module.steps("")
        if step.line >= block.line
        for target in step.targets
        if isinstance(target, Ref)
    }
    inside |= {one.alias or one.module for one in module.imports("") if one.line >= block.line}
    return names.isdisjoint(inside)


def _names(call: Call) -> Iterator[Ref]:
    for one in (call.func, *call.args, *(word.value for word in call.keywords)):
        if isinstance(one, Ref):
            yield one
