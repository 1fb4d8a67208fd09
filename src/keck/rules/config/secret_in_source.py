"""A key that signs sessions or tokens is written in the source.

What:
    `SECRET_KEY`, `JWT_SECRET_KEY` or another signing key is a literal in the config that the app
    runs with, or the literal that stands in when an environment variable is not set.

Why:
    Whoever can read the repository, a backup or an image of it can sign a session cookie or an
    access token for any user. Nothing fails and nothing is logged, and a fallback is used exactly
    where somebody forgot to set the variable: in production. Changing the key later does not
    remove it from the history.

Fix:
    Read it from the environment and fail where it is missing:
    `SECRET_KEY = os.environ["SECRET_KEY"]`. Draw one with `python -c "import secrets;
    print(secrets.token_hex(32))"`, and count the old one as known. `keck fix` writes the first where unsafe fixes
    are asked for: the app does not start any more while the variable is not set.

When to ignore it:
    Where the literal is for development only and something else makes sure that production
    cannot start with it: a branch or a check in which Keck can see this makes it a note. Keys of test
    configs and of branches for tests are never reported, nor are keys that are drawn at random.

Evidence:
    A token signed with a key that two processes share is accepted by both, and one signed by
    hand with the key from the source is accepted too; PyJWT accepts keys of six characters with no more
    than an InsecureKeyLengthWarning (Flask-JWT-Extended 4.7.4, PyJWT 2.15.1). Of 87 public Flask
    repositories looked at, 33 hold such a literal and 21 a literal fallback.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from keck.finding import Finding, Level, Place
from keck.project import Project
from keck.rule import Rule
from keck.rules._wording import code, listed
from keck.rules.config._environment import from_environment
from keck.rules.config._literals import Literal, literals

rule = Rule(
    __name__,
    level=Level.error,
    needles=(
        "SECRET_KEY",
        "secret_key",
        "JWT_SECRET",
        "PASSWORD_SALT",
        "JWT_PRIVATE_KEY",
        "config",
        "Config",
        "settings",
        "Settings",
    ),
)

_KEYS = re.compile(r"^((\w+_)?SECRET_KEY(_FALLBACKS)?|JWT_SECRET|SECURITY_TOTP_SECRETS)$")
_LEVELS = {
    "literal": Level.error,
    "loose": Level.warning,
    "fallback": Level.warning,
    "branch": Level.note,
    "refused": Level.note,
    "overridable": Level.note,
    "spare": Level.note,
}


@rule.in_code
def check(project: Project) -> Iterator[Finding]:
    """Yield one finding a statement or literal, however many keys it is written to."""
    salted = project.uses("flask_security")

    def wanted(key: str) -> bool:
        return bool(_KEYS.match(key)) or key == "JWT_PRIVATE_KEY" or (salted and key == "SECURITY_PASSWORD_SALT")

    found: dict[Place, list[Literal]] = {}
    for one in literals(project, wanted):
        text = one.known.value if isinstance(one.known.value, str) else ""
        if one.setting.key == "JWT_PRIVATE_KEY" and not text.startswith("-----BEGIN"):
            continue
        found.setdefault(one.place, []).append(one)
    for every in found.values():
        first = max(every, key=lambda one: _LEVELS[one.how])
        keys = sorted({one.setting.key for one in every})
        elsewhere = {one.setting.place for one in every} - {first.place}
        yield rule.finding(
            first.place,
            _message(first, keys),
            f'read it from the environment and fail when it is missing: `os.environ["{_variable(project, first, keys)}"]`',
            level=_LEVELS[first.how],
            symbol=keys[0],
            related=[(one, "written to the config here") for one in sorted(elsewhere)],
            fix=from_environment(project, first, _variable(project, first, keys)),
        )


def _variable(project: Project, one: Literal, keys: list[str]) -> str:
    """Return the variable to read a key from: the one that is read already, where that is not another key's own."""
    borrowed = one.variable not in keys and (one.variable == "SECRET_KEY" or one.variable in project.config.settings)
    return keys[0] if borrowed or one.variable in {"", "?"} else one.variable


def _message(one: Literal, keys: list[str]) -> str:
    where = f" of `{one.holder}`" if one.holder else ""
    what = f"{listed(map(code, keys))}{where} {'is a literal' if len(keys) == 1 else 'are one literal'} in the source"
    match one.how:
        case "fallback" if one.variable not in {"", "?"}:
            return f"{what} where the environment does not set `{one.variable}`"
        case "fallback":
            return f"{what} where nothing else is set"
        case "branch":
            return f"{what} in one of the branches"
        case "refused":
            return f"{what}, with which a check refuses to go on"
        case "spare":
            return f"{what}, in a file of settings that nothing visible loads"
        case "overridable":
            return f"{what} unless what is loaded later replaces it"
        case _:
            return what
