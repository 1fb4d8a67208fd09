"""Config is written that its extension never sees.

What:
    A key is written to `app.config` after the extension that reads it has been bound to this app; or a
    constructor argument says something else and wins: `Cache(config={"CACHE_TYPE": ...})`,
    `Limiter(storage_uri=...)`, `CORS(app, origins=...)`.

Why:
    "I set it and nothing changes": Flask-SQLAlchemy 3 has made its engines, Flask-Caching its backend,
    Flask-Limiter its storage, Flask-Mail has copied the server, and CORS has been compiled to a policy
    that answers every origin. Nothing says so. Flask itself and Flask-JWT-Extended read their config
    for every call and are not reported.

Fix:
    Load all config first and bind the extensions afterwards; say a value in one place, in the config
    or in the constructor. `keck fix` moves a late write above the binding where both stand in one function and
    nothing between them depends on the order; which of two values is meant it decides, for the config, only where
    unsafe fixes are asked for.

When to ignore it:
    Where another part of the program reads the key and the extension is not meant to.

Evidence:
    Reproduced for five extensions: the engine stays on the first database, CORS answers
    "https://evil.example" although CORS_ORIGINS names one origin, Cache stays a NullCache, Limiter
    keeps its memory storage, Mail its localhost; `Cache(config=...)` and `Limiter(storage_uri=...)` win
    over the config. Public threads: pallets-eco/flask-sqlalchemy #1172, pallets-eco/flask-mail #96 and
    #176, baobabsoluciones/cornflow #734.
"""

from __future__ import annotations

from collections.abc import Iterator

from keck.edit import Edit, Fix, Keyword, Remove
from keck.facts.expr import Call, Expr, Ref, Table, text_of
from keck.finding import Finding, Level, Place
from keck.known import NAMESPACES
from keck.live.record import Drift, LiveApp
from keck.project import Project
from keck.project.config import Setting
from keck.project.extensions import Instance
from keck.project.module import Module
from keck.project.things import Site, app_like
from keck.project.values import Env, Known
from keck.rule import Rule
from keck.rules._live import serving, spoken, tags, variable
from keck.rules._wording import code, listed
from keck.rules.app._order import BOUND_KEYS, Late, late_writes, moved_up

rule = Rule(
    __name__,
    level=Level.error,
    needles=(
        "flask_sqlalchemy",
        "flask_cors",
        "flask_caching",
        "flask_limiter",
        "flask_mail",
        "init_app",
        "Flask(",
        "create_app",
        ".config",
        *NAMESPACES,
    ),
    good="Every extension works with what the config says",
    follows=("app/test-override-after-bind", "app/extension-bound-twice"),
)

_DATABASE = frozenset({"SQLALCHEMY_DATABASE_URI", "SQLALCHEMY_BINDS"})

_DEPTH = 4
_OPTIONS = {
    "limiter": {
        "storage_uri": "RATELIMIT_STORAGE_URI",
        "default_limits": "RATELIMIT_DEFAULT",
        "application_limits": "RATELIMIT_APPLICATION",
        "strategy": "RATELIMIT_STRATEGY",
        "key_prefix": "RATELIMIT_KEY_PREFIX",
    },
    "cors": {
        "origins": "CORS_ORIGINS",
        "methods": "CORS_METHODS",
        "supports_credentials": "CORS_SUPPORTS_CREDENTIALS",
        "allow_headers": "CORS_ALLOW_HEADERS",
        "expose_headers": "CORS_EXPOSE_HEADERS",
        "max_age": "CORS_MAX_AGE",
    },
}
"""Arguments that win over a key, by the kind of the extension."""


@rule.in_code
def check(project: Project) -> Iterator[Finding]:
    """Yield the writes that come too late and those that an argument overrides."""
    seen: set[Place] = set()
    for module, scope in _starts(project):
        for late in late_writes(project, project.timelines.of(module, scope, imports=not scope)):
            place = late.moment.module.place(late.moment.span)
            if not late.moment.module.is_test and place not in seen and _in_order(project, late):
                seen.add(place)
                yield _late(late, place, moved_up(project, late))
    for instance in project.instances:
        yield from _overridden(project, instance)


def _late(late: Late, place: Place, fix: Fix | None) -> Finding:
    keys = list(dict.fromkeys(one.key for one in late.settings))
    shown = listed(map(code, keys))
    one = late.binding.instance
    return rule.finding(
        place,
        f"{shown} {'is' if len(keys) == 1 else 'are'} set after `{one.name}` ({one.title}) has read its config",
        f"set {'it' if len(keys) == 1 else 'them'} above the line that binds `{one.name}`",
        symbol=",".join(keys),
        related=[(late.binding.place, f"{one.title} reads its config here")],
        fix=fix,
    )


def _starts(project: Project) -> list[tuple[Module, str]]:
    """Return the scopes whose course shows the order: those that write config, and what calls them."""
    found: dict[tuple[str, str], tuple[Module, str]] = {}
    for module in project.modules:
        if module.is_test:
            continue
        for step in project.config.possible_writes(module):
            settings = project.config.written_by(module, step)
            if any(one.key in BOUND_KEYS for one in settings):
                found[module.path, step.scope] = (module, step.scope)
    makers = {(one.path, one.scope) for one in project.apps}
    queue = [(where, 0) for where in found.values()]
    for (module, scope), depth in queue:
        if not scope or depth >= _DEPTH or (module.path, scope) in makers:
            continue
        for caller, inner, call in project.objects.callers(f"{module.name}:{scope}"):
            key = (caller.path, inner)
            leads = not inner or key in makers or _passes_app(project, caller, inner, call)
            if leads and key not in found and not caller.is_test:
                found[key] = (caller, inner)
                queue.append(((caller, inner), depth + 1))
    return list(found.values())


def _passes_app(project: Project, module: Module, scope: str, call: Call) -> bool:
    values = (*call.args, *(one.value for one in call.keywords))
    return any(isinstance(one, Ref) and app_like(project.things(module, scope, one)) for one in values)


def _in_order(project: Project, late: Late) -> bool:
    """Whether the order holds where the module that binds imports the one that writes: then it comes first there."""
    writer, binder = late.moment.frames[0][0], late.binding.module
    if writer is binder or writer.path not in project.closure(binder.path):
        return True
    again = late_writes(project, project.timelines.of(binder, "", imports=True))
    return any(one.moment.step is late.moment.step for one in again)


# constructor arguments


def _overridden(project: Project, instance: Instance) -> Iterator[Finding]:
    calls = [(instance.module, instance.scope, instance.call)]
    calls += [(one.module, one.scope, one.call) for one in instance.bindings if one.how == "init_app"]
    apps = {one for binding in instance.bindings for one in binding.target if isinstance(one, Site)}
    for module, scope, call in calls:
        for key, value, told in _arguments(instance.kind, call):
            written = project.value(module, scope, value)
            if module.is_test or not isinstance(written, Known) or not written.value:
                continue
            settings = [one for one in project.settings(key) if one.app & apps and _differs(one, written)]
            if settings and project.config.mentions.get(key, 0) <= (instance.kind == "caching"):
                first, *rest = settings
                yield rule.finding(
                    first.place,
                    f"`{key}` has no effect: {instance.title} is given `{told}`, which wins",
                    f"keep one of the two: drop `{told}` or `{key}`",
                    symbol=key,
                    related=[
                        (module.place(value), "this wins"),
                        *((one.place, "has no effect either") for one in rest),
                    ],
                    fix=Fix(
                        f"drop `{told}`",
                        (_without(module, call, value, told),),
                        safe=False,
                        changes=f"has `{key}` of the config count",
                        intends=("extensions/*", "limits/*", "cors/*", "cache/*"),
                    ),
                )


def _without(module: Module, call: Call, value: Expr, told: str) -> Edit:
    """Return how a constructor's argument goes: the keyword, or one entry of the dict that it is given."""
    name = told.rstrip("=")
    if call.keyword(name) is value:
        return Keyword(module.place(call), name)
    table = call.keyword("config")
    alone = isinstance(table, Table) and len(table.pairs) == 1
    return Keyword(module.place(call), "config") if alone else Remove(module.place(value))


def _arguments(kind: str, call: Call) -> Iterator[tuple[str, Expr, str]]:
    """Yield the arguments that win over config: key, value, and how the user says it."""
    for word in call.keywords:
        if kind == "caching" and word.name == "config" and isinstance(word.value, Table):
            for name, value in word.value.pairs:
                key = text_of(name)
                if key:
                    yield key, value, f'config={{"{key}": ...}}'
        elif word.name in _OPTIONS.get(kind, {}):
            yield _OPTIONS[kind][word.name], word.value, f"{word.name}="


def _differs(one: Setting, written: Known) -> bool:
    value = one.value
    if isinstance(value, Known):
        return _plain(value) != _plain(written)
    return isinstance(value, Env)


def _plain(value: Known) -> object:
    """Return a known value for comparison, lists by their known items."""
    found = value.value
    if isinstance(found, list):
        items = [one.value if isinstance(one, Known) else None for one in found]
        return items[0] if len(items) == 1 else items
    return found


# the live app


@rule.in_app
def examine(app: LiveApp) -> Iterator[Finding]:
    """Yield one finding an instance that works with other values than the config has by now."""
    told: set[tuple[str, tuple[Drift, ...]]] = set()
    for one in serving(app):
        found = [each for each in one.drift if not (app.testing and _setting(each) in _DATABASE)]
        # whichever `Mail` is asked, it is the state of the app that drifts
        if not found or (one.extension, one.drift) in told:
            continue
        told.add((one.extension, one.drift))
        keys = list(dict.fromkeys(map(_setting, found)))
        yield rule.live(
            one.spot,
            f"{spoken(one)} does not go by the config: {'; '.join(map(_told, found))}",
            f"set {'it' if len(keys) == 1 else 'them'} before `{variable(one)}` is bound, and in one place alone",
            symbol=",".join(keys),
            tags=(*tags(one), *keys),
        )


def _setting(one: Drift) -> str:
    """Return the key of the config: ``SQLALCHEMY_BINDS`` for one of its binds."""
    return one.key.partition("[")[0]


def _told(one: Drift) -> str:
    return f"{code(one.key)} says {one.configured or 'nothing'}, and {one.used or 'nothing'} is in use"
