"""What the mail server says of the settings of Flask-Mail: EHLO, STARTTLS, AUTH, NOOP, QUIT; no mail.

Facts:
    ``own``: the project's class where it opens the connection itself (`Connection.configure_host`): it is the one
        that was asked then; else empty.
    ``tls``: version of TLS that was agreed on; empty for none.
    ``starttls_offered``: before TLS; absent where TLS is spoken from the first byte or ``own`` opens the connection.
    ``certificate``: ``verified``, ``unverified`` (``own`` does not check it) or why it is not trusted; empty without
        TLS. Flask-Mail itself checks none.
    ``auth_offered``: mechanisms.
    ``auth``: ``accepted``, ``refused``, ``not offered``, ``not tried`` (the password would leave unencrypted, or to
        a server whose certificate is not trusted) or empty without user and password.
    ``size``: the largest mail that it takes, in bytes, or None.
"""

from __future__ import annotations

import smtplib
import socket
import ssl
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import partial
from typing import Any

from keck.backends import addresses
from keck.backends.bounded import Question, Said, Told, sentence
from keck.backends.clients import attributes

NEARBY = {"localhost", "127.0.0.1", "::1"}
UNSET = "127.0.0.1"
"""What Flask-Mail takes for MAIL_SERVER where that is not set."""


def questions(app: Any) -> Iterator[Question]:  # noqa: ANN401 - Flask is the app's
    """Yield the question, if the app has Flask-Mail."""
    state = app.extensions.get("mail")
    if state is None or "flask_mail" not in sys.modules:
        return
    kept = attributes(state)
    named = bool(kept.get("server")) and _is_set(app, kept)
    where = addresses.endpoint(kept.get("server"), kept.get("port")) if named else ""
    secrets = (str(kept["password"]),) if kept.get("password") else ()
    yield Question("smtp", "mail server", where, partial(_ask, app, state), secrets)


def _is_set(app: Any, kept: Mapping[str, Any]) -> bool:  # noqa: ANN401 - Flask is the app's
    """Return whether somebody has named the server, and it is not what Flask-Mail takes where nobody does."""
    return kept.get("server") != UNSET or "MAIL_SERVER" in app.config


def _ask(app: Any, mail: Any, told: Told) -> None:  # noqa: ANN401 - Flask is the app's
    if mail.suppress:
        raise Said("skipped", "mail is suppressed")
    if not mail.server or not _is_set(app, attributes(mail)):
        raise Said("skipped", "MAIL_SERVER is not set")
    told.facts |= {"own": "", "tls": "", "certificate": "", "auth_offered": [], "auth": "", "size": None}
    client: Any = None
    try:
        client = _own(app, mail, told) or _connect(mail, told)
        _log_in(client, mail, told)
        client.sock.settimeout(told.left())
        client.noop()
        with suppress(smtplib.SMTPException, OSError):  # what we wanted to know we know
            client.quit()
    except ssl.SSLCertVerificationError as error:
        told.facts["certificate"] = error.verify_message
        told.facts["auth"] = "not tried" if mail.username and mail.password else ""
        raise Said("refuses", f"its certificate is not to be trusted: {error.verify_message}") from error
    except smtplib.SMTPAuthenticationError as error:
        told.facts["auth"] = "refused"
        raise Said("refuses", f"it refuses user and password: {error.smtp_code} {_text(error.smtp_error)}") from error
    except smtplib.SMTPNotSupportedError as error:
        raise Said("refuses", _lacking(told)) from error
    except (smtplib.SMTPException, ssl.SSLError) as error:
        gone = isinstance(error, smtplib.SMTPServerDisconnected) and not told.facts.get("greeted")
        raise Said("unreachable" if gone else "refuses", sentence(error)) from error
    except OSError as error:
        raise Said("refuses" if told.facts.get("greeted") else "unreachable", sentence(error)) from error
    finally:
        told.facts.pop("greeted", None)
        _close(client)
    told.state = "answers"
    told.detail = ", ".join([told.facts["tls"] or "no TLS", *([told.facts["auth"]] if told.facts["auth"] else [])])


def _close(client: smtplib.SMTP | None) -> None:
    if client is not None:
        client.close()


def _connect(mail: Any, told: Told) -> smtplib.SMTP:  # noqa: ANN401
    """Return a connection as Flask-Mail would make it, but with a time limit and a certificate that is verified."""
    trusted = ssl.create_default_context()
    ours = socket.gethostname()  # without it, smtplib asks the resolver
    if mail.use_ssl:
        client: smtplib.SMTP = smtplib.SMTP_SSL(
            mail.server, mail.port, local_hostname=ours, timeout=told.left(), context=trusted
        )
    else:
        client = smtplib.SMTP(mail.server, mail.port, local_hostname=ours, timeout=told.left())
    try:
        told.facts["greeted"] = True
        client.ehlo_or_helo_if_needed()
        if mail.use_ssl:
            told.facts["certificate"] = "verified"
        else:
            told.facts["starttls_offered"] = client.has_extn("starttls")
        if mail.use_tls and not mail.use_ssl:
            client.starttls(context=trusted)
            told.facts["certificate"] = "verified"
            client.ehlo_or_helo_if_needed()
    except BaseException:
        client.close()
        raise
    return client


def _own(app: Any, mail: Any, told: Told) -> smtplib.SMTP | None:  # noqa: ANN401
    """Return a connection that the project's own code has opened, or None where Flask-Mail would open it."""
    library: Any = sys.modules["flask_mail"]
    connection_class = library.Connection
    for one in _instances(library.Mail):
        if type(one).connect is library.Mail.connect:
            continue
        with app.app_context():
            made = one.connect()
            if id(attributes(made).get("mail")) != id(mail):
                continue
            if type(made).configure_host is connection_class.configure_host:
                continue
            told.facts["own"] = f"{type(made).__module__}.{type(made).__qualname__}"
            client: smtplib.SMTP = made.configure_host()
        told.facts["greeted"] = True
        context = getattr(client.sock, "context", None)
        if context is not None:
            told.facts["certificate"] = "verified" if context.verify_mode == ssl.CERT_REQUIRED else "unverified"
        if mail.username and mail.password:
            told.facts["auth"] = "accepted"
        return client
    return None


def _instances(cls: type) -> Iterator[Any]:
    """Yield the instances that modules hold."""
    seen = set()
    for module in list(sys.modules.values()):
        for one in list(attributes(module).values()):
            if cls in type(one).__mro__ and id(one) not in seen:
                seen.add(id(one))
                yield one


def _log_in(client: Any, mail: Any, told: Told) -> None:  # noqa: ANN401
    facts = told.facts
    version = getattr(client.sock, "version", None)
    facts["tls"] = version() if version else ""
    facts["auth_offered"] = str(client.esmtp_features.get("auth", "")).split()
    size = str(client.esmtp_features.get("size", ""))
    facts["size"] = int(size) if size.isdigit() else None
    if facts["own"] or not (mail.username and mail.password):
        return
    if not facts["tls"] and mail.server not in NEARBY:
        facts["auth"] = "not tried"
    else:
        client.sock.settimeout(told.left())
        facts["auth"] = "not offered"
        client.login(mail.username, mail.password)
        facts["auth"] = "accepted"


def _lacking(told: Told) -> str:
    """Return what the settings want and the server does not offer."""
    if told.facts["auth"] == "not offered":
        return "MAIL_USERNAME is set, but it offers no AUTH"
    return "MAIL_USE_TLS is set, but it offers no STARTTLS"


def _text(answer: bytes | str) -> str:
    return " ".join((answer.decode(errors="replace") if isinstance(answer, bytes) else answer).split())
