"""Flask-Mail.

Facts: ``server``, ``port``, ``use_tls``, ``use_ssl``, ``username`` and ``password`` (whether there is one),
``default_sender``, ``suppress``, ``debug``: of the state that the app keeps, or that of ``Mail(other_app)``.

`init_app` leaves nothing on the instance: any `Mail` then works for any app, and whether this one was meant is unknown.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from keck.live.extensions.reading import Reading, differ, drifts, extension_of, gather, names_of
from keck.live.record import Drift
from keck.live.scan import Held, Scan

_KEYS = {
    "MAIL_SERVER": ("server", "127.0.0.1"),
    "MAIL_PORT": ("port", 25),
    "MAIL_USE_TLS": ("use_tls", False),
    "MAIL_USE_SSL": ("use_ssl", False),
    "MAIL_USERNAME": ("username", None),
    "MAIL_PASSWORD": ("password", None),
    "MAIL_DEFAULT_SENDER": ("default_sender", None),
    "MAIL_MAX_EMAILS": ("max_emails", None),
    "MAIL_ASCII_ATTACHMENTS": ("ascii_attachments", False),
}


def read(held: Held, app: Any, scan: Scan) -> Reading:  # noqa: ANN401 - Flask is not imported here
    """Return what is known of a Mail."""
    one = vars(held.object)
    pinned, own = one.get("app"), one.get("state")
    serving = extension_of(app, "mail")
    if pinned is app:
        state = serving if serving is not None else own
        return _reading("this", app, state, twice=2 if serving is not own else 0)
    if pinned is not None:
        return Reading("other", (str(pinned.name),), facts=_facts(own))
    if serving is not None:
        return _reading("unknown", app, serving)
    others = names_of(scan.apps, lambda other: extension_of(other, "mail") is not None)
    return Reading("other" if others else "never", others)


def unheld(app: Any, scan: Scan) -> list[Reading]:  # noqa: ANN401 - as above
    """Return what serves the app though no Mail is there any more."""
    state = extension_of(app, "mail")
    held = [vars(one.object).get("app") for one in scan.held if one.extension == "mail"]
    if state is None or any(one is app or one is None for one in held):
        return []
    return [_reading("this", app, state)]


def _reading(bound: str, app: Any, state: Any, twice: int = 0) -> Reading:  # noqa: ANN401 - as above
    inert = "its mails are suppressed" if vars(state).get("suppress") else ""
    return Reading(bound, twice=twice, inert=inert, drift=_drift(app, state), facts=_facts(state))


def _facts(state: Any) -> dict[str, Any]:  # noqa: ANN401 - as above
    fields = vars(state)
    plain = ("server", "port", "use_tls", "use_ssl", "suppress", "debug")
    parts: dict[str, Callable[[], Any]] = {name: partial(_field, fields, name, _plain) for name in plain}
    parts |= {name: partial(_field, fields, name, bool) for name in ("username", "password")}
    return gather({**parts, "default_sender": lambda: _sender(fields["default_sender"])})


def _field(fields: Mapping[str, Any], name: str, make: Callable[[Any], Any]) -> Any:  # noqa: ANN401 - as above
    return make(fields[name])


def _key(
    fields: Mapping[str, Any],
    name: str,
    config: Mapping[str, Any],
    key: str,
    default: object,
) -> tuple[Any, Any] | None:
    return differ(fields[name], config.get(key, default))


def _plain(value: Any) -> Any:  # noqa: ANN401 - as above
    return value if value is None or type(value) in {str, int, bool, float} else str(value)


def _sender(value: Any) -> str | None:  # noqa: ANN401 - as above
    if isinstance(value, (tuple, list)) and len(value) == 2:
        return f"{value[0]} <{value[1]}>"
    return None if value is None else str(value)


def _drift(app: Any, state: Any) -> tuple[Drift, ...]:  # noqa: ANN401 - as above
    """Return what `init_mail` would read otherwise now."""
    config, fields = app.config, vars(state)
    parts: dict[str, Callable[[], tuple[Any, Any] | None]] = {
        key: partial(_key, fields, name, config, key, default) for key, (name, default) in _KEYS.items()
    }
    if "MAIL_DEBUG" in config:
        parts["MAIL_DEBUG"] = lambda: differ(fields["debug"], int(config["MAIL_DEBUG"]))
    suppress = "MAIL_SUPPRESS_SEND" if "MAIL_SUPPRESS_SEND" in config else "TESTING"
    parts[suppress] = lambda: differ(bool(fields["suppress"]), bool(config.get(suppress, False)))
    return drifts(parts)
