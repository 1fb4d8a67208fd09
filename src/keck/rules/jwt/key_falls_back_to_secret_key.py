"""Tokens are signed with Flask's `SECRET_KEY`.

What:
    A JWTManager in a project that sets no `JWT_SECRET_KEY`, sets it empty, or makes it fall back to
    `SECRET_KEY`.

Why:
    One key opens two doors: who learns the key of the session cookies (it is the one that ends up in
    examples, screenshots and debug pages) can also forge the token of any user. It cannot be
    changed for one purpose without throwing everybody out of the other.

Fix:
    `JWT_SECRET_KEY = os.environ["JWT_SECRET_KEY"]`, 32 random bytes or more. Tokens that are out
    when the key changes become invalid.

When to ignore it:
    Where the app uses no sessions and SECRET_KEY serves for tokens alone.

Evidence:
    Reproduced with Flask-JWT-Extended 4.7.4: without JWT_SECRET_KEY a token verifies with
    SECRET_KEY; without either, requests with a token answer 500.
"""

from __future__ import annotations

from collections.abc import Iterator

from keck.facts.expr import Attr, Const, Ref, walk
from keck.finding import Finding, Level
from keck.live.record import LiveApp
from keck.live.record import Setting as LiveSetting
from keck.project import Project
from keck.project.config import Setting
from keck.project.values import Known
from keck.rule import Rule
from keck.rules._live import spoken, variable
from keck.rules.jwt._live import minting, tokens
from keck.rules.jwt._manager import PACKAGE, guards, registers

rule = Rule(
    __name__,
    requires=("flask_jwt", "flask.ext"),
    level=Level.note,
    needles=("flask_jwt_extended", "init_app", "SECRET_KEY", "secret_key", "JWT_", ".config", "key_loader"),
    good="Tokens are signed with a key of their own",
    needs=("jwt",),
)

_KEY = "JWT_SECRET_KEY"
_OTHER_KEYS = ("JWT_PRIVATE_KEY", "JWT_PUBLIC_KEY", "JWT_ALGORITHM")


@rule.in_code
def check(project: Project) -> Iterator[Finding]:
    """Yield the manager that has no key of its own, or the setting that gives it the other one."""
    managers = project.instances_of("jwt")
    if not managers or not _in_use(project) or registers(project, "encode_key_loader", "decode_key_loader"):
        return
    if any(_asymmetric(one) for key in _OTHER_KEYS for one in project.settings(key)):
        return
    settings = project.settings(_KEY)
    for one in settings:
        if one.role in {"base", "production"} and _shared(one):
            yield rule.finding(
                one.place,
                f"`{_KEY}` falls back to `SECRET_KEY`: whoever has the key of the session cookies can forge tokens",
                f"give `{_KEY}` a value of its own",
                symbol=_KEY,
            )
    if settings or project.config.hidden or project.config.mentions.get(_KEY):
        return
    manager = managers[0]
    if manager.bindings:
        yield rule.finding(
            manager.place,
            f"no `{_KEY}` is set, so `{manager.name}` signs tokens with `SECRET_KEY`",
            f"set `{_KEY}` to a value of its own",
            symbol=_KEY,
            related=[(one.place, "`SECRET_KEY` is set here") for one in project.settings("SECRET_KEY")[:3]],
        )


def _in_use(project: Project) -> bool:
    """Whether tokens are made or checked with the manager's key at all."""
    makers = (f"{PACKAGE}.create_access_token", f"{PACKAGE}.create_refresh_token")
    return any(True for _ in project.calls_to(*makers)) or any(True for _ in guards(project))


def _asymmetric(one: Setting) -> bool:
    """Whether a setting means, or may mean, that tokens are not signed with a shared secret."""
    if one.key != "JWT_ALGORITHM" or not isinstance(one.value, Known):
        return True
    return not str(one.value.value).startswith("HS")


def _shared(one: Setting) -> bool:
    if isinstance(one.value, Known) and one.value.value in {None, ""}:
        return True
    for part in walk(one.expr) if one.expr is not None else ():
        name = part.value if isinstance(part, Const) else part.name if isinstance(part, Ref | Attr) else ""
        if isinstance(name, str) and name.rpartition(".")[2].upper() == "SECRET_KEY":
            return True
    return False


@rule.in_app
def examine(app: LiveApp) -> Iterator[Finding]:
    """Yield the manager that signs tokens with Flask's key, or with none."""
    one = app.of("jwt", "this", "both", "unknown")[0]
    own, other = app.config.get(_KEY), app.config.get("SECRET_KEY")
    symmetric = str(app.config.get("JWT_ALGORITHM", LiveSetting("str", "HS256")).value).startswith("HS")
    used = any(tokens(route) for route in app.routes) or any(True for _ in minting(app))
    if one.facts.get("key_loaders") is not False or not symmetric or not used:
        return
    shared = own is not None and "SECRET_KEY" in (own.secret or {}).get("same", ())
    if _is_set(own) and not shared:
        return
    what, level = f"no `{_KEY}` is set, so {spoken(one)} signs tokens with `SECRET_KEY`", None
    if shared:
        what = f"`{_KEY}` is the same as `SECRET_KEY`: whoever has the key of the session cookies can forge tokens"
    elif not _is_set(other):
        what = (
            f"neither `{_KEY}` nor `SECRET_KEY` is set: `{variable(one)}` can sign no token, and requests with one fail"
        )
        level = Level.error
    yield rule.live(one.spot, what, f"give `{_KEY}` a value of its own", level=level, symbol=_KEY, tags=("jwt", _KEY))


def _is_set(setting: LiveSetting | None) -> bool:
    """Whether a key holds more than nothing; what is no text, such as a key object, counts."""
    if setting is None:
        return False
    if setting.secret is not None:
        return bool(setting.secret.get("length"))
    return setting.type not in {"NoneType", "bool"}
