"""What the doctor has read of a live app: plain data, so that it can be kept, sent and compared.

Nothing below `keck.live` needs anything but the standard library and what the app itself has loaded:
it is read in the project's own interpreter, where Keck need not be installed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

TITLES = {
    "sqlalchemy": "Flask-SQLAlchemy",
    "migrate": "Flask-Migrate",
    "jwt": "Flask-JWT-Extended",
    "cors": "Flask-CORS",
    "caching": "Flask-Caching",
    "limiter": "Flask-Limiter",
    "mail": "Flask-Mail",
}
"""The seven extensions by the names that they have in the record."""


@dataclass(frozen=True)
class Spot:
    """Where something stands in source code.

    Args:
        path: absolute, with ``/``; empty where the source is unknown (built-in, made by `exec`).
        line: of the first decorator, or of the statement; counts from 1.
        end_line: its last line.
    """

    path: str = ""
    line: int = 1
    end_line: int = 1


NOWHERE = Spot()


@dataclass(frozen=True)
class Drift:
    """A config key that was changed after the extension had read it; both values as text, secrets masked."""

    key: str
    used: str
    configured: str


@dataclass(frozen=True)
class Instance:
    """One instance of an extension.

    Args:
        extension: ``sqlalchemy``, ``migrate``, ``jwt``, ``cors``, ``caching``, ``limiter`` or ``mail``.
        name: the module variable that its source assigns, ``shop.extensions:db``; empty where no
            module holds it.
        names: every ``module:variable`` that holds it.
        spot: the statement that assigns it.
        bound: ``this`` app, ``other`` app, ``both``, ``never``, or ``unknown`` where the extension
            leaves no trace on the instance (flask-cors; Flask-Mail by `init_app`).
        twice: how many times this extension is bound to this app, if more than once; else 0.
        others: the names of the other apps that it is bound to.
        inert: why it does nothing though it is bound, as a clause: "its backend is NullCache"; empty
            where it works.
        drift: config that was changed after it had been read.
        facts: what else is known of it, JSON data; its keys are documented in the extension's module.
    """

    extension: str
    name: str = ""
    names: tuple[str, ...] = ()
    spot: Spot = NOWHERE
    bound: str = "never"
    twice: int = 0
    others: tuple[str, ...] = ()
    inert: str = ""
    drift: tuple[Drift, ...] = ()
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Setting:
    """One config key of the app.

    Args:
        type: the name of the value's type, ``str``.
        value: as text, or None where it is secret or not plain data.
        secret: what may be said of a secret without telling it: ``length`` in bytes, ``known`` (it is
            on the list of well-known ones), ``same`` (the keys that hold the same value); else None.
    """

    type: str
    value: Any = None
    secret: dict[str, Any] | None = None


@dataclass(frozen=True)
class Layer:
    """One callable between the dispatch of a request and the innermost view, outermost first.

    Args:
        kind: ``jwt``, ``login``, ``httpauth``, ``security``, ``principal``, ``limit``, ``cached``,
            ``memoize``, ``cross_origin``, ``own`` (a decorator of the project or of a library that is
            not known), ``view`` (the dispatch of a class), or ``body`` (the innermost function).
        name: qualified: ``shop.auth.admin_required``.
        spot: where its function stands.
        details: JSON data of its closure, such as ``{"optional": false, "fresh": false, "refresh": true}``.
        reads: what its code refers to, see `Route.reads`.
    """

    kind: str
    name: str = ""
    spot: Spot = NOWHERE
    details: dict[str, Any] = field(default_factory=dict)
    reads: tuple[str, ...] = ()


@dataclass(frozen=True)
class Guard:
    """Something that may refuse a request because of who asks.

    Args:
        kind: as `Layer.kind`: ``jwt``, ``login``, ``httpauth``, ``security``, ``principal``, or ``own``.
        how: ``required``, ``optional``, ``fresh``, ``refresh``, or ``conditional`` where it depends on
            code that cannot be read off.
        name: of the decorator or hook as the project knows it.
        at: ``view`` for a layer, ``app`` or a blueprint's name for a hook.
        position: index into `Route.order`.
        spot: where it stands.
        details: JSON data: ``role``, ``scheme``, ``locations``, ``verify_type``, ``skip_revocation_check`` ...
    """

    kind: str
    how: str
    name: str
    at: str = "view"
    position: int = 0
    spot: Spot = NOWHERE
    details: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Limit:
    """One rate limit that holds for a route.

    Args:
        text: ``5 per 1 minute``, or a description of the callable that gives it.
        scope: ``own``, ``blueprint``, ``default``, ``application`` or ``shared``.
        key: qualified name of the key function.
        limiter: `Instance.name` of the limiter.
        position: index into `Route.order`.
        exempt_when: qualified name of the function that lifts it, or empty.
        methods: the methods it holds for; empty means all.
        per_method: whether each method is counted for itself.
    """

    text: str
    scope: str
    key: str
    limiter: str = ""
    position: int = 0
    exempt_when: str = ""
    methods: tuple[str, ...] = ()
    per_method: bool = False


@dataclass(frozen=True)
class CacheUse:
    """What a route's answers are kept by.

    Args:
        kind: ``cached`` or ``memoize``.
        timeout: seconds, or None for the backend's default.
        key: what tells one answer from another, as text: ``path``, ``path and query string``,
            ``the constant "home"``, ``shop.keys.by_user()``.
        personal: whether a callable of the project makes the key, so that it may tell callers apart.
        position: index into `Route.order`.
        details: ``query_string``, ``key_prefix``, ``unless``, ``response_filter``, ``bound`` (whether its
            cache is bound to this app), ``backend``, ``untrue`` (what ``unless``, ``forced_update`` and
            ``is_stale`` return that is not `True` itself, as code by option).
    """

    kind: str
    timeout: float | None
    key: str
    personal: bool = False
    position: int = 0
    details: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Cors:
    """Which origins may read a route's answers.

    Args:
        source: what answers first: ``@cross_origin``, ``CORS(app)``, ``CORS(blueprint admin)``; empty: nobody does.
        origins: as configured, patterns as ``re:...``; ``*`` is any.
        open: whether any origin is answered.
        credentials: whether answers with cookies may be read by those origins.
        preflight: whether a preflight for this method is answered.
        policies: every policy that covers the route, in the order in which they are asked: each with
            ``source``, ``origins``, ``open``, ``credentials``, ``resource``.
        admits: origins that the policies of one route decide differently on, each with the source that let it in.
    """

    source: str = ""
    origins: tuple[str, ...] = ()
    open: bool = False
    credentials: bool = False
    preflight: bool = False
    policies: tuple[dict[str, Any], ...] = ()
    admits: tuple[dict[str, Any], ...] = ()


@dataclass(frozen=True)
class Step:
    """One thing that happens to a request, in the order in which it runs.

    Args:
        kind: ``hook``, ``guard``, ``limit``, ``cache``, ``cors``, ``own`` or ``body``.
        text: what it is, as a person says it: ``jwt_required(fresh=True)``, ``5 per 1 minute by address``.
        name: qualified name of the code behind it.
        at: ``app``, a blueprint's name, or ``view``.
    """

    kind: str
    text: str
    name: str = ""
    at: str = "app"


@dataclass(frozen=True)
class Route:
    """One rule of the URL map with one method.

    Args:
        rule: ``/users/<int:id>``.
        endpoint: ``shop.user``.
        method: ``GET``; ``OPTIONS`` only where the rule lists it itself.
        methods: every method of the rule.
        path: a path that the rule matches, or None where none could be made.
        name: qualified name of the innermost function.
        spot: where that stands.
        layers: from the registered view to the innermost function.
        order: what applies, hooks first.
        guards: those of hooks and layers, in order.
        limits: those that hold, in order.
        exempt: what the route is exempt from: ``application``, ``default`` ...; empty for nothing.
        cache: outermost first.
        cors: who may read it.
        exposure: ``open``, ``optional``, ``conditional`` or ``guarded``.
        reads: what the innermost function refers to, by known names: ``get_jwt_identity``,
            ``get_jwt``, ``current_user``, ``session``, ``g``, ``request.args``, ``request.headers``,
            ``request.cookies``, ``create_access_token``, ``set_access_cookies``, ``mail.send`` ...
        dead: decorators that are written but never run, as source text: they stand above the route.
        unseen: why the chain could not be followed to its end; empty where it was.
        automatic_options: whether Flask answers OPTIONS itself.
        static: whether it serves files of Flask's own `static` endpoint.
    """

    rule: str
    endpoint: str
    method: str
    methods: tuple[str, ...] = ()
    path: str | None = None
    name: str = ""
    spot: Spot = NOWHERE
    layers: tuple[Layer, ...] = ()
    order: tuple[Step, ...] = ()
    guards: tuple[Guard, ...] = ()
    limits: tuple[Limit, ...] = ()
    exempt: tuple[str, ...] = ()
    cache: tuple[CacheUse, ...] = ()
    cors: Cors = field(default_factory=Cors)
    exposure: str = "open"
    reads: tuple[str, ...] = ()
    dead: tuple[str, ...] = ()
    unseen: str = ""
    automatic_options: bool = True
    static: bool = False


@dataclass(frozen=True)
class Hook:
    """A function that runs for requests outside of views.

    Args:
        kind: ``before_request``, ``after_request``, ``teardown_request``, ``error_handler`` ...
        name: qualified name.
        at: ``app`` or a blueprint's name.
        spot: where it stands.
        library: the distribution it belongs to; empty for the project's own.
        code: for an error handler the status code or exception it takes.
        returns: what it returns the results of, by known names: ``verify_jwt_in_request``.
    """

    kind: str
    name: str
    at: str = "app"
    spot: Spot = NOWHERE
    library: str = ""
    code: str = ""
    returns: tuple[str, ...] = ()


@dataclass(frozen=True)
class Answer:
    """What a backend said.

    Args:
        kind: ``database``, ``migrations``, ``redis`` or ``smtp``.
        name: which one, as a person says it: ``database``, ``database of bind "audit"``, ``redis of the cache``.
        where: its URL or address, without a password.
        state: ``answers``, ``refuses`` (it is there and says no), ``unreachable``, ``missing`` (a file or
            directory that is not there), ``skipped`` or ``crashed``.
        seconds: how long it took.
        detail: one sentence: the version, or what is wrong.
        facts: JSON data; its keys are documented in the backend's module.
    """

    kind: str
    name: str
    where: str
    state: str
    seconds: float = 0.0
    detail: str = ""
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Probed:
    """What the real app answered for one route.

    Args:
        rule: as `Route.rule`.
        method: as `Route.method`.
        endpoint: as `Route.endpoint`.
        skipped: why it was not asked; empty where it was.
        asked: by what was asked (``anonymous``, ``junk token``, ``preflight``, ``foreign origin``,
            ``authorised``, ``anonymous after it``, ``spent``, ``spent anonymous``): ``status``,
            ``reached`` (the body was), ``origin`` (that was allowed), ``credentials``, ``methods`` (that the
            preflight allows), ``error``, ``refused`` (what it tried to do and was kept from).
    """

    rule: str
    method: str
    endpoint: str
    skipped: str = ""
    asked: dict[str, dict[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True)
class Probes:
    """The probe as a whole: what was asked, or why nothing was."""

    routes: tuple[Probed, ...] = ()
    unavailable: str = ""
    seconds: float = 0.0


@dataclass(frozen=True)
class LiveApp:
    """A Flask app as it really is after `create_app()`.

    Args:
        name: ``app.name``.
        spot: the module that it was made in.
        root: absolute path of the project: the working directory of whoever asked.
        testing: ``app.testing``.
        debug: ``app.debug``.
        python: ``3.11.7``.
        versions: of Flask, the extensions and what they stand on, by distribution name in lower case.
        workers: processes that will serve it, as the environment says (WEB_CONCURRENCY, GUNICORN_CMD_ARGS,
            WORKERS ...), or None.
        context_pushed: whether an app context was left open by the import.
        instances: of the seven extensions, those bound first.
        config: by key.
        routes: sorted as the URL map matches them.
        hooks: in the order in which they run.
        facts: of the app: ``cors``, ``catch_all``, ``cached_functions``, ``disabled_loggers``, and ``unread``: why a
            part could not be read, by its name; JSON data.
        answers: of the backends; None where they were not asked.
        probes: None where the app was not probed.
    """

    name: str
    spot: Spot = NOWHERE
    root: str = ""
    testing: bool = False
    debug: bool = False
    python: str = ""
    versions: dict[str, str] = field(default_factory=dict)
    workers: int | None = None
    context_pushed: bool = False
    instances: tuple[Instance, ...] = ()
    config: dict[str, Setting] = field(default_factory=dict)
    routes: tuple[Route, ...] = ()
    hooks: tuple[Hook, ...] = ()
    facts: dict[str, Any] = field(default_factory=dict)
    answers: tuple[Answer, ...] | None = None
    probes: Probes | None = None

    def of(self, extension: str, *bound: str) -> tuple[Instance, ...]:
        """Return the instances of an extension; with `bound` only those that are bound so."""
        return tuple(one for one in self.instances if one.extension == extension and (not bound or one.bound in bound))

    def serving(self, extension: str) -> Instance | None:
        """Return the instance of an extension that serves this app, the first if there are several."""
        return next(iter(self.of(extension, "this", "both", "unknown")), None)
