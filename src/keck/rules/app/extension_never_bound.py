"""An extension instance is never given an app.

What:
    The project makes an instance, `limiter = Limiter(get_remote_address)`, and nowhere binds it: no
    `init_app`, no app in the constructor. `Limiter(app)` is such a case since Flask-Limiter 3.0, where
    the first argument is the key function, and so is `Limiter(app=current_app)` at module level,
    where there is no current app yet. And so is what is bound under `if __name__ == "__main__"` alone,
    where a Procfile, a Dockerfile or the like has Gunicorn or another server import the module.

Why:
    Two of seven are silent: an unbound `CORS` sets no header, and limits of an unbound `Limiter` are
    never counted. The others fail with the first use: "not registered with this 'SQLAlchemy'
    instance", `KeyError: 'cache'`, a RuntimeError for every request with a token.

Fix:
    Call `init_app(app)` in the factory, after the last config write. Where the instance is a left-over
    beside another one that is bound, import that one and delete this one.

When to ignore it:
    Where something outside the project binds it, such as a host application that loads a plug-in.

Evidence:
    Reproduced with Flask-Limiter 4.1.1 (four answers 200 under "1 per minute"), Flask-CORS 6.0.5 (no
    header at all) and the other five. Flask-SQLAlchemy's error text was added because people forget
    it: pallets-eco/flask-sqlalchemy #1151.
"""

from __future__ import annotations

from collections.abc import Iterator

from keck.finding import Finding, Level, Place
from keck.project import Project
from keck.project.extensions import Instance
from keck.rule import Rule
from keck.rules.app._instances import bound_beside, unbound
from keck.rules.app._scripts import bound_as_script
from keck.rules.app._words import EXTENSIONS, MAKERS

rule = Rule(
    __name__,
    level=Level.error,
    needles=(*EXTENSIONS, "flask_cache", "init_app", *MAKERS),
    test_needles=("init_app",),
)


@rule.in_code
def check(project: Project) -> Iterator[Finding]:
    """Yield the instances that no part of the project binds."""
    for one in unbound(project):
        name = f"`{one.name}` ({one.title})" if one.symbol else f"the instance of {one.title}"
        if one.bindings:
            message = f"{name} is never bound: `Limiter(app)` takes the app as its key function"
            advice = "write `Limiter(get_remote_address, app=app)`, or make it without the app and call `init_app(app)`"
        elif _given_current_app(project, one):
            message = f"{name} is never bound: at import `current_app` stands for no app yet"
            advice = "make it without an app and call `init_app(app)` in the factory"
        else:
            message = f"{name} is never given an app: no `init_app()` reaches it"
            advice = f"call `{one.name if one.symbol else 'it'}.init_app(app)` in the factory, after the config"
        other = bound_beside(project, one)
        related: list[tuple[Place, str]] = []
        if other is not None:
            advice = f"bind it as well, or use `{other.name}` of {other.module.path} in its place, which is bound"
            related = [(other.place, f"`{other.name}` is made here"), (other.bindings[0].place, "and bound here")]
        yield rule.finding(
            one.place, message, advice, symbol=one.symbol or f"{one.module.name}:{one.title}", related=related
        )
    for one, binding, serving in bound_as_script(project):
        name = one.symbol.rpartition(":")[2]
        yield rule.finding(
            binding.place,
            f"`{one.name}` ({one.title}) is bound only when {binding.module.path} is run as a script, "
            f"and {serving.place.path} serves `{serving.target}`: then it is never given an app",
            f'bind `{name or one.title}` above `if __name__ == "__main__"`',
            symbol=one.symbol or f"{one.module.name}:{one.title}",
            related=[(serving.place, "the module is imported here, not run")],
        )


def _given_current_app(project: Project, instance: Instance) -> bool:
    given = instance.call.keyword("app") or (instance.call.args[0] if instance.call.args else None)
    return given is not None and project.resolve(instance.module, instance.scope, given) == "flask.current_app"
