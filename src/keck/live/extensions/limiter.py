"""Flask-Limiter.

Facts: ``enabled``, ``initialized``, ``storage`` (the name of its class), ``per_process``, ``where`` (without a password),
``prefix``, ``strategy``, ``swallow_errors``, ``fallback``, ``key`` (qualified name of the key function), ``default``,
``application`` and ``meta`` (limits as text), ``application_key``, ``filters`` (qualified names), ``unparsed`` (limits that
cannot be parsed: ``text``, ``name`` of the function or ``default`` ..., ``path``, ``line``), ``routes`` and ``blueprints``
(how many have limits of their own).

A limiter that is switched off by the config returns from `init_app` before it leaves a trace on the app; that it was
there is told from ``RATELIMIT_ENABLED``, which it sets.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import Any

from keck.live.extensions.reading import Reading, bound, differ, drifts, extension_of, gather, names_of
from keck.live.extensions.redis import address, address_of_url
from keck.live.homes import definition_line, file_of, text_of
from keck.live.record import Drift
from keck.live.scan import Held, Scan
from keck.live.secrets import without_password
from keck.live.wrappers import qualified


def read(held: Held, app: Any, scan: Scan) -> Reading:  # noqa: ANN401 - Flask is not imported here
    """Return what is known of a Limiter."""
    one = held.object
    others = names_of(scan.apps, lambda other: _serves(other, one) or _switched_off(other, one))
    here = _serves(app, one) or _switched_off(app, one)
    kept = extension_of(app, "limiter")
    times = len(kept) if here and isinstance(kept, (set, frozenset, list)) and len(kept) > 1 else 0
    facts = _facts(held)
    drift = _drift(app, one) if here else ()
    return Reading(bound(here, others), others, times, _inert(held, app, facts) if here else "", drift, facts)


def _serves(app: Any, limiter: Any) -> bool:  # noqa: ANN401 - as above
    kept = extension_of(app, "limiter")
    return kept is limiter or (isinstance(kept, (set, frozenset, list)) and any(one is limiter for one in kept))


def _switched_off(app: Any, limiter: Any) -> bool:  # noqa: ANN401 - as above
    fields = vars(limiter)
    off = fields.get("enabled") is not True and not fields.get("enabled", True) and not fields.get("initialized")
    return off and "RATELIMIT_ENABLED" in app.config and not app.config["RATELIMIT_ENABLED"]


def _inert(held: Held, app: Any, facts: dict[str, Any]) -> str:  # noqa: ANN401 - as above
    if not facts.get("enabled", True):
        return "RATELIMIT_ENABLED is false" if not app.config.get("RATELIMIT_ENABLED", True) else "it is switched off"
    own = ("default", "application", "meta", "routes", "blueprints", "unparsed")
    if all(name in facts for name in own) and not any(facts[name] for name in own) and not _used_as_block(held):
        return "no limit is defined"
    return ""


def _used_as_block(held: Held) -> bool:
    """Return whether a module that holds it says ``with limiter.limit(...)``, or asks it by hand."""
    for name in held.names:
        module, _, variable = name.partition(":")
        pattern = rb"\b%s\.((limit|shared_limit)\(.*\)\s*:|check\()" % re.escape(variable.encode())
        if re.search(pattern, text_of(file_of(module))):
            return True
    return False


def _facts(held: Held) -> dict[str, Any]:
    one, fields = held.object, vars(held.object)
    manager = vars(fields["limit_manager"])
    storage = fields.get("_storage")
    return gather(
        {
            "enabled": lambda: bool(fields["enabled"]),
            "initialized": lambda: bool(fields["initialized"]),
            "storage": lambda: type(storage).__name__ if storage is not None else "",
            "per_process": lambda: "MemoryStorage" in {base.__name__ for base in type(storage).__mro__},
            "where": lambda: _where(one),
            "prefix": lambda: fields["_key_prefix"] or "",
            "strategy": lambda: fields["_strategy"] or "",
            "swallow_errors": lambda: bool(fields["_swallow_errors"]),
            "fallback": lambda: bool(fields["_in_memory_fallback_enabled"]),
            "key": lambda: qualified(fields["_key_func"]),
            "default": lambda: _texts(manager["_default_limits"]),
            "application": lambda: _texts(manager["_application_limits"]),
            "application_key": lambda: _application_key(fields, manager["_application_limits"]),
            "filters": lambda: [qualified(each) for each in fields["_request_filters"]],
            "unparsed": lambda: list(_unparsed(held, manager)),
            "routes": lambda: len(manager["_decorated_limits"]),
            "blueprints": lambda: len(manager["_blueprint_limits"]),
            "meta": lambda: _texts(fields["_meta_limits"]),
        }
    )


def _where(limiter: Any) -> str:  # noqa: ANN401 - as above
    fields = vars(limiter)
    storage = fields.get("_storage")
    client = None if storage is None else vars(storage).get("storage")
    if client is not None and type(client).__module__.split(".", 1)[0] in {"redis", "valkey"}:
        return address(client)
    uri = fields.get("_storage_uri") or ""
    return re.sub(r"\S*@", "", without_password(uri).partition("://")[2]) if "memory" not in uri else ""


def _application_key(fields: dict[str, Any], groups: Iterable[Any]) -> str:
    own = [vars(one).get("key_function") for one in groups]
    return qualified(own[0] or fields["_key_func"]) if own else ""


def _texts(groups: Iterable[Any]) -> list[str]:
    """Return limits as text, as the limits library writes them; those of a function by its name."""
    return [text for one in groups for text in _text(vars(one)["limit_provider"])]


def _text(provider: Any) -> list[str]:  # noqa: ANN401 - as above
    if not isinstance(provider, str):
        return [f"what {qualified(provider)}() returns"]
    parsed = _parsed(provider)
    return [provider] if parsed is None else parsed


def _parsed(text: str) -> list[str] | None:
    """Return the limits of a text, or None where the limits library refuses it."""
    if not text:
        return []
    try:
        return [str(one) for one in vars(sys.modules["limits"])["parse_many"](text)]
    except ValueError:
        return None


def _unparsed(held: Held, manager: dict[str, Any]) -> Iterator[dict[str, Any]]:
    general = {"default": manager["_default_limits"], "application": manager["_application_limits"]}
    general["meta"] = vars(held.object).get("_meta_limits", ())
    for name, groups in general.items():
        for text in _broken(groups):
            yield {"text": text, "name": name, "path": held.spot.path, "line": held.spot.line}
    for name, groups in manager["_blueprint_limits"].items():
        for text in _broken(groups):
            yield {"text": text, "name": f"blueprint {name}", "path": held.spot.path, "line": held.spot.line}
    for name, groups in manager["_decorated_limits"].items():
        for text in _broken(groups):
            module, function = _function(name)
            path, line = definition_line(module, function)
            yield {"text": text, "name": f"{module}.{function}" if function else name, "path": path, "line": line}


def _broken(groups: Iterable[Any]) -> list[str]:
    texts = [vars(one)["limit_provider"] for one in groups]
    return [one for one in texts if isinstance(one, str) and _parsed(one) is None]


def _function(name: str) -> tuple[str, str]:
    """Return module and qualified name of a function from what the limiter calls it: ``module.name.qualname``."""
    parts = name.split(".")
    for end in range(len(parts) - 1, 0, -1):
        if ".".join(parts[:end]) in sys.modules:
            return ".".join(parts[:end]), ".".join(parts[end + 1 :])
    return name, ""


def _drift(app: Any, limiter: Any) -> tuple[Drift, ...]:  # noqa: ANN401 - as above
    """Return where the config says one thing and the limiter does another, be it that its constructor says so."""
    config, fields = app.config, vars(limiter)
    parts: dict[str, Callable[[], tuple[Any, Any] | None]] = {
        "RATELIMIT_ENABLED": lambda: differ(bool(fields["enabled"]), bool(config["RATELIMIT_ENABLED"]))
    }
    if fields.get("initialized"):
        manager = vars(fields["limit_manager"])
        parts |= {
            "RATELIMIT_STORAGE_URI": lambda: _storage(limiter, config["RATELIMIT_STORAGE_URI"]),
            "RATELIMIT_DEFAULT": lambda: _limits(manager["_default_limits"], config["RATELIMIT_DEFAULT"]),
            "RATELIMIT_APPLICATION": lambda: _limits(manager["_application_limits"], config["RATELIMIT_APPLICATION"]),
            "RATELIMIT_META": lambda: _limits(fields["_meta_limits"], config["RATELIMIT_META"]),
            "RATELIMIT_STRATEGY": lambda: differ(fields["_strategy"], config["RATELIMIT_STRATEGY"]),
            "RATELIMIT_KEY_PREFIX": lambda: differ(fields["_key_prefix"] or "", config["RATELIMIT_KEY_PREFIX"] or ""),
        }
        flags = {
            "RATELIMIT_HEADERS_ENABLED": "_headers_enabled",
            "RATELIMIT_SWALLOW_ERRORS": "_swallow_errors",
            "RATELIMIT_FAIL_ON_FIRST_BREACH": "_fail_on_first_breach",
        }
        for key, name in flags.items():
            parts[key] = partial(_flag, fields, name, config, key)
        if config.get("RATELIMIT_IN_MEMORY_FALLBACK_ENABLED"):
            parts["RATELIMIT_IN_MEMORY_FALLBACK_ENABLED"] = lambda: differ(
                bool(fields["_in_memory_fallback_enabled"]), True
            )
    return drifts(parts)


def _flag(fields: Mapping[str, Any], name: str, config: Mapping[str, Any], key: str) -> tuple[Any, Any] | None:
    return differ(bool(fields[name]), bool(config[key]))


def _limits(groups: Iterable[Any], configured: Any) -> tuple[str, Any] | None:  # noqa: ANN401 - as above
    if configured is None:
        return None
    groups = list(groups)
    providers = [vars(one)["limit_provider"] for one in groups]
    wanted = _text(configured) if isinstance(configured, str) or callable(configured) else None
    if any(one is configured for one in providers) or (wanted is not None and sorted(_texts(groups)) == sorted(wanted)):
        return None
    if not wanted and not groups:
        return None
    return "; ".join(_texts(groups)) or "no limits", configured


def _storage(limiter: Any, configured: str) -> tuple[str, str] | None:  # noqa: ANN401 - as above
    """Return both places if the limiter counts elsewhere than the config says."""
    fields = vars(limiter)
    own, storage = fields.get("_storage_uri"), fields["_storage"]
    if not configured or own == configured:
        return None
    if own:
        return own, configured
    scheme = configured.partition("://")[0]
    schemes = next(vars(base)["STORAGE_SCHEME"] for base in type(storage).__mro__ if "STORAGE_SCHEME" in vars(base))
    used = _where(limiter)
    if scheme not in schemes:
        return f"{schemes[0]}://{used}", configured
    if scheme in {"redis", "rediss"} and used and used != address_of_url(configured):
        return f"{scheme}://{used}", configured
    return None
