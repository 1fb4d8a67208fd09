"""Several views look up the same user by the token's identity, each for itself.

What:
    The same lookup of a model by `get_jwt_identity()` in three views or more, in a project that
    registers no `user_lookup_loader`.

Why:
    Each copy has to decide again what happens to the token of a deleted or blocked user, and one of
    them forgets: it answers 500 (`None` has no attribute ...) where a 401 is right. A change of the
    identity, from a number to a text say, has to be made in all of them.

Fix:
    Register the lookup once with `@jwt.user_lookup_loader` and use `current_user` of
    Flask-JWT-Extended in the views; a lookup that returns None answers 401 by itself.

When to ignore it:
    Where views load different things of the user (other joins, a lock) on purpose.

Evidence:
    Reproduced with Flask-JWT-Extended 4.7.4: a loader that returns None answers 401 "Error loading
    the user", a lookup in the view that returns None goes on.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from keck.facts.expr import Call, Op, Ref, terminal, walk
from keck.finding import Finding, Level
from keck.project import Project
from keck.project.models import Model
from keck.project.module import Module
from keck.project.routes import Route
from keck.rule import Rule
from keck.rules._wording import called
from keck.rules._words import MODELS
from keck.rules.jwt._identity import FETCHING, fetched, is_identity
from keck.rules.jwt._manager import PACKAGE, registers

rule = Rule(
    __name__,
    requires=("flask_jwt", "flask.ext"),
    level=Level.note,
    needles=("flask_jwt_extended", "user_lookup_loader", *MODELS),
)

_ENOUGH = 3
_KEYS = {"id", "email", "username", "public_id", "uuid"}


@rule.in_code
def check(project: Project) -> Iterator[Finding]:
    """Yield one finding a model and key, at the first view."""
    if not project.uses(PACKAGE):
        return
    found: dict[tuple[str, str], dict[str, tuple[Route, Call]]] = defaultdict(dict)
    for route in project.routes:
        for model, key, call in _lookups(project, route):
            found[model.symbol, key].setdefault(route.symbol, (route, call))
    for (symbol, key), views in sorted(found.items()):
        if len(views) < _ENOUGH or registers(project, "user_lookup_loader", "user_loader_callback_loader"):
            continue
        name = project.models[symbol].cls.name
        (route, call), *others = views.values()
        yield rule.finding(
            route.module.place(call),
            f"{len(views)} views look up `{name}` by `get_jwt_identity()`, each for itself",
            "register the lookup once with `@jwt.user_lookup_loader` and use `current_user`",
            symbol=f"{symbol}.{key}",
            related=[(one.module.place(other), f"again in {called(one.name)}") for one, other in others],
        )


def _lookups(project: Project, route: Route) -> Iterator[tuple[Model, str, Call]]:
    module = route.module
    for scope in module.inside(route.function.name):
        for call in module.calls(scope):
            if terminal(call.func) not in FETCHING:
                continue
            key = _key(project, module, scope, call)
            model = fetched(project, module, scope, call) if key else None
            if model is not None and _names_one(model, key):
                yield model, "" if key == "get" or key == getattr(model.primary_key, "name", "id") else key, call


def _key(project: Project, module: Module, scope: str, call: Call) -> str:
    """Return the column by which the current identity is looked up, ``get`` for the primary key, or an empty text."""
    for part in walk(call):
        match part:
            case Call() if terminal(part.func) in {"get", "get_or_404"}:
                if any(is_identity(project, module, scope, one) for one in part.args):
                    return "get"
            case Call() if terminal(part.func) == "filter_by":
                for word in part.keywords:
                    if word.name and is_identity(project, module, scope, word.value):
                        return word.name
            case Op(kind="==", parts=(left, right)) if isinstance(left, Ref):
                if is_identity(project, module, scope, right):
                    return terminal(left)
    return ""


def _names_one(model: Model, key: str) -> bool:
    if key == "get" or key in _KEYS or key == getattr(model.primary_key, "name", ""):
        return True
    column = model.columns.get(key)
    return column is not None and column.is_unique
