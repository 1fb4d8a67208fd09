"""A handler of every error answers HTTP errors as well.

What:
    `@app.errorhandler(Exception)`, on an app or a blueprint, whose function makes no difference between an
    error of the program and an `HTTPException`: 404, 405, the 429 of a rate limit and every `abort()` are
    exceptions too. And a decorator that wraps a view in `try: ... except Exception:` and stands above
    `@jwt_required()` or a limit, whose refusals are exceptions that it catches.

Why:
    A path that does not exist, a method that is not allowed and a client that asks too often are answered as
    a failure of the server: clients retry, monitoring rings, and what the limit says in its headers is gone.
    A handler of a blueprint comes before what Flask-JWT-Extended registers on the app, and so does such a
    decorator: a missing token is answered 500 and not 401. (A handler on the app does not mask those.)

Fix:
    Let HTTP errors through first: `if isinstance(error, HTTPException): return error`. A decorator goes below
    the guard. A handler on a blueprint with guarded views has to be one of the app, `@bp.app_errorhandler`,
    since what a missing token raises is no HTTPException. `keck fix` does the first two, and the third where
    unsafe fixes are asked for.

When to ignore it:
    Where every error is to have one and the same answer, and clients know of it.

Evidence:
    Reproduced with Flask 3.1.3, Flask-Limiter 4.1.1 and Flask-JWT-Extended 4.7.4: under "1 per minute" the
    second request gets 500, an unknown path gets 500, a request without a token gets 401 from a handler on
    the app and 500 from one on a blueprint and below a decorator. 11 of 87 public repositories looked at have
    a handler of `Exception`.
"""

from __future__ import annotations

from collections.abc import Iterator

from keck.edit import Edit, Fix, Import, Insert, Move, Replace
from keck.facts.expr import Ref
from keck.facts.record import Function
from keck.finding import Finding, Level
from keck.live.record import LiveApp, Spot
from keck.project import Project
from keck.project.module import Module
from keck.project.things import Site
from keck.rule import Rule
from keck.rules._wording import called, code, decorator, listed
from keck.rules.app._error_handlers import Handler, handlers
from keck.rules.app._swallowing import swallowing
from keck.rules.app._telling import tells_apart

rule = Rule(
    __name__,
    level=Level.warning,
    requires=("errorhandler", "register_error_handler", "except Exception", "except:"),
    needles=(
        "errorhandler",
        "register_error_handler",
        "except Exception",
        "except:",
        "jwt_required",
        "flask_limiter",
        ".limit(",
        "abort(",
        "Flask(",
        "Blueprint(",
        "create_app",
    ),
    good="Handlers of every error let HTTP errors through",
)

_ASKED = {True: (404, 405), False: (400, 404)}
"""The status codes that Flask and views of every kind answer with, on an app and on a blueprint."""


@rule.in_code
def check(project: Project) -> Iterator[Finding]:
    """Yield the handlers that take every error, and the decorators that swallow the refusals of guards below."""
    known = list(handlers(project))
    for one in known:
        if one.takes == "all" and one.function is not None and one.function.params:
            yield from _handler(project, one, one.function, known)
    for route, outer, guard in swallowing(project):
        moved = outer.place.path == guard.place.path == route.module.path and route.cls == ""
        yield rule.finding(
            outer.place,
            f"{decorator(outer)} catches every exception, so that what {decorator(guard)} refuses "
            f"is answered as a failure of {called(route.name)}",
            f"put it below {decorator(guard)}",
            level=Level.error,
            symbol=route.symbol,
            related=[(guard.place, "its refusals are exceptions")],
            fix=Fix(
                f"move {decorator(outer)} below {decorator(guard)}",
                (Move(outer.place, guard.place, "after"),),
                intends=tuple(f"{part}/* *{rule}" for part in ("guards", "limits") for rule in route.rules),
            )
            if moved
            else None,
        )


def _handler(project: Project, one: Handler, function: Function, known: list[Handler]) -> Iterator[Finding]:
    beside = [each for each in known if each is not one and each.blueprint == one.blueprint]
    also = [each for each in known if each is not one and each.function is function]
    taken = {each.takes for each in known if each is not one and each.blueprint in {None, one.blueprint}}
    if "unknown" in taken or any(each.takes == "http" for each in also):
        return
    passed = any(each.takes == "http" for each in beside) or _answers_itself(project)
    masked = [] if passed else _masked(project, one, taken)
    tokens = one.blueprint is not None and _asks_for_tokens(project, one.blueprint)
    name = function.params[-1].name
    if not (masked or tokens) or tells_apart(project, one.home, function, name):
        return
    what = f"answers every error of {'its blueprint' if one.blueprint else 'the app'} alike"
    advice = f"let HTTP errors through first: `if isinstance({name}, HTTPException): return {name}`"
    if masked:
        what += f", {listed(map(str, masked[:3]))} too"
    if tokens:
        what += ": a missing token is answered as a failure of the server"
        advice = f"handle them for the app, with `app_errorhandler`, and {advice}"
    yield rule.finding(
        one.module.place(one.call),
        f"{called(function.name.rpartition('.')[2])} {what}",
        advice,
        level=Level.error if tokens else None,
        symbol=f"{one.home.name}:{function.name}",
        fix=None if also else _repair(project, one, function, tokens and known),
    )


def _repair(project: Project, one: Handler, function: Function, known: list[Handler] | bool) -> Fix | None:
    """Return how HTTP errors get through; `known` are all handlers where tokens have to as well."""
    name = function.params[-1].name
    http = _local_name(project, one.home)
    place = one.home.place(function)
    edits: list[Edit] = [Insert(place, f"if isinstance({name}, {http}):\n    return {name}", side="first")]
    if http == "HTTPException":
        edits.append(Import(place, "from werkzeug.exceptions import HTTPException"))
    title = f"let HTTP errors through {called(function.name.rpartition('.')[2])}"
    if not known:
        return Fix(title, tuple(edits))
    func = one.call.func
    others = known is not True and any(each.takes == "all" and each.blueprint is None for each in known)
    if others or not isinstance(func, Ref) or not func.name.endswith(".errorhandler"):
        return None
    instead = func.name.removesuffix("errorhandler") + "app_errorhandler"
    edits.append(Replace(one.module.place(func), instead))
    changes = "has it handle the errors of the whole app"
    return Fix(
        f"{title}, and register it with {code('@' + instead)}",
        tuple(edits),
        safe=False,
        changes=changes,
        intends=("handlers/*",),
    )


def _local_name(project: Project, module: Module) -> str:
    """Return the name under which a module knows HTTPException already, or its own."""
    for one in module.imports(""):
        if one.alias and project.names.bound_by(module, one) == "werkzeug.exceptions.HTTPException":
            return one.alias
    return "HTTPException"


def _masked(project: Project, one: Handler, taken: set[int | str]) -> list[int]:
    """Return the status codes, of those that every app answers, that only this handler takes."""
    asked = {*_ASKED[one.blueprint is None], *([429] if project.instances_of("limiter") else [])}
    return sorted(each for each in asked if each not in taken)


def _answers_itself(project: Project) -> bool:
    """Whether something that is bound to the app handles HTTP errors there, as Flask-Smorest's `Api` does."""
    return any(True for _ in project.calls_to("flask_smorest.Api", "flask_rest_api.Api"))


def _asks_for_tokens(project: Project, blueprint: str) -> bool:
    """Whether a view of the blueprint asks for a token."""
    for route in project.routes:
        if any(one.kind == "jwt" and not one.optional for one in route.effective):
            owners = {project.extensions.symbol(one) for one in route.owner if isinstance(one, Site)}
            if blueprint in owners:
                return True
    return False


@rule.in_app
def examine(app: LiveApp) -> Iterator[Finding]:
    """Yield the handlers of every error that answer HTTP errors as well."""
    for one in app.facts.get("catch_all", ()):
        at = one["at"]
        taken = {each.code for each in app.hooks if each.kind == "error_handler" and each.at in {"app", at}}
        passed = any(
            each.kind == "error_handler" and each.at == at and each.code == "HTTPException" for each in app.hooks
        )
        limited = any(route.limits for route in app.routes)
        asked = () if passed else (*_ASKED[at == "app"], *((429,) if limited else ()))
        masked = [str(each) for each in asked if str(each) not in taken]
        tokens = at != "app" and any(
            guard.kind == "jwt" and guard.how == "required"
            for route in app.routes
            if route.endpoint.startswith(f"{at}.")
            for guard in route.guards
        )
        if one["http"] or not (masked or tokens):
            continue
        what = "answers every error of the app alike" if at == "app" else f"answers every error of {code(at)} alike"
        what += f", {listed(masked)} too" if masked else ""
        yield rule.live(
            Spot(one["path"], one["line"], one["end_line"]),
            f"{called(str(one['name']).rpartition('.')[2])} {what}"
            + (": a missing token is answered as a failure of the server" if tokens else ""),
            ("handle them for the app, with `app_errorhandler`, and " if tokens else "")
            + "let HTTP errors through first: `if isinstance(error, HTTPException): return error`",
            level=Level.error if tokens else None,
            symbol=str(one["name"]),
            tags=("error_handler", at),
        )
