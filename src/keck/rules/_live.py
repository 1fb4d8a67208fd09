"""How rules speak of the extension instances of a live app, and which of them are the project's own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from keck.live.record import TITLES, Instance, LiveApp, Spot
from keck.project.module import is_test
from keck.rule import Skipped

PACKAGES = {
    "flask_sqlalchemy": "sqlalchemy",
    "flask_jwt_extended": "jwt",
    "flask_cors": "cors",
    "flask_caching": "caching",
    "flask_limiter": "limiter",
    "flask_mail": "mail",
}
"""The extensions that read config keys, by the package that `keck.known` has them under."""

_LIBRARIES = ("/site-packages/", "/dist-packages/")


def variable(one: Instance) -> str:
    """Return the name of the variable that holds an instance, or the extension's title."""
    return one.name.rpartition(":")[2] or TITLES[one.extension]


def spoken(one: Instance) -> str:
    """Return an instance as messages have it: ```limiter` (Flask-Limiter)``."""
    return f"`{variable(one)}` ({TITLES[one.extension]})" if one.name else f"the instance of {TITLES[one.extension]}"


def symbol(one: Instance) -> str:
    """Return what a finding about an instance is about, as the code half of a rule says it."""
    return one.name or TITLES[one.extension]


def tags(one: Instance) -> tuple[str, ...]:
    """Return the tags of a finding about an instance: its extension, and itself."""
    return (one.extension, one.name) if one.name else (one.extension,)


def serving(app: LiveApp) -> Iterator[Instance]:
    """Yield the instances of each extension that serve the app."""
    return (one for one in app.instances if one.bound in {"this", "both", "unknown"})


def is_own(app: LiveApp, one: Instance) -> bool:
    """Whether something shows that the project itself makes an instance: no library does, nor do its tests."""
    path = one.spot.path
    if any(part in path for part in _LIBRARIES) or not (path or one.name):
        return False
    relative = path.removeprefix(app.root + "/")
    module = one.name.partition(":")[0].replace(".", "/") + ".py"
    return not is_test(relative.rpartition("/")[2] if relative == path else relative) and not is_test(module)


def related(ones: Iterable[Instance], what: str) -> list[tuple[Spot, str]]:
    """Return where instances are made, each with what is there; those whose place is unknown are left out."""
    return [(one.spot, what.format(name=variable(one))) for one in ones if one.spot.path]


def serves_for_real(app: LiveApp) -> None:
    """Go on only where an app is neither testing nor in debug mode.

    Raises:
        Skipped: it is.
    """
    if app.testing:
        raise Skipped("the app is testing")
    if app.debug:
        raise Skipped("the app is in debug mode")
