"""A config key is set that the extension does not read.

What:
    A key in the namespace of an extension that the project imports (`SQLALCHEMY_`, `JWT_`, `CORS_`,
    `CACHE_`, `RATELIMIT_`, `MAIL_`) and that the pinned version of the extension does not read:
    misspelt, renamed or removed. Keys that the project reads itself are its own affair.

Why:
    Nothing fails and nothing is logged; the setting is simply not there. With
    `RATELIMIT_STORAGE_URL` limits are counted in each process, with `CORS_ORIGIN` every origin is allowed, and
    with `SQLALCHEMY_COMMIT_ON_TEARDOWN` what is not committed is lost.

Fix:
    Use the name that the extension reads, or remove the key. `keck fix` writes the new name of a key that was
    renamed, and where unsafe fixes are asked for also the one that a misspelt key resembles.

When to ignore it:
    For a key that something reads where Keck does not look: a template, or an extension that shares the
    namespace. A key that resembles none of the extension's is therefore only a note in a project with templates.

Evidence:
    Each set to a value that would show: Flask-Limiter 4.1.1 counts in memory with RATELIMIT_STORAGE_URL,
    Flask-CORS 6.0.5 answers every origin with CORS_ORIGIN, Flask-JWT-Extended 4.7.4 accepts a revoked
    token with JWT_BLACKLIST_ENABLED, Flask-SQLAlchemy 3.1.1 stores no row with
    SQLALCHEMY_COMMIT_ON_TEARDOWN. pallets-eco/flask-sqlalchemy pull requests 1113 and 829,
    corydolphin/flask-cors issue 42, alisaifee/flask-limiter issue 256.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from difflib import get_close_matches

from keck.edit import Fix
from keck.finding import Finding, Level
from keck.known import ADDED, NAMESPACES, REMOVED, distribution, known, owner
from keck.live.record import LiveApp, Setting
from keck.project import Project
from keck.project.config import Setting as Written
from keck.rule import Rule
from keck.rules._live import PACKAGES
from keck.rules._settings import is_set_beside, renamed

rule = Rule(
    __name__,
    level=Level.warning,
    needles=(*NAMESPACES, *REMOVED, "flask_"),
    requires=tuple(NAMESPACES.values()),
    good="Every config key of an extension is one that it reads",
)

_TITLES = {
    "flask_sqlalchemy": "Flask-SQLAlchemy",
    "flask_jwt_extended": "Flask-JWT-Extended",
    "flask_cors": "Flask-CORS",
    "flask_caching": "Flask-Caching",
    "flask_limiter": "Flask-Limiter",
    "flask_mail": "Flask-Mail",
}
_SHARERS = {
    "flask_mail": ("flask_mailman", "flask_mailing", "flask_user", "flask_sendgrid"),
    "flask_jwt_extended": ("flask_jwt", "flask_jwt_simple", "flask_praetorian", "flask_jwt_router", "flask_appbuilder"),
    "flask_caching": ("flask_cache", "flask_session", "flask_appbuilder"),
    "flask_sqlalchemy": ("flask_sqlalchemy_lite", "alchemical", "flask_appbuilder"),
    "flask_limiter": ("flask_appbuilder",),
}
"""Packages that read keys of their own in the namespace of an extension."""


@rule.in_code
def check(project: Project) -> Iterator[Finding]:
    """Yield one finding a place where such a key is set."""
    for key in sorted(project.config.settings):
        extension = owner(key)
        if extension is None or not project.uses(extension):
            continue
        if any(project.uses(one) for one in _SHARERS.get(extension, ())):
            continue
        for setting in project.config.of(key):
            path = setting.module.path
            told = None if setting.module.is_test else _told(_pinned(project, path), key, extension)
            if told is not None and not _is_read(project, key):
                foreign = key not in {*known(extension), *REMOVED} and not _close(key, extension)
                level = Level.note if foreign and _renders(project) else None
                fix = _fix(project, setting, key, _close(key, extension))
                yield rule.finding(setting.place, *told, level=level, symbol=key, fix=fix)


_SAME = frozenset({
    "RATELIMIT_STORAGE_URL", "RATELIMIT_GLOBAL", "JWT_CSRF_HEADER_NAME", "DEFAULT_MAIL_SENDER",
})  # fmt: skip
"""Keys that have been renamed, and mean what they meant."""
_CHANGES = {"CORS_HEADERS": "closes the app to requests of other origins that carry a header which it does not name"}
"""Keys that have been renamed, and whose value shuts out what has been let in for as long as nothing read them."""


def _fix(project: Project, setting: Written, key: str, close: str) -> Fix | None:
    """Return the key's renaming: safe where it is the old name of another one, a guess where it only resembles one."""
    removed = REMOVED.get(key)
    meant = close if removed is None else removed.replacement
    if not meant or (removed is not None and removed.advice) or is_set_beside(project, setting, meant):
        return None
    edit = renamed(setting, meant)
    changes = "" if key in _SAME else _CHANGES.get(key, "takes the value for what it seems to be meant for")
    if not changes and _is_late(project, setting, meant):
        changes = "leaves it where it is written, after the extension has been bound"
    return Fix(f"write `{meant}`", (edit,), safe=not changes, changes=changes, intends=_INTENDS) if edit else None


def _is_late(project: Project, setting: Written, key: str) -> bool:
    """Whether a setting is written below a binding of the extension that reads it, in the same function."""
    kind = PACKAGES.get(owner(key) or "", "")
    return not setting.holder and any(
        (one.module, one.scope) == (setting.module, setting.scope) and one.call.line < setting.span.line
        for each in project.instances_of(kind)
        for one in each.bindings
    )


_INTENDS = ("config/*", "extensions/*", "limits/*", "cors/*", "cache/*")


def _is_read(project: Project, key: str) -> bool:
    """Whether the project reads a key, by its name or with all that begin alike."""
    starts = [one for one in project.config.mentions if one.endswith("_") and key.startswith(one)]
    return key in project.config.mentions or bool(starts)


def _renders(project: Project) -> bool:
    """Whether the project has templates, which may read any key of the config and are not looked at."""
    called = any(one.startswith("render_template") for one in project.objects.calls_by_name)
    return called or any(
        one.name.startswith("render_template") for module in project.modules for one in module.facts.imports
    )


def _close(key: str, extension: str) -> str:
    """Return the key of an extension that this one seems to be meant for, or an empty text."""
    return next(iter(get_close_matches(key, sorted(known(extension)), 1, 0.75)), "")


Before = Callable[[str, str], bool | None]
"""Whether a distribution is older than a version; None where that is not known."""


def _pinned(project: Project, path: str) -> Before:
    return lambda name, version: project.pins.before(name, version, path)


def _told(before: Before, key: str, extension: str) -> tuple[str, str] | None:
    """Return what is wrong with a key and what to do, or None when it is read."""
    name, title = distribution(extension), _TITLES[extension]
    if key in known(extension):
        since = ADDED.get(key, (extension, ""))[1]
        if since and before(name, since):
            return f"{title} reads `{key}` only since {since}", f"raise the pin of {name}, or remove the key"
        return None
    removed = REMOVED.get(key)
    if removed is None:
        close = _close(key, extension)
        advice = f"write `{close}` if that is what is meant" if close else "correct its name"
        return f"{title} does not read `{key}`", f"{advice}; if nothing else reads it, such as a template, remove it"
    if removed.removed_in is not None and before(name, removed.removed_in):
        return None
    said = f"{title} does not read `{key}`"
    if removed.removed_in:
        said = f"{title} {removed.removed_in} and later do not read `{key}`"
    advice = removed.advice or (f"use `{removed.replacement}`" if removed.replacement else "remove it")
    return f"{said}{removed.effect and ': ' + removed.effect}", advice


# the live app


@rule.in_app
def examine(app: LiveApp) -> Iterator[Finding]:
    """Yield the keys of extensions that serve the app which those do not read; the app may read some itself."""
    for key, setting in app.config.items():
        extension = owner(key)
        if extension is None or app.serving(PACKAGES[extension]) is None or setting.type == "NoneType":
            continue
        told = None if _shared(app, extension) else _told(_installed(app), key, extension)
        removed, close = REMOVED.get(key), _close(key, extension)
        foreign = removed is None and not close and key not in known(extension)
        meant = removed.replacement if removed else close
        if told is None or foreign or _feeds(app, setting, meant if meant != key else None) or _handed_on(app, key):
            continue
        yield rule.live(
            app.spot,
            *told,
            level=None if removed else Level.note,
            symbol=key,
            tags=(key, PACKAGES[extension]),
        )


def _installed(app: LiveApp) -> Before:
    def before(name: str, version: str) -> bool | None:
        found = app.versions.get(name)
        return None if found is None else _numbers(found) < _numbers(version)

    return before


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(one) for one in re.findall(r"\d+", version)[:3])


def _shared(app: LiveApp, extension: str) -> bool:
    """Whether another extension that reads keys of the same namespace is loaded."""
    loaded = {one.replace("-", "_") for one in (*app.versions, *(hook.library for hook in app.hooks))}
    return any(one in loaded for one in _SHARERS.get(extension, ()))


def _feeds(app: LiveApp, setting: Setting, other: str | None) -> bool:
    """Whether the key that is read has the value of this one: then the app itself hands it on."""
    read = app.config.get(other or "")
    if read is None or other is None:
        return False
    if setting.secret is not None:
        return other in setting.secret.get("same", ())
    return setting.value is not None and (read.type, read.value) == (setting.type, setting.value)


def _handed_on(app: LiveApp, key: str) -> bool:
    """Whether what an extension does shows that the app hands it what stands under a key of its own."""
    if key == "RATELIMIT_STORAGE_URL":
        return any(one.facts.get("per_process") is False for one in app.of("limiter", "this", "both"))
    if key in {"MAIL_SENDER", "DEFAULT_MAIL_SENDER"}:
        return any(one.facts.get("default_sender") for one in app.of("mail"))
    if not key.startswith("CORS_") or "ORIGIN" not in key:
        return False
    policies = [each for one in app.facts.get("cors", ()) for each in one["resources"]]
    return bool(policies) and not any(one["open"] for one in policies)
