"""One app has two instances of an extension that can only be had once.

What:
    `db = SQLAlchemy()` in `models.py` and another one in `app.py`; a `JWTManager` that the factory
    binds and a second one on which the loaders are registered; two `SQLAlchemy` bound to one app.
    Modules that import the one see nothing of the other.

Why:
    Queries through the wrong `db` end in "The current Flask app is not registered with this
    'SQLAlchemy' instance", `create_all` on it makes no tables, and binding both is an error of its
    own. Worse is a second JWTManager: a blocklist loader on it is never asked, and revoked tokens stay
    valid without a word. Limits of a second, unbound Limiter are never counted.

Fix:
    Keep the instance that is bound, import it everywhere, delete the other one.

When to ignore it:
    Where the two belong to two apps that never meet and the source does not show it.

Evidence:
    Reproduced with Flask-SQLAlchemy 3.1.1, Flask-JWT-Extended 4.7.4 (a token revoked through the other
    manager still gets in) and Flask-Caching 2.5.1 (KeyError, answer 500). Public threads:
    pallets-eco/flask-sqlalchemy #1151, #283 and #410, alisaifee/flask-limiter #287.
"""

from __future__ import annotations

from collections.abc import Iterator

from keck.factory.smaller import one_instance
from keck.finding import Finding, Level, Place
from keck.live.record import TITLES, LiveApp
from keck.live.record import Instance as Live
from keck.project import Project
from keck.project.extensions import Binding, Instance
from keck.project.module import Module
from keck.project.things import Site
from keck.project.timeline import blocks_of
from keck.rule import Rule
from keck.rules._live import is_own, related, symbol, tags, variable
from keck.rules.app._instances import apps_of, bound_beside, unbound
from keck.rules.app._words import EXTENSIONS, MAKERS

rule = Rule(
    __name__,
    level=Level.error,
    needles=(*EXTENSIONS, "flask_cache", "init_app", *MAKERS),
    good="The app has one instance of each extension",
)

_ONCE = ("sqlalchemy", "jwt")
"""Binding two of these to one app is an error, or the last one wins."""
_KINDS = (*_ONCE, "caching", "limiter", "mail", "mailman")


@rule.in_code
def check(project: Project) -> Iterator[Finding]:
    """Yield the instances beside which another one serves the same app."""
    for one in unbound(project):
        other = bound_beside(project, one) if one.kind in _KINDS else None
        users = [each for each in project.users.of(one.symbol) if not each.is_test] if one.symbol else []
        if other is None or not (users or project.users.at_home(one.symbol)):
            continue
        yield rule.finding(
            one.place,
            f"the app has two instances of {one.title}: `{one.name}` here and `{other.name}` in {other.module.path}"
            + ("" if not users else f", and {_counted(users)} this one"),
            f"import `{other.name}` from {other.module.path} wherever this one is used, and delete this one",
            symbol=one.symbol,
            related=[
                (other.place, "the other one is made here"),
                *((_import(each, one.name), "this one is imported here") for each in users),
            ],
            fix=one_instance(project, one, other),
        )
    for kind in _ONCE:
        yield from _twice(project.instances_of(kind))


def _counted(users: list[Module]) -> str:
    return "1 module uses" if len(users) == 1 else f"{len(users)} modules use"


def _import(module: Module, name: str) -> Place:
    """Return where a module imports a name; the line of its first import where that is not said."""
    for one in module.facts.imports:
        if one.name == name:
            return module.place(one)
    return module.place(module.facts.imports[0])


def _twice(instances: list[Instance]) -> Iterator[Finding]:
    """Yield the instances that are bound to an app to which another one of their kind is bound as well."""
    seen: dict[Site, Binding] = {}
    for one in instances:
        for binding in one.bindings:
            apps = apps_of(binding)
            if binding.module.is_test or len(apps) != 1 or len(binding.target) != 1:
                continue
            first = seen.setdefault(apps[0], binding)
            other = first.instance
            if other is one or other.symbol == one.symbol or _either_or(first, binding):
                continue
            yield rule.finding(
                binding.place,
                f"a second {one.title} is bound to an app to which `{other.name}` is bound already",
                "keep one instance, import it wherever it is used, and bind it once",
                symbol=one.symbol or f"{one.module.name}:{one.title}",
                related=[(first.place, f"`{other.name}` is bound here"), (one.place, "the second one is made here")],
            )
            break


def _either_or(one: Binding, other: Binding) -> bool:
    """Whether two bindings may stand on different branches, so that only one of them is executed."""
    return any(
        block.kind in {"if", "else", "except", "case"}
        for each in (one, other)
        for block in blocks_of(each.module, each.call)
    )


@rule.in_app
def examine(app: LiveApp) -> Iterator[Finding]:
    """Yield the instances that serve no app and are used, beside one that serves this app."""
    for kind in _KINDS:
        other = app.serving(kind)
        for one in app.of(kind, "never"):
            used = _used(one)
            if other is None or not used or not is_own(app, one):
                continue
            right, wrong = _named(other, one), _named(one, other)
            yield rule.live(
                one.spot,
                f"the app has two instances of {TITLES[kind]}: `{right}` serves it, and {used} `{wrong}`, which does not",
                f"use `{right}` wherever `{wrong}` is used, and delete `{wrong}`",
                symbol=symbol(one),
                tags=tags(one),
                related=related([other], "`{name}` is made here"),
            )


def _named(one: Live, beside: Live) -> str:
    """Return the variable that holds an instance, with its module where another one is called the same."""
    same = variable(one) == variable(beside) and one.name
    return one.name.replace(":", ".") if same else variable(one)


def _used(one: Live) -> str:
    """Return what shows that an instance is used, as the beginning of a clause that its name ends."""
    callbacks = len(one.facts.get("callbacks") or ())
    if callbacks:
        return f"{callbacks} callback{'s are' if callbacks > 1 else ' is'} registered on"
    for fact, single, many in (("models", "a model is", "{} models are"), ("routes", "a limit is", "{} limits are")):
        count = one.facts.get(fact)
        if isinstance(count, int) and count:
            return f"{single if count == 1 else many.format(count)} made with"
    if len(one.names) > 1:
        return f"{len(one.names)} modules hold"
    return ""
