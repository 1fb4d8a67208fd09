"""The smaller step of an app that has a factory: its instances are made without an app, and bound in the factory.

What each function returns is plain edits, for the rules that know these faults one by one.
"""

from __future__ import annotations

from keck.edit import Edit, Fix, Import, Insert, Remove, Replace
from keck.factory.halves import halves
from keck.factory.known import KNOWN
from keck.factory.placing import Factory, class_name, executed, home_of, is_known, made, sole, unused
from keck.factory.source import foreign, source
from keck.factory.standing import (
    app_name,
    apps,
    before_import,
    heads,
    last_binding,
    last_write,
    made_before,
    mentions,
    statement,
    writes_before,
)
from keck.facts.expr import Ref
from keck.facts.record import Import as Imported
from keck.project import Project
from keck.project.extensions import Binding, Instance, app_argument
from keck.project.module import Module
from keck.rules._spelling import free

STATELESS = frozenset({"migrate", "cors", "jwt"})
"""The kinds whose instances keep nothing of the app that they are bound to."""


def in_factory(project: Project, binding: Binding) -> Fix | None:
    """Return the repair of a constructor with an app inside a function: the instance stands outside, the binding inside.

    Args:
        project: the project.
        binding: by constructor, in a function that makes the app or is given it.
    """
    module, scope, instance = binding.module, binding.scope, binding.instance
    app = app_argument(instance.kind, binding.call)
    step = statement(module, scope, binding.call)
    function = module.functions.get(scope)
    if step is None or function is None or function.scope or not isinstance(app, Ref) or instance.kind == "sqlalchemy":
        return None
    local = project.names.scope(module, scope)
    parts = halves(instance.site.cls, binding.call, app, lambda one: not heads([one]).isdisjoint(local))
    if step.targets:
        name = sole(project, module, scope, instance)
    else:
        name = free(project, module, scope, KNOWN[instance.site.cls].name) if parts else None
    where = Factory(module, scope)
    if parts is None or parts.made is None or name is None or not is_known(project, instance, parts, name, where):
        return None
    edits = made(project, instance, parts, name, where)
    bound = f"{name}.init_app({', '.join([app.name, *parts.bound])})"
    if not step.targets and not parts.made:
        edits.append(Replace(module.place(binding.call.func), f"{name}.init_app"))
    elif step.line == step.end_line:
        edits += [Insert(module.place(step), bound), Remove(module.place(step))]
    else:
        return None
    alone = not step.targets or sum(ref.name.partition(".")[0] == name for _, ref in mentions(module)) == 1
    known = any(one.module is module and one.scope == scope for one in apps(binding))
    safe = known and (instance.kind in STATELESS or (instance.kind == "mail" and alone))
    return Fix(
        f"make `{name}` outside of `{scope}()` and bind it in there: `{bound}`",
        tuple(edits),
        safe=safe,
        changes="" if safe else "moves the definition: the apps of a process share the instance",
        intends=() if safe else (f"extensions/{instance.kind}/*",),
    )


def beside_factory(project: Project, binding: Binding) -> Fix | None:
    """Return the repair of a constructor that is given, at module level, an app that a factory has made.

    The instance is made where the factory finds it, and bound in the factory.
    """
    module, instance = binding.module, binding.instance
    app = app_argument(instance.kind, binding.call)
    step = statement(module, "", binding.call)
    sites = apps(binding)
    if (
        binding.scope
        or step is None
        or app is None
        or len(sites) != 1
        or not sites[0].scope
        or sites[0].module is module
    ):
        return None
    factory, scope = sites[0].module, sites[0].scope
    parts = halves(instance.site.cls, binding.call, app, lambda _: False)
    target = app_name(project, sites[0])
    after = last_binding(project, factory, scope) or last_write(project, sites[0])
    moves = step.line == step.end_line and not writes_before(project, module, step)
    if parts is None or parts.made is None or not target or after is None or not moves:
        return None
    name = instance.name if instance.symbol else free(project, factory, "", KNOWN[instance.site.cls].name)
    lines = foreign(project, module, factory, [*parts.early, *parts.late])
    if (
        name is None
        or lines is None
        or name in {*project.names.scope(factory, ""), *project.names.scope(factory, scope)}
    ):
        return None
    where = Factory(factory, scope)
    if not is_known(project, instance, parts, name, where):
        return None
    edits = made(project, instance, parts, name, where)
    edits += [Import(factory.place(after), line) for line in lines]
    bound = f"{name}.init_app({', '.join([target, *parts.bound])})"
    edits += [Insert(factory.place(after), bound), Remove(module.place(step))]
    home = home_of(project, factory, parts, name)
    used = sum(ref.name.partition(".")[0] == name for _, ref in mentions(module)) > 1
    if instance.symbol and (used or project.users.of(instance.symbol)):
        edits.append(Insert(module.place(step), f"from {source(project, module, home)} import {name}"))
    edits += unused(module, instance)
    return Fix(
        f"make `{name}` in {home.path} and bind it in `{scope}()`: `{bound}`",
        tuple(edits),
        safe=False,
        changes="moves the definition",
        intends=(f"extensions/{instance.kind}/*", "commands/*"),
    )


def without_app(project: Project, module: Module, one: Imported) -> Fix | None:
    """Return the repair of a module of instances that imports the app: they are made without, and bound where the app is.

    Args:
        project: the project.
        module: the one that makes instances.
        one: its import of the app.
    """
    own = [each for each in project.instances if each.module is module]
    bindings = [each for instance in own for each in instance.bindings if each.how == "constructor"]
    given = [app_argument(each.instance.kind, each.call) for each in bindings]
    uses = [ref for _, ref in mentions(module) if ref.name.partition(".")[0] == one.alias]
    if any(all(ref != each for each in given) for ref in uses):
        return None
    edits: list[Edit] = [Remove(module.place(one.at))]
    if not uses:
        title = f"do not import `{one.alias}`, which is not used"
        return Fix(title, tuple(edits), safe=False, changes="changes when the app's module is imported")
    sites = {site for each in bindings for site in apps(each)}
    if len(sites) != 1:
        return None
    (site,) = sites
    target, where = app_name(project, site), before_import(project, site, module)
    names: list[str] = []
    lines: list[str] = []
    for each, app in zip(bindings, given, strict=True):
        step = statement(module, "", each.call)
        parts = None if app is None else halves(each.instance.site.cls, each.call, app, lambda _: False)
        if step is None or parts is None or app is None:
            return None
        name = each.instance.name if step.targets else free(project, module, "", KNOWN[each.instance.site.cls].name)
        needed = foreign(project, module, site.module, parts.late, spare={*names})
        if name is None or needed is None or name in names or name in project.names.scope(site.module, ""):
            return None
        if step.targets:
            edits += [Remove(module.place(value)) for value in (app, *parts.late)]
        elif parts.made is not None:
            new = f"{name} = {class_name(each.instance)}({', '.join(parts.made)})"
            edits += [Insert(module.place(step), new), Remove(module.place(step))]
        else:
            return None
        edits += [Import(where[0], line) for line in needed]
        names.append(name)
        lines.append(f"{name}.init_app({', '.join([target, *parts.bound])})")
    if not target or site.module.path in executed(project, module, one):
        return None
    line = f"from {source(project, site.module, module)} import {', '.join(names)}"
    edits += [Import(where[0], line), Insert(where[0], "\n".join(lines), where[1])]
    listed = ", ".join(f"`{each}`" for each in names)
    return Fix(
        f"make {listed} without an app, and bind {'it' if len(names) == 1 else 'them'} in {site.module.path}",
        tuple(edits),
        safe=False,
        changes="changes when the app's module is imported",
        intends=("extensions/*",),
    )


def one_instance(project: Project, unbound: Instance, bound: Instance) -> Fix | None:
    """Return the repair of a second instance: its definition becomes an import of the one that is bound.

    Binding the second one is no repair: Flask-SQLAlchemy refuses it, and of two managers the last one wins.
    Where the bound one cannot be imported without a circle, it becomes an import of the other one, if it is bound later
    and both are made in the same way.
    """
    for gone, kept in ((unbound, bound), (bound, unbound)):
        module, other = gone.module, kept.module
        step = statement(module, "", gone.call)
        if gone.scope or kept.scope or step is None or not step.targets or not kept.symbol or module is other:
            return None
        later = all(one.how == "init_app" for one in gone.bindings)
        alike = (gone.call.args, gone.call.keywords) == (kept.call.args, kept.call.keywords) == ((), ())
        if gone is bound and not (later and alike):
            return None
        if module.path in project.closure(other.path) and not made_before(project, kept, module):
            continue
        alias = "" if gone.name == kept.name else f" as {gone.name}"
        line = f"from {source(project, module, other)} import {kept.name}{alias}"
        edits = [Insert(module.place(step), line), Remove(module.place(step)), *unused(module, gone)]
        return Fix(
            f"use the other instance: `{line}`",
            tuple(edits),
            safe=False,
            changes="changes which instance the modules use",
            intends=(f"extensions/{unbound.kind}/*", "tables/*", "guards/*", "limits/*", "cache/*"),
        )
    return None
