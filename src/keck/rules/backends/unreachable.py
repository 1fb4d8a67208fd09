"""A backend of the app does not answer, or does not let it in.

What:
    The database, the Redis of the cache or of the limiter, or the mail server cannot be reached with the app's own
    settings from where the doctor runs; a database or Redis refuses the login; an SQLite file is not there.

Why:
    Without the database every query fails. A limiter without its Redis answers every request with 500, or lets all
    of them through if it is told to swallow errors. A cache without its Redis calls every view again and says little
    of it. Mail is an error in the middle of a request.

Fix:
    Compare the address with where the backend runs: host, port, name, firewall, credentials. Addresses are shown
    without their passwords.

When to ignore it:
    Where the doctor runs on another machine than the app, from which the backend cannot be reached.

Evidence:
    Real PostgreSQL 16, Redis 6.2 and SMTP servers: refused connections, names that do not resolve, servers that accept
    and never answer (2 seconds are waited), wrong passwords. Flask-Limiter 4.1.1 with Redis down: 500 for every
    request by default, 200 without a limit with swallow_errors, limited with in_memory_fallback_enabled.
"""

from __future__ import annotations

from collections.abc import Iterator

from keck.finding import Finding, Level
from keck.live.record import Answer, Instance, LiveApp
from keck.rule import Rule

rule = Rule(
    __name__,
    level=Level.error,
    good="Every backend answers",
    needs=("backends",),
    follows=("app/config-without-effect", "app/test-override-after-bind", "mail/misconfigured"),
)

_STATES = {
    "database": frozenset({"unreachable", "refuses", "missing"}),
    "redis": frozenset({"unreachable", "refuses", "missing"}),
    "smtp": frozenset({"unreachable"}),
}
"""What counts as no answer, by kind; what a mail server refuses is told by a rule of mail, and migrations need a database."""
_CHECK = {
    "unreachable": "start it, correct its address, or leave backends out with `--no-backends`",
    "refuses": "correct the credentials or the name in its address",
    "missing": "make it, such as with `flask db upgrade`, or correct its path",
}


@rule.in_app
def examine(app: LiveApp) -> Iterator[Finding]:
    """Yield one finding a backend that the app cannot use."""
    for answer in app.answers or ():
        if answer.state not in _STATES.get(answer.kind, ()):
            continue
        at = f" at {answer.where}" if answer.where else ""
        what = {"unreachable": f"does not answer{at}", "refuses": f"refuses{at}", "missing": "is not there"}
        user = _user(app, answer)
        yield rule.live(
            user.spot if user is not None else app.spot,
            f"the {answer.name} {what[answer.state]}{answer.detail and ': ' + answer.detail}",
            _CHECK[answer.state],
            symbol=answer.name,
            tags=(answer.kind, answer.name, *((user.extension,) if user is not None else ())),
        )


def _user(app: LiveApp, answer: Answer) -> Instance | None:
    """Return the instance that a backend serves, as far as its kind and name tell."""
    if answer.kind == "redis":
        return next((app.serving(one) for one in ("limiter", "caching") if _SPOKEN[one] in answer.name), None)
    return app.serving("sqlalchemy" if answer.kind == "database" else "mail")


_SPOKEN = {"limiter": "limiter", "caching": "cache"}
