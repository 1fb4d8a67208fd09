"""The module that makes the extension instances imports the app.

What:
    `from main import app` at the top of `extensions.py`, the module from which the others import
    `db`, `jwt` or `cache`.

Why:
    The app's module imports the views, the views import the models, the models import the extensions,
    and the extensions import the app's module, which is not finished. Whether that is an ImportError,
    "cannot import name 'app' from partially initialized module", or works depends on which line of
    the app's module stands first and on which module a script or a test imports first.

Fix:
    Make the instances without an app and drop the import; the app's module or the factory binds them
    with `init_app(app)`. A function that needs the app at run time uses `flask.current_app`.

When to ignore it:
    Never needed; where nothing else imports the module, this rule is silent.

Evidence:
    Reproduced: with the app made above the import it "imports fine", below it the import fails.
"""

from __future__ import annotations

from collections.abc import Iterator

from keck.factory.smaller import without_app
from keck.facts.record import Import
from keck.finding import Finding, Level
from keck.project import Project
from keck.project.extensions import Instance
from keck.project.module import Module
from keck.project.things import Site
from keck.rule import Rule
from keck.rules.app._instances import at_import
from keck.rules.app._words import EXTENSIONS, MAKERS

rule = Rule(
    __name__,
    level=Level.warning,
    needles=(*EXTENSIONS, *MAKERS),
)


@rule.in_code
def check(project: Project) -> Iterator[Finding]:
    """Yield the imports of an app by a module that makes extension instances for others."""
    makers: dict[Module, Instance] = {}
    for instance in project.instances:
        if at_import(instance.module, instance.scope):
            makers.setdefault(instance.module, instance)
    for module, instance in makers.items():
        if not _for_others(project, module):
            continue
        for one in module.facts.imports:
            app = None if one.typing or not at_import(module, one.scope) else _imported_app(project, module, one)
            if app is not None:
                yield rule.finding(
                    module.place(one),
                    f"{module.path} imports the app `{one.alias}`, so whoever imports `{instance.name}` from it imports the app too",
                    "make the extensions without an app and bind them with `init_app()` where the app is made",
                    symbol=f"{module.name}:{one.alias}",
                    related=[(app.place, "the app is made here"), (instance.place, f"`{instance.name}` is made here")],
                    fix=without_app(project, module, one),
                )


def _for_others(project: Project, module: Module) -> bool:
    """Whether some other module outside tests imports the module or something in it."""
    return any(
        module.path in targets and path != module.path and not project.names.modules[path].is_test
        for path, targets in project.imports.items()
    )


def _imported_app(project: Project, module: Module, one: Import) -> Site | None:
    """Return the call in another module that makes the app which an import binds, or None."""
    if not one.name or one.name == "*":
        return None
    things = project.objects.of_symbol(project.names.resolve(module, one.scope, one.alias))
    apps = [each for each in things if isinstance(each, Site) and each.kind == "app" and each.path != module.path]
    return min(apps, key=lambda each: (each.path, each.line), default=None)
