"""A password of a database, mail server or Redis is written in the source.

What:
    `MAIL_PASSWORD`, `CACHE_REDIS_PASSWORD` or another password of the config is a literal, or the URL
    of a database, Redis or message broker carries one (`postgresql://shop:hunter2@db/shop`).

Why:
    Everybody who can read the repository, a fork, a backup or an image of it can log in to that
    server. The password stays in the history after it has been removed, and it cannot differ between
    machines.

Fix:
    Read it from the environment, `MAIL_PASSWORD = os.environ["MAIL_PASSWORD"]`, and change the
    password at the server, because the old one is known. `keck fix` writes the first where unsafe fixes are asked
    for: the app does not start any more while the variable is not set.

When to ignore it:
    Where the server can only be reached from the developer's own machine. Test configs, empty
    passwords and placeholders such as `<password>` are never reported; a fallback that points to
    localhost is a note.

Evidence:
    Found by reading public repositories: mail passwords and database URLs of that kind stand in
    the config of several of the 87 that were looked at, some of them for hosted servers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from keck.facts.expr import Const, Expr, Ref, Text, terminal, walk
from keck.finding import Finding, Level, Place
from keck.known import owner
from keck.project import Project
from keck.project.config import Setting
from keck.project.module import Where
from keck.project.values import Env, Known
from keck.rule import Rule
from keck.rules._wording import code, listed
from keck.rules.config._environment import from_environment
from keck.rules.config._literals import Literal, judged, literals

rule = Rule(
    __name__,
    level=Level.warning,
    needles=("PASS", "SQLALCHEMY_", "_URL", "_URI", "config", "Config", "settings", "Settings"),
)

_PASSWORD = re.compile(r"^(MAIL|SMTP|EMAIL|DB|DATABASE|MYSQL|POSTGRES\w*|PG|SQL\w*|REDIS|CACHE_REDIS|CACHE_REDIS_SENTINEL|"
                       r"CACHE_MEMCACHED|MONGO\w*|LDAP\w*|RABBITMQ|BROKER)_(USER_)?(PASSWORD|PASSWD|PASS|PWD)$")  # fmt: skip
_ADDRESS = re.compile(r"_(URL|URI|DSN)$|^(SQLALCHEMY_BINDS|BROKER|CELERY\w*|MONGODB_SETTINGS|RESULT_BACKEND)$")
_IN_URL = re.compile(r"^[a-z][a-z0-9+.-]*://[^:/?#@\s]*:(?P<password>[^@\s]+)@(?P<host>[^/:?#\s]*)", re.IGNORECASE)
_PLACEHOLDER = re.compile(
    r"^(<.*>|\{.*\}|\[.*\]|%\(.*\)s|\$\{?\w+\}?|your\W?.*|example.*|x+|\*+|\.+|-+|none|null|\W*(db_?)?(user_?)?pass(word)?_?here)$",
    re.IGNORECASE,
)
_HERE = re.compile(r"^(localhost|127\.0\.0\.1|\[?::1\]?|0\.0\.0\.0|host\.docker\.internal|)$")
_NOWHERE = re.compile(r"^(host(name)?|db_?host|your\W?\w*)$", re.IGNORECASE)
_UNSEEN = "\0"
_MILD = ("branch", "refused", "overridable")


@rule.in_code
def check(project: Project) -> Iterator[Finding]:
    """Yield one finding a literal."""
    found: dict[Place, list[tuple[Literal, str]]] = {}
    for one in literals(project, lambda key: bool(_PASSWORD.search(key) or _ADDRESS.search(key))):
        host = _exposed(one.setting.key, one.known.value)
        if host is not None:
            found.setdefault(one.known.place, []).append((one, host))
    for every in found.values():
        yield _finding(project, *every[0], sorted({one.setting.key for one, _ in every}))
    yield from _computed(project)


def _computed(project: Project) -> Iterator[Finding]:
    """Yield the addresses that are put together with an f-string in which the password is a literal."""
    for key, every in sorted(project.config.settings.items()):
        for setting in every if _ADDRESS.search(key) else ():
            if not isinstance(setting.expr, Text) or isinstance(setting.value, Known):
                continue
            host = _exposed(key, _spelt(setting.expr))
            how = judged(project, setting)
            if host is not None and how:
                yield rule.finding(
                    setting.place,
                    f"`{key}` holds a password from the source",
                    _help(project, setting, ""),
                    level=Level.note if how == "spare" or (how in _MILD and _HERE.match(host)) else None,
                    symbol=key,
                )


def _finding(project: Project, one: Literal, host: str, keys: list[str]) -> Finding:
    key = one.setting.key
    named = listed(map(code, sorted(keys, key=lambda each: (owner(each) is None, each))))
    weak = one.how in {*_MILD, "spare"} or (one.how == "fallback" and bool(_HERE.match(host)))
    what = f"{named} of `{one.holder}`" if one.holder else named
    holds = "holds" if len(keys) == 1 else "hold"
    where = f" where the environment does not set `{one.variable}`" if one.variable not in {"", "?"} else ""
    elsewhere = [] if one.place == one.setting.place else [(one.setting.place, "written to the config here")]
    elsewhere += [
        (place, f"the password is stated here, as `{name}`")
        for name, place in _parts(project, one)
        if place != one.place
    ]
    return rule.finding(
        one.place,
        f"{what} {holds} a password from the source{where}",
        _help(project, one.setting, one.variable),
        level=Level.note if weak else None,
        symbol=key,
        related=elsewhere,
        fix=from_environment(project, one, _named(project, one.setting, one.variable) or key),
    )


def _parts(project: Project, one: Literal) -> Iterator[tuple[str, Place]]:
    """Yield the names from which an address takes its password, each with where that is stated."""
    found = _IN_URL.match(str(one.known.value))
    if found is None or one.setting.expr is None:
        return
    for module, scope, expr in _made_of(project, one.setting, one.setting.expr):
        for part in walk(expr):
            value = project.value(module, scope, part) if isinstance(part, Ref) else None
            if isinstance(value, Known) and value.value == found["password"]:
                yield terminal(part), value.place


def _made_of(project: Project, setting: Setting, expr: Expr) -> Iterator[Where]:
    """Yield the expression of a setting and, where that is a name, what is written to the name."""
    yield setting.module, setting.scope, expr
    if isinstance(expr, Ref):
        yield from project.objects.written(project.resolve(setting.module, setting.scope, expr))


def _help(project: Project, setting: Setting, variable: str) -> str:
    """Return what to do, with the environment variable that the code reads already where there is one."""
    name = _named(project, setting, variable)
    if name is None:
        example = f', such as `os.environ["{setting.key}"]`' if _PASSWORD.search(setting.key) else ""
        return f"read it from an environment variable{example}, and change the password: this one is known"
    return f'read it from `os.environ["{name}"]` alone, and change the password: this one is known'


def _named(project: Project, setting: Setting, variable: str) -> str | None:
    """Return the environment variable from which the code reads a setting already, or None."""
    beside = [
        one.value.name
        for one in project.config.of(setting.key)
        if (one.module, one.scope) == (setting.module, setting.scope) and isinstance(one.value, Env)
    ]
    return next((one for one in (variable, *beside) if one not in {"", "?", None}), None)


def _exposed(key: str, value: object) -> str | None:
    """Return the host whose password a text gives away, empty where the key names none, or None."""
    if not isinstance(value, str):
        return None
    if _PASSWORD.search(key):
        return None if _UNSEEN in value or _PLACEHOLDER.match(value) else "?"
    found = _IN_URL.match(value)
    if found is None or _UNSEEN in found["password"] or _PLACEHOLDER.match(found["password"]):
        return None
    return None if _NOWHERE.match(found["host"]) else found["host"]


def _spelt(expr: Expr) -> str:
    """Return an f-string's text with a mark for each part that is computed."""
    parts = expr.parts if isinstance(expr, Text) else ()
    return "".join(str(one.value) if isinstance(one, Const) else _UNSEEN for one in parts)
