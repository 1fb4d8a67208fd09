"""flask-cors.

Facts: ``options`` (the keyword arguments it was made with, as text by name), ``unknown`` (those of them that flask-cors
does not know), ``resources`` (the patterns of the hook, if it is known), ``at`` (by ``app`` or a blueprint's name the
positions of its hooks among those that are asked there), ``given`` (the names of all options that code gives it, where
that can be told).

A `CORS` leaves nothing on itself, and mostly nobody keeps it: bound is the hook that it leaves on the app, told by its
code. A hook belongs to the instance whose arguments give just what it holds; a hook that belongs to none of them is an
instance without a name. Where an instance may have been given more by `init_app`, it is ``unknown``.
"""

from __future__ import annotations

import ast
import re
import sys
import types
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from keck.live.config import shown
from keck.live.extensions.reading import Reading, drifts, gather
from keck.live.homes import calls, calls_of, project_files, spot_of
from keck.live.policies import bound, matches, option, text_of
from keck.live.record import Drift, Spot
from keck.live.scan import Held, Scan


@dataclass(frozen=True)
class _Hook:
    """What a `CORS` left on an app: for which blueprint, what it answers for which paths, and how many are asked before."""

    app: Any
    scope: str | None
    resources: list[tuple[Any, Any]]
    position: int


def read(held: Held, app: Any, scan: Scan) -> Reading:  # noqa: ANN401 - Flask is not imported here
    """Return what is known of a CORS that is still there."""
    options: dict[str, Any] = vars(held.object)["_options"]
    facts = _facts(options)
    hooks = _all_hooks(app, scan)
    mine = [one for one in hooks if _made_by(one, options)]
    others = tuple(dict.fromkeys(str(one.app.name) for one in mine if one.app is not app))
    here = [one for one in mine if one.app is app]
    given = _given(held)
    if mine:
        where = "both" if here and others else "this" if here else "other"
        return _reading(where, app, here, facts, others, given=given)
    every = [vars(one.object)["_options"] for one in scan.held if one.extension == "cors"]
    left = [one for one in hooks if not any(_made_by(one, each) for each in every)]
    here = [one for one in left if one.app is app]
    if here:
        return _reading("unknown", app, here, facts, given=given)
    others = tuple(dict.fromkeys(str(one.app.name) for one in left))
    return Reading("other" if others else "never", others, facts=facts)


def unheld(app: Any, scan: Scan) -> list[Reading]:  # noqa: ANN401 - as above
    """Return the hooks of the app whose CORS is gone."""
    every = [vars(one.object)["_options"] for one in scan.held if one.extension == "cors"]
    hooks = _all_hooks(app, scan)
    left = [one for one in hooks if not any(_made_by(one, each) for each in every)]
    mine = [one for one in left if one.app is app]
    unmatched = any(not any(_made_by(hook, each) for hook in hooks) for each in every)
    if not mine or unmatched:
        return []
    taken = {(one.spot.path, one.spot.line) for one in scan.held}
    written = {(call.spot.path, call.spot.line): call for call in _calls()}
    made = _paired(mine, [call for place, call in written.items() if place not in taken])
    return [_of_call(app, one, call) for one, call in zip(mine, made, strict=True)]


@dataclass(frozen=True, eq=False)
class _Call:
    """A call of ``CORS`` in the project, with the variables of its module."""

    spot: Spot
    node: ast.Call
    variables: Mapping[str, Any]

    @property
    def target(self) -> str:
        """What it is given by a name of its module: ``app``, or a blueprint's name; empty where that cannot be told."""
        words = {one.arg: one.value for one in self.node.keywords}
        argument = self.node.args[0] if self.node.args else words.get("app")
        name = argument.id if isinstance(argument, ast.Name) else ""
        value = self.variables.get(name)
        kinds = {base.__name__ for base in type(value).__mro__}
        if "Blueprint" in kinds:
            return str(vars(value)["name"])
        return "app" if "Flask" in kinds or (name == "app" and value is None) else ""

    @property
    def options(self) -> dict[str, Any] | None:
        """What it gives by name; None where one of its values is only known when it runs."""
        try:
            return {str(one.arg): ast.literal_eval(one.value) for one in self.node.keywords if one.arg != "app"}
        except ValueError:
            return None


def _calls() -> Iterator[_Call]:
    for name, path in project_files():
        for node in calls(path, "CORS"):
            yield _Call(spot_of(path, node), node, vars(sys.modules[name]))


def _paired(hooks: list[_Hook], written: list[_Call]) -> list[_Call | None]:
    """Return the call that has made each hook, where only one can have."""
    if len(hooks) == len(written) == 1:
        return [written[0]]
    found = []
    for hook in hooks:
        able = [call for call in written if _could_make(call, hook)]
        named = [call for call in able if call.target]
        found.append(able[0] if len(able) == 1 else named[0] if len(named) == 1 else None)
    return found


def _could_make(call: _Call, hook: _Hook) -> bool:
    """Return whether a call may have left a hook, by what it is given."""
    if call.target and call.target != ("app" if hook.scope is None else hook.scope.rpartition(".")[2]):
        return False
    options = call.options
    return options is None or _made_by(hook, options)


def _of_call(app: Any, hook: _Hook, call: _Call | None) -> Reading:  # noqa: ANN401 - as above
    """Return what is known of a hook whose CORS is gone, by the call that made it, if that is known."""
    if call is None:
        return _reading("this", app, [hook], {"options": {}, "unknown": []})
    words = {one.arg: one.value for one in call.node.keywords if one.arg not in {None, "app"}}
    options = {str(name): value for name, value in words.items()}
    facts = {
        "options": {
            name: shown(call.options[name]) if call.options else ast.unparse(options[name]) for name in options
        },
        "unknown": sorted(_unknown(call.options if call.options is not None else dict.fromkeys(options))),
    }
    return _reading("this", app, [hook], facts, spot=call.spot, given=_keywords_of([call.node]))


def _reading(
    bound: str,
    app: Any,  # noqa: ANN401 - as above
    hooks: list[_Hook],
    facts: dict[str, Any],
    others: tuple[str, ...] = (),
    *,
    spot: Spot | None = None,
    given: frozenset[str] | None = None,
) -> Reading:
    times = sum(one.scope is None for one in _hooks(app))
    twice = times if times > 1 and any(one.scope is None for one in hooks) else 0
    inert = "it matches no route" if hooks and not any(_matches(one) for one in hooks) else ""
    drift = tuple(one for hook in hooks for one in _drift(hook, given))
    known = {
        "resources": [text_of(pattern) for hook in hooks for pattern, _ in hook.resources],
        "at": {
            at: [hook.position for hook in hooks if (hook.scope or "app") == at]
            for at in sorted({hook.scope or "app" for hook in hooks})
        },
        **({} if given is None else {"given": sorted(given)}),
    }
    return Reading(bound, others, twice, inert, drift, {**facts, **known}, spot)


def _given(held: Held) -> frozenset[str] | None:
    """Return the options that code gives an instance by name, or None where that cannot be told."""
    options = vars(held.object)["_options"]
    found = set(options)
    resources = options.get("resources")
    for each in resources.values() if isinstance(resources, dict) else ():
        found |= set(each)
    for name in {one.rpartition(":")[2] for one in held.names}:
        keywords = _keywords_of(calls_of(name, "init_app"))
        if keywords is None:
            return None
        found |= keywords
    return frozenset(found)


def _keywords_of(nodes: list[ast.Call]) -> frozenset[str] | None:
    """Return the names of the arguments of calls; None where some are handed on, or hide in ``resources``."""
    names = {one.arg for node in nodes for one in node.keywords if one.arg != "app"}
    return None if None in names or "resources" in names else frozenset(name for name in names if name)


def _facts(options: dict[str, Any]) -> dict[str, Any]:
    return gather(
        {
            "options": lambda: {name: shown(value) for name, value in sorted(options.items())},
            "unknown": lambda: sorted(_unknown(options)),
        }
    )


def _unknown(options: Mapping[str, Any]) -> set[str]:
    found = {name for name in options if name not in _known()}
    resources = options.get("resources")
    if isinstance(resources, dict):
        for each in resources.values():
            found |= {name for name in each if name not in _known()}
    return found


def _core(name: str) -> Any:  # noqa: ANN401 - as above
    return vars(sys.modules["flask_cors.core"])[name]


def _known() -> set[str]:
    return {one.lower().removeprefix("cors_") for one in _core("CONFIG_OPTIONS")} | set(_core("DEFAULT_OPTIONS"))


def _hooks(app: Any) -> Iterator[_Hook]:  # noqa: ANN401 - as above
    for scope in list(vars(app).get("after_request_funcs", {})):
        for position, policy in enumerate(bound(app, scope)):
            yield _Hook(app, scope, [(one.pattern, one.options) for one in policy.resources], position)


def _all_hooks(app: Any, scan: Scan) -> list[_Hook]:  # noqa: ANN401 - as above
    return [hook for one in (app, *scan.apps) for hook in _hooks(one)]


def _made_by(hook: _Hook, options: dict[str, Any]) -> bool:
    """Return whether these arguments, without more from `init_app`, give just what the hook holds."""
    try:
        return _computed(hook, options) == hook.resources
    except Exception:  # noqa: BLE001 - arguments that flask-cors refuses, or another version's
        return False


def _computed(hook: _Hook, options: dict[str, Any]) -> list[tuple[Any, Any]]:
    config: Mapping[str, Any] = hook.app.config if hook.scope is None else {}
    target = hook.app if hook.scope is None else types.SimpleNamespace()
    given = config.get("CORS_RESOURCES")
    resources = options.get("resources", r"/*" if given is None else given)
    plain = _only_known(options)
    return [
        (pattern, _core("get_cors_options")(target, plain, _only_known(own)))
        for pattern, own in _core("parse_resources")(resources)
    ]


def _only_known(options: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in options.items() if name in _known()}


def _matches(hook: _Hook) -> bool:
    return any(matches(pattern, path) for path in _paths(hook) for pattern, _ in hook.resources)


def _paths(hook: _Hook) -> Iterator[str]:
    """Yield paths of the rules that a hook sees, with `1` and with `a` for what stands in them."""
    for rule in hook.app.url_map.iter_rules():
        if hook.scope is None or rule.endpoint.startswith(f"{hook.scope}."):
            yield from (re.sub("<[^>]*>", word, rule.rule) for word in ("1", "a"))


def _drift(hook: _Hook, given: frozenset[str] | None) -> tuple[Drift, ...]:
    """Return the keys ``CORS_*`` that say one thing while the hook does another.

    An argument goes before the config, and may well have been made of it: where it cannot be told that there was none,
    only a hook with the default is sure not to have got one.

    Args:
        hook: of an app; blueprints have no config.
        given: the options that were given by name, None where that is not known.
    """
    if hook.scope is not None:
        return ()
    keys = [one for one in _core("CONFIG_OPTIONS") if hook.app.config.get(one) is not None]
    parts: dict[str, Callable[[], tuple[Any, Any] | None]] = {
        key: partial(_differs, hook, key, given) for key in keys if key != "CORS_RESOURCES"
    }
    if "CORS_RESOURCES" in keys:
        parts["CORS_RESOURCES"] = lambda: _resources(hook)
    return drifts(parts)


def _differs(hook: _Hook, key: str, given: frozenset[str] | None) -> tuple[Any, Any] | None:
    name, configured = key.lower().removeprefix("cors_"), hook.app.config[key]
    make, nobody = _core("get_cors_options"), types.SimpleNamespace()
    default, wanted = (option(make(nobody, options), name) for options in ({}, {name: configured}))
    used = [option(options, name) for _, options in hook.resources]
    sure = all(one == default for one in used) or (given is not None and not {name, "resources"} & given)
    if name == "intercept_exceptions" or not used or not sure or any(one == wanted for one in used):
        return None
    if used[0] == default:
        return _core("DEFAULT_OPTIONS")[name], configured
    return [text_of(one) for one in used[0]] if isinstance(used[0], list) else used[0], configured


def _resources(hook: _Hook) -> tuple[Any, Any] | None:
    patterns = _core("parse_resources")
    configured = hook.app.config["CORS_RESOURCES"]
    used = [pattern for pattern, _ in hook.resources]
    default = [pattern for pattern, _ in patterns(r"/*")]
    if used != default or [pattern for pattern, _ in patterns(configured)] == default:
        return None
    return r"/*", configured
