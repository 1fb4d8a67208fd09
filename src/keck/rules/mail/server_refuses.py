"""The mail server answers, and refuses what the app wants of it.

What:
    It refuses user and password, offers no AUTH although there is a `MAIL_USERNAME`, offers no STARTTLS although
    `MAIL_USE_TLS` is set, or shows a certificate that nobody vouches for; or user and password would go to it in the
    clear. Keck says EHLO, STARTTLS, AUTH and QUIT; it sends no mail.

Why:
    The first mail that the app sends fails, in the middle of a request, with an error that the user sees. Flask-Mail
    checks no certificate: whoever stands between can read the password.

Fix:
    Correct `MAIL_USERNAME`, `MAIL_PASSWORD`, `MAIL_PORT` and the flags to what the provider tells. For a certificate of
    your own authority make the system trust it.

When to ignore it:
    A mail catcher on a machine of developers that shows a certificate of its own.

Evidence:
    Real SMTP servers and Flask-Mail 0.10.0: a wrong password is 535, a server without STARTTLS raises
    SMTPNotSupportedError at the first mail, a self-signed certificate is accepted by Flask-Mail, and the server behind
    it got the credentials. pallets-eco/flask-mail PR 241 (open).
"""

from __future__ import annotations

from collections.abc import Iterator

from keck.finding import Finding, Level
from keck.live.record import LiveApp
from keck.rule import Rule
from keck.rules._wording import code

rule = Rule(
    __name__,
    level=Level.error,
    good="The mail server accepts what the app wants of it",
    needs=("mail", "smtp"),
    follows=("mail/misconfigured", "app/config-without-effect"),
)


@rule.in_app
def examine(app: LiveApp) -> Iterator[Finding]:
    """Yield what the mail server refuses, and a password that would go to it unencrypted."""
    for answer in app.answers or ():
        if answer.kind != "smtp" or answer.state not in {"refuses", "answers"}:
            continue
        facts, server = answer.facts, f"the mail server {answer.where}".strip()
        certificate = facts.get("certificate") or ""
        if answer.state == "refuses" and certificate not in {"", "verified", "unverified"}:
            key, level = "MAIL_SERVER", Level.warning
            message = (
                f"the certificate of {server} is not to be trusted, and Flask-Mail does not look at it: {certificate}"
            )
            advice = "use the name that stands in the certificate, or make the system trust its authority"
        elif answer.state == "refuses":
            key, level, advice = _refused(str(facts.get("auth") or ""), answer.detail)
            message = f"{server} refuses: {answer.detail}"
        elif facts.get("auth") == "not tried" and not facts.get("tls"):
            key, level = "MAIL_USE_TLS", Level.warning
            message = f"user and password go to {server} unencrypted"
            advice = "set `MAIL_USE_TLS = True` with port 587, or `MAIL_USE_SSL = True` with port 465"
        else:
            continue
        yield rule.live(app.spot, message, advice, level=level, symbol=key, tags=("mail", "smtp", key))


def _refused(auth: str, detail: str) -> tuple[str, Level, str]:
    """Return the key to look at, how bad it is, and what to do."""
    if auth == "refused":
        return "MAIL_PASSWORD", Level.error, f"correct {code('MAIL_USERNAME')} and {code('MAIL_PASSWORD')}"
    if auth == "not offered":
        return "MAIL_USERNAME", Level.error, "drop `MAIL_USERNAME`, or use the port at which it takes mail from users"
    if "STARTTLS" in detail:
        return "MAIL_USE_TLS", Level.error, "drop `MAIL_USE_TLS`, or use the port at which it offers STARTTLS: 587"
    return "MAIL_SERVER", Level.error, "compare `MAIL_PORT`, `MAIL_USE_TLS` and `MAIL_USE_SSL` with what it speaks"
