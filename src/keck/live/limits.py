"""Rate limits of a route: what Flask-Limiter itself resolves, without running a callable of the project.

`LimitManager.resolve_limits()` is asked on a copy of the manager in which each limit stands for itself as
text, so that a limit whose string a function gives is described and not computed. What it reads of the
request is its method alone; that is set without a request context, so that no session is opened, no signal
is sent, and no teardown runs.
"""

from __future__ import annotations

import sys
import types
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from keck.live.chain import Link
from keck.live.record import Instance
from keck.live.wrappers import qualified

_LOST = "default, once another method has been asked"
_KEYS = ("limit_by", "key_func", "key_function")
"""Where a limit has its key function: as of 4.0, and before that a decorator and a group of limits."""
_WRAPPED_BY = "__wrapper-limiter-instance"


@dataclass(frozen=True)
class Resolved:
    """One limit that holds for a route.

    Args:
        text: as `Limit.text`.
        scope: as `Limit.scope`.
        key: as `Limit.key`.
        exempt_when: as `Limit.exempt_when`.
        methods: as `Limit.methods`.
        per_method: as `Limit.per_method`.
    """

    text: str
    scope: str
    key: str
    exempt_when: str = ""
    methods: tuple[str, ...] = ()
    per_method: bool = False


@dataclass(frozen=True)
class Held:
    """What holds for one route by one limiter.

    Args:
        before: checked in its hook, before the view.
        at: checked by one of the wrappers of the view; by index of the link.
        exempt: as `Route.exempt`.
        unnamed: whether the view has not the attributes that Flask-Limiter takes its name from: it fails then.
    """

    before: tuple[Resolved, ...] = ()
    at: Mapping[int, tuple[Resolved, ...]] = field(default_factory=dict)
    exempt: tuple[str, ...] = ()
    unnamed: bool = False


@dataclass
class Limiter:
    """A limiter that is bound to the app.

    Args:
        value: the object.
        name: `Instance.name`.
        manager: a copy of its manager, in which limits are texts.
    """

    value: Any
    name: str
    manager: Any = None
    marked: frozenset[str] = frozenset()

    def learn(self, endpoint: str, view: object, links: Sequence[Link]) -> None:
        """Note the limits on functions inside of a view, as the limiter does when they first run."""
        own = name_of(view)
        for index, name in active(self, links):
            if not links[index].applied:
                limit = links[index].cells["self"]
                self.manager.add_decorated_limit(name, _Written(limit, "own"))
            if name != own:
                self.manager.add_endpoint_hint(endpoint, name)

    def loses(self, app: Any, endpoint: str, blueprint: str | None, name: str, links: Sequence[Link]) -> bool:  # noqa: ANN401 - a Flask app
        """Return whether limits on other methods of a class keep the default limits from this one."""
        if name in self.marked or active(self, links) or not self.manager.has_hints(endpoint):
            return False
        hinted = self.manager.resolve_limits(app, endpoint, blueprint, name, True, True)
        held = vars(self.manager)
        hints, held["_endpoint_hints"] = held["_endpoint_hints"], {}
        try:
            fresh = self.manager.resolve_limits(app, endpoint, blueprint, name, True, False)
        finally:
            held["_endpoint_hints"] = hints
        return len(hinted[0]) + len(hinted[1]) < len(fresh[0]) + len(fresh[1])


class _Text:
    """A limit as text, in place of a parsed one."""

    def __init__(self, text: str, scope: str) -> None:
        self.text = text
        self.scope = scope


class _Written:
    """A limit of the app that gives itself as text, and never calls what the project would have it call."""

    def __init__(self, limit: Any, scope: str) -> None:  # noqa: ANN401 - of a library that may not be there
        self.limit = limit
        self.scope = "shared" if scope in {"own", "blueprint"} and limit.shared else scope
        self.override_defaults = limit.override_defaults

    def __iter__(self) -> Iterator[Any]:
        limit = self.limit
        kind: Any = _resolved_kind()
        for text in _texts(_provider(limit)):
            yield kind(
                _Text(text, self.scope),
                next(held for name in _KEYS if (held := getattr(limit, name, None)) is not None),
                None,
                per_method=limit.per_method,
                methods=limit.methods,
                exempt_when=limit.exempt_when,
                override_defaults=limit.override_defaults,
                shared=limit.shared,
            )


def limiters(app: Any, instances: Sequence[Instance]) -> tuple[Limiter, ...]:  # noqa: ANN401 - a Flask app
    """Return the limiters that are bound to an app, in the order in which their hooks run."""
    bound = app.extensions.get("limiter")
    every = list(bound) if isinstance(bound, set | frozenset | list | tuple) else [bound] if bound is not None else []
    hooks = [of_hook(each) for each in app.before_request_funcs.get(None, ())]
    place = {id(value): index for index, value in enumerate(hooks) if value is not None}
    every.sort(key=lambda one: place.get(id(one), len(hooks)))
    return tuple(_limiter(one, instances) for one in every)


def of_hook(function: object) -> Any:  # noqa: ANN401 - of a library that may not be there
    """Return the limiter that a hook belongs to, or None."""
    if type(function) is not types.MethodType:
        return None
    return function.__self__ if _is(function.__self__, "Limiter") else None


def of_link(link: Link) -> Any:  # noqa: ANN401 - of a library that may not be there
    """Return the limiter that a limit on a view belongs to, or None."""
    limit = link.cells.get("self")
    proxy = getattr(limit, "limiter", None) if limit is not None else None
    try:
        return proxy.limit.__self__  # type: ignore[union-attr]  # a weak proxy: its methods are bound to the real one
    except (AttributeError, ReferenceError):
        return None


def texts_of(link: Link) -> tuple[str, ...]:
    """Return what a limit on a view says, whether or not it is in force."""
    limit = link.cells.get("self")
    return tuple(_texts(_provider(limit))) if limit is not None else ()


def hold(limiter: Limiter, app: Any, endpoint: str, method: str, links: Sequence[Link]) -> Held:  # noqa: ANN401 - a Flask app
    """Return the limits by one limiter that hold for a route."""
    view = app.view_functions[endpoint]
    blueprint = endpoint.rpartition(".")[0] or None
    if endpoint.rpartition(".")[2] == "static":
        return Held(exempt=("application", "default", "meta"))
    manager = limiter.manager
    name = name_of(view)
    if not name:
        return Held(unnamed=True)
    with _asking(method):
        marked = name in limiter.marked or manager.has_hints(endpoint)
        defaults, decorated = manager.resolve_limits(app, endpoint, blueprint, name, True, marked)
        seen = set(map(_identity, defaults))
        before = _resolved((*defaults, *decorated), method)
        at = {}
        for index, wrapped in active(limiter, links):
            defaults, decorated = manager.resolve_limits(app, endpoint, blueprint, wrapped, False, True)
            fresh = [one for one in defaults if _identity(one) not in seen]
            seen |= set(map(_identity, defaults))
            at[index] = _resolved((*fresh, *decorated), method)
        scope = manager.exemption_scope(app, endpoint, blueprint)
        lost = limiter.loses(app, endpoint, blueprint, name, links)
    exempt = [str(flag.name).lower() for flag in type(scope) if flag.value and flag in scope]
    return Held(before, at, (*exempt, *([_LOST] if lost else ())))


def active(limiter: Limiter, links: Sequence[Link]) -> list[tuple[int, str]]:
    """Return which limits on a view are checked, and the names by which: of several in a row the innermost."""
    found = []
    for index, link in enumerate(links):
        if link.kind != "limit" or of_link(link) is not limiter.value:
            continue
        if link.applied:
            inside = link.cells.get("obj")
            if vars_of(inside).get(_WRAPPED_BY) == limiter.value:
                continue
            found.append((index, str(link.cells.get("name", ""))))
        else:
            found.append((index, name_of(links[-1].value)))
    return found


def vars_of(value: object) -> Mapping[str, Any]:
    """Return the dictionary of an object; that of its function for a method; empty where it has none."""
    if type(value) is types.MethodType:
        value = value.__func__
    try:
        found = object.__getattribute__(value, "__dict__")
    except AttributeError:
        return {}
    return found if isinstance(found, dict) else {}


def _limiter(value: Any, instances: Sequence[Instance]) -> Limiter:  # noqa: ANN401 - of a library
    real = value.limit_manager
    kind: Any = type(real)
    copy = kind.__new__(kind)
    held = dict(vars(real))
    written: dict[int, _Written] = {}

    def of(limits: Any, scope: str) -> list[_Written]:  # noqa: ANN401 - of a library
        return [written.setdefault(id(one), _Written(one, scope)) for one in limits]

    held["_application_limits"] = of(held["_application_limits"], "application")
    held["_default_limits"] = of(held["_default_limits"], "default")
    held["_decorated_limits"] = {name: of(those, "own") for name, those in held["_decorated_limits"].items()}
    held["_blueprint_limits"] = {name: of(those, "blueprint") for name, those in held["_blueprint_limits"].items()}
    held["_endpoint_hints"] = {name: type(those)(those) for name, those in held["_endpoint_hints"].items()}
    vars(copy).update(held)
    return Limiter(value, named(value, instances), copy, frozenset(vars(value)["_marked_for_limiting"]))


def named(value: object, instances: Sequence[Instance]) -> str:
    """Return the name of the instance that an object is, or an empty string."""
    for one in instances:
        for name in (one.name, *one.names):
            module, _, variable = name.partition(":")
            if module in sys.modules and vars(sys.modules[module]).get(variable) is value:
                return one.name
    return ""


def _resolved(limits: Sequence[Any], method: str) -> tuple[Resolved, ...]:
    found: dict[Resolved, None] = {}
    for one in limits:
        methods = tuple(sorted(each.upper() for each in one.methods or ()))
        if methods and method not in methods:
            continue
        when = "" if one.exempt_when is None else qualified(one.exempt_when)
        found[
            Resolved(one.limit.text, one.limit.scope, qualified(one.key_func), when, methods, bool(one.per_method))
        ] = None
    return tuple(found)


def _identity(limit: Any) -> tuple[object, ...]:  # noqa: ANN401 - of a library
    return (limit.limit.text, limit.limit.scope, id(limit.key_func), limit.methods)


def _resolved_kind() -> Any:  # noqa: ANN401 - of a library that may not be there
    """Return the class of a limit that is resolved: its module and name changed with 4.0."""
    newer = sys.modules.get("flask_limiter._limits")
    return newer.RuntimeLimit if newer is not None else sys.modules["flask_limiter.wrappers"].Limit


def _provider(limit: Any) -> object:  # noqa: ANN401 - of a library that may not be there
    """Return the string of a limit, or what gives it; before 4.0 a decorator has it under another name."""
    return limit.limit_provider if hasattr(limit, "limit_provider") else limit.limit_value


def _texts(provider: object) -> list[str]:
    """Return each limit that a limit's string holds; what a callable would give is not asked."""
    if not isinstance(provider, str):
        return [f"as {qualified(provider)}() says"]
    try:
        return [str(one) for one in sys.modules["limits"].parse_many(provider)] if provider else []
    except ValueError:
        return []


def name_of(view: Any) -> str:  # noqa: ANN401 - any callable
    """Return the name by which Flask-Limiter knows a function."""
    try:
        return str(sys.modules["flask_limiter.util"].get_qualified_name(view))
    except Exception:  # noqa: BLE001 - an object of the project may raise anything; the limiter then fails as well
        return ""


def _is(value: object, name: str) -> bool:
    return any(base.__name__ == name and base.__module__.startswith("flask_limiter") for base in type(value).__mro__)


@contextmanager
def _asking(method: str) -> Iterator[None]:
    """Let `flask.request.method` be a method, and nothing else be there."""
    held = vars(sys.modules["flask.globals"])
    variable = held.get("_cv_request") or held["_cv_app"]
    token = variable.set(types.SimpleNamespace(request=types.SimpleNamespace(method=method)))
    try:
        yield
    finally:
        variable.reset(token)
