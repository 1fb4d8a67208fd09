"""Which views take a password, reset one, or check a one-time code."""

from __future__ import annotations

import re

from keck.project import Project
from keck.project.routes import Route
from keck.rules.limiter._signs import signs

_FORGOTTEN = "forgot|forget|reset|remind|recover|lost|retrieve|restore"
_RESETS = re.compile(
    rf"({_FORGOTTEN})(ten|ing|er|y|ed)?(my|your|the|user|account)?(pass|pwd|pw)|(pass(word|wd)?|pwd|pw)({_FORGOTTEN})"
)
_ONE_TIME = re.compile(r"otp|2fa|mfa|twofactor|secondfactor|onetime")
_CHECKING = re.compile(r"verif|check|valid|confirm|complet|login|auth")
_REGISTERS = re.compile(r"regist|signup|createuser|createaccount|newaccount|newuser|adduser")
_MANAGES = re.compile(r"change|edit|update|delete|remove|profile|setting|account")
_LOGIN = re.compile(r"login|logon|signin")


def sensitive(project: Project, route: Route) -> str:
    """Return what a view does that wants a limit, or an empty text.

    A check against a stored password in a view that also logs somebody in is a login, whatever its fields are called.
    A password that is asked for twice and compared with none that is stored belongs to a registration.
    """
    if not route.writes and route.methods:
        return ""
    name = re.sub(
        r"[^a-z0-9]", "", f"{route.name} {' '.join(re.sub(r'<.*?>', '', one) for one in route.rules)}".lower()
    )
    if _RESETS.search(name):
        return "resets a password"
    if _REGISTERS.search(name):
        return ""
    found = signs(project, route)
    one_time = found.logs_in and _ONE_TIME.search(name) and _CHECKING.search(name)
    if one_time and not found.takes:
        return "checks a one-time code"
    proven = found.hashes and (found.logs_in or found.mints)
    if found.confirms and not found.hashes:
        return "sets a password by token" if found.sets and found.by_token and not found.makes else ""
    if found.checks and (found.takes or proven):
        manages = _MANAGES.search(name) and not found.logs_in and not (proven and _LOGIN.search(name))
        return "" if manages else "takes a password"
    if found.sets and found.by_token and not found.makes and not found.logs_in:
        return "sets a password by token"
    if found.takes and found.logs_in and not found.sets:
        return "takes a password"
    return "checks a one-time code" if one_time else ""
