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
    Use the name that the extension reads, or remove the key.

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

from collections.abc import Iterator
from difflib import get_close_matches

from keck.finding import Finding, Level
from keck.known import ADDED, NAMESPACES, REMOVED, distribution, known, owner
from keck.project import Project
from keck.rule import Rule

rule = Rule(
    __name__,
    level=Level.warning,
    needles=(*NAMESPACES, *REMOVED, "flask_"),
    requires=tuple(NAMESPACES.values()),
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
            told = None if setting.module.is_test else _told(project, key, extension, setting.module.path)
            if told is not None and not _is_read(project, key):
                foreign = key not in {*known(extension), *REMOVED} and not _close(key, extension)
                level = Level.note if foreign and _renders(project) else None
                yield rule.finding(setting.place, *told, level=level, symbol=key)


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


def _told(project: Project, key: str, extension: str, path: str) -> tuple[str, str] | None:
    """Return what is wrong with a key and what to do, or None when it is read."""
    name, title = distribution(extension), _TITLES[extension]
    if key in known(extension):
        since = ADDED.get(key, (extension, ""))[1]
        if since and project.pins.before(name, since, path):
            return f"{title} reads `{key}` only since {since}", f"raise the pin of {name}, or remove the key"
        return None
    removed = REMOVED.get(key)
    if removed is None:
        close = _close(key, extension)
        advice = f"write `{close}` if that is what is meant" if close else "correct its name"
        return f"{title} does not read `{key}`", f"{advice}; if nothing else reads it, such as a template, remove it"
    if removed.removed_in is not None and project.pins.before(name, removed.removed_in, path):
        return None
    said = f"{title} does not read `{key}`"
    if removed.removed_in:
        said = f"{title} {removed.removed_in} and later do not read `{key}`"
    advice = removed.advice or (f"use `{removed.replacement}`" if removed.replacement else "remove it")
    return f"{said}{removed.effect and ': ' + removed.effect}", advice
