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
    Call `init_app(app)` in the factory, after the last config write; `keck fix` does so where the project makes
    one app. A `CORS()` without origins is bound only where unsafe fixes are asked for: it opens the app to every
    origin. Where the instance is a left-over beside another one that is bound, import that one and delete this
    one, which is left to you.

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
from keck.live.record import TITLES, LiveApp
from keck.live.record import Instance as Live
from keck.project import Project
from keck.project.extensions import Instance
from keck.rule import Rule
from keck.rules._live import is_own, related, spoken, symbol, tags, variable
from keck.rules._wording import called
from keck.rules.app._binding import bound_at_import, bound_in_factory, keyed_by_address
from keck.rules.app._instances import bound_beside, unbound
from keck.rules.app._scripts import bound_as_script
from keck.rules.app._words import EXTENSIONS, MAKERS

rule = Rule(
    __name__,
    level=Level.error,
    needles=(*EXTENSIONS, "flask_cache", "init_app", *MAKERS),
    test_needles=("init_app",),
    good="Every extension is bound to the app",
    follows=("app/second-extension-instance", "app/extension-bound-twice"),
)

_LOST = {
    "sqlalchemy": "every query through it fails",
    "migrate": "there is no `flask db` for it",
    "jwt": "its callbacks are never asked",
    "cors": "no answer gets its headers",
    "caching": "every use of it is a KeyError",
    "limiter": "its limits are never counted",
    "mail": "sending through it fails",
}


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
        fix = None
        if other is None:
            fix = keyed_by_address(one) if one.bindings else bound_in_factory(project, one)
        related: list[tuple[Place, str]] = []
        if other is not None:
            advice = f"bind it as well, or use `{other.name}` of {other.module.path} in its place, which is bound"
            related = [(other.place, f"`{other.name}` is made here"), (other.bindings[0].place, "and bound here")]
        yield rule.finding(
            one.place, message, advice, symbol=one.symbol or f"{one.module.name}:{one.title}", related=related, fix=fix
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
            fix=bound_at_import(binding),
        )


def _given_current_app(project: Project, instance: Instance) -> bool:
    given = instance.call.keyword("app") or (instance.call.args[0] if instance.call.args else None)
    return given is not None and project.resolve(instance.module, instance.scope, given) == "flask.current_app"


@rule.in_app
def examine(app: LiveApp) -> Iterator[Finding]:
    """Yield the instances that no app has been given, and the routes that need a manager where there is none."""
    for one in app.instances:
        if one.bound != "never" or not is_own(app, one) or one.facts.get("replaced"):
            continue
        advice = f"call `{variable(one)}.init_app(app)` in the factory, after the config"
        if one.extension == "migrate":
            advice = f"call `{variable(one)}.init_app(app, db)` in the factory: `Migrate(app)` alone binds nothing"
        other = app.serving(one.extension)
        what = f"is never given an app: {_used(one, app) or _LOST[one.extension]}"
        if other is not None:
            advice = f"bind it as well, or use {spoken(other)} in its place, which is bound"
            if one.extension == "jwt":
                what = f"does not serve the app, {spoken(other)} does: {_LOST['jwt']}"
        yield rule.live(
            one.spot,
            f"{spoken(one)} {what}",
            advice,
            symbol=symbol(one),
            tags=tags(one),
            related=related([other] if other is not None else [], "`{name}` is made here"),
        )
    if not any(one.extension == "jwt" and one.bound in {"never", "this", "both"} for one in app.instances):
        yield from _no_manager(app)


def _used(one: Live, app: LiveApp) -> str:
    """Return what is lost where it can be counted: how many routes or models hang on the instance."""
    if one.extension == "jwt":
        guarded = sum(any(guard.kind == "jwt" for guard in route.guards) for route in app.routes)
        each = "its 1 guarded route" if guarded == 1 else f"each of its {guarded} guarded routes"
        return f"{each} answers 500" if guarded else ""
    for fact, single, many in (
        ("routes", "the limit of 1 route is never counted", "the limits of {} routes are never counted"),
        ("models", "its model cannot be queried", "none of its {} models can be queried"),
    ):
        count = one.facts.get(fact)
        if isinstance(count, int) and count:
            return single if count == 1 else many.format(count)
    return ""


def _no_manager(app: LiveApp) -> Iterator[Finding]:
    """Yield one finding where routes ask for tokens and no JWTManager is bound to the app."""
    guarded = {one.endpoint: one for one in app.routes if any(guard.kind == "jwt" for guard in one.guards)}
    if guarded:
        first = next(iter(guarded.values()))
        rest = f" and of {len(guarded) - 1} more" if len(guarded) > 1 else ""
        yield rule.live(
            first.spot,
            f"the guard of {called(first.name.rpartition('.')[2])}{rest} needs a JWTManager, and none is bound to this "
            "app: every request to it fails",
            "call `jwt.init_app(app)` in the factory, after the config",
            symbol=TITLES["jwt"],
            tags=("jwt",),
        )
