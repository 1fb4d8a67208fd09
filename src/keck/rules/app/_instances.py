"""What the rules about extension instances ask of an instance or a binding."""

from __future__ import annotations

import builtins
from collections.abc import Iterator

from keck.facts.expr import Call, Expr, Ref, dotted, terminal
from keck.project import Project
from keck.project.extensions import Binding, Instance, app_argument
from keck.project.module import Module
from keck.project.things import KINDS, Named, Site, Unknown, app_like

APP_NAMES = frozenset({"app", "application", "flask_app", "_app", "the_app", "server", "current_app"})


def at_import(module: Module, scope: str) -> bool:
    """Whether a scope is executed when its module is imported: the module's own or a class's body."""
    while scope in module.classes:
        scope = scope.rpartition(".")[0]
    return not scope


def is_app(binding: Binding) -> bool:
    """Whether an app is what a binding is given, or what has an app's name where that cannot be known."""
    if app_like(binding.target):
        return True
    argument = app_argument(binding.instance.kind, binding.call)
    hidden = any(isinstance(one, Unknown) for one in binding.target)
    return hidden and isinstance(argument, Ref) and terminal(argument) in APP_NAMES


def takes_app_as_key(project: Project, binding: Binding) -> bool:
    """Whether a binding is Flask-Limiter's ``Limiter(app)``: the key function comes first since 3.0, and nothing is bound."""
    call = binding.call
    return (
        binding.instance.kind == "limiter"
        and binding.how == "constructor"
        and bool(call.args)
        and call.keyword("app") is None
        and call.keyword("key_func") is None
        and len(call.args) == 1
        and project.pins.before("flask-limiter", "3.0", binding.module.path) is not True
    )


def apps_of(binding: Binding) -> list[Site]:
    """Return the calls that make the apps to which a binding can bind, in the order of their places."""
    found = [one for one in binding.target if isinstance(one, Site) and one.kind == "app"]
    return sorted(found, key=lambda one: (one.path, one.line))


def root_of(project: Project, module: Module) -> str:
    """Return the directory from which a module's own package is imported, empty at the root."""
    found = module.directory
    while found and f"{found}/__init__.py" in project.names.modules:
        found = found.rpartition("/")[0]
    return found


def unbound(project: Project) -> list[Instance]:
    """Return the instances that nothing binds although their package makes an app.

    Those that something unseen may bind are left out.
    """
    return [
        one
        for one in project.instances
        if all(takes_app_as_key(project, each) for each in one.bindings)
        and not one.handed_on
        and _served(project, one.module)
        and not _excused(project, one)
    ]


def bound_beside(project: Project, instance: Instance) -> Instance | None:
    """Return the named and bound instance of the same extension in the same package, or None."""
    root = root_of(project, instance.module)
    for one in project.instances_of(instance.kind):
        if one is instance or not one.symbol or all(takes_app_as_key(project, each) for each in one.bindings):
            continue
        near = root_of(project, one.module) == root or instance.module.path in project.served
        if near and not one.bindings[0].on_blueprint:
            return one
    return None


def _served(project: Project, module: Module) -> bool:
    """Whether an app is made in the module's package or around it, or by what imports it."""
    own = root_of(project, module)
    for app in project.apps:
        root = root_of(project, app.module)
        if not root or own == root or own.startswith(root + "/"):
            return True
    return bool(project.apps) and module.path in project.served


def _excused(project: Project, instance: Instance) -> bool:
    """Whether something that cannot be seen may bind it."""
    if any(not module.is_test for module, _, _ in project.extensions.blind):
        return True
    if not at_import(instance.module, instance.scope) and _leaves(project, instance):
        return True
    return any(_hands_over(project, *where, instance) for where in _handing(project))


def _leaves(project: Project, instance: Instance) -> bool:
    """Whether a function gives away the instance that it makes: it returns it, or uses it in an expression."""
    module, scope = instance.module, instance.scope
    for step in module.steps(scope):
        if (
            step.value is not None
            and step.kind == "return"
            and instance.site in project.things(module, scope, step.value)
        ):
            return True
        if step.kind == "do" and step.value == instance.call:
            return False
    return not instance.symbol


def _handing(project: Project) -> Iterator[tuple[Module, str, Call]]:
    """Yield the calls of what is not the project's own that are given an app by position or keyword."""
    for module in project.modules:
        if module.is_test:
            continue
        for scope in module.scopes:
            for call in module.calls(scope):
                values = [*call.args, *(one.value for one in call.keywords)]
                if len(values) > 1 and any(isinstance(one, Ref) and terminal(one) in APP_NAMES for one in values):
                    yield module, scope, call


def _hands_over(project: Project, module: Module, scope: str, call: Call, instance: Instance) -> bool:
    """Whether a call gives an app and the instance to a function that cannot be seen."""
    values = [*call.args, *(one.value for one in call.keywords)]
    name = dotted(call.func)
    if name is None or hasattr(builtins, name) or not any(_is(project, module, scope, one, instance) for one in values):
        return False
    things = project.things(module, scope, call.func)
    known = any(isinstance(one, Named) and (one.kind != "external" or one.symbol in KINDS) for one in things)
    apps = any(app_like(project.things(module, scope, one)) for one in values)
    return apps and not known


def _is(project: Project, module: Module, scope: str, value: Expr, instance: Instance) -> bool:
    parts = list(project.objects.elements(module, scope, value)) or [(module, scope, value)]
    return any(instance.site in project.things(*where) for where in parts)
