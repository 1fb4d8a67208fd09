"""An extension is given its app in its constructor.

What:
    `db = SQLAlchemy(app)`, `JWTManager(app)`, `Limiter(get_remote_address, app=app)`: instance and
    app are tied together in the expression that makes the instance. At module level that happens
    when the module is imported.

Why:
    An instance that is bound on import has one app with one configuration for the whole process. A
    test that imports it has the binding already behind it: what it writes to `app.config` afterwards
    is read by nobody, and Flask-SQLAlchemy 3 keeps the engine that it made for the first database.
    It works, and it is not what the extensions recommend; inside a factory it does no harm, but
    nobody else can import the instance.

Fix:
    Make the instance without an app, `db = SQLAlchemy()`, in a module of its own, and bind it in the
    factory with `db.init_app(app)`, after the config has been loaded.

When to ignore it:
    In a script or a single file that nobody imports, and inside a factory: there it is a note.

Evidence:
    Reproduced with Flask-SQLAlchemy 3.1.1: the constructor form works, and a database set afterwards
    is not used. The maintainers call that intended in pallets-eco/flask-sqlalchemy #1172.
"""

from __future__ import annotations

from collections.abc import Iterator

from keck.factory.smaller import beside_factory, in_factory
from keck.facts.expr import Ref
from keck.finding import Finding, Level
from keck.project import Project
from keck.project.extensions import Binding, app_argument
from keck.rule import Rule
from keck.rules.app._instances import apps_of, at_import, is_app, takes_app_as_key
from keck.rules.app._words import EXTENSIONS, MAKERS

rule = Rule(
    __name__,
    level=Level.warning,
    needles=(*EXTENSIONS, *MAKERS),
)


@rule.in_code
def check(project: Project) -> Iterator[Finding]:
    """Yield the bindings to an app that stand in a constructor."""
    for instance in project.instances:
        for one in instance.bindings:
            if one.how != "constructor" or one.module.is_test or one.on_blueprint or not is_app(one):
                continue
            if takes_app_as_key(project, one):
                continue
            early = at_import(one.module, one.scope) and not one.module.under_main(one.call)
            hurts = early and (instance.kind == "sqlalchemy" or _shared(project, one))
            title = instance.title
            bound = f"binds `{instance.name}`" if instance.symbol else "is bound"
            if early:
                message = f"`{title}(...)` {bound} to its app when the module is imported: one config for the process"
            else:
                where = f"`{one.scope}()`" if one.scope else "the script"
                message = f"`{title}(...)` {bound} to its app in the constructor, in {where}"
            made = [each for each in apps_of(one) if each.path != one.module.path]
            yield rule.finding(
                one.place,
                message,
                "make the instance without an app in a module of its own, and call its `init_app()` in the factory",
                level=Level.warning if hurts else Level.note,
                symbol=instance.symbol or f"{one.module.name}:{title}",
                related=[(each.place, "the app is made here") for each in made],
                fix=in_factory(project, one) if one.scope else beside_factory(project, one),
            )


def _shared(project: Project, binding: Binding) -> bool:
    """Whether another module imports the instance, or the app to which it is bound."""
    symbols = [binding.instance.symbol]
    argument = app_argument(binding.instance.kind, binding.call)
    if isinstance(argument, Ref):
        symbols.append(project.resolve(binding.module, binding.scope, argument))
    return any(project.users.of(one) for one in symbols if ":" in one)
