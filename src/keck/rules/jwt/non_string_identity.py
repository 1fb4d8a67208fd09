"""A token is made for an identity that is not a string, so no view accepts it.

What:
    `create_access_token` or `create_refresh_token` with a number, a dict, None or a model instance
    as identity, where no `user_identity_loader` makes a text of it; or a loader that returns an
    integer column. Types are read from the models' columns.

Why:
    PyJWT 2.10 and later refuse a subject that is no string. The login works and hands out a token,
    and every protected view answers 422 "Subject must be a string". A model instance fails at the
    login already: it is not JSON serializable.

Fix:
    `identity=str(user.id)`, and `int(get_jwt_identity())` where the number is compared with a
    column or used as a key. Or set `JWT_VERIFY_SUB = False` (read since Flask-JWT-Extended 4.7.1) to
    go on as before. `keck fix` writes `str()`, and `int()` around every place that reads the
    identity of a token; where it cannot tell all of them, `str()` alone, which is unsafe.

When to ignore it:
    Where PyJWT is held below 2.10 by something that no manifest or lock file of the project says.

Evidence:
    Reproduced with Flask-JWT-Extended 4.7.4 and PyJWT 2.15.1: 5, {"id": 5}, None and True answer
    422, "5" answers 200, an instance raises TypeError. The version of PyJWT decides: with 5 the
    view answers 200 under PyJWT 2.9.0 (Flask-JWT-Extended 4.6.0 and 4.7.1) and 422 under 2.10.0 (4.6.0,
    4.7.0). vimalloc/flask-jwt-extended #556, #557, #558;
    jpadilla/pyjwt #1017; Netflix/lemur #5209.
"""

from __future__ import annotations

from collections.abc import Iterator

from keck.facts.expr import Call, Expr, Ref, terminal
from keck.facts.record import Function
from keck.finding import Finding, Level
from keck.project import Project
from keck.project.module import Module, Where
from keck.project.values import Known
from keck.rule import Rule
from keck.rules._wording import called
from keck.rules._words import MODELS
from keck.rules.jwt._identity import model_of, no_text
from keck.rules.jwt._manager import PACKAGE, is_version_3, loaders, registers
from keck.rules.jwt._repaired import CREATE, as_text

rule = Rule(
    __name__,
    requires=("flask_jwt", "flask.ext"),
    level=Level.error,
    needles=("flask_jwt_extended", "JWT_", "user_identity_loader", *MODELS),
)

_HELP = "give a string, such as `str(user.id)`, and make a number of `get_jwt_identity()` where one is needed"


@rule.in_code
def check(project: Project) -> Iterator[Finding]:
    """Yield each token made for something that is certainly no text."""
    if not project.uses(PACKAGE) or _unchecked(project):
        return
    made = list(_made(project))
    if not registers(project, "user_identity_loader"):
        for module, scope, call, identity in made:
            yield from _judged(project, module, scope, call, identity)
        return
    registered = list(loaders(project, "user_identity_loader"))
    if len(registered) == 1 and isinstance(registered[0][1], Function):
        yield from _loaded(project, registered[0][0], registered[0][1], made)


def _unchecked(project: Project) -> bool:
    """Whether the subject is not checked, or may be another claim than ``sub``."""
    checked = all(_is(one.value, True) for one in project.settings("JWT_VERIFY_SUB"))
    subject = all(_is(one.value, "sub") for one in project.settings("JWT_IDENTITY_CLAIM"))
    return not (checked and subject)


def _is(value: object, wanted: object) -> bool:
    return isinstance(value, Known) and bool(value.value == wanted)


def _made(project: Project) -> Iterator[tuple[Module, str, Call, Expr]]:
    for module, scope, call in project.calls_to(*CREATE):
        identity = call.argument(0, "identity")
        old = is_version_3(project, module.path) or project.pins.before("pyjwt", "2.10", module.path)
        if identity is not None and not old:
            yield module, scope, call, identity


def _outcome(project: Project, module: Module) -> str:
    """Say what becomes of the token, and under which versions where the pins leave that open."""
    pinned = project.pins.before("pyjwt", "2.10", module.path) is False
    versions = "" if pinned else "with PyJWT 2.10 or newer "
    return f"{versions}no view accepts a token whose subject is not a string"


def _judged(project: Project, module: Module, scope: str, call: Call, identity: Expr) -> Iterator[Finding]:
    said = no_text(project, module, scope, identity)
    if said:
        yield rule.finding(
            module.place(identity),
            f"the identity given to {called(terminal(call.func))} is {said}: {_outcome(project, module)}",
            _HELP,
            symbol=f"{module.name}:{scope}",
            fix=as_text(project, module.place(identity), said),
        )


def _loaded(
    project: Project, module: Module, loader: Function, made: list[tuple[Module, str, Call, Expr]]
) -> Iterator[Finding]:
    """Judge what the loader returns for each identity that it is given."""
    returned = list(project.objects.returned(f"{module.name}:{loader.name}"))
    params = [one.name for one in loader.params]
    if len(returned) != 1 or not params:
        return
    _, scope, value = returned[0]
    if isinstance(value, Ref) and value.name == params[0]:
        for one in made:
            yield from _judged(project, *one)
        return
    said = no_text(project, module, scope, value) or _column(project, value, params[0], made)
    if said:
        yield rule.finding(
            module.place(value),
            f"{called(loader.name)} makes the identity {said}: {_outcome(project, module)}",
            _HELP,
            symbol=f"{module.name}:{loader.name}",
            related=[(where.place(call), "a token is made here") for where, _, call, _ in made[:5]],
            fix=as_text(project, module.place(value), said),
        )


def _column(project: Project, value: Expr, param: str, made: list[tuple[Module, str, Call, Expr]]) -> str:
    """Return what ``user.id`` in a loader is, when every token is made for an instance of one model."""
    if not isinstance(value, Ref) or value.name.partition(".")[0] != param:
        return ""
    wheres: list[Where] = [(module, scope, identity) for module, scope, _, identity in made]
    models = [model_of(project, *where) for where in wheres]
    found = {one.symbol: one for one in models if one is not None}
    if len(found) != 1 or None in models:
        return ""
    (model,) = found.values()
    column = model.columns.get(value.name.partition(".")[2])
    return f"`{model.cls.name}.{column.name}`, an integer column" if column is not None and column.is_integer else ""
