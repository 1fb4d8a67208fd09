"""Where things stand that a smaller step moves: the statement of a call, the last binding of a factory, who is first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal

from keck.facts.expr import Call, Expr, Ref, Span, extent, walk
from keck.facts.record import Class, Function, Step
from keck.place import Place
from keck.project import Project
from keck.project.extensions import Binding, Instance
from keck.project.module import Module
from keck.project.things import Site


def statement(module: Module, scope: str, call: Call) -> Step | None:
    """Return the statement that is a call, or assigns it to one plain name."""
    for one in module.steps(scope):
        if one.value is not None and extent(one.value) == extent(call):
            plain = all(isinstance(each, Ref) and "." not in each.name for each in one.targets)
            if (one.kind == "assign" and len(one.targets) == 1 and plain) or one.kind == "do":
                return one
    return None


def following(module: Module, span: Span) -> Span:
    """Return the first statement or definition at a module's top level that stands below another one."""
    steps = [one for one in module.steps("") if one.block < 0 and one.kind != "define"]
    blocks = [one for one in module.blocks("") if one.parent < 0]
    functions = [one for one in module.facts.functions if not one.scope and one.block < 0]
    classes = [one for one in module.facts.classes if not one.scope and one.block < 0]
    below: list[Span] = [one for one in (*steps, *blocks, *functions, *classes) if one.line > span.end_line]
    return min(below, key=lambda one: one.line)


def heads(exprs: Iterable[Expr]) -> set[str]:
    """Return the first part of every name in some expressions."""
    return {part.name.partition(".")[0] for one in exprs for part in walk(one) if isinstance(part, Ref)}


def mentions(module: Module) -> Iterator[tuple[str, Ref]]:
    """Yield the names in a module with their scopes, those of decorators, bases and defaults included."""
    for scope in module.scopes:
        for ref in module.refs(scope):
            yield scope, ref
    defined: list[Class | Function] = [*module.facts.classes, *module.facts.functions]
    for one in defined:
        exprs = list(one.decorators)
        if isinstance(one, Class):
            exprs += one.bases
        else:
            values = [each for param in one.params for each in (param.default, param.annotation)]
            exprs += [each for each in (*values, one.returns) if each is not None]
        for expr in exprs:
            yield from ((one.scope, part) for part in walk(expr) if isinstance(part, Ref))


def apps(binding: Binding) -> list[Site]:
    """Return the calls that make the apps to which a binding can bind."""
    found = [one for one in binding.target if isinstance(one, Site) and one.kind == "app"]
    return sorted(found, key=lambda one: (one.path, one.line))


def app_name(project: Project, site: Site) -> str:
    """Return the name that an app has where it is made, empty where it has none."""
    return project.extensions.symbol(site).rpartition(":")[2].removeprefix(f"{site.scope}.")


def last_binding(project: Project, module: Module, scope: str) -> Span | None:
    """Return the last statement in a factory that binds an instance, under no condition."""
    found = [
        step
        for one in project.instances
        for each in one.bindings
        if each.module is module and each.scope == scope and each.how == "init_app"
        if (step := statement(module, scope, each.call)) is not None and step.block < 0
    ]
    return max(found, key=lambda one: one.line, default=None)


def last_write(project: Project, site: Site) -> Span | None:
    """Return the last statement that writes the config where an app is made, else the one that makes it."""
    module, scope = site.module, site.scope
    found = [
        one
        for one in project.config.possible_writes(module)
        if one.scope == scope and one.block < 0 and project.config.written_by(module, one)
    ]
    made = statement(module, scope, site.call)
    return max([*found, *([made] if made else [])], key=lambda one: one.line, default=None)


def writes_before(project: Project, module: Module, step: Step) -> bool:
    """Whether a module writes the config at its top level before a statement."""
    return any(
        one.scope == step.scope and one.line < step.line and project.config.written_by(module, one)
        for one in project.config.possible_writes(module)
    )


def before_import(project: Project, site: Site, module: Module) -> tuple[Place, Literal["before", "after"]]:
    """Return where an app's module binds the instances of another one: before it imports what uses them, else after the config."""
    home = site.module
    if not site.scope:
        for one in home.imports(""):
            if one.line > site.line and one.block < 0:
                executed = {path for each in project.names.executed(home, one) for path in project.closure(each.path)}
                if module.path in executed:
                    return home.place(one), "before"
    found = last_binding(project, home, site.scope) or last_write(project, site)
    return home.place(found or site.call), "after"


def made_before(project: Project, instance: Instance, module: Module) -> bool:
    """Whether a package makes an instance before it imports one of its own modules."""
    home = instance.module
    if not home.is_package or not module.name.startswith(f"{home.name}."):
        return False
    return all(
        one.line > instance.call.line
        for one in home.imports("")
        if any(
            module.path in project.closure(each.path) for each in project.names.executed(home, one) if each is not home
        )
    )
